// Package job owns work that must happen after a transaction and must not be lost: messages, calls to other systems,
// deadlines. A job is a row written in the transaction that owes it, so either both exist or neither.
//
// A worker claims a job by moving its run time to the end of a lease and counting up its fence; whoever holds an older
// fence can no longer record an outcome. A worker that dies leaves a job that becomes due again by itself.
//
// It stops at the handlers: what a kind of job does belongs to the package that registers it.
package job

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"stoa/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package, for store.Migrate.
func Migrations() fs.FS { return migrations }

// topic is what wakes the runners of this process.
const topic = "job"

// State is where a job stands.
type State string

// A job is Ready until it is done or has failed too often.
const (
	Ready State = "ready"
	Done  State = "done"
	Dead  State = "dead"
)

// New is a job to be done.
type New struct {
	Kind    string
	Key     string    // makes it one job however often it is enqueued; "" for one that is always new
	Payload []byte    // JSON of a small struct: ids only, since jobs are kept and shown to operators
	RunAt   time.Time // zero: as soon as possible
}

// Job is a job as stored. Key is what a handler passes on as idempotency key, since it may be called more than once.
type Job struct {
	ID        string
	Kind      string
	Key       string
	Payload   []byte
	State     State
	RunAt     time.Time
	Attempts  int // including the present one
	LastError string
	CreatedAt time.Time
	EndedAt   time.Time

	fence int64
}

// ErrDifferent is Enqueue's refusal of a key that was used with another payload.
var ErrDifferent = errors.New("the key belongs to a job with another payload")

// Enqueue writes the job in tx. The same kind and key a second time changes nothing, also after the job was done.
func Enqueue(ctx context.Context, tx *store.Tx, n New) error {
	if n.Kind == "" {
		return errors.New("enqueue a job: no kind")
	}
	if len(n.Payload) == 0 {
		n.Payload = []byte("{}")
	}
	if !json.Valid(n.Payload) {
		return fmt.Errorf("enqueue %s: the payload is not JSON", n.Kind)
	}
	id := tx.NewID()
	if n.RunAt.IsZero() {
		n.RunAt = tx.Now()
	}
	values := []any{id, n.Kind, n.Key, n.Payload, string(Ready), store.Micros(n.RunAt), store.Micros(tx.Now())}
	if n.Key == "" { // then it is the job's own, and nobody has it yet
		values[2] = id
		if err := tx.Put(ctx, insertion, values...); err != nil {
			return fmt.Errorf("enqueue %s: %w", n.Kind, err)
		}
		tx.Notify(topic)
		return nil
	}
	added, err := tx.Exec(ctx, insertion+` ON CONFLICT (kind, key) DO NOTHING`, values...)
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", n.Kind, err)
	}
	if added == 0 {
		return sameAsBefore(ctx, tx, n)
	}
	tx.Notify(topic)
	return nil
}

const insertion = `INSERT INTO job (id, kind, key, payload, state, run_at, attempts, fence, last_error, created_at, ended_at)
	VALUES ($1, $2, $3, $4, $5, $6, 0, 0, '', $7, 0)`

func sameAsBefore(ctx context.Context, tx *store.Tx, n New) error {
	var payload []byte
	err := tx.QueryRow(ctx, `SELECT payload FROM job WHERE kind = $1 AND key = $2`, n.Kind, n.Key).Scan(&payload)
	if err != nil {
		return fmt.Errorf("enqueue %s again: %w", n.Kind, err)
	}
	if !bytes.Equal(payload, n.Payload) {
		return fmt.Errorf("enqueue %s %q: %w", n.Kind, n.Key, ErrDifferent)
	}
	return nil
}

const columns = `id, kind, key, payload, state, run_at, attempts, fence, last_error, created_at, ended_at`

func scan(row store.Scanner) (Job, error) {
	var j Job
	var runAt, createdAt, endedAt int64
	err := row.Scan(&j.ID, &j.Kind, &j.Key, &j.Payload, &j.State, &runAt, &j.Attempts, &j.fence, &j.LastError, &createdAt, &endedAt)
	j.RunAt, j.CreatedAt, j.EndedAt = store.Time(runAt), store.Time(createdAt), store.Time(endedAt)
	return j, err
}

// List gives up to limit jobs of one state, those due longest first.
func List(ctx context.Context, tx *store.Tx, state State, limit int) ([]Job, error) {
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM job WHERE state = $1 ORDER BY run_at, id LIMIT $2`, string(state), limit)
	list, err := store.Collect(rows, err, scan)
	if err != nil {
		return nil, fmt.Errorf("list %s jobs: %w", state, err)
	}
	return list, nil
}

// Retry makes a dead job due again with all its attempts. Any other gives store.ErrNotFound.
func Retry(ctx context.Context, tx *store.Tx, id string) error {
	n, err := tx.Exec(ctx, `UPDATE job SET state = $1, run_at = $2, attempts = 0, ended_at = 0 WHERE id = $3 AND state = $4`,
		string(Ready), store.Micros(tx.Now()), id, string(Dead))
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("retry dead job: %w", err)
	}
	tx.Notify(topic)
	return nil
}

// Prune removes up to limit jobs done before the instant. From then on their keys can be used again, so it must lie
// further back than anything that may enqueue them twice.
func Prune(ctx context.Context, tx *store.Tx, before time.Time, limit int) (int64, error) {
	n, err := tx.Exec(ctx, `DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state = $1 AND run_at < $2 ORDER BY run_at, id LIMIT $3)`,
		string(Done), store.Micros(before), limit)
	if err != nil {
		return 0, fmt.Errorf("prune jobs: %w", err)
	}
	return n, nil
}
