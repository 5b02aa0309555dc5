package flow

import (
	"context"
	"fmt"
	"slices"

	"stoa/internal/assess"
	"stoa/internal/bill"
	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// Recomputed is an assessment that was worked out once more from what it rests on, by the definition that it was made by.
type Recomputed struct {
	Assessment  *tax.Assessment
	Again       *assess.Assessment
	Differences []string // in words; none: it comes to exactly what was billed
}

// Recompute is for the holder of the account and for who may read the treasury's bills.
func (f Taxation) Recompute(ctx context.Context, actor policy.Actor, id string) (r *Recomputed, err error) {
	book, err := f.book()
	if err != nil {
		return nil, err
	}
	err = f.DB.Read(ctx, "flow.Recompute", func(ctx context.Context, tx *store.Tx) error {
		one, err := f.Money.Taxes.Assessment(ctx, tx, book.Organisation, id)
		if err != nil {
			return missing(err)
		}
		if _, err := f.taxAccount(ctx, tx, actor, policy.TaxOwn, book, one.Account); err != nil {
			if _, err = f.taxAccount(ctx, tx, actor, policy.MoneyRead, book, one.Account); err != nil {
				return err
			}
		}
		if len(one.Input) == 0 {
			return fault.NewGone("What this assessment rested on was erased")
		}
		r, err = f.recompute(ctx, tx, one)
		return err
	})
	return r, err
}

// recompute works an assessment out once more.
func (f *Flow) recompute(ctx context.Context, tx *store.Tx, one *tax.Assessment) (*Recomputed, error) {
	t, err := f.Docket.Releases.Tax(ctx, tx, one.Definition)
	if err != nil {
		return nil, err
	}
	in, err := assess.Unmarshal(t, one.Input)
	if err != nil {
		return nil, err
	}
	r := &Recomputed{Assessment: one}
	if r.Again, err = assess.Assess(ctx, in); err != nil {
		return nil, err
	}
	again, err := contents(r.Again)
	if err != nil {
		return nil, err
	}
	if r.Again.Total.Minor != one.Total || r.Again.Total.Currency != one.Currency {
		r.Differences = append(r.Differences, fmt.Sprintf("it comes to %s, not %s", r.Again.Total, money.Amount{Minor: one.Total, Currency: one.Currency}))
	}
	if !slices.Equal(again.Items, one.Items) {
		r.Differences = append(r.Differences, fmt.Sprintf("its items are %v, not %v", again.Items, one.Items))
	}
	return r, nil
}

// checkPage is how many assessments are checked in one transaction.
const checkPage = 200

// CheckTaxes works out every assessment that was ever published once more, and holds it against its bill. It gives all that
// does not agree, in words: stoa doctor prints it.
func (f Taxation) CheckTaxes(ctx context.Context, actor policy.Actor) (all []string, err error) {
	book, err := f.book()
	if err != nil {
		return nil, noBooks(err)
	}
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "taxes"}); err != nil {
		return nil, err
	}
	for after, more := "", true; more; {
		err := f.DB.Read(ctx, "flow.CheckTaxes", func(ctx context.Context, tx *store.Tx) error {
			list, err := f.Money.Taxes.All(ctx, tx, book.Organisation, after, checkPage)
			if err != nil || len(list) == 0 {
				more = false
				return err
			}
			after, more = list[len(list)-1].ID, len(list) == checkPage
			found, err := f.checkSome(ctx, tx, list)
			all = append(all, found...)
			return err
		})
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

func (f *Flow) checkSome(ctx context.Context, tx *store.Tx, list []*tax.Assessment) (all []string, err error) {
	var ids []string
	for _, one := range list {
		if one.Bill != "" {
			ids = append(ids, one.Bill)
		}
	}
	bills := map[string]*bill.Bill{}
	found, err := f.Money.Treasury.Bills.GetAll(ctx, tx, list[0].Organisation, ids)
	if err != nil {
		return nil, err
	}
	for _, b := range found {
		bills[b.ID] = b
	}
	for _, one := range list {
		if one.State == tax.Dropped || len(one.Input) == 0 { // never counted; or its person was erased
			continue
		}
		what := fmt.Sprintf("assessment %s of %s, %s to %s", one.ID, one.Tax, one.Begins, one.Ends)
		r, err := f.recompute(ctx, tx, one)
		if err != nil {
			all = append(all, what+": it cannot be worked out again: "+err.Error())
			continue
		}
		for _, d := range append(r.Differences, onBill(one, bills[one.Bill])...) {
			all = append(all, what+": "+d)
		}
	}
	return all, nil
}

// onBill holds an assessment against its bill: what was sent first, and what is asked for now.
func onBill(one *tax.Assessment, b *bill.Bill) (all []string) {
	if b == nil {
		if one.State == tax.Published && one.Total > 0 {
			all = append(all, "it has no bill")
		}
		return all
	}
	if b.Of == ofAssessment(one.ID) && !slices.EqualFunc(b.Items, nonZero(one.Items), func(x bill.Item, y tax.Item) bool {
		return x.ID == y.ID && x.Account == y.Account && x.Amount == y.Amount
	}) {
		all = append(all, "bill "+b.Number+" was sent with other items")
	}
	if b.State == bill.Cancelled || one.State != tax.Published && one.State != tax.Void {
		return all
	}
	want := one.Total
	if one.State == tax.Void {
		want = 0
	}
	if is := sumOf(asked(b)); is < want || is > want+givenUp(b) { // above, where what was given up is not needed any more
		all = append(all, fmt.Sprintf("bill %s asks for %s", b.Number, money.Amount{Minor: is, Currency: b.Currency}))
	}
	return all
}

func nonZero(items []tax.Item) []tax.Item {
	return slices.DeleteFunc(slices.Clone(items), func(i tax.Item) bool { return i.Amount == 0 })
}
