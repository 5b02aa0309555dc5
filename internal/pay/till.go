package pay

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// What a cashier may be told.
var (
	ErrTillOpen   = fault.NewConflict("You have a till open already. Close it first")
	ErrTillClosed = fault.NewConflict("This till is closed. Open one first")
	ErrTillEmpty  = fault.NewConflict("There is not so much money in the till")
)

// Tills is the way to the tills of the cash desk. Money goes in by Pay.Enter, with Method Cash and Till.
type Tills struct{ Vault *vault.Vault }

// Till is a cashier's drawer from its opening to its count.
type Till struct {
	ID, Organisation string
	Cashier          string // person; has one till open at most
	Float            money.Amount
	Opened, Closed   time.Time // zero Closed: open
	Day              calendar.Date
	Expected         money.Amount // float, what came in, less what went out; of a closed till, as it was then
	Counted          money.Amount
	Subject          string
	Note             string // sealed: the cashier's, on the difference

	sealed []byte
}

// Difference is what was counted more (or, negative, less) than expected.
func (t *Till) Difference() money.Amount {
	return money.Amount{Minor: t.Counted.Minor - t.Expected.Minor, Currency: t.Float.Currency}
}

// PayOut is money that left a till, for a refund.
type PayOut struct {
	ID, Till, Refund string
	At               time.Time
	Amount           money.Amount
}

// Open opens a till with the money it begins with; ErrTillOpen if the cashier has one. day is today at the place.
func (s *Tills) Open(ctx context.Context, tx *store.Tx, t *Till, day calendar.Date) error {
	if t.Float.Minor < 0 || t.Float.Minor > mostMinor {
		return ErrAmount
	}
	if _, err := money.MinorDigits(t.Float.Currency); err != nil {
		return fmt.Errorf("the currency of a till: %w", err)
	}
	subject, err := s.Vault.NewSubject(ctx, tx)
	if err != nil {
		return fmt.Errorf("opening a till: %w", err)
	}
	t.ID, t.Opened, t.Day, t.Subject, t.Expected = tx.NewID(), tx.Now(), day, subject, t.Float
	n, err := tx.Exec(ctx, `INSERT INTO pay_till (organisation, id, cashier, currency, float_amount, opened, opened_day, closed, expected, counted, subject, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, $8, $9) ON CONFLICT (organisation, cashier) WHERE closed = 0 DO NOTHING`,
		t.Organisation, t.ID, t.Cashier, t.Float.Currency, t.Float.Minor, store.Micros(t.Opened), dayText(day), subject, []byte{})
	if err != nil {
		return fmt.Errorf("opening a till: %w", err)
	}
	if n == 0 {
		return ErrTillOpen
	}
	return nil
}

const tillColumns = `organisation, id, cashier, currency, float_amount, opened, opened_day, closed, expected, counted, subject, sealed`

func scanTill(row store.Scanner) (*Till, error) {
	var t Till
	var opened, closed int64
	var day string
	err := row.Scan(&t.Organisation, &t.ID, &t.Cashier, &t.Float.Currency, &t.Float.Minor, &opened, &day, &closed, &t.Expected.Minor, &t.Counted.Minor, &t.Subject, &t.sealed)
	if err != nil {
		return nil, err
	}
	t.Opened, t.Closed, t.Expected.Currency, t.Counted.Currency = store.Time(opened), store.Time(closed), t.Float.Currency, t.Float.Currency
	t.Day, err = dayOf(day)
	return &t, err
}

// Get reads a till with what should be in it; in Write it is locked until commit, so that nothing goes in
// or out meanwhile. store.ErrNotFound if there is none.
func (s *Tills) Get(ctx context.Context, tx *store.Tx, organisation, id string) (*Till, error) {
	return s.one(ctx, tx, `organisation = $1 AND id = $2`, organisation, id)
}

// OfCashier reads the till that a cashier has open, as Get does.
func (s *Tills) OfCashier(ctx context.Context, tx *store.Tx, organisation, cashier string) (*Till, error) {
	return s.one(ctx, tx, `organisation = $1 AND cashier = $2 AND closed = 0`, organisation, cashier)
}

func (s *Tills) one(ctx context.Context, tx *store.Tx, where string, args ...any) (*Till, error) {
	t, err := scanTill(tx.QueryRow(ctx, `SELECT `+tillColumns+` FROM pay_till WHERE `+where+tx.Lock(), args...))
	if err != nil {
		return nil, fmt.Errorf("reading a till: %w", err)
	}
	return t, s.fill(ctx, tx, t)
}

func (s *Tills) fill(ctx context.Context, tx *store.Tx, t *Till) error {
	if t.Closed.IsZero() {
		var in, out int64
		err := tx.QueryRow(ctx, `SELECT (SELECT CAST(COALESCE(SUM(received), 0) AS BIGINT) FROM pay_payment WHERE organisation = $1 AND till = $2 AND till <> ''),
			(SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM pay_out WHERE organisation = $1 AND till = $2)`, t.Organisation, t.ID).Scan(&in, &out)
		if err != nil {
			return fmt.Errorf("summing a till: %w", err)
		}
		t.Expected.Minor = t.Float.Minor + in - out
	}
	return open(ctx, tx, s.Vault, t.Subject, "till "+t.ID, t.sealed, &t.Note)
}

