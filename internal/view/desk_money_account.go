package view

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/ledger"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// AccountAsk asks for a page of an account. The zero days are no bound; Currency "" is the place's.
type AccountAsk struct {
	Period
	Code, Currency string
	After          string
}

// AccountPage is what moved on an account, line by line.
type AccountPage struct {
	PeriodShown
	Code, Title, Kind, Fund, For string
	Currency                     string
	Currencies                   []string // in which it was ever used
	Opening, Closing             AccountLine
	Lines                        []AccountMove
	Next                         string
	Paged                        bool // not the first page
}

// AccountMove is one line.
type AccountMove struct {
	Day, Entry, Text       string
	Source                 SourceLink
	Debit, Credit, Balance string
	OnCredit               bool // the balance is a credit
}

// MoneyAccount is for all who may read the money.
func (v Books) MoneyAccount(ctx context.Context, r Reader, ask AccountAsk) (a AccountPage, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return a, err
	}
	after, err := readPlace(ask.After)
	if err != nil {
		return a, err
	}
	if !ask.From.IsZero() && !ask.Until.IsZero() && ask.Until.Before(ask.From) {
		return a, errPeriod
	}
	account, ok := book.Chart.Find(book.Organisation, ask.Code)
	if !ok {
		return a, fault.NewNotFound("")
	}
	if ask.Currency == "" {
		ask.Currency = book.Currency
	}
	err = v.read(ctx, "MoneyAccount", func(ctx context.Context, tx *store.Tx) error {
		a = AccountPage{PeriodShown: r.moneySpan(ask.Period), Code: account.Code, Title: r.textOf(v.place(), account.Title), Kind: r.accountKind(account.Kind),
			Fund: v.fundTitle(r, account.Fund), Currency: ask.Currency, Paged: ask.After != ""}
		if owner := book.Owner(account.Code); owner != "" {
			a.For = r.organisationName(v.place(), owner)
		}
		if a.Currencies, err = v.currenciesOf(ctx, tx, book, account.Code); err != nil {
			return err
		}
		if !slices.Contains(a.Currencies, ask.Currency) && ask.Currency != book.Currency {
			return fault.NewNotFound("")
		}
		s, err := v.Money.Treasury.Ledger.Statement(ctx, tx, ledger.Page{Organisation: book.Organisation, Code: account.Code, Currency: ask.Currency,
			From: ask.From, Until: ask.Until, After: after, Limit: bookPage})
		if err != nil {
			return err
		}
		a.Opening, a.Closing = v.accountLine(r, account, s.Opening), v.accountLine(r, account, s.Closing)
		for _, l := range s.Lines {
			one := AccountMove{Day: r.date(l.Value), Entry: l.Entry, Text: l.Text, Source: r.source(l.Source.Kind, l.Source.ID),
				Balance: r.money(max(l.Balance.Minor, -l.Balance.Minor), ask.Currency), OnCredit: l.Balance.Minor < 0}
			one.Debit, one.Credit = r.sides(l.Amount.Minor, ask.Currency)
			a.Lines = append(a.Lines, one)
		}
		if s.More {
			a.Next = placeText(s.Lines[len(s.Lines)-1].Place)
		}
		return nil
	})
	return a, err
}

func (v *View) currenciesOf(ctx context.Context, tx *store.Tx, book *treasury.Book, code string) (list []string, err error) {
	rows, err := v.Money.Treasury.Ledger.TrialBalance(ctx, tx, book.Organisation, ledger.As{})
	for _, row := range rows {
		if row.Code == code {
			list = append(list, row.Balance.Currency)
		}
	}
	return list, err
}

// placeText is a place in a list of lines, for a link.
func placeText(p ledger.Place) string {
	return p.Value.String() + "." + p.Entry + "." + strconv.FormatInt(p.No, 10)
}

// readPlace is placeText reversed; "" is the beginning.
func readPlace(text string) (p ledger.Place, err error) {
	if text == "" {
		return p, nil
	}
	day, rest, _ := strings.Cut(text, ".")
	entry, no, _ := strings.Cut(rest, ".")
	if p.Value, err = calendar.ParseISO(day); err == nil {
		p.Entry = entry
		p.No, err = strconv.ParseInt(no, 10, 64)
	}
	if err != nil || entry == "" {
		return ledger.Place{}, fault.Wrap(err, fault.NotFound, "")
	}
	return p, nil
}
