package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// Two transactions lock two rows in opposite order: PostgreSQL ends one of them, and Write runs it again.
func TestDeadlockIsRetried(t *testing.T) {
	if !storetest.HasPostgres() {
		return // there is nothing to retry on SQLite
	}
	db, _ := storetest.Postgres(t, schema...)
	err := db.Write(t.Context(), "start", func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(insert(ctx, tx, "o", "a", 0), insert(ctx, tx, "o", "b", 0))
	})
	if err != nil {
		t.Fatal(err)
	}
	var wg, both sync.WaitGroup
	both.Add(2)
	var mu sync.Mutex
	runs := 0
	for _, order := range [][]string{{"a", "b"}, {"b", "a"}} {
		wg.Go(func() {
			first := true
			err := db.Write(t.Context(), "cross", func(ctx context.Context, tx *store.Tx) error {
				mu.Lock()
				runs++
				mu.Unlock()
				for i, code := range order {
					if _, err := tx.Exec(ctx, `UPDATE item SET n = n + 1 WHERE code = $1`, code); err != nil {
						return errors.New("hidden") // even so: the transaction knows
					}
					if i == 0 && first {
						first = false
						both.Done()
						both.Wait()
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var sum int64
	err = db.Read(t.Context(), "sum", func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT CAST(SUM(n) AS BIGINT) FROM item`).Scan(&sum)
	})
	if err != nil || sum != 4 || runs < 3 { // 4 where both were chosen to give way
		t.Errorf("sum %d after %d runs, %v", sum, runs, err)
	}
}

func TestPostgresIsChecked(t *testing.T) {
	if !storetest.HasPostgres() {
		return
	}
	for option, want := range map[string]string{
		"ENCODING 'SQL_ASCII'": "want UTF8",
		"LOCALE 'C.UTF-8'":     "",

		"LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C'": "sorts text by ICU, want C",
	} {
		url := storetest.PostgresURL(t, option)
		db, err := store.Open(t.Context(), store.Config{URL: url})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", option, err)
		}
		if err == nil {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
