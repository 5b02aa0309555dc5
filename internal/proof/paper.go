package proof

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// paperHead begins a proof as a code on paper carries it. What follows it never changes; another form gets another number.
const paperHead = "STOA1:"

// PaperMost is the most bytes of a proof on paper: its code then has at most 157 modules to a side, which a telephone reads
// from 7 cm of an A4 sheet.
const PaperMost = 1700

// IsPaper tells a proof that was read from paper.
func IsPaper(data []byte) bool { return strings.HasPrefix(string(data), paperHead) }

// paperWords are texts that nearly every proof has: on paper each is one byte. Their order is part of the form.
var paperWords = []string{
	"licence.issued", "licence.changed", "licence.suspended", "licence.revoked", "licence.surrendered",
	"extract.issued", "case.decided", "payment.received", "register.changed", "register", "record",
	"change", "state", "from", "until", "reason", "number", "issued", "active", "copy", "day",
	"extract", "entitled-as", "delivery", "download", "counter", "service", "action", "outcome", "by", "law", "definition",
	"case", "applicant", "about", "reasons", "conditions", "own-conditions", "officer", "granted", "refused",
	"receipt", "method", "amount", "currency", "payer", "bills", "title", "field.name", "field.address", "field.date", "field.holder",
}

// OnPaper writes the proof as text for a QR code: small, and complete in itself, so that whoever reads the code needs
// nothing but the log's key. Where all of it would not fit, confirmations of witnesses stay away first, then openings from
// the last; shown says how many are there. ok is false where even the rest is too large for paper.
//
// The bytes, in base45 (RFC 9285): kind, id and organisation; the instant (8 bytes, microseconds since 1970); refs as kind
// and id; fields as name and value; hidden as name and either 0 and the hash, or 1, salt and value, from which the hash
// follows; index, size, and the hashes of the path, from which the root follows; the origin; signatures as name (empty for
// the log's own) and bytes. Numbers are varints. A text is twice its length and its bytes, or twice its place in paperWords
// and one.
func (b *Bundle) OnPaper() (text string, shown int, ok bool) {
	leaf, err := ParseLeaf(b.Leaf)
	if err != nil {
		return "", 0, false
	}
	cp, sigs, err := parts(b.Checkpoint)
	if err != nil {
		return "", 0, false
	}
	own := slices.DeleteFunc(slices.Clone(sigs), func(s signature) bool { return s.name != cp.Origin })
	for shown = len(b.Openings); shown >= 0; shown-- {
		for _, by := range [][]signature{sigs, own} {
			if raw := b.packed(leaf, b.Openings[:shown], cp, by); len(raw) <= PaperMost {
				return paperHead + toBase45(raw), shown, true
			}
		}
	}
	return "", 0, false
}

func (b *Bundle) packed(leaf *Leaf, openings []Opening, cp Checkpoint, sigs []signature) []byte {
	out := packTexts(nil, leaf.Kind, leaf.ID, leaf.Organisation)
	out = binary.BigEndian.AppendUint64(out, uint64(leaf.At.UnixMicro()))
	out = binary.AppendUvarint(out, uint64(len(leaf.Refs)))
	for _, r := range leaf.Refs {
		out = packTexts(out, r.Kind, r.ID)
	}
	out = binary.AppendUvarint(out, uint64(len(leaf.Fields)))
	for _, f := range leaf.Fields {
		out = packTexts(out, f.Name, f.Value)
	}
	out = binary.AppendUvarint(out, uint64(len(leaf.Hidden)))
	for _, h := range leaf.Hidden {
		out = packTexts(out, h.Name)
		if i := slices.IndexFunc(openings, func(o Opening) bool { return o.Name == h.Name }); i >= 0 {
			out = packTexts(append(append(out, 1), openings[i].Salt[:]...), openings[i].Value)
		} else {
			out = append(append(out, 0), h.Hash[:]...)
		}
	}
	out = binary.AppendUvarint(out, uint64(b.Index))
	out = binary.AppendUvarint(out, uint64(cp.Size))
	out = binary.AppendUvarint(out, uint64(len(b.Proof)))
	for _, h := range b.Proof {
		out = append(out, h[:]...)
	}
	out = packTexts(out, cp.Origin)
	out = binary.AppendUvarint(out, uint64(len(sigs)))
	for _, s := range sigs {
		name := s.name
		if name == cp.Origin {
			name = ""
		}
		out = packTexts(out, name, string(s.raw))
	}
	return out
}

func packTexts(b []byte, texts ...string) []byte {
	for _, s := range texts {
		if i := slices.Index(paperWords, s); i >= 0 {
			b = binary.AppendUvarint(b, uint64(2*i+1))
			continue
		}
		b = append(binary.AppendUvarint(b, uint64(2*len(s))), s...)
	}
	return b
}

// signature is a line of a signed note.
type signature struct {
	name string
	raw  []byte // the key's number and the signature
}

