package publog

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"stoa/internal/proof"
	"stoa/internal/store"
)

const (
	askTimeout   = 10 * time.Second // then a witness counts as silent
	longestPause = 5 * time.Minute  // before one that fails is asked again
	keepCosigned = time.Hour        // older cosignatures go once the witness has given a newer one
)

var (
	// ErrWitness says that a witness did not answer, or not in the protocol.
	ErrWitness = errors.New("the witness did not cosign")
	// ErrSplit says that a witness has cosigned a state that this log does not know: the log was rolled back or forked
	// elsewhere, or the witness lies.
	ErrSplit = errors.New("the witness has cosigned another history")
)

// Witness is somebody outside who confirms that everybody is shown the same log.
type Witness struct {
	Key proof.Key
	// Ask posts the body to the witness's add-checkpoint and gives the answer, whatever its status (reader.Post).
	Ask func(ctx context.Context, body []byte) (proof.Answer, error)
}

// asked is a witness with what is known of it.
type asked struct {
	Witness
	trouble trouble
	busy    sync.Mutex // while it is asked
	failed  int

	mu      sync.Mutex // of what others look at
	next    time.Time  // not asked before
	problem error
}

// Health is how a witness does.
type Health struct {
	Witness proof.Key
	Problem error     // of the last time it was asked; nil where it cosigned
	Next    time.Time // it is left alone until then
}

// Witnesses tells how each witness does.
func (s *Sequencer) Witnesses() []Health {
	all := make([]Health, len(s.witnesses))
	for i, w := range s.witnesses {
		w.mu.Lock()
		all[i] = Health{w.Key, w.problem, w.next}
		w.mu.Unlock()
	}
	return all
}

// state is a checkpoint that witnesses are asked about, all about the same one.
type state struct {
	proof.Checkpoint
	note []byte
	now  time.Time
}

// Cosign asks all witnesses at once to cosign the newest checkpoint, those that have not yet, are not being asked and are
// not left alone, and returns when all have answered or had their time.
func (s *Sequencer) Cosign(ctx context.Context) error {
	c, err := s.target(ctx)
	if err != nil || c == nil {
		return err
	}
	return s.askAll(ctx, c)
}

// target is what witnesses are to be asked about, nil where there is nothing.
func (s *Sequencer) target(ctx context.Context) (c *state, err error) {
	if len(s.witnesses) == 0 {
		return nil, nil
	}
	err = s.db.Read(ctx, "publog.newest", func(ctx context.Context, tx *store.Tx) (err error) {
		c, err = s.newest(ctx, tx)
		return err
	})
	return c, err
}

func (s *Sequencer) askAll(ctx context.Context, c *state) error {
	errs := make([]error, len(s.witnesses))
	var wait sync.WaitGroup
	for i, w := range s.witnesses {
		wait.Go(func() { errs[i] = s.cosign(ctx, w, c) })
	}
	wait.Wait()
	return errors.Join(errs...)
}

func (s *Sequencer) newest(ctx context.Context, tx *store.Tx) (*state, error) {
	t, err := s.log.tree(ctx, tx)
	if err != nil || t.published < 0 {
		return nil, err
	}
	c := &state{now: tx.Now()}
	if c.note, err = s.log.note(ctx, tx, t.published); err != nil {
		return nil, err
	}
	keys, err := s.signet.Keys()
	if err != nil {
		return nil, err
	}
	signed, err := proof.Trust{Logs: keys}.Open(c.note)
	if err != nil {
		return nil, fmt.Errorf("the newest checkpoint in the database: %w", err)
	}
	c.Checkpoint = signed.Checkpoint
	return c, nil
}

// cosign asks one witness, unless an earlier round still does, and leaves it alone for longer and longer while it fails.
func (s *Sequencer) cosign(ctx context.Context, w *asked, c *state) error {
	if !w.busy.TryLock() {
		return nil
	}
	defer w.busy.Unlock()
	if c.now.Before(w.next) {
		return nil
	}
	err := s.askTwice(ctx, w.Witness, c)
	w.trouble.note(ctx, err)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.problem = err
	if err == nil {
		w.failed, w.next = 0, time.Time{}
		return nil
	}
	w.failed++
	w.next = c.now.Add(min(time.Second<<min(w.failed-1, 20), longestPause))
	return fmt.Errorf("witness %s: %w", w.Key.Name(), err)
}

