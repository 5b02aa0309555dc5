package pay

import (
	"context"
	"fmt"

	"stoa/internal/store"
)

// NotClosed lists the tills that are open, whenever they were opened, in the order of their opening.
func (s *Tills) NotClosed(ctx context.Context, tx *store.Tx, organisation string) ([]*Till, error) {
	rows, err := tx.Query(ctx, `SELECT `+tillColumns+` FROM pay_till WHERE organisation = $1 AND closed = 0 ORDER BY id LIMIT 200`, organisation)
	all, err := store.Collect(rows, err, scanTill)
	if err != nil {
		return nil, fmt.Errorf("listing open tills: %w", err)
	}
	for _, t := range all {
		if err := s.fill(ctx, tx, t); err != nil {
			return nil, err
		}
	}
	return all, nil
}
