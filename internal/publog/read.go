package publog

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/fault"
	"stoa/internal/proof"
	"stoa/internal/store"
)

// note is the checkpoint of a size, with the cosignatures that have arrived.
func (l *Log) note(ctx context.Context, tx *store.Tx, size int64) ([]byte, error) {
	var note []byte
	err := tx.QueryRow(ctx, `SELECT note FROM publog_checkpoint WHERE log = $1 AND size = $2`, l.name, size).Scan(&note)
	if err != nil {
		return nil, fmt.Errorf("read the checkpoint of %d entries: %w", size, err)
	}
	rows, err := tx.Query(ctx, `SELECT line FROM publog_cosignature WHERE log = $1 AND size = $2 ORDER BY witness`, l.name, size)
	lines, err := store.Collect(rows, err, func(s store.Scanner) (line []byte, err error) { return line, s.Scan(&line) })
	if err != nil {
		return nil, fmt.Errorf("read the cosignatures of %d entries: %w", size, err)
	}
	for _, line := range lines {
		note = append(note, line...)
	}
	return note, nil
}

// Checkpoint is the newest signed state, for /log/checkpoint. Before the first it is not found.
func (l *Log) Checkpoint(ctx context.Context, tx *store.Tx) ([]byte, error) {
	t, err := l.tree(ctx, tx)
	if err != nil {
		return nil, err
	}
	if t.published < 0 {
		return nil, fault.NewNotFound("")
	}
	return l.note(ctx, tx, t.published)
}

// Serve gives what stands under a path of the log (checkpoint, tile/…), as far as it is published. final says that these
// bytes never change. What is not there is fault.NotFound.
func (l *Log) Serve(ctx context.Context, tx *store.Tx, path string) (data []byte, final bool, err error) {
	if path == proof.CheckpointPath {
		data, err = l.Checkpoint(ctx, tx)
		return data, false, err
	}
	at, ok := proof.ParsePath(path)
	if !ok {
		return nil, false, fault.NewNotFound("")
	}
	t, err := l.tree(ctx, tx)
	if err != nil {
		return nil, false, err
	}
	// What has its place but is not signed yet is not shown: until it is, it is nobody's word.
	if has := proof.TileAt(at.Level, at.N*proof.TileWidth, max(t.published, 0)); at.Width > has.Width {
		return nil, false, fault.NewNotFound("")
	}
	if at.Level == proof.Entries {
		data, err = l.bundle(ctx, tx, at)
	} else {
		data, err = l.tile(ctx, tx, at)
	}
	return data, err == nil, err
}

func (l *Log) bundle(ctx context.Context, tx *store.Tx, at proof.Tile) ([]byte, error) {
	entries, err := l.entries(ctx, tx, at.Start(), at.Width)
	if err != nil {
		return nil, err
	}
	if len(entries) != at.Width {
		return nil, fmt.Errorf("read %s: %d entries are there", at.Path(), len(entries))
	}
	return proof.FormatEntries(entries)
}

func (l *Log) entries(ctx context.Context, tx *store.Tx, from int64, n int) ([][]byte, error) {
	rows, err := tx.Query(ctx, `SELECT bytes FROM publog_leaf WHERE log = $1 AND idx >= $2 AND idx < $3 ORDER BY idx`, l.name, from, from+int64(n))
	entries, err := store.Collect(rows, err, func(s store.Scanner) (b []byte, err error) { return b, s.Scan(&b) })
	if err != nil {
		return nil, fmt.Errorf("read %d entries from %d: %w", n, from, err)
	}
	return entries, nil
}

// Numbered is a published leaf at its place.
type Numbered struct {
	Index int64
	proof.Leaf
}

// Leaves gives up to n published leaves from a place on.
func (l *Log) Leaves(ctx context.Context, tx *store.Tx, from int64, n int) ([]Numbered, error) {
	t, err := l.tree(ctx, tx)
	if err != nil {
		return nil, err
	}
	n = int(min(int64(n), t.published-from))
	if n <= 0 || from < 0 {
		return nil, nil
	}
	entries, err := l.entries(ctx, tx, from, n)
	if err != nil {
		return nil, err
	}
	all := make([]Numbered, len(entries))
	for i, b := range entries {
		leaf, err := proof.ParseLeaf(b)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", from+int64(i), err)
		}
		all[i] = Numbered{from + int64(i), *leaf}
	}
	return all, nil
}

