// Package passkeytest is a device with passkeys, as a program: for tests. It writes what WebAuthn says a device and a browser
// write, and knows nothing of the package that reads it. What real browsers write is tested in test/e2e.
package passkeytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"github.com/fxamacker/cbor/v2"
)

// Device holds passkeys. Its fields can be changed between answers, to answer wrongly.
type Device struct {
	Origin   string // of the page that the browser shows
	RPID     string // what it is asked for by
	Verified bool   // it knows its holder: a finger, a PIN
	Count    uint32
	Rand     io.Reader

	keys []key
}

type key struct {
	id, handle []byte
	*ecdsa.PrivateKey
}

// New is a device in a browser that shows a page of origin.
func New(origin, rpID string, rand io.Reader) *Device {
	return &Device{Origin: origin, RPID: rpID, Verified: true, Rand: rand}
}

// Copy is a second device with the same keys, as no device should be.
func (d *Device) Copy() *Device { c := *d; return &c }

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (d *Device) client(kind, challenge string) []byte {
	b, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.Origin, "crossOrigin": false}) // cannot fail
	return b
}

// data is the authenticator's data: WebAuthn, 6.1.
func (d *Device) data(attested []byte) []byte {
	sum := sha256.Sum256([]byte(d.RPID))
	flags := byte(0x01)
	if d.Verified {
		flags |= 0x04
	}
	if attested != nil {
		flags |= 0x40
	}
	d.Count++
	out := append(sum[:], flags)
	out = binary.BigEndian.AppendUint32(out, d.Count)
	return append(out, attested...)
}

// Make answers a request for a new passkey.
func (d *Device) Make(options []byte) ([]byte, error) {
	var asked struct {
		Challenge string
		User      struct{ ID string }
	}
	if err := json.Unmarshal(options, &asked); err != nil {
		return nil, fmt.Errorf("reading what is asked: %w", err)
	}
	handle, err := base64.RawURLEncoding.DecodeString(asked.User.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the handle: %w", err)
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), d.Rand)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	k := key{id: make([]byte, 16), handle: handle, PrivateKey: private}
	if _, err := io.ReadFull(d.Rand, k.id); err != nil {
		return nil, fmt.Errorf("naming a key: %w", err)
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		return nil, fmt.Errorf("writing a key: %w", err)
	}
	public, err := cbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})
	if err != nil {
		return nil, fmt.Errorf("writing a key: %w", err)
	}
	attested := append(make([]byte, 16), 0, byte(len(k.id)))
	attested = append(append(attested, k.id...), public...)
	object, err := cbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": d.data(attested)})
	if err != nil {
		return nil, fmt.Errorf("writing an attestation: %w", err)
	}
	d.keys = append(d.keys, k)
	return json.Marshal(map[string]any{"id": encode(k.id), "rawId": encode(k.id), "type": "public-key", "response": map[string]any{
		"clientDataJSON": encode(d.client("webauthn.create", asked.Challenge)), "attestationObject": encode(object)}})
}

// Use answers with the passkey made last.
func (d *Device) Use(options []byte) ([]byte, error) {
	var asked struct{ Challenge string }
	if err := json.Unmarshal(options, &asked); err != nil {
		return nil, fmt.Errorf("reading what is asked: %w", err)
	}
	k := d.keys[len(d.keys)-1]
	client, data := d.client("webauthn.get", asked.Challenge), d.data(nil)
	sum := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, data...), sum[:]...))
	signature, err := ecdsa.SignASN1(d.Rand, k.PrivateKey, digest[:])
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	return json.Marshal(map[string]any{"id": encode(k.id), "rawId": encode(k.id), "type": "public-key", "response": map[string]any{
		"clientDataJSON": encode(client), "authenticatorData": encode(data), "signature": encode(signature), "userHandle": encode(k.handle)}})
}
