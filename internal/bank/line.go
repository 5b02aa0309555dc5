package bank

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/bankfile"
	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/store"
)

// State is where a line stands.
type State string

// The states of a line.
const (
	New      State = "new"      // nothing was done with it
	Matched  State = "matched"  // all of it went where it belongs at once
	Suspense State = "suspense" // some of it waits until somebody knows what it is for
	Resolved State = "resolved" // had waited, and waits no more
)

// Line is an imported line.
type Line struct {
	ID, Organisation string
	Account          string
	Statement        string // with which it came first
	No               int    // in that statement
	Booked, Value    calendar.Date
	Amount           money.Amount // positive: came in
	State            State
	Version          int64
	Updated          time.Time
	Words
	Parts   []Part // oldest first, those that have ended included; in lists not read
	subject string
}

// Words are the sealed part of a line: what the bank says of it. Empty once the file's subject was erased.
type Words struct {
	Ref        string   `json:"ref,omitempty"` // the bank's
	Name       string   `json:"name,omitempty"`
	IBAN       string   `json:"iban,omitempty"`
	References []string `json:"references,omitempty"`
	EndToEnd   string   `json:"end_to_end,omitempty"`
	Text       string   `json:"text,omitempty"`
	Code       string   `json:"code,omitempty"`
	Returned   string   `json:"returned,omitempty"`
	Reversal   bool     `json:"reversal,omitempty"`
	BatchOf    int      `json:"batch_of,omitempty"`
	Split      bool     `json:"split,omitempty"`
}

func wordsOf(l *bankfile.Line) Words {
	return Words{l.Ref, l.Name, l.IBAN, l.References, l.EndToEnd, l.Text, l.Code, l.Returned, l.Reversal, l.BatchOf, l.Split}
}

// File is the line as package bankfile matches it.
func (l *Line) File() bankfile.Line {
	return bankfile.Line{ID: l.ID, Booked: l.Booked, Value: l.Value, Amount: l.Amount, Ref: l.Ref, Name: l.Name, IBAN: l.IBAN, References: l.References,
		EndToEnd: l.EndToEnd, Text: l.Text, Code: l.Code, Returned: l.Returned, Reversal: l.Reversal, BatchOf: l.BatchOf, Split: l.Split}
}

// Place is where a list by day goes on after the line.
func (l *Line) Place() Place { return Place{l.Value, l.ID} }

const (
	linePlace   = "bank line "
	lineColumns = `id, organisation, account, statement, no, booked, value_day, amount, currency, state, version, updated, subject, sealed`
)

type sealedLine struct {
	*Line
	sealed []byte
}

func scanLine(row store.Scanner) (s sealedLine, err error) {
	var l Line
	var booked, value string
	var updated int64
	err = row.Scan(&l.ID, &l.Organisation, &l.Account, &l.Statement, &l.No, &booked, &value, &l.Amount.Minor, &l.Amount.Currency, &l.State,
		&l.Version, &updated, &l.subject, &s.sealed)
	if err != nil {
		return s, err
	}
	l.Updated = store.Time(updated)
	if l.Booked, err = day(booked); err == nil {
		l.Value, err = day(value)
	}
	s.Line = &l
	return s, err
}

func (b *Bank) lines(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Line, error) {
	rows, err := tx.Query(ctx, `SELECT `+lineColumns+` FROM bank_line `+where, args...)
	found, err := store.Collect(rows, err, scanLine)
	if err != nil {
		return nil, fmt.Errorf("listing lines: %w", err)
	}
	all := make([]*Line, len(found))
	for i, l := range found {
		if all[i], err = b.unseal(ctx, tx, l); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (b *Bank) unseal(ctx context.Context, tx *store.Tx, l sealedLine) (*Line, error) {
	return l.Line, open(ctx, tx, b.Vault, l.subject, linePlace+l.ID, l.sealed, &l.Words)
}

// Line reads a line with its parts; in Write it is locked until commit. store.ErrNotFound if there is none.
func (b *Bank) Line(ctx context.Context, tx *store.Tx, organisation, id string) (*Line, error) {
	found, err := scanLine(tx.QueryRow(ctx, `SELECT `+lineColumns+` FROM bank_line WHERE organisation = $1 AND id = $2`+tx.Lock(), organisation, id))
	if err != nil {
		return nil, fmt.Errorf("reading a line: %w", err)
	}
	l, err := b.unseal(ctx, tx, found)
	if err == nil {
		l.Parts, err = parts(ctx, tx, `WHERE organisation = $1 AND line = $2 ORDER BY no`, organisation, id)
	}
	for i := range l.Parts {
		if p := &l.Parts[i]; err == nil && len(p.sealed) > 0 {
			err = open(ctx, tx, b.Vault, l.subject, p.place(), p.sealed, &p.Why)
		}
	}
	return l, err
}

// Next gives new lines, oldest first; in Write they are locked until commit. They have no parts yet.
func (b *Bank) Next(ctx context.Context, tx *store.Tx, organisation string, limit int) ([]*Line, error) {
	return b.lines(ctx, tx, `WHERE organisation = $1 AND state = $2 ORDER BY value_day, id LIMIT $3`+tx.Lock(), organisation, string(New), limit)
}

// Lines lists the lines of a statement in the bank's order, after the number of a former page's last; 0 from the beginning.
func (b *Bank) Lines(ctx context.Context, tx *store.Tx, organisation, statement string, after, limit int) ([]*Line, error) {
	return b.lines(ctx, tx, `WHERE organisation = $1 AND statement = $2 AND no > $3 ORDER BY no LIMIT $4`, organisation, statement, after, limit)
}

// InState lists the lines in a state, oldest first, after the place of a former page's last; the zero Place from the
// beginning. Those in Suspense are the queue in which a person says what money is for.
func (b *Bank) InState(ctx context.Context, tx *store.Tx, organisation string, state State, after Place, limit int) ([]*Line, error) {
	return b.lines(ctx, tx, `WHERE organisation = $1 AND state = $2 AND (value_day, id) > ($3, $4) ORDER BY value_day, id LIMIT $5`,
		organisation, string(state), after.Day.String(), after.ID, limit)
}

// Count is how many lines are in a state in one currency, and what they amount to.
type Count struct {
	State    State
	Currency string
	Lines    int
	In, Out  int64         // minor units that came and went
	Oldest   calendar.Date // value day
}

// Counts counts lines by state and currency.
func (b *Bank) Counts(ctx context.Context, tx *store.Tx, organisation string) ([]Count, error) {
	rows, err := tx.Query(ctx, `SELECT state, currency, COUNT(*), CAST(SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS BIGINT),
		CAST(SUM(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS BIGINT), MIN(value_day)
		FROM bank_line WHERE organisation = $1 GROUP BY state, currency ORDER BY state, currency`, organisation)
	all, err := store.Collect(rows, err, func(row store.Scanner) (c Count, err error) {
		var oldest string
		if err = row.Scan(&c.State, &c.Currency, &c.Lines, &c.In, &c.Out, &oldest); err == nil {
			c.Oldest, err = day(oldest)
		}
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("counting lines: %w", err)
	}
	return all, nil
}
