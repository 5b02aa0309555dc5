package dataset

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"stoa/internal/fault"
	"stoa/internal/store"
)

// ErrMoved says that another version was published, or the newest withdrawn, since the draft was prepared: prepare it
// again, then publish.
var ErrMoved = errors.New("the dataset has moved on since the draft was prepared")

const (
	atOnce   = 4              // chunks to a transaction
	orphaned = 24 * time.Hour // after which a content that nobody published goes
)

// Prepare stores the draft's bytes, in short transactions of its own, and compares it with the newest version. Call it
// outside any transaction. Where nothing changed, it stores nothing. *Refused: two rows that must differ are the same.
func (s *Store) Prepare(ctx context.Context, d *Draft) error {
	base, err := s.newest(ctx, d.Spec.Dataset)
	if err != nil {
		return err
	}
	d.base, d.changes = 0, Changes{Added: d.Rows, Whole: true}
	if base != nil {
		d.base = base.Number
		if same, err := base.same(d); same || err != nil {
			return err
		}
	}
	table, err := s.draftTable(ctx, d)
	if err != nil {
		return err
	}
	if err := table.Close(); err != nil {
		return err
	}
	if err := s.sweep(ctx); err != nil {
		return err
	}
	if err := s.keep(ctx, d); err != nil {
		return err
	}
	if base == nil || base.Withdrawn != nil {
		return nil
	}
	diff, err := s.Diff(ctx, base, d.version(), 0)
	d.changes = diff.Changes
	return err
}

func (s *Store) newest(ctx context.Context, dataset string) (v *Version, err error) {
	err = s.db.Read(ctx, "dataset.newest", func(ctx context.Context, tx *store.Tx) error {
		v, err = one(ctx, tx, ` WHERE v.dataset = $1 ORDER BY v.number DESC LIMIT 1`, dataset)
		return err
	})
	return v, err
}

// same tells whether a draft is what the version has; what was withdrawn must not come back by itself.
func (v *Version) same(d *Draft) (bool, error) {
	if v.Hash != d.Hash || v.form != d.form {
		return false, nil
	}
	if v.Withdrawn != nil {
		return false, fault.NewGone("data.withdrawn_content", "number", v.Number, "reason", v.Withdrawn.Reason)
	}
	return true, nil
}

// version is the draft as if it were published, for its files.
func (d *Draft) version() *Version {
	return &Version{Dataset: d.Spec.Dataset, Organisation: d.Spec.Organisation, Rows: d.Rows, Bytes: d.Bytes, Hash: d.Hash,
		Spec: d.Spec, Profile: d.Profile, form: d.form, content: d.content}
}

