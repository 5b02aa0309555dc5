package calendar

import (
	"errors"
	"slices"
)

// Interval is a time during which a clock stands still: from the day it was
// stopped, to the day before it ran again. A zero Until means that it still
// stands.
type Interval struct{ From, Until Date }

// Deadline describes a statutory period. Exactly one of WorkingDays,
// CalendarDays and Months is positive.
type Deadline struct {
	Start        Date // the day of the event that starts the clock; it does not count
	WorkingDays  int
	CalendarDays int
	Months       int
	Pauses       []Interval
	// RollForward moves a due date that is no working day to the next one.
	RollForward bool
}

// Due returns the last day of the period: the n-th day after Start that counts
// (each day, or each working day) and is not covered by a pause. A period in
// months has as many days as there are to the same day n months later. When a
// pause that still stands covers the day, there is no due date yet and running
// is false.
func (k *Calendar) Due(dl Deadline) (due Date, running bool, err error) {
	add := func(n int) (Date, error) { return dl.Start.AddDays(n) }
	count := func(a, b Date) (int, error) { return a.DaysUntil(b), nil }
	n := 0
	switch w, c, m := dl.WorkingDays, dl.CalendarDays, dl.Months; {
	case w > 0 && c == 0 && m == 0:
		n, count = w, k.WorkingDaysBetween
		add = func(n int) (Date, error) { return k.AddWorkingDays(dl.Start, n) }
	case w == 0 && c > 0 && m == 0:
		n = c
	case w == 0 && c == 0 && m > 0:
		end, err := dl.Start.AddMonths(m)
		if err != nil {
			return Date{}, false, err
		}
		n = dl.Start.DaysUntil(end)
	default:
		return Date{}, false, errors.New("calendar: a deadline needs one of working days, calendar days and months")
	}
	if due, err = add(n); err != nil {
		return Date{}, false, err
	}
	pauses, err := merged(dl.Pauses, dl.Start)
	if err != nil {
		return Date{}, false, err
	}
	for _, p := range pauses {
		if p.From.After(due) {
			break
		}
		if p.Until.IsZero() {
			return Date{}, false, nil
		}
		first, err := p.From.AddDays(-1) // count excludes the day it starts from
		if err != nil {
			return Date{}, false, err
		}
		last, err := p.Until.AddDays(-1)
		if err != nil {
			return Date{}, false, err
		}
		paused, err := count(first, last)
		if err != nil {
			return Date{}, false, err
		}
		n += paused
		if due, err = add(n); err != nil {
			return Date{}, false, err
		}
	}
	if dl.RollForward {
		due, err = k.NextWorkingDay(due)
	}
	return due, err == nil, err
}

// merged returns the pauses in order without overlap, cut to the days after
// start; a pause of no day is dropped.
func merged(pauses []Interval, start Date) ([]Interval, error) {
	first, err := start.AddDays(1)
	if err != nil {
		return nil, err
	}
	var cut []Interval
	for _, p := range pauses {
		if p.From.Before(first) {
			p.From = first
		}
		if p.Until.IsZero() || p.From.Before(p.Until) {
			cut = append(cut, p)
		}
	}
	slices.SortFunc(cut, func(a, b Interval) int { return a.From.Compare(b.From) })
	var out []Interval
	for _, p := range cut {
		if len(out) == 0 {
			out = append(out, p)
			continue
		}
		last := &out[len(out)-1]
		switch {
		case last.Until.IsZero(): // stands for ever
		case p.From.After(last.Until):
			out = append(out, p)
		case p.Until.IsZero() || p.Until.After(last.Until):
			last.Until = p.Until
		}
	}
	return out, nil
}
