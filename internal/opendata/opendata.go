// Package opendata owns how the publication of datasets stands: when each is due, what was last read and what was wrong
// with it, what the protection of its next version must remember, and what of its public privacy budget is spent.
//
// It stops before what is published (package dataset), by which rules (package service) and where rows come from: those
// meet in a use case.
package opendata

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/store"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// ErrMoved says that somebody else dealt with the dataset meanwhile: what was made of it is of an earlier state.
var ErrMoved = fault.NewConflict("Somebody else has just published this dataset. Look at it again")

// State is how the publication of a dataset stands. One that was never tried has only its id.
type State struct {
	Dataset    string
	Definition string        // hash of the definition that was last tried
	Read       time.Time     // the source was read as it was then
	Done       time.Time     // last try that came to an end, well or not
	Due        calendar.Date // next day on which it is tried without being asked; zero: none
	Problem    string        // why the last try published nothing
	Findings   []Finding
	Truth      string // hash of the numbers under the noise
	Memory     []byte // sealed: what protected statistics must know of the version before
	Version    int64

	subject string
}

// Finding is something that staff should know of the last try: what was checked, and what came of it.
type Finding struct {
	What  string            `json:"what"`            // a message of package i18n: Printer.Key(What, Args)
	Args  map[string]string `json:"args,omitempty"`  // its places
	Bad   bool              `json:"bad,omitempty"`   // it kept the version from being published
	Staff bool              `json:"staff,omitempty"` // not for the public
}

// States is the way to the tables.
type States struct{ Vault *vault.Vault }

func place(dataset string) string { return "dataset " + dataset }

const columns = `dataset, definition, read_at, done_at, due, problem, findings, truth, subject, memory, version`

func scan(row store.Scanner) (s *State, sealed []byte, err error) {
	s = &State{}
	var read, done int64
	var due, findings string
	err = row.Scan(&s.Dataset, &s.Definition, &read, &done, &due, &s.Problem, &findings, &s.Truth, &s.subject, &sealed, &s.Version)
	if err != nil {
		return nil, nil, err
	}
	s.Read, s.Done = store.Time(read), store.Time(done)
	if due != "" {
		if s.Due, err = calendar.ParseISO(due); err != nil {
			return nil, nil, err
		}
	}
	return s, sealed, json.Unmarshal([]byte(findings), &s.Findings)
}

// Get reads the state of a dataset; in Write it is locked until commit.
func (k *States) Get(ctx context.Context, tx *store.Tx, dataset string) (*State, error) {
	if tx.Writable() {
		_, err := tx.Exec(ctx, `INSERT INTO opendata_state (`+columns+`) VALUES ($1, '', 0, 0, '', '', '[]', '', '', $2, 0)
			ON CONFLICT (dataset) DO NOTHING`, dataset, []byte{})
		if err != nil {
			return nil, fmt.Errorf("beginning the state of dataset %s: %w", dataset, err)
		}
	}
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM opendata_state WHERE dataset = $1`+tx.Lock(), dataset)
	var sealed []byte
	found, err := store.Collect(rows, err, func(row store.Scanner) (s *State, err error) {
		s, sealed, err = scan(row)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the state of dataset %s: %w", dataset, err)
	}
	if len(found) == 0 {
		return &State{Dataset: dataset}, nil
	}
	s := found[0]
	if len(sealed) > 0 {
		if s.Memory, err = k.Vault.Open(ctx, tx, s.subject, place(dataset), sealed); err != nil {
			return nil, fmt.Errorf("opening the memory of dataset %s: %w", dataset, err)
		}
	}
	return s, nil
}

// Secret stays with a dataset and is known to nobody: which numbers are hidden besides the small ones depends on it.
func (k *States) Secret(dataset string) []byte { return k.Vault.Blind("opendata.secret", dataset) }

// All reads the states of all datasets that were ever tried, by id, without their memories.
func (k *States) All(ctx context.Context, tx *store.Tx) (map[string]*State, error) {
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM opendata_state`)
	list, err := store.Collect(rows, err, func(row store.Scanner) (*State, error) {
		s, _, err := scan(row)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the states of datasets: %w", err)
	}
	all := make(map[string]*State, len(list))
	for _, s := range list {
		all[s.Dataset] = s
	}
	return all, nil
}

