package proof

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Bundle is the proof in the hand: everything that shows a stranger, offline, that a leaf is in the log and, with the
// openings, what its hidden fields say.
type Bundle struct {
	Leaf       []byte // canonical
	Openings   []Opening
	Index      int64
	Proof      []Hash
	Checkpoint []byte // a signed note
}

const (
	bundleHead = "c2sp.org/tlog-proof@v1"
	extraTag   = "stoa proof 1"
)

// MaxBundle is the most bytes that are looked at.
const MaxBundle = 1 << 20

// Format writes the bundle as c2sp.org/tlog-proof, which other programs verify too. Its extra line carries the leaf and
// the openings: tag and leaf as texts, the number of openings, and of each name, salt (32 bytes) and value.
func (b *Bundle) Format() []byte {
	extra := appendTexts(nil, extraTag, string(b.Leaf))
	extra = binary.BigEndian.AppendUint32(extra, uint32(len(b.Openings)))
	for _, o := range b.Openings {
		extra = append(appendTexts(extra, o.Name), o.Salt[:]...)
		extra = appendTexts(extra, o.Value)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s\nextra %s\nindex %d\n", bundleHead, base64.StdEncoding.EncodeToString(extra), b.Index)
	for _, h := range b.Proof {
		out.WriteString(h.String() + "\n")
	}
	out.WriteString("\n")
	out.Write(b.Checkpoint)
	return out.Bytes()
}

// IsBundle tells a proof from other files by how it begins.
func IsBundle(data []byte) bool { return bytes.HasPrefix(data, []byte(bundleHead+"\n")) }

// Carried gives the proof that a PDF of ours carries inside, or the data itself where it is no PDF. What is printed on the
// PDF is not part of the proof.
func Carried(data []byte) []byte {
	if !bytes.HasPrefix(data, []byte("%PDF-")) {
		return data
	}
	_, rest, found := bytes.Cut(data, []byte("stream\n"+bundleHead+"\n"))
	if !found {
		return data
	}
	body, _, found := bytes.Cut(rest, []byte("\nendstream"))
	if !found {
		return data
	}
	return append([]byte(bundleHead+"\n"), body...)
}

// ParseBundle reads what Format wrote, and accepts no other writing of it.
func ParseBundle(data []byte) (*Bundle, error) {
	malformed := func(what string) (*Bundle, error) { return nil, fail(ErrForm, "the proof "+what) }
	if len(data) > MaxBundle {
		return malformed("is larger than any proof")
	}
	if !IsBundle(data) {
		return malformed("does not begin with " + bundleHead)
	}
	head, checkpoint, found := bytes.Cut(data, []byte("\n\n"))
	if !found {
		return malformed("has no checkpoint")
	}
	lines := strings.Split(string(head), "\n")
	if len(lines) < 3 || !strings.HasPrefix(lines[1], "extra ") || !strings.HasPrefix(lines[2], "index ") {
		return malformed("has no lines for extra and index")
	}
	b := &Bundle{Checkpoint: checkpoint}
	var ok bool
	if b.Index, ok = parseSize(lines[2][len("index "):]); !ok {
		return malformed("has an index that is no number")
	}
	if len(lines)-3 > 64 {
		return malformed("is longer than in any tree")
	}
	for i, line := range lines[3:] {
		h, err := parseHash(line)
		if err != nil {
			return malformed("has no hash in its line " + strconv.Itoa(i+4))
		}
		b.Proof = append(b.Proof, h)
	}
	extra, err := base64.StdEncoding.Strict().DecodeString(lines[1][len("extra "):])
	if err != nil {
		return malformed("has an extra line that is no base64")
	}
	if err := b.parseExtra(extra); err != nil {
		return nil, err
	}
	if !bytes.Equal(b.Format(), data) {
		return malformed("is not written in the one way in which it can be")
	}
	return b, nil
}

func (b *Bundle) parseExtra(extra []byte) error {
	c := &cursor{b: extra}
	if tag := c.text(); c.bad == "" && tag != extraTag {
		c.bad = fmt.Sprintf("carries %q instead of %q", tag, extraTag)
	}
	b.Leaf = []byte(c.text())
	for range c.count() {
		o := Opening{Name: c.text()}
		o.Salt = c.hash()
		o.Value = c.text()
		b.Openings = append(b.Openings, o)
	}
	return c.end("the extra line")
}

func parse(data []byte) (*Bundle, error) {
	if IsPaper(data) {
		return ParsePaper(string(data))
	}
	return ParseBundle(Carried(data))
}

// Proved is what a bundle proves.
type Proved struct {
	Leaf   *Leaf
	Opened []Field // hidden fields that the bundle shows
	Index  int64
	*Signed
}

// Verify holds a bundle, the one that a PDF carries, or one that was read from paper, to the keys that the reader trusts.
// All of a bundle counts: no byte of it can change without a failure.
func Verify(data []byte, trust Trust) (*Proved, error) {
	b, err := parse(data)
	if err != nil {
		return nil, err
	}
	p := &Proved{Index: b.Index}
	if p.Leaf, err = ParseLeaf(b.Leaf); err != nil {
		return nil, err
	}
	if p.Signed, err = trust.Open(b.Checkpoint); err != nil {
		return nil, err
	}
	if b.Index >= p.Size {
		return nil, fail(ErrInclusion, fmt.Sprintf("the proof names entry %d of a log of %d", b.Index, p.Size))
	}
	if err := tlog.CheckRecord(b.Proof, p.Size, p.Root, b.Index, EntryHash(b.Leaf)); err != nil {
		f := fail(ErrInclusion, "the entry, its place or the hashes do not lead to the signed root of the log")
		f.Cause = err
		return nil, f
	}
	for i, o := range b.Openings {
		if err := p.Leaf.Opens(o); err != nil {
			return nil, err
		}
		for _, earlier := range b.Openings[:i] {
			if earlier.Name == o.Name {
				return nil, fail(ErrForm, "the proof shows "+quote(o.Name)+" twice")
			}
		}
		p.Opened = append(p.Opened, Field{o.Name, o.Value})
	}
	return p, nil
}
