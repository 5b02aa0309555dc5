package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"stoa/internal/dataset"
	"stoa/internal/shelf"
	"stoa/internal/store"
	"stoa/internal/tabular"
)

// data measures open data: publishing a table, asking a version of a million rows, and downloading one of a gigabyte.
func data(ctx context.Context, o options, out io.Writer) error {
	n, err := openNode(ctx, "sqlite:"+filepath.Join(o.dir, "data.db"), filepath.Join(o.dir, "datasets"))
	if err != nil {
		return err
	}
	defer n.close()
	v, err := n.publishing(ctx, out)
	if err != nil {
		return err
	}
	if err := n.sizes(ctx, out, v); err != nil {
		return err
	}
	if err := n.asking(ctx, o, out, v); err != nil {
		return err
	}
	return n.download(ctx, o, out)
}

// node is one node's way to the datasets.
type node struct {
	db  *store.DB
	s   *dataset.Store
	dir string
}

func openNode(ctx context.Context, url, dir string) (*node, error) {
	db, err := store.Open(ctx, store.Config{URL: url, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx, dataset.Migrations()); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	sh, err := shelf.Open(dir, 16<<30)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &node{db, dataset.New(dataset.Config{DB: db, Shelf: sh}), dir}, nil
}

func (n *node) close() error {
	return errors.Join(n.s.Close(), n.db.Close())
}

// payments are what a county pays in some years: the shape of most spending data.
var payments = dataset.Spec{Dataset: "payments", Organisation: "treasury", Licence: "CC-BY-4.0", Schema: tabular.Schema{
	Columns: []tabular.Column{
		{ID: "id", Type: tabular.Integer, Required: true},
		{ID: "paid", Type: tabular.Date},
		{ID: "organisation", Type: tabular.String},
		{ID: "programme", Type: tabular.String},
		{ID: "supplier", Type: tabular.String},
		{ID: "purpose", Type: tabular.String},
		{ID: "amount", Type: tabular.Number, Decimals: 2},
		{ID: "final", Type: tabular.Boolean},
	},
	Key: []string{"id"},
}}

const million = 1_000_000

var sights = []string{"road", "school", "library", "bridge", "clinic", "park", "bus", "archive", "harbour", "market", "playground", "court", "museum", "shelter", "tram", "well"}

func payment(r *rand.Rand, id int, cells []string) {
	day := time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(3650))
	cells[0] = fmt.Sprint(id)
	cells[1] = day.Format(time.DateOnly)
	cells[2] = fmt.Sprintf("Department %d", r.IntN(20))
	cells[3] = fmt.Sprintf("Programme %d", r.IntN(200))
	cells[4] = fmt.Sprintf("Supplier %d Ltd", int(r.ExpFloat64()*5000))
	cells[5] = fmt.Sprintf("Repair of the %s near the %s, part %d", sights[r.IntN(16)], sights[r.IntN(16)], r.IntN(5000))
	cells[6] = fmt.Sprintf("%d.%02d", r.IntN(100_000), r.IntN(100))
	cells[7] = fmt.Sprint(r.IntN(4) > 0)
}

func paymentRows(rows int) tabular.Rows {
	return func(yield func([]string) error) error {
		r := rand.New(rand.NewPCG(1, 2))
		cells := make([]string, 8)
		for i := range rows {
			payment(r, i+1, cells)
			if err := yield(cells); err != nil {
				return err
			}
		}
		return nil
	}
}

// timed is one step with what it took.
type timed struct {
	name      string
	took, cpu time.Duration
}

// processor is the time for which this process had a core: what is left of it on a machine that others use as well.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func steps(list ...func() (string, error)) (all []timed, err error) {
	for _, step := range list {
		begun, before := time.Now(), processor()
		name, err := step()
		if err != nil {
			return nil, err
		}
		all = append(all, timed{name, time.Since(begun), processor() - before})
	}
	return all, nil
}

