// Package signet owns the two files that a log's word depends on, both outside the database: the keys that sign its
// checkpoints, and beside them the memory of what was last signed. A database that was restored from an older copy
// knows less than that memory, and so is found out before anything is signed that would contradict what is published.
//
// It stops at the signature: what the tree holds and whether one state continues another is for package publog to find.
//
// Whoever starts a second node gives it both files, or a place that both reach: what the other has signed since, a copy
// does not know.
package signet

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"stoa/internal/keyfile"
	"stoa/internal/proof"
)

var (
	// ErrMoved says that something was signed since the caller looked.
	ErrMoved = errors.New("another process has signed meanwhile")
	// ErrBackwards says that what is to be signed is older than, or another one beside, what was signed.
	ErrBackwards = errors.New("a log is only signed forward")
	// ErrMemory says that the memory of what was signed cannot be relied on.
	ErrMemory = errors.New("the memory of what was last signed is damaged")
)

// Config says where the keys are.
type Config struct {
	File   string    // of the keys; created if missing; readable by its owner only. The memory is FILE.signed
	Origin string    // of the log, the name of its keys; "" for the one that the key file names
	Rand   io.Reader // default crypto/rand
}

// Signet signs. Every call reads the files anew, so that processes see each other's keys and signatures.
type Signet struct {
	file, origin string
	rand         io.Reader
}

// Open reads the key file, or creates it with a first key.
func Open(cfg Config) (*Signet, error) {
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	s := &Signet{cfg.File, cfg.Origin, cfg.Rand}
	if s.origin == "" {
		s.origin = named(s.file)
	}
	_, err := s.ring()
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(s.memory()); err == nil {
			return nil, fmt.Errorf("the log's keys %s are gone, but %s says that they have signed; bring them back from where they are kept", s.file, s.memory())
		}
		err = s.create()
	}
	if err != nil {
		return nil, fmt.Errorf("open the log's keys: %w", err)
	}
	return s, nil
}

func (s *Signet) memory() string { return s.file + ".signed" }

// Origin is the log's name.
func (s *Signet) Origin() string { return s.origin }

// Keys are all that have ever signed and were not struck off, the newest last: what readers are told to trust.
func (s *Signet) Keys() ([]proof.Key, error) {
	r, err := s.ring()
	if err != nil {
		return nil, fmt.Errorf("read the log's keys: %w", err)
	}
	return r.keys(), nil
}

// Last is what was last signed; ok is false where nothing ever was.
func (s *Signet) Last() (c proof.Checkpoint, ok bool, err error) {
	r, err := s.ring()
	if err != nil {
		return c, false, fmt.Errorf("read the log's keys: %w", err)
	}
	return s.last(r)
}

func (s *Signet) last(r *ring) (c proof.Checkpoint, ok bool, err error) {
	raw, err := os.ReadFile(s.memory())
	if errors.Is(err, fs.ErrNotExist) {
		return c, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("read what was last signed: %w", err)
	}
	signed, err := proof.Trust{Logs: r.keys()}.Open(raw)
	if err != nil {
		return c, false, fmt.Errorf("%w: %s: %w", ErrMemory, s.memory(), err)
	}
	return signed.Checkpoint, true, nil
}

// Sign signs next with all keys in use, after it has put it into the memory, on disk. prev is what the caller has proved
// next to continue: if it is no longer the last, ErrMoved. The same checkpoint may be signed again.
func (s *Signet) Sign(prev, next proof.Checkpoint) (note []byte, err error) {
	unlock, err := keyfile.Lock(s.file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	r, err := s.ring()
	if err != nil {
		return nil, fmt.Errorf("read the log's keys: %w", err)
	}
	last, ok, err := s.last(r)
	switch {
	case err != nil:
		return nil, err
	case ok && last != prev:
		return nil, ErrMoved
	case next.Origin != s.origin:
		return nil, fmt.Errorf("a checkpoint of %q, and the keys are those of %q", next.Origin, s.origin)
	case ok && (next.Size < last.Size || next.Size == last.Size && next.Root != last.Root):
		return nil, ErrBackwards
	}
	note, err = next.Sign(r.signers()...)
	if err != nil {
		return nil, fmt.Errorf("sign a checkpoint: %w", err)
	}
	if ok && next == last {
		return note, nil
	}
	if err := keyfile.Replace(s.memory(), note); err != nil {
		return nil, fmt.Errorf("remember what is signed: %w", err)
	}
	return note, nil
}

// Acknowledge makes tree the last state, whatever was signed before, because an operator has given a reason for it. What
// was there, and why it no longer counts, is kept in FILE.acknowledged.
func (s *Signet) Acknowledge(tree proof.Checkpoint, by, reason string, at time.Time) (err error) {
	if strings.TrimSpace(reason) == "" || strings.TrimSpace(by) == "" {
		return errors.New("going back needs a name and a reason")
	}
	unlock, err := keyfile.Lock(s.file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	r, err := s.ring()
	if err != nil {
		return fmt.Errorf("read the log's keys: %w", err)
	}
	was, err := os.ReadFile(s.memory())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read what was last signed: %w", err)
	}
	note, err := tree.Sign(r.signers()...)
	if err != nil {
		return fmt.Errorf("sign a checkpoint: %w", err)
	}
	entry := fmt.Sprintf("%s %q acknowledged %q\nwas: %q\nis: %q\n", at.UTC().Format(time.RFC3339), by, reason, was, tree.Text())
	if err := appendTo(s.file+".acknowledged", entry); err != nil {
		return fmt.Errorf("note the acknowledgement: %w", err)
	}
	if err := keyfile.Replace(s.memory(), note); err != nil {
		return fmt.Errorf("remember what is acknowledged: %w", err)
	}
	return nil
}

// Rotate adds a key, which from now on signs beside those before it.
func (s *Signet) Rotate() (proof.Key, error) {
	var k proof.Key
	err := s.change(func(r *ring) error {
		signer, err := proof.NewSigner(s.origin, s.rand)
		if err != nil {
			return err
		}
		k = signer.Key()
		r.all = append(r.all, member{number: r.all[len(r.all)-1].number + 1, signer: signer, key: k})
		return nil
	})
	return k, err
}

// Retire ends a key's signing. It stays listed, for what it has signed.
func (s *Signet) Retire(k proof.Key) error {
	return s.change(func(r *ring) error {
		i := slices.IndexFunc(r.all, func(m member) bool { return m.key == k && m.signer != nil })
		if i < 0 {
			return fmt.Errorf("%s is not a key that signs", k)
		}
		if len(r.signers()) == 1 {
			return errors.New("the only key that signs is not retired: add another first, and give readers time to learn of it")
		}
		r.all[i].signer = nil
		return nil
	})
}

func (s *Signet) change(f func(*ring) error) (err error) {
	unlock, err := keyfile.Lock(s.file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	r, err := s.ring()
	if err != nil {
		return fmt.Errorf("read the log's keys: %w", err)
	}
	if err := f(r); err != nil {
		return fmt.Errorf("change the log's keys: %w", err)
	}
	if err := keyfile.Replace(s.file, r.text()); err != nil {
		return fmt.Errorf("write the log's keys: %w", err)
	}
	return nil
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}
