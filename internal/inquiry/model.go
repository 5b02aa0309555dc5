package inquiry

import (
	"context"
	"fmt"

	"stoa/internal/store"
)

// Use is what a language model was asked, and what came of it.
type Use struct {
	Asked, Failed  int
	Kept, Dropped  int   // sentences of its replies
	Sent, Received int64 // tokens
}

// Spend takes one question out of a day's budget; false where it is used up.
func (q *Inquiries) Spend(ctx context.Context, tx *store.Tx, day string, most int) (bool, error) {
	if err := q.Used(ctx, tx, day, Use{}); err != nil { // the row is there, and whoever else asks waits for it
		return false, err
	}
	n, err := tx.Exec(ctx, `UPDATE inquiry_model SET asked = asked + 1 WHERE day = $1 AND asked < $2`, day, most)
	if err != nil {
		return false, fmt.Errorf("counting what the language model was asked: %w", err)
	}
	return n == 1, nil
}

// Used adds to what was asked on a day.
func (q *Inquiries) Used(ctx context.Context, tx *store.Tx, day string, u Use) error {
	_, err := tx.Exec(ctx, `INSERT INTO inquiry_model (day, asked, failed, kept, dropped, sent, received) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (day) DO UPDATE SET asked = inquiry_model.asked + excluded.asked, failed = inquiry_model.failed + excluded.failed,
		kept = inquiry_model.kept + excluded.kept, dropped = inquiry_model.dropped + excluded.dropped,
		sent = inquiry_model.sent + excluded.sent, received = inquiry_model.received + excluded.received`,
		day, u.Asked, u.Failed, u.Kept, u.Dropped, u.Sent, u.Received)
	if err != nil {
		return fmt.Errorf("counting what the language model was asked: %w", err)
	}
	return nil
}

// UsedSince is what was asked from a day on.
func (q *Inquiries) UsedSince(ctx context.Context, tx *store.Tx, day string) (u Use, err error) {
	err = tx.QueryRow(ctx, `SELECT COALESCE(SUM(asked), 0), COALESCE(SUM(failed), 0), COALESCE(SUM(kept), 0), COALESCE(SUM(dropped), 0),
		COALESCE(SUM(sent), 0), COALESCE(SUM(received), 0) FROM inquiry_model WHERE day >= $1`, day).
		Scan(&u.Asked, &u.Failed, &u.Kept, &u.Dropped, &u.Sent, &u.Received)
	if err != nil {
		return u, fmt.Errorf("reading what the language model was asked: %w", err)
	}
	return u, nil
}
