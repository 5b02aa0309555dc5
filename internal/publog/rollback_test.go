package publog_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/publog/signet"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// TestARestoredBackupSignsNothing: a database from before what was signed is found out at the start, gives no leaf a
// place and signs nothing, until an operator says why it must go on; which then stands in the log.
func TestARestoredBackupSignsNothing(t *testing.T) {
	path := storetest.SQLiteFile(t, schema...)
	db, clock := storetest.Open(t, "sqlite:"+path)
	w := newWorld(t, db, clock)
	w.append(10)
	w.cycle(w.sequencer("a"))
	w.must(db.Close())
	backup := filepath.Join(t.TempDir(), "backup.db")
	copied, err := os.ReadFile(path)
	w.must(err)
	w.must(os.WriteFile(backup, copied, 0o600))
	reopen := func(path string) { // later: the randomness of tests begins anew, and ids must not come twice
		w.db, w.clock = storetest.Open(t, "sqlite:"+path)
		w.clock.Advance(time.Hour)
	}
	reopen(path)
	w.append(5)
	w.cycle(w.sequencer("a"))
	lost, _ := w.audit()

	reopen(backup)
	w.logged = 10
	alarmed := func(s *publog.Sequencer) {
		t.Helper()
		_, err := s.Cycle(w.ctx)
		var a *publog.Alarm
		if !errors.As(err, &a) || !errors.Is(err, publog.ErrRolledBack) || a.Signed != lost || a.Tree.Size != 10 ||
			!strings.Contains(err.Error(), "acknowledge") {
			t.Fatalf("want an alarm, got %v", err)
		}
	}
	alarmed(w.sequencer("b")) // with nothing to do, at the start
	w.append(9)
	s := w.sequencer("c")
	alarmed(s)
	alarmed(s)
	var st publog.Status
	w.read(func(ctx context.Context, tx *store.Tx) (err error) {
		st, err = w.Status(ctx, tx)
		return err
	})
	if st.Size != 10 || st.Published != 10 || st.Waiting != 9 {
		t.Errorf("something was done: %+v", st)
	}
	if err := w.Acknowledge(w.ctx, w.db, w.signet, "council", "rana", ""); err == nil {
		t.Error("acknowledged without a reason")
	}
	alarmed(s)
	w.must(w.Acknowledge(w.ctx, w.db, w.signet, "council", "rana", "The disk of the 4th is lost; five licences are issued anew."))
	if done := w.cycle(s); done.Sequenced != 10 || done.Published != 20 {
		t.Errorf("after the acknowledgement: %+v", done)
	}
	now, _ := w.audit()
	if err := proof.Extends(w.ctx, w.fetch, lost, now); !errors.Is(err, proof.ErrConsistency) {
		t.Errorf("whoever kept the lost state sees %v", err)
	}
	var all []publog.Numbered
	w.read(func(ctx context.Context, tx *store.Tx) (err error) {
		all, err = w.Leaves(ctx, tx, 10, 20)
		return err
	})
	told := false
	for _, l := range all {
		told = told || l.Kind == publog.KindAcknowledged && l.Fields[0].Value == "rana" && l.Fields[2].Value == "15" && l.Fields[4].Value == "10"
	}
	if !told {
		t.Errorf("the break is not told in the log: %+v", all)
	}
	kept, err := os.ReadFile(filepath.Join(w.dir, "log.keys.acknowledged"))
	if err != nil || !strings.Contains(string(kept), "five licences") || !strings.Contains(string(kept), lost.Root.String()) {
		t.Errorf("%s, %v", kept, err)
	}
}

// TestAnotherTreeIsNotSigned: the same number of entries, or more, but not those that were signed.
func TestAnotherTreeIsNotSigned(t *testing.T) {
	each(t, func(w *world) {
		w.append(6)
		w.cycle(w.sequencer("a"))
		for _, more := range []int{0, 3} {
			other := publog.New(publog.Config{Name: "other"})
			log := w.Log
			w.Log = other
			w.appendAll(6 - w.count("other"))
			w.appendAll(more)
			s := w.sequencer("b")
			_, err := s.Cycle(w.ctx)
			if !errors.Is(err, publog.ErrRolledBack) && !errors.Is(err, publog.ErrForked) {
				t.Errorf("%d more: %v", more, err)
			}
			w.Log = log
		}
	})
}

// count is how many leaves a log has.
func (w *world) count(log string) (n int) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM publog_leaf WHERE log = $1`, log).Scan(&n)
	})
	return n
}

// TestANewNodeBelievesWhatItsKeysSigned: without a memory of its own it goes on from the newest checkpoint in the
// database, if that is by its keys and fits the tree.
func TestANewNodeBelievesWhatItsKeysSigned(t *testing.T) {
	each(t, func(w *world) {
		w.append(6)
		w.cycle(w.sequencer("a"))
		memory := filepath.Join(w.dir, "log.keys.signed")
		was, err := os.ReadFile(memory)
		w.must(err)
		w.must(os.Remove(memory))
		w.clock.Advance(time.Minute)
		w.append(2)
		w.cycle(w.sequencer("b"))
		w.complete()
		// A memory that was tampered with is not believed, nor passed over.
		w.must(os.WriteFile(memory, append([]byte("x"), was...), 0o600))
		w.append(1)
		if _, err := w.sequencer("b").Cycle(w.ctx); !errors.Is(err, signet.ErrMemory) {
			t.Errorf("a damaged memory: %v", err)
		}
		w.must(os.Remove(memory))
		w.exec(`UPDATE publog_tree SET size = 7, published = 7`)
		w.exec(`UPDATE publog_checkpoint SET size = 7`)
		if _, err := w.sequencer("b").Cycle(w.ctx); err == nil {
			t.Error("a tree that does not fit its checkpoint is signed")
		}
	})
}

// TestRotation: a new key signs beside the old one, and then alone; proofs of every time verify under what is listed.
func TestRotation(t *testing.T) {
	each(t, func(w *world) {
		s := w.sequencer("a")
		w.append(2)
		w.cycle(s)
		first, err := w.signet.Keys()
		w.must(err)
		early, err := w.bundle(name(0), false)
		w.must(err)
		second, err := w.openSignet().Rotate() // as another process does it
		w.must(err)
		w.append(2)
		w.cycle(s)
		for _, k := range []proof.Key{first[0], second} {
			signed, err := proof.Newest(w.ctx, w.fetch, proof.Trust{Logs: []proof.Key{k}})
			w.must(err)
			if len(signed.By) != 1 || signed.Unknown != 1 {
				t.Errorf("%s: %+v", k, signed)
			}
		}
		w.must(w.signet.Retire(first[0]))
		if err := w.signet.Retire(second); err == nil {
			t.Error("the last key is retired")
		}
		w.append(2)
		w.cycle(s)
		if _, err := proof.Newest(w.ctx, w.fetch, proof.Trust{Logs: first}); !errors.Is(err, proof.ErrSignature) {
			t.Errorf("the old key still signs: %v", err)
		}
		if _, err := proof.Verify(early, w.trust()); err != nil || len(w.trust().Logs) != 2 {
			t.Errorf("an early proof: %v", err)
		}
		w.complete()
	})
}
