package flow

import (
	"context"

	"stoa/internal/fault"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// OpenTill opens the cashier's till with the money it begins with.
type OpenTill struct {
	Float int64
	Key   string
}

// OpenTill is for officers of the treasury; each has one till open at most.
func (f Finance) OpenTill(ctx context.Context, actor policy.Actor, in OpenTill) (id string, err error) {
	book, err := f.cashier(actor)
	if err != nil {
		return "", err
	}
	if in.Float < 0 {
		return "", fault.NewInvalid("Enter the amount that the till begins with")
	}
	err = f.DB.Write(ctx, "flow.OpenTill", func(ctx context.Context, tx *store.Tx) error {
		id, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			t := &pay.Till{Organisation: book.Organisation, Cashier: actor.Person, Float: amountOf(in.Float, book.Currency)}
			err := f.Money.Tills.Open(ctx, tx, t, f.today(tx))
			return t.ID, err
		})
		return err
	})
	return id, err
}

// cashier gives the book to somebody who may take cash.
func (f *Flow) cashier(actor policy.Actor) (*treasury.Book, error) {
	book, err := f.book()
	if err != nil {
		return nil, err
	}
	return book, policy.Can(actor, policy.MoneyWork, moneyThing(book, "till"))
}

// TakeCash takes cash for a bill, at the cashier's own till.
type TakeCash struct {
	Bill   string
	Amount int64
	Key    string
}

// TakeCash gives the payment, whose receipt is printed.
func (f Finance) TakeCash(ctx context.Context, actor policy.Actor, in TakeCash) (payment string, err error) {
	book, err := f.cashier(actor)
	if err != nil {
		return "", err
	}
	err = f.DB.Write(ctx, "flow.TakeCash", func(ctx context.Context, tx *store.Tx) error {
		payment, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			p, err := f.takeCash(ctx, tx, actor, book, in)
			if err != nil {
				return "", err
			}
			return p.ID, f.moneyCame(ctx, tx, book, p)
		})
		return err
	})
	return payment, err
}

func (f *Flow) takeCash(ctx context.Context, tx *store.Tx, actor policy.Actor, book *treasury.Book, in TakeCash) (*pay.Payment, error) {
	till, err := f.Money.Tills.OfCashier(ctx, tx, book.Organisation, actor.Person)
	if err != nil {
		return nil, noTill(err)
	}
	if err := f.interestToday(ctx, tx, book, in.Bill); err != nil {
		return nil, missing(err)
	}
	b, err := f.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, in.Bill)
	if err != nil {
		return nil, missing(err)
	}
	if err := policy.Can(actor, policy.MoneyWork, billThing(b, "")); err != nil { // nobody books their own money
		return nil, err
	}
	if in.Amount <= 0 || in.Amount > b.Balance {
		return nil, fault.NewInvalid("Enter an amount up to what is owed")
	}
	p := &pay.Payment{
		Organisation: book.Organisation, Method: pay.Cash, Till: till.ID, Payer: b.Payer, Subject: b.Subject, Key: "form " + in.Key,
		Amount: amountOf(in.Amount, b.Currency), Words: pay.Words{Title: b.Title + " (" + b.Number + ")", Name: b.Name},
		Targets: []pay.Target{{Bill: b.ID, Amount: in.Amount}},
	}
	return p, f.Money.Treasury.TakeCash(ctx, tx, book, p, f.today(tx))
}

func noTill(err error) error {
	if missing(err) != err {
		return fault.Wrap(err, fault.Conflict, "Open your till first")
	}
	return err
}

// PayOutRefund pays a refund out in cash, from the cashier's own till.
type PayOutRefund struct{ Refund, Key string }

// PayOutRefund is for refunds that are owed and go neither by card nor by bank.
func (f Finance) PayOutRefund(ctx context.Context, actor policy.Actor, in PayOutRefund) error {
	book, err := f.cashier(actor)
	if err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.PayOutRefund", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) { return "", f.payOut(ctx, tx, actor, book, in.Refund) })
		return err
	})
}

func (f *Flow) payOut(ctx context.Context, tx *store.Tx, actor policy.Actor, book *treasury.Book, refund string) error {
	till, err := f.Money.Tills.OfCashier(ctx, tx, book.Organisation, actor.Person)
	if err != nil {
		return noTill(err)
	}
	r, p, err := f.Money.Treasury.Payments.Refund(ctx, tx, book.Organisation, refund)
	if err != nil {
		return missing(err)
	}
	if err := policy.Can(actor, policy.MoneyWork, payerThing(p)); err != nil { // nobody pays out to themselves
		return err
	}
	switch {
	case r.Method != pay.Cash:
		return fault.NewConflict("This refund does not go out in cash")
	case r.State != pay.RefundIsOwed && r.State != pay.RefundIsAsked: // another till may have paid it: no second time
		return fault.NewConflict("This refund has been paid already, or has failed")
	}
	if err := f.Money.Tills.PayOut(ctx, tx, till, r); err != nil {
		return err
	}
	report := pay.Report{Payment: p.ID, Kind: pay.Refunded, Key: r.Key, Amount: r.Amount, At: tx.Now()}
	result, err := f.Money.Treasury.Payments.Report(ctx, tx, book.Organisation, p.ID, f.today(tx), report)
	if err != nil {
		return err
	}
	return f.follows(ctx, tx, book, result)
}

// CloseTill counts the cashier's till.
type CloseTill struct {
	Till    string
	Counted int64
	Note    string
	Key     string
}

// CloseTill closes it; what is over or short is booked and stands in the queue.
func (f Finance) CloseTill(ctx context.Context, actor policy.Actor, in CloseTill) error {
	book, err := f.cashier(actor)
	if err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.CloseTill", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			t, err := f.Money.Tills.Get(ctx, tx, book.Organisation, in.Till)
			if err != nil {
				return "", missing(err)
			}
			if t.Cashier != actor.Person && !actor.Has(book.Organisation, policy.Supervisor) {
				return "", fault.NewForbidden("Only its cashier or a supervisor counts a till")
			}
			if in.Counted < 0 {
				return "", fault.NewInvalid("Enter what you counted")
			}
			if t, err = f.Money.Tills.Close(ctx, tx, book.Organisation, in.Till, in.Counted, in.Note); err != nil {
				return "", err
			}
			return "", f.Money.Treasury.TillDifference(ctx, tx, book, t, f.today(tx))
		})
		return err
	})
}

// ResolveException ends something in the queue that a person has looked after.
type ResolveException struct {
	Exception string
	How       string // code: dismissed, refunded, credited …
	Note      string
	Key       string
}

// ResolveException is for officers of the treasury; a note is needed.
func (f Finance) ResolveException(ctx context.Context, actor policy.Actor, in ResolveException) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	if err := policy.Can(actor, policy.MoneyWork, moneyThing(book, in.Exception)); err != nil {
		return err
	}
	if in.Note == "" {
		return fault.NewInvalid("Say what you did about it")
	}
	return missing(f.DB.Write(ctx, "flow.ResolveException", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			_, err := f.Money.Exceptions.Resolve(ctx, tx, book.Organisation, in.Exception, actor.Person, in.How, in.Note)
			return "", err
		})
		return err
	}))
}
