package bill

import (
	"context"
	"fmt"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/store"
)

// Replan replaces the plan of a bill that was read with Get in this Write, and keeps the one before. The new plan holds
// every charge there is: for a payment arrangement it asks for what is owed, for a new assessment for the whole tax.
func (b *Bills) Replan(ctx context.Context, tx *store.Tx, one *Bill, plan []Instalment, since calendar.Date, by string) error {
	sum, err := planned(plan)
	switch {
	case err != nil:
		return fault.Wrap(err, fault.Invalid, "Each instalment needs a day and an amount")
	case sum < one.Balance || sum < 1:
		return fault.NewInvalid("The instalments must make at least what is owed")
	}
	before, err := planText(one.Current())
	if err != nil {
		return fmt.Errorf("replacing the plan of bill %s: %w", one.Number, err)
	}
	err = tx.Put(ctx, `INSERT INTO bill_plan (organisation, bill, no, until_day, plan, at, by_person)
		SELECT $1, $2, COUNT(*) + 1, $3, $4, $5, $6 FROM bill_plan WHERE organisation = $1 AND bill = $2`,
		one.Organisation, one.ID, since.String(), before, store.Micros(tx.Now()), by)
	if err != nil {
		return fmt.Errorf("keeping the plan of bill %s: %w", one.Number, err)
	}
	one.Plan, one.PlanSince, one.PlanMoves = plan, since, len(one.Moves)
	return b.Save(ctx, tx, one)
}

// Plans lists the plans of a bill, oldest first; the last is the one that stands.
func (b *Bills) Plans(ctx context.Context, tx *store.Tx, one *Bill) ([]Plan, error) {
	rows, err := tx.Query(ctx, `SELECT plan, until_day FROM bill_plan WHERE organisation = $1 AND bill = $2 ORDER BY no`,
		one.Organisation, one.ID)
	all, err := store.Collect(rows, err, func(row store.Scanner) (p Plan, err error) {
		var text, until string
		if err := row.Scan(&text, &until); err != nil {
			return p, err
		}
		if p, err = planOf(text); err == nil {
			p.Until, err = day(until)
		}
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the plans of bill %s: %w", one.Number, err)
	}
	return append(all, one.Current()), nil
}

// Readdress writes whom a bill, read with Get in this Write, is for: payer, owner, language and words. What is sealed
// stays under the bill's subject.
func (b *Bills) Readdress(ctx context.Context, tx *store.Tx, one *Bill) error {
	sealed, err := b.seal(ctx, tx, one.Subject, one.place(), one.Words)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `UPDATE bill SET sealed = $3 WHERE organisation = $1 AND id = $2`, one.Organisation, one.ID, sealed)
	if err != nil {
		return fmt.Errorf("readdressing bill %s: %w", one.Number, err)
	}
	return b.Save(ctx, tx, one)
}

// Step is what was done because an instalment was late.
type Step struct {
	Due   calendar.Date // of the instalment
	ID    string        // as the jurisdiction names it
	Taken calendar.Date
}

// Take notes a step and tells whether it is new: each is taken once for an instalment.
func Take(ctx context.Context, tx *store.Tx, one *Bill, s Step) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO bill_step (organisation, bill, due, step, taken, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (organisation, bill, due, step) DO NOTHING`,
		one.Organisation, one.ID, s.Due.String(), s.ID, s.Taken.String(), store.Micros(tx.Now()))
	if err != nil {
		return false, fmt.Errorf("noting a step on bill %s: %w", one.Number, err)
	}
	return n == 1, nil
}

// Steps lists the steps taken on a bill, in the order in which they were.
func Steps(ctx context.Context, tx *store.Tx, one *Bill) ([]Step, error) {
	rows, err := tx.Query(ctx, `SELECT due, step, taken FROM bill_step WHERE organisation = $1 AND bill = $2
		ORDER BY at, due, step`, one.Organisation, one.ID)
	all, err := store.Collect(rows, err, func(row store.Scanner) (s Step, err error) {
		var due, taken string
		if err := row.Scan(&due, &s.ID, &taken); err != nil {
			return s, err
		}
		return s, days(&s.Due, due, &s.Taken, taken)
	})
	if err != nil {
		return nil, fmt.Errorf("reading the steps on bill %s: %w", one.Number, err)
	}
	return all, nil
}
