package flow

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"stoa/internal/bill"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// expand puts a payment's id into a path.
func expand(path, payment string) string { return strings.ReplaceAll(path, "{payment}", payment) }

// provider finds a payment provider by its name.
func (f *Flow) provider(name string) (pay.Provider, bool) {
	if f.Money != nil {
		for _, p := range f.Money.Providers {
			if p.Name() == name {
				return p, true
			}
		}
	}
	return nil, false
}

// Callback is what a payment provider sends by itself.
type Callback struct {
	Provider string
	Header   func(name string) string
	Body     []byte
}

// HearProvider takes a provider's callback: verified by its signature, recorded and applied once. What is not signed by the
// provider is refused and counted in the queue. An error is for the provider to send again.
func (f Finance) HearProvider(ctx context.Context, in Callback) error {
	provider, ok := f.provider(in.Provider)
	if !ok {
		return fault.NewNotFound("")
	}
	book, err := f.book()
	if err != nil {
		return err
	}
	now := f.DB.Now()
	event, err := provider.Read(in.Header, in.Body, now)
	switch {
	case errors.Is(err, pay.ErrSignature):
		counted := f.DB.Write(ctx, "flow.HearProvider refused", func(ctx context.Context, tx *store.Tx) error {
			return f.Money.Exceptions.WrongSignature(ctx, tx, book.Organisation, in.Provider)
		})
		return errors.Join(fault.Wrap(err, fault.Forbidden, "The callback is not signed by the payment provider"), counted)
	case err != nil:
		return fault.Wrap(err, fault.Invalid, "The callback cannot be read")
	case event.Kind == "":
		return nil
	}
	if err := policy.Can(policy.Actor{System: true}, policy.PaymentReport, moneyThing(book, event.Payment)); err != nil {
		return err
	}
	var result pay.Result
	err = f.DB.Write(ctx, "flow.HearProvider", func(ctx context.Context, tx *store.Tx) error {
		result, err = f.Money.Treasury.Payments.Receive(ctx, tx, book.Organisation, in.Provider, event, in.Body, f.today(tx))
		if err != nil {
			return err
		}
		return f.follows(ctx, tx, book, result)
	})
	if err != nil || event.Kind != pay.Look || result.Payment == nil {
		return err
	}
	return f.ask(ctx, book, result.Payment)
}

