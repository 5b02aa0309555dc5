package process

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// maxTurns bounds how many actions one event can set off. More means that a file goes in circles.
const maxTurns = 50

// machine carries one event through the life of a case: each step is an Effects, applied to the facts
// before the next is looked for.
type machine struct {
	s     *service.Service
	j     *Judgement
	facts Facts
	now   time.Time // of the step at hand
	done  []Effects
	bar   string // the action and state of a deadline whose condition does not hold
}

func newMachine(j *Judgement, f Facts, now time.Time) *machine {
	return &machine{s: j.Situation.Service, j: j, facts: f.clone(), now: now}
}

func (m *machine) rules() *rules { return m.j.rules }

// failed returns the outside error of the last evaluation.
func (m *machine) failed() error { return m.j.rules.err }

func (m *machine) date(t time.Time) calendar.Date { return m.s.Jurisdiction.Calendar.DateOf(t) }

// scope is what rules about the life of a case see besides the answers: today is the day of the step.
func (m *machine) scope() *scope { return m.j.caseScope(m.facts, m.now) }

func (j *Judgement) caseScope(f Facts, now time.Time) *scope {
	k := j.Situation.Service.Jurisdiction.Calendar
	objections, open := 0, 0
	for _, c := range f.Consultations {
		switch c.Reply {
		case "objection":
			objections++
		case "":
			open++
		}
	}
	number := func(n int) rule.Value { return money.NewDecimal(int64(n)) }
	vars := map[string]rule.Value{
		"today": k.DateOf(now), "entered": k.DateOf(f.Entered), "objections": number(objections),
		"replies_open": number(open), "representations": number(f.Representations),
	}
	vars["case_number"], vars["licence_number"], vars["outcome"] = f.Number, f.Licence, ""
	if d := f.Decision; d != nil {
		vars["decided"], vars["outcome"] = d.Date, d.Outcome
	}
	vars["fee_total"] = money.NewDecimal(0)
	if j.Fee != nil {
		if total, err := j.Fee.Total.Decimal(); err == nil { // the currency was known when it was added up
			vars["fee_total"] = total
		}
	}
	return &scope{vars: vars, outer: j.rules.top}
}

// Submit makes a case of a draft that is ready. What it returns first enters the start state, or the one in
// which the case stands until its fee is paid.
func Submit(ctx context.Context, j *Judgement, now time.Time) ([]Effects, error) {
	if err := j.ready(); err != nil {
		return nil, err
	}
	m := newMachine(j, Facts{Submitted: now, Entered: now}, now)
	if err := m.enter(ctx, Effects{At: now, To: j.start()}); err != nil {
		return nil, err
	}
	if m.s.Issue != nil && m.s.Issue.Pending && j.rules.given["variant"] == "new" {
		l, err := m.issue(ctx)
		if err != nil {
			return nil, err
		}
		m.done[0].Pending = l
	}
	return m.settle(ctx)
}

// Offered lists the actions that can be taken now by an officer, supervisor (who may do what officers
// do) or applicant, in the order of the file.
func Offered(ctx context.Context, j *Judgement, f Facts, by string, now time.Time) ([]*service.Action, error) {
	m := newMachine(j, f, now)
	if err := m.catchUp(ctx, now); err != nil {
		return nil, err
	}
	var list []*service.Action
	for _, a := range m.s.Actions {
		if a.Auto || a.By == "system" || a.By != by && !(by == "supervisor" && a.By == "officer") {
			continue
		}
		ok, err := m.can(ctx, a)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, a)
		}
	}
	return list, nil
}

// OfferedOn reports whether the condition of an action on a licence holds on a day. What rules see of the
// licence are the fields of its record, with its number, from and until.
func OfferedOn(ctx context.Context, s *service.Service, a *service.LicenceAction, licence map[string]rule.Value, today calendar.Date) (bool, error) {
	r := newWalk(Situation{Service: s, Today: today}).rules
	r.given = map[string]rule.Value{"today": today, "licence": licence}
	return r.holds(ctx, a.When, r.top), r.err
}

// can reports whether an action can be taken from the state of the case.
func (m *machine) can(ctx context.Context, a *service.Action) (bool, error) {
	st := m.s.States[m.facts.State]
	if st == nil || st.End != "" || !slices.Contains(a.From, m.facts.State) {
		return false, nil
	}
	ok := m.rules().holds(ctx, a.When, m.scope())
	return ok, m.failed()
}

// Act takes an action. What was due before is done first; a conflict says that the action is not, or no
// longer, offered. Who may take it is for the caller to decide.
func Act(ctx context.Context, j *Judgement, f Facts, action string, d Decision, now time.Time) ([]Effects, error) {
	m := newMachine(j, f, now)
	if err := m.catchUp(ctx, now); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(m.s.Actions, func(a *service.Action) bool { return a.ID == action })
	if i < 0 {
		return nil, fault.NewNotFound("process.no_such_action")
	}
	a := m.s.Actions[i]
	ok, err := m.can(ctx, a)
	if err != nil {
		return nil, err
	}
	if !ok || a.By == "system" {
		return nil, fault.NewConflict("process.not_offered")
	}
	if err := checkDecision(a, d); err != nil {
		return nil, err
	}
	if err := m.take(ctx, a, d); err != nil {
		return nil, err
	}
	return m.settle(ctx)
}

