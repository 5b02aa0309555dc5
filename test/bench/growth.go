package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/view"
)

// grown is a database of some size, with what is looked up in it.
type grown struct {
	*world
	size    int
	reader  view.Reader
	people  []view.Reader // each with cases of their own
	ids     []string      // of open cases
	numbers []string
	leaves  int64 // of the public log
	bytes   int64 // of the database
	count   int   // of all cases
}

// growth measures how much longer the same thing takes in a large database than in a small one.
func growth(ctx context.Context, o options, out io.Writer) error {
	return grows(ctx, o, out, "growth", "SQLite", func(n int) (*world, error) { return large(ctx, o, n) })
}

// growthPostgres measures the same on PostgreSQL.
func growthPostgres(ctx context.Context, o options, out io.Writer) (err error) {
	at, stop, ok, err := server(o)
	if err != nil {
		return err
	}
	if !ok {
		fmt.Fprintln(out, "\nWithout PostgreSQL: it was not found, or left out.")
		return nil
	}
	defer func() { err = errors.Join(err, stop()) }()
	return grows(ctx, o, out, "growth-postgres", "PostgreSQL", func(n int) (*world, error) {
		own, err := database(ctx, at, fmt.Sprintf("bench_growth_%d", n))
		if err != nil {
			return nil, err
		}
		w, err := fresh(ctx, o, own)
		if err == nil {
			err = w.fill(ctx, n)
		}
		if err == nil { // as its own worker would soon
			err = w.DB.Write(ctx, "bench.analyze", func(ctx context.Context, tx *store.Tx) error { _, err := tx.Exec(ctx, "ANALYZE"); return err })
		}
		return w, err
	})
}

// grows measures databases of ascending sizes.
func grows(ctx context.Context, o options, out io.Writer, name, engine string, filled func(n int) (*world, error)) error {
	type figure struct {
		name string
		call func(g *grown, n int) error
	}
	queue := func(ask view.QueueAsk) func(*grown, int) error {
		return func(g *grown, _ int) error { _, err := g.View.Queue(ctx, g.reader, ask); return err }
	}
	figures := []figure{
		{"a submission", nil},
		{"the queue's first page", queue(view.QueueAsk{})},
		{"the desk, with its counts", func(g *grown, _ int) error { _, err := g.View.Desk(ctx, g.reader); return err }},
		{"search: a number", func(g *grown, n int) error {
			_, err := g.View.Queue(ctx, g.reader, view.QueueAsk{Words: g.numbers[n%len(g.numbers)]})
			return err
		}},
		{"search: two words, 25 found", queue(view.QueueAsk{Words: "street wedding"})},
		{"search: two rarer words", queue(view.QueueAsk{Words: "Mill wedding"})},
		{"search: two words never together", queue(view.QueueAsk{Words: "wedding concert"})},
		{"look-up of a case by its number", func(g *grown, n int) error {
			_, err := g.View.CaseNumbered(ctx, g.reader, g.numbers[n%len(g.numbers)])
			return err
		}},
		{"a case at the desk", func(g *grown, n int) error { _, err := g.View.DeskCase(ctx, g.reader, g.ids[n%len(g.ids)]); return err }},
		{"a person's own cases", func(g *grown, n int) error { _, err := g.View.Account(ctx, g.people[n%len(g.people)]); return err }},
		{"a leaf of the public log, proved", func(g *grown, n int) error {
			_, err := g.View.LogPages().Leaf(ctx, g.reader, int64(n)*7919%g.leaves)
			return err
		}},
	}
	var all []*grown
	for _, n := range sizes(o.cases) {
		w, err := filled(n)
		if err != nil {
			return err
		}
		g, err := w.grown(ctx, n)
		if err != nil {
			return err
		}
		defer g.Close()
		all = append(all, g)
	}
	var subjects []subject
	for _, f := range figures { // the sizes of one thing one after the other: what disturbs one disturbs the others
		for _, g := range all {
			subjects = append(subjects, subject{f.name, "", func() (result, error) {
				if f.call == nil {
					r, err := g.submissions(ctx, 1, o.each)
					return r, firstOf(err, g.fold(ctx))
				}
				return load(1, o.each, func(_, n int) error { return f.call(g, n) })
			}})
		}
	}
	results, err := interleave(o.rounds, subjects)
	if err != nil {
		return err
	}
	heads, lines := "", ""
	for _, g := range all {
		heads, lines = heads+" "+thousands(float64(g.size))+" |", lines+"---:|"
	}
	fmt.Fprintf(out, "\nGrowth: p50 with few and with many cases, %s, one at a time\n\n| |%s times |\n|---|%s---:|\n", engine, heads, lines)
	p := plot{name: name, title: "How long it takes with more cases, " + engine, across: "cases", up: "milliseconds, p50", log: true}
	for i, f := range figures {
		var row string
		l := line{name: f.name}
		for k, g := range all {
			took := results[i*len(all)+k].middle()
			row += " " + short(took) + " |"
			l.points = append(l.points, point{float64(g.size), float64(took.Microseconds()) / 1000})
		}
		p.lines = append(p.lines, l)
		first, last := l.points[0].y, l.points[len(l.points)-1].y
		fmt.Fprintf(out, "| %s |%s %.1f |\n", f.name, row, last/first)
	}
	row := ""
	for _, g := range all {
		row += fmt.Sprintf(" %.1f kB |", float64(g.bytes)/float64(g.count)/1000)
	}
	fmt.Fprintf(out, "| disk for each case, with what an empty installation has |%s |\n", row)
	return p.write(o.plots)
}