// keep stores the chunks, unless they are stored and were not swept away.
func (s *Store) keep(ctx context.Context, d *Draft) error {
	var id string
	var stored int64
	err := s.db.Write(ctx, "dataset.begin", func(ctx context.Context, tx *store.Tx) (err error) {
		stored, err = tx.Exec(ctx, `UPDATE dataset_content SET created = $2 WHERE id = $1`, d.content, store.Micros(tx.Now()))
		if err != nil || stored > 0 {
			return err
		}
		id = tx.NewID()
		_, err = tx.Exec(ctx, `INSERT INTO dataset_content (id, created) VALUES ($1, $2)`, id, store.Micros(tx.Now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("begin to store a dataset: %w", err)
	}
	if stored > 0 {
		return nil
	}
	packed := d.packed()
	for from := 0; from < len(d.chunks); from += atOnce {
		var parts [][]byte
		for _, length := range d.chunks[from:min(from+atOnce, len(d.chunks))] {
			part := make([]byte, length)
			if _, err := io.ReadFull(packed, part); err != nil {
				return fmt.Errorf("read the draft back: %w", err)
			}
			parts = append(parts, part)
		}
		err := s.db.Write(ctx, "dataset.keep", func(ctx context.Context, tx *store.Tx) error {
			for i, part := range parts {
				if _, err := tx.Exec(ctx, `INSERT INTO dataset_chunk (content, seq, data) VALUES ($1, $2, $3)`, id, from+i, part); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("store a dataset: %w", err)
		}
	}
	d.content = id
	return nil
}

// sweep removes what publishers that stopped midway left.
func (s *Store) sweep(ctx context.Context) error {
	err := s.db.Write(ctx, "dataset.sweep", func(ctx context.Context, tx *store.Tx) error {
		ids, err := store.Strings(ctx, tx, `SELECT id FROM dataset_content WHERE created < $1 ORDER BY id LIMIT 10`+tx.Lock(),
			store.Micros(tx.Now().Add(-orphaned)))
		if err != nil {
			return err
		}
		for _, id := range ids {
			if _, err := tx.Exec(ctx, `DELETE FROM dataset_content WHERE id = $1`, id); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `DELETE FROM dataset_chunk WHERE content = $1`, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove what was never published: %w", err)
	}
	return nil
}

// Publish makes a prepared draft the next version; where it is what the newest version has, that one is given and fresh
// is false. It writes a few rows and no bytes. ErrMoved: prepare and publish again.
func (s *Store) Publish(ctx context.Context, tx *store.Tx, d *Draft, note string) (v *Version, fresh bool, err error) {
	number, err := head(ctx, tx, d.Spec.Dataset)
	if err != nil {
		return nil, false, err
	}
	if number > 0 {
		last, err := s.Version(ctx, tx, d.Spec.Dataset, number)
		if err != nil {
			return nil, false, err
		}
		if same, err := last.same(d); same || err != nil {
			return last, false, err
		}
	}
	if number != d.base || d.content == "" {
		return nil, false, fmt.Errorf("publish %s: %w", d.Spec.Dataset, ErrMoved)
	}
	v = d.version()
	v.Number, v.At, v.Note, v.Changes = number+1, tx.Now(), note, d.changes
	if err := insert(ctx, tx, v); err != nil {
		return nil, false, fmt.Errorf("publish %s: %w", v.Dataset, err)
	}
	return v, true, nil
}

// head holds the dataset until commit and gives the number of its newest version, 0 before the first.
func head(ctx context.Context, tx *store.Tx, dataset string) (number int, err error) {
	if _, err := tx.Exec(ctx, `INSERT INTO dataset_head (dataset, number) VALUES ($1, 0) ON CONFLICT (dataset) DO NOTHING`, dataset); err != nil {
		return 0, fmt.Errorf("begin the versions of %s: %w", dataset, err)
	}
	err = tx.QueryRow(ctx, `SELECT number FROM dataset_head WHERE dataset = $1`+tx.Lock(), dataset).Scan(&number)
	if err != nil {
		return 0, fmt.Errorf("find the newest version of %s: %w", dataset, err)
	}
	return number, nil
}

func insert(ctx context.Context, tx *store.Tx, v *Version) error {
	var texts [3]string
	for i, part := range []any{v.Spec, v.Profile, v.Changes} {
		b, err := json.Marshal(part)
		if err != nil {
			return err
		}
		texts[i] = string(b)
	}
	if _, err := tx.Exec(ctx, `UPDATE dataset_head SET number = $2 WHERE dataset = $1`, v.Dataset, v.Number); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `DELETE FROM dataset_content WHERE id = $1`, v.content)
	if err != nil {
		return err
	}
	if n == 0 {
		return errors.New("it was prepared more than a day ago, and its bytes were swept away: prepare it again")
	}
	_, err = tx.Exec(ctx, `INSERT INTO dataset_version (dataset, number, organisation, published, row_count, bytes, hash, form, content, note, spec, profile, changes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, v.Dataset, v.Number, v.Organisation, store.Micros(v.At),
		v.Rows, v.Bytes, v.Hash, v.form, v.content, v.Note, texts[0], texts[1], texts[2])
	return err
}

// Withdraw takes the bytes of a version away for ever and says why. Its number and hash stay. Other versions that hold
// the same rows stay as they are.
func (s *Store) Withdraw(ctx context.Context, tx *store.Tx, dataset string, number int, reason, law string) error {
	if reason == "" {
		return fault.NewInvalid("data.withdraw_reason")
	}
	if _, err := head(ctx, tx, dataset); err != nil {
		return err
	}
	v, err := s.Version(ctx, tx, dataset, number)
	if err != nil {
		return err
	}
	if v.Withdrawn != nil {
		return fault.NewConflict("data.withdrawn_before", "number", number)
	}
	profile, err := json.Marshal(struct {
		Rows int64 `json:"rows"`
	}{v.Rows}) // the smallest and largest cells go with the rest
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE dataset_version SET withdrawn = $3, reason = $4, law = $5, profile = $6 WHERE dataset = $1 AND number = $2`,
		dataset, number, store.Micros(tx.Now()), reason, law, string(profile))
	if err != nil {
		return fmt.Errorf("withdraw %s %d: %w", dataset, number, err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM dataset_chunk WHERE content = $1`, v.content); err != nil {
		return fmt.Errorf("withdraw %s %d: %w", dataset, number, err)
	}
	tx.OnCommit(func() { s.forget(v) })
	return nil
}
