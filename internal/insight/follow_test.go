package insight_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/insight"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// TestOneOfTwoWhoCountAtOnceCounts has two nodes read that nothing is counted yet and then write at the same time: the
// second comes while the first has not committed, and must find that somebody else went on.
func TestOneOfTwoWhoCountAtOnceCounts(t *testing.T) {
	if !storetest.HasPostgres() { // SQLite has one who writes
		return
	}
	day := calendar.MustDate("2026-01-05")
	one := []insight.Count{{Measure: insight.Paid, Organisation: "markets", Service: "street-stall", Day: day, N: 1, Amount: 700}}
	figures := insight.Figures{}
	for name, count := range map[string]func(ctx context.Context, tx *store.Tx) error{
		"events": func(ctx context.Context, tx *store.Tx) error {
			return figures.Count(ctx, tx, insight.Cursor{}, []string{tx.NewID()}, one)
		},
		"money": func(ctx context.Context, tx *store.Tx) error {
			if err := figures.Claim(ctx, tx, "money", time.Time{}); err != nil {
				return err
			}
			return figures.Replace(ctx, tx, []string{insight.Paid}, calendar.MustDate("2026-01-01"), day, one)
		},
	} {
		t.Run(name, func(t *testing.T) {
			db, _ := storetest.Postgres(t, insight.Migrations())
			second := make(chan error, 1)
			err := db.Write(t.Context(), "first", func(ctx context.Context, tx *store.Tx) error {
				if err := count(ctx, tx); err != nil {
					return err
				}
				go func() { second <- db.Write(context.Background(), "second", count) }()
				for waiting := 0; waiting == 0 && len(second) == 0; runtime.Gosched() {
					if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))`).Scan(&waiting); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := <-second; fault.KindOf(err) != fault.Conflict {
				t.Errorf("who came second: %v", err)
			}
			err = db.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
				points, err := figures.Read(ctx, tx, insight.Ask{Measure: insight.Paid, Grain: insight.Day})
				if len(points) != 1 || points[0].N != 1 || points[0].Amount != 700 {
					t.Errorf("counted once, the sums are %v", points)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
