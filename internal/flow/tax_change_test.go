package flow_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"stoa/internal/bill"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/treasury"
)

// pays books a payment on a bill without a provider: what matters here is what is open then.
func (w *town) pays(b *bill.Bill, amount int64) {
	w.t.Helper()
	cashier := w.staff("Cat Cashier", policy.Grant{Role: policy.Officer, Organisation: w.books()})
	if _, err := w.Finance().OpenTill(w.ctx, cashier, flow.OpenTill{Key: w.key()}); err != nil && fault.KindOf(err) != fault.Conflict {
		w.t.Fatal(err)
	}
	_, err := w.Finance().TakeCash(w.ctx, cashier, flow.TakeCash{Bill: b.ID, Amount: amount, Key: w.key()})
	w.must(err)
}

// left is what of a bill is open, by due day.
func (w *town) left(b *bill.Bill) map[string]int64 {
	open := map[string]int64{}
	for _, p := range w.billByID(b.ID).On(on("2099-01-01")).Parts {
		if p.Open > 0 {
			open[p.Due.String()] += p.Open
		}
	}
	return open
}

// TestSomebodyMovesIn in July: both pay for their days, what was paid stays, and what is open is spread over what is left.
func TestSomebodyMovesIn(t *testing.T) {
	eachTown(t, 4, func(w *town) {
		w.noon("2026-03-10")
		w.billAll("home-tax", "2026-04-01")
		old := w.account("home-tax", "H000003")
		b := w.billOf(old, "2026-04-01") // 556.50 in ten parts of 56, the first 52.50
		w.noon("2026-06-20")
		w.pays(b, 5250+5600+5600)
		w.noon("2026-07-01")
		in := flow.ChangePayer{Tax: "home-tax", Object: "H000003", From: on("2026-07-01"), Reason: "Sold", Key: w.key(),
			Payer: flow.Payer{Name: "Mo Mover", Email: "mo@testshire.example", Language: "en"}, Facts: typed("alone", "yes"), Change: []string{"alone"}}
		if _, err := w.Taxation().ChangePayer(w.ctx, holderOf(old), in); fault.KindOf(err) != fault.Forbidden {
			w.t.Errorf("the payer says who pays: %v", err)
		}
		id, err := w.Taxation().ChangePayer(w.ctx, w.officer, in)
		w.must(err)
		again, err := w.Taxation().ChangePayer(w.ctx, w.officer, in)
		if w.must(err); again != id {
			w.t.Errorf("again gave %s", again)
		}
		was, is := w.counting(w.accountsOf("home-tax", "H000003")[0], "2026-04-01"), w.counting(w.account("home-tax", "H000003"), "2026-04-01")
		if days := int64(91); was.Total != (55650*days+182)/365 {
			w.t.Errorf("for 91 days %d", was.Total)
		}
		if is.Total != 30926 { // (530 - 132.50 + 26.50) * 274 / 365 = 318.29…; by the test's own model below
			if model := (42400*274 + 182) / 365; is.Total != int64(model) {
				w.t.Errorf("for 274 days with one adult %d, not %d", is.Total, model)
			}
		}
		b = w.billByID(b.ID)
		if b.Balance != was.Total-16450 || b.Credit() != 16450-was.Total {
			w.t.Errorf("who moved out has a balance of %d", b.Balance)
		}
		news := w.billOf(w.account("home-tax", "H000003"), "2026-04-01")
		if len(news.Plan) != 7 || news.Plan[0].Due.String() != "2026-08-01" {
			w.t.Errorf("who moved in pays %v", news.Plan)
		}
		if m := w.messages("mo@testshire.example"); len(m) != 1 || !strings.Contains(m[0], "You have a new bill") {
			w.t.Errorf("who moved in was told %q", m)
		}
		if m := w.messages(old.Email); len(m) == 0 || !strings.Contains(m[0], "It was £556.50") || !strings.Contains(m[0], "Sold") || !strings.Contains(m[0], "more than is owed") {
			w.t.Errorf("who moved out was told %q", m)
		}
		in.Key, in.From = w.key(), on("2026-06-01")
		if _, err := w.Taxation().ChangePayer(w.ctx, w.officer, in); !slices.Equal(paths(err), []string{"from"}) {
			w.t.Errorf("from before the account begins: %v", err)
		}
		w.check()
	})
}

