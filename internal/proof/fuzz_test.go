package proof_test

import (
	"bytes"
	"context"
	"testing"

	"stoa/internal/proof"
)

// What arrives from outside never panics, and what is accepted is written in one way.

func FuzzParseLeaf(f *testing.F) {
	for _, b := range leaves(f, 3) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := proof.ParseLeaf(data)
		if err != nil {
			return
		}
		if again, err := l.Bytes(); len(data) <= proof.MaxLeaf && (err != nil || !bytes.Equal(again, data)) {
			t.Fatalf("%x is written as %x (%v)", data, again, err)
		}
	})
}

func FuzzVerify(f *testing.F) {
	w := newTown(f, leaves(f, 9))
	f.Add(w.bundle(3))
	f.Add(w.bundle(8))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := proof.Verify(data, w.trust())
		if err != nil {
			return
		}
		// Fewer openings are a good proof too; another leaf is not.
		b, err := proof.ParseBundle(data)
		if err != nil || !bytes.Equal(b.Format(), data) || !bytes.Equal(b.Leaf, w.entries[p.Index]) {
			t.Fatalf("%q passes", data)
		}
	})
}

func FuzzCheckpoint(f *testing.F) {
	w := newTown(f, leaves(f, 3))
	f.Add(w.signed)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := w.trust().Open(data)
		if err == nil && s.Checkpoint != w.Checkpoint {
			t.Fatalf("%q passes as %+v", data, s.Checkpoint)
		}
		_, _, _ = proof.Peek(data)
	})
}

func FuzzAsk(f *testing.F) {
	w := newTown(f, leaves(f, 300))
	hashes, err := proof.Consistency(300, 77, w)
	must(f, err)
	f.Add((&proof.Ask{Old: 77, Proof: hashes, Checkpoint: w.signed}).Format())
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := proof.ParseAsk(data)
		if err == nil && !bytes.Equal(a.Format(), data) {
			t.Fatalf("%q is written as %q", data, a.Format())
		}
	})
}

func FuzzParsers(f *testing.F) {
	f.Add([]byte("\x00\x01a\x00\x00"), "tile/0/x001/234.p/7", signer(f, origin, 1).Key().String())
	f.Fuzz(func(t *testing.T, data []byte, path, key string) {
		for width := range 4 {
			if all, err := proof.ParseEntries(data, width); err == nil {
				if again, err := proof.FormatEntries(all); err != nil || !bytes.Equal(again, data) {
					t.Fatalf("%x is written as %x", data, again)
				}
			}
		}
		if tile, ok := proof.ParsePath(path); ok && tile.Path() != path {
			t.Fatalf("%s is written as %s", path, tile.Path())
		}
		if k, err := proof.ParseKey(key); err == nil {
			if again, err := proof.ParseKey(k.String()); err != nil || again != k {
				t.Fatalf("%s is written as %s", key, k)
			}
		}
		_, _ = proof.ParseSigner(key)
	})
}

// BenchmarkVerify is what checking a proof in the hand costs, in a log of ten thousand entries; bytes is its size.
func BenchmarkVerify(b *testing.B) {
	w := newTown(b, leaves(b, 10_000))
	data := w.bundle(9_000)
	b.ReportMetric(float64(len(data)), "bytes")
	for b.Loop() {
		if _, err := proof.Verify(data, w.trust()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAudit is what checking a whole log costs, by entries.
func BenchmarkAudit(b *testing.B) {
	w := newTown(b, leaves(b, 10_000))
	for b.Loop() {
		if err := proof.Audit(context.Background(), w.fetch, w.Checkpoint, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(10_000*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
