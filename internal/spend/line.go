package spend

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/store"
)

// What moves on a line.
const (
	Committed = "committed" // by contracts, grants and orders, and by what was approved without or beyond one
	Invoiced  = "invoiced"  // approved
	Paid      = "paid"
)

// Sums are what stands on a line, in minor units. Paid ≤ Invoiced ≤ Committed; what is left of a line is what it was given
// less Committed.
type Sums struct{ Committed, Invoiced, Paid int64 }

// Move is a change of one sum of a line.
type Move struct {
	ID string
	LineRef
	What       string // Committed, Invoiced, Paid
	Amount     int64
	Day        calendar.Date
	Commitment string
	Invoice    string
	Payment    string
	Entry      string // in the books; "" of what is committed
	At         time.Time
	By         string
}

// Lines is the way to what stands on lines of budgets.
type Lines struct{}

// Limits is what lines may spend, as their budgets say on the day.
type Limits map[LineRef]int64

// Over says that something goes beyond what it may: nothing was changed. With a reason it is allowed.
type Over struct {
	LineRef
	Contract bool // beyond the contract, grant or order; otherwise beyond the line
	By       money.Amount
}

// Error is for logs.
func (o *Over) Error() string {
	what := "line"
	if o.Contract {
		what = "contract on line"
	}
	return fmt.Sprintf("%s %s of %s exceeded by %s", what, o.Line, o.Year, o.By)
}

// FaultKind implements the interface of package fault.
func (*Over) FaultKind() fault.Kind { return fault.Conflict }

var msgTooLarge = i18n.Msg("The amounts are too large to be added up")

// lock reads a line's sums with a lock to the end of the transaction, and makes its row when there is none.
func lock(ctx context.Context, tx *store.Tx, organisation string, at LineRef) (s Sums, err error) {
	err = tx.Put(ctx, `INSERT INTO spend_line (organisation, year, line, committed, invoiced, paid) VALUES ($1, $2, $3, 0, 0, 0)
		ON CONFLICT (organisation, year, line) DO NOTHING`, organisation, at.Year, at.Line)
	if err == nil {
		err = tx.QueryRow(ctx, `SELECT committed, invoiced, paid FROM spend_line WHERE organisation = $1 AND year = $2 AND line = $3`+tx.Lock(),
			organisation, at.Year, at.Line).Scan(&s.Committed, &s.Invoiced, &s.Paid)
	}
	if err != nil {
		return s, fmt.Errorf("locking the budget line %s of %s: %w", at.Line, at.Year, err)
	}
	return s, nil
}

// column is the sum that a move changes.
var column = map[string]string{Committed: "committed", Invoiced: "invoiced", Paid: "paid"}

// move changes a line's sum and notes why. The line is locked.
func move(ctx context.Context, tx *store.Tx, organisation string, m Move) error {
	if m.Amount == 0 {
		return nil
	}
	sum := column[m.What]
	err := tx.Put(ctx, `UPDATE spend_line SET `+sum+` = `+sum+` + $4 WHERE organisation = $1 AND year = $2 AND line = $3`,
		organisation, m.Year, m.Line, m.Amount)
	if err == nil {
		err = tx.Put(ctx, `INSERT INTO spend_move (organisation, id, year, line, what, amount, day, commitment, invoice, payment, entry, at, by_whom)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, organisation, tx.NewID(), m.Year, m.Line, m.What, m.Amount, m.Day.String(),
			m.Commitment, m.Invoice, m.Payment, m.Entry, store.Micros(tx.Now()), m.By)
	}
	if err != nil {
		return fmt.Errorf("moving the budget line %s of %s: %w", m.Line, m.Year, err)
	}
	return nil
}

// Sums are what stands on every line of a year as of a day, by line; the zero day is no bound. A line on which nothing was
// done is not there.
func (l *Lines) Sums(ctx context.Context, tx *store.Tx, organisation, year string, until calendar.Date) (map[string]Sums, error) {
	if until.IsZero() {
		until = calendar.MaxDate
	}
	all := map[string]Sums{}
	rows, err := tx.Query(ctx, `SELECT line, what, CAST(SUM(amount) AS BIGINT) FROM spend_move
		WHERE organisation = $1 AND year = $2 AND day <= $3 GROUP BY line, what`, organisation, year, until.String())
	_, err = store.Collect(rows, err, func(row store.Scanner) (s struct{}, err error) {
		var line, what string
		var sum int64
		if err := row.Scan(&line, &what, &sum); err != nil {
			return s, err
		}
		x := all[line]
		x.add(what, sum)
		all[line] = x
		return s, nil
	})
	if err != nil {
		return nil, fmt.Errorf("adding up the lines of %s: %w", year, err)
	}
	return all, nil
}

func (s *Sums) add(what string, amount int64) {
	switch what {
	case Committed:
		s.Committed += amount
	case Invoiced:
		s.Invoiced += amount
	case Paid:
		s.Paid += amount
	}
}

// Moves lists the moves of a line, oldest first, after the id of a former page's last; "" from the beginning.
func (l *Lines) Moves(ctx context.Context, tx *store.Tx, organisation string, at LineRef, after string, limit int) ([]Move, error) {
	rows, err := tx.Query(ctx, `SELECT id, what, amount, day, commitment, invoice, payment, entry, at, by_whom FROM spend_move
		WHERE organisation = $1 AND year = $2 AND line = $3 AND id > $4 ORDER BY id LIMIT $5`, organisation, at.Year, at.Line, after, limit)
	all, err := store.Collect(rows, err, func(row store.Scanner) (m Move, err error) {
		var on string
		var when int64
		err = row.Scan(&m.ID, &m.What, &m.Amount, &on, &m.Commitment, &m.Invoice, &m.Payment, &m.Entry, &when, &m.By)
		m.LineRef, m.At = at, store.Time(when)
		if err == nil {
			m.Day, err = day(on)
		}
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the moves of a line: %w", err)
	}
	return all, nil
}