// TestAChangedFactMovesTheBill up and down, over a bill that is partly paid, with a relief on an account of its own.
func TestAChangedFactMovesTheBill(t *testing.T) {
	eachTown(t, 6, func(w *town) {
		w.noon("2026-03-10")
		w.billAll("home-tax", "2026-04-01")
		a := w.account("home-tax", "H000003") // 53 square metres
		b := w.billOf(a, "2026-04-01")
		w.noon("2026-04-20")
		w.pays(b, 5250)
		change := func(from string, object map[string]string, facts process.Typed, ids ...string) {
			w.t.Helper()
			a := w.account("home-tax", "H000003")
			w.must(w.Taxation().ChangeFacts(w.ctx, w.officer, flow.ChangeFacts{Account: a.ID, Version: a.Version, From: on(from), Object: object, Facts: facts, Change: ids, Reason: "We looked", Key: w.key()}))
			w.check()
		}
		change("2026-04-01", map[string]string{"size": "63"}, process.Typed{})
		if got := w.counting(a, "2026-04-01"); got.Total != 66150 || w.billByID(b.ID).Balance != 66150-5250 || got.Seq != 2 {
			w.t.Errorf("with ten square metres more %d, open %d", got.Total, w.billByID(b.ID).Balance)
		}
		if open := w.left(b); len(open) != 9 || open["2026-05-01"] != 5600 || open["2026-06-01"] != 60900-5600-7*6900 || open["2027-01-01"] != 6900 {
			w.t.Errorf("open %v", open) // the notice leaves what is due from 4 May on: 1 May stays as it was asked for
		}
		change("2026-07-01", nil, typed("relief", "half"), "relief")
		change("2026-04-01", nil, typed("relief", "half"), "relief") // it takes more off its account than there is
		want := int64(63 * 950)
		if got := w.counting(a, "2026-04-01"); got.Total != want || w.billByID(b.ID).Balance != want-5250 {
			w.t.Errorf("with the relief all year %d", got.Total)
		}
		change("2026-04-01", map[string]string{"size": "5"}, process.Typed{}) // less than was paid
		if got := w.billByID(b.ID); got.Balance != 4750-5250 || got.State != bill.Settled {
			w.t.Errorf("a credit of %d", got.Credit())
		}
		change("2026-04-01", map[string]string{"kind": "church"}, process.Typed{}) // nothing at all
		if got := w.billByID(b.ID); got.Balance != -5250 {
			w.t.Errorf("a credit of %d", got.Credit())
		}
		change("2026-04-01", map[string]string{"kind": "house", "size": "53"}, typed(), "relief")
		change("2026-07-01", nil, typed(), "relief") // what was said of July stands until July is spoken of
		if got := w.billByID(b.ID); got.Balance != 55650-5250 {
			w.t.Errorf("back again it owes %d", got.Balance)
		}
		a = w.account("home-tax", "H000003")
		stale := flow.ChangeFacts{Account: a.ID, Version: a.Version - 1, From: on("2026-04-01"), Object: map[string]string{"size": "1"}, Reason: "x", Key: w.key()}
		if err := w.Taxation().ChangeFacts(w.ctx, w.officer, stale); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("an older form: %v", err)
		}
		stale.Version, stale.From, stale.Object, stale.Key = a.Version, on("2019-01-01"), map[string]string{"size": "large"}, w.key()
		if err := w.Taxation().ChangeFacts(w.ctx, w.officer, stale); !slices.Equal(paths(err), []string{"from", "object.size"}) {
			w.t.Errorf("refused %v", err)
		}
	})
}

