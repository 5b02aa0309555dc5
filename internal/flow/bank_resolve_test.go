package flow_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"stoa/internal/bank"
	"stoa/internal/bill"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// TestALineIsSplit over bills, accounts and what is still not known, exactly; a part that was wrong is taken back.
func TestALineIsSplit(t *testing.T) {
	eachTill(t, func(tl *till) {
		tax := tl.taxes("Asha", "Ben")
		l := tl.lines(tl.imports(camt("S1", 0, move{Minor: 25000, Name: "Asha", Text: "both"})))[0]
		asha := flow.LinePart{To: flow.LineToBill, Number: tax[0].Number, Amount: 10000}
		ben := flow.LinePart{To: flow.LineToBill, Number: strings.ToLower(tax[1].Reference), Amount: 9000}
		other := flow.LinePart{To: flow.LineToOther, Account: "6030", Why: "Found in the street", Amount: 1000}
		rest := flow.LinePart{To: bank.ToSuspense, Amount: 5000}
		for name, parts := range map[string][]flow.LinePart{
			"too little": {asha, ben}, "too much": {asha, ben, other, rest, rest}, "nothing": nil, "all unknown": {{To: bank.ToSuspense, Amount: 25000}},
			"no such bill":    {{To: flow.LineToBill, Number: "B-2026-999999", Amount: 25000}},
			"no reason":       {{To: flow.LineToOther, Account: "6030", Amount: 25000}},
			"our own account": {{To: flow.LineToOther, Account: "1200", Why: "x", Amount: 25000}},
			"a negative bill": {{To: flow.LineToBill, Number: tax[0].Number, Amount: -1}, {To: bank.ToSuspense, Amount: 25001}},
			"no refund":       {{To: flow.LineToRefund, Number: "O-2026-000001-1", Amount: 25000}},
			"nowhere":         {{To: "nowhere", Amount: 25000}},
		} {
			if err := tl.resolve(l.ID, parts...); fault.KindOf(err) != fault.Invalid {
				tl.t.Errorf("%s: %v", name, err)
			}
		}
		in := flow.ResolveLine{Line: l.ID, Version: tl.line(l.ID).Version, Parts: []flow.LinePart{asha, ben, other, rest}, Key: tl.key()}
		if err := tl.Banking().ResolveLine(tl.ctx, tl.other, in); err == nil {
			tl.t.Error("an officer of another organisation resolves a line")
		}
		own := policy.Actor{Person: "ben", Grants: tl.officer.Grants}
		if err := tl.Banking().ResolveLine(tl.ctx, own, in); fault.KindOf(err) != fault.Forbidden {
			tl.t.Errorf("an officer places money on their own bill: %v", err)
		}
		for range 2 { // the same form twice
			tl.must(tl.Banking().ResolveLine(tl.ctx, tl.officer, in))
		}
		in.Key = tl.key()
		if err := tl.Banking().ResolveLine(tl.ctx, tl.officer, in); fault.KindOf(err) != fault.Conflict {
			tl.t.Errorf("a page that is out of date: %v", err)
		}
		tl.stands(map[string]int64{"1000": 25000, "1200": 1000, "2300": -5000, "4100": -20000, "6030": -1000})

		undo := func(part int, why string) error {
			return tl.Banking().UndoLine(tl.ctx, tl.officer, flow.UndoLine{Line: l.ID, Version: tl.line(l.ID).Version, Part: part, Why: why, Key: tl.key()})
		}
		parts := tl.line(l.ID).Parts
		no := 1 + slices.IndexFunc(parts, func(p bank.Part) bool { return p.To == bank.ToBill && p.Amount == 9000 })
		if err := undo(no, ""); fault.KindOf(err) != fault.Invalid {
			tl.t.Errorf("without a reason: %v", err)
		}
		tl.must(undo(no, "It was Cora's"))
		if err := undo(no, "again"); fault.KindOf(err) != fault.Conflict {
			tl.t.Errorf("twice: %v", err)
		}
		tl.must(undo(1+slices.IndexFunc(parts, func(p bank.Part) bool { return p.To == bank.ToOther }), "Not ours"))
		if b := tl.again(tax[1]); b.Balance != 10000 || b.State != bill.Open {
			tl.t.Errorf("the bill that was paid by mistake: %d %s", b.Balance, b.State)
		}
		read := tl.line(l.ID)
		if read.State != bank.Suspense || read.Open() != 15000 || read.Parts[len(read.Parts)-1].Why != "Not ours" {
			tl.t.Errorf("the line: %s, %d open, %+v", read.State, read.Open(), read.Parts[len(read.Parts)-1])
		}
		tl.stands(map[string]int64{"1000": 25000, "1200": 10000, "2300": -15000, "4100": -20000})
	})
}

