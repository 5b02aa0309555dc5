// Package pay owns payments: what a payer set out to pay and what became of it, what providers reported,
// refunds, the queue of what did not fit, and the tills. It keeps the contract that providers fulfil.
//
// It stops before the books and the bills: a report gives changes, and package treasury posts them.
// Providers themselves, and anything that is sent or received, are outside. Numbers of cards never
// reach it.
package pay

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

// Pay is the way to payments, the events of providers, and refunds.
type Pay struct{ Vault *vault.Vault }

// seal writes what is personal; subject is whose key seals it.
func seal(ctx context.Context, tx *store.Tx, v *vault.Vault, subject, place string, what any) ([]byte, error) {
	plain, err := json.Marshal(what)
	if err != nil {
		return nil, fmt.Errorf("writing a %s: %w", place, err)
	}
	sealed, err := v.Seal(ctx, tx, subject, place, plain)
	if err != nil {
		return nil, fmt.Errorf("sealing a %s: %w", place, err)
	}
	return sealed, nil
}

// open reads what seal wrote. Of somebody who was erased nothing is left but the figures.
func open(ctx context.Context, tx *store.Tx, v *vault.Vault, subject, place string, sealed []byte, to any) error {
	if len(sealed) == 0 {
		return nil
	}
	plain, err := v.Open(ctx, tx, subject, place, sealed)
	if errors.Is(err, vault.ErrErased) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(plain, to)
	}
	if err != nil {
		return fmt.Errorf("opening a %s: %w", place, err)
	}
	return nil
}

func dayText(d calendar.Date) string {
	if d == (calendar.Date{}) {
		return ""
	}
	return d.String()
}

func dayOf(s string) (calendar.Date, error) {
	if s == "" {
		return calendar.Date{}, nil
	}
	return calendar.ParseISO(s)
}
