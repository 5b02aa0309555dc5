package notify

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/store"
)

// LastWord is the kind of a message to somebody who was erased: it is sealed under a key of its own, which goes with it.
const LastWord = "erased"

// Forget deletes messages from before an instant, the oldest first, and tells how many: what was said is in the case, the
// bill or the letter.
func (o *Outbox) Forget(ctx context.Context, tx *store.Tx, before time.Time, limit int) (int64, error) {
	const old = `SELECT id FROM notification WHERE created < $1 ORDER BY created, id LIMIT $2`
	subjects, err := store.Strings(ctx, tx, `SELECT subject FROM notification WHERE kind = $3 AND id IN (`+old+`)`, store.Micros(before), limit, LastWord)
	if err != nil {
		return 0, fmt.Errorf("forgetting messages: %w", err)
	}
	for _, subject := range subjects {
		if err := o.Vault.Erase(ctx, tx, subject); err != nil {
			return 0, fmt.Errorf("forgetting a message: %w", err)
		}
	}
	n, err := tx.Exec(ctx, `DELETE FROM notification WHERE id IN (`+old+`)`, store.Micros(before), limit)
	if err != nil {
		return 0, fmt.Errorf("forgetting messages: %w", err)
	}
	return n, nil
}
