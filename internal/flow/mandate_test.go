package flow_test

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/mandate"
	"stoa/internal/notify"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// companiesRegister is the file of a register of companies, each with two officers, of whom two must agree where together says so.
func companiesRegister(together string) string {
	return `register: companies
title: Companies
record: Company
organisation: markets
label: name
privacy:
  officer: {purpose: To know who acts., law: {title: Companies Act, year: 2006}, keep: 6 years}
fields:
  - {id: name, title: Name, type: text}
  - {id: one, title: Officer, type: text, key: true, personal: officer}
  - {id: two, title: Officer, type: text, key: true, personal: officer}
represent: {as: company, by: [one, two], together: ` + together + `}
seed: companies.csv
`
}

// mandated puts a jurisdiction in force in which stalls may be applied for by all kinds of mandate, with a register of companies,
// of which two officers must agree where together says so, and one of births.
func mandated(w *world, together string) {
	w.t.Helper()
	files := base(w.t)
	s := files["services/street-stall.yaml"]
	s.Data = []byte(strings.Replace(string(s.Data), "applicant: {name", "on_behalf: [parent, guardian, company, accountant, helper, assisted]\napplicant: {name", 1))
	files["registers/companies.yaml"] = &fstest.MapFile{Data: []byte(companiesRegister(together))}
	files["registers/companies.csv"] = &fstest.MapFile{Data: []byte("key,name,one,two\nC1,Lemon Ltd,lena@example.org,luc@example.org\n")}
	files["registers/births.yaml"] = &fstest.MapFile{Data: []byte(`register: births
title: Births
record: Birth
organisation: markets
label: name
privacy:
  birth: {purpose: To know who somebody is., law: {title: Births Act, year: 1953}, keep: always}
fields:
  - {id: name, title: Name, type: text, personal: birth}
  - {id: born, title: Born, type: date, personal: birth}
  - {id: mother, title: Mother, type: text, key: true, personal: birth}
represent: {as: parent, by: [mother], born: born}
seed: births.csv
`)}
	files["registers/births.csv"] = &fstest.MapFile{Data: []byte("key,name,born,mother\nB1,Kim Little,2015-05-01,mum@example.org\nB2,Jo Grown,2008-03-01,mum@example.org\n")}
	j, problems := service.Load(fs.FS(files))
	if len(problems) > 0 {
		w.t.Fatal(problems)
	}
	w.must(w.Publish(w.ctx, w.system, j))
}

// signedIn is somebody with a session of their own; again says for whom that session acts now.
type signedIn struct {
	policy.Actor
	token string
}

func (w *world) comes(name, email string) *signedIn {
	w.t.Helper()
	s := &signedIn{}
	w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		who, err := w.People.Ensure(ctx, tx, person.Details{Name: name, Email: email}, "en")
		if err != nil {
			return err
		}
		s.token, err = w.People.Sessions().StartSession(ctx, tx, person.Arrival{Person: who.ID, Method: person.ByCode, Level: policy.Low})
		return err
	}))
	return w.again(s)
}

// again is what the session's next request finds.
func (w *world) again(s *signedIn) *signedIn {
	w.t.Helper()
	a, err := w.Session(w.ctx, s.token)
	w.must(err)
	s.Actor = a
	return s
}

func (w *world) give(of, to *signedIn, email string, in flow.GiveMandate) string {
	w.t.Helper()
	in.Email, in.Key = email, w.key()
	if in.Name == "" {
		in.Name = to.Name
	}
	id, err := w.Representation().GiveMandate(w.ctx, of.Actor, in)
	w.must(err)
	w.must(w.Representation().AnswerMandate(w.ctx, to.Actor, flow.AnswerMandate{Mandate: id, Accept: true}))
	return id
}

func (w *world) actFor(s *signedIn, id string) {
	w.t.Helper()
	w.must(w.Representation().ActFor(w.ctx, s.Actor, flow.ActFor{Mandate: id}))
	if w.again(s); s.For.Person == "" {
		w.t.Fatalf("%s does not act under %s: %+v", s.Name, id, s.For)
	}
}

