package flow_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"stoa/internal/bank"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/publog"
	"stoa/internal/spend"
)

// TestFromTheContractToTheStatement follows one invoice to the bank and back: each step in the books, on its line, and in the
// public log.
func TestFromTheContractToTheStatement(t *testing.T) {
	eachPurse(t, func(p *purse) {
		x := p.supplier("Broom Ltd", false)
		_, number := p.contract(x, 300_00)
		id := p.approved(x, number, "R-1", 120_00)
		p.agrees(map[string]int64{"5100": 120_00, "2100": -120_00})
		o := p.ordered(id)
		pay := o.Payments[0].EndToEnd
		if p.invoice(id).State != spend.Ordered || o.Payments[0].Text != "Invoice R-1" {
			p.t.Fatalf("ordered: %+v, %+v", p.invoice(id), o.Payments[0])
		}
		p.agrees(map[string]int64{"5100": 120_00, "2100": -120_00})
		in := p.imports(camt("s1", 0, move{Minor: -120_00, ToPay: pay, Name: "Broom Ltd"}))
		if got := p.placed(in); !slices.Equal(got, []string{"matched payment"}) {
			p.t.Fatalf("placed %q", got)
		}
		if got := p.invoice(id); got.State != spend.Settled || p.order(o.ID).State != bank.Done {
			p.t.Fatalf("paid: %+v", got)
		}
		p.agrees(map[string]int64{"5100": 120_00, "1000": -120_00})
		if got := p.sums("sweeping"); got != (spend.Sums{Committed: 300_00, Invoiced: 120_00, Paid: 120_00}) {
			p.t.Fatalf("line: %+v", got)
		}
		// It comes back, and is paid again.
		in = p.imports(camt("s2", -120_00, move{Minor: 120_00, ToPay: pay, Name: "Broom Ltd", Returned: "AC04"}))
		if got := p.placed(in); !slices.Equal(got, []string{"matched payment"}) || p.invoice(id).State != spend.Approved {
			p.t.Fatalf("came back: %q, %+v", got, p.invoice(id))
		}
		p.agrees(map[string]int64{"5100": 120_00, "2100": -120_00})
		pay = p.ordered(id).Payments[0].EndToEnd
		p.imports(camt("s3", 0, move{Minor: -120_00, ToPay: pay, Name: "Broom Ltd"}))
		p.agrees(map[string]int64{"5100": 120_00, "1000": -120_00})
		kinds := p.kinds()
		if kinds[publog.ContractAwarded] != 1 || kinds[publog.InvoiceApproved] != 1 || kinds[publog.PaymentMade] != 2 {
			p.t.Errorf("leaves: %v", kinds)
		}
		p.entriesFit()
	})
}

// TestAnOrderThatComesToNothing: its invoices may go into another, and never into two.
func TestAnOrderThatComesToNothing(t *testing.T) {
	eachPurse(t, func(p *purse) {
		x := p.supplier("Broom Ltd", false)
		id := p.approved(x, "", "R-1", 20_00)
		order, err := p.Spending().PayInvoices(p.ctx, p.officer, flow.PayInvoices{Invoices: []string{id}, Key: p.key()})
		p.must(err)
		if _, err := p.Spending().PayInvoices(p.ctx, p.officer, flow.PayInvoices{Invoices: []string{id}, Key: p.key()}); fault.KindOf(err) != fault.Conflict {
			p.t.Errorf("in two orders: %v", err)
		}
		p.must(p.Banking().RefuseOrder(p.ctx, p.officer, flow.MoveOrder{Order: order, Version: 1, Reason: "not now", Key: p.key()}))
		if p.invoice(id).State != spend.Approved {
			p.t.Fatalf("after the refusal: %+v", p.invoice(id))
		}
		o := p.ordered(id)
		p.must(p.Banking().FailPayment(p.ctx, p.officer, flow.FailPayment{Order: o.ID, EndToEnd: o.Payments[0].EndToEnd, Reason: "no such account", Key: p.key()}))
		if p.invoice(id).State != spend.Approved {
			p.t.Fatalf("after the bank's no: %+v", p.invoice(id))
		}
		o = p.ordered(id)
		in := p.imports(camt("s1", 0, move{Minor: -20_00, Name: "Broom Ltd", Text: "the bank forgot the number"}))
		line := p.lines(in)[0].ID
		p.must(p.resolve(line, flow.LinePart{To: flow.LineToRefund, Number: o.Payments[0].EndToEnd, Amount: 20_00}))
		if p.invoice(id).State != spend.Settled {
			p.t.Fatalf("resolved by hand: %+v", p.invoice(id))
		}
		p.agrees(map[string]int64{"5100": 20_00, "1000": -20_00})
		p.must(p.Finance().CloseDay(p.ctx, p.boss, flow.CloseDay{Day: calendar.MustDate("2026-03-01"), Key: p.key()}))
	})
}

