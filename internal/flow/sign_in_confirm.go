package flow

import (
	"context"

	"stoa/internal/fault"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// Confirming is how the actor can show that it is still they.
type Confirming struct {
	Click, Passkey, App, Code bool
	Schemes                   []string // names of those that they have connected
}

// HowToConfirm tells it. A code by mail is for those who have nothing better, and never for who works here.
func (f Identity) HowToConfirm(ctx context.Context, actor policy.Actor) (c Confirming, err error) {
	err = f.DB.Read(ctx, "flow.HowToConfirm", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.self(ctx, tx, actor)
		if err != nil {
			return err
		}
		c, err = f.howToConfirm(ctx, tx, who, actor.Session)
		return err
	})
	return c, err
}

func (f Identity) howToConfirm(ctx context.Context, tx *store.Tx, who person.Person, handle string) (c Confirming, err error) {
	have, err := f.People.Factors().Of(ctx, tx, who.ID)
	if err != nil {
		return c, err
	}
	links, err := f.People.Schemes().Links(ctx, tx, who.ID)
	if err != nil {
		return c, err
	}
	for _, l := range links {
		if f.scheme(l.Scheme) != nil {
			c.Schemes = append(c.Schemes, l.Scheme)
		}
	}
	sessions, err := f.People.Sessions().Of(ctx, tx, who.ID)
	if err != nil {
		return c, err
	}
	for _, s := range sessions {
		c.Click = c.Click || s.Handle == handle && s.Method == person.ByDemo && f.Site.Demo
	}
	c.Passkey, c.App = have.Passkeys > 0 && f.Ways.Passkeys != nil, have.App
	c.Code = !have.App && len(who.Grants) == 0
	return c, nil
}

// SendConfirmCode sends a code to the actor's own address.
func (f Identity) SendConfirmCode(ctx context.Context, actor policy.Actor) (codeID string, err error) {
	err = f.DB.Write(ctx, "flow.SendConfirmCode", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.self(ctx, tx, actor)
		if err != nil {
			return err
		}
		how, err := f.howToConfirm(ctx, tx, who, actor.Session)
		if err == nil && !how.Code {
			err = fault.NewNotFound("")
		}
		if err != nil {
			return err
		}
		codeID, err = f.sendCode(ctx, tx, RequestCode{Email: who.Email, Language: who.Language})
		return err
	})
	return codeID, err
}

// Confirm is a proof that it is still the actor: a code by mail (CodeID), one of the app, or, in the demo, nothing.
type Confirm struct{ Session, CodeID, Code string }

// Confirm returns the session's new token. A wrong try counts.
func (f Identity) Confirm(ctx context.Context, actor policy.Actor, in Confirm) (token string, err error) {
	var refused *fault.Error
	err = f.DB.Write(ctx, "flow.Confirm", func(ctx context.Context, tx *store.Tx) error {
		token, refused = "", nil
		s, err := f.signedIn(ctx, tx, actor, in.Session)
		if err != nil {
			return err
		}
		who, err := f.self(ctx, tx, actor)
		if err != nil {
			return err
		}
		how, err := f.howToConfirm(ctx, tx, who, s.Handle)
		if err != nil {
			return err
		}
		var a person.Arrival
		if a, refused, err = f.proof(ctx, tx, who, how, in); err != nil {
			return err
		}
		if refused != nil {
			if in.CodeID == "" && how.App {
				return f.wrongSecond(ctx, tx, actor.Person)
			}
			f.secure(tx, EventCodeWrong, actor.Person)
			return nil
		}
		f.secure(tx, EventConfirmed, actor.Person, "method", a.Method)
		token, err = f.People.Sessions().Prove(ctx, tx, in.Session, a)
		return err
	})
	if err == nil && refused != nil {
		err = refused
	}
	return token, err
}

func (f Identity) proof(ctx context.Context, tx *store.Tx, who person.Person, how Confirming, in Confirm) (a person.Arrival, refused *fault.Error, err error) {
	switch {
	case in.CodeID != "" && how.Code:
		_, key, refused, err := f.People.UseCode(ctx, tx, in.CodeID, in.Code, person.CodeSignIn)
		if err == nil && refused == nil && string(key) != string(f.People.EmailKey(who.Email)) {
			refused = fault.NewInvalid(person.KeyCodeWrong) // a code of another address
		}
		return person.Arrival{Person: who.ID, Method: person.ByCode, Level: policy.Low}, refused, err
	case in.CodeID == "" && in.Code != "" && how.App:
		return f.checkSecond(ctx, tx, who.ID, in.Code)
	case in.CodeID == "" && in.Code == "" && how.Click:
		return person.Arrival{Person: who.ID, Method: person.ByDemo, Level: policy.High, Desk: true}, nil, nil
	}
	return a, fault.NewInvalid(person.KeyCodeWrong), nil
}

// ConfirmByPasskey is a proof by a device.
type ConfirmByPasskey struct {
	Session, Ceremony string
	Answer            []byte
}

// ConfirmByPasskey returns the session's new token.
func (f Identity) ConfirmByPasskey(ctx context.Context, actor policy.Actor, in ConfirmByPasskey) (token string, err error) {
	answer := PasskeySignIn{Ceremony: in.Ceremony, Answer: in.Answer}
	err = f.answered(ctx, "flow.ConfirmByPasskey", answer, person.ToConfirm, func(ctx context.Context, tx *store.Tx, k person.Passkey, of string) error {
		if of != actor.Person {
			return fault.NewInvalid(KeyPasskeyRefused)
		}
		if _, err := f.signedIn(ctx, tx, actor, in.Session); err != nil {
			return err
		}
		f.secure(tx, EventConfirmed, actor.Person, "method", person.ByPasskey)
		token, err = f.People.Sessions().Prove(ctx, tx, in.Session, arrivalBy(k, ""))
		return err
	})
	return token, err
}

// EndSession ends one of the actor's own sessions, by its name.
func (f Identity) EndSession(ctx context.Context, actor policy.Actor, handle string) error {
	return f.DB.Write(ctx, "flow.EndSession", func(ctx context.Context, tx *store.Tx) error {
		if _, err := f.self(ctx, tx, actor); err != nil {
			return err
		}
		was, err := f.People.Sessions().End(ctx, tx, actor.Person, handle)
		if err == nil && was {
			f.secure(tx, EventSessionsEnded, actor.Person, "count", 1)
		}
		return err // one that has ended by now is what was wanted
	})
}

// EndOtherSessions ends all of the actor's sessions but this one.
func (f Identity) EndOtherSessions(ctx context.Context, actor policy.Actor) error {
	return f.DB.Write(ctx, "flow.EndOtherSessions", func(ctx context.Context, tx *store.Tx) error {
		if _, err := f.self(ctx, tx, actor); err != nil {
			return err
		}
		n, err := f.People.Sessions().EndOthers(ctx, tx, actor.Person, actor.Session)
		if err == nil {
			f.secure(tx, EventSessionsEnded, actor.Person, "count", n)
		}
		return err
	})
}
