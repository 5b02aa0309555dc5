package pay

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/store"
)

const paymentColumns = `organisation, id, number, method, provider, ref, charge, payer, subject, draft, till, idem_key, state,
	currency, amount, got_currency, received, refunded, disputed, created, until, settled, day, next_ask, sealed`

type sealedPayment struct {
	*Payment
	sealed []byte
}

func scanPayment(row store.Scanner) (sealedPayment, error) {
	var p Payment
	var state, day string
	var created, until, settled, next int64
	s := sealedPayment{Payment: &p}
	err := row.Scan(&p.Organisation, &p.ID, &p.Number, &p.Method, &p.Provider, &p.Ref, &p.Charge, &p.Payer, &p.Subject, &p.Draft, &p.Till,
		&p.Key, &state, &p.Amount.Currency, &p.Amount.Minor, &p.Received.Currency, &p.Received.Minor, &p.Refunded.Minor, &p.Disputed.Minor,
		&created, &until, &settled, &day, &next, &s.sealed)
	if err != nil {
		return s, err
	}
	p.State, p.Refunded.Currency, p.Disputed.Currency = State(state), p.Received.Currency, p.Received.Currency
	p.Created, p.Until, p.Settled, p.nextAsk = store.Time(created), store.Time(until), store.Time(settled), store.Time(next)
	p.Day, err = dayOf(day)
	return s, err
}