// fillFor answers everything of a draft that an actor has begun.
func (w *world) fillFor(a policy.Actor) string {
	w.t.Helper()
	id, token, err := w.StartDraft(w.ctx, a, flow.StartDraft{Service: "street-stall", Language: "en"})
	w.must(err)
	if token != "" && a.Acting() {
		w.t.Error("a browser holds a draft that a mandate lets in to")
	}
	for _, page := range []flow.SavePage{{Page: "stall", Form: map[string][]string{"adult": {"yes"}, "goods": {"other"}, "place": {"P1"}, "metres": {"4"}}},
		{Page: "you", Form: map[string][]string{"applicant_name": {"Rana Resident"}, "applicant_email": {"rana@example.org"}}}} {
		page.Draft = id
		_, _, err = w.SavePage(w.ctx, a, page)
		w.must(err)
	}
	return id
}

func (w *world) outbox() (all []notify.Message) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		all, err = w.Outbox.Latest(ctx, tx, 500)
		return err
	}))
	return all
}

func (w *world) hasMail(to, kind string) bool {
	return slices.ContainsFunc(w.outbox(), func(m notify.Message) bool { return m.To == to && m.Kind == kind })
}

func refusedAs(err error, kinds ...fault.Kind) bool {
	return err != nil && slices.Contains(kinds, fault.KindOf(err))
}

func TestAHelperActsInBothNamesUntilItEnds(t *testing.T) {
	each(t, func(w *world) {
		mandated(w, "one")
		rana, hugo, eve := w.comes("Rana Resident", "rana@example.org"), w.comes("Hugo Helper", "hugo@example.org"), w.comes("Eve", "eve@example.org")
		rep := w.Representation()
		in := flow.GiveMandate{Name: "Hugo Helper", Email: "hugo@example.org", Kind: policy.Helper, Months: 3, Messages: mandate.ToBoth, Key: w.key()}
		id, err := rep.GiveMandate(w.ctx, rana.Actor, in)
		w.must(err)
		if err := rep.ActFor(w.ctx, hugo.Actor, flow.ActFor{Mandate: id}); err == nil {
			t.Error("somebody acts before they accepted")
		}
		for _, other := range []*signedIn{eve, rana} {
			if err := rep.AnswerMandate(w.ctx, other.Actor, flow.AnswerMandate{Mandate: id, Accept: true}); !refusedAs(err, fault.NotFound) {
				t.Errorf("%s answers for Hugo: %v", other.Name, err)
			}
		}
		w.must(rep.AnswerMandate(w.ctx, hugo.Actor, flow.AnswerMandate{Mandate: id, Accept: true}))
		if err := rep.ActFor(w.ctx, eve.Actor, flow.ActFor{Mandate: id}); !refusedAs(err, fault.NotFound) {
			t.Errorf("Eve acts under it: %v", err)
		}
		w.actFor(hugo, id)
		draft := w.fillFor(hugo.Actor)
		done, err := w.Submit(w.ctx, hugo.Actor, flow.Submit{Draft: draft, Declared: true})
		w.must(err)
		c := w.load(done.Case)
		if c.Person != rana.Person || c.Behalf == nil || c.Behalf.Person != hugo.Person || c.Behalf.For != "Rana Resident" {
			t.Errorf("the case is of %s, by %+v", c.Person, c.Behalf)
		}
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			events, err := w.Docket.Cases.Timeline(ctx, tx, c.Case)
			if e := events[0]; e.Actor != hugo.Person || e.Name != "Hugo Helper" || e.For != "Rana Resident" {
				t.Errorf("the timeline says %+v", e)
			}
			return err
		}))
		if !w.hasMail("rana@example.org", "receipt") || !w.hasMail("hugo@example.org", "receipt") {
			t.Error("both were to get the messages")
		}
		w.must(w.WriteMessage(w.ctx, hugo.Actor, flow.WriteMessage{Case: c.ID, Text: "When?", Key: w.key()}))
		// Whoever did it for the owner does not decide on it, whatever their role.
		staff := hugo.Actor.Alone()
		staff.Grants = []policy.Grant{{Role: policy.Supervisor, Organisation: "markets"}}
		if err := w.act(staff, c.ID, "grant", process.Decision{}, ""); !refusedAs(err, fault.NotFound) {
			t.Errorf("who sent it decides on it: %v", err)
		}
		hugo = w.comes("Hugo Helper", "hugo@example.org")
		w.actFor(hugo, id)
		w.must(rep.RevokeMandate(w.ctx, rana.Actor, flow.RevokeMandate{Mandate: id}))
		w.again(hugo)
		if hugo.For.Mandate == "" || hugo.For.Person != "" || len(hugo.For.Covers) != 0 {
			t.Errorf("after the end the session acts as %+v", hugo.For)
		}
		for name, err := range map[string]error{
			"a message":        w.WriteMessage(w.ctx, hugo.Actor, flow.WriteMessage{Case: c.ID, Text: "More", Key: w.key()}),
			"a withdrawal":     w.act(hugo.Actor, c.ID, "withdraw", process.Decision{}, ""),
			"to act once more": rep.ActFor(w.ctx, hugo.Actor, flow.ActFor{Mandate: id}),
		} {
			if err == nil {
				t.Errorf("after the end: %s", name)
			}
		}
		if _, _, err := w.StartDraft(w.ctx, hugo.Actor, flow.StartDraft{Service: "street-stall"}); err == nil {
			t.Error("after the end somebody begins something as if for themselves, unawares")
		}
		w.must(rep.ActForMyself(w.ctx, hugo.Actor))
		if w.again(hugo); hugo.Acting() {
			t.Error("there is no way back")
		}
	})
}

