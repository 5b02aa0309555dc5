package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"stoa/internal/store"
)

// Fold brings running balances up to date with what was posted, for at most so many accounts, and tells how many there
// were. Balances are right without it; they are only slower to read, by the entries since. A worker calls it again
// while it gives the number asked for, and then every second or so.
func (l *Ledger) Fold(ctx context.Context, tx *store.Tx, accounts int) (int, error) {
	due, err := pendingAccounts(ctx, tx, `SELECT DISTINCT organisation, account FROM ledger_pending
		ORDER BY organisation, account LIMIT $1`, accounts)
	if err != nil {
		return 0, err
	}
	for _, a := range due {
		if err := lockAccounts(ctx, tx, a[0], []string{a[1]}); err != nil {
			return 0, err
		}
		if err := fold(ctx, tx, a[0], a[1]); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

func pendingAccounts(ctx context.Context, tx *store.Tx, query string, args ...any) ([][2]string, error) {
	rows, err := tx.Query(ctx, query, args...)
	due, err := store.Collect(rows, err, func(row store.Scanner) (a [2]string, err error) {
		return a, row.Scan(&a[0], &a[1])
	})
	if err != nil {
		return nil, fmt.Errorf("listing accounts to fold: %w", err)
	}
	return due, nil
}

// fold brings one account up to date. The caller holds its lock.
func fold(ctx context.Context, tx *store.Tx, organisation, account string) error {
	type move struct {
		day    string
		amount int64
	}
	rows, err := tx.Query(ctx, `DELETE FROM ledger_pending WHERE organisation = $1 AND account = $2
		RETURNING value_day, amount`, organisation, account)
	moves, err := store.Collect(rows, err, func(row store.Scanner) (m move, err error) {
		return m, row.Scan(&m.day, &m.amount)
	})
	if err != nil {
		return fmt.Errorf("folding an account: %w", err)
	}
	net := map[string]int64{}
	for _, m := range moves {
		if net[m.day], err = plus(net[m.day], m.amount); err != nil {
			return fmt.Errorf("folding an account: %w", err)
		}
	}
	for _, day := range slices.Sorted(maps.Keys(net)) {
		if err := addDay(ctx, tx, organisation, account, day, net[day]); err != nil {
			return fmt.Errorf("folding an account: %w", err)
		}
	}
	return nil
}

// addDay raises the balance of the day and of all later ones.
func addDay(ctx context.Context, tx *store.Tx, organisation, account, day string, amount int64) error {
	if amount == 0 {
		return nil
	}
	s, err := spanFrom(ctx, tx, organisation, account, day)
	if err != nil {
		return err
	}
	// SQLite would make a float of a sum that does not fit.
	if _, err := plus(s.low, amount); err != nil {
		return err
	}
	if _, err := plus(s.high, amount); err != nil {
		return err
	}
	if s.last != day {
		_, err := tx.Exec(ctx, `INSERT INTO ledger_day (organisation, account, day, balance) VALUES ($1, $2, $3, $4)`,
			organisation, account, day, s.balance)
		if err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `UPDATE ledger_day SET balance = balance + $4 WHERE organisation = $1 AND account = $2 AND day >= $3`,
		organisation, account, day, amount)
	return err
}

// span is an account's running balance at the end of a day, and the range in which it moves from then on.
type span struct {
	last      string // latest day up to the one asked for that has a row; "" for none
	balance   int64
	low, high int64
}

func spanFrom(ctx context.Context, tx *store.Tx, organisation, account, day string) (span, error) {
	var s span
	var last *string
	var balance, low, high *int64
	err := tx.QueryRow(ctx, `SELECT MIN(balance), MAX(balance),
			(SELECT day FROM ledger_day WHERE organisation = $1 AND account = $2 AND day <= $3 ORDER BY day DESC LIMIT 1),
			(SELECT balance FROM ledger_day WHERE organisation = $1 AND account = $2 AND day <= $3 ORDER BY day DESC LIMIT 1)
		FROM ledger_day WHERE organisation = $1 AND account = $2 AND day > $3`, organisation, account, day).
		Scan(&low, &high, &last, &balance)
	if err != nil {
		return s, fmt.Errorf("reading running balances: %w", err)
	}
	if last != nil {
		s.last, s.balance = *last, *balance
	}
	s.low, s.high = s.balance, s.balance
	if low != nil {
		s.low, s.high = min(s.low, *low), max(s.high, *high)
	}
	return s, nil
}
