package bank

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"stoa/internal/bankfile"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/store"
)

// OrderState is where an order stands.
type OrderState string

// The states of an order.
const (
	Draft    OrderState = "draft"
	Proposed OrderState = "proposed" // waits for a second person
	Approved OrderState = "approved" // may go to the bank
	Exported OrderState = "exported" // has gone
	Done     OrderState = "done"     // of each payment it is known whether it left
	Refused  OrderState = "refused"  // its payments may go into another
)

// Order is an order of payments to our bank.
type Order struct {
	ID, Organisation string
	Number           string // O-2026-000001
	State            OrderState
	Currency         string
	Total            int64
	Count            int // payments
	Created          time.Time
	CreatedBy        string // person id; "" Stoa itself
	Proposed         time.Time
	ProposedBy       string
	Decided          time.Time
	DecidedBy        string // another person than created or proposed it
	Exported         time.Time
	ExportedBy       string
	Hash             []byte // SHA-256 of the file, once exported
	Version          int64
	OrderWords
	Payments []Payment // in lists not read
	subject  string
}

// OrderWords are the sealed part of an order.
type OrderWords struct {
	From   bankfile.Party `json:"from"` // our account
	Reason string         `json:"reason,omitempty"`
}

// PaymentState is where a payment of an order stands.
type PaymentState string

// The states of a payment.
const (
	Waiting PaymentState = "waiting" // not seen on a statement yet
	Left    PaymentState = "left"    // confirmed by a line of a statement
	Failed  PaymentState = "failed"  // the bank did not make it, or it came back
	Dropped PaymentState = "dropped" // its order was refused
)

// Payment is one payment of an order.
type Payment struct {
	Order    string
	No       int
	EndToEnd string // O-2026-000001-1: comes back on the statement
	Refund   string // what it pays back; of an invoice, OfInvoice
	Amount   money.Amount
	State    PaymentState
	LeftLine string // with which it left
	BackLine string // with which it came back
	Settled  time.Time
	PaymentWords
}

// PaymentWords are the sealed part of a payment.
type PaymentWords struct {
	To        bankfile.Party     `json:"to"`
	Reference bankfile.Reference `json:"reference,omitempty"`
	Text      string             `json:"text,omitempty"`
	Reason    string             `json:"reason,omitempty"` // why it failed: the bank's code or a person's words
}

// NewPayment is a payment that an order is made of.
type NewPayment struct {
	Refund string // in one order at a time; of an invoice, OfInvoice
	Amount money.Amount
	PaymentWords
}

// NewOrder is what an order is made of.
type NewOrder struct {
	Key      string        // the same for every attempt at the same order
	Day      calendar.Date // whose year its number has
	From     bankfile.Party
	Payments []NewPayment
	By       string // person id; "" Stoa itself
}

var (
	msgSamePerson   = i18n.Msg("Somebody else must decide: this order is yours")
	msgOrderMoved   = i18n.Msg("This order has changed since you opened the page. Look at it again, then repeat")
	msgInOther      = i18n.Msg("One of these refunds is in another order already")
	msgKeyTaken     = i18n.Msg("Another order was made with this form. Open the page again and repeat")
	msgNothingToPay = i18n.Msg("Choose at least one refund to pay")
)

// New makes a draft. It refuses what the bank could not carry out (a name without Latin letters, a wrong account
// number), and a refund that is in another order. The same key with the same input gives the order it made first.
func (s *Orders) New(ctx context.Context, tx *store.Tx, organisation string, n NewOrder) (*Order, error) {
	if n.Key == "" || n.Day.IsZero() {
		return nil, errors.New("making an order of payments: no key or no day")
	}
	if len(n.Payments) == 0 {
		return nil, fault.NewInvalid(msgNothingToPay)
	}
	if first, err := s.orderByKey(ctx, tx, organisation, n); first != nil || err != nil {
		return first, err
	}
	// Whoever makes orders takes turns, and looks again: a number that was counted must not be lost. Nobody reads this counter.
	if _, err := tx.Next(ctx, "bank orders made "+organisation); err != nil {
		return nil, fmt.Errorf("waiting to make an order of payments: %w", err)
	}
	if first, err := s.orderByKey(ctx, tx, organisation, n); first != nil || err != nil {
		return first, err
	}
	count, err := tx.Next(ctx, "bank order "+organisation+" "+strconv.Itoa(n.Day.Year()))
	if err != nil {
		return nil, fmt.Errorf("numbering an order of payments: %w", err)
	}
	o := &Order{ID: tx.NewID(), Organisation: organisation, Number: fmt.Sprintf("O-%04d-%06d", n.Day.Year(), count), State: Draft,
		Currency: n.Payments[0].Amount.Currency, Count: len(n.Payments), Created: tx.Now(), CreatedBy: n.By, Version: 1, OrderWords: OrderWords{From: n.From}}
	total := money.Amount{Currency: o.Currency}
	for i, p := range n.Payments {
		if p.Refund == "" {
			return nil, errors.New("making an order of payments: one pays nothing back")
		}
		o.Payments = append(o.Payments, Payment{Order: o.ID, No: i + 1, EndToEnd: o.Number + "-" + strconv.Itoa(i+1), Refund: p.Refund,
			Amount: p.Amount, State: Waiting, PaymentWords: p.PaymentWords})
		if total, err = total.Add(p.Amount); err != nil {
			return nil, err
		}
	}
	o.Total = total.Minor
	if _, err := bankfile.Pain(o.file(n.Day, tx.Now())); err != nil {
		return nil, err
	}
	if o.subject, err = s.Vault.NewSubject(ctx, tx); err != nil {
		return nil, fmt.Errorf("making an order of payments: %w", err)
	}
	return o, s.insertOrder(ctx, tx, o, n.Key)
}

