package flow

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/passkey"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// AskedDevice is what a device is asked: the ceremony's token, and the options as the browser takes them.
type AskedDevice struct {
	Ceremony string          `json:"ceremony"`
	Options  json.RawMessage `json:"options"`
}

// KeyPasskeyRefused is all that is said of an answer that does not hold, whatever is wrong with it.
const KeyPasskeyRefused = "That passkey did not work here. Try again, or sign in another way"

func (f *Flow) passkeys() (*passkey.Party, error) {
	if f.Ways.Passkeys == nil {
		return nil, fault.NewUnavailable("This site cannot use passkeys")
	}
	return f.Ways.Passkeys, nil
}

// AskPasskey asks whichever device is there for one of its passkeys: to sign in, or to confirm that it is still the actor.
func (f Identity) AskPasskey(ctx context.Context, actor policy.Actor, confirm bool) (asked AskedDevice, err error) {
	party, err := f.passkeys()
	if err != nil {
		return asked, err
	}
	c := person.Ceremony{Purpose: person.ToSignIn}
	if confirm {
		c = person.Ceremony{Purpose: person.ToConfirm, Person: actor.Person}
	}
	secret, err := f.People.Token()
	if err != nil {
		return asked, err
	}
	challenge, err := base64.RawURLEncoding.DecodeString(secret)
	if err != nil {
		return asked, fmt.Errorf("making a challenge: %w", err)
	}
	var state json.RawMessage
	if asked.Options, state, err = party.Ask(challenge); err != nil {
		return asked, err
	}
	c.State = state
	err = f.DB.Write(ctx, "flow.AskPasskey", func(ctx context.Context, tx *store.Tx) (err error) {
		asked.Ceremony, err = f.People.Ceremonies().Begin(ctx, tx, c)
		return err
	})
	return asked, err
}

// PasskeySignIn is a device's answer.
type PasskeySignIn struct {
	Ceremony, Device string
	Answer           []byte
}

// PasskeySignIn returns the session's token. An answer counts once, right or wrong.
func (f Identity) PasskeySignIn(ctx context.Context, in PasskeySignIn) (token string, err error) {
	err = f.answered(ctx, "flow.PasskeySignIn", in, person.ToSignIn, func(ctx context.Context, tx *store.Tx, k person.Passkey, _ string) (err error) {
		if _, err := f.People.Factors().CancelRecovery(ctx, tx, k.Person, ""); err != nil {
			return err
		}
		token, err = f.arrive(ctx, tx, arrivalBy(k, in.Device))
		return err
	})
	return token, err
}

func arrivalBy(k person.Passkey, device string) person.Arrival {
	return person.Arrival{Person: k.Person, Method: person.ByPasskey, Level: min(max(k.Level, policy.Low), policy.Substantial), Desk: k.Desk, Device: device}
}

// answered reads a device's answer, and does what it opens in the same transaction. What is wrong with it is committed too:
// the ceremony has ended.
func (f Identity) answered(ctx context.Context, name string, in PasskeySignIn, purpose string, do func(ctx context.Context, tx *store.Tx, k person.Passkey, of string) error) error {
	party, err := f.passkeys()
	if err != nil {
		return err
	}
	var refused error
	err = f.DB.Write(ctx, name, func(ctx context.Context, tx *store.Tx) error {
		refused = nil
		c, err := f.People.Ceremonies().Take(ctx, tx, in.Ceremony, purpose)
		if err != nil {
			return err
		}
		k, used, err := f.usedKey(ctx, tx, party, c, in.Answer)
		if errors.Is(err, passkey.ErrRefused) {
			refused = fault.Wrap(err, fault.Invalid, KeyPasskeyRefused)
			f.secure(tx, EventPasskeyRefused, c.Person, "err", err)
			return nil
		}
		if err != nil {
			return err
		}
		if used.Copied {
			f.secure(tx, EventPasskeyCopied, k.Person, "passkey", k.ID)
		}
		k.Record = used.Record
		if err := f.People.Factors().UsedPasskey(ctx, tx, k); err != nil {
			return err
		}
		return do(ctx, tx, k, c.Person)
	})
	if err == nil {
		err = refused
	}
	return err
}

