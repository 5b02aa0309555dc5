package flow

import (
	"context"
	"errors"

	"stoa/internal/access"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// RequestCode asks for a sign-in code by mail.
type RequestCode struct{ Email, Language string }

// RequestCode answers alike, and does the same work, whether or not the address is known.
func (f *Flow) RequestCode(ctx context.Context, _ policy.Actor, in RequestCode) (codeID string, err error) {
	err = f.DB.Write(ctx, "flow.RequestCode", func(ctx context.Context, tx *store.Tx) (err error) {
		codeID, err = f.sendCode(ctx, tx, in)
		return err
	})
	return codeID, err
}

func (f *Flow) sendCode(ctx context.Context, tx *store.Tx, in RequestCode) (codeID string, err error) {
	id, code, tooMany, err := f.People.NewCode(ctx, tx, in.Email, person.CodeSignIn, "")
	if err != nil {
		return "", err
	}
	subject, err := f.People.KeepAddress(ctx, tx, id, in.Email, in.Language)
	if err != nil {
		return "", err
	}
	if tooMany {
		f.secure(tx, EventCodesHeldBack, "")
		return id, nil
	}
	p := f.Words.For(in.Language)
	return id, f.Outbox.Put(ctx, tx, notify.Message{
		Subject: subject, Kind: "code", Language: in.Language,
		Content: notify.Content{
			To:    person.NormalEmail(in.Email),
			Title: p.T("Your sign-in code"),
			Text: p.T("Your code is {code}", i18n.V{"code": code}) + "\n\n" +
				p.T("It can be used once, within 10 minutes. If you did not ask for it, do nothing: nobody can sign in without it."),
		},
	})
}

// EnterCode signs in with a code.
type EnterCode struct{ CodeID, Code, Device string }

// SecondNeeded says that the code was right and is not enough: of people who work here, and of those who have an
// authenticator app, more is asked.
type SecondNeeded struct{ Ceremony string }

// Error implements error.
func (*SecondNeeded) Error() string { return "a second factor is needed" }

// EnterCode returns the session's token, or SecondNeeded. Nobody learns by it who works here but whoever reads their mail.
func (f *Flow) EnterCode(ctx context.Context, _ policy.Actor, in EnterCode) (token string, err error) {
	var refused error
	err = f.DB.Write(ctx, "flow.EnterCode", func(ctx context.Context, tx *store.Tx) error {
		token, refused = "", nil
		_, _, no, err := f.People.UseCode(ctx, tx, in.CodeID, in.Code, person.CodeSignIn)
		if err != nil {
			return err
		}
		if no != nil {
			refused = no // a wrong try is committed, or it would not count
			f.secure(tx, EventCodeWrong, "")
			return nil
		}
		who, err := f.People.Arrive(ctx, tx, in.CodeID)
		if err != nil {
			return err
		}
		have, err := f.People.Factors().Of(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		if len(who.Grants) == 0 && have.App {
			if have.App, err = f.recovered(ctx, tx, who); err != nil {
				return err
			}
		}
		if len(who.Grants) > 0 || have.App {
			var second SecondNeeded
			second.Ceremony, err = f.People.Ceremonies().Begin(ctx, tx, person.Ceremony{Purpose: person.ToSecond, Person: who.ID})
			refused = &second
			return err
		}
		token, err = f.arrive(ctx, tx, person.Arrival{Person: who.ID, Method: person.ByCode, Level: policy.Low, Device: in.Device})
		return err
	})
	if err == nil {
		err = refused
	}
	return token, err
}

// arrive starts a session and says so.
func (f *Flow) arrive(ctx context.Context, tx *store.Tx, a person.Arrival) (string, error) {
	f.secure(tx, EventSignedIn, a.Person, "method", a.Method, "level", a.Level.String(), "desk", a.Desk)
	return f.People.Sessions().StartSession(ctx, tx, a)
}

// SignOut ends a session, and tells which identity scheme had begun it: there one is still signed in.
func (f *Flow) SignOut(ctx context.Context, token string) (scheme string, err error) {
	err = f.DB.Write(ctx, "flow.SignOut", func(ctx context.Context, tx *store.Tx) error {
		s, err := f.People.Sessions().BySession(ctx, tx, token)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		scheme = s.Scheme
		f.secure(tx, EventSignedOut, s.Person.ID)
		return f.People.Sessions().EndSession(ctx, tx, token)
	})
	return scheme, err
}

// Session tells who is signed in by a token, and keeps the session alive; the zero Actor for none.
func (f *Flow) Session(ctx context.Context, token string) (policy.Actor, error) {
	if token == "" {
		return policy.Actor{}, nil
	}
	var s person.Session
	var opened []string
	var behalf policy.Behalf
	err := f.DB.Read(ctx, "flow.Session", func(ctx context.Context, tx *store.Tx) (err error) {
		behalf, opened = policy.Behalf{}, nil
		s, err = f.People.Sessions().BySession(ctx, tx, token)
		switch {
		case err == nil && s.Acting != "": // then no role counts
			behalf, err = f.behalf(ctx, tx, s.Person.ID, s.Person.Email, s.Acting)
		case err == nil && len(s.Person.Grants) > 0:
			opened, err = access.OpenFor(ctx, tx, s.Person.ID)
		}
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return policy.Actor{}, nil
	}
	if err == nil && s.Stale {
		err = f.DB.Write(ctx, "flow.Session", func(ctx context.Context, tx *store.Tx) error {
			return f.People.Sessions().Touch(ctx, tx, token)
		})
	}
	if err != nil {
		return policy.Actor{}, err
	}
	return policy.Actor{Person: s.Person.ID, Name: displayName(s.Person), Grants: s.Person.Grants,
		Session: s.Handle, Level: s.Level, Proved: s.Proved, Opened: opened, For: behalf}, nil
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

// DemoSignIn signs in as one of the demo's people, as if the best of schemes had vouched for them.
func (f *Flow) DemoSignIn(ctx context.Context, actor policy.Actor, email string) (token string, err error) {
	if err := policy.Can(actor, policy.DemoUse, policy.Thing{Kind: "demo", Public: f.Site.Demo}); err != nil {
		return "", err
	}
	err = f.DB.Write(ctx, "flow.DemoSignIn", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.People.ByEmail(ctx, tx, email)
		if err != nil {
			return missing(err)
		}
		token, err = f.arrive(ctx, tx, person.Arrival{Person: who.ID, Method: person.ByDemo, Level: policy.High, Desk: true})
		return err
	})
	return token, err
}

// enough refuses somebody of whom less is known than is asked. Signing in again, better, is the way on.
func enough(actor policy.Actor, needed policy.Level) error {
	if actor.System || actor.Level >= needed {
		return nil
	}
	return fault.NewUnauthenticated("", "level", needed.String())
}
