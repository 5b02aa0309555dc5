package flow

import (
	"context"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/mandate"
	"stoa/internal/notify"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// GiveMandate lets somebody else act for the actor, or for the company whose officer the actor is.
type GiveMandate struct {
	Name, Email string // of who is to act
	Kind        string // accountant, helper
	Scope       []string
	Months      int // how long
	Messages    string
	Key         string
}

// GiveMandate sends the offer by mail. It holds once the other has signed in and accepted it.
func (f Representation) GiveMandate(ctx context.Context, actor policy.Actor, in GiveMandate) (id string, err error) {
	if err := policy.Can(actor, policy.MandateGive, policy.Thing{Kind: "mandate", Owner: actor.Whose()}); err != nil {
		return "", err
	}
	j := f.Docket.Releases.Current()
	in.Email, in.Name = person.NormalEmail(in.Email), strings.TrimSpace(in.Name)
	err = f.DB.Write(ctx, "flow.GiveMandate", func(ctx context.Context, tx *store.Tx) error {
		who, err := f.People.Get(ctx, tx, actor.Whose())
		if err != nil {
			return err
		}
		self, err := f.People.Get(ctx, tx, actor.Person)
		if err != nil {
			return err
		}
		id, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			today := f.today(tx)
			until, err := today.AddMonths(boundedMonths(in.Months))
			if err != nil {
				return "", err
			}
			if err := wrongMandate(j, in, self.Email, today, until); err != nil {
				return "", err
			}
			m := &mandate.Mandate{Principal: who.ID, Subject: who.Subject, EmailKey: f.People.EmailKey(in.Email), Kind: in.Kind, Scope: in.Scope, Messages: in.Messages,
				From: today, Until: until, State: mandate.Offered, Words: mandate.Words{Principal: displayName(who), To: in.Name, Email: in.Email}}
			if actor.Acting() { // for a company: what is given stands no longer than whoever gave it speaks for it
				own, err := f.mandates().Get(ctx, tx, actor.For.Mandate)
				if err != nil {
					return "", err
				}
				m.Given = &mandate.Given{Person: actor.Person, Register: own.Register, Record: own.Record}
			}
			if err := f.mandates().Put(ctx, tx, m); err != nil {
				return "", err
			}
			f.secure(tx, EventMandateOffered, actor.Person, "mandate", m.ID, "kind", m.Kind, "for", m.Principal)
			return m.ID, f.offer(ctx, tx, actor, who, m)
		})
		return err
	})
	return id, err
}

// boundedMonths keeps what was typed within the calendar; whether it is too long is judged by the day to which it leads.
func boundedMonths(n int) int { return min(max(n, 0), 1200) }

