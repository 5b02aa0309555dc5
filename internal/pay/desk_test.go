package pay_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"stoa/internal/pay"
	"stoa/internal/store"
)

func (w *world) owe(p *pay.Payment, key string, minor int64) (*pay.Refund, error) {
	r := &pay.Refund{Organisation: org, Payment: p.ID, Key: key, Amount: pounds(minor), Reason: "Withdrawn by Rosa"}
	return r, w.try(func(ctx context.Context, tx *store.Tx) error {
		again := *r
		_, err := w.Owe(ctx, tx, &again)
		*r = again
		return err
	})
}

func TestRefunds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.begun("form", 2100)
		if _, err := w.owe(p, "early", 1); err == nil {
			t.Error("owed before money came")
		}
		w.received("e", paidReport(p))
		first, err := w.owe(p, "first", 1500)
		if err != nil {
			t.Fatal(err)
		}
		again, err := w.owe(p, "first", 1500)
		if err != nil || again.ID != first.ID {
			t.Errorf("again: %v %v", again, err)
		}
		for key, minor := range map[string]int64{"first": 1400, "too much": 601, "nothing": 0, "less": -5} {
			if _, err := w.owe(p, key, minor); err == nil {
				t.Errorf("%s was owed", key)
			}
		}
		report := func(kind pay.Kind) pay.Result {
			var res pay.Result
			w.write(func(ctx context.Context, tx *store.Tx) (err error) {
				res, err = w.Report(ctx, tx, org, p.ID, today, pay.Report{Kind: kind, Key: "first", Amount: pounds(1500), At: start})
				return err
			})
			return res
		}
		same(t, "asked", len(report(pay.RefundAsked).Changes), 0)
		same(t, "failed", report(pay.RefundFailed).Changes[0].Kind, pay.RefundNotDone)
		same(t, "failed again", len(report(pay.RefundFailed).Changes), 0)
		same(t, "queue", w.queue(), []string{"refund_failed 1500 1"})
		second, err := w.owe(p, "second", 2100) // what failed is free again
		if err != nil {
			t.Fatal(err)
		}
		w.write(func(ctx context.Context, tx *store.Tx) error { return w.Ordered(ctx, tx, org, second.ID, "E2E-1") })
		w.write(func(ctx context.Context, tx *store.Tx) error {
			r, whole, err := w.RefundByRef(ctx, tx, org, "E2E-1")
			if err != nil {
				return err
			}
			same(t, "reason", r.Reason, "Withdrawn by Rosa")
			same(t, "left", whole.Left(), pounds(0))
			res, err := w.Report(ctx, tx, org, whole.ID, today, pay.Report{Kind: pay.Refunded, Key: r.Key, Amount: r.Amount, At: start})
			same(t, "done", res.Changes[0].Kind, pay.RefundDone)
			return err
		})
		got := w.get(p.ID)
		same(t, "status", got.Status(), "refunded")
		same(t, "reason", got.Refunds[1].Reason, "Withdrawn by Rosa")
		w.read(func(ctx context.Context, tx *store.Tx) error {
			list, err := w.RefundsIn(ctx, tx, org, pay.RefundIsFailed, "", "", 10)
			same(t, "failed ones", len(list), 1)
			return err
		})
	})
}

// Many want to give the same money back at once.
func TestConcurrentRefunds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.begun("form", 1000)
		w.received("e", paidReport(p))
		var wg sync.WaitGroup
		var mu sync.Mutex
		granted := 0
		for i := range 10 {
			wg.Go(func() {
				_, err := w.owe(p, fmt.Sprint(i), 300)
				if err != nil && !errors.Is(err, pay.ErrTooMuch) {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					granted++
				}
			})
		}
		wg.Wait()
		same(t, "granted", granted, 3)
	})
}

