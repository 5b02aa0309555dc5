// Package tax owns who owes a tax and on what: accounts, the dated facts that they are charged by, assessments with the whole
// of what they rest on, runs over a register, declarations, claims and objections.
//
// It stops before what a tax file says (package service), what follows from it (package assess), and money (packages bill and
// treasury): it keeps what went into an assessment and what came of it.
//
// What is known of people and their homes is sealed under the account's subject; numbers, days and sums are in the open.
package tax

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"stoa/internal/calendar"
	"stoa/internal/store"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// Taxes is the way to the tables.
type Taxes struct{ Vault *vault.Vault }

// ChangedMeanwhile is the message for a form that was made for an earlier state of what it is about.
const ChangedMeanwhile = "This has changed since you opened the page. Look at it again, then repeat"

// seal seals v's JSON for a place.
func (t *Taxes) seal(ctx context.Context, tx *store.Tx, subject, place string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", place, err)
	}
	sealed, err := t.Vault.Seal(ctx, tx, subject, place, plain)
	if err != nil {
		return nil, fmt.Errorf("sealing %s: %w", place, err)
	}
	return sealed, nil
}

// open reads what seal wrote; an erased person's v stays empty.
func (t *Taxes) open(ctx context.Context, tx *store.Tx, subject, place string, sealed []byte, v any) error {
	plain, err := t.Vault.Open(ctx, tx, subject, place, sealed)
	if errors.Is(err, vault.ErrErased) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("opening %s: %w", place, err)
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("reading %s: %w", place, err)
	}
	return nil
}

// noDay sorts behind every day.
var noDay = calendar.MaxDate

func dayOf(s string) (calendar.Date, error) {
	if s == "" {
		return calendar.Date{}, nil
	}
	d, err := calendar.ParseISO(s)
	if err != nil {
		return d, fmt.Errorf("reading a day of the taxes: %w", err)
	}
	return d, nil
}

// days reads days into what they belong to.
func days(into map[*calendar.Date]string) error {
	for to, text := range into {
		d, err := dayOf(text)
		if err != nil {
			return err
		}
		*to = d
	}
	return nil
}
