package release

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/store"
)

// Since tells when a definition was first put in force; store.ErrNotFound for one that never was.
func Since(ctx context.Context, tx *store.Tx, hash string) (time.Time, error) {
	var created int64
	if err := tx.QueryRow(ctx, `SELECT created FROM definition WHERE hash = $1`, hash).Scan(&created); err != nil {
		return time.Time{}, fmt.Errorf("finding definition %s: %w", hash, err)
	}
	return store.Time(created), nil
}
