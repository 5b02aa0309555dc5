package bill

import (
	"context"
	"fmt"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// Account asks for a statement of everything that moved between two days on the bills of a payer, or about an object.
type Account struct {
	Organisation string
	Currency     string
	Payer        string // person id; or
	Object       string // number of the object
	From, Until  calendar.Date
	After        Line // the page after this line; zero: from the first
	Limit        int
}

// Line is a move on a statement.
type Line struct {
	Move
	Number  string // of the bill
	Service string
	Balance int64 // after this line
}

// Statement is a page of an account. Opening and Closing are of the whole time, not of the page.
type Statement struct {
	Opening, Closing int64
	Lines            []Line
	More             bool
}

// Statement reads a page: lines by day, bill and number. In a Read, its parts are of one state.
func (b *Bills) Statement(ctx context.Context, tx *store.Tx, a Account) (*Statement, error) {
	s, err := b.statement(ctx, tx, a)
	if err != nil {
		return nil, fmt.Errorf("reading a statement: %w", err)
	}
	return s, nil
}

func (b *Bills) statement(ctx context.Context, tx *store.Tx, a Account) (*Statement, error) {
	// The second comparison of each pair is what the partial index asks for.
	whose, column := a.Payer, "b.payer = $2 AND b.payer <> ''"
	if a.Object != "" {
		whose, column = a.Object, "b.object = $2 AND b.object <> ''"
	}
	// SQLite goes through a CROSS JOIN from left to right.
	from := ` FROM bill b CROSS JOIN bill_move m WHERE m.organisation = b.organisation AND m.bill = b.id
		AND b.organisation = $1 AND ` + column + ` AND b.currency = $3`
	shared := []any{a.Organisation, whose, a.Currency}
	until := a.Until
	if until.IsZero() {
		until = calendar.MaxDate
	}
	sum := func(condition string, more ...any) (n int64, err error) {
		err = tx.QueryRow(ctx, `SELECT COALESCE(CAST(SUM(m.amount) AS BIGINT), 0)`+from+condition, append(shared[:3:3], more...)...).Scan(&n)
		return n, err
	}
	var s Statement
	var err error
	if s.Opening, err = sum(` AND m.value_day < $4`, a.From.String()); err != nil {
		return nil, err
	}
	if s.Closing, err = sum(` AND m.value_day <= $4`, until.String()); err != nil {
		return nil, err
	}
	balance := s.Opening
	if !a.After.Value.IsZero() {
		balance, err = sum(` AND (m.value_day, m.bill, m.no) <= ($4, $5, $6)`, a.After.Value.String(), a.After.Bill, a.After.No)
		if err != nil {
			return nil, err
		}
	}
	rows, err := tx.Query(ctx, `SELECT `+moveColumns+`, b.number, b.service, b.subject`+from+` AND m.value_day >= $4 AND m.value_day <= $5
		AND (m.value_day, m.bill, m.no) > ($6, $7, $8) ORDER BY m.value_day, m.bill, m.no LIMIT $9`,
		append(shared[:3:3], a.From.String(), until.String(), a.After.Value.String(), a.After.Bill, a.After.No, a.Limit+1)...)
	type stored struct {
		Line
		sealed  []byte
		subject string
	}
	found, err := store.Collect(rows, err, func(row store.Scanner) (l stored, err error) {
		m, err := scanMove(row, &l.Number, &l.Service, &l.subject)
		l.Move, l.sealed = m.Move, m.sealed
		return l, err
	})
	if err != nil {
		return nil, err
	}
	if s.More = len(found) > a.Limit; s.More {
		found = found[:a.Limit]
	}
	for _, l := range found {
		m := storedMove{l.Move, l.sealed}
		if err := b.openWhy(ctx, tx, l.subject, &m); err != nil {
			return nil, err
		}
		balance += m.Amount
		l.Why, l.Balance = m.Why, balance
		s.Lines = append(s.Lines, l.Line)
	}
	return &s, nil
}
