package tabular

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// risky begin a formula, or what some spreadsheet takes for one.
const risky = "=+-@\t\n\r＝＋－＠"

// guarded tells whether CSV shows a text with an apostrophe before it: it begins like a formula, or with apostrophes and
// then like a formula, so that taking one away always gives the text back.
func guarded(text string) bool {
	rest := strings.TrimLeft(text, "'")
	return rest != "" && strings.IndexAny(rest, risky) == 0
}

// Guard is a text as CSV shows it, so that no spreadsheet runs it.
func Guard(text string) string {
	if guarded(text) {
		return "'" + text
	}
	return text
}

// Unguard is Guard reversed.
func Unguard(cell string) string {
	if strings.HasPrefix(cell, "'") && guarded(cell) {
		return cell[1:]
	}
	return cell
}

// AppendRow appends a row of canonical cells as canonical CSV: a cell in quotation marks only where it must be, CRLF at
// the end, formula-like texts guarded.
func (s Schema) AppendRow(b []byte, cells []string) []byte {
	for i, cell := range cells {
		if i > 0 {
			b = append(b, ',')
		}
		if s.Columns[i].Type == String {
			cell = Guard(cell)
		}
		b = appendCell(b, cell, len(cells) == 1)
	}
	return append(b, '\r', '\n')
}

// AppendHeader appends the first line.
func (s Schema) AppendHeader(b []byte) []byte {
	return append(append(b, strings.Join(s.IDs(), ",")...), '\r', '\n')
}

// appendCell: beside what RFC 4180 demands, quotation marks keep spaces at either end, which some readers trim, and a
// lone empty cell, since an empty line is no row to most readers.
func appendCell(b []byte, cell string, alone bool) []byte {
	bare := !strings.ContainsAny(cell, "\",\r\n") && strings.TrimSpace(cell) == cell
	if bare && (cell != "" || !alone) {
		return append(b, cell...)
	}
	b = append(b, '"')
	for {
		i := strings.IndexByte(cell, '"')
		if i < 0 {
			break
		}
		b = append(append(b, cell[:i]...), '"', '"')
		cell = cell[i+1:]
	}
	return append(append(b, cell...), '"')
}

// ReadCanonical gives the rows of canonical CSV, guarded texts as they truly are.
func (s Schema) ReadCanonical(r io.Reader) Rows {
	return func(yield func([]string) error) error {
		in := csv.NewReader(r)
		in.ReuseRecord, in.FieldsPerRecord = true, len(s.Columns)
		header, err := in.Read()
		if err != nil {
			return fmt.Errorf("read the header: %w", err)
		}
		if !slices.Equal(header, s.IDs()) {
			return errors.New("the header names other columns than the schema")
		}
		for {
			cells, err := in.Read()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			for i, c := range s.Columns {
				if c.Type == String {
					cells[i] = Unguard(cells[i])
				}
			}
			if err := yield(cells); err != nil {
				return err
			}
		}
	}
}

// ReadCSV gives the rows of somebody's CSV file in the order of the schema's columns: with or without a byte order mark,
// separated by commas, semicolons or tabs, its columns in any order, named by id or by a title. A column that the schema
// does not have, or that the file does not have, is an error.
func (s Schema) ReadCSV(r io.Reader) Rows {
	return func(yield func([]string) error) error {
		start := make([]byte, 64<<10)
		n, err := io.ReadFull(r, start)
		if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
			return err
		}
		start = bytes.TrimPrefix(start[:n], []byte("\ufeff"))
		in := csv.NewReader(io.MultiReader(bytes.NewReader(start), r))
		in.Comma, in.ReuseRecord = separator(start), true
		header, err := in.Read()
		if err != nil {
			return fmt.Errorf("the file has no first line with the names of its columns: %w", err)
		}
		order, err := s.order(header)
		if err != nil {
			return err
		}
		cells := make([]string, len(s.Columns))
		for {
			record, err := in.Read()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return fmt.Errorf("the file is not CSV: %w", err)
			}
			for i, at := range order {
				cells[i] = record[at]
				if s.Columns[i].Type == String {
					cells[i] = Unguard(cells[i])
				}
			}
			if err := yield(cells); err != nil {
				return err
			}
		}
	}
}

func separator(start []byte) rune {
	line, _, _ := bytes.Cut(start, []byte("\n"))
	best, most := ',', bytes.Count(line, []byte(","))
	for _, c := range ";\t" {
		if n := bytes.Count(line, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

// order gives the place in the file of each column.
func (s Schema) order(header []string) ([]int, error) {
	order := make([]int, len(s.Columns))
	taken := make([]bool, len(header))
	var errs []error
	for i, c := range s.Columns {
		order[i] = slices.IndexFunc(header, func(h string) bool { return c.named(strings.TrimSpace(h)) })
		if order[i] < 0 {
			errs = append(errs, fmt.Errorf("the file has no column %q", c.ID))
			continue
		}
		taken[order[i]] = true
	}
	for i, h := range header {
		if !taken[i] {
			errs = append(errs, fmt.Errorf("the file has a column %s that the dataset does not have, or has it twice", quote(h)))
		}
	}
	return order, errors.Join(errs...)
}

func (c Column) named(h string) bool {
	if h == c.ID {
		return true
	}
	for _, title := range c.Title {
		if h == title {
			return true
		}
	}
	return false
}