func TestAMandateEndsWithItsTime(t *testing.T) {
	each(t, func(w *world) {
		mandated(w, "one")
		rana, hugo := w.comes("Rana Resident", "rana@example.org"), w.comes("Hugo Helper", "hugo@example.org")
		id := w.give(rana, hugo, "hugo@example.org", flow.GiveMandate{Kind: policy.Helper, Months: 1, Messages: mandate.ToPrincipal})
		for _, months := range []int{0, 13} {
			_, err := w.Representation().GiveMandate(w.ctx, rana.Actor, flow.GiveMandate{Name: "Hugo", Email: "hugo@example.org", Kind: policy.Helper, Months: months, Messages: mandate.ToBoth, Key: w.key()})
			if !refusedAs(err, fault.Invalid) {
				t.Errorf("%d months: %v", months, err)
			}
		}
		w.clock.Advance(31 * 24 * 3600e9) // its last day, the second of April
		hugo = w.comes("Hugo Helper", "hugo@example.org")
		w.actFor(hugo, id)
		w.clock.Advance(12 * 3600e9)
		if hugo = w.comes("Hugo Helper", "hugo@example.org"); w.Representation().ActFor(w.ctx, hugo.Actor, flow.ActFor{Mandate: id}) == nil {
			t.Error("a day too late")
		}
	})
}

