package appointment

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// Closing is a day, or one counter of it, on which nobody is seen.
type Closing struct {
	ID, Kind string
	Day      calendar.Date
	Counter  int // 0: all
	Reason   string
	At       time.Time
}

// Close stores a closing and takes the seats that it names: those that somebody holds must have been left before. ErrTaken says
// that somebody has booked one meanwhile.
func (s *Appointments) Close(ctx context.Context, tx *store.Tx, c *Closing, seats []Seat) error {
	c.ID, c.At = tx.NewID(), tx.Now()
	if _, err := tx.Exec(ctx, `INSERT INTO appointment_closing (id, kind, day, counter, reason, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		c.ID, c.Kind, c.Day.String(), c.Counter, c.Reason, store.Micros(c.At)); err != nil {
		return fmt.Errorf("closing a day: %w", err)
	}
	return take(ctx, tx, c.Kind, c.ID, seats)
}

// Reopen takes a closing of a kind back; one that is no longer there stays so.
func (s *Appointments) Reopen(ctx context.Context, tx *store.Tx, kind, id string) error {
	n, err := tx.Exec(ctx, `DELETE FROM appointment_closing WHERE id = $1 AND kind = $2`, id, kind)
	if err != nil {
		return fmt.Errorf("opening a day again: %w", err)
	}
	if n == 0 {
		return nil
	}
	return leave(ctx, tx, id)
}

// Closings lists those of days of a kind.
func (s *Appointments) Closings(ctx context.Context, tx *store.Tx, kind string, from, until calendar.Date) ([]Closing, error) {
	rows, err := tx.Query(ctx, `SELECT id, kind, day, counter, reason, at FROM appointment_closing WHERE kind = $1 AND day >= $2 AND day <= $3 ORDER BY day, id`,
		kind, from.String(), until.String())
	all, err := store.Collect(rows, err, func(row store.Scanner) (c Closing, err error) {
		var day string
		var at int64
		if err = row.Scan(&c.ID, &c.Kind, &day, &c.Counter, &c.Reason, &at); err != nil {
			return c, err
		}
		c.At = store.Time(at)
		c.Day, err = calendar.ParseISO(day)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing what is closed: %w", err)
	}
	return all, nil
}

// Busy tells what is taken in the days from one to another, for Free.
func (s *Appointments) Busy(ctx context.Context, tx *store.Tx, k *calendar.Calendar, kind string, from, until calendar.Date) (func(Seat) bool, error) {
	taken, err := s.Taken(ctx, tx, kind, k.StartOf(from), k.EndOf(until))
	if err != nil {
		return nil, err
	}
	closed, err := s.Closings(ctx, tx, kind, from, until)
	if err != nil {
		return nil, err
	}
	return func(x Seat) bool {
		if taken[x] != "" {
			return true
		}
		for _, c := range closed { // a day that is closed stays closed where the file opens it for longer
			if (c.Counter == 0 || c.Counter == x.Counter) && c.Day == k.DateOf(x.At) {
				return true
			}
		}
		return false
	}, nil
}
