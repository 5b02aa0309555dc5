// Package totp is the one-time passwords of authenticator apps: RFC 6238 over RFC 4226, with the parameters that every app
// takes (HMAC-SHA-1, six digits, thirty seconds). It stops at the arithmetic; who may try how often is for others.
package totp

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 as apps implement it; HMAC does not rest on collisions
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"time"
)

// SecretLength is that of a secret in bytes, as RFC 4226 recommends for HMAC-SHA-1.
const SecretLength = 20

const (
	step   = 30 * time.Second
	digits = 6
	drift  = 1 // steps that a clock may be off, either way
)

// StepAt is the number of the step of an instant.
func StepAt(t time.Time) int64 { return t.Unix() / int64(step/time.Second) }

// Code is the password of a step.
func Code(secret []byte, at int64) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(at))
	mac := hmac.New(sha1.New, secret)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	n := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", digits, n%1_000_000)
}

// Check finds the step that a typed password belongs to: the one of now, or a neighbour, and only one after the last that
// was used, so that a password that was seen is worth nothing.
func Check(secret []byte, typed string, now time.Time, last int64) (at int64, ok bool) {
	for at := StepAt(now) - drift; at <= StepAt(now)+drift; at++ {
		if at > last && subtle.ConstantTimeCompare([]byte(Code(secret, at)), []byte(typed)) == 1 {
			return at, true
		}
	}
	return 0, false
}

// Text is a secret as people type it.
func Text(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// Address is what the QR code says: whose, at whom, the secret.
func Address(issuer, account string, secret []byte) string {
	q := url.Values{"secret": {Text(secret)}, "issuer": {issuer}}
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + account, RawQuery: q.Encode()}
	return u.String()
}
