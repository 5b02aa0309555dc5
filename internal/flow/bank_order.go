package flow

import (
	"context"
	"slices"

	"stoa/internal/bank"
	"stoa/internal/bankfile"
	"stoa/internal/fault"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// Payee is who gets a refund that goes by bank.
type Payee struct{ Refund, Name, IBAN string }

// NewPaymentOrder makes a draft of an order to our bank, of refunds that are owed by bank.
type NewPaymentOrder struct {
	Payees []Payee
	Key    string
}

// NewPaymentOrder is for officers of the treasury. A refund is in one order at a time. Errors are told by refund: name-ID,
// iban-ID.
func (f Banking) NewPaymentOrder(ctx context.Context, actor policy.Actor, in NewPaymentOrder) (id string, err error) {
	book, err := f.book()
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
	err = missing(f.DB.Write(ctx, "flow.NewPaymentOrder", func(ctx context.Context, tx *store.Tx) error {
		id, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			order := bank.NewOrder{Key: "form " + in.Key, Day: f.today(tx), By: actor.Person, From: from}
			var problems fault.Fields
			for _, p := range sortedByRefund(in.Payees) { // refunds are locked in one order
				one, err := f.payBack(ctx, tx, actor, book, p, &problems)
				if err != nil {
					return "", err
				}
				order.Payments = append(order.Payments, one)
			}
			if err := problems.Err(); err != nil {
				return "", err
			}
			o, err := f.orders().New(ctx, tx, book.Organisation, order)
			if err != nil {
				return "", err
			}
			return o.ID, nil
		})
		return err
	}))
	return id, err
}

func sortedByRefund(all []Payee) []Payee {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Payee) int {
		switch {
		case a.Refund < b.Refund:
			return -1
		case a.Refund > b.Refund:
			return 1
		}
		return 0
	})
	return all
}

// payBack is a refund as a payment of an order.
func (f *Flow) payBack(ctx context.Context, tx *store.Tx, actor policy.Actor, book *treasury.Book, in Payee, problems *fault.Fields) (n bank.NewPayment, err error) {
	r, p, err := f.Money.Treasury.Payments.Refund(ctx, tx, book.Organisation, in.Refund)
	if err != nil {
		return n, err
	}
	if err := policy.Can(actor, policy.MoneyWork, payerThing(p)); err != nil {
		return n, err
	}
	if r.Method != pay.Bank || r.State != pay.RefundIsOwed {
		return n, fault.NewConflict("One of these refunds is not to be paid by bank any more. Open the page again")
	}
	n = bank.NewPayment{Refund: r.ID, Amount: r.Amount, PaymentWords: bank.PaymentWords{To: bankfile.Party{Name: in.Name}, Text: "Refund " + p.Number}}
	if in.Name == "" {
		problems.Add("name-"+r.ID, "Enter the name of the account holder")
	} else if bankfile.Latin(in.Name, 70) == "" {
		problems.Add("name-"+r.ID, "Write the name in Latin letters, since banks carry no others")
	}
	if n.To.IBAN, err = bankfile.ParseIBAN(in.IBAN); err != nil {
		problems.Add("iban-"+r.ID, "Enter the account number (IBAN), like GB33 BUKB 2020 1555 5555 55. Check it against a bank card or a statement")
	}
	return n, nil
}

// payerThing is a payment as rights see it: nobody works on their own.
func payerThing(p *pay.Payment) policy.Thing {
	return policy.Thing{Kind: "payment", ID: p.ID, Organisation: p.Organisation, Owner: p.Payer}
}

// MoveOrder is a step of an order of payments.
type MoveOrder struct {
	Order   string
	Version int64
	Reason  string // of refusing it
	Key     string
}

// ProposeOrder asks for a second person's decision.
func (f Banking) ProposeOrder(ctx context.Context, actor policy.Actor, in MoveOrder) error {
	return f.moveOrder(ctx, "flow.ProposeOrder", actor, policy.MoneyWork, in, func(ctx context.Context, tx *store.Tx, o *bank.Order) error {
		return f.orders().Propose(ctx, tx, o, actor.Person)
	})
}

// ApproveOrder lets an order go to the bank; it is for a supervisor who neither made nor proposed it, and gets nothing by it.
func (f Banking) ApproveOrder(ctx context.Context, actor policy.Actor, in MoveOrder) error {
	return f.moveOrder(ctx, "flow.ApproveOrder", actor, policy.MoneyApprove, in, func(ctx context.Context, tx *store.Tx, o *bank.Order) error {
		for _, p := range o.Payments {
			if id, is := p.Invoice(); is {
				book, err := f.book()
				if err == nil {
					err = f.mayPayOut(ctx, tx, actor, book, o, p, id)
				}
				if err != nil {
					return err
				}
				continue
			}
			_, of, err := f.Money.Treasury.Payments.Refund(ctx, tx, o.Organisation, p.Refund)
			if err != nil {
				return err
			}
			thing := payerThing(of)
			thing.Decider = o.ProposedBy
			if err := policy.Can(actor, policy.MoneyApprove, thing); err != nil {
				return err
			}
		}
		return f.orders().Approve(ctx, tx, o, actor.Person)
	})
}

