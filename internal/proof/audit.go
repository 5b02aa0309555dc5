package proof

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Fetch gives a part of a log by its path below the log's prefix, or an error that is ErrMissing.
type Fetch func(ctx context.Context, path string) ([]byte, error)

// CheckpointPath is where a log's newest checkpoint is.
const CheckpointPath = "checkpoint"

// Newest fetches the newest checkpoint of a log and checks its signatures.
func Newest(ctx context.Context, fetch Fetch, trust Trust) (*Signed, error) {
	data, err := fetch(ctx, CheckpointPath)
	if err != nil {
		return nil, fmt.Errorf("fetch the checkpoint: %w", err)
	}
	return trust.Open(data)
}

// Tile fetches a tile, and where a narrow one is gone, the wide one that has come in its place.
func (f Fetch) Tile(ctx context.Context, t Tile) ([]byte, error) {
	data, err := f(ctx, t.Path())
	if t.Width == TileWidth || err == nil {
		return data, err
	}
	if !errors.Is(err, ErrMissing) {
		return nil, err
	}
	wide := t
	wide.Width = TileWidth
	data, err2 := f(ctx, wide.Path())
	if err2 != nil {
		return nil, err
	}
	if t.Level != Entries {
		return data[:min(len(data), t.Width*HashSize)], nil
	}
	all, err := ParseEntries(data, TileWidth)
	if err != nil {
		return nil, err
	}
	return FormatEntries(all[:t.Width])
}

// Extends proves from a log's tiles that its state now continues an old one, without its entries.
func Extends(ctx context.Context, fetch Fetch, old, now Checkpoint) error {
	if old.Origin != now.Origin || old.Size > now.Size || old.Size == now.Size || old.Size == 0 {
		return now.Continues(old, nil)
	}
	r := Verified(ctx, fetch, now)
	proof, err := tlog.ProveTree(now.Size, old.Size, r)
	if err != nil {
		return fmt.Errorf("prove that the log continues: %w", err)
	}
	return now.Continues(old, proof)
}

// Verified reads the hashes of a log out of its tiles, and holds each tile to the checkpoint.
func Verified(ctx context.Context, fetch Fetch, c Checkpoint) tlog.HashReader {
	return tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: c.Root}, &tileReader{ctx, fetch, map[tlog.Tile][]byte{}})
}

type tileReader struct {
	ctx   context.Context
	fetch Fetch
	saved map[tlog.Tile][]byte
}

// Height implements tlog.TileReader.
func (*tileReader) Height() int { return height }

// ReadTiles implements tlog.TileReader.
func (r *tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(tiles))
	for i, t := range tiles {
		if data, ok := r.saved[t]; ok {
			all[i] = data
			continue
		}
		ours := Tile{Level: t.L, N: t.N, Width: t.W}
		data, err := r.fetch.Tile(r.ctx, ours)
		if err != nil {
			return nil, err
		}
		if len(data) != t.W*HashSize {
			return nil, fail(ErrTile, fmt.Sprintf("%s has %d bytes, want %d", ours.Path(), len(data), t.W*HashSize))
		}
		all[i] = data
	}
	return all, nil
}

// SaveTiles implements tlog.TileReader: what arrives here was verified.
func (r *tileReader) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for i, t := range tiles {
		r.saved[t] = data[i]
	}
}

// Follow gives the entries from a place to the end of a state, each held to the tree. Extends comes first.
func Follow(ctx context.Context, fetch Fetch, c Checkpoint, from int64, each func(index int64, entry []byte) error) error {
	r := Verified(ctx, fetch, c)
	for from < c.Size {
		t := TileAt(Entries, from, c.Size)
		entries, err := fetchEntries(ctx, fetch, t)
		if err != nil {
			return err
		}
		indexes := make([]int64, 0, t.Width)
		for i := from; i < t.Start()+int64(t.Width); i++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, i))
		}
		hashes, err := r.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for _, h := range hashes {
			entry := entries[from-t.Start()]
			if EntryHash(entry) != h {
				return fail(ErrEntry, fmt.Sprintf("entry %d, in %s, does not have the hash that the signed tree has for it", from, t.Path()))
			}
			if err := each(from, entry); err != nil {
				return err
			}
			from++
		}
	}
	return nil
}

