package pay_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"stoa/internal/pay"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// BenchmarkReceive applies the callback that brings the money, each of another payment, by 16 at once: event, payment, receipt number.
func BenchmarkReceive(b *testing.B) {
	run := func(b *testing.B, db *store.DB, clock *storetest.Clock) {
		w := newWorld(b, db, clock)
		var all []*pay.Payment
		for i := range b.N {
			all = append(all, w.begun(fmt.Sprint("bench ", i), 2100))
		}
		b.ResetTimer()
		var next atomic.Int64
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for i := next.Add(1) - 1; i < int64(len(all)); i = next.Add(1) - 1 {
					err := db.Write(b.Context(), "bench", func(ctx context.Context, tx *store.Tx) error {
						_, err := w.Receive(ctx, tx, org, "test", pay.Event{ID: all[i].ID, Report: paidReport(all[i])}, []byte(all[i].ID), today)
						return err
					})
					if err != nil {
						b.Error(err)
					}
				}
			})
		}
		wg.Wait()
		b.StopTimer()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	}
	b.Run("sqlite", func(b *testing.B) {
		db, clock := storetest.SQLite(b, schema...)
		run(b, db, clock)
	})
	if storetest.HasPostgres() {
		b.Run("postgres", func(b *testing.B) {
			db, clock := storetest.Postgres(b, schema...)
			run(b, db, clock)
		})
	}
}
