package spend_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/spend"
	"stoa/internal/store"
)

// TestFromTheLineToThePayment follows one invoice through all its states, and back.
func TestFromTheLineToThePayment(t *testing.T) {
	each(t, func(w *world) {
		x := w.supplier("Green Ltd", false)
		c := w.contract(x, "waste", 300_00)
		if got := w.sums("waste"); got != (spend.Sums{Committed: 300_00}) {
			w.t.Fatalf("after the contract: %+v", got)
		}
		i, err := w.invoice(x, c, "R-17", "waste", 120_00)
		w.must(err)
		w.must(w.check(i.ID))
		w.must(w.approve(i.ID, "sue", ""))
		if got := w.sums("waste"); got != (spend.Sums{Committed: 300_00, Invoiced: 120_00}) {
			w.t.Fatalf("after the approval: %+v", got)
		}
		w.must(w.order(i.ID, "o1"))
		w.must(w.pay(i.ID, "O-1-1"))
		w.must(w.pay(i.ID, "O-1-1")) // the same again
		if got := w.sums("waste"); got != (spend.Sums{Committed: 300_00, Invoiced: 120_00, Paid: 120_00}) {
			w.t.Fatalf("after the payment: %+v", got)
		}
		w.must(w.back(i.ID, "O-1-1"))
		w.must(w.order(i.ID, "o2"))
		w.must(w.pay(i.ID, "O-2-1"))
		w.sound()
		w.read(func(ctx context.Context, tx *store.Tx) error {
			all, err := w.Payments.Find(ctx, tx, spend.PaymentQuery{Organisation: w.org, Text: "green LTD", Limit: 10})
			if len(all) != 2 {
				w.t.Errorf("%d payments found", len(all))
			}
			total, err2 := w.Payments.Total(ctx, tx, spend.PaymentQuery{Organisation: w.org, Public: true, LineRef: ref("waste")})
			if total.Count != 1 || total.Amount != 120_00 {
				w.t.Errorf("published: %+v", total)
			}
			return errors.Join(err, err2)
		})
		// What is not used is free when the contract ends.
		w.must(w.write(func(ctx context.Context, tx *store.Tx) error {
			c, err := w.Commitments.Get(ctx, tx, w.org, c.ID)
			if err != nil {
				return err
			}
			return w.Commitments.Close(ctx, tx, c, "over", by("olu"))
		}))
		if got := w.sums("waste"); got != (spend.Sums{Committed: 120_00, Invoiced: 120_00, Paid: 120_00}) {
			w.t.Fatalf("after the end: %+v", got)
		}
		w.sound()
	})
}

func TestFourEyes(t *testing.T) {
	each(t, func(w *world) {
		x := w.supplier("Green Ltd", false)
		i, err := w.invoice(x, nil, "1", "waste", 10_00)
		w.must(err)
		if err := w.approve(i.ID, "sue", ""); fault.KindOf(err) != fault.Conflict {
			w.t.Errorf("approved without a look: %v", err)
		}
		w.must(w.on(i.ID, func(ctx context.Context, tx *store.Tx, x *spend.Invoice) error {
			return w.Invoices.Check(ctx, tx, x, by("chi"))
		}))
		for _, who := range []string{"olu", "chi", ""} {
			if err := w.approve(i.ID, who, ""); fault.KindOf(err) != fault.Forbidden {
				w.t.Errorf("%q approves what they entered or checked: %v", who, err)
			}
		}
		w.must(w.approve(i.ID, "sue", ""))
		err = w.write(func(ctx context.Context, tx *store.Tx) error {
			c, err := w.Commitments.Propose(ctx, tx, x, w.newContract("waste", 10_00), by("olu"))
			if err != nil {
				return err
			}
			return w.Commitments.Approve(ctx, tx, c, w.limits, "", by("olu"))
		})
		if fault.KindOf(err) != fault.Forbidden {
			w.t.Errorf("approved one's own contract: %v", err)
		}
		w.sound()
	})
}

