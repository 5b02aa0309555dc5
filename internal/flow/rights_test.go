package flow_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/access"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// emergencies puts the small jurisdiction in force with emergencies open to officers.
func (w *world) emergencies() flow.Rights {
	w.t.Helper()

	j, problems := service.Load(withRights(base(w.t)))
	if len(problems) > 0 {
		w.t.Fatal(problems)
	}
	w.must(w.Publish(w.ctx, w.system, j))
	return flow.Rights{Flow: w.Flow}
}

// as is an actor as their session gives them now.
func (w *world) as(a policy.Actor) policy.Actor {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		a.Opened, err = access.OpenFor(ctx, tx, a.Person)
		return err
	}))
	return a
}

func (w *world) mailed(kind string) (n int) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM notification WHERE kind = $1`, kind).Scan(&n)
	}))
	return n
}

// TestWhatIsOpenedInAnEmergency is open for an hour, for whoever opened it, and seen by the person and the supervisors.
func TestWhatIsOpenedInAnEmergency(t *testing.T) {
	each(t, func(w *world) {
		rights := w.emergencies()
		done, rana := w.submitted("rana@testshire.example")
		thing := w.load(done.Case).Thing()
		number := w.load(done.Case).Number
		firefighter := w.other
		open := func(actor policy.Actor, number, reason string) error {
			_, err := rights.OpenInEmergency(w.ctx, actor, flow.OpenInEmergency{Number: number, Reason: reason, Key: w.key()})
			return err
		}
		const reason = "The stall is burning and we must know what is stored there."
		if err := open(rana, number, reason); err == nil {
			t.Error("a resident opened it")
		}
		if err := open(firefighter, number, "quick"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		if err := open(firefighter, "NO-1", reason); fault.KindOf(err) != fault.Invalid {
			t.Errorf("no such number: %v", err)
		}
		if policy.Can(w.as(firefighter), policy.CaseRead, thing) == nil {
			t.Fatal("it was open before")
		}
		w.must(open(firefighter, strings.ToLower(number), reason))
		if err := policy.Can(w.as(firefighter), policy.CaseRead, thing); err != nil {
			t.Errorf("it is not open: %v", err)
		}
		other := w.staff("Ned Nosy", policy.Grant{Role: policy.Officer, Organisation: "fire-service"})
		for _, do := range []policy.Action{policy.CaseWork, policy.CaseSupervise} {
			if policy.Can(w.as(firefighter), do, thing) == nil {
				t.Errorf("an emergency gives %s", do)
			}
		}
		if policy.Can(w.as(other), policy.CaseRead, thing) == nil {
			t.Error("it is open to a colleague")
		}
		if n := w.mailed("emergency"); n != 2 { // the supervisor of markets, and the data-protection officer
			t.Errorf("%d were told", n)
		}
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			looks, err := access.Of(ctx, tx, rana.Person, 10)
			if len(looks) != 1 || looks[0].Actor != firefighter.Person || looks[0].Why != string(policy.EmergencyOpen) {
				t.Fatalf("the person sees %+v", looks)
			}
			o, err2 := (&access.Openings{Vault: w.People.Vault}).During(ctx, tx, looks[0])
			if err2 != nil || o.Reason != reason {
				t.Errorf("the reason: %+v, %v", o, err2)
			}
			return err
		}))
		w.must(open(w.officer, number, reason)) // who may read it needs no emergency, and leaves no trace of one
		if w.mailed("emergency") != 2 || len(w.as(w.officer).Opened) != 0 {
			t.Error("an officer of the organisation opened it in an emergency")
		}
		w.clock.Advance(time.Hour)
		if policy.Can(w.as(firefighter), policy.CaseRead, thing) == nil {
			t.Error("it is open after an hour")
		}
		w.review(rights, firefighter)
	})
}

// review is the judgement: not by whoever opened it, once.
func (w *world) review(rights flow.Rights, opener policy.Actor) {
	w.t.Helper()
	var id string
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		list, err := (&access.Openings{Vault: w.People.Vault}).Of(ctx, tx, "markets", 10)
		id = list[0].ID
		return err
	}))
	judge := func(a policy.Actor, note string) error {
		return rights.ReviewOpening(w.ctx, a, flow.ReviewOpening{Opening: id, Note: note, Key: w.key()})
	}
	opener.Grants = append(opener.Grants, policy.Grant{Role: policy.Supervisor, Organisation: "markets"})
	for _, a := range []policy.Actor{opener, w.officer, w.other} {
		if err := judge(a, "Fine."); fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("%s judged it: %v", a.Name, err)
		}
	}
	if err := judge(w.boss, ""); fault.KindOf(err) != fault.Invalid {
		w.t.Errorf("without a finding: %v", err)
	}
	w.must(judge(w.boss, "There was no fire."))
	if err := judge(w.boss, "There was no fire."); fault.KindOf(err) != fault.Conflict {
		w.t.Errorf("judged twice: %v", err)
	}
	if n := w.mailed("emergency"); n != 3 {
		w.t.Errorf("%d mails after it was found to be no emergency", n)
	}
}

// TestNobodyOpensTheirOwnCaseInAnEmergency also where they may open others'.
func TestNobodyOpensTheirOwnCaseInAnEmergency(t *testing.T) {
	each(t, func(w *world) {
		rights := w.emergencies()
		done, rana := w.submitted("rana@testshire.example")
		rana.Grants = []policy.Grant{{Role: policy.Officer, Organisation: "fire-service"}}
		_, err := rights.OpenInEmergency(w.ctx, rana, flow.OpenInEmergency{Number: w.load(done.Case).Number, Reason: "I must see this at once.", Key: w.key()})
		if err == nil || w.mailed("emergency") != 0 {
			t.Errorf("opened: %v", err)
		}
	})
}

// TestARoleIsConfirmedOrTakenAway by a supervisor of the organisation, of somebody else, and the sessions end.
func TestARoleIsConfirmedOrTakenAway(t *testing.T) {
	each(t, func(w *world) {
		rights := flow.Rights{Flow: w.Flow}
		grant := w.officer.Grants[0]
		review := func(a policy.Actor, who policy.Actor, keep bool) error {
			return rights.ReviewRole(w.ctx, a, flow.ReviewRole{Person: who.Person, Grant: who.Grants[0], Keep: keep, Key: w.key()})
		}
		for _, a := range []policy.Actor{w.officer, w.other, {Person: "x", Grants: []policy.Grant{{Role: policy.Supervisor, Organisation: "fire-service"}}}} {
			if review(a, w.officer, true) == nil {
				t.Errorf("%s reviewed a role of markets", a.Name)
			}
		}
		if review(w.boss, w.boss, true) == nil {
			t.Error("a supervisor confirmed their own role")
		}
		admin := w.staff("Ann Admin", policy.Grant{Role: policy.Administrator, Organisation: "markets"})
		if review(w.boss, admin, false) == nil {
			t.Error("a supervisor took an administrator's role away, who may have been the last")
		}
		w.must(review(w.boss, admin, true))
		held := func() (of []person.Held) {
			w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
				all, err := w.People.Roles().Held(ctx, tx, "markets")
				for _, h := range all {
					if h.Person == w.officer.Person {
						of = append(of, h)
					}
				}
				return err
			}))
			return of
		}
		if h := held(); len(h) != 1 || h[0].Given.IsZero() || !h[0].Reviewed.IsZero() {
			t.Fatalf("before: %+v", h)
		}
		w.clock.Advance(200 * 24 * time.Hour)
		w.must(review(w.boss, w.officer, true))
		if h := held(); len(h) != 1 || !h[0].Reviewed.Equal(w.clock.Now()) || h[0].Reviewer != w.boss.Person {
			t.Errorf("confirmed: %+v", h)
		}
		w.must(review(w.boss, w.officer, false))
		if len(held()) != 0 {
			t.Error("the role is still there")
		}
		if err := review(w.boss, w.officer, false); fault.KindOf(err) != fault.Conflict {
			t.Errorf("taken away twice: %v", err)
		}
		_, err := w.AddStaff(w.ctx, w.system, flow.AddStaff{Name: "Olu Officer", Email: "Olu.Officer@testshire.example", Language: "en", Grants: []policy.Grant{grant}})
		w.must(err)
		if h := held(); len(h) != 1 || !h[0].Since().Equal(w.clock.Now()) {
			t.Errorf("given again: %+v", h)
		}
	})
}

// TestAnAdministratorEndsSessions of others, and they are told; nobody else does.
// TestWhoeverConfirmsRolesIsToldThatTheyWait: once a week, while there are any.
func TestWhoeverConfirmsRolesIsToldThatTheyWait(t *testing.T) {
	each(t, func(w *world) {
		rights := flow.Rights{Flow: w.Flow}
		told := func() int {
			w.must(rights.RemindReviews(w.ctx, w.system))
			return w.mailed("security")
		}
		before := told()
		w.clock.Advance(2 * 366 * 24 * time.Hour)
		if n := told() - before; n != 1 {
			t.Errorf("%d mails, want one to the supervisor of markets", n)
		}
		if n := told() - before; n != 1 {
			t.Errorf("%d mails after a second look", n)
		}
		w.clock.Advance(7 * 24 * time.Hour)
		if n := told() - before; n != 2 {
			t.Errorf("%d mails after a week", n)
		}
		if err := rights.RemindReviews(w.ctx, w.boss); err == nil {
			t.Error("a supervisor sent reminders")
		}
	})
}

func TestAnAdministratorEndsSessions(t *testing.T) {
	each(t, func(w *world) {
		rights := flow.Rights{Flow: w.Flow}
		admin := w.staff("Ada Admin", policy.Grant{Role: policy.Administrator, Organisation: "markets"})
		token, err := w.DemoSignIn(w.ctx, policy.Actor{}, "Olu.Officer@testshire.example")
		w.must(err)
		if _, err := rights.EndSessions(w.ctx, w.boss, w.officer.Person); err == nil {
			t.Error("a supervisor ended sessions")
		}
		n, err := rights.EndSessions(w.ctx, admin, w.officer.Person)
		w.must(err)
		who, err := w.Session(w.ctx, token)
		w.must(err)
		if n != 1 || who.Person != "" || w.mailed("security") != 1 {
			t.Errorf("%d ended, %q is still in, %d told", n, who.Person, w.mailed("security"))
		}
		if _, err := rights.EndSessions(w.ctx, admin, "nobody"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("of nobody: %v", err)
		}
	})
}

func withRights(files fs.FS) fs.FS {
	all := files.(fstest.MapFS)
	all["jurisdiction.yaml"].Data = append(all["jurisdiction.yaml"].Data, []byte("\nrights: {emergency: {roles: [officer]}}\ndata_protection: {officer: {email: dpo@testshire.example}}\n")...)
	return all
}
