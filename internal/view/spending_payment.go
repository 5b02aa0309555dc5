package view

import (
	"bytes"
	"context"

	"stoa/internal/fault"
	"stoa/internal/ocds"
	"stoa/internal/publog"
	"stoa/internal/spend"
	"stoa/internal/store"
	"stoa/internal/tabular"
)

// query is what was asked for, and what of it is to be told in words.
func (w *public) query(ask SpentAsk) (q spend.PaymentQuery, applied []Ref, err error) {
	q = spend.PaymentQuery{Organisation: w.org, For: ask.Organisation, Supplier: ask.Supplier, LineRef: spend.LineRef{Year: ask.Year, Line: ask.Line},
		Text: ask.Text, From: ask.From, Until: ask.Until, Least: ask.Least, Most: ask.Most}
	if ask.Supplier != "" {
		name, err := w.names([]string{ask.Supplier})
		if err != nil {
			return q, nil, err
		}
		x := name(ask.Supplier)
		if x.ID == "" {
			return q, nil, fault.NewNotFound("")
		}
		applied = append(applied, Ref{"supplier", w.r.P.T("To {name}", map[string]any{"name": x.Name})})
	}
	if ask.Year != "" {
		title := ask.Year
		if b := w.j.Budget(ask.Year); b != nil {
			title = w.year(b).Title
		}
		applied = append(applied, Ref{"year", title})
	}
	if ask.Line != "" {
		applied = append(applied, Ref{"line", w.lineRef(q.LineRef).Title})
	}
	if ask.Commitment != "" {
		c, err := w.found("", ask.Commitment)
		if err != nil {
			return q, nil, err
		}
		q.Commitment, applied = c.ID, append(applied, Ref{"for", c.Title})
	}
	return q, applied, nil
}

// Payments are those that were asked for, the newest first.
func (v Spending) Payments(ctx context.Context, r Reader, ask SpentAsk) (p SpentList, err error) {
	err = v.look(ctx, r, "Payments", func(w *public) error {
		q, applied, err := w.query(ask)
		if err != nil {
			return err
		}
		q.Public = true
		total, err := w.Money.Spend.Payments.Total(w.ctx, w.tx, q)
		if err != nil {
			return err
		}
		p = SpentList{Count: total.Count, Total: w.shown(total.Amount), Applied: applied, Pages: max((total.Count+onePage-1)/onePage, 1)}
		p.Page = min(max(ask.Page, 1), p.Pages)
		q.Offset, q.Limit = (p.Page-1)*onePage, onePage
		if p.Lines, err = w.payments(q); err != nil {
			return err
		}
		for _, o := range w.j.File.Organisations {
			for _, b := range w.j.Budgets {
				if spends(b, o.ID) {
					p.Organisations = append(p.Organisations, Ref{o.ID, w.r.words(w.j, o.Name)})
					break
				}
			}
		}
		// A sum over persons of a narrow search would single one out: it is told of whole lines and years only.
		if ask.Text == "" && ask.Supplier == "" && ask.Commitment == "" && ask.Least == 0 && ask.Most == 0 && ask.From.IsZero() && ask.Until.IsZero() {
			p.Part, err = w.part(q)
		}
		return err
	})
	return p, err
}