// parts takes a signed checkpoint apart, without believing it.
func parts(note []byte) (cp Checkpoint, sigs []signature, err error) {
	_, text, err := Peek(note)
	if err != nil {
		return cp, nil, err
	}
	if cp, err = ParseCheckpoint(text); err != nil {
		return cp, nil, err
	}
	if cp.Text() != text {
		return cp, nil, fail(ErrForm, "the checkpoint has lines that paper does not carry")
	}
	for line := range strings.Lines(string(note[len(text)+1:])) {
		name, encoded, _ := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "— "), " ")
		raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
		if err != nil {
			return cp, nil, fail(ErrForm, "a signature of the checkpoint is not written as it must be")
		}
		sigs = append(sigs, signature{name, raw})
	}
	return cp, sigs, nil
}

// ParsePaper reads what OnPaper wrote, and accepts no other writing of it.
func ParsePaper(text string) (*Bundle, error) {
	text = strings.TrimRight(text, "\r\n")
	raw, err := fromBase45(strings.TrimPrefix(text, paperHead))
	if err != nil || !strings.HasPrefix(text, paperHead) || len(raw) > PaperMost {
		return nil, fail(ErrForm, "the code is not a proof as it is printed on paper, or was not read whole")
	}
	c := &packedCursor{cursor{b: raw}}
	leaf, openings := c.leaf()
	b := &Bundle{Openings: openings, Index: c.number()}
	cp := Checkpoint{Size: c.number()}
	for range c.number() {
		if c.bad != "" {
			break
		}
		b.Proof = append(b.Proof, c.hash())
	}
	cp.Origin = c.text()
	var sigs []signature
	for range c.number() {
		if c.bad != "" {
			break
		}
		s := signature{c.text(), []byte(c.text())}
		if s.name == "" {
			s.name = cp.Origin
		}
		sigs = append(sigs, s)
	}
	if err := c.end("the code"); err != nil {
		return nil, err
	}
	if b.Leaf, err = leaf.Bytes(); err != nil {
		return nil, err
	}
	var ok bool
	if cp.Root, ok = rootOf(EntryHash(b.Leaf), b.Index, cp.Size, b.Proof); !ok {
		return nil, fail(ErrForm, "the code names a place that its hashes do not fit")
	}
	note := cp.Text() + "\n"
	for _, s := range sigs {
		note += "— " + s.name + " " + base64.StdEncoding.EncodeToString(s.raw) + "\n"
	}
	b.Checkpoint = []byte(note)
	if again, _, ok := b.OnPaper(); !ok || again != text {
		return nil, fail(ErrForm, "the code is not written in the one way in which it can be")
	}
	return b, nil
}

// packedCursor reads what packed wrote.
type packedCursor struct{ cursor }

func (c *packedCursor) number() int64 {
	n, size := binary.Uvarint(c.b)
	if c.bad == "" && (size <= 0 || n > 1<<62) {
		c.bad = "breaks off"
	}
	if c.bad != "" {
		return 0
	}
	c.b = c.b[size:]
	return int64(n)
}

func (c *packedCursor) text() string {
	n := c.number()
	if n&1 == 0 {
		if n > MaxLeaf {
			c.bad = either(c.bad, "breaks off")
		}
		return string(c.take(int(n / 2)))
	}
	if n/2 >= int64(len(paperWords)) {
		c.bad = either(c.bad, "has a word that is not known here")
		return ""
	}
	return paperWords[n/2]
}

func (c *packedCursor) leaf() (*Leaf, []Opening) {
	l := &Leaf{Kind: c.text(), ID: c.text(), Organisation: c.text(), At: time.UnixMicro(c.int64()).UTC()}
	for range c.members() {
		l.Refs = append(l.Refs, Ref{c.text(), c.text()})
	}
	for range c.members() {
		l.Fields = append(l.Fields, Field{c.text(), c.text()})
	}
	var openings []Opening
	for range c.members() {
		name := c.text()
		switch how := c.take(1); {
		case how == nil:
		case how[0] == 0:
			l.Hidden = append(l.Hidden, Hidden{name, c.hash()})
		case how[0] == 1:
			o := Opening{Name: name, Salt: c.hash(), Value: c.text()}
			openings = append(openings, o)
			l.Hide(o)
		default:
			c.bad = fmt.Sprintf("shows %s in a way that is not known here", quote(name))
		}
	}
	return l, openings
}

func (c *packedCursor) members() int64 {
	n := c.number()
	if n > int64(len(c.b)) {
		c.bad = either(c.bad, "says that more follows than does")
		return 0
	}
	return n
}

// rootOf is the root to which a path leads (RFC 9162, 2.1.3.2).
func rootOf(entry Hash, index, size int64, path []Hash) (Hash, bool) {
	if index < 0 || index >= size || len(path) > 64 {
		return Hash{}, false
	}
	inner := bits.Len64(uint64(index ^ (size - 1)))
	border := bits.OnesCount64(uint64(index) >> inner)
	if len(path) != inner+border {
		return Hash{}, false
	}
	h := entry
	for i, p := range path {
		if i < inner && index>>i&1 == 0 {
			h = tlog.NodeHash(h, p)
		} else {
			h = tlog.NodeHash(p, h)
		}
	}
	return h, true
}
