package insight

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// Read gives a series, by day, value and bucket. One stretch of the primary key holds it.
func (Figures) Read(ctx context.Context, tx *store.Tx, q Ask) ([]Point, error) {
	table, from, until := "insight_day", "", "9999-12-31"
	bound := calendar.Date.String
	if q.Grain == Month {
		table, bound = "insight_month", monthOf
	}
	if !q.From.IsZero() {
		from = bound(q.From)
	}
	if !q.Until.IsZero() {
		until = bound(q.Until)
	}
	rows, err := tx.Query(ctx, `SELECT day, of_what, bucket, n, amount FROM `+table+`
		WHERE measure = $1 AND by_what = $2 AND organisation = $3 AND service = $4 AND day >= $5 AND day <= $6
		ORDER BY day, of_what, bucket`, q.Measure, q.By, q.Organisation, q.Service, from, until)
	list, err := store.Collect(rows, err, func(row store.Scanner) (p Point, err error) {
		var day string
		if err := row.Scan(&day, &p.Value, &p.Bucket, &p.N, &p.Amount); err != nil {
			return p, err
		}
		if q.Grain == Month {
			day += "-01"
		}
		p.Day, err = calendar.ParseISO(day)
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the series %s: %w", q.Measure, err)
	}
	return list, nil
}

// Values are what a measure was told apart into, of whatever time.
func (Figures) Values(ctx context.Context, tx *store.Tx, measure, by string) ([]string, error) {
	list, err := store.Strings(ctx, tx, `SELECT DISTINCT of_what FROM insight_month WHERE measure = $1 AND by_what = $2 AND organisation = '' AND service = ''`, measure, by)
	if err != nil {
		return nil, fmt.Errorf("reading what %s is told apart into: %w", measure, err)
	}
	return list, nil
}

// Through is when the log was last followed; zero where it never was.
func (f Figures) Through(ctx context.Context, tx *store.Tx) (time.Time, error) {
	c, err := f.Cursor(ctx, tx)
	return c.Through, err
}

// WaitsOf puts the points of a series of Wait together.
func WaitsOf(points []Point) Waits {
	w := Waits{}
	for _, p := range points {
		w[p.Bucket] += p.N
	}
	return w
}
