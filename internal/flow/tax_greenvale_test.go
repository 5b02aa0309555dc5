package flow_test

import (
	"net/url"
	"os"
	"testing"

	"stoa/internal/flow"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/tax"
)

// TestAYearOfGreenvale bills its council tax and business rates, declares a levy, and holds single bills against the worked
// examples of the files.
func TestAYearOfGreenvale(t *testing.T) {
	storetest.Each(t, moneyTables, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newTown(t, db, clock, os.DirFS("../../jurisdictions/greenvale"))
		w.noon("2026-03-10")
		sum := int64(0)
		for id, income := range map[string]string{"council-tax": "4010", "business-rates": "4020"} {
			r := w.billAll(id, "2026-04-01")
			if p := w.problems(r.ID); r.State != tax.RunPublished || len(p) > 0 || r.Published != r.Assessed || r.Objects != r.Assessed {
				t.Errorf("%s: %+v, %v", id, r, p)
			}
			if b := w.balances(); b[income] != -r.Total {
				t.Errorf("%s: the books hold %v, the run came to %d", id, b, r.Total)
			}
			sum += r.Total
		}
		if b := w.balances(); b["1200"] != sum {
			t.Errorf("owed %d, billed %d", b["1200"], sum)
		}
		if one := w.counting(w.account("business-rates", "P1003"), "2026-04-01"); one.Total != 1126754 {
			t.Errorf("the pub of the worked example owes %d", one.Total)
		}
		pub := w.account("business-rates", "P1003")
		if pub.Holder == "" || pub.Email != "ada@example.com" || len(w.billOf(pub, "2026-04-01").Plan) < 10 {
			t.Errorf("account %+v", pub)
		}
		w.levyOfGreenvale()
		w.check()
		w.noon("2027-03-10")
		for _, id := range []string{"council-tax", "business-rates"} { // with what is carried over
			run := w.start(id, "2027-04-01")
			if r := w.run(run); r.Assessed == 0 || r.Failed > 0 {
				t.Errorf("%s of 2027: %+v, %v", id, r, w.problems(run)[0])
			}
		}
		w.check()
	})
}

// levyOfGreenvale declares the August of the worked example.
func (w *town) levyOfGreenvale() {
	w.t.Helper()
	w.noon("2026-07-02")
	w.start("visitor-levy", "2026-07-01")
	inn := w.account("visitor-levy", "V001")
	w.noon("2026-09-03")
	form := url.Values{"charges": {"11,482.50"}, "nights": {"139"}, "long_stays": {"640"}, "exempt_stays": {"287.25"}}
	d, err := w.Taxation().SaveReturn(w.ctx, holderOf(inn), flow.SaveReturn{Account: inn.ID, Begins: on("2026-08-01"), Page: "stays", Form: form})
	w.must(err)
	if len(d.Judged.Errors) > 0 || d.DeclareBy != on("2026-09-30") {
		w.t.Errorf("declared by %s, %v", d.DeclareBy, d.Judged.Errors)
	}
	done, err := w.Taxation().SendReturn(w.ctx, holderOf(inn), flow.SendReturn{Account: inn.ID, Begins: on("2026-08-01"), Key: w.key()})
	w.must(err)
	if done.Total != 51720 || w.billByID(done.Bill).Plan[0].Due != on("2026-09-30") {
		w.t.Errorf("the inn of the worked example owes %+v", done)
	}
}
