// Package consent owns what persons have agreed to, where nothing else allows a use of their data: when, to what in which
// words, until when, and when they took it back. It gives a receipt for each.
//
// It stops before what rests on a consent: whoever reads or uses data for such a purpose asks Stands first.
package consent

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/store"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// Consent is one agreement.
type Consent struct {
	ID, Person, Purpose, Subject string
	Given, Withdrawn             time.Time // zero Withdrawn: it stands
	Until                        calendar.Date
	Receipt                      Receipt // empty once its person is erased
}

// On reports whether it holds on a day.
func (c Consent) On(day calendar.Date) bool { return c.Withdrawn.IsZero() && !day.After(c.Until) }

// Consents is the way to them.
type Consents struct{ Vault *vault.Vault }

// Give stores an agreement. What stood for the same purpose ends with it.
func (s *Consents) Give(ctx context.Context, tx *store.Tx, c *Consent) error {
	if err := s.Withdraw(ctx, tx, c.Person, c.Purpose); err != nil {
		return err
	}
	c.ID, c.Given = tx.NewID(), tx.Now()
	c.Receipt.RecordID = c.ID
	c.Receipt.Events = []Event{{Time: c.Given.UTC().Format(time.RFC3339), Type: "explicit", State: "given", Entity: c.Receipt.Principal, Until: c.Until.String()}}
	plain, err := json.Marshal(c.Receipt)
	if err != nil {
		return fmt.Errorf("writing a receipt: %w", err)
	}
	sealed, err := s.Vault.Seal(ctx, tx, c.Subject, "consent "+c.ID, plain)
	if err != nil {
		return fmt.Errorf("sealing a consent: %w", err)
	}
	err = tx.Put(ctx, `INSERT INTO consent (id, person, purpose, subject, given, until, withdrawn, sealed) VALUES ($1, $2, $3, $4, $5, $6, 0, $7)`,
		c.ID, c.Person, c.Purpose, c.Subject, store.Micros(c.Given), c.Until.String(), sealed)
	if err != nil {
		return fmt.Errorf("storing a consent: %w", err)
	}
	return nil
}

// Withdraw ends what stands for a purpose; where nothing does, it does nothing.
func (s *Consents) Withdraw(ctx context.Context, tx *store.Tx, person, purpose string) error {
	err := tx.Put(ctx, `UPDATE consent SET withdrawn = $3 WHERE person = $1 AND purpose = $2 AND withdrawn = 0`, person, purpose, store.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("withdrawing a consent: %w", err)
	}
	return nil
}

// Stands reports whether a person agrees to a purpose on a day. Without it nothing is done that rests on it.
func Stands(ctx context.Context, tx *store.Tx, person, purpose string, day calendar.Date) (bool, error) {
	found, err := store.Strings(ctx, tx, `SELECT id FROM consent WHERE person = $1 AND purpose = $2 AND withdrawn = 0 AND until >= $3 LIMIT 1`, person, purpose, day.String())
	if err != nil {
		return false, fmt.Errorf("asking for a consent: %w", err)
	}
	return len(found) > 0, nil
}

type stored struct {
	Consent
	sealed []byte
}

func scan(row store.Scanner) (c stored, err error) {
	var given, withdrawn int64
	var until string
	err = row.Scan(&c.ID, &c.Person, &c.Purpose, &c.Subject, &given, &until, &withdrawn, &c.sealed)
	if err != nil {
		return c, err
	}
	c.Given = store.Time(given)
	if withdrawn != 0 {
		c.Withdrawn = store.Time(withdrawn)
	}
	c.Until, err = calendar.ParseISO(until)
	return c, err
}

// Of lists a person's agreements, those of the past too, the newest first.
func (s *Consents) Of(ctx context.Context, tx *store.Tx, person string) ([]Consent, error) {
	rows, err := tx.Query(ctx, `SELECT id, person, purpose, subject, given, until, withdrawn, sealed FROM consent WHERE person = $1 ORDER BY id DESC`, person)
	found, err := store.Collect(rows, err, scan)
	if err != nil {
		return nil, fmt.Errorf("listing consents: %w", err)
	}
	var all []Consent
	for _, c := range found {
		plain, err := s.Vault.Open(ctx, tx, c.Subject, "consent "+c.ID, c.sealed)
		switch {
		case errors.Is(err, vault.ErrErased):
		case err != nil:
			return nil, fmt.Errorf("opening a consent: %w", err)
		default:
			if err := json.Unmarshal(plain, &c.Receipt); err != nil {
				return nil, fmt.Errorf("reading a receipt: %w", err)
			}
			if !c.Withdrawn.IsZero() && len(c.Receipt.Events) > 0 {
				c.Receipt.Events = append(c.Receipt.Events, Event{Time: c.Withdrawn.UTC().Format(time.RFC3339), Type: "explicit", State: "withdrawn", Entity: c.Receipt.Principal})
			}
		}
		all = append(all, c.Consent)
	}
	return all, nil
}

// Forget deletes a person's agreements.
func Forget(ctx context.Context, tx *store.Tx, person string) error {
	if err := tx.Put(ctx, `DELETE FROM consent WHERE person = $1`, person); err != nil {
		return fmt.Errorf("forgetting consents: %w", err)
	}
	return nil
}
