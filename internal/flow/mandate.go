package flow

import (
	"context"
	"errors"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/mandate"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Representation is how people come to act for others, and what happens while they do.
type Representation struct{ *Flow }

// Representation is how people come to act for others.
func (f *Flow) Representation() Representation { return Representation{f} }

func (f *Flow) mandates() *mandate.Mandates { return &mandate.Mandates{Vault: f.People.Vault} }

// mandateThing is a mandate as rights see it.
func mandateThing(m mandate.Mandate) policy.Thing {
	return policy.Thing{Kind: "mandate", ID: m.ID, Organisation: m.Organisation, Owner: m.Principal, By: m.Representative}
}

// behalf is what acting under a mandate comes to at this moment. Where it does not hold any more, nothing is covered: whoever
// was acting under it learns that it ended, and does not go on as themselves unawares.
func (f *Flow) behalf(ctx context.Context, tx *store.Tx, who, email, id string) (policy.Behalf, error) {
	m, err := f.mandates().Get(ctx, tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return policy.Behalf{}, nil
	}
	if err != nil {
		return policy.Behalf{}, err
	}
	b := policy.Behalf{Mandate: m.ID, Name: m.Words.Principal, Kind: m.Kind, Only: m.Kind == policy.Assisted}
	j := f.Docket.Releases.Current()
	if j == nil || m.Representative != who || !m.Holds(j.Calendar.DateOf(tx.Now())) {
		return b, nil
	}
	if stands, err := f.stillSays(ctx, tx, j, m, email); err != nil || !stands {
		return b, err
	}
	b.Person, b.Covers = m.Principal, m.Within(j.OnBehalf(m.Kind))
	return b, nil
}

// stillSays asks the register on which a mandate rests whether it still says so. What rests on none stands.
func (f *Flow) stillSays(ctx context.Context, tx *store.Tx, j *service.Jurisdiction, m mandate.Mandate, email string) (bool, error) {
	register, record := m.Rests()
	if register == "" {
		return true, nil
	}
	reg := j.Registers[register]
	if reg == nil {
		return false, nil
	}
	if m.Given != nil { // whoever gave it must still speak for the company
		who, err := f.People.Get(ctx, tx, m.Given.Person)
		if errors.Is(err, store.ErrNotFound) || err == nil && who.Email == "" {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		email = who.Email
	}
	r, err := f.Docket.Records.ByNumber(ctx, tx, register, record)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, says := docket.Represents(reg, r, email, j.Calendar.DateOf(tx.Now()))
	return says, nil
}

// ActFor chooses for whom a session acts from now on.
type ActFor struct{ Mandate string }

// ActFor is for the representative of a mandate that holds.
func (f Representation) ActFor(ctx context.Context, actor policy.Actor, in ActFor) error {
	return f.DB.Write(ctx, "flow.ActFor", func(ctx context.Context, tx *store.Tx) error {
		m, err := f.mandates().Get(ctx, tx, in.Mandate)
		if err != nil {
			return missing(err)
		}
		if err := policy.Can(actor, policy.MandateOwn, mandateThing(m)); err != nil {
			return err
		}
		return f.act(ctx, tx, actor, m)
	})
}

func (f Representation) act(ctx context.Context, tx *store.Tx, actor policy.Actor, m mandate.Mandate) error {
	who, err := f.People.Get(ctx, tx, actor.Person)
	if err != nil {
		return err
	}
	b, err := f.behalf(ctx, tx, who.ID, who.Email, m.ID)
	if err != nil {
		return err
	}
	if b.Person == "" {
		return fault.NewConflict("This has ended, or does not hold yet: you cannot act under it")
	}
	f.secure(tx, EventActsForAnother, who.ID, "mandate", m.ID, "for", m.Principal, "kind", m.Kind)
	return f.People.Sessions().Act(ctx, tx, who.ID, actor.Session, m.ID)
}

// ActForMyself is the way back. Assisting somebody ends with it.
func (f Representation) ActForMyself(ctx context.Context, actor policy.Actor) error {
	if err := policy.Can(actor.Alone(), policy.MandateOwn, policy.Thing{Kind: "mandate", Owner: actor.Person}); err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.ActForMyself", func(ctx context.Context, tx *store.Tx) error {
		if actor.For.Kind == policy.Assisted && actor.Acting() {
			m, err := f.mandates().Get(ctx, tx, actor.For.Mandate)
			if err == nil && m.State == mandate.Accepted {
				err = f.mandates().End(ctx, tx, &m, actor.Person)
			}
			if err != nil {
				return err
			}
		}
		return f.People.Sessions().Act(ctx, tx, actor.Person, actor.Session, "")
	})
}

// caseThing is a case as rights see it for somebody: whoever ever did something in it for the person it is about does not decide
// on it, in whatever office they are now.
func (f *Flow) caseThing(ctx context.Context, tx *store.Tx, actor policy.Actor, c *docket.Case) (policy.Thing, error) {
	t := c.Thing()
	if !actor.Staff() {
		return t, nil
	}
	did, err := f.mandates().Did(ctx, tx, actor.Person, c.ID)
	if did {
		t.By = actor.Person
	}
	return t, err
}

// mayOn asks whether an actor may do something on a case.
func (f *Flow) mayOn(ctx context.Context, tx *store.Tx, actor policy.Actor, do policy.Action, c *docket.Case) error {
	t, err := f.caseThing(ctx, tx, actor, c)
	if err != nil {
		return err
	}
	return policy.Can(actor, do, t)
}

// doneFor notes what an actor does for another, for the other to see; for oneself it does nothing.
func (f *Flow) doneFor(ctx context.Context, tx *store.Tx, actor policy.Actor, what, about, ref, number, title string) error {
	if !actor.Acting() {
		return nil
	}
	who, err := f.People.Get(ctx, tx, actor.For.Person)
	if err != nil {
		return err
	}
	return f.mandates().Note(ctx, tx, &mandate.Act{Mandate: actor.For.Mandate, Principal: who.ID, Representative: actor.Person, What: what, Service: about, Ref: ref,
		Subject: who.Subject, ActWords: mandate.ActWords{Name: actor.Name, For: actor.For.Name, Number: number, Title: title}})
}

// onBehalf is what drafts and cases keep of who acts; nil for oneself.
func onBehalf(actor policy.Actor) *cases.Behalf {
	if !actor.Acting() {
		return nil
	}
	return &cases.Behalf{Mandate: actor.For.Mandate, Person: actor.Person, Name: actor.Name, For: actor.For.Name, Kind: actor.For.Kind}
}
