package flow_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/job"
	"stoa/internal/record"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// wanted is what the home tax of homes(n) comes to in 2026, in pence.
func wanted(n int) (sum int64) {
	for i := range n {
		sum += int64(50+i%100) * 1050
	}
	return sum
}

func TestARunIsUndoneRunAgainAndPublished(t *testing.T) {
	const n = 450 // three chunks
	eachTown(t, n, func(w *town) {
		w.noon("2026-03-10")
		first := w.start("home-tax", "2026-04-01")
		if r := w.run(first); r.State != tax.Ready || r.Objects != n || r.Assessed != n || r.Total != wanted(n) || r.Failed != 0 {
			w.t.Fatalf("assessed %+v, %v", r, w.problems(first))
		}
		w.must(w.Taxation().UndoRun(w.ctx, w.officer, flow.UndoRun{Run: first, Key: w.key()}))
		w.work()
		if r := w.run(first); r.State != tax.Undone {
			w.t.Fatalf("undone %+v", r)
		}
		second := w.start("home-tax", "2026-04-01")
		version := w.run(second).Version
		err := w.Taxation().PublishRun(w.ctx, w.officer, flow.PublishRun{Run: second, Version: version, Key: w.key()})
		if fault.KindOf(err) != fault.Forbidden {
			w.t.Errorf("an officer publishes: %v", err)
		}
		in := flow.PublishRun{Run: second, Version: version, Key: w.key()}
		w.must(w.Taxation().PublishRun(w.ctx, w.chief, in))
		w.must(w.Taxation().PublishRun(w.ctx, w.chief, in)) // the same form again
		w.work()
		r := w.run(second)
		if r.State != tax.RunPublished || r.Published != n || r.Total != wanted(n) {
			w.t.Fatalf("published %+v", r)
		}
		if b := w.balances(); b["1200"] != wanted(n) || b["4300"]+b["4310"] != -wanted(n) {
			w.t.Errorf("the books hold %v", b)
		}
		a := w.account("home-tax", "H000003")
		b := w.billOf(a, "2026-04-01")
		if b.Title != "Home tax 2026-27, 3 High Street, Stallwick" || len(b.Plan) != 10 || b.Payer != a.Holder || a.Holder == "" || b.Note != "Keep this bill." {
			w.t.Errorf("bill %+v", b)
		}
		if m := w.messages("owner3@testshire.example"); len(m) != 1 || !strings.Contains(m[0], "£556.50") || !strings.Contains(m[0], b.Reference) || !strings.Contains(m[0], "within two months") {
			w.t.Errorf("told %q", m)
		}
		if err := w.Taxation().UndoRun(w.ctx, w.officer, flow.UndoRun{Run: second, Key: w.key()}); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("undone after it was published: %v", err)
		}
		w.check()
		third := w.start("home-tax", "2026-04-01")
		if r := w.run(third); r.Before != n || r.Assessed != 0 || r.Total != 0 {
			w.t.Errorf("assessed again: %+v", r)
		}
	})
}

// TestWhoStartsARunDoesNotPublishIt also where they are a supervisor.
func TestWhoStartsARunDoesNotPublishIt(t *testing.T) {
	eachTown(t, 3, func(w *town) {
		id, err := w.Taxation().StartRun(w.ctx, w.chief, flow.StartRun{Tax: "home-tax", Begins: on("2026-04-01"), Issued: on("2026-03-02"), Key: w.key()})
		w.must(err)
		w.work()
		in := flow.PublishRun{Run: id, Version: w.run(id).Version, Key: w.key()}
		if err := w.Taxation().PublishRun(w.ctx, w.chief, in); fault.KindOf(err) != fault.Forbidden {
			w.t.Errorf("published by who started it: %v", err)
		}
		w.must(w.Taxation().PublishRun(w.ctx, w.boss2, flow.PublishRun{Run: id, Version: in.Version, Key: w.key()}))
	})
}

