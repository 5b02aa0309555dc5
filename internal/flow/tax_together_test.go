package flow_test

import (
	"context"
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/mandate"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/tax"
)

// companyFiles are a town in which a company of two officers, of whom two must agree where together says so, keeps the inn.
func companyFiles(t testing.TB, together string) fstest.MapFS {
	files := townFiles(t, homes(1))
	put := func(name, text string) { files[name] = &fstest.MapFile{Data: []byte(text)} }
	put("registers/companies.yaml", companiesRegister(together))
	put("registers/companies.csv", "key,name,one,two\nC1,Swan Ltd,lena@example.org,luc@example.org\n")
	put("registers/inns.yaml", innsRegister+"  - {id: company, title: Company, type: text}\n")
	put("registers/inns.csv", "key,name,rooms,keeper,email,since,company\nI1,The Swan,10,Swan Ltd,,2026-01-01,C1\nI2,The Crown,10,Sid Crown,sid@testshire.example,2026-01-01,\n")
	put("taxes/night-levy.yaml", strings.NewReplacer("email: email, since", "email: email, company: company, since", "by: declared\n", "by: declared\non_behalf: [company, accountant, helper]\n").Replace(nightLevy))
	return files
}

// inn is a town whose inn is a company's, with both of its officers acting for it.
type inn struct {
	*town
	account   *tax.Account
	lena, luc *signedIn
}

func eachInn(t *testing.T, together string, test func(w *inn)) {
	t.Helper()
	storetest.Each(t, moneyTables, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := &inn{town: newTown(t, db, clock, fs.FS(companyFiles(t, together)))}
		w.noon("2026-01-10")
		w.start("night-levy", "2026-01-01")
		w.account = w.town.account("night-levy", "I1")
		w.noon("2026-02-03")
		w.lena, w.luc = w.comes("Lena", "lena@example.org"), w.comes("Luc", "luc@example.org")
		for _, officer := range []*signedIn{w.lena, w.luc} {
			_, err := w.Representation().ClaimMandate(w.ctx, officer.Actor, flow.ClaimMandate{Register: "companies", Record: "C1"})
			w.must(err)
			w.world.again(officer)
		}
		if w.account.Holder == "" || w.lena.For.Person != w.account.Holder {
			t.Fatalf("the account is %q's, and Lena acts for %q", w.account.Holder, w.lena.For.Person)
		}
		test(w)
	})
}

func (w *inn) types(who *signedIn, nights string) {
	w.t.Helper()
	_, err := w.Taxation().SaveReturn(w.ctx, who.Actor, flow.SaveReturn{Account: w.account.ID, Begins: on("2026-01-01"), Page: "nights", Form: url.Values{"nights": {nights}}})
	w.must(err)
}

// sends reports whether what somebody sends waits for a second.
func (w *inn) sends(who *signedIn) bool {
	w.t.Helper()
	in := flow.SendReturn{Account: w.account.ID, Begins: on("2026-01-01"), Key: w.key()}
	_, err := w.Taxation().SendReturn(w.ctx, who.Actor, in)
	_, again := w.Taxation().SendReturn(w.ctx, who.Actor, in)
	_, waits := err.(*flow.WaitsForSecond)
	if _, also := again.(*flow.WaitsForSecond); also != waits {
		w.t.Errorf("the same form once more: %v, before %v", again, err)
	}
	if !waits {
		w.must(err)
	}
	return waits
}

// declared is what counts for January; nil: nothing.
func (w *inn) declared() (one *tax.Assessment) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) error {
		found, err := w.Money.Taxes.InPeriod(ctx, tx, []*tax.Account{w.account}, on("2026-01-01"))
		one = found[w.account.ID]
		return err
	})
	return one
}

func (w *inn) acts() (all []string) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) error {
		acts, err := (&mandate.Mandates{Vault: w.People.Vault}).ActsOn(ctx, tx, w.account.Holder, w.account.ID, 50)
		for _, a := range acts {
			all = append(all, a.Name+" "+a.What)
		}
		slices.Sort(all) // several happen at the same instant here
		return err
	})
	return all
}

