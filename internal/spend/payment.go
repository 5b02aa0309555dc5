package spend

import (
	"context"
	"fmt"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/store"
)

// Payment is money that left: seen on the bank's statement, and booked.
type Payment struct {
	ID, Organisation string
	Number           string // O-2026-000001-1, as the bank knows it
	Invoice          string
	Commitment       string // "" none
	Supplier         string
	Person           bool
	For              string
	LineRef
	Amount    int64
	Currency  string
	Day       calendar.Date // on which the books know it
	Entry     string        // in the books
	BankLine  string
	BackDay   calendar.Date // zero: it did not come back
	BackEntry string
	BackLine  string
}

// Returned reports whether the money came back.
func (p *Payment) Returned() bool { return !p.BackDay.IsZero() }

// PaidKey and ReturnedKey are what the entries of a payment are known by.
func PaidKey(number string) string { return "payment " + number + " left" }

// ReturnedKey is PaidKey for the way back.
func ReturnedKey(number string) string { return "payment " + number + " came back" }

// Order notes that an approved invoice is in an order to our bank.
func (s *Invoices) Order(ctx context.Context, tx *store.Tx, x *Invoice, order string) error {
	if x.State == Ordered && x.BankOrder == order {
		return nil
	}
	if x.State != Approved || order == "" {
		return fault.NewConflict(msgInvoiceMoved)
	}
	x.State, x.BankOrder = Ordered, order
	return s.update(ctx, tx, x)
}

// Release notes that the order came to nothing, or that the bank did not make the payment: the invoice may go into another.
func (s *Invoices) Release(ctx context.Context, tx *store.Tx, x *Invoice, reason string) error {
	if x.State != Ordered {
		return fault.NewConflict(msgInvoiceMoved)
	}
	x.State, x.BankOrder, x.Reason = Approved, "", reason
	return s.update(ctx, tx, x)
}

// Left is a payment as the bank's statement tells of it.
type Left struct {
	Number   string // end-to-end id of the order's payment
	BankLine string
}

// Payments is the way to them.
type Payments struct{ invoices *Invoices }

// Pay notes that an invoice in an order was paid. The same number again gives the payment that it made. The invoice was
// read with Get in this Write.
func (s *Payments) Pay(ctx context.Context, tx *store.Tx, x *Invoice, l Left, post Post) (*Payment, error) {
	if x.Payment != "" {
		p, err := s.Get(ctx, tx, x.Organisation, x.Payment)
		if err != nil || p.Number == l.Number && p.BankLine == l.BankLine {
			return p, err
		}
	}
	if x.State != Ordered || l.Number == "" {
		return nil, fault.NewConflict(msgInvoiceMoved)
	}
	from, err := s.invoices.suppliers.Get(ctx, tx, x.Organisation, x.Supplier)
	if err != nil {
		return nil, err
	}
	w, err := s.invoices.weigh(ctx, tx, x)
	if err != nil {
		return nil, err
	}
	entry, on, err := post()
	if err != nil {
		return nil, err
	}
	p := &Payment{ID: tx.NewID(), Organisation: x.Organisation, Number: l.Number, Invoice: x.ID, Commitment: x.Commitment, Supplier: x.Supplier, Person: x.Person,
		For: x.For, LineRef: x.LineRef, Amount: x.Amount, Currency: x.Currency, Day: on, Entry: entry, BankLine: l.BankLine}
	search := ""
	if !p.Person {
		search = searchable(from.Name, x.Title, x.Number, x.SupplierNumber, p.Number)
	}
	err = tx.Put(ctx, `INSERT INTO spend_payment (organisation, id, number, invoice, commitment, supplier, person, for_whom, year, line, amount, currency, day, entry, bank_line,
		back_day, back_entry, back_line, search) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, '', '', '', $16)`,
		p.Organisation, p.ID, p.Number, p.Invoice, p.Commitment, p.Supplier, p.Person, p.For, p.Year, p.Line, p.Amount, p.Currency, p.Day.String(), p.Entry, p.BankLine, search)
	if err != nil {
		return nil, fmt.Errorf("storing payment %s: %w", p.Number, err)
	}
	if err := s.carry(ctx, tx, p, w, on, entry, p.Amount); err != nil {
		return nil, err
	}
	x.State, x.Payment, x.Reason = Settled, p.ID, ""
	return p, s.invoices.update(ctx, tx, x)
}

// Return notes that a payment came back with a line of a statement: its invoice is owed again. The invoice was read with Get
// in this Write. The same line again changes nothing.
func (s *Payments) Return(ctx context.Context, tx *store.Tx, x *Invoice, bankLine, reason string, post Post) (*Payment, error) {
	if x.Payment == "" {
		return nil, fault.NewConflict(msgInvoiceMoved)
	}
	p, err := s.Get(ctx, tx, x.Organisation, x.Payment)
	if err != nil || p.Returned() && p.BackLine == bankLine {
		return p, err
	}
	if x.State != Settled || p.Returned() {
		return nil, fault.NewConflict(msgInvoiceMoved)
	}
	w, err := s.invoices.weigh(ctx, tx, x)
	if err != nil {
		return nil, err
	}
	entry, on, err := post()
	if err != nil {
		return nil, err
	}
	p.BackDay, p.BackEntry, p.BackLine = on, entry, bankLine
	err = tx.Put(ctx, `UPDATE spend_payment SET back_day = $3, back_entry = $4, back_line = $5 WHERE organisation = $1 AND id = $2 AND back_day = ''`,
		p.Organisation, p.ID, on.String(), entry, bankLine)
	if err != nil {
		return nil, fmt.Errorf("noting that payment %s came back: %w", p.Number, err)
	}
	if err := s.carry(ctx, tx, p, w, on, entry, -p.Amount); err != nil {
		return nil, err
	}
	x.State, x.BankOrder, x.Reason = Approved, "", reason
	return p, s.invoices.update(ctx, tx, x)
}

// carry moves what was paid on the line and on the commitment.
func (s *Payments) carry(ctx context.Context, tx *store.Tx, p *Payment, w weighed, on calendar.Date, entry string, amount int64) error {
	err := move(ctx, tx, p.Organisation, Move{LineRef: p.LineRef, What: Paid, Amount: amount, Day: on, Commitment: p.Commitment, Invoice: p.Invoice,
		Payment: p.ID, Entry: entry})
	if err != nil || w.c == nil {
		return err
	}
	w.c.Paid += amount
	w.c.Shares[w.share].Paid += amount
	if err := s.invoices.commitments.putShare(ctx, tx, w.c, w.c.Shares[w.share]); err != nil {
		return err
	}
	return s.invoices.commitments.update(ctx, tx, w.c)
}
