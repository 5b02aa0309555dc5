package redact

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"unicode"

	"stoa/internal/fault"
)

// visible leaves out what a reader does not see: controls but line ends and tabs, and the format characters of Unicode
// (zero width, direction, tags). Arabic and other scripts need two of them between letters, which stay.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\u200c', r == '\u200d':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
			return -1
		}
		return r
	}, text)
}

func readText(data []byte) (*Content, error) {
	text, err := plain(data)
	if err != nil {
		return nil, err
	}
	c := &Content{}
	fresh := true
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		c.Units = append(c.Units, Unit{Text: line, Break: fresh})
		fresh = strings.TrimSpace(line) == ""
	}
	return c, nil
}

func writeText(c *Content, marks []Mark, f Frame) []byte {
	var b bytes.Buffer
	for i := range c.Units {
		b.WriteString(released(c, i, marks, f))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// readCSV reads a table with commas or semicolons, whichever its first line has more of.
func readCSV(data []byte) (*Content, error) {
	text, err := plain(data)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(strings.NewReader(text))
	first, _, _ := strings.Cut(text, "\n")
	if strings.Count(first, ";") > strings.Count(first, ",") {
		r.Comma = ';'
	}
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The table cannot be read as CSV. Save it as CSV again and upload it")
	}
	c := &Content{}
	for y, row := range rows {
		for x, cell := range row {
			c.Units = append(c.Units, Unit{Text: cell, Row: y + 1, Col: x + 1, Break: x == 0})
		}
	}
	return c, nil
}

// writeCSV writes the table with commas, whatever it came with.
func writeCSV(c *Content, marks []Mark, f Frame) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	var row []string
	for i, u := range c.Units {
		row = append(row, released(c, i, marks, f))
		if i+1 < len(c.Units) && c.Units[i+1].Row == u.Row {
			continue
		}
		if err := w.Write(row); err != nil {
			return nil, fmt.Errorf("writing a table: %w", err)
		}
		row = row[:0]
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, fmt.Errorf("writing a table: %w", err)
	}
	return b.Bytes(), nil
}
