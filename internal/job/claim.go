package job

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"stoa/internal/store"
)

const (
	lease       = 5 * time.Minute // a handler that takes longer is cancelled, and its job is due again
	maxAttempts = 15              // about a day of trying
	firstWait   = 10 * time.Second
	longestWait = 6 * time.Hour
	maxErrorLen = 500
)

// errLost says that another worker has claimed the job since: whatever we did counts as not recorded.
var errLost = errors.New("the lease has passed to another worker")

// claim takes up to limit due jobs of the kinds, those due longest first.
func (r *Runner) claim(ctx context.Context, limit int) ([]Job, error) {
	kinds := r.kinds()
	if len(kinds) == 0 {
		return nil, nil
	}
	args := []any{string(Ready), limit}
	in := make([]string, len(kinds))
	for i, k := range kinds {
		args = append(args, k)
		in[i] = fmt.Sprintf("$%d", len(args)+1)
	}
	due := `SELECT ` + columns + ` FROM job WHERE state = $2 AND run_at <= $1 AND kind IN (` + strings.Join(in, ", ") + `)
		ORDER BY run_at, id LIMIT $3`
	var jobs []Job
	err := r.db.Write(ctx, "job.claim", func(ctx context.Context, tx *store.Tx) error {
		skip := tx.Lock()
		if skip != "" {
			skip += " SKIP LOCKED" // several nodes share the work instead of queueing for the same rows
		}
		rows, err := tx.Query(ctx, due+skip, append([]any{store.Micros(tx.Now())}, args...)...)
		if jobs, err = store.Collect(rows, err, scan); err != nil {
			return err
		}
		for i := range jobs {
			j := &jobs[i]
			j.fence++
			j.Attempts++
			err := tx.Put(ctx, `UPDATE job SET run_at = $1, fence = $2, attempts = $3 WHERE id = $4`,
				store.Micros(tx.Now().Add(lease)), j.fence, j.Attempts, j.ID)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claim jobs: %w", err)
	}
	return jobs, nil
}

// anyDue looks before claim writes, so that an idle system does not sync its disk every second.
func (r *Runner) anyDue(ctx context.Context) (bool, error) {
	var due bool
	err := r.db.Read(ctx, "job.due", func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM job WHERE state = $1 AND run_at <= $2)`,
			string(Ready), store.Micros(tx.Now())).Scan(&due)
	})
	if err != nil {
		return false, fmt.Errorf("look for due jobs: %w", err)
	}
	return due, nil
}

// finish records success, if the claim still holds.
func finish(ctx context.Context, tx *store.Tx, j Job) error {
	now := store.Micros(tx.Now())
	return j.set(ctx, tx, `UPDATE job SET state = $3, run_at = $4, ended_at = $4, last_error = '' WHERE id = $1 AND fence = $2 AND state = $5`,
		string(Done), now, string(Ready))
}

// fail records why the handler failed and when to try again, if at all.
func fail(ctx context.Context, tx *store.Tx, j Job, cause error) error {
	var later *postponed
	if errors.As(cause, &later) {
		return j.set(ctx, tx, `UPDATE job SET run_at = $3, attempts = attempts - 1 WHERE id = $1 AND fence = $2 AND state = $4`,
			max(store.Micros(later.until), store.Micros(tx.Now())+1), string(Ready))
	}
	now := store.Micros(tx.Now())
	text := strings.ToValidUTF8(cause.Error(), "�")
	if len(text) > maxErrorLen {
		text = strings.ToValidUTF8(text[:maxErrorLen], "")
	}
	if j.Over(cause) {
		return j.set(ctx, tx, `UPDATE job SET state = $3, ended_at = $4, last_error = $5 WHERE id = $1 AND fence = $2 AND state = $6`,
			string(Dead), now, text, string(Ready))
	}
	return j.set(ctx, tx, `UPDATE job SET run_at = $3, last_error = $4 WHERE id = $1 AND fence = $2 AND state = $5`,
		now+j.wait().Microseconds(), text, string(Ready))
}

func (j Job) set(ctx context.Context, tx *store.Tx, update string, args ...any) error {
	n, err := tx.Exec(ctx, update, append([]any{j.ID, j.fence}, args...)...)
	if err == nil && n == 0 {
		err = errLost
	}
	if err != nil {
		return fmt.Errorf("record outcome of %s: %w", j.Kind, err)
	}
	return nil
}

// wait doubles with each attempt. Half of it is spread by the job's id, so that what failed together is not tried again
// together, and yet every run of a test is the same.
func (j Job) wait() time.Duration {
	wait := longestWait
	if n := j.Attempts - 1; n < 12 {
		wait = min(firstWait<<n, longestWait)
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d", j.ID, j.Attempts)
	return wait/2 + time.Duration(h.Sum64()%uint64(wait/2))
}

// Over reports whether a job is not tried again after this error.
func (j Job) Over(err error) bool {
	var permanent *permanent
	var later *postponed
	return err != nil && !errors.As(err, &later) && (errors.As(err, &permanent) || j.Attempts >= maxAttempts)
}

// Permanent marks an error that trying again cannot mend: the job is dead at once.
func Permanent(err error) error { return &permanent{err} }

type permanent struct{ err error }

func (e *permanent) Error() string { return e.err.Error() }
func (e *permanent) Unwrap() error { return e.err }

// Postpone is what a handler returns when nothing failed but it is too early; it does not count as an attempt.
func Postpone(until time.Time) error { return &postponed{until} }

type postponed struct{ until time.Time }

func (e *postponed) Error() string { return "postponed until " + e.until.UTC().Format(time.RFC3339) }
