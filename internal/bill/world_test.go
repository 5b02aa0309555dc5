package bill_test

import (
	"context"
	"crypto/rand"
	"io/fs"
	"path/filepath"
	"testing"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

var schema = []fs.FS{vault.Migrations(), bill.Migrations()}

// world is a database with bills.
type world struct {
	*bill.Bills
	t       testing.TB
	db      *store.DB
	clock   *storetest.Clock
	subject string
}

func each(t *testing.T, test func(w *world)) {
	t.Helper()
	storetest.Each(t, schema, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys"), Rand: rand.Reader})
		if err != nil {
			t.Fatal(err)
		}
		w := &world{Bills: &bill.Bills{Vault: keys}, t: t, db: db, clock: clock}
		w.write(func(ctx context.Context, tx *store.Tx) (err error) {
			w.subject, err = keys.NewSubject(ctx, tx)
			return err
		})
		test(w)
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) write(fn func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	w.must(w.db.Write(w.t.Context(), "test", fn))
}

func (w *world) read(fn func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	w.must(w.db.Read(w.t.Context(), "test", fn))
}

// tax is a bill of 300 in three instalments about a property.
func (w *world) tax(source string) *bill.Bill {
	b := &bill.Bill{Organisation: "revenues", Kind: bill.Tax, Of: bill.Source{Kind: "assessment", ID: source}, For: "revenues", Service: "council-tax",
		Payer: "asha", Owner: "olu", Subject: w.subject, Object: "UPRN-1", Language: "cy", Currency: "GBP", Day: dayAfter(0),
		Words: bill.Words{Name: "Asha Rao", Address: []string{"1 High Street", "Greenvale"}, Email: "asha@example.org", Title: "Council tax 2026", Note: "Band D"},
		Items: []bill.Item{
			{ID: "band", Title: i18n.Text{"en": "Band D"}, Account: "4210", Component: bill.Principal, Amount: 400},
			{ID: "single", Title: i18n.Text{"en": "Single person"}, Account: "4210", Component: bill.Principal, Amount: -100},
		}}
	for i := range 3 {
		b.Plan = append(b.Plan, bill.Instalment{Due: dayAfter(30 * (i + 1)), Amount: 100})
	}
	return b
}

// issue stores bills as treasury does.
func (w *world) issue(bills ...*bill.Bill) *bill.Bill {
	w.t.Helper()
	w.write(func(ctx context.Context, tx *store.Tx) error {
		for _, b := range bills {
			if err := w.Number(ctx, tx, b); err != nil {
				return err
			}
			for i := range b.Moves {
				b.Moves[i].Entry, b.Moves[i].Posted = "entry", b.Day
			}
		}
		return w.Insert(ctx, tx, bills...)
	})
	return bills[0]
}

func (w *world) get(id string) (b *bill.Bill) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) (err error) {
		b, err = w.Get(ctx, tx, "revenues", id)
		return err
	})
	return b
}

// on does something to a bill under its lock.
func (w *world) on(id string, fn func(ctx context.Context, tx *store.Tx, b *bill.Bill) error) error {
	return w.db.Write(w.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
		b, err := w.Get(ctx, tx, "revenues", id)
		if err != nil {
			return err
		}
		return fn(ctx, tx, b)
	})
}

// move is a move on a day.
func move(kind bill.MoveKind, component bill.Component, on calendar.Date, amount int64) bill.Move {
	return bill.Move{Kind: kind, Component: component, Value: on, Posted: on, Account: "1000", Entry: "entry", Amount: amount}
}

func (w *world) apply(id, key string, moves ...bill.Move) *bill.Bill {
	w.t.Helper()
	w.must(w.on(id, func(ctx context.Context, tx *store.Tx, b *bill.Bill) error { return w.Apply(ctx, tx, b, key, moves...) }))
	return w.get(id)
}

func (w *world) findings() (all []bill.Finding) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) (err error) {
		all, err = bill.Figures{Bills: w.Bills}.Check(ctx, tx)
		return err
	})
	return all
}
