package cases

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// standing is what sums count of a case: where it stood in them when it was last read or stored.
type standing struct {
	version                           int64
	organisation, service, state, due string
	open, free                        bool
}

func (c *Case) standing() standing {
	return standing{c.Version, c.Organisation, c.Service, c.State, dayText(c.Due), c.Open(), c.Assignee == ""}
}

// recount notes what a case that is stored takes from the sums and adds to them. ADR 48 says why in rows of their own.
func recount(ctx context.Context, tx *store.Tx, before, after standing) error {
	before.version = after.version
	if before == after {
		return nil
	}
	var args arguments
	var rows []string
	for i, s := range []standing{before, after} {
		if !s.open {
			continue
		}
		n, free := 2*i-1, 0
		if s.free {
			free = n
		}
		rows = append(rows, "("+args.add(tx.NewID())+", "+args.add(s.organisation)+", "+args.add(s.due)+", "+args.add(s.service)+", "+args.add(s.state)+", "+
			args.add(n)+", "+args.add(free)+")")
	}
	if len(rows) == 0 {
		return nil
	}
	err := tx.Put(ctx, `INSERT INTO case_count_pending (id, organisation, due, service, state, n, free) VALUES `+strings.Join(rows, ", "), args...)
	if err != nil {
		return fmt.Errorf("counting a case: %w", err)
	}
	return nil
}

// stood is where a case is in the sums now: as it was read, or where the caller did not read it, as it is stored.
func (c *Cases) stood(ctx context.Context, tx *store.Tx, one *Case) (standing, error) {
	if one.was.version == one.Version {
		return one.was, nil
	}
	s := standing{version: one.Version}
	err := tx.QueryRow(ctx, `SELECT organisation, service, state, due, is_open, assignee = '' FROM cases WHERE id = $1`, one.ID).
		Scan(&s.organisation, &s.service, &s.state, &s.due, &s.open, &s.free)
	if err != nil && !errors.Is(err, store.ErrNotFound) { // the update will say so
		return s, fmt.Errorf("reading where case %s stands: %w", one.Number, err)
	}
	return s, nil
}

// Count is how many open cases of a service are in a state, and how many of them are overdue.
type Count struct {
	Organisation, Service, State string
	Open, Overdue, Unassigned    int
}

// Counts tells how many cases of organisations are open on a day, without counting them.
func (c *Cases) Counts(ctx context.Context, tx *store.Tx, organisations []string, day calendar.Date) ([]Count, error) {
	if len(organisations) == 0 {
		return nil, nil
	}
	var args arguments
	before := args.add(day.String())
	of := args.in("organisation", organisations)
	rows, err := tx.Query(ctx, `SELECT organisation, service, state, CAST(SUM(n) AS BIGINT), CAST(SUM(late) AS BIGINT), CAST(SUM(free) AS BIGINT) FROM (
			SELECT organisation, service, state, CASE WHEN due = '' THEN n ELSE 0 END AS n, CASE WHEN due = '' THEN 0 ELSE n END AS late, free
			FROM case_count WHERE `+of+` AND due < `+before+`
		UNION ALL
			SELECT organisation, service, state, n, CASE WHEN due <> '' AND due < `+before+` THEN n ELSE 0 END, free
			FROM case_count_pending WHERE `+of+`
		) AS parts GROUP BY organisation, service, state HAVING SUM(n) <> 0 ORDER BY organisation, service, state`, args...)
	all, err := store.Collect(rows, err, func(row store.Scanner) (n Count, err error) {
		return n, row.Scan(&n.Organisation, &n.Service, &n.State, &n.Open, &n.Overdue, &n.Unassigned)
	})
	if err != nil {
		return nil, fmt.Errorf("counting cases: %w", err)
	}
	return all, nil
}

// Sums keeps the sums of open cases.
type Sums struct{ *Cases }

const (
	enoughWait = 200  // rows that are worth folding; reading them takes some 100 µs
	foldMost   = 5000 // in one transaction
	pastDays   = 2    // so many days are kept apart for clocks that do not agree what day it is
)

