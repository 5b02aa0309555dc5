package view

import (
	"context"

	"stoa/internal/bill"
	"stoa/internal/docket"
	"stoa/internal/store"
)

// whyBilled explains a bill: a fee from the case as it was judged on the bill's day, a tax from its assessment.
func (v *View) whyBilled(ctx context.Context, tx *store.Tx, r Reader, b *bill.Bill, p *BillPage) ([]BillWhy, error) {
	if b.Of.Kind != "case" {
		return nil, nil
	}
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
			list = append(list, BillWhy{Title: item.Title, Amount: item.Amount, Why: item.Why, Law: item.Law})
		}
	}
	return list, nil
}
