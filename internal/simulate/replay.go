package simulate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/process"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// Case is a past case: what was said, what the registers said then, and what became of it.
type Case struct {
	ID, Variant, Language string
	Submitted, Ended      time.Time // Ended is zero while it is open
	Ending                string
	Stood                 []string // states it stood in before its end, each once
	Stopped               bool     // its clock stood for a time
	Definition            string   // hash of the one that it was decided under
	Charged               int64    // the fee as it was charged
	Erased                bool     // nothing is left of what was said
	Typed                 process.Typed
	// Situation is that of the case under a definition, with look-ups and choices as they were noted. Asked reports which
	// look-ups were noted at all.
	Situation func(*service.Service) (process.Situation, error)
	Asked     func(lookup string) bool
}

// outcome is what a case comes to under rules.
type outcome struct {
	lacks   string // why it cannot be said; "" it can
	refused string // why it could not have been sent: a condition or a check; "" it could
	total   int64  // fee or tax
	due     calendar.Date
	then    string   // the ending that passing the deadline leads to; "" none
	stood   []string // states it came into by itself, the last is where the deadline is of
	judged  *process.Judgement
	missed  func() string // the first look-up that the rules asked for and nobody noted
}

// replay judges a case under rules, as of the day on which it was submitted.
func replay(ctx context.Context, s *service.Service, c *Case) (o outcome, err error) {
	situation, err := c.Situation(s)
	if err != nil {
		return outcome{lacks: "register"}, nil //nolint:nilerr // what was noted does not fit the form that registers have now
	}
	situation.Brief = true
	missing, noted := "", situation.Lookup
	situation.Lookup = func(ctx context.Context, l *service.Lookup, match map[string]rule.Value) (rule.Value, error) {
		if !c.Asked(l.ID) && missing == "" {
			missing = l.ID
		}
		return noted(ctx, l, match)
	}
	j, err := process.Judge(ctx, situation, c.Typed)
	if err != nil {
		return o, fmt.Errorf("replaying case %s: %w", c.ID, err)
	}
	o.judged = j
	if missing != "" {
		return outcome{lacks: "lookup." + missing}, nil
	}
	for _, e := range j.Errors {
		if e.Missing {
			return outcome{lacks: process.Definition(e.Path)}, nil
		}
	}
	for _, e := range j.Errors {
		if e.Question.Type != "file" { // what was sent was looked at then, and is not opened again
			o.refused = process.Definition(e.Path)
			return o, nil
		}
	}
	switch eligible := j.Eligible(); {
	case eligible == nil:
		return outcome{lacks: "eligibility"}, nil
	case !*eligible:
		i := slices.IndexFunc(j.Eligibility, func(v process.Verdict) bool { return v.Holds != nil && !*v.Holds })
		o.refused = fmt.Sprintf("eligibility.%d", i+1)
		return o, nil
	}
	o, err = conclude(ctx, j, c)
	o.missed = func() string { return missing }
	return o, err
}

// conclude is what a judgement of a case that could have been sent comes to.
func conclude(ctx context.Context, j *process.Judgement, c *Case) (outcome, error) {
	o, s := outcome{judged: j}, j.Situation.Service
	if j.Fee == nil && len(s.Fee) > 0 {
		return outcome{lacks: "fee"}, nil
	}
	if j.Fee != nil {
		o.total = j.Fee.Total.Minor
	}
	return o, o.follow(ctx, s, c)
}

// follow finds by when the case had to be decided, and what the passing of that day would have done to it.
func (o *outcome) follow(ctx context.Context, s *service.Service, c *Case) error {
	effects, err := process.Submit(ctx, o.judged, c.Submitted)
	if err != nil {
		o.lacks = "calendar" // it ends too early
		return nil           //nolint:nilerr // told as what is lacking
	}
	facts := process.Facts{Submitted: c.Submitted}
	for _, e := range effects {
		facts = facts.Apply(e)
	}
	if process.Waits(s, facts) { // as if the fee were paid at once
		if effects, err = process.Paid(ctx, o.judged, facts, c.Submitted); err != nil {
			if ctx.Err() != nil {
				return errors.Join(ctx.Err(), err)
			}
			o.lacks = "calendar"
			return nil
		}
		o.stood = append(o.stood, s.Payment.Waits)
	}
	for _, e := range effects {
		o.stood = append(o.stood, e.To)
		o.due, o.then = calendar.Date{}, ""
		if e.Deadline != nil {
			o.due, o.then = e.Deadline.Date, endOf(s, e.Deadline.Then)
		}
	}
	return nil
}

