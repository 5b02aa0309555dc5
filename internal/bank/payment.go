package bank

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stoa/internal/bankfile"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/store"
)

const (
	orderPlace   = "bank order "
	paymentPlace = "bank payment "
	filePlace    = "bank order file "

	orderColumns = `id, organisation, number, state, currency, total, payments, created, created_by, proposed, proposed_by, decided, decided_by,
	exported, exported_by, file_hash, version, subject, sealed`
)

var msgPaymentMoved = i18n.Msg("Payment {id} has gone another way meanwhile")

type sealedOrder struct {
	*Order
	sealed []byte
}

func scanOrder(row store.Scanner) (s sealedOrder, err error) {
	var o Order
	var created, proposed, decided, exported int64
	err = row.Scan(&o.ID, &o.Organisation, &o.Number, &o.State, &o.Currency, &o.Total, &o.Count, &created, &o.CreatedBy, &proposed, &o.ProposedBy,
		&decided, &o.DecidedBy, &exported, &o.ExportedBy, &o.Hash, &o.Version, &o.subject, &s.sealed)
	o.Created, o.Proposed, o.Decided, o.Exported = store.Time(created), store.Time(proposed), store.Time(decided), store.Time(exported)
	s.Order = &o
	return s, err
}

// Get reads an order with its payments; in Write it is locked until commit. store.ErrNotFound if there is none.
func (s *Orders) Get(ctx context.Context, tx *store.Tx, organisation, id string) (*Order, error) {
	o, err := scanOrder(tx.QueryRow(ctx, `SELECT `+orderColumns+` FROM bank_order WHERE organisation = $1 AND id = $2`+tx.Lock(), organisation, id))
	if err != nil {
		return nil, fmt.Errorf("reading an order of payments: %w", err)
	}
	if err := open(ctx, tx, s.Vault, o.subject, orderPlace+o.ID, o.sealed, &o.OrderWords); err != nil {
		return nil, err
	}
	return o.Order, s.readPayments(ctx, tx, o.Order)
}

// List lists orders in any of some states, newest first, before the id of a former page's last; "" from the beginning.
func (s *Orders) List(ctx context.Context, tx *store.Tx, organisation string, states []OrderState, before string, limit int) ([]*Order, error) {
	if len(states) == 0 {
		return nil, nil
	}
	args := []any{organisation, before, limit}
	for _, state := range states {
		args = append(args, string(state))
	}
	rows, err := tx.Query(ctx, `SELECT `+orderColumns+` FROM bank_order WHERE organisation = $1 AND (id < $2 OR $2 = '')
		AND state IN (`+store.Marks(4, len(states))+`) ORDER BY id DESC LIMIT $3`, args...)
	found, err := store.Collect(rows, err, scanOrder)
	if err != nil {
		return nil, fmt.Errorf("listing orders of payments: %w", err)
	}
	all := make([]*Order, len(found))
	for i, o := range found {
		if err := open(ctx, tx, s.Vault, o.subject, orderPlace+o.ID, o.sealed, &o.OrderWords); err != nil {
			return nil, err
		}
		all[i] = o.Order
	}
	return all, nil
}

func (s *Orders) readPayments(ctx context.Context, tx *store.Tx, o *Order) error {
	var sealed [][]byte
	rows, err := tx.Query(ctx, `SELECT no, end_to_end, refund, amount, state, left_line, back_line, settled, sealed FROM bank_payment
		WHERE organisation = $1 AND payment_order = $2 ORDER BY no`, o.Organisation, o.ID)
	o.Payments, err = store.Collect(rows, err, func(row store.Scanner) (p Payment, err error) {
		var settled int64
		var closed []byte
		err = row.Scan(&p.No, &p.EndToEnd, &p.Refund, &p.Amount.Minor, &p.State, &p.LeftLine, &p.BackLine, &settled, &closed)
		p.Order, p.Amount.Currency, p.Settled = o.ID, o.Currency, store.Time(settled)
		sealed = append(sealed, closed)
		return p, err
	})
	if err != nil {
		return fmt.Errorf("reading the payments of order %s: %w", o.Number, err)
	}
	for i := range o.Payments {
		p := &o.Payments[i]
		if err := open(ctx, tx, s.Vault, o.subject, paymentPlace+p.EndToEnd, sealed[i], &p.PaymentWords); err != nil {
			return err
		}
	}
	return nil
}

func (s *Orders) updatePayment(ctx context.Context, tx *store.Tx, o *Order, p *Payment) error {
	sealed, err := seal(ctx, tx, s.Vault, o.subject, paymentPlace+p.EndToEnd, p.PaymentWords)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `UPDATE bank_payment SET state = $4, left_line = $5, back_line = $6, settled = $7, sealed = $8
		WHERE organisation = $1 AND payment_order = $2 AND no = $3`,
		o.Organisation, o.ID, p.No, string(p.State), p.LeftLine, p.BackLine, instant(p.Settled), sealed)
	if err != nil {
		return fmt.Errorf("updating payment %s: %w", p.EndToEnd, err)
	}
	return nil
}

