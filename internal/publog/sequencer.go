package publog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"stoa/internal/proof"
	"stoa/internal/publog/signet"
	"stoa/internal/store"
)

const (
	lease = 30 * time.Second // after this another may take over from one that is silent
	batch = 1024             // leaves given their places in one transaction
)

// errHeld says that another sequencer has the lease.
var errHeld = errors.New("another sequencer is at work")

// Sequencer gives leaves their places, signs and publishes. Any number may run; one at a time works.
type Sequencer struct {
	log       *Log
	db        *store.DB
	signet    *signet.Signet
	holder    string
	witnesses []*asked
	errors    *slog.Logger

	lease  time.Duration
	fence  int64
	looked bool               // at what was signed, also if nothing waits: a restored database is found out at the start
	step   func(string) error // tests break off here
}

// SequencerDeps is what a sequencer works with.
type SequencerDeps struct {
	Log       *Log
	DB        *store.DB
	Signet    *signet.Signet
	Holder    string // names this process, and no other: random
	Witnesses []Witness
	Errors    *slog.Logger
}

// NewSequencer makes one.
func NewSequencer(d SequencerDeps) *Sequencer {
	s := &Sequencer{log: d.Log, db: d.DB, signet: d.Signet, holder: d.Holder, errors: d.Errors, lease: lease, step: func(string) error { return nil }}
	for _, w := range d.Witnesses {
		s.witnesses = append(s.witnesses, &asked{Witness: w, trouble: trouble{log: d.Errors, doing: "asking the witness " + w.Key.Name()}})
	}
	return s
}

// Run works until ctx ends. At a tick it looks whether a leaf was committed in this process since the last one, and at
// every fifth in any case, for leaves of other processes. So ticks say how soon a leaf is published and how often at most
// a checkpoint is signed; a tenth of a second suits. Failures are logged once while they last, and tried again.
func (s *Sequencer) Run(ctx context.Context, tick <-chan time.Time) error {
	rings, stop := s.db.Listen(Topic)
	defer stop()
	var rounds sync.WaitGroup // of witnesses; no cycle waits for them, and no round for another
	defer rounds.Wait()
	cycle, round := &trouble{log: s.errors, doing: "publishing the log"}, &trouble{log: s.errors, doing: "asking the witnesses"}
	for passed := patience; ; passed++ {
		select {
		case <-rings:
			passed = patience
		default:
		}
		if passed >= patience {
			passed = 0
			_, err := s.Cycle(ctx)
			if cycle.note(ctx, err); err != nil {
				passed = patience
			}
			rounds.Go(func() {
				c, err := s.target(ctx)
				if round.note(ctx, err); c != nil {
					_ = s.askAll(ctx, c) // the trouble of each witness is logged where it is met
				}
			})
		}
		select {
		case <-ctx.Done():
			return s.letGo(ctx)
		case <-tick:
		}
	}
}

// patience is how many ticks pass between looks for leaves of other processes.
const patience = 5

// trouble logs an error when it comes and when it goes, not each time that it is met.
type trouble struct {
	log   *slog.Logger
	doing string
	mu    sync.Mutex
	last  string
}

func (t *trouble) note(ctx context.Context, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case ctx.Err() != nil:
	case err == nil && t.last != "":
		t.log.Info(t.doing + " works again")
		t.last = ""
	case err != nil && err.Error() != t.last:
		t.log.Error(t.doing, "err", err)
		t.last = err.Error()
	}
}

// Done is what a cycle did.
type Done struct {
	Sequenced int
	Published int64 // size of the newest checkpoint; -1 where nothing is published
}

// Cycle gives all that waits its place, then publishes a checkpoint if there is something new. With nothing to do it
// writes nothing.
func (s *Sequencer) Cycle(ctx context.Context) (Done, error) {
	var done Done
	t, due, err := s.due(ctx)
	done.Published = t.published
	if err != nil || !due && s.looked {
		return done, err
	}
	// The memory is read before the database, which is written before it: so the database is never behind it by chance.
	signed, remembered, err := s.signed(ctx)
	if err != nil {
		return done, err
	}
	if !due {
		return done, s.look(ctx, signed)
	}
	s.looked = true
	for check := true; ; check = false {
		n, err := s.sequence(ctx, signed, check)
		done.Sequenced += n
		if errors.Is(err, errHeld) {
			return done, nil
		}
		if err != nil {
			return done, err
		}
		if n < batch {
			break
		}
	}
	published, err := s.publish(ctx, signed, remembered)
	if errors.Is(err, errHeld) || errors.Is(err, signet.ErrMoved) {
		return done, nil // whoever has taken over goes on
	}
	if err == nil {
		done.Published = published
	}
	return done, err
}