// TestWhoSpends: officers of the organisation enter, another supervisor of it approves, the treasury pays; nobody in their own
// affair.
func TestWhoSpends(t *testing.T) {
	eachPurse(t, func(p *purse) {
		x := p.supplier("Broom Ltd", false)
		id := p.entered(x, "", "R-1", 20_00)
		for who, actor := range map[string]policy.Actor{"another organisation": p.other, "another supervisor": p.fireBoss, "nobody": {}} {
			if _, err := p.Spending().EnterInvoices(p.ctx, actor, p.newInvoice(x, "", "R-9", 1_00)); err == nil {
				p.t.Errorf("%s enters", who)
			}
			if err := p.move(actor, id, flow.CheckInvoice, "", ""); err == nil {
				p.t.Errorf("%s checks", who)
			}
			if _, err := p.Spending().PayInvoices(p.ctx, actor, flow.PayInvoices{Invoices: []string{id}, Key: p.key()}); err == nil {
				p.t.Errorf("%s pays", who)
			}
		}
		p.must(p.move(p.boss, id, flow.CheckInvoice, "", ""))
		if err := p.move(p.boss, id, flow.ApproveInvoice, "", ""); fault.KindOf(err) != fault.Forbidden {
			p.t.Errorf("approves what they checked: %v", err)
		}
		if err := p.move(p.officer, id, flow.ApproveInvoice, "", ""); err == nil {
			p.t.Error("an officer approves")
		}
		p.must(p.move(p.boss2, id, flow.ApproveInvoice, "", ""))
		if _, err := p.Spending().PayInvoices(p.ctx, p.fireBoss, flow.PayInvoices{Invoices: []string{id}, Key: p.key()}); err == nil {
			p.t.Error("the fire service pays")
		}
		// Whoever has entered the account approves no order that pays to it.
		account := flow.ChangeSupplier{Supplier: x, Version: 1, Name: "Broom Ltd", IBAN: "DE89370400440532013000", Key: p.key()}
		if err := p.Spending().ChangeSupplier(p.ctx, p.other, account); err == nil {
			p.t.Error("the fire service changes an account")
		}
		p.must(p.Spending().ChangeSupplier(p.ctx, p.boss, account))
		order, err := p.Spending().PayInvoices(p.ctx, p.officer, flow.PayInvoices{Invoices: []string{id}, Key: p.key()})
		p.must(err)
		p.must(p.Banking().ProposeOrder(p.ctx, p.officer, flow.MoveOrder{Order: order, Version: 1, Key: p.key()}))
		if err := p.Banking().ApproveOrder(p.ctx, p.boss, flow.MoveOrder{Order: order, Version: 2, Key: p.key()}); fault.KindOf(err) != fault.Forbidden {
			p.t.Errorf("pays to an account of their own making: %v", err)
		}
		p.must(p.Banking().ApproveOrder(p.ctx, p.boss2, flow.MoveOrder{Order: order, Version: 2, Key: p.key()}))
	})
}