// Get reads a payment whole; in Write it is locked until commit. store.ErrNotFound if there is none.
func (s *Pay) Get(ctx context.Context, tx *store.Tx, organisation, id string) (*Payment, error) {
	p, err := scanPayment(tx.QueryRow(ctx, `SELECT `+paymentColumns+` FROM pay_payment WHERE organisation = $1 AND id = $2`+tx.Lock(), organisation, id))
	if err != nil {
		return nil, fmt.Errorf("reading a payment: %w", err)
	}
	if err := open(ctx, tx, s.Vault, p.Subject, "payment "+p.ID, p.sealed, &p.Words); err != nil {
		return nil, err
	}
	if err := s.targets(ctx, tx, p.Payment); err != nil {
		return nil, err
	}
	if p.Refunds, err = s.refunds(ctx, tx, `organisation = $1 AND payment = $2 ORDER BY id`, organisation, id); err != nil {
		return nil, err
	}
	for i := range p.Refunds {
		if err := s.openRefund(ctx, tx, p.Subject, &p.Refunds[i]); err != nil {
			return nil, err
		}
	}
	rows, err := tx.Query(ctx, `SELECT name, currency, amount, state, opened, closed FROM pay_dispute WHERE organisation = $1 AND payment = $2 ORDER BY name`, organisation, id)
	p.Disputes, err = store.Collect(rows, err, func(row store.Scanner) (d Dispute, err error) {
		var opened, closed int64
		err = row.Scan(&d.Key, &d.Amount.Currency, &d.Amount.Minor, &d.State, &opened, &closed)
		d.Opened, d.Closed = store.Time(opened), store.Time(closed)
		return d, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the disputes of a payment: %w", err)
	}
	return p.Payment, nil
}

func (s *Pay) targets(ctx context.Context, tx *store.Tx, p *Payment) (err error) {
	rows, err := tx.Query(ctx, `SELECT bill, amount FROM pay_target WHERE organisation = $1 AND payment = $2 ORDER BY no`, p.Organisation, p.ID)
	p.Targets, err = store.Collect(rows, err, func(row store.Scanner) (t Target, err error) {
		return t, row.Scan(&t.Bill, &t.Amount)
	})
	if err != nil {
		return fmt.Errorf("reading what a payment pays: %w", err)
	}
	return nil
}

// ByNumber reads the payment of a receipt, as Get does.
func (s *Pay) ByNumber(ctx context.Context, tx *store.Tx, organisation, number string) (*Payment, error) {
	var id string
	err := tx.QueryRow(ctx, `SELECT id FROM pay_payment WHERE organisation = $1 AND number = $2 AND number <> ''`, organisation, number).Scan(&id)
	if err != nil {
		return nil, fmt.Errorf("finding a receipt: %w", err)
	}
	return s.Get(ctx, tx, organisation, id)
}

// lines lists payments with their words and targets, without refunds and disputes; their sums are there.
func (s *Pay) lines(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Payment, error) {
	rows, err := tx.Query(ctx, `SELECT `+paymentColumns+` FROM pay_payment WHERE `+where, args...)
	found, err := store.Collect(rows, err, scanPayment)
	if err != nil {
		return nil, fmt.Errorf("listing payments: %w", err)
	}
	var all []*Payment
	for _, p := range found {
		if err := open(ctx, tx, s.Vault, p.Subject, "payment "+p.ID, p.sealed, &p.Words); err != nil {
			return nil, err
		}
		if err := s.targets(ctx, tx, p.Payment); err != nil {
			return nil, err
		}
		all = append(all, p.Payment)
	}
	return all, nil
}

// page is how many rows a list gives at most.
func page(limit int) int {
	if limit <= 0 || limit > 200 {
		return 50
	}
	return limit
}

// last is an id after every other: where a list that begins with the newest begins.
const last = "~"

// Of lists a payer's payments, newest first; after is the last ID of the page before, "" for the first.
func (s *Pay) Of(ctx context.Context, tx *store.Tx, organisation, payer, after string, limit int) ([]*Payment, error) {
	if payer == "" {
		return nil, nil
	}
	if after == "" {
		after = last
	}
	return s.lines(ctx, tx, `organisation = $1 AND payer = $2 AND payer <> '' AND id < $3 ORDER BY id DESC LIMIT $4`, organisation, payer, after, page(limit))
}

// OfDraft lists what was paid, or set out to be, for a draft, newest first.
func (s *Pay) OfDraft(ctx context.Context, tx *store.Tx, organisation, draft string) ([]*Payment, error) {
	if draft == "" {
		return nil, nil
	}
	return s.lines(ctx, tx, `organisation = $1 AND draft = $2 AND draft <> '' ORDER BY id DESC LIMIT 50`, organisation, draft)
}

// ForBill lists the payments of a bill, newest first, at most 200.
func (s *Pay) ForBill(ctx context.Context, tx *store.Tx, organisation, bill string) ([]*Payment, error) {
	return s.lines(ctx, tx, `organisation = $1 AND id IN (SELECT payment FROM pay_target WHERE organisation = $1 AND bill = $2)
		ORDER BY id DESC LIMIT 200`, organisation, bill)
}

// OnDay lists the money that was booked on a day, oldest first; method "" is any, after as in Of.
func (s *Pay) OnDay(ctx context.Context, tx *store.Tx, organisation string, day calendar.Date, method, after string, limit int) ([]*Payment, error) {
	return s.lines(ctx, tx, `organisation = $1 AND day = $2 AND day <> '' AND id > $3 AND ($4 = '' OR method = $4) ORDER BY id LIMIT $5`,
		organisation, dayText(day), after, method, page(limit))
}

// Total is how much moved on a day, by one method in one currency.
type Total struct {
	Day      calendar.Date
	Method   string
	In, Out  money.Amount
	InCount  int64
	OutCount int64
}

// Totals sums what came in and what was paid back, by day, method and currency, on the days from and
// until, both included. A refund that came back later still counts on the day it went.
func (s *Pay) Totals(ctx context.Context, tx *store.Tx, organisation string, from, until calendar.Date) ([]Total, error) {
	rows, err := tx.Query(ctx, `SELECT day, method, money, CAST(SUM(came) AS BIGINT), CAST(SUM(comes) AS BIGINT), CAST(SUM(went) AS BIGINT), CAST(SUM(goes) AS BIGINT) FROM (
			SELECT day, method, got_currency AS money, received AS came, 1 AS comes, 0 AS went, 0 AS goes FROM pay_payment
				WHERE organisation = $1 AND day >= $2 AND day <= $3 AND day <> ''
			UNION ALL SELECT day, method, currency, 0, 0, amount, 1 FROM pay_refund
				WHERE organisation = $1 AND day >= $2 AND day <= $3 AND day <> '') AS moved
		GROUP BY day, method, money ORDER BY day, method, money`, organisation, dayText(from), dayText(until))
	all, err := store.Collect(rows, err, func(row store.Scanner) (t Total, err error) {
		var day string
		if err := row.Scan(&day, &t.Method, &t.In.Currency, &t.In.Minor, &t.InCount, &t.Out.Minor, &t.OutCount); err != nil {
			return t, err
		}
		t.Out.Currency = t.In.Currency
		t.Day, err = dayOf(day)
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("summing payments: %w", err)
	}
	return all, nil
}

// ToAsk lists ids of payments about which the provider should be asked now, the longest due first.
func (s *Pay) ToAsk(ctx context.Context, tx *store.Tx, organisation string, now time.Time, limit int) ([]string, error) {
	ids, err := store.Strings(ctx, tx, `SELECT id FROM pay_payment WHERE organisation = $1 AND next_ask <> 0 AND next_ask <= $2
		ORDER BY next_ask, id LIMIT $3`, organisation, store.Micros(now), page(limit))
	if err != nil {
		return nil, fmt.Errorf("listing payments to ask about: %w", err)
	}
	return ids, nil
}

// Ended lists ids of payments without money whose window ended before an instant.
func (s *Pay) Ended(ctx context.Context, tx *store.Tx, organisation string, before time.Time, limit int) ([]string, error) {
	ids, err := store.Strings(ctx, tx, `SELECT id FROM pay_payment WHERE organisation = $1 AND state IN ('created', 'open', 'failed') AND until < $2
		ORDER BY until, id LIMIT $3`, organisation, store.Micros(before), page(limit))
	if err != nil {
		return nil, fmt.Errorf("listing payments whose window has ended: %w", err)
	}
	return ids, nil
}
