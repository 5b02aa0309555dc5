package cases

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/store"
)

// Fact is what statistics count of a case: nothing of it is sealed.
type Fact struct {
	ID, Variant, Language string
	Ending                string // "" while it is open
	Submitted, Ended      time.Time
}

// Past is what cases came to.
type Past struct{ *Cases }

// Facts lists those of the cases of a service submitted before an instant, by id, at most limit after one.
func (Past) Facts(ctx context.Context, tx *store.Tx, service string, before time.Time, after string, limit int) ([]Fact, error) {
	rows, err := tx.Query(ctx, `SELECT id, variant, language, ending, submitted, ended FROM cases
		WHERE id > $1 AND service = $2 AND submitted < $3 ORDER BY id LIMIT $4`, after, service, store.Micros(before), limit)
	list, err := store.Collect(rows, err, func(row store.Scanner) (f Fact, err error) {
		var submitted, ended int64
		err = row.Scan(&f.ID, &f.Variant, &f.Language, &f.Ending, &submitted, &ended)
		f.Submitted, f.Ended = store.Time(submitted), store.Time(ended)
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing what cases of %s came to: %w", service, err)
	}
	return list, nil
}
