package process

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/service"
)

// RunExamples runs the worked examples of a service through the same code as a real case, and returns
// where they do not come true: what was expected, what came, and why.
func RunExamples(ctx context.Context, s *service.Service) []service.Problem {
	var problems []service.Problem
	for i := range s.Examples {
		x := &exampleRun{s: s, e: &s.Examples[i]}
		x.run(ctx)
		problems = append(problems, x.problems...)
	}
	return problems
}

// bundle holds the platform's languages: letters of examples are written in each of the jurisdiction's.
var bundle = sync.OnceValues(func() (*i18n.Bundle, error) { return i18n.Load() })

// exampleRun is one example being run.
type exampleRun struct {
	s        *service.Service
	e        *service.ExampleFile
	j        *Judgement
	facts    Facts
	last     []Effects // of the submission, or the step at hand
	due      *Due
	proposed *Decision // it waits for the second person
	problems []service.Problem
}

func (x *exampleRun) fail(pos service.Pos, what, fix string, args ...any) {
	if pos.Line == 0 {
		pos = x.e.Pos
	}
	x.problems = append(x.problems, service.Problem{
		Pos: pos, What: fmt.Sprintf("the example %q does not come true: ", x.e.Name) + fmt.Sprintf(what, args...), Fix: fix,
	})
}

func (x *exampleRun) run(ctx context.Context) {
	situation, typed := x.situation()
	j, err := Judge(ctx, situation, typed)
	if err != nil {
		x.fail(x.e.Pos, "it cannot be judged: %v", "", err)
		return
	}
	x.j = j
	for _, err := range j.Broken {
		x.fail(x.e.Pos, "%v", "", err)
	}
	x.expect()
	if x.e.Expect.State == "" && x.e.Expect.Due == nil && len(x.e.Steps) == 0 {
		return
	}
	now := x.at(x.e.Submitted)
	effects, err := Submit(ctx, j, now)
	if err != nil {
		x.fail(x.e.Expect.Pos, "it cannot be submitted: %s", "", x.obstacles(err))
		return
	}
	x.facts = Facts{Number: exampleNumber(x.s.Case.Number, x.e.Submitted), Submitted: now, Licence: inPlain(x.e.Previous["number"])}
	x.take(ctx, x.e.Expect.Pos, effects)
	if Waits(x.s, x.facts) && (x.e.Paid == nil || *x.e.Paid) {
		if effects, err = Paid(ctx, j, x.facts, now); err != nil {
			x.fail(x.e.Expect.Pos, "its fee cannot be paid: %v", "", err)
			return
		}
		x.take(ctx, x.e.Expect.Pos, effects)
	}
	x.expectState(x.e.Expect.Pos, x.e.Expect.State, x.e.Expect.Due)
	for i := range x.e.Steps {
		if !x.step(ctx, &x.e.Steps[i], now) {
			return
		}
		now = x.at(x.day(i))
	}
}

// at is the moment of the example on a day.
func (x *exampleRun) at(day calendar.Date) time.Time {
	return x.s.Jurisdiction.Calendar.In(day, x.e.At)
}

// day is the day of a step: its own, or that of the step before.
func (x *exampleRun) day(i int) calendar.Date {
	for ; i >= 0; i-- {
		if !x.e.Steps[i].On.IsZero() {
			return x.e.Steps[i].On
		}
	}
	return x.e.Submitted
}

// exampleNumber fills in a case or licence number as the first of its year.
func exampleNumber(format string, day calendar.Date) string {
	n := strings.ReplaceAll(format, "{year}", fmt.Sprint(day.Year()))
	if i := strings.Index(n, "{seq"); i >= 0 {
		if end := strings.IndexByte(n[i:], '}'); end > 0 {
			n = n[:i] + "00001" + n[i+end+1:]
		}
	}
	return n
}

// take applies effects, and writes every letter they send, in every language.
func (x *exampleRun) take(ctx context.Context, pos service.Pos, effects []Effects) {
	x.last = effects
	for _, e := range effects {
		x.facts = x.facts.Apply(e)
		x.due = e.Deadline
		if e.Entered || e.End != "" { // the case has moved on without it
			x.proposed = nil
		}
		if e.Issue != nil && x.facts.Licence == "" {
			x.facts.Licence = exampleNumber(x.s.Issue.IssueFile.Number, e.Issue.From)
		}
		for _, letter := range e.Letters {
			x.write(ctx, pos, letter, e)
		}
	}
	for _, err := range x.j.rules.broken[len(x.j.Broken):] {
		x.fail(pos, "%v", "", err)
	}
	x.j.Broken = x.j.rules.broken
}

