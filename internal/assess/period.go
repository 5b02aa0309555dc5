package assess

import (
	"strconv"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/service"
)

// PeriodsDue lists the periods of a tax that have ended before a day and in which somebody was liable who was it from one
// day until another (zero: no end is known), the latest first, at most so many.
func PeriodsDue(t *service.Tax, from, until, today calendar.Date, most int) ([]Span, error) {
	if first := t.TaxFile.Period.First; first.After(from) {
		from = first
	}
	p, err := t.Period(today)
	var due []Span
	for err == nil && len(due) < most {
		if p, err = t.Before(p); err != nil || p.Until.Before(from) {
			break
		}
		if until.IsZero() || !p.From.After(until) {
			due = append(due, p)
		}
	}
	return due, err
}

// PeriodName is a period in a reader's words: 2026, 2026-27, July 2026, or its first and last month.
func PeriodName(p *i18n.Printer, s Span) string {
	from, until := s.From, s.Until
	year := strconv.Itoa(from.Year())
	switch {
	case from.Month() == until.Month() && from.Year() == until.Year():
		return p.Month(from.Year(), from.Month())
	case s.Days() > 360 && from.Year() == until.Year():
		return year
	case s.Days() > 360:
		return year + "-" + strconv.Itoa(until.Year())[2:]
	}
	return p.T("{from} to {until}", i18n.V{"from": p.Month(from.Year(), from.Month()), "until": p.Month(until.Year(), until.Month())})
}
