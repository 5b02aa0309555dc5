package cases

import (
	"context"
	"fmt"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// Keeping is what becomes of cases whose time is over.
type Keeping struct{ *Cases }

// Due lists ended cases whose keeping is to be looked at by a day, after an id.
func (k Keeping) Due(ctx context.Context, tx *store.Tx, day calendar.Date, after string, limit int) ([]string, error) {
	ids, err := store.Strings(ctx, tx, `SELECT id FROM cases WHERE ended > 0 AND destroyed = 0 AND keep_look <= $1 AND id > $2 ORDER BY id LIMIT $3`, day.String(), after, limit)
	if err != nil {
		return nil, fmt.Errorf("listing cases whose time may be over: %w", err)
	}
	return ids, nil
}

// LookAgain sets the day on which a case's keeping is looked at next.
func (k Keeping) LookAgain(ctx context.Context, tx *store.Tx, id string, day calendar.Date) error {
	if err := tx.Put(ctx, `UPDATE cases SET keep_look = $2 WHERE id = $1`, id, day.String()); err != nil {
		return fmt.Errorf("noting until when a case is kept: %w", err)
	}
	return nil
}

// Destroyed reports whether a case's key was destroyed.
func (k Keeping) Destroyed(ctx context.Context, tx *store.Tx, id string) (bool, error) {
	var at int64
	if err := tx.QueryRow(ctx, `SELECT destroyed FROM cases WHERE id = $1`, id).Scan(&at); err != nil {
		return false, fmt.Errorf("reading a case: %w", err)
	}
	return at > 0, nil
}

// Destroy destroys the key of a case, and of what others said about it, with all that finds it by words. Its number, state
// and days stay: statistics and the public log need them, and they name nobody.
func (k Keeping) Destroy(ctx context.Context, tx *store.Tx, one *Case) error {
	subjects, err := store.Strings(ctx, tx, `SELECT subject FROM representation WHERE case_id = $1`, one.ID)
	if err != nil {
		return fmt.Errorf("destroying a case: %w", err)
	}
	if err := k.erase(ctx, tx, append(subjects, one.Subject)...); err != nil {
		return err
	}
	for _, statement := range []string{
		`DELETE FROM case_term WHERE case_id = $1`,
		`DELETE FROM draft WHERE made_case = $1`, // what a repeated post of the form would have found
	} {
		if err := tx.Put(ctx, statement, one.ID); err != nil {
			return fmt.Errorf("destroying a case: %w", err)
		}
	}
	if err := tx.Put(ctx, `UPDATE cases SET destroyed = $2 WHERE id = $1`, one.ID, store.Micros(tx.Now())); err != nil {
		return fmt.Errorf("destroying a case: %w", err)
	}
	return nil
}

// DestroyDraft deletes a draft that was not sent, with its key.
func (k Keeping) DestroyDraft(ctx context.Context, tx *store.Tx, id string) error {
	var subject string
	if err := tx.QueryRow(ctx, `DELETE FROM draft WHERE id = $1 AND made_case = '' RETURNING subject`, id).Scan(&subject); err != nil {
		return fmt.Errorf("deleting a draft: %w", err)
	}
	return k.erase(ctx, tx, subject)
}

func (k Keeping) erase(ctx context.Context, tx *store.Tx, subjects ...string) error {
	for _, subject := range subjects {
		if err := k.Vault.Erase(ctx, tx, subject); err != nil {
			return fmt.Errorf("destroying a key: %w", err)
		}
	}
	return nil
}

// All lists every case of a person, the oldest first, without their bodies.
func (k Keeping) All(ctx context.Context, tx *store.Tx, person string) ([]*Case, error) {
	return k.lines(ctx, tx, `SELECT `+columns+` FROM cases WHERE person = $1 ORDER BY id`, person)
}

// Drafts lists every draft of a person that was not sent, the oldest first.
func (k Keeping) Drafts(ctx context.Context, tx *store.Tx, person string) ([]string, error) {
	ids, err := store.Strings(ctx, tx, `SELECT id FROM draft WHERE person = $1 AND made_case = '' ORDER BY id`, person)
	if err != nil {
		return nil, fmt.Errorf("listing drafts: %w", err)
	}
	return ids, nil
}

// ForgetWords deletes what finds a case by words.
func (k Keeping) ForgetWords(ctx context.Context, tx *store.Tx, id string) error {
	if err := tx.Put(ctx, `DELETE FROM case_term WHERE case_id = $1`, id); err != nil {
		return fmt.Errorf("forgetting the words of a case: %w", err)
	}
	return nil
}

// Coming lists ended cases of some organisations whose keeping is looked at by a day, the first first.
func (k Keeping) Coming(ctx context.Context, tx *store.Tx, organisations []string, day calendar.Date, limit int) ([]string, error) {
	args := []any{day.String(), limit}
	for _, o := range organisations {
		args = append(args, o)
	}
	ids, err := store.Strings(ctx, tx, `SELECT id FROM cases WHERE ended > 0 AND destroyed = 0 AND keep_look <> '' AND keep_look <= $1
		AND organisation IN (`+store.Marks(3, len(organisations))+`) ORDER BY keep_look, id LIMIT $2`, args...)
	if err != nil {
		return nil, fmt.Errorf("listing cases whose time ends soon: %w", err)
	}
	return ids, nil
}
