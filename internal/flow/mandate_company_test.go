package flow_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/access"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/mandate"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/totp"
)

// changed changes a record as its office would.
func (w *world) changed(register, number string, change func(r *record.Record)) {
	w.t.Helper()
	w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		r, err := w.Docket.Records.ByNumber(ctx, tx, register, number)
		if err != nil {
			return err
		}
		change(r)
		return w.Docket.Records.Put(ctx, tx, w.Docket.Releases.Current().Registers[register], r, record.Change{Actor: "x", Change: "corrected"})
	}))
}

// TestAMandateOfACompanyStandsWithItsGiver: it ends when whoever gave it, or the company, is no longer in the register.
func TestAMandateOfACompanyStandsWithItsGiver(t *testing.T) {
	for name, change := range map[string]func(r *record.Record){
		"the giver has left":  func(r *record.Record) { r.Fields["two"] = "new@example.org" },
		"the company is gone": func(r *record.Record) { r.State = "revoked" },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				mandated(w, "one")
				luc, ann := w.comes("Luc", "luc@example.org"), w.comes("Ann Accountant", "ann@example.org")
				_, err := w.Representation().ClaimMandate(w.ctx, luc.Actor, flow.ClaimMandate{Register: "companies", Record: "C1"})
				w.must(err)
				w.again(luc)
				id := w.give(luc, ann, "ann@example.org", flow.GiveMandate{Kind: policy.Accountant, Months: 24, Messages: mandate.ToBoth})
				w.actFor(ann, id)
				w.changed("companies", "C1", change)
				if w.again(ann); ann.For.Person != "" {
					t.Error("the accountant goes on")
				}
				w.must(w.Representation().ActForMyself(w.ctx, ann.Actor))
				if err := w.Representation().ActFor(w.ctx, w.again(ann).Actor, flow.ActFor{Mandate: id}); err == nil {
					t.Error("the accountant begins again")
				}
			})
		})
	}
}

// TestOneOfTwoGivesNoMoreThanTheyHave: where two must agree, a helper whom one of them let in prepares, and the two send.
func TestOneOfTwoGivesNoMoreThanTheyHave(t *testing.T) {
	each(t, func(w *world) {
		mandated(w, "two")
		lena, luc, hugo := w.comes("Lena", "lena@example.org"), w.comes("Luc", "luc@example.org"), w.comes("Hugo Helper", "hugo@example.org")
		for _, officer := range []*signedIn{lena, luc} {
			_, err := w.Representation().ClaimMandate(w.ctx, officer.Actor, flow.ClaimMandate{Register: "companies", Record: "C1"})
			w.must(err)
			w.again(officer)
		}
		w.actFor(hugo, w.give(lena, hugo, "hugo@example.org", flow.GiveMandate{Kind: policy.Helper, Months: 6, Messages: mandate.ToBoth}))
		draft := w.fillFor(hugo.Actor)
		waits := func(who *signedIn) bool {
			_, err := w.Submit(w.ctx, who.Actor, flow.Submit{Draft: draft, Declared: true})
			_, ok := err.(*flow.WaitsForSecond)
			if !ok {
				w.must(err)
			}
			return ok
		}
		if !waits(hugo) || !waits(lena) {
			t.Error("one of the two and their helper are two")
		}
		if !w.hasMail("luc@example.org", "mandate") {
			t.Error("the others were not told")
		}
		if waits(luc) {
			t.Error("the two have agreed")
		}
	})
}

func TestMonthsBeyondTheCalendar(t *testing.T) {
	each(t, func(w *world) {
		mandated(w, "one")
		rana := w.comes("Rana Resident", "rana@example.org")
		for _, months := range []int{-999999, 999999} {
			_, err := w.Representation().GiveMandate(w.ctx, rana.Actor, flow.GiveMandate{Name: "Hugo", Email: "hugo@example.org", Kind: policy.Helper, Months: months, Messages: mandate.ToBoth, Key: w.key()})
			_, err2 := w.Representation().DeclareGuardian(w.ctx, rana.Actor, flow.DeclareGuardian{Name: "Kim", Why: "An order of the court", Months: months, Key: w.key()})
			for _, err := range []error{err, err2} {
				if fields := (fault.Fields{}); !errors.As(err, &fields) || fields[0].Field != "months" {
					t.Errorf("%d months: %v", months, err)
				}
			}
		}
	})
}