// takes locks a till and says whether money of a currency may go in or out now.
func (s *Tills) takes(ctx context.Context, tx *store.Tx, organisation, id, currency string) error {
	t, err := s.Get(ctx, tx, organisation, id)
	switch {
	case err != nil:
		return err
	case !t.Closed.IsZero():
		return ErrTillClosed
	case t.Float.Currency != currency:
		return ErrAmount
	}
	return nil
}

// PayOut takes a cash refund out of a till, once: the same refund a second time changes nothing. Report
// then says Refunded.
func (s *Tills) PayOut(ctx context.Context, tx *store.Tx, till *Till, r *Refund) error {
	if r.Method != Cash || r.Organisation != till.Organisation {
		return fmt.Errorf("refund %s is not to be paid out in cash here", r.ID)
	}
	t, err := s.Get(ctx, tx, till.Organisation, till.ID)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `INSERT INTO pay_out (organisation, id, till, at, refund, amount) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (organisation, refund) DO NOTHING`, t.Organisation, tx.NewID(), t.ID, store.Micros(tx.Now()), r.ID, r.Amount.Minor)
	switch {
	case err != nil:
		return fmt.Errorf("paying a refund out: %w", err)
	case n == 0:
		return nil
	case !t.Closed.IsZero():
		return ErrTillClosed
	case t.Float.Currency != r.Amount.Currency:
		return ErrAmount
	case r.State != RefundIsOwed && r.State != RefundIsAsked:
		return ErrTooMuch
	case r.Amount.Minor > t.Expected.Minor:
		return ErrTillEmpty
	}
	till.Expected.Minor = t.Expected.Minor - r.Amount.Minor
	return nil
}

// Close counts a till and closes it. A difference is raised as an exception and is given by
// Till.Difference; ErrTillClosed if it was closed before.
func (s *Tills) Close(ctx context.Context, tx *store.Tx, organisation, id string, counted int64, note string) (*Till, error) {
	t, err := s.Get(ctx, tx, organisation, id)
	if err != nil {
		return nil, err
	}
	if !t.Closed.IsZero() {
		return nil, ErrTillClosed
	}
	if counted < 0 || counted > mostMinor {
		return nil, ErrAmount
	}
	sealed := []byte{}
	if note != "" {
		if sealed, err = seal(ctx, tx, s.Vault, t.Subject, "till "+t.ID, note); err != nil {
			return nil, err
		}
	}
	t.Closed, t.Counted.Minor, t.Note = tx.Now(), counted, note
	err = tx.Put(ctx, `UPDATE pay_till SET closed = $3, expected = $4, counted = $5, sealed = $6 WHERE organisation = $1 AND id = $2`,
		organisation, id, store.Micros(t.Closed), t.Expected.Minor, counted, sealed)
	if err != nil {
		return nil, fmt.Errorf("closing a till: %w", err)
	}
	if t.Difference().IsZero() {
		return t, nil
	}
	return t, (&Exceptions{s.Vault}).Raise(ctx, tx, &Exception{Organisation: organisation, Kind: TillDifference,
		Key: TillDifference + " " + t.ID, Event: t.ID, Amount: t.Difference(), Subject: t.Subject})
}

// OnDay lists the tills that were opened on a day, in the order of their opening.
func (s *Tills) OnDay(ctx context.Context, tx *store.Tx, organisation string, day calendar.Date) ([]*Till, error) {
	rows, err := tx.Query(ctx, `SELECT `+tillColumns+` FROM pay_till WHERE organisation = $1 AND opened_day = $2 ORDER BY id LIMIT 200`, organisation, dayText(day))
	all, err := store.Collect(rows, err, scanTill)
	if err != nil {
		return nil, fmt.Errorf("listing tills: %w", err)
	}
	for _, t := range all {
		if err := s.fill(ctx, tx, t); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Takings lists what came into a till, in the order of receipts; after is the last ID of the page before.
func (s *Tills) Takings(ctx context.Context, tx *store.Tx, organisation, till, after string, limit int) ([]*Payment, error) {
	return (&Pay{s.Vault}).lines(ctx, tx, `organisation = $1 AND till = $2 AND till <> '' AND id > $3 ORDER BY id LIMIT $4`, organisation, till, after, page(limit))
}

// PayOuts lists what went out of a till, oldest first, at most 200.
func (s *Tills) PayOuts(ctx context.Context, tx *store.Tx, organisation, till string) ([]PayOut, error) {
	rows, err := tx.Query(ctx, `SELECT pay_out.id, pay_out.till, pay_out.refund, pay_out.at, pay_out.amount, pay_till.currency FROM pay_out
		JOIN pay_till ON pay_till.organisation = pay_out.organisation AND pay_till.id = pay_out.till
		WHERE pay_out.organisation = $1 AND pay_out.till = $2 ORDER BY pay_out.id LIMIT 200`, organisation, till)
	all, err := store.Collect(rows, err, func(row store.Scanner) (o PayOut, err error) {
		var at int64
		err = row.Scan(&o.ID, &o.Till, &o.Refund, &at, &o.Amount.Minor, &o.Amount.Currency)
		o.At = store.Time(at)
		return o, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing pay-outs: %w", err)
	}
	return all, nil
}
