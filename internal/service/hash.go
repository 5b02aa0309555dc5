package service

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"slices"
)

// What is hashed begins with the name and version of its form; a changed form gets a new name, so that
// hashes of different forms never meet. A golden test freezes the bytes.
const (
	serviceFormat = "stoa service 1"
	taxFormat     = "stoa tax 1"
	folderFormat  = "stoa jurisdiction 1"
)

// hashSources returns the SHA-256 of the canonical bytes of the sources, in hexadecimal.
func hashSources(format string, sources map[string][]byte) string {
	h := sha256.New()
	canonical(h, format, sources)
	return hex.EncodeToString(h.Sum(nil))
}

// canonical writes format, the number of files, and each path and content in order of path; every part
// has its length before it, as eight bytes, the most significant first.
func canonical(w io.Writer, format string, sources map[string][]byte) {
	part := func(b []byte) {
		w.Write(binary.BigEndian.AppendUint64(nil, uint64(len(b)))) //nolint:errcheck // a hash or a buffer, which cannot fail
		w.Write(b)                                                  //nolint:errcheck // as above
	}
	part([]byte(format))
	part(binary.BigEndian.AppendUint64(nil, uint64(len(sources))))
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		part([]byte(name))
		part(sources[name])
	}
}

// Sources returns every file that the service is judged by, as it was read: its own, the calendar, the
// parameters, the jurisdiction, and the registers that it names (without seed records). LoadPinned
// makes the same service of them again.
func (s *Service) Sources() map[string][]byte { return copied(s.sources) }

func copied(sources map[string][]byte) map[string][]byte {
	out := make(map[string][]byte, len(sources))
	for name, src := range sources {
		out[name] = slices.Clone(src)
	}
	return out
}

// pin picks the sources of a service or tax out of those of the folder: its file, and the registers it names.
func (l *loader) pin(file string, registers []string) map[string][]byte {
	out := map[string][]byte{file: l.sources[file]}
	used := map[string]bool{}
	for _, name := range registers {
		if r := l.j.Registers[name]; r != nil {
			used[r.Pos.File] = true
		} else if e := l.j.Elsewhere[name]; e != nil {
			used[e.Pos.File] = true
		}
	}
	for name, src := range l.sources {
		switch dir := folderOf(name); {
		case name == jurisdictionFile, name == calendarFile, dir == "parameters", used[name]:
			out[name] = src
		}
	}
	return out
}

// registers names the registers that the service reads or writes, of our own and of others.
func (s *Service) registers() (ids []string) {
	for _, k := range s.Lookups {
		ids = append(ids, k.Register)
	}
	for _, q := range s.Questions {
		if q.Type == "lookup" {
			ids = append(ids, q.Register)
		}
		if q.Known != nil {
			ids = append(ids, q.Known.Register)
		}
	}
	if s.Issue != nil {
		ids = append(ids, s.Issue.Record)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

var errTooLong = errors.New("too long")

// readAtMost reads all of r, or fails with errTooLong.
func readAtMost(r io.Reader, limit int64) ([]byte, error) {
	src, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(src)) > limit {
		return nil, errTooLong
	}
	return src, err
}
