package insight

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/fault"
	"stoa/internal/store"
)

// Cursor is how far the log of events is counted: every event whose id is not above Place, and of those above it the
// ones that were seen. An event's id begins with the time at which its transaction began, and transactions end in another
// order; so Place stays behind what was seen by longer than any transaction takes. A clock that is put back by more makes
// events that are below Place and were never seen: Counted tells of them.
type Cursor struct {
	Place   string
	Through time.Time // when it was last followed
	Counted int64     // events, ever; -1 where it is not known
	version int64
}

// behind is how long Place stays behind.
const behind = 10 * time.Minute

const eventCursor = "events"

// Cursor reads it; in Write it is locked.
func (Figures) Cursor(ctx context.Context, tx *store.Tx) (c Cursor, err error) {
	if err := begin(ctx, tx, eventCursor); err != nil {
		return c, err
	}
	var through int64
	err = tx.QueryRow(ctx, `SELECT place, through, counted, version FROM insight_cursor WHERE name = $1`+tx.Lock(), eventCursor).Scan(&c.Place, &through, &c.Counted, &c.version)
	if errors.Is(err, store.ErrNotFound) {
		return Cursor{}, nil
	}
	if err != nil {
		return c, fmt.Errorf("reading how far statistics have come: %w", err)
	}
	c.Through = store.Time(through)
	return c, nil
}

// begin makes a cursor's row exist in Write, so that there is one to lock: two that both found none would both count.
func begin(ctx context.Context, tx *store.Tx, name string) error {
	if !tx.Writable() {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO insight_cursor (name, place, through, counted, version) VALUES ($1, '', 0, 0, 0) ON CONFLICT (name) DO NOTHING`, name)
	if err != nil {
		return fmt.Errorf("beginning statistics: %w", err)
	}
	return nil
}

// Unseen leaves of events, by id, those that are not counted.
func (Figures) Unseen(ctx context.Context, tx *store.Tx, ids []string) (map[string]bool, error) {
	unseen := map[string]bool{}
	for _, id := range ids {
		unseen[id] = true
	}
	if len(ids) == 0 {
		return unseen, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	seen, err := store.Strings(ctx, tx, `SELECT id FROM insight_seen WHERE id IN (`+store.Marks(1, len(ids))+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("looking for what is counted: %w", err)
	}
	for _, id := range seen {
		delete(unseen, id)
	}
	return unseen, nil
}

// Count adds what events came to, unless somebody else went on from the same cursor: then nothing is changed, and the
// answer is a conflict. The events, by id, are in their order.
func (f Figures) Count(ctx context.Context, tx *store.Tx, from Cursor, events []string, all []Count) error {
	now, err := f.Cursor(ctx, tx)
	if err != nil {
		return err
	}
	if now.version != from.version {
		return fault.NewConflict("Another worker went on")
	}
	place, settled := from.Place, store.FirstID(tx.Now().Add(-behind))
	for _, id := range events {
		if id < settled && id > place {
			place = id
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM insight_seen WHERE id <= $1`, place); err != nil {
		return fmt.Errorf("forgetting what was counted long ago: %w", err)
	}
	for _, id := range events {
		if id <= place {
			continue
		}
		if _, err := tx.Exec(ctx, `INSERT INTO insight_seen (id) VALUES ($1) ON CONFLICT (id) DO NOTHING`, id); err != nil {
			return fmt.Errorf("keeping what is counted: %w", err)
		}
	}
	if err := f.Add(ctx, tx, all); err != nil {
		return err
	}
	counted := now.Counted
	if counted >= 0 {
		counted += int64(len(events))
	}
	return f.move(ctx, tx, Cursor{Place: place, Counted: counted, version: from.version + 1})
}

func (Figures) move(ctx context.Context, tx *store.Tx, to Cursor) error {
	_, err := tx.Exec(ctx, `INSERT INTO insight_cursor (name, place, through, counted, version) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (name) DO UPDATE SET place = excluded.place, through = excluded.through, counted = excluded.counted, version = excluded.version`,
		eventCursor, to.Place, store.Micros(tx.Now()), to.Counted, to.version)
	if err != nil {
		return fmt.Errorf("keeping how far statistics have come: %w", err)
	}
	return nil
}

// Seen is how many events above Place are counted.
func (Figures) Seen(ctx context.Context, tx *store.Tx) (n int64, err error) {
	if err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM insight_seen`).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting what is counted: %w", err)
	}
	return n, nil
}

// Know notes how many events are counted, where that was not known.
func (f Figures) Know(ctx context.Context, tx *store.Tx, from Cursor, counted int64) error {
	now, err := f.Cursor(ctx, tx)
	if err != nil {
		return err
	}
	if now.version != from.version || now.Counted >= 0 {
		return fault.NewConflict("Another worker went on")
	}
	now.Counted, now.version = counted, now.version+1
	return f.move(ctx, tx, now)
}

// Forget throws away what the log of events gives again, and begins anew. Notes that were added up stay, and earlier cases.
func (f Figures) Forget(ctx context.Context, tx *store.Tx) error {
	now, err := f.Cursor(ctx, tx)
	if err != nil {
		return err
	}
	args := make([]any, len(logged))
	for i, m := range logged {
		args[i] = m
	}
	for _, table := range []string{"insight_day", "insight_month"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE measure IN (`+store.Marks(1, len(logged))+`)`, args...); err != nil {
			return fmt.Errorf("forgetting sums: %w", err)
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM insight_seen`); err != nil {
		return fmt.Errorf("forgetting what is counted: %w", err)
	}
	if err := f.addEarlier(ctx, tx); err != nil {
		return err
	}
	return f.move(ctx, tx, Cursor{version: now.version + 1})
}

// Marked is when something that is worked out anew now and then last was; zero where it never was.
func (Figures) Marked(ctx context.Context, tx *store.Tx, name string) (time.Time, error) {
	var at int64
	err := tx.QueryRow(ctx, `SELECT through FROM insight_cursor WHERE name = $1`, name).Scan(&at)
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("reading how far statistics have come: %w", err)
	}
	return store.Time(at), nil
}

// Claim notes that it is worked out now, by whoever does so first of those who know it to have been marked last then. For
// the others it is a conflict: their figures are older than what is written. Whoever claims holds it until the commit.
func (Figures) Claim(ctx context.Context, tx *store.Tx, name string, last time.Time) error {
	if err := begin(ctx, tx, name); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE insight_cursor SET through = $1 WHERE name = $2 AND through = $3`, store.Micros(tx.Now()), name, store.Micros(last))
	if err != nil {
		return fmt.Errorf("keeping how far statistics have come: %w", err)
	}
	if n == 0 {
		return fault.NewConflict("Another worker went on")
	}
	return nil
}
