package publog_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"stoa/internal/fault"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// TestFromEventToProof is the way of a leaf: logged, waiting, published, in the hand of the person concerned.
func TestFromEventToProof(t *testing.T) {
	each(t, func(w *world) {
		s := w.sequencer("a")
		if done := w.cycle(s); done.Sequenced != 0 || done.Published != 0 {
			t.Errorf("an empty log: %+v", done)
		}
		w.audit() // of nothing
		e := event(0)
		e.Hidden = []proof.Field{{Name: "holder.name", Value: "Ada Ågren"}}
		e.Subject = w.subject
		w.must(w.db.Write(w.ctx, "log", func(ctx context.Context, tx *store.Tx) error { return w.Append(ctx, tx, e) }))
		w.logged++
		place := func() (p publog.Place) {
			w.read(func(ctx context.Context, tx *store.Tx) (err error) {
				p, err = w.Find(ctx, tx, name(0))
				return err
			})
			return p
		}
		if p := place(); p.Index != -1 || p.Published {
			t.Errorf("it waits: %+v", p)
		}
		if _, err := w.bundle(name(0), true); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("a proof of what waits: %v", err)
		}
		w.append(300)
		if done := w.cycle(s); done.Sequenced != 301 || done.Published != 301 {
			t.Errorf("%+v", done)
		}
		if p := place(); p.Index < 0 || !p.Published {
			t.Errorf("it is published: %+v", p)
		}
		w.complete()
		for opened, want := range map[bool]int{true: 1, false: 0} {
			data, err := w.bundle(name(0), opened)
			w.must(err)
			p, err := proof.Verify(data, w.trust())
			w.must(err)
			if p.Leaf.ID != e.ID || p.Leaf.Fields[0].Value != "2031-01-01" || len(p.Opened) != want || !p.Leaf.At.Equal(w.clock.Now()) {
				t.Errorf("%+v, %+v", p, p.Leaf)
			}
			if strings.Contains(string(data), "Ada") {
				t.Error("the name stands in the open")
			}
		}
		if done := w.cycle(s); done.Sequenced != 0 || done.Published != 301 {
			t.Errorf("nothing to do: %+v", done)
		}
		// Once the person is erased, the commitment stays, and nobody can open it.
		w.must(w.db.Write(w.ctx, "erase", func(ctx context.Context, tx *store.Tx) error { return w.vault.Erase(ctx, tx, w.subject) }))
		if _, err := w.bundle(name(0), true); !errors.Is(err, vault.ErrErased) {
			t.Errorf("erased: %v", err)
		}
		_, err := w.bundle(name(0), false)
		w.must(err)
		if _, err := w.bundle(publog.Name{Organisation: "licensing", Kind: "licence.issued", ID: "none"}, false); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a leaf that is not there: %v", err)
		}
		var all []publog.Numbered
		w.read(func(ctx context.Context, tx *store.Tx) (err error) {
			all, err = w.Leaves(ctx, tx, 250, 1000)
			return err
		})
		if len(all) != 51 || all[0].Index != 250 || all[50].Index != 300 {
			t.Errorf("%d leaves from 250 on", len(all))
		}
	})
}

// TestAnEventIsLoggedOnce, with its transaction or not at all, and only what can be a leaf.
func TestAnEventIsLoggedOnce(t *testing.T) {
	each(t, func(w *world) {
		w.append(1)
		log := func(e publog.Event) error {
			return w.db.Write(w.ctx, "log", func(ctx context.Context, tx *store.Tx) error { return w.Append(ctx, tx, e) })
		}
		if err := log(event(0)); !errors.Is(err, publog.ErrLogged) {
			t.Errorf("twice: %v", err)
		}
		e := event(1)
		e.Fields = append(e.Fields, e.Fields[0])
		if err := log(e); !errors.Is(err, publog.ErrLeaf) {
			t.Errorf("a field twice: %v", err)
		}
		err := w.db.Write(w.ctx, "fails", func(ctx context.Context, tx *store.Tx) error {
			w.must(w.Append(ctx, tx, event(2)))
			return errBreak
		})
		if !errors.Is(err, errBreak) {
			t.Error(err)
		}
		w.cycle(w.sequencer("a"))
		w.complete()
	})
}

