package treasury_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"stoa/internal/bill"
	"stoa/internal/pay"
	"stoa/internal/service"
	"stoa/internal/store"
)

// TestManyPayTheSameBills lets writers pay the same two bills at the same time, named in either order, each payment booked
// twice; others issue the same bills meanwhile.
func TestManyPayTheSameBills(t *testing.T) {
	each(t, func(w *world) {
		a, b := w.issued(w.fee("a", 10_000)), w.issued(w.fee("b", 10_000))
		const writers, payments = 8, 6
		var wait sync.WaitGroup
		errs := make([]error, writers)
		for n := range writers {
			wait.Go(func() {
				for i := range payments {
					targets := []pay.Target{{Bill: a.ID, Amount: 3}, {Bill: b.ID, Amount: 7}}
					if n%2 == 0 {
						targets[0], targets[1] = targets[1], targets[0]
					}
					p := &pay.Payment{ID: fmt.Sprint("p", n, "-", i/2), Number: "R-1", Organisation: "revenues", Method: pay.Card, State: pay.StatePaid,
						Amount: gbp(10), Received: gbp(10), Targets: targets}
					errs[n] = errors.Join(errs[n], w.db.Write(w.ctx, "receive", func(ctx context.Context, tx *store.Tx) error {
						return w.Receive(ctx, tx, w.book, p, day(3))
					}), w.db.Write(w.ctx, "issue", func(ctx context.Context, tx *store.Tx) error {
						return w.Issue(ctx, tx, w.book, w.fee(fmt.Sprint("c", n, i/2), 50))
					}))
				}
			})
		}
		wait.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		paid := int64(writers * payments / 2)
		if w.get(a).Balance != 10_000-3*paid || w.get(b).Balance != 10_000-7*paid || w.holds(service.UseCard) != 10*paid {
			t.Errorf("left %d and %d, with the card provider %d", w.get(a).Balance, w.get(b).Balance, w.holds(service.UseCard))
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			all, err := w.Bills.Find(ctx, tx, bill.Query{Organisation: "revenues", Limit: 1})
			if want := fmt.Sprintf("B-2026-%06d", 2+writers*payments/2); err == nil && all[0].Number != want {
				t.Errorf("the last bill is %s, want %s", all[0].Number, want)
			}
			return err
		})
		w.sound()
	})
}
