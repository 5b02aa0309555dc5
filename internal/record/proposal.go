package record

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/fault"
	"stoa/internal/store"
)

// States of a proposal.
const (
	Waiting   = "waiting"
	Approved  = "approved"
	Refused   = "refused"
	Withdrawn = "withdrawn"
)

// Proposal is a correction, or a record to be entered, that waits for another person, or waited.
type Proposal struct {
	ID, Register string
	Record       string // "": a record to be entered; then, once it is, that record
	Version      int64  // of the record when it was proposed
	Valid        Period
	State        string
	Proposer     string
	At           time.Time
	Decider      string
	Decided      time.Time
	Subject      string // whose key seals it: the record's, or that of the record to be
	ProposalWords
}

// ProposalWords is what is sealed of a proposal.
type ProposalWords struct {
	Set            map[string]string // fields; "" takes one away
	Reason, Source string
	Answer         string // of who decided
}

// Proposals is the way to what waits for another person.
type Proposals struct{ s *Records }

// Proposals is the way to what waits for another person.
func (s *Records) Proposals() Proposals { return Proposals{s} }

// Add stores a proposal.
func (q Proposals) Add(ctx context.Context, tx *store.Tx, p *Proposal) (err error) {
	p.ID, p.State, p.At = tx.NewID(), Waiting, tx.Now()
	if p.Subject == "" {
		if p.Subject, err = q.s.Vault.NewSubject(ctx, tx); err != nil {
			return fmt.Errorf("storing a proposal: %w", err)
		}
	}
	sealed, err := q.s.sealJSON(ctx, tx, p.Subject, "proposal "+p.ID, p.ProposalWords)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO record_proposal (id, register, record_id, version, valid_from, valid_until, state, proposer, at, decider, decided, subject, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 0, $10, $11)`,
		p.ID, p.Register, p.Record, p.Version, noEnd(p.Valid.From), noEnd(p.Valid.Until), p.State, p.Proposer, store.Micros(p.At), p.Subject, sealed)
	if err != nil {
		return fmt.Errorf("storing a proposal: %w", err)
	}
	return nil
}

// Decide ends a proposal that waits. What was to be entered and is not cannot be read any more.
func (q Proposals) Decide(ctx context.Context, tx *store.Tx, p *Proposal, state, by, answer string) error {
	p.Answer = answer
	sealed, err := q.s.sealJSON(ctx, tx, p.Subject, "proposal "+p.ID, p.ProposalWords)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE record_proposal SET state = $2, decider = $3, decided = $4, record_id = $5, sealed = $6 WHERE id = $1 AND state = 'waiting'`,
		p.ID, state, by, store.Micros(tx.Now()), p.Record, sealed)
	if err != nil {
		return fmt.Errorf("deciding a proposal: %w", err)
	}
	if n == 0 {
		return fault.NewConflict("This has been decided already. Look at it again")
	}
	p.State, p.Decider, p.Decided = state, by, tx.Now()
	if p.Record == "" {
		return q.s.Vault.Erase(ctx, tx, p.Subject)
	}
	return nil
}

const proposalColumns = `id, register, record_id, version, valid_from, valid_until, state, proposer, at, decider, decided, subject, sealed`

// Get reads a proposal; in Write it is locked. store.ErrNotFound if there is none.
func (q Proposals) Get(ctx context.Context, tx *store.Tx, id string) (*Proposal, error) {
	list, err := q.list(ctx, tx, `WHERE id = $1`+tx.Lock(), id)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("reading a proposal: %w", store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// Waiting lists what waits in a register, the oldest first.
func (q Proposals) Waiting(ctx context.Context, tx *store.Tx, register string, limit int) ([]*Proposal, error) {
	return q.list(ctx, tx, `WHERE register = $1 AND state = 'waiting' ORDER BY id LIMIT $2`, register, limit)
}

// WaitingOf lists what waits of a record, the newest first.
func (q Proposals) WaitingOf(ctx context.Context, tx *store.Tx, record string) ([]*Proposal, error) {
	return q.list(ctx, tx, `WHERE record_id = $1 AND state = 'waiting' ORDER BY id DESC LIMIT 50`, record)
}

func (q Proposals) list(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Proposal, error) {
	rows, err := tx.Query(ctx, `SELECT `+proposalColumns+` FROM record_proposal `+where, args...)
	var closed [][]byte
	list, err := store.Collect(rows, err, func(row store.Scanner) (*Proposal, error) {
		var p Proposal
		var from, until string
		var at, decided int64
		var sealed []byte
		err := row.Scan(&p.ID, &p.Register, &p.Record, &p.Version, &from, &until, &p.State, &p.Proposer, &at, &p.Decider, &decided, &p.Subject, &sealed)
		if err != nil {
			return nil, err
		}
		p.At = store.Time(at)
		if decided != 0 {
			p.Decided = store.Time(decided)
		}
		closed = append(closed, sealed)
		p.Valid.From, err = day(from)
		var bad error
		p.Valid.Until, bad = day(until)
		return &p, errors.Join(err, bad)
	})
	if err != nil {
		return nil, fmt.Errorf("reading what is proposed: %w", err)
	}
	for i, p := range list {
		if err := q.s.openJSON(ctx, tx, p.Subject, "proposal "+p.ID, closed[i], &p.ProposalWords); err != nil {
			return nil, err
		}
	}
	return list, nil
}