// TestOnlyWhatIsSignedIsShown: what has its place but no signature is nobody's word.
func TestOnlyWhatIsSignedIsShown(t *testing.T) {
	each(t, func(w *world) {
		s := w.sequencer("a")
		if _, err := w.fetch(w.ctx, proof.CheckpointPath); !errors.Is(err, proof.ErrMissing) {
			t.Errorf("before the first checkpoint: %v", err)
		}
		w.append(5)
		w.cycle(s)
		w.append(5)
		s.BreakAt(func(step string) error {
			if step == "checked" {
				return errBreak
			}
			return nil
		})
		if _, err := s.Cycle(w.ctx); !errors.Is(err, errBreak) {
			t.Fatal(err)
		}
		for path, there := range map[string]bool{"tile/0/000.p/5": true, "tile/0/000.p/6": false, "tile/0/000": false, "tile/entries/000.p/5": true,
			"tile/entries/000.p/3": true, "tile/entries/000.p/10": false, "tile/1/000.p/1": false, "tile/0/001.p/1": false, "../secret": false, "tile/0/zzz": false} {
			_, err := w.fetch(w.ctx, path)
			if there != (err == nil) || err != nil && !errors.Is(err, proof.ErrMissing) {
				t.Errorf("%s: %v", path, err)
			}
		}
		var st publog.Status
		w.read(func(ctx context.Context, tx *store.Tx) (err error) {
			st, err = w.Status(ctx, tx)
			return err
		})
		if st != (publog.Status{Waiting: 0, Size: 10, Published: 5, Holder: "a"}) {
			t.Errorf("%+v", st)
		}
	})
}

// TestAChangedByteInTheDatabaseIsNamed by whoever reads the log from outside.
func TestAChangedByteInTheDatabaseIsNamed(t *testing.T) {
	each(t, func(w *world) {
		w.appendAll(600)
		w.cycle(w.sequencer("a"))
		check := func() error {
			s, err := proof.Newest(w.ctx, w.fetch, w.trust())
			if err != nil {
				return err
			}
			return proof.Audit(w.ctx, w.fetch, s.Checkpoint, nil)
		}
		w.must(check())
		blob := func(query string) (b []byte) {
			w.read(func(ctx context.Context, tx *store.Tx) error { return tx.QueryRow(ctx, query).Scan(&b) })
			return slices.Clone(b)
		}
		for _, c := range []struct{ get, set, says string }{
			{`SELECT bytes FROM publog_leaf WHERE idx = 300`, `UPDATE publog_leaf SET bytes = $1 WHERE idx = 300`, "entry 300, in tile/entries/001"},
			{`SELECT hashes FROM publog_tile WHERE level = 0 AND n = 2`, `UPDATE publog_tile SET hashes = $1 WHERE level = 0 AND n = 2`, "tile/0/002.p/88"},
			{`SELECT hashes FROM publog_tile WHERE level = 1`, `UPDATE publog_tile SET hashes = $1 WHERE level = 1`, "tile/1/000.p/2"},
			{`SELECT note FROM publog_checkpoint`, `UPDATE publog_checkpoint SET note = $1`, "checkpoint"},
		} {
			was := blob(c.get)
			for _, at := range []int{0, len(was) / 2, len(was) - 2} {
				now := slices.Clone(was)
				now[at] ^= 2
				w.exec(c.set, now)
				var f *proof.Failure
				if err := check(); !errors.As(err, &f) || !strings.Contains(f.What, c.says) && c.says != "checkpoint" {
					t.Errorf("%s at %d: %v", c.set, at, err)
				}
			}
			w.exec(c.set, was)
			w.must(check())
		}
		// The sequencer does not build on a changed tile either.
		edge := blob(`SELECT hashes FROM publog_tile WHERE level = 0 AND n = 2`)
		edge[40] ^= 1
		w.exec(`UPDATE publog_tile SET hashes = $1 WHERE level = 0 AND n = 2`, edge)
		w.append(1)
		if _, err := w.sequencer("b").Cycle(w.ctx); err == nil {
			w.clock.Advance(time.Minute)
			if _, err := w.sequencer("b").Cycle(w.ctx); err == nil {
				t.Error("it builds on a changed tile")
			}
		}
	})
}
