// Package credential owns what is known of credentials in wallets: offers, codes, tokens and nonces on the way there, the
// place of each credential in a status list, and questions to wallets with their answers.
//
// It stores nothing of what a credential says. What is offered to whom is for package flow; how credentials are written is
// for sdjwt, mdoc and status beneath it; the keys are in keys.
package credential

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"time"

	"stoa/internal/credential/envelope"
	"stoa/internal/store"
	"stoa/internal/vault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// Store is the way to the tables.
type Store struct {
	Vault *vault.Vault
	Rand  io.Reader
}

// Refusal is an answer to a wallet that the protocol has a code for.
type Refusal struct{ Code, Why string }

// Error implements error.
func (r *Refusal) Error() string { return r.Code + ": " + r.Why }

// Refuse makes one.
func Refuse(code, format string, args ...any) *Refusal {
	return &Refusal{code, fmt.Sprintf(format, args...)}
}

// secret is a new unguessable word, and the hash by which it is stored.
func (s *Store) secret() (word string, hash []byte, err error) {
	var b [32]byte
	if _, err := io.ReadFull(s.Rand, b[:]); err != nil {
		return "", nil, fmt.Errorf("making a secret: %w", err)
	}
	word = envelope.Encoding.EncodeToString(b[:])
	return word, hashOf(word), nil
}

func hashOf(word string) []byte {
	sum := sha256.Sum256([]byte(word))
	return sum[:]
}

// derived is a secret that only whoever has our keys can make from an id: it is shown again without being stored.
func (s *Store) derived(purpose, id string) string {
	return envelope.Encoding.EncodeToString(s.Vault.Blind("credential."+purpose, id))
}

// digits is a code to type, made likewise.
func (s *Store) digits(purpose, id string) string {
	sum := s.Vault.Blind("credential."+purpose, id)
	n := new(big.Int).Mod(new(big.Int).SetBytes(sum), big.NewInt(1_000_000))
	return fmt.Sprintf("%06d", n.Int64())
}

// nonceLife is how long a nonce may be used.
const nonceLife = 5 * time.Minute

// Nonce makes a fresh one. It carries its end and our mark, so that nothing is stored until it is used.
func (s *Store) Nonce(now time.Time) (string, error) {
	var b [24]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.Add(nonceLife).Unix()))
	if _, err := io.ReadFull(s.Rand, b[8:]); err != nil {
		return "", fmt.Errorf("making a nonce: %w", err)
	}
	return envelope.Encoding.EncodeToString(append(b[:], s.mark(b[:])...)), nil
}

func (s *Store) mark(b []byte) []byte { return s.Vault.Blind("credential.nonce", string(b))[:16] }

// UseNonce takes a nonce out of use; a refusal where it is none of ours, too old, or was used.
func (s *Store) UseNonce(ctx context.Context, tx *store.Tx, nonce string) error {
	raw, err := envelope.Encoding.DecodeString(nonce)
	if err != nil || len(raw) != 40 || string(s.mark(raw[:24])) != string(raw[24:]) {
		return Refuse("invalid_nonce", "the nonce is not one of ours: ask for a new one")
	}
	ends := time.Unix(int64(binary.BigEndian.Uint64(raw[:8])), 0)
	if !ends.After(tx.Now()) {
		return Refuse("invalid_nonce", "the nonce is too old: ask for a new one")
	}
	n, err := tx.Exec(ctx, `INSERT INTO credential_nonce (hash, expires) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING`,
		hashOf(nonce), store.Micros(ends))
	if err != nil {
		return fmt.Errorf("using a nonce: %w", err)
	}
	if n == 0 {
		return Refuse("invalid_nonce", "the nonce was used before: ask for a new one")
	}
	return nil
}

// Forget deletes what has expired long ago, a few rows of each table at a time.
func (s *Store) Forget(ctx context.Context, tx *store.Tx) error {
	before := store.Micros(tx.Now().Add(-24 * time.Hour))
	subjects, err := store.Strings(ctx, tx, `SELECT subject FROM credential_question WHERE expires < $1 AND subject <> ''`, before)
	if err != nil {
		return fmt.Errorf("forgetting answers of wallets: %w", err)
	}
	for _, subject := range subjects {
		if err := s.Vault.Erase(ctx, tx, subject); err != nil {
			return fmt.Errorf("forgetting answers of wallets: %w", err)
		}
	}
	for _, table := range []string{"credential_question", "credential_pushed", "credential_nonce", "credential_token", "credential_grant"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE expires < $1`, before); err != nil {
			return fmt.Errorf("forgetting what wallets have not used: %w", err)
		}
	}
	return nil
}

// Used reports whether a credential was ever issued: then its keys must be there.
func Used(ctx context.Context, tx *store.Tx) (bool, error) {
	var n int64
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM credential_list`).Scan(&n)
	return n > 0, err
}

func missing(err error) bool { return errors.Is(err, store.ErrNotFound) }
