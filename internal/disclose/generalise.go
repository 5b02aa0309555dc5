package disclose

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/i18n"
)

// Step is a coarser way to write a value, made from the value itself:
//
//	month, year   2026-03-14 becomes 2026-03, 2026
//	prefix        the first Width letters: a postcode becomes its district
//	band          numbers in bands of Width: 37 becomes 30-39
//	all           *
type Step struct {
	Kind  string
	Width int
}

// Anything is what a value becomes that says nothing.
const Anything = "*"

func (s Step) check() bool {
	switch s.Kind {
	case "month", "year", "all":
		return s.Width == 0
	case "prefix":
		return s.Width > 0
	case "band":
		return s.Width > 1
	}
	return false
}

// apply leaves empty values empty: they are a group of their own.
func (s Step) apply(value string) (string, bool) {
	if value == "" {
		return "", true
	}
	switch s.Kind {
	case "month", "year":
		size := map[string]int{"month": len("2026-03"), "year": len("2026")}[s.Kind]
		if len(value) < size || strings.Trim(value[:4], "0123456789") != "" || size > 4 && value[4] != '-' {
			return "", false
		}
		return value[:size], true
	case "prefix":
		letters := []rune(value)
		return string(letters[:min(s.Width, len(letters))]), true
	case "band":
		return band(value, int64(s.Width))
	}
	return Anything, true
}

func band(value string, width int64) (string, bool) {
	whole, part, _ := strings.Cut(value, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || strings.Trim(part, "0123456789") != "" || n > math.MaxInt64/2 || n < -math.MaxInt64/2 {
		return "", false
	}
	if strings.HasPrefix(whole, "-") && strings.Trim(part, "0") != "" {
		n-- // -0.5 lies between -1 and 0
	}
	low := n / width * width
	if low > n {
		low -= width
	}
	return fmt.Sprintf("%d-%d", low, low+width-1), true
}

// Quasi is a column that others know about a person, and the coarser ways to write it, from the finest.
type Quasi struct {
	Column string
	Steps  []Step
}

// Anonymity asks that each record looks like at least K-1 others in the columns that others know (Sweeney), and, if L is
// set, that they do not all share what is sensitive: each group has at least L different values (Machanavajjhala).
type Anonymity struct {
	K         int
	Quasi     []Quasi
	Sensitive string
	L         int
	MostLost  int // percent of records that may be left out rather than writing all more coarsely; 0 is 5
}

const (
	usualLost = 5
	mostWays  = 1000
)

// Check refuses rules that do not fit the columns.
func (a Anonymity) Check(columns []string) error {
	has := map[string]bool{}
	for _, c := range columns {
		has[c] = true
	}
	if a.K < 2 || a.K > mostFloor {
		return fault.NewInvalid(i18n.Msg("Each record must look like others: choose a group size from 2 to {most}"), "most", mostFloor)
	}
	if a.L < 0 || a.L > a.K || a.L > 0 && !has[a.Sensitive] {
		return fault.NewInvalid(i18n.Msg("To keep groups diverse, name a sensitive column, and ask for no more values than the group size"))
	}
	if a.MostLost < 0 || a.MostLost > 100 {
		return fault.NewInvalid(i18n.Msg("The share of records that may be left out is between 0 and 100 percent"))
	}
	if len(a.Quasi) == 0 {
		return fault.NewInvalid(i18n.Msg("Name the columns by which a person could be recognised"))
	}
	ways, twice := 1, map[string]bool{}
	for _, q := range a.Quasi {
		if !has[q.Column] || twice[q.Column] || q.Column == a.Sensitive && a.L > 0 {
			return fault.NewInvalid(i18n.Msg("Column “{column}” is missing, named twice, or the sensitive one"), "column", q.Column)
		}
		twice[q.Column] = true
		for _, s := range q.Steps {
			if !s.check() {
				return fault.NewInvalid(i18n.Msg("Column “{column}” cannot be written more coarsely by “{step}”. Use month, year, prefix, band or all, with a width where it needs one"), "column", q.Column, "step", s.Kind)
			}
		}
		if ways *= len(q.Steps) + 1; ways > mostWays {
			return fault.NewInvalid(i18n.Msg("There are more than {most} ways to write these columns. Name fewer columns or steps"), "most", mostWays)
		}
	}
	return nil
}
