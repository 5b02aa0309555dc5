package spend

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// InvoiceState is where an invoice stands.
type InvoiceState string

// The states of an invoice.
const (
	Received InvoiceState = "received"
	Checked  InvoiceState = "checked"  // what it asks for was delivered
	Approved InvoiceState = "approved" // by another person: it is owed
	Ordered  InvoiceState = "ordered"  // in an order to our bank
	Settled  InvoiceState = "paid"     // seen on the bank's statement
	Refused  InvoiceState = "refused"
	Disputed InvoiceState = "disputed" // we talk with the supplier; it is not owed meanwhile
)

// InvoiceStates are all, in the order of their way.
func InvoiceStates() []InvoiceState {
	return []InvoiceState{Received, Checked, Approved, Ordered, Settled, Disputed, Refused}
}

// Owed reports whether an invoice in the state is, or was, owed: it counts on its line.
func (s InvoiceState) Owed() bool { return s == Approved || s == Ordered || s == Settled }

// Invoice is what a supplier asks for, or an instalment of a grant.
type Invoice struct {
	ID, Organisation string
	Number           string // I-2026-000001: ours
	For              string // the organisation that ordered it
	Supplier         string
	Person           bool
	Commitment       string // "" none
	LineRef
	Account      string // expense account of the line
	Amount       int64
	Currency     string
	Day          calendar.Date // of the invoice
	Arrived, Due calendar.Date
	State        InvoiceState
	Entered      time.Time
	EnteredBy    string
	CheckedAt    time.Time
	CheckedBy    string
	Decided      time.Time // approved, refused or disputed
	DecidedBy    string
	Overridden   bool          // approved beyond the contract or the line
	ApprovedDay  calendar.Date // on which the books know it
	Entry        string        // of the approval
	BankOrder    string        // that it is in
	Payment      string        // that paid it
	Times        int           // how often it was approved
	Version      int64
	InvoiceWords
	subject string
}

// InvoiceWords are what is sealed where the supplier is a person.
type InvoiceWords struct {
	SupplierNumber string `json:"number"`
	Title          string `json:"title"`
	Reason         string `json:"reason,omitempty"`   // why it was refused, is disputed, or came back
	Override       string `json:"override,omitempty"` // why it was approved all the same
}

// ApprovalKey is what the entry of the approval is known by; another when an approval that was taken back is given again.
func (x *Invoice) ApprovalKey() string { return fmt.Sprintf("invoice %s approved %d", x.ID, x.Times+1) }

// TakenBackKey is what the entry that takes the approval back is known by.
func (x *Invoice) TakenBackKey() string {
	return fmt.Sprintf("invoice %s taken back %d", x.ID, x.Times)
}

// NewInvoice is what an invoice is entered with.
type NewInvoice struct {
	Key        string // the same for every attempt
	For        string
	Commitment *Commitment // read in this Write; nil: none
	LineRef
	Account        string
	SupplierNumber string
	Title          string
	Amount         int64
	Currency       string
	Day            calendar.Date
	Due            calendar.Date
}

// Duplicate says that the supplier's number is there already.
type Duplicate struct{ ID, Number string }

// Error is for logs.
func (d *Duplicate) Error() string { return "invoice " + d.Number + " has this number of the supplier" }

// FaultKind implements the interface of package fault.
func (*Duplicate) FaultKind() fault.Kind { return fault.Conflict }

// Invoices is the way to them.
type Invoices struct {
	vault       *vault.Vault
	suppliers   *Suppliers
	commitments *Commitments
}

var (
	msgInvoiceMoved = i18n.Msg("This invoice has gone another way meanwhile. Look at it again")
	msgOtherHolder  = i18n.Msg("The contract or grant is another supplier's, or another organisation's")
	msgClosed       = i18n.Msg("The contract or grant is not in force")
)

const invoicePlace = "spend invoice "

// numberKey is a supplier's number without what people write differently: case, blanks, strokes and dots.
func numberKey(number string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, number)
}

// Enter takes an invoice in. The same key gives the one that it made first; the same number of the same supplier gives
// Duplicate, unless the first was refused. The supplier was read in this Write, so that two at once are seen.
func (s *Invoices) Enter(ctx context.Context, tx *store.Tx, from *Supplier, n NewInvoice, a Act) (*Invoice, error) {
	key := numberKey(n.SupplierNumber)
	if key != "" { // a person's number may name the person
		key = hex.EncodeToString(s.vault.Blind("spend invoice number", from.ID+" "+key))
	}
	if n.Key == "" || key == "" || n.Amount <= 0 || n.Line == "" || n.Account == "" || a.By == "" || a.Day.IsZero() {
		return nil, errors.New("entering an invoice: something is missing")
	}
	if first, err := s.byKey(ctx, tx, from, n); first != nil || err != nil {
		return first, err
	}
	if err := s.unknown(ctx, tx, from, key); err != nil {
		return nil, err
	}
	if c := n.Commitment; c != nil && (c.Supplier != from.ID || c.For != n.For || c.Currency != n.Currency) {
		return nil, fault.NewInvalid(msgOtherHolder)
	} else if c != nil && c.State != Active {
		return nil, fault.NewConflict(msgClosed)
	}
	count, err := tx.Next(ctx, "spend invoice "+from.Organisation+" "+strconv.Itoa(a.Day.Year()))
	if err != nil {
		return nil, fmt.Errorf("numbering an invoice: %w", err)
	}
	x := &Invoice{ID: tx.NewID(), Organisation: from.Organisation, Number: fmt.Sprintf("I-%04d-%06d", a.Day.Year(), count), For: n.For, Supplier: from.ID,
		Person: from.Person, LineRef: n.LineRef, Account: n.Account, Amount: n.Amount, Currency: n.Currency, Day: n.Day, Arrived: a.Day, Due: n.Due, State: Received,
		Entered: tx.Now(), EnteredBy: a.By, Version: 1, InvoiceWords: InvoiceWords{SupplierNumber: n.SupplierNumber, Title: n.Title}, subject: from.words()}
	if n.Commitment != nil {
		x.Commitment = n.Commitment.ID
	}
	words, err := seal(ctx, tx, s.vault, x.subject, invoicePlace+x.ID, x.InvoiceWords)
	if err != nil {
		return nil, err
	}
	done, err := tx.Exec(ctx, `INSERT INTO spend_invoice (organisation, id, number, idem_key, for_whom, supplier, person, supplier_key, commitment, year, line, account,
		amount, currency, day, received, due, state, entered, entered_by, checked, checked_by, decided, decided_by, overridden, approved_day, entry, bank_order,
		payment, times, version, words)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 0, '', 0, '', $21, '', '', '', '', 0, 1, $22)
		ON CONFLICT (organisation, supplier, supplier_key) WHERE state <> 'refused' DO NOTHING`,
		x.Organisation, x.ID, x.Number, n.Key, x.For, x.Supplier, x.Person, key, x.Commitment, x.Year, x.Line, x.Account,
		x.Amount, x.Currency, iso(x.Day), iso(x.Arrived), iso(x.Due), string(x.State), store.Micros(x.Entered), x.EnteredBy, false, words)
	if err != nil {
		return nil, fmt.Errorf("storing invoice %s: %w", x.Number, err)
	}
	if done == 0 {
		return nil, &Duplicate{Number: n.SupplierNumber}
	}
	return x, nil
}

