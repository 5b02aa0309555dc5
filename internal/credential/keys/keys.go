// Package keys owns the file of the keys that sign credentials, outside the database: the root that vouches for them, the
// keys that sign or once signed, and the key that signs questions to wallets. A new key signs every three months; those
// before it stay published, for what they have signed.
//
// It stops at keys and certificates: what is signed is for packages sdjwt, mdoc and status.
package keys

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"stoa/internal/credential/envelope"
	"stoa/internal/keyfile"
)

// Config says where the keys are, and what their certificates say.
type Config struct {
	File    string // created if missing; readable by its owner only
	Name    string // of who issues
	Country string // ISO 3166
	URL     string // of the site
}

// Keys is the way to the file. Another process may change it: what is read is kept only until the file changes.
type Keys struct {
	cfg Config

	mu   sync.Mutex
	seen os.FileInfo
	ring *ring
}

// Spans of keys. A credential is good for Life at most, and the certificate of the key that signed it outlives it.
const (
	Life     = 365 * 24 * time.Hour
	signs    = 90 * 24 * time.Hour
	signerOf = 457 * 24 * time.Hour // ISO/IEC 18013-5, annex B, allows no more
	rootOf   = 15 * 365 * 24 * time.Hour
)

// Open makes the way; the file is read, or made, when it is needed.
func Open(cfg Config) *Keys { return &Keys{cfg: cfg} }

// There reports whether there is a key file.
func (k *Keys) There() bool {
	_, err := os.Stat(k.cfg.File)
	return !errors.Is(err, fs.ErrNotExist)
}

// Make makes the file with first keys, unless it is there.
func (k *Keys) Make(now time.Time) error {
	_, err := k.read()
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	r, err := newRing(k.cfg, now)
	if err != nil {
		return err
	}
	if err := keyfile.Create(k.cfg.File, r.text()); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("writing the credentials' keys: %w", err)
	}
	_, err = k.read()
	return err
}

func (k *Keys) read() (*ring, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	info, err := os.Stat(k.cfg.File)
	if err != nil {
		return nil, fmt.Errorf("reading the credentials' keys: %w", err)
	}
	if k.ring != nil && os.SameFile(info, k.seen) && info.ModTime().Equal(k.seen.ModTime()) && info.Size() == k.seen.Size() {
		return k.ring, nil
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("key file %s can be read by others (mode %04o): chmod 600 it", k.cfg.File, mode)
	}
	raw, err := os.ReadFile(k.cfg.File)
	if err != nil {
		return nil, fmt.Errorf("reading the credentials' keys: %w", err)
	}
	r, err := parse(string(raw))
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", k.cfg.File, err) // errors name lines, never keys
	}
	k.seen, k.ring = info, r
	return r, nil
}

// Signer is the newest key, which signs credentials and status lists.
func (k *Keys) Signer() (envelope.Signer, error) {
	r, err := k.read()
	if err != nil {
		return envelope.Signer{}, err
	}
	return r.signer()
}

// Asker is the key that signs questions to wallets, and the name that its certificate gives it in them.
func (k *Keys) Asker() (s envelope.Signer, clientID string, err error) {
	r, err := k.read()
	if err != nil {
		return s, "", err
	}
	m := r.of(ask)
	if s, err = m.signer(); err != nil {
		return s, "", err
	}
	sum := sha256.Sum256(m.cert.Raw)
	return s, "x509_hash:" + envelope.Encoding.EncodeToString(sum[:]), nil
}

// Public is a key that signs or has signed.
type Public struct {
	ID   string
	Key  *ecdsa.PublicKey
	Cert *x509.Certificate
}

// Published are all keys that sign or have signed, the newest first.
func (k *Keys) Published() ([]Public, error) {
	r, err := k.read()
	if err != nil {
		return nil, err
	}
	var all []Public
	for _, m := range slices.Backward(r.all) {
		if m.kind != sign && m.kind != listed {
			continue
		}
		p := Public{Cert: m.cert, Key: m.cert.PublicKey.(*ecdsa.PublicKey)} // parse takes no others
		if p.ID, err = envelope.Thumbprint(p.Key); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// ErrUnknown says that something is signed by a key that is none of ours.
var ErrUnknown = errors.New("it is signed by a key that is not ours")

// ByID finds a published key by its name, or by its certificate where it has no name.
func (k *Keys) ByID(id string, chain [][]byte) (*ecdsa.PublicKey, error) {
	all, err := k.Published()
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if id == p.ID || id == "" && len(chain) > 0 && slices.Equal(chain[0], p.Cert.Raw) {
			return p.Key, nil
		}
	}
	return nil, ErrUnknown
}

// Root is the certificate that vouches for all keys: what a verifier is told to trust.
func (k *Keys) Root() (*x509.Certificate, error) {
	r, err := k.read()
	if err != nil {
		return nil, err
	}
	return r.of(root).cert, nil
}

// Renew makes a new key where the newest has signed for three months. It reports whether it did.
func (k *Keys) Renew(now time.Time) (bool, error) {
	r, err := k.read()
	if err != nil {
		return false, err
	}
	if now.Before(r.of(sign).cert.NotBefore.Add(signs)) {
		return false, nil
	}
	return true, k.Rotate(now)
}

// Rotate makes a new key, which signs from now on. Those before it stay published.
func (k *Keys) Rotate(now time.Time) (err error) {
	unlock, err := keyfile.Lock(k.cfg.File)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	r, err := k.read()
	if err != nil {
		return err
	}
	next := &ring{all: slices.Clone(r.all)}
	for i, m := range next.all {
		if m.kind == sign {
			m.kind, m.key = listed, nil
			next.all[i] = m
		}
	}
	for _, kind := range []string{sign, ask} {
		if kind == ask {
			next.all = slices.DeleteFunc(next.all, func(m member) bool { return m.kind == ask }) // it leaves nothing to verify
		}
		m, err := next.issue(kind, k.cfg, now)
		if err != nil {
			return err
		}
		next.all = append(next.all, m)
	}
	if err := keyfile.Replace(k.cfg.File, next.text()); err != nil {
		return fmt.Errorf("writing the credentials' keys: %w", err)
	}
	return nil
}

func newKey() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }
