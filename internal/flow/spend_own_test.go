package flow_test

import (
	"strings"
	"testing"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/publog"
	"stoa/internal/spend"
)

// TestNobodyIsPaidByThemselves: who is known by a supplier's email address approves neither its invoice nor the order that
// pays it.
func TestNobodyIsPaidByThemselves(t *testing.T) {
	eachPurse(t, func(p *purse) {
		email := strings.ReplaceAll(p.boss.Name, " ", ".") + "@testshire.example"
		x, err := p.Spending().AddSupplier(p.ctx, p.officer, flow.AddSupplier{For: "markets", Person: true, Name: "Sue S", IBAN: "GB29NWBK60161331926819", Email: email, Key: p.key()})
		p.must(err)
		id := p.entered(x, "", "R-1", 20_00)
		p.must(p.move(p.officer, id, flow.CheckInvoice, "", ""))
		if err := p.move(p.boss, id, flow.ApproveInvoice, "", ""); fault.KindOf(err) != fault.Forbidden {
			p.t.Errorf("a supervisor approves what she is paid: %v", err)
		}
		p.must(p.move(p.boss2, id, flow.ApproveInvoice, "", ""))
		order, err := p.Spending().PayInvoices(p.ctx, p.officer, flow.PayInvoices{Invoices: []string{id}, Key: p.key()})
		p.must(err)
		p.must(p.Banking().ProposeOrder(p.ctx, p.officer, flow.MoveOrder{Order: order, Version: 1, Key: p.key()}))
		if err := p.Banking().ApproveOrder(p.ctx, p.boss, flow.MoveOrder{Order: order, Version: 2, Key: p.key()}); fault.KindOf(err) != fault.Forbidden {
			p.t.Errorf("a supervisor approves the order that pays her: %v", err)
		}
		p.must(p.Banking().ApproveOrder(p.ctx, p.boss2, flow.MoveOrder{Order: order, Version: 2, Key: p.key()}))
	})
}

// TestAnOrderPaysTheAccountOfToday: an account that was corrected since the order was made stops the order.
func TestAnOrderPaysTheAccountOfToday(t *testing.T) {
	eachPurse(t, func(p *purse) {
		x := p.supplier("Broom Ltd", false)
		id := p.approved(x, "", "R-1", 20_00)
		order, err := p.Spending().PayInvoices(p.ctx, p.officer, flow.PayInvoices{Invoices: []string{id}, Key: p.key()})
		p.must(err)
		p.must(p.Banking().ProposeOrder(p.ctx, p.officer, flow.MoveOrder{Order: order, Version: 1, Key: p.key()}))
		p.must(p.Spending().ChangeSupplier(p.ctx, p.boss2, flow.ChangeSupplier{Supplier: x, Version: 1, Name: "Broom Ltd", IBAN: "GB33BUKB20201555555555", Key: p.key()}))
		if err := p.Banking().ApproveOrder(p.ctx, p.boss, flow.MoveOrder{Order: order, Version: 2, Key: p.key()}); fault.KindOf(err) != fault.Conflict {
			p.t.Errorf("an order pays to an account that was corrected since: %v", err)
		}
	})
}

// TestAPaymentIsNamedOnce: two that came back as one sum are named each; one of them twice is refused, and books nothing. The
// public log says that both came back, and that an approval was taken back.
func TestAPaymentIsNamedOnce(t *testing.T) {
	eachPurse(t, func(p *purse) {
		x := p.supplier("Broom Ltd", false)
		one, two := p.approved(x, "", "R-1", 20_00), p.approved(x, "", "R-2", 20_00)
		o := p.ordered(one, two)
		first, second := o.Payments[0].EndToEnd, o.Payments[1].EndToEnd
		p.imports(camt("s1", 0, move{Minor: -20_00, ToPay: first}, move{Minor: -20_00, ToPay: second}))
		line := p.lines(p.imports(camt("s2", -40_00, move{Minor: 40_00, Name: "Bank", Text: "both came back"})))[0].ID
		name := func(number string) flow.LinePart {
			return flow.LinePart{To: flow.LineToRefund, Number: number, Amount: 20_00}
		}
		if err := p.resolve(line, name(first), name(first)); fault.KindOf(err) != fault.Invalid {
			p.t.Errorf("one payment twice: %v", err)
		}
		p.must(p.resolve(line, name(first), name(second)))
		if p.invoice(one).State != spend.Approved || p.invoice(two).State != spend.Approved {
			p.t.Errorf("%s and %s", p.invoice(one).State, p.invoice(two).State)
		}
		p.agrees(map[string]int64{"5100": 40_00, "2100": -40_00})
		p.must(p.move(p.boss, one, flow.TakeBack, "Not delivered after all", ""))
		if kinds := p.kinds(); kinds[publog.PaymentReturned] != 2 || kinds[publog.InvoiceTakenBack] != 1 {
			p.t.Errorf("leaves: %v", kinds)
		}
	})
}
