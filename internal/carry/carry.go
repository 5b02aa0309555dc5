// Package carry takes a whole installation from one place to another: out of a database into a stream, from a stream into a
// database, from one database into another. It knows tables, rows and their hashes, and nothing of what they mean; keys are
// files, and are carried by hand.
//
// A table's hash is SHA-256 over its rows in the order of its primary key, each in one writing for both databases: equal
// hashes are equal tables.
package carry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"stoa/internal/store"
)

// Sum is what was carried of a table.
type Sum struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
	Hash  string `json:"hash"` // hexadecimal
}

// Told hears how far the work is; nil hears nothing.
type Told func(table string, rows int64)

// every is how many rows pass between two words to Told.
const every = 10_000

func (t Told) row(table string, rows int64) {
	if t != nil && rows%every == 0 {
		t(table, rows)
	}
}

// hashing sums a table up while its rows pass.
type hashing struct {
	table string
	rows  int64
	sum   hash.Hash
}

func newHashing(table string) *hashing { return &hashing{table: table, sum: sha256.New()} }

func (h *hashing) add(row []byte) {
	h.sum.Write(lengthOf(row)) // never fails (hash.Hash)
	h.sum.Write(row)
	h.rows++
}

func (h *hashing) done() Sum {
	return Sum{Table: h.table, Rows: h.rows, Hash: hex.EncodeToString(h.sum.Sum(nil))}
}

// each reads a table's rows by its key, after one if given, each in its writing.
func each(ctx context.Context, tx *store.Tx, t store.Table, after []any, take func(row []byte, values []any) error) error {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	query := "SELECT " + strings.Join(names, ", ") + " FROM " + t.Name
	if after != nil {
		query += " WHERE (" + strings.Join(t.Key, ", ") + ") > (" + places(1, len(after)) + ")"
	}
	rows, err := tx.Query(ctx, query+" ORDER BY "+strings.Join(t.Key, ", "), after...)
	if err != nil {
		return fmt.Errorf("reading table %s: %w", t.Name, err)
	}
	defer rows.Close()
	cells := newCells(t)
	for rows.Next() {
		if err := rows.Scan(cells.into...); err != nil {
			return fmt.Errorf("reading table %s: %w", t.Name, err)
		}
		row, values := cells.row()
		if err := take(row, values); err != nil {
			return err
		}
	}
	if err := rows.Close(); err != nil {
		return fmt.Errorf("reading table %s: %w", t.Name, err)
	}
	return nil
}

// places writes $n, $n+1 …
func places(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", from+i)
	}
	return b.String()
}

// sumOf reads a whole table.
func sumOf(ctx context.Context, tx *store.Tx, t store.Table, told Told) (Sum, error) {
	h := newHashing(t.Name)
	err := each(ctx, tx, t, nil, func(row []byte, _ []any) error {
		h.add(row)
		told.row(t.Name, h.rows)
		return ctx.Err()
	})
	return h.done(), err
}
