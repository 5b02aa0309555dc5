package process_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/process"
)

// market is a case of the test service, as just submitted.
type market struct {
	t     fatal
	j     *process.Judgement
	facts process.Facts
	due   *process.Due
}

type fatal interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func concert() process.Typed {
	var typed process.Typed
	for field, value := range map[string]string{
		"adult": "yes", "event_title": "Night music", "kind": "concert", "hall-manual": "The old barn",
		"day-day": "12", "day-month": "June", "day-year": "2026", "begins": "7pm", "hours": "4", "guests": "1,200",
		"amplified": "no", "organiser": "Omar Organiser", "email": "omar@example.com",
		"home-line1": "2 Mill Lane", "home-town": "Testham",
	} {
		typed.Set(field, value)
	}
	return typed
}

func at(day string, hour int) time.Time {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	d := calendar.MustDate(day)
	return time.Date(d.Year(), d.Month(), d.Day(), hour, 0, 0, 0, zone)
}

func submitted(t fatal, tb testing.TB, day string) *market {
	t.Helper()
	j, err := process.Judge(ctx, process.Situation{Service: hall(tb), Today: calendar.MustDate(day)}, concert())
	if err != nil {
		t.Fatal(err)
	}
	m := &market{t: t, j: j, facts: process.Facts{Submitted: at(day, 12)}}
	m.apply(process.Submit(ctx, j, at(day, 12)))
	return m
}

func (m *market) apply(effects []process.Effects, err error) []process.Effects {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
	for _, e := range effects {
		m.facts, m.due = m.facts.Apply(e), e.Deadline
	}
	return effects
}

func TestSeveralDeadlinesOverdueAreTakenAsOfTheirDays(t *testing.T) {
	m := submitted(t, t, "2026-03-30")
	effects := m.apply(process.Pass(ctx, m.j, m.facts, at("2026-05-20", 3))) // nobody was there for weeks
	var got []string
	for _, e := range effects {
		got = append(got, fmt.Sprint(e.At.Format("01-02 15:04"), " ", e.Action, e.Silence))
	}
	// Fire has three working days (31 March, 1 and 2 April); the office ten, to 15 April.
	want := []string{"04-03 00:00 [fire]", "04-16 00:00 deem[]"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	d := m.facts.Decision
	if m.facts.State != "granted" || d == nil || d.By != "" || d.Date != calendar.MustDate("2026-04-16") || effects[1].Issue == nil {
		t.Errorf("facts %+v", m.facts)
	}
	if more := m.apply(process.Pass(ctx, m.j, m.facts, at("2026-06-20", 3))); len(more) != 0 {
		t.Errorf("passing again does %+v", more)
	}
}

func TestADeadlineHasPassedWhenItsDayIsOver(t *testing.T) {
	m := submitted(t, t, "2026-03-30")
	end := at("2026-04-16", 0)
	if effects := m.apply(process.Pass(ctx, m.j, m.facts, end.Add(-time.Nanosecond))); m.facts.State != "received" {
		t.Errorf("a moment too early: %+v", effects)
	}
	if m.apply(process.Pass(ctx, m.j, m.facts, end)); m.facts.State != "granted" {
		t.Errorf("in the state %s when the day is over", m.facts.State)
	}
}

func TestRefusals(t *testing.T) {
	m := submitted(t, t, "2026-03-30")
	now := at("2026-03-31", 9)
	for _, c := range []struct {
		name string
		do   func() error
		kind fault.Kind
	}{
		{"granting while replies are open", func() error { return second(process.Act(ctx, m.j, m.facts, "grant", process.Decision{}, now)) }, fault.Conflict},
		{"refusing without reasons", func() error { return second(process.Act(ctx, m.j, m.facts, "refuse", process.Decision{}, now)) }, fault.Invalid},
		{"a reason nobody wrote", func() error {
			return second(process.Act(ctx, m.j, m.facts, "refuse", process.Decision{Reasons: []string{"ugly"}}, now))
		}, fault.Invalid},
		{"doing what only time does", func() error { return second(process.Act(ctx, m.j, m.facts, "deem", process.Decision{}, now)) }, fault.Conflict},
		{"an unknown action", func() error { return second(process.Act(ctx, m.j, m.facts, "dance", process.Decision{}, now)) }, fault.NotFound},
		{"answering when nothing was asked", func() error { return second(process.Act(ctx, m.j, m.facts, "answer", process.Decision{}, now)) }, fault.Conflict},
		{"a reply from who was not asked", func() error { return second(process.Reply(ctx, m.j, m.facts, "police", "objection", now)) }, fault.NotFound},
		{"a reply in other words", func() error { return second(process.Reply(ctx, m.j, m.facts, "fire", "perhaps", now)) }, fault.Invalid},
		{"an objection after silence has counted", func() error {
			return second(process.Reply(ctx, m.j, m.facts, "fire", "objection", at("2026-04-03", 0)))
		}, fault.Conflict},
		{"a representation after the notice", func() error { return second(process.Represent(ctx, m.j, m.facts, at("2026-04-05", 0))) }, fault.Conflict},
		{"deciding after the law has", func() error {
			return second(process.Act(ctx, m.j, m.facts, "refuse", process.Decision{Reason: "Late."}, at("2026-04-16", 1)))
		}, fault.Conflict},
	} {
		err := c.do()
		var fields fault.Fields
		if err == nil || fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want %v", c.name, err, c.kind)
		} else if c.kind == fault.Invalid && c.name != "a reply in other words" && !errors.As(err, &fields) {
			t.Errorf("%s: %T is no field error", c.name, err)
		}
	}
}

