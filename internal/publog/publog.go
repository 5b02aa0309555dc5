// Package publog owns the public log: what happened as leaves, their places in one tree that only grows, the signed
// states of that tree, and what outsiders read of it. A leaf is a row of the transaction in which the thing happened;
// afterwards one sequencer gives it its place and publishes.
//
// It stops at the words: which events are logged, with which public fields, is for the use case that calls Append. The
// forms that are hashed and signed are in package proof, the keys in publog/signet, a witness in package witness.
//
// Every table has its log first in its keys. An installation has one log; a nation divides by public organisation, and
// each then has its own.
//
// How no leaf is lost, doubled or moved is in DESIGN.md.
package publog

import (
	"context"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"stoa/internal/fault"
	"stoa/internal/proof"
	"stoa/internal/store"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// Topic wakes the sequencer of this process (store.DB.Listen).
const Topic = "publog"

var (
	// ErrLogged says that this event is in the log already.
	ErrLogged = errors.New("the event was logged before")
	// ErrLeaf says that an event cannot be a leaf: a mistake in the use case.
	ErrLeaf = errors.New("not a leaf")
)

// Config names a log.
type Config struct {
	Name  string       // by which its rows are found; never changes
	Vault *vault.Vault // seals what opens hidden fields
	Rand  io.Reader    // salts; safe for several goroutines
}

// Log is the way to the tables of one log.
type Log struct {
	name  string
	vault *vault.Vault
	rand  io.Reader
}

// New gives the way to a log.
func New(cfg Config) *Log { return &Log{cfg.Name, cfg.Vault, cfg.Rand} }

// Event is what happened, as a use case tells it.
type Event struct {
	Kind         string // "licence.issued"
	ID           string // of what happened; in its organisation once for each kind
	Organisation string
	Refs         []proof.Ref
	Fields       []proof.Field // public for ever
	Hidden       []proof.Field // personal: only a salted commitment is published
	Subject      string        // whose personal details they are (vault)
}

// Append logs an event in the transaction in which it happens. It writes a row of its own and waits for nobody.
func (l *Log) Append(ctx context.Context, tx *store.Tx, e Event) error {
	leaf := proof.Leaf{Kind: e.Kind, ID: e.ID, Organisation: e.Organisation, At: tx.Now(), Refs: e.Refs, Fields: e.Fields}
	openings := make([]proof.Opening, len(e.Hidden))
	for i, f := range e.Hidden {
		openings[i] = proof.Opening{Name: f.Name, Value: f.Value}
		if _, err := io.ReadFull(l.rand, openings[i].Salt[:]); err != nil {
			return fmt.Errorf("make a salt: %w", err)
		}
		leaf.Hide(openings[i])
	}
	bytes, err := leaf.Bytes()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLeaf, err)
	}
	id := tx.NewID()
	n, err := tx.Exec(ctx, `INSERT INTO publog_leaf (log, id, organisation, kind, of_id, logged, bytes)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (log, organisation, kind, of_id) DO NOTHING`,
		l.name, id, e.Organisation, e.Kind, e.ID, store.Micros(tx.Now()), bytes)
	if err != nil {
		return fmt.Errorf("log %s %s: %w", e.Kind, e.ID, err)
	}
	if n == 0 {
		return fmt.Errorf("log %s %s: %w", e.Kind, e.ID, ErrLogged)
	}
	if len(openings) > 0 {
		if err := l.keep(ctx, tx, id, e.Subject, openings); err != nil {
			return fmt.Errorf("log %s %s: %w", e.Kind, e.ID, err)
		}
	}
	tx.Notify(Topic)
	return nil
}

func (l *Log) keep(ctx context.Context, tx *store.Tx, id, subject string, openings []proof.Opening) error {
	sealed, err := l.vault.Seal(ctx, tx, subject, openingPlace+id, packOpenings(openings))
	if err != nil {
		return fmt.Errorf("seal what opens it: %w", err)
	}
	err = tx.Put(ctx, `INSERT INTO publog_opening (log, leaf, subject, sealed) VALUES ($1, $2, $3, $4)`, l.name, id, subject, sealed)
	if err != nil {
		return fmt.Errorf("keep what opens it: %w", err)
	}
	return nil
}

const openingPlace = "publog_opening "

// packOpenings is for our own eyes; what a person is given is written by package proof.
func packOpenings(all []proof.Opening) []byte {
	var b []byte
	for _, o := range all {
		for _, part := range []string{o.Name, string(o.Salt[:]), o.Value} {
			b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
			b = append(b, part...)
		}
	}
	return b
}

func unpackOpenings(b []byte) (all []proof.Opening, err error) {
	part := func() (p []byte) {
		if len(b) < 4 || uint64(len(b)-4) < uint64(binary.BigEndian.Uint32(b)) {
			err, b = errors.New("the sealed openings break off"), nil
			return nil
		}
		n := 4 + int(binary.BigEndian.Uint32(b))
		p, b = b[4:n], b[n:]
		return p
	}
	for len(b) > 0 && err == nil {
		o := proof.Opening{Name: string(part())}
		if copy(o.Salt[:], part()) != proof.SaltLen && err == nil {
			err = errors.New("a salt has the wrong length")
		}
		o.Value = string(part())
		all = append(all, o)
	}
	return all, err
}

// openings gives what opens a leaf's hidden fields: nothing where it has none, vault.ErrErased where the person was
// erased.
func (l *Log) openings(ctx context.Context, tx *store.Tx, id string) ([]proof.Opening, error) {
	var subject string
	var sealed []byte
	err := tx.QueryRow(ctx, `SELECT subject, sealed FROM publog_opening WHERE log = $1 AND leaf = $2`, l.name, id).Scan(&subject, &sealed)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find what opens the leaf: %w", err)
	}
	plain, err := l.vault.Open(ctx, tx, subject, openingPlace+id, sealed)
	if err != nil {
		return nil, fmt.Errorf("open what opens the leaf: %w", err)
	}
	return unpackOpenings(plain)
}

// Alarm says that the tree in the database and what was signed do not belong together. Nothing is given a place and
// nothing is signed until an operator has found out why.
type Alarm struct {
	Why    error // ErrRolledBack or ErrForked
	Signed proof.Checkpoint
	Tree   proof.Checkpoint
}

var (
	// ErrRolledBack says that the database has fewer entries than were signed.
	ErrRolledBack = errors.New("the database is older than what was signed")
	// ErrForked says that it has others.
	ErrForked = errors.New("the database holds other entries than those that were signed")
)

// Error says what an operator can do.
func (a *Alarm) Error() string {
	return fmt.Sprintf("%v: the tree has %d entries with root %s, and %d with root %s were signed for %s. Nothing is published. "+
		"Put the newer database back. If what is missing is lost for good: begin a log of another name, or acknowledge the loss "+
		"with a reason (internal/publog/DESIGN.md); whoever kept the signed state will then see the break, and witnesses will not follow",
		a.Why, a.Tree.Size, a.Tree.Root, a.Signed.Size, a.Signed.Root, a.Signed.Origin)
}

// Unwrap gives the kind.
func (a *Alarm) Unwrap() error { return a.Why }

// FaultKind says that it is for the operator.
func (*Alarm) FaultKind() fault.Kind { return fault.Internal }
