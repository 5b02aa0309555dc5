package app

import (
	"context"
	"testing"
	"time"

	"stoa/internal/store"
	"stoa/jurisdictions"
)

// TestSumsAreHeldToACount has a program that knows of no sums write beside this one: its cases are missing from the sums until
// they are held to a count, soon in the first hour, and later once an hour.
func TestSumsAreHeldToACount(t *testing.T) {
	a := seeded(t, Config{Data: t.TempDir(), URL: "http://127.0.0.1:1"})
	defer a.Close()
	if problems, err := a.Publish(t.Context(), jurisdictions.Greenvale()); err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	findings := func() (n int) {
		t.Helper()
		err := a.DB.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			off, err := a.sums().Check(ctx, tx, a.today(tx))
			n = len(off)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	lose := func() {
		t.Helper()
		err := a.DB.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Exec(ctx, `DELETE FROM case_count_pending`); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `DELETE FROM case_count`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if findings() == 0 {
			t.Fatal("nothing is lost")
		}
	}
	if n := findings(); n != 0 {
		t.Fatalf("%d findings in the demo", n)
	}
	lose()
	a.holdSums(t.Context())
	if n := findings(); n != 0 {
		t.Errorf("mended, and %d findings are left", n)
	}
	for _, step := range []struct {
		holds int
		ago   time.Duration
		found bool
	}{{1, time.Minute, true}, {1, soonAgain, false}, {firstHolds, soonAgain, true}, {firstHolds, betweenHolds, false}} {
		lose()
		a.holds, a.held = step.holds, a.DB.Now().Add(-step.ago)
		a.holdSums(t.Context())
		if n := findings(); n > 0 != step.found {
			t.Errorf("%+v: %d findings", step, n)
		}
		a.holds, a.held = 0, time.Time{}
		a.holdSums(t.Context())
	}
}
