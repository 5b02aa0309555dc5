// Package tally owns what several processes of an installation count together: how often something came in an hour, and that
// something was used once.
//
// It stops at marks: what is counted, and for whom, is hashed by the caller with a key and the hour, so that what stands here
// tells nobody's address, and one hour cannot be laid beside another. An hour after it ended nothing of it is left.
package tally

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"stoa/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// Mark names what is counted.
type Mark = [16]byte

// Tally counts in a database.
type Tally struct{ DB *store.DB }

// Count adds to what came since the beginning of an hour, and gives the sums with what others added.
func (t Tally) Count(ctx context.Context, since time.Time, add map[Mark]int64) (sums map[Mark]int64, err error) {
	marks := make([]Mark, 0, len(add))
	for m := range add {
		marks = append(marks, m)
	}
	slices.SortFunc(marks, func(a, b Mark) int { return bytes.Compare(a[:], b[:]) }) // rows are locked in one order
	err = t.DB.Write(ctx, "tally.Count", func(ctx context.Context, tx *store.Tx) error {
		sums = map[Mark]int64{}
		for _, m := range marks {
			var n int64
			err := tx.QueryRow(ctx, `INSERT INTO tally (since, mark, n) VALUES ($1, $2, $3)
				ON CONFLICT (since, mark) DO UPDATE SET n = tally.n + $3 RETURNING n`, store.Micros(since), m[:], add[m]).Scan(&n)
			if err != nil {
				return fmt.Errorf("counting together: %w", err)
			}
			sums[m] = n
		}
		return t.sweep(ctx, tx, since)
	})
	return sums, err
}

// Once notes that something is used, which counts until a moment, and reports whether it is the first time.
func (t Tally) Once(ctx context.Context, m Mark, until time.Time) (first bool, err error) {
	err = t.DB.Write(ctx, "tally.Once", func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO tally_once (mark, until) VALUES ($1, $2) ON CONFLICT (mark) DO NOTHING`, m[:], store.Micros(until))
		if err != nil {
			return fmt.Errorf("noting that something is used: %w", err)
		}
		first = n == 1
		return nil
	})
	return first, err
}

// sweep takes away the hours before the last, and what was used and counts no longer.
func (t Tally) sweep(ctx context.Context, tx *store.Tx, since time.Time) error {
	if err := tx.Put(ctx, `DELETE FROM tally WHERE since < $1`, store.Micros(since.Add(-time.Hour))); err != nil {
		return fmt.Errorf("clearing counts away: %w", err)
	}
	if err := tx.Put(ctx, `DELETE FROM tally_once WHERE until < $1`, store.Micros(tx.Now().Add(-time.Hour))); err != nil {
		return fmt.Errorf("clearing away what was used: %w", err)
	}
	return nil
}