// Place is how far a leaf has come.
type Place struct {
	Index     int64 // -1 while it waits
	Published bool
}

// Name says which leaf: by organisation, kind and id of what happened.
type Name struct{ Organisation, Kind, ID string }

// Find tells how far a leaf has come; fault.NotFound where nothing of the name was logged.
func (l *Log) Find(ctx context.Context, tx *store.Tx, name Name) (Place, error) {
	_, place, err := l.find(ctx, tx, name)
	return place, err
}

func (l *Log) find(ctx context.Context, tx *store.Tx, name Name) (id string, p Place, err error) {
	err = tx.QueryRow(ctx, `SELECT id, COALESCE(idx, -1) FROM publog_leaf WHERE log = $1 AND organisation = $2 AND kind = $3 AND of_id = $4`,
		l.name, name.Organisation, name.Kind, name.ID).Scan(&id, &p.Index)
	if errors.Is(err, store.ErrNotFound) {
		return "", p, fault.Wrap(err, fault.NotFound, "")
	}
	if err != nil {
		return "", p, fmt.Errorf("find the leaf of %s %s: %w", name.Kind, name.ID, err)
	}
	t, err := l.tree(ctx, tx)
	p.Published = p.Index >= 0 && p.Index < t.published
	return id, p, err
}

// Bundle is the proof in the hand for a leaf, as a file: with what opens its hidden fields where opened is true, which is
// for the person concerned alone. Until the leaf is published, fault.Unavailable.
func (l *Log) Bundle(ctx context.Context, tx *store.Tx, name Name, opened bool) ([]byte, error) {
	id, place, err := l.find(ctx, tx, name)
	if err != nil {
		return nil, err
	}
	if !place.Published {
		return nil, fault.NewUnavailable("This is being published. Try again in a few seconds")
	}
	b := proof.Bundle{Index: place.Index}
	entries, err := l.entries(ctx, tx, place.Index, 1)
	if err != nil || len(entries) != 1 {
		return nil, errors.Join(err, fmt.Errorf("read entry %d: %d are there", place.Index, len(entries)))
	}
	b.Leaf = entries[0]
	if opened {
		if b.Openings, err = l.openings(ctx, tx, id); err != nil {
			return nil, err
		}
	}
	size, err := l.best(ctx, tx, place.Index)
	if err != nil {
		return nil, err
	}
	if b.Proof, err = proof.Inclusion(size, place.Index, l.hashes(ctx, tx, size)); err != nil {
		return nil, fmt.Errorf("prove entry %d: %w", place.Index, err)
	}
	if b.Checkpoint, err = l.note(ctx, tx, size); err != nil {
		return nil, err
	}
	return b.Format(), nil
}

// best is the size of the checkpoint on which a proof of this entry rests best: the one that most witnesses have seen,
// and of those the newest.
func (l *Log) best(ctx context.Context, tx *store.Tx, index int64) (size int64, err error) {
	err = tx.QueryRow(ctx, `SELECT c.size FROM publog_checkpoint c LEFT JOIN publog_cosignature s ON s.log = c.log AND s.size = c.size
		WHERE c.log = $1 AND c.size > $2 GROUP BY c.size ORDER BY COUNT(s.size) DESC, c.size DESC LIMIT 1`, l.name, index).Scan(&size)
	if err != nil {
		return 0, fmt.Errorf("find a checkpoint that holds entry %d: %w", index, err)
	}
	return size, nil
}

// Status is what an operator sees.
type Status struct {
	Waiting   int64 // leaves without a place
	Size      int64
	Published int64 // -1 before the first checkpoint
	Holder    string
}

// Status tells how the log stands.
func (l *Log) Status(ctx context.Context, tx *store.Tx) (s Status, err error) {
	t, err := l.tree(ctx, tx)
	if err != nil {
		return s, err
	}
	s = Status{Size: t.size, Published: t.published, Holder: t.holder}
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM publog_leaf WHERE log = $1 AND idx IS NULL`, l.name).Scan(&s.Waiting)
	if err != nil {
		return s, fmt.Errorf("count what waits: %w", err)
	}
	return s, nil
}