// endOf is the ending that an action leads to; "" where the case goes on.
func endOf(s *service.Service, action string) string {
	for _, a := range s.Actions {
		if a.ID == action && s.States[a.To] != nil {
			return s.States[a.To].End
		}
	}
	return ""
}

// tells reports whether the deadline that the rules give agrees with what really happened: the case was decided in the state
// that the deadline is of, its clock never stood, and it did not go on after a day that would have ended it. The rules know
// nothing of later states and of stops, so of other cases they cannot say by when they had to be decided.
func (o *outcome) tells(s *service.Service, c *Case) bool {
	n := len(c.Stood)
	if c.Stopped || n == 0 || len(o.stood) == 0 || c.Stood[n-1] != o.stood[len(o.stood)-1] {
		return false
	}
	for _, state := range c.Stood {
		if !slices.Contains(o.stood, state) {
			return false
		}
	}
	return o.then == "" || o.then == c.Ending || !o.passed(s, c)
}

// passed reports whether the case ended after its day.
func (o *outcome) passed(s *service.Service, c *Case) bool {
	return !o.due.IsZero() && !c.Ended.IsZero() && s.Jurisdiction.Calendar.DateOf(c.Ended).After(o.due)
}

// timedOtherwise reports whether a change moves a deadline of a state that the case stood in, or the day that it had.
func (c *Cases) timedOtherwise(one *Case, before, after *outcome) bool {
	return before.due != after.due || before.then != after.then ||
		slices.ContainsFunc(one.Stood, func(state string) bool { return c.moved[state] })
}

// movedDeadlines are the states whose deadlines are of another length.
func movedDeadlines(was, is *service.Service) map[string]bool {
	moved, other := map[string]bool{}, otherFigures(was, is)
	for id, a := range was.States {
		b := is.States[id]
		if a.Deadline == nil || b == nil || b.Deadline == nil {
			continue
		}
		x, y := a.Deadline, b.Deadline
		moved[id] = x.WorkingDays != y.WorkingDays || x.Days != y.Days || x.Months != y.Months || (x.On == nil) != (y.On == nil) ||
			x.On != nil && (x.On.Expr.Source != y.On.Expr.Source || restsOn(was, x.On, other, map[string]bool{}))
	}
	return moved
}

// otherFigures are the parameters of the law that have other values.
func otherFigures(was, is *service.Service) map[string]bool {
	values := func(p *service.Parameter) (list []string) {
		for _, v := range p.Values {
			list = append(list, fmt.Sprint(v.From, " ", v.Value))
		}
		return list
	}
	other := map[string]bool{}
	for _, p := range was.Jurisdiction.Parameters {
		for _, q := range is.Jurisdiction.Parameters {
			if q.ID == p.ID && !slices.Equal(values(p), values(q)) {
				other[p.ID] = true
			}
		}
	}
	return other
}

// restsOn reports whether a rule depends on one of some parameters, directly or by what it is computed from. Of a table it is
// taken for granted.
func restsOn(s *service.Service, r *service.Rule, figures, seen map[string]bool) bool {
	if len(figures) == 0 || r.Program == nil {
		return false
	}
	return slices.ContainsFunc(r.Uses(), func(ref rule.Ref) bool {
		if ref.Kind == rule.ParamRef {
			return figures[ref.Name]
		}
		if ref.Kind == rule.TableRef {
			return true
		}
		i := slices.IndexFunc(s.Values, func(n *service.Named) bool { return n.ID == ref.Name })
		if i < 0 || seen[ref.Name] {
			return false
		}
		seen[ref.Name] = true
		return s.Values[i].Table != nil || s.Values[i].Rule != nil && restsOn(s, s.Values[i].Rule, figures, seen)
	})
}

// ends is what the case came to, which nothing recomputes, and what the change would have made of it. That the rules would not
// have let it be sent is told of either.
func ends(c *Cases, one *Case, before, after *outcome, tells bool) (from, to string) {
	from = one.Ending
	if from == "" || one.Ended.IsZero() {
		from = Open
	}
	to = from
	if tells && from != Open && after.then != "" && after.passed(c.is, one) {
		to = after.then
	}
	if before.refused != "" {
		from = Unsent
	}
	if after.refused != "" {
		to = Unsent
	}
	return from, to
}

// Endings that no file has a word for.
const (
	Unsent = "unsent" // the rules would not have let it be sent
	Open   = "open"
)
