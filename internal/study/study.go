// Package study owns studies of what a change would do: what was tried, how far the work is, what came of it, and whether
// everybody may read it. It stops before what a study says (package simulate) and who may make one.
//
// A study holds nobody's data: its figures are of groups, protected before they come here, and cases are named by their ids
// only, for those who may open them.
package study

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"stoa/internal/fault"
	"stoa/internal/simulate"
	"stoa/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package, for store.Migrate.
func Migrations() fs.FS { return migrations }

// How a study stands.
const (
	Working = "working"
	Done    = "done"
	Failed  = "failed" // Problem says why, in a sentence for whoever asked, or NotWorkedOut
)

// NotWorkedOut is the problem of a study that failed by our fault: no sentence, so that each reader has it in their language.
const NotWorkedOut = "not_worked_out"

// Study is a study as stored.
type Study struct {
	ID, Organisation, Kind, Subject, Title string
	Change                                 []byte // as package service writes a ChangeFile
	State                                  string
	Done, Of                               int64           // cases
	Result                                 *simulate.Study // nil before it is done
	Examples                               Examples
	Problem                                string
	Hash                                   string
	By                                     string // person id
	Created, Ended, Published              time.Time
	Publisher                              string
	Version                                int64
}

// Examples are ids of cases for what a study tells, in the order of its lists.
type Examples struct {
	Flips [][]string `json:"flips,omitempty"`
	Lacks [][]string `json:"lacks,omitempty"`
}

// Studies is the way to the table.
type Studies struct{}

const columns = `id, organisation, kind, subject, title, change, state, done, of, result, examples, problem, hash, by_person,
	created, ended, published, publisher, version`

func scan(row store.Scanner) (*Study, error) {
	s := &Study{}
	var created, ended, published int64
	var change, result, examples string
	err := row.Scan(&s.ID, &s.Organisation, &s.Kind, &s.Subject, &s.Title, &change, &s.State, &s.Done, &s.Of, &result, &examples,
		&s.Problem, &s.Hash, &s.By, &created, &ended, &published, &s.Publisher, &s.Version)
	if err != nil {
		return nil, err
	}
	s.Change, s.Created = []byte(change), store.Time(created)
	if ended > 0 {
		s.Ended = store.Time(ended)
	}
	if published > 0 {
		s.Published = store.Time(published)
	}
	if result != "" {
		s.Result = &simulate.Study{}
		err = json.Unmarshal([]byte(result), s.Result)
	}
	if examples != "" {
		err = errors.Join(err, json.Unmarshal([]byte(examples), &s.Examples))
	}
	return s, err
}

func (s *Study) written() (result, examples string, err error) {
	if s.Result != nil {
		b, err := json.Marshal(s.Result)
		if err != nil {
			return "", "", fmt.Errorf("writing a study: %w", err)
		}
		result = string(b)
	}
	b, err := json.Marshal(s.Examples)
	if err != nil {
		return "", "", fmt.Errorf("writing a study: %w", err)
	}
	return result, string(b), nil
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return store.Micros(t)
}

// Start stores a new study.
func (Studies) Start(ctx context.Context, tx *store.Tx, s *Study) error {
	s.ID, s.State, s.Created, s.Version = tx.NewID(), Working, tx.Now(), 1
	result, examples, err := s.written()
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO study (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		s.ID, s.Organisation, s.Kind, s.Subject, s.Title, string(s.Change), s.State, s.Done, s.Of, result, examples, s.Problem, s.Hash, s.By,
		store.Micros(s.Created), micros(s.Ended), micros(s.Published), s.Publisher, s.Version)
	if err != nil {
		return fmt.Errorf("storing a study: %w", err)
	}
	return nil
}

// Save stores a study that was read in this Write.
func (Studies) Save(ctx context.Context, tx *store.Tx, s *Study) error {
	result, examples, err := s.written()
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE study SET state = $3, done = $4, of = $5, result = $6, examples = $7, problem = $8, hash = $9, ended = $10,
		published = $11, publisher = $12, version = $2 + 1 WHERE id = $1 AND version = $2`, s.ID, s.Version, s.State, s.Done, s.Of, result, examples,
		s.Problem, s.Hash, micros(s.Ended), micros(s.Published), s.Publisher)
	if err != nil {
		return fmt.Errorf("storing a study: %w", err)
	}
	if n == 0 {
		return fault.NewConflict("This study has changed since you opened the page. Look at it again, then repeat")
	}
	s.Version++
	return nil
}

// Progress notes how far a study is, for whoever waits for it.
func (Studies) Progress(ctx context.Context, tx *store.Tx, id string, done, of int64) error {
	if _, err := tx.Exec(ctx, `UPDATE study SET done = $2, of = $3 WHERE id = $1 AND state = $4`, id, done, of, Working); err != nil {
		return fmt.Errorf("noting how far a study is: %w", err)
	}
	return nil
}

// Get reads a study; in Write it is locked until commit. store.ErrNotFound if there is none.
func (Studies) Get(ctx context.Context, tx *store.Tx, id string) (*Study, error) {
	s, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM study WHERE id = $1`+tx.Lock(), id))
	if err != nil {
		return nil, fmt.Errorf("reading a study: %w", err)
	}
	return s, nil
}

// Of lists the studies of some organisations, newest first.
func (Studies) Of(ctx context.Context, tx *store.Tx, organisations []string, limit int) ([]*Study, error) {
	if len(organisations) == 0 {
		return nil, nil
	}
	args := []any{limit}
	for _, o := range organisations {
		args = append(args, o)
	}
	return list(ctx, tx, `WHERE organisation IN (`+store.Marks(2, len(organisations))+`) ORDER BY created DESC, id DESC LIMIT $1`, args...)
}

// Published lists those that everybody may read, newest first.
func (Studies) Published(ctx context.Context, tx *store.Tx, limit int) ([]*Study, error) {
	return list(ctx, tx, `WHERE published > 0 ORDER BY published DESC, id DESC LIMIT $1`, limit)
}

func list(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Study, error) {
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM study `+where, args...)
	all, err := store.Collect(rows, err, scan)
	if err != nil {
		return nil, fmt.Errorf("listing studies: %w", err)
	}
	return all, nil
}
