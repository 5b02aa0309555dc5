package person

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/store"
)

// Act notes under which mandate a session of somebody acts for another; "" for none. Whether it may is asked again each
// time the session is used.
func (p Sessions) Act(ctx context.Context, tx *store.Tx, person, handle, mandate string) error {
	n, err := tx.Exec(ctx, `UPDATE session SET acting = $3 WHERE person = $1 AND handle = $2`, person, handle, mandate)
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("noting for whom a session acts: %w", err)
	}
	return nil
}

// Standing finds or makes the person who stands for a record of a register: a company, or a child who has no address of
// their own. Nobody can sign in as such a person, since no address leads to them.
func Standing(ctx context.Context, tx *store.Tx, p *People, register, number, name, language string) (Person, error) {
	key := p.Vault.Blind("person.record", register+" "+number)
	known, err := p.ByEmailKey(ctx, tx, key)
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		return known, err
	}
	subject, err := p.Vault.NewSubject(ctx, tx)
	if err != nil {
		return Person{}, fmt.Errorf("making who stands for a record: %w", err)
	}
	made := Person{ID: tx.NewID(), Subject: subject, Language: language, Details: Details{Name: name}}
	sealed, err := p.seal(ctx, tx, made)
	if err != nil {
		return Person{}, err
	}
	n, err := tx.Exec(ctx, `INSERT INTO person (id, subject, email_key, sealed, language, created, updated)
		VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (email_key) DO NOTHING`,
		made.ID, subject, key, sealed, language, store.Micros(tx.Now()))
	if err != nil {
		return Person{}, fmt.Errorf("making who stands for a record: %w", err)
	}
	if n == 0 { // somebody else was faster
		return p.ByEmailKey(ctx, tx, key)
	}
	return made, nil
}
