package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// run spreads b.N calls over goroutines.
func run(b *testing.B, goroutines int, call func() error) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	b.ResetTimer()
	for range goroutines {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := call(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
}

// BenchmarkBareGroup is the yardstick: clients hand the same two rows to one goroutine, which inserts all that wait with
// a prepared statement in one transaction. No savepoints, no turns, nobody's own code.
func BenchmarkBareGroup(b *testing.B) {
	for _, clients := range []int{1, 16, 64} {
		b.Run(fmt.Sprint(clients), func(b *testing.B) { bareGroup(b, clients) })
	}
}

type bareRequest struct {
	ids  [2]string
	done chan error
}

func bareGroup(b *testing.B, clients int) {
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+
		"?_txlock=immediate&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=foreign_keys(1)")
	if err != nil {
		b.Fatal(err)
	}
	defer raw.Close()
	raw.SetMaxOpenConns(1)
	if _, err := raw.Exec(`CREATE TABLE item (id TEXT NOT NULL PRIMARY KEY, org TEXT NOT NULL, code TEXT NOT NULL, n BIGINT NOT NULL,
		ok BOOLEAN NOT NULL, data BYTEA, UNIQUE (org, code))`); err != nil {
		b.Fatal(err)
	}
	put, err := raw.Prepare(`INSERT INTO item (id, org, code, n, ok, data) VALUES ($1, $2, $3, $4, $5, $6)`)
	if err != nil {
		b.Fatal(err)
	}
	queue := make(chan bareRequest, clients)
	defer close(queue)
	go func() {
		for first := range queue {
			group := []bareRequest{first}
			for more := true; more; {
				select {
				case r := <-queue:
					group = append(group, r)
				default:
					more = false
				}
			}
			err := bareCommit(raw, put, group)
			for _, r := range group {
				r.done <- err
			}
		}
	}()
	var n atomic.Int64
	run(b, clients, func() error {
		r := bareRequest{done: make(chan error, 1)}
		for i := range r.ids {
			r.ids[i] = fmt.Sprintf("%012d", n.Add(1))
		}
		queue <- r
		return <-r.done
	})
}

func bareCommit(raw *sql.DB, put *sql.Stmt, group []bareRequest) error {
	tx, err := raw.Begin()
	if err != nil {
		return err
	}
	st := tx.Stmt(put)
	for _, r := range group {
		for _, id := range r.ids {
			if _, err := st.Exec(id, "o", id, 1, true, []byte(id)); err != nil {
				return errors.Join(err, tx.Rollback())
			}
		}
	}
	return tx.Commit()
}

// openAtRealTime lets ids ascend as they do in use; under a clock that stands still they would be in random order.
func openAtRealTime(b *testing.B, url string) *store.DB {
	b.Helper()
	db, err := store.Open(b.Context(), store.Config{URL: url})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return db
}

func databases(b *testing.B, bench func(b *testing.B, db *store.DB)) {
	b.Helper()
	b.Run("sqlite", func(b *testing.B) {
		bench(b, openAtRealTime(b, "sqlite:"+storetest.SQLiteFile(b, schema...)))
	})
	if storetest.HasPostgres() { // with fsync off: compare goroutines, not databases
		b.Run("postgres", func(b *testing.B) {
			db, _ := storetest.Postgres(b, schema...)
			bench(b, db)
		})
	}
}

func BenchmarkWrite(b *testing.B) {
	databases(b, func(b *testing.B, db *store.DB) {
		var n atomic.Int64
		for _, clients := range []int{1, 16, 64} {
			b.Run(fmt.Sprint(clients), func(b *testing.B) {
				run(b, clients, func() error {
					return db.Write(b.Context(), "bench", func(ctx context.Context, tx *store.Tx) error {
						for range 2 {
							i := n.Add(1)
							if err := insert(ctx, tx, "o", fmt.Sprintf("%012d", i), i); err != nil {
								return err
							}
						}
						return nil
					})
				})
			})
		}
	})
}

func BenchmarkReadByKey(b *testing.B) {
	databases(b, func(b *testing.B, db *store.DB) {
		err := db.Write(b.Context(), "fill", func(ctx context.Context, tx *store.Tx) error {
			for i := range 1000 {
				if err := insert(ctx, tx, "o", fmt.Sprint(i), int64(i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		var n atomic.Int64
		for _, clients := range []int{1, 16} {
			b.Run(fmt.Sprint(clients), func(b *testing.B) {
				run(b, clients, func() error {
					return db.Read(b.Context(), "bench", func(ctx context.Context, tx *store.Tx) error {
						var got int64
						return tx.QueryRow(ctx, `SELECT n FROM item WHERE org = $1 AND code = $2`, "o", fmt.Sprint(n.Add(1)%1000)).Scan(&got)
					})
				})
			})
		}
	})
}

// BenchmarkStandby is what a reader's position costs: a read of the primary, the same by a standby, and both with the question at
// the end how far they have come; and a write, with that question and without.
func BenchmarkStandby(b *testing.B) {
	if !storetest.HasPostgres() {
		b.Skip("a standby needs PostgreSQL")
	}
	p := sharedPair(b, time.Minute)
	(&reader{pair: p}).asks("a")
	p.until("it answers", func() bool { _, at := (&reader{pair: p}).asks(""); return at })
	at := &reader{pair: p}
	at.asks("")
	n := 0
	for _, c := range []struct {
		name string
		call func() error
	}{
		{"read", func() error { _, err := look(b.Context(), p.db); return err }},
		{"read position", func() error { return asked(b, p, at.position, true) }},
		{"look", func() error { return asked(b, p, at.position, false) }},
		{"write", func() error { n++; return p.db.Write(b.Context(), "write", put(n)) }},
		{"write position", func() error {
			n++
			ctx, trail := p.db.Trail(b.Context(), "", true)
			err := p.db.Write(ctx, "write", put(n))
			trail.Position(ctx)
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) { run(b, 1, c.call) })
	}
}

func put(n int) func(ctx context.Context, tx *store.Tx) error {
	return func(ctx context.Context, tx *store.Tx) error { return insert(ctx, tx, "o", fmt.Sprint("b", n), 0) }
}

// asked is a request that reads once.
func asked(b *testing.B, p *pair, from string, current bool) error {
	ctx, trail := p.db.Trail(b.Context(), from, current)
	_, err := look(ctx, p.db)
	trail.Position(ctx)
	return err
}
