package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/ledger"
	"stoa/internal/store"
)

// atOnce runs f in so many goroutines and gives their errors.
func atOnce(n int, f func(i int) error) []error {
	errs := make([]error, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { errs[i] = f(i) })
	}
	wait.Wait()
	return errs
}

func (w *world) allMust(errs []error) {
	w.t.Helper()
	w.must(errors.Join(errs...))
}

// TestManyPostToOneAccount: no posting is lost, none waits for another in a circle, and whoever reads meanwhile sees
// books that balance, however far they are folded.
func TestManyPostToOneAccount(t *testing.T) {
	each(t, func(w *world) {
		const writers, posts = 16, 20
		var attempts atomic.Int64
		done := make(chan struct{})
		var beside sync.WaitGroup
		fold := func(i int) error {
			return w.db.Write(w.ctx, "fold", func(ctx context.Context, tx *store.Tx) error {
				_, err := w.Fold(ctx, tx, 3, 1)
				return err
			})
		}
		beside.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					if err := errors.Join(atOnce(3, fold)...); err != nil {
						w.t.Error(err)
						return
					}
					w.read(func(ctx context.Context, tx *store.Tx) error {
						rows, err := w.TrialBalance(ctx, tx, council, ledger.As{})
						if err != nil || len(rows) == 0 {
							return err
						}
						sum := int64(0)
						for _, r := range rows {
							sum += r.Balance.Minor
						}
						if sum != 0 {
							w.t.Errorf("books out of balance by %d: %v", sum, rows)
						}
						return nil
					})
				}
			}
		})
		errs := atOnce(writers, func(i int) error {
			for n := range posts {
				e := move(fmt.Sprint(i, " ", n), dayAfter((i*posts+n)%60).String(), "bank", "fees", int64(1+i))
				err := w.db.Write(w.ctx, "post", func(ctx context.Context, tx *store.Tx) error {
					attempts.Add(1)
					_, err := w.Post(ctx, tx, w.chart, e)
					return err
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		close(done)
		beside.Wait()
		w.allMust(errs)
		if got, want := w.balance("bank", ledger.As{}), int64(posts*writers*(writers+1)/2); got != want {
			w.t.Errorf("the balance is %d, want %d", got, want)
		}
		if n := attempts.Load(); n != writers*posts {
			w.t.Errorf("%d attempts at %d entries: a deadlock was retried", n, writers*posts)
		}
		w.sound()
	})
}

// TestManyTakeFromOneAccount: of what is there, on every day, no more is taken than there is; what one gives the other
// way round, so that accounts are locked in both orders, ends in no deadlock.
func TestManyTakeFromOneAccount(t *testing.T) {
	each(t, func(w *world) {
		w.mustPost(move("start", "2026-01-01", "bank", "deposits", 100))
		w.mustPost(move("more", "2026-01-08", "bank", "deposits", 50))
		var attempts atomic.Int64
		errs := atOnce(30, func(i int) error {
			day := "2026-01-05"
			if i%3 == 0 {
				day = "2026-01-09"
			}
			// Pays deposits back: both accounts shrink. Lines in either order.
			e := move(fmt.Sprint(i), day, "deposits", "bank", 10)
			if i%2 == 0 {
				slices.Reverse(e.Lines)
			}
			return w.db.Write(w.ctx, "post", func(ctx context.Context, tx *store.Tx) error {
				attempts.Add(1)
				_, err := w.Post(ctx, tx, w.chart, e)
				return err
			})
		})
		taken := int64(0)
		for i, err := range errs {
			switch {
			case err == nil:
				taken += 10
			case !errors.Is(err, ledger.ErrSide):
				w.t.Errorf("number %d: %v", i, err)
			}
		}
		if taken != 150 {
			w.t.Errorf("%d was taken of 150", taken)
		}
		if n := attempts.Load(); n != 30 {
			w.t.Errorf("%d attempts at 30 entries: a deadlock was retried", n)
		}
		for _, day := range []string{"2026-01-05", "2026-01-09"} {
			if got := w.balance("bank", ledger.As{Value: calendar.MustDate(day)}); got < 0 {
				w.t.Errorf("on %s the bank holds %d", day, got)
			}
		}
		w.sound()
	})
}

// TestOneKeyAtOnce posts the same entry from many sides: one that takes all there is, so that the second attempt finds
// nothing left and must still answer with the first; and one that waits for no account.
func TestOneKeyAtOnce(t *testing.T) {
	each(t, func(w *world) {
		for round := range 5 {
			w.mustPost(move(fmt.Sprint("in ", round), "2026-01-01", "bank", "reserves", 100))
			ids := make([]string, 8)
			e := move(fmt.Sprint("out ", round), "2026-01-01", "costs", "bank", 100)
			if round%2 == 0 {
				e = move(fmt.Sprint("free ", round), "2026-01-01", "owed", "reserves", 100)
			}
			w.allMust(atOnce(len(ids), func(i int) (err error) {
				ids[i], err = w.post(w.ctx, e)
				return err
			}))
			if slices.Sort(ids); ids[0] == "" || ids[0] != ids[len(ids)-1] {
				w.t.Errorf("round %d: entries %v", round, ids)
			}
		}
		if n := w.counts()["entry"]; n != 10 {
			w.t.Errorf("%d entries", n)
		}
		w.sound()
	})
}

func TestOneReversalOfMany(t *testing.T) {
	each(t, func(w *world) {
		for round := range 5 {
			income := []string{"fees", "reserves"}[round%2] // the first is locked to be reversed, the other is not
			id := w.mustPost(move(fmt.Sprint("in ", round), "2026-01-01", "owed", income, 100))
			won := 0
			for _, err := range atOnce(8, func(i int) error {
				_, err := w.reverse(w.ctx, ledger.Reversal{Organisation: council, Entry: id, Key: fmt.Sprint("back ", round, i),
					Value: calendar.MustDate("2026-01-02"), Why: "Withdrawn"})
				return err
			}) {
				if err == nil {
					won++
				} else if !errors.Is(err, ledger.ErrReversed) {
					w.t.Error(err)
				}
			}
			if won != 1 {
				w.t.Errorf("round %d: reversed %d times", round, won)
			}
		}
		w.sound()
	})
}

// TestNothingComesAfterTheClose: what the balances on the last day are when the close returns, they stay.
func TestNothingComesAfterTheClose(t *testing.T) {
	each(t, func(w *world) {
		for round := range 4 {
			until := dayAfter(round)
			var atClose int64
			errs := atOnce(9, func(i int) error {
				if i == 8 {
					if err := w.close(council, until.String()); err != nil {
						return err
					}
					atClose = w.balance("bank", ledger.As{Value: until})
					return nil
				}
				for n := range 6 {
					_, err := w.post(w.ctx, move(fmt.Sprint(round, i, n), until.String(), "bank", "fees", 1))
					if err != nil && !errors.Is(err, ledger.ErrPeriodClosed) {
						return err
					}
				}
				return nil
			})
			w.allMust(errs)
			if got := w.balance("bank", ledger.As{Value: until}); got != atClose {
				w.t.Errorf("on %s the balance was %d when it closed and is %d", until, atClose, got)
			}
		}
		w.sound()
	})
}

// TestAPostingUnderWayHoldsTheCloseUp is the race of the test above, in slow motion.
func TestAPostingUnderWayHoldsTheCloseUp(t *testing.T) {
	each(t, func(w *world) {
		w.mustPost(move("first", "2026-01-01", "bank", "fees", 1))
		posted, closing := make(chan struct{}), make(chan error, 1)
		w.must(w.db.Write(w.ctx, "post", func(ctx context.Context, tx *store.Tx) error {
			if _, err := w.Post(ctx, tx, w.chart, move("k", "2026-01-01", "bank", "fees", 1)); err != nil {
				return err
			}
			close(posted)
			go func() { closing <- w.close(council, "2026-01-31") }()
			for range 20 { // time for the close to get through, if it could
				var n int64
				if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM ledger_line`).Scan(&n); err != nil {
					return err
				}
				select {
				case err := <-closing:
					return fmt.Errorf("closed while an entry was being posted: %v", err)
				default:
				}
			}
			return nil
		}))
		w.must(<-closing)
		_, err := w.post(w.ctx, move("late", "2026-01-31", "bank", "fees", 1))
		w.refused(err, ledger.ErrPeriodClosed)
		w.sound()
	})
}

// TestAccountsOpenedAtOnce: many first entries use the same new accounts, named in different orders.
func TestAccountsOpenedAtOnce(t *testing.T) {
	each(t, func(w *world) {
		var attempts atomic.Int64
		w.allMust(atOnce(16, func(i int) error {
			e := move(fmt.Sprint(i), "2026-01-01", "owed", "fees", 1)
			e.Lines = append(e.Lines, move("", "2026-01-01", "bank", "reserves", 1).Lines...)
			if i%2 == 0 {
				slices.Reverse(e.Lines)
			}
			return w.db.Write(w.ctx, "post", func(ctx context.Context, tx *store.Tx) error {
				attempts.Add(1)
				_, err := w.Post(ctx, tx, w.chart, e)
				return err
			})
		}))
		if n := attempts.Load(); n != 16 {
			w.t.Errorf("%d attempts at 16 entries: a deadlock was retried", n)
		}
		if n := w.counts()["account"]; n != 4 {
			w.t.Errorf("%d accounts", n)
		}
		w.sound()
	})
}
