package process

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/service"
)

// Reply records what a consultee says: no_objection, objection or comment. A reply that comes after
// silence has counted is refused.
func Reply(ctx context.Context, j *Judgement, f Facts, consultee, reply string, now time.Time) ([]Effects, error) {
	if !slices.Contains([]string{"no_objection", "objection", "comment"}, reply) {
		return nil, fault.NewInvalid("process.reply_unknown")
	}
	m := newMachine(j, f, now)
	if err := m.catchUp(ctx, now); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(m.facts.Consultations, func(c Consultation) bool { return c.Consultee == consultee })
	if i < 0 {
		return nil, fault.NewNotFound("process.not_consulted")
	}
	c := m.facts.Consultations[i]
	if c.Reply != "" || m.over() {
		return nil, fault.NewConflict("process.reply_closed")
	}
	c.Reply = reply
	if err := m.stay(ctx, Effects{Reply: &c}); err != nil {
		return nil, err
	}
	return m.settle(ctx)
}

// Represent records a representation by the public while the notice is open.
func Represent(ctx context.Context, j *Judgement, f Facts, now time.Time) ([]Effects, error) {
	m := newMachine(j, f, now)
	if err := m.catchUp(ctx, now); err != nil {
		return nil, err
	}
	open, _, err := NoticeOpen(j, m.facts, now)
	if err != nil {
		return nil, err
	}
	if !open {
		return nil, fault.NewConflict("process.notice_closed")
	}
	if err := m.stay(ctx, Effects{Heard: 1}); err != nil {
		return nil, err
	}
	return m.settle(ctx)
}

// NoticeOpen reports whether the public may make representations, and the last day for them (zero: as
// long as the case is in such a state).
func NoticeOpen(j *Judgement, f Facts, now time.Time) (bool, calendar.Date, error) {
	s := j.Situation.Service
	n := s.Notice
	if n == nil || !slices.Contains(n.States, f.State) {
		return false, calendar.Date{}, nil
	}
	if n.Days == 0 {
		return true, calendar.Date{}, nil
	}
	k := s.Jurisdiction.Calendar
	last, err := k.DateOf(f.Submitted).AddDays(n.Days)
	if err != nil {
		return false, calendar.Date{}, fmt.Errorf("counting the days of the notice: %w", err)
	}
	return now.Before(k.EndOf(last)), last, nil
}

// Pass lets time pass: deadlines, silences and automatic actions that are due by now. Several that are
// overdue are taken in the order of their days, each as of its own instant. Nothing due: no effects.
func Pass(ctx context.Context, j *Judgement, f Facts, now time.Time) ([]Effects, error) {
	m := newMachine(j, f, now)
	if err := m.catchUp(ctx, now); err != nil {
		return nil, err
	}
	return m.settle(ctx)
}

// over reports whether the case has ended.
func (m *machine) over() bool {
	st := m.s.States[m.facts.State]
	return st == nil || st.End != ""
}

// catchUp does what fell due up to now, oldest first. At one instant silences count before automatic
// actions, and those go before a deadline.
func (m *machine) catchUp(ctx context.Context, now time.Time) error {
	defer func() { m.now = now }()
	for range maxTurns {
		if m.over() {
			return nil
		}
		at, due, err := m.nextDue(ctx, now)
		if err != nil {
			return err
		}
		if at.IsZero() {
			return nil
		}
		m.now = at
		if silent := m.silent(at); len(silent) > 0 {
			if err := m.stay(ctx, Effects{Silence: silent}); err != nil {
				return err
			}
		}
		before := len(m.done)
		if err := m.automatic(ctx); err != nil {
			return err
		}
		if len(m.done) > before || due == nil {
			continue // another state, perhaps: its own deadlines count
		}
		if err := m.expire(ctx, due); err != nil {
			return err
		}
		if err := m.automatic(ctx); err != nil {
			return err
		}
	}
	return fault.NewInternal("letting time pass", fmt.Errorf("%s goes in circles in state %q", m.s.Service, m.facts.State))
}

// nextDue finds the earliest instant, not after now, at which something falls due; due is the state's
// deadline when it is what falls due then.
func (m *machine) nextDue(ctx context.Context, now time.Time) (at time.Time, due *Due, err error) {
	earlier := func(t time.Time) bool { return !t.After(now) && (at.IsZero() || t.Before(at)) }
	for _, c := range m.facts.Consultations {
		if t, ok := m.silenceAt(c); ok && earlier(t) {
			at = t
		}
	}
	d, err := m.due(ctx, m.s.States[m.facts.State])
	if err != nil {
		return at, nil, err
	}
	if d != nil && d.Then != "" && !m.barred(d) {
		t := m.passed(d.Date)
		if t.Before(m.facts.Entered) {
			t = m.facts.Entered // late already when the state was entered
		}
		if earlier(t) {
			return t, d, nil
		}
		if t.Equal(at) {
			return at, d, nil
		}
	}
	return at, nil, nil
}

// silenceAt is when a consultee's silence begins to count; false where it never does.
func (m *machine) silenceAt(c Consultation) (time.Time, bool) {
	def := m.s.Consultees[c.Consultee]
	if def == nil || c.Reply != "" || c.Due.IsZero() || def.Silence == "none" {
		return time.Time{}, false
	}
	t := m.passed(c.Due)
	if t.Before(c.Asked) {
		t = c.Asked
	}
	return t, true
}

func (m *machine) silent(at time.Time) (ids []string) {
	for _, c := range m.facts.Consultations {
		if t, ok := m.silenceAt(c); ok && !t.After(at) {
			ids = append(ids, c.Consultee)
		}
	}
	return ids
}

// barred reports whether the action of a deadline was found impossible in this state: it is overdue,
// and a person must act.
func (m *machine) barred(d *Due) bool { return m.bar == d.Then+" "+m.facts.State }

// expire takes the action of a deadline that has passed, if its condition holds.
func (m *machine) expire(ctx context.Context, due *Due) error {
	i := slices.IndexFunc(m.s.Actions, func(a *service.Action) bool { return a.ID == due.Then })
	if i < 0 {
		return fault.NewInternal("taking the action of a deadline", fmt.Errorf("%s has no action %q", m.s.Service, due.Then))
	}
	ok, err := m.can(ctx, m.s.Actions[i])
	if err != nil {
		return err
	}
	if !ok {
		m.bar = due.Then + " " + m.facts.State
		return nil
	}
	return m.take(ctx, m.s.Actions[i], Decision{})
}
