package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"stoa/internal/policy"
)

// submit measures handing in applications that were written before: everything a submission does,
// from judging to the letters that are owed, against nothing but inserting the same rows.
func submit(ctx context.Context, o options, out io.Writer) error {
	w, err := fresh(ctx, o, "")
	if err != nil {
		return err
	}
	defer w.Close()
	trace, err := traced(ctx, w)
	if err != nil {
		return err
	}
	title := fmt.Sprintf("Submitting a temporary event notice (%d rows), SQLite, every answer waits for the disk", len(trace.rows))
	if o.sqlite {
		b, err := openBareSQLite(ctx, o, trace)
		if err != nil {
			return err
		}
		defer b.close()
		if err := submits(ctx, o, out, w, b, title); err != nil {
			return err
		}
	}
	return submitPostgres(ctx, o, out, trace)
}

func submitPostgres(ctx context.Context, o options, out io.Writer, trace trace) (err error) {
	at, stop, ok, err := server(o)
	if err != nil {
		return err
	}
	if !ok {
		fmt.Fprintln(out, "\nWithout PostgreSQL: it was not found, or left out.")
		return nil
	}
	defer func() { err = errors.Join(err, stop()) }()
	own, err := database(ctx, at, "bench_submit")
	if err != nil {
		return err
	}
	w, err := fresh(ctx, o, own)
	if err != nil {
		return err
	}
	defer w.Close()
	second, err := open(ctx, w.Config.Data, own) // a node beside it, with connections of its own
	if err != nil {
		return err
	}
	defer second.Close()
	b, err := openBarePostgres(ctx, at, o, trace)
	if err != nil {
		return err
	}
	defer b.close()
	sync := "which syncs"
	if o.postgres == "" {
		sync = "which does not sync"
	}
	return submits(ctx, o, out, w, b, "The same on PostgreSQL, "+sync, second)
}

// bare inserts the rows of a submission with nothing around them.
type bare interface {
	insert() error
	close() error
}

func submits(ctx context.Context, o options, out io.Writer, w *world, b bare, title string, beside ...*world) error {
	var subjects []subject
	for _, clients := range []int{1, 16, 64} {
		limit := fmt.Sprintf("bare inserts, %d clients", clients)
		subjects = append(subjects,
			subject{limit, "", func() (result, error) {
				return load(clients, o.each, func(int, int) error { return b.insert() })
			}},
			subject{fmt.Sprintf("submissions, %d clients", clients), limit, func() (result, error) { return w.submissions(ctx, clients, o.each) }})
		if len(beside) > 0 {
			subjects = append(subjects, subject{fmt.Sprintf("by two nodes, %d clients", clients), limit,
				func() (result, error) { return w.submissions(ctx, clients, o.each, beside...) }})
		}
	}
	results, err := interleave(o.rounds, subjects)
	if err != nil {
		return err
	}
	table(out, title, results)
	return nil
}

// residents counts the people of the run: each applies once.
var residents atomic.Int64

// submissions sends drafts that were prepared outside the time that counts, in turn to this node and to others on its database.
func (w *world) submissions(ctx context.Context, clients int, each time.Duration, beside ...*world) (result, error) {
	nodes := append([]*world{w}, beside...)
	var turn atomic.Int64
	ready := make([][]policy.Actor, clients) // by client
	if _, err := load(clients, each, func(client, _ int) error {
		holder, _, err := w.draft(ctx, int(residents.Add(1)))
		ready[client] = append(ready[client], holder)
		return err
	}); err != nil {
		return result{}, fmt.Errorf("preparing drafts: %w", err)
	}
	before := w.DB.Stats()
	r, err := costing(nil, func() (result, error) {
		return work(ready, func(holder policy.Actor) error {
			_, err := nodes[int(turn.Add(1))%len(nodes)].submit(ctx, holder)
			return err
		})
	})
	if after := w.DB.Stats(); after.Commits > before.Commits {
		r.Group = float64(after.Writes-before.Writes) / float64(after.Commits-before.Commits)
		r.Trips = float64(after.Trips-before.Trips) / float64(after.Commits-before.Commits)
	}
	return r, err
}
