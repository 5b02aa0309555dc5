package tax

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// Kinds of requests.
const (
	Claim     = "claim"     // that a fact holds from a day on
	Objection = "objection" // that an assessment is wrong
)

// States of a request.
const (
	Open      = "open"
	Granted   = "granted"
	Refused   = "refused"
	Withdrawn = "withdrawn"
)

// Request is what a payer asks for, and an officer decides.
type Request struct {
	ID, Organisation string
	Kind             string
	Account, Tax     string
	About            string        // the fact that is claimed, or the assessment that is objected to
	From             calendar.Date // of a claim
	State            string
	By               string
	At               time.Time
	DecidedBy        string
	Decided          time.Time
	Version          int64
	RequestWords
}

// RequestWords are the sealed part of a request.
type RequestWords struct {
	Value  string   `json:"value,omitempty"`  // of the fact, as package record writes it; "" that it holds no longer
	Ground string   `json:"ground,omitempty"` // id of one that the file offers
	Text   string   `json:"text,omitempty"`   // in the payer's words
	Name   string   `json:"name,omitempty"`   // of who asks
	For    string   `json:"for,omitempty"`    // of the payer, where another asks for them
	Files  []string `json:"files,omitempty"`  // evidence, by blob
	Answer string   `json:"answer,omitempty"` // reasons of the decision
}

func (r *Request) place() string { return "tax request " + r.ID }

// Requests is the way to what payers ask for.
type Requests struct{ Vault *vault.Vault }

func (t *Requests) seal(ctx context.Context, tx *store.Tx, subject, place string, v any) ([]byte, error) {
	return (&Taxes{t.Vault}).seal(ctx, tx, subject, place, v)
}

// Ask stores a new request of an account; there is one open request about the same thing.
func (t *Requests) Ask(ctx context.Context, tx *store.Tx, a *Account, r *Request) error {
	var open int64
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM tax_request WHERE organisation = $1 AND account = $2 AND kind = $3 AND about = $4 AND state = $5`,
		a.Organisation, a.ID, r.Kind, r.About, Open).Scan(&open)
	if err != nil {
		return fmt.Errorf("looking for open requests: %w", err)
	}
	if open > 0 {
		return fault.NewConflict("You asked for this already, and we have not decided yet")
	}
	r.ID, r.Organisation, r.Account, r.Tax, r.State, r.At, r.Version = tx.NewID(), a.Organisation, a.ID, a.Tax, Open, tx.Now(), 1
	sealed, err := t.seal(ctx, tx, a.Subject, r.place(), r.RequestWords)
	if err != nil {
		return err
	}
	err = tx.Put(ctx, `INSERT INTO tax_request (organisation, id, kind, account, tax, about, from_day, state, by_person, at, decided_by,
			decided, version, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0, 1, $11)`,
		r.Organisation, r.ID, r.Kind, r.Account, r.Tax, r.About, r.From.String(), r.State, r.By, store.Micros(r.At), sealed)
	if err != nil {
		return fmt.Errorf("storing a request of account %s: %w", a.Number, err)
	}
	return nil
}

// Decide ends an open request of an account that was read in this Write.
func (t *Requests) Decide(ctx context.Context, tx *store.Tx, a *Account, r *Request, state, by, answer string) error {
	if r.State != Open {
		return fault.NewConflict("This is decided already")
	}
	r.State, r.DecidedBy, r.Decided, r.Answer = state, by, tx.Now(), answer
	sealed, err := t.seal(ctx, tx, a.Subject, r.place(), r.RequestWords)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE tax_request SET state = $4, decided_by = $5, decided = $6, sealed = $7, version = version + 1
		WHERE organisation = $1 AND id = $2 AND version = $3`, r.Organisation, r.ID, r.Version, state, by, store.Micros(r.Decided), sealed)
	if err != nil {
		return fmt.Errorf("deciding a request: %w", err)
	}
	if n == 0 {
		return fault.NewConflict(ChangedMeanwhile)
	}
	r.Version++
	return nil
}

const requestColumns = `r.organisation, r.id, r.kind, r.account, r.tax, r.about, r.from_day, r.state, r.by_person, r.at, r.decided_by,
	r.decided, r.version, r.sealed, a.subject`

func (t *Requests) requests(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Request, error) {
	type row struct {
		*Request
		subject string
		sealed  []byte
	}
	rows, err := tx.Query(ctx, `SELECT `+requestColumns+` FROM tax_request r
		JOIN tax_account a ON a.organisation = r.organisation AND a.id = r.account `+where, args...)
	found, err := store.Collect(rows, err, func(s store.Scanner) (row, error) {
		r := row{Request: &Request{}}
		var from string
		var at, decided int64
		err := s.Scan(&r.Organisation, &r.ID, &r.Kind, &r.Account, &r.Tax, &r.About, &from, &r.State, &r.By, &at, &r.DecidedBy,
			&decided, &r.Version, &r.sealed, &r.subject)
		if err != nil {
			return r, err
		}
		r.At, r.Decided = store.Time(at), store.Time(decided)
		r.From, err = dayOf(from)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading requests about taxes: %w", err)
	}
	list := make([]*Request, len(found))
	for i, r := range found {
		if err := (&Taxes{t.Vault}).open(ctx, tx, r.subject, r.place(), r.sealed, &r.RequestWords); err != nil {
			return nil, err
		}
		list[i] = r.Request
	}
	return list, nil
}

// Get reads a request; store.ErrNotFound if there is none. Its account, locked, keeps others away.
func (t *Requests) Get(ctx context.Context, tx *store.Tx, organisation, id string) (*Request, error) {
	return first(t.requests(ctx, tx, `WHERE r.organisation = $1 AND r.id = $2`, organisation, id))
}

// Of lists the requests of an account, the latest first.
func (t *Requests) Of(ctx context.Context, tx *store.Tx, a *Account) ([]*Request, error) {
	return t.requests(ctx, tx, `WHERE r.organisation = $1 AND r.account = $2 ORDER BY r.id DESC`, a.Organisation, a.ID)
}

// Open lists what waits for a decision, the oldest first, at most limit after an id; tax and kind "" are any.
func (t *Requests) Open(ctx context.Context, tx *store.Tx, organisation, tax, kind, after string, limit int) ([]*Request, error) {
	return t.requests(ctx, tx, `WHERE r.organisation = $1 AND r.state = 'open' AND ($2 = '' OR r.tax = $2) AND ($3 = '' OR r.kind = $3)
		AND r.id > $4 ORDER BY r.id LIMIT $5`, organisation, tax, kind, after, limit)
}