// Save stores a state that was read with Get in the same Write, or before: then ErrMoved says that it has changed since.
func (k *States) Save(ctx context.Context, tx *store.Tx, s *State) error {
	if s.Findings == nil {
		s.Findings = []Finding{}
	}
	findings, err := json.Marshal(s.Findings)
	if err != nil {
		return fmt.Errorf("writing the findings of dataset %s: %w", s.Dataset, err)
	}
	sealed := []byte{}
	if len(s.Memory) > 0 {
		if s.subject == "" {
			if s.subject, err = k.Vault.NewSubject(ctx, tx); err != nil {
				return err
			}
		}
		if sealed, err = k.Vault.Seal(ctx, tx, s.subject, place(s.Dataset), s.Memory); err != nil {
			return fmt.Errorf("sealing the memory of dataset %s: %w", s.Dataset, err)
		}
	}
	due := ""
	if !s.Due.IsZero() {
		due = s.Due.String()
	}
	n, err := tx.Exec(ctx, `UPDATE opendata_state SET definition = $2, read_at = $3, done_at = $4, due = $5, problem = $6, findings = $7, truth = $8,
		subject = $9, memory = $10, version = version + 1 WHERE dataset = $1 AND version = $11`,
		s.Dataset, s.Definition, store.Micros(s.Read), store.Micros(s.Done), due, s.Problem, string(findings), s.Truth, s.subject, sealed, s.Version)
	if err != nil {
		return fmt.Errorf("storing the state of dataset %s: %w", s.Dataset, err)
	}
	if n == 0 {
		return ErrMoved
	}
	s.Version++
	return nil
}

// Spending is what a version spent.
type Spending struct {
	Number  int
	Epsilon string // an exact decimal
	At      time.Time
}

// Spend notes what a version spends of its dataset's budget. The state of the dataset is held meanwhile.
func (k *States) Spend(ctx context.Context, tx *store.Tx, dataset string, number int, epsilon string) error {
	_, err := tx.Exec(ctx, `INSERT INTO opendata_spent (dataset, number, epsilon, at) VALUES ($1, $2, $3, $4)`,
		dataset, int64(number), epsilon, store.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("noting what version %d of dataset %s spends: %w", number, dataset, err)
	}
	return nil
}

// Spent lists what the versions of a dataset have spent, the oldest first.
func (k *States) Spent(ctx context.Context, tx *store.Tx, dataset string) ([]Spending, error) {
	rows, err := tx.Query(ctx, `SELECT number, epsilon, at FROM opendata_spent WHERE dataset = $1 ORDER BY number`, dataset)
	list, err := store.Collect(rows, err, func(row store.Scanner) (s Spending, err error) {
		var number, at int64
		err = row.Scan(&number, &s.Epsilon, &at)
		s.Number, s.At = int(number), store.Time(at)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what dataset %s has spent: %w", dataset, err)
	}
	return list, nil
}

// Check keeps what was checked of a version, for everybody.
func (k *States) Check(ctx context.Context, tx *store.Tx, dataset string, number int, found []Finding) error {
	public := []Finding{}
	for _, f := range found {
		if !f.Staff {
			public = append(public, f)
		}
	}
	text, err := json.Marshal(public)
	if err != nil {
		return fmt.Errorf("writing what was checked: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO opendata_checked (dataset, number, findings) VALUES ($1, $2, $3)`, dataset, int64(number), string(text))
	if err != nil {
		return fmt.Errorf("keeping what was checked of version %d of dataset %s: %w", number, dataset, err)
	}
	return nil
}

// Checked is what was checked of a version; nothing where there is no such version.
func (k *States) Checked(ctx context.Context, tx *store.Tx, dataset string, number int) (found []Finding, err error) {
	rows, err := tx.Query(ctx, `SELECT findings FROM opendata_checked WHERE dataset = $1 AND number = $2`, dataset, int64(number))
	_, err = store.Collect(rows, err, func(row store.Scanner) (text string, err error) {
		if err = row.Scan(&text); err == nil {
			err = json.Unmarshal([]byte(text), &found)
		}
		return text, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what was checked of dataset %s: %w", dataset, err)
	}
	return found, nil
}
