// Package storetest gives tests a migrated, empty database: the same suite on SQLite and on PostgreSQL, with a clock
// that stands still and randomness that repeats. It holds no tests of its own subject and no fakes.
package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"stoa/internal/store"
)

// Start is when every test's clock begins: a Monday morning.
var Start = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

// Clock is a clock that moves only when told.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock makes a clock that stands at Start.
func NewClock() *Clock { return &Clock{now: Start} }

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock to t, also backwards.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// Advance moves the clock by d.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Rand is the randomness of tests: the same bytes in every run. Not for several goroutines at once; store locks it.
func Rand() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{'s', 't', 'o', 'a'}) }

// Each runs the test once on each database, freshly migrated with the sets.
func Each(t *testing.T, sets []fs.FS, test func(t *testing.T, db *store.DB, clock *Clock)) {
	t.Helper()
	EachWatched(t, sets, nil, test)
}

// EachWatched is Each with somebody who is told of every transaction, and may do something before it begins.
func EachWatched(t *testing.T, sets []fs.FS, watch store.Watch, test func(t *testing.T, db *store.DB, clock *Clock)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		db, clock := open(t, "sqlite:"+SQLiteFile(t, sets...), watch)
		test(t, db, clock)
	})
	if !HasPostgres() {
		return
	}
	t.Run("postgres", func(t *testing.T) {
		db, clock := open(t, postgres(t, sets), watch)
		test(t, db, clock)
	})
}

// SQLite gives a migrated SQLite database that ends with the test.
func SQLite(tb testing.TB, sets ...fs.FS) (*store.DB, *Clock) {
	tb.Helper()
	return Open(tb, "sqlite:"+SQLiteFile(tb, sets...))
}

// SQLiteFile gives the path of a migrated SQLite database that is not open.
func SQLiteFile(tb testing.TB, sets ...fs.FS) string {
	tb.Helper()
	image, err := sqliteImage(sets)
	if err != nil {
		tb.Fatalf("prepare a SQLite database: %v", err)
	}
	path := filepath.Join(tb.TempDir(), "test.db")
	if err := os.WriteFile(path, image, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// Open opens the database at url with the test's clock and randomness, until the test ends.
func Open(tb testing.TB, url string) (*store.DB, *Clock) {
	tb.Helper()
	return open(tb, url, nil)
}

func open(tb testing.TB, url string, watch store.Watch) (*store.DB, *Clock) {
	tb.Helper()
	clock := NewClock()
	db, err := store.Open(tb.Context(), store.Config{URL: url, Now: clock.Now, Rand: Rand(), Watch: watch, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close the test's database: %v", err)
		}
	})
	return db, clock
}

var images struct {
	sync.Mutex
	bytes map[string][]byte
}

// sqliteImage migrates once per set of migrations; tests copy the file.
func sqliteImage(sets []fs.FS) (image []byte, err error) {
	key, err := setsHash(sets)
	if err != nil {
		return nil, err
	}
	images.Lock()
	defer images.Unlock()
	if b, ok := images.bytes[key]; ok {
		return b, nil
	}
	dir, err := os.MkdirTemp("", "stoa-test-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "template.db")
	if err := migrate("sqlite:"+path, sets); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if images.bytes == nil {
		images.bytes = map[string][]byte{}
	}
	images.bytes[key] = b
	return b, nil
}

func migrate(url string, sets []fs.FS) error {
	ctx := context.Background()
	db, err := store.Open(ctx, store.Config{URL: url, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	return errors.Join(db.Migrate(ctx, sets...), db.Close())
}

func setsHash(sets []fs.FS) (string, error) {
	h := sha256.New()
	for i, set := range sets {
		err := fs.WalkDir(set, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := fs.ReadFile(set, path)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(h, "%d %d %s %d\n%s", i, len(path), path, len(b), b)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8]), nil
}
