// Package cases owns drafts and cases: their rows, timelines, consultations, representations, messages,
// letters and the search index. What a case may do next is said by package process; who may do it, by
// policy; this package stores it.
//
// What people wrote is sealed under the key of the person it is about. In the open are only the facts
// that queues sort by: state, days, service, assignee.
package cases

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/process"
	"stoa/internal/store"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// Cases is the way to the tables.
type Cases struct{ Vault *vault.Vault }

// Case is a case as stored.
type Case struct {
	ID, Organisation, Number, Service, Variant, Definition string
	Person, Subject, Language                              string
	Licence                                                string // record id: what a variant is about, or what was issued
	State                                                  string
	Entered, Submitted                                     time.Time
	Due                                                    calendar.Date // zero: none
	DueThen                                                string
	Turn                                                   calendar.Date // the next day after which something may happen by itself; zero: none
	Stopped                                                bool
	Assignee                                               string // person id
	Awaits                                                 string // "approval"
	Ending                                                 string // granted, refused …; "" while open
	Ended                                                  time.Time
	Version                                                int64
	Updated                                                time.Time
	Label                                                  string // names it in lists; sealed by itself, so that a list opens nothing else
	Body

	was standing // in the sums, in the version that was read
}

// Open reports whether the case still runs.
func (c *Case) Open() bool { return c.Ending == "" }

// Body is the sealed part of a case.
type Body struct {
	Typed    process.Typed     `json:"typed"`
	Previous map[string]string `json:"previous,omitempty"` // fields of the licence a variant began from, as package record writes them
	Lookups  map[string]Looked `json:"lookups,omitempty"`  // what the registers said on submission
	Picks    map[string]Picked `json:"picks,omitempty"`    // records chosen, as they were
	Known    map[string]*Known `json:"known,omitempty"`    // where answers came from that were not simply typed
	Stops    []process.Stop    `json:"stops,omitempty"`
	Decision *process.Decision `json:"decision,omitempty"`
	Pending  *process.Decision `json:"pending,omitempty"` // awaiting a second person
	Fee      int64             `json:"fee"`               // minor units, as judged on submission
	Waived   bool              `json:"waived,omitempty"`
	Behalf   *Behalf           `json:"behalf,omitempty"` // who sent it for the person; nil: they themselves
}

// Behalf is who does something for another, and under which mandate.
type Behalf struct {
	Mandate string `json:"mandate"`
	Person  string `json:"person"` // who does it
	Name    string `json:"name"`
	For     string `json:"for"` // the name of the other
	Kind    string `json:"kind"`
}

// Looked is the stored answer of a register to a look-up.
type Looked struct {
	Kind   string   `json:"kind"` // count, sum, list
	Values []string `json:"values"`
}

// Picked is a stored choice of a record.
type Picked struct {
	Label  string            `json:"label"`
	Fields map[string]string `json:"fields"`
}

const noDay = "9999-12-31" // sorts behind every day

func dayText(d calendar.Date) string {
	if d == (calendar.Date{}) {
		return noDay
	}
	return d.String()
}

func dayOf(s string) (calendar.Date, error) {
	if s == noDay || s == "" {
		return calendar.Date{}, nil
	}
	return calendar.ParseISO(s)
}

// seal seals v's JSON for a place.
func (c *Cases) seal(ctx context.Context, tx *store.Tx, subject, place string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", place, err)
	}
	sealed, err := c.Vault.Seal(ctx, tx, subject, place, plain)
	if err != nil {
		return nil, fmt.Errorf("sealing %s: %w", place, err)
	}
	return sealed, nil
}

