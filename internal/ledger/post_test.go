package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"testing"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

func TestTheSameKeyGivesTheSameEntry(t *testing.T) {
	each(t, func(w *world) {
		e := move("k1", "2026-01-05", "owed", "fees", 2100)
		id := w.mustPost(e)
		before := w.counts()
		w.must(w.close(council, "2026-01-31")) // closing does not make a repetition fail
		for range 3 {
			if again := w.mustPost(e); again != id {
				w.t.Fatalf("again gave %s, not %s", again, id)
			}
		}
		changed := move("k1", "2026-01-05", "owed", "fees", 2101)
		_, err := w.post(w.ctx, changed)
		if r := w.refused(err, ledger.ErrKeyTaken); r.Entry != id {
			w.t.Errorf("the refusal names entry %q, not %s", r.Entry, id)
		}
		after := w.counts()
		delete(before, "close")
		delete(after, "close")
		if !maps.Equal(before, after) {
			w.t.Errorf("repetitions left rows: %v, before %v", after, before)
		}
		w.sound()
	})
}

func TestAKeyBelongsToItsOrganisation(t *testing.T) {
	each(t, func(w *world) {
		w.chart = chartOf(council, "county")
		other := move("k1", "2026-01-05", "owed", "fees", 900)
		other.Organisation = "county"
		if a, b := w.mustPost(move("k1", "2026-01-05", "owed", "fees", 2100)), w.mustPost(other); a == b {
			w.t.Error("one entry for two organisations")
		}
		if got := w.balance("owed", ledger.As{}); got != 2100 {
			w.t.Errorf("the council's balance is %d", got)
		}
		w.sound()
	})
}

func TestAnEntryIsReadAsItWasPosted(t *testing.T) {
	each(t, func(w *world) {
		e := move("k1", "2026-01-05", "owed", "fees", 2100)
		e.Lines = append(e.Lines, ledger.Line{Account: "bank", Amount: money.Amount{Minor: 5, Currency: "BHD"}},
			ledger.Line{Account: "reserves", Amount: money.Amount{Minor: -5, Currency: "BHD"}})
		id := w.mustPost(e)
		want := ledger.Booked{ID: id, At: storetest.Start, Entry: e}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			got, err := w.Entry(ctx, tx, council, id)
			if err == nil && !reflect.DeepEqual(*got, want) {
				w.t.Errorf("got %+v\nwant %+v", *got, want)
			}
			of, e := w.Of(ctx, tx, council, e.Source)
			if len(of) != 1 || !reflect.DeepEqual(of[0], want) {
				w.t.Errorf("of the source: %+v", of)
			}
			if _, e := w.Entry(ctx, tx, "county", id); !errors.Is(e, store.ErrNotFound) {
				w.t.Errorf("another organisation reads it: %v", e)
			}
			return errors.Join(err, e)
		})
	})
}

func TestABalanceStaysOnItsSideOnEveryDay(t *testing.T) {
	each(t, func(w *world) {
		w.mustPost(move("in", "2026-01-10", "bank", "reserves", 100))
		w.mustPost(move("later", "2026-01-20", "bank", "reserves", 100))
		for _, c := range []struct {
			day   string
			pence int64
			ok    bool
		}{
			{"2026-01-09", 1, false}, // before the money came
			{"2026-01-10", 101, false},
			{"2026-01-25", 201, false},
			{"2026-01-25", 150, true}, // 50 left
			{"2026-01-15", 51, false}, // 49 on that day, and −1 later
			{"2026-01-15", 50, true},
			{"2026-01-30", 1, false},
		} {
			before := w.counts()
			_, err := w.post(w.ctx, move(c.day+string(rune(c.pence)), c.day, "costs", "bank", c.pence))
			if c.ok {
				w.must(err)
				continue
			}
			if r := w.refused(err, ledger.ErrSide); r.Account != "bank" || r.Day.String() != c.day {
				w.t.Errorf("the refusal names %s on %s", r.Account, r.Day)
			}
			if after := w.counts(); !maps.Equal(before, after) {
				w.t.Errorf("refused, %d on %s left rows: %v, before %v", c.pence, c.day, after, before)
			}
		}
		_, err := w.post(w.ctx, move("credit side", "2026-01-10", "fees", "owed", 1))
		if r := w.refused(err, ledger.ErrSide); r.Account != "fees" {
			w.t.Errorf("income turned to a debit, the refusal names %s", r.Account)
		}
		w.mustPost(move("either", "2026-01-01", "reserves", "owed", 5_000)) // these may
		w.sound()
	})
}

