package view

import (
	"context"

	"stoa/internal/fault"
	"stoa/internal/spend"
)

// payments are those that a query finds, as everybody may see them.
func (w *public) payments(q spend.PaymentQuery) (all []SpentLine, err error) {
	found, err := w.Money.Spend.Payments.Shown(w.ctx, w.tx, q)
	for _, p := range found {
		all = append(all, w.payment(p))
	}
	return all, err
}

func (w *public) payment(p spend.Shown) SpentLine {
	return SpentLine{ID: p.ID, Number: p.Number, Day: w.r.date(p.Day), Supplier: SupplierRef{p.SupplierID, p.Supplier}, Purpose: p.Title,
		Organisation: w.r.organisationName(w.j, p.For), Year: p.Year, Line: w.lineRef(p.LineRef), Amount: w.r.shown(p.Amount, p.Currency)}
}

// lineRef names a line; by its id alone where the budget does not have it any more.
func (w *public) lineRef(at spend.LineRef) Ref {
	if b := w.j.Budget(at.Year); b != nil {
		if l := b.Line(at.Line); l != nil {
			return Ref{at.Line, w.r.words(w.j, l.Title)}
		}
	}
	return Ref{at.Line, at.Line}
}

// names are suppliers by id. One that is not among them is a person.
func (w *public) names(ids []string) (func(id string) SupplierRef, error) {
	found, err := w.Money.Spend.Suppliers.Names(w.ctx, w.tx, w.org, ids)
	return func(id string) SupplierRef {
		if x, ok := found[id]; ok {
			return SupplierRef{x.ID, x.Name}
		}
		return SupplierRef{Name: w.r.P.T("A person")}
	}, err
}

// commitments are those that a query finds, as everybody may see them.
func (w *public) commitments(q spend.CommitmentQuery) (all []CommitmentLine, err error) {
	q.Public = true
	found, err := w.Money.Spend.Commitments.Find(w.ctx, w.tx, q)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, c := range found {
		ids = append(ids, c.Supplier)
	}
	name, err := w.names(ids)
	for _, c := range found {
		all = append(all, w.commitment(c, name(c.Supplier)))
	}
	return all, err
}

func (w *public) commitment(c *spend.Commitment, with SupplierRef) CommitmentLine {
	l := CommitmentLine{ID: c.ID, Number: c.Number, Kind: c.Kind, Title: c.Title, Supplier: with, Organisation: w.r.organisationName(w.j, c.For),
		Signed: w.r.date(c.Signed), Value: w.r.shown(c.Value, c.Currency), Paid: w.r.shown(c.Paid, c.Currency), State: w.r.P.T("In force")}
	if c.State == spend.Closed {
		l.State = w.r.P.T("Closed")
	}
	return l
}

// invoices are those that a query finds, as everybody may see them.
func (w *public) invoices(q spend.InvoiceQuery) (all []InvoiceLine, err error) {
	q.Public = true
	found, err := w.Money.Spend.Invoices.Find(w.ctx, w.tx, q)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, i := range found {
		ids = append(ids, i.Supplier)
	}
	name, err := w.names(ids)
	for _, i := range found {
		one := InvoiceLine{Number: i.Number, Title: i.Title, Day: w.r.date(i.Arrived), Due: w.r.date(i.Due), Supplier: name(i.Supplier),
			Amount: w.r.shown(i.Amount, i.Currency), State: w.r.P.T("Due on {date}", map[string]any{"date": w.r.date(i.Due)})}
		if i.State == spend.Settled {
			one.State, one.Payment = w.r.P.T("Paid"), i.Payment
		}
		all = append(all, one)
	}
	return all, err
}

const (
	onePage  = 25
	mostRows = 100_000 // of a file
)

// Commitments are contracts or grants, the newest first; next is where the next page begins, "" on the last.
func (v Spending) Commitments(ctx context.Context, r Reader, ask CommitmentAsk) (list []CommitmentLine, next string, err error) {
	err = v.look(ctx, r, "Commitments", func(w *public) error {
		list, err = w.commitments(spend.CommitmentQuery{Organisation: w.org, Kind: ask.Kind, Text: ask.Text, Before: ask.Before, Limit: onePage + 1})
		if len(list) > onePage {
			list = list[:onePage]
			next = list[onePage-1].ID
		}
		return err
	})
	return list, next, err
}

