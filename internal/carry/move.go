package carry

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"stoa/internal/store"
)

// batch is how many rows one transaction takes, and group how many one statement.
const (
	batch = 2000
	group = 50
)

// inserting puts rows into a table, many at a time.
type inserting struct {
	db    *store.DB
	table store.Table
	told  Told
	rows  [][]any
	n     int64
}

func (in *inserting) add(ctx context.Context, row []any) error {
	in.rows = append(in.rows, row)
	if len(in.rows) < batch {
		return nil
	}
	return in.flush(ctx)
}

func (in *inserting) flush(ctx context.Context) error {
	if len(in.rows) == 0 {
		return nil
	}
	err := in.db.Write(ctx, "carry.insert", func(ctx context.Context, tx *store.Tx) error {
		for some := range slices.Chunk(in.rows, group) {
			if len(some) == group {
				if err := insert(ctx, tx, in.table, some); err != nil {
					return err
				}
				continue
			}
			for _, row := range some { // so that there are two statements for a table, and not fifty
				if err := insert(ctx, tx, in.table, [][]any{row}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("writing table %s: %w", in.table.Name, err)
	}
	for range in.rows {
		in.n++
		in.told.row(in.table.Name, in.n)
	}
	in.rows = in.rows[:0]
	return nil
}

func insert(ctx context.Context, tx *store.Tx, t store.Table, rows [][]any) error {
	var b strings.Builder
	b.WriteString("INSERT INTO " + t.Name + " (")
	for i, c := range t.Columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.Name)
	}
	b.WriteString(") VALUES ")
	args := make([]any, 0, len(rows)*len(t.Columns))
	for i, row := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + places(len(args)+1, len(row)) + ")")
		args = append(args, row...)
	}
	err := tx.Put(ctx, b.String(), args...)
	return err
}

// Move carries everything from one database into another of the same schema, which holds nothing or a part of an earlier try.
// Nobody may write to either meanwhile. Tables that are equal are left alone, one that was begun goes on after its last row,
// and each is held against its source at the end.
func Move(ctx context.Context, from, to *store.DB, told Told) (sums []Sum, err error) {
	tables, err := shared(ctx, from, to)
	if err != nil {
		return nil, fmt.Errorf("moving: %w", err)
	}
	err = from.Read(ctx, "carry.Move", func(ctx context.Context, tx *store.Tx) error {
		for i := range tables {
			s, err := moveTable(ctx, tx, to, tables[i:], told)
			if err != nil {
				return err
			}
			sums = append(sums, s)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("moving: %w", err)
	}
	return sums, nil
}

// shared are the tables of both, which must be the same.
func shared(ctx context.Context, from, to *store.DB) ([]store.Table, error) {
	var tables [2][]store.Table
	var schema [2][]int64
	for i, db := range []*store.DB{from, to} {
		err := db.Read(ctx, "carry.shared", func(ctx context.Context, tx *store.Tx) (err error) {
			if tables[i], err = tx.Tables(ctx); err == nil {
				schema[i], err = tx.Schema(ctx)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if !slices.Equal(schema[0], schema[1]) || !slices.EqualFunc(tables[0], tables[1], sameTable) {
		return nil, fmt.Errorf("the two databases have different schemas: bring both up to date with the same program first")
	}
	return tables[0], nil
}

// moveTable moves the first of the tables that are left.
func moveTable(ctx context.Context, tx *store.Tx, to *store.DB, left []store.Table, told Told) (Sum, error) {
	t := left[0]
	want, err := sumOf(ctx, tx, t, nil)
	if err != nil {
		return want, err
	}
	equal := func() bool { return same(ctx, to, t, want) == nil }
	if equal() {
		return want, nil
	}
	after, err := lastKey(ctx, to, t)
	if err != nil {
		return want, err
	}
	if err := copyRows(ctx, tx, to, t, after, told); err != nil || after == nil {
		if err == nil {
			err = same(ctx, to, t, want)
		}
		return want, err
	}
	if equal() {
		return want, nil
	}
	// What was there is not the beginning of what is here: rows have changed since, or it was never ours. What comes later may
	// refer to it, and is moved again after it.
	err = to.Write(ctx, "carry.again", func(ctx context.Context, tx *store.Tx) error {
		for _, t := range slices.Backward(left) {
			if err := tx.Put(ctx, "DELETE FROM "+t.Name); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = copyRows(ctx, tx, to, t, nil, told)
	}
	if err == nil {
		err = same(ctx, to, t, want)
	}
	return want, err
}

func copyRows(ctx context.Context, tx *store.Tx, to *store.DB, t store.Table, after []any, told Told) error {
	in := &inserting{db: to, table: t, told: told}
	err := each(ctx, tx, t, after, func(_ []byte, values []any) error {
		return in.add(ctx, values)
	})
	if err != nil {
		return err
	}
	return in.flush(ctx)
}

// lastKey is the key of a table's last row; nil where it has none.
func lastKey(ctx context.Context, db *store.DB, t store.Table) (key []any, err error) {
	only := store.Table{Name: t.Name}
	for _, name := range t.Key {
		i := slices.IndexFunc(t.Columns, func(c store.Column) bool { return c.Name == name })
		only.Columns = append(only.Columns, t.Columns[i])
	}
	err = db.Read(ctx, "carry.last", func(ctx context.Context, tx *store.Tx) error {
		desc := strings.Join(t.Key, " DESC, ") + " DESC"
		rows, err := tx.Query(ctx, "SELECT "+strings.Join(t.Key, ", ")+" FROM "+t.Name+" ORDER BY "+desc+" LIMIT 1")
		if err != nil {
			return err
		}
		defer rows.Close()
		c := newCells(only)
		for rows.Next() {
			if err := rows.Scan(c.into...); err != nil {
				return err
			}
			_, key = c.row()
		}
		return rows.Close()
	})
	return key, err
}
