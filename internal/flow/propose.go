package flow

import (
	"context"
	"fmt"

	"stoa/internal/bill"
	"stoa/internal/fault"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// ProposeOnBill proposes what takes two persons: to waive, to write off, to agree on other instalments, to pay a credit back,
// to cancel.
type ProposeOnBill struct {
	Bill    string
	Version int64 // of the bill when the form was made
	Kind    string
	Terms   bill.Terms
	Key     string
}

// ProposeOnBill is for officers of the treasury. What is proposed must be possible now, and is held against the bill once
// more when it is decided.
func (f Finance) ProposeOnBill(ctx context.Context, actor policy.Actor, in ProposeOnBill) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	if err := policy.Can(actor, policy.MoneyWork, moneyThing(book, in.Bill)); err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.ProposeOnBill", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			b, err := f.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, in.Bill)
			if err != nil {
				return "", missing(err)
			}
			if err := policy.Can(actor, policy.MoneyWork, billThing(b, "")); err != nil { // nobody proposes on their own bill
				return "", err
			}
			if b.Version != in.Version {
				return "", fault.NewConflict(bill.ChangedMeanwhile)
			}
			p := &bill.Proposal{Kind: in.Kind, Proposer: actor.Person, Terms: in.Terms}
			if err := f.fits(ctx, tx, book, b, p); err != nil {
				return "", err
			}
			return p.ID, f.Money.Treasury.Bills.Propose(ctx, tx, b, p)
		})
		return err
	})
}

// fits reports whether a proposal can be carried out on the bill as it stands, and fills in what it leaves to us.
func (f *Flow) fits(ctx context.Context, tx *store.Tx, book *treasury.Book, b *bill.Bill, p *bill.Proposal) error {
	switch p.Kind {
	case bill.Waive, bill.WriteOff:
		owed := b.Balance
		if p.Component != "" {
			owed = min(owed, bill.Owed(b.Moves)[p.Component])
		}
		if p.Amount <= 0 || p.Amount > owed {
			return fault.NewInvalid("Enter an amount up to what is owed")
		}
	case bill.Arrange:
		left := b.Balance
		for _, i := range p.Plan {
			if i.Amount <= 0 || i.Due.Before(f.today(tx)) {
				return fault.NewInvalid("Each instalment has an amount and a day to come")
			}
			if i.Amount > left {
				return fault.NewInvalid("The instalments must make what is owed")
			}
			left -= i.Amount
		}
		if left != 0 || len(p.Plan) == 0 {
			return fault.NewInvalid("The instalments must make what is owed")
		}
	case bill.Refund:
		if p.Amount <= 0 || p.Amount > b.Credit() {
			return fault.NewInvalid("Enter an amount up to the payer's credit")
		}
		return f.refundable(ctx, tx, book, b, p)
	case bill.Cancel:
		if b.State == bill.Cancelled {
			return fault.NewConflict("This bill is cancelled already")
		}
	default:
		return fmt.Errorf("a proposal of kind %q", p.Kind)
	}
	return nil
}

// refundable finds the payment that a credit is paid back out of.
func (f *Flow) refundable(ctx context.Context, tx *store.Tx, book *treasury.Book, b *bill.Bill, p *bill.Proposal) error {
	payments, err := f.Money.Treasury.Payments.ForBill(ctx, tx, book.Organisation, b.ID)
	if err != nil {
		return err
	}
	for _, line := range payments {
		one, err := f.Money.Treasury.Payments.Get(ctx, tx, book.Organisation, line.ID) // with its refunds: what is promised is not left
		if err != nil {
			return err
		}
		if (p.Payment == "" || one.ID == p.Payment) && one.State == pay.StatePaid && one.Left().Minor >= p.Amount && one.Received.Currency == b.Currency {
			p.Payment = one.ID
			return nil
		}
	}
	return fault.NewInvalid("No one payment holds so much that can be paid back. Propose it in parts")
}

