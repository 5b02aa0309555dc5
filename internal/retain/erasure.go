package retain

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/store"
)

// CoolingOff is how long a wish to be erased can be taken back before it is carried out.
const CoolingOff = 7 * 24 * time.Hour

// States of a wish to be erased.
const (
	Waiting = "waiting"
	Stopped = "stopped"
	Done    = "done"
)

// Erasure is a person's wish to be erased. What is deleted and what must be kept is worked out anew when it is due.
type Erasure struct {
	ID, Person, Language string
	State                string
	Asked, Due, Ended    time.Time
	Told                 time.Time // zero: nothing was deleted yet
}

// Ask stores a wish that waits.
func Ask(ctx context.Context, tx *store.Tx, e *Erasure) error {
	e.ID, e.State, e.Asked, e.Due = tx.NewID(), Waiting, tx.Now(), tx.Now().Add(CoolingOff)
	_, err := tx.Exec(ctx, `INSERT INTO retain_erasure (id, person, language, state, asked, due, told, ended) VALUES ($1, $2, $3, $4, $5, $6, 0, 0)`,
		e.ID, e.Person, e.Language, e.State, store.Micros(e.Asked), store.Micros(e.Due))
	if err != nil {
		return fmt.Errorf("storing a wish to be erased: %w", err)
	}
	return nil
}

// End stores how a wish ended.
func End(ctx context.Context, tx *store.Tx, e *Erasure, state string) error {
	e.State, e.Ended = state, tx.Now()
	_, err := tx.Exec(ctx, `UPDATE retain_erasure SET state = $2, ended = $3 WHERE id = $1`, e.ID, state, store.Micros(e.Ended))
	if err != nil {
		return fmt.Errorf("ending a wish to be erased: %w", err)
	}
	return nil
}

const erasureColumns = `id, person, language, state, asked, due, told, ended`

func scanErasure(row store.Scanner) (e Erasure, err error) {
	var asked, due, told, ended int64
	err = row.Scan(&e.ID, &e.Person, &e.Language, &e.State, &asked, &due, &told, &ended)
	if told != 0 {
		e.Told = store.Time(told)
	}
	e.Asked, e.Due = store.Time(asked), store.Time(due)
	if ended != 0 {
		e.Ended = store.Time(ended)
	}
	return e, err
}

// ErasuresOf lists a person's wishes, the newest first.
func ErasuresOf(ctx context.Context, tx *store.Tx, person string) ([]Erasure, error) {
	return erasures(ctx, tx, `person = $1 ORDER BY id DESC`, person)
}

// ErasuresDue lists wishes that are to be carried out.
func ErasuresDue(ctx context.Context, tx *store.Tx, limit int) ([]Erasure, error) {
	return erasures(ctx, tx, `state = $1 AND due <= $2 ORDER BY due LIMIT $3`, Waiting, store.Micros(tx.Now()), limit)
}

// GetErasure is one wish, held for a change.
func GetErasure(ctx context.Context, tx *store.Tx, id string) (Erasure, error) {
	e, err := scanErasure(tx.QueryRow(ctx, `SELECT `+erasureColumns+` FROM retain_erasure WHERE id = $1`+tx.Lock(), id))
	if err != nil {
		return Erasure{}, fmt.Errorf("reading a wish to be erased: %w", err)
	}
	return e, nil
}

func erasures(ctx context.Context, tx *store.Tx, where string, args ...any) ([]Erasure, error) {
	rows, err := tx.Query(ctx, `SELECT `+erasureColumns+` FROM retain_erasure WHERE `+where, args...)
	all, err := store.Collect(rows, err, scanErasure)
	if err != nil {
		return nil, fmt.Errorf("listing wishes to be erased: %w", err)
	}
	return all, nil
}

// Postpone moves what is left of a wish that cannot be carried out whole yet, and notes whether the person was told of it.
func Postpone(ctx context.Context, tx *store.Tx, e *Erasure, until time.Time) error {
	e.Due = until
	told := int64(0)
	if !e.Told.IsZero() {
		told = store.Micros(e.Told)
	}
	if _, err := tx.Exec(ctx, `UPDATE retain_erasure SET due = $2, told = $3 WHERE id = $1`, e.ID, store.Micros(until), told); err != nil {
		return fmt.Errorf("postponing a wish to be erased: %w", err)
	}
	return nil
}
