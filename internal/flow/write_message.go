package flow

import (
	"context"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/mandate"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// WriteMessage is a message between the applicant and the office, outside any action.
type WriteMessage struct {
	Case string
	Text string
	Key  string
}

// WriteMessage takes the side from the actor: the person of the case writes as applicant.
func (f *Flow) WriteMessage(ctx context.Context, actor policy.Actor, in WriteMessage) error {
	return f.DB.Write(ctx, "flow.WriteMessage", func(ctx context.Context, tx *store.Tx) error {
		c, incoming, err := f.correspondent(ctx, tx, actor, in.Case)
		if err != nil {
			return err
		}
		if in.Text == "" {
			return fault.NewInvalid("Write your message")
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			m := &cases.Message{Incoming: incoming, Author: actor.Person, MessageWords: cases.MessageWords{Name: actor.Name, For: actor.For.Name, Text: in.Text}}
			if incoming {
				if err := f.doneFor(ctx, tx, actor, mandate.Wrote, c.Case.Service, c.ID, c.Number, ""); err != nil {
					return "", err
				}
			}
			return "", f.message(ctx, tx, c, m)
		})
		return err
	})
}

// SeeMessages notes that one side has read what the other wrote.
func (f *Flow) SeeMessages(ctx context.Context, actor policy.Actor, id string) error {
	return f.DB.Write(ctx, "flow.SeeMessages", func(ctx context.Context, tx *store.Tx) error {
		c, incoming, err := f.correspondent(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		return f.Docket.Cases.SeeMessages(ctx, tx, c.ID, !incoming)
	})
}

func (f *Flow) correspondent(ctx context.Context, tx *store.Tx, actor policy.Actor, id string) (c *docket.Case, incoming bool, err error) {
	if c, err = f.Docket.Case(ctx, tx, id); err != nil {
		return nil, false, missing(err)
	}
	if policy.Can(actor, policy.CaseOwn, c.Thing()) == nil {
		return c, true, nil
	}
	return c, false, f.mayOn(ctx, tx, actor, policy.CaseWork, c)
}