func firstOf(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

// sizes are the powers of ten from a thousand up to the number of cases, and that.
func sizes(most int) (all []int) {
	for n := 1000; n < most; n *= 10 {
		all = append(all, n)
	}
	return append(all, most)
}

// middle is the median of the rounds' p50.
func (m measured) middle() time.Duration {
	var all []time.Duration
	for _, r := range m.rounds {
		all = append(all, r.P50)
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// grown finds what to ask of a database.
func (w *world) grown(ctx context.Context, n int) (g *grown, err error) {
	g = &grown{world: w, size: n}
	if g.reader, err = w.reader(); err != nil {
		return nil, err
	}
	if g.ids, err = w.some(ctx); err != nil {
		return nil, err
	}
	err = w.DB.Read(ctx, "bench.grow", func(ctx context.Context, tx *store.Tx) error {
		step := max(n/1000, 1)
		if g.numbers, err = store.Strings(ctx, tx, `SELECT number FROM cases WHERE organisation = $1 AND number LIKE '%-%' ORDER BY number LIMIT 100000`, licensing); err != nil {
			return err
		}
		g.numbers = every(g.numbers, max(len(g.numbers)/1000, 1))
		people, err := store.Strings(ctx, tx, `SELECT DISTINCT person FROM cases WHERE number LIKE '___-_______'`) // not those who applied while something was measured
		for _, id := range every(people, max(len(people)/1000, 1)) {
			g.people = append(g.people, view.Reader{Actor: policy.Actor{Person: id}, P: g.reader.P})
		}
		if err != nil {
			return err
		}
		g.ids = every(g.ids, max(min(step, len(g.ids)/1000), 1))
		status, err := g.Flow.Log.Status(ctx, tx)
		if err != nil {
			return err
		}
		g.leaves = status.Published
		if w.Config.Database != "" {
			if err := tx.QueryRow(ctx, "SELECT pg_database_size(current_database())").Scan(&g.bytes); err != nil {
				return err
			}
		}
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM cases`).Scan(&g.count)
	})
	if err != nil {
		return nil, err
	}
	if g.bytes == 0 {
		file, err := os.Stat(filepath.Join(w.Config.Data, "stoa.db"))
		if err != nil {
			return nil, err
		}
		g.bytes = file.Size()
	}
	return g, nil
}

// every is each nth of a list.
func every(list []string, n int) (some []string) {
	for i := 0; i < len(list); i += n {
		some = append(some, strings.TrimSpace(list[i]))
	}
	return some
}
