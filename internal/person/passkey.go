package person

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"stoa/internal/policy"
	"stoa/internal/store"
)

// Factors are what somebody signs in with, besides their address.
type Factors struct{ *People }

// Factors is the way to them.
func (p *People) Factors() Factors { return Factors{p} }

// Passkey is a key of somebody's device. What the device said of it is sealed.
type Passkey struct {
	ID         string
	Person     string
	Name       string
	Credential []byte          // how the device calls it
	Record     json.RawMessage // as package passkey keeps it
	Desk       bool            // opens the desk: made by an invitation, or in a session that was open at the desk
	Level      policy.Level    // what the session was worth in which it was made
	Created    time.Time
	Used       time.Time // zero: never
}

type sealedPasskey struct {
	Name   string          `json:"name"`
	Record json.RawMessage `json:"record"`
}

func (p Factors) sealPasskey(ctx context.Context, tx *store.Tx, k Passkey) ([]byte, error) {
	subject, err := p.subjectOf(ctx, tx, k.Person)
	if err != nil {
		return nil, err
	}
	plain, err := json.Marshal(sealedPasskey{k.Name, k.Record})
	if err != nil {
		return nil, fmt.Errorf("writing a passkey: %w", err)
	}
	sealed, err := p.Vault.Seal(ctx, tx, subject, "passkey "+k.ID, plain)
	if err != nil {
		return nil, fmt.Errorf("sealing a passkey: %w", err)
	}
	return sealed, nil
}

func (p *People) subjectOf(ctx context.Context, tx *store.Tx, person string) (subject string, err error) {
	if err := tx.QueryRow(ctx, `SELECT subject FROM person WHERE id = $1`, person).Scan(&subject); err != nil {
		return "", fmt.Errorf("finding a person's key: %w", err)
	}
	return subject, nil
}

// AddPasskey keeps a new one.
func (p Factors) AddPasskey(ctx context.Context, tx *store.Tx, k Passkey) (id string, err error) {
	k.ID = tx.NewID()
	sealed, err := p.sealPasskey(ctx, tx, k)
	if err != nil {
		return "", err
	}
	err = tx.Put(ctx, `INSERT INTO passkey (id, person, credential, sealed, desk, level, created, used) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`,
		k.ID, k.Person, k.Credential, sealed, k.Desk, int64(k.Level), store.Micros(tx.Now()))
	if err != nil {
		return "", fmt.Errorf("keeping a passkey: %w", err)
	}
	return k.ID, nil
}

// Passkeys lists somebody's, the oldest first.
func (p Factors) Passkeys(ctx context.Context, tx *store.Tx, person string) ([]Passkey, error) {
	return p.passkeys(ctx, tx, `person = $1`, person)
}

// ByCredential finds a passkey as its device calls it; store.ErrNotFound for none.
func (p Factors) ByCredential(ctx context.Context, tx *store.Tx, credential []byte) (Passkey, error) {
	all, err := p.passkeys(ctx, tx, `credential = $1`, credential)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("finding a passkey: %w", store.ErrNotFound)
	}
	if err != nil {
		return Passkey{}, err
	}
	return all[0], nil
}

func (p Factors) passkeys(ctx context.Context, tx *store.Tx, where string, arg any) ([]Passkey, error) {
	type row struct {
		Passkey
		sealed []byte
	}
	rows, err := tx.Query(ctx, `SELECT id, person, credential, sealed, desk, level, created, used FROM passkey WHERE `+where+` ORDER BY created, id`, arg)
	found, err := store.Collect(rows, err, func(s store.Scanner) (r row, err error) {
		var level, created, used int64
		err = s.Scan(&r.ID, &r.Person, &r.Credential, &r.sealed, &r.Desk, &level, &created, &used)
		r.Level, r.Created = policy.Level(level), store.Time(created)
		if used > 0 {
			r.Used = store.Time(used)
		}
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading passkeys: %w", err)
	}
	all := make([]Passkey, 0, len(found))
	for _, r := range found {
		subject, err := p.subjectOf(ctx, tx, r.Person)
		if err != nil {
			return nil, err
		}
		plain, err := p.Vault.Open(ctx, tx, subject, "passkey "+r.ID, r.sealed)
		if err != nil {
			return nil, fmt.Errorf("opening a passkey: %w", err)
		}
		var s sealedPasskey
		if err := json.Unmarshal(plain, &s); err != nil {
			return nil, fmt.Errorf("reading a passkey: %w", err)
		}
		r.Name, r.Record = s.Name, s.Record
		all = append(all, r.Passkey)
	}
	return all, nil
}

// UsedPasskey notes its use, and what its device now says of it.
func (p Factors) UsedPasskey(ctx context.Context, tx *store.Tx, k Passkey) error {
	sealed, err := p.sealPasskey(ctx, tx, k)
	if err != nil {
		return err
	}
	if err := tx.Put(ctx, `UPDATE passkey SET sealed = $2, used = $3 WHERE id = $1`, k.ID, sealed, store.Micros(tx.Now())); err != nil {
		return fmt.Errorf("noting a passkey's use: %w", err)
	}
	return nil
}

// RemovePasskey takes one of somebody's away, and tells whether it was there.
func (p Factors) RemovePasskey(ctx context.Context, tx *store.Tx, person, id string) (bool, error) {
	n, err := tx.Exec(ctx, `DELETE FROM passkey WHERE person = $1 AND id = $2`, person, id)
	if err != nil {
		return false, fmt.Errorf("removing a passkey: %w", err)
	}
	return n > 0, nil
}

// Have is what somebody can sign in with.
type Have struct {
	Passkeys, DeskKeys int64
	App, DeskApp       bool
	Codes              int64 // recovery codes that are left
}

// Any reports whether there is anything besides the code by mail.
func (h Have) Any() bool { return h.Passkeys > 0 || h.App }

// Desk is how many ways there are to open the desk.
func (h Have) Desk() int64 {
	n := h.DeskKeys
	if h.DeskApp {
		n++
	}
	return n
}

// Of counts them.
func (p Factors) Of(ctx context.Context, tx *store.Tx, person string) (h Have, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*), COUNT(CASE WHEN desk THEN 1 END) FROM passkey WHERE person = $1`, person).Scan(&h.Passkeys, &h.DeskKeys)
	if err != nil {
		return h, fmt.Errorf("counting passkeys: %w", err)
	}
	a, err := p.app(ctx, tx, person)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return h, err
	}
	h.App, h.DeskApp = a.ready(), a.ready() && a.desk
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM recovery_code WHERE person = $1 AND used = 0`, person).Scan(&h.Codes); err != nil {
		return h, fmt.Errorf("counting recovery codes: %w", err)
	}
	return h, nil
}

// Clear takes away all that somebody signs in with, and ends what they have open. Used also when they are erased.
func (p Factors) Clear(ctx context.Context, tx *store.Tx, person string) error {
	for _, table := range []string{"passkey", "authenticator", "recovery_code", "recovery", "scheme_link", "invitation", "ceremony", "session"} {
		if err := tx.Put(ctx, `DELETE FROM `+table+` WHERE person = $1`, person); err != nil { //nolint:gosec // names of ours
			return fmt.Errorf("taking away what somebody signs in with: %w", err)
		}
	}
	return nil
}