func second(_ []process.Effects, err error) error { return err }

func TestNoiseMayAnswerLateBecauseItsSilenceSaysNothing(t *testing.T) {
	m := submitted(t, t, "2026-03-30")
	m.apply(process.Reply(ctx, m.j, m.facts, "noise", "objection", at("2026-04-10", 9)))
	if m.facts.State != "hearing" || !m.facts.Consultations[0].Silent || m.due.Date != calendar.MustDate("2026-06-11") {
		t.Errorf("%+v due %+v", m.facts, m.due)
	}
}

func TestConsulteesAreAskedOnce(t *testing.T) {
	m := submitted(t, t, "2026-03-30")
	if len(m.facts.Consultations) != 2 {
		t.Fatalf("asked %+v", m.facts.Consultations)
	}
	m.apply(process.Act(ctx, m.j, m.facts, "ask", process.Decision{Reason: "Which barn?"}, at("2026-03-31", 9)))
	if effects := m.apply(process.Act(ctx, m.j, m.facts, "answer", process.Decision{}, at("2026-04-01", 9))); len(effects[0].Consult) != 0 {
		t.Errorf("asked again: %+v", effects[0].Consult)
	}
	if len(m.facts.Stops) != 1 || m.facts.Stops[0].Until.IsZero() {
		t.Errorf("stops %+v", m.facts.Stops)
	}
}

func TestOffered(t *testing.T) {
	m := submitted(t, t, "2026-03-30")
	for by, want := range map[string]string{"officer": "[ask]", "supervisor": "[refuse ask]", "applicant": "[withdraw]", "system": "[]"} {
		list, err := process.Offered(ctx, m.j, m.facts, by, at("2026-03-31", 9))
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, a := range list {
			ids = append(ids, a.ID)
		}
		if fmt.Sprint(ids) != want {
			t.Errorf("%s is offered %v, want %s", by, ids, want)
		}
	}
}

// Deadlines with stops of the clock, against a model that counts day by day: the tenth working day on
// which the clock did not stand.
func TestStopsMoveTheDeadline(t *testing.T) {
	k := hall(t).Jurisdiction.Calendar
	rapid.Check(t, func(rt *rapid.T) {
		start := must(calendar.MustDate("2026-01-05").AddDays(rapid.IntRange(0, 200).Draw(rt, "start")))
		m := submittedOn(rt, t, start)
		day, stood := start, map[calendar.Date]bool{}
		for range rapid.IntRange(0, 3).Draw(rt, "stops") {
			stop := must(day.AddDays(rapid.IntRange(0, 4).Draw(rt, "gap")))
			if m.due == nil || stop.After(m.due.Date) {
				break
			}
			run := must(stop.AddDays(rapid.IntRange(0, 20).Draw(rt, "length")))
			m.apply(process.Act(ctx, m.j, m.facts, "ask", process.Decision{}, at(stop.String(), 14)))
			m.apply(process.Act(ctx, m.j, m.facts, "answer", process.Decision{}, at(run.String(), 15)))
			for d := stop; d.Before(run); d = must(d.AddDays(1)) {
				stood[d] = true
			}
			day = run
		}
		left, want := 10, start
		for left > 0 {
			want = must(want.AddDays(1))
			if working, err := k.IsWorkingDay(want); err == nil && working && !stood[want] {
				left--
			}
		}
		if m.due == nil || m.due.Date != want {
			rt.Fatalf("due %v, day by day %s", m.due, want)
		}
	})
}