func TestAnAccountStaysWhatItWasOpenedAs(t *testing.T) {
	each(t, func(w *world) {
		w.mustPost(move("k1", "2026-01-05", "owed", "fees", 2100))
		var changed []ledger.Account
		for _, a := range w.chart.Accounts() {
			a.EitherSide, a.Title = false, i18n.Text{"en": "another title may be"}
			changed = append(changed, a)
		}
		chart, err := ledger.NewChart(changed...)
		w.must(err)
		w.chart = chart
		_, err = w.post(w.ctx, move("k2", "2026-01-05", "owed", "fees", 2100))
		if r := w.refused(err, ledger.ErrChart); r.Account != "owed" {
			w.t.Errorf("the refusal names %s", r.Account)
		}
		_, err = w.post(w.ctx, move("k3", "2026-01-05", "nowhere", "fees", 1))
		w.refused(err, ledger.ErrAccount)
	})
}

func TestNothingPasses64Bits(t *testing.T) {
	each(t, func(w *world) {
		const most = math.MaxInt64
		w.mustPost(move("big", "2026-01-05", "bank", "reserves", 1<<62))
		for key, pence := range map[string]int64{"one more half": 1 << 62, "the most": most, "just large": 1<<40 + 1} {
			_, err := w.post(w.ctx, move(key, "2026-01-05", "bank", "reserves", pence))
			w.refused(err, ledger.ErrTooLarge)
			_, err = w.post(w.ctx, move(key, "2025-12-01", "bank", "reserves", pence)) // would raise the later days too
			w.refused(err, ledger.ErrTooLarge)
		}
		w.mustPost(move("small", "2026-01-05", "bank", "reserves", 1<<40))
		w.fold()
		if got := w.balance("bank", ledger.As{}); got != 1<<62+1<<40 {
			w.t.Errorf("balance %d", got)
		}
		sides := move("sides", "2026-01-05", "bank", "reserves", most)
		sides.Lines = append(sides.Lines, sides.Lines...) // balanced, but either side needs 65 bits
		_, err := w.post(w.ctx, sides)
		w.refused(err, ledger.ErrTooLarge)
		least := move("least", "2026-01-05", "bank", "reserves", math.MinInt64)
		_, err = w.post(w.ctx, least)
		w.refused(err, ledger.ErrMalformed)
		if all := w.findings(); len(all) != 2 { // both accounts are now near the limit, and the check says so
			w.t.Errorf("found %v", all)
		}
	})
}

func TestAReversalTakesBackOnce(t *testing.T) {
	each(t, func(w *world) {
		id := w.mustPost(move("k1", "2026-01-05", "owed", "fees", 2100))
		w.clock.Advance(time.Hour)
		r := ledger.Reversal{Organisation: council, Entry: id, Key: "r1", Value: calendar.MustDate("2026-01-07"), Why: "Withdrawn"}
		early := r
		early.Value = calendar.MustDate("2026-01-04")
		_, err := w.reverse(w.ctx, early)
		w.refused(err, ledger.ErrMalformed)
		back, err := w.reverse(w.ctx, r)
		w.must(err)
		if again, err := w.reverse(w.ctx, r); err != nil || again != back {
			w.t.Errorf("again gave %s, %v", again, err)
		}
		second := r
		second.Key = "r2"
		_, err = w.reverse(w.ctx, second)
		if r := w.refused(err, ledger.ErrReversed); r.Entry != back {
			w.t.Errorf("the refusal names %s", r.Entry)
		}
		second.Entry, second.Key = back, "r3"
		_, err = w.reverse(w.ctx, second)
		w.refused(err, ledger.ErrReversal)
		second.Entry, second.Key = id, "k1"
		_, err = w.reverse(w.ctx, second)
		w.refused(err, ledger.ErrKeyTaken)
		second.Entry = "nothing"
		if _, err = w.reverse(w.ctx, second); !errors.Is(err, store.ErrNotFound) {
			w.t.Errorf("reversing nothing: %v", err)
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			of, err := w.Of(ctx, tx, council, ledger.Source{Kind: "invoice", ID: "inv-k1"})
			if len(of) != 2 || of[0].ReversedBy != back || of[1].Reverses != id || of[1].Text != "Withdrawn" {
				w.t.Errorf("of the source: %+v", of)
			}
			return err
		})
		for day, want := range map[string]int64{"2026-01-04": 0, "2026-01-05": 2100, "2026-01-06": 2100, "2026-01-07": 0} {
			if got := w.balance("owed", ledger.As{Value: calendar.MustDate(day)}); got != want {
				w.t.Errorf("on %s the balance is %d, want %d", day, got, want)
			}
		}
		if got := w.balance("owed", ledger.As{Booked: storetest.Start}); got != 2100 {
			w.t.Errorf("before the reversal was posted the balance was %d", got)
		}
		w.sound()
	})
}

