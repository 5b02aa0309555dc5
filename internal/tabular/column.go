// Package tabular owns what a published table is: its columns and their types, the one way in which each cell is
// written, what a cell must satisfy, canonical CSV, and the Table Schema that describes it.
//
// It stops at bytes: where tables come from, where they are kept and who may see them is for others. It holds no row
// longer than it needs it, so that a table may be of any size.
package tabular

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"stoa/internal/i18n"
)

// Type is the type of a column, named as in Table Schema.
type Type string

// The types. How each is written is said at Column.Canon.
const (
	String    Type = "string"
	Integer   Type = "integer"
	Number    Type = "number"
	Boolean   Type = "boolean"
	Date      Type = "date"
	Year      Type = "year"
	YearMonth Type = "yearmonth"
	GeoPoint  Type = "geopoint"
)

// Types are all types.
var Types = []Type{String, Integer, Number, Boolean, Date, Year, YearMonth, GeoPoint}

// Numeric tells whether cells can be added.
func (t Type) Numeric() bool { return t == Integer || t == Number }

// Ordered tells whether minimum and maximum mean something.
func (t Type) Ordered() bool {
	return t.Numeric() || t == Date || t == Year || t == YearMonth
}

// Column says what a column holds.
type Column struct {
	ID       string    `json:"id"`
	Title    i18n.Text `json:"title,omitempty"`
	About    i18n.Text `json:"about,omitempty"`
	Type     Type      `json:"type"`
	Unit     string    `json:"unit,omitempty"`
	Decimals int       `json:"decimals,omitempty"` // of a Number: exactly so many digits; 0: as many as each cell needs
	Required bool      `json:"required,omitempty"`
	Unique   bool      `json:"unique,omitempty"`
	Enum     []string  `json:"enum,omitempty"`
	Minimum  string    `json:"minimum,omitempty"`
	Maximum  string    `json:"maximum,omitempty"`
	Pattern  string    `json:"pattern,omitempty"` // a whole cell must match
}

// Schema is the form of a table.
type Schema struct {
	Columns []Column `json:"columns"`
	Key     []string `json:"key,omitempty"` // columns that together name a row; none: rows have no name
}

// MaxColumns bounds a table's width.
const MaxColumns = 200

var columnID = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// Column finds a column and its place, -1 if there is none.
func (s Schema) Column(id string) (Column, int) {
	for i, c := range s.Columns {
		if c.ID == id {
			return c, i
		}
	}
	return Column{}, -1
}

// IDs are the columns' ids: the header.
func (s Schema) IDs() []string {
	ids := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		ids[i] = c.ID
	}
	return ids
}

// Check says what is wrong with the schema itself.
func (s Schema) Check() error {
	var errs []error
	if len(s.Columns) == 0 || len(s.Columns) > MaxColumns {
		errs = append(errs, fmt.Errorf("a table has 1 to %d columns, and this one has %d", MaxColumns, len(s.Columns)))
	}
	for i, c := range s.Columns {
		if err := c.check(); err != nil {
			errs = append(errs, fmt.Errorf("column %q: %w", c.ID, err))
		}
		if _, first := s.Column(c.ID); first != i {
			errs = append(errs, fmt.Errorf("two columns are called %q", c.ID))
		}
	}
	for i, id := range s.Key {
		if _, at := s.Column(id); at < 0 {
			errs = append(errs, fmt.Errorf("the key names %q, which is no column", id))
		}
		if slices.Index(s.Key, id) != i {
			errs = append(errs, fmt.Errorf("the key names %q twice", id))
		}
	}
	return errors.Join(errs...)
}

func (c Column) check() error {
	switch {
	case !columnID.MatchString(c.ID):
		return errors.New("an id is of small letters, digits and _, begins with a letter and has at most 63 of them")
	case !slices.Contains(Types, c.Type):
		return fmt.Errorf("%q is no type; use one of %v", c.Type, Types)
	case c.Decimals < 0 || c.Decimals > 9 || c.Decimals > 0 && c.Type != Number:
		return errors.New("only a number has decimals, 0 to 9")
	case (c.Minimum != "" || c.Maximum != "") && !c.Type.Ordered():
		return fmt.Errorf("minimum and maximum mean nothing for a %s", c.Type)
	case c.Pattern != "" && c.Type != String:
		return fmt.Errorf("a pattern is for text, not for a %s", c.Type)
	}
	plain := Column{ID: c.ID, Type: c.Type, Decimals: c.Decimals}
	for _, v := range append([]string{c.Minimum, c.Maximum}, c.Enum...) {
		if v == "" {
			continue
		}
		canon, err := plain.Canon(v)
		if err != nil {
			return fmt.Errorf("its constraint %q: %w", v, err)
		}
		if canon != v {
			return fmt.Errorf("its constraint %q is written %q", v, canon)
		}
	}
	if c.Minimum != "" && c.Maximum != "" && Compare(c.Type, c.Minimum, c.Maximum) > 0 {
		return errors.New("its minimum is above its maximum")
	}
	if slices.Contains(c.Enum, "") {
		return errors.New("a missing cell is no value of enum; leave out required instead")
	}
	if _, err := c.pattern(); err != nil {
		return fmt.Errorf("its pattern: %w", err)
	}
	return nil
}

// pattern gives nil where the column has none.
func (c Column) pattern() (*regexp.Regexp, error) {
	if c.Pattern == "" {
		return nil, nil
	}
	return regexp.Compile(`^(?:` + c.Pattern + `)$`)
}