func submittedOn(rt fatal, tb testing.TB, day calendar.Date) *market {
	typed := concert()
	typed.Set("day-year", "2027")
	j, err := process.Judge(ctx, process.Situation{Service: hall(tb), Today: day}, typed)
	if err != nil {
		rt.Fatal(err)
	}
	m := &market{t: rt, j: j, facts: process.Facts{Submitted: at(day.String(), 12)}}
	m.apply(process.Submit(ctx, j, at(day.String(), 12)))
	return m
}

func must(d calendar.Date, err error) calendar.Date {
	if err != nil {
		panic(err)
	}
	return d
}

// A node that was off does in the end what one that was always on did day by day, as of the same moments.
func TestBeingOffChangesNothing(t *testing.T) {
	s := hall(t)
	moved := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		start := calendar.MustDate("2026-03-16")
		typed := concert()
		typed.Set("day-month", "4")
		typed.Set("day-day", fmt.Sprint(rapid.IntRange(1, 30).Draw(rt, "day of the event")))
		j, err := process.Judge(ctx, process.Situation{Service: s, Today: start}, typed)
		if err != nil {
			rt.Fatal(err)
		}
		on := &market{t: rt, j: j, facts: process.Facts{Submitted: at("2026-03-16", 12)}}
		on.apply(process.Submit(ctx, j, at("2026-03-16", 12)))
		off := &market{t: rt, j: j, facts: on.facts}
		var diary, catchUp []string
		for i := 1; i <= 60; i++ {
			day := must(start.AddDays(i)).String()
			diary = append(diary, told(on.apply(process.Pass(ctx, j, on.facts, at(day, 3))))...)
			var event func(*market) ([]process.Effects, error)
			switch now := at(day, 14); rapid.IntRange(0, 12).Draw(rt, "event") {
			case 0:
				event = func(m *market) ([]process.Effects, error) {
					return process.Reply(ctx, j, m.facts, "fire", "objection", now)
				}
			case 1:
				event = func(m *market) ([]process.Effects, error) {
					return process.Reply(ctx, j, m.facts, "noise", "comment", now)
				}
			case 2:
				event = func(m *market) ([]process.Effects, error) {
					return process.Act(ctx, j, m.facts, "ask", process.Decision{}, now)
				}
			case 3:
				event = func(m *market) ([]process.Effects, error) {
					return process.Act(ctx, j, m.facts, "answer", process.Decision{}, now)
				}
			default:
				continue
			}
			a, errOn := event(on)
			b, errOff := event(off)
			if (errOn == nil) != (errOff == nil) {
				rt.Fatalf("on %s: always on %v, off until now %v", day, errOn, errOff)
			}
			if errOn == nil {
				diary, catchUp = append(diary, told(on.apply(a, nil))...), append(catchUp, told(off.apply(b, nil))...)
			}
		}
		end := at("2026-05-30", 3)
		diary = append(diary, told(on.apply(process.Pass(ctx, j, on.facts, end)))...)
		catchUp = append(catchUp, told(off.apply(process.Pass(ctx, j, off.facts, end)))...)
		if !slices.Equal(diary, catchUp) {
			rt.Fatalf("always on: %q\noff:       %q", diary, catchUp)
		}
		moved[on.facts.State]++
	})
	if len(moved) < 2 {
		t.Errorf("every case ended the same way: %v", moved)
	}
}

func told(effects []process.Effects) (list []string) {
	for _, e := range effects {
		due := ""
		if e.Deadline != nil {
			due = e.Deadline.Date.String()
		}
		list = append(list, fmt.Sprint(e.At.UTC().Format("01-02 15:04"), " ", e.Action, e.Silence, e.From, "-", e.To, " ", due, e.Letters))
	}
	return list
}