// TestTwoDeclareForACompany: what one prepares is declared when a second one sends just that, in both names.
func TestTwoDeclareForACompany(t *testing.T) {
	eachInn(t, "two", func(w *inn) {
		hugo := w.comes("Hugo Helper", "hugo@example.org")
		w.actFor(hugo, w.give(w.lena, hugo, "hugo@example.org", flow.GiveMandate{Kind: policy.Helper, Months: 6, Messages: mandate.ToPrincipal}))
		w.types(hugo, "lots")
		if _, err := w.Taxation().SendReturn(w.ctx, hugo.Actor, flow.SendReturn{Account: w.account.ID, Begins: on("2026-01-01"), Key: w.key()}); len(paths(err)) == 0 {
			t.Errorf("what is wrong is signed: %v", err)
		}
		w.types(hugo, "100")
		if !w.sends(hugo) || !w.sends(w.lena) || !w.sends(w.lena) {
			t.Error("one of the two, twice, and their helper are two")
		}
		if w.declared() != nil {
			t.Fatal("it is declared before a second one agrees")
		}
		if m := w.messages("luc@example.org"); !slices.ContainsFunc(m, func(text string) bool { return strings.Contains(text, "It must be sent by 16 February 2026") }) {
			t.Errorf("the other was told %q", m)
		}
		w.noon("2026-02-20")
		_, err := w.Taxation().RemindDeclarations(w.ctx, w.system)
		w.must(err)
		if m := w.messages("luc@example.org"); !slices.ContainsFunc(m, func(text string) bool { return strings.Contains(text, "Your return is late") }) {
			t.Errorf("a signature stops the clock: %q", m)
		}
		w.types(w.luc, "120")
		if !w.sends(w.luc) {
			t.Error("Lena agreed to something else")
		}
		if w.sends(w.lena) {
			t.Fatal("the two have agreed")
		}
		if one := w.declared(); one == nil || one.Total != 24000 {
			t.Fatalf("declared %+v", one)
		}
		if m := w.messages("luc@example.org"); !slices.ContainsFunc(m, func(text string) bool { return strings.Contains(text, "Declared by Lena and Luc, for Swan Ltd.") }) {
			t.Errorf("both names: %q", m)
		}
		want := []string{"Hugo Helper agreed", "Lena agreed", "Lena agreed", "Lena declares", "Luc agreed"}
		if got := w.acts(); !slices.Equal(got, want) {
			t.Errorf("who did what: %q, want %q", got, want)
		}
		// An amended return takes two anew, though both once agreed to what it says now.
		w.types(w.luc, "130")
		w.types(w.luc, "120")
		if !w.sends(w.luc) {
			t.Error("what was agreed to for the first return counts for the second")
		}
		w.check()
	})
}

// TestASecondDoesNotAgree: nothing is declared, who prepared it learns why, and may change it.
func TestASecondDoesNotAgree(t *testing.T) {
	eachInn(t, "two", func(w *inn) {
		decline := func(who *signedIn, why string) error {
			return w.Taxation().DeclineReturn(w.ctx, who.Actor, flow.DeclineReturn{Account: w.account.ID, Begins: on("2026-01-01"), Why: why, Key: w.key()})
		}
		w.types(w.lena, "100")
		if err := decline(w.luc, "No."); fault.KindOf(err) != fault.Conflict {
			t.Errorf("refused what nobody has agreed to: %v", err)
		}
		w.sends(w.lena)
		if err := decline(w.lena, "No."); fault.KindOf(err) != fault.Conflict {
			t.Errorf("who agreed refuses: %v", err)
		}
		if err := decline(w.luc, " "); fault.KindOf(err) != fault.Invalid {
			t.Errorf("refused without a reason: %v", err)
		}
		w.must(decline(w.luc, "The third week is missing."))
		if m := w.messages("lena@example.org"); !slices.ContainsFunc(m, func(text string) bool {
			return strings.Contains(text, "The third week is missing.") && strings.Contains(text, "until 16 February 2026")
		}) {
			t.Errorf("Lena was told %q", m)
		}
		if !w.sends(w.luc) || w.declared() != nil {
			t.Error("what was refused counts as agreed to")
		}
		if w.sends(w.lena) || w.declared() == nil {
			t.Error("the two have agreed in the end")
		}
	})
}

// TestOneDeclaresForACompany where the register says that one is enough, and an officer who once did does not decide.
func TestOneDeclaresForACompany(t *testing.T) {
	eachInn(t, "one", func(w *inn) {
		w.types(w.lena, "100")
		if w.sends(w.lena) {
			t.Error("one is enough")
		}
		_, _, err := w.Taxation().Object(w.ctx, w.luc.Actor, flow.Object{Assessment: w.declared().ID, Text: "The nights are wrong.", Key: w.key()})
		w.must(err)
		w.types(w.lena, "90")
		w.sends(w.lena)
		if got, want := w.acts(), []string{"Lena amended", "Lena declares", "Luc objected"}; !slices.Equal(got, want) {
			t.Errorf("who did what: %q, want %q", got, want)
		}
		officer := w.officer
		officer.Person = w.lena.Person
		change := flow.ChangeFacts{Account: w.account.ID, Version: w.town.account("night-levy", "I1").Version, From: on("2026-01-01"), Object: map[string]string{"rooms": "12"}, Reason: "They have twelve.", Key: w.key()}
		if err := w.Taxation().ChangeFacts(w.ctx, officer, change); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("who declared for the payer changes the account as an officer: %v", err)
		}
		w.must(w.Taxation().ChangeFacts(w.ctx, w.officer, change))
	})
}
