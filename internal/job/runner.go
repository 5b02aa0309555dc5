package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"stoa/internal/store"
)

const (
	workers = 8
	poll    = time.Second      // finds what no bell announced: retries, other nodes' jobs
	grace   = 20 * time.Second // for handlers under way when the process is asked to stop
	batch   = 16               // of RunDue
)

// Runner claims jobs and calls their handlers.
type Runner struct {
	db  *store.DB
	log *slog.Logger

	mu       sync.RWMutex
	handlers map[string]handler

	// Watch is told of every job that begins; what it gives, how it ended. nil for nobody.
	Watch func(ctx context.Context, kind string) (context.Context, func(error))
}

type handler struct {
	outside func(context.Context, Job) error
	inside  func(context.Context, *store.Tx, Job) error
}

// NewRunner makes a runner without handlers; it leaves jobs of kinds it does not know to others.
func NewRunner(db *store.DB, log *slog.Logger) *Runner {
	return &Runner{db: db, log: log, handlers: map[string]handler{}}
}

// Handle registers an effect outside the database. It happens at least once; pass j.Key on, so that the other side can
// tell the second time.
func (r *Runner) Handle(kind string, h func(ctx context.Context, j Job) error) {
	r.register(kind, handler{outside: h})
}

// HandleTx registers an effect inside the database. It commits together with the job's completion: exactly once.
func (r *Runner) HandleTx(kind string, h func(ctx context.Context, tx *store.Tx, j Job) error) {
	r.register(kind, handler{inside: h})
}

func (r *Runner) register(kind string, h handler) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, taken := r.handlers[kind]; taken {
		panic("job: two handlers for " + kind)
	}
	r.handlers[kind] = h
}

func (r *Runner) kinds() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	kinds := make([]string, 0, len(r.handlers))
	for k := range r.handlers {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

// RunDue runs what is due now, and what that makes due, one after the other, until nothing is left. It gives the number
// of calls, and joins the errors of handlers, which are also recorded and retried like any.
func (r *Runner) RunDue(ctx context.Context) (int, error) {
	n := 0
	var failures []error
	for {
		jobs, err := r.claim(ctx, batch)
		if err != nil || len(jobs) == 0 {
			return n, errors.Join(append(failures, err)...)
		}
		for _, j := range jobs {
			n++
			cause, err := r.do(ctx, j)
			if cause != nil {
				failures = append(failures, fmt.Errorf("%s: %w", j.Kind, cause))
			}
			if err != nil {
				return n, errors.Join(append(failures, err)...)
			}
		}
	}
}

// Run claims and handles jobs until ctx ends, then lets those under way come to their end.
func (r *Runner) Run(ctx context.Context) error {
	rings, stop := r.db.Listen(topic)
	defer stop()
	tick := time.NewTicker(poll)
	defer tick.Stop()

	handling, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	free := make(chan struct{}, workers)
	var running sync.WaitGroup
	for ctx.Err() == nil {
		more, err := r.dispatch(ctx, handling, free, &running)
		if err != nil && ctx.Err() == nil {
			r.log.ErrorContext(ctx, "jobs are not being claimed", "error", err)
		}
		if more {
			continue
		}
		select {
		case <-ctx.Done():
		case <-rings:
		case <-tick.C:
		}
	}
	ended := make(chan struct{})
	go func() {
		running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(grace):
		cancel()
		<-ended
	}
	return nil
}

// dispatch starts as many due jobs as there are free workers, and tells whether to look again at once.
func (r *Runner) dispatch(ctx, handling context.Context, free chan struct{}, running *sync.WaitGroup) (more bool, err error) {
	select {
	case free <- struct{}{}: // wait for the first, so that a full house does not spin
	case <-ctx.Done():
		return false, nil
	}
	<-free
	due, err := r.anyDue(ctx)
	if err != nil || !due {
		return false, err
	}
	room := cap(free) - len(free)
	jobs, err := r.claim(ctx, room)
	if err != nil {
		return false, err
	}
	for _, j := range jobs {
		free <- struct{}{}
		running.Go(func() {
			defer func() { <-free }()
			cause, err := r.do(handling, j)
			if cause != nil {
				r.log.WarnContext(handling, "job failed", "kind", j.Kind, "job", j.ID, "attempt", j.Attempts, "error", cause)
			}
			switch {
			case errors.Is(err, errLost): // it took longer than its lease, or the clock was put forward: it is done again
				r.log.WarnContext(handling, "job passed to another worker", "kind", j.Kind, "job", j.ID)
			case err != nil:
				r.log.ErrorContext(handling, "outcome of a job not recorded", "kind", j.Kind, "job", j.ID, "error", err)
			}
		})
	}
	return len(jobs) == room, nil
}

// do calls the handler and records how it ended: cause is the handler's failure, err our own.
func (r *Runner) do(ctx context.Context, j Job) (cause, err error) {
	r.mu.RLock()
	h := r.handlers[j.Kind]
	r.mu.RUnlock()
	limited, cancel := context.WithTimeout(ctx, lease)
	defer cancel()
	if r.Watch != nil {
		var ended func(error)
		limited, ended = r.Watch(limited, j.Kind)
		defer func() { ended(cause) }()
	}
	if h.inside != nil {
		cause = r.db.Write(limited, "job "+j.Kind, func(ctx context.Context, tx *store.Tx) error {
			// First, so that a lost lease does nothing, and so that the row is locked.
			if err := finish(ctx, tx, j); err != nil {
				return err
			}
			return r.guarded(func() error { return h.inside(ctx, tx, j) })
		})
		if cause == nil {
			return nil, nil
		}
	} else if cause = r.guarded(func() error { return h.outside(limited, j) }); cause == nil {
		return nil, r.db.Write(ctx, "job.done", func(ctx context.Context, tx *store.Tx) error { return finish(ctx, tx, j) })
	}
	if errors.Is(cause, errLost) {
		return nil, cause
	}
	err = r.db.Write(ctx, "job.failed", func(ctx context.Context, tx *store.Tx) error { return fail(ctx, tx, j, cause) })
	var later *postponed
	if errors.As(cause, &later) {
		cause = nil
	}
	return cause, err
}

// guarded turns a handler's panic into its failure: one bad job must not stop the others.
func (r *Runner) guarded(h func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("job handler panicked", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return h()
}
