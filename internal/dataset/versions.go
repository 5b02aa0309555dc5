package dataset

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"stoa/internal/fault"
	"stoa/internal/store"
)

const selectVersion = `SELECT v.dataset, v.number, v.organisation, v.published, v.row_count, v.bytes, v.hash, v.form, v.content, v.note, v.spec, v.profile, v.changes,
	v.withdrawn, v.reason, v.law FROM dataset_version v`

func scanVersion(row store.Scanner) (*Version, error) {
	var v Version
	var w Withdrawal
	var published, withdrawn int64
	var spec, profile, changes string
	err := row.Scan(&v.Dataset, &v.Number, &v.Organisation, &published, &v.Rows, &v.Bytes, &v.Hash, &v.form, &v.content, &v.Note, &spec, &profile, &changes,
		&withdrawn, &w.Reason, &w.Law)
	if err != nil {
		return nil, err
	}
	v.At = store.Time(published)
	if withdrawn != 0 {
		w.At = store.Time(withdrawn)
		v.Withdrawn = &w
	}
	return &v, errors.Join(json.Unmarshal([]byte(spec), &v.Spec), json.Unmarshal([]byte(profile), &v.Profile), json.Unmarshal([]byte(changes), &v.Changes))
}

// one gives nil where there is none.
func one(ctx context.Context, tx *store.Tx, where string, args ...any) (*Version, error) {
	v, err := scanVersion(tx.QueryRow(ctx, selectVersion+where, args...))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a version of a dataset: %w", err)
	}
	return v, nil
}

func many(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Version, error) {
	rows, err := tx.Query(ctx, selectVersion+where, args...)
	all, err := store.Collect(rows, err, scanVersion)
	if err != nil {
		return nil, fmt.Errorf("read versions of datasets: %w", err)
	}
	return all, nil
}

// Versions are all of a dataset, the newest first.
func (s *Store) Versions(ctx context.Context, tx *store.Tx, dataset string) ([]*Version, error) {
	return many(ctx, tx, ` WHERE v.dataset = $1 ORDER BY v.number DESC`, dataset)
}

// Version is one by its number; a fault of kind NotFound where it is not there.
func (s *Store) Version(ctx context.Context, tx *store.Tx, dataset string, number int) (*Version, error) {
	return found(one(ctx, tx, ` WHERE v.dataset = $1 AND v.number = $2`, dataset, number))
}

// Latest is the newest version that was not withdrawn; a fault of kind NotFound where there is none.
func (s *Store) Latest(ctx context.Context, tx *store.Tx, dataset string) (*Version, error) {
	return found(one(ctx, tx, ` WHERE v.dataset = $1 AND v.withdrawn = 0 ORDER BY v.number DESC LIMIT 1`, dataset))
}

func found(v *Version, err error) (*Version, error) {
	if v == nil && err == nil {
		err = fault.NewNotFound("data.no_version")
	}
	return v, err
}

// Newest are the newest versions that were not withdrawn, by dataset.
func (s *Store) Newest(ctx context.Context, tx *store.Tx) (map[string]*Version, error) {
	all, err := many(ctx, tx, ` WHERE v.withdrawn = 0 AND v.number =
		(SELECT max(w.number) FROM dataset_version w WHERE w.dataset = v.dataset AND w.withdrawn = 0)`)
	by := make(map[string]*Version, len(all))
	for _, v := range all {
		by[v.Dataset] = v
	}
	return by, err
}

// Recent are the versions of all datasets that were published last and not withdrawn, the newest first.
func (s *Store) Recent(ctx context.Context, tx *store.Tx, limit int) ([]*Version, error) {
	return many(ctx, tx, ` WHERE v.withdrawn = 0 ORDER BY v.published DESC, v.dataset, v.number DESC LIMIT $1`, limit)
}

// gone is an error where the version was withdrawn.
func (v *Version) gone() error {
	if v.Withdrawn == nil {
		return nil
	}
	return fault.NewGone("data.withdrawn", "number", v.Number, "reason", v.Withdrawn.Reason, "law", v.Withdrawn.Law)
}
