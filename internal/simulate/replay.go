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
	Definition            string // hash of the one that it was decided under
	Charged               int64  // the fee as it was charged
	Erased                bool   // nothing is left of what was said
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
	then    string // the ending that passing the deadline leads to; "" none
	judged  *process.Judgement
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
	case j.Fee == nil && len(s.Fee) > 0:
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
		o.lacks = "deadline" // a calendar that ends too early
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
			o.lacks = "deadline"
			return nil
		}
	}
	for _, e := range effects {
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

// ended is what the case would have come to: by hand on its day, or by the deadline that passed before.
func (o *outcome) ended(s *service.Service, c *Case) string {
	switch {
	case o.refused != "":
		return Unsent
	case c.Ending == "" || c.Ended.IsZero():
		return Open
	case o.then != "" && !o.due.IsZero() && s.Jurisdiction.Calendar.DateOf(c.Ended).After(o.due):
		return o.then
	}
	return c.Ending
}

// late reports whether the case was decided after its day.
func (o *outcome) late(s *service.Service, c *Case) bool {
	return o.refused == "" && !o.due.IsZero() && !c.Ended.IsZero() && s.Jurisdiction.Calendar.DateOf(c.Ended).After(o.due)
}

// Endings that no file has a word for.
const (
	Unsent = "unsent" // the rules would not have let it be sent
	Open   = "open"
)
