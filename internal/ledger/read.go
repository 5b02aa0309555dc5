package ledger

import (
	"context"
	"fmt"

	"stoa/internal/money"
	"stoa/internal/store"
)

const entryColumns = `e.organisation, e.id, e.idem_key, e.value_day, e.booked, e.text, e.source_kind, e.source_id,
	COALESCE(e.reverses, ''), COALESCE((SELECT r.id FROM ledger_entry r
		WHERE r.organisation = e.organisation AND r.reverses = e.id), ''), e.input_hash`

// stored is an entry's row with its lines.
type stored struct {
	Booked
	hash []byte
}

func scanEntry(row store.Scanner) (*stored, error) {
	var e stored
	var day string
	var booked int64
	err := row.Scan(&e.Organisation, &e.ID, &e.Key, &day, &booked, &e.Text, &e.Source.Kind, &e.Source.ID,
		&e.Reverses, &e.ReversedBy, &e.hash)
	if err != nil {
		return nil, err
	}
	e.At = store.Time(booked)
	e.Value, err = parseDay(day)
	return &e, err
}

// Entry reads an entry; store.ErrNotFound if there is none.
func (l *Ledger) Entry(ctx context.Context, tx *store.Tx, organisation, id string) (*Booked, error) {
	all, err := entries(ctx, tx, ` WHERE e.organisation = $1 AND e.id = $2`, organisation, id)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("reading entry %s: %w", id, store.ErrNotFound)
	}
	return &all[0].Booked, nil
}

// Of lists what was posted for a source, in the order of posting, at most a thousand entries.
func (l *Ledger) Of(ctx context.Context, tx *store.Tx, organisation string, s Source) ([]Booked, error) {
	all, err := entries(ctx, tx, ` WHERE e.organisation = $1 AND e.source_kind = $2 AND e.source_id = $3
		ORDER BY e.id LIMIT 1000`, organisation, s.Kind, s.ID)
	if err != nil {
		return nil, err
	}
	list := make([]Booked, len(all))
	for i, e := range all {
		list[i] = e.Booked
	}
	return list, nil
}

// entries reads entries of one organisation with their lines.
func entries(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*stored, error) {
	rows, err := tx.Query(ctx, `SELECT `+entryColumns+` FROM ledger_entry e`+where, args...)
	all, err := store.Collect(rows, err, scanEntry)
	if err != nil {
		return nil, fmt.Errorf("reading entries: %w", err)
	}
	byID := make(map[string]*stored, len(all))
	for _, e := range all {
		byID[e.ID] = e
	}
	for left := all; len(left) > 0; {
		n := min(len(left), chunk)
		args := []any{left[0].Organisation}
		for _, e := range left[:n] {
			args = append(args, e.ID)
		}
		if err := readLines(ctx, tx, byID, n, args); err != nil {
			return nil, fmt.Errorf("reading the lines of entries: %w", err)
		}
		left = left[n:]
	}
	return all, nil
}

func readLines(ctx context.Context, tx *store.Tx, byID map[string]*stored, n int, args []any) error {
	rows, err := tx.Query(ctx, `SELECT l.entry, a.code, a.currency, l.amount FROM ledger_line l
		JOIN ledger_account a ON a.organisation = l.organisation AND a.id = l.account
		WHERE l.organisation = $1 AND l.entry IN (`+store.Marks(2, n)+`) ORDER BY l.entry, l.no`, args...)
	_, err = store.Collect(rows, err, func(row store.Scanner) (line Line, err error) {
		var id string
		var amount money.Amount
		if err := row.Scan(&id, &line.Account, &amount.Currency, &amount.Minor); err != nil {
			return line, err
		}
		line.Amount = amount
		byID[id].Lines = append(byID[id].Lines, line)
		return line, nil
	})
	return err
}
