package ocds

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"

	"stoa/internal/fault"
	"stoa/internal/tabular"
)

// Table is a table of the package by its name, as CSV: RFC 4180, UTF-8, a heading. A text that a spreadsheet would take
// for a formula has an apostrophe before it.
func (f *Fiscal) Table(name string) ([]byte, error) {
	for _, t := range f.tables() {
		if t.name != name {
			continue
		}
		heading := make([]string, len(t.columns))
		for i, c := range t.columns {
			heading[i] = c.name
		}
		var b bytes.Buffer
		err := CSV(&b, heading, func(yield func([]string) error) error {
			return t.rows(func(cells []string) error {
				for i, c := range t.columns {
					if c.kind == "string" {
						cells[i] = tabular.Guard(cells[i])
					}
				}
				return yield(cells)
			})
		})
		return b.Bytes(), err
	}
	return nil, fault.NewNotFound("")
}

// CSV writes a table with its heading.
func CSV(w io.Writer, heading []string, rows func(yield func(cells []string) error) error) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	err := out.Write(heading)
	if err == nil {
		err = rows(out.Write)
	}
	if err == nil {
		out.Flush()
		err = out.Error()
	}
	if err != nil {
		return fmt.Errorf("writing a table: %w", err)
	}
	return nil
}
