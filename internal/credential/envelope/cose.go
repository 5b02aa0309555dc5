package envelope

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"github.com/fxamacker/cbor/v2"
)

// Labels of COSE heads.
const (
	coseAlg   = 1
	coseType  = 16
	coseKeyID = 4
	coseChain = 33
	algES256  = -7
)

var (
	enc = must(cbor.CoreDetEncOptions().EncMode())
	dec = must(cbor.DecOptions{DupMapKey: cbor.DupMapKeyEnforcedAPF, MaxNestedLevels: 16, MaxArrayElements: 20_000, MaxMapPairs: 20_000,
		UTF8: cbor.UTF8RejectInvalid}.DecMode())
)

func must[M any](m M, err error) M {
	if err != nil {
		panic(err) // options above
	}
	return m
}

// Marshal writes deterministic CBOR.
func Marshal(v any) ([]byte, error) { return enc.Marshal(v) }

// Unmarshal reads exactly one CBOR value.
func Unmarshal(raw []byte, into any) error { return dec.Unmarshal(raw, into) }

// coseSign1 is the array [protected, unprotected, payload, signature].
type coseSign1 struct {
	_           struct{} `cbor:",toarray"`
	Protected   []byte
	Unprotected map[any]any
	Payload     []byte
	Signature   []byte
}

type sigStructure struct {
	_           struct{} `cbor:",toarray"`
	Context     string
	Protected   []byte
	ExternalAAD []byte
	Payload     []byte
}

// COSE signs a payload. typ, where given, is what kind of token it is; detached leaves the payload out of the envelope.
func (s Signer) COSE(typ string, payload []byte, detached bool) ([]byte, error) {
	head := map[int]any{coseAlg: algES256}
	if typ != "" {
		head[coseType] = typ
	}
	protected, err := Marshal(head)
	if err != nil {
		return nil, fmt.Errorf("writing the head of an envelope: %w", err)
	}
	tbs, err := Marshal(sigStructure{Context: "Signature1", Protected: protected, ExternalAAD: []byte{}, Payload: payload})
	if err != nil {
		return nil, fmt.Errorf("writing what is signed: %w", err)
	}
	sum := sha256.Sum256(tbs)
	der, err := s.Key.Sign(nil, sum[:], crypto.SHA256) // without randomness: RFC 6979
	if err != nil {
		return nil, fmt.Errorf("signing an envelope: %w", err)
	}
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &rs); err != nil {
		return nil, fmt.Errorf("signing an envelope: %w", err)
	}
	out := coseSign1{Protected: protected, Unprotected: map[any]any{}, Payload: payload, Signature: make([]byte, 64)}
	rs.R.FillBytes(out.Signature[:32])
	rs.S.FillBytes(out.Signature[32:])
	switch len(s.Chain) {
	case 0:
	case 1:
		out.Unprotected[coseChain] = s.Chain[0]
	default:
		out.Unprotected[coseChain] = s.Chain
	}
	if s.ID != "" {
		out.Unprotected[coseKeyID] = []byte(s.ID)
	}
	if detached {
		out.Payload = nil
	}
	return Marshal(out)
}

// COSEHead is what an envelope says of itself, unproven.
type COSEHead struct {
	Typ, KeyID string
	Chain      [][]byte
}

// OpenCOSE verifies an envelope with the key that find chooses, and gives what is in it. detached is the payload where the
// envelope leaves it out.
func OpenCOSE(raw, detached []byte, find func(COSEHead) (*ecdsa.PublicKey, error)) (COSEHead, []byte, error) {
	var m coseSign1
	if tag := (cbor.RawTag{}); Unmarshal(raw, &tag) == nil && tag.Number == 18 {
		raw = tag.Content
	}
	if err := Unmarshal(raw, &m); err != nil {
		return COSEHead{}, nil, fmt.Errorf("reading an envelope: %w", err)
	}
	var protected map[any]any
	if err := Unmarshal(m.Protected, &protected); err != nil {
		return COSEHead{}, nil, fmt.Errorf("reading the head of an envelope: %w", err)
	}
	if alg, ok := protected[uint64(coseAlg)].(int64); !ok || alg != algES256 {
		return COSEHead{}, nil, errors.New("the envelope is signed in another way than ES256")
	}
	h := COSEHead{}
	h.Typ, _ = protected[uint64(coseType)].(string)
	for _, head := range []map[any]any{protected, m.Unprotected} {
		if id, ok := head[uint64(coseKeyID)].([]byte); ok {
			h.KeyID = string(id)
		}
		switch chain := head[uint64(coseChain)].(type) {
		case []byte:
			h.Chain = [][]byte{chain}
		case []any:
			for _, c := range chain {
				if der, ok := c.([]byte); ok {
					h.Chain = append(h.Chain, der)
				}
			}
		}
	}
	payload := m.Payload
	if detached != nil {
		if payload != nil {
			return h, nil, errors.New("the envelope carries what it must leave out")
		}
		payload = detached
	}
	if payload == nil {
		return h, nil, errors.New("the envelope is empty")
	}
	key, err := find(h)
	if err != nil {
		return h, nil, err
	}
	tbs, err := Marshal(sigStructure{Context: "Signature1", Protected: m.Protected, ExternalAAD: []byte{}, Payload: payload})
	if err != nil {
		return h, nil, fmt.Errorf("writing what is signed: %w", err)
	}
	if sum := sha256.Sum256(tbs); len(m.Signature) != 64 ||
		!ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(m.Signature[:32]), new(big.Int).SetBytes(m.Signature[32:])) {
		return h, nil, ErrSignature
	}
	return h, payload, nil
}
