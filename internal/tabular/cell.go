package tabular

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// maxDigits is what a number may have, so that it is exact in 64 bits at the scale of its column.
const maxDigits = 18

// MaxCell bounds a cell, in bytes.
const MaxCell = 64 << 10

// Canon writes a cell in the one way that its type has, so that equal tables have equal bytes. A missing cell is "".
//
//	string    as it is: UTF-8, of control characters only tab and line feed
//	integer   -12          at most 18 digits
//	number    1250.5       no exponent; no zeros at the end, or exactly Decimals digits
//	boolean   true, false
//	date      2026-03-01
//	year      2026
//	yearmonth 2026-03
//	geopoint  35.93,31.95  longitude, latitude (WGS 84)
func (c Column) Canon(raw string) (string, error) {
	if raw == "" {
		return "", nil
	}
	switch c.Type {
	case String:
		return raw, checkText(raw)
	case Integer:
		s, err := decimal(raw, 0)
		if err == nil && strings.Contains(s, ".") {
			err = fmt.Errorf("%s is not a whole number", quote(raw))
		}
		return s, err
	case Number:
		return decimal(raw, c.Decimals)
	case Boolean:
		if raw != "true" && raw != "false" {
			return "", fmt.Errorf("%s is neither true nor false", quote(raw))
		}
		return raw, nil
	case Date:
		return onCalendar(raw, time.DateOnly, "a day such as 2026-03-01")
	case Year:
		return onCalendar(raw, "2006", "a year such as 2026")
	case YearMonth:
		return onCalendar(raw, "2006-01", "a month such as 2026-03")
	case GeoPoint:
		return point(raw)
	}
	return "", fmt.Errorf("%q is no type", c.Type)
}

func checkText(s string) error {
	if len(s) > MaxCell {
		return fmt.Errorf("it is longer than %d kB", MaxCell>>10)
	}
	for i, r := range s {
		switch {
		case r == utf8.RuneError:
			if _, n := utf8.DecodeRuneInString(s[i:]); n < 2 {
				return fmt.Errorf("it is not UTF-8 from byte %d on; save the file as UTF-8", i+1)
			}
		case r == '\t', r == '\n':
		case r < 0x20, r >= 0x7f && r < 0xa0:
			return fmt.Errorf("it holds the control character U+%04X at byte %d; take it out", r, i+1)
		}
	}
	return nil
}

func onCalendar(raw, layout, what string) (string, error) {
	if len(raw) == len(layout) {
		if _, err := time.Parse(layout, raw); err == nil && !strings.HasPrefix(raw, "0000") {
			return raw, nil
		}
	}
	return "", fmt.Errorf("%s is not %s", quote(raw), what)
}

func point(raw string) (string, error) {
	lon, lat, ok := strings.Cut(raw, ",")
	wrong := fmt.Errorf("%s is not a place such as 35.93,31.95 (longitude, latitude)", quote(raw))
	if !ok {
		return "", wrong
	}
	x, errX := decimal(strings.TrimSpace(lon), 0)
	y, errY := decimal(strings.TrimSpace(lat), 0)
	if errX != nil || errY != nil {
		return "", wrong
	}
	if !within(x, "180") || !within(y, "90") {
		return "", fmt.Errorf("%s is not on the globe: longitude is at most 180, latitude at most 90", quote(raw))
	}
	return x + "," + y, nil
}

func within(x, limit string) bool {
	return compareNumbers(x, "-"+limit) >= 0 && compareNumbers(x, limit) <= 0
}

// decimal brings a number into its canonical form: with places > 0, with exactly so many.
func decimal(raw string, places int) (string, error) {
	s, sign := raw, ""
	if s != "" && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = "-"
		}
		s = s[1:]
	}
	whole, part, hasPoint := strings.Cut(s, ".")
	if !allDigits(whole) || hasPoint && !allDigits(part) {
		return "", fmt.Errorf("%s is not a number; write it as -1250.5, without separators and without an exponent", quote(raw))
	}
	whole, part = strings.TrimLeft(whole, "0"), strings.TrimRight(part, "0")
	if len(whole)+max(len(part), places) > maxDigits {
		return "", fmt.Errorf("%s has more than %d digits", quote(raw), maxDigits)
	}
	if whole == "" && part == "" {
		sign = ""
	}
	if places > 0 {
		if len(part) > places {
			return "", fmt.Errorf("%s has more than %d decimals", quote(raw), places)
		}
		part += strings.Repeat("0", places-len(part))
	}
	if whole == "" {
		whole = "0"
	}
	if part == "" {
		return sign + whole, nil
	}
	return sign + whole + "." + part, nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// digits counts those before the point, without a lone 0, and those after it.
func digits(canon string) (whole, scale int) {
	w, p, _ := strings.Cut(strings.TrimPrefix(canon, "-"), ".")
	if w == "0" {
		w = ""
	}
	return len(w), len(p)
}

// Compare puts two canonical cells of a type in order; a missing one comes first.
func Compare(t Type, a, b string) int {
	if t.Numeric() && a != "" && b != "" {
		return compareNumbers(a, b)
	}
	return cmp.Compare(a, b)
}

func compareNumbers(a, b string) int {
	negA, negB := strings.HasPrefix(a, "-"), strings.HasPrefix(b, "-")
	switch {
	case negA && !negB:
		return -1
	case negB && !negA:
		return 1
	case negA:
		return compareSizes(b[1:], a[1:])
	}
	return compareSizes(a, b)
}

func compareSizes(a, b string) int {
	wa, pa, _ := strings.Cut(a, ".")
	wb, pb, _ := strings.Cut(b, ".")
	if d := cmp.Or(cmp.Compare(len(wa), len(wb)), cmp.Compare(wa, wb)); d != 0 {
		return d
	}
	// Zeros at the end, which Decimals writes, count for nothing.
	return cmp.Compare(strings.TrimRight(pa, "0"), strings.TrimRight(pb, "0"))
}

// Scaled is a canonical number as a whole number of its last decimal: 12.5 at scale 2 is 1250.
func Scaled(canon string, scale int) (int64, error) {
	s, negative := strings.CutPrefix(canon, "-")
	whole, part, _ := strings.Cut(s, ".")
	part = strings.TrimRight(part, "0")
	if len(part) > scale {
		return 0, fmt.Errorf("%s has more than %d decimals", canon, scale)
	}
	var n int64
	for _, digits := range []string{whole, part} {
		for i := range len(digits) {
			if n > (1<<63-10)/10 {
				return 0, errors.New("the number is too large")
			}
			n = n*10 + int64(digits[i]-'0')
		}
	}
	for range scale - len(part) {
		if n > (1<<63-10)/10 {
			return 0, errors.New("the number is too large")
		}
		n *= 10
	}
	if negative {
		n = -n
	}
	return n, nil
}

// Unscaled is Scaled reversed, written as the column writes numbers.
func Unscaled(n int64, scale, decimals int) string {
	s := fmt.Sprintf("%0*d", scale+1, max(n, -n)) // 18 digits: never the one number that has no opposite
	whole, part := s[:len(s)-scale], strings.TrimRight(s[len(s)-scale:], "0")
	if len(part) < decimals {
		part += strings.Repeat("0", decimals-len(part))
	}
	if part != "" {
		whole += "." + part
	}
	if n < 0 {
		return "-" + whole
	}
	return whole
}
