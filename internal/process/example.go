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
	"stoa/internal/money"
	"stoa/internal/rule"
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
	x.facts = Facts{Number: exampleNumber(x.s.Case.Number, x.e.Submitted), Submitted: now}
	x.take(ctx, x.e.Expect.Pos, effects)
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
		if e.Issue != nil {
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
		err = add(Act(ctx, x.j, facts, st.Do, x.decision(st.Do), now))
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
	default:
		err = add(Pass(ctx, x.j, facts, now))
	}
	return done, err
}

// decision gives the reasons that an action asks for.
func (x *exampleRun) decision(action string) Decision {
	d := Decision{By: "example"}
	for _, a := range x.s.Actions {
		if a.ID == action && a.Reasons == "required" {
			if len(a.Standard) > 0 {
				d.Reasons = []string{a.Standard[0].ID}
			} else {
				d.Reason = "An example."
			}
		}
	}
	return d
}

// expect compares the judgement.
func (x *exampleRun) expect() {
	want := &x.e.Expect
	for _, path := range want.Asked {
		if !x.j.Asked(path) && !x.askedAnywhere(path) {
			x.fail(want.Pos, "%s is not asked", "", path)
		}
	}
	for _, path := range want.NotAsked {
		if x.j.Asked(path) || x.askedAnywhere(path) {
			x.fail(want.Pos, "%s is asked", "", path)
		}
	}
	if len(want.Errors) > 0 {
		x.expectErrors(want)
	}
	if want.Eligible != nil {
		x.expectEligible(*want.Eligible)
	}
	x.expectValues(want.Pos, want.Values)
	if want.Fee != nil {
		x.expectFee(*want.Fee)
	}
}

// askedAnywhere finds a question of a group named without an item: partners.name.
func (x *exampleRun) askedAnywhere(path string) bool {
	for asked := range x.j.asked {
		if Definition(asked) == path {
			return true
		}
	}
	return false
}

func (x *exampleRun) expectErrors(want *service.ExpectFile) {
	var got []string
	for _, e := range x.j.Errors {
		got = append(got, e.Path)
		if !slices.Contains(want.Errors, e.Path) {
			x.fail(want.Pos, "%s is refused: %s", "", e.Path, x.message(e))
		}
	}
	for _, path := range want.Errors {
		if !slices.Contains(got, path) {
			x.fail(want.Pos, "%s is accepted; refused: %s", "", path, orNone(got))
		}
	}
}

// message says what is wrong in English.
func (x *exampleRun) message(e FieldError) string {
	b, err := bundle()
	if err != nil {
		return e.Key
	}
	return e.Message(b.For(i18n.Source))
}

func (x *exampleRun) expectEligible(want bool) {
	got := x.j.Eligible()
	switch {
	case got == nil:
		x.fail(x.e.Expect.Pos, "it cannot be said who is eligible: %s", "", x.missing())
	case *got != want && want:
		for _, v := range x.j.Eligibility {
			if v.Holds != nil && !*v.Holds {
				x.fail(x.e.Expect.Pos, "not eligible by the rule at %s: %s", "", v.Rule.That.Pos, inWords(v.Why))
			}
		}
	case *got != want:
		x.fail(x.e.Expect.Pos, "it is eligible: every condition holds", "")
	}
}

func (x *exampleRun) expectValues(pos service.Pos, values map[string]any) {
	for _, id := range slices.Sorted(maps.Keys(values)) {
		name, output, _ := strings.Cut(id, ".")
		got := x.j.Values[name]
		if got == nil {
			x.fail(pos, "%s is not known: %s", "", id, x.missing())
			continue
		}
		v := got.Value
		if rec, ok := v.(map[string]rule.Value); ok && output != "" {
			v = rec[output]
		}
		if want := ruleForm(values[id], v); !rule.Equal(want, v) {
			x.fail(pos, "%s is %s, expected %s. %s", "", id, inPlain(v), inPlain(want), inWords(got))
		}
	}
}

func (x *exampleRun) expectFee(want money.Decimal) {
	if x.j.Fee == nil && len(x.s.Fee) > 0 {
		x.fail(x.e.Expect.Pos, "the fee is not known: %s", "", x.missing())
		return
	}
	var got money.Decimal
	var why []string
	if x.j.Fee != nil {
		var err error
		if got, err = x.j.Fee.Total.Decimal(); err != nil {
			x.fail(x.e.Expect.Pos, "the fee cannot be written: %v", "", err)
			return
		}
		for _, item := range x.j.Fee.Items {
			why = append(why, inWords(item.Why))
			x.exact(item)
		}
	}
	if !got.Equal(want) {
		x.fail(x.e.Expect.Pos, "the fee is %s, expected %s. %s", "", got, want, strings.Join(why, "; "))
	}
}

// exact reports a fee that is only rounded by chance.
func (x *exampleRun) exact(item FeeItem) {
	d, ok := item.Why.Value.(money.Decimal)
	if !ok {
		return
	}
	if _, err := money.FromDecimal(d, item.Amount.Currency); errors.Is(err, money.ErrInexact) {
		x.fail(item.Fee.Amount.Pos, "the fee %s comes to %s, which is not a whole number of the smallest coin", "say in the rule how it is rounded", item.Fee.ID, d)
	}
}

func (x *exampleRun) expectState(pos service.Pos, state string, due *calendar.Date) {
	if state != "" && x.facts.State != state {
		x.fail(pos, "the case is in the state %q, expected %q", "", x.facts.State, state)
	}
	if due == nil {
		return
	}
	switch {
	case x.due == nil:
		x.fail(pos, "there is no deadline, expected %s", "", due)
	case x.due.Date != *due:
		x.fail(pos, "the deadline is %s, expected %s. %s", "", x.due.Date, due, inWords(x.due.Why))
	}
}

func (x *exampleRun) expectIssued(st *service.StepFile) {
	if len(st.Issued) == 0 {
		return
	}
	i := slices.IndexFunc(x.last, func(e Effects) bool { return e.Issue != nil })
	if i < 0 {
		x.fail(st.Pos, "nothing is issued", "")
		return
	}
	l := x.last[i].Issue
	for _, id := range slices.Sorted(maps.Keys(st.Issued)) {
		got := l.Fields[id]
		switch id {
		case "from":
			got = l.From
		case "until":
			got = nil
			if !l.Until.IsZero() {
				got = l.Until
			}
		}
		if want := ruleForm(st.Issued[id], got); !rule.Equal(want, got) {
			x.fail(st.Pos, "what is issued has %s %s, expected %s", "", id, inPlain(got), inPlain(want))
		}
	}
}

// missing says what stands in the way of a result.
func (x *exampleRun) missing() string {
	var list []string
	for _, e := range x.j.Errors {
		list = append(list, e.Path+" ("+x.message(e)+")")
	}
	if len(list) == 0 {
		return "no answer is missing, so the rule itself does not come to a result"
	}
	return "these answers are missing or refused: " + strings.Join(list, ", ")
}

func (x *exampleRun) obstacles(err error) string {
	if len(x.j.Errors) > 0 {
		return x.missing()
	}
	for _, v := range x.j.Eligibility {
		if v.Holds != nil && !*v.Holds {
			return fmt.Sprintf("not eligible by the rule at %s: %s", v.Rule.That.Pos, inWords(v.Why))
		}
	}
	return err.Error()
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}
