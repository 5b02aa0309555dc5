package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/publog/signet"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// publicLog measures the public log on SQLite: leaves that are given their places, hashed, signed and published in a second;
// how long after its transaction began a leaf is published, at a thousand in a second; the size of a proof, and what
// checking one costs in the program and in the engine of a browser.
func publicLog(ctx context.Context, o options, out io.Writer) error {
	l, err := openLog(ctx, o.dir)
	if err != nil {
		return err
	}
	defer l.db.Close() //nolint:errcheck // a bench's database
	fmt.Fprintln(out, "\n## The public log, SQLite")
	if err := l.sequencing(ctx, o, out); err != nil {
		return err
	}
	if err := l.publication(ctx, out); err != nil {
		return err
	}
	return l.proofs(ctx, o, out)
}

type benchLog struct {
	*publog.Log
	db   *store.DB
	keys *signet.Signet
	seq  *publog.Sequencer
	n    int
}

func openLog(ctx context.Context, dir string) (*benchLog, error) {
	dir = filepath.Join(dir, "log")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, store.Config{URL: "sqlite:" + filepath.Join(dir, "log.db"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	l := &benchLog{db: db}
	keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(dir, "vault.keys")})
	if err == nil {
		l.keys, err = signet.Open(signet.Config{File: filepath.Join(dir, "log.keys"), Origin: "bench.example/log"})
	}
	if err == nil {
		err = db.Migrate(ctx, vault.Migrations(), publog.Migrations())
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	l.Log = publog.New(publog.Config{Name: "public", Vault: keys, Rand: &salts{chacha: rand.NewChaCha8([32]byte{1})}})
	l.seq = publog.NewSequencer(publog.SequencerDeps{Log: l.Log, DB: db, Signet: l.keys, Holder: "bench", Errors: slog.New(slog.DiscardHandler)})
	return l, nil
}

// salts are the same in each run.
type salts struct {
	mu     sync.Mutex
	chacha *rand.ChaCha8
}

func (s *salts) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chacha.Read(p)
}

func logged(n int) publog.Event {
	return publog.Event{Kind: "payment.received", ID: fmt.Sprintf("bench-%08d", n), Organisation: "bench", Fields: []proof.Field{
		{Name: "receipt", Value: fmt.Sprintf("R-2026-%06d", n)}, {Name: "day", Value: "2026-11-30"}, {Name: "amount", Value: "31500"}, {Name: "currency", Value: "GBP"}}}
}