// TestTheLineAndTheNumber: what goes beyond a line needs a reason, and a number comes once.
func TestTheLineAndTheNumber(t *testing.T) {
	eachPurse(t, func(p *purse) {
		x := p.supplier("Broom Ltd", false)
		first := p.entered(x, "", "R-1", 590_00)
		var fields fault.Fields
		if _, err := p.Spending().EnterInvoices(p.ctx, p.officer, p.newInvoice(x, "", "r 1", 590_00)); !errors.As(err, &fields) || fields[0].Field != "number" {
			p.t.Errorf("twice: %v", err)
		}
		p.clock.Advance(time.Minute) // ids ascend: the first is decided first
		second := p.entered(x, "", "R-2", 20_00)
		both := []flow.InvoiceAt{{ID: first, Version: 1}, {ID: second, Version: 1}}
		left, err := p.Spending().MoveInvoices(p.ctx, p.officer, flow.MoveInvoices{Invoices: both, Do: flow.CheckInvoice, Key: p.key()})
		if err != nil || len(left) > 0 {
			p.t.Fatalf("checked: %v, %v", left, err)
		}
		both[0].Version, both[1].Version = 2, 2
		left, err = p.Spending().MoveInvoices(p.ctx, p.boss, flow.MoveInvoices{Invoices: both, Do: flow.ApproveInvoice, Key: p.key()})
		if err != nil || len(left) != 1 || left[0].ID != second || !errors.As(left[0].Why, &fields) || fields[0].Field != "override" {
			p.t.Fatalf("approved together: %v, %v", left, err)
		}
		p.must(p.move(p.boss, second, flow.ApproveInvoice, "", "The fair was larger"))
		if got := p.invoice(second); !got.Overridden || got.Override != "The fair was larger" {
			p.t.Errorf("overridden: %+v", got)
		}
		p.agrees(map[string]int64{"5100": 610_00, "2100": -610_00})
		p.must(p.move(p.boss, second, flow.TakeBack, "the fair was not larger", ""))
		p.agrees(map[string]int64{"5100": 590_00, "2100": -590_00})
		p.clock.Set(p.clock.Now().AddDate(0, 4, 0)) // the line was given more
		p.must(p.move(p.officer, second, flow.ResumeInvoice, "", ""))
		p.must(p.move(p.officer, second, flow.CheckInvoice, "", ""))
		p.must(p.move(p.boss, second, flow.ApproveInvoice, "", ""))
		p.agrees(map[string]int64{"5100": 610_00, "2100": -610_00})
	})
}

// TestEntriesByHand: two persons, open accounts, balanced.
func TestEntriesByHand(t *testing.T) {
	eachPurse(t, func(p *purse) {
		opening := func(account string, debit, credit int64) flow.ProposeEntry {
			return flow.ProposeEntry{Day: calendar.MustDate("2026-01-01"), Text: "Opening balances", Key: p.key(),
				Lines: []flow.EntryLine{{Account: account, Debit: debit}, {Account: "3000", Credit: credit}}}
		}
		for name, in := range map[string]flow.ProposeEntry{"unbalanced": opening("1000", 5, 4), "an account of bills": opening("1200", 5, 5), "of suppliers": opening("2100", 5, 5), "no account": opening("9", 5, 5)} {
			if _, err := p.Spending().ProposeEntry(p.ctx, p.officer, in); fault.KindOf(err) != fault.Invalid {
				p.t.Errorf("%s: %v", name, err)
			}
		}
		id, err := p.Spending().ProposeEntry(p.ctx, p.boss, opening("1000", 1_250_000_00, 1_250_000_00))
		p.must(err)
		p.stands(map[string]int64{})
		post := flow.DecideEntry{Draft: id, Version: 1, Post: true, Key: p.key()}
		for name, who := range map[string]policy.Actor{"who proposed it": p.boss, "an officer": p.officer, "the fire service": p.fireBoss} {
			if err := p.Spending().DecideEntry(p.ctx, who, post); err == nil {
				p.t.Errorf("%s posts it", name)
			}
		}
		p.must(p.Spending().DecideEntry(p.ctx, p.boss2, post))
		p.must(p.Spending().DecideEntry(p.ctx, p.boss2, post)) // the same form again
		p.stands(map[string]int64{"1000": 1_250_000_00, "3000": -1_250_000_00})
		id, err = p.Spending().ProposeEntry(p.ctx, p.officer, opening("1000", 1, 1))
		p.must(err)
		p.must(p.Spending().DecideEntry(p.ctx, p.officer, flow.DecideEntry{Draft: id, Version: 1, Answer: "a slip", Key: p.key()}))
		p.stands(map[string]int64{"1000": 1_250_000_00, "3000": -1_250_000_00})
	})
}

