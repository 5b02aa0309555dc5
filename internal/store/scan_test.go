package store_test

import (
	"context"
	"testing"

	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// TestScanConvertsOnBoth: what one database's driver converts the other's does too.
func TestScanConvertsOnBoth(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		err := db.Write(t.Context(), "scan", func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Exec(ctx, `CREATE TABLE scanned (b BYTEA)`); err != nil {
				return err
			}
			if err := tx.Put(ctx, `INSERT INTO scanned VALUES ($1)`, []byte("bytes")); err != nil {
				return err
			}
			var text, number string
			var yes bool
			var n int
			err := tx.QueryRow(ctx, `SELECT b, CAST(12 AS BIGINT), CAST(1 AS BIGINT), CAST('7' AS TEXT) FROM scanned`).Scan(&text, &number, &yes, &n)
			if err != nil || text != "bytes" || number != "12" || !yes || n != 7 {
				t.Errorf("%q, %q, %t, %d, %v", text, number, yes, n, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		_ = db.Read(t.Context(), "null", func(ctx context.Context, tx *store.Tx) error {
			var maybe *int64
			if err := tx.QueryRow(ctx, `SELECT CAST(NULL AS BIGINT)`).Scan(&maybe); err != nil || maybe != nil {
				t.Errorf("%v, %v", maybe, err)
			}
			var text string
			if err := tx.QueryRow(ctx, `SELECT CAST(NULL AS BYTEA)`).Scan(&text); err == nil {
				t.Errorf("NULL is %q", text)
			}
			return nil // after the failure nothing may follow on PostgreSQL
		})
	})
}
