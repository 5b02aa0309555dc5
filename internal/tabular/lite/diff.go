package lite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"stoa/internal/tabular"
)

// Change is a row that came (no Old), went (no New) or changed. Times counts equal rows.
type Change struct {
	Key      []string
	Old, New []string
	Times    int64
}

// ErrNotAlike says that two tables have other keys or other types, so that rows cannot be told to be the same.
var ErrNotAlike = errors.New("the tables have no rows in common form")

// Common are the columns that both tables have, in the order of the newer one.
func Common(older, newer tabular.Schema) (ids []string) {
	for _, c := range newer.Columns {
		if _, at := older.Column(c.ID); at >= 0 {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// Diff goes through both tables in the order of their key, or of whole rows where there is none, and gives every change
// to fn: in constant memory.
func Diff(ctx context.Context, older, newer *Table, fn func(Change) error) error {
	columns := Common(older.Schema, newer.Schema)
	by := newer.Key
	if !slices.Equal(older.Key, newer.Key) || len(columns) == 0 {
		return ErrNotAlike
	}
	keyed := len(by) > 0
	if !keyed {
		by = columns
	}
	types := make([]tabular.Type, len(by))
	for i, id := range by {
		a, _ := older.Column(id)
		b, _ := newer.Column(id)
		if types[i] = b.Type; a.Type != b.Type {
			return ErrNotAlike
		}
	}
	m := &merge{keyed: keyed, columns: columns, types: types, alike: make([]tabular.Type, len(columns)), fn: fn}
	for i, id := range columns {
		a, _ := older.Column(id)
		b, _ := newer.Column(id)
		if a.Type == b.Type {
			m.alike[i] = b.Type
		}
		if !keyed {
			m.keys = append(m.keys, i)
		}
	}
	for _, id := range by {
		if keyed {
			m.keys = append(m.keys, slices.Index(columns, id))
		}
	}
	return m.run(ctx, older, newer, by)
}

// merge compares two sorted runs.
type merge struct {
	keyed   bool
	columns []string
	keys    []int // places of the key in columns
	types   []tabular.Type
	alike   []tabular.Type // "" where the types differ and cells are compared as text
	fn      func(Change) error
}

func (m *merge) run(ctx context.Context, older, newer *Table, by []string) (err error) {
	a, err := older.cursor(ctx, m.columns, by)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	b, err := newer.cursor(ctx, m.columns, by)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	old, oldTimes, err := m.next(a)
	if err != nil {
		return err
	}
	now, nowTimes, err := m.next(b)
	for err == nil && (old != nil || now != nil) {
		d := 0
		switch {
		case old == nil:
			d = 1
		case now == nil:
			d = -1
		default:
			d = m.compare(old, now)
		}
		if err = m.tell(d, old, oldTimes, now, nowTimes); err != nil {
			return err
		}
		if d <= 0 {
			if old, oldTimes, err = m.next(a); err != nil {
				return err
			}
		}
		if d >= 0 {
			now, nowTimes, err = m.next(b)
		}
	}
	return err
}

func (m *merge) tell(d int, old []string, oldTimes int64, now []string, nowTimes int64) error {
	switch {
	case d < 0:
		return m.fn(Change{Key: m.key(old), Old: old, Times: oldTimes})
	case d > 0:
		return m.fn(Change{Key: m.key(now), New: now, Times: nowTimes})
	case m.keyed && !m.same(old, now):
		return m.fn(Change{Key: m.key(now), Old: old, New: now, Times: 1})
	case oldTimes > nowTimes:
		return m.fn(Change{Old: old, Times: oldTimes - nowTimes})
	case nowTimes > oldTimes:
		return m.fn(Change{New: now, Times: nowTimes - oldTimes})
	}
	return nil
}

func (m *merge) key(row []string) []string {
	if !m.keyed {
		return nil
	}
	key := make([]string, len(m.keys))
	for i, at := range m.keys {
		key[i] = row[at]
	}
	return key
}

func (m *merge) compare(a, b []string) int {
	for i, at := range m.keys {
		if d := tabular.Compare(m.types[i], a[at], b[at]); d != 0 {
			return d
		}
	}
	return 0
}

func (m *merge) same(a, b []string) bool {
	for i, t := range m.alike {
		if tabular.Compare(t, a[i], b[i]) != 0 {
			return false
		}
	}
	return true
}

// next gives the next row, and how often it is there where rows have no key.
func (m *merge) next(c *cursor) (row []string, times int64, err error) {
	if row, err = c.next(); row == nil || err != nil || m.keyed {
		return row, 1, err
	}
	for times = 1; ; times++ {
		again, err := c.next()
		if err != nil {
			return nil, 0, err
		}
		if again == nil || m.compare(row, again) != 0 {
			c.held = again
			return row, times, nil
		}
	}
}

// cursor reads a table in order.
type cursor struct {
	t      *Table
	at     []int
	held   []string
	rows   *sql.Rows
	values []any
	into   []any
}

func (t *Table) cursor(ctx context.Context, columns, by []string) (*cursor, error) {
	c := &cursor{t: t, values: make([]any, len(columns)), into: make([]any, len(columns))}
	var list, order []string
	for i, id := range columns {
		_, at := t.Column(id)
		c.at, c.into[i] = append(c.at, at), &c.values[i]
		list = append(list, name(at))
	}
	for _, id := range by {
		_, at := t.Column(id)
		order = append(order, name(at))
	}
	rows, err := t.db.QueryContext(ctx, "SELECT "+strings.Join(list, ", ")+" FROM t ORDER BY "+strings.Join(order, ", "))
	c.rows = rows
	return c, err
}

func (c *cursor) close() error { return c.rows.Close() }

// next gives nil at the end.
func (c *cursor) next() ([]string, error) {
	if row := c.held; row != nil {
		c.held = nil
		return row, nil
	}
	if !c.rows.Next() {
		return nil, c.rows.Err()
	}
	if err := c.rows.Scan(c.into...); err != nil {
		return nil, err
	}
	row := make([]string, len(c.at))
	for i, at := range c.at {
		var err error
		if row[i], err = c.t.cell(at, "", c.values[i]); err != nil {
			return nil, err
		}
	}
	return row, nil
}
