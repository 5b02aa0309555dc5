package flow

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/bill"
	"stoa/internal/fault"
	"stoa/internal/mandate"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// PayBill begins a card payment of a bill.
type PayBill struct {
	Bill     string // id; or
	Draft    string // the draft whose case is to be paid for, by whoever holds it
	Amount   int64  // minor units; 0: all that is owed
	Language string
	Back     string // path of ours to which the payer returns; {payment} is the payment's id
	Cancel   string // path of ours for who changes their mind
	Key      string
}

// Begun is a payment that has begun, and the provider's page where it is made.
type Begun struct{ Payment, URL string }

// PayBill stores the payment first and then asks the provider for its page: whatever breaks, the same form goes on with the
// same payment, and nothing is taken twice.
func (f Finance) PayBill(ctx context.Context, actor policy.Actor, in PayBill) (Begun, error) {
	book, err := f.book()
	if err != nil {
		return Begun{}, err
	}
	if len(f.Money.Providers) == 0 {
		return Begun{}, fault.NewUnavailable("Card payments cannot be made here. You can pay by bank transfer")
	}
	provider := f.Money.Providers[0]
	var p *pay.Payment
	err = f.DB.Write(ctx, "flow.PayBill", func(ctx context.Context, tx *store.Tx) error {
		b, err := f.payable(ctx, tx, actor, book, in)
		if err != nil {
			return err
		}
		if err := f.interestToday(ctx, tx, book, b.ID); err != nil {
			return err
		}
		if b, err = f.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, b.ID); err != nil {
			return err
		}
		amount := in.Amount
		if amount == 0 {
			amount = b.Balance
		}
		switch {
		case b.Balance <= 0 || b.State == bill.Cancelled:
			return fault.NewConflict("This bill is paid. Nothing is owed on it")
		case amount < 0 || amount > b.Balance:
			return fault.NewInvalid("Enter an amount up to what is owed")
		}
		p = &pay.Payment{
			Organisation: book.Organisation, Method: pay.Card, Provider: provider.Name(), Payer: b.Payer, Subject: b.Subject, Draft: in.Draft,
			Key: "form " + in.Key, Amount: amountOf(amount, b.Currency), Until: tx.Now().Add(pay.Window),
			Words: pay.Words{Title: b.Title + " (" + b.Number + ")", Name: b.Name, Email: b.Email}, Targets: []pay.Target{{Bill: b.ID, Amount: amount}},
		}
		if _, err = f.Money.Treasury.Payments.Begin(ctx, tx, p); err != nil {
			return err
		}
		return f.doneFor(ctx, tx, actor, mandate.Paid, b.About(), b.ID, b.Number, b.Title)
	})
	if err != nil {
		return Begun{}, err
	}
	return f.atProvider(ctx, provider, p, in)
}

// payable finds the bill, for somebody who may pay it.
func (f *Flow) payable(ctx context.Context, tx *store.Tx, actor policy.Actor, book *treasury.Book, in PayBill) (*bill.Bill, error) {
	if in.Draft == "" {
		b, err := f.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, in.Bill)
		if err != nil {
			return nil, missing(err)
		}
		return b, policy.Can(actor, policy.BillOwn, billThing(b, ""))
	}
	d, err := f.Docket.Cases.Draft(ctx, tx, in.Draft)
	if err != nil {
		return nil, missing(err)
	}
	bills, err := f.Money.Treasury.Bills.BySource(ctx, tx, book.Organisation, ofCase(d.Case))
	if err != nil {
		return nil, err
	}
	if d.Case == "" || len(bills) == 0 {
		return nil, fault.NewNotFound("")
	}
	return bills[0], policy.Can(actor, policy.BillOwn, billThing(bills[0], d.ID))
}

// atProvider asks for the provider's page, outside any transaction, and notes it.
func (f *Flow) atProvider(ctx context.Context, provider pay.Provider, p *pay.Payment, in PayBill) (Begun, error) {
	if p.URL == "" {
		started, err := provider.Start(ctx, pay.Order{
			Key: p.ID, Payment: p.ID, Amount: p.Amount, Title: p.Title, Language: in.Language, Email: p.Email, Expires: p.Until,
			Return: f.Site.URL + expand(in.Back, p.ID), Cancel: f.Site.URL + expand(in.Cancel, p.ID),
		})
		if err != nil {
			return Begun{}, providerFault(err)
		}
		err = f.DB.Write(ctx, "flow.PayBill opened", func(ctx context.Context, tx *store.Tx) error {
			opened, err := f.Money.Treasury.Payments.Opened(ctx, tx, p.Organisation, p.ID, started)
			p = opened
			return err
		})
		if err != nil {
			return Begun{}, err
		}
	}
	return Begun{p.ID, p.URL}, nil
}

// providerFault says what a payer needs to know of a provider's failure.
func providerFault(err error) error {
	if errors.Is(err, pay.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
		return fault.Wrap(err, fault.Unavailable, "Card payments do not work at the moment. Nothing was taken. Try again in a few minutes, or pay by bank transfer")
	}
	return fmt.Errorf("asking the payment provider: %w", err)
}

// amountOf is an amount of minor units.
func amountOf(minor int64, currency string) money.Amount {
	return money.Amount{Minor: minor, Currency: currency}
}

// amount writes an amount for a reader.
func (f *Flow) amount(language string, minor int64, currency string) string {
	return f.Words.For(language).Money(minor, currency)
}
