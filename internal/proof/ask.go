package proof

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Ask is what a log sends to a witness (c2sp.org/tlog-witness, add-checkpoint).
type Ask struct {
	Old        int64 // size of the last checkpoint that the witness is thought to have cosigned
	Proof      []Hash
	Checkpoint []byte // a signed note
}

// Answer is what a witness says to it.
type Answer struct {
	Status int    // of HTTP
	Type   string // of the content
	Body   []byte
}

// MaxAsk is the most bytes that a witness reads.
const MaxAsk = 1 << 16

const maxProof = 63

// Format writes the body of the request.
func (a *Ask) Format() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "old %d\n", a.Old)
	for _, h := range a.Proof {
		out.WriteString(h.String() + "\n")
	}
	out.WriteString("\n")
	out.Write(a.Checkpoint)
	return out.Bytes()
}

// ParseAsk reads the body of a request.
func ParseAsk(data []byte) (*Ask, error) {
	malformed := func(what string) (*Ask, error) { return nil, fail(ErrForm, "the request "+what) }
	head, checkpoint, found := bytes.Cut(data, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	old, ok := strings.CutPrefix(lines[0], "old ")
	if !found || !ok || len(data) > MaxAsk {
		return malformed("does not have an old size, a proof and a checkpoint")
	}
	a := &Ask{Checkpoint: checkpoint}
	if a.Old, ok = parseSize(old); !ok {
		return malformed("has an old size that is no number")
	}
	if len(lines)-1 > maxProof {
		return malformed("has a longer proof than any tree needs")
	}
	for i, line := range lines[1:] {
		h, err := parseHash(line)
		if err != nil {
			return malformed("has no hash in its line " + strconv.Itoa(i+2))
		}
		a.Proof = append(a.Proof, h)
	}
	return a, nil
}

// Cosigned finds in a witness's answer the line that is its signature on the checkpoint.
func Cosigned(checkpoint, answer []byte, witness Key) (line []byte, err error) {
	text, _, found := bytes.Cut(checkpoint, []byte("\n\n"))
	if !found {
		return nil, fail(ErrForm, "the checkpoint has no signatures")
	}
	for line := range strings.Lines(string(answer)) {
		signed := append(append(bytes.Clone(text), "\n\n"...), line...)
		if !strings.HasPrefix(line, "— "+witness.Name()+" ") || strict(signed) != nil {
			continue // by another name: none of ours
		}
		if err := only(signed, witness); err != nil {
			return nil, err
		}
		return []byte(line), nil
	}
	return nil, fail(ErrSignature, "the witness "+quote(witness.Name())+" answered without a cosignature of its own")
}
