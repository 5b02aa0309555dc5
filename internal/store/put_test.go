package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

const (
	putItem = `INSERT INTO item (id, org, code, n, ok, data) VALUES ($1, $2, $3, $4, $5, $6)`
	addItem = `UPDATE item SET n = n + $2 WHERE code = $1`
)

// later is insert by Put.
func later(ctx context.Context, tx *store.Tx, code string) error {
	return tx.Put(ctx, putItem, tx.NewID(), "o", code, 1, true, []byte(code))
}

func TestWhatIsPutIsSeenInItsOrder(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		type kind string
		data := []byte("before")
		err := db.Write(t.Context(), "put", func(ctx context.Context, tx *store.Tx) error {
			if err := tx.Put(ctx, putItem, tx.NewID(), "o", kind("a"), 1, true, data); err != nil {
				return err
			}
			copy(data, "after!") // the caller's own again
			if err := tx.Put(ctx, addItem, "a", 10); err != nil {
				return err
			}
			var n int64
			var had string
			if err := tx.QueryRow(ctx, `SELECT n, data FROM item WHERE code = $1`, "a").Scan(&n, &data); err != nil || n != 11 || string(data) != "before" {
				t.Errorf("%d, %q, %v", n, data, err)
			}
			if err := errors.Join(tx.Put(ctx, addItem, "a", 100), later(ctx, tx, "b")); err != nil {
				return err
			}
			if changed, err := tx.Exec(ctx, `UPDATE item SET n = n * 2`); changed != 2 || err != nil {
				t.Errorf("changed %d, %v", changed, err)
			}
			if err := tx.QueryRow(ctx, `SELECT code FROM item WHERE n = 222`).Scan(&had); err != nil || had != "a" {
				t.Errorf("%q, %v", had, err)
			}
			return later(ctx, tx, "c") // goes with the commit
		})
		if got := codes(t, db); err != nil || !slices.Equal(got, []string{"a", "b", "c"}) {
			t.Errorf("%v, %v", got, err)
		}
	})
}

// An error comes with the statement that it was sent with, or the commit: its kind is its own, and it names what failed.
func TestTheErrorOfWhatIsPut(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		if err := db.Write(t.Context(), "first", func(ctx context.Context, tx *store.Tx) error { return later(ctx, tx, "a") }); err != nil {
			t.Fatal(err)
		}
		puts := map[string]struct {
			kind error
			put  func(ctx context.Context, tx *store.Tx) error
		}{
			"a key that is taken": {store.ErrConflict, func(ctx context.Context, tx *store.Tx) error { return later(ctx, tx, "a") }},
			"NULL": {store.ErrConstraint, func(ctx context.Context, tx *store.Tx) error {
				return tx.Put(ctx, putItem, tx.NewID(), "o", "x", nil, true, nil)
			}},
			"a reference": {store.ErrReference, func(ctx context.Context, tx *store.Tx) error {
				return tx.Put(ctx, `INSERT INTO part (id, item_id) VALUES ($1, $2)`, "1", "none")
			}},
			"no such table": {nil, func(ctx context.Context, tx *store.Tx) error {
				return tx.Put(ctx, `INSERT INTO nothing (id) VALUES ($1)`, "1")
			}},
			"no value": {nil, func(ctx context.Context, tx *store.Tx) error {
				return tx.Put(ctx, putItem, tx.NewID(), "o", "x", 1, true, struct{}{})
			}},
		}
		afters := map[string]func(ctx context.Context, tx *store.Tx) error{
			"commit": func(context.Context, *store.Tx) error { return nil },
			"query": func(ctx context.Context, tx *store.Tx) error {
				var n int64
				return tx.QueryRow(ctx, `SELECT count(*) FROM part`).Scan(&n)
			},
			"exec":   func(ctx context.Context, tx *store.Tx) error { _, err := tx.Exec(ctx, `DELETE FROM part`); return err },
			"hidden": func(ctx context.Context, tx *store.Tx) error { _, _ = tx.Exec(ctx, `DELETE FROM part`); return nil },
			"cold": func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, `DELETE FROM part WHERE id = ''`)
				return err
			},
		}
		for name, p := range puts {
			for then, after := range afters {
				for range 2 { // statements are prepared the first time
					err := db.Write(t.Context(), name, func(ctx context.Context, tx *store.Tx) error {
						tx.OnCommit(func() { t.Error("committed") })
						if err := errors.Join(later(ctx, tx, "before"), p.put(ctx, tx), later(ctx, tx, "after")); err != nil {
							return err
						}
						return after(ctx, tx)
					})
					if err == nil || errors.Is(err, store.ErrInDoubt) || p.kind != nil && !errors.Is(err, p.kind) {
						t.Errorf("%s, %s: %v", name, then, err)
					}
					if p.kind == store.ErrConflict && !store.ConflictOn(err, "item", "org", "code") {
						t.Errorf("%s: %v", then, err)
					}
					if strings.Contains(err.Error(), "DELETE") || strings.Contains(err.Error(), "SELECT") {
						t.Errorf("%s, %s blames another: %v", name, then, err)
					}
					if lite := strings.Contains(t.Name(), "sqlite"); !lite && !strings.Contains(err.Error(), "INSERT INTO") {
						t.Errorf("%s, %s does not say what: %v", name, then, err)
					}
				}
			}
		}
		if got := codes(t, db); !slices.Equal(got, []string{"a"}) {
			t.Errorf("left behind %v", got)
		}
	})
}

