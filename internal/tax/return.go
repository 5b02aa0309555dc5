package tax

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// States of a return.
const (
	Draft = "draft"
	Sent  = "sent"
)

// Return is what a payer declares for a period. One that is not sent holds what was typed, exactly as it came; of those
// sent, the last counts and the others stay as they were.
type Return struct {
	ID, Organisation, Account string
	Begins                    calendar.Date
	State                     string
	Assessment                string // what it led to
	By                        string
	At                        time.Time
	Typed                     json.RawMessage // sealed
}

func (r *Return) place() string { return "tax return " + r.ID }

// SaveReturn stores a new return of an account, or changes one that is still a draft.
func (t *Taxes) SaveReturn(ctx context.Context, tx *store.Tx, a *Account, r *Return) error {
	fresh := r.ID == ""
	if fresh {
		r.ID = tx.NewID()
	}
	r.Organisation, r.Account, r.At = a.Organisation, a.ID, tx.Now()
	sealed, err := t.seal(ctx, tx, a.Subject, r.place(), r.Typed)
	if err != nil {
		return err
	}
	if fresh {
		err = tx.Put(ctx, `INSERT INTO tax_return (organisation, id, account, begins, state, assessment, by_person, at, sealed)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			r.Organisation, r.ID, r.Account, r.Begins.String(), r.State, r.Assessment, r.By, store.Micros(r.At), sealed)
	} else {
		err = tx.Put(ctx, `UPDATE tax_return SET state = $4, assessment = $5, by_person = $6, at = $7, sealed = $8
			WHERE organisation = $1 AND id = $2 AND state = $3`,
			r.Organisation, r.ID, Draft, r.State, r.Assessment, r.By, store.Micros(r.At), sealed)
	}
	if err != nil {
		return fmt.Errorf("storing a return of account %s: %w", a.Number, err)
	}
	return nil
}

// Returns lists the returns of an account for a period, oldest first; the zero period is all.
func (t *Taxes) Returns(ctx context.Context, tx *store.Tx, a *Account, begins calendar.Date) ([]*Return, error) {
	type row struct {
		*Return
		sealed []byte
	}
	rows, err := tx.Query(ctx, `SELECT organisation, id, account, begins, state, assessment, by_person, at, sealed FROM tax_return
		WHERE organisation = $1 AND account = $2 AND ($3 = '' OR begins = $3) ORDER BY begins, id`, a.Organisation, a.ID, begins.String())
	found, err := store.Collect(rows, err, func(s store.Scanner) (row, error) {
		r := row{Return: &Return{}}
		var begins string
		var at int64
		err := s.Scan(&r.Organisation, &r.ID, &r.Account, &begins, &r.State, &r.Assessment, &r.By, &at, &r.sealed)
		if err != nil {
			return r, err
		}
		r.At = store.Time(at)
		r.Begins, err = dayOf(begins)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the returns of account %s: %w", a.Number, err)
	}
	list := make([]*Return, len(found))
	for i, r := range found {
		if err := t.open(ctx, tx, a.Subject, r.place(), r.sealed, &r.Typed); err != nil {
			return nil, err
		}
		list[i] = r.Return
	}
	return list, nil
}

// Remind notes that a holder is reminded to declare, and tells whether it is the first time for this step.
func Remind(ctx context.Context, tx *store.Tx, a *Account, begins calendar.Date, step string) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO tax_reminder (organisation, account, begins, step, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (organisation, account, begins, step) DO NOTHING`, a.Organisation, a.ID, begins.String(), step, store.Micros(tx.Now()))
	if err != nil {
		return false, fmt.Errorf("noting a reminder to account %s: %w", a.Number, err)
	}
	return n == 1, nil
}

// Reminded gives, of some accounts of one organisation and a period, the steps that were taken, by account.
func Reminded(ctx context.Context, tx *store.Tx, list []*Account, begins calendar.Date) (map[string][]string, error) {
	steps := map[string][]string{}
	if len(list) == 0 {
		return steps, nil
	}
	args := []any{list[0].Organisation, begins.String()}
	for _, a := range list {
		args = append(args, a.ID)
	}
	rows, err := tx.Query(ctx, `SELECT account, step FROM tax_reminder WHERE organisation = $1 AND begins = $2 AND account IN (`+
		store.Marks(3, len(list))+`)`, args...)
	_, err = store.Collect(rows, err, func(row store.Scanner) (step string, err error) {
		var account string
		err = row.Scan(&account, &step)
		steps[account] = append(steps[account], step)
		return step, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading reminders: %w", err)
	}
	return steps, nil
}
