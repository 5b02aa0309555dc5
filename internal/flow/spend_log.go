package flow

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/spend"
	"stoa/internal/store"
)

// What is public of spending is whom an organisation pays, for what, and how much. Of a person who is paid neither name nor
// purpose is: those are for the person concerned.

// ofSupplier puts what names the supplier in the open, or where that is a person, among what is hidden.
func ofSupplier(e *publog.Event, x *spend.Supplier, namesAndValues ...string) {
	all := append(hidden("supplier", x.Name), hidden(namesAndValues...)...)
	if x.Person {
		e.Subject, e.Hidden = x.Subject(), append(e.Hidden, all...)
		e.Fields = append(e.Fields, proof.Field{Name: "supplier-kind", Value: "person"})
		return
	}
	for _, field := range all {
		if field.Value != "" {
			e.Fields = append(e.Fields, field)
		}
	}
}

func amountFields(amount int64, currency string) []proof.Field {
	return []proof.Field{{Name: "amount", Value: strconv.FormatInt(amount, 10)}, {Name: "currency", Value: currency}}
}

// logAward logs a contract, grant or order that was awarded, or amended: its value and lines as they are now.
func (f *Flow) logAward(ctx context.Context, tx *store.Tx, s *spend.Spend, c *spend.Commitment, amended bool, day calendar.Date) error {
	if f.Log == nil {
		return nil
	}
	x, err := s.Suppliers.Get(ctx, tx, c.Organisation, c.Supplier)
	if err != nil {
		return err
	}
	kind, change := publog.ContractAwarded, "award"
	if c.Kind == spend.Grant {
		kind = publog.GrantAwarded
	}
	if amended {
		change = "amendment"
	}
	var lines []string
	for _, sh := range c.Shares {
		lines = append(lines, fmt.Sprintf("%s %s %d", sh.Year, sh.Line, sh.Allocated))
	}
	e := publog.Event{Kind: kind, ID: c.ID, Organisation: c.For, Fields: append([]proof.Field{{Name: "number", Value: c.Number}, {Name: "change", Value: change},
		{Name: "day", Value: day.String()}, {Name: "lines", Value: strings.Join(lines, "; ")}}, amountFields(c.Value, c.Currency)...)}
	if c.Method != "" {
		e.Fields = append(e.Fields, proof.Field{Name: "procurement", Value: c.Method})
	}
	if c.Override != "" {
		e.Hidden = append(e.Hidden, hidden("override", c.Override)...)
		e.Subject = x.Subject()
	}
	ofSupplier(&e, x, "title", c.Title, "purpose", c.About)
	return f.logNext(ctx, tx, e)
}

// logInvoice logs an invoice that was approved: what is owed, on which line, and the entry in the books.
func (f *Flow) logInvoice(ctx context.Context, tx *store.Tx, from *spend.Supplier, x *spend.Invoice) error {
	e := publog.Event{Kind: publog.InvoiceApproved, ID: x.ID, Organisation: x.For, Fields: append([]proof.Field{{Name: "number", Value: x.Number},
		{Name: "day", Value: x.ApprovedDay.String()}, {Name: "lines", Value: x.Year + " " + x.Line}, {Name: "booked", Value: x.Entry}}, amountFields(x.Amount, x.Currency)...)}
	if x.Overridden {
		e.Fields = append(e.Fields, proof.Field{Name: "beyond", Value: "yes"})
	}
	ofSupplier(&e, from, "supplier-number", x.SupplierNumber, "title", x.Title)
	return f.logNext(ctx, tx, e)
}

// logPaid logs a payment that was made: which invoice, which line, and the entry in the books.
func (f *Flow) logPaid(ctx context.Context, tx *store.Tx, s *spend.Spend, x *spend.Invoice, p *spend.Payment) error {
	if f.Log == nil {
		return nil
	}
	to, err := s.Suppliers.Get(ctx, tx, x.Organisation, x.Supplier)
	if err != nil {
		return err
	}
	e := publog.Event{Kind: publog.PaymentMade, ID: p.ID, Organisation: p.For, Fields: append([]proof.Field{{Name: "number", Value: p.Number}, {Name: "invoice", Value: x.Number},
		{Name: "day", Value: p.Day.String()}, {Name: "lines", Value: p.Year + " " + p.Line}, {Name: "booked", Value: p.Entry}}, amountFields(p.Amount, p.Currency)...)}
	ofSupplier(&e, to, "title", x.Title)
	return f.log(ctx, tx, e)
}

// logReturned logs that a payment came back: what it paid is owed again.
func (f *Flow) logReturned(ctx context.Context, tx *store.Tx, s *spend.Spend, x *spend.Invoice, p *spend.Payment) error {
	if f.Log == nil {
		return nil
	}
	to, err := s.Suppliers.Get(ctx, tx, x.Organisation, x.Supplier)
	if err != nil {
		return err
	}
	e := publog.Event{Kind: publog.PaymentReturned, ID: p.ID, Organisation: p.For, Fields: append([]proof.Field{{Name: "number", Value: p.Number}, {Name: "invoice", Value: x.Number},
		{Name: "day", Value: p.BackDay.String()}, {Name: "lines", Value: p.Year + " " + p.Line}, {Name: "booked", Value: p.BackEntry}}, amountFields(p.Amount, p.Currency)...)}
	ofSupplier(&e, to, "title", x.Title)
	if err := f.log(ctx, tx, e); !errors.Is(err, publog.ErrLogged) { // the same line again changes nothing
		return err
	}
	return nil
}

// logTakenBack logs that an approval was taken back: nothing is owed for the invoice any more.
func (f *Flow) logTakenBack(ctx context.Context, tx *store.Tx, from *spend.Supplier, x *spend.Invoice, day calendar.Date) error {
	e := publog.Event{Kind: publog.InvoiceTakenBack, ID: x.ID, Organisation: x.For, Fields: append([]proof.Field{{Name: "number", Value: x.Number},
		{Name: "day", Value: day.String()}, {Name: "lines", Value: x.Year + " " + x.Line}}, amountFields(x.Amount, x.Currency)...)}
	ofSupplier(&e, from, "title", x.Title)
	return f.logNext(ctx, tx, e)
}
