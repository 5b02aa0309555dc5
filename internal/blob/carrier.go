package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"stoa/internal/objects"
	"stoa/internal/store"
)

const (
	claimed   = 3 * time.Minute  // nobody else carries a blob meanwhile
	carryTime = 2 * time.Minute  // a batch ends before its claims do
	batch     = 16               // blobs
	look      = 2 * time.Second  // finds what no bell announced
	firstWait = 10 * time.Second // of one blob, after it failed
	mostWait  = 15 * time.Minute
	pause     = 2 * time.Second // of a carrier, after a batch failed
	mostPause = time.Minute
	askEvery  = time.Minute // whether the store answers, when nothing is to be done there
)

// Carrier carries attachments into the object store, or back from it, and deletes objects whose attachment is gone. What
// there is to do stands in the tables alone; several processes share it by claims that run out.
type Carrier struct {
	Blobs *Store
	DB    *store.DB
	Log   *slog.Logger
	Back  bool // bring all back instead

	mu    sync.Mutex
	since time.Time
	err   error
}

// Trouble is why the object store does not do its work for this process, and since when; nil while it does.
func (c *Carrier) Trouble() (since time.Time, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.since, c.err
}

func (c *Carrier) note(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err == nil && c.err != nil:
		c.Log.Info("the object store works again", "since", c.since)
		c.since = time.Time{}
	case err != nil && c.err == nil:
		c.Log.Error("the object store does not work; what is uploaded stays in the database meanwhile", "err", err)
		c.since = c.DB.Now()
	}
	c.err = err
}

// Run works until ctx ends.
func (c *Carrier) Run(ctx context.Context) {
	rings, stop := c.DB.Listen(topic)
	defer stop()
	if err := c.orphans(ctx); err != nil && ctx.Err() == nil {
		c.Log.Error("looking for objects whose attachment is gone", "err", err)
	}
	wait := time.Duration(0)
	var asked time.Time
	for ctx.Err() == nil {
		n := batch
		if wait > 0 {
			n = 1 // of a store that fails, one at a time is asked for
		}
		done, err := c.Round(ctx, n)
		if err == nil && done == 0 && (wait > 0 || c.DB.Now().Sub(asked) >= askEvery) {
			err, asked = c.ask(ctx), c.DB.Now()
		}
		if ctx.Err() != nil {
			return
		}
		c.note(err)
		if err != nil {
			wait = min(max(2*wait, pause), mostPause)
			rest(ctx, wait, nil)
			continue
		}
		if wait = 0; done == 0 {
			rest(ctx, look, rings)
		}
	}
}

// orphans marks objects whose attachment an earlier program has deleted, which knew of no objects. That can only be while programs
// of both versions serve, and so it is looked for at the start alone.
func (c *Carrier) orphans(ctx context.Context) error {
	return c.DB.Write(ctx, "blob.orphans", func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, goneAway+`gone_at = 0 AND NOT EXISTS (SELECT 1 FROM blob WHERE id = blob_id)`, store.Micros(tx.Now()))
		return err
	})
}

// ask finds out whether the store answers, so that nobody hears of it from a reader first.
func (c *Carrier) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	if _, err := c.Blobs.objects.Stat(ctx, folder+"none"); !errors.Is(err, objects.ErrMissing) {
		return err
	}
	return nil
}

func rest(ctx context.Context, wait time.Duration, rings <-chan struct{}) {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	case <-rings:
	}
}

// Round deletes and carries up to limit objects that are due, and tells how many.
func (c *Carrier) Round(ctx context.Context, limit int) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, carryTime)
	defer cancel()
	dropped, err := c.drop(ctx, limit)
	if err != nil {
		return dropped, err
	}
	work, due := c.carry, c.claim
	if c.Back {
		work, due = c.bring, c.claimBack
	}
	all, err := due(ctx, limit)
	if err != nil || len(all) == 0 {
		return dropped, err
	}
	errs := make([]error, len(all))
	each(len(all), func(i int) {
		if errs[i] = work(ctx, all[i].carried); errs[i] != nil {
			errs[i] = errors.Join(errs[i], c.later(ctx, all[i]))
		}
	})
	done := dropped
	var failed error
	for i, err := range errs {
		switch {
		case err == nil:
			done++
		case errors.Is(err, ErrDamaged): // one is no reason to wait with the others
			c.Log.Error("an attachment cannot be carried", "blob", all[i].id, "err", err)
		default:
			failed = err
		}
	}
	return done, failed
}

// claim is a blob that this process may carry.
type claim struct {
	carried
	tries int
}

