package signet

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"stoa/internal/keyfile"
	"stoa/internal/proof"
)

// ring is the key file.
type ring struct{ all []member }

type member struct {
	number int
	signer *proof.Signer // nil once retired
	key    proof.Key
}

const head = `# The keys that sign Stoa's public log. Whoever has a line that begins with "sign" can sign in the log's name; without
# one, the log has to begin again under another name. Keep copies in two safe places. What was last signed is in the
# file of the same name with .signed, which is not to be copied back from an older day.
`

func (r *ring) keys() []proof.Key {
	all := make([]proof.Key, len(r.all))
	for i, m := range r.all {
		all[i] = m.key
	}
	return all
}

func (r *ring) signers() (all []*proof.Signer) {
	for _, m := range r.all {
		if m.signer != nil {
			all = append(all, m.signer)
		}
	}
	return all
}

func (r *ring) text() []byte {
	b := []byte(head)
	for _, m := range r.all {
		if m.signer != nil {
			b = fmt.Appendf(b, "sign %d %s\n", m.number, m.signer.Secret())
		} else {
			b = fmt.Appendf(b, "listed %d %s\n", m.number, m.key)
		}
	}
	return b
}

func (s *Signet) ring() (*ring, error) {
	info, err := os.Stat(s.file)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("key file %s can be read by others (mode %04o): chmod 600 it", s.file, mode)
	}
	raw, err := os.ReadFile(s.file)
	if err != nil {
		return nil, err
	}
	r, err := parseRing(string(raw), s.origin)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", s.file, err) // errors name lines, never keys
	}
	return r, nil
}

// named is the log that a key file is for; "" for a file that is not there or cannot be read, which ring says in words.
func named(file string) string {
	raw, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(raw)) {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			continue
		}
		switch fields[0] {
		case "sign":
			if s, err := proof.ParseSigner(fields[2]); err == nil {
				return s.Name()
			}
		case "listed":
			if k, err := proof.ParseKey(fields[2]); err == nil {
				return k.Name()
			}
		}
	}
	return ""
}

func parseRing(text, origin string) (*ring, error) {
	r := &ring{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := r.add(line, origin); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if len(r.signers()) == 0 {
		return nil, errors.New("no key in it signs")
	}
	return r, nil
}

func (r *ring) add(line, origin string) (err error) {
	var kind, encoded string
	var m member
	if n, err := fmt.Sscanf(line, "%s %d %s", &kind, &m.number, &encoded); n != 3 || err != nil {
		return errors.New("want a kind, a number and a key: sign 1 …")
	}
	switch kind {
	case "sign":
		if m.signer, err = proof.ParseSigner(encoded); err != nil {
			return err
		}
		m.key = m.signer.Key()
	case "listed":
		if m.key, err = proof.ParseKey(encoded); err != nil {
			return err
		}
	default:
		return fmt.Errorf("%q: want sign or listed", kind)
	}
	if len(r.all) > 0 && m.number <= r.all[len(r.all)-1].number {
		return errors.New("numbers must ascend")
	}
	if m.key.Name() != origin {
		return fmt.Errorf("the key is that of the log %q, and this log is %q; another name needs a key file of its own", m.key.Name(), origin)
	}
	r.all = append(r.all, m)
	return nil
}

// create writes a first key. Of two processes that start at once, one creates the file and the other reads it.
func (s *Signet) create() error {
	signer, err := proof.NewSigner(s.origin, s.rand)
	if err != nil {
		return err
	}
	r := &ring{all: []member{{number: 1, signer: signer, key: signer.Key()}}}
	err = keyfile.Create(s.file, r.text()) // fails if it is there by now
	if errors.Is(err, os.ErrExist) {
		_, err = s.ring()
	}
	return err
}
