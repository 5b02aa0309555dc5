package proof_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"stoa/internal/proof"
)

var (
	drawName = rapid.StringMatching(`[a-z][a-z0-9_.-]{0,8}`)
	drawText = rapid.String().Filter(func(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) })
	drawID   = rapid.StringMatching(`[!-~]{1,30}`)
)

func drawLeaf(t *rapid.T) *proof.Leaf {
	l := &proof.Leaf{Kind: drawName.Draw(t, "kind"), ID: drawID.Draw(t, "id"), Organisation: drawID.Draw(t, "organisation"),
		At: time.UnixMicro(rapid.Int64Range(-1<<50, 1<<55).Draw(t, "at")).UTC()}
	for range rapid.IntRange(0, 3).Draw(t, "refs") {
		l.Refs = append(l.Refs, proof.Ref{Kind: drawName.Draw(t, "ref"), ID: drawID.Draw(t, "of")})
	}
	names := rapid.SliceOfNDistinct(drawName, 0, 6, rapid.ID[string]).Draw(t, "names")
	for i, name := range names {
		if i%2 == 0 {
			l.Fields = append(l.Fields, proof.Field{Name: name, Value: drawText.Draw(t, "value")})
			continue
		}
		o := proof.Opening{Name: name, Value: drawText.Draw(t, "secret")}
		copy(o.Salt[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "salt"))
		l.Hide(o)
		if err := l.Opens(o); err != nil {
			t.Fatal(err)
		}
		o.Value += "x"
		if l.Opens(o) == nil {
			t.Fatal("another value opens it")
		}
	}
	return l
}

// TestLeafHasOneWriting: what is read back is what was written, and nothing else reads as it.
func TestLeafHasOneWriting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLeaf(t)
		b, err := l.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		back, err := proof.ParseLeaf(b)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprintf("%#v", back) != fmt.Sprintf("%#v", l) {
			t.Fatalf("%#v became %#v", l, back)
		}
		i := rapid.IntRange(0, len(b)-1).Draw(t, "byte")
		changed := slices.Clone(b)
		changed[i] ^= byte(rapid.IntRange(1, 255).Draw(t, "with"))
		if other, err := proof.ParseLeaf(changed); err == nil {
			again, err := other.Bytes()
			if err != nil || !bytes.Equal(again, changed) {
				t.Fatalf("%x is read, but written as %x (%v)", changed, again, err)
			}
		}
	})
}

// slowRoot is RFC 6962, section 2.1, word by word.
func slowRoot(entries [][]byte) [32]byte {
	switch n := len(entries); n {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, entries[0]...))
	default:
		k := 1
		for k*2 < n {
			k *= 2
		}
		l, r := slowRoot(entries[:k]), slowRoot(entries[k:])
		return sha256.Sum256(slices.Concat([]byte{1}, l[:], r[:]))
	}
}

