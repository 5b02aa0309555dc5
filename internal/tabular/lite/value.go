package lite

import (
	"fmt"
	"strconv"
	"strings"

	"stoa/internal/tabular"
)

// value is a canonical cell as it lies in the file.
func (f form) value(i int, cell string) (any, error) {
	if cell == "" {
		return nil, nil
	}
	switch f.Columns[i].Type {
	case tabular.Integer, tabular.Number:
		return tabular.Scaled(cell, f.scale(i))
	case tabular.Boolean:
		if cell == "true" {
			return int64(1), nil
		}
		return int64(0), nil
	case tabular.Date, tabular.Year, tabular.YearMonth:
		return strconv.ParseInt(strings.ReplaceAll(cell, "-", ""), 10, 64)
	}
	return cell, nil
}

// cell is value reversed. by is that of a group.
func (f form) cell(i int, by string, v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	case int64:
		return f.number(i, by, v), nil
	}
	return "", fmt.Errorf("column %s holds a %T", f.Columns[i].ID, v)
}

func (f form) number(i int, by string, n int64) string {
	switch c := f.Columns[i]; c.Type {
	case tabular.Integer, tabular.Number:
		return tabular.Unscaled(n, f.scale(i), c.Decimals)
	case tabular.Boolean:
		return strconv.FormatBool(n != 0)
	case tabular.Date:
		switch by {
		case "":
			return fmt.Sprintf("%04d-%02d-%02d", n/10000, n/100%100, n%100)
		case byMonth:
			return fmt.Sprintf("%04d-%02d", n/100, n%100)
		}
	case tabular.YearMonth:
		if by != byYear {
			return fmt.Sprintf("%04d-%02d", n/100, n%100)
		}
	}
	return fmt.Sprintf("%04d", n) // a year
}

const (
	byMonth = "month"
	byYear  = "year"
)

// grouped is the expression that a group is by, and the type of what comes out.
func (f form) grouped(i int, by string) (expr string, t tabular.Type, err error) {
	c := f.Columns[i]
	switch {
	case by == "":
		return name(i), c.Type, nil
	case c.Type == tabular.Date && by == byMonth:
		return name(i) + " / 100", tabular.YearMonth, nil
	case c.Type == tabular.Date && by == byYear:
		return name(i) + " / 10000", tabular.Year, nil
	case c.Type == tabular.YearMonth && by == byMonth:
		return name(i), tabular.YearMonth, nil
	case c.Type == tabular.YearMonth && by == byYear:
		return name(i) + " / 100", tabular.Year, nil
	}
	return "", "", wrong(KeyMeasure, c.ID, by)
}

// span gives the values between which a filter's value lies in the file: one and the same, or a month or a year of days.
// empty says that no cell can be equal to it. low and high are bounds for ranges, rounded inwards.
func (f form) span(i int, raw string) (low, high any, empty bool, err error) {
	c := f.Columns[i]
	if pad := map[tabular.Type]string{tabular.Date: "20060102", tabular.YearMonth: "200601"}[c.Type]; pad != "" {
		for _, t := range []tabular.Type{tabular.Year, tabular.YearMonth} {
			if s, err := (tabular.Column{Type: t}).Canon(raw); err == nil && len(s) < len(pad) {
				return around(strings.ReplaceAll(s, "-", ""), len(pad))
			}
		}
	}
	if c.Type == tabular.Number {
		c.Decimals = 0
	}
	canon, err := c.Canon(raw)
	if err != nil {
		return nil, nil, false, wrong(KeyValue, c.ID, raw)
	}
	if c.Type.Numeric() {
		return f.bounds(i, canon)
	}
	v, err := f.value(i, canon)
	return v, v, false, err
}

// around is the range of days or months that begin with the digits of a year or a month.
func around(digits string, length int) (low, high any, empty bool, err error) {
	n, err := strconv.ParseInt(digits, 10, 64)
	span := int64(1)
	for range (length - len(digits)) / 2 {
		n, span = n*100, span*100
	}
	return n, n + span - 1, false, err
}

// bounds is a number at the column's scale; one with more decimals lies between two cells.
func (f form) bounds(i int, canon string) (low, high any, empty bool, err error) {
	scale := f.scale(i)
	whole, part, _ := strings.Cut(canon, ".")
	if len(part) > scale {
		cut := strings.TrimSuffix(whole+"."+part[:scale], ".")
		n, err := tabular.Scaled(cut, scale)
		if err != nil {
			return nil, nil, false, wrong(KeyValue, f.Columns[i].ID, canon)
		}
		if strings.HasPrefix(canon, "-") { // cut is above it
			return n, n - 1, true, nil
		}
		return n + 1, n, true, nil
	}
	n, err := tabular.Scaled(canon, scale)
	if err != nil {
		return nil, nil, false, wrong(KeyValue, f.Columns[i].ID, canon)
	}
	return n, n, false, nil
}