// TestAGuardianIsConfirmedByAnOfficer: until then nothing holds, whoever declares it does not confirm it, and the ward's case is
// the ward's.
func TestAGuardianIsConfirmedByAnOfficer(t *testing.T) {
	each(t, func(w *world) {
		mandated(w, "one")
		gus := w.comes("Gus Guardian", "gus@example.org")
		rep := w.Representation()
		declare := func() string {
			id, err := rep.DeclareGuardian(w.ctx, gus.Actor, flow.DeclareGuardian{Name: "Wanda Ward", Why: "Order 12 of the county court", Months: 12, Key: w.key()})
			w.must(err)
			return id
		}
		id, no := declare(), declare()
		if err := rep.ActFor(w.ctx, gus.Actor, flow.ActFor{Mandate: id}); err == nil {
			t.Fatal("what somebody declares holds by itself")
		}
		if err := rep.ConfirmMandate(w.ctx, gus.Actor, flow.ConfirmMandate{Mandate: id, Yes: true, Reason: "It is so."}); err == nil {
			t.Error("whoever declares it confirms it")
		}
		officer := w.officer
		w.must(rep.ConfirmMandate(w.ctx, officer, flow.ConfirmMandate{Mandate: id, Yes: true, Reason: "I have seen the order."}))
		w.must(rep.ConfirmMandate(w.ctx, officer, flow.ConfirmMandate{Mandate: no, Reason: "The order has lapsed."}))
		if err := rep.ActFor(w.ctx, gus.Actor, flow.ActFor{Mandate: no}); err == nil {
			t.Error("what was not confirmed holds")
		}
		w.actFor(gus, id)
		done, err := w.Submit(w.ctx, gus.Actor, flow.Submit{Draft: w.fillFor(gus.Actor), Declared: true})
		w.must(err)
		if c := w.load(done.Case); c.Person == gus.Person || c.Person != gus.For.Person {
			t.Error("the case is not the ward's")
		}
	})
}

// TestAnEmergencyInACivilRecordIsSeenByThoseItNames: such a record has no holder.
func TestAnEmergencyInACivilRecordIsSeenByThoseItNames(t *testing.T) {
	each(t, func(w *world) {
		files := withRights(base(w.t)).(fstest.MapFS)
		files["registers/births.yaml"] = &fstest.MapFile{Data: []byte(`register: births
title: Births
record: Birth
organisation: markets
public: false
label: name
privacy:
  birth: {purpose: To know who somebody is., law: {title: Births Act, year: 1953}, keep: always}
fields:
  - {id: name, title: Name, type: text, personal: birth}
  - {id: mother, title: Mother, type: text, key: true, personal: birth}
seed: births.csv
`)}
		files["registers/births.csv"] = &fstest.MapFile{Data: []byte("key,name,mother\nB1,Kim Little,mum@example.org\n")}
		j, problems := service.Load(fs.FS(files))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		w.must(w.Publish(w.ctx, w.system, j))
		mum := w.comes("Mum", "mum@example.org")
		firefighter := w.staff("Fay Fire", policy.Grant{Role: policy.Officer, Organisation: "fire-service"})
		_, err := flow.Rights{Flow: w.Flow}.OpenInEmergency(w.ctx, firefighter, flow.OpenInEmergency{Number: "B1", Reason: "A child is alone in the house.", Key: w.key()})
		w.must(err)
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			looks, err := access.Of(ctx, tx, mum.Person, 10)
			if len(looks) != 1 || looks[0].Why != string(policy.EmergencyOpen) {
				t.Errorf("whom the record names sees %+v", looks)
			}
			return err
		}))
	})
}

// TestGuessingTheAppWhereOneIsSignedInIsTold: whoever holds a session and guesses is noticed as whoever signs in.
func TestGuessingTheAppWhereOneIsSignedInIsTold(t *testing.T) {
	doors(t, func(d *door) {
		email := "rana@testshire.example"
		secret, _, _ := d.app(d.resident(email))
		d.clock.Advance(2 * time.Hour)
		token := d.resident2(email, totp.Code(secret, totp.StepAt(d.clock.Now())))
		for i := range 3 {
			_, err := d.Identity().Confirm(d.ctx, d.actor(token), flow.Confirm{Session: token, Code: totp.Code(secret, totp.StepAt(d.clock.Now())+7)})
			invalid(d.t, "a wrong code", err)
			if _, told := d.mails()["Somebody tries to get into your account"]; told != (i == 2) {
				d.t.Errorf("after %d wrong codes its owner was told: %v", i+1, told)
			}
		}
	})
}
