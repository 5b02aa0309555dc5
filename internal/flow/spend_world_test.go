package flow_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"stoa/internal/bank"
	"stoa/internal/calendar"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/spend"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// testBudget is a budget of the test's jurisdiction.
const testBudget = `
budget: "2026"
title: Budget 2026
from: 2026-01-01
until: 2026-12-31
totals: {revenue: 500, expenditure: 1000}
programmes: [{id: town, title: Town}]
lines:
  - {id: stalls, title: Stalls, organisation: markets, programme: town, account: "4100", kind: revenue, amount: 500}
  - {id: sweeping, title: Sweeping, organisation: markets, programme: town, account: "5100", kind: expenditure, amount: 600, classification: "05.1"}
  - {id: hoses, title: Hoses, organisation: fire-service, programme: town, account: "5100", kind: expenditure, amount: 400, classification: "03.2"}
amendments:
  - {date: 2026-06-01, line: sweeping, amount: 50, reason: Leaves}
`

// purse is a world in which money is spent by a budget, beside the fees of till.
type purse struct {
	*till
	fireBoss policy.Actor
}

func newPurse(t testing.TB, db *store.DB, clock *storetest.Clock) *purse {
	p := &purse{till: newTill(t, db, clock)}
	p.Money.Spend = spend.New(p.People.Vault)
	files := paid(t).(fstest.MapFS)
	more := strings.Replace(testMoney, "accounts:\n", "accounts:\n  - {code: \"2100\", title: Owed to suppliers, kind: liability, use: payable}\n  - {code: \"3000\", title: Reserve, kind: equity, use: reserve}\n  - {code: \"5100\", title: Work, kind: expense}\n", 1)
	files["money.yaml"] = &fstest.MapFile{Data: []byte(more)}
	files["budget/2026.yaml"] = &fstest.MapFile{Data: []byte(testBudget)}
	j, problems := service.Load(files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	p.must(p.Publish(p.ctx, p.system, j))
	p.fireBoss = p.staff("Finn Fire", policy.Grant{Role: policy.Supervisor, Organisation: "fire-service"})
	return p
}

func eachPurse(t *testing.T, test func(p *purse)) {
	t.Helper()
	storetest.Each(t, append(moneyTables[:len(moneyTables):len(moneyTables)], spend.Migrations()), func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(newPurse(t, db, clock)) })
}

func (p *purse) supplier(name string, person bool) string {
	p.t.Helper()
	id, err := p.Spending().AddSupplier(p.ctx, p.officer, flow.AddSupplier{For: "markets", Person: person, Name: name, IBAN: "GB29NWBK60161331926819", Key: p.key()})
	p.must(err)
	return id
}

// contract is proposed and approved; it gives the number.
func (p *purse) contract(supplier string, amount int64) (id, number string) {
	p.t.Helper()
	id, err := p.Spending().ProposeCommitment(p.ctx, p.officer, p.newContract(supplier, amount))
	p.must(err)
	p.must(p.Spending().DecideCommitment(p.ctx, p.boss, flow.DecideCommitment{Commitment: id, Version: 1, Approve: true, Key: p.key()}))
	p.must(p.DB.Read(p.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		c, err := p.Money.Spend.Commitments.Get(ctx, tx, "markets", id)
		number = c.Number
		return err
	}))
	return id, number
}

func (p *purse) newContract(supplier string, amount int64) flow.ProposeCommitment {
	return flow.ProposeCommitment{Kind: spend.Contract, For: "markets", Supplier: supplier, Method: spend.Open, Title: "Sweeping the square", Signed: calendar.MustDate("2026-02-27"),
		Parts: []flow.CommitmentPart{{Year: "2026", Line: "sweeping", Amount: amount}}, Key: p.key()}
}

func (p *purse) newInvoice(supplier, contract, number string, amount int64) flow.EnterInvoices {
	return flow.EnterInvoices{For: "markets", Key: p.key(), Invoices: []flow.NewInvoice{{Supplier: supplier, Commitment: contract, Year: "2026", Line: "sweeping", SupplierNumber: number,
		Title: "Sweeping in February", Amount: amount, Day: calendar.MustDate("2026-02-28"), Due: calendar.MustDate("2026-03-30")}}}
}

// entered takes an invoice in.
func (p *purse) entered(supplier, contract, number string, amount int64) string {
	p.t.Helper()
	ids, err := p.Spending().EnterInvoices(p.ctx, p.officer, p.newInvoice(supplier, contract, number, amount))
	p.must(err)
	return ids[0]
}

// move does something with an invoice as it stands now.
func (p *purse) move(who policy.Actor, id, do, reason, override string) error {
	_, err := p.Spending().MoveInvoices(p.ctx, who, flow.MoveInvoices{Invoices: []flow.InvoiceAt{{ID: id, Version: p.invoice(id).Version}}, Do: do, Reason: reason, Override: override, Key: p.key()})
	return err
}

func (p *purse) invoice(id string) (x *spend.Invoice) {
	p.t.Helper()
	p.must(p.DB.Read(p.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		x, err = p.Money.Spend.Invoices.Get(ctx, tx, "markets", id)
		return err
	}))
	return x
}

// approved is an invoice that is owed.
func (p *purse) approved(supplier, contract, number string, amount int64) string {
	p.t.Helper()
	id := p.entered(supplier, contract, number, amount)
	p.must(p.move(p.officer, id, flow.CheckInvoice, "", ""))
	p.must(p.move(p.boss, id, flow.ApproveInvoice, "", ""))
	return id
}

// ordered puts invoices into an order that goes to the bank, and gives the order and its payments.
func (p *purse) ordered(invoices ...string) *bank.Order {
	p.t.Helper()
	id, err := p.Spending().PayInvoices(p.ctx, p.officer, flow.PayInvoices{Invoices: invoices, Key: p.key()})
	p.must(err)
	p.must(p.Banking().ProposeOrder(p.ctx, p.officer, flow.MoveOrder{Order: id, Version: 1, Key: p.key()}))
	p.must(p.Banking().ApproveOrder(p.ctx, p.boss, flow.MoveOrder{Order: id, Version: 2, Key: p.key()}))
	_, _, err = p.Banking().ExportOrder(p.ctx, p.officer, id)
	p.must(err)
	return p.order(id)
}

func (p *purse) order(id string) (o *bank.Order) {
	p.t.Helper()
	p.must(p.DB.Read(p.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		o, err = (&bank.Orders{Vault: p.People.Vault}).Get(ctx, tx, "markets", id)
		return err
	}))
	return o
}

// agrees looks at the tables of spending, at the books, and at both.
func (p *purse) agrees(want map[string]int64) {
	p.t.Helper()
	p.stands(want)
	p.must(p.DB.Read(p.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		found, err := p.Money.Spend.Lines.Check(ctx, tx, "markets")
		if err != nil {
			return err
		}
		owed, err := p.Money.Spend.Invoices.Owed(ctx, tx, "markets")
		if owed["GBP"] != -want["2100"] {
			p.t.Errorf("owed %v, the books %v", owed, want)
		}
		for _, f := range found {
			p.t.Error(f)
		}
		return err
	}))
}

func (p *purse) sums(line string) (s spend.Sums) {
	p.t.Helper()
	p.must(p.DB.Read(p.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		all, err := p.Money.Spend.Lines.Sums(ctx, tx, "markets", "2026", calendar.Date{})
		s = all[line]
		return err
	}))
	return s
}