func fetchEntries(ctx context.Context, fetch Fetch, t Tile) ([][]byte, error) {
	data, err := fetch.Tile(ctx, t)
	if err != nil {
		return nil, err
	}
	entries, err := ParseEntries(data, t.Width)
	var f *Failure
	if errors.As(err, &f) {
		f.What = t.Path() + ": " + f.What
	}
	return entries, err
}

// Audit reads a whole log, entries and tiles of every level, and builds the tree anew. What does not fit is named: the
// entry, the tile with the place in it, or the checkpoint.
func Audit(ctx context.Context, fetch Fetch, c Checkpoint, each func(index int64, entry []byte) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a := &audit{ctx: ctx, fetch: fetch, c: c}
	edge := &Edge{full: map[Tile][]byte{}}
	from := int64(0)
	for next := range a.ahead() {
		p := <-next
		if p.err != nil {
			return p.err
		}
		if err := a.leaves(p); err != nil {
			return err
		}
		for i, e := range p.entries {
			edge.Add(EntryHash(e))
			if each == nil {
				continue
			}
			if err := each(from+int64(i), e); err != nil {
				return err
			}
		}
		from += TileWidth
		for t, want := range edge.full {
			if err := a.same(t, want); err != nil {
				return err
			}
		}
		clear(edge.full)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	root, err := edge.Root()
	if err != nil {
		return err
	}
	for t, want := range edge.Tiles() {
		if err := a.same(t, want); err != nil {
			return err
		}
	}
	if root != c.Root {
		return fail(ErrConsistency, fmt.Sprintf("the %d entries have the root %s, and %s was signed", c.Size, root, c.Root))
	}
	return nil
}

type audit struct {
	ctx   context.Context
	fetch Fetch
	c     Checkpoint
}

// part is a bundle with the tile of its hashes.
type part struct {
	at      Tile
	entries [][]byte
	hashes  []byte
	err     error
}

// ahead fetches a few parts at once, since over a network most of the time is waiting, and gives them in order.
func (a *audit) ahead() <-chan chan part {
	const atOnce = 8
	queue := make(chan chan part, atOnce)
	go func() {
		defer close(queue)
		for from := int64(0); from < a.c.Size; from += TileWidth {
			next := make(chan part, 1)
			select {
			case queue <- next:
			case <-a.ctx.Done():
				return
			}
			go func() {
				p := part{at: TileAt(Entries, from, a.c.Size)}
				if p.entries, p.err = fetchEntries(a.ctx, a.fetch, p.at); p.err == nil {
					p.hashes, p.err = a.fetch.Tile(a.ctx, Tile{Level: 0, N: p.at.N, Width: p.at.Width})
				}
				next <- p
			}()
		}
	}()
	return queue
}

// leaves compares entries with the lowest tile. Which of the two was changed, the tile above knows, or the root.
func (a *audit) leaves(p part) error {
	t, data := p.at, p.hashes
	low := Tile{Level: 0, N: t.N, Width: t.Width}
	if len(data) != low.Width*HashSize {
		return fail(ErrTile, fmt.Sprintf("%s has %d bytes, want %d", low.Path(), len(data), low.Width*HashSize))
	}
	for i, e := range p.entries {
		h := EntryHash(e)
		if bytes.Equal(h[:], data[i*HashSize:(i+1)*HashSize]) {
			continue
		}
		index := t.Start() + int64(i)
		signed, err := Verified(a.ctx, a.fetch, a.c).ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		if err == nil && signed[0] != h {
			return fail(ErrEntry, fmt.Sprintf("entry %d, in %s, does not have the hash that the signed tree has for it", index, t.Path()))
		}
		return fail(ErrTile, fmt.Sprintf("%s is wrong at place %d: it is not the hash of entry %d", low.Path(), i, index))
	}
	return nil
}

// same compares a tile with what the entries below it give.
func (a *audit) same(t Tile, want []byte) error {
	if t.Level == 0 {
		return nil // compared entry by entry
	}
	got, err := a.fetch.Tile(a.ctx, t)
	if err != nil {
		return err
	}
	for i := 0; i < len(want); i += HashSize {
		if len(got) < i+HashSize || !bytes.Equal(got[i:i+HashSize], want[i:i+HashSize]) {
			return fail(ErrTile, fmt.Sprintf("%s is wrong at place %d: it is not what the entries below it give", t.Path(), i/HashSize))
		}
	}
	if len(got) != len(want) {
		return fail(ErrTile, fmt.Sprintf("%s has %d bytes, want %d", t.Path(), len(got), len(want)))
	}
	return nil
}
