package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

var schema = []fs.FS{ledger.Migrations()}

// council is the organisation of tests that need only one.
const council = "council"

// chartOf is a small chart: an account of each kind, and one that may be on either side.
func chartOf(organisations ...string) *ledger.Chart {
	var all []ledger.Account
	for _, o := range organisations {
		for _, a := range []ledger.Account{
			{Code: "bank", Kind: ledger.Asset},
			{Code: "owed", Kind: ledger.Asset, EitherSide: true},
			{Code: "deposits", Kind: ledger.Liability},
			{Code: "fees", Kind: ledger.Income, Fund: "licensing"},
			{Code: "costs", Kind: ledger.Expense},
			{Code: "reserves", Kind: ledger.Equity, EitherSide: true},
		} {
			a.Organisation, a.Title = o, i18n.Text{"en": a.Code}
			all = append(all, a)
		}
	}
	c, err := ledger.NewChart(all...)
	if err != nil {
		panic(err)
	}
	return c
}

// world is a ledger on one database.
type world struct {
	*ledger.Ledger
	t     testing.TB
	ctx   context.Context
	db    *store.DB
	clock *storetest.Clock
	chart *ledger.Chart
}

func newWorld(t testing.TB, db *store.DB, clock *storetest.Clock) *world {
	return &world{Ledger: &ledger.Ledger{}, t: t, ctx: t.Context(), db: db, clock: clock, chart: chartOf(council)}
}

func each(t *testing.T, test func(w *world)) {
	t.Helper()
	storetest.Each(t, schema, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(newWorld(t, db, clock)) })
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) post(ctx context.Context, e ledger.Entry) (id string, err error) {
	err = w.db.Write(ctx, "post", func(ctx context.Context, tx *store.Tx) (err error) {
		id, err = w.Post(ctx, tx, w.chart, e)
		return err
	})
	return id, err
}

func (w *world) mustPost(e ledger.Entry) string {
	w.t.Helper()
	id, err := w.post(w.ctx, e)
	w.must(err)
	return id
}

// postAll posts many entries in one transaction.
func (w *world) postAll(list []ledger.Entry) {
	w.t.Helper()
	w.must(w.db.Write(w.ctx, "post many", func(ctx context.Context, tx *store.Tx) error {
		for _, e := range list {
			if _, err := w.Post(ctx, tx, w.chart, e); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (w *world) reverse(ctx context.Context, r ledger.Reversal) (id string, err error) {
	err = w.db.Write(ctx, "reverse", func(ctx context.Context, tx *store.Tx) (err error) {
		id, err = w.Reverse(ctx, tx, r)
		return err
	})
	return id, err
}

func (w *world) close(organisation, until string) error {
	return w.db.Write(w.ctx, "close", func(ctx context.Context, tx *store.Tx) error {
		return w.ClosePeriod(ctx, tx, organisation, calendar.MustDate(until), "rana")
	})
}

func (w *world) fold() {
	w.t.Helper()
	for n := 1; n > 0; {
		w.must(w.db.Write(w.ctx, "fold", func(ctx context.Context, tx *store.Tx) (err error) {
			n, err = w.Fold(ctx, tx, 3, 1)
			return err
		}))
	}
}

func (w *world) read(f func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	w.must(w.db.Read(w.ctx, "read", f))
}

func (w *world) balance(code string, as ledger.As) (minor int64) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) error {
		b, err := w.Balance(ctx, tx, council, code, "GBP", as)
		minor = b.Minor
		return err
	})
	return minor
}

func (w *world) findings() (all []ledger.Finding) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) (err error) {
		all, err = w.Check(ctx, tx)
		return err
	})
	return all
}

func (w *world) sound() {
	w.t.Helper()
	if all := w.findings(); len(all) > 0 {
		w.t.Errorf("the check found %v", all)
	}
}

// counts is how many rows each table has.
func (w *world) counts() map[string]int64 {
	w.t.Helper()
	all := map[string]int64{}
	w.read(func(ctx context.Context, tx *store.Tx) error {
		for _, table := range []string{"book", "close", "account", "entry", "line", "day", "pending"} {
			var n int64
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM ledger_`+table).Scan(&n); err != nil {
				return err
			}
			all[table] = n
		}
		return nil
	})
	return all
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	w.must(w.db.Write(w.ctx, "tamper", func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.Exec(ctx, query, args...)
		if err == nil && n == 0 {
			err = fmt.Errorf("changed nothing: %s", query)
		}
		return err
	}))
}

// move is an entry of two lines in pounds: from the credited account to the debited one.
func move(key, day, debit, credit string, pence int64) ledger.Entry {
	return ledger.Entry{
		Organisation: council, Key: key, Value: calendar.MustDate(day), Text: "Fee for a notice",
		Source: ledger.Source{Kind: "invoice", ID: "inv-" + key},
		Lines: []ledger.Line{
			{Account: debit, Amount: money.Amount{Minor: pence, Currency: "GBP"}},
			{Account: credit, Amount: money.Amount{Minor: -pence, Currency: "GBP"}},
		},
	}
}

// refused wants a refusal of one kind and gives its particulars.
func (w *world) refused(err, why error) *ledger.Refusal {
	w.t.Helper()
	var r *ledger.Refusal
	if !errors.Is(err, why) || !errors.As(err, &r) {
		w.t.Fatalf("want %v, got %v", why, err)
	}
	return r
}
