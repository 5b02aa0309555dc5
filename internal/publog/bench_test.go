package publog_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/publog/signet"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

func benchEach(b *testing.B, f func(b *testing.B, w *world)) {
	run := func(name string, url func(b *testing.B) string) {
		b.Run(name, func(b *testing.B) {
			// At real time, so that ids ascend as they do in use.
			db, err := store.Open(b.Context(), store.Config{URL: url(b)})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = db.Close() })
			w := &world{t: b, ctx: b.Context(), db: db, dir: b.TempDir()}
			w.must(db.Migrate(w.ctx, schema...))
			w.vault, err = vault.Open(vault.Config{KeyFile: filepath.Join(w.dir, "vault.keys")})
			w.must(err)
			w.signet, err = signet.Open(signet.Config{File: filepath.Join(w.dir, "log.keys"), Origin: origin})
			w.must(err)
			w.Log = publog.New(publog.Config{Name: "public", Vault: w.vault, Rand: rand.Reader})
			w.must(db.Write(w.ctx, "subject", func(ctx context.Context, tx *store.Tx) error {
				w.subject, err = w.vault.NewSubject(ctx, tx)
				return err
			}))
			f(b, w)
		})
	}
	run("sqlite", func(b *testing.B) string { return "sqlite:" + filepath.Join(b.TempDir(), "bench.db") })
	if storetest.HasPostgres() {
		run("postgres", func(b *testing.B) string { return storetest.PostgresURL(b, "LC_COLLATE 'C' LC_CTYPE 'C'") })
	}
}

// BenchmarkSequence is how many waiting leaves are given their places, hashed into the tree, signed and published in a
// second; the log has 20,000 before.
func BenchmarkSequence(b *testing.B) {
	benchEach(b, func(b *testing.B, w *world) {
		s := w.sequencer("a")
		w.appendAll(20_000)
		w.cycle(s)
		b.ResetTimer()
		for b.Loop() {
			b.StopTimer()
			w.appendAll(10_000)
			b.StartTimer()
			w.cycle(s)
		}
		b.ReportMetric(10_000*float64(b.N)/b.Elapsed().Seconds(), "leaves/s")
	})
}

// BenchmarkAppend is what a leaf adds to the transaction in which something happens: none, a public one, one with two
// hidden fields. Sixteen write at once, and a row stands for their business.
func BenchmarkAppend(b *testing.B) {
	benchEach(b, func(b *testing.B, w *world) {
		for _, kind := range []string{"none", "public", "hidden"} {
			b.Run(kind, func(b *testing.B) {
				var wait sync.WaitGroup
				work := make(chan int)
				for range 16 {
					wait.Go(func() {
						for n := range work {
							e := event(n)
							e.Kind = "bench." + kind
							e.ID = fmt.Sprint(b.N, "-", n)
							if kind == "hidden" {
								e.Subject, e.Hidden = w.subject, []proof.Field{{Name: "name", Value: "Ada"}, {Name: "address", Value: "1 High Street"}}
							}
							err := w.db.Write(w.ctx, "business", func(ctx context.Context, tx *store.Tx) error {
								if _, err := tx.Exec(ctx, `INSERT INTO counter (name, value) VALUES ($1, 1)`, tx.NewID()); err != nil {
									return err
								}
								if kind == "none" {
									return nil
								}
								return w.Append(ctx, tx, e)
							})
							if err != nil {
								b.Error(err)
							}
						}
					})
				}
				for n := range b.N {
					work <- n
				}
				close(work)
				wait.Wait()
			})
		}
	})
}

// BenchmarkPublication is how long after its transaction was begun a leaf is published, at a thousand leaves in a second
// and a tick of a tenth of one.
func BenchmarkPublication(b *testing.B) {
	benchEach(b, func(b *testing.B, w *world) {
		ctx, cancel := context.WithCancel(w.ctx)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		ended := make(chan error, 1)
		go func() { ended <- w.sequencer("a").Run(ctx, tick.C) }()
		var took []time.Duration
		for b.Loop() {
			begun := make([]atomic.Int64, 5000)
			pace := time.NewTicker(10 * time.Millisecond)
			var wait sync.WaitGroup
			wait.Go(func() {
				for at := 0; at < len(begun); time.Sleep(5 * time.Millisecond) {
					var size int64
					w.read(func(ctx context.Context, tx *store.Tx) error {
						st, err := w.Status(ctx, tx)
						size = st.Published
						return err
					})
					for now := time.Now(); at < int(size)-w.logged && at < len(begun); at++ {
						took = append(took, now.Sub(time.Unix(0, begun[at].Load())))
					}
				}
			})
			for n := 0; n < len(begun); n += 10 {
				<-pace.C
				var ten sync.WaitGroup
				for i := n; i < n+10; i++ {
					e := event(w.logged + i)
					begun[i].Store(time.Now().UnixNano()) // places follow the order of beginnings closely enough for a figure
					ten.Go(func() {
						w.must(w.db.Write(w.ctx, "log", func(ctx context.Context, tx *store.Tx) error { return w.Append(ctx, tx, e) }))
					})
				}
				ten.Wait()
			}
			pace.Stop()
			wait.Wait()
			w.logged += len(begun)
		}
		cancel()
		w.must(<-ended)
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "p50-ms")
		b.ReportMetric(float64(took[len(took)*99/100].Milliseconds()), "p99-ms")
	})
}

// BenchmarkBundle is what writing a proof costs, in a log of 20,000.
func BenchmarkBundle(b *testing.B) {
	benchEach(b, func(b *testing.B, w *world) {
		w.appendAll(20_000)
		w.cycle(w.sequencer("a"))
		for i := 0; b.Loop(); i++ {
			data, err := w.bundle(name(i*7%20_000), true)
			w.must(err)
			b.ReportMetric(float64(len(data)), "bytes")
		}
	})
}
