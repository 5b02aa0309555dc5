package treasury

import (
	"context"
	"fmt"
	"slices"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Apply books what a report about a payment changed (pay.Result.Changes): money that came, refunds that were done or
// failed, disputes. The payment is as it was after the report.
func (t *Treasury) Apply(ctx context.Context, tx *store.Tx, book *Book, p *pay.Payment, c pay.Change, day calendar.Date) error {
	switch c.Kind {
	case pay.MoneyIn:
		return t.Receive(ctx, tx, book, p, day)
	case pay.RefundDone, pay.RefundNotDone, pay.RefundReturned:
		_, err := t.refund(ctx, tx, book, p, c, day, book.Code(methods[c.Method]))
		return err
	case pay.DisputeOpened, pay.DisputeClosedWon, pay.DisputeClosedLost:
		return t.dispute(ctx, tx, book, p, c, day)
	case pay.NoChange:
		return nil
	}
	return fmt.Errorf("payment %s: a change of kind %q", p.ID, c.Kind)
}

// DecideRefund promises to pay a credit on a bill back, out of a payment: from now on it is owed to the payer as a refund.
// The same refund key of the payment gives the same refund once more.
func (t *Treasury) DecideRefund(ctx context.Context, tx *store.Tx, book *Book, billID string, r *pay.Refund, a Act) error {
	r.Organisation = book.Organisation
	known, err := t.Payments.Owe(ctx, tx, r) // locks the payment: it comes before the bill everywhere
	if err != nil {
		return err
	}
	b, err := t.Bills.Get(ctx, tx, book.Organisation, billID)
	if err != nil {
		return err
	}
	e := event{key: "refund " + r.ID, day: a.Day, text: "Bill " + b.Number + ": refund decided", source: ledger.Source{Kind: "refund", ID: r.ID}, by: a.By, why: a.Why}
	if again, err := done(b, e.key, r.Amount.Minor); again || err != nil {
		return err
	}
	if known { // on another bill, or it is not ours: the provider told of it
		return errOther
	}
	if r.Amount.Minor > b.Credit() || r.Amount.Currency != b.Currency {
		return fault.NewInvalid("This is more than the credit")
	}
	refund := book.Code(service.UseRefund)
	e.debit(book.Code(service.UseReceivable), r.Amount.Minor, b.Currency)
	e.credit(refund, r.Amount.Minor, b.Currency)
	at, err := t.post(ctx, tx, book, e)
	if err != nil {
		return err
	}
	m := e.move(at, bill.MoveRefund, bill.Principal, refund, r.Amount.Minor)
	m.Of = bill.Source(e.source)
	return t.Bills.Apply(ctx, tx, b, e.key, m)
}

// ReturnHeld promises to pay back money of a payment that pays no bill, because it is of another currency than was asked.
func (t *Treasury) ReturnHeld(ctx context.Context, tx *store.Tx, book *Book, r *pay.Refund, day calendar.Date) error {
	r.Organisation = book.Organisation
	if _, err := t.Payments.Owe(ctx, tx, r); err != nil {
		return err
	}
	if r.Unasked { // it is not ours: the provider told of it
		return errOther
	}
	p, err := t.Payments.Get(ctx, tx, book.Organisation, r.Payment)
	if err != nil {
		return err
	}
	if len(p.Arrived()) > 0 {
		return fmt.Errorf("payment %s pays bills: its refund is decided on a bill", p.ID)
	}
	e := event{key: "refund " + r.ID, day: day, text: "Payment " + p.Number + ": refund decided", source: ledger.Source{Kind: heldKind, ID: p.ID}}
	e.debit(book.Code(service.UseSuspense), r.Amount.Minor, r.Amount.Currency)
	e.credit(book.Code(service.UseRefund), r.Amount.Minor, r.Amount.Currency)
	_, err = t.post(ctx, tx, book, e)
	return err
}

// refund books what became of a refund. One that we did not ask for was made at the provider's: it goes from the bills
// straight to the card. One that failed is the payer's credit again.
func (t *Treasury) refund(ctx context.Context, tx *store.Tx, book *Book, p *pay.Payment, c pay.Change, day calendar.Date, account string) (entry, error) {
	i := slices.IndexFunc(p.Refunds, func(r pay.Refund) bool { return r.Key == c.Key })
	if i < 0 {
		return entry{}, fmt.Errorf("payment %s has no refund %q", p.ID, c.Key)
	}
	r := &p.Refunds[i]
	e := event{key: string(c.Kind) + " " + r.ID, day: day, text: "Payment " + p.Number + ": " + string(c.Kind),
		source: ledger.Source{Kind: "refund", ID: r.ID}, payment: p.ID}
	back := c.Amount // to the bills: less than nothing when it leaves them
	switch {
	case c.Kind == pay.RefundDone && !c.Unasked:
		e.debit(book.Code(service.UseRefund), c.Amount.Minor, c.Amount.Currency)
		e.credit(account, c.Amount.Minor, c.Amount.Currency)
		return t.post(ctx, tx, book, e)
	case c.Kind == pay.RefundDone:
		back.Minor = -back.Minor
		e.credit(account, c.Amount.Minor, c.Amount.Currency)
	case c.Kind == pay.RefundReturned:
		e.debit(account, c.Amount.Minor, c.Amount.Currency)
	case c.Unasked: // it was never booked: nothing had left
		return entry{}, nil
	default:
		e.debit(book.Code(service.UseRefund), c.Amount.Minor, c.Amount.Currency)
	}
	targets := over(p.Arrived(), back.Minor)
	if !c.Unasked {
		ids, err := t.Bills.Touched(ctx, tx, book.Organisation, bill.Source{Kind: "refund", ID: r.ID})
		if err != nil {
			return entry{}, err
		}
		targets = nil
		for _, id := range ids[:min(len(ids), 1)] { // a refund is decided on one bill
			targets = []pay.Target{{Bill: id, Amount: back.Minor}}
		}
	}
	return t.onBills(ctx, tx, book, e, bill.MoveRefund, back, targets)
}

// dispute books that the payer's bank took money back, gave it again, or keeps it: then it is owed again.
func (t *Treasury) dispute(ctx context.Context, tx *store.Tx, book *Book, p *pay.Payment, c pay.Change, day calendar.Date) error {
	e := event{key: string(c.Kind) + " " + p.ID + " " + c.Key, day: day, text: "Payment " + p.Number + ": " + string(c.Kind), source: source(p), payment: p.ID}
	disputed, account := book.Code(service.UseDisputed), book.Code(methods[c.Method])
	switch c.Kind {
	case pay.DisputeOpened:
		e.debit(disputed, c.Amount.Minor, c.Amount.Currency)
		e.credit(account, c.Amount.Minor, c.Amount.Currency)
	case pay.DisputeClosedWon:
		e.debit(account, c.Amount.Minor, c.Amount.Currency)
		e.credit(disputed, c.Amount.Minor, c.Amount.Currency)
	default:
		e.credit(disputed, c.Amount.Minor, c.Amount.Currency)
		back := money.Amount{Minor: -c.Amount.Minor, Currency: c.Amount.Currency}
		_, err := t.onBills(ctx, tx, book, e, bill.MoveDispute, back, over(p.Arrived(), back.Minor))
		return err
	}
	_, err := t.post(ctx, tx, book, e)
	return err
}

// over divides an amount, which may be negative, over what targets got: the first gets it back first, and also what is
// more than all of them got.
func over(targets []pay.Target, amount int64) (all []pay.Target) {
	sign := int64(1)
	if amount < 0 {
		sign = -1
	}
	left := amount * sign
	for _, t := range targets {
		if part := min(t.Amount, left); part > 0 {
			all = append(all, pay.Target{Bill: t.Bill, Amount: part * sign})
			left -= part
		}
	}
	if left > 0 && len(all) > 0 {
		all[0].Amount += left * sign
	}
	return all
}
