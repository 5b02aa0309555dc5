// Package mdoc is the mobile document of ISO/IEC 18013-5: what an issuer signs, and what a holder shows of it.
//
// It stops at the form, and at the parts that a licence needs: signatures with ES256, digests with SHA-256, one holder's
// key. Device engagement and transfer by radio are for wallets and readers.
package mdoc

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/fxamacker/cbor/v2"

	"stoa/internal/credential/envelope"
)

const (
	tagEncoded  = 24   // CBOR in a byte string
	tagDateTime = 0    // tdate
	tagFullDate = 1004 // full-date, RFC 8943
	digestSHA   = "SHA-256"
	version     = "1.0"
)

// Day is a date without a time, YYYY-MM-DD.
type Day string

// Document is what is signed, and what can be seen of it.
type Document struct {
	DocType  string
	Elements map[string]map[string]any // namespace → element → value
	Device   *ecdsa.PublicKey          // the holder's
	Signed   time.Time
	From     time.Time
	Until    time.Time
	Status   *Status // nil: none
}

// Status is the document's place in a status list.
type Status struct {
	URI   string
	Index int
}

type item struct {
	DigestID uint64 `cbor:"digestID"`
	Random   []byte `cbor:"random"`
	ID       string `cbor:"elementIdentifier"`
	Value    any    `cbor:"elementValue"`
}

type issuerSigned struct {
	NameSpaces map[string][]cbor.RawMessage `cbor:"nameSpaces,omitempty"`
	IssuerAuth cbor.RawMessage              `cbor:"issuerAuth"`
}

type mso struct {
	Version   string                       `cbor:"version"`
	Algorithm string                       `cbor:"digestAlgorithm"`
	Digests   map[string]map[uint64][]byte `cbor:"valueDigests"`
	KeyInfo   deviceKeyInfo                `cbor:"deviceKeyInfo"`
	DocType   string                       `cbor:"docType"`
	Validity  validity                     `cbor:"validityInfo"`
	Status    *msoStatus                   `cbor:"status,omitempty"`
}

type deviceKeyInfo struct {
	DeviceKey coseKey `cbor:"deviceKey"`
}

type coseKey struct {
	Kty int    `cbor:"1,keyasint"`
	Crv int    `cbor:"-1,keyasint"`
	X   []byte `cbor:"-2,keyasint"`
	Y   []byte `cbor:"-3,keyasint"`
}

type validity struct {
	Signed cbor.Tag `cbor:"signed"`
	From   cbor.Tag `cbor:"validFrom"`
	Until  cbor.Tag `cbor:"validUntil"`
}

type msoStatus struct {
	List statusList `cbor:"status_list"`
}

type statusList struct {
	Index int    `cbor:"idx"`
	URI   string `cbor:"uri"`
}

// encoded is #6.24(bstr .cbor v).
func encoded(v any) (cbor.RawMessage, error) {
	raw, err := envelope.Marshal(v)
	if err != nil {
		return nil, err
	}
	return envelope.Marshal(cbor.Tag{Number: tagEncoded, Content: raw})
}

// decoded is what is inside #6.24.
func decoded(raw []byte, into any) error {
	var tag cbor.RawTag
	if err := envelope.Unmarshal(raw, &tag); err != nil || tag.Number != tagEncoded {
		return errors.New("encoded CBOR is missing where it must be")
	}
	var inner []byte
	if err := envelope.Unmarshal(tag.Content, &inner); err != nil {
		return err
	}
	return envelope.Unmarshal(inner, into)
}

func tdate(t time.Time) cbor.Tag {
	return cbor.Tag{Number: tagDateTime, Content: t.UTC().Format("2006-01-02T15:04:05Z")}
}

