package record

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/store"
)

// The feed of a register holds the latest change of each record at a place that counts up from 1. Whoever changes a
// record holds the counter until the commit, so places become visible in their order, on PostgreSQL too: a reader who has
// come to a place has missed nothing before it. A record that changes again moves to the end, and what a reader finds is
// what the record says now: nothing that was sealed or corrected since is told again.

// FeedEntry is the latest change of a record.
type FeedEntry struct {
	Place  int64
	ID     string // of the record
	Number string
	Change string
	At     time.Time
	Record *Record // with its public fields as they are now; nil where the register has no such record any more
}

// Feed is the way to what changed in registers.
type Feed struct{ *Records }

// Feed is the way to what changed in registers.
func (s *Records) Feed() Feed { return Feed{s} }

// touch moves a record to the end of its register's feed.
func (s *Records) touch(ctx context.Context, tx *store.Tx, register, id, number, change string) error {
	var place int64
	err := tx.QueryRow(ctx, `INSERT INTO record_feed_last (register, place) VALUES ($1, 1)
		ON CONFLICT (register) DO UPDATE SET place = record_feed_last.place + 1 RETURNING place`, register).Scan(&place)
	if err == nil {
		err = tx.Put(ctx, `INSERT INTO record_feed (register, place, record_id, number, change, at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (record_id) DO UPDATE SET place = excluded.place, change = excluded.change, at = excluded.at`,
			register, place, id, number, change, store.Micros(tx.Now()))
	}
	if err != nil {
		return fmt.Errorf("telling of a change to record %s: %w", number, err)
	}
	return nil
}

// After lists what changed in a register after a place, in order, at most limit. The last entry's place is where to go on.
func (s Feed) After(ctx context.Context, tx *store.Tx, register string, after int64, limit int) ([]FeedEntry, error) {
	return s.list(ctx, tx, `WHERE register = $1 AND place > $2 ORDER BY place LIMIT $3`, register, after, limit)
}

// Newest lists what changed in a register last, the newest first.
func (s Feed) Newest(ctx context.Context, tx *store.Tx, register string, limit int) ([]FeedEntry, error) {
	return s.list(ctx, tx, `WHERE register = $1 ORDER BY place DESC LIMIT $2`, register, limit)
}

func (s Feed) list(ctx context.Context, tx *store.Tx, where string, args ...any) ([]FeedEntry, error) {
	rows, err := tx.Query(ctx, `SELECT place, record_id, number, change, at FROM record_feed `+where, args...)
	list, err := store.Collect(rows, err, func(row store.Scanner) (e FeedEntry, err error) {
		var at int64
		err = row.Scan(&e.Place, &e.ID, &e.Number, &e.Change, &at)
		e.At = store.Time(at)
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what changed in a register: %w", err)
	}
	for i := range list {
		list[i].Record, err = s.Public(ctx, tx, list[i].ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	return list, nil
}
