package proof

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Hash is a hash of the tree: SHA-256 as RFC 6962 applies it.
type Hash = tlog.Hash

// Checkpoint is one state of a log.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   Hash
}

// Text is what is signed (c2sp.org/tlog-checkpoint). We write no extension lines.
func (c Checkpoint) Text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + c.Root.String() + "\n"
}

// ParseCheckpoint reads what Text wrote, and extension lines of other logs, which say nothing here.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[len(lines)-1] != "" || lines[0] == "" || slices.Contains(lines[:len(lines)-1], "") {
		return Checkpoint{}, fail(ErrForm, "the checkpoint does not have an origin, a size and a root, each on a line of its own")
	}
	size, ok := parseSize(lines[1])
	root, err := parseHash(lines[2])
	if !ok || err != nil {
		return Checkpoint{}, fail(ErrForm, "the size or the root of the checkpoint is not written as it must be")
	}
	return Checkpoint{lines[0], size, root}, nil
}

func parseSize(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0 && strconv.FormatInt(n, 10) == s
}

func parseHash(s string) (h Hash, err error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(s)
	if err == nil && (len(raw) != len(h) || copy(h[:], raw) != len(h)) {
		err = errors.New("not a hash")
	}
	return h, err
}

// Sign writes the checkpoint as a note with the signatures of all signers.
func (c Checkpoint) Sign(signers ...*Signer) ([]byte, error) {
	all := make([]note.Signer, len(signers))
	for i, s := range signers {
		all[i] = s
	}
	return note.Sign(&note.Note{Text: c.Text()}, all...)
}

// Cosign gives a witness's signature line for a checkpoint.
func (c Checkpoint) Cosign(s *Signer, at time.Time) ([]byte, error) {
	return CosignText(c.Text(), s, at)
}

// CosignText is Cosign for a checkpoint with lines that we would not write: a witness signs the text as it came.
func CosignText(text string, s *Signer, at time.Time) ([]byte, error) {
	signed, err := note.Sign(&note.Note{Text: text}, s.Cosigner(at))
	if err != nil {
		return nil, fmt.Errorf("cosign: %w", err)
	}
	return signed[len(text)+1:], nil
}

// Trust is whom the reader believes.
type Trust struct {
	Logs      []Key // any of them may have signed
	Witnesses []Key
	Quorum    int // how many of the witnesses must have cosigned
}

// Cosignature says which witness saw the checkpoint, and when.
type Cosignature struct {
	Witness Key
	At      time.Time
}

// Signed is a checkpoint whose signatures were checked.
type Signed struct {
	Checkpoint
	Note     []byte // all of it, as it came
	By       []Key  // keys of the log that signed
	Cosigned []Cosignature
	Unknown  int // signatures by keys that are not trusted, which say nothing
}

// Open checks the signatures of a checkpoint.
func (t Trust) Open(signed []byte) (*Signed, error) {
	if err := strict(signed); err != nil {
		return nil, err
	}
	var all []note.Verifier
	for _, k := range slices.Concat(t.Logs, t.Witnesses) {
		if !slices.ContainsFunc(all, func(v note.Verifier) bool { return v == note.Verifier(k) }) {
			all = append(all, k)
		}
	}
	n, err := note.Open(signed, note.VerifierList(all...))
	var unverified *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	switch {
	case errors.As(err, &invalid):
		return nil, fail(ErrSignature, "the signature of "+quote(invalid.Name)+" does not fit the checkpoint")
	case errors.As(err, &unverified):
		return nil, t.unsigned(unverified.Note)
	case err != nil:
		f := fail(ErrForm, "this is not a signed checkpoint")
		f.Cause = err
		return nil, f
	}
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return nil, err
	}
	s := &Signed{Checkpoint: c, Note: signed, Unknown: len(n.UnverifiedSigs)}
	for _, sig := range n.Sigs {
		s.take(sig, t)
	}
	if len(s.By) == 0 {
		return nil, t.unsigned(n)
	}
	if len(s.Cosigned) < t.Quorum {
		return nil, t.short(s)
	}
	return s, nil
}