// RefuseOrder ends an order that has not gone to the bank. Its refunds may go into another.
func (f Banking) RefuseOrder(ctx context.Context, actor policy.Actor, in MoveOrder) error {
	if in.Reason == "" {
		return fault.NewInvalid("Say why the order is refused")
	}
	return f.moveOrder(ctx, "flow.RefuseOrder", actor, policy.MoneyWork, in, func(ctx context.Context, tx *store.Tx, o *bank.Order) error {
		if o.State != bank.Refused {
			if err := f.releaseInvoices(ctx, tx, o, in.Reason); err != nil {
				return err
			}
		}
		return f.orders().Refuse(ctx, tx, o, in.Reason, actor.Person)
	})
}

// moveOrder takes a step, once for each form.
func (f *Flow) moveOrder(ctx context.Context, name string, actor policy.Actor, do policy.Action, in MoveOrder,
	move func(ctx context.Context, tx *store.Tx, o *bank.Order) error) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	return missing(f.DB.Write(ctx, name, func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			o, err := f.orders().Get(ctx, tx, book.Organisation, in.Order)
			if err != nil {
				return "", err
			}
			if err := policy.Can(actor, do, orderThing(o)); err != nil {
				return "", err
			}
			if o.Version != in.Version {
				return "", fault.NewConflict("This order has changed since you opened the page. Look at it again, then repeat")
			}
			return "", move(ctx, tx, o)
		})
		return err
	}))
}

// orderThing is an order as rights see it.
func orderThing(o *bank.Order) policy.Thing {
	return policy.Thing{Kind: "order", ID: o.ID, Organisation: o.Organisation, Decider: o.ProposedBy}
}

// ExportOrder gives the file for the bank and its name. The first time its refunds are on their way from then on; later it
// gives the same bytes again.
func (f Banking) ExportOrder(ctx context.Context, actor policy.Actor, id string) (name string, file []byte, err error) {
	book, err := f.book()
	if err != nil {
		return "", nil, err
	}
	err = missing(f.DB.Write(ctx, "flow.ExportOrder", func(ctx context.Context, tx *store.Tx) error {
		o, err := f.orders().Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		if err := policy.Can(actor, policy.MoneyWork, orderThing(o)); err != nil {
			return err
		}
		first := o.State == bank.Approved
		if file, err = f.orders().Export(ctx, tx, o, f.workingDay(f.today(tx)), actor.Person); err != nil {
			return err
		}
		name = o.Number + ".xml"
		if !first {
			return nil
		}
		for _, p := range o.Payments {
			if _, is := p.Invoice(); is { // its own state says so
				continue
			}
			if err := f.Money.Treasury.Payments.Ordered(ctx, tx, book.Organisation, p.Refund, p.EndToEnd); err != nil {
				return err
			}
		}
		return nil
	}))
	return name, file, err
}

// FailPayment notes that the bank did not make a payment of an order.
type FailPayment struct {
	Order    string
	EndToEnd string
	Reason   string
	Key      string
}

// FailPayment is for officers of the treasury, when the bank tells of it other than by a statement. The refund is owed again.
func (f Banking) FailPayment(ctx context.Context, actor policy.Actor, in FailPayment) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	if err := policy.Can(actor, policy.MoneyWork, moneyThing(book, in.EndToEnd)); err != nil {
		return err
	}
	if in.Reason == "" {
		return fault.NewInvalid("Say what the bank told")
	}
	return missing(f.DB.Write(ctx, "flow.FailPayment", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if done, err := f.failPayOut(ctx, tx, actor, book, in); done || err != nil {
				return "", err
			}
			r, p, err := f.Money.Treasury.Payments.RefundByRef(ctx, tx, book.Organisation, in.EndToEnd)
			if err != nil {
				return "", err
			}
			if err := policy.Can(actor, policy.MoneyWork, payerThing(p)); err != nil {
				return "", err
			}
			one, err := f.orders().Fail(ctx, tx, book.Organisation, in.EndToEnd, "", in.Reason)
			if err != nil {
				return "", err
			}
			if one.Order != in.Order {
				return "", fault.NewNotFound("")
			}
			report := pay.Report{Payment: p.ID, Kind: pay.RefundFailed, Key: r.Key, Amount: r.Amount, At: tx.Now()}
			result, err := f.Money.Treasury.Payments.Report(ctx, tx, book.Organisation, p.ID, f.today(tx), report)
			if err != nil {
				return "", err
			}
			if err := f.follows(ctx, tx, book, result); err != nil {
				return "", err
			}
			return "", f.oweAgain(ctx, tx, book, r)
		})
		return err
	}))
}
