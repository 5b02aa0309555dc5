package bankfile

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/money"
)

// moved is the signed amount of the row.
func (t *table) moved(currency string) (money.Amount, error) {
	debit, credit := t.get(t.Columns.Debit), t.get(t.Columns.Credit)
	if t.Columns.Amount != "" {
		return t.amount(t.get(t.Columns.Amount), currency)
	}
	out, in := money.Amount{}, money.Amount{}
	var err error
	if debit != "" {
		out, err = t.amount(strings.TrimLeft(debit, "+-"), currency)
	}
	if err == nil && credit != "" {
		in, err = t.amount(strings.TrimLeft(credit, "+-"), currency)
	}
	switch {
	case err != nil:
		return in, err
	case debit == "" && credit == "":
		return in, fault.NewInvalid(msgNoAmount, "line", t.at)
	case out.Minor != 0 && in.Minor != 0:
		return in, fault.NewInvalid(msgTwoSides, "line", t.at)
	case out.Minor != 0:
		return out.Neg()
	}
	return money.Amount{Minor: in.Minor, Currency: currency}, nil
}

// A number with thousands divided by a point (of which the sign of decimals is a comma), a space or an apostrophe.
var grouped = regexp.MustCompile(`^\d{1,3}([.,' \x{a0}\x{202f}’]\d{3})+$`)

// amount reads a number as the format writes it.
func (t *table) amount(text, currency string) (money.Amount, error) {
	if text == "" {
		return money.Amount{}, fault.NewInvalid(msgNoAmount, "line", t.at)
	}
	number := strings.Replace(strings.TrimPrefix(text, "+"), "−", "-", 1) // some banks use the sign of mathematics
	unsigned, negative := strings.CutPrefix(number, "-")
	whole, decimals, has := strings.Cut(unsigned, t.Decimal)
	if grouped.MatchString(whole) {
		whole = strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, whole)
	}
	if number = whole; has {
		number += "." + decimals
	}
	a, err := amount(t.at, number, currency)
	if err == nil && negative {
		a, err = a.Neg()
	}
	return a, err
}

func (t *table) day(text string) (calendar.Date, error) {
	if text == "" {
		return calendar.Date{}, fault.NewInvalid(msgNoBookDate, "line", t.at)
	}
	d, err := t.dates.read(text)
	if err != nil {
		return d, fault.NewInvalid(msgDate, "line", t.at, "date", tidy(text, 40))
	}
	return d, nil
}

// dateForm reads dates of one form.
type dateForm struct {
	form  *regexp.Regexp
	parts string // of Y, M, D in their order
	short bool   // two digits of the year
}

var datePart = regexp.MustCompile(`YYYY|YY|MM|M|DD|D`)

func newDateForm(s string) (dateForm, error) {
	var d dateForm
	form, rest := "^", 0
	for _, at := range datePart.FindAllStringIndex(s, -1) {
		part := s[at[0]:at[1]]
		form += regexp.QuoteMeta(s[rest:at[0]])
		switch part {
		case "YYYY":
			form += `(\d{4})`
		case "YY", "MM", "DD":
			form += `(\d{2})`
		default:
			form += `(\d{1,2})`
		}
		d.short = d.short || part == "YY"
		d.parts += part[:1]
		rest = at[1]
	}
	form += regexp.QuoteMeta(s[rest:]) + "$"
	if len(d.parts) != 3 || !strings.Contains(d.parts, "Y") || !strings.Contains(d.parts, "M") || !strings.Contains(d.parts, "D") {
		return d, fault.NewInvalid(msgFormat, "problem", "dates are of YYYY or YY, MM or M, DD or D")
	}
	d.form = regexp.MustCompile(form) // of quoted text and the parts above
	return d, nil
}

func (d dateForm) read(s string) (calendar.Date, error) {
	m := d.form.FindStringSubmatch(s)
	if m == nil {
		return calendar.Date{}, calendar.ErrDate
	}
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1]) // digits, by the form
	}
	part := func(letter string) int { return n[strings.Index(d.parts, letter)] }
	year := part("Y")
	if d.short {
		year += 2000 // no bank writes of the years before
	}
	return calendar.NewDate(year, time.Month(part("M")), part("D"))
}
