package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

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

// BenchmarkBareGroup is the yardstick: the same two inserts, 64 at a time in one prepared transaction, nothing around.
func BenchmarkBareGroup(b *testing.B) {
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
	for i := 0; b.Loop(); i++ {
		if i%64 != 0 {
			continue
		}
		tx, err := raw.Begin()
		if err != nil {
			b.Fatal(err)
		}
		st := tx.Stmt(put)
		for j := range 128 {
			code := fmt.Sprintf("%012d", 128*i+j)
			if _, err := st.Exec(code, "o", code, 1, true, []byte(code)); err != nil {
				b.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
}

func databases(b *testing.B, bench func(b *testing.B, db *store.DB)) {
	b.Helper()
	b.Run("sqlite", func(b *testing.B) {
		db, _ := storetest.SQLite(b, schema...)
		bench(b, db)
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
