package record

import (
	"context"
	"fmt"

	"stoa/internal/store"
)

// Erase destroys the key of a record, and with it every personal field that it ever had, and what finds it by them. What
// its register publishes stays: the law publishes it.
func (s *Records) Erase(ctx context.Context, tx *store.Tx, r *Record) error {
	if err := s.Vault.Erase(ctx, tx, r.Subject); err != nil {
		return fmt.Errorf("erasing a record: %w", err)
	}
	if err := tx.Put(ctx, `DELETE FROM record_key WHERE record_id = $1`, r.ID); err != nil {
		return fmt.Errorf("erasing a record: %w", err)
	}
	return nil
}
