package dataset

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/store"
	"stoa/internal/vault"
)

// QuestionState is how far a question has come.
type QuestionState string

// The states of a question.
const (
	QuestionWaiting QuestionState = "waiting" // nobody has looked at it yet
	QuestionShown   QuestionState = "shown"
	QuestionHidden  QuestionState = "hidden" // with the reason
)

// LongestQuestion is how many characters a question, an answer or a reason may have.
const LongestQuestion = 2000

// Question is what somebody asked about a dataset, to be answered in public. Who asked is kept, so that they can be told,
// and shown to nobody.
type Question struct {
	ID, Dataset  string
	Organisation string // that answers
	Version      int    // the newest when it was asked
	Person       string
	Subject      string // whose key seals it while it waits
	Language     string
	Asked        time.Time
	State        QuestionState
	Looked       time.Time // zero: nobody has
	Officer      string
	Text         string
	Answer       string
	Answered     time.Time
	Reason       string
}

// Questions is the way to what was asked.
type Questions struct{ Vault *vault.Vault }

// Ask stores a question, which waits for an officer's look.
func (q *Questions) Ask(ctx context.Context, tx *store.Tx, ask *Question) error {
	ask.ID, ask.Asked, ask.State = tx.NewID(), tx.Now(), QuestionWaiting
	sealed, err := q.Vault.Seal(ctx, tx, ask.Subject, "dataset question "+ask.ID, []byte(ask.Text))
	if err != nil {
		return fmt.Errorf("sealing a question: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO dataset_question
		(id, dataset, organisation, version, person, subject, language, asked, state, looked, officer, text, answer, answered, reason, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '', '', '', 0, '', $10)`,
		ask.ID, ask.Dataset, ask.Organisation, ask.Version, ask.Person, ask.Subject, ask.Language, store.Micros(ask.Asked), string(ask.State), sealed)
	if err != nil {
		return fmt.Errorf("storing a question: %w", err)
	}
	return nil
}

const questionColumns = `id, dataset, organisation, version, person, subject, language, asked, state, looked, officer, text, answer, answered, reason, sealed`

// Get reads a question and holds it for a change; store.ErrNotFound if there is none.
func (q *Questions) Get(ctx context.Context, tx *store.Tx, id string) (*Question, error) {
	ask, sealed, err := scanQuestion(tx.QueryRow(ctx, `SELECT `+questionColumns+` FROM dataset_question WHERE id = $1`+tx.Lock(), id))
	if err != nil {
		return nil, fmt.Errorf("reading a question: %w", err)
	}
	return ask, q.open(ctx, tx, ask, sealed)
}

// Look stores what an officer made of a question: its state, answer and reason. What is shown is public from then on; of
// what is hidden, the words stay sealed.
func (q *Questions) Look(ctx context.Context, tx *store.Tx, ask *Question) error {
	text, sealed := "", []byte{}
	if ask.State == QuestionShown {
		text = ask.Text
	} else {
		var err error
		if sealed, err = q.Vault.Seal(ctx, tx, ask.Subject, "dataset question "+ask.ID, []byte(ask.Text)); err != nil {
			return fmt.Errorf("sealing a question: %w", err)
		}
	}
	ask.Looked = tx.Now()
	answered := int64(0)
	if ask.Answer != "" {
		answered = store.Micros(ask.Answered)
	}
	_, err := tx.Exec(ctx, `UPDATE dataset_question SET state = $2, looked = $3, officer = $4, text = $5, answer = $6, answered = $7, reason = $8, sealed = $9
		WHERE id = $1`, ask.ID, string(ask.State), store.Micros(ask.Looked), ask.Officer, text, ask.Answer, answered, ask.Reason, sealed)
	if err != nil {
		return fmt.Errorf("storing a look at a question: %w", err)
	}
	return nil
}

// Public lists what has been looked at of a dataset, the newest first. Of what is hidden only the reason is there.
func (q *Questions) Public(ctx context.Context, tx *store.Tx, dataset string, limit int) ([]*Question, error) {
	return q.list(ctx, tx, `dataset = $1 AND state <> $2 ORDER BY asked DESC, id DESC LIMIT $3`, dataset, string(QuestionWaiting), limit)
}

// Waiting lists the questions that an organisation's officers have not looked at, the oldest first.
func (q *Questions) Waiting(ctx context.Context, tx *store.Tx, organisation string, limit int) ([]*Question, error) {
	return q.list(ctx, tx, `organisation = $1 AND state = $2 ORDER BY asked, id LIMIT $3`, organisation, string(QuestionWaiting), limit)
}

// Unanswered lists what an organisation has shown and not answered, the oldest first.
func (q *Questions) Unanswered(ctx context.Context, tx *store.Tx, organisation string, limit int) ([]*Question, error) {
	return q.list(ctx, tx, `organisation = $1 AND state = $2 AND answered = 0 ORDER BY asked, id LIMIT $3`, organisation, string(QuestionShown), limit)
}

// Of lists what a person has asked, the newest first.
func (q *Questions) Of(ctx context.Context, tx *store.Tx, person string) ([]*Question, error) {
	return q.list(ctx, tx, `person = $1 ORDER BY asked DESC, id DESC`, person)
}

// Since counts what a person has asked since an instant.
func (q *Questions) Since(ctx context.Context, tx *store.Tx, person string, since time.Time) (n int64, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM dataset_question WHERE person = $1 AND asked > $2`, person, store.Micros(since)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting questions: %w", err)
	}
	return n, nil
}

func (q *Questions) list(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Question, error) {
	rows, err := tx.Query(ctx, `SELECT `+questionColumns+` FROM dataset_question WHERE `+where, args...)
	type found struct {
		ask    *Question
		sealed []byte
	}
	list, err := store.Collect(rows, err, func(row store.Scanner) (f found, err error) {
		f.ask, f.sealed, err = scanQuestion(row)
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing questions: %w", err)
	}
	var all []*Question
	for _, f := range list {
		if f.ask.State == QuestionWaiting {
			err := q.open(ctx, tx, f.ask, f.sealed)
			if errors.Is(err, vault.ErrErased) {
				continue // with whoever asked
			}
			if err != nil {
				return nil, err
			}
		}
		all = append(all, f.ask)
	}
	return all, nil
}

// open reads the words of what is not public.
func (q *Questions) open(ctx context.Context, tx *store.Tx, ask *Question, sealed []byte) error {
	if ask.State == QuestionShown {
		return nil
	}
	plain, err := q.Vault.Open(ctx, tx, ask.Subject, "dataset question "+ask.ID, sealed)
	if err != nil {
		return fmt.Errorf("opening a question: %w", err)
	}
	ask.Text = string(plain)
	return nil
}

func scanQuestion(row store.Scanner) (*Question, []byte, error) {
	var q Question
	var asked, looked, answered int64
	var sealed []byte
	err := row.Scan(&q.ID, &q.Dataset, &q.Organisation, &q.Version, &q.Person, &q.Subject, &q.Language, &asked, &q.State, &looked, &q.Officer,
		&q.Text, &q.Answer, &answered, &q.Reason, &sealed)
	q.Asked = store.Time(asked)
	if looked != 0 {
		q.Looked = store.Time(looked)
	}
	if answered != 0 {
		q.Answered = store.Time(answered)
	}
	return &q, sealed, err
}
