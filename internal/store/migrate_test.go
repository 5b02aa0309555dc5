package store_test

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

func file(name, text string) fs.FS {
	return fstest.MapFS{"migrations/" + name: {Data: []byte("-- +goose Up\n" + text)}}
}

func TestMigrateGoesOn(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		late := file("00080_late.sql", "CREATE TABLE late (a TEXT);")
		more := file("00095_more.sql", "ALTER TABLE item ADD COLUMN more TEXT NOT NULL DEFAULT 'x';")
		var wg sync.WaitGroup
		for range 2 { // as two nodes that start together
			wg.Go(func() {
				if err := db.Migrate(t.Context(), append(schema[:1:1], late, more)...); err != nil {
					t.Error(err)
				}
			})
		}
		// Meanwhile the old program goes on writing.
		err := db.Write(t.Context(), "old", func(ctx context.Context, tx *store.Tx) error { return insert(ctx, tx, "o", "a", 1) })
		if err != nil {
			t.Error(err)
		}
		wg.Wait()
		err = db.Read(t.Context(), "new", func(ctx context.Context, tx *store.Tx) error {
			var more string
			if err := tx.QueryRow(ctx, `SELECT more FROM item`).Scan(&more); err != nil {
				return err
			}
			var n int
			return tx.QueryRow(ctx, `SELECT COUNT(*) FROM late`).Scan(&n)
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestMigrationsAreChecked(t *testing.T) {
	db, _ := storetest.SQLite(t)
	err := db.Migrate(t.Context(), file("00001_again.sql", ""), file("12_short.sql", ""), file("00070_back.sql", "-- +goose Down\n"))
	for _, want := range []string{"00001_again.sql: 00001_counter.sql has the same number", "12_short.sql: want five digits", "00070_back.sql: has a way down"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q in it", err, want)
		}
	}
	if err := db.Migrate(t.Context(), file("00070_broken.sql", "CREATE TABLE two (a TEXT); CREATE NONSENSE;")); err == nil {
		t.Error("nonsense accepted")
	}
	if err := db.Migrate(t.Context(), file("00070_mended.sql", "CREATE TABLE two (a TEXT);")); err != nil {
		t.Errorf("after a failed one: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, url := range []string{"", "mysql://root:secret@x/y", "sqlite:", "postgres://u:secret@[::", "sqlite:" + filepath.Join(t.TempDir(), "no", "such", "folder.db")} {
		_, err := store.Open(t.Context(), store.Config{URL: url})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", url, err)
		}
	}
	odd := filepath.Join(t.TempDir(), "a?b#c%20 d.db")
	db, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + odd})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if found, err := filepath.Glob(filepath.Join(filepath.Dir(odd), "*")); err != nil || len(found) != 1 || found[0] != odd {
		t.Errorf("files %v, %v", found, err)
	}
}