// found reads a commitment of a kind by its number. One with a person is not there for the public, nor is one that is not
// in force.
func (w *public) found(kind, number string) (*spend.Commitment, error) {
	c, err := w.Money.Spend.Commitments.ByNumber(w.ctx, w.tx, w.org, number)
	if err != nil {
		return nil, err
	}
	if kind != "" && c.Kind != kind || c.Person || c.State != spend.Active && c.State != spend.Closed {
		return nil, fault.NewNotFound("")
	}
	return c, nil
}

// Commitment is a contract, a grant or an order with all that came of it.
func (v Spending) Commitment(ctx context.Context, r Reader, kind, number string) (p CommitmentPage, err error) {
	err = v.look(ctx, r, "Commitment", func(w *public) error {
		c, err := w.found(kind, number)
		if err != nil {
			return err
		}
		with, err := w.Money.Spend.Suppliers.Names(w.ctx, w.tx, w.org, []string{c.Supplier})
		if err != nil {
			return err
		}
		x := with[c.Supplier]
		p = CommitmentPage{CommitmentLine: w.commitment(c, SupplierRef{x.ID, x.Name}), Currency: c.Currency, About: c.About, Identifier: x.Identifier,
			Method: r.procurement(c.Method), From: r.date(c.From), Until: r.date(c.Until), Left: r.shown(max(c.Value-c.Paid, 0), c.Currency)}
		if c.State == spend.Closed {
			p.Left = r.shown(max(c.Invoiced-c.Paid, 0), c.Currency)
		}
		if c.Kind == spend.Contract {
			p.OCID = w.publisher().OCID(c.Number)
		}
		w.shares(&p, c)
		if p.Invoices, err = w.invoices(spend.InvoiceQuery{Organisation: w.org, Commitment: c.ID, Limit: someInvoices}); err != nil {
			return err
		}
		if p.Payments, err = w.payments(spend.PaymentQuery{Organisation: w.org, Commitment: c.ID, Limit: somePayments + 1}); err != nil {
			return err
		}
		if p.More = len(p.Payments) > somePayments; p.More {
			p.Payments = p.Payments[:somePayments]
		}
		return nil
	})
	return p, err
}

// shares fills which lines bear a commitment, and how that was changed.
func (w *public) shares(p *CommitmentPage, c *spend.Commitment) {
	for _, s := range c.Shares {
		one := CommitmentShare{Line: BudgetLine{Year: s.Year, ID: s.Line, Title: w.lineRef(s.LineRef).Title}, Amount: w.r.shown(s.Allocated, c.Currency), Paid: w.r.shown(s.Paid, c.Currency)}
		p.Lines = append(p.Lines, one)
	}
	first, changes := amendments(c)
	p.First = w.r.shown(first, c.Currency)
	for _, a := range changes {
		for _, x := range a {
			p.Changes = append(p.Changes, CommitmentChange{Day: w.r.date(x.Day), Reason: x.Why, Amount: w.r.changed(x.Amount, c.Currency), Line: w.lineRef(x.LineRef), Year: x.Year})
		}
	}
}

// amendments parts what a commitment may use into what it was first given and each later change, which has a reason: what
// was entered at one time is one. What still waits for a second person is left out.
func amendments(c *spend.Commitment) (first int64, later [][]spend.Allocation) {
	for _, a := range c.Allocations {
		switch {
		case a.Day.IsZero():
		case a.Why == "" && a.Entered.Equal(c.Allocations[0].Entered):
			first += a.Amount
		case len(later) > 0 && later[len(later)-1][0].Entered.Equal(a.Entered):
			later[len(later)-1] = append(later[len(later)-1], a)
		default:
			later = append(later, []spend.Allocation{a})
		}
	}
	return first, later
}

// procurement is how a supplier was chosen, in words.
func (r Reader) procurement(method string) string {
	switch method {
	case spend.Open:
		return r.P.T("Open: anybody could offer")
	case spend.Selective:
		return r.P.T("Selective: those who qualified could offer")
	case spend.Limited:
		return r.P.T("Limited: some were asked to offer")
	case spend.Direct:
		return r.P.T("Direct: without competition")
	}
	return ""
}
