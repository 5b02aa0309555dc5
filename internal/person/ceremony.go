package person

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/fault"
	"stoa/internal/store"
)

// Ceremonies are proofs that have begun: a question of ours that is answered once, in time, or not at all. What was asked is
// kept here and never comes from the browser, which holds the ceremony's token alone.
type Ceremonies struct{ *People }

// Ceremonies is the way to them.
func (p *People) Ceremonies() Ceremonies { return Ceremonies{p} }

// Purposes of ceremonies; one for one purpose is none for another.
const (
	ToRegister = "register" // a passkey
	ToSignIn   = "sign-in"  // by a passkey
	ToConfirm  = "confirm"  // that it is still the same person
	ToSecond   = "second"   // a second factor, after the code
	ToScheme   = "scheme"   // an identity scheme, that is asked to say who it is
	ToLink     = "link"     // what a scheme said, to a person here
	heard      = "heard"    // a notice of a scheme, that is heard once
)

// CeremonyLife is how long an answer may take.
const CeremonyLife = 10 * time.Minute

const ceremonyTries = 5

// Ceremony is one that has begun.
type Ceremony struct {
	Purpose string
	Person  string // "" where that is the question
	State   []byte
}

// KeyCeremonyOver says that it cannot go on.
const KeyCeremonyOver = "That took too long, or it was answered before. Begin again"

// Begin keeps it and returns its token.
func (p Ceremonies) Begin(ctx context.Context, tx *store.Tx, c Ceremony) (token string, err error) {
	if token, err = p.Token(); err != nil {
		return "", err
	}
	return token, p.keep(ctx, tx, token, c)
}

func (p Ceremonies) keep(ctx context.Context, tx *store.Tx, token string, c Ceremony) error {
	if c.State == nil {
		c.State = []byte{}
	}
	err := tx.Put(ctx, `INSERT INTO ceremony (id, purpose, person, state, tries, expires) VALUES ($1, $2, $3, $4, 0, $5)`,
		TokenHash(token), c.Purpose, c.Person, c.State, store.Micros(tx.Now().Add(CeremonyLife)))
	if err != nil {
		return fmt.Errorf("beginning a ceremony: %w", err)
	}
	return nil
}

// Look finds one that goes on.
func (p Ceremonies) Look(ctx context.Context, tx *store.Tx, token, purpose string) (Ceremony, error) {
	var c Ceremony
	var tries, expires int64
	err := tx.QueryRow(ctx, `SELECT purpose, person, state, tries, expires FROM ceremony WHERE id = $1`+tx.Lock(), TokenHash(token)).
		Scan(&c.Purpose, &c.Person, &c.State, &tries, &expires)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Ceremony{}, fmt.Errorf("finding a ceremony: %w", err)
	}
	if err != nil || c.Purpose != purpose || tries >= ceremonyTries || tx.Now().After(store.Time(expires)) {
		return Ceremony{}, fault.NewInvalid(KeyCeremonyOver)
	}
	return c, nil
}

// Take finds one and ends it: an answer counts once, whatever it is.
func (p Ceremonies) Take(ctx context.Context, tx *store.Tx, token, purpose string) (Ceremony, error) {
	c, err := p.Look(ctx, tx, token, purpose)
	if err != nil {
		return c, err
	}
	n, err := tx.Exec(ctx, `DELETE FROM ceremony WHERE id = $1`, TokenHash(token))
	if err == nil && n != 1 {
		err = fault.NewInvalid(KeyCeremonyOver)
	}
	if err != nil {
		return Ceremony{}, fmt.Errorf("ending a ceremony: %w", err)
	}
	return c, nil
}

// Tried counts a wrong answer where several are allowed.
func (p Ceremonies) Tried(ctx context.Context, tx *store.Tx, token string) error {
	if err := tx.Put(ctx, `UPDATE ceremony SET tries = tries + 1 WHERE id = $1`, TokenHash(token)); err != nil {
		return fmt.Errorf("noting a try: %w", err)
	}
	return nil
}

// Heard reports whether a notice of a scheme was heard before, and remembers it.
func (p Ceremonies) Heard(ctx context.Context, tx *store.Tx, notice string) (before bool, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO ceremony (id, purpose, person, state, tries, expires) VALUES ($1, $2, '', $3, 0, $4) ON CONFLICT (id) DO NOTHING`,
		TokenHash(notice), heard, []byte{}, store.Micros(tx.Now().Add(time.Hour)))
	if err != nil {
		return false, fmt.Errorf("noting a notice: %w", err)
	}
	return n == 0, nil
}

// Of derives from a ceremony's token what is said in it besides: nothing of that is stored.
func (p Ceremonies) Of(token, what string) []byte {
	return p.Vault.Blind("person.ceremony."+what, token)
}
