package record_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/record"
	"stoa/internal/store"
)

// TestTheDayOfAMoment holds the arithmetic by which the migration dates old versions against the calendar.
func TestTheDayOfAMoment(t *testing.T) {
	raw, err := fs.ReadFile(record.Migrations(), "migrations/01202_record_time.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, update, ok := strings.Cut(string(raw), "UPDATE record_version SET valid_from = (")
	update, _, closed := strings.Cut(update, "\n);\n")
	if !ok || !closed {
		t.Fatal("the migration does not have the statement")
	}
	update = "UPDATE record_version SET valid_from = (" + update + "\n)"
	each(t, func(s *registry) {
		r := s.put("SL-1", fields("Market Square", "Rana", "4"), nil)
		rapid.Check(s.t, func(t *rapid.T) {
			at := time.Unix(rapid.Int64Range(86_400, 7_000_000_000).Draw(t, "second"), 0).UTC()
			if rapid.Bool().Draw(t, "edge") {
				at = at.Truncate(24 * time.Hour).Add(time.Duration(rapid.IntRange(-1, 0).Draw(t, "before")) * time.Microsecond)
			}
			s.write(func(ctx context.Context, tx *store.Tx) error {
				if _, err := tx.Exec(ctx, `UPDATE record_version SET at = $1, valid_from = '' WHERE record_id = $2`, store.Micros(at), r.ID); err != nil {
					return err
				}
				_, err := tx.Exec(ctx, update)
				return err
			})
			s.read(func(ctx context.Context, tx *store.Tx) error {
				days, err := store.Strings(ctx, tx, `SELECT valid_from FROM record_version WHERE record_id = $1`, r.ID)
				if err == nil && (len(days) != 1 || days[0] != at.Format("2006-01-02")) {
					t.Fatalf("%s is on %v", at, days)
				}
				return err
			})
		})
	})
}