// TestMoneyThatLeft is explained with amounts as people write them: charges, and a payout of which a fee was kept.
func TestMoneyThatLeft(t *testing.T) {
	eachTill(t, func(tl *till) {
		got := tl.lines(tl.imports(camt("S1", 0, move{Minor: -450, Name: "Bank", Text: "charges"}, move{Minor: 9700, Name: "Cards Ltd"})))
		if err := tl.resolve(got[0].ID, flow.LinePart{To: flow.LineToSender, Amount: 450}); fault.KindOf(err) != fault.Invalid {
			tl.t.Errorf("charges go back to their sender: %v", err)
		}
		tl.must(tl.resolve(got[0].ID, flow.LinePart{To: flow.LineToOther, Account: "6030", Why: "Charges", Amount: 450}))
		tl.must(tl.resolve(got[1].ID, flow.LinePart{To: bank.ToCard, Amount: 10000}, flow.LinePart{To: flow.LineToOther, Account: "6030", Why: "Fee", Amount: -300}))
		tl.stands(map[string]int64{"1000": 9250, "1010": -10000, "6030": 750})
	})
}

// owed promises Asha a refund of a bill that was paid twice by bank, and gives its id.
func (tl *till) owed(tax *bill.Bill) (id string) {
	tl.t.Helper()
	tl.imports(camt("paid "+tax.Number, 0, move{Minor: 20000, Reference: tax.Reference, Name: "Asha", IBAN: "GB29NWBK60161331926819"}))
	b := tl.again(tax)
	var payment string
	tl.must(tl.DB.Read(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		all, err := tl.Money.Treasury.Payments.ForBill(ctx, tx, "markets", tax.ID)
		payment = all[0].ID
		return err
	}))
	tl.must(tl.Finance().ProposeOnBill(tl.ctx, tl.officer, flow.ProposeOnBill{Bill: b.ID, Version: b.Version, Kind: bill.Refund,
		Terms: bill.Terms{Amount: 10000, Payment: payment, Reason: "Paid twice"}, Key: tl.key()}))
	tl.must(tl.Finance().DecideProposal(tl.ctx, tl.boss, flow.DecideProposal{Bill: b.ID, Proposal: tl.proposal(b), Outcome: bill.Approved, Key: tl.key()}))
	for _, r := range tl.refunds(pay.RefundIsOwed) {
		if r.Payment == payment {
			id = r.ID
		}
	}
	return id
}

func (tl *till) refunds(state string) (all []pay.Refund) {
	tl.t.Helper()
	tl.must(tl.DB.Read(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		all, err = tl.Money.Treasury.Payments.RefundsIn(ctx, tx, "markets", state, pay.Bank, "", 50)
		return err
	}))
	return all
}

func (tl *till) order(id string) (o *bank.Order) {
	tl.t.Helper()
	orders := &bank.Orders{Vault: tl.Money.Bank.Vault}
	tl.must(tl.DB.Read(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		o, err = orders.Get(ctx, tx, "markets", id)
		return err
	}))
	return o
}

// step is a form about an order as it is now.
func (tl *till) step(order, reason string) flow.MoveOrder {
	tl.t.Helper()
	return flow.MoveOrder{Order: order, Version: tl.order(order).Version, Reason: reason, Key: tl.key()}
}

// sentOff makes an order of refunds and takes it all the way to the bank.
func (tl *till) sentOff(refunds ...string) *bank.Order {
	tl.t.Helper()
	in := flow.NewPaymentOrder{Key: tl.key()}
	for _, r := range refunds {
		in.Payees = append(in.Payees, flow.Payee{Refund: r, Name: "Asha Rao", IBAN: "GB29 NWBK 6016 1331 9268 19"})
	}
	id, err := tl.Banking().NewPaymentOrder(tl.ctx, tl.officer, in)
	tl.must(err)
	tl.must(tl.Banking().ProposeOrder(tl.ctx, tl.officer, tl.step(id, "")))
	tl.must(tl.Banking().ApproveOrder(tl.ctx, tl.boss, tl.step(id, "")))
	_, _, err = tl.Banking().ExportOrder(tl.ctx, tl.officer, id)
	tl.must(err)
	return tl.order(id)
}

