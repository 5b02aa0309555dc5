package view

import (
	"context"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// Period is a time from one day to another, both included.
type Period struct{ From, Until calendar.Date }

// PeriodShown is a period for people and for the form that asks for another.
type PeriodShown struct {
	From, Until       string
	FromISO, UntilISO string
}

func (r Reader) moneySpan(p Period) PeriodShown {
	return PeriodShown{r.date(p.From), r.date(p.Until), p.From.String(), p.Until.String()}
}

// errPeriod is what days that make no time give.
var errPeriod = fault.NewInvalid("The first day must not be after the last")

// whole fills a period that was asked for in part: today, or the month so far.
func (v *View) whole(tx *store.Tx, p Period, month bool) (Period, error) {
	if p.Until.IsZero() {
		p.Until = v.today(tx)
		if !p.From.IsZero() && p.From.After(p.Until) {
			p.Until = p.From
		}
	}
	if p.From.IsZero() {
		p.From = p.Until
		if month {
			first, err := calendar.NewDate(p.Until.Year(), p.Until.Month(), 1)
			if err != nil {
				return p, err
			}
			p.From = first
		}
	}
	if p.Until.Before(p.From) {
		return p, errPeriod
	}
	return p, nil
}

// DayBookAsk asks for a page of the day book. After is the Next of the page before.
type DayBookAsk struct {
	Period
	After string
}

// DayBook is what counts on some days, entry by entry.
type DayBook struct {
	PeriodShown
	Entries []EntryLine
	Next    string
}

// EntryLine is an entry of the books.
type EntryLine struct {
	ID, Day, Text string
	Booked        Instant
	Source        SourceLink
	Lines         []AccountLine
}

// AccountLine is what an entry does to an account.
type AccountLine struct {
	Code, Title   string
	Currency      string
	Debit, Credit string
}

const bookPage = 50

// DayBook is for all who may read the money.
func (v Books) DayBook(ctx context.Context, r Reader, ask DayBookAsk) (b DayBook, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return b, err
	}
	after, err := readPlace(ask.After)
	if err != nil {
		return b, err
	}
	err = v.read(ctx, "DayBook", func(ctx context.Context, tx *store.Tx) error {
		period, err := v.whole(tx, ask.Period, false)
		if err != nil {
			return err
		}
		b = DayBook{PeriodShown: r.moneySpan(period)}
		entries, more, err := v.Money.Treasury.DayBook(ctx, tx, book, period.From, period.Until, after, bookPage)
		for _, e := range entries {
			one := EntryLine{ID: e.ID, Day: r.date(e.Value), Text: e.Text, Booked: r.instant(v.place(), e.Booked), Source: r.source(e.Source.Kind, e.Source.ID)}
			for _, l := range e.Lines {
				one.Lines = append(one.Lines, v.accountLine(r, l.Account, l.Amount))
			}
			b.Entries = append(b.Entries, one)
		}
		if more {
			b.Next = placeText(entries[len(entries)-1].Place())
		}
		return err
	})
	return b, err
}

func (v *View) accountLine(r Reader, a ledger.Account, amount money.Amount) AccountLine {
	l := AccountLine{Code: a.Code, Title: r.textOf(v.place(), a.Title), Currency: amount.Currency}
	l.Debit, l.Credit = r.sides(amount.Minor, amount.Currency)
	return l
}

// Trial is every account at the end of a day.
type Trial struct {
	Day, DayISO string
	Parts       []TrialPart // by currency
}

// TrialPart is the accounts of one currency. Debits and credits are the same, or Off says by how much they are not.
type TrialPart struct {
	Currency      string
	Rows          []TrialRow
	Debit, Credit string
	Off           string
}

// TrialRow is an account with what it holds.
type TrialRow struct {
	AccountLine
	Kind, Fund, For string
}

