package person

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/store"
)

// RecoveryWait is how long somebody who has lost everything but their mailbox waits: long enough for whoever really owns the
// account to read the notice and stop it.
const RecoveryWait = 3 * 24 * time.Hour

// InvitationLife is how long an invitation can be taken up.
const InvitationLife = 3 * 24 * time.Hour

// AskRecovery notes that somebody lost what they sign in with. An earlier request stays as it is: asking again neither
// shortens nor renews it.
func (p Factors) AskRecovery(ctx context.Context, tx *store.Tx, person string) (cancel string, due time.Time, fresh bool, err error) {
	if cancel, err = p.Token(); err != nil {
		return "", due, false, err
	}
	due = tx.Now().Add(RecoveryWait)
	n, err := tx.Exec(ctx, `INSERT INTO recovery (person, cancel, asked, due) VALUES ($1, $2, $3, $4) ON CONFLICT (person) DO NOTHING`,
		person, TokenHash(cancel), store.Micros(tx.Now()), store.Micros(due))
	if err != nil {
		return "", due, false, fmt.Errorf("noting a request for recovery: %w", err)
	}
	if n == 0 {
		due, _, err = p.Recovery(ctx, tx, person)
	}
	return cancel, due, n == 1, err
}

// Recovery tells when a requested one is due.
func (p Factors) Recovery(ctx context.Context, tx *store.Tx, person string) (due time.Time, is bool, err error) {
	var at int64
	err = tx.QueryRow(ctx, `SELECT due FROM recovery WHERE person = $1`, person).Scan(&at)
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, fmt.Errorf("finding a request for recovery: %w", err)
	}
	return store.Time(at), true, nil
}

// CancelRecovery stops it: by the link of the notice, or by whoever is signed in. It tells whose it was.
func (p Factors) CancelRecovery(ctx context.Context, tx *store.Tx, person, cancel string) (who string, err error) {
	where, arg := `person = $1`, any(person)
	if person == "" {
		where, arg = `cancel = $1`, TokenHash(cancel)
	}
	err = tx.QueryRow(ctx, `SELECT person FROM recovery WHERE `+where, arg).Scan(&who)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err == nil {
		err = tx.Put(ctx, `DELETE FROM recovery WHERE person = $1`, who)
	}
	if err != nil {
		return "", fmt.Errorf("stopping a recovery: %w", err)
	}
	return who, nil
}

// Invitation is a way in for somebody who has been given a role: a link that is used once, to make a passkey. It waits where
// whoever is invited had a way in already: then a second administrator has to agree.
type Invitation struct {
	ID, Person, AskedBy string
	Waits               bool
	Until               time.Time
}

// Invite makes one; earlier ones of the person end. The token is worth something once the invitation does not wait.
func (p Factors) Invite(ctx context.Context, tx *store.Tx, person, by string, waits bool) (token string, err error) {
	if token, err = p.Token(); err != nil {
		return "", err
	}
	if err := tx.Put(ctx, `DELETE FROM invitation WHERE person = $1`, person); err != nil {
		return "", fmt.Errorf("ending invitations: %w", err)
	}
	err = tx.Put(ctx, `INSERT INTO invitation (id, person, token, asked_by, waits, created, expires) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		tx.NewID(), person, TokenHash(token), by, waits, store.Micros(tx.Now()), store.Micros(tx.Now().Add(InvitationLife)))
	if err != nil {
		return "", fmt.Errorf("making an invitation: %w", err)
	}
	return token, nil
}

const invitationColumns = `id, person, asked_by, waits, expires`

func scanInvitation(s store.Scanner) (i Invitation, err error) {
	var until int64
	err = s.Scan(&i.ID, &i.Person, &i.AskedBy, &i.Waits, &until)
	i.Until = store.Time(until)
	return i, err
}

// Invitation finds one by its token, if it can be taken up; store.ErrNotFound otherwise.
func (p Factors) Invitation(ctx context.Context, tx *store.Tx, token string) (Invitation, error) {
	i, err := scanInvitation(tx.QueryRow(ctx, `SELECT `+invitationColumns+` FROM invitation WHERE token = $1`+tx.Lock(), TokenHash(token)))
	if err == nil && (i.Waits || tx.Now().After(i.Until)) {
		err = store.ErrNotFound
	}
	if err != nil {
		return Invitation{}, fmt.Errorf("finding an invitation: %w", err)
	}
	return i, nil
}

// Invitations lists those that can be taken up or that wait.
func (p Factors) Invitations(ctx context.Context, tx *store.Tx) ([]Invitation, error) {
	rows, err := tx.Query(ctx, `SELECT `+invitationColumns+` FROM invitation WHERE expires >= $1 ORDER BY created, id`, store.Micros(tx.Now()))
	all, err := store.Collect(rows, err, scanInvitation)
	if err != nil {
		return nil, fmt.Errorf("listing invitations: %w", err)
	}
	return all, nil
}

// EndInvitations ends somebody's: they are used, or withdrawn.
func (p Factors) EndInvitations(ctx context.Context, tx *store.Tx, person string) error {
	if err := tx.Put(ctx, `DELETE FROM invitation WHERE person = $1`, person); err != nil {
		return fmt.Errorf("ending invitations: %w", err)
	}
	return nil
}
