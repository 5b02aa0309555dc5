package vault

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"stoa/internal/keyfile"
	"stoa/internal/store"
)

// keyring is the key file: the blind key and the master keys, of which the last wraps and all unwrap.
type keyring struct {
	blind   []byte
	masters []masterKey
	wrapped bool // by a keeper, in the file
}

type masterKey struct {
	id  int64
	raw []byte
	key cipher.AEAD
}

const fileHead = `# Stoa master keys. Whoever has this file and the database can read everything; without it, nobody can read
# anything personal again. Keep copies in two safe places, apart from the backups of the database.
`

const wrappedHead = `# Stoa master keys, wrapped by a key that is kept elsewhere. Keep copies in two safe places, apart from the backups of the
# database; without that other key they open nothing.
`

func (v *Vault) readKeyring() (*keyring, error) {
	info, err := os.Stat(v.file)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("key file %s can be read by others (mode %04o): chmod 600 it", v.file, mode)
	}
	text, err := os.ReadFile(v.file)
	if err != nil {
		return nil, err
	}
	plain, wrapped, err := v.unwrapped(text)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", v.file, err)
	}
	ring, err := parseKeyring(plain)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", v.file, err) // errors name lines, never keys
	}
	ring.wrapped = wrapped
	return ring, nil
}

// unwrapped is the text of a key file, which may be wrapped: one line, "wrapped KEEPER BYTES", between comments.
func (v *Vault) unwrapped(text []byte) (plain []byte, wrapped bool, err error) {
	for line := range strings.Lines(string(text)) {
		word := strings.Fields(line)
		if len(word) == 0 || word[0] != "wrapped" {
			continue
		}
		if len(word) != 3 {
			return nil, true, errors.New("want wrapped, the name of who wrapped it, and bytes in base64")
		}
		if word[1] != v.keeper.Name() {
			return nil, true, fmt.Errorf("it is wrapped by %s, and the settings name %s: correct keys_by", word[1], cmp.Or(v.keeper.Name(), "nobody"))
		}
		raw, err := base64.StdEncoding.DecodeString(word[2])
		if err != nil {
			return nil, true, errors.New("what is wrapped is no base64")
		}
		plain, err := v.keeper.Unwrap(context.Background(), raw)
		return plain, true, err
	}
	return text, false, nil
}

// writeKeyring writes the file, wrapped by the keeper. That it can be unwrapped again is seen before the file is touched.
func (v *Vault) writeKeyring(ring *keyring, write func(path string, data []byte) error) error {
	text := ring.text()
	if name := v.keeper.Name(); name != "" {
		raw, err := v.keeper.Wrap(context.Background(), text)
		if err != nil {
			return err
		}
		back, err := v.keeper.Unwrap(context.Background(), raw)
		if err != nil {
			return err
		}
		if !bytes.Equal(back, text) {
			return fmt.Errorf("%s does not give back what it wrapped", name)
		}
		text = fmt.Appendf([]byte(wrappedHead), "wrapped %s %s\n", name, base64.StdEncoding.EncodeToString(raw))
		ring.wrapped = true
	}
	return write(v.file, text)
}

