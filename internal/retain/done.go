package retain

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// Batch is what was deleted at once, as it is proved: how many things of which kind, and a commitment to each. A
// commitment is a hash over a random salt and what the thing was; it tells nothing, and whoever holds the salt can show
// that theirs is among them.
type Batch struct {
	ID           string
	Organisation string
	Kind         string
	Service      string
	Law          string
	Day          calendar.Date
	At           time.Time
	Items        []Item
	Root         []byte
	N            int
}

// Item is one deleted thing.
type Item struct {
	Ref  string
	Salt []byte // kept by nobody but whom it is told
}

// saltLen makes guessing a reference hopeless.
const saltLen = 16

// NewItem makes an item with a salt of its own.
func NewItem(rand io.Reader, ref string) (Item, error) {
	salt := make([]byte, saltLen)
	if _, err := io.ReadFull(rand, salt); err != nil {
		return Item{}, fmt.Errorf("drawing a salt: %w", err)
	}
	return Item{ref, salt}, nil
}

// Commitment is what the proof says of an item.
func (i Item) Commitment(kind string) string {
	sum := sha256.Sum256([]byte("stoa deleted v1\x00" + kind + "\x00" + i.Ref + "\x00" + string(i.Salt)))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// commit works out the root over the commitments, sorted so that their order tells nothing.
func (b *Batch) commit() (lines string) {
	all := make([]string, len(b.Items))
	for i, item := range b.Items {
		all[i] = item.Commitment(b.Kind)
	}
	slices.Sort(all)
	lines = strings.Join(all, "\n")
	b.Root, b.N = RootOf(lines), len(all)
	return lines
}

// RootOf is the root over commitments, a line each.
func RootOf(lines string) []byte {
	sum := sha256.Sum256([]byte("stoa deleted root v1\n" + lines))
	return sum[:]
}

// Prove stores the proof of a batch; the caller puts its root into the public log in the same transaction.
func Prove(ctx context.Context, tx *store.Tx, b *Batch) error {
	b.ID, b.At = tx.NewID(), tx.Now()
	lines := b.commit()
	_, err := tx.Exec(ctx, `INSERT INTO retain_done (id, organisation, kind, service, law, day, at, n, root, items) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		b.ID, b.Organisation, b.Kind, b.Service, b.Law, b.Day.String(), store.Micros(b.At), b.N, b.Root, lines)
	if err != nil {
		return fmt.Errorf("storing a proof of deletion: %w", err)
	}
	return nil
}

// Proved lists what was deleted for an organisation, the newest first, without the commitments.
func Proved(ctx context.Context, tx *store.Tx, organisation string, limit int) ([]Batch, error) {
	rows, err := tx.Query(ctx, `SELECT id, organisation, kind, service, law, day, at, n, root FROM retain_done WHERE organisation = $1 ORDER BY id DESC LIMIT $2`, organisation, limit)
	all, err := store.Collect(rows, err, func(row store.Scanner) (b Batch, err error) {
		var day string
		var at int64
		if err = row.Scan(&b.ID, &b.Organisation, &b.Kind, &b.Service, &b.Law, &day, &at, &b.N, &b.Root); err != nil {
			return b, err
		}
		b.At = store.Time(at)
		b.Day, err = calendar.ParseISO(day)
		return b, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing proofs of deletion: %w", err)
	}
	return all, nil
}

// Commitments are those of a batch, a line each.
func Commitments(ctx context.Context, tx *store.Tx, id string) (lines string, err error) {
	if err = tx.QueryRow(ctx, `SELECT items FROM retain_done WHERE id = $1`, id).Scan(&lines); err != nil {
		return "", fmt.Errorf("reading a proof of deletion: %w", err)
	}
	return lines, nil
}
