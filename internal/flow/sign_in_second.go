package flow

import (
	"context"
	"errors"
	"time"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// Second is what somebody can go on with whose code by mail was right.
type Second struct {
	App, Codes, Passkeys, Staff bool
	Recovery                    time.Time // when a requested recovery is due; zero: none was requested
}

// SecondOf tells it.
func (f Identity) SecondOf(ctx context.Context, ceremony string) (s Second, err error) {
	err = f.DB.Read(ctx, "flow.SecondOf", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.People.Ceremonies().Look(ctx, tx, ceremony, person.ToSecond)
		if err != nil {
			return err
		}
		who, err := f.People.Get(ctx, tx, c.Person)
		if err != nil {
			return err
		}
		have, err := f.People.Factors().Of(ctx, tx, c.Person)
		if err != nil {
			return err
		}
		s = Second{App: have.App, Codes: have.Codes > 0, Passkeys: have.Passkeys > 0, Staff: len(who.Grants) > 0}
		s.Recovery, _, err = f.People.Factors().Recovery(ctx, tx, c.Person)
		return err
	})
	return s, err
}

// EnterSecond is a code of the app, or a recovery code.
type EnterSecond struct{ Ceremony, Code, Device string }

// EnterSecond returns the session's token. A wrong try counts.
func (f Identity) EnterSecond(ctx context.Context, in EnterSecond) (token string, err error) {
	var refused *fault.Error
	err = f.DB.Write(ctx, "flow.EnterSecond", func(ctx context.Context, tx *store.Tx) error {
		token, refused = "", nil
		c, err := f.People.Ceremonies().Look(ctx, tx, in.Ceremony, person.ToSecond)
		if err != nil {
			return err
		}
		a, no, err := f.checkSecond(ctx, tx, c.Person, in.Code)
		if err != nil {
			return err
		}
		if refused = no; no != nil {
			if err := f.wrongSecond(ctx, tx, c.Person); err != nil {
				return err
			}
			return f.People.Ceremonies().Tried(ctx, tx, in.Ceremony)
		}
		if _, err := f.People.Ceremonies().Take(ctx, tx, in.Ceremony, person.ToSecond); err != nil {
			return err
		}
		if _, err := f.People.Factors().CancelRecovery(ctx, tx, c.Person, ""); err != nil {
			return err
		}
		a.Device = in.Device
		token, err = f.arrive(ctx, tx, a)
		return err
	})
	if err == nil && refused != nil {
		err = refused
	}
	return token, err
}

// checkSecond is a code of the app or a recovery code; which, is told by its form.
func (f Identity) checkSecond(ctx context.Context, tx *store.Tx, who, typed string) (a person.Arrival, refused *fault.Error, err error) {
	if looksLikeRecovery(typed) {
		have, err := f.People.Factors().Of(ctx, tx, who)
		if err != nil {
			return a, nil, err
		}
		ok, err := f.People.Factors().UseRecoveryCode(ctx, tx, who, typed)
		if err != nil || !ok {
			return a, fault.NewInvalid(person.KeyAppWrong), err
		}
		f.secure(tx, EventCodeUsed, who, "left", have.Codes-1)
		return person.Arrival{Person: who, Method: person.ByRecovery, Level: policy.Low, Desk: have.DeskApp}, nil, nil
	}
	desk, level, refused, err := f.People.Factors().CheckApp(ctx, tx, who, typed)
	return person.Arrival{Person: who, Method: person.ByApp, Level: min(max(level, policy.Low), policy.Substantial), Desk: desk}, refused, err
}

// looksLikeRecovery: recovery codes have letters, codes of an app have none.
func looksLikeRecovery(typed string) bool {
	for _, r := range typed {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return true
		}
	}
	return false
}

// LostSecond says that the app and the recovery codes are lost. Whoever reads the mailbox may say so; the account opens after
// a wait during which its owner is told, and can stop it. Who works here is helped by administrators instead.
func (f Identity) LostSecond(ctx context.Context, ceremony string) error {
	return f.DB.Write(ctx, "flow.LostSecond", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.People.Ceremonies().Look(ctx, tx, ceremony, person.ToSecond)
		if err != nil {
			return err
		}
		who, err := f.People.Get(ctx, tx, c.Person)
		if err != nil {
			return err
		}
		if len(who.Grants) > 0 {
			return fault.NewForbidden("Ask an administrator for a new invitation")
		}
		cancel, due, fresh, err := f.People.Factors().AskRecovery(ctx, tx, who.ID)
		if err != nil || !fresh {
			return err
		}
		f.secure(tx, EventRecoveryAsked, who.ID)
		p := f.Words.For(who.Language)
		return f.tell(ctx, tx, who, p.T("Somebody says that they have lost their way into your account"),
			p.T("From {date} on your account can be opened by a code sent to this address alone.", i18n.V{"date": p.DateTime(due.In(f.Docket.Releases.Current().Calendar.Zone()))})+"\n\n"+
				p.T("If it was you, wait until then and sign in again. If it was not you, stop it with the link below: it takes one click."), "/sign-in/stop/"+cancel)
	})
}

