package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/store"
)

// account is the row of an account in one currency. It is written once.
type account struct {
	id         string
	code       string
	currency   string
	fund       string
	kind       Kind
	eitherSide bool
}

type accountKey struct{ organisation, code, currency string }

const accountColumns = `id, code, currency, fund, kind, either_side`

func scanAccount(row store.Scanner) (*account, error) {
	var a account
	var kind string
	if err := row.Scan(&a.id, &a.code, &a.currency, &a.fund, &kind, &a.eitherSide); err != nil {
		return nil, err
	}
	a.kind = Kind(kind)
	return &a, nil
}

// account finds the row of an account; nil when it was never opened.
func (l *Ledger) account(ctx context.Context, tx *store.Tx, key accountKey) (*account, error) {
	if a, ok := l.accounts.Load(key); ok {
		return a.(*account), nil
	}
	a, err := scanAccount(tx.QueryRow(ctx, `SELECT `+accountColumns+` FROM ledger_account
		WHERE organisation = $1 AND code = $2 AND currency = $3`, key.organisation, key.code, key.currency))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading account %s: %w", key.code, err)
	}
	if tx.Writable() { // it may be of this very transaction, and vanish with it
		tx.OnCommit(func() { l.accounts.Store(key, a) })
	}
	return a, nil
}

// opened gives the rows of the accounts that an entry moves, opening those that are not open.
func (l *Ledger) opened(ctx context.Context, tx *store.Tx, chart *Chart, e *Entry) (map[accountKey]*account, error) {
	all := make(map[accountKey]*account, len(e.Lines))
	var missing []accountKey
	for _, line := range e.Lines {
		key := accountKey{e.Organisation, line.Account, line.Amount.Currency}
		if _, done := all[key]; done {
			continue
		}
		a, err := l.account(ctx, tx, key)
		if err != nil {
			return nil, err
		}
		declared, known := chart.Find(key.organisation, key.code)
		switch {
		case !known:
			return nil, &Refusal{Why: ErrAccount, Account: key.code, Currency: key.currency}
		case a == nil:
			missing = append(missing, key)
		case a.kind != declared.Kind || a.fund != declared.Fund || a.eitherSide != declared.EitherSide:
			return nil, &Refusal{Why: ErrChart, Account: key.code, Currency: key.currency}
		}
		all[key] = a
	}
	// In one order, so that two transactions that open the same accounts wait for each other only one way round.
	slices.SortFunc(missing, func(a, b accountKey) int {
		return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.currency, b.currency))
	})
	for _, key := range missing {
		declared, _ := chart.Find(key.organisation, key.code)
		a, err := l.open(ctx, tx, declared, key)
		if err != nil {
			return nil, err
		}
		all[key] = a
	}
	return all, nil
}

func (l *Ledger) open(ctx context.Context, tx *store.Tx, a Account, key accountKey) (*account, error) {
	err := tx.Put(ctx, `INSERT INTO ledger_account (organisation, id, code, currency, fund, kind, either_side, opened)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (organisation, code, currency) DO NOTHING`,
		a.Organisation, tx.NewID(), a.Code, key.currency, a.Fund, string(a.Kind), a.EitherSide, store.Micros(tx.Now()))
	if err != nil {
		return nil, fmt.Errorf("opening account %s: %w", a.Code, err)
	}
	row, err := l.account(ctx, tx, key)
	if err == nil && row == nil {
		err = fmt.Errorf("account %s is not there after it was opened", a.Code)
	}
	return row, err
}

// lockAccounts holds the rows until commit, in the order of their ids. SQLite's one writer needs no lock.
func lockAccounts(ctx context.Context, tx *store.Tx, organisation string, ids []string) error {
	lock := tx.Lock()
	if lock == "" {
		return nil
	}
	args := []any{organisation}
	for _, id := range ids {
		args = append(args, id)
	}
	_, err := store.Strings(ctx, tx, `SELECT id FROM ledger_account WHERE organisation = $1 AND id IN (`+
		store.Marks(2, len(ids))+`) ORDER BY id`+lock, args...)
	if err != nil {
		return fmt.Errorf("locking accounts: %w", err)
	}
	return nil
}

// An account takes more on either side without a lock and without a look at its balance, as long as a line is small and
// the balance is far from what 64 bits hold. What is not small is checked against limit under the account's lock, and
// from limit on it takes four million lines of the largest small amount to pass 64 bits.
const (
	small = 1 << 40
	limit = 1 << 62
)

// guarded tells whether the account must be locked and looked at before net is posted to it.
func (a *account) guarded(net int64) bool {
	shrinks := a.kind.Debit() == (net < 0)
	return net != 0 && (!a.eitherSide && shrinks || net > small || net < -small)
}

// allows checks the balances that net would make, from the value date on.
func (a *account) allows(s span, net int64, day calendar.Date) error {
	low, errLow := plus(s.low, net)
	high, errHigh := plus(s.high, net)
	if errLow != nil || errHigh != nil || low < -limit || high > limit {
		return &Refusal{Why: ErrTooLarge, Account: a.code, Currency: a.currency, Day: day, Detail: "the balance"}
	}
	if a.eitherSide || a.kind.Debit() && low >= 0 || !a.kind.Debit() && high <= 0 {
		return nil
	}
	return &Refusal{Why: ErrSide, Account: a.code, Currency: a.currency, Day: day}
}

// plus is a + b, or ErrTooLarge.
func plus(a, b int64) (int64, error) {
	sum, err := money.Amount{Minor: a}.Add(money.Amount{Minor: b})
	if err != nil {
		return 0, &Refusal{Why: ErrTooLarge, Detail: "a balance"}
	}
	return sum.Minor, nil
}
