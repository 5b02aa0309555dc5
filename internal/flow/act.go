package flow

import (
	"context"
	"fmt"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/mandate"
	"stoa/internal/notify"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// ActOnCase takes an action of the file: an officer's, a supervisor's, or the applicant's own.
type ActOnCase struct {
	Case     string
	Version  int64 // of the case when the form was made
	Action   string
	Text     string // what is asked of the applicant, or the applicant's answer, or a note
	Decision process.Decision
	Key      string
}

// Actor kinds of a file's actions.
const (
	byApplicant  = "applicant"
	byOfficer    = "officer"
	bySupervisor = "supervisor"
)

// ActOnCase carries out the action, or proposes it where a second person must approve.
func (f *Flow) ActOnCase(ctx context.Context, actor policy.Actor, in ActOnCase) error {
	return f.DB.Write(ctx, "flow.ActOnCase", func(ctx context.Context, tx *store.Tx) error {
		c, action, err := f.actionable(ctx, tx, actor, in.Case, in.Action)
		if err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if c.Version != in.Version {
				return "", fault.NewConflict(cases.ChangedMeanwhile)
			}
			if c.Awaits != "" && action.By != byApplicant {
				return "", fault.NewConflict("A decision on this case waits for approval")
			}
			if err := f.doneFor(ctx, tx, actor, mandate.Acted, c.Case.Service, c.ID, c.Number, action.Title.In(c.Language)); err != nil {
				return "", err
			}
			return "", f.act(ctx, tx, actor, c, action, in)
		})
		return err
	})
}

// actionable loads a case and its action for somebody who may take it.
func (f *Flow) actionable(ctx context.Context, tx *store.Tx, actor policy.Actor, id, name string) (*docket.Case, *service.Action, error) {
	c, err := f.Docket.Case(ctx, tx, id)
	if err != nil {
		return nil, nil, missing(err)
	}
	var action *service.Action
	for _, a := range c.Service.Actions {
		if a.ID == name {
			action = a
		}
	}
	if action == nil {
		return nil, nil, fault.NewNotFound("")
	}
	right := map[string]policy.Action{byApplicant: policy.CaseOwn, byOfficer: policy.CaseWork, bySupervisor: policy.CaseSupervise}[action.By]
	if err := f.mayOn(ctx, tx, actor, right, c); err != nil {
		return nil, nil, err
	}
	return c, action, nil
}

func (f *Flow) act(ctx context.Context, tx *store.Tx, actor policy.Actor, c *docket.Case, action *service.Action, in ActOnCase) error {
	today := docket.Day(c.Service, tx.Now())
	if action.Kind == "request_information" && action.Reasons != "" && action.Reasons != "none" && in.Decision.Reason == "" {
		in.Decision.Reason = in.Text // what is asked is the reason that the letter gives
	}
	in.Decision.Action, in.Decision.Outcome, in.Decision.By, in.Decision.Date = action.ID, action.Outcome, actor.Person, today
	effects, err := process.Act(ctx, c.Judged, c.Facts, action.ID, in.Decision, tx.Now())
	if err != nil {
		return err
	}
	by := doneBy(actor)
	if action.Approval {
		return f.propose(ctx, tx, c, in.Decision, by)
	}
	if err := f.accompany(ctx, tx, c, action, in.Text, by); err != nil {
		return err
	}
	return f.carryOut(ctx, tx, c, effects, by)
}

// propose holds a decision back until a second person approves it.
func (f *Flow) propose(ctx context.Context, tx *store.Tx, c *docket.Case, d process.Decision, by doer) error {
	c.Pending, c.Awaits = &d, "approval"
	event := cases.Event{Kind: cases.EventProposed, Actor: by.Person, Action: d.Action, EventWords: cases.EventWords{Name: by.Name, For: by.For, Text: d.Reason}}
	if err := f.Docket.Cases.Note(ctx, tx, c.Case, event); err != nil {
		return err
	}
	return f.Docket.Cases.Update(ctx, tx, c.Case)
}

