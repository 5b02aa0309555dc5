package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"stoa/internal/store"
)

// Fold brings the running balances of accounts with at least so many entries waiting up to date, for a number of accounts,
// and tells how many it did. Balances are right without it, only slower to read by what waits. A worker calls it again
// while it did as many as it was asked for, and then after a second or so; Enough is a good least.
func (l *Ledger) Fold(ctx context.Context, tx *store.Tx, accounts, least int) (int, error) {
	due, err := pendingAccounts(ctx, tx, `SELECT organisation, account FROM ledger_pending
		GROUP BY organisation, account HAVING COUNT(*) >= $1 ORDER BY organisation, account LIMIT $2`, least, accounts)
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

// Enough entries wait for an account when folding them costs less than a tenth of what posting them did. Adding them up
// takes some 50 µs of a read.
const Enough = 50

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
	if _, err := s.shifted(amount); err != nil { // SQLite would make a float of it
		return err
	}
	if s.last != day {
		err := tx.Put(ctx, `INSERT INTO ledger_day (organisation, account, day, balance) VALUES ($1, $2, $3, $4)`,
			organisation, account, day, s.balance)
		if err != nil {
			return err
		}
	}
	err = tx.Put(ctx, `UPDATE ledger_day SET balance = balance + $4 WHERE organisation = $1 AND account = $2 AND day >= $3`,
		organisation, account, day, amount)
	return err
}

// span is an account's running balance at the end of a day, and the range in which it moves from then on.
type span struct {
	last      string // latest day up to the one asked for that has a row; "" for none
	balance   int64
	low, high int64
}

// shifted is the span after an amount on its day or before.
func (s span) shifted(by int64) (_ span, err error) {
	for _, n := range []*int64{&s.balance, &s.low, &s.high} {
		if *n, err = plus(*n, by); err != nil {
			return s, err
		}
	}
	return s, nil
}

func spanFrom(ctx context.Context, tx *store.Tx, organisation, account, day string) (span, error) {
	s, _, err := spanAndWaiting(ctx, tx, organisation, account, day)
	return s, err
}

// waiting is what is still to be folded.
type waiting struct {
	entries int64
	sum     int64
	lastDay string
}

func spanAndWaiting(ctx context.Context, tx *store.Tx, organisation, account, day string) (s span, w waiting, err error) {
	var last, lastWaiting *string
	var balance, low, high *int64
	err = tx.QueryRow(ctx, `SELECT d.low, d.high, p.entries, p.total, p.last_day,
			(SELECT day FROM ledger_day WHERE organisation = $1 AND account = $2 AND day <= $3 ORDER BY day DESC LIMIT 1),
			(SELECT balance FROM ledger_day WHERE organisation = $1 AND account = $2 AND day <= $3 ORDER BY day DESC LIMIT 1)
		FROM (SELECT MIN(balance) AS low, MAX(balance) AS high FROM ledger_day
				WHERE organisation = $1 AND account = $2 AND day > $3) d,
			(SELECT COUNT(*) AS entries, COALESCE(CAST(SUM(amount) AS BIGINT), 0) AS total, MAX(value_day) AS last_day
				FROM ledger_pending WHERE organisation = $1 AND account = $2) p`, organisation, account, day).
		Scan(&low, &high, &w.entries, &w.sum, &lastWaiting, &last, &balance)
	if err != nil {
		return s, w, fmt.Errorf("reading running balances: %w", err)
	}
	if last != nil {
		s.last, s.balance = *last, *balance
	}
	s.low, s.high = s.balance, s.balance
	if low != nil {
		s.low, s.high = min(s.low, *low), max(s.high, *high)
	}
	if lastWaiting != nil {
		w.lastDay = *lastWaiting
	}
	return s, w, nil
}

// standing is the span with everything that waits. The caller holds the account's lock.
func standing(ctx context.Context, tx *store.Tx, organisation, account, day string) (span, error) {
	s, w, err := spanAndWaiting(ctx, tx, organisation, account, day)
	if err != nil {
		return s, err
	}
	if w.entries < Enough && w.lastDay <= day { // all of it counts on the day and on every later one
		return s.shifted(w.sum)
	}
	if err := fold(ctx, tx, organisation, account); err != nil {
		return s, err
	}
	return spanFrom(ctx, tx, organisation, account, day)
}
