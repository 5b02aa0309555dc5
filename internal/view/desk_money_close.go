package view

import (
	"context"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// CloseDay is the checklist for closing the books up to a day.
type CloseDay struct {
	MoneyRights
	Day, DayISO string
	ClosedUntil string // "" nothing is closed yet
	Done        bool   // this day is closed
	Future      bool   // it has not come
	Tills       []TillLine
	Open        []TillLine // tills of the day, or from before, that are not counted
	Queue       int
	Waiting     Number   // proposals
	Findings    []string // where books and bills, refunds, bank do not agree; for those who look after the books, in English
	Trial       []TrialPart
	Ready       bool
}

// CloseDay is for all who may read the money; the zero day is the next one that can be closed.
func (v Books) CloseDay(ctx context.Context, r Reader, day calendar.Date) (c CloseDay, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return c, err
	}
	err = v.read(ctx, "CloseDay", func(ctx context.Context, tx *store.Tx) error {
		c = CloseDay{MoneyRights: r.moneyRights(book)}
		closed, err := v.Money.Treasury.Ledger.ClosedUntil(ctx, tx, book.Organisation)
		if err != nil {
			return err
		}
		today := v.today(tx)
		if day.IsZero() { // yesterday, as long as that is open: today's money may still come
			if day, err = today.AddDays(-1); err != nil {
				return err
			}
			if !day.After(closed) {
				day = today
			}
		}
		c.Day, c.DayISO, c.ClosedUntil = r.date(day), day.String(), r.date(closed)
		c.Done, c.Future = !day.After(closed), day.After(today)
		if err := v.closeTills(ctx, tx, r, book.Organisation, day, &c); err != nil {
			return err
		}
		counts, err := v.Money.Exceptions.Counts(ctx, tx, book.Organisation)
		if err != nil {
			return err
		}
		for _, n := range counts {
			c.Queue += int(n)
		}
		open, err := v.Money.Treasury.Bills.OpenProposals(ctx, tx, book.Organisation, "", countMost)
		if err != nil {
			return err
		}
		c.Waiting = Number{len(open), len(open) == countMost}
		if c.Findings, err = v.Money.Treasury.Controls(ctx, tx, book); err != nil {
			return err
		}
		rows, err := v.Money.Treasury.TrialBalance(ctx, tx, book, day)
		if err != nil {
			return err
		}
		balanced := true
		for _, part := range byCurrency(rows) {
			one, err := v.trialPart(r, part)
			if err != nil {
				return err
			}
			balanced = balanced && one.Off == ""
			c.Trial = append(c.Trial, one)
		}
		c.Ready = !c.Done && !c.Future && balanced && len(c.Open) == 0 && len(c.Findings) == 0
		return nil
	})
	return c, err
}

func (v *View) closeTills(ctx context.Context, tx *store.Tx, r Reader, organisation string, day calendar.Date, c *CloseDay) error {
	of, err := v.Money.Tills.OnDay(ctx, tx, organisation, day)
	if err != nil {
		return err
	}
	if c.Tills, err = v.tillLines(ctx, tx, r, of); err != nil {
		return err
	}
	open, err := v.Money.Tills.NotClosed(ctx, tx, organisation)
	if err != nil {
		return err
	}
	until := open[:0]
	for _, t := range open {
		if !t.Day.After(day) {
			until = append(until, t)
		}
	}
	c.Open, err = v.tillLines(ctx, tx, r, until)
	return err
}