// TestSpendingFailsWhole breaks an award, an approval and a payment at every statement.
func TestSpendingFailsWhole(t *testing.T) {
	eachPurse(t, func(p *purse) {
		x := p.supplier("Broom Ltd", false)
		contract, err := p.Spending().ProposeCommitment(p.ctx, p.officer, p.newContract(x, 300_00))
		p.must(err)
		award := flow.DecideCommitment{Commitment: contract, Version: 1, Approve: true, Key: p.key()}
		p.failsWhole(func(ctx context.Context) error { return p.Spending().DecideCommitment(ctx, p.boss, award) })
		id := p.entered(x, "", "R-1", 20_00)
		p.must(p.move(p.officer, id, flow.CheckInvoice, "", ""))
		approve := flow.MoveInvoices{Invoices: []flow.InvoiceAt{{ID: id, Version: 2}}, Do: flow.ApproveInvoice, Key: p.key()}
		p.failsWhole(func(ctx context.Context) error {
			_, err := p.Spending().MoveInvoices(ctx, p.boss, approve)
			return err
		})
		p.agrees(map[string]int64{"5100": 20_00, "2100": -20_00})
		_, err = p.Spending().MoveInvoices(p.ctx, p.boss, approve) // the answer was lost, and the form comes again
		p.must(err)
		p.agrees(map[string]int64{"5100": 20_00, "2100": -20_00})
	})
}

// TestSpendingLeaves freezes the names of public and hidden fields, and looks that no person stands in the open.
func TestSpendingLeaves(t *testing.T) {
	eachPurse(t, func(p *purse) {
		seen := map[string]bool{}
		for n, name := range []string{"Zebedee Quill", "Broom Ltd"} {
			x := p.supplier(name, n == 0)
			grant := p.newContract(x, 10_00)
			grant.Kind, grant.Method, grant.About, grant.Title = spend.Grant, "", "For "+name, "For "+name
			id, err := p.Spending().ProposeCommitment(p.ctx, p.officer, grant)
			p.must(err)
			p.must(p.Spending().DecideCommitment(p.ctx, p.boss, flow.DecideCommitment{Commitment: id, Version: 1, Approve: true, Key: p.key()}))
			_, number := p.contract(x, 20_00)
			invoice := p.approved(x, number, "R-"+name, 20_00)
			pay := p.ordered(invoice).Payments[0].EndToEnd
			p.imports(camt("s"+pay, 0, move{Minor: -20_00, ToPay: pay, Name: name}))
		}
		leaves, raw := p.leaves()
		for i, l := range leaves {
			if strings.Contains(strings.ToLower(string(raw[i])), "quill") {
				p.t.Errorf("%s names a person: %s", l.Kind, raw[i])
			}
			if !slices.Contains([]string{publog.ContractAwarded, publog.GrantAwarded, publog.InvoiceApproved, publog.PaymentMade}, l.Kind) {
				continue
			}
			for _, f := range l.Fields {
				seen[l.Kind+" "+f.Name] = true
			}
			for _, f := range l.Hidden {
				seen[l.Kind+" hidden "+f.Name] = true
			}
		}
		want := strings.Fields(strings.ReplaceAll(`
contract.awarded_amount contract.awarded_change contract.awarded_currency contract.awarded_day contract.awarded_hidden_supplier contract.awarded_hidden_title
contract.awarded_lines contract.awarded_number contract.awarded_procurement contract.awarded_supplier contract.awarded_supplier-kind contract.awarded_title
grant.awarded_amount grant.awarded_change grant.awarded_currency grant.awarded_day grant.awarded_hidden_purpose grant.awarded_hidden_supplier grant.awarded_hidden_title
grant.awarded_lines grant.awarded_number grant.awarded_purpose grant.awarded_supplier grant.awarded_supplier-kind grant.awarded_title
invoice.approved_amount invoice.approved_booked invoice.approved_currency invoice.approved_day invoice.approved_hidden_supplier invoice.approved_hidden_supplier-number invoice.approved_hidden_title
invoice.approved_lines invoice.approved_number invoice.approved_supplier invoice.approved_supplier-kind invoice.approved_supplier-number invoice.approved_title
payment.made_amount payment.made_booked payment.made_currency payment.made_day payment.made_hidden_supplier payment.made_hidden_title payment.made_invoice
payment.made_lines payment.made_number payment.made_supplier payment.made_supplier-kind payment.made_title`, "\n", " "))
		var got []string
		for name := range seen {
			got = append(got, strings.ReplaceAll(name, " ", "_"))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			p.t.Errorf("fields:\n%s\nwant\n%s", strings.Join(got, " "), strings.Join(want, " "))
		}
	})
}
