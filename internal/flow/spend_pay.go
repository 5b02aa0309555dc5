package flow

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"stoa/internal/bank"
	"stoa/internal/bankfile"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/ledger"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/spend"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// payable is the account of what suppliers are owed.
func payable(book *treasury.Book) string { return book.Code(service.UsePayable) }

// PayInvoices makes a draft of an order to our bank, of approved invoices.
type PayInvoices struct {
	Invoices []string
	Key      string
}

// PayInvoices is for officers of the treasury. An invoice is in one order at a time. Errors are told by invoice: invoice-ID.
func (f Spending) PayInvoices(ctx context.Context, actor policy.Actor, in PayInvoices) (order string, err error) {
	book, s, err := f.spends()
	if err != nil {
		return "", err
	}
	if err := policy.Can(actor, policy.MoneyWork, moneyThing(book, "order")); err != nil {
		return "", err
	}
	from, err := f.ourAccount()
	if err != nil {
		return "", err
	}
	ids := slices.Clone(in.Invoices)
	slices.Sort(ids) // locked in one order
	err = missing(f.DB.Write(ctx, "flow.PayInvoices", func(ctx context.Context, tx *store.Tx) error {
		order, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			n := bank.NewOrder{Key: "form " + in.Key, Day: f.today(tx), By: actor.Person, From: from}
			var problems fault.Fields
			var invoices []*spend.Invoice
			for _, id := range slices.Compact(ids) {
				x, p, err := f.orderPayment(ctx, tx, actor, book, s, id, &problems)
				if err != nil {
					return "", err
				}
				invoices, n.Payments = append(invoices, x), append(n.Payments, p)
			}
			if err := problems.Err(); err != nil {
				return "", err
			}
			o, err := f.orders().New(ctx, tx, book.Organisation, n)
			if err != nil {
				return "", err
			}
			for _, x := range invoices {
				if err := s.Invoices.Order(ctx, tx, x, o.ID); err != nil {
					return "", err
				}
			}
			return o.ID, nil
		})
		return err
	}))
	return order, err
}

// ourAccount is the account at the bank from which we pay.
func (f *Flow) ourAccount() (bankfile.Party, error) {
	ours := f.Docket.Releases.Current().Money.Bank
	iban, err := bankfile.ParseIBAN(ours.IBAN)
	if err != nil {
		return bankfile.Party{}, fault.NewInternal("the bank account in money.yaml", err)
	}
	return bankfile.Party{Name: ours.Name, IBAN: iban, BIC: ours.BIC}, nil
}

// orderPayment is an invoice as a payment of an order.
func (f *Flow) orderPayment(ctx context.Context, tx *store.Tx, actor policy.Actor, book *treasury.Book, s *spend.Spend, id string, problems *fault.Fields) (*spend.Invoice, bank.NewPayment, error) {
	x, err := s.Invoices.Get(ctx, tx, book.Organisation, id)
	if err != nil {
		return nil, bank.NewPayment{}, err
	}
	to, err := s.Suppliers.Get(ctx, tx, book.Organisation, x.Supplier)
	if err != nil {
		return nil, bank.NewPayment{}, err
	}
	if err := policy.Can(actor, policy.MoneyWork, payeeThing(book, to, x)); err != nil {
		return nil, bank.NewPayment{}, err
	}
	if x.State != spend.Approved {
		return nil, bank.NewPayment{}, fault.NewConflict("One of these invoices is not to be paid any more. Open the page again")
	}
	if to.IBAN == "" {
		problems.Add("invoice-"+x.ID, "The account of {name} is not known. Enter it first", "name", to.Name)
	}
	return x, bank.NewPayment{Refund: bank.OfInvoice(x.ID), Amount: amountOf(x.Amount, x.Currency),
		PaymentWords: bank.PaymentWords{To: bankfile.Party{Name: to.Name, IBAN: to.IBAN}, Text: bankfile.Latin("Invoice "+x.SupplierNumber, 140)}}, nil
}

// payeeThing is the payment of an invoice as rights see it: nobody works on what they are paid.
func payeeThing(book *treasury.Book, to *spend.Supplier, x *spend.Invoice) policy.Thing {
	return policy.Thing{Kind: "invoice", ID: x.ID, Organisation: book.Organisation, Owner: to.Owner}
}

// mayPayOut asks whether somebody may approve that an invoice is paid: not who is paid, and not who last changed the account
// that it is paid to.
func (f *Flow) mayPayOut(ctx context.Context, tx *store.Tx, actor policy.Actor, book *treasury.Book, o *bank.Order, p bank.Payment, id string) error {
	x, err := f.Money.Spend.Invoices.Get(ctx, tx, book.Organisation, id)
	if err != nil {
		return err
	}
	to, err := f.Money.Spend.Suppliers.Get(ctx, tx, book.Organisation, x.Supplier)
	if err != nil {
		return err
	}
	thing := payeeThing(book, to, x)
	thing.Decider = o.ProposedBy
	if err := policy.Can(actor, policy.MoneyApprove, thing); err != nil {
		return err
	}
	if p.To.IBAN != to.IBAN {
		return fault.NewConflict("The account of {name} has changed since this order was made. Refuse the order and make another", "name", to.Name)
	}
	if to.BankBy == actor.Person {
		return fault.NewForbidden("You have entered the account of one of those who are paid, so somebody else must approve the order")
	}
	return nil
}

