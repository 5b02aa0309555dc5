// Package access owns the record of who looked at whose data. Every read of a personal record by
// anyone but that person passes Look, which stores the row before the reader sees anything. The person
// sees the rows in their account.
package access

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"stoa/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// Look is one read.
type Look struct {
	At           time.Time
	Person       string // about whom
	Actor        string // who looked
	Organisation string // for which organisation
	What         string // case, consultation, file, licence, search
	Ref          string // its number
	Why          string // the purpose: a policy action
}

// Record stores a read.
func Record(ctx context.Context, tx *store.Tx, l Look) error {
	_, err := tx.Exec(ctx, `INSERT INTO access (id, person, at, actor, organisation, what, ref, why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tx.NewID(), l.Person, store.Micros(tx.Now()), l.Actor, l.Organisation, l.What, l.Ref, l.Why)
	if err != nil {
		return fmt.Errorf("recording a read: %w", err)
	}
	return nil
}

// Of lists the reads of a person's data, newest first.
func Of(ctx context.Context, tx *store.Tx, person string, limit int) ([]Look, error) {
	rows, err := tx.Query(ctx, `SELECT at, person, actor, organisation, what, ref, why FROM access WHERE person = $1 ORDER BY id DESC LIMIT $2`, person, limit)
	if err != nil {
		return nil, fmt.Errorf("listing reads: %w", err)
	}
	defer rows.Close()
	var all []Look
	for rows.Next() {
		var l Look
		var at int64
		if err := rows.Scan(&at, &l.Person, &l.Actor, &l.Organisation, &l.What, &l.Ref, &l.Why); err != nil {
			return nil, fmt.Errorf("listing reads: %w", err)
		}
		l.At = store.Time(at)
		all = append(all, l)
	}
	return all, rows.Err()
}
