package flow

import (
	"context"
	"fmt"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/i18n"
	"stoa/internal/pay"
	"stoa/internal/person"
	"stoa/internal/process"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// ofCase is what the bills of a case come from.
func ofCase(id string) bill.Source { return bill.Source{Kind: "case", ID: id} }

// billFee asks for the fee of an application that is being submitted. It is due when the case stops waiting for it, or when
// the file says.
func (f *Flow) billFee(ctx context.Context, tx *store.Tx, c *docket.Case, who person.Person, waits calendar.Date) error {
	s := c.Service
	if !c.Judged.Owes() {
		return nil
	}
	book, err := f.book()
	if err != nil {
		return err
	}
	today := docket.Day(s, tx.Now())
	due := today
	switch {
	case s.Payment.Waits != "" && !waits.IsZero():
		due = waits
	case s.Payment.Days > 0:
		if due, err = today.AddDays(s.Payment.Days); err != nil {
			return err
		}
		due = f.workingDay(due)
	}
	b := &bill.Bill{
		Kind: bill.Fee, Of: ofCase(c.ID), For: s.Organisation, Service: s.Service, Payer: who.ID, Subject: c.Subject,
		Language: c.Language, Currency: c.Judged.Fee.Total.Currency, Day: today,
		Plan:  []bill.Instalment{{Due: due, Amount: c.Judged.Fee.Total.Minor}},
		Words: bill.Words{Name: who.Name, Email: who.Email, Title: s.Title.In(c.Language) + ", " + c.Number},
	}
	if items := c.Judged.Fee.Items; len(items) == 1 { // its own name says it better
		b.Title = items[0].Fee.Title.In(c.Language) + ", " + c.Number
	}
	for _, item := range c.Judged.Fee.Items {
		if !item.Amount.IsZero() {
			b.Items = append(b.Items, bill.Item{ID: item.Fee.ID, Title: i18n.Text(item.Fee.Title.By), Account: s.Payment.Account,
				Component: bill.Principal, Amount: item.Amount.Minor})
		}
	}
	if err := f.Money.Treasury.Issue(ctx, tx, book, b); err != nil {
		return fmt.Errorf("asking for the fee of case %s: %w", c.Number, err)
	}
	return nil
}

// feePaid does what follows for a case when money has come for its bill: a case that stood waiting goes on. One that had
// ended gets its money back.
func (f *Flow) feePaid(ctx context.Context, tx *store.Tx, book *treasury.Book, b *bill.Bill, p *pay.Payment) error {
	c, err := f.Docket.Case(ctx, tx, b.Of.ID)
	if err != nil {
		return err
	}
	paid := cases.Event{Kind: cases.EventPaid, Public: true, Actor: p.Payer,
		EventWords: cases.EventWords{Text: f.amount(c.Language, p.Received.Minor, p.Received.Currency), Ref: p.ID}}
	if err := f.Docket.Cases.Note(ctx, tx, c.Case, paid); err != nil {
		return err
	}
	switch {
	case !c.Open() && b.State == bill.Cancelled:
		return f.paidForNothing(ctx, tx, book, b, p)
	case b.Balance > 0 || !c.Open() || !process.Waits(c.Service, c.Facts):
		return nil
	}
	return f.complete(ctx, tx, c)
}

// complete lets a case go on whose fee is paid: it counts as given now.
func (f *Flow) complete(ctx context.Context, tx *store.Tx, c *docket.Case) error {
	sent := c.Submitted
	if docket.Day(c.Service, sent) != docket.Day(c.Service, tx.Now()) {
		c.Submitted, c.Facts.Submitted = tx.Now(), tx.Now()
		if err := f.Docket.Rejudge(ctx, tx, c); err != nil {
			return err
		}
	}
	effects, err := process.Paid(ctx, c.Judged, c.Facts, tx.Now())
	if err != nil {
		return fmt.Errorf("going on with case %s: %w", c.Number, err)
	}
	if len(effects) == 0 {
		return nil
	}
	return f.carryOut(ctx, tx, c, effects, doer{})
}

// feeAtEnd takes a fee back when a case ends, as far as the file says: what was paid is owed to the payer again, and goes
// back the way it came.
func (f *Flow) feeAtEnd(ctx context.Context, tx *store.Tx, c *docket.Case, e process.Effects) error {
	if c.Service.Payment == nil || c.Judged.Fee == nil {
		return nil
	}
	back, why, err := process.Refund(c.Service, c.Judged.Fee.Total, e.End, e.From)
	if err != nil || back.IsZero() {
		return err
	}
	book, err := f.book()
	if err != nil {
		return err
	}
	bills, err := f.Money.Treasury.Bills.BySource(ctx, tx, book.Organisation, ofCase(c.ID))
	if err != nil {
		return err
	}
	act := treasury.Act{Key: "end", Day: docket.Day(c.Service, tx.Now()), Why: e.End}
	if why != nil && why.Law != "" {
		act.Why += ": " + process.Source(c.Service.Law[why.Law])
	}
	for _, b := range bills {
		if b.State == bill.Cancelled {
			continue
		}
		if back == c.Judged.Fee.Total {
			err = f.Money.Treasury.Cancel(ctx, tx, book, b, act)
		} else {
			err = f.creditPart(ctx, tx, book, b, act, back.Minor)
		}
		if err != nil {
			return fmt.Errorf("taking back the fee of case %s: %w", c.Number, err)
		}
		if err := f.refundCredit(ctx, tx, book, c, b, act.Why); err != nil {
			return err
		}
	}
	return nil
}

func (f *Flow) creditPart(ctx context.Context, tx *store.Tx, book *treasury.Book, b *bill.Bill, act treasury.Act, amount int64) error {
	items, err := bill.Portion(b.Moves, amount)
	if err != nil {
		return err
	}
	return f.Money.Treasury.Credit(ctx, tx, book, b, act, items...)
}

// refundCredit pays the payer's credit on a bill of a case back, out of the payments that made it. What did not come by
// card waits for an officer, who sends it by bank or pays it out.
func (f *Flow) refundCredit(ctx context.Context, tx *store.Tx, book *treasury.Book, c *docket.Case, b *bill.Bill, why string) error {
	payments, err := f.Money.Treasury.Payments.ForBill(ctx, tx, book.Organisation, b.ID)
	if err != nil {
		return err
	}
	for _, line := range payments {
		p, err := f.Money.Treasury.Payments.Get(ctx, tx, book.Organisation, line.ID) // with its refunds: what is promised is not left
		if err != nil {
			return err
		}
		left := min(p.Left().Minor, b.Credit())
		if p.State != pay.StatePaid || p.Received.Currency != b.Currency || left <= 0 {
			continue
		}
		r := &pay.Refund{Payment: p.ID, Key: "end of case " + c.ID, Amount: amountOf(left, b.Currency), Reason: why}
		if err := f.oweRefund(ctx, tx, book, b, r, treasury.Act{Key: "end of case", Day: f.today(tx), Why: why}); err != nil {
			return err
		}
		told := cases.Event{Kind: cases.EventRefund, Public: true, EventWords: cases.EventWords{Text: f.amount(c.Language, left, b.Currency), Ref: p.ID}}
		if err := f.Docket.Cases.Note(ctx, tx, c.Case, told); err != nil {
			return err
		}
		again, err := f.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, b.ID)
		if err != nil {
			return err
		}
		*b = *again
	}
	return nil
}

// paidForNothing gives money back that came for a case that had ended, and says so in the queue.
func (f *Flow) paidForNothing(ctx context.Context, tx *store.Tx, book *treasury.Book, b *bill.Bill, p *pay.Payment) error {
	left := min(p.Left().Minor, b.Credit())
	if left <= 0 {
		return nil
	}
	odd := &pay.Exception{Organisation: book.Organisation, Key: "withdrawn " + p.ID, Kind: pay.WithdrawnCase, Payment: p.ID, Bill: b.ID, Amount: amountOf(left, b.Currency)}
	if err := f.Money.Exceptions.Raise(ctx, tx, odd); err != nil {
		return err
	}
	if p.Method != pay.Card {
		return nil // an officer sends it back
	}
	r := &pay.Refund{Payment: p.ID, Key: "came too late " + p.ID, Amount: odd.Amount}
	if err := f.oweRefund(ctx, tx, book, b, r, treasury.Act{Key: "came too late " + p.ID, Day: f.today(tx)}); err != nil {
		return err
	}
	_, err := f.Money.Exceptions.Resolve(ctx, tx, book.Organisation, odd.ID, "", "refunded", "")
	return err
}