// checkDecision holds what was decided against what the file allows.
func checkDecision(a *service.Action, d Decision) error {
	var fields fault.Fields
	for _, id := range d.Reasons {
		if !hasChoice(a.Standard, id) {
			fields.Add("reasons", "process.reason_unknown")
		}
	}
	for _, id := range d.Conditions {
		if !hasChoice(a.ActionFile.Conditions, id) {
			fields.Add("conditions", "process.condition_unknown")
		}
	}
	given := len(d.Reasons) > 0 || d.Reason != ""
	switch {
	case a.Reasons == "required" && !given:
		fields.Add("reasons", "process.reasons_required")
	case (a.Reasons == "none" || a.Reasons == "") && given && len(fields) == 0 && a.Kind != "request_information" && a.Kind != "answer":
		fields.Add("reasons", "process.reasons_not_asked")
	}
	if a.Kind != "decide" && (len(d.Conditions) > 0 || len(d.Own) > 0) {
		fields.Add("conditions", "process.conditions_not_asked")
	}
	return fields.Err()
}

func hasChoice(list []service.ChoiceFile, id string) bool {
	return slices.ContainsFunc(list, func(c service.ChoiceFile) bool { return c.ID == id })
}

// take carries an action out, whoever took it.
func (m *machine) take(ctx context.Context, a *service.Action, d Decision) error {
	e := Effects{At: m.now, Action: a.ID, From: m.facts.State, To: a.To}
	d.Action, d.Date = a.ID, m.date(m.now)
	switch {
	case a.Kind == "decide":
		d.Outcome = a.Outcome
		e.Decision = &d
		m.facts.Decision = &d // rules of the licence and of the state entered see it
	case len(d.Reasons) > 0 || d.Reason != "":
		e.Said = &d
	}
	if a.Letter != "" {
		e.Letters = append(e.Letters, a.Letter)
	}
	if a.Issue {
		l, err := m.issue(ctx)
		if err != nil {
			return err
		}
		e.Issue = l
	}
	return m.enter(ctx, e)
}

// enter completes the effects of entering a state, and applies them.
func (m *machine) enter(ctx context.Context, e Effects) error {
	st := m.s.States[e.To]
	if st == nil {
		return fault.NewInternal("entering a state", fmt.Errorf("%s has no state %q", m.s.Service, e.To))
	}
	e.Entered, e.End, e.Stopped = true, st.End, st.Clock == "stopped" && st.End == ""
	if st.Letter != "" {
		e.Letters = append(e.Letters, st.Letter)
	}
	before := m.facts
	m.facts = m.facts.Apply(e)
	for _, id := range st.Consult {
		if slices.ContainsFunc(m.facts.Consultations, func(c Consultation) bool { return c.Consultee == id }) {
			continue // asked before, in an earlier turn of this state: the question stands
		}
		c := m.s.Consultees[id]
		if !m.rules().holds(ctx, c.When, m.scope()) {
			continue
		}
		day, err := m.replyDue(ctx, c)
		if err != nil {
			return err
		}
		e.Consult = append(e.Consult, ConsultationDue{Consultee: c, Due: day})
	}
	var err error
	if e.Deadline, err = m.due(ctx, st); err != nil {
		return err
	}
	m.facts = before.Apply(e)
	m.done = append(m.done, e)
	return nil
}

// stay records an event that changes no state.
func (m *machine) stay(ctx context.Context, e Effects) error {
	e.At, e.From, e.To = m.now, m.facts.State, m.facts.State
	m.facts = m.facts.Apply(e)
	st := m.s.States[m.facts.State]
	if st == nil {
		return fault.NewInternal("recording an event", fmt.Errorf("%s has no state %q", m.s.Service, m.facts.State))
	}
	e.Stopped = m.facts.stopped()
	var err error
	e.Deadline, err = m.due(ctx, st)
	m.done = append(m.done, e)
	return err
}

// settle takes automatic actions until none applies, and returns everything that was done.
func (m *machine) settle(ctx context.Context) ([]Effects, error) {
	if err := m.automatic(ctx); err != nil {
		return nil, err
	}
	if err := m.failed(); err != nil {
		return nil, err
	}
	return m.done, nil
}

func (m *machine) automatic(ctx context.Context) error {
	for {
		taken := false
		for _, a := range m.s.Actions {
			if !a.Auto {
				continue
			}
			ok, err := m.can(ctx, a)
			if err != nil {
				return err
			}
			if ok {
				if err := m.take(ctx, a, Decision{}); err != nil {
					return err
				}
				taken = true
				break
			}
		}
		if !taken {
			return nil
		}
		if len(m.done) > maxTurns {
			return fault.NewInternal("taking automatic actions", fmt.Errorf("%s goes in circles in state %q", m.s.Service, m.facts.State))
		}
	}
}

// issue computes what is issued.
func (m *machine) issue(ctx context.Context) (*Licence, error) {
	is := m.s.Issue
	if is == nil {
		return nil, fault.NewInternal("issuing", fmt.Errorf("%s issues nothing", m.s.Service))
	}
	sc := m.scope()
	l := &Licence{Fields: map[string]rule.Value{}, From: m.date(m.now)}
	for _, id := range slices.Sorted(maps.Keys(is.Fields)) {
		out := m.rules().eval(ctx, is.Fields[id], sc)
		if out.known && out.value != nil {
			l.Fields[id] = out.value
		}
	}
	for _, d := range []struct {
		rule *service.Rule
		to   *calendar.Date
	}{{is.From, &l.From}, {is.Until, &l.Until}} {
		if d.rule == nil {
			continue
		}
		out := m.rules().eval(ctx, d.rule, sc)
		day, ok := out.value.(calendar.Date)
		if !out.known || out.value != nil && !ok {
			return nil, fault.NewInternal("issuing", fmt.Errorf("the rule at %s gives no day", d.rule.Pos))
		}
		*d.to = day
	}
	return l, m.failed()
}