func (l *benchLog) write(ctx context.Context, n int) error {
	from := l.n
	l.n += n
	return l.db.Write(ctx, "bench.log", func(ctx context.Context, tx *store.Tx) error {
		for i := range n {
			if err := l.Append(ctx, tx, logged(from+i)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l *benchLog) sequencing(ctx context.Context, o options, out io.Writer) error {
	const many = 20_000
	for range 1 + o.rounds { // the first fills the log
		if err := l.write(ctx, many); err != nil {
			return err
		}
		start := time.Now()
		for {
			done, err := l.seq.Cycle(ctx)
			if err != nil {
				return err
			}
			if done.Sequenced == 0 {
				break
			}
		}
		if l.n > many {
			fmt.Fprintf(out, "%-50s %8.0f leaves/s\n", "placed, hashed, signed and published", many/time.Since(start).Seconds())
		}
	}
	return nil
}

// publication writes a thousand leaves a second for five seconds, each in a transaction of its own.
func (l *benchLog) publication(ctx context.Context, out io.Writer) error {
	const count, atOnce = 5000, 10
	running, stop := context.WithCancel(ctx)
	defer stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	ended := make(chan error, 1)
	go func() { ended <- l.seq.Run(running, tick.C) }()
	before, begun := l.n, make([]atomic.Int64, count)
	l.n += count
	var took []time.Duration
	seen := make(chan error, 1)
	go func() {
		for at := 0; at < count; time.Sleep(5 * time.Millisecond) {
			var size int64
			err := l.db.Read(ctx, "bench.status", func(ctx context.Context, tx *store.Tx) error {
				s, err := l.Status(ctx, tx)
				size = s.Published
				return err
			})
			if err != nil {
				seen <- err
				return
			}
			for now := time.Now(); at < int(size)-before && at < count; at++ {
				took = append(took, now.Sub(time.Unix(0, begun[at].Load())))
			}
		}
		seen <- nil
	}()
	pace := time.NewTicker(10 * time.Millisecond)
	defer pace.Stop()
	for n := 0; n < count; n += atOnce {
		<-pace.C
		var several sync.WaitGroup
		failed := make([]error, atOnce)
		for i := range atOnce {
			begun[n+i].Store(time.Now().UnixNano()) // places follow the order of beginnings closely enough for a figure
			several.Go(func() {
				failed[i] = l.db.Write(ctx, "bench.leaf", func(ctx context.Context, tx *store.Tx) error { return l.Append(ctx, tx, logged(before+n+i)) })
			})
		}
		if several.Wait(); errors.Join(failed...) != nil {
			return errors.Join(failed...)
		}
	}
	if err := <-seen; err != nil {
		return err
	}
	stop()
	if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	slices.Sort(took)
	fmt.Fprintf(out, "%-50s p50 %d ms, p99 %d ms\n", "from the transaction to publication, 1,000 leaves/s", took[count/2].Milliseconds(), took[count*99/100].Milliseconds())
	return nil
}

func (l *benchLog) proofs(ctx context.Context, o options, out io.Writer) error {
	var bundle []byte
	err := l.db.Read(ctx, "bench.bundle", func(ctx context.Context, tx *store.Tx) (err error) {
		e := logged(777)
		bundle, err = l.Bundle(ctx, tx, publog.Name{Organisation: e.Organisation, Kind: e.Kind, ID: e.ID}, true)
		return err
	})
	if err != nil {
		return err
	}
	keys, err := l.keys.Keys()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%-50s %d bytes, in a log of %d\n", "a proof", len(bundle), l.n)
	n, start := 0, time.Now()
	for ; time.Since(start) < o.each; n++ {
		if _, err := proof.Verify(bundle, proof.Trust{Logs: keys}); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "%-50s %.3f ms\n", "checked by the program", 1000*time.Since(start).Seconds()/float64(n))
	return inBrowser(ctx, o, out, bundle, keys)
}

// inBrowser checks the proof as a visitor's browser does, in V8 without a page around it.
func inBrowser(ctx context.Context, o options, out io.Writer, bundle []byte, keys []proof.Key) error {
	made := filepath.Join("web", "made")
	if _, err := os.Stat(filepath.Join(made, "verifier.wasm")); err != nil {
		fmt.Fprintln(out, "could not run: checking in a browser's engine; make assets makes the verifier")
		return nil
	}
	if _, err := exec.LookPath("node"); err != nil {
		fmt.Fprintln(out, "could not run: checking in a browser's engine; there is no node")
		return nil
	}
	var names []string
	for _, k := range keys {
		names = append(names, k.String())
	}
	script := filepath.Join(o.dir, "verify.cjs")
	code := `const fs = require("fs"), [,, made, file, keys] = process.argv;
require(require("path").resolve(made, "wasm_exec.js"));
(async () => {
  const go = new Go(), begun = performance.now();
  const { instance } = await WebAssembly.instantiate(fs.readFileSync(made + "/verifier.wasm"), go.importObject);
  go.run(instance);
  await new Promise((done) => setTimeout(done, 50));
  const ready = performance.now() - begun - 50, data = new Uint8Array(fs.readFileSync(file)), from = performance.now();
  let n = 0;
  for (; performance.now() - from < 1000; n++) if (!JSON.parse(stoaVerify(data, keys, "")).holds) throw new Error("it does not hold");
  console.log(JSON.stringify({ ready, each: (performance.now() - from) / n }));
  process.exit(0);
})();
`
	file := filepath.Join(o.dir, "bench.tlog-proof")
	if err := errors.Join(os.WriteFile(script, []byte(code), 0o600), os.WriteFile(file, bundle, 0o600)); err != nil {
		return err
	}
	said, err := exec.CommandContext(ctx, "node", script, made, file, strings.Join(names, " ")).Output()
	if err != nil {
		return fmt.Errorf("checking in a browser's engine: %w", err)
	}
	var took struct{ Ready, Each float64 }
	if err := json.Unmarshal(said, &took); err != nil {
		return err
	}
	fmt.Fprintf(out, "%-50s %.2f ms, after %.0f ms to make it ready\n", "checked by a browser's engine (V8, WebAssembly)", took.Each, took.Ready)
	return nil
}