func (f Identity) usedKey(ctx context.Context, tx *store.Tx, party *passkey.Party, c person.Ceremony, answer []byte) (k person.Passkey, used passkey.Used, err error) {
	used, err = party.Answered(c.State, answer, func(credential []byte, handle string) (passkey.Holder, error) {
		if k, err = f.People.Factors().ByCredential(ctx, tx, credential); err != nil {
			return passkey.Holder{}, err
		}
		if c.Person != "" && k.Person != c.Person {
			return passkey.Holder{}, errors.New("another person's passkey")
		}
		return passkey.Holder{ID: k.Person, Records: []json.RawMessage{k.Record}}, nil
	})
	return k, used, err
}

// AskNewPasskey asks the actor's device for a passkey.
func (f Identity) AskNewPasskey(ctx context.Context, actor policy.Actor, session, site string) (asked AskedDevice, err error) {
	party, err := f.passkeys()
	if err != nil {
		return asked, err
	}
	err = f.DB.Write(ctx, "flow.AskNewPasskey", func(ctx context.Context, tx *store.Tx) error {
		s, err := f.signedIn(ctx, tx, actor, session)
		if err != nil {
			return err
		}
		h, err := f.holder(ctx, tx, s)
		if err != nil {
			return err
		}
		var state json.RawMessage
		if asked.Options, state, err = party.Register(h, site); err != nil {
			return err
		}
		asked.Ceremony, err = f.People.Ceremonies().Begin(ctx, tx, person.Ceremony{Purpose: person.ToRegister, Person: actor.Person, State: state})
		return err
	})
	return asked, err
}

// holder is somebody as their devices know them. Who is invited may make a passkey on a device that has one of theirs: it
// takes the other's place there.
func (f Identity) holder(ctx context.Context, tx *store.Tx, s person.Session) (passkey.Holder, error) {
	h := passkey.Holder{ID: s.Person.ID, Name: s.Person.Email, Display: displayName(s.Person)}
	if s.Method == person.ByInvitation {
		return h, nil
	}
	all, err := f.People.Factors().Passkeys(ctx, tx, s.Person.ID)
	for _, k := range all {
		h.Records = append(h.Records, k.Record)
	}
	return h, err
}

// AddPasskey is a device's answer with a new passkey.
type AddPasskey struct {
	Session, Ceremony, Name string
	Answer                  []byte
}

const passkeyNameMost = 60

// AddPasskey returns the session's new token: its rights have changed.
func (f Identity) AddPasskey(ctx context.Context, actor policy.Actor, in AddPasskey) (token string, err error) {
	party, err := f.passkeys()
	if err != nil {
		return "", err
	}
	var refused error
	err = f.DB.Write(ctx, "flow.AddPasskey", func(ctx context.Context, tx *store.Tx) error {
		token, refused = "", nil
		s, err := f.signedIn(ctx, tx, actor, in.Session)
		if err != nil {
			return err
		}
		c, err := f.People.Ceremonies().Take(ctx, tx, in.Ceremony, person.ToRegister)
		if err == nil && c.Person != actor.Person {
			err = fault.NewNotFound("")
		}
		if err != nil {
			return err
		}
		h, err := f.holder(ctx, tx, s)
		if err != nil {
			return err
		}
		credential, record, err := party.Registered(h, c.State, in.Answer)
		if errors.Is(err, passkey.ErrRefused) {
			refused = fault.Wrap(err, fault.Invalid, KeyPasskeyRefused)
			f.secure(tx, EventPasskeyRefused, actor.Person, "err", err)
			return nil
		}
		if err != nil {
			return err
		}
		token, err = f.keepPasskey(ctx, tx, s, in, person.Passkey{Person: actor.Person, Name: in.Name, Credential: credential, Record: record})
		return err
	})
	if err == nil {
		err = refused
	}
	return token, err
}

