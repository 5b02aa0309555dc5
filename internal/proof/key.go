package proof

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
)

// The kinds of signature of c2sp.org/signed-note that are read here.
const (
	algLog     = 1 // Ed25519 over the text
	algWitness = 4 // cosignature/v1: Ed25519 over a time and the text
)

// Key is a public key by name: of a log, or of a witness. It implements note.Verifier.
type Key struct {
	name   string
	alg    byte
	public [ed25519.PublicKeySize]byte
}

// ParseKey reads a key as c2sp.org/signed-note writes it: name+hash+base64.
func ParseKey(vkey string) (Key, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(vkey), "+")
	hash, encoded, _ := strings.Cut(rest, "+")
	bad := func(what string) (Key, error) {
		return Key{}, fail(ErrForm, "this is no public key of a log or a witness, such as example.org/log+1a2b3c4d+AZ…: "+what)
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	id, err2 := strconv.ParseUint(hash, 16, 32)
	switch {
	case !goodName(name):
		return bad("its name is empty or has a space in it")
	case err != nil || err2 != nil || len(hash) != 8:
		return bad("want a name, eight hexadecimal digits and base64, joined by +")
	case len(raw) != 1+ed25519.PublicKeySize || raw[0] != algLog && raw[0] != algWitness:
		return bad("only Ed25519 keys are known here")
	}
	k := Key{name: name, alg: raw[0], public: [32]byte(raw[1:])}
	if k.KeyHash() != uint32(id) {
		return bad("its digits do not fit the rest: a letter was changed")
	}
	return k, nil
}

// goodName follows c2sp.org/signed-note.
func goodName(s string) bool {
	return s != "" && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsSpace) && !strings.Contains(s, "+")
}

// Name is the log's origin, or what the witness calls itself.
func (k Key) Name() string { return k.name }

// KeyHash is the number by which signatures name the key.
func (k Key) KeyHash() uint32 {
	h := sha256.New()
	h.Write([]byte(k.name + "\n"))
	h.Write([]byte{k.alg})
	h.Write(k.public[:])
	return binary.BigEndian.Uint32(h.Sum(nil))
}

// String writes the key as ParseKey reads it.
func (k Key) String() string {
	return fmt.Sprintf("%s+%08x+%s", k.name, k.KeyHash(), base64.StdEncoding.EncodeToString(append([]byte{k.alg}, k.public[:]...)))
}

// IsWitness tells a witness's key from a log's.
func (k Key) IsWitness() bool { return k.alg == algWitness }

// AsWitness takes the key for a witness's. Some witnesses hand out theirs in the form of a log's.
func (k Key) AsWitness() Key {
	k.alg = algWitness
	return k
}

// Verify implements note.Verifier.
func (k Key) Verify(text, sig []byte) bool {
	if k.alg == algWitness {
		if len(sig) != 8+ed25519.SignatureSize {
			return false
		}
		t := binary.BigEndian.Uint64(sig)
		if t >= 1<<63 {
			return false
		}
		text, sig = cosigned(int64(t), text), sig[8:]
	}
	return len(sig) == ed25519.SignatureSize && ed25519.Verify(k.public[:], text, sig)
}

// cosigned is what a witness signs: that it saw this text, as the largest, at this time.
func cosigned(unix int64, text []byte) []byte {
	return append([]byte("cosignature/v1\ntime "+strconv.FormatInt(unix, 10)+"\n"), text...)
}

// Signer holds a private key and signs checkpoints.
type Signer struct {
	key     Key
	private ed25519.PrivateKey
}

const privateHead = "PRIVATE+KEY+"

// NewSigner makes a key for a log of this origin.
func NewSigner(name string, rand io.Reader) (*Signer, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(rand, seed); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	if !goodName(name) {
		return nil, fmt.Errorf("a key cannot be named %q: want a name without spaces and +", name)
	}
	return signerOf(name, seed), nil
}

func signerOf(name string, seed []byte) *Signer {
	s := &Signer{private: ed25519.NewKeyFromSeed(seed)}
	s.key = Key{name: name, alg: algLog, public: [32]byte(s.private.Public().(ed25519.PublicKey))}
	return s
}

// ParseSigner reads what Secret gave. Errors do not show it.
func ParseSigner(secret string) (*Signer, error) {
	rest, ok := strings.CutPrefix(secret, privateHead)
	name, rest, _ := strings.Cut(rest, "+")
	hash, encoded, _ := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if !ok || err != nil || !goodName(name) || len(raw) != 1+ed25519.SeedSize || raw[0] != algLog {
		return nil, fmt.Errorf("not a private key of the form %sNAME+HASH+BASE64", privateHead)
	}
	s := signerOf(name, raw[1:])
	if fmt.Sprintf("%08x", s.key.KeyHash()) != hash {
		return nil, fmt.Errorf("the private key of %s is damaged: its hash does not fit", name)
	}
	return s, nil
}

// Secret is the private key as text, in the form that golang.org/x/mod/sumdb/note reads too.
func (s *Signer) Secret() string {
	seed := append([]byte{algLog}, s.private.Seed()...)
	return fmt.Sprintf("%s%s+%08x+%s", privateHead, s.key.name, s.key.KeyHash(), base64.StdEncoding.EncodeToString(seed))
}

// Key is the public half.
func (s *Signer) Key() Key { return s.key }

// Name implements note.Signer.
func (s *Signer) Name() string { return s.key.name }

// KeyHash implements note.Signer.
func (s *Signer) KeyHash() uint32 { return s.key.KeyHash() }

// Sign implements note.Signer.
func (s *Signer) Sign(text []byte) ([]byte, error) { return ed25519.Sign(s.private, text), nil }

// Cosigner signs as a witness, with the same private key under the witness's kind of signature.
func (s *Signer) Cosigner(at time.Time) note.Signer { return cosigner{s, at.Unix()} }

type cosigner struct {
	s    *Signer
	unix int64
}

func (c cosigner) Name() string    { return c.s.key.name }
func (c cosigner) KeyHash() uint32 { return c.s.key.AsWitness().KeyHash() }

func (c cosigner) Sign(text []byte) ([]byte, error) {
	sig := binary.BigEndian.AppendUint64(nil, uint64(c.unix))
	return append(sig, ed25519.Sign(c.s.private, cosigned(c.unix, text))...), nil
}