func parseKeyring(text []byte) (*keyring, error) {
	ring := &keyring{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := ring.add(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if ring.blind == nil || len(ring.masters) == 0 {
		return nil, errors.New("want one blind key and at least one master key")
	}
	return ring, nil
}

func (r *keyring) add(line string) error {
	var kind, encoded string
	var id int64
	if n, err := fmt.Sscanf(line, "%s %d %s", &kind, &id, &encoded); n != 3 || err != nil {
		return errors.New("want a kind, a number and a key: master 1 …")
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(raw) != keyLen {
		return fmt.Errorf("want a key of %d bytes in base64", keyLen)
	}
	switch {
	case kind == "blind" && r.blind == nil && id == 1:
		r.blind = raw
	case kind == "master" && id > r.last():
		key, err := newAEAD(raw)
		if err != nil {
			return err
		}
		r.masters = append(r.masters, masterKey{id, raw, key})
	default:
		return fmt.Errorf("%s %d: want blind 1 once, and master keys with ascending numbers", kind, id)
	}
	return nil
}

func (r *keyring) last() int64 {
	if len(r.masters) == 0 {
		return 0
	}
	return r.masters[len(r.masters)-1].id
}

func (r *keyring) text() []byte {
	b := []byte(fileHead)
	b = fmt.Appendf(b, "blind 1 %s\n", base64.StdEncoding.EncodeToString(r.blind))
	for _, m := range r.masters {
		b = fmt.Appendf(b, "master %d %s\n", m.id, base64.StdEncoding.EncodeToString(m.raw))
	}
	return b
}

func (v *Vault) createKeyring() (*keyring, error) {
	keys := make([]byte, 2*keyLen)
	if _, err := io.ReadFull(v.rand, keys); err != nil {
		return nil, err
	}
	key, err := newAEAD(keys[keyLen:])
	if err != nil {
		return nil, err
	}
	ring := &keyring{blind: keys[:keyLen], masters: []masterKey{{1, keys[keyLen:], key}}}
	return ring, v.writeKeyring(ring, keyfile.Create)
}

func (v *Vault) newest() (int64, cipher.AEAD) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	m := v.ring.masters[len(v.ring.masters)-1]
	return m.id, m.key
}

// master finds a master key. One that is not known was added by another node: the file is read again.
func (v *Vault) master(id int64) (cipher.AEAD, error) {
	v.mu.RLock()
	key := v.ring.find(id)
	v.mu.RUnlock()
	if key != nil {
		return key, nil
	}
	ring, err := v.readKeyring()
	if err != nil {
		return nil, fmt.Errorf("read the master keys again: %w", err)
	}
	if key = ring.find(id); key == nil {
		return nil, fmt.Errorf("master key %d is not in the key file", id)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.ring = ring
	return key, nil
}

func (r *keyring) find(id int64) cipher.AEAD {
	i := slices.IndexFunc(r.masters, func(m masterKey) bool { return m.id == id })
	if i < 0 {
		return nil
	}
	return r.masters[i].key
}

// Rotate adds a master key to the file; from now on it wraps. Rewrap then moves the subjects to it. The file must reach
// the other nodes before they meet the first subject of the new key.
func (v *Vault) Rotate() error {
	raw := make([]byte, keyLen)
	if _, err := io.ReadFull(v.rand, raw); err != nil {
		return fmt.Errorf("make a master key: %w", err)
	}
	key, err := newAEAD(raw)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	ring, err := v.readKeyring() // not the copy in memory: another process may have added one
	if err != nil {
		return fmt.Errorf("add a master key: %w", err)
	}
	ring.masters = append(ring.masters, masterKey{ring.last() + 1, raw, key})
	if err := v.writeKeyring(ring, keyfile.Replace); err != nil {
		return fmt.Errorf("add a master key: %w", err)
	}
	v.ring = ring
	return nil
}

// Rewrap moves up to limit subjects to the newest master key and tells how many it moved; 0 means that the older master
// keys are no longer needed. Sealed data stays as it is.
func (v *Vault) Rewrap(ctx context.Context, tx *store.Tx, limit int) (int, error) {
	newest, master := v.newest()
	type row struct {
		subject string
		id      int64
		wrapped []byte
	}
	rows, err := tx.Query(ctx, `SELECT subject, master, wrapped FROM subject_key WHERE master < $1 AND erased_at = 0
		ORDER BY subject LIMIT $2`+tx.Lock(), newest, limit)
	list, err := store.Collect(rows, err, func(s store.Scanner) (r row, err error) { return r, s.Scan(&r.subject, &r.id, &r.wrapped) })
	if err != nil {
		return 0, fmt.Errorf("find keys to wrap again: %w", err)
	}
	for _, r := range list {
		raw, err := v.unwrap(r.subject, r.id, r.wrapped)
		if err != nil {
			return 0, err
		}
		wrapped, err := v.seal(master, wrapData(r.subject, newest), raw)
		if err != nil {
			return 0, fmt.Errorf("wrap again: %w", err)
		}
		if err := tx.Put(ctx, `UPDATE subject_key SET master = $1, wrapped = $2 WHERE subject = $3`, newest, wrapped, r.subject); err != nil {
			return 0, fmt.Errorf("wrap again: %w", err)
		}
	}
	return len(list), nil
}

// Refresh reads the key file again, so that a master key that another process has added wraps here too.
func (v *Vault) Refresh() error {
	ring, err := v.readKeyring()
	if err != nil {
		return fmt.Errorf("read the master keys again: %w", err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.ring = ring
	return nil
}

// Behind counts the subjects that an older master key wraps.
func (v *Vault) Behind(ctx context.Context, tx *store.Tx) (n int64, err error) {
	newest, _ := v.newest()
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM subject_key WHERE master < $1 AND erased_at = 0`, newest).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count keys to wrap again: %w", err)
	}
	return n, nil
}
