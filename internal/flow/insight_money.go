package flow

import (
	"context"
	"errors"
	"time"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/insight"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// moneyEvery is how often sums of money are worked out anew, and moneyBack how many months back: entries of days that are
// closed do not come any more.
const (
	moneyEvery = time.Hour
	moneyBack  = 2
)

// CountMoney works out anew what was billed and paid in the last months, and what is late today.
func (f Insight) CountMoney(ctx context.Context, actor policy.Actor) error {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "statistics"}); err != nil {
		return err
	}
	book, err := f.book()
	if errors.Is(err, errNoBooks) {
		return nil
	}
	if err != nil {
		return err
	}
	var last time.Time
	var from, today calendar.Date
	var moved, late []insight.Count
	err = f.DB.Read(ctx, "flow.CountMoney", func(ctx context.Context, tx *store.Tx) error {
		if last, err = (insight.Figures{}).Marked(ctx, tx, "money"); err != nil || tx.Now().Sub(last) < moneyEvery {
			return err
		}
		today = f.today(tx)
		from = calendar.MustDate("2000-01-01")
		if last.Unix() > 0 {
			if from, err = calendar.MustDate(today.String()[:8] + "01").AddMonths(-moneyBack); err != nil {
				return err
			}
		}
		totals, err := bill.Figures{Bills: f.Money.Treasury.Bills}.Totals(ctx, tx, book.Organisation, from, today)
		if err != nil {
			return err
		}
		for _, t := range totals {
			if t.Currency != book.Currency {
				continue
			}
			c := insight.Count{Organisation: t.For, Service: t.Service, Day: t.Day, N: int64(t.Moves)}
			switch t.Kind {
			case bill.MoveCharge, bill.MoveCredit:
				c.Measure, c.Amount = insight.Billed, t.Amount
			case bill.MovePayment, bill.MoveRefund, bill.MoveDispute:
				c.Measure, c.Amount = insight.Paid, -t.Amount
			default:
				continue
			}
			moved = append(moved, c)
		}
		ages, err := f.Money.Treasury.Ageing(ctx, tx, book, today)
		for _, row := range ages {
			if row.Currency != book.Currency {
				continue
			}
			c := insight.Count{Measure: insight.Arrears, Organisation: row.For, Service: row.Service, Day: today, N: int64(row.Bills)}
			for _, n := range row.Ages[1:] {
				c.Amount += n
			}
			late = append(late, c)
		}
		return err
	})
	if err != nil || today.IsZero() {
		return err
	}
	err = f.DB.Write(ctx, "flow.CountMoney", func(ctx context.Context, tx *store.Tx) error {
		figures := insight.Figures{}
		if err := figures.Claim(ctx, tx, "money", last); err != nil {
			return err
		}
		if err := figures.Replace(ctx, tx, []string{insight.Billed, insight.Paid}, from, today, moved); err != nil {
			return err
		}
		return figures.Replace(ctx, tx, []string{insight.Arrears}, today, today, late)
	})
	if fault.KindOf(err) == fault.Conflict { // another node counts
		return nil
	}
	return err
}
