// Package vault owns the keys under which personal data is stored. Every person (subject) has a data key of their own;
// it is kept in the database wrapped by a master key, and the master keys are kept in a file outside the database.
// Destroying a data key makes everything sealed under it unreadable: that is how a person is erased.
//
// It stops at bytes: what is personal, who may read it and who looked is decided elsewhere. Erasure reaches this
// database; a backup from before it still holds the wrapped key, so that a list of erasures is kept outside the database
// and repeated at every start.
package vault

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"stoa/internal/keyfile"
	"stoa/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package, for store.Migrate.
func Migrations() fs.FS { return migrations }

var (
	// ErrErased is what Seal and Open give for a subject whose key was destroyed.
	ErrErased = errors.New("the subject was erased")
	// ErrSealed is what Open gives when the bytes are not what was sealed for this subject and purpose.
	ErrSealed = errors.New("the sealed bytes do not open")
)

const (
	version  = 1 // of the envelope: version, nonce, ciphertext with tag
	keyLen   = 32
	nonceLen = 12
	overhead = 1 + nonceLen + 16
)

// Config says where the master keys are.
type Config struct {
	KeyFile string    // created if missing; readable by its owner only
	Erased  string    // the list of erasures; default KeyFile.erased
	Rand    io.Reader // default crypto/rand
	Keeper  Keeper    // wraps the key file; default none: whoever has the file has the keys
}

// Keeper is a key outside that wraps the master keys: one in the key file's own place, which is none, or a key management
// service ([stoa/internal/vault/transit]). It is asked when the file is read or written, and never while people wait.
type Keeper interface {
	Name() string // one word; "" for none
	Wrap(ctx context.Context, plain []byte) ([]byte, error)
	Unwrap(ctx context.Context, wrapped []byte) ([]byte, error)
}

// itself is no keeper: the file is its own protection.
type itself struct{}

func (itself) Name() string                                       { return "" }
func (itself) Wrap(_ context.Context, b []byte) ([]byte, error)   { return b, nil }
func (itself) Unwrap(_ context.Context, b []byte) ([]byte, error) { return b, nil }

// Vault seals and opens.
type Vault struct {
	rand   *lockedReader
	file   string
	keeper Keeper
	erased string
	cache  *cache

	listing sync.Mutex // of the list of erasures

	mu   sync.RWMutex
	ring *keyring
}

// Open reads the key file, or creates it with a first master key.
func Open(cfg Config) (*Vault, error) {
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if cfg.Erased == "" {
		cfg.Erased = cfg.KeyFile + ".erased"
	}
	if cfg.Keeper == nil {
		cfg.Keeper = itself{}
	}
	v := &Vault{rand: &lockedReader{r: cfg.Rand}, file: cfg.KeyFile, keeper: cfg.Keeper, erased: cfg.Erased, cache: newCache(maxCached)}
	ring, err := v.readKeyring()
	if errors.Is(err, fs.ErrNotExist) {
		ring, err = v.createKeyring()
	}
	if err == nil && !ring.wrapped && cfg.Keeper.Name() != "" { // it gets a keeper from now on
		err = v.writeKeyring(ring, keyfile.Replace)
	}
	if err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	v.ring = ring
	return v, nil
}

// Used reports whether the database holds any key that a master key wraps.
func Used(ctx context.Context, tx *store.Tx) (bool, error) {
	found, err := store.Strings(ctx, tx, `SELECT subject FROM subject_key LIMIT 1`)
	if err != nil {
		return false, fmt.Errorf("looking for sealed data: %w", err)
	}
	return len(found) > 0, nil
}

// NewSubject makes a subject with a key of its own.
func (v *Vault) NewSubject(ctx context.Context, tx *store.Tx) (subject string, err error) {
	subject = tx.NewID()
	key := make([]byte, keyLen)
	if _, err := io.ReadFull(v.rand, key); err != nil {
		return "", fmt.Errorf("make a subject's key: %w", err)
	}
	id, master := v.newest()
	wrapped, err := v.seal(master, wrapData(subject, id), key)
	if err != nil {
		return "", fmt.Errorf("wrap a subject's key: %w", err)
	}
	err = tx.Put(ctx, `INSERT INTO subject_key (subject, master, wrapped, created_at, erased_at) VALUES ($1, $2, $3, $4, 0)`,
		subject, id, wrapped, store.Micros(tx.Now()))
	if err != nil {
		return "", fmt.Errorf("store a subject's key: %w", err)
	}
	ready, err := newAEAD(key)
	if err != nil {
		return "", fmt.Errorf("make a subject's key: %w", err)
	}
	v.cache.put(subject, ready, tx.Now()) // something is sealed next; if this is rolled back, nobody knows of the subject
	return subject, nil
}

// Seal encrypts plain for the subject. The bytes open only with the same aad, which names the place they belong to
// (table, row, column), so that they cannot be moved elsewhere.
func (v *Vault) Seal(ctx context.Context, tx *store.Tx, subject, aad string, plain []byte) ([]byte, error) {
	key, err := v.subjectKey(ctx, tx, subject)
	if err != nil {
		return nil, err
	}
	sealed, err := v.seal(key, sealData(subject, aad), plain)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return sealed, nil
}

