package treasury

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/service"
	"stoa/internal/store"
)

// DayEntry is an entry of the day book.
type DayEntry struct {
	ID     string
	Value  calendar.Date
	Booked time.Time
	Text   string
	Source ledger.Source // leads to the bill, the payment, the line
	Lines  []DayLine
}

// Place is where the day book goes on after this entry.
func (e *DayEntry) Place() ledger.Place {
	return ledger.Place{Value: e.Value, Entry: e.ID, No: math.MaxInt64}
}

// DayLine is a line of an entry.
type DayLine struct {
	No      int64
	Account ledger.Account
	Amount  money.Amount // a debit is positive
}

// DayBook lists the entries that count on the days from and until, with their lines, in the order of days and of
// posting: at most limit, after a place (zero: from the first). More tells whether there are others.
func (t *Treasury) DayBook(ctx context.Context, tx *store.Tx, book *Book, from, until calendar.Date, after ledger.Place, limit int) (all []DayEntry, more bool, err error) {
	err = t.eachEntry(ctx, tx, book, from, until, after, func(e *DayEntry) (bool, error) {
		if more = len(all) == limit; !more {
			all = append(all, *e)
		}
		return !more, nil
	})
	return all, more, err
}

// cursor reads the statement of one account from page to page.
type cursor struct {
	page    ledger.Page
	account ledger.Account
	lines   []ledger.StatementLine
	more    bool
}

// readPage is how many lines of an account are held at a time.
const readPage = 500

func (c *cursor) fill(ctx context.Context, tx *store.Tx, l *ledger.Ledger) error {
	if len(c.lines) > 0 || !c.more {
		return nil
	}
	s, err := l.Statement(ctx, tx, c.page)
	if err != nil {
		return err
	}
	if c.lines, c.more = s.Lines, s.More; len(s.Lines) > 0 {
		c.page.After = s.Lines[len(s.Lines)-1].Place
	}
	return nil
}

// eachEntry gives every entry of the days, in order, until f wants no more. The ledger gives lines by account; since
// each account's are in one order, the entries come out of them whole.
func (t *Treasury) eachEntry(ctx context.Context, tx *store.Tx, book *Book, from, until calendar.Date, after ledger.Place, f func(*DayEntry) (bool, error)) error {
	accounts, err := t.Ledger.TrialBalance(ctx, tx, book.Organisation, ledger.As{})
	if err != nil {
		return err
	}
	var cursors []*cursor
	for _, a := range accounts {
		account, _ := book.Chart.Find(book.Organisation, a.Code)
		account.Code, account.Fund, account.Kind = a.Code, a.Fund, a.Kind // also of an account that the chart no longer has
		cursors = append(cursors, &cursor{account: account, more: true, page: ledger.Page{Organisation: book.Organisation, Code: a.Code,
			Currency: a.Balance.Currency, From: from, Until: until, After: after, Limit: readPage}})
	}
	for {
		next, err := t.nextEntry(ctx, tx, cursors)
		if err != nil || next == nil {
			return err
		}
		if more, err := f(next); err != nil || !more {
			return err
		}
	}
}