// StopRecovery stops it by the link of the notice. It answers alike whether or not there was one.
func (f Identity) StopRecovery(ctx context.Context, cancel string) error {
	return f.DB.Write(ctx, "flow.StopRecovery", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.People.Factors().CancelRecovery(ctx, tx, "", cancel)
		if err == nil && who != "" {
			f.secure(tx, EventRecoveryEnded, who)
		}
		return err
	})
}

// recovered takes the app away of somebody whose recovery is due, and tells whether they still have one.
func (f *Flow) recovered(ctx context.Context, tx *store.Tx, who person.Person) (app bool, err error) {
	due, is, err := f.People.Factors().Recovery(ctx, tx, who.ID)
	if err != nil || !is || tx.Now().Before(due) {
		return true, err
	}
	if err := f.People.Factors().RemoveApp(ctx, tx, who.ID); err != nil {
		return true, err
	}
	if _, err := f.People.Factors().CancelRecovery(ctx, tx, who.ID, ""); err != nil {
		return true, err
	}
	f.secure(tx, EventRecovered, who.ID)
	p := f.Words.For(who.Language)
	return false, f.tell(ctx, tx, who, p.T("Your account was recovered"),
		p.T("Your authenticator app and your recovery codes are no longer asked for. You can set up new ones in your account."), "/account/security")
}

// NewApp begins to set an authenticator app up.
func (f Identity) NewApp(ctx context.Context, actor policy.Actor) error {
	return f.DB.Write(ctx, "flow.NewApp", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.self(ctx, tx, actor)
		if err != nil {
			return err
		}
		return f.People.Factors().NewApp(ctx, tx, who.ID)
	})
}

// AppSecret is what the actor's app is to be told; nil where none is being set up.
func (f Identity) AppSecret(ctx context.Context, actor policy.Actor) (secret []byte, account string, err error) {
	err = f.DB.Read(ctx, "flow.AppSecret", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.self(ctx, tx, actor)
		if err != nil {
			return err
		}
		account = who.Email
		secret, err = f.People.Factors().AppSecret(ctx, tx, who.ID)
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return err
	})
	return secret, account, err
}

// SetUpApp ends setting it up, by a first code.
type SetUpApp struct{ Session, Code string }

// SetUpApp returns recovery codes, which are shown this once, and the session's new token.
func (f Identity) SetUpApp(ctx context.Context, actor policy.Actor, in SetUpApp) (codes []string, token string, err error) {
	var refused *fault.Error
	err = f.DB.Write(ctx, "flow.SetUpApp", func(ctx context.Context, tx *store.Tx) error {
		codes, token, refused = nil, "", nil
		s, err := f.signedIn(ctx, tx, actor, in.Session)
		if err != nil {
			return err
		}
		desk := s.Desk || s.Method == person.ByInvitation
		if refused, err = f.People.Factors().SetUpApp(ctx, tx, actor.Person, in.Code, desk, min(s.Level, policy.Substantial)); err != nil || refused != nil {
			return err
		}
		if codes, err = f.People.Factors().NewRecoveryCodes(ctx, tx, actor.Person); err != nil {
			return err
		}
		f.secure(tx, EventAppAdded, actor.Person, "desk", desk)
		p := f.Words.For(s.Person.Language)
		if err := f.tell(ctx, tx, s.Person, p.T("An authenticator app was added to your account"),
			p.T("From now on a code of the app is asked for when you sign in by email.")+"\n\n"+p.T("If that was not you, tell us at once."), "/account/security"); err != nil {
			return err
		}
		token, err = f.People.Sessions().Prove(ctx, tx, in.Session, person.Arrival{Person: actor.Person, Method: person.ByApp, Level: s.Level, Desk: desk})
		return err
	})
	if err == nil && refused != nil {
		err = refused
	}
	return codes, token, err
}

// NewRecoveryCodes makes new ones; those from before are worth nothing.
func (f Identity) NewRecoveryCodes(ctx context.Context, actor policy.Actor) (codes []string, err error) {
	err = f.DB.Write(ctx, "flow.NewRecoveryCodes", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.self(ctx, tx, actor)
		if err != nil {
			return err
		}
		have, err := f.People.Factors().Of(ctx, tx, who.ID)
		if err == nil && !have.App {
			err = fault.NewNotFound("")
		}
		if err != nil {
			return err
		}
		f.secure(tx, EventCodesMade, who.ID)
		codes, err = f.People.Factors().NewRecoveryCodes(ctx, tx, who.ID)
		return err
	})
	return codes, err
}

// RemoveApp takes the actor's app away. Who works here keeps one way in.
func (f Identity) RemoveApp(ctx context.Context, actor policy.Actor) error {
	return f.DB.Write(ctx, "flow.RemoveApp", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.self(ctx, tx, actor)
		if err != nil {
			return err
		}
		have, err := f.People.Factors().Of(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		if err := f.keepsOne(ctx, tx, who, have.DeskApp); err != nil {
			return err
		}
		if err := f.People.Factors().RemoveApp(ctx, tx, who.ID); err != nil {
			return err
		}
		f.secure(tx, EventAppRemoved, who.ID)
		p := f.Words.For(who.Language)
		return f.tell(ctx, tx, who, p.T("The authenticator app was removed from your account"),
			p.T("A code of the app is no longer asked for.")+"\n\n"+p.T("If that was not you, tell us at once."), "/account/security")
	})
}
