package ledger

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/store"
)

// As says what counts: entries with a value date up to Value, posted up to Booked. The zero value of either is no bound.
//
// An entry's instant is when its transaction began; what is asked about an instant is final once the transactions that
// began before it have ended.
type As struct {
	Value  calendar.Date
	Booked time.Time
}

func (a As) day() string {
	if a.Value.IsZero() {
		return lastDay
	}
	return a.Value.String()
}

// balanceColumns are two parts of an account's balance: the last running balance up to the day, and what was posted since
// it was written. $1 organisation, $2 day.
//
// They are read in one statement: between two, another transaction may fold one part into another.
const balanceColumns = `
	COALESCE((SELECT d.balance FROM ledger_day d WHERE d.organisation = $1 AND d.account = a.id AND d.day <= $2
		ORDER BY d.day DESC LIMIT 1), 0),
	COALESCE((SELECT CAST(SUM(p.amount) AS BIGINT) FROM ledger_pending p
		WHERE p.organisation = $1 AND p.account = a.id AND p.value_day <= $2), 0),`

// laterColumn is the part to take off: what was posted after an instant, $3. Where none is asked for it is left out, lest
// a plan made without knowing the instant reads all lines to find that there are none.
const laterColumn = `
	COALESCE((SELECT CAST(SUM(l.amount) AS BIGINT) FROM ledger_line l
		WHERE l.organisation = $1 AND l.account = a.id AND l.booked > $3 AND l.value_day <= $2), 0)`

// Balance is what an account holds: a debit is positive. An account that was never used holds nothing.
func (l *Ledger) Balance(ctx context.Context, tx *store.Tx, organisation, code, currency string, as As) (money.Amount, error) {
	rows, err := l.trial(ctx, tx, organisation, as, code, currency)
	if err != nil {
		return money.Amount{}, fmt.Errorf("reading the balance of account %s: %w", code, err)
	}
	if len(rows) == 0 {
		return money.Amount{Currency: currency}, nil
	}
	return rows[0].Balance, nil
}

// TrialRow is one account of a trial balance.
type TrialRow struct {
	Code    string
	Fund    string
	Kind    Kind
	Balance money.Amount
}

// TrialBalance gives the balance of every account of the organisation, by currency and code. In each currency they sum
// to zero.
func (l *Ledger) TrialBalance(ctx context.Context, tx *store.Tx, organisation string, as As) ([]TrialRow, error) {
	rows, err := l.trial(ctx, tx, organisation, as)
	if err != nil {
		return nil, fmt.Errorf("reading the trial balance of %s: %w", organisation, err)
	}
	return rows, nil
}

// trial reads one account, given by code and currency, or all.
func (l *Ledger) trial(ctx context.Context, tx *store.Tx, organisation string, as As, one ...any) ([]TrialRow, error) {
	args, later, where := []any{organisation, as.day()}, "0", ""
	if !as.Booked.IsZero() {
		args, later = append(args, store.Micros(as.Booked)), laterColumn
	}
	if len(one) > 0 {
		where = fmt.Sprintf(" AND a.code = $%d AND a.currency = $%d", len(args)+1, len(args)+2)
		args = append(args, one...)
	}
	rows, err := tx.Query(ctx, `SELECT a.code, a.fund, a.kind, a.currency,`+balanceColumns+later+`
		FROM ledger_account a WHERE a.organisation = $1`+where+` ORDER BY a.currency, a.code`, args...)
	return store.Collect(rows, err, func(row store.Scanner) (r TrialRow, err error) {
		var kind string
		var running, pending, later int64
		if err := row.Scan(&r.Code, &r.Fund, &kind, &r.Balance.Currency, &running, &pending, &later); err != nil {
			return r, err
		}
		r.Kind = Kind(kind)
		c := r.Balance.Currency
		if r.Balance, err = (money.Amount{Minor: running, Currency: c}).Add(money.Amount{Minor: pending, Currency: c}); err == nil {
			r.Balance, err = r.Balance.Sub(money.Amount{Minor: later, Currency: c})
		}
		return r, err
	})
}
