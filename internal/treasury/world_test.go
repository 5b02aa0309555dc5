package treasury_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"io/fs"
	"path/filepath"
	"testing"

	"stoa/internal/bank"
	"stoa/internal/bankfile"
	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/treasury"
	"stoa/internal/vault"
)

var schema = []fs.FS{vault.Migrations(), ledger.Migrations(), bill.Migrations(), pay.Migrations(), bank.Migrations()}

func account(code, kind, use, whose string) service.AccountFile {
	return service.AccountFile{Code: code, Title: service.Text{By: map[string]string{"en": "Account " + code}}, Kind: kind, Use: use, For: whose}
}

// jurisdiction keeps books like those of the sample.
func jurisdiction() *service.Jurisdiction { return jurisdictionOf("revenues") }

func jurisdictionOf(treasury string) *service.Jurisdiction {
	j := &service.Jurisdiction{Money: &service.MoneyFile{Treasury: treasury, Accounts: []service.AccountFile{
		account("1000", "asset", service.UseBank, ""), account("1010", "asset", service.UseCard, ""), account("1020", "asset", service.UseCash, ""),
		account("1200", "asset", service.UseReceivable, ""), account("1300", "asset", service.UseDisputed, ""),
		account("2100", "liability", service.UseSuspense, ""), account("2200", "liability", service.UseRefund, ""),
		account("4110", "income", "", "licensing"), account("4210", "income", "", "revenues"), account("4900", "income", "", "revenues"),
		account("5100", "expense", service.UseWrittenOff, ""), account("5200", "expense", service.UseWaived, ""),
		account("5300", "expense", service.UseDifference, ""),
	}, Order: []string{"costs", "penalty", "interest", "principal"}}}
	j.File.Currency = "GBP"
	return j
}

// world is a treasury on one database.
type world struct {
	*treasury.Treasury
	t       testing.TB
	ctx     context.Context
	db      *store.DB
	clock   *storetest.Clock
	vault   *vault.Vault
	book    *treasury.Book
	subject string
	tills   *pay.Tills
	till    *pay.Till
}

func newWorld(t testing.TB, db *store.DB, clock *storetest.Clock) *world {
	t.Helper()
	keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys"), Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	book, err := treasury.NewBook(jurisdiction())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, ctx: t.Context(), db: db, clock: clock, vault: keys, book: book,
		Treasury: &treasury.Treasury{Bills: &bill.Bills{Vault: keys}, Payments: &pay.Pay{Vault: keys}, Bank: &bank.Bank{Vault: keys}, Ledger: &ledger.Ledger{}},
		tills:    &pay.Tills{Vault: keys}}
	w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		if w.subject, err = keys.NewSubject(ctx, tx); err != nil {
			return err
		}
		w.till = &pay.Till{Organisation: "revenues", Cashier: "carla", Float: money.Amount{Currency: "GBP"}}
		return w.tills.Open(ctx, tx, w.till, day(0))
	})
	return w
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

func (w *world) write(fn func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	w.must(w.db.Write(w.ctx, "test", fn))
}

func (w *world) read(fn func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	w.must(w.db.Read(w.ctx, "test", fn))
}

// day counts from the first of January 2026.
func day(n int) calendar.Date {
	d, err := calendar.MustDate("2026-01-01").AddDays(n)
	if err != nil {
		panic(err)
	}
	return d
}

func gbp(pence int64) money.Amount { return money.Amount{Minor: pence, Currency: "GBP"} }

// fee is a bill for a fee of a case.
func (w *world) fee(source string, pence int64) *bill.Bill {
	return &bill.Bill{Kind: bill.Fee, Of: bill.Source{Kind: "case", ID: source}, For: "licensing", Service: "licence", Payer: "asha",
		Subject: w.subject, Object: "P-1", Language: "en", Day: day(0), Words: bill.Words{Name: "Asha Rao", Title: "Licence fee"},
		Items: []bill.Item{{ID: "fee", Title: i18n.Text{"en": "Fee"}, Account: "4110", Component: bill.Principal, Amount: pence}},
		Plan:  []bill.Instalment{{Due: day(14), Amount: pence}}}
}