// DecideProposal approves or refuses what another has proposed, or withdraws one's own.
type DecideProposal struct {
	Bill, Proposal string
	Outcome        bill.Outcome
	Answer         string
	Key            string
}

// DecideProposal is for another supervisor than who proposed; withdrawing is for who did. What is approved is done at once.
func (f Finance) DecideProposal(ctx context.Context, actor policy.Actor, in DecideProposal) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.DecideProposal", func(ctx context.Context, tx *store.Tx) error {
		b, err := f.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, in.Bill)
		if err != nil {
			return missing(err)
		}
		p, err := f.Money.Treasury.Bills.Proposal(ctx, tx, b, in.Proposal)
		if err != nil {
			return missing(err)
		}
		right, thing := policy.MoneyApprove, moneyThing(book, in.Bill)
		thing.Owner, thing.Decider = b.Payer, p.Proposer
		if in.Outcome == bill.Withdrawn {
			right = policy.MoneyWork
		}
		if err := policy.Can(actor, right, thing); err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if in.Outcome == bill.Refused && in.Answer == "" {
				return "", fault.NewInvalid("Say why you refuse")
			}
			if err := f.Money.Treasury.Bills.Decide(ctx, tx, b, p, in.Outcome, actor.Person, in.Answer); err != nil {
				return "", err
			}
			if in.Outcome != bill.Approved {
				return "", nil
			}
			if err := f.fits(ctx, tx, book, b, p); err != nil {
				return "", err
			}
			return "", f.carryOutProposal(ctx, tx, book, b, p)
		})
		return err
	})
}

func (f *Flow) carryOutProposal(ctx context.Context, tx *store.Tx, book *treasury.Book, b *bill.Bill, p *bill.Proposal) error {
	t := f.Money.Treasury
	act := treasury.Act{Key: "proposal " + p.ID, Day: f.today(tx), By: p.Decider, Why: p.Reason}
	switch p.Kind {
	case bill.Waive:
		return t.Waive(ctx, tx, book, b, act, p.Component, p.Amount)
	case bill.WriteOff:
		return t.WriteOff(ctx, tx, book, b, act, p.Amount)
	case bill.Cancel:
		return t.Cancel(ctx, tx, book, b, act)
	case bill.Arrange:
		return t.Bills.Replan(ctx, tx, b, p.Plan, act.Day, p.Decider)
	}
	method := ""
	if p.IBAN != "" {
		method = pay.Bank
	}
	return f.oweRefund(ctx, tx, book, b, &pay.Refund{Payment: p.Payment, Key: "proposal " + p.ID, Method: method, Amount: amountOf(p.Amount, b.Currency), Reason: p.Reason}, act)
}

// MoveCredit moves a payer's credit from one bill to another that they owe.
type MoveCredit struct {
	From, To string // bills
	Amount   int64
	Key      string
}

// MoveCredit is for officers of the treasury.
func (f Finance) MoveCredit(ctx context.Context, actor policy.Actor, in MoveCredit) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	if err := policy.Can(actor, policy.MoneyWork, moneyThing(book, in.From)); err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.MoveCredit", func(ctx context.Context, tx *store.Tx) error {
		bills, err := f.Money.Treasury.Bills.GetAll(ctx, tx, book.Organisation, []string{in.From, in.To})
		if err != nil {
			return missing(err)
		}
		from, to := bills[0], bills[len(bills)-1] // they come in the order in which they are locked
		if from.ID != in.From {
			from, to = to, from
		}
		if err := policy.Can(actor, policy.MoneyWork, billThing(from, "")); err != nil { // a credit stays with its payer: one look is enough
			return err
		}
		act := treasury.Act{Key: "form " + in.Key, Day: f.today(tx), By: actor.Person}
		return f.Money.Treasury.Transfer(ctx, tx, book, from, to, act, in.Amount)
	})
}