// claim takes blobs that are in the database and due. What is yet to be scanned stays near the scanner.
func (c *Carrier) claim(ctx context.Context, limit int) ([]claim, error) {
	const due = `SELECT b.id, b.parts, COALESCE(a.name, ''), COALESCE(a.tries, 0) FROM blob_part p JOIN blob b ON b.id = p.blob_id LEFT JOIN blob_away a ON a.blob_id = p.blob_id
		WHERE p.n = 0 AND b.scan <> 'waiting' AND (a.blob_id IS NULL OR a.gone_at = 0 AND a.until <= $1) ORDER BY p.blob_id LIMIT $2`
	read := func(s store.Scanner) (k claim, err error) { return k, s.Scan(&k.id, &k.parts, &k.name, &k.tries) }
	const mark = `INSERT INTO blob_away (blob_id, name, sha256, size, tries, until, carried_at, gone_at) VALUES ($1, $4, $5, 0, 1, $2, 0, 0)
		ON CONFLICT (blob_id) DO UPDATE SET tries = blob_away.tries + 1, until = excluded.until
		WHERE blob_away.until <= $3 AND blob_away.carried_at = 0 AND blob_away.gone_at = 0`
	return c.take(ctx, due, limit, read, mark, func(tx *store.Tx, k *claim) []any {
		if k.name == "" {
			k.name = objectName(k.id, tx)
		}
		return []any{k.name, []byte{}}
	})
}

// claimBack takes blobs that are in the object store and due.
func (c *Carrier) claimBack(ctx context.Context, limit int) ([]claim, error) {
	const due = `SELECT b.id, b.parts, a.name, a.tries, a.sha256, a.size FROM blob_away a JOIN blob b ON b.id = a.blob_id
		WHERE a.carried_at > 0 AND a.gone_at = 0 AND a.until <= $1 ORDER BY a.blob_id LIMIT $2`
	read := func(s store.Scanner) (k claim, err error) {
		return k, s.Scan(&k.id, &k.parts, &k.name, &k.tries, &k.sha, &k.size)
	}
	return c.take(ctx, due, limit, read, `UPDATE blob_away SET tries = tries + 1, until = $2 WHERE blob_id = $1 AND until <= $3 AND carried_at > 0 AND gone_at = 0`,
		func(*store.Tx, *claim) []any { return nil })
}

