package spend_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"

	"stoa/internal/bankfile"
	"stoa/internal/calendar"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/spend"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

var tables = []fs.FS{vault.Migrations(), ledger.Migrations(), spend.Migrations()}

const (
	org   = "revenues"
	year  = "2026-27"
	parks = "parks"
)

// world is spending on one database, with the books beside it.
type world struct {
	*spend.Spend
	t      testing.TB
	ctx    context.Context
	db     *store.DB
	books  *ledger.Ledger
	chart  *ledger.Chart
	keys   int
	org    string
	limits spend.Limits
}

func newWorld(t testing.TB, db *store.DB) *world {
	t.Helper()
	keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys"), Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Spend: spend.New(keys), t: t, ctx: t.Context(), db: db, books: &ledger.Ledger{}}
	w.in(org)
	return w
}

// in makes the world another organisation's, with books of its own.
func (w *world) in(organisation string) {
	w.t.Helper()
	account := func(code string, kind ledger.Kind) ledger.Account {
		return ledger.Account{Organisation: organisation, Code: code, Title: map[string]string{"en": code}, Kind: kind, EitherSide: kind != ledger.Expense}
	}
	chart, err := ledger.NewChart(account("1000", ledger.Asset), account("2100", ledger.Liability), account("5100", ledger.Expense))
	w.must(err)
	w.org, w.chart = organisation, chart
	w.limits = spend.Limits{ref("waste"): 1000_00, ref("parks"): 500_00}
}

func each(t *testing.T, test func(w *world)) {
	t.Helper()
	storetest.Each(t, tables, func(t *testing.T, db *store.DB, _ *storetest.Clock) { test(newWorld(t, db)) })
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) write(fn func(ctx context.Context, tx *store.Tx) error) error {
	return w.db.Write(w.ctx, "test", fn)
}

func (w *world) read(fn func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	w.must(w.db.Read(w.ctx, "test", fn))
}

func (w *world) key() string { w.keys++; return fmt.Sprint("key ", w.keys) }

func ref(line string) spend.LineRef { return spend.LineRef{Year: year, Line: line} }

var today = calendar.MustDate("2026-05-04")

func by(who string) spend.Act { return spend.Act{By: who, Day: today} }

func (w *world) supplier(name string, person bool) (x *spend.Supplier) {
	w.t.Helper()
	iban, err := bankfile.ParseIBAN("GB33BUKB20201555555555")
	w.must(err)
	w.must(w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		x, err = w.Suppliers.Add(ctx, tx, w.org, spend.NewSupplier{Key: w.key(), Person: person, SupplierWords: spend.SupplierWords{Name: name, IBAN: iban}}, "olu")
		return err
	}))
	return x
}

// contract proposes one and has it approved.
func (w *world) contract(x *spend.Supplier, line string, amount int64) (c *spend.Commitment) {
	w.t.Helper()
	w.must(w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		if c, err = w.Commitments.Propose(ctx, tx, x, w.newContract(line, amount), by("olu")); err != nil {
			return err
		}
		return w.Commitments.Approve(ctx, tx, c, w.limits, "", by("sue"))
	}))
	return c
}

func (w *world) newContract(line string, amount int64) spend.NewCommitment {
	return spend.NewCommitment{Key: w.key(), Kind: spend.Contract, For: parks, Method: spend.Open, Currency: "GBP", Signed: today, Title: "Mowing",
		Allocations: []spend.NewAllocation{{LineRef: ref(line), Amount: amount}}}
}

func (w *world) invoice(x *spend.Supplier, c *spend.Commitment, number, line string, amount int64) (i *spend.Invoice, err error) {
	err = w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		if c != nil {
			if c, err = w.Commitments.Get(ctx, tx, w.org, c.ID); err != nil {
				return err
			}
		}
		if x, err = w.Suppliers.Get(ctx, tx, w.org, x.ID); err != nil {
			return err
		}
		i, err = w.Invoices.Enter(ctx, tx, x, spend.NewInvoice{Key: w.key(), For: parks, Commitment: c, LineRef: ref(line), Account: "5100", SupplierNumber: number,
			Title: "May", Amount: amount, Currency: "GBP", Day: today, Due: today}, by("olu"))
		return err
	})
	return i, err
}

// on does something to an invoice, read again under its lock.
func (w *world) on(id string, fn func(ctx context.Context, tx *store.Tx, x *spend.Invoice) error) error {
	return w.onIn(w.ctx, id, fn)
}