// accompany stores the words that go with an action: a question to the applicant or their answer is a
// message; to ask without words is refused.
func (f *Flow) accompany(ctx context.Context, tx *store.Tx, c *docket.Case, action *service.Action, text string, by doer) error {
	switch {
	case action.Kind == "request_information" && text == "":
		return fault.NewInvalid("Say what you need to know")
	case action.Kind == "answer" && text == "":
		return fault.NewInvalid("Write your answer")
	case text == "":
		return nil
	}
	incoming := action.By == byApplicant
	m := &cases.Message{Incoming: incoming, Author: by.Person, MessageWords: cases.MessageWords{Name: by.Name, For: by.For, Text: text}}
	return f.message(ctx, tx, c, m)
}

// message stores a message, notes it, and tells the applicant of what the office wrote.
func (f *Flow) message(ctx context.Context, tx *store.Tx, c *docket.Case, m *cases.Message) error {
	if err := f.Docket.Cases.Write(ctx, tx, c.Case, m); err != nil {
		return err
	}
	event := cases.Event{Kind: cases.EventMessage, Public: true, Actor: m.Author, EventWords: cases.EventWords{Name: m.Name, For: m.For, Ref: m.ID}}
	if m.Incoming {
		event.Action = "incoming"
	}
	if err := f.Docket.Cases.Note(ctx, tx, c.Case, event); err != nil {
		return err
	}
	if m.Incoming {
		return nil
	}
	who, err := f.People.Get(ctx, tx, c.Person)
	if err != nil {
		return err
	}
	p := f.Words.For(c.Language)
	return f.inform(ctx, tx, c.Person, c.Case.Service, notify.Message{
		Subject: c.Subject, Kind: "message", Language: c.Language,
		Content: notify.Content{
			To: who.Email, Name: who.Name,
			Title: p.T("A message about your application {number}", i18n.V{"number": c.Number}),
			Text:  m.Text + "\n\n" + p.T("To answer, sign in to your account."),
			Link:  "/account/cases/" + c.ID,
		},
	})
}

// Approve lets a proposed decision take effect, or returns it to the one who proposed it.
type Approve struct {
	Case    string
	Version int64
	Yes     bool
	Text    string // why not
	Key     string
}

// Approve is for a second person: never the one who proposed, nor the applicant.
func (f *Flow) Approve(ctx context.Context, actor policy.Actor, in Approve) error {
	return f.DB.Write(ctx, "flow.Approve", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.Docket.Case(ctx, tx, in.Case)
		if err != nil {
			return missing(err)
		}
		if err := f.mayOn(ctx, tx, actor, policy.CaseApprove, c); err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if c.Version != in.Version || c.Pending == nil {
				return "", fault.NewConflict(cases.ChangedMeanwhile)
			}
			return "", f.approve(ctx, tx, actor, c, in)
		})
		return err
	})
}

func (f *Flow) approve(ctx context.Context, tx *store.Tx, actor policy.Actor, c *docket.Case, in Approve) error {
	decision := *c.Pending
	c.Pending, c.Awaits = nil, ""
	by := doneBy(actor)
	if !in.Yes {
		if in.Text == "" {
			return fault.NewInvalid("Say why you return the decision")
		}
		event := cases.Event{Kind: cases.EventReturned, Actor: by.Person, Action: decision.Action, EventWords: cases.EventWords{Name: by.Name, For: by.For, Text: in.Text}}
		if err := f.Docket.Cases.Note(ctx, tx, c.Case, event); err != nil {
			return err
		}
		return f.Docket.Cases.Update(ctx, tx, c.Case)
	}
	decision.Date = docket.Day(c.Service, tx.Now())
	effects, err := process.Act(ctx, c.Judged, c.Facts, decision.Action, decision, tx.Now())
	if err != nil {
		return fmt.Errorf("taking the approved decision: %w", err)
	}
	return f.carryOut(ctx, tx, c, effects, by)
}
