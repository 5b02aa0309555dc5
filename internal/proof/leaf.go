package proof

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// Leaf is one thing that happened, as the public sees it.
type Leaf struct {
	Kind         string    // what happened: "ledger.entry", "licence.issued"
	ID           string    // which one, among those of the kind in the organisation
	Organisation string    // the public body that acted
	At           time.Time // when, in whole microseconds
	Refs         []Ref     // what it concerns
	Fields       []Field   // what everybody may read, in an order that stays
	Hidden       []Hidden  // what only the person concerned can show
}

// Ref names something that a leaf concerns.
type Ref struct{ Kind, ID string }

// Field is a public detail.
type Field struct{ Name, Value string }

// Hidden is a commitment to a personal detail: its name is public, its value cannot be guessed from the hash.
type Hidden struct {
	Name string
	Hash [32]byte
}

// leafTag is the first field of canonical bytes. What follows it never changes; another form gets another tag.
const leafTag = "stoa log leaf 1"

// MaxLeaf is the most bytes that an entry of a tiled log can have.
const MaxLeaf = math.MaxUint16

const (
	maxName = 64
	maxID   = 200
	maxList = 1000
)

// Bytes are the leaf's canonical bytes. Texts are length (4 bytes, big endian) and UTF-8; lists are their number
// (4 bytes) and their members: tag, kind, id, organisation, instant (8 bytes, microseconds since 1970, two's
// complement), refs as kind and id, fields as name and value, hidden as name and hash.
func (l *Leaf) Bytes() ([]byte, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	b := appendTexts(make([]byte, 0, 512), leafTag, l.Kind, l.ID, l.Organisation)
	b = binary.BigEndian.AppendUint64(b, uint64(l.At.UnixMicro()))
	b = binary.BigEndian.AppendUint32(b, uint32(len(l.Refs)))
	for _, r := range l.Refs {
		b = appendTexts(b, r.Kind, r.ID)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(l.Fields)))
	for _, f := range l.Fields {
		b = appendTexts(b, f.Name, f.Value)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(l.Hidden)))
	for _, h := range l.Hidden {
		b = append(appendTexts(b, h.Name), h.Hash[:]...)
	}
	if len(b) > MaxLeaf {
		return nil, fail(ErrForm, fmt.Sprintf("the leaf has %d bytes, more than %d", len(b), MaxLeaf))
	}
	return b, nil
}

// ParseLeaf reads canonical bytes, and accepts no other writing of the same leaf.
func ParseLeaf(data []byte) (*Leaf, error) {
	c := &cursor{b: data}
	if tag := c.text(); c.bad == "" && tag != leafTag {
		c.bad = fmt.Sprintf("begins with %q instead of %q", tag, leafTag)
	}
	l := &Leaf{Kind: c.text(), ID: c.text(), Organisation: c.text(), At: time.UnixMicro(c.int64()).UTC()}
	for range c.count() {
		l.Refs = append(l.Refs, Ref{c.text(), c.text()})
	}
	for range c.count() {
		l.Fields = append(l.Fields, Field{c.text(), c.text()})
	}
	for range c.count() {
		l.Hidden = append(l.Hidden, Hidden{c.text(), c.hash()})
	}
	if err := c.end("the leaf"); err != nil {
		return nil, err
	}
	if err := l.check(); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *Leaf) check() error {
	malformed := func(format string, args ...any) error { return fail(ErrForm, "the leaf "+fmt.Sprintf(format, args...)) }
	switch {
	case !named(l.Kind):
		return malformed("has the kind %q, want small letters, digits and dots", l.Kind)
	case !text(l.ID, 1, maxID):
		return malformed("has an id that is empty, too long or not plain text")
	case !text(l.Organisation, 1, maxID):
		return malformed("has an organisation that is empty, too long or not plain text")
	case !l.At.Equal(time.UnixMicro(l.At.UnixMicro())):
		return malformed("has an instant between two microseconds")
	case len(l.Refs) > maxList || len(l.Fields) > maxList || len(l.Hidden) > maxList:
		return malformed("has more than %d details", maxList)
	}
	for _, r := range l.Refs {
		if !named(r.Kind) || !text(r.ID, 1, maxID) {
			return malformed("names a subject badly: %q %q", r.Kind, r.ID)
		}
	}
	seen := make(map[string]bool, len(l.Fields)+len(l.Hidden))
	once := func(name string) bool {
		ok := named(name) && !seen[name]
		seen[name] = true
		return ok
	}
	for _, f := range l.Fields {
		if !once(f.Name) || !text(f.Value, 0, MaxLeaf) {
			return malformed("has a field %q that is there twice, badly named or not plain text", f.Name)
		}
	}
	for _, h := range l.Hidden {
		if !once(h.Name) {
			return malformed("has a hidden field %q that is there twice or badly named", h.Name)
		}
	}
	return nil
}

// named allows names that need no quoting anywhere: a small letter, then small letters, digits, dots, dashes, underlines.
func named(s string) bool {
	for i, r := range []byte(s) {
		letter := 'a' <= r && r <= 'z'
		if !letter && (i == 0 || !('0' <= r && r <= '9' || r == '.' || r == '-' || r == '_')) {
			return false
		}
	}
	return s != "" && len(s) <= maxName
}

func text(s string, least, most int) bool {
	return len(s) >= least && len(s) <= most && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}

func appendTexts(b []byte, texts ...string) []byte {
	for _, s := range texts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	return b
}

// cursor reads canonical bytes. After the first fault it gives zero values.
type cursor struct {
	b   []byte
	bad string
}

func (c *cursor) take(n int) []byte {
	if c.bad == "" && n > len(c.b) {
		c.bad = "breaks off"
	}
	if c.bad != "" {
		return nil
	}
	out := c.b[:n]
	c.b = c.b[n:]
	return out
}

func (c *cursor) uint32() int {
	if b := c.take(4); b != nil {
		return int(min(binary.BigEndian.Uint32(b), math.MaxInt32))
	}
	return 0
}

func (c *cursor) text() string { return string(c.take(c.uint32())) }

func (c *cursor) int64() int64 {
	if b := c.take(8); b != nil {
		return int64(binary.BigEndian.Uint64(b))
	}
	return 0
}

func (c *cursor) hash() (h [32]byte) {
	copy(h[:], c.take(len(h)))
	return h
}

// count is how many members follow; a member has at least one length.
func (c *cursor) count() int {
	n := c.uint32()
	if n > maxList || n > len(c.b)/4 {
		c.bad = either(c.bad, "says that more follows than does")
		return 0
	}
	return n
}

func (c *cursor) end(what string) error {
	if c.bad == "" && len(c.b) > 0 {
		c.bad = "goes on after its end"
	}
	if c.bad != "" {
		return fail(ErrForm, what+" "+c.bad)
	}
	return nil
}

func either(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
