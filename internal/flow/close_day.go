package flow

import (
	"context"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// CloseDay closes the books up to and including a day, for good.
type CloseDay struct {
	Day calendar.Date
	Key string
}

// CloseDay is for supervisors of the treasury. A day is closed when it has passed, or at its end; with a till still open, or
// books that do not agree, it stays open.
func (f Finance) CloseDay(ctx context.Context, actor policy.Actor, in CloseDay) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	if err := policy.Can(actor, policy.MoneySupervise, moneyThing(book, in.Day.String())); err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.CloseDay", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if in.Day.IsZero() || in.Day.After(f.today(tx)) {
				return "", fault.NewInvalid("Close a day that has come")
			}
			tills, err := f.Money.Tills.NotClosed(ctx, tx, book.Organisation)
			if err != nil {
				return "", err
			}
			for _, t := range tills {
				if !t.Day.After(in.Day) {
					return "", fault.NewConflict("A till of this day is still open. Count it first")
				}
			}
			found, err := f.Money.Treasury.Controls(ctx, tx, book)
			if err != nil {
				return "", err
			}
			owed, err := f.payableFits(ctx, tx, book)
			if err != nil {
				return "", err
			}
			if found = append(found, owed...); len(found) > 0 {
				return "", fault.NewConflict("The books do not agree with bills, bank and refunds. Look at the findings first")
			}
			return "", f.Money.Treasury.Ledger.ClosePeriod(ctx, tx, book.Organisation, in.Day, actor.Person)
		})
		return err
	})
}