// orderByKey gives the order that the key made, nil if it made none; made of something else, it is a conflict.
func (s *Orders) orderByKey(ctx context.Context, tx *store.Tx, organisation string, n NewOrder) (*Order, error) {
	found, err := store.Strings(ctx, tx, `SELECT id FROM bank_order WHERE organisation = $1 AND idem_key = $2`, organisation, n.Key)
	if err != nil {
		return nil, fmt.Errorf("looking for an order of payments: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	o, err := s.Get(ctx, tx, organisation, found[0])
	if err != nil {
		return nil, err
	}
	same := o.From == n.From && slices.EqualFunc(o.Payments, n.Payments, func(p Payment, n NewPayment) bool {
		return p.Refund == n.Refund && p.Amount == n.Amount && p.To == n.To && p.Reference == n.Reference && p.Text == n.Text
	})
	if !same {
		return nil, fault.NewConflict(msgKeyTaken)
	}
	return o, nil
}

func (s *Orders) insertOrder(ctx context.Context, tx *store.Tx, o *Order, key string) error {
	sealed, err := seal(ctx, tx, s.Vault, o.subject, orderPlace+o.ID, o.OrderWords)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO bank_order (organisation, id, number, idem_key, state, currency, total, payments, created, created_by,
		proposed, proposed_by, decided, decided_by, exported, exported_by, file_hash, version, subject, sealed, file)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '', 0, '', 0, '', $11, $12, $13, $14, $11)`,
		o.Organisation, o.ID, o.Number, key, string(o.State), o.Currency, o.Total, o.Count, store.Micros(o.Created), o.CreatedBy,
		[]byte{}, o.Version, o.subject, sealed)
	if err != nil {
		return fmt.Errorf("storing order %s: %w", o.Number, err)
	}
	for i := range o.Payments {
		p := &o.Payments[i]
		sealed, err := seal(ctx, tx, s.Vault, o.subject, paymentPlace+p.EndToEnd, p.PaymentWords)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `INSERT INTO bank_payment (organisation, payment_order, no, end_to_end, refund, amount, state, left_line, back_line, settled, sealed)
			VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', 0, $8) ON CONFLICT (organisation, refund) WHERE state <> 'dropped' AND state <> 'failed' DO NOTHING`,
			o.Organisation, o.ID, p.No, p.EndToEnd, p.Refund, p.Amount.Minor, string(p.State), sealed)
		if err != nil {
			return fmt.Errorf("storing payment %s: %w", p.EndToEnd, err)
		}
		if n == 0 {
			return fault.NewConflict(msgInOther)
		}
	}
	return nil
}

// file is the order as it goes to the bank.
func (o *Order) file(execute calendar.Date, created time.Time) bankfile.Order {
	f := bankfile.Order{MessageID: o.Number, Created: created, Execute: execute, Debtor: o.From}
	for _, p := range o.Payments {
		f.Payments = append(f.Payments, bankfile.Payment{EndToEnd: p.EndToEnd, Amount: p.Amount, Creditor: p.To, Reference: p.Reference, Text: p.Text})
	}
	return f
}

// Propose asks for a second person's decision. The order was read with Get in this Write; so below.
func (s *Orders) Propose(ctx context.Context, tx *store.Tx, o *Order, by string) error {
	if o.State == Proposed && o.ProposedBy == by {
		return nil
	}
	if o.State != Draft || by == "" {
		return fault.NewConflict(msgOrderMoved)
	}
	o.State, o.Proposed, o.ProposedBy = Proposed, tx.Now(), by
	return s.updateOrder(ctx, tx, o)
}