func TestTill(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		till := &pay.Till{Organisation: org, Cashier: "tom", Float: pounds(5000)}
		open := func(x *pay.Till) error {
			return w.try(func(ctx context.Context, tx *store.Tx) error { return w.tills.Open(ctx, tx, x, today) })
		}
		if err := open(till); err != nil {
			t.Fatal(err)
		}
		if err := open(&pay.Till{Organisation: org, Cashier: "tom", Float: pounds(1)}); !errors.Is(err, pay.ErrTillOpen) {
			t.Errorf("a second till: %v", err)
		}
		if err := open(&pay.Till{Organisation: org, Cashier: "ann", Float: pounds(1)}); err != nil {
			t.Errorf("another cashier's: %v", err)
		}
		take := func(key string, minor int64, till *pay.Till) (*pay.Payment, error) {
			p := w.order(key, minor)
			p.Method, p.Provider, p.Till = pay.Cash, "", till.ID
			return p, w.try(func(ctx context.Context, tx *store.Tx) error {
				q := *p
				_, err := w.Enter(ctx, tx, &q, today)
				*p = q
				return err
			})
		}
		p, err := take("cash", 2100, till)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "receipt", p.Number, "R-2026-000001")
		if _, err := take("cash", 2100, till); err != nil {
			t.Errorf("the same form again: %v", err)
		}
		r, err := w.owe(p, "back", 600)
		if err != nil {
			t.Fatal(err)
		}
		payOut := func() error {
			return w.try(func(ctx context.Context, tx *store.Tx) error {
				fresh, _, err := w.Refund(ctx, tx, org, r.ID)
				if err != nil {
					return err
				}
				if err := w.tills.PayOut(ctx, tx, till, fresh); err != nil {
					return err
				}
				_, err = w.Report(ctx, tx, org, p.ID, today, pay.Report{Kind: pay.Refunded, Key: "back", Amount: fresh.Amount, At: tx.Now()})
				return err
			})
		}
		if err := errors.Join(payOut(), payOut()); err != nil {
			t.Fatal(err)
		}
		var closed *pay.Till
		shut := func(counted int64) error {
			return w.try(func(ctx context.Context, tx *store.Tx) (err error) {
				closed, err = w.tills.Close(ctx, tx, org, till.ID, counted, "Ten pence under the counter")
				return err
			})
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			mine, err := w.tills.OfCashier(ctx, tx, org, "tom")
			same(t, "expected", mine.Expected, pounds(6500))
			return err
		})
		if err := shut(6510); err != nil {
			t.Fatal(err)
		}
		same(t, "difference", closed.Difference(), pounds(10))
		same(t, "queue", w.queue(), []string{"till_difference 10 1"})
		if err := shut(6500); !errors.Is(err, pay.ErrTillClosed) {
			t.Errorf("closed twice: %v", err)
		}
		if _, err := take("late", 100, till); !errors.Is(err, pay.ErrTillClosed) {
			t.Errorf("cash into a closed till: %v", err)
		}
		if _, err := take("cash", 2100, till); err != nil {
			t.Errorf("the same form after closing: %v", err)
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			in, err := w.tills.Takings(ctx, tx, org, till.ID, "", 10)
			out, err2 := w.tills.PayOuts(ctx, tx, org, till.ID)
			day, err3 := w.tills.OnDay(ctx, tx, org, today)
			same(t, "in, out, tills", []int{len(in), len(out), len(day)}, []int{1, 1, 2})
			same(t, "note", day[0].Note+day[1].Note, "Ten pence under the counter")
			return errors.Join(err, err2, err3)
		})
		if err := open(&pay.Till{Organisation: org, Cashier: "tom", Float: pounds(0)}); err != nil {
			t.Errorf("the next till: %v", err)
		}
	})
}

// A till is closed while others put money in: every receipt is either counted or refused.
func TestTillClosesAmongTakings(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for round := range 12 {
			till := &pay.Till{Organisation: org, Cashier: "tom", Float: pounds(0)}
			w.write(func(ctx context.Context, tx *store.Tx) error { return w.tills.Open(ctx, tx, till, today) })
			var wg sync.WaitGroup
			var expected int64
			for i := range 8 {
				wg.Go(func() {
					err := w.try(func(ctx context.Context, tx *store.Tx) error {
						if i == 4 {
							closed, err := w.tills.Close(ctx, tx, org, till.ID, 0, "")
							if err == nil {
								expected = closed.Expected.Minor
							}
							return err
						}
						p := w.order(fmt.Sprint(round, " ", i), 100)
						p.Method, p.Provider, p.Till = pay.Cash, "", till.ID
						_, err := w.Enter(ctx, tx, p, today)
						return err
					})
					if err != nil && !errors.Is(err, pay.ErrTillClosed) {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			w.read(func(ctx context.Context, tx *store.Tx) error {
				in, err := w.tills.Takings(ctx, tx, org, till.ID, "", 100)
				same(t, "in the till", expected, int64(len(in))*100)
				return err
			})
		}
	})
}

func TestResolving(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := &pay.Exception{Organisation: org, Key: "k", Kind: "odd_line", Bill: "b"}
		w.write(func(ctx context.Context, tx *store.Tx) error { return w.odd.Raise(ctx, tx, e) })
		resolve := func() error {
			return w.try(func(ctx context.Context, tx *store.Tx) error {
				_, err := w.odd.Resolve(ctx, tx, org, e.ID, "tom", "dismissed", "Rosa rang")
				return err
			})
		}
		if err := resolve(); err != nil {
			t.Fatal(err)
		}
		if err := resolve(); !errors.Is(err, pay.ErrResolved) {
			t.Errorf("twice: %v", err)
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			got, err := w.odd.Get(ctx, tx, org, e.ID)
			same(t, "note", got.Note, "Rosa rang")
			same(t, "open", got.Open(), false)
			return err
		})
		for i := range 5 {
			w.write(func(ctx context.Context, tx *store.Tx) error {
				return w.odd.Raise(ctx, tx, &pay.Exception{Organisation: org, Key: fmt.Sprint(i), Kind: "odd_line"})
			})
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			after, seen := "", 0
			for {
				list, err := w.odd.List(ctx, tx, pay.ExceptionQuery{Organisation: org, Kind: "odd_line", After: after, Limit: 2})
				if err != nil || len(list) == 0 {
					same(t, "on all pages", seen, 5)
					return err
				}
				seen += len(list)
				after = list[len(list)-1].ID
			}
		})
	})
}