// follows books what reports about a payment changed, and does what comes of it.
func (f *Flow) follows(ctx context.Context, tx *store.Tx, book *treasury.Book, result pay.Result) error {
	p := result.Payment
	if p == nil {
		return nil
	}
	for _, change := range result.Changes {
		if change.Kind == pay.MoneyIn {
			for _, target := range p.Arrived() {
				if err := f.interestToday(ctx, tx, book, target.Bill); err != nil {
					return err
				}
			}
		}
		if err := f.Money.Treasury.Apply(ctx, tx, book, p, change, f.today(tx)); err != nil {
			return fmt.Errorf("booking %s of payment %s: %w", change.Kind, p.ID, err)
		}
		if change.Kind == pay.MoneyIn {
			if err := f.moneyCame(ctx, tx, book, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// moneyCame does what follows when a payment has come and is booked: its bills' cases go on, what was paid twice is put into
// the queue, and the payer gets a receipt.
func (f *Flow) moneyCame(ctx context.Context, tx *store.Tx, book *treasury.Book, p *pay.Payment) error {
	var bills []*bill.Bill
	for _, target := range p.Arrived() {
		b, err := f.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, target.Bill)
		if err != nil {
			return err
		}
		if b.Balance < 0 && (b.State != bill.Cancelled || b.Of.Kind != "case" && b.Of.Kind != "extract") { // of a case or an order that has ended, see feePaid and extractPaid
			odd := &pay.Exception{Organisation: book.Organisation, Key: "paid twice " + p.ID + " " + b.ID, Kind: pay.PaidTwice, Payment: p.ID, Bill: b.ID,
				Amount: amountOf(min(b.Credit(), target.Amount), b.Currency)}
			if err := f.Money.Exceptions.Raise(ctx, tx, odd); err != nil {
				return err
			}
		}
		bills = append(bills, b)
	}
	numbers := make([]string, len(bills))
	for i, b := range bills {
		numbers[i] = b.Number
	}
	if err := f.logPayment(ctx, tx, p, numbers); err != nil {
		return fmt.Errorf("payment %s: %w", p.ID, err)
	}
	if err := f.sendReceipt(ctx, tx, p, bills); err != nil {
		return err
	}
	for _, b := range bills {
		var err error
		switch b.Of.Kind {
		case "case":
			err = f.feePaid(ctx, tx, book, b, p)
		case "extract":
			err = f.extractPaid(ctx, tx, book, b, p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sendReceipt owes the payer a message that the money has come.
func (f *Flow) sendReceipt(ctx context.Context, tx *store.Tx, p *pay.Payment, bills []*bill.Bill) error {
	if len(bills) == 0 || bills[0].Email == "" && bills[0].Payer == "" {
		return nil
	}
	b := bills[0]
	w := f.Words.For(b.Language)
	v := i18n.V{"amount": w.Money(p.Received.Minor, p.Received.Currency), "number": p.Number, "title": b.Title}
	text := w.T("We have received {amount} for {title}. The number of your receipt is {number}.", v)
	if b.Balance > 0 {
		text += "\n\n" + w.T("Still to be paid: {amount}.", i18n.V{"amount": w.Money(b.Balance, b.Currency)})
	}
	return f.inform(ctx, tx, b.Payer, b.About(), notify.Message{
		Subject: b.Subject, Kind: "payment", Language: b.Language,
		Content: notify.Content{To: b.Email, Name: b.Name, Title: w.T("Receipt {number}: {amount}", v), Text: text, Link: "/account/payments/" + p.ID},
	})
}

// ask asks the provider where a payment stands, and books what it says.
func (f *Flow) ask(ctx context.Context, book *treasury.Book, p *pay.Payment) error {
	provider, ok := f.provider(p.Provider)
	if !ok || p.Ref == "" {
		return nil
	}
	reports, err := provider.Ask(ctx, p.Ref)
	if err != nil && !errors.Is(err, pay.ErrRefused) { // what it does not know it will not know later: ask rarer
		return fmt.Errorf("asking %s about payment %s: %w", p.Provider, p.ID, err)
	}
	return f.DB.Write(ctx, "flow.ask", func(ctx context.Context, tx *store.Tx) error {
		result, err := f.Money.Treasury.Payments.Report(ctx, tx, book.Organisation, p.ID, f.today(tx), reports...)
		if err != nil {
			return err
		}
		return f.follows(ctx, tx, book, result)
	})
}

// ReturnFromProvider looks after a payment whose payer has come back from the provider's page: it need not wait for the
// provider's word. A provider that does not answer changes nothing.
func (f Finance) ReturnFromProvider(ctx context.Context, actor policy.Actor, id string) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	var p *pay.Payment
	var thing policy.Thing
	err = f.DB.Read(ctx, "flow.ReturnFromProvider", func(ctx context.Context, tx *store.Tx) error {
		if p, err = f.Money.Treasury.Payments.Get(ctx, tx, book.Organisation, id); err != nil {
			return err
		}
		thing, err = treasury.PaymentThing(ctx, tx, f.Money.Treasury.Bills, p)
		return err
	})
	if err != nil {
		return missing(err)
	}
	if err := policy.Can(actor, policy.BillOwn, thing); err != nil || p.State == pay.StatePaid {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := f.ask(ctx, book, p); err != nil && !errors.Is(err, pay.ErrUnavailable) && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// askBatch bounds how many payments are asked about at once.
const askBatch = 50

// AskProviders asks about payments and refunds of which nothing was heard, and closes windows that have ended. One that fails
// keeps no other waiting.
func (f Finance) AskProviders(ctx context.Context, actor policy.Actor) error {
	if err := policy.Can(actor, policy.PaymentReport, policy.Thing{Kind: "payments"}); err != nil {
		return err
	}
	book, err := f.book()
	if err != nil {
		return nil //nolint:nilerr // nothing is paid here
	}
	var waiting []*pay.Payment
	var ended []string
	err = f.DB.Read(ctx, "flow.AskProviders", func(ctx context.Context, tx *store.Tx) error {
		waiting = nil
		ids, err := f.Money.Treasury.Payments.ToAsk(ctx, tx, book.Organisation, tx.Now(), askBatch)
		if err != nil {
			return err
		}
		for _, id := range ids {
			p, err := f.Money.Treasury.Payments.Get(ctx, tx, book.Organisation, id)
			if err != nil {
				return err
			}
			waiting = append(waiting, p)
		}
		ended, err = f.Money.Treasury.Payments.Ended(ctx, tx, book.Organisation, tx.Now(), askBatch)
		return err
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, p := range waiting {
		failed = append(failed, f.ask(ctx, book, p))
	}
	for _, id := range ended {
		failed = append(failed, f.DB.Write(ctx, "flow.AskProviders expire", func(ctx context.Context, tx *store.Tx) error {
			return f.Money.Treasury.Payments.Expire(ctx, tx, book.Organisation, id)
		}))
	}
	return errors.Join(failed...)
}
