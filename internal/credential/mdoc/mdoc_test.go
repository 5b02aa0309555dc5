package mdoc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/credential/envelope"
	"stoa/internal/credential/mdoc"
)

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestTheSessionOfTheStandard is the example of OpenID4VP 1.0, B.2.6.1.
func TestTheSessionOfTheStandard(t *testing.T) {
	print, err := hex.DecodeString("4283ec927ae0f208daaa2d026a814f2b22dca52cf85ffa8f3f8626c6bd669047")
	if err != nil {
		t.Fatal(err)
	}
	got, err := mdoc.Transcript("x509_san_dns:example.com", "exc7gBkxjx1rdc9udRrveKvSsJIq80avlXeLHhGwqtA", print, "https://example.com/response")
	if err != nil {
		t.Fatal(err)
	}
	const want = "83f6f682714f70656e494434565048616e646f7665725820048bc053c00442af9b8eed494cefdd9d95240d254b046b11b68013722aad38ac"
	if hex.EncodeToString(got) != want {
		t.Errorf("got %x, want %s", got, want)
	}
}

func document(device *ecdsa.PrivateKey, elements map[string]any) mdoc.Document {
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	return mdoc.Document{DocType: "stoa.test.1", Elements: map[string]map[string]any{"stoa.test.1": elements}, Device: &device.PublicKey,
		Signed: at, From: at, Until: at.AddDate(1, 0, 0), Status: &mdoc.Status{URI: "https://us/1", Index: 7}}
}

// TestAnyDocumentComesBack, whole from its issuer, and from its holder as far as it is shown.
func TestAnyDocumentComesBack(t *testing.T) {
	issuer, device := newKey(t), newKey(t)
	find := func(envelope.COSEHead) (*ecdsa.PublicKey, error) { return &issuer.PublicKey, nil }
	value := rapid.OneOf(rapid.Map(rapid.String(), func(s string) any { return strings.ToValidUTF8(s, "") }), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.Uint32(), func(n uint32) any { return uint64(n) }), rapid.Just[any](mdoc.Day("2026-03-02")))
	transcript, err := mdoc.Transcript("us", "n", nil, "https://us/answer")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		want := document(device, rapid.MapOfN(rapid.StringMatching(`[a-z]{1,8}`), value, 1, 8).Draw(rt, "elements"))
		raw, err := mdoc.Issue(envelope.Signer{Key: issuer, Chain: [][]byte{{1}}}, want, rand.Reader)
		if err != nil {
			rt.Fatal(err)
		}
		got, err := mdoc.Open(raw, find)
		if err != nil {
			rt.Fatal(err)
		}
		if fmt.Sprint(got.Elements) != fmt.Sprint(want.Elements) || !got.Device.Equal(want.Device) || *got.Status != *want.Status || !got.Until.Equal(want.Until) {
			rt.Fatalf("got %v, want %v", got, want)
		}
		only := ""
		for id := range want.Elements[want.DocType] {
			only = id
		}
		shown, err := mdoc.Show(raw, device, transcript, []string{only})
		if err != nil {
			rt.Fatal(err)
		}
		docs, err := mdoc.OpenResponse(shown, transcript, find)
		if err != nil || len(docs) != 1 {
			rt.Fatal(docs, err)
		}
		if e := docs[0].Elements[want.DocType]; len(e) != 1 || fmt.Sprint(e[only]) != fmt.Sprint(want.Elements[want.DocType][only]) {
			rt.Fatalf("shown %v of %v", e, want.Elements)
		}
	})
}

// TestNothingThatIsSignedCanBeChanged: a flipped bit anywhere is refused, or was in what is not signed and changes nothing.
func TestNothingThatIsSignedCanBeChanged(t *testing.T) {
	issuer, device := newKey(t), newKey(t)
	find := func(envelope.COSEHead) (*ecdsa.PublicKey, error) { return &issuer.PublicKey, nil }
	raw, err := mdoc.Issue(envelope.Signer{ID: "key", Key: issuer}, document(device, map[string]any{"number": "PL-1", "alcohol": true}), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := mdoc.Open(raw, find)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		for bit := range 8 {
			raw[i] ^= 1 << bit
			got, err := mdoc.Open(raw, find)
			raw[i] ^= 1 << bit
			if err != nil {
				continue
			}
			for space, elements := range got.Elements {
				for id, v := range elements {
					if whole.Elements[space][id] != v {
						t.Fatalf("byte %d, bit %d: %s is now %v", i, bit, id, v)
					}
				}
			}
			if got.DocType != whole.DocType || !got.Device.Equal(whole.Device) || *got.Status != *whole.Status {
				t.Fatalf("byte %d, bit %d changed the document to %v", i, bit, got)
			}
		}
	}
}

// TestAHolderSignsForOneQuestion, and nobody else does.
func TestAHolderSignsForOneQuestion(t *testing.T) {
	issuer, device := newKey(t), newKey(t)
	find := func(envelope.COSEHead) (*ecdsa.PublicKey, error) { return &issuer.PublicKey, nil }
	raw, err := mdoc.Issue(envelope.Signer{Key: issuer}, document(device, map[string]any{"number": "PL-1"}), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	session := func(parts ...string) []byte {
		s, err := mdoc.Transcript(parts[0], parts[1], nil, parts[2])
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	ours := session("us", "n", "https://us")
	for name, c := range map[string]struct {
		by *ecdsa.PrivateKey
		in []byte
	}{"another key": {newKey(t), ours}, "another reader": {device, session("them", "n", "https://us")}, "another nonce": {device, session("us", "m", "https://us")},
		"another address": {device, session("us", "n", "https://them")}} {
		shown, err := mdoc.Show(raw, c.by, c.in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := mdoc.OpenResponse(shown, ours, find); !errors.Is(err, mdoc.ErrHolder) {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := func(envelope.COSEHead) (*ecdsa.PublicKey, error) { return &newKey(t).PublicKey, nil }
	if _, err := mdoc.Open(raw, other); !errors.Is(err, envelope.ErrSignature) {
		t.Errorf("another issuer: %v", err)
	}
}
