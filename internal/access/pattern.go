package access

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stoa/internal/store"
)

// Kinds of what is noticed about the reading of staff. Each is a reason to ask, and proves nothing.
const (
	AlertMany   = "many"    // many more persons in an hour than the reader, and the others, usually look at
	AlertOthers = "others"  // many cases in a day that are assigned to somebody else
	AlertName   = "name"    // somebody of the reader's own family name
	AlertHome   = "address" // somebody with the reader's own e-mail address or telephone number
)

// Alert is a notice to a supervisor.
type Alert struct {
	ID, Organisation, Actor, Kind string
	Window                        string // the hour or day it is about, or the look
	At                            time.Time
	N, Usual, Peers               int
	Seen                          time.Time // zero: nobody has looked at it
	SeenBy, Note                  string
}

// Raise stores an alert, once for each reader, kind and window.
func Raise(ctx context.Context, tx *store.Tx, a Alert) (fresh bool, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO access_alert (id, organisation, actor, kind, window_key, at, n, usual, peers, seen, seen_by, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '', '') ON CONFLICT (organisation, actor, kind, window_key) DO NOTHING`,
		tx.NewID(), a.Organisation, a.Actor, a.Kind, a.Window, store.Micros(tx.Now()), a.N, a.Usual, a.Peers)
	if err != nil {
		return false, fmt.Errorf("storing an alert: %w", err)
	}
	return n > 0, nil
}

const alertColumns = `id, organisation, actor, kind, window_key, at, n, usual, peers, seen, seen_by, note`

func scanAlert(row store.Scanner) (a Alert, err error) {
	var at, seen int64
	err = row.Scan(&a.ID, &a.Organisation, &a.Actor, &a.Kind, &a.Window, &at, &a.N, &a.Usual, &a.Peers, &seen, &a.SeenBy, &a.Note)
	a.At = store.Time(at)
	if seen != 0 {
		a.Seen = store.Time(seen)
	}
	return a, err
}

// Alerts lists those of an organisation, those that nobody has looked at first, the newest first.
func Alerts(ctx context.Context, tx *store.Tx, organisation string, limit int) ([]Alert, error) {
	rows, err := tx.Query(ctx, `SELECT `+alertColumns+` FROM access_alert WHERE organisation = $1
		ORDER BY CASE WHEN seen = 0 THEN 0 ELSE 1 END, at DESC, id DESC LIMIT $2`, organisation, limit)
	all, err := store.Collect(rows, err, scanAlert)
	if err != nil {
		return nil, fmt.Errorf("listing alerts: %w", err)
	}
	return all, nil
}

// AlertByID is one alert, held for a change; store.ErrNotFound if there is none.
func AlertByID(ctx context.Context, tx *store.Tx, id string) (Alert, error) {
	a, err := scanAlert(tx.QueryRow(ctx, `SELECT `+alertColumns+` FROM access_alert WHERE id = $1`+tx.Lock(), id))
	if err != nil {
		return Alert{}, fmt.Errorf("reading an alert: %w", err)
	}
	return a, nil
}

// See notes that a supervisor has looked at an alert, and what they found.
func See(ctx context.Context, tx *store.Tx, id, by, note string) error {
	err := tx.Put(ctx, `UPDATE access_alert SET seen = $2, seen_by = $3, note = $4 WHERE id = $1`, id, store.Micros(tx.Now()), by, note)
	if err != nil {
		return fmt.Errorf("noting an alert: %w", err)
	}
	return nil
}

// Reading is how many different persons somebody looked at in a window.
type Reading struct {
	Organisation, Actor string
	Persons             int
}

// Readings counts, by reader and organisation, the persons looked at in [from, until).
func Readings(ctx context.Context, tx *store.Tx, from, until time.Time) ([]Reading, error) {
	rows, err := tx.Query(ctx, `SELECT organisation, actor, COUNT(DISTINCT person) FROM access
		WHERE at >= $1 AND at < $2 AND actor <> '' AND day_key IS NULL GROUP BY organisation, actor ORDER BY organisation, actor`, store.Micros(from), store.Micros(until))
	all, err := store.Collect(rows, err, func(row store.Scanner) (r Reading, err error) {
		return r, row.Scan(&r.Organisation, &r.Actor, &r.Persons)
	})
	if err != nil {
		return nil, fmt.Errorf("counting reads: %w", err)
	}
	return all, nil
}

// Usual gives the most persons whom a reader looked at in one hour, hour by hour over [from, until); nothing where they
// looked at nobody.
func Usual(ctx context.Context, tx *store.Tx, organisation, actor string, from, until time.Time) (int, error) {
	rows, err := tx.Query(ctx, `SELECT COUNT(DISTINCT person) FROM access
		WHERE actor = $1 AND at >= $2 AND at < $3 AND organisation = $4 AND day_key IS NULL GROUP BY at / 3600000000`,
		actor, store.Micros(from), store.Micros(until), organisation)
	hours, err := store.Collect(rows, err, func(row store.Scanner) (n int, err error) { return n, row.Scan(&n) })
	if err != nil {
		return 0, fmt.Errorf("counting reads of before: %w", err)
	}
	if len(hours) == 0 {
		return 0, nil
	}
	return slices.Max(hours), nil
}

// Since lists looks by persons from an instant on, the oldest first, after an id.
func Since(ctx context.Context, tx *store.Tx, from time.Time, after string, limit int) ([]Look, error) {
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM access WHERE at >= $1 AND actor <> '' AND day_key IS NULL AND id > $2 ORDER BY id LIMIT $3`, store.Micros(from), after, limit)
	all, err := store.Collect(rows, err, scan)
	if err != nil {
		return nil, fmt.Errorf("listing reads: %w", err)
	}
	return all, nil
}

// Most persons in an hour that are nothing to speak of, and how many times the usual is.
const (
	quietHour  = 15
	timesUsual = 3
)

// Odd reports whether somebody looked at many more persons in an hour than they did in any hour before, and than the
// median of the others of the organisation.
func Odd(persons, usual, peers int) bool {
	return persons > quietHour && persons > timesUsual*usual && persons > timesUsual*peers
}

// Median is the middle of some counts; 0 of none.
func Median(counts []int) int {
	if len(counts) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(counts))
	return sorted[len(sorted)/2]
}
