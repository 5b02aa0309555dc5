// Package inquiry owns conversations with the assistant: sealed under a key of their own, found by a token that only the
// asker's browser holds, forgotten soon after the last word. Beside them it keeps what was answered, by day, service and
// source, without a word of what was asked.
//
// It stops before answering (package converse) and before what is made of the counts (package view).
package inquiry

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"stoa/internal/converse"
	"stoa/internal/fault"
	"stoa/internal/store"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// How long things are kept.
const (
	Life       = 14 * 24 * time.Hour  // of a conversation, from its last word
	AnswerLife = 400 * 24 * time.Hour // of what was answered
)

// Inquiries is the way to the tables.
type Inquiries struct{ Vault *vault.Vault }

// Inquiry is a conversation.
type Inquiry struct {
	ID, Subject string
	Version     int64
	Updated     time.Time
	State       converse.State
}

// Begin stores a new conversation.
func (q *Inquiries) Begin(ctx context.Context, tx *store.Tx, tokenHash []byte, state converse.State) (*Inquiry, error) {
	subject, err := q.Vault.NewSubject(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("beginning a conversation: %w", err)
	}
	i := &Inquiry{ID: tx.NewID(), Subject: subject, Version: 1, Updated: tx.Now(), State: state}
	sealed, err := q.seal(ctx, tx, i)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO inquiry (id, token_hash, subject, sealed, version, created, updated) VALUES ($1, $2, $3, $4, 1, $5, $5)`,
		i.ID, tokenHash, subject, sealed, store.Micros(tx.Now()))
	if err != nil {
		return nil, fmt.Errorf("storing a conversation: %w", err)
	}
	return i, nil
}

// ByToken finds a conversation; in Write it is locked until commit. store.ErrNotFound if it was forgotten.
func (q *Inquiries) ByToken(ctx context.Context, tx *store.Tx, tokenHash []byte) (*Inquiry, error) {
	return q.one(ctx, tx, `token_hash = $1`, tokenHash)
}

func (q *Inquiries) one(ctx context.Context, tx *store.Tx, where string, arg any) (*Inquiry, error) {
	i := &Inquiry{}
	var sealed []byte
	var updated int64
	err := tx.QueryRow(ctx, `SELECT id, subject, sealed, version, updated FROM inquiry WHERE `+where+tx.Lock(), arg).
		Scan(&i.ID, &i.Subject, &sealed, &i.Version, &updated)
	if err != nil {
		return nil, fmt.Errorf("reading a conversation: %w", err)
	}
	i.Updated = store.Time(updated)
	plain, err := q.Vault.Open(ctx, tx, i.Subject, "inquiry "+i.ID, sealed)
	if err != nil {
		return nil, fmt.Errorf("opening a conversation: %w", err)
	}
	if err := json.Unmarshal(plain, &i.State); err != nil {
		return nil, fmt.Errorf("reading a conversation: %w", err)
	}
	return i, nil
}

func (q *Inquiries) seal(ctx context.Context, tx *store.Tx, i *Inquiry) ([]byte, error) {
	plain, err := json.Marshal(i.State)
	if err != nil {
		return nil, fmt.Errorf("writing a conversation: %w", err)
	}
	sealed, err := q.Vault.Seal(ctx, tx, i.Subject, "inquiry "+i.ID, plain)
	if err != nil {
		return nil, fmt.Errorf("sealing a conversation: %w", err)
	}
	return sealed, nil
}

// Save stores what was said. A conversation that went on in another window is a conflict.
func (q *Inquiries) Save(ctx context.Context, tx *store.Tx, i *Inquiry) error {
	sealed, err := q.seal(ctx, tx, i)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE inquiry SET sealed = $3, version = $2 + 1, updated = $4 WHERE id = $1 AND version = $2`,
		i.ID, i.Version, sealed, store.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("storing a conversation: %w", err)
	}
	if n == 0 {
		return fault.NewConflict("This conversation went on in another window. Open the page again, then repeat")
	}
	i.Version, i.Updated = i.Version+1, tx.Now()
	return nil
}

// Note keeps what was answered.
func (q *Inquiries) Note(ctx context.Context, tx *store.Tx, id string, n int, day string, a converse.Answer) error {
	var sources []string
	for _, s := range a.Sources {
		sources = append(sources, s.ID)
	}
	_, err := tx.Exec(ctx, `INSERT INTO inquiry_answer (inquiry, n, day, language, kind, service, sources, thumb) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)
		ON CONFLICT (inquiry, n) DO NOTHING`, id, n, day, a.Language, a.Kind, a.Service, strings.Join(sources, " "))
	if err != nil {
		return fmt.Errorf("noting an answer: %w", err)
	}
	return nil
}

