package person

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/fault"
	"stoa/internal/store"
)

// Schemes are the identity schemes that people have connected.
type Schemes struct{ *People }

// Schemes is the way to them.
func (p *People) Schemes() Schemes { return Schemes{p} }

// Link ties what an identity scheme calls somebody to a person here. It is made by an act of the person who is signed in,
// never because two addresses are alike.
func (p Schemes) Link(ctx context.Context, tx *store.Tx, scheme string, subject []byte, person string) error {
	n, err := tx.Exec(ctx, `INSERT INTO scheme_link (scheme, subject, person, created, used) VALUES ($1, $2, $3, $4, 0) ON CONFLICT (scheme, subject) DO NOTHING`,
		scheme, subject, person, store.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("linking a scheme: %w", err)
	}
	if n == 0 {
		who, err := p.ByScheme(ctx, tx, scheme, subject)
		if err != nil || who != person {
			return fault.Wrap(err, fault.Conflict, "This identity is connected to another account")
		}
	}
	return nil
}

// SchemeKey is how what a scheme calls somebody is known here.
func (p Schemes) SchemeKey(scheme, subject string) []byte { return p.schemeKey(scheme, subject) }

// ByScheme finds whom a scheme means; store.ErrNotFound where nobody has said.
func (p Schemes) ByScheme(ctx context.Context, tx *store.Tx, scheme string, subject []byte) (person string, err error) {
	err = tx.QueryRow(ctx, `SELECT person FROM scheme_link WHERE scheme = $1 AND subject = $2`, scheme, subject).Scan(&person)
	if err != nil {
		return "", fmt.Errorf("finding whom a scheme means: %w", err)
	}
	err = tx.Put(ctx, `UPDATE scheme_link SET used = $3 WHERE scheme = $1 AND subject = $2`, scheme, subject, store.Micros(tx.Now()))
	if err != nil {
		return "", fmt.Errorf("noting a scheme's use: %w", err)
	}
	return person, nil
}

// Linked is a scheme that somebody has connected.
type Linked struct {
	Scheme  string
	Created time.Time
}

// Links lists them.
func (p Schemes) Links(ctx context.Context, tx *store.Tx, person string) ([]Linked, error) {
	rows, err := tx.Query(ctx, `SELECT scheme, created FROM scheme_link WHERE person = $1 ORDER BY scheme, created`, person)
	all, err := store.Collect(rows, err, func(s store.Scanner) (l Linked, err error) {
		var created int64
		err = s.Scan(&l.Scheme, &created)
		l.Created = store.Time(created)
		return l, err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("listing schemes: %w", err)
	}
	return all, nil
}

// Unlink takes a scheme away from somebody, and ends what it began.
func (p Schemes) Unlink(ctx context.Context, tx *store.Tx, person, scheme string) error {
	if err := tx.Put(ctx, `DELETE FROM scheme_link WHERE person = $1 AND scheme = $2`, person, scheme); err != nil {
		return fmt.Errorf("taking a scheme away: %w", err)
	}
	if err := tx.Put(ctx, `DELETE FROM session WHERE person = $1 AND scheme = $2`, person, scheme); err != nil {
		return fmt.Errorf("ending sessions of a scheme: %w", err)
	}
	return nil
}