func (w *world) issued(bills ...*bill.Bill) *bill.Bill {
	w.t.Helper()
	w.write(func(ctx context.Context, tx *store.Tx) error { return w.Issue(ctx, tx, w.book, bills...) })
	return bills[0]
}

// on does something to a bill, read again under its lock.
func (w *world) on(b *bill.Bill, fn func(ctx context.Context, tx *store.Tx, b *bill.Bill) error) error {
	return w.db.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		b, err := w.Bills.Get(ctx, tx, "revenues", b.ID)
		if err != nil {
			return err
		}
		return fn(ctx, tx, b)
	})
}

func (w *world) get(b *bill.Bill) (got *bill.Bill) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) (err error) {
		got, err = w.Bills.Get(ctx, tx, "revenues", b.ID)
		return err
	})
	return got
}

// card begins a payment by card.
func (w *world) card(key string, targets ...pay.Target) *pay.Payment {
	w.t.Helper()
	p := &pay.Payment{Organisation: "revenues", Method: pay.Card, Provider: "sandbox", Payer: "asha", Subject: w.subject, Key: key, Targets: targets,
		Amount: money.Amount{Currency: "GBP"}, Until: w.clock.Now().AddDate(0, 0, 1), Words: pay.Words{Title: "Licence fee"}}
	for _, t := range targets {
		p.Amount.Minor += t.Amount
	}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		if _, err := w.Payments.Begin(ctx, tx, p); err != nil {
			return err
		}
		_, err := w.Payments.Opened(ctx, tx, "revenues", p.ID, pay.Started{Ref: "ref " + key, URL: "https://pay.example/" + key})
		return err
	})
	return p
}

// reports applies what a provider tells of a payment, and books it.
func (w *world) reports(p *pay.Payment, on calendar.Date, reports ...pay.Report) error {
	return w.db.Write(w.ctx, "reports", func(ctx context.Context, tx *store.Tx) error {
		res, err := w.Payments.Report(ctx, tx, "revenues", p.ID, on, reports...)
		for _, c := range res.Changes {
			if err == nil {
				err = w.Apply(ctx, tx, w.book, res.Payment, c, on)
			}
		}
		return err
	})
}

// holds is what an account holds: a debit is positive.
func (w *world) holds(use string) (minor int64) {
	w.t.Helper()
	return w.balance(w.book.Code(use))
}

func (w *world) balance(code string) (minor int64) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) error {
		a, err := w.Ledger.Balance(ctx, tx, "revenues", code, "GBP", ledger.As{})
		minor = a.Minor
		return err
	})
	return minor
}

func (w *world) sound() {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) error {
		all, err := w.Check(ctx, tx, w.book)
		if len(all) > 0 {
			w.t.Errorf("the check found %q", all)
		}
		return err
	})
}

// line imports a statement of one line and reads it; the same key is the same file.
func (w *world) line(ctx context.Context, tx *store.Tx, key string, on calendar.Date, pence int64) (*bank.Line, error) {
	organisation := w.book.Organisation
	said := bankfile.Statement{ID: "s " + key, Account: "GB33", Currency: "GBP", From: on, Until: on,
		Lines: []bankfile.Line{{ID: "l " + key, Booked: on, Value: on, Amount: gbp(pence), Name: "A. Rao", Text: "Licence"}}}
	in, err := w.Bank.Import(ctx, tx, organisation, bank.Upload{Name: "may.xml", Size: 1, Hash: sha256.Sum256([]byte(key))}, []bankfile.Statement{said}, "olu")
	if err != nil {
		return nil, err
	}
	lines, err := w.Bank.Lines(ctx, tx, organisation, in.Statements[0].ID, 0, 1)
	if err != nil {
		return nil, err
	}
	return w.Bank.Line(ctx, tx, organisation, lines[0].ID)
}