// Expected are the payments that a statement may still tell of: those that were sent to the bank and not seen yet, and
// those sent since an instant that may come back.
func (s *Orders) Expected(ctx context.Context, tx *store.Tx, organisation string, since time.Time) ([]bankfile.Refund, error) {
	rows, err := tx.Query(ctx, `SELECT p.refund, p.end_to_end, p.amount, o.currency FROM bank_payment p
		JOIN bank_order o ON o.organisation = p.organisation AND o.id = p.payment_order
		WHERE p.organisation = $1 AND (o.state = 'exported' OR o.state = 'done' AND o.exported >= $2) AND p.state IN ('waiting', 'left') ORDER BY p.end_to_end`,
		organisation, instant(since))
	all, err := store.Collect(rows, err, func(row store.Scanner) (r bankfile.Refund, err error) {
		err = row.Scan(&r.ID, &r.EndToEnd, &r.Amount.Minor, &r.Amount.Currency)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing payments under way: %w", err)
	}
	return all, nil
}

// payment locks the order of an end-to-end id and gives both.
func (s *Orders) payment(ctx context.Context, tx *store.Tx, organisation, endToEnd string) (*Order, *Payment, error) {
	var id string
	err := tx.QueryRow(ctx, `SELECT payment_order FROM bank_payment WHERE organisation = $1 AND end_to_end = $2`, organisation, endToEnd).Scan(&id)
	if err != nil {
		return nil, nil, fmt.Errorf("looking for a payment: %w", err)
	}
	o, err := s.Get(ctx, tx, organisation, id)
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(o.Payments, func(p Payment) bool { return p.EndToEnd == endToEnd })
	return o, &o.Payments[i], nil
}

// Payment reads a payment by its end-to-end id; store.ErrNotFound if there is none.
func (s *Orders) Payment(ctx context.Context, tx *store.Tx, organisation, endToEnd string) (Payment, error) {
	_, p, err := s.payment(ctx, tx, organisation, endToEnd)
	if err != nil {
		return Payment{}, err
	}
	return *p, nil
}

// Confirm notes that a payment left, with a line of a statement. The same line again changes nothing.
func (s *Orders) Confirm(ctx context.Context, tx *store.Tx, organisation, endToEnd, line string) (Payment, error) {
	return s.settle(ctx, tx, organisation, endToEnd, func(o *Order, p *Payment) bool {
		if p.LeftLine == line && (p.State == Left || p.State == Failed) {
			return true
		}
		if p.State != Waiting || o.State != Exported || line == "" {
			return false
		}
		p.State, p.LeftLine = Left, line
		return true
	})
}

// Unconfirm takes Confirm back, when somebody finds that the line was another payment's.
func (s *Orders) Unconfirm(ctx context.Context, tx *store.Tx, organisation, endToEnd, line string) (Payment, error) {
	return s.settle(ctx, tx, organisation, endToEnd, func(o *Order, p *Payment) bool {
		if p.State == Waiting && p.LeftLine == "" {
			return true
		}
		if p.State != Left || p.LeftLine != line {
			return false
		}
		p.State, p.LeftLine = Waiting, ""
		return true
	})
}

// Fail notes that a payment was not made, or that it came back with a line of a statement ("": none says so). reason is
// the bank's code or a person's words. Its refund may go into another order. The same again changes nothing.
func (s *Orders) Fail(ctx context.Context, tx *store.Tx, organisation, endToEnd, line, reason string) (Payment, error) {
	return s.settle(ctx, tx, organisation, endToEnd, func(o *Order, p *Payment) bool {
		if p.State == Failed && p.BackLine == line {
			return true
		}
		if p.State != Waiting && (p.State != Left || line == "") || o.State != Exported && o.State != Done {
			return false
		}
		p.State, p.BackLine, p.Reason = Failed, line, reason
		return true
	})
}

// settle moves a payment, and its order when of every payment it is known what became of it.
func (s *Orders) settle(ctx context.Context, tx *store.Tx, organisation, endToEnd string, move func(*Order, *Payment) bool) (Payment, error) {
	o, p, err := s.payment(ctx, tx, organisation, endToEnd)
	if err != nil {
		return Payment{}, err
	}
	before := *p
	if !move(o, p) {
		return before, fault.NewConflict(msgPaymentMoved, "id", endToEnd)
	}
	if p.State == before.State {
		return *p, nil
	}
	p.Settled = tx.Now()
	if err := s.updatePayment(ctx, tx, o, p); err != nil {
		return before, err
	}
	to := Done
	if slices.ContainsFunc(o.Payments, func(p Payment) bool { return p.State == Waiting }) {
		to = Exported
	}
	if to != o.State {
		o.State = to
		if err := s.updateOrder(ctx, tx, o); err != nil {
			return before, err
		}
	}
	return *p, nil
}
