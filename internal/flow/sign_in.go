package flow

import (
	"context"
	"errors"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// RequestCode asks for a sign-in code by mail.
type RequestCode struct{ Email, Language string }

// RequestCode answers alike whether or not the address is known.
func (f *Flow) RequestCode(ctx context.Context, _ policy.Actor, in RequestCode) (codeID string, err error) {
	err = f.DB.Write(ctx, "flow.RequestCode", func(ctx context.Context, tx *store.Tx) error {
		id, code, tooMany, err := f.People.NewCode(ctx, tx, in.Email, person.CodeSignIn, "")
		if err != nil {
			return err
		}
		codeID = id
		if tooMany {
			return nil
		}
		subject, err := f.People.KeepAddress(ctx, tx, id, in.Email, in.Language)
		if err != nil {
			return err
		}
		p := f.Words.For(in.Language)
		return f.Outbox.Put(ctx, tx, notify.Message{
			Subject: subject, Kind: "code", Language: in.Language,
			Content: notify.Content{
				To:    person.NormalEmail(in.Email),
				Title: p.T("Your sign-in code"),
				Text: p.T("Your code is {code}", i18n.V{"code": code}) + "\n\n" +
					p.T("It can be used once, within 15 minutes. If you did not ask for it, do nothing: nobody can sign in without it."),
			},
		})
	})
	return codeID, err
}

// EnterCode signs in with a code.
type EnterCode struct{ CodeID, Code string }

// EnterCode returns the session's token.
func (f *Flow) EnterCode(ctx context.Context, _ policy.Actor, in EnterCode) (token string, err error) {
	var refused *fault.Error
	err = f.DB.Write(ctx, "flow.EnterCode", func(ctx context.Context, tx *store.Tx) error {
		_, _, no, err := f.People.UseCode(ctx, tx, in.CodeID, in.Code, person.CodeSignIn)
		refused = no
		if err != nil || refused != nil {
			return err // a wrong try is committed, or it would not count
		}
		who, err := f.People.Arrive(ctx, tx, in.CodeID)
		if err != nil {
			return err
		}
		token, err = f.People.StartSession(ctx, tx, who.ID)
		return err
	})
	if err == nil && refused != nil {
		err = refused
	}
	return token, err
}

// SignOut ends a session.
func (f *Flow) SignOut(ctx context.Context, token string) error {
	return f.DB.Write(ctx, "flow.SignOut", func(ctx context.Context, tx *store.Tx) error {
		return f.People.EndSession(ctx, tx, token)
	})
}

// Session tells who is signed in by a token, and keeps the session alive; the zero Actor for none.
func (f *Flow) Session(ctx context.Context, token string) (policy.Actor, error) {
	if token == "" {
		return policy.Actor{}, nil
	}
	var s person.Session
	err := f.DB.Read(ctx, "flow.Session", func(ctx context.Context, tx *store.Tx) (err error) {
		s, err = f.People.BySession(ctx, tx, token)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return policy.Actor{}, nil
	}
	if err == nil && s.Stale {
		err = f.DB.Write(ctx, "flow.Session", func(ctx context.Context, tx *store.Tx) error {
			return f.People.Touch(ctx, tx, token)
		})
	}
	if err != nil {
		return policy.Actor{}, err
	}
	return policy.Actor{Person: s.Person.ID, Name: displayName(s.Person), Grants: s.Person.Grants}, nil
}

func displayName(p person.Person) string {
	if p.Name != "" {
		return p.Name
	}
	return p.Email
}

// HoldsDraft reports whether a browser's token is the draft's.
func (f *Flow) HoldsDraft(ctx context.Context, draft, token string) (bool, error) {
	if token == "" {
		return false, nil
	}
	var holds bool
	err := f.DB.Read(ctx, "flow.HoldsDraft", func(ctx context.Context, tx *store.Tx) (err error) {
		holds, err = f.Docket.Cases.HoldsDraft(ctx, tx, draft, person.TokenHash(token))
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return holds, err
}

// DemoSignIn signs in as one of the demo's people.
func (f *Flow) DemoSignIn(ctx context.Context, actor policy.Actor, email string) (token string, err error) {
	if err := policy.Can(actor, policy.DemoUse, policy.Thing{Kind: "demo", Public: f.Site.Demo}); err != nil {
		return "", err
	}
	err = f.DB.Write(ctx, "flow.DemoSignIn", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.People.ByEmail(ctx, tx, email)
		if err != nil {
			return missing(err)
		}
		token, err = f.People.StartSession(ctx, tx, who.ID)
		return err
	})
	return token, err
}