func TestNothingBeyondWithoutAReason(t *testing.T) {
	each(t, func(w *world) {
		x := w.supplier("Green Ltd", false)
		c := w.contract(x, "parks", 100_00)
		var over *spend.Over
		i, err := w.invoice(x, c, "1", "parks", 120_00)
		w.must(err)
		w.must(w.check(i.ID))
		if err := w.approve(i.ID, "sue", ""); !errors.As(err, &over) || !over.Contract || over.By.Minor != 20_00 {
			w.t.Fatalf("beyond the contract: %v", err)
		}
		w.must(w.approve(i.ID, "sue", "the storm"))
		if got := w.sums("parks"); got != (spend.Sums{Committed: 120_00, Invoiced: 120_00}) {
			w.t.Fatalf("after the override: %+v", got)
		}
		i, err = w.invoice(x, nil, "2", "parks", 400_00)
		w.must(err)
		w.must(w.check(i.ID))
		if err := w.approve(i.ID, "sue", ""); !errors.As(err, &over) || over.Contract || over.By.Minor != 20_00 {
			w.t.Fatalf("beyond the line: %v", err)
		}
		w.must(w.approve(i.ID, "sue", "the storm"))
		w.read(func(ctx context.Context, tx *store.Tx) error {
			all, err := w.Invoices.Find(ctx, tx, spend.InvoiceQuery{Organisation: w.org, Overridden: true, Limit: 9})
			if len(all) != 2 || all[0].Override != "the storm" {
				w.t.Errorf("overrides: %+v", all)
			}
			return err
		})
		err = w.write(func(ctx context.Context, tx *store.Tx) error {
			c, err := w.Commitments.Propose(ctx, tx, x, w.newContract("parks", 1), by("olu"))
			if err != nil {
				return err
			}
			return w.Commitments.Approve(ctx, tx, c, w.limits, "", by("sue"))
		})
		if !errors.As(err, &over) {
			w.t.Errorf("a contract on a spent line: %v", err)
		}
		w.must(w.takeBack(i.ID))
		w.sound()
		w.must(w.on(i.ID, func(ctx context.Context, tx *store.Tx, x *spend.Invoice) error {
			return w.Invoices.Resume(ctx, tx, x, by("olu"))
		}))
		w.must(w.check(i.ID))
		w.must(w.approve(i.ID, "sue", "the storm")) // a second time, in an entry of its own
		w.sound()
		w.must(w.takeBack(i.ID))
		if got := w.sums("parks"); got != (spend.Sums{Committed: 120_00, Invoiced: 120_00}) {
			w.t.Fatalf("after taking back: %+v", got)
		}
		w.sound()
	})
}

func TestANumberComesOnce(t *testing.T) {
	each(t, func(w *world) {
		x := w.supplier("Green Ltd", false)
		i, err := w.invoice(x, nil, "R-17/2026", "waste", 10_00)
		w.must(err)
		var twice *spend.Duplicate
		if _, err := w.invoice(x, nil, "r 17 2026", "waste", 10_00); !errors.As(err, &twice) || twice.Number != i.Number {
			w.t.Fatalf("written otherwise: %v", err)
		}
		if _, err := w.invoice(w.supplier("Blue Ltd", false), nil, "R-17/2026", "waste", 10_00); err != nil {
			w.t.Errorf("another supplier's: %v", err)
		}
		w.must(w.on(i.ID, func(ctx context.Context, tx *store.Tx, x *spend.Invoice) error {
			return w.Invoices.Refuse(ctx, tx, x, "wrong amount", by("olu"))
		}))
		if _, err := w.invoice(x, nil, "R-17/2026", "waste", 9_00); err != nil {
			w.t.Errorf("after the first was refused: %v", err)
		}
	})
}

// TestAtOnce: of several who approve invoices that the line cannot bear together, only so many succeed; and an invoice that
// many confirm is paid once.
func TestAtOnce(t *testing.T) {
	each(t, func(w *world) {
		x := w.supplier("Green Ltd", false)
		var ids []string
		for n := range 8 {
			i, err := w.invoice(x, nil, fmt.Sprint(n), "parks", 100_00) // five of them fit
			w.must(err)
			w.must(w.check(i.ID))
			ids = append(ids, i.ID, i.ID) // each is approved by two at once
		}
		errs := make([]error, len(ids))
		var all sync.WaitGroup
		for n, id := range ids {
			all.Go(func() { errs[n] = w.approve(id, "sue", "") })
		}
		all.Wait()
		approved := 0
		for _, err := range errs {
			var over *spend.Over
			switch {
			case err == nil:
				approved++
			case !errors.As(err, &over) && fault.KindOf(err) != fault.Conflict:
				w.t.Error(err)
			}
		}
		if got := w.sums("parks"); approved != 5 || got.Committed != 500_00 {
			w.t.Errorf("%d approved, %+v", approved, got)
		}
		penny, err := w.invoice(x, nil, "penny", "parks", 1)
		w.must(err)
		w.must(w.check(penny.ID))
		var over *spend.Over
		if err := w.approve(penny.ID, "sue", ""); !errors.As(err, &over) || over.By.Minor != 1 {
			w.t.Errorf("a penny beyond the line: %v", err)
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			some, err := w.Invoices.Find(ctx, tx, spend.InvoiceQuery{Organisation: w.org, States: []spend.InvoiceState{spend.Approved}, Limit: 1})
			ids = []string{some[0].ID}
			return err
		})
		w.must(w.order(ids[0], "o1"))
		for n := range 4 {
			all.Go(func() { errs[n] = w.pay(ids[0], "O-1-1") })
		}
		all.Wait()
		for _, err := range errs[:4] {
			w.must(err)
		}
		if got := w.sums("parks"); got.Paid != 100_00 {
			w.t.Errorf("paid %d", got.Paid)
		}
		w.sound()
	})
}

