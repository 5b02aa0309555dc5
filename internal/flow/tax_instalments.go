package flow

import (
	"context"

	"stoa/internal/assess"
	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/mandate"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/treasury"
)

// ChooseInstalments is in how many parts a payer wants to pay.
type ChooseInstalments struct {
	Account string
	Number  int
	Key     string
}

// ChooseInstalments is for the holder of the account, and for officers of the treasury. It counts for bills to come, and for
// what is open of those that are there: what is due already stays due.
func (f Taxation) ChooseInstalments(ctx context.Context, actor policy.Actor, in ChooseInstalments) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.ChooseInstalments", func(ctx context.Context, tx *store.Tx) error {
		a, err := f.taxAccount(ctx, tx, actor, policy.TaxOwn, book, in.Account)
		if err != nil {
			if a, err = f.taxAccount(ctx, tx, actor, policy.MoneyWork, book, in.Account); err != nil {
				return err
			}
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if err := f.didWithTax(ctx, tx, actor, mandate.Arranged, a, service.Span{}); err != nil {
				return "", err
			}
			return "", f.chooseInstalments(ctx, tx, book, a, actor.Person, in.Number)
		})
		return err
	})
}

func (f *Flow) chooseInstalments(ctx context.Context, tx *store.Tx, book *treasury.Book, a *tax.Account, by string, number int) error {
	t, err := f.taxInForce(a.Tax)
	if err != nil {
		return err
	}
	offered := false
	if t.Instalments != nil {
		for _, c := range t.Instalments.Choices {
			offered = offered || c.Number == number
		}
	}
	if !offered {
		return fault.NewInvalid("Choose one of the numbers that are offered")
	}
	a.Choice = number
	if err := f.Money.Taxes.SaveAccount(ctx, tx, a); err != nil {
		return err
	}
	today := f.today(tx)
	counting, err := f.Money.Taxes.Standing(ctx, tx, a, today, tax.Published)
	if err != nil {
		return err
	}
	for _, one := range counting {
		if one.Bill == "" {
			continue
		}
		b, err := f.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, one.Bill)
		if err != nil {
			return err
		}
		if err := f.chooseOn(ctx, tx, b, a, one, today, by); err != nil {
			return err
		}
	}
	return nil
}

// chooseOn lays out what is open of a bill as the payer chose.
func (f *Flow) chooseOn(ctx context.Context, tx *store.Tx, b *bill.Bill, a *tax.Account, one *tax.Assessment, today calendar.Date, by string) error {
	stands := b.On(today)
	if b.Balance <= 0 || b.State != bill.Open {
		return nil
	}
	if stands.Overdue > 0 {
		return fault.NewConflict("An instalment is overdue. Pay it first, or write to us, so that we can agree on other instalments")
	}
	t, err := f.Docket.Releases.Tax(ctx, tx, one.Definition)
	if err != nil {
		return err
	}
	return f.replan(ctx, tx, b, t, stands, today, by, func(_ []calendar.Date, rest int64) ([]bill.Instalment, error) {
		plan, err := assess.Instalments(ctx, t, service.Span{From: one.Begins, Until: one.Ends}, amountOf(rest, one.Currency), today, a.Choice)
		return instalments(plan), err
	})
}
