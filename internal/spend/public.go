package spend

import (
	"context"
	"encoding/json"
	"fmt"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// This file is what everybody may read of many rows at once: what stands in the open, and nothing of persons.

// PublicSupplier is a supplier that is no person.
type PublicSupplier struct{ ID, Name, Identifier string }

const publicSupplier = `SELECT id, name, identifier FROM spend_supplier WHERE organisation = $1 AND NOT person`

// mostNames is how many are asked for at once: well below what a statement may have of arguments.
const mostNames = 500

// Names gives suppliers by id. Persons, and those that are not there, are left out.
func (s *Suppliers) Names(ctx context.Context, tx *store.Tx, organisation string, ids []string) (map[string]PublicSupplier, error) {
	all := map[string]PublicSupplier{}
	for len(ids) > 0 {
		n := min(len(ids), mostNames)
		args := []any{organisation}
		for _, id := range ids[:n] {
			args = append(args, id)
		}
		found, err := publicSuppliers(ctx, tx, publicSupplier+` AND id IN (`+store.Marks(2, n)+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, x := range found {
			all[x.ID] = x
		}
		ids = ids[n:]
	}
	return all, nil
}

// Named finds suppliers whose name or number has a text, by name.
func (s *Suppliers) Named(ctx context.Context, tx *store.Tx, organisation, text string, limit int) ([]PublicSupplier, error) {
	return publicSuppliers(ctx, tx, publicSupplier+` AND search LIKE $2 ESCAPE '\' ORDER BY name, id LIMIT $3`, organisation, like(text), limit)
}

func publicSuppliers(ctx context.Context, tx *store.Tx, query string, args ...any) ([]PublicSupplier, error) {
	rows, err := tx.Query(ctx, query, args...)
	all, err := store.Collect(rows, err, func(row store.Scanner) (x PublicSupplier, err error) {
		return x, row.Scan(&x.ID, &x.Name, &x.Identifier)
	})
	if err != nil {
		return nil, fmt.Errorf("reading names of suppliers: %w", err)
	}
	return all, nil
}

// Shown is a payment with what it says to the public.
type Shown struct {
	ID, Number     string
	SupplierID     string
	Supplier       string
	Title          string // of the invoice
	InvoiceNumber  string // ours
	SupplierNumber string // theirs
	Commitment     string // number of the contract, grant or order; "" none
	CommitmentKind string
	CommitmentName string
	For            string
	LineRef
	Amount   int64
	Currency string
	Day      calendar.Date
}

// Shown lists payments as Find does, with what they say to the public: none of persons, and none that came back.
func (s *Payments) Shown(ctx context.Context, tx *store.Tx, q PaymentQuery) ([]Shown, error) {
	q.Public, q.Persons = true, false
	w, order := q.where(), ` ORDER BY p.day DESC, p.id DESC`
	if q.Dearest {
		order = ` ORDER BY p.amount DESC, p.id DESC`
	}
	w.args = append(w.args, q.Limit, q.Offset)
	rows, err := tx.Query(ctx, `SELECT p.id, p.number, p.supplier, x.name, i.number, i.words, COALESCE(c.number, ''), COALESCE(c.kind, ''), c.words,
		p.for_whom, p.year, p.line, p.amount, p.currency, p.day FROM spend_payment p
		JOIN spend_supplier x ON x.organisation = p.organisation AND x.id = p.supplier
		JOIN spend_invoice i ON i.organisation = p.organisation AND i.id = p.invoice
		LEFT JOIN spend_commitment c ON c.organisation = p.organisation AND c.id = p.commitment `+
		w.text+order+fmt.Sprintf(` LIMIT $%d OFFSET $%d`, len(w.args)-1, len(w.args)), w.args...)
	all, err := store.Collect(rows, err, scanShown)
	if err != nil {
		return nil, fmt.Errorf("listing payments for the public: %w", err)
	}
	return all, nil
}

func scanShown(row store.Scanner) (p Shown, err error) {
	var invoice, commitment []byte
	var on string
	err = row.Scan(&p.ID, &p.Number, &p.SupplierID, &p.Supplier, &p.InvoiceNumber, &invoice, &p.Commitment, &p.CommitmentKind, &commitment,
		&p.For, &p.Year, &p.Line, &p.Amount, &p.Currency, &on)
	if err != nil {
		return p, err
	}
	var said InvoiceWords
	if err := json.Unmarshal(invoice, &said); err != nil {
		return p, fmt.Errorf("reading an invoice: %w", err)
	}
	p.Title, p.SupplierNumber = said.Title, said.SupplierNumber
	if commitment != nil {
		var said CommitmentWords
		if err := json.Unmarshal(commitment, &said); err != nil {
			return p, fmt.Errorf("reading a commitment: %w", err)
		}
		p.CommitmentName = said.Title
	}
	p.Day, err = day(on)
	return p, err
}

// Now is what stands on every line of a year, by line. A line on which nothing was done is not there.
func (l *Lines) Now(ctx context.Context, tx *store.Tx, organisation, year string) (map[string]Sums, error) {
	all := map[string]Sums{}
	rows, err := tx.Query(ctx, `SELECT line, committed, invoiced, paid FROM spend_line WHERE organisation = $1 AND year = $2`, organisation, year)
	_, err = store.Collect(rows, err, func(row store.Scanner) (s Sums, err error) {
		var line string
		if err = row.Scan(&line, &s.Committed, &s.Invoiced, &s.Paid); err == nil {
			all[line] = s
		}
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the lines of %s: %w", year, err)
	}
	return all, nil
}
