package bill

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"stoa/internal/store"
)

// Named finds the bills that have one of these references or numbers, written in capitals without what divides them
// (RF712026000001, B2026000001), whatever became of them: also what is paid or cancelled is paid once more. What is
// neither a reference nor a number is passed over.
func (b *Bills) Named(ctx context.Context, tx *store.Tx, organisation string, keys []string) ([]Debt, error) {
	var references, numbers []string
	for _, k := range keys {
		switch digits := strings.TrimPrefix(k, "B"); {
		case strings.HasPrefix(k, "RF"):
			references = append(references, k)
		case digits != k && len(digits) > 4 && strings.Trim(digits, "0123456789") == "":
			numbers = append(numbers, numberOf(digits))
		}
	}
	var all []Debt
	for _, by := range []struct {
		column string
		keys   []string
	}{{"reference", references}, {"number", numbers}} {
		for some := range slices.Chunk(by.keys, 500) {
			args := []any{organisation}
			for _, k := range some {
				args = append(args, k)
			}
			found, err := b.debts(ctx, tx, `WHERE organisation = $1 AND `+by.column+` IN (`+store.Marks(2, len(some))+`) ORDER BY id`, args...)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
	}
	slices.SortFunc(all, func(x, y Debt) int { return strings.Compare(x.ID, y.ID) })
	return slices.CompactFunc(all, func(x, y Debt) bool { return x.ID == y.ID }), nil
}

// debts reads what matching needs to know of bills.
func (b *Bills) debts(ctx context.Context, tx *store.Tx, where string, args ...any) ([]Debt, error) {
	type sealed struct {
		Debt
		subject string
		words   []byte
	}
	rows, err := tx.Query(ctx, `SELECT id, number, reference, currency, balance, next_due, payer, state, subject, sealed FROM bill `+where, args...)
	found, err := store.Collect(rows, err, func(row store.Scanner) (d sealed, err error) {
		var next string
		err = row.Scan(&d.ID, &d.Number, &d.Reference, &d.Currency, &d.Owed, &next, &d.Payer, &d.State, &d.subject, &d.words)
		if err == nil {
			d.Due, err = day(next)
		}
		return d, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing debts: %w", err)
	}
	list := make([]Debt, len(found))
	for i, d := range found {
		var w Words
		if err := b.open(ctx, tx, d.subject, (&Bill{ID: d.ID}).place(), d.words, &w); err != nil {
			return nil, err
		}
		d.Name = w.Name
		list[i] = d.Debt
	}
	return list, nil
}
