package proof_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"stoa/internal/proof"
)

func TestVerify(t *testing.T) {
	w := newTown(t, leaves(t, 300))
	for _, index := range []int{0, 1, 255, 256, 299} {
		p, err := proof.Verify(w.bundle(index), w.trust())
		must(t, err)
		want, openings := licence(t, index)
		if p.Leaf.ID != want.ID || p.Index != int64(index) || p.Size != 300 || len(p.Opened) != 2 || p.Opened[0].Value != openings[0].Value ||
			len(p.Cosigned) != 1 || !p.Cosigned[0].At.Equal(time.Unix(1_772_600_000, 0)) || p.By[0] != w.key.Key() {
			t.Errorf("entry %d: %+v", index, p)
		}
	}
}

// TestAProofInsideAPDF is found and judged like any, and a PDF without one, or with half of one, is refused.
func TestAProofInsideAPDF(t *testing.T) {
	w := newTown(t, leaves(t, 300))
	bundle := w.bundle(7)
	pdf := slices.Concat([]byte("%PDF-1.7\n1 0 obj\n<</Length 3>>\nstream\nabc\nendstream\nendobj\n2 0 obj\n<</Type /EmbeddedFile>>\nstream\n"), bundle, []byte("\nendstream\nendobj\n%%EOF\n"))
	if !bytes.Equal(proof.Carried(pdf), bundle) || !bytes.Equal(proof.Carried(bundle), bundle) {
		t.Error("what is carried is not the bundle")
	}
	p, err := proof.Verify(pdf, w.trust())
	must(t, err)
	if p.Index != 7 {
		t.Errorf("entry %d", p.Index)
	}
	at := bytes.Index(pdf, bundle)
	changed := bytes.Clone(pdf)
	changed[at+len(bundle)/2] ^= 1
	for name, data := range map[string][]byte{"changed": changed, "none": []byte("%PDF-1.7\n%%EOF\n"), "cut off": pdf[:at+len(bundle)/2]} {
		var failure *proof.Failure
		if _, err := proof.Verify(data, w.trust()); !errors.As(err, &failure) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEveryFlippedByteOfABundle: no byte can change without a failure that says what it means.
func TestEveryFlippedByteOfABundle(t *testing.T) {
	w := newTown(t, leaves(t, 300))
	whole := w.bundle(257)
	trust := w.trust()
	kinds := map[error]int{}
	for i := range whole {
		for _, with := range []byte{1, 0x20, 0x80} {
			changed := slices.Clone(whole)
			changed[i] ^= with
			_, err := proof.Verify(changed, trust)
			if err == nil {
				t.Fatalf("byte %d of %d, %q for %q: not found", i, len(whole), changed[i], whole[i])
			}
			kinds[wantFailure(t, err, nil).Why]++
		}
	}
	for _, kind := range []error{proof.ErrForm, proof.ErrSignature, proof.ErrWitnesses, proof.ErrInclusion, proof.ErrOpening} {
		if kinds[kind] == 0 {
			t.Errorf("no change of a byte was %v", kind)
		}
	}
	for _, changed := range [][]byte{nil, whole[:len(whole)-1], append(slices.Clone(whole), '\n'), append(slices.Clone(whole), whole...),
		[]byte(strings.ReplaceAll(string(whole), "\n", "\r\n"))} {
		if _, err := proof.Verify(changed, trust); err == nil {
			t.Errorf("%d bytes pass", len(changed))
		}
	}
}

// TestEveryFileOfALog: a changed byte in a tile, an entry or the checkpoint is found, and the place is named.
func TestEveryFileOfALog(t *testing.T) {
	w := newTown(t, leaves(t, 600))
	must(t, w.audit())
	rnd := rand.New(rand.NewPCG(1, 2))
	for path, whole := range w.files {
		places := []int{0, 1, 2, len(whole) - 1}
		for range 12 {
			places = append(places, rnd.IntN(len(whole)))
		}
		for _, i := range places {
			changed := slices.Clone(whole)
			changed[i] ^= 1 << rnd.IntN(8)
			w.files[path] = changed
			err := w.audit()
			f := wantFailure(t, err, nil)
			switch {
			case path == proof.CheckpointPath:
				if !slices.Contains([]error{proof.ErrForm, proof.ErrSignature, proof.ErrWitnesses}, f.Why) {
					t.Errorf("checkpoint, byte %d: %v", i, err)
				}
			case strings.HasPrefix(path, "tile/entries/"):
				if !strings.Contains(f.What, path) || f.Why != proof.ErrEntry && f.Why != proof.ErrForm {
					t.Errorf("%s, byte %d: %v", path, i, err)
				}
			default:
				if !strings.Contains(f.What, path) || f.Why != proof.ErrTile {
					t.Errorf("%s, byte %d: %v", path, i, err)
				}
				if level0 := strings.HasPrefix(path, "tile/0/"); level0 && !strings.Contains(f.What, fmt.Sprintf("place %d:", i/32)) {
					t.Errorf("%s, byte %d: the wrong place in %v", path, i, err)
				}
			}
		}
		delete(w.files, path)
		if err := w.audit(); !errors.Is(err, proof.ErrMissing) {
			t.Errorf("%s taken away: %v", path, err)
		}
		w.files[path] = whole
	}
	must(t, w.audit())
}

// TestARewrittenLog: whoever has the key can sign other entries, and whoever kept an old checkpoint finds out.
func TestARewrittenLog(t *testing.T) {
	all := leaves(t, 700)
	old, now := newTown(t, all[:400]), newTown(t, all)
	must(t, proof.Extends(t.Context(), now.fetch, old.Checkpoint, now.Checkpoint))
	must(t, now.audit())
	other := slices.Clone(all)
	other[13] = append(slices.Clone(other[13][:len(other[13])-1]), other[13][len(other[13])-1]^1)
	forged := newTown(t, other)
	must(t, forged.audit())
	f := wantFailure(t, proof.Extends(t.Context(), forged.fetch, old.Checkpoint, forged.Checkpoint), proof.ErrConsistency)
	if !strings.Contains(f.Means, "rewritten") {
		t.Error(f)
	}
	wantFailure(t, proof.Extends(t.Context(), old.fetch, now.Checkpoint, old.Checkpoint), proof.ErrConsistency)
	same := newTown(t, other[:400])
	wantFailure(t, proof.Extends(t.Context(), same.fetch, old.Checkpoint, same.Checkpoint), proof.ErrConsistency)
	elsewhere := old.Checkpoint
	elsewhere.Origin = "other.example"
	wantFailure(t, proof.Extends(t.Context(), now.fetch, elsewhere, now.Checkpoint), proof.ErrConsistency)
}

func TestTrust(t *testing.T) {
	w := newTown(t, leaves(t, 3))
	stranger := signer(t, origin, 7)
	key, witness := w.key.Key(), w.witness.Key().AsWitness()
	another := signer(t, "second.example", 8).Key().AsWitness()
	for name, c := range map[string]struct {
		trust proof.Trust
		why   error
		says  string
	}{
		"nobody":                 {proof.Trust{}, proof.ErrSignature, "not by a trusted key"},
		"a stranger":             {proof.Trust{Logs: []proof.Key{stranger.Key()}}, proof.ErrSignature, stranger.Key().Name()},
		"only the witness":       {proof.Trust{Witnesses: []proof.Key{witness}, Quorum: 1}, proof.ErrSignature, ""},
		"the witness as a log":   {proof.Trust{Logs: []proof.Key{witness}}, proof.ErrSignature, ""},
		"two of two witnesses":   {proof.Trust{Logs: []proof.Key{key}, Witnesses: []proof.Key{witness, another}, Quorum: 2}, proof.ErrWitnesses, "second.example"},
		"the same witness twice": {proof.Trust{Logs: []proof.Key{key}, Witnesses: []proof.Key{witness, witness}, Quorum: 2}, proof.ErrWitnesses, ""},
		"one of two":             {proof.Trust{Logs: []proof.Key{stranger.Key(), key}, Witnesses: []proof.Key{another, witness}, Quorum: 1}, nil, ""},
		"no witness asked for":   {proof.Trust{Logs: []proof.Key{key}}, nil, ""},
	} {
		s, err := c.trust.Open(w.signed)
		if c.why == nil {
			if err != nil || len(s.By) != 1 {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if f := wantFailure(t, err, c.why); !strings.Contains(f.What, c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The key of one log under the name of another is another log's word.
	foreign, err := proof.Checkpoint{Origin: "other.example", Size: 1}.Sign(w.key)
	must(t, err)
	_, err = w.trust().Open(foreign)
	wantFailure(t, err, proof.ErrSignature)
	// A second key beside the first: whoever trusts either is satisfied.
	next := signer(t, origin, 5)
	both, err := w.Sign(w.key, next)
	must(t, err)
	for _, k := range []proof.Key{w.key.Key(), next.Key()} {
		s, err := proof.Trust{Logs: []proof.Key{k}}.Open(both)
		must(t, err)
		if s.Unknown != 1 {
			t.Errorf("%d unknown signatures", s.Unknown)
		}
	}
}
