package ledger

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// ClosePeriod closes the organisation's books up to and including a day, for good. It waits for the entries that are
// being posted, and no entry with a value date up to that day comes after it. by is who closes.
func (l *Ledger) ClosePeriod(ctx context.Context, tx *store.Tx, organisation string, until calendar.Date, by string) error {
	if organisation == "" || until.IsZero() || by == "" {
		return fmt.Errorf("closing the books: %w", &Refusal{Why: ErrMalformed, Detail: "organisation, day and person are needed"})
	}
	var closedUntil string
	err := book(ctx, tx, organisation, `SELECT closed_until FROM ledger_book WHERE organisation = $1`+tx.Lock(), nil, &closedUntil)
	if err != nil {
		return fmt.Errorf("closing the books: %w", err)
	}
	switch {
	case until.String() == closedUntil:
		return nil
	case until.String() < closedUntil:
		return fmt.Errorf("closing the books: %w", closed(closedUntil, until))
	}
	err = tx.Put(ctx, `UPDATE ledger_book SET closed_until = $2 WHERE organisation = $1`, organisation, until.String())
	if err == nil {
		err = tx.Put(ctx, `INSERT INTO ledger_close (organisation, until_day, closed, closed_by) VALUES ($1, $2, $3, $4)`,
			organisation, until.String(), store.Micros(tx.Now()), by)
	}
	if err != nil {
		return fmt.Errorf("closing the books: %w", err)
	}
	return nil
}

// ClosedUntil is the last closed day, zero before the first close.
func (l *Ledger) ClosedUntil(ctx context.Context, tx *store.Tx, organisation string) (calendar.Date, error) {
	var day string
	err := tx.QueryRow(ctx, `SELECT closed_until FROM ledger_book WHERE organisation = $1`, organisation).Scan(&day)
	if errors.Is(err, store.ErrNotFound) {
		return calendar.Date{}, nil
	}
	if err != nil {
		return calendar.Date{}, fmt.Errorf("reading the last close: %w", err)
	}
	return parseDay(day)
}

func closed(until string, day calendar.Date) error {
	r := &Refusal{Why: ErrPeriodClosed, Day: day}
	last, err := parseDay(until)
	if err == nil {
		r.Open, err = last.AddDays(1)
	}
	if err != nil && !errors.Is(err, calendar.ErrRange) { // closed to the end of days: none is open
		return err
	}
	return r
}
