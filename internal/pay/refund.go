package pay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/store"
)

// Refund is money that is paid back.
type Refund struct {
	ID, Organisation, Payment string
	Key                       string // of a payment, one refund for each
	Amount                    money.Amount
	Method                    string // card: to the original means; bank: by a payment order; cash: at the till
	State                     string
	Ref                       string // bank: the EndToEnd id; cash: the pay-out
	Unasked                   bool   // made at the provider's, not by us
	Created, Settled          time.Time
	Day                       calendar.Date // of the booking, when it was done
	Reason                    string        // sealed

	sealed string // a string, so that two refunds compare
}

// States of a refund, in their order. One that failed stays so: another try is another refund.
const (
	RefundIsOwed   = "owed"
	RefundIsAsked  = "asked"
	RefundIsDone   = "done"
	RefundIsFailed = "failed"
)

var refundRank = map[string]int{RefundIsOwed: 1, RefundIsAsked: 2, RefundIsDone: 3, RefundIsFailed: 4}

// Owe promises a refund, within what is left of the payment, which it locks. The same Key gives the same
// refund once more. A refund of a payment that was made by card goes by card unless Method says otherwise.
func (s *Pay) Owe(ctx context.Context, tx *store.Tx, r *Refund) (again bool, err error) {
	p, err := s.Get(ctx, tx, r.Organisation, r.Payment)
	if err != nil {
		return false, err
	}
	if r.Key == "" {
		return false, errors.New("a refund needs a key")
	}
	if r.Method == "" {
		r.Method = p.Method
	}
	i := slices.IndexFunc(p.Refunds, func(x Refund) bool { return x.Key == r.Key })
	switch {
	case i >= 0 && p.Refunds[i].Amount == r.Amount && p.Refunds[i].Method == r.Method:
		*r = p.Refunds[i]
		return true, nil
	case i >= 0:
		return false, ErrKeyTaken
	case !sound(r.Amount) || r.Amount.Currency != p.Received.Currency:
		return false, ErrAmount
	case r.Amount.Minor > p.Left().Minor:
		return false, ErrTooMuch
	case r.Method == Card && p.Method != Card:
		return false, errors.New("only what came by card goes back to it")
	}
	r.State, r.Unasked, r.Created = RefundIsOwed, false, tx.Now()
	return false, s.putRefund(ctx, tx, p.Subject, r)
}

// Ordered notes that a refund is on its way: ref is how it will be known (a payment order's EndToEnd id).
func (s *Pay) Ordered(ctx context.Context, tx *store.Tx, organisation, id, ref string) error {
	n, err := tx.Exec(ctx, `UPDATE pay_refund SET state = $3, ref = $4 WHERE organisation = $1 AND id = $2 AND state IN ('owed', 'asked')`,
		organisation, id, RefundIsAsked, ref)
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("noting that a refund was ordered: %w", err)
	}
	return nil
}

// Refund reads a refund with its payment; in Write both are locked until commit.
func (s *Pay) Refund(ctx context.Context, tx *store.Tx, organisation, id string) (*Refund, *Payment, error) {
	return s.refundOf(ctx, tx, `organisation = $1 AND id = $2`, organisation, id)
}

// RefundByRef is Refund by what Ordered noted.
func (s *Pay) RefundByRef(ctx context.Context, tx *store.Tx, organisation, ref string) (*Refund, *Payment, error) {
	return s.refundOf(ctx, tx, `organisation = $1 AND ref = $2 AND ref <> ''`, organisation, ref)
}

func (s *Pay) refundOf(ctx context.Context, tx *store.Tx, where string, args ...any) (*Refund, *Payment, error) {
	found, err := s.refunds(ctx, tx, where+` LIMIT 1`, args...)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("reading a refund: %w", store.ErrNotFound)
	}
	if err != nil {
		return nil, nil, err
	}
	p, err := s.Get(ctx, tx, found[0].Organisation, found[0].Payment)
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(p.Refunds, func(x Refund) bool { return x.ID == found[0].ID })
	return &p.Refunds[i], p, nil // read again, under the payment's lock
}

// RefundsIn lists refunds in a state, oldest first, without their reasons; method "" is any, after is the
// last ID of the page before.
func (s *Pay) RefundsIn(ctx context.Context, tx *store.Tx, organisation, state, method, after string, limit int) ([]Refund, error) {
	return s.refunds(ctx, tx, `organisation = $1 AND state = $2 AND ($3 = '' OR method = $3) AND id > $4 ORDER BY id LIMIT $5`,
		organisation, state, method, after, page(limit))
}

// RefundsOn lists the refunds that were done on a day, oldest first, as RefundsIn does.
func (s *Pay) RefundsOn(ctx context.Context, tx *store.Tx, organisation string, day calendar.Date, method, after string, limit int) ([]Refund, error) {
	return s.refunds(ctx, tx, `organisation = $1 AND day = $2 AND day <> '' AND ($3 = '' OR method = $3) AND id > $4 ORDER BY id LIMIT $5`,
		organisation, dayText(day), method, after, page(limit))
}

func (s *Pay) putRefund(ctx context.Context, tx *store.Tx, subject string, r *Refund) error {
	if r.ID == "" {
		r.ID = tx.NewID()
	}
	var sealed []byte
	var err error
	if r.Reason != "" {
		if sealed, err = seal(ctx, tx, s.Vault, subject, "refund "+r.ID, r.Reason); err != nil {
			return err
		}
	}
	if sealed == nil {
		sealed = []byte{}
	}
	err = tx.Put(ctx, `INSERT INTO pay_refund (organisation, id, payment, idem_key, currency, amount, method, state, ref, unasked, created, settled, day, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		ON CONFLICT (organisation, id) DO UPDATE SET state = excluded.state, ref = excluded.ref, settled = excluded.settled, day = excluded.day`,
		r.Organisation, r.ID, r.Payment, r.Key, r.Amount.Currency, r.Amount.Minor, r.Method, r.State, r.Ref, r.Unasked,
		store.Micros(r.Created), store.Micros(r.Settled), dayText(r.Day), sealed)
	if err != nil {
		return fmt.Errorf("storing a refund: %w", err)
	}
	return nil
}

func (s *Pay) refunds(ctx context.Context, tx *store.Tx, where string, args ...any) ([]Refund, error) {
	rows, err := tx.Query(ctx, `SELECT organisation, id, payment, idem_key, currency, amount, method, state, ref, unasked, created, settled, day, sealed
		FROM pay_refund WHERE `+where, args...)
	all, err := store.Collect(rows, err, func(row store.Scanner) (r Refund, err error) {
		var created, settled int64
		var day string
		var sealed []byte
		err = row.Scan(&r.Organisation, &r.ID, &r.Payment, &r.Key, &r.Amount.Currency, &r.Amount.Minor, &r.Method, &r.State, &r.Ref, &r.Unasked,
			&created, &settled, &day, &sealed)
		if err != nil {
			return r, err
		}
		r.Created, r.Settled, r.sealed = store.Time(created), store.Time(settled), string(sealed)
		r.Day, err = dayOf(day)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading refunds: %w", err)
	}
	return all, nil
}

func (s *Pay) openRefund(ctx context.Context, tx *store.Tx, subject string, r *Refund) error {
	return open(ctx, tx, s.Vault, subject, "refund "+r.ID, []byte(r.sealed), &r.Reason)
}
