package person

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"

	"stoa/internal/fault"
	"stoa/internal/store"
)

// Limits of sessions and codes. NIST SP 800-63B-4 and ASVS 5.0 chapter 7 set the order of size.
const (
	SessionIdle     = 2 * time.Hour
	SessionAbsolute = 12 * time.Hour
	CodeLife        = 10 * time.Minute
	ResumeLife      = 30 * 24 * time.Hour // a saved draft may wait
	CodeTries       = 5
	codesPerHour    = 6 // for one address
)

// Token makes an unguessable secret for a cookie or a link: 256 bits.
func (p *People) Token() (string, error) {
	raw := make([]byte, 32)
	if _, err := io.ReadFull(p.Rand, raw); err != nil {
		return "", fmt.Errorf("making a token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// TokenHash is what is stored of a token.
func TokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Purposes of a code.
const (
	CodeSignIn = "sign-in"
	CodeResume = "resume" // go on with a draft, on any device
)

// NewCode makes a code of six digits for an address; the caller sends it. TooMany says that the
// address has had enough codes for now: the caller says nothing of it to the person.
func (p *People) NewCode(ctx context.Context, tx *store.Tx, email, purpose, draft string) (id, code string, tooMany bool, err error) {
	var recent int64
	key, now := p.emailKey(email), tx.Now()
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM code WHERE email_key = $1 AND created > $2`,
		key, store.Micros(now.Add(-time.Hour))).Scan(&recent)
	if err != nil {
		return "", "", false, fmt.Errorf("counting codes: %w", err)
	}
	n, err := randomBelow(p.Rand, 1_000_000)
	if err != nil {
		return "", "", false, err
	}
	id, code = tx.NewID(), fmt.Sprintf("%06d", n)
	life := CodeLife
	if purpose == CodeResume {
		life = ResumeLife
	}
	// A code that is not sent must not work either: without end of codes there would be no end of tries.
	tooMany = recent >= codesPerHour
	err = tx.Put(ctx, `INSERT INTO code (id, email_key, hash, purpose, draft, tries, created, expires, used, subject, sealed)
		VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, '', $9)`,
		id, key, p.codeHash(id, code), purpose, draft, store.Micros(now), store.Micros(now.Add(life)), tooMany, []byte{})
	if err != nil {
		return "", "", false, fmt.Errorf("storing a code: %w", err)
	}
	return id, code, tooMany, nil
}

func (p *People) codeHash(id, code string) []byte { return p.Vault.Blind("person.code", id+" "+code) }

func randomBelow(r io.Reader, n int64) (int64, error) {
	// 64 random bits modulo a small n: the bias is below 1e-13.
	raw := make([]byte, 8)
	if _, err := io.ReadFull(r, raw); err != nil {
		return 0, fmt.Errorf("making a code: %w", err)
	}
	return new(big.Int).Mod(new(big.Int).SetBytes(raw), big.NewInt(n)).Int64(), nil
}

// Errors of a code; the person is told to ask for a new one.
const (
	KeyCodeWrong   = "That code is not right. Check it, or ask for a new one"
	KeyCodeExpired = "That code can no longer be used. Ask for a new one"
)

// KeepAddress keeps an address with its code, sealed under a key of its own, so that nobody becomes a
// person here by somebody's typing an address. It returns whose key it is, for the mail with the code.
func (p *People) KeepAddress(ctx context.Context, tx *store.Tx, codeID, email, language string) (subject string, err error) {
	if subject, err = p.Vault.NewSubject(ctx, tx); err != nil {
		return "", fmt.Errorf("keeping an address: %w", err)
	}
	plain, err := json.Marshal(address{NormalEmail(email), language})
	if err != nil {
		return "", fmt.Errorf("writing an address: %w", err)
	}
	sealed, err := p.Vault.Seal(ctx, tx, subject, "code "+codeID, plain)
	if err != nil {
		return "", fmt.Errorf("sealing an address: %w", err)
	}
	if err := tx.Put(ctx, `UPDATE code SET subject = $2, sealed = $3 WHERE id = $1`, codeID, subject, sealed); err != nil {
		return "", fmt.Errorf("keeping an address: %w", err)
	}
	return subject, nil
}

type address struct {
	Email    string `json:"email"`
	Language string `json:"language"`
}

// Arrive finds or makes the person of an address that KeepAddress kept: they have shown that it is theirs.
func (p *People) Arrive(ctx context.Context, tx *store.Tx, codeID string) (Person, error) {
	var subject string
	var sealed []byte
	if err := tx.QueryRow(ctx, `SELECT subject, sealed FROM code WHERE id = $1`, codeID).Scan(&subject, &sealed); err != nil {
		return Person{}, fmt.Errorf("finding an address: %w", err)
	}
	plain, err := p.Vault.Open(ctx, tx, subject, "code "+codeID, sealed)
	if err != nil {
		return Person{}, fmt.Errorf("opening an address: %w", err)
	}
	var a address
	if err := json.Unmarshal(plain, &a); err != nil {
		return Person{}, fmt.Errorf("reading an address: %w", err)
	}
	return p.Ensure(ctx, tx, Details{Email: a.Email}, a.Language)
}

// onceLife is how long a repeated form post is recognised.
const onceLife = 7 * 24 * time.Hour

// Forget deletes ended sessions, codes a day after their end with the key of what they kept, and old form keys.
func (p *People) Forget(ctx context.Context, tx *store.Tx, limit int) error {
	now := tx.Now()
	if err := tx.Put(ctx, `DELETE FROM session WHERE expires < $1 OR seen < $2`, store.Micros(now), store.Micros(now.Add(-SessionIdle))); err != nil {
		return fmt.Errorf("forgetting sessions: %w", err)
	}
	if err := tx.Put(ctx, `DELETE FROM ceremony WHERE expires < $1`, store.Micros(now)); err != nil {
		return fmt.Errorf("forgetting ceremonies: %w", err)
	}
	if err := tx.Put(ctx, `DELETE FROM invitation WHERE expires < $1`, store.Micros(now)); err != nil {
		return fmt.Errorf("forgetting invitations: %w", err)
	}
	if err := tx.Put(ctx, `DELETE FROM once WHERE created < $1`, store.Micros(now.Add(-onceLife))); err != nil {
		return fmt.Errorf("forgetting form keys: %w", err)
	}
	ids, err := store.Strings(ctx, tx, `SELECT id FROM code WHERE expires < $1 ORDER BY expires LIMIT $2`, store.Micros(now.Add(-24*time.Hour)), limit)
	if err != nil {
		return fmt.Errorf("listing old codes: %w", err)
	}
	for _, id := range ids {
		var subject string
		if err := tx.QueryRow(ctx, `SELECT subject FROM code WHERE id = $1`, id).Scan(&subject); err != nil {
			return fmt.Errorf("reading an old code: %w", err)
		}
		if err := tx.Put(ctx, `DELETE FROM code WHERE id = $1`, id); err != nil {
			return fmt.Errorf("forgetting a code: %w", err)
		}
		if subject == "" {
			continue
		}
		if err := p.Vault.Erase(ctx, tx, subject); err != nil {
			return fmt.Errorf("forgetting an address: %w", err)
		}
	}
	return nil
}

// UseCode checks a code that was typed for an id that the browser holds. Each code works once and may
// be mistyped a few times; a wrong try counts even though it returns an error, so the caller must
// commit: the result says what happened.
func (p *People) UseCode(ctx context.Context, tx *store.Tx, id, typed, purpose string) (draft string, emailKey []byte, refused *fault.Error, err error) {
	var hash []byte
	var tries, expires int64
	var used bool
	err = tx.QueryRow(ctx, `SELECT email_key, hash, draft, tries, expires, used FROM code WHERE id = $1 AND purpose = $2`+tx.Lock(), id, purpose).
		Scan(&emailKey, &hash, &draft, &tries, &expires, &used)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil, fault.NewInvalid(KeyCodeExpired), nil
	}
	if err != nil {
		return "", nil, nil, fmt.Errorf("finding a code: %w", err)
	}
	if used || tries >= CodeTries || tx.Now().After(store.Time(expires)) {
		return "", nil, fault.NewInvalid(KeyCodeExpired), nil
	}
	right := subtle.ConstantTimeCompare(hash, p.codeHash(id, digits(typed))) == 1
	if err := tx.Put(ctx, `UPDATE code SET tries = tries + 1, used = $2 WHERE id = $1`, id, right); err != nil {
		return "", nil, nil, fmt.Errorf("noting a try: %w", err)
	}
	if !right {
		return "", nil, fault.NewInvalid(KeyCodeWrong), nil
	}
	return draft, emailKey, nil, nil
}

// ByEmailKey finds a person by the key of an address, as UseCode gives it.
func (p *People) ByEmailKey(ctx context.Context, tx *store.Tx, key []byte) (Person, error) {
	return p.one(ctx, tx, `SELECT id, subject, sealed, language FROM person WHERE email_key = $1`, key)
}

// EmailKey is the key of an address.
func (p *People) EmailKey(email string) []byte { return p.emailKey(email) }

// digits keeps the digits of what was typed: people add spaces, and some keyboards give ٠١٢.
func digits(s string) string {
	var out []rune
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			out = append(out, r)
		case r >= '٠' && r <= '٩':
			out = append(out, r-'٠'+'0')
		case r >= '۰' && r <= '۹':
			out = append(out, r-'۰'+'0')
		}
	}
	return string(out)
}

// Once makes a form post count once. It returns the stored result and true if the same key came with
// the same input before; a key that comes with other input is a Conflict.
func (p *People) Once(ctx context.Context, tx *store.Tx, key, person string, input []byte) (result string, again bool, err error) {
	if key == "" || len(key) > 64 {
		return "", false, fault.NewInvalid("This form has no valid key. Open the page again and repeat")
	}
	sum := sha256.Sum256(input)
	n, err := tx.Exec(ctx, `INSERT INTO once (form_key, person, input, result, created) VALUES ($1, $2, $3, '', $4)
		ON CONFLICT (form_key) DO NOTHING`, key, person, sum[:], store.Micros(tx.Now()))
	if err != nil {
		return "", false, fmt.Errorf("noting a form key: %w", err)
	}
	if n == 1 {
		return "", false, nil
	}
	var who string
	var before []byte
	if err := tx.QueryRow(ctx, `SELECT person, input, result FROM once WHERE form_key = $1`+tx.Lock(), key).Scan(&who, &before, &result); err != nil {
		return "", false, fmt.Errorf("finding a form key: %w", err)
	}
	if who != person || subtle.ConstantTimeCompare(before, sum[:]) != 1 {
		return "", false, fault.NewConflict("This form has been sent already, with other answers. Open the page again")
	}
	return result, true, nil
}

// OnceDone stores what a form post led to, for its repetition.
func (p *People) OnceDone(ctx context.Context, tx *store.Tx, key, result string) error {
	if err := tx.Put(ctx, `UPDATE once SET result = $2 WHERE form_key = $1`, key, result); err != nil {
		return fmt.Errorf("noting a form's result: %w", err)
	}
	return nil
}