// askTwice asks; a witness that knows another size than we thought says so, and is asked again from there.
func (s *Sequencer) askTwice(ctx context.Context, w Witness, c *state) error {
	old, err := s.lastSeen(ctx, w.Key)
	if err != nil || old == c.Size {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	for range 2 {
		body, err := s.question(ctx, c, old)
		if err != nil {
			return err
		}
		answer, err := w.Ask(ctx, body)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrWitness, err)
		}
		if answer.Status == 200 {
			line, err := proof.Cosigned(c.note, answer.Body, w.Key)
			if err != nil {
				return fmt.Errorf("%w: %w", ErrWitness, err)
			}
			return s.keepCosignature(ctx, w.Key, c, line)
		}
		if old, err = knows(answer, old, c.Size); err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: it changes its mind about the size that it knows", ErrWitness)
}

// knows reads from a refusal which size the witness has cosigned.
func knows(a proof.Answer, asked, size int64) (int64, error) {
	said := strings.TrimSpace(string(a.Body[:min(len(a.Body), 200)]))
	if a.Status != 409 {
		return 0, fmt.Errorf("%w: status %d, %q", ErrWitness, a.Status, said)
	}
	n, err := strconv.ParseInt(said, 10, 64)
	switch {
	case err != nil || !strings.HasPrefix(a.Type, "text/x.tlog.size") || n < 0:
		return 0, fmt.Errorf("%w: it refuses without a size: %q", ErrWitness, said)
	case n > size:
		return 0, fmt.Errorf("%w: it says that it has cosigned %d entries, and the newest checkpoint has %d", ErrSplit, n, size)
	case n == asked:
		return 0, fmt.Errorf("%w: it has cosigned another tree of %d entries", ErrSplit, n)
	}
	return n, nil
}

// lastSeen is the size that the witness has cosigned last, as far as we know.
func (s *Sequencer) lastSeen(ctx context.Context, w proof.Key) (size int64, err error) {
	err = s.db.Read(ctx, "publog.cosigned", func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT COALESCE(MAX(size), 0) FROM publog_cosignature WHERE log = $1 AND witness = $2`,
			s.log.name, w.String()).Scan(&size)
	})
	if err != nil {
		return 0, fmt.Errorf("look for its last cosignature: %w", err)
	}
	return size, nil
}

func (s *Sequencer) question(ctx context.Context, c *state, old int64) (body []byte, err error) {
	err = s.db.Read(ctx, "publog.consistency", func(ctx context.Context, tx *store.Tx) error {
		hashes, err := proof.Consistency(c.Size, old, s.log.hashes(ctx, tx, c.Size))
		body = (&proof.Ask{Old: old, Proof: hashes, Checkpoint: c.note}).Format()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("prove that %d entries continue %d: %w", c.Size, old, err)
	}
	return body, nil
}

func (s *Sequencer) keepCosignature(ctx context.Context, w proof.Key, c *state, line []byte) error {
	err := s.db.Write(ctx, "publog.cosign", func(ctx context.Context, tx *store.Tx) error {
		// The checkpoint may have made way for a newer one meanwhile; a cosignature is worth nothing without it.
		err := tx.Put(ctx, `INSERT INTO publog_checkpoint (log, size, note, published) VALUES ($1, $2, $3, $4)
			ON CONFLICT (log, size) DO NOTHING`, s.log.name, c.Size, c.note, store.Micros(tx.Now()))
		if err != nil {
			return err
		}
		err = tx.Put(ctx, `INSERT INTO publog_cosignature (log, witness, size, line, received) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (log, witness, size) DO UPDATE SET line = excluded.line`,
			s.log.name, w.String(), c.Size, line, store.Micros(tx.Now()))
		if err != nil {
			return err
		}
		err = tx.Put(ctx, `DELETE FROM publog_cosignature WHERE log = $1 AND witness = $2 AND size < $3 AND received < $4`,
			s.log.name, w.String(), c.Size, store.Micros(tx.Now().Add(-keepCosigned)))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep the cosignature: %w", err)
	}
	return nil
}
