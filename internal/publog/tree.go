package publog

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/proof"
	"stoa/internal/store"
)

// tree is the row that whoever changes the tree holds.
type tree struct {
	size      int64
	root      proof.Hash
	published int64
	holder    string
	fence     int64
	until     int64
}

// tree reads the row, and in a transaction that writes, holds it. Before the first leaf it is not there: then the tree
// is empty.
func (l *Log) tree(ctx context.Context, tx *store.Tx) (t tree, err error) {
	var root []byte
	err = tx.QueryRow(ctx, `SELECT size, root, published, holder, fence, lease_until FROM publog_tree WHERE log = $1`+tx.Lock(), l.name).
		Scan(&t.size, &root, &t.published, &t.holder, &t.fence, &t.until)
	if errors.Is(err, store.ErrNotFound) {
		t.published = -1
		t.root, err = proof.Root(0, nil)
		return t, err
	}
	if err != nil {
		return t, fmt.Errorf("read the tree: %w", err)
	}
	if copy(t.root[:], root) != len(t.root) {
		return t, errors.New("read the tree: its root is no hash")
	}
	return t, nil
}

// hashes reads the hashes of the tree out of its tiles.
func (l *Log) hashes(ctx context.Context, tx *store.Tx, size int64) *proof.Tiles {
	return &proof.Tiles{Size: size, Get: func(t proof.Tile) ([]byte, error) { return l.tile(ctx, tx, t) }}
}

// tile is a tile as wide as asked for, also where it has grown since.
func (l *Log) tile(ctx context.Context, tx *store.Tx, t proof.Tile) ([]byte, error) {
	var data []byte
	err := tx.QueryRow(ctx, `SELECT hashes FROM publog_tile WHERE log = $1 AND level = $2 AND n = $3`, l.name, t.Level, t.N).Scan(&data)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", t.Path(), err)
	}
	return data[:min(len(data), t.Width*proof.HashSize)], nil
}

// sound holds the tree to what was signed.
func (l *Log) sound(ctx context.Context, tx *store.Tx, t tree, signed proof.Checkpoint) error {
	is := proof.Checkpoint{Origin: signed.Origin, Size: t.size, Root: t.root}
	if t.size < signed.Size {
		return &Alarm{ErrRolledBack, signed, is}
	}
	root, err := proof.Root(signed.Size, l.hashes(ctx, tx, signed.Size))
	if err != nil {
		return fmt.Errorf("compute the root of %d entries: %w", signed.Size, err)
	}
	if root != signed.Root || t.size == signed.Size && t.root != signed.Root {
		is.Size, is.Root = signed.Size, root
		return &Alarm{ErrForked, signed, is}
	}
	return nil
}

// grow adds entries, by their hashes, to a tree whose row is held.
func (l *Log) grow(ctx context.Context, tx *store.Tx, t *tree, hashes []proof.Hash) error {
	edge, err := proof.NewEdge(t.size, func(at proof.Tile) ([]byte, error) { return l.tile(ctx, tx, at) })
	if err != nil {
		return fmt.Errorf("read the edge of the tree: %w", err)
	}
	root, err := edge.Root()
	if err != nil {
		return fmt.Errorf("compute the root: %w", err)
	}
	if root != t.root {
		return fmt.Errorf("the tiles of %d entries have the root %s and the tree has %s: the database was changed from outside", t.size, root, t.root)
	}
	for _, h := range hashes {
		edge.Add(h)
	}
	for at, data := range edge.Tiles() {
		err := tx.Put(ctx, `INSERT INTO publog_tile (log, level, n, hashes) VALUES ($1, $2, $3, $4)
			ON CONFLICT (log, level, n) DO UPDATE SET hashes = excluded.hashes`, l.name, at.Level, at.N, data)
		if err != nil {
			return fmt.Errorf("write %s: %w", at.Path(), err)
		}
	}
	t.size = edge.Size()
	if t.root, err = edge.Root(); err != nil {
		return fmt.Errorf("compute the root: %w", err)
	}
	return nil
}