func (t *Treasury) nextEntry(ctx context.Context, tx *store.Tx, cursors []*cursor) (*DayEntry, error) {
	var next *DayEntry
	for _, c := range cursors {
		if err := c.fill(ctx, tx, t.Ledger); err != nil {
			return nil, err
		}
		if len(c.lines) == 0 {
			continue
		}
		if l := c.lines[0]; next == nil || cmp.Or(l.Value.Compare(next.Value), cmp.Compare(l.Entry, next.ID)) < 0 {
			next = &DayEntry{ID: l.Entry, Value: l.Value, Booked: l.Booked, Text: l.Text, Source: l.Source}
		}
	}
	if next == nil {
		return nil, nil
	}
	for _, c := range cursors {
		for len(c.lines) > 0 && c.lines[0].Entry == next.ID {
			next.Lines = append(next.Lines, DayLine{c.lines[0].No, c.account, c.lines[0].Amount})
			c.lines = c.lines[1:]
			if err := c.fill(ctx, tx, t.Ledger); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(next.Lines, func(a, b DayLine) int { return cmp.Compare(a.No, b.No) })
	return next, nil
}

// Balance is an account with what it holds.
type Balance struct {
	Account ledger.Account
	For     string       // the organisation whose income or expense it is
	Amount  money.Amount // a debit is positive
}

// TrialBalance gives all accounts at the end of a day, by currency and code; they sum to nothing in each currency.
func (t *Treasury) TrialBalance(ctx context.Context, tx *store.Tx, book *Book, day calendar.Date) ([]Balance, error) {
	rows, err := t.Ledger.TrialBalance(ctx, tx, book.Organisation, ledger.As{Value: day})
	if err != nil {
		return nil, err
	}
	all := make([]Balance, len(rows))
	for i, r := range rows {
		account, _ := book.Chart.Find(book.Organisation, r.Code)
		account.Code, account.Fund, account.Kind = r.Code, r.Fund, r.Kind
		all[i] = Balance{account, book.Owner(r.Code), r.Balance}
	}
	return all, nil
}

// Revenue is what came to be owed and what was paid on a day, on the bills of a service. All are positive where they go
// the usual way.
type Revenue struct {
	For      string // the organisation whose money it is
	Service  string
	Day      calendar.Date
	Currency string
	Charged  int64
	Credited int64 // taken back
	GivenUp  int64 // waived and written off
	Paid     int64 // less what was disputed
	PaidBack int64 // decided to be
}

// Revenue adds up what bills moved in the books between two days, by whose money it is, service and day.
func (t *Treasury) Revenue(ctx context.Context, tx *store.Tx, book *Book, from, until calendar.Date) ([]Revenue, error) {
	totals, err := bill.Figures{Bills: t.Bills}.Totals(ctx, tx, book.Organisation, from, until)
	if err != nil {
		return nil, err
	}
	var all []Revenue
	for _, m := range totals {
		last := len(all) - 1
		if last < 0 || all[last].For != m.For || all[last].Service != m.Service || all[last].Day != m.Day || all[last].Currency != m.Currency {
			all, last = append(all, Revenue{For: m.For, Service: m.Service, Day: m.Day, Currency: m.Currency}), last+1
		}
		all[last].add(m)
	}
	return all, nil
}

func (r *Revenue) add(m bill.Total) {
	switch m.Kind {
	case bill.MoveCharge:
		r.Charged += m.Amount
	case bill.MoveCredit:
		r.Credited -= m.Amount
	case bill.MoveWaiver, bill.MoveWriteOff:
		r.GivenUp -= m.Amount
	case bill.MovePayment, bill.MoveDispute:
		r.Paid -= m.Amount
	case bill.MoveRefund:
		r.PaidBack += m.Amount
	case bill.MoveTransfer: // within what is owed
	}
}

// Ageing divides everything that is owed now by how late it is on a day, by whose money it is and service.
func (t *Treasury) Ageing(ctx context.Context, tx *store.Tx, book *Book, day calendar.Date) ([]bill.Arrears, error) {
	return bill.Figures{Bills: t.Bills}.Ageing(ctx, tx, book.Organisation, day)
}

// Position is the money on one of the accounts where money lies, on one day.
type Position struct {
	Use     string // service.UseBank …
	Account string
	Day     calendar.Date
	Opening money.Amount
	In, Out money.Amount
	Closing money.Amount
}

// places are the accounts where money lies, or is on its way.
var places = []string{service.UseBank, service.UseCard, service.UseCash}

// CashPosition tells for each day what lay at the bank, with the card provider and in the tills, and what moved.
func (t *Treasury) CashPosition(ctx context.Context, tx *store.Tx, book *Book, from, until calendar.Date) ([]Position, error) {
	var all []Position
	for day := from; !day.After(until); {
		for _, use := range places {
			p, err := t.position(ctx, tx, book, use, day)
			if err != nil {
				return nil, err
			}
			all = append(all, p)
		}
		next, err := day.AddDays(1)
		if err != nil {
			return nil, fmt.Errorf("reading the cash position: %w", err)
		}
		day = next
	}
	return all, nil
}

func (t *Treasury) position(ctx context.Context, tx *store.Tx, book *Book, use string, day calendar.Date) (Position, error) {
	nothing := money.Amount{Currency: book.Currency}
	p := Position{Use: use, Account: book.Code(use), Day: day, In: nothing, Out: nothing}
	page := ledger.Page{Organisation: book.Organisation, Code: p.Account, Currency: book.Currency, From: day, Until: day, Limit: readPage}
	for {
		s, err := t.Ledger.Statement(ctx, tx, page)
		if err != nil {
			return p, err
		}
		p.Opening, p.Closing = s.Opening, s.Closing
		for _, l := range s.Lines {
			page.After = l.Place
			to, amount := &p.In, l.Amount
			if amount.Minor < 0 {
				to, amount.Minor = &p.Out, -amount.Minor
			}
			if *to, err = to.Add(amount); err != nil {
				return p, err
			}
		}
		if !s.More {
			return p, nil
		}
	}
}