// open reads what seal wrote; an erased person's v stays empty.
func (c *Cases) open(ctx context.Context, tx *store.Tx, subject, place string, sealed []byte, v any) error {
	plain, err := c.Vault.Open(ctx, tx, subject, place, sealed)
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

// Save stores a case: a new one (Version 0) or a changed one.
func (c *Cases) Save(ctx context.Context, tx *store.Tx, one *Case) error {
	if one.Version == 0 {
		return c.Insert(ctx, tx, one)
	}
	return c.Update(ctx, tx, one)
}

// Insert stores a new case. Its ID, Number and dates are set by the caller.
func (c *Cases) Insert(ctx context.Context, tx *store.Tx, one *Case) error {
	one.Version, one.Updated = 1, tx.Now()
	sealed, err := c.seal(ctx, tx, one.Subject, "case "+one.ID, one.Body)
	if err != nil {
		return err
	}
	label, err := c.seal(ctx, tx, one.Subject, "label "+one.ID, one.Label)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO cases (id, organisation, number, service, variant, definition, person, subject,
		language, licence, state, entered, submitted, due, due_then, turn, stopped, assignee, awaits, ending, ended, is_open,
		label, sealed, version, updated)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)`,
		one.ID, one.Organisation, one.Number, one.Service, one.Variant, one.Definition, one.Person, one.Subject,
		one.Language, one.Licence, one.State, store.Micros(one.Entered), store.Micros(one.Submitted), dayText(one.Due),
		one.DueThen, dayText(one.Turn), one.Stopped, one.Assignee, one.Awaits, one.Ending, endedMicros(one), one.Open(), label, sealed,
		one.Version, store.Micros(one.Updated))
	if err != nil {
		return fmt.Errorf("storing case %s: %w", one.Number, err)
	}
	one.was = one.standing()
	return recount(ctx, tx, standing{}, one.was)
}

func endedMicros(c *Case) int64 {
	if c.Ended.IsZero() {
		return 0
	}
	return store.Micros(c.Ended)
}

// ChangedMeanwhile is the message for a form that was made for an earlier state of the case.
const ChangedMeanwhile = "This case has changed since you opened the page. Look at it again, then repeat"

// Update stores a changed case, if nobody else changed it since it was read.
func (c *Cases) Update(ctx context.Context, tx *store.Tx, one *Case) error {
	was, err := c.stood(ctx, tx, one)
	if err != nil {
		return err
	}
	sealed, err := c.seal(ctx, tx, one.Subject, "case "+one.ID, one.Body)
	if err != nil {
		return err
	}
	label, err := c.seal(ctx, tx, one.Subject, "label "+one.ID, one.Label)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE cases SET licence = $3, state = $4, entered = $5, due = $6, due_then = $7, turn = $8,
		stopped = $9, assignee = $10, awaits = $11, ending = $12, ended = $13, is_open = $14, sealed = $15, version = $2 + 1, updated = $16, label = $17, submitted = $18
		WHERE id = $1 AND version = $2`,
		one.ID, one.Version, one.Licence, one.State, store.Micros(one.Entered), dayText(one.Due), one.DueThen, dayText(one.Turn),
		one.Stopped, one.Assignee, one.Awaits, one.Ending, endedMicros(one), one.Open(), sealed, store.Micros(tx.Now()), label, store.Micros(one.Submitted))
	if err != nil {
		return fmt.Errorf("updating case %s: %w", one.Number, err)
	}
	if n == 0 {
		return fault.NewConflict(ChangedMeanwhile)
	}
	one.Version, one.Updated = one.Version+1, tx.Now()
	one.was = one.standing()
	return recount(ctx, tx, was, one.was)
}

// columns are those of a list: all but the sealed body.
const columns = `id, organisation, number, service, variant, definition, person, subject, language, licence, state,
	entered, submitted, due, due_then, turn, stopped, assignee, awaits, ending, ended, version, updated, label`

// scanner is a row.
type scanner interface{ Scan(...any) error }

// sealedParts are a row's, as they are stored.
type sealedParts struct{ label, body []byte }

func scan(row scanner, whole bool) (*Case, sealedParts, error) {
	var c Case
	var entered, submitted, ended, updated int64
	var due, turn string
	var sealed sealedParts
	to := []any{&c.ID, &c.Organisation, &c.Number, &c.Service, &c.Variant, &c.Definition, &c.Person, &c.Subject,
		&c.Language, &c.Licence, &c.State, &entered, &submitted, &due, &c.DueThen, &turn, &c.Stopped, &c.Assignee,
		&c.Awaits, &c.Ending, &ended, &c.Version, &updated, &sealed.label}
	if whole {
		to = append(to, &sealed.body)
	}
	err := row.Scan(to...)
	if err != nil {
		return nil, sealed, err
	}
	c.Entered, c.Submitted, c.Updated = store.Time(entered), store.Time(submitted), store.Time(updated)
	if ended != 0 {
		c.Ended = store.Time(ended)
	}
	if c.Due, err = dayOf(due); err == nil {
		c.Turn, err = dayOf(turn)
	}
	c.was = c.standing()
	return &c, sealed, err
}

