package view

import (
	"context"
	"errors"
	"maps"
	"slices"

	"stoa/internal/bill"
	"stoa/internal/fault"
	"stoa/internal/pay"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// OdditiesAsk asks for a page of the queue of what did not fit.
type OdditiesAsk struct {
	Kind     string
	Resolved bool
	After    string
}

// Oddities is a page of that queue.
type Oddities struct {
	Kinds []MoneyCount // what is open
	Open  int
	Lines []OddityLine
	Next  string
}

// OddityLine is something that did not fit.
type OddityLine struct {
	ID, Kind, Title, Meaning string
	Amount                   string
	Times                    int
	At                       Instant
	Payment, Receipt         string // id and number of the payment; Receipt may be "" where no money came
	Bill, Number             string
	Till, Provider           string
	Resolved                 bool
	ResolvedAt               Instant
	By, How, Note            string
}

// OddityPage is one of them, with what can be done.
type OddityPage struct {
	MoneyRights
	OddityLine
	Credit bool // the bill holds a credit that can be moved or paid back
}

const oddPage = 50

// Oddities is for all who may read the money.
func (v MoneyDesk) Oddities(ctx context.Context, r Reader, ask OdditiesAsk) (o Oddities, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return o, err
	}
	err = v.read(ctx, "Oddities", func(ctx context.Context, tx *store.Tx) error {
		o = Oddities{}
		counts, err := v.Money.Exceptions.Counts(ctx, tx, book.Organisation)
		if err != nil {
			return err
		}
		for _, kind := range slices.Sorted(maps.Keys(counts)) {
			o.Kinds = append(o.Kinds, MoneyCount{kind, r.oddity(kind).Title, int(counts[kind])})
			o.Open += int(counts[kind])
		}
		list, err := v.Money.Exceptions.List(ctx, tx, pay.ExceptionQuery{Organisation: book.Organisation, Kind: ask.Kind, Resolved: ask.Resolved, After: ask.After, Limit: oddPage})
		if err != nil {
			return err
		}
		staff := v.names(r)
		for _, e := range list {
			line, err := v.oddityLine(ctx, tx, r, book, staff, e)
			if err != nil {
				return err
			}
			o.Lines = append(o.Lines, line)
		}
		if len(list) == oddPage {
			o.Next = list[oddPage-1].ID
		}
		return nil
	})
	return o, err
}

// Oddity is for all who may read the money.
func (v MoneyDesk) Oddity(ctx context.Context, r Reader, id string) (p OddityPage, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return p, err
	}
	err = v.read(ctx, "Oddity", func(ctx context.Context, tx *store.Tx) error {
		e, err := v.Money.Exceptions.Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		p = OddityPage{MoneyRights: r.moneyRights(book)}
		if p.OddityLine, err = v.oddityLine(ctx, tx, r, book, v.names(r), e); err != nil || e.Bill == "" {
			return err
		}
		b, err := v.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, e.Bill)
		if err == nil {
			p.Credit = b.Credit() > 0
		}
		return err
	})
	return p, err
}

func (v *View) oddityLine(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, staff *names, e *pay.Exception) (l OddityLine, err error) {
	words := r.oddity(e.Kind)
	l = OddityLine{ID: e.ID, Kind: e.Kind, Title: words.Title, Meaning: words.Meaning, Times: int(e.Count), At: r.instant(v.place(), e.Created),
		Payment: e.Payment, Bill: e.Bill, How: r.howResolved(e.How), Note: e.Note}
	if e.Amount.Minor != 0 {
		l.Amount = r.money(e.Amount.Minor, e.Amount.Currency)
	}
	switch e.Kind {
	case pay.TillDifference:
		l.Till = e.Event
	case pay.WrongSignature:
		l.Provider = e.Event
	}
	if !e.Open() {
		l.Resolved, l.ResolvedAt = true, r.instant(v.place(), e.Resolved)
		if l.By, err = staff.of(ctx, tx, e.By); err != nil {
			return l, err
		}
	}
	if e.Payment != "" {
		p, err := v.Money.Treasury.Payments.Get(ctx, tx, book.Organisation, e.Payment)
		if err != nil {
			return l, err
		}
		l.Receipt = p.Number
	}
	if e.Bill != "" {
		var b *bill.Bill
		if b, err = v.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, e.Bill); err == nil {
			l.Number = b.Number
		}
	}
	if errors.Is(err, store.ErrNotFound) {
		err = fault.NewInternal("reading the bill of an exception", err)
	}
	return l, err
}

// howResolved is the way in which something in the queue was ended, in words.
func (r Reader) howResolved(how string) string {
	for _, o := range r.WaysToResolve() {
		if o.Value == how {
			return o.Label
		}
	}
	switch how {
	case "found":
		return r.P.T("The payment became known")
	case "":
		return ""
	}
	return how
}

// WaysToResolve are what a person may say they did about something in the queue.
func (r Reader) WaysToResolve() []Option {
	p := r.P
	return []Option{
		{Value: "refunded", Label: p.T("The money is paid back")},
		{Value: "credited", Label: p.T("The money stays as a credit, or was moved to another bill")},
		{Value: "corrected", Label: p.T("It was corrected")},
		{Value: "answered", Label: p.T("The provider or the bank was asked and has answered")},
		{Value: "dismissed", Label: p.T("Nothing needs to be done")},
	}
}
