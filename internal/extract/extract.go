// Package extract owns orders of extracts and certified copies of what registers hold, and the copies that were made, as
// they were made.
//
// It stops before who is entitled to one and what a record says: those meet in a use case (flow/extract*.go). Who asked and
// why is sealed under the key of who asked; what the copy says, under the key of whom the record is about.
package extract

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"time"

	"stoa/internal/fault"
	"stoa/internal/store"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// States of an order.
const (
	Waiting = "waiting" // for its fee
	Issued  = "issued"
	Lapsed  = "lapsed"  // the fee was not paid in time, or the order was taken back
	Refused = "refused" // nobody was entitled any more when it came to be issued
)

// Orders is the way to the table.
type Orders struct{ Vault *vault.Vault }

// Order is a copy that somebody asked for.
type Order struct {
	ID, Organisation, Register, Extract string
	Number                              string // C-2026-000001
	Record                              string
	RecordVersion                       int64  // from which the copy was made; 0 before
	Person                              string // who asked; "" for somebody at the counter who has no account
	As                                  string // parent, heir …: what entitles them, as the file calls it
	Counter                             string // the officer who saw who it is; "" where it was ordered by the person themselves
	Language                            string // of who asked
	State                               string
	Bill                                string // "" where it is free
	Ordered, Issued, Until              time.Time
	Subject, RecordSubject              string // whose keys seal the two parts
	Version                             int64
	Asked
	Copy *Copy // nil until it is issued, and where whoever it is about has been erased
}

// Asked is who asked, and why.
type Asked struct {
	Name   string `json:"name,omitempty"`
	Email  string `json:"email,omitempty"`
	Reason string `json:"reason,omitempty"`
	Shown  string `json:"shown,omitempty"` // at the counter: by what they showed who they are
}

// Copy is what the register said when the copy was made. Texts are by language, so that it reads the same for ever.
type Copy struct {
	Title    map[string]string `json:"title"`
	Register map[string]string `json:"register"`
	Kind     string            `json:"kind"`
	Number   string            `json:"number"` // of the record
	Facts    []Fact            `json:"facts"`
	Says     map[string]string `json:"says,omitempty"`
	As       map[string]string `json:"as"`
	Law      string            `json:"law,omitempty"`
}

// Fact is a field of the record.
type Fact struct {
	Field string            `json:"field"`
	Label map[string]string `json:"label"`
	Type  string            `json:"type"`
	Value string            `json:"value"`
	Words map[string]string `json:"words,omitempty"` // for a value out of a list
}

// Open reports whether the copy can be seen at an instant by whoever it was made for.
func (o *Order) Open(now time.Time) bool {
	return o.State == Issued && o.Copy != nil && now.Before(o.Until)
}

func (o *Order) askedPlace() string { return "extract asked " + o.ID }
func (o *Order) copyPlace() string  { return "extract copy " + o.ID }