// take marks what is due, where nobody else has done so meanwhile.
func (c *Carrier) take(ctx context.Context, due string, limit int, read func(store.Scanner) (claim, error), mark string, more func(*store.Tx, *claim) []any) (mine []claim, err error) {
	look := func(ctx context.Context, tx *store.Tx) ([]claim, error) {
		rows, err := tx.Query(ctx, due, store.Micros(tx.Now()), limit)
		return store.Collect(rows, err, read)
	}
	var some bool
	err = c.DB.Read(ctx, "blob.due", func(ctx context.Context, tx *store.Tx) error {
		all, err := look(ctx, tx)
		some = len(all) > 0
		return err
	})
	if err != nil || !some {
		return nil, err
	}
	err = c.DB.Write(ctx, "blob.claim", func(ctx context.Context, tx *store.Tx) error {
		mine = nil
		all, err := look(ctx, tx)
		if err != nil {
			return err
		}
		for _, k := range all {
			n, err := tx.Exec(ctx, mark, append([]any{k.id, store.Micros(tx.Now().Add(claimed)), store.Micros(tx.Now())}, more(tx, &k)...)...)
			if err != nil {
				return err
			}
			if n > 0 {
				mine = append(mine, k)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claim attachments: %w", err)
	}
	return mine, nil
}

// later lets a blob that failed rest, the longer the more often it has failed.
func (c *Carrier) later(ctx context.Context, k claim) error {
	wait := min(firstWait<<min(k.tries, 10), mostWait)
	return c.DB.Write(context.WithoutCancel(ctx), "blob.later", func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE blob_away SET until = $1 WHERE blob_id = $2`, store.Micros(tx.Now().Add(wait)), k.id)
		return err
	})
}

// carry puts a blob's object, reads it back, and only then takes the parts out of the database.
func (c *Carrier) carry(ctx context.Context, k carried) error {
	var parts [][]byte
	err := c.DB.Read(ctx, "blob.carry", func(ctx context.Context, tx *store.Tx) (err error) {
		parts, err = inRows(ctx, tx, k.id)
		return err
	})
	if err != nil || len(parts) != k.parts {
		return err // fewer: deleted meanwhile
	}
	object := pack(parts)
	sum := sha256.Sum256(object)
	k.sha, k.size = sum[:], int64(len(object))
	if err := c.Blobs.objects.Put(ctx, k.name, object); err != nil {
		return err
	}
	if _, err := get(ctx, c.Blobs.objects, k); err != nil {
		if errors.Is(err, ErrDamaged) { // nothing is lost: it is here still, and the store does not keep what it takes
			return fmt.Errorf("what was put into the object store does not come back: %v", err)
		}
		return err
	}
	return c.DB.Write(ctx, "blob.carried", func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE blob_away SET sha256 = $1, size = $2, tries = 0, until = 0, carried_at = $3 WHERE blob_id = $4 AND gone_at = 0`,
			k.sha, k.size, store.Micros(tx.Now()), k.id)
		if err == nil && n > 0 {
			_, err = tx.Exec(ctx, `DELETE FROM blob_part WHERE blob_id = $1`, k.id)
		}
		return err
	})
}

// inRows are the sealed parts of a blob that is in the database.
func inRows(ctx context.Context, tx *store.Tx, id string) ([][]byte, error) {
	rows, err := tx.Query(ctx, `SELECT sealed FROM blob_part WHERE blob_id = $1 ORDER BY n`, id)
	return store.Collect(rows, err, func(s store.Scanner) (b []byte, err error) { return b, s.Scan(&b) })
}

// bring puts a blob's parts into the database again; its object is deleted after that.
func (c *Carrier) bring(ctx context.Context, k carried) error {
	object, err := get(ctx, c.Blobs.objects, k)
	if err != nil {
		return err
	}
	parts, err := unpack(object, k.parts)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrDamaged, k.id, err)
	}
	return c.DB.Write(ctx, "blob.back", func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.Exec(ctx, goneAway+`blob_id = $2 AND gone_at = 0 AND carried_at > 0`, store.Micros(tx.Now()), k.id)
		if err != nil || n == 0 {
			return err // deleted meanwhile
		}
		for n, sealed := range parts {
			if _, err := tx.Exec(ctx, `INSERT INTO blob_part (blob_id, n, sealed) VALUES ($1, $2, $3)`, k.id, n, sealed); err != nil {
				return err
			}
		}
		return nil
	})
}

// drop deletes objects that nothing needs any more.
func (c *Carrier) drop(ctx context.Context, limit int) (int, error) {
	var all []carried
	err := c.DB.Read(ctx, "blob.gone", func(ctx context.Context, tx *store.Tx) error {
		rows, err := tx.Query(ctx, `SELECT blob_id, name FROM blob_away WHERE gone_at > 0 AND until <= $1 ORDER BY gone_at, blob_id LIMIT $2`, store.Micros(tx.Now()), limit)
		all, err = store.Collect(rows, err, func(s store.Scanner) (c carried, err error) { return c, s.Scan(&c.id, &c.name) })
		return err
	})
	if err != nil || len(all) == 0 {
		return 0, err
	}
	for _, k := range all {
		if err := c.Blobs.objects.Delete(ctx, k.name); err != nil {
			return 0, err
		}
	}
	err = c.DB.Write(ctx, "blob.dropped", func(ctx context.Context, tx *store.Tx) error {
		for _, k := range all {
			if _, err := tx.Exec(ctx, `DELETE FROM blob_away WHERE blob_id = $1 AND gone_at > 0`, k.id); err != nil {
				return err
			}
		}
		return nil
	})
	return len(all), err
}

// Standing is how far the carrying is.
type Standing struct {
	Here  int64 // attachments in the database
	Away  int64 // in the object store
	Bytes int64 // of those
	Gone  int64 // objects to be deleted
}

// Stand tells.
func Stand(ctx context.Context, tx *store.Tx) (s Standing, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM blob_part WHERE n = 0`).Scan(&s.Here)
	if err == nil {
		err = tx.QueryRow(ctx, `SELECT COALESCE(SUM(CASE WHEN gone_at = 0 AND carried_at > 0 THEN 1 ELSE 0 END), 0), CAST(COALESCE(SUM(CASE WHEN gone_at = 0 THEN size ELSE 0 END), 0) AS BIGINT),
			COALESCE(SUM(CASE WHEN gone_at > 0 THEN 1 ELSE 0 END), 0) FROM blob_away`).Scan(&s.Away, &s.Bytes, &s.Gone)
	}
	if err != nil {
		return s, fmt.Errorf("count attachments: %w", err)
	}
	return s, nil
}