func TestTheRegisterSaysWhoActs(t *testing.T) {
	each(t, func(w *world) {
		mandated(w, "one")
		mum, lena, luc := w.comes("Mum", "mum@example.org"), w.comes("Lena", "lena@example.org"), w.comes("Luc", "luc@example.org")
		rep := w.Representation()
		if _, err := rep.ClaimMandate(w.ctx, mum.Actor, flow.ClaimMandate{Register: "births", Record: "B2"}); !refusedAs(err, fault.NotFound) {
			t.Errorf("somebody of 18 is still a child: %v", err)
		}
		if _, err := rep.ClaimMandate(w.ctx, lena.Actor, flow.ClaimMandate{Register: "births", Record: "B1"}); !refusedAs(err, fault.NotFound) {
			t.Errorf("a stranger acts for a child: %v", err)
		}
		_, err := rep.ClaimMandate(w.ctx, mum.Actor, flow.ClaimMandate{Register: "births", Record: "B1"})
		w.must(err)
		if w.again(mum); mum.For.Kind != policy.Parent || mum.For.Name != "Kim Little" {
			t.Errorf("a parent acts as %+v", mum.For)
		}
		draft := w.fillFor(mum.Actor)
		done, err := w.Submit(w.ctx, mum.Actor, flow.Submit{Draft: draft, Declared: true})
		w.must(err)
		if c := w.load(done.Case); c.Person != mum.For.Person || c.Person == mum.Person || !w.hasMail("mum@example.org", "receipt") {
			t.Error("the case is the child's, and the parent is told")
		}
		// The company: either officer alone, both see the same, and one lets an accountant in.
		for _, officer := range []*signedIn{lena, luc} {
			_, err := rep.ClaimMandate(w.ctx, officer.Actor, flow.ClaimMandate{Register: "companies", Record: "C1"})
			w.must(err)
			w.again(officer)
		}
		if lena.For.Person != luc.For.Person {
			t.Error("two officers act for two companies")
		}
		draft = w.fillFor(lena.Actor)
		if _, err := w.Submit(w.ctx, luc.Actor, flow.Submit{Draft: draft, Declared: true}); err != nil {
			t.Errorf("the other officer cannot go on with it: %v", err)
		}
		acc := w.comes("Ann Accountant", "ann@example.org")
		id := w.give(luc, acc, "ann@example.org", flow.GiveMandate{Kind: policy.Accountant, Scope: []string{"street-stall"}, Months: 24, Messages: mandate.ToBoth})
		w.actFor(acc, id)
		if acc.For.Person != lena.For.Person || acc.For.Name != "Lemon Ltd" {
			t.Errorf("the accountant acts for %+v", acc.For)
		}
		if _, err := rep.GiveMandate(w.ctx, acc.Actor, flow.GiveMandate{Name: "X", Email: "x@example.org", Kind: policy.Helper, Months: 1, Messages: mandate.ToBoth, Key: w.key()}); err == nil {
			t.Error("an accountant passes it on")
		}
		w.must(rep.RevokeMandate(w.ctx, lena.Actor, flow.RevokeMandate{Mandate: id})) // the other officer
		if w.again(acc); acc.For.Person != "" {
			t.Error("the accountant goes on")
		}
	})
}

func TestTwoMustAgreeWhereTheRegisterSaysSo(t *testing.T) {
	each(t, func(w *world) {
		mandated(w, "two")
		lena, luc := w.comes("Lena", "lena@example.org"), w.comes("Luc", "luc@example.org")
		for _, officer := range []*signedIn{lena, luc} {
			_, err := w.Representation().ClaimMandate(w.ctx, officer.Actor, flow.ClaimMandate{Register: "companies", Record: "C1"})
			w.must(err)
			w.again(officer)
		}
		draft := w.fillFor(lena.Actor)
		send := func(who *signedIn) error {
			_, err := w.Submit(w.ctx, who.Actor, flow.Submit{Draft: draft, Declared: true})
			return err
		}
		waits := func(err error) bool { _, ok := err.(*flow.WaitsForSecond); return ok }
		if err := send(lena); !waits(err) {
			t.Fatalf("the first: %v", err)
		}
		if err := send(lena); !waits(err) {
			t.Errorf("the first once more is no second: %v", err)
		}
		if !w.hasMail("luc@example.org", "mandate") {
			t.Error("the second was not told")
		}
		_, _, err := w.SavePage(w.ctx, luc.Actor, flow.SavePage{Draft: draft, Page: "stall", Form: map[string][]string{"adult": {"yes"}, "goods": {"other"}, "place": {"P1"}, "metres": {"5"}}})
		w.must(err)
		if err := send(luc); !waits(err) {
			t.Errorf("the second agreed to something else than the first: %v", err)
		}
		w.must(send(lena))
	})
}

