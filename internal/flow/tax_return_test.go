package flow_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/tax"
)

// TestALevyIsDeclaredAmendedAndEstimated for the months of an inn.
func TestALevyIsDeclaredAmendedAndEstimated(t *testing.T) {
	eachTown(t, 1, func(w *town) {
		w.noon("2026-01-10")
		id := w.start("night-levy", "2026-01-01")
		if r := w.run(id); r.State != tax.RunPublished || r.Objects != 1 || r.Assessed != 0 {
			w.t.Fatalf("opening the accounts: %+v", r)
		}
		a := w.account("night-levy", "I1")
		sid := holderOf(a)
		save := func(begins, nights string) *flow.Declaration {
			w.t.Helper()
			d, err := w.Taxation().SaveReturn(w.ctx, sid, flow.SaveReturn{Account: a.ID, Begins: on(begins), Page: "nights", Form: url.Values{"nights": {nights}}})
			w.must(err)
			return d
		}
		send := func(begins string) (flow.Assessed, error) {
			return w.Taxation().SendReturn(w.ctx, sid, flow.SendReturn{Account: a.ID, Begins: on(begins), Key: w.key()})
		}
		if d := save("2026-01-01", "lots"); len(d.Judged.Errors) != 1 || d.Typed.Get("nights") != "lots" || d.DeclareBy != on("2026-02-16") {
			w.t.Errorf("saved %+v", d)
		}
		if _, err := send("2026-01-01"); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("declared before the month has ended: %v", err)
		}
		w.noon("2026-02-02")
		for range 2 {
			n, err := w.Taxation().RemindDeclarations(w.ctx, w.system)
			w.must(err)
			if m := w.messages(a.Email); len(m) != 1 || !strings.Contains(m[0], "Please declare: Night levy January 2026") {
				w.t.Errorf("reminded %d: %q", n, m)
			}
		}
		if _, err := send("2026-01-01"); !slices.Equal(paths(err), []string{"nights"}) {
			w.t.Errorf("refused %v", err)
		}
		save("2026-01-01", "999")
		if _, err := send("2026-01-01"); !slices.Equal(paths(err), []string{"nights"}) {
			w.t.Errorf("more than there is room for: %v", err)
		}
		save("2026-01-01", "100")
		if _, err := w.Taxation().SendReturn(w.ctx, flowStranger, flow.SendReturn{Account: a.ID, Begins: on("2026-01-01"), Key: w.key()}); fault.KindOf(err) != fault.NotFound {
			w.t.Errorf("a stranger declares: %v", err)
		}
		in := flow.SendReturn{Account: a.ID, Begins: on("2026-01-01"), Key: w.key()}
		done, err := w.Taxation().SendReturn(w.ctx, sid, in)
		w.must(err)
		if again, err := w.Taxation().SendReturn(w.ctx, sid, in); err != nil || again != done || done.Total != 20000 || done.Bill == "" {
			w.t.Errorf("declared %+v, again %+v, %v", done, again, err)
		}
		if b := w.billByID(done.Bill); b.Balance != 20000 || b.Plan[0].Due != on("2026-02-20") || b.Title != "Night levy January 2026, The Swan" {
			w.t.Errorf("bill %+v", b)
		}
		w.pays(w.billByID(done.Bill), 20000)
		if d := save("2026-01-01", "120"); !d.Amends || len(d.Judged.Errors) != 0 {
			w.t.Errorf("amending %+v", d)
		}
		more, err := send("2026-01-01")
		w.must(err)
		if b := w.billByID(done.Bill); more.Bill != done.Bill || more.Before != 20000 || b.Balance != 4000 {
			w.t.Errorf("amended up %+v, open %d", more, b.Balance)
		}
		save("2026-01-01", "90")
		if _, err = send("2026-01-01"); err != nil || w.billByID(done.Bill).Credit() != 2000 {
			w.t.Errorf("amended down: %v, a credit of %d", err, w.billByID(done.Bill).Credit())
		}
		w.check()

		guess := flow.EstimateReturn{Account: a.ID, Begins: on("2026-02-01"), Typed: typed("nights", "200"), Reason: "As last year", Key: w.key()}
		w.noon("2026-03-10")
		if _, err := w.Taxation().EstimateReturn(w.ctx, w.officer, guess); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("estimated while there is time: %v", err)
		}
		w.noon("2026-03-20")
		if n, err := w.Taxation().RemindDeclarations(w.ctx, w.system); n != 1 || err != nil {
			w.t.Errorf("reminded %d of the month that is late: %v", n, err)
		}
		if _, err := w.Taxation().EstimateReturn(w.ctx, sid, guess); fault.KindOf(err) != fault.Forbidden {
			w.t.Errorf("the payer estimates: %v", err)
		}
		estimate, err := w.Taxation().EstimateReturn(w.ctx, w.officer, guess)
		w.must(err)
		save("2026-02-01", "50")
		declared, err := send("2026-02-01")
		w.must(err)
		if declared.Bill != estimate.Bill || declared.Before != 40000 || declared.Total != 10000 || w.billByID(declared.Bill).Balance != 10000 {
			w.t.Errorf("declared after all %+v", declared)
		}
		guess.Key = w.key()
		if _, err := w.Taxation().EstimateReturn(w.ctx, w.officer, guess); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("estimated what is declared: %v", err)
		}
		w.noon("2027-02-15") // twelve months after January
		save("2026-01-01", "10")
		if _, err := send("2026-01-01"); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("amended too late: %v", err)
		}
		w.check()
	})
}

// TestAnObjectionPutsADeclarationRight by what counts as declared.
func TestAnObjectionPutsADeclarationRight(t *testing.T) {
	eachTown(t, 1, func(w *town) {
		w.noon("2026-01-10")
		w.start("night-levy", "2026-01-01")
		a := w.account("night-levy", "I1")
		w.noon("2026-02-20")
		done, err := w.Taxation().EstimateReturn(w.ctx, w.officer, flow.EstimateReturn{Account: a.ID, Begins: on("2026-01-01"), Typed: typed("nights", "200"), Reason: "x", Key: w.key()})
		w.must(err)
		id, _, err := w.Taxation().Object(w.ctx, holderOf(a), flow.Object{Assessment: done.Assessment, Text: "We were closed", Key: w.key()})
		w.must(err)
		declared := typed("nights", "0")
		w.must(w.Taxation().DecideObjection(w.ctx, w.officer, flow.DecideObjection{Request: id, Version: 1, Uphold: true, Declared: &declared, Key: w.key()}))
		if one := w.counting(a, "2026-01-01"); one.Total != 0 || w.billByID(done.Bill).Balance != 0 {
			w.t.Errorf("closed it owes %d", one.Total)
		}
		w.check()
	})
}