// TestARefundLeavesByBank: made, proposed and approved by two persons, exported with the same bytes, seen on the statement.
func TestARefundLeavesByBank(t *testing.T) {
	eachTill(t, func(tl *till) {
		tax := tl.taxes("Asha")
		refund := tl.owed(tax[0])
		in := flow.NewPaymentOrder{Payees: []flow.Payee{{Refund: refund, Name: "", IBAN: "GB29 NWBK 6016 1331 9268 10"}}, Key: tl.key()}
		_, err := tl.Banking().NewPaymentOrder(tl.ctx, tl.officer, in)
		if text := errText(err); !strings.Contains(text, "name-"+refund) || !strings.Contains(text, "iban-"+refund) {
			tl.t.Errorf("an order without a name and with a wrong account: %v", err)
		}
		in = flow.NewPaymentOrder{Payees: []flow.Payee{{Refund: refund, Name: "Asha Rao", IBAN: "GB29 NWBK 6016 1331 9268 19"}}, Key: tl.key()}
		if _, err := tl.Banking().NewPaymentOrder(tl.ctx, policy.Actor{Person: "asha", Grants: tl.officer.Grants}, in); fault.KindOf(err) != fault.Forbidden {
			tl.t.Errorf("an officer pays themselves: %v", err)
		}
		id, err := tl.Banking().NewPaymentOrder(tl.ctx, tl.officer, in)
		tl.must(err)
		if again, err := tl.Banking().NewPaymentOrder(tl.ctx, tl.officer, in); err != nil || again != id {
			tl.t.Errorf("the same form again: %q %v", again, err)
		}
		in.Key = tl.key()
		if _, err := tl.Banking().NewPaymentOrder(tl.ctx, tl.officer, in); fault.KindOf(err) != fault.Conflict {
			tl.t.Errorf("a refund in two orders: %v", err)
		}
		if _, _, err := tl.Banking().ExportOrder(tl.ctx, tl.officer, id); fault.KindOf(err) != fault.Conflict {
			tl.t.Errorf("exported before anybody approved: %v", err)
		}
		tl.must(tl.Banking().ProposeOrder(tl.ctx, tl.boss, tl.step(id, "")))
		for who, actor := range map[string]policy.Actor{"the proposer": tl.boss, "an officer": tl.officer, "the payee": {Person: "asha", Grants: tl.boss.Grants}} {
			if err := tl.Banking().ApproveOrder(tl.ctx, actor, tl.step(id, "")); fault.KindOf(err) != fault.Forbidden {
				tl.t.Errorf("%s approves: %v", who, err)
			}
		}
		tl.must(tl.Banking().ApproveOrder(tl.ctx, tl.boss2, tl.step(id, "")))
		name, file, err := tl.Banking().ExportOrder(tl.ctx, tl.officer, id)
		if err != nil || name != "O-2026-000001.xml" || !strings.Contains(string(file), "<EndToEndId>O-2026-000001-1</EndToEndId>") {
			tl.t.Errorf("exported %s: %v\n%s", name, err, file)
		}
		tl.later(2 * day)
		if _, again, err := tl.Banking().ExportOrder(tl.ctx, tl.boss2, id); err != nil || string(again) != string(file) {
			tl.t.Errorf("exported again: %v, the same bytes: %t", err, string(again) == string(file))
		}
		if r := tl.refunds(pay.RefundIsAsked); len(r) != 1 || r[0].Ref != "O-2026-000001-1" {
			tl.t.Errorf("on its way: %+v", r)
		}
		tl.stands(map[string]int64{"1000": 20000, "2310": -10000, "4100": -10000})
		if got := tl.placed(tl.imports(camt("S2", 0, move{Minor: -10000, ToPay: "O-2026-000001-1", Name: "Asha Rao"}))); got[0] != "matched refund" {
			tl.t.Errorf("the line with which it left: %q", got)
		}
		if o := tl.order(id); o.State != bank.Done || o.Payments[0].State != bank.Left || len(tl.refunds(pay.RefundIsDone)) != 1 {
			tl.t.Errorf("the order: %s, its payment: %s", o.State, o.Payments[0].State)
		}
		tl.stands(map[string]int64{"1000": 10000, "4100": -10000})
	})
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestARefundThatComesBack, or that the bank does not make, is owed once more and stands in the queue.
func TestARefundThatComesBack(t *testing.T) {
	eachTill(t, func(tl *till) {
		tax := tl.taxes("Asha", "Ben")
		first := tl.sentOff(tl.owed(tax[0]))
		tl.imports(camt("S2", 0, move{Minor: -10000, ToPay: first.Payments[0].EndToEnd}))
		got := tl.placed(tl.imports(camt("S3", 0, move{Minor: 10000, ToPay: first.Payments[0].EndToEnd, Returned: "AC04"})))
		if o := tl.order(first.ID); got[0] != "matched refund" || o.Payments[0].State != bank.Failed || o.Payments[0].Reason != "AC04" {
			tl.t.Errorf("the return: %q, payment %s for %q", got, o.Payments[0].State, o.Payments[0].Reason)
		}
		if q := tl.exceptions(); q[pay.RefundHasFailed] != 1 {
			tl.t.Errorf("the queue: %v", q)
		}
		owed := tl.refunds(pay.RefundIsOwed)
		if len(owed) != 1 {
			tl.t.Fatalf("%d refunds are owed", len(owed))
		}
		tl.stands(map[string]int64{"1000": 20000, "1200": 10000, "2310": -10000, "4100": -20000})

		second := tl.sentOff(owed[0].ID)
		fail := flow.FailPayment{Order: second.ID, EndToEnd: second.Payments[0].EndToEnd, Reason: "Account closed", Key: tl.key()}
		for range 2 {
			tl.must(tl.Banking().FailPayment(tl.ctx, tl.officer, fail))
		}
		if owed = tl.refunds(pay.RefundIsOwed); len(owed) != 1 {
			tl.t.Fatalf("%d refunds are owed after the second failed", len(owed))
		}
		third := tl.sentOff(owed[0].ID)
		tl.imports(camt("S4", 0, move{Minor: -10000, Text: "no number"}))
		waits := tl.lines(tl.imports(camt("S4", 0, move{Minor: -10000, Text: "no number"})))[0]
		own := flow.ResolveLine{Line: waits.ID, Version: tl.line(waits.ID).Version, Key: tl.key(),
			Parts: []flow.LinePart{{To: flow.LineToRefund, Number: third.Payments[0].EndToEnd, Amount: 10000}}}
		if err := tl.Banking().ResolveLine(tl.ctx, policy.Actor{Person: "asha", Grants: tl.officer.Grants}, own); fault.KindOf(err) != fault.Forbidden {
			tl.t.Errorf("an officer confirms what they are paid: %v", err)
		}
		tl.must(tl.resolve(waits.ID, flow.LinePart{To: flow.LineToRefund, Number: third.Payments[0].EndToEnd, Amount: 10000}))
		if o := tl.order(third.ID); o.State != bank.Done {
			tl.t.Errorf("the third order is %s", o.State)
		}
		tl.stands(map[string]int64{"1000": 10000, "1200": 10000, "4100": -20000})
	})
}

// TestMoneyGoesBackToItsSender: promised at once, in an order like any refund, and promised again when it comes back.
func TestMoneyGoesBackToItsSender(t *testing.T) {
	eachTill(t, func(tl *till) {
		l := tl.lines(tl.imports(camt("S1", 0, move{Minor: 7700, Name: "Stranger", IBAN: "GB29NWBK60161331926819", Text: "gift"})))[0]
		tl.must(tl.resolve(l.ID, flow.LinePart{To: flow.LineToSender, Amount: 7700}))
		tl.stands(map[string]int64{"1000": 7700, "2310": -7700})
		if err := tl.Banking().UndoLine(tl.ctx, tl.officer, flow.UndoLine{Line: l.ID, Version: tl.line(l.ID).Version, Part: 2, Why: "x", Key: tl.key()}); fault.KindOf(err) != fault.Conflict {
			tl.t.Errorf("taken back: %v", err)
		}
		o := tl.sentOff(tl.refunds(pay.RefundIsOwed)[0].ID)
		tl.imports(camt("S2", 0, move{Minor: -7700, ToPay: o.Payments[0].EndToEnd}))
		tl.stands(map[string]int64{})
		tl.imports(camt("S3", 0, move{Minor: 7700, ToPay: o.Payments[0].EndToEnd, Returned: "AC01"}))
		tl.stands(map[string]int64{"1000": 7700, "2310": -7700})
		if owed := tl.refunds(pay.RefundIsOwed); len(owed) != 1 {
			tl.t.Errorf("%d refunds are owed", len(owed))
		}
	})
}
