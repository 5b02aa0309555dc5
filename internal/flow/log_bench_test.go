package flow_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/publog"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// BenchmarkLeafOfAnEntry gives what telling the public of an entry adds to posting it, in transactions of 200 entries as
// mass billing makes them: entries per second with and without, by turns, and the microseconds between.
func BenchmarkLeafOfAnEntry(b *testing.B) {
	db, err := store.Open(b.Context(), store.Config{URL: "sqlite:" + filepath.Join(b.TempDir(), "bench.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(b.Context(), []fs.FS{vault.Migrations(), ledger.Migrations(), publog.Migrations()}...); err != nil {
		b.Fatal(err)
	}
	tell := flow.LogEntries(publog.New(publog.Config{Name: "public", Rand: rand.Reader}))
	chart, err := ledger.NewChart(ledger.Account{Organisation: "revenues", Code: "1200", Title: i18n.Text{"en": "Owed"}, Kind: ledger.Asset, EitherSide: true},
		ledger.Account{Organisation: "revenues", Code: "4110", Title: i18n.Text{"en": "Fees"}, Kind: ledger.Income, EitherSide: true})
	if err != nil {
		b.Fatal(err)
	}
	const batch = 200
	var took [2]time.Duration
	n := 0
	for b.Loop() {
		for with := range took {
			start := time.Now()
			err := db.Write(b.Context(), "bench", func(ctx context.Context, tx *store.Tx) error {
				for range batch {
					n++
					e := ledger.Entry{Organisation: "revenues", Key: fmt.Sprint("issue ", n), Value: calendar.MustDate("2026-04-01"),
						Text: fmt.Sprintf("Bill B-2026-%06d: issued", n), Source: ledger.Source{Kind: "bill", ID: fmt.Sprint("b", n)},
						Lines: []ledger.Line{{Account: "1200", Amount: money.Amount{Minor: 2100, Currency: "GBP"}}, {Account: "4110", Amount: money.Amount{Minor: -2100, Currency: "GBP"}}}}
					id, err := (&ledger.Ledger{}).Post(ctx, tx, chart, e)
					if err == nil && with == 1 {
						err = tell(ctx, tx, &ledger.Booked{ID: id, At: tx.Now(), Entry: e})
					}
					if err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			took[with] += time.Since(start)
		}
	}
	entries := float64(n) / 2
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(entries/took[0].Seconds(), "without/s")
	b.ReportMetric(entries/took[1].Seconds(), "with/s")
	b.ReportMetric(float64((took[1]-took[0]).Microseconds())/entries, "µs/leaf")
}
