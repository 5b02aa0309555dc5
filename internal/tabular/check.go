package tabular

import (
	"fmt"
	"regexp"
	"slices"
)

// Rows gives the rows of a table one after the other: cells in the order of the columns, "" for a missing one. The
// slice given to yield is used again for the next row. It ends with the first error of yield.
type Rows func(yield func(cells []string) error) error

// Problem says what is wrong with a cell, or with a row where Column is empty.
type Problem struct {
	Line   int64  `json:"line"` // as in a file whose first line is the header and where a row is a line
	Column string `json:"column,omitempty"`
	What   string `json:"what"`
}

// String is the problem as a sentence.
func (p Problem) String() string {
	if p.Column == "" {
		return fmt.Sprintf("line %d: %s", p.Line, p.What)
	}
	return fmt.Sprintf("line %d, %s: %s", p.Line, p.Column, p.What)
}

// Checker brings rows into their canonical form, holds them to the schema, and takes the profile of the table.
type Checker struct {
	schema   Schema
	patterns []*regexp.Regexp
	profile  Profile
	out      []string
	key      []bool
}

// NewChecker makes a checker for a schema that is in order.
func NewChecker(s Schema) (*Checker, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	c := &Checker{schema: s, patterns: make([]*regexp.Regexp, len(s.Columns)), out: make([]string, len(s.Columns)), key: make([]bool, len(s.Columns))}
	c.profile.Columns = make([]ColumnProfile, len(s.Columns))
	for i, col := range s.Columns {
		p, err := col.pattern()
		if err != nil {
			return nil, err
		}
		c.patterns[i], c.key[i] = p, slices.Contains(s.Key, col.ID)
	}
	return c, nil
}

// Row gives the canonical cells, valid until the next call, and what is wrong with them.
func (c *Checker) Row(cells []string) ([]string, []Problem) {
	c.profile.Rows++
	line := c.profile.Rows + 1
	if len(cells) != len(c.schema.Columns) {
		return nil, []Problem{{Line: line, What: fmt.Sprintf("it has %d cells, and the table has %d columns", len(cells), len(c.schema.Columns))}}
	}
	var problems []Problem
	for i, raw := range cells {
		cell, err := c.cell(i, raw)
		if err != nil {
			problems = append(problems, Problem{line, c.schema.Columns[i].ID, err.Error()})
			continue
		}
		c.out[i] = cell
	}
	return c.out, problems
}

func (c *Checker) cell(i int, raw string) (string, error) {
	col := &c.schema.Columns[i]
	cell, err := col.Canon(raw)
	if err != nil {
		return "", err
	}
	switch {
	case cell == "" && c.key[i]:
		return "", fmt.Errorf("it is empty, and it is part of what names a row")
	case cell == "" && col.Required:
		return "", fmt.Errorf("it is empty, and it is required")
	case cell == "":
		return "", nil
	case len(col.Enum) > 0 && !slices.Contains(col.Enum, cell):
		return "", fmt.Errorf("%s is not one of the values allowed", quote(cell))
	case col.Minimum != "" && Compare(col.Type, cell, col.Minimum) < 0:
		return "", fmt.Errorf("%s is below the minimum of %s", cell, col.Minimum)
	case col.Maximum != "" && Compare(col.Type, cell, col.Maximum) > 0:
		return "", fmt.Errorf("%s is above the maximum of %s", cell, col.Maximum)
	case c.patterns[i] != nil && !c.patterns[i].MatchString(cell):
		return "", fmt.Errorf("%s does not have the form %s", quote(cell), col.Pattern)
	}
	c.profile.Columns[i].add(col.Type, cell)
	return cell, nil
}

// Profile is what the rows so far look like, and what is wrong with them together.
func (c *Checker) Profile() (Profile, []Problem) {
	var problems []Problem
	for i, p := range c.profile.Columns {
		if p.Whole+p.Scale > maxDigits {
			problems = append(problems, Problem{1, c.schema.Columns[i].ID,
				fmt.Sprintf("its numbers have up to %d digits before the point and %d after it, together more than %d", p.Whole, p.Scale, maxDigits)})
		}
	}
	return c.profile, problems
}

// Profile is what is known of a table's cells after one pass.
type Profile struct {
	Rows    int64           `json:"rows"`
	Columns []ColumnProfile `json:"columns"`
}

// ColumnProfile is what is known of a column's cells.
type ColumnProfile struct {
	Filled  int64  `json:"filled"`            // cells that are not missing
	Min     string `json:"min,omitempty"`     // of ordered types
	Max     string `json:"max,omitempty"`     //
	Whole   int    `json:"whole,omitempty"`   // of numbers: digits before the point, at most
	Scale   int    `json:"scale,omitempty"`   // and after it
	Longest int    `json:"longest,omitempty"` // bytes
	Bytes   int64  `json:"bytes,omitempty"`   // of all cells
	Guarded int64  `json:"guarded,omitempty"` // cells that CSV shows with an apostrophe
}

func (p *ColumnProfile) add(t Type, cell string) {
	p.Filled++
	p.Longest = max(p.Longest, len(cell))
	p.Bytes += int64(len(cell))
	if t.Numeric() {
		whole, scale := digits(cell)
		p.Whole, p.Scale = max(p.Whole, whole), max(p.Scale, scale)
	}
	if t.Ordered() {
		if p.Min == "" || Compare(t, cell, p.Min) < 0 {
			p.Min = cell
		}
		if p.Max == "" || Compare(t, cell, p.Max) > 0 {
			p.Max = cell
		}
	}
	if t == String && guarded(cell) {
		p.Guarded++
	}
}

func quote(cell string) string {
	if r := []rune(cell); len(r) > 40 {
		cell = string(r[:39]) + "…"
	}
	return "“" + cell + "”"
}
