// Package disclosure owns what is released of requests for information: the documents of a request with the passages that
// are to be taken out, and the public disclosure log with its files.
//
// It stops at rows: what a passage is, is package redact's, and who may choose, approve and publish is for use cases.
// What is still being worked on is sealed under the key of the case; what is published is public and sealed by nothing, so
// that it stays when the requester's data goes.
package disclosure

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"stoa/internal/blob"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/redact"
	"stoa/internal/store"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package, for store.Migrate.
func Migrations() fs.FS { return migrations }

// Where a document comes from.
const (
	File    = "file"    // uploaded by an officer
	Request = "request" // what was asked: its title, an empty line, and the rest
	Answer  = "answer"  // the letter that answers
)

// How a document stands.
const (
	Open     = "open"
	Proposed = "proposed" // a second person is to look at it
	Approved = "approved" // may be released without its passages
	Withheld = "withheld" // is not released at all
)

// Document is a document about a request for information.
type Document struct {
	ID, Case, Organisation string
	Subject                string // whose key seals it
	Seq                    int64
	Source                 string
	Kind                   redact.Kind
	Original               string // blob; "" where it is text of the case itself
	Released               string // blob; "" before it was approved
	State                  string
	Proposer, Approver     string // people
	Version                int64
	Changed                time.Time
	Body
}

// Body is the sealed part of a document.
type Body struct {
	Name   string        `json:"name"` // under which it would be released
	Text   string        `json:"text,omitempty"`
	Marks  []redact.Mark `json:"marks,omitempty"`
	Terms  []string      `json:"terms,omitempty"`  // words that were looked for
	Reason string        `json:"reason,omitempty"` // exemption under which all of it is withheld
	Said   string        `json:"said,omitempty"`   // why it was returned
	Title  string        `json:"title,omitempty"`  // of a document that is made anew
	By     string        `json:"by,omitempty"`     // name of who proposed it
}

// Store keeps documents and the log.
type Store struct {
	Vault *vault.Vault
	Blobs *blob.Store
	Words *i18n.Bundle
}

const columns = `id, case_id, organisation, subject, seq, source, kind, original, released, state, proposer, approver, sealed, version, changed_at`

func place(id string) string { return "disclosure_document " + id }

func (s *Store) seal(ctx context.Context, tx *store.Tx, d *Document) ([]byte, error) {
	plain, err := json.Marshal(d.Body)
	if err != nil {
		return nil, fmt.Errorf("sealing a document: %w", err)
	}
	sealed, err := s.Vault.Seal(ctx, tx, d.Subject, place(d.ID), plain)
	if err != nil {
		return nil, fmt.Errorf("sealing a document: %w", err)
	}
	return sealed, nil
}

// Add keeps a new document of a case, behind those that are there.
func (s *Store) Add(ctx context.Context, tx *store.Tx, d *Document) error {
	d.ID, d.Version, d.Changed = tx.NewID(), 1, tx.Now()
	if d.State == "" {
		d.State = Open
	}
	if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(seq), 0) + 1 FROM disclosure_document WHERE case_id = $1`, d.Case).Scan(&d.Seq); err != nil {
		return fmt.Errorf("counting documents: %w", err)
	}
	sealed, err := s.seal(ctx, tx, d)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO disclosure_document (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		d.ID, d.Case, d.Organisation, d.Subject, d.Seq, d.Source, string(d.Kind), d.Original, d.Released, d.State, d.Proposer, d.Approver, sealed, d.Version, store.Micros(d.Changed))
	if err != nil {
		return fmt.Errorf("storing a document: %w", err)
	}
	return nil
}

// Changed is the conflict when a document was changed since the form was made.
func Changed() error {
	return fault.NewConflict("Somebody else has changed this document. Look at it again")
}

// Save stores a document that was changed, if nobody else has changed it since.
func (s *Store) Save(ctx context.Context, tx *store.Tx, d *Document) error {
	sealed, err := s.seal(ctx, tx, d)
	if err != nil {
		return err
	}
	d.Changed = tx.Now()
	n, err := tx.Exec(ctx, `UPDATE disclosure_document SET released = $1, state = $2, proposer = $3, approver = $4, sealed = $5, version = version + 1, changed_at = $6
		WHERE id = $7 AND version = $8`, d.Released, d.State, d.Proposer, d.Approver, sealed, store.Micros(d.Changed), d.ID, d.Version)
	if err != nil {
		return fmt.Errorf("storing a document: %w", err)
	}
	if n == 0 {
		return Changed()
	}
	d.Version++
	return nil
}

// Remove forgets a document. Its blobs are the caller's.
func (s *Store) Remove(ctx context.Context, tx *store.Tx, id string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM disclosure_document WHERE id = $1`, id); err != nil {
		return fmt.Errorf("removing a document: %w", err)
	}
	return nil
}

// Document gives one; store.ErrNotFound if there is none.
func (s *Store) Document(ctx context.Context, tx *store.Tx, id string) (*Document, error) {
	all, err := s.documents(ctx, tx, `SELECT `+columns+` FROM disclosure_document WHERE id = $1`, id)
	if err == nil && len(all) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("finding a document: %w", err)
	}
	return all[0], nil
}

// Of lists the documents of a case in their order.
func (s *Store) Of(ctx context.Context, tx *store.Tx, caseID string) ([]*Document, error) {
	return s.documents(ctx, tx, `SELECT `+columns+` FROM disclosure_document WHERE case_id = $1 ORDER BY seq, id`, caseID)
}

// Waiting lists documents of an organisation that stand in a state, those that have waited longest first.
func (s *Store) Waiting(ctx context.Context, tx *store.Tx, organisation, state string, limit int) ([]*Document, error) {
	return s.documents(ctx, tx, `SELECT `+columns+` FROM disclosure_document WHERE organisation = $1 AND state = $2 ORDER BY changed_at, id LIMIT $3`,
		organisation, state, limit)
}

func (s *Store) documents(ctx context.Context, tx *store.Tx, query string, args ...any) ([]*Document, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing documents: %w", err)
	}
	defer rows.Close()
	var all []*Document
	var sealed [][]byte
	for rows.Next() {
		d := &Document{}
		var b []byte
		var changed int64
		err := rows.Scan(&d.ID, &d.Case, &d.Organisation, &d.Subject, &d.Seq, &d.Source, &d.Kind, &d.Original, &d.Released, &d.State, &d.Proposer, &d.Approver, &b, &d.Version, &changed)
		if err != nil {
			return nil, fmt.Errorf("listing documents: %w", err)
		}
		d.Changed = store.Time(changed)
		all, sealed = append(all, d), append(sealed, b)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("listing documents: %w", err)
	}
	rows.Close()
	for i, d := range all {
		plain, err := s.Vault.Open(ctx, tx, d.Subject, place(d.ID), sealed[i])
		if errors.Is(err, vault.ErrErased) {
			continue // whoever asked was forgotten: what was published stays, what was worked on is gone
		}
		if err != nil {
			return nil, fmt.Errorf("opening a document: %w", err)
		}
		if err := json.Unmarshal(plain, &d.Body); err != nil {
			return nil, fmt.Errorf("reading a document: %w", err)
		}
	}
	return all, nil
}
