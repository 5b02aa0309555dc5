package proof_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"stoa/internal/proof"
)

var update = flag.Bool("update", false, "rewrite testdata/*.golden")

const origin = "log.greenvale.example/log"

// seeded gives the same keys and salts in every run.
func seeded(n byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{'p', 'r', 'o', 'o', 'f', n}) }

func signer(t testing.TB, name string, n byte) *proof.Signer {
	t.Helper()
	s, err := proof.NewSigner(name, seeded(n))
	must(t, err)
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		must(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what was frozen:\n got %q\nwant %q\nThese bytes are hashed and signed: another form needs another tag", path, got, want)
	}
}

// licence is a leaf with everything in it, and what opens it.
func licence(t testing.TB, n int) (*proof.Leaf, []proof.Opening) {
	t.Helper()
	l := &proof.Leaf{Kind: "licence.issued", ID: fmt.Sprintf("L-2026-%06d", n), Organisation: "licensing",
		At:     time.Date(2026, 3, 4, 5, 6, 7, 890123000, time.UTC).Add(time.Duration(n) * time.Minute),
		Refs:   []proof.Ref{{Kind: "case", ID: "01j00000000000000000000000"}, {Kind: "service", ID: "premises-licence"}},
		Fields: []proof.Field{{Name: "until", Value: "2031-03-04"}, {Name: "conditions", Value: "Music ends at 23:00.\nنعم"}, {Name: "note", Value: ""}}}
	salts := seeded(byte(n))
	var all []proof.Opening
	for _, f := range []proof.Field{{Name: "holder.name", Value: "Ada Ågren"}, {Name: "holder.address", Value: "1 High Street"}} {
		o := proof.Opening{Name: f.Name, Value: f.Value}
		if _, err := salts.Read(o.Salt[:]); err != nil {
			t.Fatal(err)
		}
		l.Hide(o)
		all = append(all, o)
	}
	return l, all
}

// town is a log made the slow way: every tile from all entries by tlog, in a map.
type town struct {
	t       testing.TB
	entries [][]byte
	stored  []tlog.Hash
	files   map[string][]byte
	key     *proof.Signer
	witness *proof.Signer
	signed  []byte
	proof.Checkpoint
}

func (w *town) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	all := make([]tlog.Hash, len(indexes))
	for i, n := range indexes {
		all[i] = w.stored[n]
	}
	return all, nil
}

func newTown(t testing.TB, entries [][]byte) *town {
	t.Helper()
	w := &town{t: t, entries: entries, files: map[string][]byte{}, key: signer(t, origin, 1), witness: signer(t, "witness.example", 2)}
	for i, e := range entries {
		h, err := tlog.StoredHashes(int64(i), e, w)
		must(t, err)
		w.stored = append(w.stored, h...)
	}
	size := int64(len(entries))
	root, err := tlog.TreeHash(size, w)
	must(t, err)
	w.Checkpoint = proof.Checkpoint{Origin: origin, Size: size, Root: root}
	if size > 0 {
		for _, tile := range tlog.NewTiles(8, 0, size) {
			data, err := tlog.ReadTileData(tile, w)
			must(t, err)
			w.files[proof.Tile{Level: tile.L, N: tile.N, Width: tile.W}.Path()] = data
		}
	}
	for from := int64(0); from < size; from += proof.TileWidth {
		at := proof.TileAt(proof.Entries, from, size)
		data, err := proof.FormatEntries(entries[from : from+int64(at.Width)])
		must(t, err)
		w.files[at.Path()] = data
	}
	w.signed, err = w.Sign(w.key)
	must(t, err)
	line, err := w.Cosign(w.witness, time.Unix(1_772_600_000, 0))
	must(t, err)
	w.signed = append(w.signed, line...)
	w.files[proof.CheckpointPath] = w.signed
	return w
}

func (w *town) trust() proof.Trust {
	return proof.Trust{Logs: []proof.Key{w.key.Key()}, Witnesses: []proof.Key{w.witness.Key().AsWitness()}, Quorum: 1}
}

func (w *town) fetch(_ context.Context, path string) ([]byte, error) {
	data, ok := w.files[path]
	if !ok {
		return nil, &proof.Failure{Why: proof.ErrMissing, What: path + " is not there"}
	}
	return data, nil
}

// audit is what stoa verify does with a whole log.
func (w *town) audit() error {
	ctx := context.Background()
	s, err := proof.Newest(ctx, w.fetch, w.trust())
	if err != nil {
		return err
	}
	return proof.Audit(ctx, w.fetch, s.Checkpoint, func(_ int64, entry []byte) error {
		_, err := proof.ParseLeaf(entry)
		return err
	})
}

func leaves(t testing.TB, n int) (all [][]byte) {
	t.Helper()
	for i := range n {
		l, _ := licence(t, i)
		b, err := l.Bytes()
		must(t, err)
		all = append(all, b)
	}
	return all
}

// bundle is the proof of one entry with all its openings.
func (w *town) bundle(index int) []byte {
	w.t.Helper()
	_, openings := licence(w.t, index)
	hashes, err := proof.Inclusion(w.Size, int64(index), w)
	must(w.t, err)
	b := proof.Bundle{Leaf: w.entries[index], Openings: openings, Index: int64(index), Proof: hashes, Checkpoint: w.signed}
	return b.Format()
}

func wantFailure(t testing.TB, err error, why error) *proof.Failure {
	t.Helper()
	var f *proof.Failure
	if !errors.As(err, &f) || why != nil && !errors.Is(err, why) {
		t.Fatalf("want a failure (%v), got %v", why, err)
	}
	if f.What == "" || f.Means == "" {
		t.Fatalf("%#v does not say what it means", f)
	}
	return f
}