// Waits reports whether so much waits for the sums that it should be folded.
func (s Sums) Waits(ctx context.Context, tx *store.Tx) (bool, error) {
	var n int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM case_count_pending LIMIT $1) AS some`, enoughWait).Scan(&n); err != nil {
		return false, fmt.Errorf("looking what waits for the sums: %w", err)
	}
	return n == enoughWait, nil
}

type sumKey struct{ organisation, due, service, state string }

type sum struct{ n, free int64 }

// Fold adds what waits to the sums, and the sums of past days together. What they come to stays the same. It reports whether more
// waits than it took.
func (s Sums) Fold(ctx context.Context, tx *store.Tx, today calendar.Date) (more bool, err error) {
	past, err := past(today)
	if err != nil {
		return false, err
	}
	add := map[sumKey]sum{}
	took := 0
	take := func(waiting bool, query string, arg any) error {
		rows, err := tx.Query(ctx, query+` RETURNING organisation, due, service, state, n, free`, arg)
		type row struct {
			sumKey
			sum
		}
		list, err := store.Collect(rows, err, func(s store.Scanner) (r row, err error) {
			return r, s.Scan(&r.organisation, &r.due, &r.service, &r.state, &r.n, &r.free)
		})
		for _, r := range list {
			if waiting {
				took++
				all := r.sumKey
				all.due = ""
				add[all] = sum{add[all].n + r.n, add[all].free + r.free}
			}
			if r.due != "" {
				r.due = max(r.due, past)
				add[r.sumKey] = sum{n: add[r.sumKey].n + r.n}
			}
		}
		return err
	}
	err = take(true, `DELETE FROM case_count_pending WHERE id IN (SELECT id FROM case_count_pending ORDER BY id LIMIT $1)`, foldMost)
	if err == nil {
		err = take(false, `DELETE FROM case_count WHERE due <> '' AND due < $1`, past)
	}
	if err != nil {
		return false, fmt.Errorf("taking what waits for the sums: %w", err)
	}
	keys := slices.SortedFunc(maps.Keys(add), func(a, b sumKey) int { // rows are locked in one order
		return cmp.Or(cmp.Compare(a.organisation, b.organisation), cmp.Compare(a.due, b.due), cmp.Compare(a.service, b.service), cmp.Compare(a.state, b.state))
	})
	for _, k := range keys {
		err := tx.Put(ctx, `INSERT INTO case_count (organisation, due, service, state, n, free) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (organisation, due, service, state) DO UPDATE SET n = case_count.n + excluded.n, free = case_count.free + excluded.free`,
			k.organisation, k.due, k.service, k.state, add[k].n, add[k].free)
		if err != nil {
			return false, fmt.Errorf("adding to the sums of cases: %w", err)
		}
	}
	if err := tx.Put(ctx, `DELETE FROM case_count WHERE n = 0 AND free = 0`); err != nil {
		return false, fmt.Errorf("clearing the sums of cases: %w", err)
	}
	return took == foldMost, nil
}

// past is the day under which all days before it are added up.
func past(today calendar.Date) (string, error) {
	day, err := today.AddDays(-pastDays)
	return day.String(), err
}

// The differences between a slow count and the sums, by day, and over all days. A statement sees one state of the database: a case and
// what it adds to the sums are in it both, or neither.
const (
	daysApart = `SELECT organisation, due, service, state, CAST(SUM(n) AS BIGINT) AS n, CAST(0 AS BIGINT) AS free FROM (
			SELECT organisation, CASE WHEN due < $1 THEN $1 ELSE due END AS due, service, state, 1 AS n FROM cases WHERE is_open = TRUE
		UNION ALL SELECT organisation, CASE WHEN due < $1 THEN $1 ELSE due END, service, state, -n FROM case_count WHERE due <> ''
		UNION ALL SELECT organisation, CASE WHEN due < $1 THEN $1 ELSE due END, service, state, -n FROM case_count_pending WHERE due <> ''
		) AS apart GROUP BY organisation, due, service, state HAVING SUM(n) <> 0`
	sumsApart = `SELECT organisation, '' AS due, service, state, CAST(SUM(n) AS BIGINT) AS n, CAST(SUM(free) AS BIGINT) AS free FROM (
			SELECT organisation, service, state, 1 AS n, CASE WHEN assignee = '' THEN 1 ELSE 0 END AS free FROM cases WHERE is_open = TRUE
		UNION ALL SELECT organisation, service, state, -n, -free FROM case_count WHERE due = ''
		UNION ALL SELECT organisation, service, state, -n, -free FROM case_count_pending
		) AS apart GROUP BY organisation, service, state HAVING SUM(n) <> 0 OR SUM(free) <> 0`
)

// Check counts all open cases and says where the sums differ.
func (s Sums) Check(ctx context.Context, tx *store.Tx, today calendar.Date) (findings []string, err error) {
	past, err := past(today)
	if err != nil {
		return nil, err
	}
	for _, query := range []struct {
		text string
		args []any
	}{{daysApart, []any{past}}, {sumsApart, nil}} {
		rows, err := tx.Query(ctx, query.text+` ORDER BY organisation, due, service, state LIMIT 100`, query.args...)
		some, err := store.Collect(rows, err, func(row store.Scanner) (string, error) {
			var k sumKey
			var off sum
			err := row.Scan(&k.organisation, &k.due, &k.service, &k.state, &off.n, &off.free)
			return strings.TrimSpace(fmt.Sprintf("%s, %s, %s: %+d open cases, %+d of them nobody's, are not in the sums %s", k.organisation, k.service, k.state, off.n, off.free, k.due)), err
		})
		if err != nil {
			return nil, fmt.Errorf("holding the sums of cases to a count: %w", err)
		}
		findings = append(findings, some...)
	}
	return findings, nil
}

// Mend brings the sums to what a slow count gives: a program that did not know of them may have written cases.
func (s Sums) Mend(ctx context.Context, tx *store.Tx, today calendar.Date) error {
	past, err := past(today)
	if err != nil {
		return err
	}
	if _, err := tx.Next(ctx, "mending the sums of cases"); err != nil { // one at a time, or both would add what is missing
		return err
	}
	const into = `INSERT INTO case_count_pending (id, organisation, due, service, state, n, free)
		SELECT %s || '.' || organisation || '.' || due || '.' || service || '.' || state, organisation, due, service, state, n, free FROM (%s) AS found`
	if err = tx.Put(ctx, fmt.Sprintf(into, "CAST($2 AS TEXT)", daysApart), past, tx.NewID()); err == nil {
		err = tx.Put(ctx, fmt.Sprintf(into, "CAST($1 AS TEXT)", sumsApart), tx.NewID())
	}
	if err != nil {
		return fmt.Errorf("mending the sums of cases: %w", err)
	}
	return nil
}