// TestARunBrokenAnywhereLosesAndDoublesNothing breaks every step of assessing and publishing at many statements, as a kill
// would, and goes on from there.
func TestARunBrokenAnywhereLosesAndDoublesNothing(t *testing.T) {
	const n = 250
	eachTown(t, n, func(w *town) {
		w.noon("2026-03-10")
		id, err := w.Taxation().StartRun(w.ctx, w.officer, flow.StartRun{Tax: "home-tax", Begins: on("2026-04-01"), Issued: on("2026-03-10"), Key: w.key()})
		w.must(err)
		w.broken(id)
		if r := w.run(id); r.State != tax.Ready || r.Assessed != n || r.Total != wanted(n) {
			w.t.Fatalf("assessed %+v", r)
		}
		w.must(w.Taxation().PublishRun(w.ctx, w.chief, flow.PublishRun{Run: id, Version: w.run(id).Version, Key: w.key()}))
		w.broken(id)
		if r := w.run(id); r.State != tax.RunPublished || r.Published != n {
			w.t.Fatalf("published %+v", r)
		}
		if b := w.balances(); b["1200"] != wanted(n) {
			w.t.Errorf("the books hold %v", b)
		}
		var accounts, bills int
		w.read(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM tax_account`).Scan(&accounts); err != nil {
				return err
			}
			return tx.QueryRow(ctx, `SELECT COUNT(*) FROM bill`).Scan(&bills)
		})
		if accounts != n || bills != n {
			w.t.Errorf("%d accounts, %d bills", accounts, bills)
		}
		w.check()
	})
}

// broken does the steps of a run by hand, each broken at growing places before it goes through.
func (w *town) broken(id string) {
	w.t.Helper()
	payload := fmt.Sprintf(`{"organisation":%q,"run":%q}`, w.books(), id)
	for steps := 0; w.run(id).Working(); steps++ {
		if steps > 20 {
			w.t.Fatal("the run never ends")
		}
		before := w.run(id).Version
		for at := 1; ; at = at*3/2 + 1 {
			err := w.DB.Write(breakAt(at), "test", func(ctx context.Context, tx *store.Tx) error {
				return w.Taxation().WorkRun(ctx, tx, job.Job{Payload: []byte(payload)})
			})
			if err == nil {
				break
			}
			if got := w.run(id).Version; got != before {
				w.t.Fatalf("broken at %d, the run went on", at)
			}
		}
	}
}

func TestWhatCannotBeAssessedIsSaidAndStopsNothing(t *testing.T) {
	register := "key,address,size,kind,owner,email,since\n" +
		"H1,1 High Street,100,house,Ann,ann@testshire.example,2020-01-01\n" +
		"H2,2 High Street,100,house,,,2020-01-01\n" + // nobody pays
		"H3,3 High Street,99999999999999999,house,Cem,,2020-01-01\n" + // beyond what can be booked
		"H4,4 High Street,100,house,Dot,,2020-01-01\n" + // withdrawn
		"H5,5 High Street,100,church,Eve,,2020-01-01\n" + // not taxed
		"H6,6 High Street,100,house,Fay,,2027-06-01\n" + // liable later
		"H7,7 High Street,100,house,Gus,not an address,2026-10-01\n" // since October
	eachTown(t, 0, func(w *town) {
		w.publish(townFiles(w.t, register))
		w.edit("homes", "H4", func(r *record.Record) { r.State = record.Revoked })
		w.noon("2026-03-10")
		r := w.billAll("home-tax", "2026-04-01")
		said := map[string]string{}
		for _, p := range w.problems(r.ID) {
			said[p.Object] = p.What
		}
		if len(said) != 2 || said["H2"] != "The register names nobody who pays" || said["H3"] != "The charge is too large to be billed" {
			w.t.Errorf("problems %q", said)
		}
		if r.Objects != 7 || r.Assessed != 3 || r.Failed != 2 || r.Nothing != 3 || r.State != tax.RunPublished {
			w.t.Errorf("run %+v", r)
		}
		if got := w.counting(w.account("home-tax", "H7"), "2026-04-01"); got.Total != 105000*182/365-1 && got.Total != 105000*182/365+1 && got.Total != 105000*182/365 {
			w.t.Errorf("for half a year %d", got.Total)
		}
		if one := w.counting(w.account("home-tax", "H5"), "2026-04-01"); one.Total != 0 || one.Bill != "" {
			w.t.Errorf("a church owes %+v", one)
		}
		w.check()
		w.publish(townFiles(w.t, register, "first: 2025-04-01", "first: 2020-04-01"))
		id := w.start("home-tax", "2021-04-01") // no rate for that year
		if p := w.problems(id); len(p) == 0 || p[0].What != "The figure home_rate has no value on 1 April 2021" {
			w.t.Errorf("without a rate: %+v", p)
		}
		if _, err := w.Taxation().StartRun(w.ctx, w.officer, flow.StartRun{Tax: "home-tax", Begins: on("2026-04-01"), Issued: on("2026-03-09"), Key: w.key()}); fault.KindOf(err) != fault.Invalid {
			w.t.Errorf("bills of yesterday: %v", err)
		}
		if _, err := w.Taxation().StartRun(w.ctx, w.officer, flow.StartRun{Tax: "home-tax", Begins: on("2019-04-01"), Issued: on("2026-03-10"), Key: w.key()}); fault.KindOf(err) != fault.Invalid {
			w.t.Errorf("a period before the first: %v", err)
		}
	})
}

// TestRebillingFollowsTheRegister: what the register says anew counts from the next period, what is carried over comes from
// the one before, and whose account has ended gets no bill.
func TestRebillingFollowsTheRegister(t *testing.T) {
	eachTown(t, 6, func(w *town) {
		w.noon("2026-03-10")
		w.billAll("home-tax", "2025-04-01") // late, at 8 a square metre
		w.billAll("home-tax", "2026-04-01")
		one := w.counting(w.account("home-tax", "H000000"), "2026-04-01")
		if one.Total != 50*880+50*50 { // a tenth more than 8, and the parish
			w.t.Errorf("limited to %d", one.Total)
		}
		w.noon("2026-07-01")
		_, err := w.Taxation().ChangePayer(w.ctx, w.officer, flow.ChangePayer{Tax: "home-tax", Object: "H000001", From: on("2026-07-01"), Reason: "Pulled down", Key: w.key()})
		w.must(err)
		w.edit("homes", "H000002", func(r *record.Record) { r.Fields["size"] = "80" })
		w.edit("homes", "H000003", func(r *record.Record) { r.Fields["owner"], r.Fields["since"] = "Nia New", "2027-02-01" })
		w.edit("homes", "H000004", func(r *record.Record) { r.Fields["owner"], r.Fields["since"] = "Nia New", "2027-04-01" })
		w.edit("homes", "H000005", func(r *record.Record) { r.Until = on("2026-12-31") })
		w.noon("2027-03-10")
		r := w.billAll("home-tax", "2027-04-01")
		said := map[string]string{}
		for _, p := range w.problems(r.ID) {
			said[p.Object] = p.What
		}
		if len(said) != 3 || !strings.Contains(said["H000001"], "has ended") || !strings.Contains(said["H000003"], "names another payer") ||
			!strings.Contains(said["H000005"], "until an earlier day") {
			w.t.Errorf("problems %q", said)
		}
		if got := w.counting(w.account("home-tax", "H000002"), "2027-04-01"); got.Total != 80*50+int64(52*1000*110/100) {
			w.t.Errorf("with 80 square metres %d", got.Total)
		}
		list := w.accountsOf("home-tax", "H000004")
		if len(list) != 2 || list[0].Until != on("2027-03-31") || list[1].From != on("2027-04-01") || list[1].Name != "Nia New" || w.counting(list[1], "2027-04-01") == nil {
			w.t.Errorf("accounts of who sold: %+v", list)
		}
		for _, object := range []string{"H000001", "H000005"} {
			if one := w.counting(w.account("home-tax", object), "2027-04-01"); one != nil {
				w.t.Errorf("%s is billed after its end: %+v", object, one)
			}
		}
		_, err = w.Taxation().ChangePayer(w.ctx, w.officer, flow.ChangePayer{Tax: "home-tax", Object: "H000005", From: on("2027-01-01"), Reason: "Pulled down", Key: w.key()})
		w.must(err)
		if one := w.counting(w.account("home-tax", "H000005"), "2026-04-01"); one.Total >= 55*950 {
			w.t.Errorf("for nine months %d", one.Total)
		}
		w.edit("homes", "H000002", func(r *record.Record) { r.Fields["email"] = "new@testshire.example" })
		again := w.start("home-tax", "2027-04-01")
		if p := w.problems(again); len(p) != 2 {
			w.t.Errorf("problems that are left: %v", p)
		}
		if a := w.account("home-tax", "H000002"); a.Email != "new@testshire.example" || a.Holder == "" {
			w.t.Errorf("written to %+v", a)
		}
		w.check()
	})
}
