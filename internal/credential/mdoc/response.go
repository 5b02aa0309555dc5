package mdoc

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"stoa/internal/credential/envelope"
)

func (k coseKey) public() (*ecdsa.PublicKey, error) {
	if k.Kty != 2 || k.Crv != 1 || len(k.X) != 32 || len(k.Y) != 32 {
		return nil, errors.New("the holder's key must be on the curve P-256")
	}
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, k.X...), k.Y...))
	if err != nil {
		return nil, errors.New("the holder's key must be on the curve P-256")
	}
	return pub, nil
}

// ErrHolder says that a document was not signed by its holder for this session.
var ErrHolder = errors.New("the holder has not signed for this question")

type deviceResponse struct {
	Version   string     `cbor:"version"`
	Documents []document `cbor:"documents"`
	Status    uint       `cbor:"status"`
}

type document struct {
	DocType      string       `cbor:"docType"`
	IssuerSigned issuerSigned `cbor:"issuerSigned"`
	DeviceSigned deviceSigned `cbor:"deviceSigned"`
}

type deviceSigned struct {
	NameSpaces cbor.RawMessage `cbor:"nameSpaces"`
	DeviceAuth deviceAuth      `cbor:"deviceAuth"`
}

type deviceAuth struct {
	Signature cbor.RawMessage `cbor:"deviceSignature,omitempty"`
}

// Transcript is the session that a holder signs when a document is shown by OpenID4VP 1.0 (appendix B.2.6.1). thumbprint
// is of the key that the answer is encrypted to; nil where it is not.
func Transcript(clientID, nonce string, thumbprint []byte, responseURI string) ([]byte, error) {
	var print any
	if thumbprint != nil {
		print = thumbprint
	}
	info, err := envelope.Marshal([]any{clientID, nonce, print, responseURI})
	if err != nil {
		return nil, fmt.Errorf("writing a session: %w", err)
	}
	sum := sha256.Sum256(info)
	return envelope.Marshal([]any{nil, nil, []any{"OpenID4VPHandover", sum[:]}})
}

// authentication is what the holder signs.
func authentication(transcript []byte, docType string, spaces cbor.RawMessage) ([]byte, error) {
	return encoded([]any{"DeviceAuthentication", cbor.RawMessage(transcript), docType, spaces})
}

// Show is what a wallet answers with: a document, signed by its holder for one session. only names the elements that are
// shown; nil: all.
func Show(raw []byte, device *ecdsa.PrivateKey, transcript []byte, only []string) ([]byte, error) {
	var in issuerSigned
	if err := envelope.Unmarshal(raw, &in); err != nil {
		return nil, fmt.Errorf("reading a document: %w", err)
	}
	var inside struct {
		_       struct{} `cbor:",toarray"`
		A       []byte
		B       map[any]any
		Payload []byte
		D       []byte
	}
	var m mso
	if err := envelope.Unmarshal(in.IssuerAuth, &inside); err != nil {
		return nil, fmt.Errorf("reading a document: %w", err)
	}
	if err := decoded(inside.Payload, &m); err != nil {
		return nil, fmt.Errorf("reading a document: %w", err)
	}
	if only != nil {
		if err := in.keep(only); err != nil {
			return nil, err
		}
	}
	spaces, err := encoded(map[string]any{})
	if err != nil {
		return nil, err
	}
	tbs, err := authentication(transcript, m.DocType, spaces)
	if err != nil {
		return nil, err
	}
	signature, err := envelope.Signer{Key: device}.COSE("", tbs, true)
	if err != nil {
		return nil, err
	}
	return envelope.Marshal(deviceResponse{Version: version, Documents: []document{{
		DocType: m.DocType, IssuerSigned: in, DeviceSigned: deviceSigned{spaces, deviceAuth{signature}}}}})
}

func (in *issuerSigned) keep(only []string) error {
	for space, items := range in.NameSpaces {
		var kept []cbor.RawMessage
		for _, raw := range items {
			var it item
			if err := decoded(raw, &it); err != nil {
				return fmt.Errorf("reading an element: %w", err)
			}
			for _, id := range only {
				if id == it.ID {
					kept = append(kept, raw)
				}
			}
		}
		in.NameSpaces[space] = kept
	}
	return nil
}

// OpenResponse verifies what a wallet answered: each document as Open does, and that its holder signed this session.
func OpenResponse(raw, transcript []byte, find Find) ([]Document, error) {
	var in deviceResponse
	if err := envelope.Unmarshal(raw, &in); err != nil {
		return nil, fmt.Errorf("reading what was shown: %w", err)
	}
	if in.Status != 0 || len(in.Documents) == 0 {
		return nil, errors.New("nothing was shown")
	}
	var all []Document
	for _, doc := range in.Documents {
		d, err := doc.IssuerSigned.open(find)
		if err != nil {
			return nil, err
		}
		if d.DocType != doc.DocType {
			return nil, errors.New("the document is of another kind than it says")
		}
		if doc.DeviceSigned.DeviceAuth.Signature == nil {
			return nil, ErrHolder
		}
		tbs, err := authentication(transcript, d.DocType, doc.DeviceSigned.NameSpaces)
		if err != nil {
			return nil, err
		}
		if _, _, err := envelope.OpenCOSE(doc.DeviceSigned.DeviceAuth.Signature, tbs,
			func(envelope.COSEHead) (*ecdsa.PublicKey, error) { return d.Device, nil }); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrHolder, err)
		}
		all = append(all, d)
	}
	return all, nil
}
