package site_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/bank"
	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/spend"
	"stoa/internal/store"
	"stoa/internal/treasury"
	"stoa/internal/view"
)

// Two years of a small budget of the test's own, on Greenvale's chart of accounts with a few accounts more.
const (
	spendingAccounts = `
  - {code: "9100", title: {en: Owed to suppliers, ar: مستحق للموردين}, kind: liability, use: payable, fund: general}
  - {code: "9200", title: {en: Reserve, ar: الاحتياطي}, kind: equity, use: reserve, fund: general}
  - {code: "9510", title: {en: Services bought, ar: خدمات مشتراة}, kind: expense, fund: general}
  - {code: "9520", title: {en: Grants given, ar: منح}, kind: expense, fund: general}
`
	spendingBudget = `budget: "%[1]s"
title: {en: "Budget %[1]s", ar: "ميزانية %[1]s"}
from: %[2]s
until: %[3]s
totals: {revenue: 1000000, expenditure: 190000}
programmes:
  - {id: markets, title: {en: Markets and streets, ar: الأسواق والشوارع}, about: {en: Clean and safe., ar: نظيفة وآمنة.}}
  - {id: culture, title: {en: Culture, ar: الثقافة}}
lines:
  - {id: cleaning, title: {en: Cleaning of markets, ar: تنظيف الأسواق}, organisation: environmental-health, programme: markets, account: "9510", kind: expenditure, amount: 100000, classification: "05.1"}
  - {id: repairs, title: {en: Repairs, ar: الإصلاحات}, organisation: licensing, programme: markets, account: "9510", kind: expenditure, amount: 50000, classification: "04.5"}
  - {id: festivals, title: {en: Festivals, ar: المهرجانات}, organisation: licensing, programme: culture, account: "9520", kind: expenditure, amount: 40000, classification: "08.2"}
  - {id: council-tax, title: {en: Council tax, ar: ضريبة المجلس}, organisation: revenues, programme: markets, account: "4010", kind: revenue, amount: 990000}
  - {id: notices, title: {en: Event notices, ar: إشعارات الفعاليات}, organisation: licensing, programme: culture, account: "4110", kind: revenue, amount: 10000}
amendments:
  - {date: %[4]s, line: cleaning, amount: 5000, reason: {en: The square was enlarged., ar: جرى توسيع الساحة.}, decision: Council 12}
  - {date: %[4]s, line: repairs, amount: -5000, reason: {en: Less was broken., ar: قلّت الأعطال.}, decision: Council 12}
`
)

