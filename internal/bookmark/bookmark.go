// Package bookmark owns views of figures that members of staff saved under a name, and when they get them by mail. It holds
// what was asked, never an answer, and stops before what a view shows (package view) and before mail (package notify).
package bookmark

import (
	"context"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/store"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// How often somebody gets a view by mail.
const (
	Never   = ""
	Weekly  = "week"  // on Mondays
	Monthly = "month" // on the first
)

// Bookmark is a view that somebody saved.
type Bookmark struct {
	ID, Person, Name string
	Topic, Query     string // of the page of figures, as its address has them
	Every            string
	Next             calendar.Date // zero where none is to come
	Created          time.Time
}

// Bookmarks is the way to the table.
type Bookmarks struct{ Vault *vault.Vault }

// Following is the day of the next mail after a day; zero for Never.
func Following(every string, day calendar.Date) calendar.Date {
	next := day
	for range 32 {
		var err error
		if next, err = next.AddDays(1); err != nil {
			return calendar.Date{}
		}
		if every == Weekly && next.Weekday() == time.Monday || every == Monthly && next.Day() == 1 {
			return next
		}
	}
	return calendar.Date{}
}

func text(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// Add stores a new one.
func (Bookmarks) Add(ctx context.Context, tx *store.Tx, b *Bookmark) error {
	b.ID, b.Created = tx.NewID(), tx.Now()
	_, err := tx.Exec(ctx, `INSERT INTO bookmark (id, person, name, topic, query, every, next, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		b.ID, b.Person, b.Name, b.Topic, b.Query, b.Every, text(b.Next), store.Micros(b.Created))
	if err != nil {
		return fmt.Errorf("saving a view: %w", err)
	}
	return nil
}

// Send sets how often it is sent, and when next.
func (Bookmarks) Send(ctx context.Context, tx *store.Tx, id, every string, next calendar.Date) error {
	if _, err := tx.Exec(ctx, `UPDATE bookmark SET every = $2, next = $3 WHERE id = $1`, id, every, text(next)); err != nil {
		return fmt.Errorf("setting how often a view is sent: %w", err)
	}
	return nil
}

// Remove forgets one.
func (Bookmarks) Remove(ctx context.Context, tx *store.Tx, id string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM bookmark WHERE id = $1`, id); err != nil {
		return fmt.Errorf("forgetting a saved view: %w", err)
	}
	return nil
}

// RemoveOf forgets all of a person.
func (Bookmarks) RemoveOf(ctx context.Context, tx *store.Tx, person string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM bookmark WHERE person = $1`, person); err != nil {
		return fmt.Errorf("forgetting saved views: %w", err)
	}
	return nil
}

const columns = `SELECT id, person, name, topic, query, every, next, created FROM bookmark `

func scan(row store.Scanner) (b Bookmark, err error) {
	var next string
	var created int64
	if err = row.Scan(&b.ID, &b.Person, &b.Name, &b.Topic, &b.Query, &b.Every, &next, &created); err != nil {
		return b, err
	}
	b.Created = store.Time(created)
	if next != "" {
		b.Next, err = calendar.ParseISO(next)
	}
	return b, err
}

// Get reads one; in Write it is locked until commit. store.ErrNotFound if there is none.
func (Bookmarks) Get(ctx context.Context, tx *store.Tx, id string) (Bookmark, error) {
	b, err := scan(tx.QueryRow(ctx, columns+`WHERE id = $1`+tx.Lock(), id))
	if err != nil {
		return b, fmt.Errorf("reading a saved view: %w", err)
	}
	return b, nil
}

// Of lists those of a person, the newest first.
func (Bookmarks) Of(ctx context.Context, tx *store.Tx, person string, limit int) ([]Bookmark, error) {
	rows, err := tx.Query(ctx, columns+`WHERE person = $1 ORDER BY created DESC, id DESC LIMIT $2`, person, limit)
	list, err := store.Collect(rows, err, scan)
	if err != nil {
		return nil, fmt.Errorf("listing saved views: %w", err)
	}
	return list, nil
}

// Due lists those that are to be sent by a day, the longest due first.
func (Bookmarks) Due(ctx context.Context, tx *store.Tx, day calendar.Date, limit int) ([]Bookmark, error) {
	rows, err := tx.Query(ctx, columns+`WHERE next <> '' AND next <= $1 ORDER BY next, id LIMIT $2`, day.String(), limit)
	list, err := store.Collect(rows, err, scan)
	if err != nil {
		return nil, fmt.Errorf("listing views that are to be sent: %w", err)
	}
	return list, nil
}

// Pass lets whoever has a mail end those that follow it.
func (b Bookmarks) Pass(id string) string {
	return hex.EncodeToString(b.Vault.Blind("bookmark.stop", id)[:16])
}