// Issue signs a document and gives its IssuerSigned, with all elements. rand gives the salts.
func Issue(s envelope.Signer, d Document, rand io.Reader) ([]byte, error) {
	key, err := writeKey(d.Device)
	if err != nil {
		return nil, err
	}
	m := mso{Version: version, Algorithm: digestSHA, DocType: d.DocType, Digests: map[string]map[uint64][]byte{},
		KeyInfo: deviceKeyInfo{key}, Validity: validity{tdate(d.Signed), tdate(d.From), tdate(d.Until)}}
	if d.Status != nil {
		m.Status = &msoStatus{statusList{d.Status.Index, d.Status.URI}}
	}
	out := issuerSigned{NameSpaces: map[string][]cbor.RawMessage{}}
	for space, elements := range d.Elements {
		m.Digests[space] = map[uint64][]byte{}
		for n, id := range slices.Sorted(maps.Keys(elements)) {
			salt := make([]byte, 32)
			if _, err := io.ReadFull(rand, salt); err != nil {
				return nil, fmt.Errorf("salting element %s: %w", id, err)
			}
			raw, err := encoded(item{DigestID: uint64(n), Random: salt, ID: id, Value: write(elements[id])})
			if err != nil {
				return nil, fmt.Errorf("writing element %s: %w", id, err)
			}
			sum := sha256.Sum256(raw)
			m.Digests[space][uint64(n)] = sum[:]
			out.NameSpaces[space] = append(out.NameSpaces[space], raw)
		}
	}
	payload, err := encoded(m)
	if err != nil {
		return nil, fmt.Errorf("writing what is signed of a document: %w", err)
	}
	if out.IssuerAuth, err = s.COSE("", payload, false); err != nil {
		return nil, err
	}
	return envelope.Marshal(out)
}

func write(v any) any {
	if d, ok := v.(Day); ok {
		return cbor.Tag{Number: tagFullDate, Content: string(d)}
	}
	return v
}

func read(v any) any {
	if t, ok := v.(cbor.Tag); ok && t.Number == tagFullDate {
		if text, ok := t.Content.(string); ok {
			return Day(text)
		}
	}
	return v
}

// Find chooses an issuer's key.
type Find func(envelope.COSEHead) (*ecdsa.PublicKey, error)

// Open verifies an IssuerSigned: the issuer's signature, and that each element that is there is one of those signed.
func Open(raw []byte, find Find) (Document, error) {
	var in issuerSigned
	if err := envelope.Unmarshal(raw, &in); err != nil {
		return Document{}, fmt.Errorf("reading a document: %w", err)
	}
	return in.open(find)
}

func (in issuerSigned) open(find Find) (Document, error) {
	_, payload, err := envelope.OpenCOSE(in.IssuerAuth, nil, find)
	if err != nil {
		return Document{}, err
	}
	var m mso
	if err := decoded(payload, &m); err != nil {
		return Document{}, fmt.Errorf("reading what is signed of a document: %w", err)
	}
	if m.Algorithm != digestSHA {
		return Document{}, errors.New("the document hashes in a way that is not known here")
	}
	d := Document{DocType: m.DocType, Elements: map[string]map[string]any{}}
	if d.Device, err = m.KeyInfo.DeviceKey.public(); err != nil {
		return d, err
	}
	for _, t := range []struct {
		tag  cbor.Tag
		into *time.Time
	}{{m.Validity.Signed, &d.Signed}, {m.Validity.From, &d.From}, {m.Validity.Until, &d.Until}} {
		if *t.into, err = instant(t.tag); err != nil {
			return d, err
		}
	}
	if m.Status != nil {
		d.Status = &Status{m.Status.List.URI, m.Status.List.Index}
	}
	for space, items := range in.NameSpaces {
		d.Elements[space] = map[string]any{}
		for _, raw := range items {
			var it item
			if err := decoded(raw, &it); err != nil {
				return d, fmt.Errorf("reading an element: %w", err)
			}
			sum := sha256.Sum256(raw)
			if _, twice := d.Elements[space][it.ID]; twice || !slices.Equal(m.Digests[space][it.DigestID], sum[:]) {
				return d, errors.New("an element is not as it was signed")
			}
			d.Elements[space][it.ID] = read(it.Value)
		}
	}
	return d, nil
}

func instant(t cbor.Tag) (time.Time, error) {
	text, ok := t.Content.(string)
	if !ok || t.Number != tagDateTime {
		return time.Time{}, errors.New("an instant of the document cannot be read")
	}
	return time.Parse(time.RFC3339, text)
}

func writeKey(k *ecdsa.PublicKey) (coseKey, error) {
	if k == nil {
		return coseKey{}, errors.New("a document needs its holder's key")
	}
	raw, err := k.Bytes() // 4, X, Y
	if err != nil || len(raw) != 65 {
		return coseKey{}, errors.New("the holder's key must be on the curve P-256")
	}
	return coseKey{Kty: 2, Crv: 1, X: raw[1:33], Y: raw[33:]}, nil
}

// Looks reports whether bytes have the form of an IssuerSigned.
func Looks(raw []byte) bool {
	var in issuerSigned
	return envelope.Unmarshal(raw, &in) == nil && in.IssuerAuth != nil
}
