package insight

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// Figures is the way to the sums.
type Figures struct{}

// cell is where a sum stands.
type cell struct {
	measure, by, organisation, service, day, of string
	bucket                                      int
}

type sum struct{ n, amount int64 }

// sums are additions to the two tables, put together before they are written.
type sums struct{ days, months map[cell]sum }

func (s *sums) add(c Count) {
	scopes := [][2]string{{c.Organisation, c.Service}}
	if !c.Inside {
		scopes = append(scopes, [2]string{c.Organisation, ""}, [2]string{"", ""})
	}
	for _, scope := range scopes {
		at := cell{measure: c.Measure, organisation: scope[0], service: scope[1], bucket: c.Bucket, day: c.Day.String()}
		more := func(in map[cell]sum, at cell) {
			old := in[at]
			in[at] = sum{old.n + c.N, old.amount + c.Amount}
		}
		if !c.Apart && c.Measure != Wait { // waiting times are asked for by month; their sum by day is with Decided
			more(s.days, at)
		}
		at.day = monthOf(c.Day)
		if !c.Apart {
			more(s.months, at)
		}
		for _, m := range c.Marks {
			at.by, at.of = m.By, m.Of
			more(s.months, at)
		}
	}
}

func monthOf(d calendar.Date) string { return d.String()[:len("2026-10")] }

// Add adds to the sums.
func (f Figures) Add(ctx context.Context, tx *store.Tx, all []Count) error {
	s := &sums{map[cell]sum{}, map[cell]sum{}}
	for _, c := range all {
		s.add(c)
	}
	if err := write(ctx, tx, "insight_day", s.days); err != nil {
		return err
	}
	return write(ctx, tx, "insight_month", s.months)
}

// write adds to the rows of a table, in one order, so that two who write do not wait for each other crosswise.
func write(ctx context.Context, tx *store.Tx, table string, all map[cell]sum) error {
	cells := make([]cell, 0, len(all))
	for c := range all {
		cells = append(cells, c)
	}
	slices.SortFunc(cells, func(a, b cell) int {
		return cmp.Or(cmp.Compare(a.measure, b.measure), cmp.Compare(a.by, b.by), cmp.Compare(a.organisation, b.organisation),
			cmp.Compare(a.service, b.service), cmp.Compare(a.day, b.day), cmp.Compare(a.of, b.of), cmp.Compare(a.bucket, b.bucket))
	})
	for _, c := range cells {
		s := all[c]
		_, err := tx.Exec(ctx, `INSERT INTO `+table+` (measure, by_what, organisation, service, day, of_what, bucket, n, amount)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (measure, by_what, organisation, service, day, of_what, bucket) DO UPDATE SET n = `+table+`.n + excluded.n, amount = `+table+`.amount + excluded.amount`,
			c.measure, c.by, c.organisation, c.service, c.day, c.of, c.bucket, s.n, s.amount)
		if err != nil {
			return fmt.Errorf("adding to %s: %w", table, err)
		}
	}
	return nil
}

// Replace sets sums of days that are worked out anew: those of the measures between two days, and their months. The first
// day is the first of a month, so that months are whole.
func (f Figures) Replace(ctx context.Context, tx *store.Tx, measures []string, from, until calendar.Date, all []Count) error {
	for _, m := range measures {
		for table, days := range map[string][2]string{"insight_day": {from.String(), until.String()}, "insight_month": {monthOf(from), monthOf(until)}} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE measure = $1 AND day >= $2 AND day <= $3`, m, days[0], days[1]); err != nil {
				return fmt.Errorf("replacing sums: %w", err)
			}
		}
	}
	return f.Add(ctx, tx, all)
}

// Note is something that only whoever does it knows. It is added up later, so that those who are busy do not wait for one
// another.
type Note struct {
	Measure, Organisation, Service string
	Marks                          []Mark
	Bucket                         int
	Amount                         int64
}

// Leave keeps a note with the transaction.
func (f Figures) Leave(ctx context.Context, tx *store.Tx, n Note) error {
	marks, err := json.Marshal(n.Marks)
	if err != nil {
		return fmt.Errorf("writing a note for statistics: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO insight_note (id, at, measure, organisation, service, marks, bucket, amount) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tx.NewID(), store.Micros(tx.Now()), n.Measure, n.Organisation, n.Service, string(marks), n.Bucket, n.Amount)
	if err != nil {
		return fmt.Errorf("leaving a note for statistics: %w", err)
	}
	return nil
}

// noted are measures that only their marks tell: to have come to a page is no thing of which there is a total.
var noted = []string{Reached, Passed, Wrong}

// Gather adds up notes that were left, at most limit, and tells how many.
func (f Figures) Gather(ctx context.Context, tx *store.Tx, day func(time.Time) calendar.Date, limit int) (int, error) {
	type left struct {
		id    string
		count Count
	}
	rows, err := tx.Query(ctx, `SELECT id, at, measure, organisation, service, marks, bucket, amount FROM insight_note ORDER BY id LIMIT $1`+tx.Lock(), limit)
	list, err := store.Collect(rows, err, func(row store.Scanner) (l left, err error) {
		var at int64
		var marks string
		c := &l.count
		if err := row.Scan(&l.id, &at, &c.Measure, &c.Organisation, &c.Service, &marks, &c.Bucket, &c.Amount); err != nil {
			return l, err
		}
		c.N, c.Day = 1, day(store.Time(at))
		c.Apart = slices.Contains(noted, c.Measure)
		c.Inside = c.Apart
		return l, json.Unmarshal([]byte(marks), &c.Marks)
	})
	if err != nil {
		return 0, fmt.Errorf("reading notes for statistics: %w", err)
	}
	var all []Count
	for _, l := range list {
		n, err := tx.Exec(ctx, `DELETE FROM insight_note WHERE id = $1`, l.id)
		if err != nil {
			return 0, fmt.Errorf("taking a note for statistics: %w", err)
		}
		if n == 1 { // else another node took it
			all = append(all, l.count)
		}
	}
	return len(list), f.Add(ctx, tx, all)
}
