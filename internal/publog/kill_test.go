package publog_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
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

// workerVariable makes the test binary a process that sequences and nothing else.
const workerVariable = "STOA_TEST_SEQUENCER"

func TestMain(m *testing.M) {
	if url := os.Getenv(workerVariable); url != "" {
		if err := work(url, os.Args[len(os.Args)-1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

func work(url, dir string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, store.Config{URL: url, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	keys, err := signet.Open(signet.Config{File: filepath.Join(dir, "log.keys"), Origin: origin})
	if err != nil {
		return err
	}
	s := publog.NewSequencer(publog.SequencerDeps{Log: publog.New(publog.Config{Name: "public"}), DB: db, Signet: keys,
		Holder: rand.Text(), Errors: slog.New(slog.DiscardHandler)})
	s.SetLease(100 * time.Millisecond)
	fmt.Println("ready")
	for {
		if _, err := s.Cycle(ctx); err != nil && !errors.Is(err, store.ErrBusy) && !errors.Is(err, store.ErrSerialization) {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}

// TestKilled runs two processes that sequence one log, and kills one or the other at any moment while events arrive and
// somebody outside watches. Rows decide, so nothing is lost, doubled or moved.
func TestKilled(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { killed(t, "sqlite:"+storetest.SQLiteFile(t, schema...)) })
	if storetest.HasPostgres() {
		t.Run("postgres", func(t *testing.T) {
			url := storetest.PostgresURL(t, "LC_COLLATE 'C' LC_CTYPE 'C'")
			db, err := store.Open(t.Context(), store.Config{URL: url})
			if err == nil {
				err = errors.Join(db.Migrate(t.Context(), schema...), db.Close())
			}
			if err != nil {
				t.Fatal(err)
			}
			killed(t, url)
		})
	}
}

func killed(t *testing.T, url string) {
	db, err := store.Open(t.Context(), store.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, ctx: t.Context(), db: db, dir: t.TempDir()}
	t.Cleanup(func() { w.must(db.Close()) })
	w.vault, err = vault.Open(vault.Config{KeyFile: filepath.Join(w.dir, "vault.keys")})
	w.must(err)
	w.signet = w.openSignet()
	w.Log = publog.New(publog.Config{Name: "public", Vault: w.vault, Rand: rand.Reader})

	start := func() *exec.Cmd {
		cmd := exec.Command(os.Args[0], "-test.run=^$", w.dir)
		cmd.Env = append(os.Environ(), workerVariable+"="+url)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		w.must(err)
		w.must(cmd.Start())
		if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
			t.Fatalf("a sequencer did not start: %q, %v", line, err)
		}
		return cmd
	}
	var workers [2]*exec.Cmd
	for i := range workers {
		workers[i] = start()
	}
	stop := make(chan struct{})
	var beside sync.WaitGroup
	var logged, views atomic.Int64
	for i := range 2 {
		beside.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				time.Sleep(2 * time.Millisecond) // SQLite serves who asks most; processes must get their turn too
				e := event(int(logged.Add(1)) - 1)
				if err := db.Write(t.Context(), "log", func(ctx context.Context, tx *store.Tx) error { return w.Append(ctx, tx, e) }); err != nil {
					t.Errorf("writer %d: %v", i, err)
					return
				}
			}
		})
	}
	beside.Go(func() {
		var seen proof.Checkpoint
		for {
			select {
			case <-stop:
				return
			default:
			}
			s, err := proof.Newest(w.ctx, w.fetch, w.trust())
			if errors.Is(err, proof.ErrMissing) {
				continue
			}
			if err == nil && seen.Origin != "" {
				err = proof.Extends(w.ctx, w.fetch, seen, s.Checkpoint)
			}
			if err != nil {
				t.Errorf("whoever watches: %v", err)
				return
			}
			if s.Checkpoint != seen {
				views.Add(1)
			}
			seen = s.Checkpoint
		}
	})
	for range 12 {
		time.Sleep(time.Duration(20+mrand.IntN(180)) * time.Millisecond)
		i := mrand.IntN(len(workers))
		w.must(workers[i].Process.Kill())
		_ = workers[i].Wait() // it was killed
		workers[i] = start()
	}
	close(stop)
	beside.Wait()
	w.logged = int(logged.Load())
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if s, err := proof.Newest(w.ctx, w.fetch, w.trust()); err == nil && s.Size == int64(w.logged) {
			break
		}
		if time.Now().After(until) {
			t.Fatal("what remained was not published within 30 seconds")
		}
	}
	for _, cmd := range workers {
		w.must(cmd.Process.Kill())
		_ = cmd.Wait()
	}
	w.complete()
	t.Logf("%d events, %d states seen", w.logged, views.Load())
	if views.Load() < 3 {
		t.Errorf("only %d states were seen: this test proves nothing", views.Load())
	}
}
