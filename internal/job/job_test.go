package job_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/job"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

var sets = []fs.FS{job.Migrations(), fstest.MapFS{"00990_effect.sql": {Data: []byte(`-- +goose Up
CREATE TABLE effect (id TEXT NOT NULL PRIMARY KEY, key TEXT NOT NULL);
`)}}}

func each(t *testing.T, test func(t *testing.T, db *store.DB, clock *storetest.Clock, r *job.Runner)) {
	t.Helper()
	storetest.Each(t, sets, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		test(t, db, clock, job.NewRunner(db, slog.New(slog.DiscardHandler)))
	})
}

func write(t *testing.T, db *store.DB, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), t.Name(), fn); err != nil {
		t.Fatal(err)
	}
}

func enqueue(t *testing.T, db *store.DB, jobs ...job.New) {
	t.Helper()
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		for _, n := range jobs {
			if err := job.Enqueue(ctx, tx, n); err != nil {
				return err
			}
		}
		return nil
	})
}

func list(t *testing.T, db *store.DB, state job.State) (jobs []job.Job) {
	t.Helper()
	err := db.Read(t.Context(), "list", func(ctx context.Context, tx *store.Tx) (err error) {
		jobs, err = job.List(ctx, tx, state, 1000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return jobs
}

func effect(ctx context.Context, tx *store.Tx, j job.Job) error {
	_, err := tx.Exec(ctx, `INSERT INTO effect (id, key) VALUES ($1, $2)`, tx.NewID(), j.Key)
	return err
}

func effects(t *testing.T, db *store.DB) (keys []string) {
	t.Helper()
	err := db.Read(t.Context(), "effects", func(ctx context.Context, tx *store.Tx) error {
		rows, err := tx.Query(ctx, `SELECT key FROM effect ORDER BY key`)
		keys, err = store.Collect(rows, err, func(s store.Scanner) (k string, err error) { return k, s.Scan(&k) })
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func runDue(t *testing.T, r *job.Runner, want int) {
	t.Helper()
	n, err := r.RunDue(t.Context())
	if err != nil || n != want {
		t.Fatalf("RunDue: %d, %v; want %d", n, err, want)
	}
}

func TestSameKeyIsOneJob(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock, r *job.Runner) {
		r.HandleTx("mail", effect)
		n := job.New{Kind: "mail", Key: "k", Payload: []byte(`{"id":"1"}`)}
		enqueue(t, db, n, n)
		runDue(t, r, 1)
		enqueue(t, db, n)
		runDue(t, r, 0)
		if got := effects(t, db); !slices.Equal(got, []string{"k"}) {
			t.Errorf("effects %v", got)
		}
		n.Payload = []byte(`{"id":"2"}`)
		err := db.Write(t.Context(), "other", func(ctx context.Context, tx *store.Tx) error { return job.Enqueue(ctx, tx, n) })
		if !errors.Is(err, job.ErrDifferent) {
			t.Errorf("other payload: %v", err)
		}
	})
}

func TestNothingWithoutCommit(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock, r *job.Runner) {
		r.HandleTx("mail", effect)
		err := db.Write(t.Context(), "fail", func(ctx context.Context, tx *store.Tx) error {
			if err := job.Enqueue(ctx, tx, job.New{Kind: "mail"}); err != nil {
				t.Error(err)
			}
			return errors.New("no")
		})
		if err == nil {
			t.Fatal("committed")
		}
		runDue(t, r, 0)
	})
}

func TestRunAtAndChains(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock, r *job.Runner) {
		r.HandleTx("first", func(ctx context.Context, tx *store.Tx, j job.Job) error {
			return job.Enqueue(ctx, tx, job.New{Kind: "second", Key: j.Key})
		})
		r.HandleTx("second", effect)
		enqueue(t, db, job.New{Kind: "first", Key: "now"},
			job.New{Kind: "first", Key: "tomorrow", RunAt: clock.Now().Add(24 * time.Hour)},
			job.New{Kind: "nobody's", Key: "x"})
		runDue(t, r, 2)
		clock.Advance(24*time.Hour - time.Microsecond)
		runDue(t, r, 0)
		clock.Advance(time.Microsecond)
		runDue(t, r, 2)
		if got := effects(t, db); !slices.Equal(got, []string{"now", "tomorrow"}) {
			t.Errorf("effects %v", got)
		}
	})
}

