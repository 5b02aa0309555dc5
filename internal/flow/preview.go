package flow

import (
	"context"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/document"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/store"
)

// Preview is what an action would do to a case, without doing it.
type Preview struct {
	Letters []document.Document // as they would be sent now, in the applicant's language
	State   string              // that the case would then be in
	Ending  string              // granted, refused …; "" while it goes on
	Due     calendar.Date       // the next deadline; zero: none
	Stopped bool                // the clock would stand
	Issued  bool
	Asked   []string // consultees that would be asked
}

// PreviewAction shows what ActOnCase would do with the same input: the same rights, the same rules, the
// same letters. Nothing is stored, and the form's key is not used up.
func (f *Flow) PreviewAction(ctx context.Context, actor policy.Actor, in ActOnCase) (p Preview, err error) {
	err = f.DB.Read(ctx, "flow.PreviewAction", func(ctx context.Context, tx *store.Tx) error {
		c, action, err := f.actionable(ctx, tx, actor, in.Case, in.Action)
		if err != nil {
			return err
		}
		d := in.Decision
		if action.Kind == "request_information" || action.Kind == "answer" {
			if in.Text == "" {
				return fault.NewInvalid("Say what you need to know")
			}
			d.Reason = in.Text
		}
		d.Action, d.Outcome, d.By = action.ID, action.Outcome, actor.Person
		p, err = f.preview(ctx, tx, c, d)
		return err
	})
	return p, err
}

// PreviewApproval shows what approving the proposed decision would do.
func (f *Flow) PreviewApproval(ctx context.Context, actor policy.Actor, id string) (p Preview, err error) {
	err = f.DB.Read(ctx, "flow.PreviewApproval", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.Docket.Case(ctx, tx, id)
		if err != nil {
			return missing(err)
		}
		if err := policy.Can(actor, policy.CaseSupervise, c.Thing()); err != nil {
			return err
		}
		if c.Pending == nil {
			return fault.NewConflict(cases.ChangedMeanwhile)
		}
		p, err = f.preview(ctx, tx, c, *c.Pending)
		return err
	})
	return p, err
}

// preview follows carryOut on a case that is thrown away.
func (f *Flow) preview(ctx context.Context, tx *store.Tx, c *docket.Case, d process.Decision) (Preview, error) {
	d.Date = docket.Day(c.Service, tx.Now())
	effects, err := process.Act(ctx, c.Judged, c.Facts, d.Action, d, tx.Now())
	if err != nil {
		return Preview{}, err
	}
	var p Preview
	for _, e := range effects {
		c.Facts = c.Facts.Apply(e)
		c.State, c.Decision = c.Facts.State, c.Facts.Decision
		p.State, p.Ending, p.Stopped, p.Due = e.To, e.End, e.Stopped, calendar.Date{}
		if e.Deadline != nil {
			p.Due = e.Deadline.Date
		}
		for _, q := range e.Consult {
			p.Asked = append(p.Asked, q.Consultee.ID)
		}
		if e.Issue != nil {
			p.Issued = true
			if c.Facts.Licence == "" { // numbers have no gaps: none is used up for looking
				c.Facts.Licence = f.Words.For(c.Language).T("(number, given when it is issued)")
			}
		}
		for _, letter := range e.Letters {
			doc, err := f.Letter(ctx, tx, c, letter, e.Said)
			if err != nil {
				return Preview{}, err
			}
			p.Letters = append(p.Letters, doc)
		}
	}
	return p, nil
}