// TestAChangeBeforePublishingIsInWhatIsPublished: nothing is billed by it, and what was proposed is proposed anew.
func TestAChangeBeforePublishingIsInWhatIsPublished(t *testing.T) {
	eachTown(t, 6, func(w *town) {
		w.noon("2026-03-10")
		id := w.start("home-tax", "2026-04-01")
		a := w.account("home-tax", "H000000")
		w.must(w.Taxation().ChangeFacts(w.ctx, w.officer, flow.ChangeFacts{Account: a.ID, Version: a.Version, From: on("2026-04-01"), Facts: typed("alone", "yes"), Change: []string{"alone"}, Reason: "x", Key: w.key()}))
		_, err := w.Taxation().ChangePayer(w.ctx, w.officer, flow.ChangePayer{Tax: "home-tax", Object: "H000001", From: on("2026-03-20"), Payer: flow.Payer{Name: "Nia"}, Reason: "Sold", Key: w.key()})
		w.must(err)
		r := w.run(id)
		if r.Total != wanted(6)-12500 || r.Assessed != 6 {
			w.t.Errorf("proposed now %+v, not %d", r, wanted(6)-12500)
		}
		w.must(w.Taxation().PublishRun(w.ctx, w.chief, flow.PublishRun{Run: id, Version: r.Version, Key: w.key()}))
		w.work()
		if b := w.balances(); b["1200"] != wanted(6)-12500 {
			w.t.Errorf("the books hold %v", b)
		}
		if list := w.accountsOf("home-tax", "H000001"); len(list) != 2 || w.counting(list[0], "2026-04-01") != nil || w.counting(list[1], "2026-04-01") == nil {
			w.t.Error("who sold before the year began is billed")
		}
		w.check()
	})
}

func TestAClaimIsGrantedOrRefused(t *testing.T) {
	eachTown(t, 6, func(w *town) {
		w.noon("2026-03-10")
		w.billAll("home-tax", "2026-04-01")
		a := w.account("home-tax", "H000003")
		w.noon("2026-06-10")
		in := flow.ClaimFact{Account: a.ID, Fact: "alone", From: on("2026-05-01"), Typed: typed("alone", "yes"), Text: "She moved out", Key: w.key(),
			Files: []flow.Upload{{Question: "files", Name: "letter.pdf", Type: "application/pdf", Content: strings.NewReader("not a letter")}}}
		if _, refused, err := w.Taxation().ClaimFact(w.ctx, holderOf(a), in); err != nil || len(refused) != 1 {
			w.t.Errorf("a file that is none: %v, %v", refused, err)
		}
		in.Files[0].Content = strings.NewReader("%PDF-1.4\n%%EOF\n")
		if _, _, err := w.Taxation().ClaimFact(w.ctx, flowStranger, in); fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("a stranger claims: %v", err)
		}
		in.Files[0].Content = strings.NewReader("%PDF-1.4\n%%EOF\n")
		id, _, err := w.Taxation().ClaimFact(w.ctx, holderOf(a), in)
		w.must(err)
		for _, bad := range []struct {
			in   flow.ClaimFact
			want []string
		}{
			{flow.ClaimFact{Account: a.ID, Fact: "alone", From: on("2025-01-01"), Typed: typed("alone", "perhaps")}, []string{"alone", "from"}},
			{flow.ClaimFact{Account: a.ID, Fact: "alone"}, []string{"alone", "from"}},
		} {
			bad.in.Key = w.key()
			if _, _, err := w.Taxation().ClaimFact(w.ctx, holderOf(a), bad.in); !slices.Equal(paths(err), bad.want) {
				w.t.Errorf("refused %q: %v", paths(err), err)
			}
		}
		in.Key, in.Files = w.key(), nil
		if _, _, err := w.Taxation().ClaimFact(w.ctx, holderOf(a), in); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("claimed twice: %v", err)
		}
		if _, _, err := w.Taxation().ClaimFact(w.ctx, holderOf(a), flow.ClaimFact{Account: a.ID, Fact: "relief", From: on("2026-05-01"), Key: w.key()}); fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("claimed what only an officer enters: %v", err)
		}
		if got := w.counting(a, "2026-04-01"); got.Seq != 1 {
			w.t.Error("a claim changes the bill before it is decided")
		}
		if err := w.Taxation().DecideClaim(w.ctx, w.officer, flow.DecideClaim{Request: id, Version: 1, Key: w.key()}); fault.KindOf(err) != fault.Invalid {
			w.t.Errorf("refused without a word: %v", err)
		}
		key := w.key()
		for range 2 { // the same form again
			yes := typed("alone", "yes")
			w.must(w.Taxation().DecideClaim(w.ctx, w.officer, flow.DecideClaim{Request: id, Version: 1, Grant: true, From: on("2026-06-01"), Typed: &yes, Key: key}))
		}
		got := w.counting(a, "2026-04-01")
		if model := int64(55650*365-13250*304+182) / 365; got.Total != model || got.Cause != tax.ByClaim {
			w.t.Errorf("granted it comes to %d, not %d", got.Total, model)
		}
		if m := w.messages(a.Email); len(m) != 3 || !strings.Contains(m[0]+m[1], "We have granted this: Single discount") || !strings.Contains(m[0]+m[1], "Your bill has changed") {
			w.t.Errorf("told %q", m)
		}
		in.Key, in.From, in.Typed = w.key(), on("2026-06-05"), typed("alone", "no")
		id, _, err = w.Taxation().ClaimFact(w.ctx, holderOf(a), in)
		w.must(err)
		w.must(w.Taxation().DecideClaim(w.ctx, w.officer, flow.DecideClaim{Request: id, Version: 1, Answer: "No letter", Key: w.key()}))
		if w.counting(a, "2026-04-01").ID != got.ID {
			w.t.Error("a refused claim changed the bill")
		}
		in.Key = w.key()
		id, _, err = w.Taxation().ClaimFact(w.ctx, holderOf(a), in)
		w.must(err)
		w.must(w.Taxation().WithdrawRequest(w.ctx, holderOf(a), flow.WithdrawRequest{Request: id, Key: w.key()}))
		w.check()
	})
}

