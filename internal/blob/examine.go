package blob

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"stoa/internal/objects"
	"stoa/internal/store"
)

const (
	findingsMost = 100
	strayAfter   = 24 * time.Hour // before, an object may belong to what is going on
)

// Examined is what the object store was found to hold.
type Examined struct {
	Standing
	Read     int64 // objects that were read through
	Findings []string
}

func (x *Examined) find(format string, args ...any) {
	switch {
	case len(x.Findings) < findingsMost:
		x.Findings = append(x.Findings, fmt.Sprintf(format, args...))
	case len(x.Findings) == findingsMost:
		x.Findings = append(x.Findings, "and more")
	}
}

// Examine holds the object store against the tables: each object there with its length (thorough: with its hash), none that
// nobody knows. It changes nothing.
func (s *Store) Examine(ctx context.Context, db *store.DB, thorough bool) (x Examined, err error) {
	there := map[string]objects.Object{}
	if s.objects != nil {
		err := s.objects.List(ctx, folder, func(o objects.Object) error { there[o.Name] = o; return nil })
		if err != nil {
			x.find("%v", err)
			return x, ctx.Err()
		}
	}
	var known []carried
	var nowhere []string
	other := map[string]bool{} // on the way, or to be deleted
	err = db.Read(ctx, "blob.examine", func(ctx context.Context, tx *store.Tx) error {
		known, nowhere = nil, nil
		var err error
		if x.Standing, err = Stand(ctx, tx); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT blob_id, name, sha256, size, carried_at, gone_at FROM blob_away ORDER BY blob_id`)
		_, err = store.Collect(rows, err, func(row store.Scanner) (bool, error) {
			var c carried
			var at, gone int64
			err := row.Scan(&c.id, &c.name, &c.sha, &c.size, &at, &gone)
			if at > 0 && gone == 0 {
				known = append(known, c)
			} else {
				other[c.name] = true
			}
			return true, err
		})
		if err != nil {
			return err
		}
		rows, err = tx.Query(ctx, `SELECT id FROM blob WHERE parts > 0 AND NOT EXISTS (SELECT 1 FROM blob_part WHERE blob_id = id AND n = 0)
			AND NOT EXISTS (SELECT 1 FROM blob_away WHERE blob_id = id AND carried_at > 0 AND gone_at = 0) ORDER BY id`)
		nowhere, err = store.Collect(rows, err, func(row store.Scanner) (id string, err error) { return id, row.Scan(&id) })
		return err
	})
	if err != nil {
		return x, fmt.Errorf("examine attachments: %w", err)
	}
	for _, id := range nowhere {
		x.find("attachment %s is neither in the database nor in the object store", id)
	}
	if s.objects == nil {
		if x.Away > 0 {
			x.find("%d attachments lie in an object store, and the settings name none: set objects.url", x.Away)
		}
		return x, nil
	}
	if err := s.hold(ctx, db, known, there, thorough, &x); err != nil {
		return x, err
	}
	for _, c := range known {
		delete(there, c.name)
	}
	for name, o := range there {
		if other[name] || db.Now().Sub(o.Put) < strayAfter {
			continue
		}
		if _, err := s.objects.Stat(ctx, name); err == nil { // not one that was deleted just now
			x.find("object %s (%d bytes, of %s) belongs to no attachment: delete it there, unless another installation keeps its attachments in the same place",
				name, o.Size, o.Put.UTC().Format(time.DateOnly))
		}
	}
	return x, nil
}

// hold looks at each object that the tables know.
func (s *Store) hold(ctx context.Context, db *store.DB, known []carried, there map[string]objects.Object, thorough bool, x *Examined) error {
	var mu sync.Mutex
	each(len(known), func(i int) {
		c := known[i]
		o, found := there[c.name]
		var err error
		if !found { // or carried after the list was asked for
			o, err = s.objects.Stat(ctx, c.name)
		}
		size := o.Size
		if err == nil && thorough {
			_, err = get(ctx, s.objects, c)
		}
		if err == nil && size == c.size {
			mu.Lock()
			defer mu.Unlock()
			if thorough {
				x.Read++
			}
			return
		}
		if still, serr := isAway(ctx, db, c.id); serr == nil && !still {
			return // deleted or brought back meanwhile
		}
		mu.Lock()
		defer mu.Unlock()
		switch {
		case errors.Is(err, objects.ErrMissing):
			x.find("attachment %s is not in the object store as %s", c.id, c.name)
		case size != c.size:
			x.find("attachment %s has %d bytes in the object store, not %d, as %s", c.id, size, c.size, c.name)
		default:
			x.find("attachment %s, as %s: %v", c.id, c.name, err)
		}
	})
	return ctx.Err()
}

func isAway(ctx context.Context, db *store.DB, id string) (is bool, err error) {
	err = db.Read(ctx, "blob.isAway", func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM blob_away WHERE blob_id = $1 AND carried_at > 0 AND gone_at = 0)`, id).Scan(&is)
	})
	return is, err
}

// Whole gives the sealed parts of all attachments, those in an object store included, as if none had left the database. One that
// is damaged there, or gone, is told to lost and has none: the others are worth a backup. It holds its reading transaction for as
// long as that takes: it is for backups, which do so in any case.
func Whole(ctx context.Context, tx *store.Tx, from *objects.Store, put func(id string, n int64, sealed []byte) error, lost func(id string)) error {
	const few = 8
	after := ""
	for {
		rows, err := tx.Query(ctx, `SELECT b.id, b.parts, COALESCE(a.name, ''), a.sha256, a.size FROM blob b LEFT JOIN blob_away a ON a.blob_id = b.id AND a.carried_at > 0 AND a.gone_at = 0
			WHERE b.id > $1 ORDER BY b.id LIMIT $2`, after, few)
		all, err := store.Collect(rows, err, func(s store.Scanner) (c carried, err error) {
			var size *int64
			if err = s.Scan(&c.id, &c.parts, &c.name, &c.sha, &size); size != nil {
				c.size = *size
			}
			return c, err
		})
		if err != nil {
			return fmt.Errorf("read attachments: %w", err)
		}
		parts, errs := make([][][]byte, len(all)), make([]error, len(all))
		each(len(all), func(i int) {
			var object []byte
			if all[i].sha == nil {
				return
			}
			if object, errs[i] = get(ctx, from, all[i]); errs[i] == nil {
				parts[i], errs[i] = unpack(object, all[i].parts)
			}
		})
		for i, c := range all {
			if errors.Is(errs[i], ErrDamaged) {
				lost(c.id)
				errs[i], parts[i] = nil, [][]byte{}
			}
		}
		if err := errors.Join(errs...); err != nil {
			return fmt.Errorf("reading attachments from the object store: %w", err)
		}
		for i, c := range all {
			if parts[i] == nil {
				if parts[i], err = inRows(ctx, tx, c.id); err != nil {
					return fmt.Errorf("read an attachment's parts: %w", err)
				}
			}
			for n, sealed := range parts[i] {
				if err := put(c.id, int64(n), sealed); err != nil {
					return err
				}
			}
			after = c.id
		}
		if len(all) < few {
			return nil
		}
	}
}