// TestTheTreeGrowsAsInTheRFC: in whatever steps a tree grows, its root is that of the slow definition, its tiles are those
// that tlog makes, and proofs of inclusion and consistency hold and no others do.
func TestTheTreeGrowsAsInTheRFC(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tiles := map[[2]int64][]byte{}
		get := func(at proof.Tile) ([]byte, error) {
			data := tiles[[2]int64{int64(at.Level), at.N}]
			return data[:min(len(data), at.Width*proof.HashSize)], nil
		}
		var entries [][]byte
		var states []proof.Checkpoint
		w := &town{}
		for range rapid.IntRange(1, 5).Draw(t, "steps") {
			edge, err := proof.NewEdge(int64(len(entries)), get)
			if err != nil {
				t.Fatal(err)
			}
			for range rapid.OneOf(rapid.IntRange(0, 5), rapid.IntRange(250, 520)).Draw(t, "more") {
				e := fmt.Appendf(nil, "entry %d", len(entries))
				h, err := tlog.StoredHashes(int64(len(entries)), e, w)
				if err != nil {
					t.Fatal(err)
				}
				w.stored = append(w.stored, h...)
				entries = append(entries, e)
				edge.Add(proof.EntryHash(e))
			}
			for at, data := range edge.Tiles() {
				tiles[[2]int64{int64(at.Level), at.N}] = data
			}
			root, err := edge.Root()
			if err != nil || root != slowRoot(entries) {
				t.Fatalf("%d entries: root %s, %v", len(entries), root, err)
			}
			states = append(states, proof.Checkpoint{Origin: "o", Size: int64(len(entries)), Root: root})
		}
		now := states[len(states)-1]
		r := &proof.Tiles{Size: now.Size, Get: get}
		for _, tile := range tlog.NewTiles(8, 0, now.Size) {
			want, err := tlog.ReadTileData(tile, w)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := get(proof.Tile{Level: tile.L, N: tile.N, Width: tile.W}); !bytes.Equal(got, want) {
				t.Fatalf("tile %+v differs", tile)
			}
		}
		for _, old := range states {
			hashes, err := proof.Consistency(now.Size, old.Size, r)
			if err != nil {
				t.Fatal(err)
			}
			if err := now.Continues(old, hashes); err != nil {
				t.Fatal(err)
			}
			if old.Size > 0 && old.Size < now.Size {
				old.Root[3] ^= 1
				if now.Continues(old, hashes) == nil {
					t.Fatal("another old tree is continued")
				}
			}
		}
		if now.Size > 0 {
			i := rapid.Int64Range(0, now.Size-1).Draw(t, "index")
			hashes, err := proof.Inclusion(now.Size, i, r)
			if err != nil {
				t.Fatal(err)
			}
			if err := tlog.CheckRecord(hashes, now.Size, now.Root, i, proof.EntryHash(entries[i])); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestPaths(t *testing.T) {
	for _, c := range []struct {
		tile proof.Tile
		path string
	}{
		{proof.Tile{Level: 0, N: 0, Width: 256}, "tile/0/000"},
		{proof.Tile{Level: 1, N: 1234067, Width: 256}, "tile/1/x001/x234/067"}, // the example of c2sp.org/tlog-tiles
		{proof.Tile{Level: 0, N: 273, Width: 112}, "tile/0/273.p/112"},
		{proof.Tile{Level: proof.Entries, N: 1000, Width: 1}, "tile/entries/x001/000.p/1"},
	} {
		if got := c.tile.Path(); got != c.path {
			t.Errorf("%+v: %s, want %s", c.tile, got, c.path)
		}
		if got, ok := proof.ParsePath(c.path); !ok || got != c.tile {
			t.Errorf("%s: %+v, %v", c.path, got, ok)
		}
	}
	for _, bad := range []string{"", "tile", "tile/0", "tile/0/0", "tile/00/000", "tile/8/000", "tile/0/x000/001", "tile/0/001.p/0", "tile/0/001.p/256",
		"tile/0/001.p/01", "/tile/0/001", "tile/0/001/", "tile/data/001", "tile/-1/001", "tile/0/" + strings.Repeat("x999/", 9) + "999", "tile/7/001"} {
		if tile, ok := proof.ParsePath(bad); ok {
			t.Errorf("%q is read as %+v", bad, tile)
		}
	}
	// The tree of 70,000 entries of c2sp.org/tlog-tiles.
	for path, width := range map[string]int{"tile/0/272": 256, "tile/0/273.p/112": 112, "tile/1/000": 256, "tile/1/001.p/17": 17, "tile/2/000.p/1": 1} {
		at, _ := proof.ParsePath(path)
		if got := proof.TileAt(at.Level, at.N*256, 70_000); got.Width != width || got.Path() != path {
			t.Errorf("%s is %+v in a tree of 70,000", path, got)
		}
	}
}

// TestWhatALeafCannotBe is refused when it is made.
func TestWhatALeafCannotBe(t *testing.T) {
	good, _ := licence(t, 1)
	for name, spoil := range map[string]func(l *proof.Leaf){
		"kind":         func(l *proof.Leaf) { l.Kind = "Licence" },
		"no id":        func(l *proof.Leaf) { l.ID = "" },
		"nul":          func(l *proof.Leaf) { l.ID = "a\x00" },
		"organisation": func(l *proof.Leaf) { l.Organisation = strings.Repeat("x", 201) },
		"instant":      func(l *proof.Leaf) { l.At = l.At.Add(1) },
		"ref":          func(l *proof.Leaf) { l.Refs[0].Kind = "" },
		"not text":     func(l *proof.Leaf) { l.Fields[0].Value = "\xff" },
		"twice":        func(l *proof.Leaf) { l.Fields[1].Name = l.Fields[0].Name },
		"both":         func(l *proof.Leaf) { l.Hidden[0].Name = l.Fields[0].Name },
		"too long":     func(l *proof.Leaf) { l.Fields[0].Value = strings.Repeat("x", proof.MaxLeaf) },
		"too many":     func(l *proof.Leaf) { l.Refs = make([]proof.Ref, 1001) },
	} {
		l, _ := licence(t, 1)
		spoil(l)
		if _, err := l.Bytes(); err == nil {
			t.Errorf("%s passes", name)
		} else {
			wantFailure(t, err, proof.ErrForm)
		}
	}
	_, err := good.Bytes()
	must(t, err)
}