// PaymentsFile is Payments as a table, all at once.
func (v Spending) PaymentsFile(ctx context.Context, r Reader, ask SpentAsk) (f MoneyFile, err error) {
	err = v.look(ctx, r, "PaymentsFile", func(w *public) error {
		q, _, err := w.query(ask)
		if err != nil {
			return err
		}
		q.Limit = mostRows
		found, err := w.Money.Spend.Payments.Shown(w.ctx, w.tx, q)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		err = ocds.CSV(&b, []string{"payment", "day", "supplier", "supplier_name", "purpose", "organisation", "year", "line", "line_title", "commitment", "commitment_title",
			"invoice", "supplier_invoice", "currency", "amount"}, func(yield func([]string) error) error {
			for _, p := range found {
				amount, err := ocds.Number(p.Amount, p.Currency)
				if err != nil {
					return err
				}
				cells := []string{p.Number, p.Day.String(), p.SupplierID, p.Supplier, p.Title, p.For, p.Year, p.Line, w.lineRef(p.LineRef).Title, p.Commitment,
					p.CommitmentName, p.InvoiceNumber, p.SupplierNumber, p.Currency}
				for i := range cells {
					cells[i] = tabular.Guard(cells[i])
				}
				if err := yield(append(cells, amount)); err != nil {
					return err
				}
			}
			return nil
		})
		f = MoneyFile{Name: "payments.csv", Data: b.Bytes()}
		return err
	})
	return f, err
}

// one reads a payment that everybody may see: not one to a person.
func (w *public) one(id string) (*spend.Payment, error) {
	p, err := w.Money.Spend.Payments.Get(w.ctx, w.tx, w.org, id)
	if err != nil {
		return nil, err
	}
	if p.Person {
		return nil, fault.NewNotFound("")
	}
	return p, nil
}

// Payment is one payment: the receipt.
func (v Spending) Payment(ctx context.Context, r Reader, id string) (p SpentPage, err error) {
	err = v.look(ctx, r, "SpendingPayment", func(w *public) error {
		one, err := w.one(id)
		if err != nil {
			return err
		}
		b, err := w.budget(one.Year)
		if err != nil {
			return err
		}
		x, err := w.Money.Spend.Invoices.Get(w.ctx, w.tx, w.org, one.Invoice)
		if err != nil {
			return err
		}
		name, err := w.names([]string{one.Supplier})
		if err != nil {
			return err
		}
		p = SpentPage{BudgetYear: w.year(b), SpentLine: SpentLine{ID: one.ID, Number: one.Number, Day: r.date(one.Day), Supplier: name(one.Supplier), Purpose: x.Title,
			Organisation: r.organisationName(w.j, one.For), Year: one.Year, Line: w.lineRef(one.LineRef), Amount: r.shown(one.Amount, one.Currency), Back: r.date(one.BackDay)},
			Invoice: InvoiceFacts{x.Number, x.SupplierNumber, r.date(x.Arrived), r.date(x.Due), r.date(x.ApprovedDay)}}
		if one.Commitment != "" {
			c, err := w.Money.Spend.Commitments.Get(w.ctx, w.tx, w.org, one.Commitment)
			if err != nil {
				return err
			}
			p.Commitment = w.commitment(c, p.Supplier)
		}
		e, err := w.Money.Treasury.Ledger.Entry(w.ctx, w.tx, w.org, one.Entry)
		if err != nil {
			return err
		}
		p.Entry = w.entryLine(r, w.book, e)
		p.Proof, err = w.LogPages().standing(w.ctx, w.tx, w.leaf(one))
		return err
	})
	return p, err
}

func (w *public) leaf(p *spend.Payment) publog.Name {
	return publog.Name{Organisation: p.For, Kind: publog.PaymentMade, ID: p.ID}
}

// PaymentProof is how far a payment has come in the public log; bundle writes its proof, as anybody may have it.
func (v Spending) PaymentProof(ctx context.Context, r Reader, id string) (p Proof, bundle func() ([]byte, error), err error) {
	var name publog.Name
	err = v.look(ctx, r, "SpendingProof", func(w *public) error {
		one, err := w.one(id)
		if err != nil {
			return err
		}
		name = w.leaf(one)
		p, err = w.LogPages().standing(w.ctx, w.tx, name)
		return err
	})
	return p, func() (raw []byte, err error) {
		err = v.LogPages().read(ctx, "SpendingProof", func(ctx context.Context, tx *store.Tx) error {
			raw, err = v.Log.Public.Bundle(ctx, tx, name, false)
			return err
		})
		return raw, err
	}, err
}
