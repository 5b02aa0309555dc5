package flow

import (
	"context"
	"slices"
	"strings"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/mandate"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Assist begins an application with somebody who is present or on the telephone.
type Assist struct {
	Service            string
	Name, Email, Phone string // of the person
	Consent            string // how they agreed, in words
	Language           string
	Key                string
}

// Assist is for officers. It gives the draft. The officer acts for the person from now on, for this application and today only,
// and sees nothing else of theirs.
func (f Representation) Assist(ctx context.Context, actor policy.Actor, in Assist) (draft string, err error) {
	s, ok := f.Docket.Releases.InForce(in.Service)
	in.Email, in.Name = person.NormalEmail(in.Email), strings.TrimSpace(in.Name)
	if err := policy.Can(actor, policy.MandateAssist, policy.Thing{Kind: "mandate"}); err != nil {
		return "", err
	}
	var wrong fault.Fields
	if !ok || !slices.Contains(s.OnBehalf, policy.Assisted) {
		wrong.Add("service", "Choose what they want to apply for")
	}
	if in.Name == "" {
		wrong.Add("name", "Enter the name of the person")
	}
	if at := strings.IndexByte(in.Email, '@'); at < 1 || at == len(in.Email)-1 {
		wrong.Add("email", "Enter an email address in the right form, like name@example.com")
	}
	if strings.TrimSpace(in.Consent) == "" {
		wrong.Add("consent", "Write down how they agreed to it")
	}
	if len(wrong) > 0 {
		return "", wrong
	}
	err = f.DB.Write(ctx, "flow.Assist", func(ctx context.Context, tx *store.Tx) error {
		draft, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) { return f.assist(ctx, tx, actor, s, in) })
		return err
	})
	return draft, err
}

func (f Representation) assist(ctx context.Context, tx *store.Tx, actor policy.Actor, s *service.Service, in Assist) (string, error) {
	who, err := f.People.Ensure(ctx, tx, person.Details{Email: in.Email}, in.Language)
	if err != nil {
		return "", err
	}
	if err := policy.Can(actor, policy.MandateAssist, policy.Thing{Kind: "mandate", Owner: who.ID}); err != nil {
		return "", err
	}
	today := f.today(tx)
	m := mandate.Mandate{Principal: who.ID, Representative: actor.Person, Subject: who.Subject, Kind: policy.Assisted, Scope: []string{s.Service}, Organisation: assists(actor, s.Organisation),
		Messages: mandate.ToPrincipal, From: today, Until: today, State: mandate.Accepted,
		Words: mandate.Words{Principal: in.Name, To: actor.Name, Consent: strings.TrimSpace(in.Consent)}}
	if err := f.mandates().Put(ctx, tx, &m); err != nil {
		return "", err
	}
	if err := f.act(ctx, tx, actor, m); err != nil {
		return "", err
	}
	actor.For = policy.Behalf{Mandate: m.ID, Person: who.ID, Name: in.Name, Kind: m.Kind, Only: true, Covers: m.Scope}
	typed := process.Typed{Fields: map[string][]string{}}
	for question, value := range map[string]string{s.Applicant.Name: in.Name, s.Applicant.Email: in.Email, s.Applicant.Phone: strings.TrimSpace(in.Phone)} {
		if question != "" && value != "" {
			typed.Fields[question] = []string{value}
		}
	}
	draft := &cases.Draft{ID: tx.NewID(), Service: s.Service, Variant: "new", Definition: s.Hash, Person: who.ID, Language: in.Language,
		DraftBody: cases.DraftBody{Typed: typed, Behalf: onBehalf(actor)}}
	token, err := f.People.Token() // nobody's: the mandate lets in
	if err != nil {
		return "", err
	}
	if err := f.Docket.Cases.StartDraft(ctx, tx, draft, person.TokenHash(token)); err != nil {
		return "", err
	}
	return draft.ID, f.doneFor(ctx, tx, actor, mandate.Began, s.Service, draft.ID, "", s.Title.In(in.Language))
}

