// Package tabulartest draws tables at random for property tests: every type, missing cells, texts that look like
// formulas, numbers at the limits. It holds no tests.
package tabulartest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"pgregory.net/rapid"

	"stoa/internal/tabular"
)

// Table is a schema with rows in their canonical form.
type Table struct {
	Schema tabular.Schema
	Rows   [][]string
}

// Each gives the rows as tabular.Rows.
func (t Table) Each(yield func([]string) error) error {
	for _, row := range t.Rows {
		if err := yield(slices.Clone(row)); err != nil {
			return err
		}
	}
	return nil
}

// Profile is what a Checker says of the table; an error where it refuses.
func (t Table) Profile() (tabular.Profile, error) {
	c, err := tabular.NewChecker(t.Schema)
	if err != nil {
		return tabular.Profile{}, err
	}
	for _, row := range t.Rows {
		if _, problems := c.Row(row); len(problems) > 0 {
			return tabular.Profile{}, fmt.Errorf("%v", problems)
		}
	}
	p, problems := c.Profile()
	if len(problems) > 0 {
		return p, fmt.Errorf("%v", problems)
	}
	return p, nil
}

// Draw makes a table of up to most rows; every second one has a key, of an integer and sometimes a text.
func Draw(t *rapid.T, most int) Table {
	table := Table{Schema: Schema(t)}
	table.Rows = Rows(t, table.Schema, most)
	return table
}

// Schema draws columns, the first an integer.
func Schema(t *rapid.T) tabular.Schema {
	s := tabular.Schema{Columns: []tabular.Column{{ID: "n", Type: tabular.Integer}}}
	for i := range rapid.IntRange(1, 7).Draw(t, "columns") {
		c := tabular.Column{ID: fmt.Sprintf("c%d", i), Type: rapid.SampledFrom(tabular.Types).Draw(t, "type")}
		if c.Type == tabular.Number {
			c.Decimals = rapid.SampledFrom([]int{0, 0, 2}).Draw(t, "decimals")
		}
		s.Columns = append(s.Columns, c)
	}
	if rapid.Bool().Draw(t, "keyed") {
		s.Key = []string{"n"}
		for _, c := range s.Columns[1:] {
			if c.Type == tabular.String {
				s.Key = append(s.Key, c.ID)
				break
			}
		}
	}
	return s
}

// Rows draws rows for a schema. Cells come from few values, so that rows resemble each other.
func Rows(t *rapid.T, s tabular.Schema, most int) [][]string {
	rows := [][]string{}
	seen := map[string]bool{}
	for range rapid.IntRange(0, most).Draw(t, "rows") {
		row := make([]string, len(s.Columns))
		for i, c := range s.Columns {
			row[i] = Cell(t, c, slices.Contains(s.Key, c.ID))
		}
		key := ""
		for _, id := range s.Key {
			_, at := s.Column(id)
			key += row[at] + "\x00"
		}
		if len(s.Key) > 0 && seen[key] {
			continue
		}
		seen[key] = true
		rows = append(rows, row)
	}
	return rows
}

var pools = map[tabular.Type][]string{
	tabular.String:    {"a", "b", "A B", "=1+1", "'=x", "''@", "'Twas", "-", "+1", "@x", "\tx", "\nx", "x\ny", `say "no"`, "a,b", "عربي", "Ünïcode", "＝1", " x ", "5%_", `b\s`, "\u2028"},
	tabular.Integer:   {"0", "1", "-1", "7", "999999999999999999", "-999999999999999999"},
	tabular.Number:    {"0", "0.5", "-0.5", "1", "12.25", "-3.75", "999999999999.99", "-999999999999.99"},
	tabular.Boolean:   {"true", "false"},
	tabular.Date:      {"2024-02-29", "2025-12-31", "2026-01-01", "2026-01-31", "0001-01-01", "9999-12-31"},
	tabular.Year:      {"0001", "2025", "2026", "9999"},
	tabular.YearMonth: {"2025-12", "2026-01", "0001-01"},
	tabular.GeoPoint:  {"35.93,31.95", "-180,-90", "0,0"},
}

// Cell draws a canonical cell.
func Cell(t *rapid.T, c tabular.Column, filled bool) string {
	if !filled && rapid.IntRange(0, 3).Draw(t, "missing") == 0 {
		return ""
	}
	cell := rapid.SampledFrom(pools[c.Type]).Draw(t, c.ID)
	switch {
	case c.Type == tabular.Integer && filled:
		cell = fmt.Sprint(rapid.IntRange(-5, 20).Draw(t, c.ID))
	case c.Type == tabular.String && rapid.IntRange(0, 3).Draw(t, "any") == 0:
		cell = strings.Map(func(r rune) rune {
			if r < 0x20 && r != '\t' && r != '\n' || r >= 0x7f && r < 0xa0 || r == '\ufffd' || unicode.Is(unicode.Cf, r) {
				return 'x' // what is invisible parts words here and not there: SQLite's table of letters is not Go's
			}
			return r
		}, rapid.StringN(1, 12, -1).Draw(t, c.ID))
	}
	canon, err := c.Canon(cell)
	if err != nil {
		t.Fatalf("the drawn cell %q: %v", cell, err)
	}
	return canon
}
