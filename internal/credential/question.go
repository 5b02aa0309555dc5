package credential

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/store"
)

// questionLife is how long a wallet may take to answer, and how long the answer is kept after that.
const questionLife = 10 * time.Minute

// Question is one to a wallet: show that you hold such a licence.
type Question struct {
	ID, Service, Nonce string
	Made, Expires      time.Time
	Answered           bool
	Answer             []byte // JSON, unsealed; nil before there is one
	Refused            string // what the last answer was that was not taken
	subject            string
	sealed             []byte
}

// Questions is the way to the questions to wallets.
type Questions struct{ *Store }

// Questions is the way to the questions to wallets.
func (s *Store) Questions() Questions { return Questions{s} }

// Ask stores a question. What it gives shows the answer; who reads the question's id does not see it.
func (s Questions) Ask(ctx context.Context, tx *store.Tx, service string) (shows string, err error) {
	id, _, err := s.secret()
	if err != nil {
		return "", err
	}
	nonce, _, err := s.secret()
	if err != nil {
		return "", err
	}
	shows, seen, err := s.secret()
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, `INSERT INTO credential_question (id, seen_by, service, nonce, made, expires, answered, subject, sealed, refused) VALUES ($1, $2, $3, $4, $5, $6, 0, '', $7, '')`,
		id, seen, service, nonce, store.Micros(tx.Now()), store.Micros(tx.Now().Add(questionLife)), []byte{})
	if err != nil {
		return "", fmt.Errorf("storing a question to a wallet: %w", err)
	}
	return shows, nil
}

func (s Questions) question(ctx context.Context, tx *store.Tx, where string, arg any) (*Question, error) {
	var q Question
	var made, expires, answered int64
	err := tx.QueryRow(ctx, `SELECT id, service, nonce, made, expires, answered, subject, sealed, refused FROM credential_question WHERE `+where+tx.Lock(), arg).
		Scan(&q.ID, &q.Service, &q.Nonce, &made, &expires, &answered, &q.subject, &q.sealed, &q.Refused)
	if err != nil {
		return nil, fmt.Errorf("reading a question to a wallet: %w", err)
	}
	q.Made, q.Expires, q.Answered = store.Time(made), store.Time(expires), answered != 0
	return &q, nil
}

// ByID reads a question as a wallet does; store.ErrNotFound where there is none.
func (s Questions) ByID(ctx context.Context, tx *store.Tx, id string) (*Question, error) {
	return s.question(ctx, tx, `id = $1`, id)
}

// Shown reads a question with its answer, for whoever asked it.
func (s Questions) Shown(ctx context.Context, tx *store.Tx, shows string) (*Question, error) {
	q, err := s.question(ctx, tx, `seen_by = $1`, hashOf(shows))
	if err != nil || !q.Answered {
		return q, err
	}
	if q.Answer, err = s.Vault.Open(ctx, tx, q.subject, "credential question "+q.ID, q.sealed); err != nil {
		return nil, fmt.Errorf("reading a wallet's answer: %w", err)
	}
	return q, nil
}

// Answer stores a wallet's answer, once; a refusal where there is one.
func (s Questions) Answer(ctx context.Context, tx *store.Tx, q *Question, answer []byte) error {
	subject, err := s.Vault.NewSubject(ctx, tx)
	if err != nil {
		return fmt.Errorf("storing a wallet's answer: %w", err)
	}
	sealed, err := s.Vault.Seal(ctx, tx, subject, "credential question "+q.ID, answer)
	if err != nil {
		return fmt.Errorf("storing a wallet's answer: %w", err)
	}
	n, err := tx.Exec(ctx, `UPDATE credential_question SET answered = $2, subject = $3, sealed = $4 WHERE id = $1 AND answered = 0`,
		q.ID, store.Micros(tx.Now()), subject, sealed)
	if err != nil {
		return fmt.Errorf("storing a wallet's answer: %w", err)
	}
	if n == 0 {
		return Refuse("invalid_request", "the question was answered before")
	}
	return nil
}

// Refused notes that somebody answered with what was not taken, and what that was. The question stays open.
func (s Questions) Refused(ctx context.Context, tx *store.Tx, q *Question, state string) error {
	if _, err := tx.Exec(ctx, `UPDATE credential_question SET refused = $2 WHERE id = $1`, q.ID, state); err != nil {
		return fmt.Errorf("noting a wallet's answer: %w", err)
	}
	return nil
}

// State is what a wallet has to send back with its answer.
func (s Questions) State(id string) string { return s.derived("question.state", id) }
