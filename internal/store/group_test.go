package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// queued starts Writes that wait while the writer is held, so that they become one group, and then lets go.
func queued(t *testing.T, db *store.DB, writes ...func()) {
	t.Helper()
	held, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	var wg sync.WaitGroup
	wg.Go(func() {
		err := db.Write(t.Context(), "hold", func(context.Context, *store.Tx) error {
			once.Do(func() { close(held) }) // it may run again, if the group is lost
			<-release
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-held
	for _, w := range writes {
		wg.Go(w)
	}
	time.Sleep(5 * time.Millisecond) // most of them are in the queue by now; what is asserted holds anyway
	close(release)
	wg.Wait()
}

// Members of one group fail in every way there is; the others are stored, and only they.
func TestGroupKeepsTheOthers(t *testing.T) {
	db, _ := storetest.SQLite(t, schema...)
	for round := range 5 {
		var writes []func()
		var want []string
		put := func(code string, then func() error) func() {
			return func() {
				defer func() { _ = recover() }()
				mine := fmt.Errorf("of %s", code)
				err := db.Write(t.Context(), code, func(ctx context.Context, tx *store.Tx) error {
					if err := insert(ctx, tx, "o", code, 1); err != nil {
						return err
					}
					if then == nil {
						return nil
					}
					return errors.Join(then(), mine)
				})
				if (then != nil) != errors.Is(err, mine) || then == nil && err != nil {
					t.Errorf("%s got %v", code, err)
				}
			}
		}
		for i := range 8 {
			good := fmt.Sprintf("%d good %02d", round, i)
			want = append(want, good)
			writes = append(writes, put(good, nil),
				put(fmt.Sprintf("error %02d", i), func() error { return errors.New("no") }),
				put(fmt.Sprintf("panic %02d", i), func() error { panic("boom") }),
				func() {
					err := db.Write(t.Context(), "conflict", func(ctx context.Context, tx *store.Tx) error {
						return errors.Join(insert(ctx, tx, "o", fmt.Sprintf("twice %d", i), 1), insert(ctx, tx, "o", fmt.Sprintf("twice %d", i), 1))
					})
					if !errors.Is(err, store.ErrConflict) {
						t.Errorf("conflict: %v", err)
					}
				})
		}
		queued(t, db, writes...)
		got := slices.DeleteFunc(codes(t, db), func(c string) bool { return c[0] != byte('0'+round) })
		if !slices.Equal(got, want) {
			t.Fatalf("stored %v, want %v", got, want)
		}
	}
}

// Who stops waiting has not run; who has begun is told the truth, whatever the context says.
func TestCancelWhileWaiting(t *testing.T) {
	db, _ := storetest.SQLite(t, schema...)
	ctx, cancel := context.WithCancel(t.Context())
	queued(t, db, func() {
		err := db.Write(ctx, "waiting", func(ctx context.Context, tx *store.Tx) error {
			t.Error("ran")
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("waiting: %v", err)
		}
	}, cancel)
	ctx, cancel = context.WithCancel(t.Context())
	err := db.Write(ctx, "at the end", func(ctx context.Context, tx *store.Tx) error {
		defer cancel()
		return insert(ctx, tx, "o", "kept", 1)
	})
	if err != nil {
		t.Errorf("cancelled after its last statement: %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	err = db.Write(ctx, "between", func(ctx context.Context, tx *store.Tx) error {
		if err := insert(ctx, tx, "o", "lost", 1); err != nil {
			return err
		}
		cancel()
		return insert(ctx, tx, "o", "lost too", 1)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("between: %v", err)
	}
	if got := codes(t, db); !slices.Equal(got, []string{"kept"}) {
		t.Errorf("stored %v", got)
	}
}

// Many clients at once, some failing: after opening the file again every acknowledged row is there, and no other.
func TestAcknowledgedIsStored(t *testing.T) {
	file := storetest.SQLiteFile(t, schema...)
	db, _ := storetest.Open(t, "sqlite:"+file)
	const clients, each = 32, 15
	var mu sync.Mutex
	var want []string
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for i := range each {
				code := fmt.Sprintf("%02d/%02d", c, i)
				fail := (c+i)%5 == 0
				err := db.Write(t.Context(), "put", func(ctx context.Context, tx *store.Tx) error {
					err := insert(ctx, tx, "o", code, 1)
					if err == nil && fail {
						err = errors.New("no")
					}
					return err
				})
				if (err != nil) != fail {
					t.Errorf("%s: %v", code, err)
				}
				if err == nil {
					mu.Lock()
					want = append(want, code)
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	again, _ := storetest.Open(t, "sqlite:"+file)
	slices.Sort(want)
	if got := codes(t, again); !slices.Equal(got, want) {
		t.Errorf("%d rows, %d acknowledged", len(got), len(want))
	}
}

// A disk that is full (here: a page limit) loses nothing of what was acknowledged and refuses the rest by its kind;
// with room again, the same connection goes on.
func TestDiskFull(t *testing.T) {
	db, _ := storetest.SQLite(t, schema...)
	limit := func(pages int) {
		err := db.Write(t.Context(), "limit", func(ctx context.Context, tx *store.Tx) error {
			var n int64
			return tx.QueryRow(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit(40)
	var mu sync.Mutex
	var want []string
	full := 0
	var writes []func()
	for i := range 60 {
		writes = append(writes, func() {
			code := fmt.Sprintf("%03d", i)
			err := db.Write(t.Context(), code, func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO item (id, org, code, n, ok, data) VALUES ($1, 'o', $2, 1, true, $3)`,
					tx.NewID(), code, make([]byte, 9000))
				return err
			})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				want = append(want, code)
			case errors.Is(err, store.ErrFull):
				full++
			case !errors.Is(err, store.ErrBusy): // the others of a group that SQLite rolled back
				t.Errorf("%s: %v", code, err)
			}
		})
	}
	queued(t, db, writes...)
	if full == 0 {
		t.Error("never full")
	}
	limit(1 << 30)
	err := db.Write(t.Context(), "room", func(ctx context.Context, tx *store.Tx) error { return insert(ctx, tx, "o", "room", 1) })
	if err != nil {
		t.Errorf("with room again: %v", err)
	}
	slices.Sort(want)
	if got := codes(t, db); !slices.Equal(got, append(want, "room")) {
		t.Errorf("stored %v, acknowledged %v", got, want)
	}
}

// Transfers between two accounts while readers add them up: whoever looks sees the same sum, and nobody sees a row go
// back in time. A register per reader makes it a light check of linearizability: a Read that began after a Write was
// acknowledged sees at least that Write.
func TestReadersSeeAcknowledgedState(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		err := db.Write(t.Context(), "start", func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(insert(ctx, tx, "o", "a", 0), insert(ctx, tx, "o", "b", 0))
		})
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		acknowledged := int64(0)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 25 {
					var n int64
					err := db.Write(t.Context(), "move", func(ctx context.Context, tx *store.Tx) error {
						err := tx.QueryRow(ctx, `SELECT n FROM item WHERE code = 'a'`+tx.Lock()).Scan(&n)
						if err != nil {
							return err
						}
						n++ // not a lost update: the row is locked
						if _, err := tx.Exec(ctx, `UPDATE item SET n = $1 WHERE code = 'a'`, n); err != nil {
							return err
						}
						_, err = tx.Exec(ctx, `UPDATE item SET n = $1 WHERE code = 'b'`, -n)
						return err
					})
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					acknowledged = max(acknowledged, n)
					mu.Unlock()
				}
			})
			wg.Go(func() {
				for range 50 {
					mu.Lock()
					atLeast := acknowledged
					mu.Unlock()
					err := db.Read(t.Context(), "sum", func(ctx context.Context, tx *store.Tx) error {
						var a, b int64
						if err := tx.QueryRow(ctx, `SELECT n FROM item WHERE code = 'a'`).Scan(&a); err != nil {
							return err
						}
						if err := tx.QueryRow(ctx, `SELECT n FROM item WHERE code = 'b'`).Scan(&b); err != nil {
							return err
						}
						if a+b != 0 || a < atLeast {
							t.Errorf("a %d, b %d, acknowledged %d", a, b, atLeast)
						}
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if acknowledged != 100 {
			t.Errorf("%d of 100 moves", acknowledged)
		}
	})
}
