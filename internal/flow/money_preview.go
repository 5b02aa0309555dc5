package flow

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// Rehearsal shows what a proposal about a bill would do, without doing it.
type Rehearsal struct{ *Flow }

// ProposalPreview is what a proposal would do to a bill and to the books.
type ProposalPreview struct {
	Currency      string
	Before, After int64 // balance of the bill; less than nothing: the payer's credit
	Cancelled     bool  // the bill would be cancelled
	Lines         []PreviewLine
	Plan          []bill.Instalment // that would stand, where it is another
	Means         string            // a refund: card, bank, cash
}

// PreviewLine is what would be posted to an account; a debit is positive.
type PreviewLine struct {
	Account string
	Title   i18n.Text
	Amount  money.Amount
}

// errTakenBack ends a transaction of which nothing is to stay.
var errTakenBack = errors.New("a preview keeps nothing")

// PreviewProposal shows what ProposeOnBill would come to once it is approved. It is carried out and taken back, so what is
// shown is what will happen, as long as the bill stays as it is.
func (f Rehearsal) PreviewProposal(ctx context.Context, actor policy.Actor, in ProposeOnBill) (p ProposalPreview, err error) {
	book, err := f.book()
	if err != nil {
		return p, err
	}
	if err := policy.Can(actor, policy.MoneyWork, moneyThing(book, in.Bill)); err != nil {
		return p, err
	}
	err = f.DB.Write(ctx, "flow.PreviewProposal", func(ctx context.Context, tx *store.Tx) error {
		b, err := f.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, in.Bill)
		if err != nil {
			return missing(err)
		}
		if err := policy.Can(actor, policy.MoneyWork, billThing(b, "")); err != nil { // nobody proposes on their own bill
			return err
		}
		if b.Version != in.Version {
			return fault.NewConflict(bill.ChangedMeanwhile)
		}
		if in.Terms.Reason == "" {
			return fault.NewInvalid("Give the reasons")
		}
		one := &bill.Proposal{ID: tx.NewID(), Bill: b.ID, Kind: in.Kind, Proposer: actor.Person, Terms: in.Terms}
		if p, err = f.tryProposal(ctx, tx, actor, book, b, one); err != nil {
			return err
		}
		return errTakenBack
	})
	return p, previewed(err)
}

// PreviewDecision shows what approving a proposal would do. It is for all who may read the money.
func (f Rehearsal) PreviewDecision(ctx context.Context, actor policy.Actor, billID, id string) (p ProposalPreview, err error) {
	book, err := f.book()
	if err != nil {
		return p, err
	}
	err = f.DB.Write(ctx, "flow.PreviewDecision", func(ctx context.Context, tx *store.Tx) error {
		b, err := f.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, billID)
		if err != nil {
			return missing(err)
		}
		thing := moneyThing(book, billID)
		thing.Owner = b.Payer
		if err := policy.Can(actor, policy.MoneyRead, thing); err != nil {
			return err
		}
		one, err := f.Money.Treasury.Bills.Proposal(ctx, tx, b, id)
		if err != nil {
			return missing(err)
		}
		if one.Outcome != bill.Undecided {
			return fault.NewConflict("This proposal is decided already")
		}
		if p, err = f.tryProposal(ctx, tx, actor, book, b, one); err != nil {
			return err
		}
		return errTakenBack
	})
	return p, previewed(err)
}

// previewed is what is wrong with a preview: that nothing of it stays is right.
func previewed(err error) error {
	if errors.Is(err, errTakenBack) {
		return nil
	}
	return err
}

// tryProposal carries a proposal out in a transaction that is to be taken back, and says what happened.
func (f *Flow) tryProposal(ctx context.Context, tx *store.Tx, actor policy.Actor, book *treasury.Book, b *bill.Bill, one *bill.Proposal) (ProposalPreview, error) {
	p := ProposalPreview{Currency: b.Currency, Before: b.Balance}
	if err := f.fits(ctx, tx, book, b, one); err != nil {
		return p, err
	}
	moves := len(b.Moves)
	one.Decider = actor.Person
	if err := f.carryOutProposal(ctx, tx, book, b, one); err != nil {
		return p, err
	}
	after, err := f.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, b.ID)
	if err != nil {
		return p, err
	}
	p.After, p.Cancelled = after.Balance, after.State == bill.Cancelled && one.Kind == bill.Cancel
	if one.Kind == bill.Arrange {
		p.Plan = after.Plan
	}
	seen := ""
	for _, m := range after.Moves[moves:] {
		if m.Entry == seen {
			continue
		}
		seen = m.Entry
		entry, err := f.Money.Treasury.Ledger.Entry(ctx, tx, book.Organisation, m.Entry)
		if err != nil {
			return p, err
		}
		for _, l := range entry.Lines {
			account, _ := book.Chart.Find(book.Organisation, l.Account)
			p.Lines = append(p.Lines, PreviewLine{l.Account, account.Title, l.Amount})
		}
		if m.Kind == bill.MoveRefund {
			r, _, err := f.Money.Treasury.Payments.Refund(ctx, tx, book.Organisation, m.Of.ID)
			if err != nil {
				return p, err
			}
			p.Means = r.Method
		}
	}
	return p, nil
}

// The rhythms of instalments.
const (
	EveryWeek  = "week"
	EveryMonth = "month"
)

const mostInstalments = 60

// ArrangePlan makes equal instalments of what is owed, from a first day on; a day off gives way to the next working day.
// What does not divide evenly is paid with the last.
func (f Rehearsal) ArrangePlan(total int64, n int, first calendar.Date, every string) ([]bill.Instalment, error) {
	switch {
	case n < 1 || n > mostInstalments:
		return nil, fault.NewInvalid("Enter a number of instalments from 1 to 60")
	case first.IsZero():
		return nil, fault.NewInvalid("Enter the day of the first instalment")
	case every != EveryWeek && every != EveryMonth:
		return nil, fault.NewInvalid("Choose how often an instalment is due")
	case total < int64(n):
		return nil, fault.NewInvalid("There is not so much to be divided")
	}
	due := make([]calendar.Date, n)
	for i := range due {
		day, err := first.AddMonths(i)
		if every == EveryWeek {
			day, err = first.AddDays(7 * i)
		}
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "Enter the day of the first instalment")
		}
		due[i] = f.workingDay(day)
	}
	plan, err := bill.Instalments(total, due, 0, bill.Last)
	if err != nil {
		return nil, fmt.Errorf("arranging instalments: %w", err)
	}
	return plan, nil
}

// OfComponent narrows what is waived to one part of what is owed: principal, interest, penalty, costs.
func (in *ProposeOnBill) OfComponent(c string) { in.Terms.Component = bill.Component(c) }

// Choose sets the outcome by its word: approved, refused, withdrawn; another word is none.
func (in *DecideProposal) Choose(word string) bool {
	switch o := bill.Outcome(word); o {
	case bill.Approved, bill.Refused, bill.Withdrawn:
		in.Outcome = o
		return true
	}
	return false
}
