package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// otherLedgers are those to stand beside, as modules. Where the module proxy has them, whoever comes next can teach this program to
// start them; where it does not, the row says so.
var otherLedgers = []struct{ name, module string }{{"Formance ledger v2", "github.com/formancehq/ledger"}, {"Blnk", "github.com/blnkfinance/blnk"}}

// ledgers measures postings of two lines by 16 writers on a PostgreSQL that syncs: all between the same two accounts, and spread.
// Balances are folded meanwhile, as a server does.
func ledgers(ctx context.Context, o options, out io.Writer) (err error) {
	at, dir, stop, err := syncing(o)
	if errors.Is(err, storetest.ErrNoPostgres) {
		fmt.Fprintln(out, "\nPostgreSQL not found: ledgers were not measured.")
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	own, err := database(ctx, at, "bench_ledgers")
	if err != nil {
		return err
	}
	w, err := fresh(ctx, o, own)
	if err != nil {
		return err
	}
	defer w.Close()
	chart, err := wideChart()
	if err != nil {
		return err
	}
	l := &ledgerLoad{w.DB, w.Flow.Money.Treasury.Ledger, chart}
	trace, err := tracedPosting(ctx, o, chart)
	if err != nil {
		return err
	}
	b, err := openBarePostgres(ctx, at, o, trace)
	if err != nil {
		return err
	}
	defer b.close()
	if err := l.warm(ctx); err != nil {
		return err
	}
	if _, err := load(16, time.Second, func(int, int) error { return b.insert() }); err != nil { // its connections, too
		return err
	}
	const writers, limit = 16, "bare inserts of the same rows"
	subjects := []subject{
		{limit, "", func() (result, error) {
			return costing(backends(dir), func() (result, error) { return load(writers, o.each, func(int, int) error { return b.insert() }) })
		}},
		{"one hot account", limit, func() (result, error) { return l.posting(ctx, writers, 1, o.each, backends(dir)) }},
		{"spread over 400 accounts", limit, func() (result, error) { return l.posting(ctx, writers, spreadOver, o.each, backends(dir)) }},
	}
	results, err := interleave(o.rounds, subjects)
	if err != nil {
		return err
	}
	table(out, fmt.Sprintf("Postings of two lines (%d rows), %d writers, PostgreSQL, which syncs; processor time is this process's and the server's", len(trace.rows), writers), results)
	for _, other := range otherLedgers {
		said := "can be had here; this program cannot start it yet"
		if err := askForModule(ctx, other.module); err != nil {
			said = "could not be had: " + err.Error()
		}
		fmt.Fprintf(out, "\n%s %s\n", other.name, said)
	}
	return nil
}

// tracedPosting looks, on SQLite, which rows a posting leaves behind.
func tracedPosting(ctx context.Context, o options, chart *ledger.Chart) (trace, error) {
	w, err := fresh(ctx, o, "")
	if err != nil {
		return trace{}, err
	}
	defer w.Close()
	l := &ledgerLoad{w.DB, w.Flow.Money.Treasury.Ledger, chart}
	return w.trace(ctx, ledgerTables, func() error { return l.post(ctx, 1) })
}

// syncing is a server that waits for the disk: the one that was named, or one of our own.
func syncing(o options) (at, dir string, stop func() error, err error) {
	if o.postgres != "" {
		return o.postgres, "", func() error { return nil }, nil
	}
	c, err := storetest.StartSyncing()
	if err != nil {
		return "", "", nil, err
	}
	return c.URL, c.Dir, c.Stop, nil
}

// backends are the processes of a server of our own, by its folder; none of one elsewhere, whose time is not told.
func backends(dir string) (all []int) {
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if dir == "" || err != nil {
		return nil
	}
	server, _, _ := strings.Cut(string(text), "\n")
	tasks, _ := filepath.Glob("/proc/" + server + "/task/*/children") // none where the kernel does not tell
	for _, task := range tasks {
		children, _ := os.ReadFile(task)
		for _, child := range strings.Fields(string(children)) {
			if id, err := strconv.Atoi(child); err == nil {
				all = append(all, id)
			}
		}
	}
	return all
}

// askForModule asks the module proxy for a module, outside the repository.
func askForModule(ctx context.Context, module string) error {
	dir, err := os.MkdirTemp("", "stoa-bench-module-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	few, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	ask := exec.CommandContext(few, "go", "list", "-m", module+"@latest")
	ask.Dir, ask.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	if text, err := ask.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, bytes.Join(bytes.Fields(text), []byte(" ")))
	}
	return nil
}

const (
	spreadOver = 400 // accounts
	bencher    = "bench"
)

// wideChart has an account that everybody pays to, and many that they pay from.
func wideChart() (*ledger.Chart, error) {
	all := []ledger.Account{{Organisation: bencher, Code: "fees", Kind: ledger.Income, Title: i18n.Text{"en": "Fees"}, EitherSide: true}}
	for i := range spreadOver {
		all = append(all, ledger.Account{Organisation: bencher, Code: fmt.Sprint(i), Kind: ledger.Asset, Title: i18n.Text{"en": "Account"}, EitherSide: true})
	}
	return ledger.NewChart(all...)
}

// ledgerLoad posts.
type ledgerLoad struct {
	db     *store.DB
	ledger *ledger.Ledger
	chart  *ledger.Chart
}

// post posts an entry: over one account, from the first to the income that all share; over many, from one to another.
func (l *ledgerLoad) post(ctx context.Context, over int) error {
	n := posted.Add(1)
	from, to := "0", "fees"
	if over > 1 {
		from, to = fmt.Sprint(n*7%spreadOver), fmt.Sprint((n*11+3)%spreadOver)
	}
	if from == to {
		to = "fees"
	}
	fee := money.Amount{Minor: 2100, Currency: "GBP"}
	income, err := fee.Neg()
	if err != nil {
		return err
	}
	e := ledger.Entry{Organisation: bencher, Key: fmt.Sprintf("bench %012d", n), Value: calendar.MustDate("2026-06-01"), Text: "A fee",
		Source: ledger.Source{Kind: "bench", ID: "1"}, Lines: []ledger.Line{{Account: from, Amount: fee}, {Account: to, Amount: income}}}
	return l.db.Write(ctx, "bench.post", func(ctx context.Context, tx *store.Tx) error {
		_, err := l.ledger.Post(ctx, tx, l.chart, e)
		return err
	})
}

// warm opens the accounts and connections, and lets the server look at tables that it would plan for as if they were empty.
func (l *ledgerLoad) warm(ctx context.Context) error {
	if _, err := load(16, time.Second, func(int, int) error { return l.post(ctx, spreadOver) }); err != nil {
		return err
	}
	return l.db.Write(ctx, "bench.analyze", func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, "ANALYZE")
		return err
	})
}

// posting lets many post for a time, while what waits is folded.
func (l *ledgerLoad) posting(ctx context.Context, writers, over int, each time.Duration, server []int) (result, error) {
	life, end := context.WithCancel(ctx)
	var folding sync.WaitGroup
	var folded error
	folding.Go(func() {
		for life.Err() == nil && folded == nil {
			folded = l.db.Write(ctx, "bench.fold", func(ctx context.Context, tx *store.Tx) error {
				_, err := l.ledger.Fold(ctx, tx, 16, ledger.Enough)
				return err
			})
			select {
			case <-life.Done():
			case <-time.After(500 * time.Millisecond):
			}
		}
	})
	r, err := costing(server, func() (result, error) {
		return load(writers, each, func(int, int) error { return l.post(ctx, over) })
	})
	end()
	folding.Wait()
	return r, errors.Join(err, folded)
}