func (w *world) onIn(ctx context.Context, id string, fn func(ctx context.Context, tx *store.Tx, x *spend.Invoice) error) error {
	return w.db.Write(ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		x, err := w.Invoices.Get(ctx, tx, w.org, id)
		if err != nil {
			return err
		}
		return fn(ctx, tx, x)
	})
}

func (w *world) check(id string) error {
	return w.on(id, func(ctx context.Context, tx *store.Tx, x *spend.Invoice) error {
		return w.Invoices.Check(ctx, tx, x, by("olu"))
	})
}

func (w *world) approve(id, who, override string) error { return w.approveIn(w.ctx, id, who, override) }

func (w *world) approveIn(ctx context.Context, id, who, override string) error {
	return w.onIn(ctx, id, func(ctx context.Context, tx *store.Tx, x *spend.Invoice) error {
		return w.Invoices.Approve(ctx, tx, x, w.limits, override, by(who), w.post(ctx, tx, x.ApprovalKey(), x, "5100", "2100"))
	})
}

func (w *world) takeBack(id string) error {
	return w.on(id, func(ctx context.Context, tx *store.Tx, x *spend.Invoice) error {
		return w.Invoices.TakeBack(ctx, tx, x, "not delivered", by("sue"), w.post(ctx, tx, x.TakenBackKey(), x, "2100", "5100"))
	})
}

func (w *world) order(id, order string) error {
	return w.on(id, func(ctx context.Context, tx *store.Tx, x *spend.Invoice) error {
		return w.Invoices.Order(ctx, tx, x, order)
	})
}

func (w *world) pay(id, number string) error { return w.payIn(w.ctx, id, number) }

func (w *world) payIn(ctx context.Context, id, number string) error {
	return w.onIn(ctx, id, func(ctx context.Context, tx *store.Tx, x *spend.Invoice) error {
		_, err := w.Payments.Pay(ctx, tx, x, spend.Left{Number: number, BankLine: "line " + number}, w.post(ctx, tx, spend.PaidKey(number), x, "2100", "1000"))
		return err
	})
}

func (w *world) back(id, number string) error {
	return w.on(id, func(ctx context.Context, tx *store.Tx, x *spend.Invoice) error {
		_, err := w.Payments.Return(ctx, tx, x, "back "+number, "AC04", w.post(ctx, tx, spend.ReturnedKey(number), x, "1000", "2100"))
		return err
	})
}

// post books an amount from the credit of one account to the debit of another.
func (w *world) post(ctx context.Context, tx *store.Tx, key string, x *spend.Invoice, debit, credit string) spend.Post {
	return func() (string, calendar.Date, error) {
		id, err := w.books.Post(ctx, tx, w.chart, ledger.Entry{Organisation: w.org, Key: key, Value: today, Text: "Invoice", Source: ledger.Source{Kind: "invoice", ID: x.ID},
			Lines: []ledger.Line{{Account: debit, Amount: money.Amount{Minor: x.Amount, Currency: "GBP"}}, {Account: credit, Amount: money.Amount{Minor: -x.Amount, Currency: "GBP"}}}})
		return id, today, err
	}
}

// sound looks at everything: the tables among themselves, and the books against them.
func (w *world) sound() {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) error {
		found, err := w.Lines.Check(ctx, tx, w.org)
		if err != nil {
			return err
		}
		for _, f := range found {
			w.t.Error(f)
		}
		sums, err := w.Lines.Sums(ctx, tx, w.org, year, calendar.Date{})
		if err != nil {
			return err
		}
		var all spend.Sums
		for _, s := range sums {
			all.Invoiced, all.Paid = all.Invoiced+s.Invoiced, all.Paid+s.Paid
		}
		for code, want := range map[string]int64{"5100": all.Invoiced, "2100": all.Paid - all.Invoiced, "1000": -all.Paid} {
			held, err := w.books.Balance(ctx, tx, w.org, code, "GBP", ledger.As{})
			if err != nil {
				return err
			}
			if held.Minor != want {
				w.t.Errorf("account %s holds %d, the lines make %d", code, held.Minor, want)
			}
		}
		return nil
	})
}

func (w *world) sums(line string) (s spend.Sums) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) error {
		all, err := w.Lines.Sums(ctx, tx, w.org, year, calendar.Date{})
		s = all[line]
		return err
	})
	return s
}