func (f Identity) keepPasskey(ctx context.Context, tx *store.Tx, s person.Session, in AddPasskey, k person.Passkey) (string, error) {
	p := f.Words.For(s.Person.Language)
	k.Desk, k.Level = s.Desk || s.Method == person.ByInvitation, min(s.Level, policy.Substantial)
	if k.Name == "" || utf8.RuneCountInString(k.Name) > passkeyNameMost {
		k.Name = p.T("Passkey")
	}
	if other, err := f.People.Factors().ByCredential(ctx, tx, k.Credential); err == nil {
		return "", fault.Wrap(fmt.Errorf("passkey %s is known", other.ID), fault.Invalid, KeyPasskeyRefused)
	} else if !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	id, err := f.People.Factors().AddPasskey(ctx, tx, k)
	if err != nil {
		return "", err
	}
	f.secure(tx, EventPasskeyAdded, k.Person, "passkey", id, "desk", k.Desk)
	if err := f.tell(ctx, tx, s.Person, p.T("A passkey was added to your account"),
		p.T("A passkey with the name {name} can now be used to sign in as you.", i18n.V{"name": k.Name})+"\n\n"+p.T("If that was not you, remove it at once and tell us."), "/account/security"); err != nil {
		return "", err
	}
	return f.People.Sessions().Prove(ctx, tx, in.Session, person.Arrival{Person: k.Person, Method: person.ByPasskey, Level: s.Level, Desk: k.Desk})
}

// RemovePasskey takes a passkey of the actor's away. Who works here keeps one way in.
func (f Identity) RemovePasskey(ctx context.Context, actor policy.Actor, id string) error {
	return f.DB.Write(ctx, "flow.RemovePasskey", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.self(ctx, tx, actor)
		if err != nil {
			return err
		}
		all, err := f.People.Factors().Passkeys(ctx, tx, actor.Person)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(k person.Passkey) bool { return k.ID == id })
		if at < 0 {
			return fault.NewNotFound("")
		}
		if err := f.keepsOne(ctx, tx, who, all[at].Desk); err != nil {
			return err
		}
		if _, err := f.People.Factors().RemovePasskey(ctx, tx, actor.Person, id); err != nil {
			return err
		}
		f.secure(tx, EventPasskeyRemoved, actor.Person, "passkey", id)
		if _, err := f.People.Sessions().EndOthers(ctx, tx, actor.Person, actor.Session); err != nil {
			return err
		}
		p := f.Words.For(who.Language)
		return f.tell(ctx, tx, who, p.T("A passkey was removed from your account"),
			p.T("The passkey with the name {name} can no longer be used to sign in as you.", i18n.V{"name": all[at].Name})+"\n\n"+p.T("If that was not you, tell us at once."), "/account/security")
	})
}

// keepsOne refuses to take away the last thing that opens the desk for somebody who works there.
func (f Identity) keepsOne(ctx context.Context, tx *store.Tx, who person.Person, desk bool) error {
	have, err := f.People.Factors().Of(ctx, tx, who.ID)
	if err == nil && desk && len(who.Grants) > 0 && have.Desk() < 2 {
		err = fault.NewInvalid("This is the last one that lets you in to work. Add another first")
	}
	return err
}

// self is the actor's person.
func (f Identity) self(ctx context.Context, tx *store.Tx, actor policy.Actor) (person.Person, error) {
	actor = actor.Alone()
	if err := policy.Can(actor, policy.AccountOwn, policy.Thing{Kind: "account", Owner: actor.Person}); err != nil {
		return person.Person{}, err
	}
	who, err := f.People.Get(ctx, tx, actor.Person)
	return who, missing(err)
}