// byKey gives the invoice that the key made, nil if it made none.
func (s *Invoices) byKey(ctx context.Context, tx *store.Tx, from *Supplier, n NewInvoice) (*Invoice, error) {
	found, err := s.read(ctx, tx, `WHERE i.organisation = $1 AND i.idem_key = $2`, from.Organisation, n.Key)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	x := found[0]
	if x.Supplier != from.ID || x.SupplierNumber != n.SupplierNumber || x.Amount != n.Amount || x.LineRef != n.LineRef || x.Title != n.Title {
		return nil, fault.NewConflict(msgKeyTaken)
	}
	return x, nil
}

// unknown refuses a number that another invoice of the supplier has.
func (s *Invoices) unknown(ctx context.Context, tx *store.Tx, from *Supplier, key string) error {
	var d Duplicate
	err := tx.QueryRow(ctx, `SELECT id, number FROM spend_invoice WHERE organisation = $1 AND supplier = $2 AND supplier_key = $3 AND state <> 'refused'`,
		from.Organisation, from.ID, key).Scan(&d.ID, &d.Number)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("looking for an invoice: %w", err)
	}
	return &d
}

// Check notes that what an invoice asks for was delivered. The invoice was read with Get in this Write; so below.
func (s *Invoices) Check(ctx context.Context, tx *store.Tx, x *Invoice, a Act) error {
	if x.State == Checked && x.CheckedBy == a.By {
		return nil
	}
	if x.State != Received || a.By == "" {
		return fault.NewConflict(msgInvoiceMoved)
	}
	x.State, x.CheckedAt, x.CheckedBy = Checked, tx.Now(), a.By
	return s.update(ctx, tx, x)
}

// Refuse ends an invoice that is not owed. Its number may come again.
func (s *Invoices) Refuse(ctx context.Context, tx *store.Tx, x *Invoice, reason string, a Act) error {
	return s.leave(ctx, tx, x, Refused, reason, a)
}

// Dispute holds an invoice that is not owed: we talk with the supplier.
func (s *Invoices) Dispute(ctx context.Context, tx *store.Tx, x *Invoice, reason string, a Act) error {
	return s.leave(ctx, tx, x, Disputed, reason, a)
}

func (s *Invoices) leave(ctx context.Context, tx *store.Tx, x *Invoice, to InvoiceState, reason string, a Act) error {
	if x.State != Received && x.State != Checked && (x.State != Disputed || to == Disputed) || a.By == "" {
		return fault.NewConflict(msgInvoiceMoved)
	}
	x.State, x.Reason, x.Decided, x.DecidedBy = to, reason, tx.Now(), a.By
	return s.update(ctx, tx, x)
}

// Resume takes a disputed invoice up again: it is to be checked and approved as at first.
func (s *Invoices) Resume(ctx context.Context, tx *store.Tx, x *Invoice, a Act) error {
	if x.State != Disputed || a.By == "" {
		return fault.NewConflict(msgInvoiceMoved)
	}
	x.State, x.CheckedAt, x.CheckedBy = Received, time.Time{}, ""
	return s.update(ctx, tx, x)
}

func (s *Invoices) update(ctx context.Context, tx *store.Tx, x *Invoice) error {
	words, err := seal(ctx, tx, s.vault, x.subject, invoicePlace+x.ID, x.InvoiceWords)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE spend_invoice SET state = $4, checked = $5, checked_by = $6, decided = $7, decided_by = $8, overridden = $9, approved_day = $10,
		entry = $11, bank_order = $12, payment = $13, times = $14, words = $15, version = $3 + 1 WHERE organisation = $1 AND id = $2 AND version = $3`,
		x.Organisation, x.ID, x.Version, string(x.State), instant(x.CheckedAt), x.CheckedBy, instant(x.Decided), x.DecidedBy, x.Overridden, iso(x.ApprovedDay),
		x.Entry, x.BankOrder, x.Payment, x.Times, words)
	if err != nil {
		return fmt.Errorf("updating invoice %s: %w", x.Number, err)
	}
	if n == 0 {
		return fault.NewConflict(msgChanged)
	}
	x.Version++
	return nil
}
