package view

import (
	"cmp"
	"context"
	"slices"

	"stoa/internal/assess"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/store"
)

// MissingReturn is a declaration that has not come.
type MissingReturn struct {
	TaxAccountLine
	ReturnLine
}

// MissingReturns are declarations that are due and have not come.
type MissingReturns struct {
	MoneyRights
	List []MissingReturn
	More bool
}

const missingMost = 100

// MissingReturns lists them by account. It names nobody.
func (v TaxOffice) MissingReturns(ctx context.Context, r Reader) (p MissingReturns, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return p, err
	}
	err = v.read(ctx, "MissingReturns", func(ctx context.Context, tx *store.Tx) error {
		p = MissingReturns{MoneyRights: r.moneyRights(book)}
		for _, t := range v.place().Taxes {
			if t.By != "declared" {
				continue
			}
			accounts, err := v.Money.Taxes.Accounts(ctx, tx, book.Organisation, t.Tax, "", "", 500)
			if err != nil {
				return err
			}
			for _, a := range accounts {
				due, err := v.returnLines(ctx, tx, r, t, a)
				if err != nil {
					return err
				}
				for _, line := range due {
					if line.Sent || p.More {
						continue
					}
					p.List = append(p.List, MissingReturn{TaxAccountLine{ID: a.ID, Number: a.Number, Tax: v.billedTitle(r, a.Tax), TaxID: a.Tax, Object: a.Object, Label: a.Object}, line})
					p.More = len(p.List) >= missingMost
				}
			}
		}
		slices.SortStableFunc(p.List, func(a, b MissingReturn) int { return cmp.Compare(a.rank(), b.rank()) })
		return nil
	})
	return p, err
}

// rank puts what is overdue first, and what an estimate stands for last.
func (m MissingReturn) rank() int {
	switch {
	case m.Estimated:
		return 2
	case m.Late:
		return 0
	}
	return 1
}

// EstimateForm is what is asked to assess somebody who has declared nothing.
type EstimateForm struct {
	Account TaxAccountLine
	Begins  string
	Period  string
	By      string
	Fields  []Field
	Taken   bool // a declaration has come
}

// EstimateForm is for officers of the treasury.
func (v TaxOffice) EstimateForm(ctx context.Context, r Reader, account, begins string, typed process.Typed) (f EstimateForm, err error) {
	book, err := v.deskTax(ctx, r, account, policy.MoneyWork)
	if err != nil {
		return f, err
	}
	err = v.read(ctx, "EstimateForm", func(ctx context.Context, tx *store.Tx) error {
		a, t, err := v.anyTax(ctx, tx, book, account)
		if err != nil {
			return err
		}
		day, err := calendar.ParseISO(begins)
		if err != nil || t.By != "declared" {
			return fault.NewNotFound("")
		}
		span, err := t.Period(day)
		if err != nil || span.From != day {
			return fault.NewNotFound("")
		}
		line, err := v.returnLine(ctx, tx, r, t, a, span)
		if err != nil {
			return err
		}
		f = EstimateForm{Begins: begins, Period: assess.PeriodName(r.P, span), By: line.By, Taken: line.Sent}
		if f.Account, err = v.taxAccountLine(ctx, tx, r, a); err != nil {
			return err
		}
		form := taxForm{r, t, typed}
		for _, p := range t.Pages {
			for _, q := range p.Questions {
				f.Fields = append(f.Fields, form.field(q))
			}
		}
		return nil
	})
	return f, err
}