// A failed handler leaves nothing in the database, is tried again later and later, and is dead in the end.
func TestFailureBacksOffAndDies(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock, r *job.Runner) {
		mend := false
		r.HandleTx("mail", func(ctx context.Context, tx *store.Tx, j job.Job) error {
			if err := effect(ctx, tx, j); err != nil || mend {
				return err
			}
			if j.Attempts%2 == 0 {
				panic("boom")
			}
			return errors.New("no route")
		})
		enqueue(t, db, job.New{Kind: "mail", Key: "k"})
		var waits []time.Duration
		for len(list(t, db, job.Dead)) == 0 {
			if len(waits) > 50 {
				t.Fatal("never dead")
			}
			if n, err := r.RunDue(t.Context()); n != 1 || err == nil {
				t.Fatalf("attempt %d: %d, %v", len(waits)+1, n, err)
			}
			for _, j := range list(t, db, job.Ready) {
				wait := j.RunAt.Sub(clock.Now())
				waits = append(waits, wait)
				clock.Advance(wait)
			}
		}
		if waits[0] < 5*time.Second || waits[0] > 10*time.Second || waits[13] < 3*time.Hour || waits[13] > 6*time.Hour {
			t.Errorf("waits %v", waits)
		}
		dead := list(t, db, job.Dead)[0]
		if dead.Attempts != 15 || dead.LastError != "no route" || len(effects(t, db)) != 0 {
			t.Errorf("dead %+v, effects %v", dead, effects(t, db))
		}
		mend = true
		write(t, db, func(ctx context.Context, tx *store.Tx) error { return job.Retry(ctx, tx, dead.ID) })
		runDue(t, r, 1)
		err := db.Write(t.Context(), "retry", func(ctx context.Context, tx *store.Tx) error { return job.Retry(ctx, tx, dead.ID) })
		if !errors.Is(err, store.ErrNotFound) || len(effects(t, db)) != 1 {
			t.Errorf("retry of a done job: %v", err)
		}
	})
}

func TestPermanentAndPostponed(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock, r *job.Runner) {
		r.Handle("bad", func(context.Context, job.Job) error { return job.Permanent(errors.New("no such address")) })
		r.Handle("early", func(_ context.Context, j job.Job) error {
			if j.Attempts != 1 {
				t.Errorf("attempt %d", j.Attempts)
			}
			return job.Postpone(clock.Now().Add(time.Hour))
		})
		enqueue(t, db, job.New{Kind: "bad"}, job.New{Kind: "early"})
		if n, err := r.RunDue(t.Context()); n != 2 || err == nil {
			t.Errorf("%d, %v", n, err)
		}
		if got := list(t, db, job.Dead); len(got) != 1 || got[0].LastError != "no such address" {
			t.Errorf("dead %+v", got)
		}
		for range 20 { // more than a job may fail
			clock.Advance(time.Hour)
			runDue(t, r, 1)
		}
	})
}

// A worker whose lease ran out while it was busy must not record anything: another has the job.
func TestFenceStopsTheLateWorker(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock, r *job.Runner) {
		second := job.NewRunner(db, slog.New(slog.DiscardHandler))
		second.Handle("slow", func(context.Context, job.Job) error { return nil })
		calls := 0
		r.Handle("slow", func(ctx context.Context, j job.Job) error {
			calls++
			clock.Advance(time.Hour)
			if n, err := second.RunDue(ctx); n != 1 || err != nil {
				t.Errorf("second worker: %d, %v", n, err)
			}
			return errors.New("too late to fail")
		})
		enqueue(t, db, job.New{Kind: "slow", Key: "k"})
		if _, err := r.RunDue(t.Context()); err == nil {
			t.Error("the late worker recorded its outcome")
		}
		if got := list(t, db, job.Done); len(got) != 1 || got[0].LastError != "" || calls != 1 {
			t.Errorf("done %+v after %d calls", got, calls)
		}
	})
}

// Several runners at work at once, woken by commits: every job happens exactly once, and stopping loses none.
func TestRunConcurrently(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock, r *job.Runner) {
		const jobs = 60
		all := make(chan struct{}, jobs)
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		for range 2 {
			r := job.NewRunner(db, slog.New(slog.DiscardHandler))
			r.HandleTx("mail", func(ctx context.Context, tx *store.Tx, j job.Job) error {
				tx.OnCommit(func() { all <- struct{}{} })
				return effect(ctx, tx, j)
			})
			running.Go(func() {
				if err := r.Run(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		var want []string
		for i := range jobs {
			want = append(want, fmt.Sprintf("%03d", i))
			enqueue(t, db, job.New{Kind: "mail", Key: want[i]})
		}
		for range jobs {
			<-all
		}
		stop()
		running.Wait()
		if got := effects(t, db); !slices.Equal(got, want) {
			t.Errorf("effects %v", got)
		}
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			n, err := job.Prune(ctx, tx, tx.Now().Add(time.Second), jobs-1)
			if n != jobs-1 {
				t.Errorf("pruned %d", n)
			}
			return err
		})
	})
}
