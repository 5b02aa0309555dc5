package ledger_test

import (
	"context"
	"errors"
	"maps"
	"sync/atomic"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/store"
)

// breaking is a context that ends at its n-th look: the transaction breaks at that statement.
type breaking struct {
	context.Context
	left atomic.Int64
}

func (c *breaking) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

func breakAt(n int) *breaking {
	c := &breaking{Context: context.Background()}
	c.left.Store(int64(n))
	return c
}

// broken tries do at every statement, one after the other, until it goes through: broken before that, nothing of it is
// there; after it, the same again changes nothing.
func (w *world) broken(name string, atLeast int, do func(ctx context.Context) error) {
	w.t.Helper()
	before := w.counts()
	n := 0
	for ; ; n++ {
		err := do(breakAt(n))
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) || n > 200 {
			w.t.Fatalf("%s, broken at look %d: %v", name, n, err)
		}
		if after := w.counts(); !maps.Equal(before, after) {
			w.t.Fatalf("%s, broken at look %d, left rows: %v, before %v", name, n, after, before)
		}
	}
	if n < atLeast {
		w.t.Errorf("%s: only %d places to break at; does the context still reach the statements?", name, n)
	}
	after := w.counts()
	if maps.Equal(before, after) {
		w.t.Errorf("%s changed nothing", name)
	}
	w.must(do(w.ctx)) // failed but persisted: the answer was lost
	if again := w.counts(); !maps.Equal(after, again) {
		w.t.Errorf("%s again left rows: %v, before %v", name, again, after)
	}
	w.sound()
}

func TestBrokenAtEveryStatement(t *testing.T) {
	each(t, func(w *world) {
		first := move("first", "2026-01-05", "bank", "fees", 2100)
		first.Lines = append(first.Lines, ledger.Line{Account: "owed", Amount: money.Amount{Minor: 7, Currency: "JPY"}},
			ledger.Line{Account: "reserves", Amount: money.Amount{Minor: -7, Currency: "JPY"}})
		w.broken("the first entry", 12, func(ctx context.Context) error {
			_, err := w.post(ctx, first)
			return err
		})
		var id string
		w.broken("an entry that takes", 8, func(ctx context.Context) (err error) {
			id, err = w.post(ctx, move("second", "2026-01-06", "costs", "bank", 100))
			return err
		})
		w.broken("a reversal", 8, func(ctx context.Context) error {
			_, err := w.reverse(ctx, ledger.Reversal{Organisation: council, Entry: id, Key: "back",
				Value: calendar.MustDate("2026-01-07"), Why: "Paid twice"})
			return err
		})
		w.broken("folding", 6, func(ctx context.Context) error {
			return w.db.Write(ctx, "fold", func(ctx context.Context, tx *store.Tx) error {
				_, err := w.Fold(ctx, tx, 100, 1)
				return err
			})
		})
		w.broken("the close", 3, func(ctx context.Context) error {
			return w.db.Write(ctx, "close", func(ctx context.Context, tx *store.Tx) error {
				return w.ClosePeriod(ctx, tx, council, calendar.MustDate("2026-01-06"), "rana")
			})
		})
	})
}
