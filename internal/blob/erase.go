package blob

import (
	"context"
	"fmt"

	"stoa/internal/store"
)

// DeleteOf removes all blobs that are sealed under a subject's key, and tells how many.
func (s *Store) DeleteOf(ctx context.Context, tx *store.Tx, subject string) (int64, error) {
	if _, err := tx.Exec(ctx, `DELETE FROM blob_part WHERE blob_id IN (SELECT id FROM blob WHERE subject = $1)`, subject); err != nil {
		return 0, fmt.Errorf("delete a subject's blobs: %w", err)
	}
	n, err := tx.Exec(ctx, `DELETE FROM blob WHERE subject = $1`, subject)
	if err != nil {
		return 0, fmt.Errorf("delete a subject's blobs: %w", err)
	}
	return n, nil
}
