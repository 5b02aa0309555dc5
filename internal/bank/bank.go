// Package bank owns what the bank said and what we told it: imported statements and their lines, what became of each
// line, and orders of payments with their way from a draft through a second person to the bank and back.
//
// It stops before the books and before decisions: which bill a line pays is found by package bankfile and settled by
// treasury, which posts the entries and tells this package their ids. Who may do what is said by policy; this package
// holds that two persons stand behind an order.
//
// What a line says of people (name, account, text, references) is sealed under one subject for each imported file, and
// whom we pay under one for each order: days, amounts and states are in the clear. Of a file, its name, size and hash
// are kept, not its bytes.
package bank

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

// Bank is the way to what the bank said.
type Bank struct{ Vault *vault.Vault }

// Orders is the way to what we told it.
type Orders struct{ Vault *vault.Vault }

// seal seals v's JSON for a place.
func seal(ctx context.Context, tx *store.Tx, keys *vault.Vault, subject, place string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", place, err)
	}
	sealed, err := keys.Seal(ctx, tx, subject, place, plain)
	if err != nil {
		return nil, fmt.Errorf("sealing %s: %w", place, err)
	}
	return sealed, nil
}

// open reads what seal wrote; of an erased subject v stays empty.
func open(ctx context.Context, tx *store.Tx, keys *vault.Vault, subject, place string, sealed []byte, v any) error {
	plain, err := keys.Open(ctx, tx, subject, place, sealed)
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

func day(s string) (calendar.Date, error) {
	if s == "" {
		return calendar.Date{}, nil
	}
	return calendar.ParseISO(s)
}

// instant is 0 for the zero time, which store.Time reads back.
func instant(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return store.Micros(t)
}
