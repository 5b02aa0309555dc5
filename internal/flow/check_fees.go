package flow

import (
	"context"
	"fmt"

	"stoa/internal/bill"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// checkBatch is how many bills are looked at in one transaction.
const checkBatch = 100

// CheckFees works every bill for a fee out again, from the answers and the definition that the case keeps, and says which are
// not what was asked for.
func (f Finance) CheckFees(ctx context.Context, actor policy.Actor) (findings []string, err error) {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "bills"}); err != nil {
		return nil, err
	}
	book, err := f.book()
	if err != nil {
		return nil, nil //nolint:nilerr // nothing is asked for here
	}
	for before, more := "", true; more; {
		err := f.DB.Read(ctx, "flow.CheckFees", func(ctx context.Context, tx *store.Tx) error {
			bills, err := f.Money.Treasury.Bills.Find(ctx, tx, bill.Query{Organisation: book.Organisation, Kind: bill.Fee, Before: before, Limit: checkBatch})
			if err != nil {
				return err
			}
			more = len(bills) == checkBatch
			for _, b := range bills {
				before = b.Number
				found, err := f.checkFee(ctx, tx, b)
				if err != nil {
					return fmt.Errorf("working out bill %s again: %w", b.Number, err)
				}
				findings = append(findings, found...)
			}
			return nil
		})
		if err != nil {
			return findings, err
		}
	}
	return findings, nil
}

func (f *Flow) checkFee(ctx context.Context, tx *store.Tx, b *bill.Bill) (findings []string, err error) {
	gone, err := cases.Keeping{Cases: f.Docket.Cases}.Destroyed(ctx, tx, b.Of.ID)
	if err != nil || gone {
		return nil, err // its answers were deleted when their time was over: the books still say what was paid
	}
	c, err := f.Docket.Case(ctx, tx, b.Of.ID)
	if err != nil {
		return nil, err
	}
	if docket.Day(c.Service, c.Submitted) != b.Day { // it counts from the day of payment; the fee was asked for before
		c.Submitted = c.Service.Jurisdiction.Calendar.StartOf(b.Day)
		if err := f.Docket.Rejudge(ctx, tx, c); err != nil {
			return nil, err
		}
	}
	differs := func(what string, args ...any) {
		findings = append(findings, "bill "+b.Number+": "+fmt.Sprintf(what, args...))
	}
	if c.Judged.Fee == nil {
		differs("the case has no fee any more")
		return findings, nil
	}
	again := map[string]int64{}
	for _, item := range c.Judged.Fee.Items {
		if !item.Amount.IsZero() {
			again[item.Fee.ID] = item.Amount.Minor
		}
	}
	for _, i := range b.Items {
		if again[i.ID] != i.Amount {
			differs("%s was asked for %d, and comes to %d", i.ID, i.Amount, again[i.ID])
		}
		delete(again, i.ID)
	}
	for id, amount := range again {
		differs("%s comes to %d, and was not asked for", id, amount)
	}
	return findings, nil
}