func TestAnObjectionIsUpheldOrDismissed(t *testing.T) {
	eachTown(t, 6, func(w *town) {
		w.noon("2026-03-10")
		w.billAll("home-tax", "2026-04-01")
		a := w.account("home-tax", "H000003")
		one := w.counting(a, "2026-04-01")
		in := flow.Object{Assessment: one.ID, Ground: "size", Text: "It has 43", Key: w.key()}
		if _, _, err := w.Taxation().Object(w.ctx, holderOf(w.account("home-tax", "H000000")), in); fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("somebody else objects: %v", err)
		}
		if _, _, err := w.Taxation().Object(w.ctx, holderOf(a), flow.Object{Assessment: one.ID, Key: w.key()}); !slices.Equal(paths(err), []string{"ground", "text"}) {
			w.t.Errorf("refused %v", err)
		}
		id, _, err := w.Taxation().Object(w.ctx, holderOf(a), in)
		w.must(err)
		uphold := flow.DecideObjection{Request: id, Version: 1, Uphold: true, Key: w.key()}
		if err := w.Taxation().DecideObjection(w.ctx, w.officer, uphold); fault.KindOf(err) != fault.Invalid {
			w.t.Errorf("upheld without a change: %v", err)
		}
		uphold.Object, uphold.Answer, uphold.Key = map[string]string{"size": "43"}, "We measured", w.key()
		w.must(w.Taxation().DecideObjection(w.ctx, w.officer, uphold))
		w.must(w.Taxation().DecideObjection(w.ctx, w.officer, uphold)) // the same form
		if got := w.counting(a, "2026-04-01"); got.Total != 43*1050 || got.Cause != tax.ByObjection {
			w.t.Errorf("upheld it comes to %+v", got)
		}
		in.Key = w.key()
		if _, _, err := w.Taxation().Object(w.ctx, holderOf(a), in); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("an objection against what does not count any more: %v", err)
		}
		in.Key, in.Assessment = w.key(), w.counting(a, "2026-04-01").ID
		id, _, err = w.Taxation().Object(w.ctx, holderOf(a), in)
		w.must(err)
		w.must(w.Taxation().DecideObjection(w.ctx, w.officer, flow.DecideObjection{Request: id, Version: 1, Answer: "We measured twice", Key: w.key()}))
		w.noon("2026-06-01")
		in.Key = w.key()
		if _, _, err := w.Taxation().Object(w.ctx, holderOf(a), in); !slices.Equal(paths(err), []string{"text"}) {
			w.t.Errorf("too late: %v", err)
		}
		w.check()
	})
}

