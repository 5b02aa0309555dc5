package spend

import (
	"context"
	"fmt"
	"slices"

	"stoa/internal/fault"
	"stoa/internal/store"
)

// Refuse ends what waits: a commitment that was only proposed, or a change of one in force, which stays as it was.
func (s *Commitments) Refuse(ctx context.Context, tx *store.Tx, c *Commitment, reason string, a Act) error {
	if len(c.Pending()) == 0 || c.State != Proposed && c.State != Active {
		return fault.NewConflict(msgNotWaits)
	}
	if c.State == Proposed {
		c.State = Rejected
	} else {
		if err := tx.Put(ctx, `DELETE FROM spend_allocation WHERE organisation = $1 AND commitment = $2 AND day = ''`, c.Organisation, c.ID); err != nil {
			return fmt.Errorf("taking back what commitment %s was to take: %w", c.Number, err)
		}
		c.Allocations = slices.DeleteFunc(c.Allocations, func(x Allocation) bool { return x.Day.IsZero() })
	}
	c.Reason, c.Decided, c.DecidedBy = reason, tx.Now(), a.By
	return s.update(ctx, tx, c)
}

// Close ends a commitment in force: what it has not used is free again.
func (s *Commitments) Close(ctx context.Context, tx *store.Tx, c *Commitment, reason string, a Act) error {
	switch {
	case c.State != Active:
		return fault.NewConflict(msgNotActive)
	case len(c.Pending()) > 0:
		return fault.NewConflict(msgWaits)
	}
	shares := slices.Clone(c.Shares)
	for _, sh := range shares { // by year and line: the order of locks
		if err := s.bind(ctx, tx, c, sh.LineRef, nil, "", a, func(*Share) error { c.State = Closed; return nil }); err != nil {
			return err
		}
		c.State = Active // the next share still holds what it held
	}
	c.State, c.Reason, c.Decided, c.DecidedBy = Closed, reason, tx.Now(), a.By
	return s.update(ctx, tx, c)
}

func (s *Commitments) update(ctx context.Context, tx *store.Tx, c *Commitment) error {
	words, err := seal(ctx, tx, s.vault, c.subject, commitmentPlace+c.ID, c.CommitmentWords)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE spend_commitment SET state = $4, value = $5, invoiced = $6, paid = $7, until_day = $8, entered_by = $9, decided = $10,
		decided_by = $11, words = $12, version = $3 + 1 WHERE organisation = $1 AND id = $2 AND version = $3`, c.Organisation, c.ID, c.Version,
		string(c.State), c.Value, c.Invoiced, c.Paid, iso(c.Until), c.EnteredBy, instant(c.Decided), c.DecidedBy, words)
	if err != nil {
		return fmt.Errorf("updating commitment %s: %w", c.Number, err)
	}
	if n == 0 {
		return fault.NewConflict(msgChanged)
	}
	c.Version++
	return nil
}
