package flow

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/ledger"
	"stoa/internal/policy"
	"stoa/internal/spend"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// NewInvoice is an invoice of a supplier, or an instalment of a grant, as it came.
type NewInvoice struct {
	Supplier       string
	Commitment     string // number of the contract, grant or order; "" none
	Year, Line     string
	SupplierNumber string // as it stands on the invoice
	Title          string
	Amount         int64 // minor units
	Day, Due       calendar.Date
}

// What is wrong with a row of the form.
var (
	msgNoSupplier      = i18n.Msg("Choose the supplier")
	msgNoNumber        = i18n.Msg("Enter the number that stands on the invoice")
	msgInvoiceDay      = i18n.Msg("Enter the day of the invoice, which is not in the future")
	msgDueDay          = i18n.Msg("Enter the day on which it is due, not before the day of the invoice")
	msgTwice           = i18n.Msg("This supplier’s invoice with this number is here already: {number}")
	msgNoCommitment    = i18n.Msg("Enter the number of a contract, grant or order, like C-2026-000001")
	msgOtherCommitment = i18n.Msg("This contract, grant or order is not in force, or is not this supplier’s and this organisation’s")
	msgNoLine          = i18n.Msg("Choose a budget line")
	msgNoTitle         = i18n.Msg("Say in a few words what it is for")
	msgNoAmount        = i18n.Msg("Enter an amount of money that is more than nothing")
)

// EnterInvoices takes invoices in that came to an organisation.
type EnterInvoices struct {
	For      string
	Invoices []NewInvoice
	Key      string
}

// EnterInvoices is for officers of the organisation: all are taken in, or none. Errors are told by field, with the number of
// the row where there are several: supplier, number, line, amount, day, due, commitment.
func (f Spending) EnterInvoices(ctx context.Context, actor policy.Actor, in EnterInvoices) (ids []string, err error) {
	book, s, err := f.spends()
	if err != nil {
		return nil, err
	}
	if err := policy.Can(actor, policy.SpendEnter, spendThing(book, "invoice", "", in.For, "")); err != nil {
		return nil, err
	}
	var result string
	err = missing(f.DB.Write(ctx, "flow.EnterInvoices", func(ctx context.Context, tx *store.Tx) error {
		result, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			var problems fault.Fields
			var made []string
			for i, n := range in.Invoices {
				e := entering{Flow: f.Flow, book: book, spend: s, actor: actor, in: in, row: i, problems: &problems}
				x, err := e.enter(ctx, tx, n)
				if err != nil {
					return "", err
				}
				if x != nil {
					made = append(made, x.ID)
				}
			}
			return strings.Join(made, " "), problems.Err()
		})
		return err
	}))
	return strings.Fields(result), err
}

// entering is a row of a form on its way in.
type entering struct {
	*Flow
	book     *treasury.Book
	spend    *spend.Spend
	actor    policy.Actor
	in       EnterInvoices
	row      int
	problems *fault.Fields
}

func (e entering) problem(field, msg string, args ...any) {
	e.problems.Add(rowed(field, e.row, len(e.in.Invoices)), msg, args...)
}

