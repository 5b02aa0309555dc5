package view

import (
	"context"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Promise is something that was promised, and how it stands.
type Promise struct {
	ID, Title, About, Organisation string
	Kind                           string // plan, project, reform, standard
	Source                         Law
	Due                            string // as it is now
	FirstDue                       string // where it was moved
	State                          string // of service.ProgressFile; late where its day has passed; met or missed of a standard
	Share                          int    // percent that is done, or that was decided in time
	Wanted                         int    // percent, of a standard
	Of                             int    // decisions that were looked at, of a standard
	Progress                       []PromiseStep
	Service                        string
	Days                           int // working days of a standard
}

// PromiseStep is how it stood on a day.
type PromiseStep struct {
	Day, State, Text string
	Share            int
	Moved            string // the new day, where it was moved
}

// The states of promises beyond those that files name.
const (
	PromiseLate    = "late"
	StandardMet    = "met"
	StandardMissed = "missed"
	StandardNone   = "none" // too little was decided to tell
)

// recentDecisions is how many of the newest decisions a standard is measured by.
const recentDecisions = 200

// Commitments are all promises: those that are late first, then by the day they are due; and the standards of services,
// measured by their newest decisions.
func (o Open) Commitments(ctx context.Context, r Reader) (promises, standards []Promise, err error) {
	if err := o.mayLook(r); err != nil {
		return nil, nil, err
	}
	j := o.v.place()
	err = o.v.read(ctx, "Commitments", func(ctx context.Context, tx *store.Tx) error {
		promises, standards = nil, nil
		today := j.Calendar.DateOf(tx.Now())
		if j.Promises != nil {
			promises = r.promises(j, today)
		}
		for _, s := range j.Services {
			if s.Standard == nil || s.Decisions != nil && s.Decisions.Hide {
				continue // how decisions come out that a law keeps from the public is not told by their time either
			}
			rows, err := cases.Past{Cases: o.v.Docket.Cases}.Decided(ctx, tx, cases.Decided{Services: []string{s.Service}, Limit: recentDecisions})
			if err != nil {
				return err
			}
			standards = append(standards, r.standard(s, rows))
		}
		return nil
	})
	return promises, standards, err
}

func (r Reader) promises(j *service.Jurisdiction, today calendar.Date) []Promise {
	type dated struct {
		Promise
		due  calendar.Date
		rank int
	}
	var all []dated
	for i := range j.Promises.Commitments {
		f := &j.Promises.Commitments[i]
		p := Promise{ID: f.ID, Title: r.words(j, f.Title), About: r.words(j, f.About), Organisation: r.organisationName(j, f.Organisation), Kind: f.Kind,
			Source: sourceText(f.Source), State: service.NotBegun}
		due := f.Due
		for _, step := range f.Progress {
			if step.Date.After(today) {
				continue
			}
			one := PromiseStep{Day: r.date(step.Date), State: step.State, Share: step.Share, Text: r.words(j, step.Text)}
			if !step.Due.IsZero() {
				due, one.Moved = step.Due, r.date(step.Due)
			}
			p.State, p.Share = step.State, step.Share
			p.Progress = append(p.Progress, one)
		}
		slices.Reverse(p.Progress)
		if p.Due = r.date(due); due != f.Due {
			p.FirstDue = r.date(f.Due)
		}
		rank := 1
		switch p.State {
		case service.NotBegun, service.UnderWay:
			if due.Before(today) {
				p.State, rank = PromiseLate, 0
			}
		default:
			rank = 2
		}
		all = append(all, dated{p, due, rank})
	}
	slices.SortStableFunc(all, func(a, b dated) int {
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		return a.due.Compare(b.due)
	})
	list := make([]Promise, len(all))
	for i := range all {
		list[i] = all[i].Promise
	}
	return list
}

func (r Reader) standard(s *service.Service, rows []*cases.Case) Promise {
	j := s.Jurisdiction
	p := Promise{ID: s.Service, Title: r.words(j, s.Title), Organisation: r.organisationName(j, s.Organisation), Kind: "standard",
		Source: law(s, s.Standard.Law), Wanted: s.Standard.Share, Days: s.Standard.WorkingDays, Service: "/services/" + s.Service, State: StandardNone}
	in := 0
	for _, c := range rows {
		if c.Decision == nil {
			continue
		}
		if p.Of++; docket.Took(s, c) <= s.Standard.WorkingDays {
			in++
		}
	}
	if p.Of >= fewest {
		p.Share = 100 * in / p.Of
		p.State = StandardMissed
		if 100*in >= p.Wanted*p.Of {
			p.State = StandardMet
		}
	}
	return p
}
