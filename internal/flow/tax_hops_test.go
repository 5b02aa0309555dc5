package flow_test

import (
	"context"
	"errors"
	"maps"
	"sync"
	"testing"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/store"
)

// rows is how many rows each table of taxes and their effects has.
func (w *town) rows() map[string]int {
	w.t.Helper()
	all := map[string]int{}
	w.read(func(ctx context.Context, tx *store.Tx) error {
		for _, table := range []string{"tax_account", "tax_fact", "tax_assessment", "tax_request", "tax_return", "bill", "bill_move", "bill_plan", "ledger_entry", "notification", "job", "person", "once"} {
			var n int
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil {
				return err
			}
			all[table] = n
		}
		return nil
	})
	return all
}

// TestAChangeOfPayerBrokenAnywhereIsWhole: two accounts, two assessments, two bills and two messages, or nothing.
func TestAChangeOfPayerBrokenAnywhereIsWhole(t *testing.T) {
	eachTown(t, 4, func(w *town) {
		w.noon("2026-03-10")
		w.billAll("home-tax", "2026-04-01")
		w.noon("2026-07-01")
		before := w.rows()
		in := flow.ChangePayer{Tax: "home-tax", Object: "H000003", From: on("2026-07-01"), Reason: "Sold", Key: w.key(), Payer: flow.Payer{Name: "Mo", Email: "mo@testshire.example"}}
		broken := 0
		for n := 0; ; n++ {
			_, err := w.Taxation().ChangePayer(breakAt(n), w.officer, in)
			if err == nil {
				break
			}
			if !errors.Is(err, context.Canceled) || n > 2000 {
				w.t.Fatalf("broken at look %d: %v", n, err)
			}
			if broken++; n%9 == 0 {
				if after := w.rows(); !maps.Equal(before, after) {
					w.t.Fatalf("broken at look %d it left rows: %v, before %v", n, after, before)
				}
			}
		}
		after := w.rows()
		if broken < 30 || after["tax_account"] != before["tax_account"]+1 || after["bill"] != before["bill"]+1 || after["tax_assessment"] != before["tax_assessment"]+2 || after["notification"] != before["notification"]+2 {
			w.t.Errorf("broken %d times, then %v, before %v", broken, after, before)
		}
		_, err := w.Taxation().ChangePayer(w.ctx, w.officer, in) // the answer was lost
		w.must(err)
		if again := w.rows(); !maps.Equal(after, again) {
			w.t.Errorf("the repetition left rows: %v, before %v", again, after)
		}
		w.check()
	})
}

// TestTwoOfficersChangeOneAccount: one of them is told that it has changed, and nothing is lost.
func TestTwoOfficersChangeOneAccount(t *testing.T) {
	eachTown(t, 4, func(w *town) {
		w.noon("2026-03-10")
		w.billAll("home-tax", "2026-04-01")
		a := w.account("home-tax", "H000003")
		errs := make([]error, 4)
		keys := []string{w.key(), w.key(), w.key(), w.key()}
		var wait sync.WaitGroup
		for i := range errs {
			wait.Go(func() {
				errs[i] = w.Taxation().ChangeFacts(w.ctx, w.officer, flow.ChangeFacts{Account: a.ID, Version: a.Version, From: on("2026-04-01"),
					Object: map[string]string{"size": []string{"60", "61", "62", "63"}[i]}, Reason: "We looked", Key: keys[i]})
			})
		}
		wait.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if fault.KindOf(err) != fault.Conflict {
				w.t.Error(err)
			}
		}
		if won != 1 {
			w.t.Errorf("%d changed it: %v", won, errs)
		}
		w.check()
	})
}
