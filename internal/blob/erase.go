package blob

import (
	"context"
	"fmt"

	"stoa/internal/store"
)

// DeleteOf removes all blobs that are sealed under a subject's key, and tells how many.
func (s *Store) DeleteOf(ctx context.Context, tx *store.Tx, subject string) (int64, error) {
	_, err := tx.Exec(ctx, goneAway+`gone_at = 0 AND blob_id IN (SELECT id FROM blob WHERE subject = $2)`, store.Micros(tx.Now()), subject)
	if err != nil {
		return 0, fmt.Errorf("delete a subject's objects: %w", err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM blob_part WHERE blob_id IN (SELECT id FROM blob WHERE subject = $1)`, subject); err != nil {
		return 0, fmt.Errorf("delete a subject's blobs: %w", err)
	}
	n, err := tx.Exec(ctx, `DELETE FROM blob WHERE subject = $1`, subject)
	if err != nil {
		return 0, fmt.Errorf("delete a subject's blobs: %w", err)
	}
	tx.Notify(topic)
	return n, nil
}
