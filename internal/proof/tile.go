package proof

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// TileWidth is how many hashes, or entries, a full tile holds.
const TileWidth = 256

// height is TileWidth in levels of the tree.
const height = 8

// HashSize is how many bytes a hash of the tree has.
const HashSize = 32

// Entries is the level under which the entries themselves are served.
const Entries = -1

// Tile names a tile of a log, or an entry bundle (level Entries).
type Tile struct {
	Level int
	N     int64
	Width int // 1 to TileWidth
}

// Path is where the tile is served, below the log's prefix (c2sp.org/tlog-tiles).
func (t Tile) Path() string {
	p := ""
	for n := t.N; ; n /= 1000 {
		part := fmt.Sprintf("%03d", n%1000)
		if p == "" {
			p = part
		} else {
			p = "x" + part + "/" + p
		}
		if n < 1000 {
			break
		}
	}
	level := "entries"
	if t.Level != Entries {
		level = strconv.Itoa(t.Level)
	}
	p = "tile/" + level + "/" + p
	if t.Width < TileWidth {
		p += ".p/" + strconv.Itoa(t.Width)
	}
	return p
}

// Start is the first entry below the tile.
func (t Tile) Start() int64 { return t.N << (height * (max(t.Level, 0) + 1)) }

// maxLevel is beyond what 63 bits of entries can fill.
const maxLevel = 7

// ParsePath reads what Path wrote, and nothing else.
func ParsePath(path string) (t Tile, ok bool) {
	rest, ok := strings.CutPrefix(path, "tile/")
	level, rest, ok2 := strings.Cut(rest, "/")
	n, width, narrow := strings.Cut(rest, ".p/")
	if !ok || !ok2 || len(path) > 60 {
		return Tile{}, false
	}
	t = Tile{Level: Entries, Width: TileWidth}
	number := func(s string, most int64) int64 {
		n, err := strconv.ParseInt(s, 10, 64)
		ok = ok && err == nil && n >= 0 && n <= most
		return n
	}
	if level != "entries" {
		t.Level = int(number(level, maxLevel))
	}
	if narrow {
		t.Width = int(number(width, TileWidth-1))
	}
	t.N = number(strings.NewReplacer("x", "", "/", "").Replace(n), 1<<62>>(height*(max(t.Level, 0)+1)))
	// Whatever was read loosely is written in one way only.
	if !ok || t.Width == 0 || t.Path() != path {
		return Tile{}, false
	}
	return t, true
}

// TileAt is the tile that holds hash n of a level, as wide as it is in a tree of this size; its width is 0 where the
// tree has no such hash.
func TileAt(level int, n, size int64) Tile {
	in := size >> (height * max(level, 0)) // how many hashes the level has
	t := Tile{Level: level, N: n / TileWidth}
	t.Width = int(min(max(in-t.N*TileWidth, 0), TileWidth))
	return t
}

// FormatEntries writes an entry bundle: each entry after its length in two bytes.
func FormatEntries(entries [][]byte) ([]byte, error) {
	var b []byte
	for _, e := range entries {
		if len(e) > MaxLeaf {
			return nil, fail(ErrForm, fmt.Sprintf("an entry has %d bytes, more than %d", len(e), MaxLeaf))
		}
		b = binary.BigEndian.AppendUint16(b, uint16(len(e)))
		b = append(b, e...)
	}
	return b, nil
}

// ParseEntries reads a bundle of so many entries, which share its memory.
func ParseEntries(data []byte, width int) ([][]byte, error) {
	all := make([][]byte, 0, width)
	for range width {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, fail(ErrForm, fmt.Sprintf("the bundle breaks off in entry %d of %d", len(all)+1, width))
		}
		n := 2 + int(binary.BigEndian.Uint16(data))
		all = append(all, data[2:n:n])
		data = data[n:]
	}
	if len(data) > 0 {
		return nil, fail(ErrForm, fmt.Sprintf("the bundle goes on after its %d entries", width))
	}
	return all, nil
}