func TestAnOfficerHelpsWithAFormAndSeesNothingElse(t *testing.T) {
	each(t, func(w *world) {
		mandated(w, "one")
		before, rana := w.submitted("rana@example.org")
		olu := w.comes("Olu Officer", "Olu.Officer@testshire.example")
		w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
			olu.token, err = w.People.Sessions().StartSession(ctx, tx, person.Arrival{Person: w.officer.Person, Method: person.ByPasskey, Level: policy.Substantial, Desk: true})
			return err
		}))
		w.again(olu)
		in := flow.Assist{Service: "street-stall", Name: "Rana Resident", Email: "rana@example.org", Language: "en", Key: w.key()}
		if _, err := w.Representation().Assist(w.ctx, olu.Actor, in); !refusedAs(err, fault.Invalid) {
			t.Errorf("without consent: %v", err)
		}
		if _, err := w.Representation().Assist(w.ctx, rana, in); err == nil {
			t.Error("a resident assists")
		}
		in.Consent, in.Key = "At the counter: she asked me to type for her.", w.key()
		draft, err := w.Representation().Assist(w.ctx, olu.Actor, in)
		w.must(err)
		w.again(olu)
		if w.WriteMessage(w.ctx, olu.Actor, flow.WriteMessage{Case: before.Case, Text: "?", Key: w.key()}) == nil {
			t.Error("the officer reaches another case of hers")
		}
		for _, page := range []flow.SavePage{{Page: "stall", Form: map[string][]string{"adult": {"yes"}, "goods": {"other"}, "place": {"P1"}, "metres": {"4"}}},
			{Page: "you", Form: map[string][]string{"applicant_name": {"Rana Resident"}, "applicant_email": {"rana@example.org"}}}} {
			page.Draft = draft
			_, _, err := w.SavePage(w.ctx, olu.Actor, page)
			w.must(err)
		}
		done, err := w.Submit(w.ctx, olu.Actor, flow.Submit{Draft: draft, Declared: true})
		w.must(err)
		if c := w.load(done.Case); c.Person != rana.Person || c.Behalf == nil || c.Behalf.Kind != policy.Assisted {
			t.Errorf("the case is of %s by %+v", c.Person, c.Behalf)
		}
		told := slices.ContainsFunc(w.outbox(), func(m notify.Message) bool {
			return m.To == "rana@example.org" && strings.Contains(m.Text, in.Consent) && m.Link == "/account/acting"
		})
		if !told {
			t.Error("she is not told what was done and in which words she agreed")
		}
		var acts []mandate.Act
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
			acts, err = (&mandate.Mandates{Vault: w.People.Vault}).Acts(ctx, tx, rana.Person, "", 10)
			return err
		}))
		i := slices.IndexFunc(acts, func(a mandate.Act) bool { return a.What == mandate.Submitted })
		if len(acts) != 2 || i < 0 || acts[i].Number != done.Number || acts[i].Name != olu.Name {
			t.Fatalf("what was done for her: %+v", acts)
		}
		w.must(w.Representation().ObjectToAct(w.ctx, rana, flow.ObjectToAct{Act: acts[i].ID, Text: "I never came.", Key: w.key()}))
		if w.again(olu); olu.For.Person != "" {
			t.Error("after her objection it goes on")
		}
	})
}

