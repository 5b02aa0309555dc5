package flow

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/openid"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// Schemes is how identity schemes of others are asked who somebody is.
type Schemes struct{ Identity }

// Schemes is how identity schemes of others are asked.
func (f Identity) Schemes() Schemes { return Schemes{f} }

// KeySchemeRefused is all that is said of a scheme's answer that does not hold.
const KeySchemeRefused = "Signing in there did not work. Try again, or sign in another way"

// scheme finds an identity scheme; nil for none.
func (f *Flow) scheme(name string) *openid.Scheme {
	for _, s := range f.Ways.Schemes {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// AskScheme is what is wanted of a scheme.
type AskScheme struct {
	Scheme string
	To     string       // where the person goes on afterwards
	Level  policy.Level // at least
	Anew   bool         // to confirm that it is still the actor
}

// askedScheme is what is kept of a question; state, nonce and verifier follow from the ceremony's token and are kept nowhere.
type askedScheme struct {
	Scheme string       `json:"scheme"`
	To     string       `json:"to"`
	Level  policy.Level `json:"level"`
	Anew   bool         `json:"anew"`
	At     time.Time    `json:"at"`
}

func (f *Flow) question(token string, a askedScheme) openid.Question {
	of := func(what string) string {
		return base64.RawURLEncoding.EncodeToString(f.People.Ceremonies().Of(token, what))
	}
	return openid.Question{State: of("state"), Nonce: of("nonce"), Verifier: of("verifier"), Level: a.Level, Anew: a.Anew, At: a.At}
}

// AskScheme returns the ceremony's token, for the browser that asks and no other, and the address of the scheme's page.
func (f Schemes) AskScheme(ctx context.Context, actor policy.Actor, in AskScheme) (token, address string, err error) {
	s := f.scheme(in.Scheme)
	if s == nil {
		return "", "", fault.NewNotFound("")
	}
	asked := askedScheme{Scheme: in.Scheme, To: in.To, Level: in.Level, Anew: in.Anew}
	err = f.DB.Write(ctx, "flow.AskScheme", func(ctx context.Context, tx *store.Tx) error {
		asked.At = tx.Now()
		state, err := json.Marshal(asked)
		if err != nil {
			return fmt.Errorf("writing what a scheme is asked: %w", err)
		}
		token, err = f.People.Ceremonies().Begin(ctx, tx, person.Ceremony{Purpose: person.ToScheme, Person: actor.Person, State: state})
		return err
	})
	if err != nil {
		return "", "", err
	}
	if address, err = s.Ask(ctx, f.question(token, asked)); err != nil {
		return "", "", fault.Wrap(err, fault.Unavailable, "That way of signing in does not answer just now. Try again later, or sign in another way")
	}
	return token, address, nil
}

// SchemeAnswer is how a scheme sends somebody back.
type SchemeAnswer struct {
	Scheme, Ceremony, Session, Device string
	openid.Answer
}

// SchemeArrival is what came of it: a session, or the ceremony by which the person says whom that is here.
type SchemeArrival struct{ Session, Link, To string }

// linkState is what waits for the person's word.
type linkState struct {
	Scheme  string       `json:"scheme"`
	Subject []byte       `json:"subject"` // keyed, and so is the next
	SID     []byte       `json:"sid"`
	Level   policy.Level `json:"level"`
}

// HearScheme reads the answer. A question is answered once: the ceremony ends before the scheme is called.
func (f Schemes) HearScheme(ctx context.Context, actor policy.Actor, in SchemeAnswer) (out SchemeArrival, err error) {
	s := f.scheme(in.Scheme)
	if s == nil {
		return out, fault.NewNotFound("")
	}
	var asked askedScheme
	var c person.Ceremony
	err = f.DB.Write(ctx, "flow.HearScheme.taken", func(ctx context.Context, tx *store.Tx) (err error) {
		if c, err = f.People.Ceremonies().Take(ctx, tx, in.Ceremony, person.ToScheme); err != nil {
			return err
		}
		return json.Unmarshal(c.State, &asked)
	})
	if err == nil && asked.Scheme != in.Scheme {
		err = fault.NewInvalid(KeySchemeRefused)
	}
	if err != nil {
		return out, err
	}
	said, err := s.Hear(ctx, f.question(in.Ceremony, asked), in.Answer)
	if errors.Is(err, openid.ErrRefused) {
		f.refusedAt(EventSchemeRefused, c.Person, err)
		return out, fault.Wrap(err, fault.Invalid, KeySchemeRefused)
	}
	if err != nil {
		return out, fault.Wrap(err, fault.Unavailable, "That way of signing in does not answer just now. Try again later, or sign in another way")
	}
	out.To = asked.To
	err = f.DB.Write(ctx, "flow.HearScheme", func(ctx context.Context, tx *store.Tx) error {
		out.Session, out.Link, err = f.byScheme(ctx, tx, actor, c, asked, said, in)
		return err
	})
	return out, err
}

func (f Schemes) byScheme(ctx context.Context, tx *store.Tx, actor policy.Actor, c person.Ceremony, asked askedScheme, said openid.Said, in SchemeAnswer) (session, link string, err error) {
	key, sid := f.People.Schemes().SchemeKey(in.Scheme, said.Subject), f.People.Schemes().SchemeKey(in.Scheme, said.SID)
	who, err := f.People.Schemes().ByScheme(ctx, tx, in.Scheme, key)
	if errors.Is(err, store.ErrNotFound) && !asked.Anew {
		state, err := json.Marshal(linkState{in.Scheme, key, sid, said.Level})
		if err != nil {
			return "", "", fmt.Errorf("writing what a scheme said: %w", err)
		}
		link, err = f.People.Ceremonies().Begin(ctx, tx, person.Ceremony{Purpose: person.ToLink, State: state})
		return "", link, err
	}
	if errors.Is(err, store.ErrNotFound) || err == nil && asked.Anew && who != c.Person {
		f.secure(tx, EventSchemeRefused, c.Person, "err", "somebody else than the one who was to confirm")
		return "", "", fault.NewInvalid(KeySchemeRefused)
	}
	if err != nil {
		return "", "", err
	}
	a := person.Arrival{Person: who, Method: person.ByScheme, Level: said.Level, Device: in.Device, Scheme: in.Scheme, Subject: key, SID: sid, Proved: said.At}
	if actor.Person == who && in.Session != "" {
		f.secure(tx, EventConfirmed, who, "method", person.ByScheme, "level", said.Level.String())
		session, err = f.People.Sessions().Prove(ctx, tx, in.Session, a)
		return session, "", err
	}
	if _, err := f.People.Factors().CancelRecovery(ctx, tx, who, ""); err != nil {
		return "", "", err
	}
	session, err = f.arrive(ctx, tx, a)
	return session, "", err
}

// LinkScheme is the word of whoever is signed in that what a scheme said is they.
type LinkScheme struct{ Session, Ceremony string }

// ToLink tells which scheme waits for the actor's word.
func (f Schemes) ToLink(ctx context.Context, ceremony string) (scheme string, err error) {
	err = f.DB.Read(ctx, "flow.ToLink", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.People.Ceremonies().Look(ctx, tx, ceremony, person.ToLink)
		if err != nil {
			return err
		}
		var l linkState
		err = json.Unmarshal(c.State, &l)
		scheme = l.Scheme
		return err
	})
	return scheme, err
}

// LinkScheme returns the session's new token: from now on it is worth what the scheme says.
func (f Schemes) LinkScheme(ctx context.Context, actor policy.Actor, in LinkScheme) (token string, err error) {
	err = f.DB.Write(ctx, "flow.LinkScheme", func(ctx context.Context, tx *store.Tx) error {
		s, err := f.signedIn(ctx, tx, actor, in.Session)
		if err != nil {
			return err
		}
		if !policy.Fresh(actor, tx.Now()) {
			return fault.NewForbidden("Confirm that it is you, then try again")
		}
		c, err := f.People.Ceremonies().Take(ctx, tx, in.Ceremony, person.ToLink)
		if err != nil {
			return err
		}
		var l linkState
		if err := json.Unmarshal(c.State, &l); err != nil {
			return fmt.Errorf("reading what a scheme said: %w", err)
		}
		if err := f.People.Schemes().Link(ctx, tx, l.Scheme, l.Subject, actor.Person); err != nil {
			return err
		}
		f.secure(tx, EventSchemeLinked, actor.Person, "scheme", l.Scheme)
		p := f.Words.For(s.Person.Language)
		if err := f.tell(ctx, tx, s.Person, p.T("Another way to sign in was connected to your account"),
			p.T("{scheme} can now be used to sign in as you.", i18n.V{"scheme": f.schemeTitle(l.Scheme)})+"\n\n"+p.T("If that was not you, remove it at once and tell us."), "/account/security"); err != nil {
			return err
		}
		token, err = f.People.Sessions().Prove(ctx, tx, in.Session, person.Arrival{Person: actor.Person, Method: person.ByScheme, Level: l.Level, Scheme: l.Scheme, Subject: l.Subject, SID: l.SID})
		return err
	})
	return token, err
}

func (f *Flow) schemeTitle(name string) string {
	if s := f.scheme(name); s != nil {
		return s.Title
	}
	return name
}

// UnlinkScheme takes a scheme away from the actor's account.
func (f Schemes) UnlinkScheme(ctx context.Context, actor policy.Actor, scheme string) error {
	return f.DB.Write(ctx, "flow.UnlinkScheme", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.self(ctx, tx, actor)
		if err != nil {
			return err
		}
		f.secure(tx, EventSchemeUnlinked, who.ID, "scheme", scheme)
		return f.People.Schemes().Unlink(ctx, tx, who.ID, scheme)
	})
}

// SchemeOver is a scheme's notice that somebody has signed out there: what it began here ends.
func (f Schemes) SchemeOver(ctx context.Context, name, token string) error {
	s := f.scheme(name)
	if s == nil {
		return fault.NewNotFound("")
	}
	over, err := s.HearOver(ctx, token)
	if errors.Is(err, openid.ErrRefused) {
		f.refusedAt(EventSchemeRefused, "", err)
		return fault.Wrap(err, fault.Invalid, "")
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "")
	}
	if err := policy.Can(policy.Actor{System: true}, policy.SchemeReport, policy.Thing{Kind: "scheme", ID: name}); err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.SchemeOver", func(ctx context.Context, tx *store.Tx) error {
		before, err := f.People.Ceremonies().Heard(ctx, tx, over.ID)
		if err == nil && before {
			err = fault.NewInvalid("")
		}
		if err != nil {
			return err
		}
		n, err := f.People.Sessions().EndByScheme(ctx, tx, name, over.Subject, over.SID)
		f.secure(tx, EventSchemeOver, "", "scheme", name, "count", n)
		return err
	})
}