// However much is put, it arrives; and what comes after a failure does not.
func TestMuchIsPut(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		many := func(twice bool) error {
			return db.Write(t.Context(), "many", func(ctx context.Context, tx *store.Tx) error {
				for i := range 350 {
					if twice && i == 120 {
						i = 7
					}
					if err := later(ctx, tx, fmt.Sprintf("%03d", i)); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err := many(true); !errors.Is(err, store.ErrConflict) || codes(t, db) != nil {
			t.Errorf("%v", err)
		}
		if err := many(false); err != nil || len(codes(t, db)) != 350 {
			t.Errorf("%d, %v", len(codes(t, db)), err)
		}
	})
}

func TestPutKeepsTheRulesOfATransaction(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		err := db.Read(t.Context(), "sneak", func(ctx context.Context, tx *store.Tx) error { _ = later(ctx, tx, "a"); return nil })
		if !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("in a read: %v", err)
		}
		var kept *store.Tx
		err = db.Write(t.Context(), "open", func(ctx context.Context, tx *store.Tx) error {
			kept = tx
			rows, err := tx.Query(ctx, `SELECT 1`)
			if err != nil {
				return err
			}
			defer rows.Close()
			return later(ctx, tx, "a")
		})
		if !errors.Is(err, store.ErrRowsOpen) {
			t.Errorf("between rows: %v", err)
		}
		if err := later(t.Context(), kept, "a"); !errors.Is(err, store.ErrDone) {
			t.Errorf("afterwards: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		err = db.Write(ctx, "cancelled", func(ctx context.Context, tx *store.Tx) error {
			if err := later(ctx, tx, "a"); err != nil {
				return err
			}
			cancel()
			return later(ctx, tx, "b")
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		func() {
			defer func() {
				if recover() != "boom" {
					t.Error("the panic was lost")
				}
			}()
			_ = db.Write(t.Context(), "panic", func(ctx context.Context, tx *store.Tx) error {
				_ = later(ctx, tx, "a")
				panic("boom")
			})
		}()
		if got := codes(t, db); got != nil {
			t.Errorf("left behind %v", got)
		}
		if err := db.Write(t.Context(), "after", func(ctx context.Context, tx *store.Tx) error { return later(ctx, tx, "a") }); err != nil {
			t.Error(err)
		}
	})
}

// Two transactions lock two rows in opposite order. The one that gives way runs again, with nothing left over of what it had put.
func TestWhatWasPutIsPutAgain(t *testing.T) {
	if !storetest.HasPostgres() {
		return
	}
	db, _ := storetest.Postgres(t, schema...)
	if err := db.Write(t.Context(), "start", func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(later(ctx, tx, "a"), later(ctx, tx, "b"))
	}); err != nil {
		t.Fatal(err)
	}
	var wg, both sync.WaitGroup
	both.Add(2)
	runs := make(chan bool, 99)
	for _, order := range [][]string{{"a", "b"}, {"b", "a"}} {
		wg.Go(func() {
			first := true
			err := db.Write(t.Context(), "cross", func(ctx context.Context, tx *store.Tx) error {
				runs <- true
				var n int
				if err := errors.Join(tx.Put(ctx, addItem, order[0], 1), tx.QueryRow(ctx, `SELECT 1`).Scan(&n)); err != nil {
					return err
				}
				if first {
					first = false
					both.Done()
					both.Wait()
				}
				return errors.Join(tx.Put(ctx, addItem, order[1], 10), later(ctx, tx, "new "+order[0])) // fails at the commit
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var sum int64
	err := db.Read(t.Context(), "sum", func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT CAST(SUM(n) AS BIGINT) FROM item`).Scan(&sum)
	})
	if err != nil || sum != 26 || len(runs) < 3 || len(codes(t, db)) != 4 {
		t.Errorf("sum %d after %d runs, %v", sum, len(runs), err)
	}
}

// What is put costs no round trip of its own.
func TestRoundTrips(t *testing.T) {
	if !storetest.HasPostgres() {
		return
	}
	db, _ := storetest.Postgres(t, schema...)
	count := func(fn func(ctx context.Context, tx *store.Tx) error) int64 {
		before := db.Stats().Trips
		_ = db.Write(t.Context(), "count", fn)
		return db.Stats().Trips - before
	}
	put := func(ctx context.Context, tx *store.Tx) error { return later(ctx, tx, tx.NewID()) }
	ask := func(ctx context.Context, tx *store.Tx) error { var n int; return tx.QueryRow(ctx, `SELECT 1`).Scan(&n) }
	refuse := func(context.Context, *store.Tx) error { return errors.New("no") }
	for name, c := range map[string]struct {
		want int64
		do   []func(context.Context, *store.Tx) error
	}{
		"nothing":            {0, nil},
		"puts":               {1, []func(context.Context, *store.Tx) error{put, put, put}},
		"a question":         {2, []func(context.Context, *store.Tx) error{ask}},
		"puts and questions": {3, []func(context.Context, *store.Tx) error{put, ask, put, put, ask, put}},
		"puts, refused":      {0, []func(context.Context, *store.Tx) error{put, refuse}},
		"asked, refused":     {2, []func(context.Context, *store.Tx) error{put, ask, refuse}},
	} {
		got := count(func(ctx context.Context, tx *store.Tx) error {
			for _, do := range c.do {
				if err := do(ctx, tx); err != nil {
					return err
				}
			}
			return nil
		})
		if got != c.want {
			t.Errorf("%s: %d round trips, want %d", name, got, c.want)
		}
	}
}

// A line that breaks when the commit is sent leaves a doubt, whatever was sent with it; one that breaks before leaves none.
func TestACommitThatIsNotAnswered(t *testing.T) {
	if !storetest.HasPostgres() {
		return
	}
	there, err := url.Parse(storetest.PostgresURL(t, "ENCODING 'UTF8'"))
	if err != nil {
		t.Fatal(err)
	}
	straight, _ := storetest.Open(t, there.String())
	if err := straight.Migrate(t.Context(), schema...); err != nil {
		t.Fatal(err)
	}
	line := &cut{}
	dir := t.TempDir()
	line.serve(t, filepath.Join(dir, ".s.PGSQL.5432"), filepath.Join(there.Query().Get("host"), ".s.PGSQL.5432"))
	db, _ := storetest.Open(t, "postgres://stoa@"+there.Path+"?host="+dir)
	write := func(code string, fn func(ctx context.Context, tx *store.Tx) error) error {
		return db.Write(t.Context(), code, func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(later(ctx, tx, code), fn(ctx, tx))
		})
	}
	ask := func(ctx context.Context, tx *store.Tx) error { var n int; return tx.QueryRow(ctx, `SELECT 1`).Scan(&n) }
	breaks := func(context.Context, *store.Tx) error { line.set(true); return nil }
	number := 0
	warm := func() { // another connection, with its statements prepared
		t.Helper()
		number++
		if err := write(fmt.Sprint(number), ask); err != nil {
			t.Fatal(err)
		}
	}
	for name, fn := range map[string]func(context.Context, *store.Tx) error{
		"with what was put": breaks,
		"the commit alone":  func(ctx context.Context, tx *store.Tx) error { return errors.Join(ask(ctx, tx), breaks(ctx, tx)) },
	} {
		warm()
		if err := write(name, fn); !errors.Is(err, store.ErrInDoubt) {
			t.Errorf("%s: %v", name, err)
		}
		line.set(false)
	}
	warm()
	err = write("before", func(ctx context.Context, tx *store.Tx) error { line.set(true); return ask(ctx, tx) })
	if !errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrInDoubt) {
		t.Errorf("before the commit: %v", err)
	}
	line.set(false)
	got := codes(t, straight)
	got = slices.DeleteFunc(got, func(c string) bool { return strings.Contains(c, "t") }) // may be stored, or not
	if !slices.Equal(got, []string{"1", "2", "3"}) {
		t.Errorf("stored %v", got)
	}
}

// cut is a line that can break: what is sent arrives, and nothing comes back.
type cut struct {
	sync.Mutex
	broken bool
}

func (c *cut) set(broken bool) {
	c.Lock()
	defer c.Unlock()
	c.broken = broken
}

func (c *cut) serve(t *testing.T, at, to string) {
	l, err := net.Listen("unix", at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("unix", to)
			if err != nil {
				_ = near.Close()
				continue
			}
			go func() { defer far.Close(); _, _ = io.Copy(far, near) }()
			go func() { defer near.Close(); c.back(near, far) }()
		}
	}()
}

func (c *cut) back(to io.Writer, from io.Reader) {
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		c.Lock()
		broken := c.broken
		c.Unlock()
		if err != nil || broken {
			return
		}
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}
