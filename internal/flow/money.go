package flow

import (
	"errors"

	"stoa/internal/bank"
	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/ledger"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/spend"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/treasury"
)

// Money is what the use cases of money need.
type Money struct {
	Treasury   *treasury.Treasury
	Exceptions *pay.Exceptions
	Tills      *pay.Tills
	Bank       *bank.Bank
	Taxes      *tax.Taxes
	Runs       tax.Runs
	Requests   *tax.Requests
	Providers  []pay.Provider // of card payments; the first takes new ones
	Spend      *spend.Spend   // nil where nothing is spent by a budget
	Drafts     ledger.Drafts  // entries that a person proposes and another posts
}

// errNoBooks is what asking for money comes to where none is kept.
var errNoBooks = fault.Wrap(errors.New("the jurisdiction has no money.yaml"), fault.NotFound, "")

// noBooks forgives what goes on by itself that there are none: then there is nothing to do.
func noBooks(err error) error {
	if errors.Is(err, errNoBooks) {
		return nil
	}
	return err
}

// book is the book of the jurisdiction in force.
func (f *Flow) book() (*treasury.Book, error) {
	j := f.Docket.Releases.Current()
	if f.Money == nil || j == nil || j.Money == nil {
		return nil, errNoBooks
	}
	return f.kept.Of(j)
}

// today is the civil day of the transaction.
func (f *Flow) today(tx *store.Tx) calendar.Date {
	return f.Docket.Releases.Current().Calendar.DateOf(tx.Now())
}

// workingDay is the day itself, or the next on which offices work; beyond the calendar's years it is the day itself.
func (f *Flow) workingDay(d calendar.Date) calendar.Date {
	if next, err := f.Docket.Releases.Current().Calendar.NextWorkingDay(d); err == nil {
		return next
	}
	return d
}

// moneyThing is what rights to the money depend on, whoever it is about.
func moneyThing(book *treasury.Book, id string) policy.Thing {
	return policy.Thing{Kind: "money", ID: id, Organisation: book.Organisation}
}

// billThing is a bill as rights see it. draft is the draft whose holder may see it, "" for none.
func billThing(b *bill.Bill, draft string) policy.Thing {
	return policy.Thing{Kind: "bill", ID: b.ID, Organisation: b.Organisation, Owner: b.Payer, Draft: draft, Service: b.About()}
}
