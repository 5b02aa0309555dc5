package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/store"
)

// Page asks for an account's lines with value dates From to Until, at most Limit, after a place. From and Until zero are
// no bound.
type Page struct {
	Organisation, Code, Currency string
	From, Until                  calendar.Date
	After                        Place // zero: from the first line
	Limit                        int
}

// Place is a line's place in a statement: lines are in the order of value date, entry and number. It may travel in a link.
type Place struct {
	Value calendar.Date
	Entry string
	No    int64
}

// Statement is one page of an account. Opening and Closing are of the whole time asked for, not of the page.
type Statement struct {
	Opening, Closing money.Amount
	Lines            []StatementLine
	More             bool // the next page begins after the last line's Place
}

// StatementLine is one line with what leads to where it comes from.
type StatementLine struct {
	Place
	Booked  time.Time
	Text    string
	Source  Source
	Amount  money.Amount
	Balance money.Amount // after this line
}

// Statement reads a page of an account's statement. In a Read, its parts are of one state.
func (l *Ledger) Statement(ctx context.Context, tx *store.Tx, p Page) (*Statement, error) {
	s, err := l.statement(ctx, tx, p)
	if err != nil {
		return nil, fmt.Errorf("reading the statement of account %s: %w", p.Code, err)
	}
	return s, nil
}

func (l *Ledger) statement(ctx context.Context, tx *store.Tx, p Page) (*Statement, error) {
	if p.Limit < 1 {
		return nil, errors.New("a page has at least one line")
	}
	if p.From.IsZero() {
		p.From = calendar.MinDate
	}
	a, err := l.account(ctx, tx, accountKey{p.Organisation, p.Code, p.Currency})
	if err != nil {
		return nil, err
	}
	s := &Statement{Opening: money.Amount{Currency: p.Currency}, Closing: money.Amount{Currency: p.Currency}}
	if a == nil {
		return s, nil
	}
	if s.Opening, err = l.before(ctx, tx, p, p.From); err != nil {
		return nil, err
	}
	if s.Closing, err = l.Balance(ctx, tx, p.Organisation, p.Code, p.Currency, As{Value: p.Until}); err != nil {
		return nil, err
	}
	balance, err := l.at(ctx, tx, p, a, s.Opening)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `SELECT l.value_day, l.entry, l.no, l.booked, l.amount, e.text, e.source_kind, e.source_id
		FROM ledger_line l JOIN ledger_entry e ON e.organisation = l.organisation AND e.id = l.entry
		WHERE l.organisation = $1 AND l.account = $2 AND l.value_day >= $3 AND l.value_day <= $4
			AND (l.value_day, l.entry, l.no) > ($5, $6, $7)
		ORDER BY l.value_day, l.entry, l.no LIMIT $8`,
		p.Organisation, a.id, later(p.From, p.After.Value).String(), As{Value: p.Until}.day(),
		p.After.Value.String(), p.After.Entry, p.After.No, p.Limit+1)
	s.Lines, err = store.Collect(rows, err, func(row store.Scanner) (one StatementLine, err error) {
		var day string
		var booked int64
		one.Amount.Currency = p.Currency
		err = row.Scan(&day, &one.Entry, &one.No, &booked, &one.Amount.Minor, &one.Text, &one.Source.Kind, &one.Source.ID)
		if err != nil {
			return one, err
		}
		one.Booked = store.Time(booked)
		if one.Value, err = parseDay(day); err != nil {
			return one, err
		}
		balance, err = balance.Add(one.Amount)
		one.Balance = balance
		return one, err
	})
	if len(s.Lines) > p.Limit {
		s.Lines, s.More = s.Lines[:p.Limit], true
	}
	return s, err
}

func later(a, b calendar.Date) calendar.Date {
	if a.Before(b) {
		return b
	}
	return a
}

// before is the balance at the end of the day before.
func (l *Ledger) before(ctx context.Context, tx *store.Tx, p Page, day calendar.Date) (money.Amount, error) {
	last, err := day.AddDays(-1)
	if err != nil { // the first day there is
		return money.Amount{Currency: p.Currency}, nil
	}
	return l.Balance(ctx, tx, p.Organisation, p.Code, p.Currency, As{Value: last})
}

// at is the balance at the place where the page begins: of the day before, and that day's lines up to there.
func (l *Ledger) at(ctx context.Context, tx *store.Tx, p Page, a *account, opening money.Amount) (money.Amount, error) {
	if p.After.Value.Before(p.From) {
		return opening, nil
	}
	balance, err := l.before(ctx, tx, p, p.After.Value)
	if err != nil {
		return balance, err
	}
	day := money.Amount{Currency: p.Currency}
	err = tx.QueryRow(ctx, `SELECT COALESCE(CAST(SUM(amount) AS BIGINT), 0) FROM ledger_line
		WHERE organisation = $1 AND account = $2 AND value_day = $3 AND (entry, no) <= ($4, $5)`,
		p.Organisation, a.id, p.After.Value.String(), p.After.Entry, p.After.No).Scan(&day.Minor)
	if err != nil {
		return balance, err
	}
	return balance.Add(day)
}
