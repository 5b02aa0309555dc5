package bill

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// Figures adds up all bills.
type Figures struct{ Bills *Bills }

// Total is what moved on a day, in the books' time, on the bills of a service.
type Total struct {
	For      string // whose money it is
	Service  string
	Day      calendar.Date
	Kind     MoveKind
	Currency string
	Amount   int64
	Moves    int
}

// Totals adds up what moved between two days.
func (f Figures) Totals(ctx context.Context, tx *store.Tx, organisation string, from, until calendar.Date) ([]Total, error) {
	rows, err := tx.Query(ctx, `SELECT b.for_whom, b.service, m.posted_day, m.kind, b.currency, CAST(SUM(m.amount) AS BIGINT), COUNT(*)
		FROM bill_move m JOIN bill b ON b.organisation = m.organisation AND b.id = m.bill
		WHERE m.organisation = $1 AND m.posted_day >= $2 AND m.posted_day <= $3
		GROUP BY b.for_whom, b.service, m.posted_day, m.kind, b.currency
		ORDER BY m.posted_day, b.for_whom, b.service, m.kind, b.currency`, organisation, from.String(), until.String())
	list, err := store.Collect(rows, err, func(row store.Scanner) (t Total, err error) {
		var posted, kind string
		if err := row.Scan(&t.For, &t.Service, &posted, &kind, &t.Currency, &t.Amount, &t.Moves); err != nil {
			return t, err
		}
		t.Kind = MoveKind(kind)
		t.Day, err = day(posted)
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("adding up bills: %w", err)
	}
	return list, nil
}

// Balances is what is owed in all, by currency: the sum of the balances of all bills.
func (f Figures) Balances(ctx context.Context, tx *store.Tx, organisation string) (map[string]int64, error) {
	all := map[string]int64{}
	rows, err := tx.Query(ctx, `SELECT currency, CAST(SUM(balance) AS BIGINT) FROM bill WHERE organisation = $1 GROUP BY currency`, organisation)
	_, err = store.Collect(rows, err, func(row store.Scanner) (_ struct{}, err error) {
		var currency string
		var sum int64
		err = row.Scan(&currency, &sum)
		all[currency] = sum
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("adding up balances: %w", err)
	}
	return all, nil
}

// Arrears is what is open on the bills of a service, by how late it is.
type Arrears struct {
	For      string
	Service  string
	Currency string
	Bills    int
	Ages     [Buckets]int64 // not due, then late by up to 30, 60, 90 days, and more
}

// Ageing divides everything that is owed now by how late it is on a day.
func (f Figures) Ageing(ctx context.Context, tx *store.Tx, organisation string, on calendar.Date) ([]Arrears, error) {
	type key struct{ whose, service, currency string }
	all := map[key]*Arrears{}
	const page = 500
	for after := (Place{}); ; {
		list, err := rows(ctx, tx, organisation, after, page)
		if err != nil {
			return nil, fmt.Errorf("reading arrears: %w", err)
		}
		var late []*Bill
		for _, one := range list {
			after = one.PlaceOf()
			if one.Next.Before(on) {
				late = append(late, one)
			}
		}
		if err := f.Bills.withMoves(ctx, tx, late); err != nil {
			return nil, err
		}
		for _, one := range list {
			k := key{one.For, one.Service, one.Currency}
			if all[k] == nil {
				all[k] = &Arrears{For: k.whose, Service: k.service, Currency: k.currency}
			}
			all[k].add(one, on)
		}
		if len(list) < page {
			break
		}
	}
	sorted := make([]Arrears, 0, len(all))
	for _, a := range all {
		sorted = append(sorted, *a)
	}
	slices.SortFunc(sorted, func(a, b Arrears) int {
		return cmp.Or(cmp.Compare(a.For, b.For), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Currency, b.Currency))
	})
	return sorted, nil
}

func (a *Arrears) add(one *Bill, on calendar.Date) {
	a.Bills++
	if !one.Next.Before(on) { // nothing of it is late
		a.Ages[0] += one.Balance
		return
	}
	for i, n := range Stand(one.Current(), one.Moves, calendar.MaxDate).Ages(on) {
		a.Ages[i] += n
	}
}

// rows reads bills on which something is owed, with nothing of them opened.
func rows(ctx context.Context, tx *store.Tx, organisation string, after Place, limit int) ([]*Bill, error) {
	found, err := tx.Query(ctx, `SELECT `+columns+` FROM bill WHERE organisation = $1 AND next_due <> '' AND (next_due, id) > ($2, $3)
		ORDER BY next_due, id LIMIT $4`, organisation, after.Due.String(), after.ID, limit)
	return store.Collect(found, err, func(row store.Scanner) (*Bill, error) {
		s, err := scan(row)
		return s.Bill, err
	})
}