// releaseInvoices lets the invoices of an order that came to nothing go into another.
func (f *Flow) releaseInvoices(ctx context.Context, tx *store.Tx, o *bank.Order, reason string) error {
	for _, p := range o.Payments {
		if id, is := p.Invoice(); is {
			x, err := f.Money.Spend.Invoices.Get(ctx, tx, o.Organisation, id)
			if err != nil {
				return err
			}
			if err := f.Money.Spend.Invoices.Release(ctx, tx, x, reason); err != nil {
				return err
			}
		}
	}
	return nil
}

// placeOnInvoice places a line of the bank's statement with which a payment of an invoice left, or came back, and does what
// follows.
func (f *Flow) placeOnInvoice(ctx context.Context, tx *store.Tx, book *treasury.Book, l *bank.Line, c bank.Change, id string) error {
	p, err := f.orders().Under(ctx, tx, book.Organisation, bank.OfInvoice(id))
	if err != nil {
		return err
	}
	part := treasury.Placement{To: bank.ToPayment, Amount: l.Open(), Invoice: id, Number: p.EndToEnd}
	if err := f.Money.Treasury.Place(ctx, tx, book, l, c, []treasury.Placement{part}); err != nil {
		return err
	}
	return f.invoiceMoved(ctx, tx, book, l, part)
}

// invoiceMoved notes in order, invoice and on its line that it was paid, or that its payment came back; the public is told.
func (f *Flow) invoiceMoved(ctx context.Context, tx *store.Tx, book *treasury.Book, l *bank.Line, part treasury.Placement) error {
	s := f.Money.Spend
	x, err := s.Invoices.Get(ctx, tx, book.Organisation, part.Invoice)
	if err != nil {
		return err
	}
	if part.Amount != -x.Amount && part.Amount != x.Amount || l.Amount.Currency != x.Currency {
		return fault.NewInvalid("Our payment was of {amount}", "amount", amountOf(x.Amount, x.Currency))
	}
	post := func() (string, calendar.Date, error) { return f.placedAt(ctx, tx, book, l, part.Number) }
	if part.Amount > 0 {
		p, err := s.Payments.Return(ctx, tx, x, l.ID, l.Returned, post)
		if err != nil {
			return err
		}
		if _, err := f.orders().Fail(ctx, tx, book.Organisation, part.Number, l.ID, l.Returned); err != nil {
			return err
		}
		return f.logReturned(ctx, tx, s, x, p)
	}
	p, err := s.Payments.Pay(ctx, tx, x, spend.Left{Number: part.Number, BankLine: l.ID}, post)
	if err != nil {
		return err
	}
	if _, err := f.orders().Confirm(ctx, tx, book.Organisation, part.Number, l.ID); err != nil {
		return err
	}
	return f.logPaid(ctx, tx, s, x, p)
}

// placedAt is where a part of a line stands in the books.
func (f *Flow) placedAt(ctx context.Context, tx *store.Tx, book *treasury.Book, l *bank.Line, number string) (string, calendar.Date, error) {
	for i := len(l.Parts) - 1; i >= 0; i-- {
		if p := l.Parts[i]; p.To == bank.ToPayment && p.Ref == number {
			e, err := f.Money.Treasury.Ledger.Entry(ctx, tx, book.Organisation, p.Entry)
			if err != nil {
				return "", calendar.Date{}, err
			}
			return e.ID, e.Value, nil
		}
	}
	return "", calendar.Date{}, fmt.Errorf("line %s has no part of payment %s", l.ID, number)
}

// failPayOut notes that the bank did not make a payment of an invoice; false where it is no such payment.
func (f *Flow) failPayOut(ctx context.Context, tx *store.Tx, actor policy.Actor, book *treasury.Book, in FailPayment) (bool, error) {
	p, err := f.orders().Payment(ctx, tx, book.Organisation, in.EndToEnd)
	if err != nil {
		return false, err
	}
	id, is := p.Invoice()
	if !is {
		return false, nil
	}
	x, err := f.Money.Spend.Invoices.Get(ctx, tx, book.Organisation, id)
	if err != nil {
		return true, err
	}
	to, err := f.Money.Spend.Suppliers.Get(ctx, tx, book.Organisation, x.Supplier)
	if err != nil {
		return true, err
	}
	if err := policy.Can(actor, policy.MoneyWork, payeeThing(book, to, x)); err != nil {
		return true, err
	}
	if p.Order != in.Order {
		return true, fault.NewNotFound("")
	}
	if p.State == bank.Failed { // noted before
		return true, nil
	}
	if _, err := f.orders().Fail(ctx, tx, book.Organisation, in.EndToEnd, "", in.Reason); err != nil {
		return true, err
	}
	return true, f.Money.Spend.Invoices.Release(ctx, tx, x, in.Reason)
}

// payableFits compares the account of what suppliers are owed with what approved invoices make, and says in words what
// differs.
func (f *Flow) payableFits(ctx context.Context, tx *store.Tx, book *treasury.Book) (found []string, err error) {
	if f.Money.Spend == nil || payable(book) == "" {
		return nil, nil
	}
	owed, err := f.Money.Spend.Invoices.Owed(ctx, tx, book.Organisation)
	if err != nil {
		return nil, err
	}
	for _, currency := range append(slices.Sorted(maps.Keys(owed)), book.Currency) {
		held, err := f.Money.Treasury.Ledger.Balance(ctx, tx, book.Organisation, payable(book), currency, ledger.As{})
		if err != nil {
			return nil, err
		}
		if -held.Minor != owed[currency] {
			found = append(found, fmt.Sprintf("account %s holds %s, the approved invoices make %d", payable(book), held, owed[currency]))
		}
	}
	return found, nil
}
