// Package sdjwt is selective disclosure for signed tokens (RFC 9901): whoever holds one shows of it what they choose, and
// whoever is shown it sees that the rest was not changed.
//
// It stops at the form: what a credential says and whether it is still in force is for others.
package sdjwt

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"stoa/internal/credential/envelope"
)

// Names that the form keeps to itself.
const (
	digests   = "_sd"
	algorithm = "_sd_alg"
	element   = "..."
	sha       = "sha-256"
)

// BindingType is the typ of the token by which a holder proves to be one.
const BindingType = "kb+jwt"

// Issue signs claims: always are seen by everybody who is shown the token, each of disclosable only where the holder
// chooses. rand gives the salts.
func Issue(s envelope.Signer, typ string, always, disclosable map[string]any, rand io.Reader) (string, error) {
	payload := make(map[string]any, len(always)+2)
	for name, v := range always {
		payload[name] = v
	}
	var shown, hashes []string
	names := make([]string, 0, len(disclosable))
	for name := range disclosable {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if _, twice := payload[name]; twice || name == digests || name == element || name == algorithm {
			return "", fmt.Errorf("a token cannot disclose a claim %q", name)
		}
		d, err := disclosure(rand, name, disclosable[name])
		if err != nil {
			return "", err
		}
		shown, hashes = append(shown, d), append(hashes, hash(d))
	}
	if len(hashes) > 0 {
		slices.Sort(hashes) // their order must not tell which is which
		payload[digests], payload[algorithm] = hashes, sha
	}
	jwt, err := s.JWT(typ, payload, true)
	if err != nil {
		return "", err
	}
	return Token{JWT: jwt, Disclosures: shown}.String(), nil
}

func disclosure(rand io.Reader, name string, v any) (string, error) {
	var salt [16]byte
	if _, err := io.ReadFull(rand, salt[:]); err != nil {
		return "", fmt.Errorf("salting a claim: %w", err)
	}
	raw, err := json.Marshal([]any{envelope.Encoding.EncodeToString(salt[:]), name, v})
	if err != nil {
		return "", fmt.Errorf("writing claim %s: %w", name, err)
	}
	return envelope.Encoding.EncodeToString(raw), nil
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return envelope.Encoding.EncodeToString(sum[:])
}

// Token is a token cut at its tildes.
type Token struct {
	JWT         string
	Disclosures []string
	Binding     string // "": none
}

// most is how many claims a token may disclose.
const most = 1000

// Parse cuts a token.
func Parse(text string) (Token, error) {
	parts := strings.Split(text, "~")
	if len(text) > envelope.MaxToken || len(parts) < 2 || len(parts)-2 > most {
		return Token{}, errors.New("this is no token with selective disclosure")
	}
	t := Token{JWT: parts[0], Disclosures: parts[1 : len(parts)-1], Binding: parts[len(parts)-1]}
	if slices.Contains(t.Disclosures, "") {
		return Token{}, errors.New("the token has an empty disclosure")
	}
	return t, nil
}

// bound is the part that a binding is about.
func (t Token) bound() string {
	var b strings.Builder
	b.WriteString(t.JWT + "~")
	for _, d := range t.Disclosures {
		b.WriteString(d + "~")
	}
	return b.String()
}

// String is the token whole.
func (t Token) String() string { return t.bound() + t.Binding }

// Open verifies the issuer's signature and gives the claims, with those that were disclosed in their places.
func (t Token) Open(find func(envelope.Head) (*ecdsa.PublicKey, error)) (envelope.Head, map[string]any, error) {
	h, payload, err := envelope.OpenJWT(t.JWT, find)
	if err != nil {
		return h, nil, err
	}
	claims, err := t.Disclose(payload)
	return h, claims, err
}

// Expect is what a holder's binding must be about.
type Expect struct {
	Audience, Nonce string
	Now             time.Time
	Before, After   time.Duration // how far from Now it may have been made
}

// Bound verifies that the holder, whose key the claims name, has shown this token to whoever expects it, now.
func (t Token) Bound(claims map[string]any, x Expect) error {
	cnf, _ := claims["cnf"].(map[string]any)
	key, err := envelope.ReadKey(cnf["jwk"])
	if err != nil {
		return fmt.Errorf("the token names no holder: %w", err)
	}
	h, said, err := envelope.OpenJWT(t.Binding, func(envelope.Head) (*ecdsa.PublicKey, error) { return key, nil })
	if err != nil {
		return fmt.Errorf("the holder's proof: %w", err)
	}
	made, err := Instant(said["iat"])
	switch {
	case h.Typ != BindingType:
		return errors.New("the holder's proof is a token of another kind")
	case err != nil:
		return errors.New("the holder's proof does not say when it was made")
	case made.Before(x.Now.Add(-x.Before)):
		return errors.New("the holder's proof is too old")
	case made.After(x.Now.Add(x.After)):
		return errors.New("the holder's proof is from the future")
	case said["aud"] != x.Audience:
		return errors.New("the holder's proof is for somebody else")
	case said["nonce"] != x.Nonce:
		return errors.New("the holder's proof answers another request")
	case said["sd_hash"] != hash(t.bound()):
		return errors.New("the holder's proof is about another token")
	}
	return nil
}

// Instant reads a NumericDate.
func Instant(v any) (time.Time, error) {
	n, ok := v.(json.Number)
	if !ok {
		return time.Time{}, errors.New("there is no instant")
	}
	s, err := n.Int64()
	if err != nil || s < 0 || s > 1<<40 {
		return time.Time{}, errors.New("the instant cannot be read")
	}
	return time.Unix(s, 0), nil
}
