package proof

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// EntryHash is the hash of an entry in the tree.
func EntryHash(entry []byte) Hash { return tlog.RecordHash(entry) }

// Tiles reads hashes of a tree out of its tiles. It believes what it is given: for a tree of one's own.
type Tiles struct {
	Size int64 // of the tree in view: no tile is asked for wider than it has
	Get  func(Tile) ([]byte, error)

	had map[Tile][]byte
}

// ReadHashes implements tlog.HashReader.
func (t *Tiles) ReadHashes(indexes []int64) ([]Hash, error) {
	if t.had == nil {
		t.had = map[Tile][]byte{}
	}
	all := make([]Hash, len(indexes))
	for i, index := range indexes {
		at := tlog.TileForIndex(height, index)
		tile := TileAt(at.L, at.N*TileWidth, t.Size)
		data, ok := t.had[tile]
		if !ok {
			var err error
			if data, err = t.Get(tile); err != nil {
				return nil, err
			}
			t.had[tile] = data
		}
		if tile.Width < at.W || len(data) != tile.Width*HashSize {
			return nil, fail(ErrTile, fmt.Sprintf("%s has %d bytes, want %d", tile.Path(), len(data), tile.Width*HashSize))
		}
		at.W = tile.Width
		h, err := tlog.HashFromTile(at, data, index)
		if err != nil {
			return nil, fmt.Errorf("read a hash out of %s: %w", tile.Path(), err)
		}
		all[i] = h
	}
	return all, nil
}

// Root is the root of the tree of this size. What has more entries than the tiles is refused by them.
func Root(size int64, r tlog.HashReader) (Hash, error) { return tlog.TreeHash(size, r) }

// Inclusion proves that entry index is in the tree of this size.
func Inclusion(size, index int64, r tlog.HashReader) ([]Hash, error) {
	if index < 0 || index >= size {
		return nil, fmt.Errorf("entry %d is not in a tree of %d", index, size)
	}
	return tlog.ProveRecord(size, index, r)
}

// Consistency proves that the tree of this size continues the one of the old size.
func Consistency(size, old int64, r tlog.HashReader) ([]Hash, error) {
	if old == 0 || old == size {
		return nil, nil
	}
	if old < 0 || old > size {
		return nil, fmt.Errorf("a tree of %d does not continue one of %d", size, old)
	}
	return tlog.ProveTree(size, old, r)
}

// Edge is the right edge of a tree: all that must be known of it to let it grow.
type Edge struct {
	size  int64
	level [][]byte // hashes of the tile that is not full yet, level by level
	full  map[Tile][]byte
}

// NewEdge reads the edge of a tree of this size.
func NewEdge(size int64, get func(Tile) ([]byte, error)) (*Edge, error) {
	e := &Edge{size: size, full: map[Tile][]byte{}}
	for l := 0; size>>(height*l) > 0; l++ {
		var data []byte
		if in := size >> (height * l); in%TileWidth > 0 {
			t := TileAt(l, in, size)
			got, err := get(t)
			if err != nil {
				return nil, err
			}
			if len(got) != t.Width*HashSize {
				return nil, fail(ErrTile, fmt.Sprintf("%s has %d bytes, want %d", t.Path(), len(got), t.Width*HashSize))
			}
			data = append(data, got...)
		}
		e.level = append(e.level, data)
	}
	return e, nil
}

// Size is how many entries the tree has by now.
func (e *Edge) Size() int64 { return e.size }

// Add adds an entry by its hash.
func (e *Edge) Add(h Hash) {
	e.size++
	for l := 0; ; l++ {
		if l == len(e.level) {
			e.level = append(e.level, nil)
		}
		e.level[l] = append(e.level[l], h[:]...)
		if len(e.level[l]) < TileWidth*HashSize {
			return
		}
		t := Tile{Level: l, N: e.size>>(height*(l+1)) - 1, Width: TileWidth}
		e.full[t] = e.level[l]
		h = tileRoot(e.level[l])
		e.level[l] = nil
	}
}

// tileRoot is the root of what a full tile holds.
func tileRoot(data []byte) Hash {
	hashes := make([]Hash, len(data)/HashSize)
	for i := range hashes {
		hashes[i] = Hash(data[i*HashSize:])
	}
	for len(hashes) > 1 {
		for i := range len(hashes) / 2 {
			hashes[i] = tlog.NodeHash(hashes[2*i], hashes[2*i+1])
		}
		hashes = hashes[:len(hashes)/2]
	}
	return hashes[0]
}

// Tiles are those that were filled since NewEdge, and those of the edge.
func (e *Edge) Tiles() map[Tile][]byte {
	all := map[Tile][]byte{}
	for t, data := range e.full {
		all[t] = data
	}
	for l, data := range e.level {
		if len(data) > 0 {
			all[TileAt(l, e.size>>(height*l), e.size)] = data
		}
	}
	return all
}

// Root is the root of the tree.
func (e *Edge) Root() (Hash, error) {
	return tlog.TreeHash(e.size, &Tiles{Size: e.size, Get: func(t Tile) ([]byte, error) {
		if t.Width == TileWidth {
			return e.full[t], nil
		}
		return e.level[t.Level], nil
	}})
}
