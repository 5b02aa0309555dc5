package spend

import (
	"context"
	"fmt"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

const invoiceColumns = `i.id, i.organisation, i.number, i.for_whom, i.supplier, i.person, i.commitment, i.year, i.line, i.account, i.amount, i.currency, i.day, i.received,
	i.due, i.state, i.entered, i.entered_by, i.checked, i.checked_by, i.decided, i.decided_by, i.overridden, i.approved_day, i.entry, i.bank_order, i.payment,
	i.times, i.version, i.words,
	CASE WHEN i.person THEN (SELECT x.subject FROM spend_supplier x WHERE x.organisation = i.organisation AND x.id = i.supplier) ELSE '' END`

// InvoiceQuery asks for invoices; what is empty is no bound.
type InvoiceQuery struct {
	Organisation string
	For          string
	Any          []string // of these organisations; nil is no bound
	Supplier     string
	Commitment   string
	BankOrder    string
	LineRef
	States     []InvoiceState
	Overridden bool
	Due        calendar.Date // due on that day or before
	Public     bool          // owed or paid, and not of persons
	ByDue      bool          // those due first come first; otherwise the newest
	Before     string        // id of a former page's last; only where the newest come first
	Limit      int
}

// Find lists invoices.
func (s *Invoices) Find(ctx context.Context, tx *store.Tx, q InvoiceQuery) ([]*Invoice, error) {
	w := where{args: []any{q.Organisation}, text: `WHERE i.organisation = $1`}
	w.is("i.for_whom", q.For)
	w.in("i.for_whom", q.Any)
	w.is("i.supplier", q.Supplier)
	w.is("i.commitment", q.Commitment)
	w.is("i.bank_order", q.BankOrder)
	w.is("i.year", q.Year)
	w.is("i.line", q.Line)
	w.days("i.due", calendar.Date{}, q.Due)
	var states []string
	for _, state := range q.States {
		states = append(states, string(state))
	}
	w.in("i.state", states)
	if q.Overridden {
		w.text += ` AND i.overridden`
	}
	if q.Public {
		w.text += ` AND NOT i.person AND i.state IN ('approved', 'ordered', 'paid')`
	}
	if q.Before != "" {
		w.and(`i.id < $?`, q.Before)
	}
	order := ` ORDER BY i.id DESC`
	if q.ByDue {
		order = ` ORDER BY i.due, i.id`
	}
	w.args = append(w.args, q.Limit)
	return s.read(ctx, tx, w.text+order+fmt.Sprintf(` LIMIT $%d`, len(w.args)), w.args...)
}

// StateCount is how many invoices are in a state, and what they make.
type StateCount struct {
	State  InvoiceState
	Count  int
	Amount int64
}

// Counts counts invoices by state; of one organisation where it is named.
func (s *Invoices) Counts(ctx context.Context, tx *store.Tx, organisation, forWhom string) ([]StateCount, error) {
	rows, err := tx.Query(ctx, `SELECT state, COUNT(*), CAST(SUM(amount) AS BIGINT) FROM spend_invoice WHERE organisation = $1 AND ($2 = '' OR for_whom = $2)
		GROUP BY state ORDER BY state`, organisation, forWhom)
	all, err := store.Collect(rows, err, func(row store.Scanner) (c StateCount, err error) {
		return c, row.Scan(&c.State, &c.Count, &c.Amount)
	})
	if err != nil {
		return nil, fmt.Errorf("counting invoices: %w", err)
	}
	return all, nil
}

// Get reads an invoice; in Write it is locked until commit. store.ErrNotFound if there is none.
func (s *Invoices) Get(ctx context.Context, tx *store.Tx, organisation, id string) (*Invoice, error) {
	lock := tx.Lock()
	if lock != "" {
		lock += " OF i"
	}
	found, err := s.read(ctx, tx, `WHERE i.organisation = $1 AND i.id = $2`+lock, organisation, id)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("reading an invoice: %w", store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

func (s *Invoices) read(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Invoice, error) {
	var words [][]byte
	rows, err := tx.Query(ctx, `SELECT `+invoiceColumns+` FROM spend_invoice i `+where, args...)
	all, err := store.Collect(rows, err, func(row store.Scanner) (*Invoice, error) {
		x, bytes, err := scanInvoice(row)
		words = append(words, bytes)
		return x, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading invoices: %w", err)
	}
	for i, x := range all {
		if err := open(ctx, tx, s.vault, x.subject, invoicePlace+x.ID, words[i], &x.InvoiceWords); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func scanInvoice(row store.Scanner) (*Invoice, []byte, error) {
	var x Invoice
	var issued, received, due, approved string
	var entered, checked, decided int64
	var words []byte
	err := row.Scan(&x.ID, &x.Organisation, &x.Number, &x.For, &x.Supplier, &x.Person, &x.Commitment, &x.Year, &x.Line, &x.Account, &x.Amount, &x.Currency, &issued, &received,
		&due, &x.State, &entered, &x.EnteredBy, &checked, &x.CheckedBy, &decided, &x.DecidedBy, &x.Overridden, &approved, &x.Entry, &x.BankOrder, &x.Payment,
		&x.Times, &x.Version, &words, &x.subject)
	if err != nil {
		return nil, nil, err
	}
	x.Entered, x.CheckedAt, x.Decided = store.Time(entered), store.Time(checked), store.Time(decided)
	for stored, to := range map[*string]*calendar.Date{&issued: &x.Day, &received: &x.Arrived, &due: &x.Due, &approved: &x.ApprovedDay} {
		if *to, err = day(*stored); err != nil {
			return nil, nil, err
		}
	}
	return &x, words, nil
}