func TestAClosedPeriodStaysClosed(t *testing.T) {
	each(t, func(w *world) {
		id := w.mustPost(move("k1", "2026-01-31", "owed", "fees", 2100))
		w.must(w.close(council, "2026-01-31"))
		w.must(w.close(council, "2026-01-31")) // the same again
		_, err := w.post(w.ctx, move("k2", "2026-01-31", "owed", "fees", 1))
		if r := w.refused(err, ledger.ErrPeriodClosed); r.Open.String() != "2026-02-01" {
			w.t.Errorf("open from %s", r.Open)
		}
		r := ledger.Reversal{Organisation: council, Entry: id, Key: "r1", Value: calendar.MustDate("2026-01-31"), Why: "Withdrawn"}
		_, err = w.reverse(w.ctx, r)
		w.refused(err, ledger.ErrPeriodClosed)
		w.refused(w.close(council, "2026-01-30"), ledger.ErrPeriodClosed)
		r.Value = calendar.MustDate("2026-02-01")
		_, err = w.reverse(w.ctx, r)
		w.must(err)
		w.read(func(ctx context.Context, tx *store.Tx) error {
			until, err := w.ClosedUntil(ctx, tx, council)
			none, e := w.ClosedUntil(ctx, tx, "county")
			if until.String() != "2026-01-31" || !none.IsZero() {
				w.t.Errorf("closed until %s, the county's until %s", until, none)
			}
			return errors.Join(err, e)
		})
		w.must(w.close(council, "9999-12-31")) // the last day there is
		_, err = w.post(w.ctx, move("k3", "9999-12-31", "owed", "fees", 1))
		w.refused(err, ledger.ErrPeriodClosed)
		w.sound()
	})
}

// TestARefusedEntryDoesNotSpoilItsTransaction: a use case may go on and do something else instead.
func TestARefusedEntryDoesNotSpoilItsTransaction(t *testing.T) {
	each(t, func(w *world) {
		w.must(w.db.Write(w.ctx, "both", func(ctx context.Context, tx *store.Tx) error {
			_, err := w.Post(ctx, tx, w.chart, move("k1", "2026-01-05", "costs", "bank", 100))
			w.refused(err, ledger.ErrSide)
			_, err = w.Post(ctx, tx, w.chart, move("k1", "2026-01-05", "costs", "deposits", 100))
			return err
		}))
		if got := w.balance("deposits", ledger.As{}); got != -100 {
			w.t.Errorf("deposits %d", got)
		}
		if n := w.counts(); n["entry"] != 1 || n["line"] != 2 || n["pending"] != 2 {
			w.t.Errorf("rows: %v", n)
		}
		w.sound()
	})
}

// TestAnAccountOpenedInVain: the memory of accounts must not outlive the transaction that opened one.
func TestAnAccountOpenedInVain(t *testing.T) {
	each(t, func(w *world) {
		oh := errors.New("something else went wrong")
		err := w.db.Write(w.ctx, "in vain", func(ctx context.Context, tx *store.Tx) error {
			if _, err := w.Post(ctx, tx, w.chart, move("k1", "2026-01-05", "owed", "fees", 100)); err != nil {
				return err
			}
			return oh
		})
		if !errors.Is(err, oh) {
			w.t.Fatal(err)
		}
		w.mustPost(move("k1", "2026-01-05", "owed", "fees", 100))
		w.sound()
	})
}

// TestTakingWhatManyBrought: more entries wait than are added up without folding.
func TestTakingWhatManyBrought(t *testing.T) {
	each(t, func(w *world) {
		const n = ledger.Enough + 10
		var list []ledger.Entry
		for i := range n {
			list = append(list, move(fmt.Sprint(i), "2026-01-05", "bank", "reserves", 1))
		}
		w.postAll(list)
		_, err := w.post(w.ctx, move("too much", "2026-01-05", "costs", "bank", n+1))
		w.refused(err, ledger.ErrSide)
		w.mustPost(move("all", "2026-01-05", "costs", "bank", n))
		_, err = w.post(w.ctx, move("more", "2026-01-05", "costs", "bank", 1))
		w.refused(err, ledger.ErrSide)
		if rows := w.counts(); rows["day"] == 0 || rows["pending"] == 0 {
			w.t.Errorf("folded all or nothing: %v", rows)
		}
		w.sound()
	})
}