func (s *Signed) take(sig note.Signature, t Trust) {
	is := func(k Key) bool { return k.Name() == sig.Name && k.KeyHash() == sig.Hash }
	// A key signs for the log that has its name: the same key under another origin would be another log's word.
	if i := slices.IndexFunc(t.Logs, is); i >= 0 && t.Logs[i].Name() == s.Origin {
		s.By = append(s.By, t.Logs[i])
	}
	if i := slices.IndexFunc(t.Witnesses, is); i >= 0 {
		raw, err := base64.StdEncoding.DecodeString(sig.Base64)
		if err == nil && len(raw) > 12 { // it was verified, so it is
			s.Cosigned = append(s.Cosigned, Cosignature{t.Witnesses[i], time.Unix(int64(binary.BigEndian.Uint64(raw[4:])), 0).UTC()})
		}
	}
}

func (t Trust) unsigned(n *note.Note) error {
	var by, want []string
	for _, s := range slices.Concat(n.Sigs, n.UnverifiedSigs) {
		by = append(by, fmt.Sprintf("%s+%08x", s.Name, s.Hash))
	}
	for _, k := range t.Logs {
		want = append(want, fmt.Sprintf("%s+%08x", k.Name(), k.KeyHash()))
	}
	return fail(ErrSignature, fmt.Sprintf("the checkpoint is signed by %s, not by a trusted key of its log (%s)", list(by), list(want)))
}

func (t Trust) short(s *Signed) error {
	var missing []string
	for _, k := range t.Witnesses {
		if !slices.ContainsFunc(s.Cosigned, func(c Cosignature) bool { return c.Witness == k }) {
			missing = append(missing, quote(k.Name()))
		}
	}
	return fail(ErrWitnesses, fmt.Sprintf("%d of the %d witnesses asked for have cosigned; missing: %s", len(s.Cosigned), t.Quorum, list(missing)))
}

// strict refuses what note.Open reads in two ways: base64 with bits that nothing depends on. Of one checkpoint with its
// signatures there is one writing, so that no byte can change unseen.
func strict(signed []byte) error {
	_, sigs, found := bytes.Cut(signed, []byte("\n\n"))
	if !found {
		return fail(ErrForm, "the checkpoint has no signatures")
	}
	for line := range strings.Lines(string(sigs)) {
		i := strings.LastIndexByte(line, ' ')
		if raw, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSuffix(line[i+1:], "\n")); err != nil || len(raw) < 5 {
			return fail(ErrForm, "a signature of the checkpoint is not written as it must be")
		}
	}
	return nil
}

// Continues holds one state of a log to be a continuation of another, by a consistency proof.
func (c Checkpoint) Continues(old Checkpoint, proof []Hash) error {
	if c.Origin != old.Origin {
		return fail(ErrConsistency, fmt.Sprintf("%s and %s are two different logs", quote(c.Origin), quote(old.Origin)))
	}
	differs := fail(ErrConsistency, fmt.Sprintf("the tree of %d entries is not a continuation of the one of %d entries", c.Size, old.Size))
	switch {
	case c.Size < old.Size:
		return fail(ErrConsistency, fmt.Sprintf("the log has %d entries and had %d before", c.Size, old.Size))
	case old.Size == 0 || old.Size == c.Size:
		if len(proof) > 0 {
			return fail(ErrForm, "where nothing is to be proved, there is a proof")
		}
		if old.Size == c.Size && old.Root != c.Root {
			return differs
		}
	default:
		if err := tlog.CheckTree(proof, c.Size, c.Root, old.Size, old.Root); err != nil {
			differs.Cause = err
			return differs
		}
	}
	return nil
}

func quote(s string) string { return strconv.Quote(s) }

func list(s []string) string {
	if len(s) == 0 {
		return "nobody"
	}
	return strings.Join(s, ", ")
}

// only checks that a note carries the signature of one key.
func only(signed []byte, k Key) error {
	if _, err := note.Open(signed, note.VerifierList(k)); err != nil {
		f := fail(ErrSignature, "the signature of "+quote(k.Name())+" does not fit the checkpoint")
		f.Cause = err
		return f
	}
	return nil
}

// Peek reads origin and text of a note without believing them: to find out whose signature to look for.
func Peek(signed []byte) (origin, text string, err error) {
	body, _, found := bytes.Cut(signed, []byte("\n\n"))
	if !found {
		return "", "", fail(ErrForm, "the checkpoint has no signatures")
	}
	text = string(body) + "\n"
	c, err := ParseCheckpoint(text)
	return c.Origin, text, err
}
