package ledger_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// openAtRealTime lets ids ascend as they do in use; under a clock that stands still they would be in random order.
func openAtRealTime(b *testing.B, url string) *store.DB {
	b.Helper()
	db, err := store.Open(b.Context(), store.Config{URL: url})
	if err != nil {
		b.Fatal(err)
	}
	if err := db.Migrate(b.Context(), schema...); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return db
}

// spread is how many accounts share the load where it is not hot.
const spread = 400

func benchChart() *ledger.Chart {
	var all []ledger.Account
	for i := range spread {
		all = append(all, ledger.Account{Organisation: council, Code: fmt.Sprint(i), Kind: ledger.Asset,
			Title: i18n.Text{"en": "Account"}, EitherSide: true})
	}
	for code, kind := range map[string]ledger.Kind{"bank": ledger.Asset, "fees": ledger.Income, "costs": ledger.Expense, "reserves": ledger.Equity} {
		all = append(all, ledger.Account{Organisation: council, Code: code, Kind: kind, Title: i18n.Text{"en": code}})
	}
	c, err := ledger.NewChart(all...)
	if err != nil {
		panic(err)
	}
	return c
}

// BenchmarkPost gives entries of two lines per second, beside bare inserts of the same rows (entry, lines, pending) by
// as many writers in the same run, and the ratio. Folding goes on meanwhile, and what is left is folded within the time.
//
//	spread  over 400 accounts
//	hot     two accounts, both growing: money comes in
//	taking  two accounts, one of which shrinks and must not fall below zero: every writer waits for its lock
//
// Without STOA_TEST_POSTGRES the PostgreSQL that is started syncs nothing, and only the ratio says something.
func BenchmarkPost(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		benchPost(b, func(b *testing.B) *store.DB { return openAtRealTime(b, "sqlite:"+b.TempDir()+"/bench.db") })
	})
	if storetest.HasPostgres() {
		b.Run("postgres", func(b *testing.B) {
			benchPost(b, func(b *testing.B) *store.DB {
				return openAtRealTime(b, storetest.PostgresURL(b, "LC_COLLATE 'C' LC_CTYPE 'C'"))
			})
		})
	}
}

func benchPost(b *testing.B, open func(b *testing.B) *store.DB) {
	accounts := map[string]func(i int64) (debit, credit string){
		"spread": func(i int64) (string, string) { return fmt.Sprint(i * 7 % spread), fmt.Sprint((i*11 + 3) % spread) },
		"hot":    func(int64) (string, string) { return "bank", "fees" },
		"taking": func(int64) (string, string) { return "costs", "bank" },
	}
	for _, load := range []string{"spread", "hot", "taking"} {
		for _, writers := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("%s/%d", load, writers), func(b *testing.B) {
				w := &world{Ledger: &ledger.Ledger{}, t: b, ctx: b.Context(), db: open(b), chart: benchChart()}
				w.bench(b, writers, accounts[load])
			})
		}
	}
}

func (w *world) bench(b *testing.B, writers int, accounts func(i int64) (debit, credit string)) {
	w.mustPost(move("start", "2026-01-01", "bank", "reserves", 1<<50))
	for i := range int64(spread) { // opened before, as in use
		debit, credit := accounts(i)
		w.mustPost(move(fmt.Sprint("open ", i), "2026-01-01", debit, credit, 1))
	}
	w.fold()
	var n atomic.Int64
	var bare, ledger time.Duration
	const rounds = 4 // interleaved, so that what else the machine does meets both
	b.ResetTimer()
	for r := range rounds {
		some := b.N*(r+1)/rounds - b.N*r/rounds
		bare += timed(b, writers, some, func() error { return w.bare(n.Add(1)) })
		ledger += w.timedWithFolding(b, writers, some, func() error {
			i := n.Add(1)
			debit, credit := accounts(i)
			_, err := w.post(w.ctx, move(fmt.Sprint("k", i), "2026-01-05", debit, credit, 1))
			return err
		})
	}
	b.StopTimer()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(b.N)/ledger.Seconds(), "entries/s")
	b.ReportMetric(float64(b.N)/bare.Seconds(), "bare/s")
	b.ReportMetric(100*bare.Seconds()/ledger.Seconds(), "%ofbare")
}