// budgeted is Greenvale with that budget instead of its own.
func budgeted(t testing.TB) *service.Jurisdiction {
	t.Helper()
	files, all := os.DirFS("../../../jurisdictions/greenvale"), fstest.MapFS{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(name, "budget/") || name == "demo.yaml" {
			return err
		}
		raw, err := fs.ReadFile(files, name)
		if name == "money.yaml" {
			raw = []byte(withAccounts(string(raw)))
		}
		all[name] = &fstest.MapFile{Data: raw}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, year := range []int{2025, 2026} {
		name := fmt.Sprintf("%d-%02d", year, (year+1)%100)
		all["budget/"+name+".yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil, spendingBudget, name, fmt.Sprintf("%d-04-01", year), fmt.Sprintf("%d-03-31", year+1), fmt.Sprintf("%d-06-01", year))}
	}
	j, problems := service.Load(all)
	if len(problems) > 0 {
		t.Fatal(problems[0])
	}
	return j
}

// withAccounts adds accounts to the chart, without those for a use that it has already.
func withAccounts(chart string) string {
	var more strings.Builder
	for line := range strings.Lines(spendingAccounts) {
		if use := strings.Index(line, "use: "); use < 0 || !strings.Contains(chart, strings.Split(line[use:], ",")[0]) {
			more.WriteString(line)
		}
	}
	return strings.Replace(chart, "accounts:\n", "accounts:\n"+strings.TrimPrefix(more.String(), "\n"), 1)
}

// purse is a town that spends, with all documents of it: the slow model that pages are held to.
type purse struct {
	*town
	j     *service.Jurisdiction
	book  *treasury.Book
	spend *spend.Spend
	ids   map[string]*spend.Supplier
	agree map[string]*spend.Commitment
	paid  []document
	owed  []document // approved
	n     int
}

// document is an invoice that was approved, or paid.
type document struct {
	supplier, line, title, commitment string
	amount                            int64
	day                               string
	person, back                      bool
	payment                           string
}

func spending(t testing.TB) *purse {
	t.Helper()
	o := &purse{town: open(t, false), j: budgeted(t), ids: map[string]*spend.Supplier{}, agree: map[string]*spend.Commitment{}}
	ctx := t.Context()
	o.must(o.flow.DB.Migrate(ctx, ledger.Migrations(), bill.Migrations(), pay.Migrations(), bank.Migrations(), spend.Migrations()))
	keys := o.flow.People.Vault
	o.spend = spend.New(keys)
	books := &treasury.Treasury{Bills: &bill.Bills{Vault: keys}, Payments: &pay.Pay{Vault: keys}, Ledger: &ledger.Ledger{}}
	o.view.Money = view.Money{Treasury: books, Spend: o.spend}
	o.must(o.flow.Publish(ctx, policy.Actor{System: true}, o.j))
	var err error
	o.book, err = treasury.NewBook(o.j)
	o.must(err)
	o.on("2026-05-04")
	return o
}

func (o *purse) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *purse) on(day string) {
	o.t.Helper()
	at, err := time.Parse("2006-01-02 15:04", day+" 11:00")
	o.must(err)
	o.clock.Set(at)
}

func (o *purse) day(s string) calendar.Date {
	o.t.Helper()
	d, err := calendar.ParseISO(s)
	o.must(err)
	return d
}

func (o *purse) in(fn func(ctx context.Context, tx *store.Tx) error) {
	o.t.Helper()
	o.must(o.flow.DB.Write(o.t.Context(), "test", fn))
}

func (o *purse) key() string { o.n++; return fmt.Sprint("key ", o.n) }

func (o *purse) supplier(name, identifier string, person bool) {
	o.t.Helper()
	o.in(func(ctx context.Context, tx *store.Tx) (err error) {
		o.ids[name], err = o.spend.Suppliers.Add(ctx, tx, o.book.Organisation, spend.NewSupplier{Key: o.key(), Person: person, Identifier: identifier,
			SupplierWords: spend.SupplierWords{Name: name, IBAN: "GB29NWBK60161331926819", Address: "12 Hidden Lane", Email: "hidden@mail.example"}}, "anna")
		return err
	})
}

const year = "2026-27"

func (o *purse) lineOf(id string) *service.BudgetLine { return o.j.Budget(year).Line(id) }

// agreed enters a contract, grant or order that is in force.
func (o *purse) agreed(name, kind, supplier, line string, amount int64) {
	o.t.Helper()
	o.in(func(ctx context.Context, tx *store.Tx) error {
		x, err := o.spend.Suppliers.Get(ctx, tx, o.book.Organisation, o.ids[supplier].ID)
		o.must(err)
		method := spend.Open
		if kind == spend.Grant {
			method = ""
		}
		c, err := o.spend.Commitments.Propose(ctx, tx, x, spend.NewCommitment{Key: o.key(), Kind: kind, For: o.lineOf(line).Organisation, Method: method, Currency: "GBP",
			Signed: o.day("2026-04-02"), From: o.day("2026-04-03"), Until: o.day("2027-03-31"), Title: name, About: "About " + name,
			Allocations: []spend.NewAllocation{{LineRef: spend.LineRef{Year: year, Line: line}, Amount: amount}}}, spend.Act{By: "anna", Day: o.day("2026-04-02")})
		o.must(err)
		return o.spend.Commitments.Approve(ctx, tx, c, o.limits(line), "", spend.Act{By: "ben", Day: o.day("2026-04-02")})
	})
	o.read(name, supplier)
}

func (o *purse) limits(line string) spend.Limits {
	return spend.Limits{spend.LineRef{Year: year, Line: line}: o.lineOf(line).On(o.day("2026-12-31"))}
}

// read reads a commitment anew.
func (o *purse) read(name, supplier string) {
	o.t.Helper()
	o.in(func(ctx context.Context, tx *store.Tx) error {
		all, err := o.spend.Commitments.Find(ctx, tx, spend.CommitmentQuery{Organisation: o.book.Organisation, Supplier: o.ids[supplier].ID, Limit: 50})
		for _, c := range all {
			if c.Title == name {
				o.agree[name], err = o.spend.Commitments.Get(ctx, tx, c.Organisation, c.ID)
			}
		}
		return err
	})
}

// amend changes what a contract may use.
func (o *purse) amend(name, supplier, line string, amount int64, why string) {
	o.t.Helper()
	o.in(func(ctx context.Context, tx *store.Tx) error {
		c, err := o.spend.Commitments.Get(ctx, tx, o.book.Organisation, o.agree[name].ID)
		o.must(err)
		o.must(o.spend.Commitments.Amend(ctx, tx, c, []spend.NewAllocation{{LineRef: spend.LineRef{Year: year, Line: line}, Amount: amount}}, why, spend.Act{By: "anna", Day: o.day("2026-04-20")}))
		return o.spend.Commitments.Approve(ctx, tx, c, o.limits(line), "", spend.Act{By: "ben", Day: o.day("2026-04-20")})
	})
	o.read(name, supplier)
}

// pays enters, checks, approves and pays an invoice; a commitment of "" is none. Without a day it stays to be paid.
func (o *purse) pays(supplier, commitment, line, title string, amount int64, day string) {
	o.t.Helper()
	x := o.ids[supplier]
	d := document{supplier: supplier, line: line, title: title, commitment: commitment, amount: amount, day: day, person: x.Person}
	o.in(func(ctx context.Context, tx *store.Tx) error {
		s, l := o.spend, o.lineOf(line)
		from, err := s.Suppliers.Get(ctx, tx, o.book.Organisation, x.ID)
		o.must(err)
		n := spend.NewInvoice{Key: o.key(), For: l.Organisation, LineRef: spend.LineRef{Year: year, Line: line}, Account: l.Account, SupplierNumber: fmt.Sprint("R/", o.n),
			Title: title, Amount: amount, Currency: "GBP", Day: o.day("2026-04-10"), Due: o.day("2026-05-10")}
		if commitment != "" {
			n.Commitment, err = s.Commitments.Get(ctx, tx, o.book.Organisation, o.agree[commitment].ID)
			o.must(err)
		}
		i, err := s.Invoices.Enter(ctx, tx, from, n, spend.Act{By: "anna", Day: o.day("2026-04-11")})
		o.must(err)
		o.must(s.Invoices.Check(ctx, tx, i, spend.Act{By: "anna", Day: o.day("2026-04-12")}))
		o.must(s.Invoices.Approve(ctx, tx, i, o.limits(line), "", spend.Act{By: "ben", Day: o.day("2026-04-13")}, o.post(ctx, tx, i, l.Account, o.book.Code(service.UsePayable), "2026-04-13")))
		if day == "" {
			return nil
		}
		o.must(s.Invoices.Order(ctx, tx, i, "order "+i.ID))
		p, err := s.Payments.Pay(ctx, tx, i, spend.Left{Number: fmt.Sprintf("O-2026-%06d-1", o.n), BankLine: "line " + i.ID},
			o.post(ctx, tx, i, o.book.Code(service.UsePayable), o.book.Code(service.UseBank), day))
		if err == nil {
			d.payment = p.ID
		}
		return err
	})
	o.owed = append(o.owed, d)
	if day != "" {
		o.paid = append(o.paid, d)
	}
}

// comesBack is the last payment, given back by the bank.
func (o *purse) comesBack(day string) {
	o.t.Helper()
	d := &o.paid[len(o.paid)-1]
	o.in(func(ctx context.Context, tx *store.Tx) error {
		p, err := o.spend.Payments.Get(ctx, tx, o.book.Organisation, d.payment)
		o.must(err)
		i, err := o.spend.Invoices.Get(ctx, tx, o.book.Organisation, p.Invoice)
		o.must(err)
		_, err = o.spend.Payments.Return(ctx, tx, i, "back "+i.ID, "no such account", o.post(ctx, tx, i, o.book.Code(service.UseBank), o.book.Code(service.UsePayable), day))
		return err
	})
	d.back = true
}

func (o *purse) post(ctx context.Context, tx *store.Tx, i *spend.Invoice, debit, credit, day string) spend.Post {
	return func() (string, calendar.Date, error) {
		at, err := o.view.Money.Treasury.Journal(ctx, tx, o.book, treasury.Posting{Key: o.key(), Day: o.day(day), Text: "Invoice " + i.Number,
			Source: ledger.Source{Kind: treasury.InvoiceKind, ID: i.ID}, Lines: treasury.Between(debit, credit, money.Amount{Minor: i.Amount, Currency: "GBP"})})
		return at.Entry, at.Day, err
	}
}

// earns posts income that single payers owe.
func (o *purse) earns(account, day string, amounts ...int64) {
	o.t.Helper()
	o.in(func(ctx context.Context, tx *store.Tx) error {
		for _, a := range amounts {
			_, err := o.view.Money.Treasury.Journal(ctx, tx, o.book, treasury.Posting{Key: o.key(), Day: o.day(day), Text: "Bill", Source: ledger.Source{Kind: "bill", ID: o.key()},
				Lines: treasury.Between(o.book.Code(service.UseReceivable), account, money.Amount{Minor: a, Currency: "GBP"})})
			o.must(err)
		}
		return nil
	})
}

const (
	broom   = "Cobble & Broom Ltd"
	hostile = "=HYPERLINK(\"http://x.example\",\"<b>Fair</b>\") Ltd"
	persona = "Zenobia Quillfeather"
	secret  = "Portrait of the mayoress"
)

// spent is a town that has spent in every way there is.
func spent(t testing.TB) *purse {
	o := spending(t)
	o.supplier(broom, "GB-COH-09990001", false)
	o.supplier(hostile, "", false)
	o.supplier("Greenvale Players", "GB-CHC-1234567", false)
	o.supplier(persona, "", true)
	o.agreed("Cleaning of the market square", spend.Contract, broom, "cleaning", 48_000_00)
	o.amend("Cleaning of the market square", broom, "cleaning", 4_500_00, "The square was enlarged.")
	o.agreed("@Bunting", spend.Order, hostile, "festivals", 900_00)
	o.agreed("A summer of plays", spend.Grant, "Greenvale Players", "festivals", 12_000_00)
	o.agreed(secret, spend.Contract, persona, "festivals", 700_00)
	o.pays(broom, "Cleaning of the market square", "cleaning", "April", 4_000_00, "2026-04-20")
	o.pays(broom, "Cleaning of the market square", "cleaning", "May", 4_375_50, "2026-05-02")
	o.pays(broom, "", "repairs", "A broken bench", 120_45, "2026-04-28")
	o.pays(hostile, "@Bunting", "festivals", "+44 flags", 899_99, "2026-04-30")
	o.pays("Greenvale Players", "A summer of plays", "festivals", "First instalment", 6_000_00, "2026-04-15")
	o.pays("Greenvale Players", "A summer of plays", "festivals", "Second instalment", 3_000_00, "")
	o.pays(persona, secret, "festivals", secret, 700_00, "2026-04-29")
	for i := range 6 {
		o.pays(persona, "", "repairs", fmt.Sprint(secret, " again ", i), int64(10_00+i), "2026-04-29")
	}
	o.pays(broom, "", "repairs", "A window", 77_00, "2026-04-21")
	o.comesBack("2026-04-24")
	o.earns("4010", "2026-04-03", 100_00, 200_00, 300_00, 400_00, 500_00, 600_00)
	o.earns("4110", "2026-04-05", 21_00)
	o.earns("4120", "2026-04-05", 11_00, 12_00, 13_00, 14_00, 15_00)
	o.earns("4010", "2026-05-02", 999_00) // of a month that is not over
	return o
}