// TestARepresentativeNeverReachesWhatIsNotCovered tries random mandates against random cases: who may write about a case is who the
// slow rule says.
func TestARepresentativeNeverReachesWhatIsNotCovered(t *testing.T) {
	storetest.Each(t, tables, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newWorld(t, db, clock)
		mandated(w, "one")
		owners := map[string]policy.Actor{}
		caseOf := map[string]string{}
		people := []string{"a@example.org", "b@example.org", "c@example.org"}
		for _, email := range people {
			done, owner := w.submitted(email)
			owners[email], caseOf[email] = owner, done.Case
		}
		rapid.Check(t, func(rt *rapid.T) {
			of := rapid.SampledFrom(people).Draw(rt, "of")
			at := rapid.SampledFrom(people).Draw(rt, "at")
			m := mandate.Mandate{Kind: rapid.SampledFrom(policy.MandateKinds()).Draw(rt, "kind"), Messages: mandate.ToBoth,
				State: rapid.SampledFrom([]string{mandate.Offered, mandate.Declared, mandate.Accepted, mandate.Accepted, mandate.Refused, mandate.Revoked}).Draw(rt, "state"),
				Scope: rapid.SampledFrom([][]string{nil, {"street-stall"}, {"another"}, {"another", "street-stall"}}).Draw(rt, "scope")}
			from, until := rapid.IntRange(-3, 3).Draw(rt, "from"), rapid.IntRange(-3, 3).Draw(rt, "until")
			hugo := w.comes("Hugo", "hugo@example.org")
			w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
				who, err := w.People.Get(ctx, tx, owners[of].Person)
				if err != nil {
					return err
				}
				today := w.Docket.Releases.Current().Calendar.DateOf(tx.Now())
				m.Principal, m.Subject, m.Representative = who.ID, who.Subject, hugo.Person
				if m.From, err = today.AddDays(from); err == nil {
					m.Until, err = today.AddDays(until)
				}
				if err != nil {
					return err
				}
				if err := (&mandate.Mandates{Vault: w.People.Vault}).Put(ctx, tx, &m); err != nil {
					return err
				}
				return w.People.Sessions().Act(ctx, tx, hugo.Person, hugo.Session, m.ID)
			}))
			w.again(hugo)
			err := w.WriteMessage(w.ctx, hugo.Actor, flow.WriteMessage{Case: caseOf[at], Text: "?", Key: w.key()})
			may := of == at && m.State == mandate.Accepted && from <= 0 && until >= 0 && m.Kind != policy.Assisted && (m.Scope == nil || slices.Contains(m.Scope, "street-stall"))
			if (err == nil) != may {
				rt.Errorf("%s for %s, %s %s from %d until %d at a case of %s: %v", m.Kind, of, m.State, m.Scope, from, until, at, err)
			}
		})
	})
}

// TestWhoeverHelpedDoesNotDecide: also where the person sent it themselves, and in whatever office the helper is later.
func TestWhoeverHelpedDoesNotDecide(t *testing.T) {
	each(t, func(w *world) {
		mandated(w, "one")
		_, rana := w.submitted("rana@example.org")
		olu := &signedIn{}
		w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
			olu.token, err = w.People.Sessions().StartSession(ctx, tx, person.Arrival{Person: w.officer.Person, Method: person.ByPasskey, Level: policy.Substantial, Desk: true})
			return err
		}))
		w.again(olu)
		draft, err := w.Representation().Assist(w.ctx, olu.Actor, flow.Assist{Service: "street-stall", Name: "Rana Resident", Email: "rana@example.org", Language: "en",
			Consent: "She is at the counter.", Key: w.key()})
		w.must(err)
		w.again(olu)
		for _, page := range []flow.SavePage{{Page: "stall", Form: map[string][]string{"adult": {"yes"}, "goods": {"other"}, "place": {"P1"}, "metres": {"4"}}},
			{Page: "you", Form: map[string][]string{"applicant_name": {"Rana Resident"}, "applicant_email": {"rana@example.org"}}}} {
			page.Draft = draft
			_, _, err := w.SavePage(w.ctx, olu.Actor, page)
			w.must(err)
		}
		w.must(w.Representation().ActForMyself(w.ctx, olu.Actor))
		done, err := w.Submit(w.ctx, rana, flow.Submit{Draft: draft, Declared: true})
		w.must(err)
		for _, a := range []policy.Actor{w.again(olu).Actor, w.officer} {
			if err := w.WriteMessage(w.ctx, a, flow.WriteMessage{Case: done.Case, Text: "Granted, as we said.", Key: w.key()}); !refusedAs(err, fault.NotFound, fault.Forbidden) {
				t.Errorf("whoever filled it in with her works on it: %v", err)
			}
		}
		w.must(w.WriteMessage(w.ctx, w.boss, flow.WriteMessage{Case: done.Case, Text: "We are looking at it.", Key: w.key()}))
	})
}