// New stores an order. Its number is drawn from a counter of the same transaction: numbers of a year have no gaps.
func (s *Orders) New(ctx context.Context, tx *store.Tx, o *Order, year int) error {
	n, err := tx.Next(ctx, fmt.Sprintf("extract %d", year))
	if err != nil {
		return fmt.Errorf("numbering a copy: %w", err)
	}
	if o.Subject == "" {
		if o.Subject, err = s.Vault.NewSubject(ctx, tx); err != nil {
			return fmt.Errorf("ordering a copy: %w", err)
		}
	}
	o.ID, o.Number, o.Ordered, o.State, o.Version = tx.NewID(), fmt.Sprintf("C-%d-%06d", year, n), tx.Now(), Waiting, 1
	asked, err := s.seal(ctx, tx, o.Subject, o.askedPlace(), o.Asked)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO extract_order (id, organisation, register, extract, number, record_id, record_version, person, entitled_as, counter,
		language, state, bill, ordered, issued, until, subject, record_subject, version, asked, content)
		VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, $11, '', $12, 0, 0, $13, $14, 1, $15, $16)`,
		o.ID, o.Organisation, o.Register, o.Extract, o.Number, o.Record, o.Person, o.As, o.Counter, o.Language, o.State,
		store.Micros(o.Ordered), o.Subject, o.RecordSubject, asked, []byte{})
	if err != nil {
		return fmt.Errorf("storing the order of copy %s: %w", o.Number, err)
	}
	return nil
}

func (s *Orders) seal(ctx context.Context, tx *store.Tx, subject, place string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", place, err)
	}
	sealed, err := s.Vault.Seal(ctx, tx, subject, place, plain)
	if err != nil {
		return nil, fmt.Errorf("sealing %s: %w", place, err)
	}
	return sealed, nil
}

// Bill notes the bill for the fee of an order that is new.
func (s *Orders) Bill(ctx context.Context, tx *store.Tx, o *Order, bill string) error {
	o.Bill = bill
	return s.change(ctx, tx, o, `bill = $3`, bill)
}

// Issue stores the copy, which can be downloaded until an instant.
func (s *Orders) Issue(ctx context.Context, tx *store.Tx, o *Order, c Copy, version int64, until time.Time) error {
	sealed, err := s.seal(ctx, tx, o.RecordSubject, o.copyPlace(), c)
	if err != nil {
		return err
	}
	o.State, o.Copy, o.RecordVersion, o.Issued, o.Until = Issued, &c, version, tx.Now(), until
	return s.change(ctx, tx, o, `state = $3, record_version = $4, issued = $5, until = $6, content = $7, record_subject = $8`,
		o.State, version, store.Micros(o.Issued), store.Micros(until), sealed, o.RecordSubject)
}

// End ends an order without a copy: Lapsed or Refused.
func (s *Orders) End(ctx context.Context, tx *store.Tx, o *Order, state string) error {
	o.State = state
	return s.change(ctx, tx, o, `state = $3`, state)
}

func (s *Orders) change(ctx context.Context, tx *store.Tx, o *Order, set string, args ...any) error {
	n, err := tx.Exec(ctx, `UPDATE extract_order SET version = version + 1, `+set+` WHERE id = $1 AND version = $2`, append([]any{o.ID, o.Version}, args...)...)
	if err != nil {
		return fmt.Errorf("changing the order of copy %s: %w", o.Number, err)
	}
	if n == 0 {
		return fault.NewConflict("This order has changed since you opened the page. Look at it again, then repeat")
	}
	o.Version++
	return nil
}

const columns = `id, organisation, register, extract, number, record_id, record_version, person, entitled_as, counter, language, state, bill,
	ordered, issued, until, subject, record_subject, version, asked, content`

type row struct {
	*Order
	asked, content []byte
}

func scan(from store.Scanner) (r row, err error) {
	r.Order = &Order{}
	var ordered, issued, until int64
	err = from.Scan(&r.ID, &r.Organisation, &r.Register, &r.Extract, &r.Number, &r.Record, &r.RecordVersion, &r.Person, &r.As, &r.Counter, &r.Language,
		&r.State, &r.Order.Bill, &ordered, &issued, &until, &r.Subject, &r.RecordSubject, &r.Version, &r.asked, &r.content)
	r.Ordered, r.Issued, r.Until = store.Time(ordered), store.Time(issued), store.Time(until)
	return r, err
}

// unseal adds what was sealed; of whom was erased nothing is left.
func (s *Orders) unseal(ctx context.Context, tx *store.Tx, r row) (*Order, error) {
	o := r.Order
	if err := s.open(ctx, tx, o.Subject, o.askedPlace(), r.asked, &o.Asked); err != nil && !errors.Is(err, vault.ErrErased) {
		return nil, err
	}
	if len(r.content) == 0 {
		return o, nil
	}
	var c Copy
	err := s.open(ctx, tx, o.RecordSubject, o.copyPlace(), r.content, &c)
	if errors.Is(err, vault.ErrErased) {
		return o, nil
	}
	o.Copy = &c
	return o, err
}

func (s *Orders) open(ctx context.Context, tx *store.Tx, subject, place string, sealed []byte, into any) error {
	plain, err := s.Vault.Open(ctx, tx, subject, place, sealed)
	if err == nil {
		err = json.Unmarshal(plain, into)
	}
	if err != nil {
		return fmt.Errorf("opening %s: %w", place, err)
	}
	return nil
}

// Get reads an order; in Write it is locked until commit. store.ErrNotFound if there is none.
func (s *Orders) Get(ctx context.Context, tx *store.Tx, id string) (*Order, error) {
	return s.one(ctx, tx, `id = $1`, id)
}

// ByNumber is Get by the number of the copy.
func (s *Orders) ByNumber(ctx context.Context, tx *store.Tx, number string) (*Order, error) {
	return s.one(ctx, tx, `number = $1`, number)
}

func (s *Orders) one(ctx context.Context, tx *store.Tx, where, arg string) (*Order, error) {
	r, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM extract_order WHERE `+where+tx.Lock(), arg))
	if err != nil {
		return nil, fmt.Errorf("reading the order of a copy: %w", err)
	}
	return s.unseal(ctx, tx, r)
}

const most = 100 // orders in a list

// Of lists what a person ordered, the newest first.
func (s *Orders) Of(ctx context.Context, tx *store.Tx, person string) ([]*Order, error) {
	return s.many(ctx, tx, `person = $1`, person, most)
}

// AllOf is Of without an end.
func (s *Orders) AllOf(ctx context.Context, tx *store.Tx, person string) ([]*Order, error) {
	return s.many(ctx, tx, `person = $1`, person, math.MaxInt32)
}

// For lists what an organisation was asked for, the newest first.
func (s *Orders) For(ctx context.Context, tx *store.Tx, organisation string) ([]*Order, error) {
	return s.many(ctx, tx, `organisation = $1`, organisation, most)
}

func (s *Orders) many(ctx context.Context, tx *store.Tx, where, arg string, limit int) (all []*Order, err error) {
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM extract_order WHERE `+where+` ORDER BY id DESC LIMIT $2`, arg, limit)
	list, err := store.Collect(rows, err, scan)
	if err != nil {
		return nil, fmt.Errorf("listing orders of copies: %w", err)
	}
	for _, r := range list {
		o, err := s.unseal(ctx, tx, r)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}
