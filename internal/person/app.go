package person

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/totp"
)

// After this many wrong codes in a row an authenticator app rests: guessing gets nowhere, whoever asks from wherever.
const (
	appTries = 8
	appRest  = 15 * time.Minute
)

// recoveryCodes is how many there are, and recoveryBytes how long each is: 50 bits.
const (
	recoveryCodes = 10
	recoveryBytes = 7
)

// What is said of a second code.
const (
	KeyAppWrong   = "That code is not right, or it was used already. Wait for the next one in your app"
	KeyAppResting = "There were too many wrong codes. Wait 15 minutes, then try again"
)

// app is an authenticator app. coming is the secret of one that is being set up; the former one works until then.
type app struct {
	sealed, coming []byte
	desk           bool
	level          policy.Level
	step           int64
	tries, tried   int64
}

func (a app) ready() bool { return len(a.sealed) > 0 }

func (p Factors) app(ctx context.Context, tx *store.Tx, person string) (app, error) {
	var a app
	var level int64
	err := tx.QueryRow(ctx, `SELECT sealed, coming, desk, level, step, tries, tried FROM authenticator WHERE person = $1`+tx.Lock(), person).
		Scan(&a.sealed, &a.coming, &a.desk, &level, &a.step, &a.tries, &a.tried)
	a.level = policy.Level(level)
	if err != nil {
		return a, fmt.Errorf("finding an authenticator app: %w", err)
	}
	return a, nil
}

