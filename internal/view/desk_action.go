package view

import (
	"context"
	"slices"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// DeskActionPage is the form for an action of the file.
type DeskActionPage struct {
	DeskHead
	Action
	Offered    bool // false: the case has moved on, and the action cannot be taken any more
	Reasons    string
	Standard   []DeskChoice
	Conditions []DeskChoice
	Decides    bool
	Asks       bool // the applicant is asked something
	Approval   bool
	Law        Law
	Appeal     string
	To         string // the state the case is then in
	Issues     string // what is issued
	Letter     string // title of the letter that is sent
}

// DeskChoice is a standard reason or condition.
type DeskChoice struct {
	ID, Text string
	Law      Law
}

// DeskAction is the form for an action. An action that is not the reader's to take does not exist.
func (v *View) DeskAction(ctx context.Context, r Reader, id, action string) (p DeskActionPage, err error) {
	if err := v.lookAtCase(ctx, r, id, lookCase, policy.CaseWork); err != nil {
		return DeskActionPage{}, err
	}
	err = v.read(ctx, "DeskAction", func(ctx context.Context, tx *store.Tx) error {
		c, err := v.deskCase(ctx, tx, r, id, policy.CaseWork)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(c.Service.Actions, func(a *service.Action) bool { return a.ID == action })
		if i < 0 {
			return fault.NewNotFound("")
		}
		a := c.Service.Actions[i]
		head, err := v.deskHead(ctx, tx, r, c)
		if err != nil {
			return err
		}
		if a.By != "officer" && (a.By != "supervisor" || !head.Supervises) {
			return fault.NewNotFound("")
		}
		p = r.actionForm(c, a)
		p.DeskHead = head
		offered, err := process.Offered(ctx, c.Judged, c.Facts, deskRole(head.Supervises), tx.Now())
		p.Offered = slices.Contains(offered, a) && c.Pending == nil
		return err
	})
	return p, err
}

func (r Reader) actionForm(c *docket.Case, a *service.Action) DeskActionPage {
	s := c.Service
	j := s.Jurisdiction
	p := DeskActionPage{
		Action:  Action{ID: a.ID, Title: r.words(j, a.Title), Kind: a.Kind},
		Reasons: a.Reasons, Decides: a.Kind == "decide", Asks: a.Kind == "request_information", Approval: a.Approval,
		Standard: r.deskChoices(s, a.Standard), Conditions: r.deskChoices(s, a.ActionFile.Conditions),
		Law: law(s, a.Law), Appeal: r.words(j, a.Appeal), To: r.stateTitle(s, a.To),
	}
	if l := s.Letters[a.Letter]; l != nil {
		p.Letter = r.words(j, l.Title)
	}
	if a.Issue && s.Issue != nil {
		p.Issues = r.words(j, s.Issue.Title)
	}
	return p
}

func (r Reader) deskChoices(s *service.Service, list []service.ChoiceFile) []DeskChoice {
	var out []DeskChoice
	for _, c := range list {
		out = append(out, DeskChoice{c.ID, r.words(s.Jurisdiction, c.Text), law(s, c.Law)})
	}
	return out
}

// DeskApproval is a proposed decision for the one who is to approve it.
type DeskApproval struct {
	DeskHead
	Action     string
	By         string
	At         Instant
	Reasons    []string
	Conditions []string
	Law        Law
	Own        bool // the reader proposed it, and cannot approve it
}

// DeskApproval shows what is proposed. Who proposed it may look; who may approve it is for flow.
func (v *View) DeskApproval(ctx context.Context, r Reader, id string) (p DeskApproval, err error) {
	if err := v.lookAtCase(ctx, r, id, lookCase, policy.CaseSupervise); err != nil {
		return DeskApproval{}, err
	}
	err = v.read(ctx, "DeskApproval", func(ctx context.Context, tx *store.Tx) error {
		c, err := v.deskCase(ctx, tx, r, id, policy.CaseSupervise)
		if err != nil {
			return err
		}
		if c.Pending == nil {
			return fault.NewConflict("Nothing waits for approval on this case any more")
		}
		head, err := v.deskHead(ctx, tx, r, c)
		if err != nil {
			return err
		}
		who, err := v.People.Get(ctx, tx, c.Pending.By)
		if err != nil {
			return err
		}
		d, s := c.Pending, c.Service
		p = DeskApproval{DeskHead: head, Action: r.actionTitle(s, d.Action), By: nameOf(who),
			Own: policy.Can(r.Actor, policy.CaseApprove, c.Thing()) != nil}
		for _, a := range s.Actions {
			if a.ID == d.Action {
				p.Law = law(s, a.Law)
				p.Reasons = append(r.choices(s.Jurisdiction, a.Standard, d.Reasons), nonEmpty(d.Reason)...)
				p.Conditions = append(r.choices(s.Jurisdiction, a.ActionFile.Conditions, d.Conditions), d.Own...)
			}
		}
		events, err := v.Docket.Cases.Timeline(ctx, tx, c.Case)
		for _, e := range events {
			if e.Kind == cases.EventProposed {
				p.At = r.instant(s.Jurisdiction, e.At)
			}
		}
		return err
	})
	return p, err
}

// StateTitle names a state of a case for the reader of a preview.
func (v *View) StateTitle(ctx context.Context, r Reader, id, state string) (title string, err error) {
	err = v.read(ctx, "StateTitle", func(ctx context.Context, tx *store.Tx) error {
		c, err := v.Docket.Cases.Get(ctx, tx, id)
		if err != nil {
			return err
		}
		thing := policy.Thing{Kind: "case", ID: id, Organisation: c.Organisation, Owner: c.Person}
		if err := policy.Can(r.Actor, policy.CaseRead, thing); err != nil {
			return err
		}
		s, err := v.Docket.Releases.Get(ctx, tx, c.Definition)
		title = r.stateTitle(s, state)
		return err
	})
	return title, err
}

// Works asks whether the reader may work on a case. Writing is also the applicant's right, in their
// account; at the desk nobody writes about themselves.
func (v *View) Works(ctx context.Context, r Reader, id string) error {
	return v.read(ctx, "Works", func(ctx context.Context, tx *store.Tx) error {
		c, err := v.Docket.Cases.Get(ctx, tx, id)
		if err != nil {
			return err
		}
		return policy.Can(r.Actor, policy.CaseWork, policy.Thing{Kind: "case", ID: id, Organisation: c.Organisation, Owner: c.Person})
	})
}
