package person

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// Roles is the way to what is known of roles beside who has them: when they were given, and when somebody last looked whether
// they are still needed.
type Roles struct{ *People }

// Roles is the way to what is known of roles.
func (p *People) Roles() Roles { return Roles{p} }

// Held is a role as somebody has it.
type Held struct {
	Person string
	policy.Grant
	Given    time.Time // zero: before it was written down
	Reviewed time.Time // zero: never
	Reviewer string
}

// Since is from when on the time to the next review runs.
func (h Held) Since() time.Time {
	if h.Reviewed.After(h.Given) {
		return h.Reviewed
	}
	return h.Given
}

// Due is the day from which on a role should be confirmed again. One of which nobody knows when it was given is due.
func (h Held) Due(c *calendar.Calendar, months int) (calendar.Date, error) {
	if h.Since().IsZero() {
		return c.DateOf(h.Since()), nil
	}
	return c.DateOf(h.Since()).AddMonths(months)
}

// Held lists the roles in an organisation; all if none is named.
func (p Roles) Held(ctx context.Context, tx *store.Tx, organisation string) ([]Held, error) {
	where, args := "", []any{}
	if organisation != "" {
		where, args = ` WHERE r.organisation = $1`, []any{organisation}
	}
	rows, err := tx.Query(ctx, `SELECT r.person, r.role, r.organisation, r.given, COALESCE(v.at, 0), COALESCE(v.reviewer, '')
		FROM person_role r LEFT JOIN role_review v ON v.id = (SELECT MAX(w.id) FROM role_review w
			WHERE w.person = r.person AND w.organisation = r.organisation AND w.role = r.role AND w.kept)`+where+`
		ORDER BY r.organisation, r.person, r.role`, args...)
	all, err := store.Collect(rows, err, func(s store.Scanner) (h Held, err error) {
		var given, at int64
		err = s.Scan(&h.Person, &h.Role, &h.Organisation, &given, &at, &h.Reviewer)
		if given != 0 {
			h.Given = store.Time(given)
		}
		if at != 0 {
			h.Reviewed = store.Time(at)
		}
		return h, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing roles: %w", err)
	}
	return all, nil
}

// Reviewed notes that somebody looked whether a role is still needed.
func (p Roles) Reviewed(ctx context.Context, tx *store.Tx, person string, g policy.Grant, kept bool, reviewer string) error {
	err := tx.Put(ctx, `INSERT INTO role_review (id, person, organisation, role, kept, at, reviewer) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		tx.NewID(), person, g.Organisation, string(g.Role), kept, store.Micros(tx.Now()), reviewer)
	if err != nil {
		return fmt.Errorf("noting a review: %w", err)
	}
	return nil
}

// Arrived tells when a member of staff last signed in to work; the zero time where it is not known.
func (p Roles) Arrived(ctx context.Context, tx *store.Tx, person string) (time.Time, error) {
	var at int64
	if err := tx.QueryRow(ctx, `SELECT arrived FROM person WHERE id = $1`, person).Scan(&at); err != nil || at == 0 {
		return time.Time{}, err
	}
	return store.Time(at), nil
}
