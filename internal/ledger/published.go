package ledger

import (
	"context"
	"fmt"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// Month is what moved on an account in a month.
type Month struct {
	Month          string // 2026-03
	Code, Currency string
	Amount         int64 // debit positive
	Entries        int64
}

// Months sums what moved on accounts in each month up to and including a day, by month, code and currency.
func (l *Ledger) Months(ctx context.Context, tx *store.Tx, organisation string, codes []string, until calendar.Date) ([]Month, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	args := []any{organisation, until.String()}
	for _, c := range codes {
		args = append(args, c)
	}
	rows, err := tx.Query(ctx, `SELECT substr(l.value_day, 1, 7) AS month, a.code, a.currency, CAST(SUM(l.amount) AS BIGINT), COUNT(DISTINCT l.entry)
		FROM ledger_account a JOIN ledger_line l ON l.organisation = a.organisation AND l.account = a.id
		WHERE a.organisation = $1 AND l.value_day <= $2 AND a.code IN (`+store.Marks(3, len(codes))+`)
		GROUP BY substr(l.value_day, 1, 7), a.code, a.currency ORDER BY 1, 2, 3`, args...)
	list, err := store.Collect(rows, err, func(row store.Scanner) (m Month, err error) {
		err = row.Scan(&m.Month, &m.Code, &m.Currency, &m.Amount, &m.Entries)
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("summing the books by month: %w", err)
	}
	return list, nil
}

// Moved is a line of the books with what it moved.
type Moved struct {
	Entry          string
	No             int64
	Day            calendar.Date
	Code, Currency string
	Amount         int64 // debit positive
	About          string
}

// Moves lists the lines of accounts in the order of posting, at most limit after a place; only entry and number of the
// place count.
func (l *Ledger) Moves(ctx context.Context, tx *store.Tx, organisation string, codes []string, after Place, limit int) ([]Moved, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	args := []any{organisation, after.Entry, after.No, limit}
	for _, c := range codes {
		args = append(args, c)
	}
	rows, err := tx.Query(ctx, `SELECT l.entry, l.no, l.value_day, a.code, a.currency, l.amount, e.source_kind
		FROM ledger_line l JOIN ledger_account a ON a.organisation = l.organisation AND a.id = l.account
		JOIN ledger_entry e ON e.organisation = l.organisation AND e.id = l.entry
		WHERE l.organisation = $1 AND (l.entry > $2 OR l.entry = $2 AND l.no > $3) AND a.code IN (`+store.Marks(5, len(codes))+`)
		ORDER BY l.entry, l.no LIMIT $4`, args...)
	list, err := store.Collect(rows, err, func(row store.Scanner) (m Moved, err error) {
		var day string
		if err = row.Scan(&m.Entry, &m.No, &day, &m.Code, &m.Currency, &m.Amount, &m.About); err == nil {
			m.Day, err = parseDay(day)
		}
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing lines of the books: %w", err)
	}
	return list, nil
}
