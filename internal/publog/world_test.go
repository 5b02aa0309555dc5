package publog_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"testing"

	"stoa/internal/fault"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/publog/signet"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

const origin = "log.greenvale.example/log"

var schema = []fs.FS{publog.Migrations(), vault.Migrations()}

// world is a log on one database.
type world struct {
	*publog.Log
	t       testing.TB
	ctx     context.Context
	db      *store.DB
	clock   *storetest.Clock
	vault   *vault.Vault
	dir     string
	signet  *signet.Signet
	subject string
	logged  int
}

func newWorld(t testing.TB, db *store.DB, clock *storetest.Clock) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), db: db, clock: clock, dir: t.TempDir()}
	var err error
	w.vault, err = vault.Open(vault.Config{KeyFile: filepath.Join(w.dir, "vault.keys")})
	w.must(err)
	w.signet = w.openSignet()
	w.Log = publog.New(publog.Config{Name: "public", Vault: w.vault, Rand: rand.Reader})
	w.must(db.Write(w.ctx, "subject", func(ctx context.Context, tx *store.Tx) error {
		w.subject, err = w.vault.NewSubject(ctx, tx)
		return err
	}))
	return w
}

func each(t *testing.T, test func(w *world)) {
	t.Helper()
	storetest.Each(t, schema, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(newWorld(t, db, clock)) })
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) openSignet() *signet.Signet {
	w.t.Helper()
	s, err := signet.Open(signet.Config{File: filepath.Join(w.dir, "log.keys"), Origin: origin})
	w.must(err)
	return s
}

func event(n int) publog.Event {
	return publog.Event{Kind: "licence.issued", ID: fmt.Sprintf("L-%06d", n), Organisation: "licensing",
		Refs: []proof.Ref{{Kind: "case", ID: fmt.Sprint("c", n)}}, Fields: []proof.Field{{Name: "until", Value: "2031-01-01"}}}
}

func name(n int) publog.Name {
	e := event(n)
	return publog.Name{Organisation: e.Organisation, Kind: e.Kind, ID: e.ID}
}

// append logs n more events, each in a transaction of its own.
func (w *world) append(n int) {
	w.t.Helper()
	for range n {
		e := event(w.logged)
		w.must(w.db.Write(w.ctx, "log", func(ctx context.Context, tx *store.Tx) error { return w.Append(ctx, tx, e) }))
		w.logged++
	}
}

// appendAll logs n more in one transaction.
func (w *world) appendAll(n int) {
	w.t.Helper()
	from := w.logged
	w.must(w.db.Write(w.ctx, "log", func(ctx context.Context, tx *store.Tx) error {
		for i := range n {
			if err := w.Append(ctx, tx, event(from+i)); err != nil {
				return err
			}
		}
		return nil
	}))
	w.logged += n
}

func (w *world) sequencer(holder string, witnesses ...publog.Witness) *publog.Sequencer {
	return publog.NewSequencer(publog.SequencerDeps{Log: w.Log, DB: w.db, Signet: w.signet, Holder: holder, Witnesses: witnesses,
		Errors: slog.New(slog.DiscardHandler)})
}

func (w *world) cycle(s *publog.Sequencer) publog.Done {
	w.t.Helper()
	done, err := s.Cycle(w.ctx)
	w.must(err)
	return done
}

func (w *world) trust() proof.Trust {
	w.t.Helper()
	keys, err := w.signet.Keys()
	w.must(err)
	return proof.Trust{Logs: keys}
}

// fetch reads the log as its site serves it.
func (w *world) fetch(ctx context.Context, path string) (data []byte, err error) {
	err = w.db.Read(ctx, "serve", func(ctx context.Context, tx *store.Tx) error {
		data, _, err = w.Serve(ctx, tx, path)
		return err
	})
	if fault.KindOf(err) == fault.NotFound {
		err = &proof.Failure{Why: proof.ErrMissing, What: path + " is not there", Cause: err}
	}
	return data, err
}

// audit is what a stranger does: checks the whole log, and gives the ids of its leaves in order.
func (w *world) audit() (proof.Checkpoint, []string) {
	w.t.Helper()
	s, err := proof.Newest(w.ctx, w.fetch, w.trust())
	w.must(err)
	var ids []string
	w.must(proof.Audit(w.ctx, w.fetch, s.Checkpoint, func(_ int64, entry []byte) error {
		l, err := proof.ParseLeaf(entry)
		if err == nil {
			ids = append(ids, l.ID)
		}
		return err
	}))
	return s.Checkpoint, ids
}

// complete wants every logged event in the log, once.
func (w *world) complete() {
	w.t.Helper()
	_, ids := w.audit()
	seen := map[string]int{}
	for _, id := range ids {
		seen[id]++
	}
	for i := range w.logged {
		if id := event(i).ID; seen[id] != 1 {
			w.t.Errorf("%s is there %d times", id, seen[id])
		}
	}
	if len(ids) != w.logged {
		w.t.Errorf("%d entries, want %d", len(ids), w.logged)
	}
}

func (w *world) read(f func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	w.must(w.db.Read(w.ctx, "read", f))
}

func (w *world) bundle(n publog.Name, opened bool) (data []byte, err error) {
	err = w.db.Read(w.ctx, "bundle", func(ctx context.Context, tx *store.Tx) error {
		data, err = w.Bundle(ctx, tx, n, opened)
		return err
	})
	return data, err
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	w.must(w.db.Write(w.ctx, "tamper", func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.Exec(ctx, query, args...)
		if err == nil && n == 0 {
			err = fmt.Errorf("changed nothing: %s", query)
		}
		return err
	}))
}

var errBreak = errors.New("broken off")
