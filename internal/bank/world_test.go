package bank_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"stoa/internal/bank"
	"stoa/internal/bankfile"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

var schema = []fs.FS{vault.Migrations(), bank.Migrations()}

const (
	council = "revenues"
	ours    = "GB33BUKB20201555555555"
)

// world is the bank's side of one database.
type world struct {
	*bank.Bank
	orders *bank.Orders
	t      testing.TB
	db     *store.DB
	clock  *storetest.Clock
	keys   *vault.Vault
}

func newWorld(t testing.TB, db *store.DB, clock *storetest.Clock) *world {
	t.Helper()
	keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys"), Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	return &world{&bank.Bank{Vault: keys}, &bank.Orders{Vault: keys}, t, db, clock, keys}
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

func (w *world) write(f func(ctx context.Context, tx *store.Tx) error) error {
	return w.db.Write(w.t.Context(), "test", f)
}

func (w *world) mustWrite(f func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	w.must(w.write(f))
}

func (w *world) read(f func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	w.must(w.db.Read(w.t.Context(), "test", f))
}

// refused wants a refusal of a kind.
func (w *world) refused(err error, kind fault.Kind) {
	w.t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind {
		w.t.Fatalf("want %v, got %v", kind, err)
	}
}

// importCSV reads a CSV statement and imports it.
func (w *world) importCSV(text string) (bank.Imported, error) {
	all, err := bankfile.ReadCSV(strings.NewReader(text), bankfile.DefaultFormat, ours, "GBP")
	if err != nil {
		return bank.Imported{}, err
	}
	return w.importAll(text, all)
}

func (w *world) importAll(text string, all []bankfile.Statement) (got bank.Imported, err error) {
	err = w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		got, err = w.Import(ctx, tx, council, bank.Upload{Name: "april.csv", Size: int64(len(text)), Hash: sha256.Sum256([]byte(text))}, all, "cora")
		return err
	})
	return got, err
}

func (w *world) mustImport(text string) bank.Imported {
	w.t.Helper()
	got, err := w.importCSV(text)
	w.must(err)
	return got
}

// statement is a CSV statement of rows "day amount name text".
func statement(rows ...string) string {
	text := "booked,value,amount,currency,name,iban,reference,text,id\n"
	for _, r := range rows {
		p := strings.SplitN(r, " ", 4)
		for len(p) < 4 {
			p = append(p, "")
		}
		text += fmt.Sprintf("2026-04-%s,,%s,GBP,%s,GB29NWBK60161331926819,,%s,\n", p[0], p[1], p[2], p[3])
	}
	return text
}

func (w *world) counts() map[string]int64 {
	w.t.Helper()
	all := map[string]int64{}
	w.read(func(ctx context.Context, tx *store.Tx) error {
		for _, table := range []string{"account", "file", "statement", "line", "part", "order", "payment"} {
			var n int64
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM bank_`+table).Scan(&n); err != nil {
				return err
			}
			all[table] = n
		}
		return nil
	})
	return all
}

func (w *world) next() (all []*bank.Line) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) (err error) {
		all, err = w.Next(ctx, tx, council, 100)
		return err
	})
	return all
}

func (w *world) line(id string) (l *bank.Line) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) (err error) {
		l, err = w.Line(ctx, tx, council, id)
		return err
	})
	return l
}

// place sets the parts of a line.
func (w *world) place(id, key string, set ...bank.Part) error {
	return w.write(func(ctx context.Context, tx *store.Tx) error {
		l, err := w.Line(ctx, tx, council, id)
		if err != nil {
			return err
		}
		return w.SetParts(ctx, tx, l, bank.Change{Key: key, By: "cora"}, set)
	})
}

func (w *world) undo(id string, no int, entry string) error {
	return w.write(func(ctx context.Context, tx *store.Tx) error {
		l, err := w.Line(ctx, tx, council, id)
		if err != nil {
			return err
		}
		return w.Undo(ctx, tx, l, no, entry, "cora", "The wrong bill")
	})
}

// sound holds that standing parts make their lines, and gives what is in suspense.
func (w *world) sound() (suspense []money.Amount) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) error {
		wrong, err := w.Check(ctx, tx, council, 10)
		if err != nil || len(wrong) > 0 {
			w.t.Fatalf("parts do not make lines %v, %v", wrong, err)
		}
		suspense, err = w.InSuspense(ctx, tx, council)
		return err
	})
	return suspense
}

func date(s string) calendar.Date { return calendar.MustDate(s) }

func pounds(pence int64) money.Amount { return money.Amount{Minor: pence, Currency: "GBP"} }
