package record

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/store"
)

// LastChange is when a record of a register was last changed; zero where there is none.
func (s *Records) LastChange(ctx context.Context, tx *store.Tx, register string) (time.Time, error) {
	var us int64
	err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(updated), 0) FROM record WHERE register = $1`, register).Scan(&us)
	if err != nil {
		return time.Time{}, fmt.Errorf("asking when register %s was last changed: %w", register, err)
	}
	return store.Time(us), nil
}
