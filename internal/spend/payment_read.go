package spend

import (
	"context"
	"fmt"
	"strconv"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

const paymentColumns = `p.id, p.organisation, p.number, p.invoice, p.commitment, p.supplier, p.person, p.for_whom, p.year, p.line, p.amount, p.currency, p.day, p.entry,
	p.bank_line, p.back_day, p.back_entry, p.back_line`

// PaymentQuery asks for payments; what is empty is no bound.
type PaymentQuery struct {
	Organisation string
	For          string
	Supplier     string
	Commitment   string
	Invoice      string
	LineRef
	Text        string // in supplier, title and numbers; finds none of persons
	From, Until calendar.Date
	Least, Most int64
	Public      bool // none of persons, and none that came back
	Persons     bool // only those of persons, without those that came back
	// Dearest sorts by amount, the largest first; otherwise the latest come first.
	Dearest bool
	Offset  int
	Limit   int
}

func (q PaymentQuery) where() where {
	w := where{args: []any{q.Organisation}, text: `WHERE p.organisation = $1`}
	w.is("p.for_whom", q.For)
	w.is("p.supplier", q.Supplier)
	w.is("p.commitment", q.Commitment)
	w.is("p.invoice", q.Invoice)
	w.is("p.year", q.Year)
	w.is("p.line", q.Line)
	w.days("p.day", q.From, q.Until)
	if q.Text != "" {
		w.and(`p.search LIKE $? ESCAPE '\'`, like(q.Text))
	}
	if q.Least > 0 {
		w.and("p.amount >= $?", q.Least)
	}
	if q.Most > 0 {
		w.and("p.amount <= $?", q.Most)
	}
	if q.Public {
		w.text += ` AND NOT p.person AND p.back_day = ''`
	}
	if q.Persons {
		w.text += ` AND p.person AND p.back_day = ''`
	}
	return w
}

// Find lists payments.
func (s *Payments) Find(ctx context.Context, tx *store.Tx, q PaymentQuery) ([]*Payment, error) {
	w, order := q.where(), ` ORDER BY p.day DESC, p.id DESC`
	if q.Dearest {
		order = ` ORDER BY p.amount DESC, p.id DESC`
	}
	w.args = append(w.args, q.Limit, q.Offset)
	return s.read(ctx, tx, w.text+order+fmt.Sprintf(` LIMIT $%d OFFSET $%d`, len(w.args)-1, len(w.args)), w.args...)
}

// Total is how many payments there are and what they make.
type Total struct {
	Key    string // what they have in common
	Count  int
	Amount int64
}

// Total counts what a query finds, without regard to its limits.
func (s *Payments) Total(ctx context.Context, tx *store.Tx, q PaymentQuery) (t Total, err error) {
	w := q.where()
	err = tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(CAST(SUM(p.amount) AS BIGINT), 0) FROM spend_payment p `+w.text, w.args...).Scan(&t.Count, &t.Amount)
	if err != nil {
		return t, fmt.Errorf("adding up payments: %w", err)
	}
	return t, nil
}

// What payments are added up by.
const (
	BySupplier     = "supplier"
	ByLine         = "line" // of one year
	ByMonth        = "month"
	ByOrganisation = "organisation"
)

var groups = map[string]string{BySupplier: "p.supplier", ByLine: "p.line", ByMonth: "SUBSTR(p.day, 1, 7)", ByOrganisation: "p.for_whom"}

// Totals adds up what a query finds by what payments have in common, the largest first; at most its limit, 0 for all.
func (s *Payments) Totals(ctx context.Context, tx *store.Tx, q PaymentQuery, by string) ([]Total, error) {
	column, w, limit := groups[by], q.where(), ""
	if q.Limit > 0 {
		limit = " LIMIT " + strconv.Itoa(q.Limit)
	}
	rows, err := tx.Query(ctx, `SELECT `+column+`, COUNT(*), CAST(SUM(p.amount) AS BIGINT) AS total FROM spend_payment p `+w.text+
		` GROUP BY `+column+` ORDER BY total DESC, `+column+limit, w.args...)
	all, err := store.Collect(rows, err, func(row store.Scanner) (t Total, err error) {
		return t, row.Scan(&t.Key, &t.Count, &t.Amount)
	})
	if err != nil {
		return nil, fmt.Errorf("adding up payments by %s: %w", by, err)
	}
	return all, nil
}

// Get reads a payment. store.ErrNotFound if there is none.
func (s *Payments) Get(ctx context.Context, tx *store.Tx, organisation, id string) (*Payment, error) {
	found, err := s.read(ctx, tx, `WHERE p.organisation = $1 AND p.id = $2`, organisation, id)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("reading a payment: %w", store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

func (s *Payments) read(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Payment, error) {
	rows, err := tx.Query(ctx, `SELECT `+paymentColumns+` FROM spend_payment p `+where, args...)
	all, err := store.Collect(rows, err, func(row store.Scanner) (*Payment, error) {
		var p Payment
		var on, back string
		err := row.Scan(&p.ID, &p.Organisation, &p.Number, &p.Invoice, &p.Commitment, &p.Supplier, &p.Person, &p.For, &p.Year, &p.Line, &p.Amount, &p.Currency, &on, &p.Entry,
			&p.BankLine, &back, &p.BackEntry, &p.BackLine)
		if err == nil {
			p.Day, err = day(on)
		}
		if err == nil {
			p.BackDay, err = day(back)
		}
		return &p, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading payments: %w", err)
	}
	return all, nil
}