// Get reads a case whole; in Write it is locked until commit. store.ErrNotFound if there is none.
func (c *Cases) Get(ctx context.Context, tx *store.Tx, id string) (*Case, error) {
	return c.one(ctx, tx, `SELECT `+columns+`, sealed FROM cases WHERE id = $1`+tx.Lock(), id)
}

// ByNumber reads a case by its number.
func (c *Cases) ByNumber(ctx context.Context, tx *store.Tx, organisation, number string) (*Case, error) {
	return c.one(ctx, tx, `SELECT `+columns+`, sealed FROM cases WHERE organisation = $1 AND number = $2`+tx.Lock(), organisation, number)
}

func (c *Cases) one(ctx context.Context, tx *store.Tx, query string, args ...any) (*Case, error) {
	one, sealed, err := scan(tx.QueryRow(ctx, query, args...), true)
	if err != nil {
		return nil, fmt.Errorf("reading a case: %w", err)
	}
	return one, c.unseal(ctx, tx, one, sealed)
}

func (c *Cases) unseal(ctx context.Context, tx *store.Tx, one *Case, sealed sealedParts) error {
	if err := c.open(ctx, tx, one.Subject, "label "+one.ID, sealed.label, &one.Label); err != nil {
		return err
	}
	if sealed.body == nil {
		return nil
	}
	return c.open(ctx, tx, one.Subject, "case "+one.ID, sealed.body, &one.Body)
}

// lines reads cases without their bodies, for lists; whole reads them with.
func (c *Cases) lines(ctx context.Context, tx *store.Tx, query string, args ...any) ([]*Case, error) {
	return c.many(ctx, tx, false, query, args...)
}

func (c *Cases) whole(ctx context.Context, tx *store.Tx, query string, args ...any) ([]*Case, error) {
	return c.many(ctx, tx, true, query, args...)
}

// many closes the rows before opening what is sealed.
func (c *Cases) many(ctx context.Context, tx *store.Tx, whole bool, query string, args ...any) ([]*Case, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing cases: %w", err)
	}
	defer rows.Close()
	var all []*Case
	var sealed []sealedParts
	for rows.Next() {
		one, parts, err := scan(rows, whole)
		if err != nil {
			return nil, fmt.Errorf("listing cases: %w", err)
		}
		all, sealed = append(all, one), append(sealed, parts)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("listing cases: %w", err)
	}
	if err := rows.Close(); err != nil {
		return nil, fmt.Errorf("listing cases: %w", err)
	}
	for i, one := range all {
		if err := c.unseal(ctx, tx, one, sealed[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Of lists a person's cases, newest first, without their bodies.
func (c *Cases) Of(ctx context.Context, tx *store.Tx, person string) ([]*Case, error) {
	return c.lines(ctx, tx, `SELECT `+columns+` FROM cases WHERE person = $1 ORDER BY submitted DESC, id DESC LIMIT 200`, person)
}

// ToTurn lists ids of cases for which something may happen by itself on or before a day, oldest first.
func (c *Cases) ToTurn(ctx context.Context, tx *store.Tx, day calendar.Date, after string, limit int) ([]string, error) {
	ids, err := store.Strings(ctx, tx, `SELECT id FROM cases WHERE turn <= $1 AND id > $2 ORDER BY id LIMIT $3`, day.String(), after, limit)
	if err != nil {
		return nil, fmt.Errorf("listing cases to turn: %w", err)
	}
	return ids, nil
}

// Noticed lists open cases of a service in given states, for the public notices.
func (c *Cases) Noticed(ctx context.Context, tx *store.Tx, organisation, service string, states []string) ([]*Case, error) {
	args := []any{organisation, service}
	for _, s := range states {
		args = append(args, s)
	}
	return c.whole(ctx, tx, `SELECT `+columns+`, sealed FROM cases WHERE organisation = $1 AND is_open = TRUE AND service = $2
		AND state IN (`+store.Marks(3, len(states))+`) ORDER BY submitted DESC, id DESC LIMIT 200`, args...)
}

// LastChange is when any case was last changed; zero where there is none.
func (c *Cases) LastChange(ctx context.Context, tx *store.Tx) (time.Time, error) {
	var last int64
	if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(updated), 0) FROM cases`).Scan(&last); err != nil {
		return time.Time{}, fmt.Errorf("finding the last change: %w", err)
	}
	if last == 0 {
		return time.Time{}, nil
	}
	return store.Time(last), nil
}
