package job

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/store"
)

// Load is how much work there is.
type Load struct {
	Waiting int64         // not yet done, also what is for later
	Due     int64         // for now
	Dead    int64         // failed for good
	Lag     time.Duration // since the longest due was due
}

// Count tells.
func Count(ctx context.Context, tx *store.Tx) (l Load, err error) {
	var first int64
	now := store.Micros(tx.Now())
	err = tx.QueryRow(ctx, `SELECT COALESCE(SUM(CASE WHEN state = $1 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN state = $1 AND run_at <= $3 THEN 1 ELSE 0 END), 0),
		COALESCE(SUM(CASE WHEN state = $2 THEN 1 ELSE 0 END), 0), COALESCE(MIN(CASE WHEN state = $1 AND run_at <= $3 THEN run_at END), 0)
		FROM job WHERE state IN ($1, $2)`, string(Ready), string(Dead), now).Scan(&l.Waiting, &l.Due, &l.Dead, &first)
	if err != nil {
		return Load{}, fmt.Errorf("count jobs: %w", err)
	}
	if first > 0 {
		l.Lag = time.Duration(now-first) * time.Microsecond
	}
	return l, nil
}

// Waiting counts, by kind, what is not yet done.
func Waiting(ctx context.Context, tx *store.Tx) (map[string]int64, error) {
	type line struct {
		kind string
		n    int64
	}
	rows, err := tx.Query(ctx, `SELECT kind, COUNT(*) FROM job WHERE state = $1 GROUP BY kind`, string(Ready))
	list, err := store.Collect(rows, err, func(s store.Scanner) (l line, err error) { return l, s.Scan(&l.kind, &l.n) })
	if err != nil {
		return nil, fmt.Errorf("count jobs by kind: %w", err)
	}
	all := map[string]int64{}
	for _, l := range list {
		all[l.kind] = l.n
	}
	return all, nil
}
