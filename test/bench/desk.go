package main

import (
	"context"
	"fmt"
	"io"

	"stoa/internal/store"
	"stoa/internal/view"
)

// clerks is how many look at once.
const clerks = 2

// desk measures what officers wait for, in a large database: the facts of each page, read, opened and
// recorded as the pages do, but not printed.
func desk(ctx context.Context, o options, out io.Writer) error {
	w, err := large(ctx, o, o.cases)
	if err != nil {
		return err
	}
	defer w.Close()
	return desks(ctx, o, out, w, fmt.Sprintf("The desk at %s cases, SQLite, %d at once", thousands(float64(o.cases)), clerks))
}

// queues are the ways in which officers look.
var queues = []struct {
	name string
	ask  view.QueueAsk
}{
	{"queue, nearest deadline first", view.QueueAsk{}},
	{"queue, newest first", view.QueueAsk{Sort: "submitted"}},
	{"queue, oldest first", view.QueueAsk{Sort: "oldest"}},
	{"ended cases", view.QueueAsk{Closed: true}},
	{"one service", view.QueueAsk{Service: eventsID}},
	{"one service, newest first", view.QueueAsk{Service: eventsID, Sort: "submitted"}},
	{"one state", view.QueueAsk{Service: eventsID, State: "with-police-and-council"}},
	{"one state, newest first", view.QueueAsk{Service: eventsID, State: "with-police-and-council", Sort: "submitted"}},
	{"overdue", view.QueueAsk{Due: view.DueOverdue}},
	{"due this week", view.QueueAsk{Due: view.DueWeek}},
	{"mine", view.QueueAsk{Assignee: view.AssigneeMine}},
	{"mine, newest first", view.QueueAsk{Assignee: view.AssigneeMine, Sort: "submitted"}},
	{"nobody's", view.QueueAsk{Assignee: view.AssigneeNone}},
	{"awaiting approval", view.QueueAsk{Awaiting: true}},
	{"search, a word in every case", view.QueueAsk{Words: "street"}},
	{"search, a word in every case, newest first", view.QueueAsk{Words: "street", Sort: "submitted"}},
	{"search, a word in a twentieth", view.QueueAsk{Words: "wedding"}},
	{"search, two such words", view.QueueAsk{Words: "Mill wedding"}},
	{"search, a name and a word", view.QueueAsk{Words: "Okafor wedding"}},
	{"search, two words never together", view.QueueAsk{Words: "wedding concert"}},
	{"search, a number", view.QueueAsk{Words: "TEM-0000042"}},
	{"search, nothing found", view.QueueAsk{Words: "nowhere"}},
}

func desks(ctx context.Context, o options, out io.Writer, w *world, title string) error {
	r, err := w.reader()
	if err != nil {
		return err
	}
	all, err := w.some(ctx)
	if err != nil {
		return err
	}
	bare := "bare read of 25 rows by an index"
	subjects := []subject{{name: bare, run: func() (result, error) {
		return load(clerks, o.each, func(_, n int) error { return w.bareList(ctx, all[n%len(all)]) })
	}}}
	add := func(name string, call func(n int) error) {
		subjects = append(subjects, subject{name, bare, func() (result, error) {
			return load(clerks, o.each, func(client, n int) error { return call(n*clerks + client) })
		}})
	}
	for _, q := range queues {
		add(q.name, func(int) error { _, err := w.View.Queue(ctx, r, q.ask); return err })
	}
	after, err := w.cursor(ctx, r, 40)
	if err != nil {
		return err
	}
	add("queue, fortieth page", func(int) error { _, err := w.View.Queue(ctx, r, view.QueueAsk{After: after}); return err })
	add("first page of the desk, with counts", func(int) error { _, err := w.View.Desk(ctx, r); return err })
	add("a case", func(n int) error { _, err := w.View.DeskCase(ctx, r, all[n%len(all)]); return err })
	results, err := interleave(o.rounds, subjects)
	if err != nil {
		return err
	}
	table(out, title, results)
	return nil
}

// some lists ids of open cases all over the queue.
func (w *world) some(ctx context.Context) (ids []string, err error) {
	err = w.DB.Read(ctx, "bench.some", func(ctx context.Context, tx *store.Tx) error {
		ids, err = store.Strings(ctx, tx, `SELECT id FROM cases WHERE organisation = $1 AND is_open = TRUE ORDER BY number LIMIT 5000`, licensing)
		return err
	})
	return ids, err
}

// bareList is what a page of a list costs at least.
func (w *world) bareList(ctx context.Context, id string) error {
	return w.DB.Read(ctx, "bench.list", func(ctx context.Context, tx *store.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, number, service, state, due, assignee, submitted FROM cases WHERE id >= $1 ORDER BY id LIMIT 25`, id)
		_, err = store.Collect(rows, err, func(row store.Scanner) (t [6]string, err error) {
			var submitted int64
			err = row.Scan(&t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &submitted)
			return t, err
		})
		return err
	})
}

// cursor leads to a later page.
func (w *world) cursor(ctx context.Context, r view.Reader, page int) (after string, err error) {
	for range page - 1 {
		q, err := w.View.Queue(ctx, r, view.QueueAsk{After: after})
		if err != nil || q.Next == "" {
			return after, err
		}
		after = q.Next
	}
	return after, nil
}