func (p Factors) secret(ctx context.Context, tx *store.Tx, person string, sealed []byte) ([]byte, error) {
	subject, err := p.subjectOf(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	secret, err := p.Vault.Open(ctx, tx, subject, "authenticator "+person, sealed)
	if err != nil {
		return nil, fmt.Errorf("opening a secret: %w", err)
	}
	return secret, nil
}

// NewApp makes the secret of an app that is to be set up.
func (p Factors) NewApp(ctx context.Context, tx *store.Tx, person string) error {
	secret := make([]byte, totp.SecretLength)
	if _, err := io.ReadFull(p.Rand, secret); err != nil {
		return fmt.Errorf("making a secret: %w", err)
	}
	subject, err := p.subjectOf(ctx, tx, person)
	if err != nil {
		return err
	}
	coming, err := p.Vault.Seal(ctx, tx, subject, "authenticator "+person, secret)
	if err != nil {
		return fmt.Errorf("sealing a secret: %w", err)
	}
	err = tx.Put(ctx, `INSERT INTO authenticator (person, sealed, coming, desk, level, step, tries, tried, created, used)
		VALUES ($1, $2, $3, $4, 0, 0, 0, 0, $5, 0) ON CONFLICT (person) DO UPDATE SET coming = $3`, person, []byte{}, coming, false, store.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("keeping a secret: %w", err)
	}
	return nil
}

// AppSecret is the secret of an app that is being set up; store.ErrNotFound otherwise: it is shown until then only.
func (p Factors) AppSecret(ctx context.Context, tx *store.Tx, person string) ([]byte, error) {
	a, err := p.app(ctx, tx, person)
	if err == nil && len(a.coming) == 0 {
		err = fmt.Errorf("showing a secret: %w", store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return p.secret(ctx, tx, person, a.coming)
}

// SetUpApp takes the app that is being set up into use, if its code is right. Whoever is signed in may try as they like: the
// secret is before their eyes.
func (p Factors) SetUpApp(ctx context.Context, tx *store.Tx, person, typed string, desk bool, level policy.Level) (refused *fault.Error, err error) {
	secret, err := p.AppSecret(ctx, tx, person)
	if errors.Is(err, store.ErrNotFound) {
		return fault.NewInvalid(KeyCeremonyOver), nil
	}
	if err != nil {
		return nil, err
	}
	at, ok := totp.Check(secret, digits(typed), tx.Now(), 0)
	if !ok {
		return fault.NewInvalid(KeyAppWrong), nil
	}
	err = tx.Put(ctx, `UPDATE authenticator SET sealed = coming, coming = $2, desk = $3, level = $4, step = $5, tries = 0, created = $6, used = $6 WHERE person = $1`,
		person, []byte{}, desk, int64(level), at, store.Micros(tx.Now()))
	if err != nil {
		return nil, fmt.Errorf("setting an app up: %w", err)
	}
	return nil, nil
}

// CheckApp checks a code of the app. Like UseCode it counts what was wrong, so that the caller must commit.
func (p Factors) CheckApp(ctx context.Context, tx *store.Tx, person, typed string) (desk bool, level policy.Level, refused *fault.Error, err error) {
	a, err := p.app(ctx, tx, person)
	if errors.Is(err, store.ErrNotFound) || err == nil && !a.ready() {
		return false, 0, fault.NewInvalid(KeyAppWrong), nil
	}
	if err != nil {
		return false, 0, nil, err
	}
	now := tx.Now()
	if a.tries >= appTries && now.Sub(store.Time(a.tried)) < appRest {
		return false, 0, fault.NewInvalid(KeyAppResting), nil
	}
	if a.tries >= appTries {
		a.tries = 0
	}
	secret, err := p.secret(ctx, tx, person, a.sealed)
	if err != nil {
		return false, 0, nil, err
	}
	at, ok := totp.Check(secret, digits(typed), now, a.step)
	if !ok {
		if err := tx.Put(ctx, `UPDATE authenticator SET tries = $2, tried = $3 WHERE person = $1`, person, a.tries+1, store.Micros(now)); err != nil {
			return false, 0, nil, fmt.Errorf("noting a try: %w", err)
		}
		return false, 0, fault.NewInvalid(KeyAppWrong), nil
	}
	if err := tx.Put(ctx, `UPDATE authenticator SET step = $2, tries = 0, used = $3 WHERE person = $1`, person, at, store.Micros(now)); err != nil {
		return false, 0, nil, fmt.Errorf("noting an app's use: %w", err)
	}
	return a.desk, a.level, nil, nil
}

// Tries are how many codes of the app were wrong since the last right one; 0 where there is no app.
func (p Factors) Tries(ctx context.Context, tx *store.Tx, person string) (n int64, err error) {
	err = tx.QueryRow(ctx, `SELECT COALESCE(MAX(tries), 0) FROM authenticator WHERE person = $1`, person).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting tries: %w", err)
	}
	return n, nil
}

// RemoveApp takes it away, with the recovery codes that stand in for it.
func (p Factors) RemoveApp(ctx context.Context, tx *store.Tx, person string) error {
	for _, table := range []string{"authenticator", "recovery_code"} {
		if err := tx.Put(ctx, `DELETE FROM `+table+` WHERE person = $1`, person); err != nil { //nolint:gosec // names of ours
			return fmt.Errorf("taking an app away: %w", err)
		}
	}
	return nil
}

// NewRecoveryCodes makes new ones, which are shown this once; former ones are worth nothing from now on.
func (p Factors) NewRecoveryCodes(ctx context.Context, tx *store.Tx, person string) ([]string, error) {
	if err := tx.Put(ctx, `DELETE FROM recovery_code WHERE person = $1`, person); err != nil {
		return nil, fmt.Errorf("ending recovery codes: %w", err)
	}
	var codes []string
	for range recoveryCodes {
		raw := make([]byte, recoveryBytes)
		if _, err := io.ReadFull(p.Rand, raw); err != nil {
			return nil, fmt.Errorf("making a recovery code: %w", err)
		}
		code := strings.ToLower(base32.StdEncoding.EncodeToString(raw))[:10]
		if err := tx.Put(ctx, `INSERT INTO recovery_code (person, hash, used) VALUES ($1, $2, 0)`, person, p.recoveryHash(person, code)); err != nil {
			return nil, fmt.Errorf("keeping a recovery code: %w", err)
		}
		codes = append(codes, code[:5]+"-"+code[5:])
	}
	return codes, nil
}

// recoveryHash is keyed, so that a stolen database does not let anybody try codes.
func (p Factors) recoveryHash(person, code string) []byte {
	return p.Vault.Blind("person.recovery", person+" "+code)
}

// UseRecoveryCode takes one. It compares with all that are left, so that a wrong one takes as long as a right one.
func (p Factors) UseRecoveryCode(ctx context.Context, tx *store.Tx, person, typed string) (bool, error) {
	typed = strings.NewReplacer("-", "", " ", "").Replace(strings.ToLower(typed))
	want := p.recoveryHash(person, typed)
	rows, err := tx.Query(ctx, `SELECT hash FROM recovery_code WHERE person = $1 AND used = 0`, person)
	left, err := store.Collect(rows, err, func(s store.Scanner) (h []byte, err error) { return h, s.Scan(&h) })
	if err != nil {
		return false, fmt.Errorf("reading recovery codes: %w", err)
	}
	found := 0
	for _, h := range left {
		found |= subtle.ConstantTimeCompare(h, want)
	}
	if found == 0 {
		return false, nil
	}
	n, err := tx.Exec(ctx, `UPDATE recovery_code SET used = $3 WHERE person = $1 AND hash = $2 AND used = 0`, person, want, store.Micros(tx.Now()))
	if err != nil {
		return false, fmt.Errorf("using a recovery code: %w", err)
	}
	return n == 1, nil
}
