package view

import (
	"context"
	"fmt"

	"stoa/internal/assess"
	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/docket"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// BillTax is why a tax bill asks what it asks: the assessment that counts, and those before it with what changed.
type BillTax struct {
	*TaxWhy
	Account, Number string // of the tax account
	Assessment      string
	Cause           string
	State           BillState
	Versions        []TaxVersion // newest first; none where it was assessed once
	ObjectBy        string       // the last day of an objection; "" where there is none, or it has passed
}

// TaxVersion is one assessment of several for a period.
type TaxVersion struct {
	ID, Issued, Cause, Total string
	State                    BillState
	Counts                   bool
	Changes                  []string // against the one before it
}

// whyBilled explains a bill: a fee from the case as it was judged on the bill's day, a tax from its assessments.
func (v *View) whyBilled(ctx context.Context, tx *store.Tx, r Reader, b *bill.Bill, p *BillPage) (list []BillWhy, err error) {
	switch b.Of.Kind {
	case "case":
		return v.whyFee(ctx, tx, r, b)
	case "assessment":
		p.Tax, err = v.whyTaxed(ctx, tx, r, b)
		if p.Tax != nil {
			p.Account = p.Tax.Account
		}
	}
	return nil, err
}

func (v *View) whyFee(ctx context.Context, tx *store.Tx, r Reader, b *bill.Bill) ([]BillWhy, error) {
	c, err := v.Docket.Case(ctx, tx, b.Of.ID)
	if err != nil {
		return nil, err
	}
	if day := docket.Day(c.Service, c.Submitted); day != b.Day { // the case counts from the day of payment; the fee was asked before
		c.Submitted = c.Service.Jurisdiction.Calendar.StartOf(b.Day)
		if err := v.Docket.Rejudge(ctx, tx, c); err != nil {
			return nil, err
		}
	}
	var list []BillWhy
	if fee := r.fee(c.Service, c.Judged); fee != nil {
		for _, item := range fee.Items {
			list = append(list, BillWhy(item))
		}
	}
	return list, nil
}

// whyTaxed explains a tax bill from the latest assessment that it asks for.
func (v *View) whyTaxed(ctx context.Context, tx *store.Tx, r Reader, b *bill.Bill) (*BillTax, error) {
	latest, err := v.Money.Taxes.OfBill(ctx, tx, b.Organisation, b.ID)
	if err != nil {
		return nil, err
	}
	account, err := v.Money.Taxes.Account(ctx, tx, b.Organisation, latest.Account)
	if err != nil {
		return nil, err
	}
	return v.whyAssessed(ctx, tx, r, account, latest.ID)
}

// again works an assessment out from what was kept of it, under the definition that it was made by. nil where what was kept
// cannot be read any more.
func (v *View) again(ctx context.Context, tx *store.Tx, a *tax.Assessment) (*assess.Assessment, error) {
	if len(a.Input) == 0 {
		return nil, nil
	}
	t, err := v.Docket.Releases.Tax(ctx, tx, a.Definition)
	if err != nil {
		return nil, err
	}
	in, err := assess.Unmarshal(t, a.Input)
	if err != nil {
		return nil, err
	}
	out, err := assess.Assess(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("working out assessment %s again: %w", a.ID, err)
	}
	return out, nil
}

// whyAssessed explains one assessment, and what changed from one to the next of its period.
func (v *View) whyAssessed(ctx context.Context, tx *store.Tx, r Reader, account *tax.Account, id string) (*BillTax, error) {
	one, err := v.Money.Taxes.Assessment(ctx, tx, account.Organisation, id)
	if err != nil || one.Account != account.ID {
		return nil, orNothing(err)
	}
	x, err := v.again(ctx, tx, one)
	if err != nil || x == nil {
		return nil, err
	}
	w := &BillTax{TaxWhy: r.taxWhy(x, true), Account: account.ID, Number: account.Number, Assessment: one.ID, Cause: r.cause(one.Cause), State: r.assessmentState(one.State)}
	if one.State == tax.Published {
		last, err := assess.ObjectBy(ctx, x.Input.Tax, x.Input.Period, one.Issued)
		if err != nil {
			return nil, err
		}
		if !last.IsZero() && !last.Before(v.today(tx)) {
			w.ObjectBy = r.date(last)
		}
	}
	w.Versions, err = v.versions(ctx, tx, r, account, one.Begins)
	return w, err
}

func orNothing(err error) error {
	if err == nil {
		return store.ErrNotFound
	}
	return err
}

// versions lists the assessments of a period that have counted, newest first; nil where it is one.
func (v *View) versions(ctx context.Context, tx *store.Tx, r Reader, account *tax.Account, begins calendar.Date) (list []TaxVersion, err error) {
	all, err := v.Money.Taxes.AssessmentsOf(ctx, tx, account)
	if err != nil {
		return nil, err
	}
	var before *assess.Input
	for i := len(all) - 1; i >= 0; i-- { // the oldest first
		a := all[i]
		if a.Begins != begins || a.State == tax.Proposed || a.State == tax.Dropped {
			continue
		}
		whole, err := v.Money.Taxes.Assessment(ctx, tx, a.Organisation, a.ID)
		if err != nil {
			return nil, err
		}
		line := TaxVersion{ID: a.ID, Issued: r.date(a.Issued), Cause: r.cause(a.Cause), Total: r.money(a.Total, a.Currency), State: r.assessmentState(a.State), Counts: a.State == tax.Published}
		in, err := v.inputOf(ctx, tx, whole)
		if err != nil {
			return nil, err
		}
		if before != nil && in != nil {
			line.Changes = r.changes(before, in)
		}
		before = in
		list = append([]TaxVersion{line}, list...)
	}
	if len(list) < 2 {
		return nil, nil
	}
	return list, nil
}

// inputOf reads what an assessment rests on; nil where it cannot be read any more.
func (v *View) inputOf(ctx context.Context, tx *store.Tx, a *tax.Assessment) (*assess.Input, error) {
	if len(a.Input) == 0 {
		return nil, nil
	}
	t, err := v.Docket.Releases.Tax(ctx, tx, a.Definition)
	if err != nil {
		return nil, err
	}
	in, err := assess.Unmarshal(t, a.Input)
	return &in, err
}
