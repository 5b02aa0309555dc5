package flow_test

import (
	"testing"
	"time"

	"stoa/internal/flow"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// benchHomes is how many properties one iteration assesses, bills, and assesses again for the next year.
const benchHomes = 2000

// BenchmarkMassAssessment measures a run over a register: opening accounts and assessing (first), issuing bills (bills), and
// assessing the next year (again). go test ./internal/flow -run '^$' -bench MassAssessment -benchtime 1x
func BenchmarkMassAssessment(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		db, clock := storetest.SQLite(b, moneyTables...)
		massAssessment(b, db, clock)
	})
	if storetest.HasPostgres() {
		b.Run("postgres", func(b *testing.B) {
			db, clock := storetest.Postgres(b, moneyTables...)
			massAssessment(b, db, clock)
		})
	}
}

func massAssessment(b *testing.B, db *store.DB, clock *storetest.Clock) {
	b.Helper()
	w := newTown(b, db, clock, townFiles(b, homes(benchHomes)))
	w.noon("2026-03-10")
	n := float64(benchHomes)
	var id string
	rate := func(unit string, f func()) {
		start := time.Now()
		f()
		b.ReportMetric(n/time.Since(start).Seconds(), unit)
	}
	for range b.N {
		if b.N > 1 {
			b.Fatal("one round is the measure: -benchtime 1x")
		}
		rate("first/s", func() { id = w.start("home-tax", "2026-04-01") })
		w.must(w.Taxation().PublishRun(w.ctx, w.chief, flow.PublishRun{Run: id, Version: w.run(id).Version, Key: w.key()}))
		rate("bills/s", w.work)
		rate("again/s", func() { w.start("home-tax", "2027-04-01") })
	}
}