// TestBrokenAnywhereIsWhole breaks an approval and a payment at their first statement, their second, and so on.
func TestBrokenAnywhereIsWhole(t *testing.T) {
	each(t, func(w *world) {
		x := w.supplier("Green Ltd", false)
		c := w.contract(x, "waste", 300_00)
		i, err := w.invoice(x, c, "1", "waste", 120_00)
		w.must(err)
		w.must(w.check(i.ID))
		w.breaks(func(ctx context.Context) error { return w.approveIn(ctx, i.ID, "sue", "") })
		w.must(w.order(i.ID, "o1"))
		w.breaks(func(ctx context.Context) error { return w.payIn(ctx, i.ID, "O-1-1") })
		w.sound()
	})
}

// breaks does something under contexts that end one statement later each time, until it goes through. After each break all
// sums are as before.
func (w *world) breaks(act func(ctx context.Context) error) {
	w.t.Helper()
	before := w.sums("waste")
	for n := 1; ; n++ {
		ctx := &countdown{Context: w.ctx, left: n}
		err := act(ctx)
		if err == nil {
			if n < 8 {
				w.t.Fatalf("went through at once: %d", n)
			}
			return
		}
		if !errors.Is(err, context.Canceled) {
			w.t.Fatalf("at %d: %v", n, err)
		}
		if got := w.sums("waste"); got != before {
			w.t.Fatalf("broken at %d: %+v, before %+v", n, got, before)
		}
		w.sound()
	}
}

// countdown ends when it was asked so many times.
type countdown struct {
	context.Context
	mu   sync.Mutex
	left int
}

func (c *countdown) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return c.Context.Err()
}

// TestNothingOfAPersonStandsInTheOpen looks at the rows themselves.
func TestNothingOfAPersonStandsInTheOpen(t *testing.T) {
	each(t, func(w *world) {
		x := w.supplier("Zebedee Quill", true)
		i, err := w.invoice(x, nil, "Quill-1", "waste", 10_00)
		w.must(err)
		w.must(w.check(i.ID))
		w.must(w.approve(i.ID, "sue", ""))
		w.must(w.order(i.ID, "o1"))
		w.must(w.pay(i.ID, "O-1-1"))
		w.read(func(ctx context.Context, tx *store.Tx) error {
			for _, table := range []string{"spend_supplier", "spend_invoice", "spend_payment"} {
				rows, err := tx.Query(ctx, `SELECT * FROM `+table)
				all, err := store.Collect(rows, err, func(row store.Scanner) (string, error) {
					cells := make([]any, map[string]int{"spend_supplier": 15, "spend_invoice": 32, "spend_payment": 19}[table])
					for n := range cells {
						cells[n] = new(any)
					}
					err := row.Scan(cells...)
					var b strings.Builder
					for _, c := range cells {
						v := *c.(*any)
						if bytes, is := v.([]byte); is {
							v = string(bytes)
						}
						fmt.Fprint(&b, v, "|")
					}
					return b.String(), err
				})
				if err != nil {
					return err
				}
				for _, row := range all {
					if strings.Contains(strings.ToLower(row), "quill") || strings.Contains(row, "BUKB") {
						w.t.Errorf("%s: %s", table, row)
					}
				}
			}
			total, err := w.Payments.Total(ctx, tx, spend.PaymentQuery{Organisation: w.org, Public: true})
			if total.Count != 0 {
				w.t.Errorf("published: %+v", total)
			}
			return err
		})
		w.must(w.db.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			got, err := w.Invoices.Get(ctx, tx, w.org, i.ID)
			if err == nil && (got.SupplierNumber != "Quill-1" || got.Day != (calendar.MustDate("2026-05-04"))) {
				w.t.Errorf("read back %+v", got)
			}
			return err
		}))
	})
}