// publishing takes the rows of a table to a version, step by step.
func (n *node) publishing(ctx context.Context, out io.Writer) (v *dataset.Version, err error) {
	rows := paymentRows(million)
	var d *dataset.Draft
	all, err := steps(
		func() (string, error) {
			return "making the rows, which is not ours", rows(func([]string) error { return nil })
		},
		func() (_ string, err error) {
			d, err = n.s.Draft(ctx, payments, rows)
			return "draft: making, checking, CSV, hash, gzip", err
		},
		func() (string, error) {
			return "prepare: table with indexes and words, chunks to the database", n.s.Prepare(ctx, d)
		},
		func() (string, error) {
			return "publish: the transaction", n.db.Write(ctx, "bench", func(ctx context.Context, tx *store.Tx) error {
				v, _, err = n.s.Publish(ctx, tx, d, "")
				return err
			})
		},
		func() (string, error) {
			return "draft of the same again", errors.Join(d.Close(), n.again(ctx, rows))
		},
	)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "\nPublishing a million rows of eight columns (%d MB of CSV), SQLite\n\n| | seconds | of them with a core | rows/s |\n|---|---:|---:|---:|\n", v.Bytes>>20)
	for _, t := range all {
		fmt.Fprintf(out, "| %s | %.2f | %.2f | %s |\n", t.name, t.took.Seconds(), t.cpu.Seconds(), thousands(million/t.took.Seconds()))
	}
	return v, nil
}

func (n *node) again(ctx context.Context, rows tabular.Rows) error {
	d, err := n.s.Draft(ctx, payments, rows)
	if err != nil {
		return err
	}
	return errors.Join(n.s.Prepare(ctx, d), d.Close())
}

// sizes of the same rows in every form, and what making it takes.
func (n *node) sizes(ctx context.Context, out io.Writer, v *dataset.Version) error {
	fmt.Fprintf(out, "\nThe same rows as files\n\n| | MB | of CSV | made in |\n|---|---:|---:|---:|\n")
	for _, f := range v.Formats() {
		begun := time.Now()
		file, err := n.s.Open(ctx, v, f)
		if err != nil {
			return err
		}
		took := time.Since(begun)
		fmt.Fprintf(out, "| .%s | %.1f | %d %% | %.2f s |\n", f, float64(file.Size)/(1<<20), 100*file.Size/v.Bytes, took.Seconds())
		if err := file.Close(); err != nil {
			return err
		}
	}
	tables, err := filepath.Glob(filepath.Join(n.dir, "*.sqlite"))
	if err != nil {
		return err
	}
	for _, t := range tables {
		info, err := os.Stat(t)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "| the table that answers questions | %.1f | %d %% | |\n", float64(info.Size())/(1<<20), 100*info.Size()/v.Bytes)
	}
	return nil
}

