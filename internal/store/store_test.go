package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// schema is what the tests of this package work on.
var schema = []fs.FS{fstest.MapFS{"migrations/00090_test.sql": {Data: []byte(`-- +goose Up
CREATE TABLE item (
    id    TEXT NOT NULL PRIMARY KEY,
    org   TEXT NOT NULL,
    code  TEXT NOT NULL,
    n     BIGINT NOT NULL,
    ok    BOOLEAN NOT NULL,
    data  BYTEA,
    UNIQUE (org, code)
);
CREATE TABLE part (
    id      TEXT NOT NULL PRIMARY KEY,
    item_id TEXT NOT NULL REFERENCES item (id)
);
`)}}}

func each(t *testing.T, test func(t *testing.T, db *store.DB, clock *storetest.Clock)) {
	t.Helper()
	storetest.Each(t, schema, test)
}

func insert(ctx context.Context, tx *store.Tx, org, code string, n int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO item (id, org, code, n, ok, data) VALUES ($1, $2, $3, $4, $5, $6)`,
		tx.NewID(), org, code, n, true, []byte(code))
	return err
}

func codes(t *testing.T, db *store.DB) []string {
	t.Helper()
	var list []string
	err := db.Read(t.Context(), "codes", func(ctx context.Context, tx *store.Tx) error {
		rows, err := tx.Query(ctx, `SELECT code FROM item ORDER BY code`)
		list, err = store.Collect(rows, err, func(s store.Scanner) (c string, err error) { return c, s.Scan(&c) })
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestWriteThenRead(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		now := time.Date(2026, 3, 1, 10, 0, 0, 123456789, time.FixedZone("", 3600))
		clock.Set(now)
		var id string
		err := db.Write(t.Context(), "put", func(ctx context.Context, tx *store.Tx) error {
			if !tx.Writable() {
				t.Error("not writable")
			}
			if want := time.Date(2026, 3, 1, 9, 0, 0, 123456000, time.UTC); tx.Now() != want {
				t.Errorf("now %v, want %v", tx.Now(), want)
			}
			id = tx.NewID()
			_, err := tx.Exec(ctx, `INSERT INTO item (id, org, code, n, ok, data) VALUES ($1, $2, $3, $4, $5, $6)`,
				id, "org", "é", store.Micros(tx.Now()), false, []byte{})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Read(t.Context(), "get", func(ctx context.Context, tx *store.Tx) error {
			var code string
			var n int64
			var ok bool
			var data []byte
			err := tx.QueryRow(ctx, `SELECT code, n, ok, data FROM item WHERE id = $1`+tx.Lock(), id).Scan(&code, &n, &ok, &data)
			if code != "é" || !store.Time(n).Equal(now.Truncate(time.Microsecond)) || ok || len(data) != 0 {
				t.Errorf("read %q %d %t %v", code, n, ok, data)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestErrorRollsBack(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		mine := errors.New("mine")
		err := db.Write(t.Context(), "fail", func(ctx context.Context, tx *store.Tx) error {
			tx.OnCommit(func() { t.Error("hook of a failed transaction ran") })
			return errors.Join(insert(ctx, tx, "o", "a", 1), mine)
		})
		if err == nil || !errors.Is(err, mine) {
			t.Errorf("got %v", err)
		}
		if got := codes(t, db); got != nil {
			t.Errorf("left behind %v", got)
		}
	})
}

func TestKinds(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		try := func(query string, args ...any) error {
			return db.Write(t.Context(), "kinds", func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, query, args...)
				return err
			})
		}
		const put = `INSERT INTO item (id, org, code, n, ok) VALUES ($1, $2, $3, $4, $5)`
		if err := try(put, "1", "o", "c", 1, true); err != nil {
			t.Fatal(err)
		}
		err := try(put, "2", "o", "c", 1, true)
		if !errors.Is(err, store.ErrConflict) || !store.ConflictOn(err, "item", "org", "code") {
			t.Errorf("conflict: %v", err)
		}
		if err := try(put, "1", "o", "d", 1, true); !store.ConflictOn(err, "item", "id") || store.ConflictOn(err, "item", "org", "code") {
			t.Errorf("primary key: %v", err)
		}
		if err := try(put, "3", nil, "e", 1, true); !errors.Is(err, store.ErrConstraint) {
			t.Errorf("not null: %v", err)
		}
		if err := try(`INSERT INTO part (id, item_id) VALUES ($1, $2)`, "1", "none"); !errors.Is(err, store.ErrReference) {
			t.Errorf("reference: %v", err)
		}
		if err := try(`SELECT nonsense`); err == nil || errors.Is(err, store.ErrConflict) {
			t.Errorf("nonsense: %v", err)
		}
		err = db.Read(t.Context(), "none", func(ctx context.Context, tx *store.Tx) error {
			var s string
			return tx.QueryRow(ctx, `SELECT code FROM item WHERE id = $1`, "none").Scan(&s)
		})
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("not found: %v", err)
		}
	})
}

func TestFailedStatementSpoils(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		err := db.Write(t.Context(), "spoil", func(ctx context.Context, tx *store.Tx) error {
			if err := insert(ctx, tx, "o", "a", 1); err != nil {
				return err
			}
			if err := insert(ctx, tx, "o", "a", 1); !errors.Is(err, store.ErrConflict) {
				t.Errorf("first: %v", err)
			}
			if err := insert(ctx, tx, "o", "b", 1); !errors.Is(err, store.ErrConflict) {
				t.Errorf("after it: %v", err)
			}
			return nil // overlooked
		})
		if !errors.Is(err, store.ErrConflict) {
			t.Errorf("Write: %v", err)
		}
		if got := codes(t, db); got != nil {
			t.Errorf("left behind %v", got)
		}
	})
}

func TestReadCannotWrite(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		err := db.Read(t.Context(), "sneak", func(ctx context.Context, tx *store.Tx) error {
			return insert(ctx, tx, "o", "a", 1)
		})
		if !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("exec: %v", err)
		}
		err = db.Read(t.Context(), "sneak", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Next(ctx, "c")
			return err
		})
		if !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("returning: %v", err)
		}
	})
}

func TestReadSeesOneState(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		count := func(ctx context.Context, tx *store.Tx) (n int64) {
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM item`).Scan(&n); err != nil {
				t.Error(err)
			}
			return n
		}
		err := db.Read(t.Context(), "snapshot", func(ctx context.Context, tx *store.Tx) error {
			if n := count(ctx, tx); n != 0 {
				t.Errorf("before: %d", n)
			}
			// From another goroutine: a Write inside a Read does not nest.
			done := make(chan error)
			go func() {
				done <- db.Write(t.Context(), "meanwhile", func(ctx context.Context, tx *store.Tx) error {
					return insert(ctx, tx, "o", "a", 1)
				})
			}()
			if err := <-done; err != nil {
				return err
			}
			if n := count(ctx, tx); n != 0 {
				t.Errorf("after: %d", n)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := codes(t, db); len(got) != 1 {
			t.Errorf("acknowledged write not seen: %v", got)
		}
	})
}

