package view

import (
	"context"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Showable is a licence that may answer a question.
type Showable struct {
	Kind  string
	Shown string // the answer that a wallet has given; "" for none
	From  string // where that came from
}

// showable says which licence may answer a question, and what was shown.
func (v *View) showable(r Reader, d *docket.Draft, place string, q *service.Question) *Showable {
	if q.Credential == nil || v.Wallets == nil {
		return nil
	}
	s := v.place().Credential(q.Credential.Licence)
	if s == nil {
		return nil
	}
	out := &Showable{Kind: r.words(s.Jurisdiction, s.Issue.Title)}
	if k := d.Known[d.Typed.Key(place, q.ID)]; k != nil && k.Choice == cases.KnownShown {
		out.Shown, out.From = k.Chosen.Text, r.origin(d, place, q)
		for _, f := range s.Issue.Register.Fields {
			if f.ID == q.Credential.Field {
				out.Shown = r.showField(s.Jurisdiction, f, k.Chosen.Text)
			}
		}
	}
	return out
}

// AnswerQuestion is the page on which a wallet answers a question of a draft.
type AnswerQuestion struct {
	Draft
	Question string
	Item     string
	WalletQuestion
}

// ForAnswer is a question to a wallet that was asked for this very question of a draft.
func (c Credentials) ForAnswer(ctx context.Context, r Reader, draft string, ask Ask, question, shows string) (p AnswerQuestion, err error) {
	err = c.read(ctx, "ForAnswer", func(ctx context.Context, tx *store.Tx) error {
		d, err := c.open(ctx, tx, r, draft)
		if err != nil {
			return err
		}
		place := ""
		if ask.Item != "" {
			place, _ = d.Typed.PathOf(ask.Item)
		}
		page := pageOf(d.Service, ask.Page)
		k := d.Known[d.Typed.Key(place, question)]
		if page == nil || k == nil || shows == "" || k.Ask != shows {
			return fault.NewNotFound("")
		}
		for _, q := range d.Service.Questions {
			if q.ID == question && q.Page == page {
				p.Question = r.short(d.Service, q)
			}
		}
		p.Draft, p.Item = r.head(d), ask.Item
		return policy.Can(r.Actor, policy.CredentialAsk, policy.Thing{Kind: "question", Public: true})
	})
	if err != nil {
		return p, err
	}
	p.WalletQuestion, err = c.Question(ctx, r, shows)
	return p, err
}
