package view

import (
	"errors"

	"stoa/internal/bank"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/ledger"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/spend"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/treasury"
)

// Money is where what is owed and paid is read.
type Money struct {
	Treasury   *treasury.Treasury
	Exceptions *pay.Exceptions
	Tills      *pay.Tills
	Bank       *bank.Bank
	Taxes      *tax.Taxes
	Cards      bool         // card payments can be made
	Spend      *spend.Spend // nil where nothing is spent by a budget
	Drafts     ledger.Drafts
}

// errNoBooks is what asking about money comes to where none is kept.
var errNoBooks = fault.Wrap(errors.New("the jurisdiction has no money.yaml"), fault.NotFound, "")

// book is the book of the jurisdiction in force.
func (v *View) book() (*treasury.Book, error) {
	j := v.place()
	if v.Money.Treasury == nil || j.Money == nil {
		return nil, errNoBooks
	}
	return treasury.NewBook(j)
}

// moneyReader asks for the right to read the money of the jurisdiction.
func (v *View) moneyReader(r Reader) (*treasury.Book, error) {
	book, err := v.book()
	if err != nil {
		return nil, err
	}
	return book, policy.Can(r.Actor, policy.MoneyRead, policy.Thing{Kind: "money", Organisation: book.Organisation})
}

// money writes an amount for the reader.
func (r Reader) money(minor int64, currency string) string { return r.P.Money(minor, currency) }

// today is the civil day of a transaction.
func (v *View) today(tx *store.Tx) calendar.Date { return v.place().Calendar.DateOf(tx.Now()) }

// billedTitle is the reader's word for what a bill's service or tax is called; the id where the files no longer have it.
func (v *View) billedTitle(r Reader, id string) string {
	j := v.place()
	for _, s := range j.Services {
		if s.Service == id {
			return r.words(j, s.Title)
		}
	}
	for _, t := range j.Taxes {
		if t.Tax == id {
			return r.words(j, t.Title)
		}
	}
	if reg := j.Registers[id]; reg != nil {
		return r.words(j, reg.Title)
	}
	return id
}

// textOf is a text of the files that was stored by language.
func (r Reader) textOf(j *service.Jurisdiction, by map[string]string) string {
	return r.words(j, service.Text{By: by})
}