// Readable reports whether what is sealed for the subject can be opened: it was not erased.
func (v *Vault) Readable(ctx context.Context, tx *store.Tx, subject string) (bool, error) {
	_, err := v.subjectKey(ctx, tx, subject)
	if errors.Is(err, ErrErased) {
		return false, nil
	}
	return err == nil, err
}

// Open decrypts what Seal gave.
func (v *Vault) Open(ctx context.Context, tx *store.Tx, subject, aad string, sealed []byte) ([]byte, error) {
	key, err := v.subjectKey(ctx, tx, subject)
	if err != nil {
		return nil, err
	}
	return open(key, sealData(subject, aad), sealed)
}

// Erase destroys the subject's key. A second time it does nothing. Other nodes may still hold the key for cacheTime.
func (v *Vault) Erase(ctx context.Context, tx *store.Tx, subject string) error {
	n, err := tx.Exec(ctx, `UPDATE subject_key SET wrapped = $1, erased_at = $2 WHERE subject = $3 AND erased_at = 0`,
		[]byte{}, store.Micros(tx.Now()), subject)
	if err != nil {
		return fmt.Errorf("erase subject: %w", err)
	}
	if n == 0 {
		if _, err := v.subjectKey(ctx, tx, subject); !errors.Is(err, ErrErased) {
			return fmt.Errorf("erase subject: %w", err)
		}
		return nil
	}
	v.cache.drop(subject)
	tx.OnCommit(func() {
		v.cache.bury(subject)
		_ = v.note(subject) // what is not noted now, the next start finds in the database
	})
	return nil
}

// Blind gives a value that finds rows by something personal (an address, a number) without storing it: a keyed hash,
// different for each purpose. Normalise the value first. Its key does not rotate, since the indexes hold its results.
func (v *Vault) Blind(purpose, value string) []byte {
	v.mu.RLock()
	defer v.mu.RUnlock()
	h := hmac.New(sha256.New, v.ring.blind)
	h.Write(canonical("stoa vault blind v1", purpose, value))
	return h.Sum(nil)
}

// subjectKey is the subject's unwrapped key, from the cache or the database.
func (v *Vault) subjectKey(ctx context.Context, tx *store.Tx, subject string) (cipher.AEAD, error) {
	if key, ok := v.cache.get(subject, tx.Now()); ok {
		if key == nil {
			return nil, ErrErased
		}
		return key, nil
	}
	var id, erasedAt int64
	var wrapped []byte
	err := tx.QueryRow(ctx, `SELECT master, wrapped, erased_at FROM subject_key WHERE subject = $1`, subject).
		Scan(&id, &wrapped, &erasedAt)
	if err != nil {
		return nil, fmt.Errorf("find the subject's key: %w", err)
	}
	if erasedAt != 0 {
		return nil, ErrErased
	}
	raw, err := v.unwrap(subject, id, wrapped)
	if err != nil {
		return nil, err
	}
	key, err := newAEAD(raw)
	if err != nil {
		return nil, err
	}
	v.cache.put(subject, key, tx.Now())
	return key, nil
}

func (v *Vault) unwrap(subject string, id int64, wrapped []byte) ([]byte, error) {
	master, err := v.master(id)
	if err != nil {
		return nil, err
	}
	raw, err := open(master, wrapData(subject, id), wrapped)
	if err != nil {
		return nil, fmt.Errorf("unwrap the subject's key with master key %d: %w", id, err)
	}
	return raw, nil
}

func (v *Vault) seal(key cipher.AEAD, data, plain []byte) ([]byte, error) {
	out := make([]byte, 1+nonceLen, overhead+len(plain))
	out[0] = version
	if _, err := io.ReadFull(v.rand, out[1:]); err != nil {
		return nil, err
	}
	return key.Seal(out, out[1:1+nonceLen], plain, data), nil
}

func open(key cipher.AEAD, data, sealed []byte) ([]byte, error) {
	if len(sealed) < overhead || sealed[0] != version {
		return nil, ErrSealed
	}
	plain, err := key.Open(nil, sealed[1:1+nonceLen], sealed[1+nonceLen:], data)
	if err != nil {
		return nil, ErrSealed // the cipher's error says no more
	}
	return plain, nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func sealData(subject, aad string) []byte { return canonical("stoa vault seal v1", subject, aad) }

func wrapData(subject string, master int64) []byte {
	return binary.BigEndian.AppendUint64(canonical("stoa vault wrap v1", subject), uint64(master))
}

// canonical joins parts so that no two lists of parts give the same bytes.
func canonical(parts ...string) []byte {
	var b []byte
	for _, p := range parts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(p)))
		b = append(b, p...)
	}
	return b
}

// lockedReader lets several goroutines draw from one source.
type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

// Read implements io.Reader.
func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return io.ReadFull(l.r, p)
}
