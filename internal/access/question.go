package access

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/store"
	"stoa/internal/vault"
)

// LongestQuestion is how many characters a question or an answer may have.
const LongestQuestion = 2000

// Question is what a person asks about one look, and its answer. It is between them and the organisation.
type Question struct {
	ID, Look     string
	Person       string
	Subject      string // whose key seals it
	Organisation string // that answers
	Looker       string // who looked, and so does not answer
	Language     string
	Asked        time.Time
	Answered     time.Time // zero: not yet
	AnsweredBy   string
	Text, Answer string
}

// Questions is the way to what was asked.
type Questions struct{ Vault *vault.Vault }

// Ask stores a question. A second one about the same look is store.ErrConflict.
func (q *Questions) Ask(ctx context.Context, tx *store.Tx, ask *Question) error {
	ask.ID, ask.Asked = tx.NewID(), tx.Now()
	sealed, err := q.Vault.Seal(ctx, tx, ask.Subject, "access question "+ask.ID, []byte(ask.Text))
	if err != nil {
		return fmt.Errorf("sealing a question: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO access_question (id, look, person, subject, organisation, looker, language, asked, answered, answered_by, sealed, answer)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', $9, $10)`,
		ask.ID, ask.Look, ask.Person, ask.Subject, ask.Organisation, ask.Looker, ask.Language, store.Micros(ask.Asked), sealed, []byte{})
	if err != nil {
		return fmt.Errorf("storing a question: %w", err)
	}
	return nil
}

// Answer stores the answer to a question that has none.
func (q *Questions) Answer(ctx context.Context, tx *store.Tx, ask *Question) error {
	ask.Answered = tx.Now()
	sealed, err := q.Vault.Seal(ctx, tx, ask.Subject, "access answer "+ask.ID, []byte(ask.Answer))
	if err != nil {
		return fmt.Errorf("sealing an answer: %w", err)
	}
	err = tx.Put(ctx, `UPDATE access_question SET answered = $2, answered_by = $3, answer = $4 WHERE id = $1`,
		ask.ID, store.Micros(ask.Answered), ask.AnsweredBy, sealed)
	if err != nil {
		return fmt.Errorf("storing an answer: %w", err)
	}
	return nil
}

const questionColumns = `id, look, person, subject, organisation, looker, language, asked, answered, answered_by, sealed, answer`

type storedQuestion struct {
	Question
	text, reply []byte
}

func scanQuestion(row store.Scanner) (s storedQuestion, err error) {
	var asked, answered int64
	err = row.Scan(&s.ID, &s.Look, &s.Person, &s.Subject, &s.Organisation, &s.Looker, &s.Language, &asked, &answered, &s.AnsweredBy, &s.text, &s.reply)
	s.Asked = store.Time(asked)
	if answered != 0 {
		s.Answered = store.Time(answered)
	}
	return s, err
}

// Get reads a question and holds it for a change; store.ErrNotFound if there is none.
func (q *Questions) Get(ctx context.Context, tx *store.Tx, id string) (*Question, error) {
	s, err := scanQuestion(tx.QueryRow(ctx, `SELECT `+questionColumns+` FROM access_question WHERE id = $1`+tx.Lock(), id))
	if err != nil {
		return nil, fmt.Errorf("reading a question: %w", err)
	}
	return &s.Question, q.open(ctx, tx, &s)
}

// Of lists what a person has asked, the newest first.
func (q *Questions) Of(ctx context.Context, tx *store.Tx, person string) ([]*Question, error) {
	return q.list(ctx, tx, `person = $1 ORDER BY id DESC`, person)
}

// To lists what an organisation has to answer, or has answered, the oldest first.
func (q *Questions) To(ctx context.Context, tx *store.Tx, organisation string, answered bool, limit int) ([]*Question, error) {
	if answered {
		return q.list(ctx, tx, `organisation = $1 AND answered > 0 ORDER BY id DESC LIMIT $2`, organisation, limit)
	}
	return q.list(ctx, tx, `organisation = $1 AND answered = 0 ORDER BY id LIMIT $2`, organisation, limit)
}

func (q *Questions) list(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Question, error) {
	rows, err := tx.Query(ctx, `SELECT `+questionColumns+` FROM access_question WHERE `+where, args...)
	found, err := store.Collect(rows, err, scanQuestion)
	if err != nil {
		return nil, fmt.Errorf("listing questions: %w", err)
	}
	var all []*Question
	for i := range found {
		if err := q.open(ctx, tx, &found[i]); err != nil {
			return nil, err
		}
		all = append(all, &found[i].Question)
	}
	return all, nil
}

// open reads the words; an erased person's are gone.
func (q *Questions) open(ctx context.Context, tx *store.Tx, s *storedQuestion) error {
	text, err := q.Vault.Open(ctx, tx, s.Subject, "access question "+s.ID, s.text)
	if errors.Is(err, vault.ErrErased) {
		return nil
	}
	if err == nil && !s.Answered.IsZero() {
		var reply []byte
		reply, err = q.Vault.Open(ctx, tx, s.Subject, "access answer "+s.ID, s.reply)
		s.Question.Answer = string(reply)
	}
	if err != nil {
		return fmt.Errorf("opening a question: %w", err)
	}
	s.Text = string(text)
	return nil
}
