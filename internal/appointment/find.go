package appointment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"stoa/internal/store"
	"stoa/internal/vault"
)

type stored struct {
	Appointment
	sealed []byte
}

func scan(row store.Scanner) (a stored, err error) {
	var starts, ends, made, reminded int64
	err = row.Scan(&a.ID, &a.Kind, &a.What, &a.Organisation, &a.People, &a.Owner, &a.Appointment.By, &a.Subject, &starts, &ends, &a.Counter, &a.State, &a.Language,
		&made, &a.Changes, &reminded, &a.sealed)
	a.Starts, a.Ends, a.Made = store.Time(starts), store.Time(ends), store.Time(made)
	if reminded != 0 {
		a.Reminded = store.Time(reminded)
	}
	return a, err
}

func (s *Appointments) open(ctx context.Context, tx *store.Tx, a *stored) error {
	plain, err := s.Vault.Open(ctx, tx, a.Subject, "appointment "+a.ID, a.sealed)
	if errors.Is(err, vault.ErrErased) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(plain, &a.Words)
	}
	if err != nil {
		return fmt.Errorf("opening an appointment: %w", err)
	}
	return nil
}

// Get reads an appointment; in Write it is locked until commit. store.ErrNotFound if there is none.
func (s *Appointments) Get(ctx context.Context, tx *store.Tx, id string) (Appointment, error) {
	a, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM appointment WHERE id = $1`+tx.Lock(), id))
	if err != nil {
		return Appointment{}, fmt.Errorf("reading an appointment: %w", err)
	}
	return a.Appointment, s.open(ctx, tx, &a)
}

func (s *Appointments) list(ctx context.Context, tx *store.Tx, where string, args ...any) ([]Appointment, error) {
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM appointment WHERE `+where, args...)
	found, err := store.Collect(rows, err, scan)
	if err != nil {
		return nil, fmt.Errorf("listing appointments: %w", err)
	}
	var all []Appointment
	for _, a := range found {
		if err := s.open(ctx, tx, &a); err != nil {
			return nil, err
		}
		all = append(all, a.Appointment)
	}
	return all, nil
}

const listMost = 1000

// Of lists a person's appointments, the latest first.
func (s *Appointments) Of(ctx context.Context, tx *store.Tx, owner string) ([]Appointment, error) {
	return s.list(ctx, tx, `owner = $1 ORDER BY starts DESC, id LIMIT $2`, owner, listMost)
}

// AllOf is Of without an end.
func (s *Appointments) AllOf(ctx context.Context, tx *store.Tx, owner string) ([]Appointment, error) {
	return s.list(ctx, tx, `owner = $1 ORDER BY starts DESC, id`, owner)
}

// Between lists the appointments of a kind that begin in a time, in its order; in Write they are locked until commit.
func (s *Appointments) Between(ctx context.Context, tx *store.Tx, kind string, from, until time.Time) ([]Appointment, error) {
	return s.list(ctx, tx, `kind = $1 AND starts >= $2 AND starts < $3 ORDER BY starts, counter, id LIMIT $4`+tx.Lock(), kind, store.Micros(from), store.Micros(until), listMost)
}

// ToRemind lists the ids of appointments of a kind that begin after an instant and not after another, and of which nobody was reminded.
func (s *Appointments) ToRemind(ctx context.Context, tx *store.Tx, kind string, after, until time.Time, limit int) ([]string, error) {
	ids, err := store.Strings(ctx, tx, `SELECT id FROM appointment WHERE kind = $1 AND starts > $2 AND starts <= $3 AND state = $4 AND reminded = 0 ORDER BY starts, id LIMIT $5`,
		kind, store.Micros(after), store.Micros(until), Booked, limit)
	if err != nil {
		return nil, fmt.Errorf("looking whom to remind: %w", err)
	}
	return ids, nil
}

// Taken are the seats of a kind that are taken in a time, with what has each: an appointment or a closing.
func (s *Appointments) Taken(ctx context.Context, tx *store.Tx, kind string, from, until time.Time) (map[Seat]string, error) {
	type held struct {
		Seat
		by string
	}
	rows, err := tx.Query(ctx, `SELECT at, counter, holder FROM appointment_seat WHERE kind = $1 AND at >= $2 AND at < $3`, kind, store.Micros(from), store.Micros(until))
	found, err := store.Collect(rows, err, func(row store.Scanner) (x held, err error) {
		var at int64
		err = row.Scan(&at, &x.Counter, &x.by)
		x.At = store.Time(at)
		return x, err
	})
	if err != nil {
		return nil, fmt.Errorf("looking which seats are taken: %w", err)
	}
	taken := map[Seat]string{}
	for _, x := range found {
		taken[x.Seat] = x.by
	}
	return taken, nil
}

// Forget deletes a person's appointments; what is to come is free for others.
func (s *Appointments) Forget(ctx context.Context, tx *store.Tx, owner string) error {
	if owner == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `DELETE FROM appointment_seat WHERE holder IN (SELECT id FROM appointment WHERE owner = $1)`, owner)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM appointment WHERE owner = $1`, owner)
	}
	if err != nil {
		return fmt.Errorf("forgetting appointments: %w", err)
	}
	return nil
}

// Kinds lists those of which there is an appointment that began before an instant.
func (s *Appointments) Kinds(ctx context.Context, tx *store.Tx, before time.Time) ([]string, error) {
	kinds, err := store.Strings(ctx, tx, `SELECT DISTINCT kind FROM appointment WHERE starts < $1 ORDER BY kind`, store.Micros(before))
	if err != nil {
		return nil, fmt.Errorf("looking for old appointments: %w", err)
	}
	return kinds, nil
}

// ForgetBefore deletes appointments of a kind, seats and closings from before an instant, and tells how many. Keys that stand for nobody
// with an account go with them.
func (s *Appointments) ForgetBefore(ctx context.Context, tx *store.Tx, kind string, before time.Time, day string, limit int) (int64, error) {
	const old = `SELECT id FROM appointment WHERE kind = $1 AND starts < $2 ORDER BY starts, id LIMIT $3`
	subjects, err := store.Strings(ctx, tx, `SELECT subject FROM appointment WHERE owner = '' AND id IN (`+old+`)`, kind, store.Micros(before), limit)
	if err != nil {
		return 0, fmt.Errorf("forgetting appointments: %w", err)
	}
	for _, subject := range subjects {
		if err := s.Vault.Erase(ctx, tx, subject); err != nil {
			return 0, fmt.Errorf("forgetting an appointment: %w", err)
		}
	}
	n, err := tx.Exec(ctx, `DELETE FROM appointment WHERE id IN (`+old+`)`, kind, store.Micros(before), limit)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM appointment_seat WHERE kind = $1 AND at < $2`, kind, store.Micros(before))
	}
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM appointment_closing WHERE kind = $1 AND day < $2`, kind, day)
	}
	if err != nil {
		return 0, fmt.Errorf("forgetting appointments: %w", err)
	}
	return n, nil
}
