// Package notify owns messages to people: it stores each with the change that caused it, and sends it
// afterwards, by mail. A message is at least tried until it is taken; its Message-ID stays the same, so
// that a receiver sees a repetition as one.
//
// It stops before what messages say (flow) and before SMS (package channel, later).
package notify

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"stoa/internal/job"
	"stoa/internal/store"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// JobKind is the kind of the outbox rows.
const JobKind = "notify.send"

// Outbox is the way to the tables.
type Outbox struct{ Vault *vault.Vault }

// Message is a message to one address.
type Message struct {
	ID       string
	Subject  string // whose key seals it
	Kind     string // code, receipt, letter …
	Language string
	Created  time.Time
	Sent     time.Time // zero: not yet
	Tries    int64
	Problem  string // of the last try; never holds what the message says
	Content
}

// Content is the sealed part.
type Content struct {
	To     string `json:"to"`
	Name   string `json:"name,omitempty"`
	Title  string `json:"title"`
	Text   string `json:"text"`
	Link   string `json:"link,omitempty"`  // a path of ours; the sender puts the site's address before it
	Leave  string `json:"leave,omitempty"` // a path of ours that ends being told such things; posting to it is enough
	Attach []File `json:"attach,omitempty"`
}

// File is an attachment.
type File struct {
	Name, Type string
	Bytes      []byte
}

// bare takes the marks of direction out of a subject line: some mail programs print them as boxes.
var bare = strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")

// Put stores a message and owes its sending, in the transaction of what caused it.
func (o *Outbox) Put(ctx context.Context, tx *store.Tx, m Message) error {
	m.ID = tx.NewID()
	m.Title = bare.Replace(m.Title)
	plain, err := json.Marshal(m.Content)
	if err != nil {
		return fmt.Errorf("writing a message: %w", err)
	}
	sealed, err := o.Vault.Seal(ctx, tx, m.Subject, "notification "+m.ID, plain)
	if err != nil {
		return fmt.Errorf("sealing a message: %w", err)
	}
	err = tx.Put(ctx, `INSERT INTO notification (id, subject, kind, language, created, sent, tries, problem, sealed)
		VALUES ($1, $2, $3, $4, $5, 0, 0, '', $6)`, m.ID, m.Subject, m.Kind, m.Language, store.Micros(tx.Now()), sealed)
	if err != nil {
		return fmt.Errorf("storing a message: %w", err)
	}
	payload, err := json.Marshal(owed{m.ID})
	if err != nil {
		return fmt.Errorf("writing a job: %w", err)
	}
	return job.Enqueue(ctx, tx, job.New{Kind: JobKind, Payload: payload})
}

type owed struct {
	Notification string `json:"notification"`
}

// Get reads a message; store.ErrNotFound if there is none, vault.ErrErased if its person was erased.
func (o *Outbox) Get(ctx context.Context, tx *store.Tx, id string) (Message, error) {
	m, sealed, err := scan(tx.QueryRow(ctx, `SELECT id, subject, kind, language, created, sent, tries, problem, sealed FROM notification WHERE id = $1`, id))
	if err != nil {
		return Message{}, fmt.Errorf("reading a message: %w", err)
	}
	return m, o.open(ctx, tx, &m, sealed)
}

func (o *Outbox) open(ctx context.Context, tx *store.Tx, m *Message, sealed []byte) error {
	plain, err := o.Vault.Open(ctx, tx, m.Subject, "notification "+m.ID, sealed)
	if err != nil {
		return fmt.Errorf("opening a message: %w", err)
	}
	if err := json.Unmarshal(plain, &m.Content); err != nil {
		return fmt.Errorf("reading a message: %w", err)
	}
	return nil
}

func scan(row interface{ Scan(...any) error }) (Message, []byte, error) {
	var m Message
	var created, sent int64
	var sealed []byte
	err := row.Scan(&m.ID, &m.Subject, &m.Kind, &m.Language, &created, &sent, &m.Tries, &m.Problem, &sealed)
	m.Created = store.Time(created)
	if sent != 0 {
		m.Sent = store.Time(sent)
	}
	return m, sealed, err
}

// Latest lists messages, newest first: the demo's mailbox.
func (o *Outbox) Latest(ctx context.Context, tx *store.Tx, limit int) ([]Message, error) {
	ids, err := store.Strings(ctx, tx, `SELECT id FROM notification ORDER BY created DESC, id DESC LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("listing messages: %w", err)
	}
	var all []Message
	for _, id := range ids {
		m, err := o.Get(ctx, tx, id)
		if errors.Is(err, vault.ErrErased) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// Sender takes a message to its address.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Handler sends what the outbox owes; give it to the job runner under JobKind.
func (o *Outbox) Handler(db *store.DB, to Sender) func(context.Context, job.Job) error {
	return func(ctx context.Context, j job.Job) error {
		var what owed
		if err := json.Unmarshal(j.Payload, &what); err != nil {
			return fmt.Errorf("reading a job: %w", err)
		}
		var m Message
		err := db.Read(ctx, "notify.get", func(ctx context.Context, tx *store.Tx) (err error) {
			m, err = o.Get(ctx, tx, what.Notification)
			return err
		})
		if errors.Is(err, vault.ErrErased) || err == nil && !m.Sent.IsZero() {
			return nil
		}
		if err != nil {
			return err
		}
		failed := to.Send(ctx, m)
		problem := ""
		if failed != nil {
			problem = failed.Error()
		}
		err = db.Write(ctx, "notify.sent", func(ctx context.Context, tx *store.Tx) error {
			sent := int64(0)
			if failed == nil {
				sent = store.Micros(tx.Now())
			}
			err := tx.Put(ctx, `UPDATE notification SET sent = $2, tries = tries + 1, problem = $3 WHERE id = $1`, m.ID, sent, problem)
			return err
		})
		return errors.Join(failed, err)
	}
}