// timed spreads n calls over writers.
func timed(b *testing.B, writers, n int, call func() error) time.Duration {
	start := time.Now()
	var left atomic.Int64
	left.Store(int64(n))
	var wait sync.WaitGroup
	for range writers {
		wait.Go(func() {
			for left.Add(-1) >= 0 {
				if err := call(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	return time.Since(start)
}

func (w *world) timedWithFolding(b *testing.B, writers, n int, call func() error) time.Duration {
	start := time.Now()
	done := make(chan struct{})
	var folder sync.WaitGroup
	folder.Go(func() {
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				w.foldSome(100)
			}
		}
	})
	timed(b, writers, n, call)
	close(done)
	folder.Wait()
	for w.foldSome(100) {
	}
	return time.Since(start)
}

// foldSome tells whether there may be more to fold.
func (w *world) foldSome(accounts int) (more bool) {
	err := w.db.Write(w.ctx, "fold", func(ctx context.Context, tx *store.Tx) error {
		n, err := w.Fold(ctx, tx, accounts, ledger.Enough)
		more = n == accounts
		return err
	})
	if err != nil {
		w.t.Error(err)
	}
	return more
}

// bare inserts what a posting inserts, and asks nothing.
func (w *world) bare(i int64) error {
	return w.db.Write(w.ctx, "bare", func(ctx context.Context, tx *store.Tx) error {
		id, now := tx.NewID(), store.Micros(tx.Now())
		day := calendar.MustDate("2026-01-05").String()
		key := fmt.Sprint("k", i)
		_, err := tx.Exec(ctx, `INSERT INTO ledger_entry (organisation, id, idem_key, input_hash, value_day, booked, text,
			source_kind, source_id, reverses) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			"bare", id, key, make([]byte, 32), day, now, "Fee for a notice", "invoice", "inv-"+key, nil)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO ledger_line (organisation, entry, value_day, booked, no, account, amount)
			VALUES ($1, $2, $3, $4, $5, $6, $7), ($1, $2, $3, $4, $8, $9, $10)`,
			"bare", id, day, now, 1, "01kh4v2m1e7aaaaaaaaaaaaaaa", 1, 2, "01kh4v2m1e7bbbbbbbbbbbbbbb", -1)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO ledger_pending (organisation, entry, value_day, account, amount)
			VALUES ($1, $2, $3, $4, $5), ($1, $2, $3, $6, $7)`,
			"bare", id, day, "01kh4v2m1e7aaaaaaaaaaaaaaa", 1, "01kh4v2m1e7bbbbbbbbbbbbbbb", -1)
		return err
	})
}

// BenchmarkBalance reads balances of an account with a year of days, of which the last are not folded.
func BenchmarkBalance(b *testing.B) {
	for _, unfolded := range []int{0, 1000} {
		b.Run(fmt.Sprintf("sqlite/%d-unfolded", unfolded), func(b *testing.B) {
			w := &world{Ledger: &ledger.Ledger{}, t: b, ctx: b.Context(), db: openAtRealTime(b, "sqlite:"+b.TempDir()+"/bench.db"), chart: benchChart()}
			var list []ledger.Entry
			for i := range 20_000 {
				e := move(fmt.Sprint("k", i), "2026-01-05", "0", "1", 1)
				e.Value, _ = calendar.MustDate("2026-01-01").AddDays(i % 365)
				list = append(list, e)
			}
			w.postAll(list[unfolded:])
			w.fold()
			if unfolded > 0 {
				w.postAll(list[:unfolded])
			}
			b.ResetTimer()
			for i := range b.N {
				day, _ := calendar.MustDate("2026-01-01").AddDays(i % 365)
				err := w.db.Read(b.Context(), "balance", func(ctx context.Context, tx *store.Tx) error {
					got, err := w.Balance(ctx, tx, council, "0", "GBP", ledger.As{Value: day})
					if err == nil && got == (money.Amount{}) {
						err = fmt.Errorf("no balance")
					}
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