// Approve lets the order go to the bank: by somebody who neither made nor proposed it.
func (s *Orders) Approve(ctx context.Context, tx *store.Tx, o *Order, by string) error {
	if o.State == Approved && o.DecidedBy == by {
		return nil
	}
	if o.State != Proposed {
		return fault.NewConflict(msgOrderMoved)
	}
	if by == "" || by == o.ProposedBy || by == o.CreatedBy {
		return fault.NewForbidden(msgSamePerson)
	}
	o.State, o.Decided, o.DecidedBy = Approved, tx.Now(), by
	return s.updateOrder(ctx, tx, o)
}

// Refuse ends an order that has not gone to the bank: anybody may, also whoever made it. Its payments may go into another.
func (s *Orders) Refuse(ctx context.Context, tx *store.Tx, o *Order, reason, by string) error {
	if o.State == Refused && o.DecidedBy == by {
		return nil
	}
	if o.State != Draft && o.State != Proposed && o.State != Approved || by == "" {
		return fault.NewConflict(msgOrderMoved)
	}
	o.State, o.Decided, o.DecidedBy, o.Reason = Refused, tx.Now(), by, reason
	for i := range o.Payments {
		p := &o.Payments[i]
		p.State, p.Settled = Dropped, tx.Now()
		if err := s.updatePayment(ctx, tx, o, p); err != nil {
			return err
		}
	}
	return s.updateOrder(ctx, tx, o)
}

// Export gives the file for the bank, to be carried out on a day. It is made once: whoever asks again gets the same bytes,
// whatever day they name, so that a bank which is sent both takes them for one.
func (s *Orders) Export(ctx context.Context, tx *store.Tx, o *Order, execute calendar.Date, by string) ([]byte, error) {
	if o.State == Exported || o.State == Done {
		return s.exported(ctx, tx, o)
	}
	if o.State != Approved || by == "" {
		return nil, fault.NewConflict(msgOrderMoved)
	}
	file, err := bankfile.Pain(o.file(execute, tx.Now()))
	if err != nil {
		return nil, err
	}
	sealed, err := s.Vault.Seal(ctx, tx, o.subject, filePlace+o.ID, file)
	if err != nil {
		return nil, fmt.Errorf("sealing the file of order %s: %w", o.Number, err)
	}
	hash := sha256.Sum256(file)
	o.State, o.Exported, o.ExportedBy, o.Hash = Exported, tx.Now(), by, hash[:]
	if err := s.updateOrder(ctx, tx, o); err != nil {
		return nil, err
	}
	if err := tx.Put(ctx, `UPDATE bank_order SET file = $3 WHERE organisation = $1 AND id = $2`, o.Organisation, o.ID, sealed); err != nil {
		return nil, fmt.Errorf("storing the file of order %s: %w", o.Number, err)
	}
	return file, nil
}

func (s *Orders) exported(ctx context.Context, tx *store.Tx, o *Order) ([]byte, error) {
	var sealed []byte
	if err := tx.QueryRow(ctx, `SELECT file FROM bank_order WHERE organisation = $1 AND id = $2`, o.Organisation, o.ID).Scan(&sealed); err != nil {
		return nil, fmt.Errorf("reading the file of order %s: %w", o.Number, err)
	}
	file, err := s.Vault.Open(ctx, tx, o.subject, filePlace+o.ID, sealed)
	if err != nil {
		return nil, fmt.Errorf("opening the file of order %s: %w", o.Number, err)
	}
	if hash := sha256.Sum256(file); !slices.Equal(hash[:], o.Hash) {
		return nil, fmt.Errorf("the file of order %s is not the one that was exported", o.Number)
	}
	return file, nil
}

func (s *Orders) updateOrder(ctx context.Context, tx *store.Tx, o *Order) error {
	sealed, err := seal(ctx, tx, s.Vault, o.subject, orderPlace+o.ID, o.OrderWords)
	if err != nil {
		return err
	}
	if o.Hash == nil {
		o.Hash = []byte{}
	}
	n, err := tx.Exec(ctx, `UPDATE bank_order SET state = $4, proposed = $5, proposed_by = $6, decided = $7, decided_by = $8, exported = $9, exported_by = $10,
		file_hash = $11, version = $3 + 1, sealed = $12 WHERE organisation = $1 AND id = $2 AND version = $3`, o.Organisation, o.ID, o.Version, string(o.State),
		instant(o.Proposed), o.ProposedBy, instant(o.Decided), o.DecidedBy, instant(o.Exported), o.ExportedBy, o.Hash, sealed)
	if err != nil {
		return fmt.Errorf("updating order %s: %w", o.Number, err)
	}
	if n == 0 {
		return fault.NewConflict(msgOrderMoved)
	}
	o.Version++
	return nil
}
