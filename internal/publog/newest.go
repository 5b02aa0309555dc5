package publog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/proof"
	"stoa/internal/store"
)

// Latest is the id of what was logged last of a kind in an organisation, published or not; "" where nothing was.
func (l *Log) Latest(ctx context.Context, tx *store.Tx, organisation, kind string) (id string, err error) {
	err = tx.QueryRow(ctx, `SELECT of_id FROM publog_leaf WHERE log = $1 AND organisation = $2 AND kind = $3 ORDER BY id DESC LIMIT 1`,
		l.name, organisation, kind).Scan(&id)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("look for the last %s: %w", kind, err)
	}
	return id, nil
}

// Newest is the newest signed state and when it was signed; nil before the first.
func (l *Log) Newest(ctx context.Context, tx *store.Tx) (note []byte, at time.Time, err error) {
	t, err := l.tree(ctx, tx)
	if err != nil || t.published < 0 {
		return nil, at, err
	}
	var published int64
	if err := tx.QueryRow(ctx, `SELECT published FROM publog_checkpoint WHERE log = $1 AND size = $2`, l.name, t.published).Scan(&published); err != nil {
		return nil, at, fmt.Errorf("read when %d entries were published: %w", t.published, err)
	}
	note, err = l.note(ctx, tx, t.published)
	return note, store.Time(published), err
}

// Seen is the newest state that a witness has cosigned.
type Seen struct {
	Witness proof.Key
	Size    int64
	At      time.Time
}

// Seen tells what each witness has cosigned last.
func (l *Log) Seen(ctx context.Context, tx *store.Tx) ([]Seen, error) {
	rows, err := tx.Query(ctx, `SELECT witness, size, received FROM publog_cosignature s WHERE log = $1
		AND size = (SELECT MAX(size) FROM publog_cosignature m WHERE m.log = s.log AND m.witness = s.witness) ORDER BY witness`, l.name)
	all, err := store.Collect(rows, err, func(row store.Scanner) (s Seen, err error) {
		var key string
		var at int64
		if err := row.Scan(&key, &s.Size, &at); err != nil {
			return s, err
		}
		s.At = store.Time(at)
		s.Witness, err = proof.ParseKey(key)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("read what witnesses have seen: %w", err)
	}
	return all, nil
}

// letGo gives up the lease at the end of Run, so that whoever comes next need not wait for it to pass.
func (s *Sequencer) letGo(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	err := s.db.Write(ctx, "publog.letGo", func(ctx context.Context, tx *store.Tx) error {
		err := tx.Put(ctx, `UPDATE publog_tree SET lease_until = 0 WHERE log = $1 AND holder = $2`, s.log.name, s.holder)
		return err
	})
	if err != nil {
		return fmt.Errorf("let the log go: %w", err)
	}
	return nil
}

// goodbye is how long the end of Run may take for it.
const goodbye = 2 * time.Second