func (s *Sequencer) look(ctx context.Context, signed proof.Checkpoint) error {
	err := s.db.Read(ctx, "publog.look", func(ctx context.Context, tx *store.Tx) error {
		t, err := s.log.tree(ctx, tx)
		if err != nil {
			return err
		}
		return s.log.sound(ctx, tx, t, signed)
	})
	s.looked = err == nil
	return err
}

// due looks before the work writes, so that an idle system does not sync its disk.
func (s *Sequencer) due(ctx context.Context) (t tree, due bool, err error) {
	err = s.db.Read(ctx, "publog.due", func(ctx context.Context, tx *store.Tx) error {
		if t, err = s.log.tree(ctx, tx); err != nil {
			return err
		}
		waiting, err := store.Strings(ctx, tx, `SELECT id FROM publog_leaf WHERE log = $1 AND idx IS NULL LIMIT 1`, s.log.name)
		due = len(waiting) > 0 || t.published < t.size
		return err
	})
	if err != nil {
		return t, false, fmt.Errorf("look for leaves: %w", err)
	}
	return t, due, nil
}

// signed is the state that whatever is signed next must continue: the one in the memory beside the key, or on a node
// that has none yet, the newest that the database has.
func (s *Sequencer) signed(ctx context.Context) (c proof.Checkpoint, remembered bool, err error) {
	c, remembered, err = s.signet.Last()
	if err != nil || remembered {
		return c, remembered, err
	}
	keys, err := s.signet.Keys()
	if err != nil {
		return c, false, err
	}
	err = s.db.Read(ctx, "publog.signed", func(ctx context.Context, tx *store.Tx) error {
		t, err := s.log.tree(ctx, tx)
		if err != nil || t.published < 0 {
			c.Origin = s.signet.Origin()
			if err == nil {
				c.Root, err = proof.Root(0, nil)
			}
			return err
		}
		var note []byte
		if note, err = s.log.note(ctx, tx, t.published); err != nil {
			return err
		}
		signed, err := proof.Trust{Logs: keys}.Open(note)
		if err != nil {
			return fmt.Errorf("this node has not signed before, and what the database says was signed is not by its keys: %w", err)
		}
		c = signed.Checkpoint
		return nil
	})
	if err != nil {
		return c, false, fmt.Errorf("look for what was signed: %w", err)
	}
	return c, false, nil
}

