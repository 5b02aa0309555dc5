package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"stoa/internal/calendar"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// books measures postings: an entry of two lines on accounts that everybody posts to, each in a transaction of its own,
// against nothing but inserting the same rows.
func books(ctx context.Context, o options, out io.Writer) error {
	w, err := fresh(ctx, o, "")
	if err != nil {
		return err
	}
	defer w.Close()
	trace, err := w.trace(ctx, ledgerTables, func() error { return w.post(ctx) })
	if err != nil {
		return err
	}
	if o.sqlite {
		b, err := openBareSQLite(ctx, o, trace)
		if err != nil {
			return err
		}
		defer b.close()
		if err := postings(ctx, o, out, w, b, fmt.Sprintf("Posting an entry (%d rows) to two hot accounts, SQLite, every answer waits for the disk", len(trace.rows))); err != nil {
			return err
		}
	}
	return booksPostgres(ctx, o, out, trace)
}

func booksPostgres(ctx context.Context, o options, out io.Writer, trace trace) (err error) {
	at, stop, ok, err := server(o)
	if err != nil {
		return err
	}
	if !ok {
		fmt.Fprintln(out, "\nWithout PostgreSQL: it was not found, or left out.")
		return nil
	}
	defer func() { err = errors.Join(err, stop()) }()
	own, err := database(ctx, at, "bench_books")
	if err != nil {
		return err
	}
	w, err := fresh(ctx, o, own)
	if err != nil {
		return err
	}
	defer w.Close()
	b, err := openBarePostgres(ctx, at, o, trace)
	if err != nil {
		return err
	}
	defer b.close()
	return postings(ctx, o, out, w, b, "The same on PostgreSQL")
}

// ledgerTables are those in which a posting leaves rows.
var ledgerTables = []string{"ledger_entry", "ledger_line", "ledger_pending"}

func postings(ctx context.Context, o options, out io.Writer, w *world, b bare, title string) error {
	for range 1_000 { // opens the accounts; a table that was never analysed is planned for as if it were empty
		if err := w.post(ctx); err != nil {
			return err
		}
	}
	err := w.DB.Write(ctx, "bench.analyze", func(ctx context.Context, tx *store.Tx) error { // as autovacuum does in use
		_, err := tx.Exec(ctx, "ANALYZE")
		return err
	})
	if err != nil {
		return err
	}
	var subjects []subject
	for _, clients := range []int{1, 16} {
		limit := fmt.Sprintf("bare inserts, %d writers", clients)
		subjects = append(subjects,
			subject{limit, "", func() (result, error) {
				return load(clients, o.each, func(int, int) error { return b.insert() })
			}},
			subject{fmt.Sprintf("postings, %d writers", clients), limit, func() (result, error) {
				return load(clients, o.each, func(int, int) error { return w.post(ctx) })
			}})
	}
	results, err := interleave(o.rounds, subjects)
	if err != nil {
		return err
	}
	table(out, title, results)
	return nil
}

var posted atomic.Int64

// post posts one entry: a fee that is owed.
func (w *world) post(ctx context.Context) error {
	book, err := treasury.NewBook(w.Flow.Docket.Releases.Current())
	if err != nil {
		return err
	}
	n := posted.Add(1)
	fee := money.Amount{Minor: 2100, Currency: book.Currency}
	income, err := fee.Neg()
	if err != nil {
		return err
	}
	e := ledger.Entry{
		Organisation: book.Organisation, Key: fmt.Sprintf("bench %012d", n), Value: calendar.MustDate("2026-06-01"), Text: "A fee",
		Source: ledger.Source{Kind: "bench", ID: "1"}, Lines: []ledger.Line{{Account: "1200", Amount: fee}, {Account: "4110", Amount: income}},
	}
	return w.DB.Write(ctx, "bench.post", func(ctx context.Context, tx *store.Tx) error {
		_, err := w.Flow.Money.Treasury.Ledger.Post(ctx, tx, book.Chart, e)
		return err
	})
}
