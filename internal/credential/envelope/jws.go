// Package envelope signs and opens the two envelopes that credentials travel in: JSON Web Signatures (RFC 7515) and
// COSE_Sign1 (RFC 9052). One algorithm, ES256, since every wallet has it.
//
// It stops at the signature: what is inside is for packages sdjwt, mdoc and status.
package envelope

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// ErrSignature says that something is not signed by the key that it had to be signed by.
var ErrSignature = errors.New("the signature does not hold")

// Signer is a key that signs, with the certificates that vouch for it, its own first.
type Signer struct {
	ID    string
	Key   *ecdsa.PrivateKey
	Chain [][]byte // DER; without the root
}

// Encoding is how bytes are written in JSON: base64url without padding, and strictly.
var Encoding = base64.RawURLEncoding.Strict()

// JWT signs claims. typ is what kind of token it is; chain adds the certificates to its head.
func (s Signer) JWT(typ string, claims any, chain bool) (string, error) {
	opts := (&jose.SignerOptions{}).WithType(jose.ContentType(typ))
	if chain {
		var all []string
		for _, der := range s.Chain {
			all = append(all, base64.StdEncoding.EncodeToString(der))
		}
		opts = opts.WithHeader("x5c", all)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: s.Key, KeyID: s.ID}}, opts)
	if err != nil {
		return "", fmt.Errorf("preparing to sign a token: %w", err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("writing a token: %w", err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("signing a token: %w", err)
	}
	return jws.CompactSerialize()
}

// Head is what a token says of itself, unproven.
type Head struct {
	Typ, KeyID string
	JWK        *jose.JSONWebKey
	Extra      map[jose.HeaderKey]any
}

// MaxToken is how long a token may be.
const MaxToken = 256 << 10

// OpenJWT verifies a token with the key that find chooses by its head, and gives its claims, numbers as json.Number.
func OpenJWT(token string, find func(Head) (*ecdsa.PublicKey, error)) (Head, map[string]any, error) {
	if len(token) > MaxToken || strings.Count(token, ".") != 2 {
		return Head{}, nil, errors.New("this is no signed token")
	}
	for part := range strings.SplitSeq(token, ".") {
		if _, err := Encoding.DecodeString(part); err != nil { // the library is lenient about the last bits
			return Head{}, nil, errors.New("this is no signed token")
		}
	}
	jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return Head{}, nil, fmt.Errorf("reading a token: %w", err)
	}
	p := jws.Signatures[0].Protected
	h := Head{KeyID: p.KeyID, JWK: p.JSONWebKey, Extra: p.ExtraHeaders}
	h.Typ, _ = p.ExtraHeaders[jose.HeaderType].(string)
	key, err := find(h)
	if err != nil {
		return h, nil, err
	}
	payload, err := jws.Verify(key)
	if err != nil {
		return h, nil, ErrSignature
	}
	claims, err := Object(payload)
	return h, claims, err
}

// Object reads one JSON object, numbers as json.Number.
func Object(raw []byte) (map[string]any, error) {
	var all map[string]any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&all); err != nil || all == nil || d.More() {
		return nil, errors.New("this is no JSON object")
	}
	return all, nil
}

// PublicKey takes the P-256 key out of a JSON Web Key; a private key, or one of another kind, is refused.
func PublicKey(k *jose.JSONWebKey) (*ecdsa.PublicKey, error) {
	if k == nil {
		return nil, errors.New("there is no key")
	}
	pub, ok := k.Key.(*ecdsa.PublicKey)
	if !ok || !k.IsPublic() || !k.Valid() || pub.Curve.Params().Name != "P-256" {
		return nil, errors.New("the key must be a public key on the curve P-256")
	}
	return pub, nil
}

// ReadKey is PublicKey of a key in parsed JSON, such as the claim cnf.jwk.
func ReadKey(v any) (*ecdsa.PublicKey, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, errors.New("there is no key")
	}
	var k jose.JSONWebKey
	if err := k.UnmarshalJSON(raw); err != nil {
		return nil, errors.New("the key cannot be read")
	}
	return PublicKey(&k)
}

// JWK is a public key as a JSON Web Key.
func JWK(pub *ecdsa.PublicKey, id string) jose.JSONWebKey {
	return jose.JSONWebKey{Key: pub, KeyID: id, Algorithm: string(jose.ES256), Use: "sig"}
}

// Thumbprint names a key (RFC 7638).
func Thumbprint(pub *ecdsa.PublicKey) (string, error) {
	sum, err := (&jose.JSONWebKey{Key: pub}).Thumbprint(crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("naming a key: %w", err)
	}
	return Encoding.EncodeToString(sum), nil
}

// Prove signs claims as a wallet does that has no name: its public key stands in the head.
func Prove(typ string, key *ecdsa.PrivateKey, claims any) (string, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{EmbedJWK: true}).WithType(jose.ContentType(typ)))
	if err != nil {
		return "", fmt.Errorf("preparing a proof: %w", err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("writing a proof: %w", err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("signing a proof: %w", err)
	}
	return jws.CompactSerialize()
}