func TestAPayerChoosesInstalments(t *testing.T) {
	eachTown(t, 4, func(w *town) {
		w.noon("2026-03-10")
		w.billAll("home-tax", "2026-04-01")
		a := w.account("home-tax", "H000003")
		b := w.billOf(a, "2026-04-01")
		choose := func(actor policy.Actor, n int) error {
			return w.Taxation().ChooseInstalments(w.ctx, actor, flow.ChooseInstalments{Account: a.ID, Number: n, Key: w.key()})
		}
		if err := choose(holderOf(a), 11); fault.KindOf(err) != fault.Invalid {
			w.t.Errorf("eleven parts: %v", err)
		}
		if err := choose(flowStranger, 12); err == nil {
			w.t.Error("a stranger chooses")
		}
		w.must(choose(holderOf(a), 12))
		if plan := w.billByID(b.ID).Plan; len(plan) != 12 || plan[11].Due.String() != "2027-03-01" || plan[11].Amount != 4600 || plan[0].Amount != 55650-11*4600 {
			w.t.Errorf("twelve parts: %v", plan)
		}
		w.noon("2026-04-20")
		w.pays(b, 5050+1000) // and something of May
		w.must(choose(w.officer, 10))
		got := w.billByID(b.ID)
		sum := int64(0)
		for _, p := range got.Plan {
			sum += p.Amount
		}
		if open := w.left(b); sum != 55650 || open["2026-05-01"] != 0 && open["2026-05-01"] > 6000 || len(open) < 9 {
			w.t.Errorf("ten parts: %v, open %v", got.Plan, open)
		}
		if w.account("home-tax", "H000003").Choice != 10 {
			w.t.Error("the choice is forgotten")
		}
		w.noon("2026-07-15")
		if err := choose(holderOf(a), 12); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("with an instalment overdue: %v", err)
		}
		w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error { // written off in part, then assessed down
			book, err := treasury.NewBook(w.Docket.Releases.Current())
			if err != nil {
				return err
			}
			b, err := w.Money.Treasury.Bills.Get(ctx, tx, w.books(), b.ID)
			if err != nil {
				return err
			}
			return w.Money.Treasury.WriteOff(ctx, tx, book, b, treasury.Act{Key: "test", Day: on("2026-07-15")}, b.Balance)
		}))
		for _, step := range []struct {
			size, relief string
			open         int64
		}{
			{"1", "none", 1050 - 6050}, // what was paid beyond the tax comes back, and nothing that was only written off
			{"2", "none", 2100 - 6050},
			{"30", "none", 0},              // of what was written off less is needed
			{"53", "none", 0},              // as it was when it was written off
			{"73", "half", 73*950 - 55650}, // more than that, with a relief that takes more off its account than there is
		} {
			a = w.account("home-tax", "H000003")
			w.must(w.Taxation().ChangeFacts(w.ctx, w.officer, flow.ChangeFacts{Account: a.ID, Version: a.Version, From: on("2026-04-01"), Object: map[string]string{"size": step.size},
				Facts: typed("relief", step.relief), Change: []string{"relief"}, Reason: "x", Key: w.key()}))
			w.check()
			if got := w.billByID(b.ID).Balance; got != step.open {
				w.t.Errorf("with %s square metres and %s relief it owes %d, not %d", step.size, step.relief, got, step.open)
			}
		}
	})
}

// TestWhatIsTakenOverFollows to who pays for the home in the next year.
func TestWhatIsTakenOverFollows(t *testing.T) {
	eachTown(t, 3, func(w *town) {
		w.noon("2026-03-10")
		w.billAll("home-tax", "2025-04-01")
		w.billAll("home-tax", "2026-04-01") // limited to a tenth more than the 400 of the year before
		_, err := w.Taxation().ChangePayer(w.ctx, w.officer, flow.ChangePayer{Tax: "home-tax", Object: "H000000", From: on("2026-04-01"), Payer: flow.Payer{Name: "Nia New", Email: "nia@testshire.example"}, Reason: "Sold", Key: w.key()})
		w.must(err)
		old, nia := w.accountsOf("home-tax", "H000000")[0], w.account("home-tax", "H000000")
		if one := w.counting(nia, "2026-04-01"); one.Total != 44000+2500 || w.counting(old, "2026-04-01") != nil {
			w.t.Fatalf("who bought it owes %+v", one)
		}
		w.must(w.Taxation().ChangeFacts(w.ctx, w.officer, flow.ChangeFacts{Account: old.ID, Version: old.Version, From: on("2025-04-01"), Object: map[string]string{"size": "45"}, Reason: "A secret of theirs", Key: w.key()}))
		if one := w.counting(nia, "2026-04-01"); one.Total != 39600+2500 {
			w.t.Errorf("after 360 in the year before, it owes %+v", one)
		}
		if m := w.messages("nia@testshire.example"); len(m) != 2 || strings.Contains(m[0], "secret") || !strings.Contains(m[0], "taken over") {
			w.t.Errorf("told %q", m)
		}
		w.check()
	})
}