func (x *exampleRun) write(ctx context.Context, pos service.Pos, letter string, e Effects) {
	b, err := bundle()
	if err != nil {
		x.fail(pos, "the languages cannot be loaded: %v", "", err)
		return
	}
	for _, lang := range x.s.Jurisdiction.File.Languages {
		_, err := RenderLetter(ctx, x.j, x.facts, letter, LetterContext{
			Printer: b.For(lang), Date: x.s.Jurisdiction.Calendar.DateOf(e.At), Said: e.Said,
		})
		if err != nil {
			x.fail(pos, "the letter %q cannot be written: %v", "", letter, err)
			return
		}
	}
}

// step carries out one further event; false ends the example.
func (x *exampleRun) step(ctx context.Context, st *service.StepFile, now time.Time) bool {
	if !st.On.IsZero() {
		now = x.at(st.On)
	}
	effects, err := x.event(ctx, st, now)
	if st.Refused {
		switch {
		case err == nil:
			x.fail(st.Pos, "the step is accepted", "remove refused: true, or correct the rule")
		case fault.KindOf(err) == fault.Internal:
			x.fail(st.Pos, "the step breaks off: %v", "", err)
		}
		x.expectState(st.Pos, st.State, st.Due)
		return true
	}
	if err != nil {
		x.fail(st.Pos, "the step is refused in the state %q: %v", "write refused: true if that is right", x.facts.State, err)
		return false
	}
	x.take(ctx, st.Pos, effects)
	x.expectState(st.Pos, st.State, st.Due)
	x.expectValues(st.Pos, st.Values)
	if st.Letter != "" && !slices.ContainsFunc(effects, func(e Effects) bool { return slices.Contains(e.Letters, st.Letter) }) {
		var sent []string
		for _, e := range effects {
			sent = append(sent, e.Letters...)
		}
		x.fail(st.Pos, "the letter %q is not sent; sent: %s", "", st.Letter, orNone(sent))
	}
	x.expectIssued(st)
	return true
}

func (x *exampleRun) event(ctx context.Context, st *service.StepFile, now time.Time) (done []Effects, err error) {
	facts := x.facts
	add := func(effects []Effects, err error) error {
		for _, e := range effects {
			facts = facts.Apply(e)
		}
		done = append(done, effects...)
		return err
	}
	switch {
	case st.Do != "":
		err = add(x.do(ctx, st.Do, now))
	case st.Approve != nil:
		err = add(x.approve(ctx, *st.Approve, now))
	case len(st.Reply) > 0:
		for _, who := range slices.Sorted(maps.Keys(st.Reply)) {
			if err = add(Reply(ctx, x.j, facts, who, st.Reply[who], now)); err != nil {
				return nil, err
			}
		}
	case st.Represent > 0:
		for range st.Represent {
			if err = add(Represent(ctx, x.j, facts, now)); err != nil {
				return nil, err
			}
		}
	case st.Pay:
		err = add(x.pay(ctx, now))
	default: // a deadline of the law passes over a decision that waits, and ends it
		err = add(Pass(ctx, x.j, facts, now))
	}
	return done, err
}

// do takes an action, or proposes it where a second person must approve.
func (x *exampleRun) do(ctx context.Context, id string, now time.Time) ([]Effects, error) {
	i := slices.IndexFunc(x.s.Actions, func(a *service.Action) bool { return a.ID == id }) // the check of the file says that there is one
	a := x.s.Actions[i]
	if x.proposed != nil && a.By != "applicant" {
		return nil, fault.Wrap(errors.New("a decision waits for approval"), fault.Conflict, "process.not_offered")
	}
	d := decision(a)
	effects, err := Act(ctx, x.j, x.facts, id, d, now)
	if err == nil && a.Approval {
		d.Action, x.proposed = id, &d
		return nil, nil
	}
	return effects, err
}

// approve lets the decision that waits take effect, or returns it.
func (x *exampleRun) approve(ctx context.Context, yes bool, now time.Time) ([]Effects, error) {
	d := x.proposed
	if d == nil {
		return nil, fault.Wrap(errors.New("no decision waits for approval"), fault.Conflict, "process.not_offered")
	}
	x.proposed = nil
	if !yes {
		return nil, nil
	}
	return Act(ctx, x.j, x.facts, d.Action, *d, now)
}

// decision gives the reasons that an action asks for.
func decision(a *service.Action) Decision {
	d := Decision{By: "example"}
	switch {
	case a.Reasons != "required":
	case len(a.Standard) > 0:
		d.Reasons = []string{a.Standard[0].ID}
	default:
		d.Reason = "An example."
	}
	return d
}

// pay pays the fee: the case is judged anew, as of the day on which it is complete.
func (x *exampleRun) pay(ctx context.Context, now time.Time) ([]Effects, error) {
	if !Waits(x.s, x.facts) {
		return nil, fault.Wrap(errors.New("the case does not wait for a fee"), fault.Conflict, "process.not_offered")
	}
	situation, typed := x.situation()
	situation.Today = x.s.Jurisdiction.Calendar.DateOf(now)
	j, err := Judge(ctx, situation, typed)
	if err != nil {
		return nil, err
	}
	x.j = j
	return Paid(ctx, j, x.facts, now)
}
