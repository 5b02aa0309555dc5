package flow_test

import (
	"context"
	"testing"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/mandate"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// desk is an officer who has signed in at the desk.
func (w *world) desk(name string, grant policy.Grant) *signedIn {
	w.t.Helper()
	s := &signedIn{}
	officer := w.staff(name, grant)
	w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		who, err := w.People.Get(ctx, tx, officer.Person)
		if err != nil {
			return err
		}
		s.token, err = w.People.Sessions().StartSession(ctx, tx, person.Arrival{Person: who.ID, Method: person.ByPasskey, Level: policy.Substantial, Desk: true})
		return err
	}))
	return w.again(s)
}

func (w *world) mandate(id string) (m mandate.Mandate) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		m, err = (&mandate.Mandates{Vault: w.People.Vault}).Get(ctx, tx, id)
		return err
	}))
	return m
}

// TestNobodyAssistsThemselves: an officer helps others alone, with what their service lets be filled in so, and no resident does.
func TestNobodyAssistsThemselves(t *testing.T) {
	each(t, func(w *world) {
		mandated(w, "one")
		olu := w.desk("Olu Counter", policy.Grant{Role: policy.Officer, Organisation: "markets"})
		var own string
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			who, err := w.People.Get(ctx, tx, olu.Person)
			own = who.Email
			return err
		}))
		rana := w.comes("Rana Resident", "rana@example.org")
		in := flow.Assist{Service: "street-stall", Name: "Walter", Email: own, Language: "en", Consent: "He is at the counter."}
		try := func(who *signedIn, in flow.Assist) error {
			in.Key = w.key()
			_, err := w.Representation().Assist(w.ctx, who.Actor, in)
			return err
		}
		if err := try(olu, in); !refusedAs(err, fault.Forbidden, fault.NotFound) {
			t.Errorf("an officer helps themselves, at %s: %v", own, err)
		}
		if w.again(olu); olu.Acting() {
			t.Error("and acts for themselves")
		}
		in.Email = "walter@example.org"
		if err := try(rana, in); !refusedAs(err, fault.Forbidden, fault.NotFound) {
			t.Errorf("a resident assists: %v", err)
		}
		if err := try(rana, flow.Assist{}); !refusedAs(err, fault.Forbidden, fault.NotFound) {
			t.Errorf("a resident is told what is wrong with the form: %v", err)
		}
		for name, change := range map[string]func(in *flow.Assist){
			"no consent": func(in *flow.Assist) { in.Consent = " " }, "no name": func(in *flow.Assist) { in.Name = "" },
			"no address": func(in *flow.Assist) { in.Email = "walter" }, "no such service": func(in *flow.Assist) { in.Service = "another" },
		} {
			wrong := in
			change(&wrong)
			if err := try(olu, wrong); !refusedAs(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestTheWayBackEndsHelping: what an officer helps with ends with it, and nobody comes back to it; a mandate that somebody gave stays.
func TestTheWayBackEndsHelping(t *testing.T) {
	each(t, func(w *world) {
		mandated(w, "one")
		rep := w.Representation()
		if err := rep.ActForMyself(w.ctx, policy.Actor{}); !refusedAs(err, fault.Unauthenticated, fault.Forbidden, fault.NotFound) {
			t.Errorf("who has not signed in goes back: %v", err)
		}
		olu := w.desk("Olu Counter", policy.Grant{Role: policy.Officer, Organisation: "markets"})
		_, err := rep.Assist(w.ctx, olu.Actor, flow.Assist{Service: "street-stall", Name: "Walter", Email: "walter@example.org", Language: "en", Consent: "He is at the counter.", Key: w.key()})
		w.must(err)
		id := w.again(olu).For.Mandate
		if w.mandate(id).State != mandate.Accepted {
			t.Fatal("the officer does not help")
		}
		w.must(rep.ActForMyself(w.ctx, olu.Actor))
		if m := w.mandate(id); m.State != mandate.Revoked || m.EndedBy != olu.Person {
			t.Errorf("helping goes on: %s by %q", m.State, m.EndedBy)
		}
		if w.again(olu); olu.Acting() {
			t.Error("the officer still acts")
		}
		if err := rep.ActFor(w.ctx, olu.Actor, flow.ActFor{Mandate: id}); err == nil {
			t.Error("the officer comes back to it")
		}
		w.must(rep.ActForMyself(w.ctx, olu.Actor)) // once more does nothing

		rana, hugo := w.comes("Rana Resident", "rana@example.org"), w.comes("Hugo Helper", "hugo@example.org")
		given := w.give(rana, hugo, "hugo@example.org", flow.GiveMandate{Kind: policy.Helper, Months: 6, Messages: mandate.ToBoth})
		w.actFor(hugo, given)
		w.must(rep.ActForMyself(w.ctx, hugo.Actor))
		if w.again(hugo); hugo.Acting() || w.mandate(given).State != mandate.Accepted {
			t.Error("the way back ends what somebody gave, or leads nowhere")
		}
	})
}