func TestMisuseIsNamed(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		nothing := func(context.Context, *store.Tx) error { return nil }
		var kept *store.Tx
		err := db.Write(t.Context(), "outer", func(ctx context.Context, tx *store.Tx) error {
			kept = tx
			if err := db.Write(ctx, "inner", nothing); !errors.Is(err, store.ErrNested) {
				t.Errorf("write in write: %v", err)
			}
			if err := db.Read(ctx, "inner", nothing); !errors.Is(err, store.ErrNested) {
				t.Errorf("read in write: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := kept.Exec(t.Context(), `SELECT 1`); !errors.Is(err, store.ErrDone) {
			t.Errorf("after the end: %v", err)
		}
		for name, fn := range map[string]func(context.Context, *store.Tx) error{
			"left open": func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Query(ctx, `SELECT 1`)
				return err
			},
			"two at once": func(ctx context.Context, tx *store.Tx) error {
				rows, err := tx.Query(ctx, `SELECT 1`)
				if err != nil {
					return err
				}
				defer rows.Close()
				return insert(ctx, tx, "o", "x", 1)
			},
		} {
			if err := db.Write(t.Context(), name, fn); !errors.Is(err, store.ErrRowsOpen) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := codes(t, db); got != nil {
			t.Errorf("left behind %v", got)
		}
	})
}

func TestPanicAndGoexit(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		func() {
			defer func() {
				if r := recover(); r != "boom" {
					t.Errorf("recovered %v", r)
				}
			}()
			err := db.Write(t.Context(), "panic", func(ctx context.Context, tx *store.Tx) error {
				if err := insert(ctx, tx, "o", "a", 1); err != nil {
					return err
				}
				if _, err := tx.Query(ctx, `SELECT 1`); err != nil {
					return err
				}
				panic("boom")
			})
			t.Errorf("came back with %v", err)
		}()
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			_ = db.Write(t.Context(), "goexit", func(ctx context.Context, tx *store.Tx) error {
				runtime.Goexit()
				return nil
			})
		}()
		<-gone
		func() {
			defer func() { _ = recover() }()
			_ = db.Read(t.Context(), "panic", func(ctx context.Context, tx *store.Tx) error {
				if _, err := tx.Query(ctx, `SELECT 1`); err != nil {
					return err
				}
				panic("boom")
			})
		}()
		if err := db.Write(t.Context(), "after", func(ctx context.Context, tx *store.Tx) error {
			return insert(ctx, tx, "o", "b", 1)
		}); err != nil {
			t.Fatal(err)
		}
		if got := codes(t, db); !slices.Equal(got, []string{"b"}) {
			t.Errorf("stored %v", got)
		}
	})
}

func TestCloseWaits(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		var wg sync.WaitGroup
		started, stored := make(chan struct{}), make(chan error, 1)
		wg.Go(func() {
			stored <- db.Write(t.Context(), "slow", func(ctx context.Context, tx *store.Tx) error {
				close(started)
				return insert(ctx, tx, "o", "a", 1)
			})
		})
		<-started
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		wg.Wait()
		if err := <-stored; err != nil {
			t.Errorf("write under way: %v", err)
		}
		err := db.Write(t.Context(), "late", func(context.Context, *store.Tx) error { return nil })
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("late: %v", err)
		}
	})
}

func TestCounterHasNoGaps(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		const clients, tries = 8, 12
		var mu sync.Mutex
		var got []int64
		var wg sync.WaitGroup
		for c := range clients {
			wg.Go(func() {
				for i := range tries {
					var n int64
					fail := (c+i)%3 == 0
					err := db.Write(t.Context(), "number", func(ctx context.Context, tx *store.Tx) (err error) {
						n, err = tx.Next(ctx, "case/2026")
						if err == nil && fail {
							err = fmt.Errorf("changed my mind")
						}
						return err
					})
					if (err != nil) != fail {
						t.Errorf("fail %t: %v", fail, err)
					}
					if err == nil {
						mu.Lock()
						got = append(got, n)
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		slices.Sort(got)
		for i, n := range got {
			if n != int64(i+1) {
				t.Fatalf("number %d at place %d", n, i+1)
			}
		}
	})
}
