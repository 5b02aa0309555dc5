// Package appointment owns who is seen at which counter at what time: the times that are free, what is booked, and what is
// closed. Nobody is booked twice, since each five minutes at a counter are a row with a unique key.
//
// It stops before rights, words and messages: use cases ask who may book, and tell people; what there is to book is said by
// files, which package service reads.
package appointment

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// States of an appointment. What is Booked and past is one of which nobody has said whether they came.
const (
	Booked    = "booked"
	Cancelled = "cancelled" // by the owner, or for them
	Closed    = "closed"    // by the office
	Came      = "came"
	Missed    = "missed"
)

// Appointment is one appointment.
type Appointment struct {
	ID, Kind, What, Organisation string
	People                       int
	Owner                        string // person id; "" where an officer booked for somebody without an account
	By                           string // who booked for the owner, by a mandate
	Subject                      string // whose key seals the words
	Starts, Ends                 time.Time
	Counter                      int
	State                        string
	Language                     string
	Made                         time.Time
	Changes                      int // how often it was moved or cancelled
	Reminded                     time.Time
	Words
}

// Words are the sealed part.
type Words struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
	By    string `json:"by,omitempty"` // name of who booked it for them
}

// Thing is the appointment as rights see it.
func (a Appointment) Thing() policy.Thing {
	return policy.Thing{Kind: "appointment", ID: a.ID, Organisation: a.Organisation, Owner: a.Owner, Service: policy.AppointmentService(a.Kind), By: a.By}
}

// Coming reports whether it is still to come.
func (a Appointment) Coming(now time.Time) bool { return a.State == Booked && a.Ends.After(now) }

// Seats are those that it takes.
func (a Appointment) Seats() (list []Seat) {
	for at := a.Starts; at.Before(a.Ends); at = at.Add(seat) {
		list = append(list, Seat{at, a.Counter})
	}
	return list
}

// ErrTaken says that somebody else was faster: one of the seats is not free any more. Another try may find another counter.
var ErrTaken = errors.New("the seat is taken")

// ErrMost says that the owner holds as many appointments of the kind as one may.
var ErrMost = errors.New("the person holds as many as they may")

// Appointments is the way to the tables.
type Appointments struct{ Vault *vault.Vault }

const columns = `id, kind, what, organisation, people, owner, by_person, subject, starts, ends, counter, state, language, made, changes, reminded, sealed`

// Book stores a new appointment with its seats: all of them, or ErrTaken. The owner may hold at most so many that are to come
// (ErrMost); 0 does not count.
func (s *Appointments) Book(ctx context.Context, tx *store.Tx, a *Appointment, most int) error {
	a.ID, a.Made, a.State = tx.NewID(), tx.Now(), Booked
	if err := take(ctx, tx, a.Kind, a.ID, a.Seats()); err != nil {
		return err
	}
	plain, err := json.Marshal(a.Words)
	if err != nil {
		return fmt.Errorf("writing an appointment: %w", err)
	}
	sealed, err := s.Vault.Seal(ctx, tx, a.Subject, "appointment "+a.ID, plain)
	if err != nil {
		return fmt.Errorf("sealing an appointment: %w", err)
	}
	if most > 0 { // those of the past do not count
		if _, err := tx.Exec(ctx, `UPDATE appointment SET nth = 0 WHERE owner = $1 AND kind = $2 AND nth > 0 AND ends <= $3`, a.Owner, a.Kind, store.Micros(tx.Now())); err != nil {
			return fmt.Errorf("booking an appointment: %w", err)
		}
	}
	for nth := min(1, most); nth <= most; nth++ {
		n, err := tx.Exec(ctx, `INSERT INTO appointment (`+columns+`, nth) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, $15, $16, $17)
			ON CONFLICT DO NOTHING`, a.ID, a.Kind, a.What, a.Organisation, a.People, a.Owner, a.By, a.Subject, store.Micros(a.Starts), store.Micros(a.Ends), a.Counter,
			a.State, a.Language, store.Micros(a.Made), micros(a.Reminded), sealed, nth)
		if err != nil {
			return fmt.Errorf("booking an appointment: %w", err)
		}
		if n == 1 {
			return nil
		}
	}
	return ErrMost
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return store.Micros(t)
}

// take takes seats for a holder: all of them, or ErrTaken, and then the transaction must end. Whoever takes the same seats at
// the same time waits for the first to end.
func take(ctx context.Context, tx *store.Tx, kind, holder string, seats []Seat) error {
	for _, s := range seats { // always in the order of the day: nobody waits in a circle
		n, err := tx.Exec(ctx, `INSERT INTO appointment_seat (kind, at, counter, holder) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
			kind, store.Micros(s.At), s.Counter, holder)
		if err != nil {
			return fmt.Errorf("taking a seat: %w", err)
		}
		if n != 1 {
			return ErrTaken
		}
	}
	return nil
}

func leave(ctx context.Context, tx *store.Tx, holder string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM appointment_seat WHERE holder = $1`, holder); err != nil {
		return fmt.Errorf("leaving seats: %w", err)
	}
	return nil
}

// Move takes the seats of another time and leaves those that it has; ErrTaken as Book. Both, or neither.
func (s *Appointments) Move(ctx context.Context, tx *store.Tx, a *Appointment, starts, ends time.Time, counter int, reminded time.Time) error {
	if err := leave(ctx, tx, a.ID); err != nil {
		return err
	}
	a.Starts, a.Ends, a.Counter, a.Reminded = starts, ends, counter, reminded
	a.Changes++
	if err := take(ctx, tx, a.Kind, a.ID, a.Seats()); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE appointment SET starts = $2, ends = $3, counter = $4, changes = $5, reminded = $6 WHERE id = $1`,
		a.ID, store.Micros(starts), store.Micros(ends), counter, a.Changes, micros(reminded)); err != nil {
		return fmt.Errorf("moving an appointment: %w", err)
	}
	return nil
}

// End gives an appointment its last state; one that is not held any more leaves its seats.
func (s *Appointments) End(ctx context.Context, tx *store.Tx, a *Appointment, state string) error {
	a.State = state
	if state == Cancelled || state == Closed {
		a.Changes++
		if err := leave(ctx, tx, a.ID); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE appointment SET state = $2, nth = 0, changes = $3 WHERE id = $1`, a.ID, state, a.Changes); err != nil {
		return fmt.Errorf("ending an appointment: %w", err)
	}
	return nil
}

// Remind notes that a reminder is owed; false where it was already, or is not to be sent any more.
func (s *Appointments) Remind(ctx context.Context, tx *store.Tx, id string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE appointment SET reminded = $2 WHERE id = $1 AND state = $3 AND reminded = 0`, id, store.Micros(tx.Now()), Booked)
	if err != nil {
		return false, fmt.Errorf("noting a reminder: %w", err)
	}
	return n == 1, nil
}
