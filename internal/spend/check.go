package spend

import (
	"context"
	"fmt"

	"stoa/internal/store"
)

// Owed is what approved invoices are owed and not paid, in minor units by currency: what the payable account must show.
func (s *Invoices) Owed(ctx context.Context, tx *store.Tx, organisation string) (map[string]int64, error) {
	all := map[string]int64{}
	rows, err := tx.Query(ctx, `SELECT currency, CAST(SUM(amount) AS BIGINT) FROM spend_invoice WHERE organisation = $1 AND state IN ('approved', 'ordered')
		GROUP BY currency`, organisation)
	_, err = store.Collect(rows, err, func(row store.Scanner) (x struct{}, err error) {
		var currency string
		var sum int64
		err = row.Scan(&currency, &sum)
		all[currency] = sum
		return x, err
	})
	if err != nil {
		return nil, fmt.Errorf("adding up what suppliers are owed: %w", err)
	}
	return all, nil
}

// checks are what must find nothing: each gives what does not agree, in words.
var checks = []struct{ what, query string }{
	{"line %s: its sums are not those of its moves", `SELECT l.year || ' ' || l.line FROM spend_line l LEFT JOIN spend_move m
		ON m.organisation = l.organisation AND m.year = l.year AND m.line = l.line WHERE l.organisation = $1 GROUP BY l.year, l.line, l.committed, l.invoiced, l.paid
		HAVING COALESCE(SUM(CASE WHEN m.what = 'committed' THEN m.amount ELSE 0 END), 0) <> l.committed
		OR COALESCE(SUM(CASE WHEN m.what = 'invoiced' THEN m.amount ELSE 0 END), 0) <> l.invoiced
		OR COALESCE(SUM(CASE WHEN m.what = 'paid' THEN m.amount ELSE 0 END), 0) <> l.paid`},
	{"line %s: it has moves and no sums", `SELECT DISTINCT m.year || ' ' || m.line FROM spend_move m WHERE m.organisation = $1 AND NOT EXISTS
		(SELECT 1 FROM spend_line l WHERE l.organisation = m.organisation AND l.year = m.year AND l.line = m.line)`},
	{"line %s: what is invoiced is not what its invoices make", `SELECT l.year || ' ' || l.line FROM spend_line l WHERE l.organisation = $1 AND l.invoiced <>
		(SELECT COALESCE(SUM(i.amount), 0) FROM spend_invoice i WHERE i.organisation = l.organisation AND i.year = l.year AND i.line = l.line
		AND i.state IN ('approved', 'ordered', 'paid'))`},
	{"line %s: what is paid is not what its payments make", `SELECT l.year || ' ' || l.line FROM spend_line l WHERE l.organisation = $1 AND l.paid <>
		(SELECT COALESCE(SUM(p.amount), 0) FROM spend_payment p WHERE p.organisation = l.organisation AND p.year = l.year AND p.line = l.line AND p.back_day = '')`},
	{"line %s: what it is committed to is not what its contracts, grants, orders and other invoices make", `SELECT l.year || ' ' || l.line FROM spend_line l
		WHERE l.organisation = $1 AND l.committed <>
		(SELECT COALESCE(SUM(CASE WHEN c.state = 'closed' OR h.invoiced > h.allocated THEN h.invoiced ELSE h.allocated END), 0) FROM spend_share h
			JOIN spend_commitment c ON c.organisation = h.organisation AND c.id = h.commitment WHERE h.organisation = l.organisation AND h.year = l.year AND h.line = l.line)
		+ (SELECT COALESCE(SUM(i.amount), 0) FROM spend_invoice i WHERE i.organisation = l.organisation AND i.year = l.year AND i.line = l.line
			AND i.commitment = '' AND i.state IN ('approved', 'ordered', 'paid'))`},
	{"commitment %s: its sums are not those of its shares", `SELECT c.number FROM spend_commitment c LEFT JOIN spend_share h ON h.organisation = c.organisation AND h.commitment = c.id
		WHERE c.organisation = $1 GROUP BY c.number, c.value, c.invoiced, c.paid
		HAVING COALESCE(SUM(h.allocated), 0) <> c.value OR COALESCE(SUM(h.invoiced), 0) <> c.invoiced OR COALESCE(SUM(h.paid), 0) <> c.paid`},
	{"commitment %s: what it may use is not what was approved", `SELECT c.number FROM spend_commitment c WHERE c.organisation = $1 AND c.value <>
		(SELECT COALESCE(SUM(a.amount), 0) FROM spend_allocation a WHERE a.organisation = c.organisation AND a.commitment = c.id AND a.day <> '')`},
	{"commitment %s: what is invoiced is not what its invoices make", `SELECT c.number FROM spend_commitment c WHERE c.organisation = $1 AND c.invoiced <>
		(SELECT COALESCE(SUM(i.amount), 0) FROM spend_invoice i WHERE i.organisation = c.organisation AND i.commitment = c.id AND i.state IN ('approved', 'ordered', 'paid'))`},
	{"invoice %s: it has not exactly one payment that stayed", `SELECT i.number FROM spend_invoice i WHERE i.organisation = $1 AND
		(SELECT COUNT(*) FROM spend_payment p WHERE p.organisation = i.organisation AND p.invoice = i.id AND p.back_day = '')
		<> CASE WHEN i.state = 'paid' THEN 1 ELSE 0 END`},
	{"invoice %s: one person did all of it", `SELECT i.number FROM spend_invoice i WHERE i.organisation = $1 AND i.state IN ('approved', 'ordered', 'paid')
		AND (i.decided_by = i.entered_by OR i.decided_by = i.checked_by)`},
}

// Check gives all that does not agree among the tables, in words. In a Read it sees one state; it reads everything.
func (l *Lines) Check(ctx context.Context, tx *store.Tx, organisation string) (all []string, err error) {
	for _, c := range checks {
		found, err := store.Strings(ctx, tx, c.query+` LIMIT 100`, organisation)
		if err != nil {
			return nil, fmt.Errorf("checking what is spent: %w", err)
		}
		for _, name := range found {
			all = append(all, fmt.Sprintf(c.what, name))
		}
	}
	return all, nil
}