// asking measures questions that no answer is kept for: each time other values.
func (n *node) asking(ctx context.Context, o options, out io.Writer, v *dataset.Version) error {
	ask := func(q func(i int) dataset.Query) func() (result, error) {
		at := 0
		return func() (result, error) {
			return load(1, o.each, func(int, int) error {
				at++
				_, err := n.s.Query(ctx, v, q(at))
				return err
			})
		}
	}
	is := func(column, value string) dataset.Filter {
		return dataset.Filter{Column: column, Op: dataset.Is, Values: []string{value}}
	}
	// fresh is a filter that every row passes, so that no answer is kept: one of many values, of which none is there.
	fresh := func(i int) dataset.Filter {
		return dataset.Filter{Column: "organisation", Op: dataset.Not, Values: []string{fmt.Sprint("Nobody ", i)}}
	}
	day := func(i int) string {
		return time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i%3600).Format(time.DateOnly)
	}
	bare, err := n.bare()
	if err != nil {
		return err
	}
	defer bare.Close()
	subjects := []subject{
		{"bare SQLite: 100 rows by an index", "", func() (result, error) {
			at := 0
			return load(1, o.each, func(int, int) error { at++; return bareRows(ctx, bare, at) })
		}},
		{"first page, no filter, with total", "bare SQLite: 100 rows by an index", ask(func(int) dataset.Query { return dataset.Query{} })},
		{"one supplier, with total", "bare SQLite: 100 rows by an index", ask(func(i int) dataset.Query {
			return dataset.Query{Where: []dataset.Filter{is("supplier", fmt.Sprintf("Supplier %d Ltd", i%20_000))}}
		})},
		{"one programme (5,000 rows), with total", "", ask(func(i int) dataset.Query {
			return dataset.Query{Where: []dataset.Filter{is("programme", fmt.Sprintf("Programme %d", i%200)), fresh(i)}}
		})},
		{"one department (50,000 rows), with total", "", ask(func(i int) dataset.Query {
			return dataset.Query{Where: []dataset.Filter{is("organisation", fmt.Sprintf("Department %d", i%20)), fresh(i)}}
		})},
		{"a department and whether final (37,500 rows), with total", "", ask(func(i int) dataset.Query {
			return dataset.Query{Where: []dataset.Filter{is("organisation", fmt.Sprintf("Department %d", i%20)), is("final", "true"), fresh(i)}}
		})},
		{"a department in a year (5,000 rows), with total", "", ask(func(i int) dataset.Query {
			return dataset.Query{Where: []dataset.Filter{is("organisation", fmt.Sprintf("Department %d", i%20)), is("paid", fmt.Sprint(2016+i%9)), fresh(i)}}
		})},
		{"a month (8,000 rows) by amount, with total", "", ask(func(i int) dataset.Query {
			return dataset.Query{Where: []dataset.Filter{{Column: "paid", Op: dataset.Between, Values: []string{day(i), day(i + 30)}}}, Sort: []dataset.Order{{Column: "amount", Desc: true}}}
		})},
		{"two words (25 rows), with total", "", ask(func(i int) dataset.Query {
			return dataset.Query{Search: fmt.Sprintf("bridge %d", i%5000)}
		})},
		{"a word (120,000 rows), with total", "", ask(func(i int) dataset.Query {
			return dataset.Query{Search: sights[i%16] + strings.Repeat(" ", i)}
		})},
		{"all rows by month: count and sum", "", ask(func(i int) dataset.Query {
			return dataset.Query{Where: []dataset.Filter{fresh(i)},
				Group: []dataset.Group{{Column: "paid", By: "month"}}, Measures: []dataset.Measure{{Op: "count"}, {Op: "sum", Column: "amount"}}}
		})},
		{"the same, asked before", "", ask(func(int) dataset.Query {
			return dataset.Query{Group: []dataset.Group{{Column: "paid", By: "month"}}, Measures: []dataset.Measure{{Op: "count"}, {Op: "sum", Column: "amount"}}}
		})},
	}
	if _, err := subjects[len(subjects)-1].run(); err != nil { // it is asked a second time
		return err
	}
	all, err := interleave(o.rounds, subjects)
	if err != nil {
		return err
	}
	table(out, "Questions to a version of a million rows, one at a time", all)
	return nil
}

func (n *node) bare() (*sql.DB, error) {
	tables, err := filepath.Glob(filepath.Join(n.dir, "*.sqlite"))
	if err != nil || len(tables) == 0 {
		return nil, errors.Join(err, errors.New("no table was built"))
	}
	return sql.Open("sqlite", "file:"+tables[0]+"?mode=ro&immutable=1")
}

func bareRows(ctx context.Context, db *sql.DB, i int) error {
	rows, err := db.QueryContext(ctx, "SELECT * FROM t WHERE c4 = ? LIMIT 100", fmt.Sprintf("Supplier %d Ltd", i%20_000))
	if err != nil {
		return err
	}
	values := make([]any, 9)
	into := make([]any, 9)
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}