// wrongMandate finds everything that is wrong with an offer at once.
func wrongMandate(j *service.Jurisdiction, in GiveMandate, own string, today, until calendar.Date) error {
	var wrong fault.Fields
	if in.Name == "" {
		wrong.Add("name", "Enter the name of who is to act for you")
	}
	switch at := strings.IndexByte(in.Email, '@'); {
	case at < 1 || at == len(in.Email)-1:
		wrong.Add("email", "Enter an email address in the right form, like name@example.com")
	case in.Email == own:
		wrong.Add("email", "This is your own address. Enter that of the other person")
	}
	if in.Kind != policy.Accountant && in.Kind != policy.Helper {
		wrong.Add("kind", "Choose what the other person is to you")
	} else if may := j.OnBehalf(in.Kind); len(may) == 0 || slices.ContainsFunc(in.Scope, func(id string) bool { return !slices.Contains(may, id) }) {
		wrong.Add("scope", "One of these cannot be done by somebody of this kind. Choose others")
	}
	if in.Messages != mandate.ToPrincipal && in.Messages != mandate.ToRepresentative && in.Messages != mandate.ToBoth {
		wrong.Add("messages", "Choose who gets the messages")
	}
	most, err := mandate.Longest(in.Kind, today)
	switch {
	case in.Months < 1:
		wrong.Add("months", "Choose how long")
	case err == nil && until.After(most):
		wrong.Add("months", "That is too long. An accountant may act for two years, and anybody else for one; then you can give it again")
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// offer owes the other side a message with the way to answer. Nobody becomes a person here by being offered something.
func (f Representation) offer(ctx context.Context, tx *store.Tx, actor policy.Actor, who person.Person, m *mandate.Mandate) error {
	language := who.Language
	p := f.Words.For(language)
	text := p.T("{name} asks you to act for them here, until {date}.", i18n.V{"name": m.Words.Principal, "date": f.Privacy().writtenDay(language, m.Until)}) + "\n\n" +
		p.T("To look at it, and to accept or refuse it, open the link and sign in with this address. Nothing holds until you accept it.")
	if actor.Acting() {
		text += "\n\n" + p.T("{name} asks for {other}.", i18n.V{"name": actor.Name, "other": actor.For.Name})
	}
	return f.Outbox.Put(ctx, tx, notify.Message{Subject: m.Subject, Kind: "mandate", Language: language, Content: notify.Content{
		To: m.Words.Email, Name: m.Words.To, Title: p.T("{name} asks you to act for them", i18n.V{"name": m.Words.Principal}), Text: text, Link: "/account/acting/" + m.ID}})
}

// AnswerMandate accepts or refuses what was offered.
type AnswerMandate struct {
	Mandate string
	Accept  bool
}

// AnswerMandate is for whoever has shown that the address is theirs to which it was offered.
func (f Representation) AnswerMandate(ctx context.Context, actor policy.Actor, in AnswerMandate) error {
	return f.DB.Write(ctx, "flow.AnswerMandate", func(ctx context.Context, tx *store.Tx) error {
		m, who, err := f.offered(ctx, tx, actor, in.Mandate)
		if err != nil {
			return err
		}
		if m.State != mandate.Offered {
			return fault.NewConflict("This was answered already, or taken back")
		}
		if f.today(tx).After(m.Until) {
			return fault.NewConflict("This has ended, or does not hold yet: you cannot act under it")
		}
		state := mandate.Refused
		if in.Accept {
			state = mandate.Accepted
			f.secure(tx, EventMandateAccepted, who.ID, "mandate", m.ID, "for", m.Principal)
		}
		if err := f.mandates().Answer(ctx, tx, &m, state, who.ID); err != nil {
			return err
		}
		return f.tellSides(ctx, tx, m, who.ID, map[bool]string{true: "accepted", false: "refused"}[in.Accept])
	})
}

// offered reads a mandate for one of its sides; before it is answered, the other side is who has its address.
func (f Representation) offered(ctx context.Context, tx *store.Tx, actor policy.Actor, id string) (m mandate.Mandate, who person.Person, err error) {
	if actor.Person == "" {
		return m, who, fault.NewUnauthenticated("")
	}
	if m, err = f.mandates().Get(ctx, tx, id); err != nil {
		return m, who, missing(err)
	}
	if who, err = f.People.Get(ctx, tx, actor.Person); err != nil {
		return m, who, err
	}
	thing := mandateThing(m)
	if m.Representative == "" && len(m.EmailKey) > 0 && string(f.People.EmailKey(who.Email)) == string(m.EmailKey) {
		thing.By = who.ID
	}
	if thing.By != actor.Person {
		return m, who, fault.NewNotFound("")
	}
	return m, who, policy.Can(actor.Alone(), policy.MandateOwn, thing)
}

// RevokeMandate ends a mandate at once: the next thing tried under it is refused.
type RevokeMandate struct{ Mandate string }

// RevokeMandate is for either side, at any time. For a company each of its officers can do it.
func (f Representation) RevokeMandate(ctx context.Context, actor policy.Actor, in RevokeMandate) error {
	return f.DB.Write(ctx, "flow.RevokeMandate", func(ctx context.Context, tx *store.Tx) error {
		m, err := f.mandates().Get(ctx, tx, in.Mandate)
		if err != nil {
			return missing(err)
		}
		thing := mandateThing(m)
		if actor.Acting() && actor.For.Kind == policy.Company && actor.For.Person == m.Principal && m.Principal != "" {
			thing.By = actor.Person
		}
		if err := policy.Can(actor, policy.MandateOwn, thing); err != nil {
			return err
		}
		if m.State == mandate.Revoked || m.State == mandate.Refused {
			return nil // it has ended already
		}
		f.secure(tx, EventMandateRevoked, actor.Person, "mandate", m.ID, "for", m.Principal)
		if err := f.mandates().End(ctx, tx, &m, actor.Person); err != nil {
			return err
		}
		return f.tellSides(ctx, tx, m, actor.Person, "revoked")
	})
}

// tellSides owes the side that did not do it a message of what became of a mandate.
func (f Representation) tellSides(ctx context.Context, tx *store.Tx, m mandate.Mandate, by, what string) error {
	for _, side := range []string{m.Principal, m.Representative} {
		if side == "" || side == by {
			continue
		}
		who, err := f.People.Get(ctx, tx, side)
		if err != nil {
			return err
		}
		p, other := f.Words.For(who.Language), m.Words.To
		if side == m.Representative {
			other = m.Words.Principal
		}
		v := i18n.V{"name": other}
		title := map[string]string{"accepted": p.T("{name} has agreed to act for you", v), "refused": p.T("{name} will not act for you", v),
			"revoked": p.T("Acting for another has ended: {name}", v)}[what]
		if err := f.tell(ctx, tx, who, title, p.T("You see it in your account, and can end it there at any time."), "/account/acting"); err != nil {
			return err
		}
	}
	return nil
}