// enter takes one invoice in; nil where something is wrong with its row, which is noted.
func (e entering) enter(ctx context.Context, tx *store.Tx, n NewInvoice) (*spend.Invoice, error) {
	before := len(*e.problems)
	from, err := e.spend.Suppliers.Get(ctx, tx, e.book.Organisation, n.Supplier)
	if errors.Is(err, store.ErrNotFound) {
		e.problem("supplier", msgNoSupplier)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := policy.Can(e.actor, policy.SpendEnter, spendThing(e.book, "invoice", "", e.in.For, from.Owner)); err != nil {
		return nil, err
	}
	at := spend.LineRef{Year: n.Year, Line: n.Line}
	line := e.spendable(at, e.in.For)
	if line == nil {
		e.problem("line", msgNoLine)
	}
	if !strings.ContainsFunc(n.SupplierNumber, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		e.problem("number", msgNoNumber)
	}
	if n.Title == "" {
		e.problem("title", msgNoTitle)
	}
	if n.Amount <= 0 || n.Amount > mostOfLine {
		e.problem("amount", msgNoAmount)
	}
	if n.Day.IsZero() || n.Day.After(e.today(tx)) {
		e.problem("day", msgInvoiceDay)
	}
	if n.Due.IsZero() || n.Due.Before(n.Day) {
		e.problem("due", msgDueDay)
	}
	c, err := e.commitment(ctx, tx, n, from)
	if err != nil || len(*e.problems) > before {
		return nil, err
	}
	x, err := e.spend.Invoices.Enter(ctx, tx, from, spend.NewInvoice{Key: "form " + e.in.Key + " " + strconv.Itoa(e.row), For: e.in.For, Commitment: c, LineRef: at,
		Account: line.Account, SupplierNumber: n.SupplierNumber, Title: n.Title, Amount: n.Amount, Currency: e.book.Currency, Day: n.Day, Due: n.Due},
		spend.Act{By: e.actor.Person, Day: e.today(tx)})
	var twice *spend.Duplicate
	if errors.As(err, &twice) {
		e.problem("number", msgTwice, "number", twice.Number)
		return nil, nil
	}
	return x, err
}

// commitment finds the contract, grant or order that an invoice names.
func (e entering) commitment(ctx context.Context, tx *store.Tx, n NewInvoice, from *spend.Supplier) (*spend.Commitment, error) {
	if n.Commitment == "" {
		return nil, nil
	}
	c, err := e.spend.Commitments.ByNumber(ctx, tx, e.book.Organisation, n.Commitment)
	if errors.Is(err, store.ErrNotFound) {
		e.problem("commitment", msgNoCommitment)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if c.State != spend.Active || c.Supplier != from.ID || c.For != e.in.For {
		e.problem("commitment", msgOtherCommitment)
	}
	return c, nil
}

// What can be done with invoices that are here.
const (
	CheckInvoice   = "check"    // it was delivered as it was ordered
	ApproveInvoice = "approve"  // it is owed
	RefuseInvoice  = "refuse"   //
	DisputeInvoice = "dispute"  // it waits while we talk with the supplier
	ResumeInvoice  = "resume"   // it is to be checked again
	TakeBack       = "takeback" // its approval
)

// InvoiceAt names an invoice in a state: as it was when the page was made.
type InvoiceAt struct {
	ID      string
	Version int64
}

// MoveInvoices does one thing with one invoice or several.
type MoveInvoices struct {
	Invoices []InvoiceAt
	Do       string // CheckInvoice …
	Reason   string // of refusing, disputing, taking back
	Override string // why they are approved although they go beyond a contract or line
	Key      string
}

// NotMoved is an invoice with which it could not be done, and why; the others are done.
type NotMoved struct {
	ID, Number string
	Why        error
}

// MoveInvoices is for officers of the organisation; approving and taking back is for a supervisor who has neither entered
// nor checked them. Where several are chosen, those with which it cannot be done are told, and the others are done.
func (f Spending) MoveInvoices(ctx context.Context, actor policy.Actor, in MoveInvoices) (left []NotMoved, err error) {
	book, s, err := f.spends()
	if err != nil {
		return nil, err
	}
	switch {
	case len(in.Invoices) == 0:
		return nil, fault.NewInvalid("Choose at least one invoice")
	case in.Reason == "" && slices.Contains([]string{RefuseInvoice, DisputeInvoice, TakeBack}, in.Do):
		return nil, fault.NewInvalid("Say why")
	}
	all := slices.Clone(in.Invoices)
	slices.SortFunc(all, func(a, b InvoiceAt) int { return strings.Compare(a.ID, b.ID) }) // locked in one order
	err = missing(f.DB.Write(ctx, "flow.MoveInvoices", func(ctx context.Context, tx *store.Tx) error {
		left = nil
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			for _, one := range all {
				x, err := s.Invoices.Get(ctx, tx, book.Organisation, one.ID)
				if err != nil {
					return "", err
				}
				err = f.moveInvoice(ctx, tx, actor, book, s, x, one.Version, in)
				if kind := fault.KindOf(err); err != nil && len(all) > 1 && (kind == fault.Conflict || kind == fault.Invalid || kind == fault.Forbidden) {
					left = append(left, NotMoved{x.ID, x.Number, err})
					continue
				}
				if err != nil {
					return "", err
				}
			}
			return "", nil
		})
		return err
	}))
	return left, err
}

