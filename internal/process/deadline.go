package process

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// due computes the day of a state's deadline; nil where there is none, or none yet.
//
// A period counts from the day of submission or of entering the state, and what a stop of the clock
// covered does not count. While the clock stands there is no day, except for the deadline of the state
// that stops it: that one is the applicant's, and runs. A day given by a rule never moves.
func (m *machine) due(ctx context.Context, st *service.State) (*Due, error) {
	d := st.Deadline
	if d == nil || st.End != "" {
		return nil, nil
	}
	x := Explained{Kind: "deadline", ID: st.ID, Title: st.Title, Type: typeDate, Law: law(m.s, d.Law)}
	if d.On != nil {
		out := m.rules().eval(ctx, d.On, m.scope())
		day, ok := out.value.(calendar.Date)
		if err := m.failed(); err != nil {
			return nil, err
		}
		if !out.known && len(m.rules().uncovered) > 0 {
			return nil, m.undated(st.ID)
		}
		if !out.known || !ok {
			return nil, nil
		}
		x.Value, x.Rule = day, d.On.Expr.Source
		return &Due{Date: day, Then: d.Then, Why: m.rules().explain(x, out)}, nil
	}
	start, name := m.facts.Submitted, "submitted"
	if d.From == "entered" {
		start, name = m.facts.Entered, "entered"
	}
	var stops []Stop
	for _, s := range m.facts.Stops {
		if !s.Until.IsZero() || st.Clock != "stopped" {
			stops = append(stops, s)
		}
	}
	day, running, err := period(m.s.Jurisdiction.Calendar, d, start, stops)
	if err != nil {
		return nil, covered(fmt.Errorf("counting the deadline of %s: %w", st.ID, err))
	}
	if !running {
		return nil, nil
	}
	x.Value = day
	x.because = []*Explained{{Kind: "given", ID: name, Value: rule.Value(m.date(start)), Type: typeDate}}
	return &Due{Date: day, Then: d.Then, Why: &x}, nil
}

// undated is the error of a deadline whose rule needs holidays that the calendar does not know.
func (m *machine) undated(id string) error {
	return covered(fmt.Errorf("counting the days of %s: %w", id, errors.Join(m.rules().broken...)))
}

// period counts a deadline from an instant, without the days for which the clock stood.
func period(k *calendar.Calendar, d *service.Deadline, start time.Time, stops []Stop) (calendar.Date, bool, error) {
	dl := calendar.Deadline{Start: k.DateOf(start), WorkingDays: d.WorkingDays, CalendarDays: d.Days, Months: d.Months}
	for _, s := range stops {
		p := calendar.Interval{From: k.DateOf(s.From)}
		if !s.Until.IsZero() {
			p.Until = k.DateOf(s.Until)
		}
		dl.Pauses = append(dl.Pauses, p)
	}
	return k.Due(dl)
}

// replyDue is the day for a consultee's answer; zero where there is none. Stops do not move it: the
// clock of the case is not the consultee's.
func (m *machine) replyDue(ctx context.Context, c *service.Consultee) (calendar.Date, error) {
	d := c.Within
	if d == nil {
		return calendar.Date{}, nil
	}
	if d.On != nil {
		out := m.rules().eval(ctx, d.On, m.scope())
		if !out.known && len(m.rules().uncovered) > 0 {
			return calendar.Date{}, m.undated(c.ID)
		}
		day, _ := out.value.(calendar.Date) // zero where the rule is not known
		return day, m.failed()
	}
	start := m.now
	if d.From == "submitted" {
		start = m.facts.Submitted
	}
	day, _, err := period(m.s.Jurisdiction.Calendar, d, start, nil)
	if err != nil {
		return calendar.Date{}, covered(fmt.Errorf("counting the days of %s: %w", c.ID, err))
	}
	return day, nil
}

// passed is the first instant at which a duty is late: the end of its day, where the case is.
func (m *machine) passed(day calendar.Date) time.Time { return m.s.Jurisdiction.Calendar.EndOf(day) }