// sequence gives the next leaves their places. Row and lease keep others out; should both fail, the unique index would
// refuse a second leaf at a place.
func (s *Sequencer) sequence(ctx context.Context, signed proof.Checkpoint, check bool) (n int, err error) {
	var fence int64
	err = s.db.Write(ctx, "publog.sequence", func(ctx context.Context, tx *store.Tx) error {
		t, err := s.hold(ctx, tx)
		if err != nil {
			return err
		}
		if check {
			if err := s.log.sound(ctx, tx, t, signed); err != nil {
				return err
			}
		}
		hashes, err := s.log.place(ctx, tx, t.size)
		if err != nil {
			return err
		}
		if err := s.step("placed"); err != nil {
			return err
		}
		if len(hashes) > 0 {
			if err := s.log.grow(ctx, tx, &t, hashes); err != nil {
				return err
			}
		}
		n, fence = len(hashes), t.fence
		err = tx.Put(ctx, `UPDATE publog_tree SET size = $1, root = $2, holder = $3, fence = $4, lease_until = $5 WHERE log = $6`,
			t.size, t.root[:], t.holder, t.fence, t.until, s.log.name)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("give leaves their places: %w", err)
	}
	s.fence = fence
	return n, s.step("sequenced")
}

// hold takes the row of the tree and the lease, or gives errHeld.
func (s *Sequencer) hold(ctx context.Context, tx *store.Tx) (tree, error) {
	root, err := proof.Root(0, nil)
	if err != nil {
		return tree{}, err
	}
	err = tx.Put(ctx, `INSERT INTO publog_tree (log, size, root, published, holder, fence, lease_until) VALUES ($1, 0, $2, -1, '', 0, 0)
		ON CONFLICT (log) DO NOTHING`, s.log.name, root[:])
	if err != nil {
		return tree{}, err
	}
	t, err := s.log.tree(ctx, tx)
	if err != nil {
		return t, err
	}
	now := store.Micros(tx.Now())
	if t.holder != s.holder {
		if now < t.until {
			return t, errHeld
		}
		t.holder, t.fence = s.holder, t.fence+1
	}
	t.until = now + s.lease.Microseconds()
	return t, nil
}

// place numbers the leaves that have waited longest, from size on, and gives their hashes in order.
func (l *Log) place(ctx context.Context, tx *store.Tx, size int64) ([]proof.Hash, error) {
	type placed struct {
		idx  int64
		hash proof.Hash
	}
	rows, err := tx.Query(ctx, `UPDATE publog_leaf SET idx = $1 + w.n
		FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS n
			FROM (SELECT id FROM publog_leaf WHERE log = $2 AND idx IS NULL ORDER BY id LIMIT $3) AS oldest) AS w
		WHERE publog_leaf.log = $2 AND publog_leaf.id = w.id RETURNING idx, bytes`, size, l.name, batch)
	all, err := store.Collect(rows, err, func(row store.Scanner) (p placed, err error) {
		var bytes []byte
		err = row.Scan(&p.idx, &bytes)
		p.hash = proof.EntryHash(bytes)
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("number leaves: %w", err)
	}
	slices.SortFunc(all, func(a, b placed) int { return cmp.Compare(a.idx, b.idx) })
	hashes := make([]proof.Hash, len(all))
	for i, p := range all {
		if p.idx != size+int64(i) {
			return nil, fmt.Errorf("number leaves: %d follows %d", p.idx, size+int64(i)-1)
		}
		hashes[i] = p.hash
	}
	return hashes, nil
}

// publish signs what the tree is by now, and makes it the newest checkpoint.
func (s *Sequencer) publish(ctx context.Context, signed proof.Checkpoint, remembered bool) (size int64, err error) {
	var t tree
	err = s.db.Read(ctx, "publog.state", func(ctx context.Context, tx *store.Tx) error {
		if t, err = s.log.tree(ctx, tx); err != nil {
			return err
		}
		if t.fence != s.fence {
			return errHeld
		}
		return s.log.sound(ctx, tx, t, signed)
	})
	if err != nil {
		return 0, fmt.Errorf("look at the tree before signing: %w", err)
	}
	if err := s.step("checked"); err != nil {
		return 0, err
	}
	next := proof.Checkpoint{Origin: s.signet.Origin(), Size: t.size, Root: t.root}
	prev := signed
	if !remembered {
		prev = proof.Checkpoint{} // nothing is there to have moved
	}
	note, err := s.signet.Sign(prev, next)
	if err != nil {
		return 0, fmt.Errorf("sign the tree of %d entries: %w", next.Size, err)
	}
	if err := s.step("signed"); err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, "publog.publish", func(ctx context.Context, tx *store.Tx) error { return s.show(ctx, tx, t.size, note) })
	if err != nil {
		return 0, fmt.Errorf("publish the tree of %d entries: %w", next.Size, err)
	}
	return t.size, s.step("published")
}

// show makes a signed state the newest, unless the lease has passed to another since.
func (s *Sequencer) show(ctx context.Context, tx *store.Tx, size int64, note []byte) error {
	now, err := s.log.tree(ctx, tx)
	if err != nil {
		return err
	}
	if now.fence != s.fence || now.published > size {
		return errHeld
	}
	err = tx.Put(ctx, `INSERT INTO publog_checkpoint (log, size, note, published) VALUES ($1, $2, $3, $4)
		ON CONFLICT (log, size) DO UPDATE SET note = excluded.note`, s.log.name, size, note, store.Micros(tx.Now()))
	if err != nil {
		return err
	}
	// Older states can be computed; those that a witness has seen are kept for the proofs that rest on them.
	err = tx.Put(ctx, `DELETE FROM publog_checkpoint WHERE log = $1 AND size < $2
		AND size NOT IN (SELECT size FROM publog_cosignature WHERE log = $1)`, s.log.name, size)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `UPDATE publog_tree SET published = $1 WHERE log = $2`, size, s.log.name)
	return err
}
