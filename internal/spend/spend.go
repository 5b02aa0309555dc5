// Package spend owns what public money is given for: suppliers, contracts, grants and orders, invoices received, payments
// made, and what all of these make on each line of a budget. Everything names a line; every change of a line's sums is a
// move, so that a sum as of any day is the sum of its moves.
//
// It stops before the books and before decisions: package treasury posts the entry of an invoice or a payment, in the same
// transaction, and tells this package its id; what a line may spend is said by the budget's file, and who may do what by
// policy. This package holds that two persons stand behind what is approved, that no number of a supplier comes twice, that
// nothing is paid twice, and that nobody goes beyond a contract or a line without a reason.
//
// Names of organisations, numbers, days and amounts stand in the open, since they are published. What is of a person is
// sealed under the supplier's subject, and so is every bank account.
package spend

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/store"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// Spend is the way to the tables, by what they hold.
type Spend struct {
	Suppliers   *Suppliers
	Commitments *Commitments
	Invoices    *Invoices
	Payments    *Payments
	Lines       *Lines
}

// New gives the way to the tables.
func New(keys *vault.Vault) *Spend {
	s := &Spend{Suppliers: &Suppliers{keys}, Lines: &Lines{}}
	s.Commitments = &Commitments{vault: keys, suppliers: s.Suppliers}
	s.Invoices = &Invoices{vault: keys, suppliers: s.Suppliers, commitments: s.Commitments}
	s.Payments = &Payments{invoices: s.Invoices}
	return s
}

// LineRef names a line of a budget.
type LineRef struct{ Year, Line string }

// Act is who does something.
type Act struct {
	By  string        // person id; "" Stoa itself
	Day calendar.Date // on which it counts
}

var (
	msgChanged    = i18n.Msg("This has changed since you opened the page. Look at it again, then repeat")
	msgSamePerson = i18n.Msg("Somebody else must decide this: you have entered or checked it yourself")
	msgKeyTaken   = i18n.Msg("Something else was entered with this form. Open the page again and repeat")
)

// seal is v's JSON: sealed for a subject, or in the open where there is none.
func seal(ctx context.Context, tx *store.Tx, keys *vault.Vault, subject, place string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", place, err)
	}
	if subject == "" {
		return plain, nil
	}
	sealed, err := keys.Seal(ctx, tx, subject, place, plain)
	if err != nil {
		return nil, fmt.Errorf("sealing %s: %w", place, err)
	}
	return sealed, nil
}

// open reads what seal wrote; of an erased subject v stays empty.
func open(ctx context.Context, tx *store.Tx, keys *vault.Vault, subject, place string, bytes []byte, v any) error {
	if subject != "" {
		var err error
		if bytes, err = keys.Open(ctx, tx, subject, place, bytes); errors.Is(err, vault.ErrErased) {
			return nil
		} else if err != nil {
			return fmt.Errorf("opening %s: %w", place, err)
		}
	}
	if err := json.Unmarshal(bytes, v); err != nil {
		return fmt.Errorf("reading %s: %w", place, err)
	}
	return nil
}

// searchable are words as they are looked for: in small letters, one blank between.
func searchable(words ...string) string {
	return strings.Join(strings.Fields(strings.ToLower(strings.Join(words, " "))), " ")
}

// like is a text as a part of what LIKE … ESCAPE '\' finds.
func like(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(searchable(text)) + "%"
}

func day(s string) (calendar.Date, error) {
	if s == "" {
		return calendar.Date{}, nil
	}
	d, err := calendar.ParseISO(s)
	if err != nil {
		return d, fmt.Errorf("reading a day: %w", err)
	}
	return d, nil
}

// iso is a day as it is stored; ” for none.
func iso(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// instant is 0 for the zero time, which store.Time reads back.
func instant(t time.Time) int64 { return store.Micros(t) }