// Rate keeps what the asker thought of an answer: 1 or -1.
func (q *Inquiries) Rate(ctx context.Context, tx *store.Tx, id string, n, thumb int) error {
	if _, err := tx.Exec(ctx, `UPDATE inquiry_answer SET thumb = $3 WHERE inquiry = $1 AND n = $2`, id, n, thumb); err != nil {
		return fmt.Errorf("rating an answer: %w", err)
	}
	return nil
}

// Erase forgets a conversation and its key.
func (q *Inquiries) Erase(ctx context.Context, tx *store.Tx, i *Inquiry) error {
	if _, err := tx.Exec(ctx, `DELETE FROM inquiry WHERE id = $1`, i.ID); err != nil {
		return fmt.Errorf("forgetting a conversation: %w", err)
	}
	if err := q.Vault.Erase(ctx, tx, i.Subject); err != nil {
		return fmt.Errorf("forgetting a conversation's key: %w", err)
	}
	return nil
}

// Forget deletes conversations without a word since an instant, with their keys, and what was answered before a day.
func (q *Inquiries) Forget(ctx context.Context, tx *store.Tx, before time.Time, day string, limit int) (n int, err error) {
	ids, err := store.Strings(ctx, tx, `SELECT id FROM inquiry WHERE updated < $1 ORDER BY updated LIMIT $2`, store.Micros(before), limit)
	if err != nil {
		return 0, fmt.Errorf("listing old conversations: %w", err)
	}
	for _, id := range ids {
		var subject string
		err := tx.QueryRow(ctx, `DELETE FROM inquiry WHERE id = $1 AND updated < $2 RETURNING subject`, id, store.Micros(before)).Scan(&subject)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return n, fmt.Errorf("forgetting a conversation: %w", err)
		}
		if err := q.Vault.Erase(ctx, tx, subject); err != nil {
			return n, fmt.Errorf("forgetting a conversation's key: %w", err)
		}
		n++
	}
	if _, err := tx.Exec(ctx, `DELETE FROM inquiry_answer WHERE day < $1`, day); err != nil {
		return n, fmt.Errorf("forgetting what was answered: %w", err)
	}
	return n, nil
}

// Recent lists conversations with a word since an instant, the newest first, for counting what many of them share.
func (q *Inquiries) Recent(ctx context.Context, tx *store.Tx, since time.Time, limit int) (list []*Inquiry, err error) {
	ids, err := store.Strings(ctx, tx, `SELECT id FROM inquiry WHERE updated >= $1 ORDER BY updated DESC, id LIMIT $2`, store.Micros(since), limit)
	if err != nil {
		return nil, fmt.Errorf("listing conversations: %w", err)
	}
	for _, id := range ids {
		i, err := q.one(ctx, tx, `id = $1`, id)
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, vault.ErrErased) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, i)
	}
	return list, nil
}

// Tally is what was answered since a day.
type Tally struct {
	Kinds     map[string]int // by kind of answer
	Up, Down  int
	Talks     int
	Sources   map[string]int            // how often each was cited
	Disliked  map[string]int            // of sources: thumbs down
	ByService map[string]map[string]int // service → kind → how often
}

// Since counts what was answered.
func (q *Inquiries) Since(ctx context.Context, tx *store.Tx, day string) (t Tally, err error) {
	t = Tally{Kinds: map[string]int{}, Sources: map[string]int{}, Disliked: map[string]int{}, ByService: map[string]map[string]int{}}
	rows, err := tx.Query(ctx, `SELECT inquiry, kind, service, sources, thumb FROM inquiry_answer WHERE day >= $1`, day)
	if err != nil {
		return t, fmt.Errorf("counting answers: %w", err)
	}
	defer rows.Close()
	talks := map[string]bool{}
	for rows.Next() {
		var id, kind, service, sources string
		var thumb int
		if err := rows.Scan(&id, &kind, &service, &sources, &thumb); err != nil {
			return t, fmt.Errorf("counting answers: %w", err)
		}
		talks[id] = true
		t.Kinds[kind]++
		if t.ByService[service] == nil {
			t.ByService[service] = map[string]int{}
		}
		t.ByService[service][kind]++
		for _, s := range strings.Fields(sources) {
			t.Sources[s]++
			if thumb < 0 {
				t.Disliked[s]++
			}
		}
		switch {
		case thumb > 0:
			t.Up++
		case thumb < 0:
			t.Down++
		}
	}
	t.Talks = len(talks)
	return t, rows.Err()
}
