package view

import (
	"context"
	"errors"

	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// DeskRequests are claims and objections that wait.
type DeskRequests struct {
	MoneyRights
	Kind, Tax string
	Taxes     []Option
	List      []DeskRequest
	Next      string
}

// DeskRequest is a claim or an objection as an officer sees it.
type DeskRequest struct {
	TaxRequest
	Line   TaxAccountLine
	Own    bool   // the reader's own: somebody else decides
	Days   int    // since it came
	Holder string // only on its own page
	TaxWhy *BillTax
	Field  Field // to grant another value
	Change []Changeable
}

const requestsOnPage = 50

// DeskRequests is the queue, the oldest first. It names nobody.
func (v TaxOffice) DeskRequests(ctx context.Context, r Reader, taxID, kind, after string) (p DeskRequests, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return p, err
	}
	err = v.read(ctx, "DeskRequests", func(ctx context.Context, tx *store.Tx) error {
		p = DeskRequests{MoneyRights: r.moneyRights(book), Kind: kind, Tax: taxID}
		for _, t := range v.place().Taxes {
			p.Taxes = append(p.Taxes, Option{Value: t.Tax, Label: r.words(t.Jurisdiction, t.Title)})
		}
		list, err := v.requests().Open(ctx, tx, book.Organisation, taxID, kind, after, requestsOnPage+1)
		if err != nil {
			return err
		}
		if len(list) > requestsOnPage {
			list = list[:requestsOnPage]
			p.Next = list[requestsOnPage-1].ID
		}
		for _, one := range list {
			a, t, err := v.anyTax(ctx, tx, book, one.Account)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			line := DeskRequest{Line: TaxAccountLine{ID: a.ID, Number: a.Number, Tax: v.billedTitle(r, a.Tax), Object: a.Object}, Days: v.place().Calendar.DateOf(one.At).DaysUntil(v.today(tx))}
			if line.TaxRequest, err = v.taxRequest(ctx, tx, r, t, a, one); err != nil {
				return err
			}
			line.Text, line.Value = "", ""
			p.List = append(p.List, line)
		}
		return nil
	})
	return p, err
}

// DeskRequest opens a claim or an objection; that it was opened is recorded.
func (v TaxOffice) DeskRequest(ctx context.Context, r Reader, id string, typed process.Typed) (p DeskRequest, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return p, err
	}
	err = v.recordPayer(ctx, r, book, policy.MoneyRead, func(ctx context.Context, tx *store.Tx) (payer, what, ref string, err error) {
		one, err := v.requests().Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return "", "", "", err
		}
		a, err := v.Money.Taxes.Account(ctx, tx, book.Organisation, one.Account)
		if err != nil {
			return "", "", "", err
		}
		return a.Holder, lookTax, a.Number, nil
	})
	if err != nil {
		return p, err
	}
	err = v.read(ctx, "DeskRequest", func(ctx context.Context, tx *store.Tx) error {
		one, err := v.requests().Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		a, t, err := v.anyTax(ctx, tx, book, one.Account)
		if err != nil {
			return err
		}
		p = DeskRequest{Holder: a.Name}
		if p.Line, err = v.taxAccountLine(ctx, tx, r, a); err != nil {
			return err
		}
		if p.TaxRequest, err = v.taxRequest(ctx, tx, r, t, a, one); err != nil {
			return err
		}
		known, err := v.Money.Taxes.Known(ctx, tx, a)
		if err != nil {
			return err
		}
		now, _ := r.knownToday(t, known, v.today(tx))
		p.Change = r.changeable(t, now)
		if one.Kind == tax.Objection {
			p.TaxWhy, err = v.whyAssessed(ctx, tx, r, a, one.About)
			return err
		}
		if f := t.Fact(one.About); f != nil {
			p.Field = taxForm{r, t, typed}.field(f.Question)
		}
		return nil
	})
	return p, err
}
