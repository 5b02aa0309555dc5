package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"stoa/internal/cases"
	"stoa/internal/credential"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// AskForAnswer asks a wallet to answer a question of a draft by showing a licence.
type AskForAnswer struct {
	Draft, Page, Item string
	Question          string // bare id
}

// AskForAnswer gives what shows the wallet's answer. The question to the wallet belongs to this draft and place alone.
func (c Credentials) AskForAnswer(ctx context.Context, actor policy.Actor, in AskForAnswer) (shows string, err error) {
	if c.Wallets == nil {
		return "", fault.NewNotFound("")
	}
	err = c.DB.Write(ctx, "flow.AskForAnswer", func(ctx context.Context, tx *store.Tx) error {
		draft, q, key, err := c.answerable(ctx, tx, actor, in)
		if err != nil {
			return err
		}
		if shows, err = c.Wallets.Store.Questions().Ask(ctx, tx, q.Credential.Licence); err != nil {
			return err
		}
		knownOf(draft, key).Ask = shows
		return c.Docket.Cases.SaveDraft(ctx, tx, draft.Draft)
	})
	return shows, err
}

// answerable finds a question that a licence may answer, and the key of its place.
func (c Credentials) answerable(ctx context.Context, tx *store.Tx, actor policy.Actor, in AskForAnswer) (*docket.Draft, *service.Question, string, error) {
	draft, err := c.writableDraft(ctx, tx, actor, in.Draft)
	if err != nil {
		return nil, nil, "", err
	}
	place := ""
	if in.Item != "" {
		var there bool
		if place, there = draft.Typed.PathOf(in.Item); !there {
			return nil, nil, "", fault.NewNotFound("")
		}
	}
	questions, _ := questionsOn(draft.Service, in.Page, place)
	for _, q := range questions {
		if q.ID == in.Question && q.Credential != nil && c.Docket.Releases.Current().Credential(q.Credential.Licence) != nil {
			return draft, q, draft.Typed.Key(place, q.ID), nil
		}
	}
	return nil, nil, "", fault.NewNotFound("")
}

// knownOf is what a draft knows of a question; it is made where there was nothing.
func knownOf(draft *docket.Draft, key string) *cases.Known {
	if draft.Known == nil {
		draft.Known = map[string]*cases.Known{}
	}
	if draft.Known[key] == nil {
		draft.Known[key] = &cases.Known{}
	}
	return draft.Known[key]
}

// TakeShown makes what a wallet has shown the answer. Shows must be what AskForAnswer gave for this very question.
type TakeShown struct {
	AskForAnswer
	Shows string
}

// TakeShown refuses what is not in force, what its holder has not shown, and what does not say what was asked.
func (c Credentials) TakeShown(ctx context.Context, actor policy.Actor, in TakeShown) error {
	if c.Wallets == nil {
		return fault.NewNotFound("")
	}
	return c.DB.Write(ctx, "flow.TakeShown", func(ctx context.Context, tx *store.Tx) error {
		if actor.Acting() {
			return fault.NewConflict("Only the person themselves can show what is in their wallet. Type the answer instead")
		}
		draft, q, key, err := c.answerable(ctx, tx, actor, in.AskForAnswer)
		if err != nil {
			return err
		}
		if k := draft.Known[key]; k == nil || in.Shows == "" || k.Ask != in.Shows {
			return fault.NewNotFound("")
		}
		fact, err := c.shown(ctx, tx, draft, q, in.Shows)
		if err != nil {
			return err
		}
		k := knownOf(draft, key)
		for _, name := range process.Fields(q) {
			path, _ := draft.Typed.At(key)
			draft.Typed.Set(path[:len(path)-len(q.ID)] + name)
		}
		k.Choice, k.Chosen, k.Former, k.Ask, k.Person, k.Asked = cases.KnownShown, fact, "", "", actor.Person, tx.Now()
		if actor.Person != "" {
			draft.Person = actor.Person
		}
		return c.saveDraft(ctx, tx, draft)
	})
}

// shown is what a wallet said, if it is to be believed.
func (c Credentials) shown(ctx context.Context, tx *store.Tx, draft *docket.Draft, q *service.Question, shows string) (fact cases.KnownFact, err error) {
	asked, err := c.Wallets.Store.Questions().Shown(ctx, tx, shows)
	if err != nil {
		return fact, missing(err)
	}
	if !asked.Answered {
		return fact, fault.NewConflict("No wallet has answered yet. Scan the code with your wallet, then try again")
	}
	var v credential.Verdict
	if err := json.Unmarshal(asked.Answer, &v); err != nil {
		return fact, fmt.Errorf("reading a wallet's answer: %w", err)
	}
	if v.State != credential.Good || !v.Bound || v.Service != q.Credential.Licence {
		return fact, fault.NewConflict("The licence that was shown is not in force. Type the answer instead")
	}
	s := c.Docket.Releases.Current().Credential(v.Service)
	number := v.Claims[credential.ClaimNumber]
	text := v.Claims[q.Credential.Field]
	if q.Credential.Field == fieldNumber {
		text = number
	}
	if text == "" || number == "" || s == nil {
		return fact, fault.NewConflict("Your wallet did not show what is asked. Show it again with everything, or type the answer")
	}
	return cases.KnownFact{Number: number, Label: s.Issue.Title.In(draft.Language, s.Jurisdiction.File.Languages...), Text: text,
		Day: docket.Day(draft.Service, tx.Now()).String()}, nil
}

// TypeInstead lets go of what a wallet has shown.
func (c Credentials) TypeInstead(ctx context.Context, actor policy.Actor, in AskForAnswer) error {
	return c.DB.Write(ctx, "flow.TypeInstead", func(ctx context.Context, tx *store.Tx) error {
		draft, _, key, err := c.answerable(ctx, tx, actor, in)
		if err != nil {
			return err
		}
		if k := draft.Known[key]; k == nil || k.Choice != cases.KnownShown {
			return nil
		}
		delete(draft.Known, key)
		return c.saveDraft(ctx, tx, draft)
	})
}

// stillShown refuses a draft with a licence that was shown and is not in force any more.
func (f *Flow) stillShown(ctx context.Context, tx *store.Tx, draft *docket.Draft) error {
	today := docket.Day(draft.Service, tx.Now())
	for key, k := range draft.Known {
		path, there := draft.Typed.At(key)
		q := docket.QuestionAt(draft.Service, process.Definition(path))
		if k.Choice != cases.KnownShown || !there || q == nil || q.Credential == nil {
			continue
		}
		gone := fault.NewConflict("A licence that you showed from your wallet is not in force any more. Answer that question again")
		s := f.Docket.Releases.Current().Credential(q.Credential.Licence)
		if s == nil {
			return gone
		}
		r, err := f.Docket.Records.PublicByNumber(ctx, tx, s.Issue.Register.Register, k.Chosen.Number)
		if errors.Is(err, store.ErrNotFound) || err == nil && r.On(today) != record.Active {
			return gone
		}
		if err != nil {
			return err
		}
	}
	return nil
}
