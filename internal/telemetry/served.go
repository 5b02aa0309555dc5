package telemetry

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"stoa/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package, for store.Migrate.
func Migrations() fs.FS { return migrations }

// Slow is how long an answer may take.
const Slow = time.Second

// Hour is how well the site answered people in an hour, all its nodes together. What never arrived is in no hour: whether
// anything answers is to be watched from outside.
type Hour struct {
	Begun                  time.Time
	Requests, Failed, Slow int64
}

// tally counts until it is kept.
type tally struct {
	mu sync.Mutex
	h  Hour
}

func (t *tally) add(failed, slow bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.h.Requests++
	if failed {
		t.h.Failed++
	}
	if slow {
		t.h.Slow++
	}
}

func (t *tally) take() (h Hour) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h, t.h = t.h, Hour{}
	return h
}

func (t *tally) giveBack(h Hour) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.h.Requests += h.Requests
	t.h.Failed += h.Failed
	t.h.Slow += h.Slow
}

// Keep adds what was counted since the last time to the hour. What cannot be kept is kept the next time.
func (t *Telemetry) Keep(ctx context.Context, db *store.DB) error {
	h := t.hour.take()
	if h.Requests == 0 {
		return nil
	}
	err := db.Write(ctx, "telemetry.Keep", func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO served (hour, requests, failed, slow) VALUES ($1, $2, $3, $4)
			ON CONFLICT (hour) DO UPDATE SET requests = served.requests + $2, failed = served.failed + $3, slow = served.slow + $4`,
			store.Micros(tx.Now().Truncate(time.Hour)), h.Requests, h.Failed, h.Slow)
		return err
	})
	if err != nil {
		t.hour.giveBack(h)
		return fmt.Errorf("keep how well the site answers: %w", err)
	}
	return nil
}

// Served gives the hours that began at from or later, the oldest first. Hours in which nobody came are not among them.
func Served(ctx context.Context, tx *store.Tx, from time.Time) ([]Hour, error) {
	rows, err := tx.Query(ctx, `SELECT hour, requests, failed, slow FROM served WHERE hour >= $1 ORDER BY hour`, store.Micros(from))
	hours, err := store.Collect(rows, err, func(s store.Scanner) (h Hour, err error) {
		var begun int64
		err = s.Scan(&begun, &h.Requests, &h.Failed, &h.Slow)
		h.Begun = store.Time(begun)
		return h, err
	})
	if err != nil {
		return nil, fmt.Errorf("read how well the site answered: %w", err)
	}
	return hours, nil
}

// NoteBackup says that a whole backup was made.
func NoteBackup(ctx context.Context, tx *store.Tx, rows int64) error {
	if _, err := tx.Exec(ctx, `INSERT INTO backup_made (id, at, row_count) VALUES ($1, $2, $3)`, tx.NewID(), store.Micros(tx.Now()), rows); err != nil {
		return fmt.Errorf("note the backup: %w", err)
	}
	return nil
}

// LastBackup is when the last one was made; the zero time for never.
func LastBackup(ctx context.Context, tx *store.Tx) (time.Time, error) {
	var at int64
	if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(at), 0) FROM backup_made`).Scan(&at); err != nil {
		return time.Time{}, fmt.Errorf("look for the last backup: %w", err)
	}
	return store.Time(at), nil
}