// assists is the organisation for which an officer helps: the service's own where that is theirs, else one in which they may.
func assists(actor policy.Actor, own string) (organisation string) {
	for _, g := range actor.Grants {
		in := actor
		in.Grants = []policy.Grant{g}
		if policy.Can(in, policy.MandateAssist, policy.Thing{Kind: "mandate"}) == nil && (organisation == "" || g.Organisation == own) {
			organisation = g.Organisation
		}
	}
	return organisation
}

// tellAssisted owes somebody a message of what was sent with them, in which words they agreed, and how to say that it is wrong.
func (f *Flow) tellAssisted(ctx context.Context, tx *store.Tx, actor policy.Actor, c *docket.Case, who person.Person) error {
	if actor.For.Kind != policy.Assisted || !actor.Acting() {
		return nil
	}
	m, err := f.mandates().Get(ctx, tx, actor.For.Mandate)
	if err != nil {
		return err
	}
	p := f.Words.For(c.Language)
	v := i18n.V{"officer": actor.Name, "title": c.Service.Title.In(c.Language), "number": c.Number, "consent": m.Words.Consent}
	return f.tell(ctx, tx, who, p.T("{officer} has sent an application with you: {number}", v),
		p.T("{officer} has filled in and sent this for you: {title}, number {number}. How you agreed to it was written down: {consent}", v)+"\n\n"+
			p.T("If this is not what you wanted, or you never agreed, say so: open the link, sign in with this address, and choose “This is not right”."), "/account/acting")
}

// ObjectToAct says that something done for the actor is not right.
type ObjectToAct struct{ Act, Text, Key string }

// ObjectToAct is for the one for whom it was done. The mandate ends at once, and the office that has the case is told in a message.
func (f Representation) ObjectToAct(ctx context.Context, actor policy.Actor, in ObjectToAct) error {
	return f.DB.Write(ctx, "flow.ObjectToAct", func(ctx context.Context, tx *store.Tx) error {
		a, err := f.mandates().Act(ctx, tx, in.Act)
		if err != nil {
			return missing(err)
		}
		thing := policy.Thing{Kind: "act", ID: a.ID, Owner: a.Principal}
		if actor.Acting() && actor.For.Kind == policy.Company && actor.For.Person == a.Principal {
			thing.By = actor.Person // nobody signs in as a company: whoever represents it speaks for it
		}
		if err := policy.Can(actor, policy.MandateOwn, thing); err != nil {
			return err
		}
		if strings.TrimSpace(in.Text) == "" {
			return fault.NewInvalid("Say what is not right")
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) { return "", f.objectTo(ctx, tx, actor, a, in.Text) })
		return err
	})
}

func (f Representation) objectTo(ctx context.Context, tx *store.Tx, actor policy.Actor, a mandate.Act, text string) error {
	if err := f.mandates().Object(ctx, tx, &a, text); err != nil {
		return err
	}
	m, err := f.mandates().Get(ctx, tx, a.Mandate)
	if err != nil {
		return err
	}
	if m.State == mandate.Accepted {
		if err := f.mandates().End(ctx, tx, &m, actor.Person); err != nil {
			return err
		}
		f.secure(tx, EventMandateRevoked, actor.Person, "mandate", m.ID, "for", m.Principal)
		if err := f.tellSides(ctx, tx, m, actor.Person, "revoked"); err != nil {
			return err
		}
	}
	c, err := f.Docket.Case(ctx, tx, a.Ref)
	if err != nil {
		if err = missing(err); fault.KindOf(err) == fault.NotFound {
			return nil // not a case: what is said stands beside the act, and on both sides' pages
		}
		return err
	}
	p := f.Words.For(c.Language)
	said := p.T("{name} did this for me, and it is not right:", i18n.V{"name": a.Name}) + " " + text
	return f.message(ctx, tx, c, &cases.Message{Incoming: true, Author: actor.Person, MessageWords: cases.MessageWords{Name: actor.Name, Text: said}})
}