// moveInvoice does it with one.
func (f *Flow) moveInvoice(ctx context.Context, tx *store.Tx, actor policy.Actor, book *treasury.Book, s *spend.Spend, x *spend.Invoice, version int64, in MoveInvoices) error {
	from, err := s.Suppliers.Get(ctx, tx, book.Organisation, x.Supplier)
	if err != nil {
		return err
	}
	right, thing := policy.SpendEnter, spendThing(book, "invoice", x.ID, x.For, from.Owner)
	if in.Do == ApproveInvoice || in.Do == TakeBack {
		right, thing.Decider = policy.SpendApprove, x.EnteredBy
	}
	if err := policy.Can(actor, right, thing); err != nil {
		return err
	}
	if x.Version != version {
		return fault.NewConflict(changedMeanwhile)
	}
	a := spend.Act{By: actor.Person, Day: f.today(tx)}
	switch in.Do {
	case CheckInvoice:
		return s.Invoices.Check(ctx, tx, x, a)
	case RefuseInvoice:
		return s.Invoices.Refuse(ctx, tx, x, in.Reason, a)
	case DisputeInvoice:
		return s.Invoices.Dispute(ctx, tx, x, in.Reason, a)
	case ResumeInvoice:
		return s.Invoices.Resume(ctx, tx, x, a)
	case ApproveInvoice:
		return f.approveInvoice(ctx, tx, book, s, from, x, in.Override, a)
	case TakeBack:
		amount := amountOf(x.Amount, x.Currency)
		err := s.Invoices.TakeBack(ctx, tx, x, in.Reason, a, f.postOf(ctx, tx, book, treasury.Posting{Key: x.TakenBackKey(), Day: a.Day,
			Text: "Invoice " + x.Number + ": approval taken back", Source: invoiceSource(x), Lines: treasury.Between(payable(book), x.Account, amount)}))
		if err != nil {
			return err
		}
		return f.logTakenBack(ctx, tx, from, x, a.Day)
	}
	return fault.NewNotFound("")
}

// approveInvoice makes an invoice owed, in the books and on its line, and tells the public.
func (f *Flow) approveInvoice(ctx context.Context, tx *store.Tx, book *treasury.Book, s *spend.Spend, from *spend.Supplier, x *spend.Invoice, override string, a spend.Act) error {
	post := f.postOf(ctx, tx, book, treasury.Posting{Key: x.ApprovalKey(), Day: a.Day, Text: "Invoice " + x.Number, Source: invoiceSource(x),
		Lines: treasury.Between(x.Account, payable(book), amountOf(x.Amount, x.Currency))})
	if err := s.Invoices.Approve(ctx, tx, x, f.limits(a.Day, x.LineRef), override, a, post); err != nil {
		return told(err)
	}
	return f.logInvoice(ctx, tx, from, x)
}

func invoiceSource(x *spend.Invoice) ledger.Source {
	return ledger.Source{Kind: treasury.InvoiceKind, ID: x.ID}
}

// postOf books something when it is called.
func (f *Flow) postOf(ctx context.Context, tx *store.Tx, book *treasury.Book, p treasury.Posting) spend.Post {
	return func() (string, calendar.Date, error) {
		at, err := f.Money.Treasury.Journal(ctx, tx, book, p)
		return at.Entry, at.Day, err
	}
}