// Trial is for all who may read the money; the zero day is today.
func (v Books) Trial(ctx context.Context, r Reader, day calendar.Date) (t Trial, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return t, err
	}
	err = v.read(ctx, "Trial", func(ctx context.Context, tx *store.Tx) error {
		if day.IsZero() {
			day = v.today(tx)
		}
		t = Trial{Day: r.date(day), DayISO: day.String()}
		rows, err := v.Money.Treasury.TrialBalance(ctx, tx, book, day)
		if err != nil {
			return err
		}
		for part := range slices.Values(byCurrency(rows)) {
			one, err := v.trialPart(r, part)
			if err != nil {
				return err
			}
			t.Parts = append(t.Parts, one)
		}
		return nil
	})
	return t, err
}

// byCurrency parts balances, which come by currency.
func byCurrency(rows []treasury.Balance) (parts [][]treasury.Balance) {
	for _, row := range rows {
		if last := len(parts) - 1; last >= 0 && parts[last][0].Amount.Currency == row.Amount.Currency {
			parts[last] = append(parts[last], row)
			continue
		}
		parts = append(parts, []treasury.Balance{row})
	}
	return parts
}

func (v *View) trialPart(r Reader, rows []treasury.Balance) (TrialPart, error) {
	j, currency := v.place(), rows[0].Amount.Currency
	p := TrialPart{Currency: currency}
	debit, credit := money.Amount{Currency: currency}, money.Amount{Currency: currency}
	for _, row := range rows {
		if row.Amount.IsZero() {
			continue
		}
		one := TrialRow{AccountLine: v.accountLine(r, row.Account, row.Amount), Kind: r.accountKind(row.Account.Kind)}
		one.Fund = v.fundTitle(r, row.Account.Fund)
		if row.For != "" {
			one.For = r.organisationName(j, row.For)
		}
		p.Rows = append(p.Rows, one)
		side := &debit
		if row.Amount.Minor < 0 {
			side = &credit
		}
		var err error
		if *side, err = side.Add(row.Amount); err != nil {
			return p, err
		}
	}
	sum, err := debit.Add(credit)
	if sum.Minor != 0 {
		p.Off = r.money(sum.Minor, currency)
	}
	p.Debit, p.Credit = r.money(debit.Minor, currency), r.money(-credit.Minor, currency)
	return p, err
}

func (v *View) fundTitle(r Reader, id string) string {
	for _, f := range v.place().Money.Funds {
		if f.ID == id {
			return r.words(v.place(), f.Title)
		}
	}
	return id
}

// EntryPage is an entry whole.
type EntryPage struct {
	EntryLine
	Reverses, ReversedBy string      // ids of entries
	Of                   []EntryLine // what else was posted for the same source, in the order of posting
}

// Entry is for all who may read the money.
func (v Books) Entry(ctx context.Context, r Reader, id string) (p EntryPage, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return p, err
	}
	err = v.read(ctx, "Entry", func(ctx context.Context, tx *store.Tx) error {
		e, err := v.Money.Treasury.Ledger.Entry(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		p = EntryPage{EntryLine: v.entryLine(r, book, e), Reverses: e.Reverses, ReversedBy: e.ReversedBy}
		others, err := v.Money.Treasury.Ledger.Of(ctx, tx, book.Organisation, e.Source)
		for _, o := range others {
			if o.ID != e.ID {
				p.Of = append(p.Of, v.entryLine(r, book, &o))
			}
		}
		return err
	})
	return p, err
}

func (v *View) entryLine(r Reader, book *treasury.Book, e *ledger.Booked) EntryLine {
	one := EntryLine{ID: e.ID, Day: r.date(e.Value), Text: e.Text, Booked: r.instant(v.place(), e.At), Source: r.source(e.Source.Kind, e.Source.ID)}
	for _, l := range e.Lines {
		account, ok := book.Chart.Find(book.Organisation, l.Account)
		if !ok {
			account.Code = l.Account
		}
		one.Lines = append(one.Lines, v.accountLine(r, account, l.Amount))
	}
	return one
}
