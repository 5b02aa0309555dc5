// Package status is the list by which credentials are suspended and revoked (IETF Token Status List): one number for each,
// packed and compressed, so that whoever asks downloads the whole list and nobody learns which credential they ask about.
//
// It stops at the form: which credential has which place is for package credential.
package status

import (
	"bytes"
	"compress/zlib"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io"
	"time"

	"stoa/internal/credential/envelope"
	"stoa/internal/credential/sdjwt"
)

// What a number says.
const (
	Valid     = 0
	Invalid   = 1
	Suspended = 2
)

// Types of the signed list.
const (
	TypeJWT = "statuslist+jwt"
	TypeCWT = "application/statuslist+cwt"
)

// List is numbers of so many bits each.
type List struct {
	bits int
	raw  []byte
}

// New makes a list of size numbers, all Valid. bits is 1, 2, 4 or 8.
func New(size, bits int) *List {
	return &List{bits: bits, raw: make([]byte, (size*bits+7)/8)}
}

// Len is how many numbers there are.
func (l *List) Len() int { return len(l.raw) * 8 / l.bits }

func (l *List) at(i int) (octet, shift int, mask byte) {
	per := 8 / l.bits
	return i / per, i % per * l.bits, byte(1<<l.bits - 1)
}

// Get is the number at a place; an error where the list does not reach.
func (l *List) Get(i int) (int, error) {
	if i < 0 || i >= l.Len() {
		return 0, errors.New("the list does not reach that far")
	}
	octet, shift, mask := l.at(i)
	return int(l.raw[octet] >> shift & mask), nil
}

// Set writes a number.
func (l *List) Set(i, v int) {
	octet, shift, mask := l.at(i)
	l.raw[octet] = l.raw[octet]&^(mask<<shift) | byte(v)&mask<<shift
}

// Compress is the list as it travels.
func (l *List) Compress() ([]byte, error) {
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, zlib.BestCompression)
	if err == nil {
		_, err = w.Write(l.raw)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("compressing a status list: %w", err)
	}
	return b.Bytes(), nil
}

// largest is how large a list may become when it is unpacked.
const largest = 16 << 20

// Read unpacks a list.
func Read(bits int, compressed []byte) (*List, error) {
	if bits != 1 && bits != 2 && bits != 4 && bits != 8 {
		return nil, fmt.Errorf("a status list with %d bits", bits)
	}
	r, err := zlib.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return nil, fmt.Errorf("unpacking a status list: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(r, largest+1))
	if err != nil {
		return nil, fmt.Errorf("unpacking a status list: %w", err)
	}
	if len(raw) > largest {
		return nil, errors.New("the status list is too large")
	}
	return &List{bits, raw}, nil
}

// Signed is a list with what is said of it.
type Signed struct {
	List    *List
	URI     string
	At, End time.Time
	Keep    time.Duration // how long it may be kept before it is asked for again
}

// JWT signs a list as a JSON Web Token.
func (l Signed) JWT(s envelope.Signer) (string, error) {
	lst, err := l.List.Compress()
	if err != nil {
		return "", err
	}
	return s.JWT(TypeJWT, map[string]any{
		"sub": l.URI, "iat": l.At.Unix(), "exp": l.End.Unix(), "ttl": int64(l.Keep.Seconds()),
		"status_list": map[string]any{"bits": l.List.bits, "lst": envelope.Encoding.EncodeToString(lst)},
	}, true)
}

// Claims of a CWT.
const (
	claimSub  = 2
	claimExp  = 4
	claimIat  = 6
	claimTTL  = 65534
	claimList = 65533
)

// CWT signs a list as a CBOR Web Token.
func (l Signed) CWT(s envelope.Signer) ([]byte, error) {
	lst, err := l.List.Compress()
	if err != nil {
		return nil, err
	}
	payload, err := envelope.Marshal(map[int]any{
		claimSub: l.URI, claimIat: l.At.Unix(), claimExp: l.End.Unix(), claimTTL: int64(l.Keep.Seconds()),
		claimList: map[string]any{"bits": l.List.bits, "lst": lst},
	})
	if err != nil {
		return nil, fmt.Errorf("writing a status list: %w", err)
	}
	return s.COSE(TypeCWT, payload, false)
}

// OpenJWT verifies a signed list and gives it.
func OpenJWT(token, uri string, now time.Time, find func(envelope.Head) (*ecdsa.PublicKey, error)) (*List, error) {
	h, claims, err := envelope.OpenJWT(token, find)
	if err != nil {
		return nil, err
	}
	end, err := sdjwt.Instant(claims["exp"])
	inside, _ := claims["status_list"].(map[string]any)
	lst, _ := inside["lst"].(string)
	bits, bitsErr := sdjwt.Instant(inside["bits"]) // a small whole number, read alike
	raw, rawErr := envelope.Encoding.DecodeString(lst)
	switch {
	case h.Typ != TypeJWT:
		return nil, errors.New("this is no status list")
	case claims["sub"] != uri:
		return nil, errors.New("this is another status list")
	case err != nil || !end.After(now):
		return nil, errors.New("the status list is too old")
	case rawErr != nil || bitsErr != nil:
		return nil, errors.New("the status list cannot be read")
	}
	return Read(int(bits.Unix()), raw)
}

// OpenCWT is OpenJWT for the other form.
func OpenCWT(raw []byte, uri string, now time.Time, find func(envelope.COSEHead) (*ecdsa.PublicKey, error)) (*List, error) {
	h, payload, err := envelope.OpenCOSE(raw, nil, find)
	if err != nil {
		return nil, err
	}
	var claims struct {
		Sub  string `cbor:"2,keyasint"`
		Exp  int64  `cbor:"4,keyasint"`
		List struct {
			Bits int    `cbor:"bits"`
			Lst  []byte `cbor:"lst"`
		} `cbor:"65533,keyasint"`
	}
	err = envelope.Unmarshal(payload, &claims)
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading a status list: %w", err)
	case h.Typ != TypeCWT:
		return nil, errors.New("this is no status list")
	case claims.Sub != uri:
		return nil, errors.New("this is another status list")
	case !time.Unix(claims.Exp, 0).After(now):
		return nil, errors.New("the status list is too old")
	}
	return Read(claims.List.Bits, claims.List.Lst)
}
