// Package ledger owns the books of the public organisations: accounts, entries with balanced lines, closed periods, and
// the balances that follow from them. Entries are added, never changed and never removed; a mistake is reversed.
//
// It stops at arithmetic. Why money is owed, who owes it and how it is paid belong to those who post; an entry only
// names its Source. Texts and keys stand in the open and for ever: nothing personal belongs in them.
//
// Sign: a debit is positive, a credit negative, everywhere.
//
// How accounts take many writers at once, and what is held when, is in DESIGN.md.
package ledger

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// Ledger is the way to the tables of one database. The zero value is ready; it must not be copied.
type Ledger struct {
	accounts sync.Map // accountKey → *account: rows that never change, once committed
}

// Why the ledger refuses. Test with errors.Is; errors.As with *Refusal gives the particulars.
var (
	ErrMalformed    = errors.New("not an entry")                     // too few lines, an amount of zero, no key, no such currency …
	ErrUnbalanced   = errors.New("debits and credits differ")        // in some currency
	ErrTooLarge     = errors.New("beyond 64 bits")                   // an amount, a sum or a balance
	ErrAccount      = errors.New("no such account")                  // the chart does not have it
	ErrChart        = errors.New("account was opened as another")    // kind, fund or sign rule differ from when it was opened
	ErrKeyTaken     = errors.New("key was used for another entry")   // same key, other input
	ErrPeriodClosed = errors.New("period is closed")                 // Refusal.Open says from when it is open
	ErrSide         = errors.New("balance would change sides")       // of Refusal.Account, on Refusal.Day or later
	ErrReversed     = errors.New("entry is reversed already")        // Refusal.Entry is the reversal
	ErrReversal     = errors.New("a reversal is not reversed again") // post anew instead
)

// Refusal says what is wrong with an entry or a close. Nothing of the entry was written, and the transaction can go on; at
// most an account was opened that had not been used before.
type Refusal struct {
	Why      error // one of the above
	Detail   string
	Account  string        // code
	Currency string        // ISO 4217
	Day      calendar.Date // value date concerned
	Open     calendar.Date // first open day
	Entry    string        // id of another entry
}

// Error is for logs.
func (r *Refusal) Error() string {
	s := r.Why.Error()
	if r.Account != "" {
		s += ", account " + r.Account + " " + r.Currency
	}
	if !r.Day.IsZero() {
		s += " on " + r.Day.String()
	}
	if !r.Open.IsZero() {
		s += ", open from " + r.Open.String()
	}
	if r.Entry != "" {
		s += ", entry " + r.Entry
	}
	if r.Detail != "" {
		s += ": " + r.Detail
	}
	return s
}

// Unwrap gives why.
func (r *Refusal) Unwrap() error { return r.Why }

// FaultKind tells what a person may run into from what only our own code can get wrong.
func (r *Refusal) FaultKind() fault.Kind {
	switch r.Why {
	case ErrPeriodClosed, ErrSide, ErrReversed, ErrReversal, ErrKeyTaken:
		return fault.Conflict
	case ErrTooLarge:
		return fault.TooLarge
	}
	return fault.Internal
}

// shared is the lock on a table's rows that many may hold at once, against one that wants them alone.
func shared(tx *store.Tx, table string) string {
	if tx.Lock() == "" {
		return ""
	}
	return " FOR SHARE OF " + table
}

// lastDay sorts with or behind every value date.
var lastDay = calendar.MaxDate.String()

func parseDay(s string) (calendar.Date, error) {
	if s == "" {
		return calendar.Date{}, nil
	}
	d, err := calendar.ParseISO(s)
	if err != nil {
		return d, fmt.Errorf("reading a day of the ledger: %w", err)
	}
	return d, nil
}

// book reads the organisation's book with a lock, and makes it when there is none.
func book(ctx context.Context, tx *store.Tx, organisation, query string, args []any, dest ...any) error {
	args = append([]any{organisation}, args...)
	err := tx.QueryRow(ctx, query, args...).Scan(dest...)
	if !errors.Is(err, store.ErrNotFound) || !tx.Writable() {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO ledger_book (organisation, closed_until) VALUES ($1, '')
		ON CONFLICT (organisation) DO NOTHING`, organisation)
	if err != nil {
		return fmt.Errorf("opening the books of %s: %w", organisation, err)
	}
	return tx.QueryRow(ctx, query, args...).Scan(dest...)
}
