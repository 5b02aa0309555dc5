// Package lite owns a table as an SQLite file: written once, with typed columns, indexes and a search index, then only
// read. It answers questions about one table and tells two tables apart, exactly and in bounded memory.
//
// It stops at one file: which table it is, and whether anybody may ask, is for others. No word of a question becomes SQL:
// columns are looked up, values are arguments.
package lite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"

	_ "modernc.org/sqlite" // the driver named "sqlite"

	"stoa/internal/tabular"
)

// Tables are the files that are open, the most recently used ones.
type Tables struct {
	most int
	mu   sync.Mutex
	open []*Table // the one used last at the end
	over bool
}

// NewTables keeps at most so many files open when nobody uses them.
func NewTables(most int) *Tables { return &Tables{most: most} }

// Table is an open file.
type Table struct {
	form
	id     string
	db     *sql.DB
	users  int
	idle   bool // left the list: closed by its last user
	totals memory[int64]
	groups memory[Result]

	hasLists sync.Mutex
	lists    map[int]bool // columns with lists of rows; nil before it was asked
}

// ErrOpen says that the file cannot be opened: it may have been removed.
var ErrOpen = errors.New("the table cannot be opened")

// Each open file has so many connections with so much memory.
const (
	connections = 2
	cacheKB     = 4000
)

// Use opens the file at path, unless it is open under this id, and gives it to fn. What was Built under an id never
// changes.
func (ts *Tables) Use(path, id string, s tabular.Schema, p tabular.Profile, fn func(*Table) error) error {
	t, err := ts.take(path, id, s, p)
	if err != nil {
		return err
	}
	return errors.Join(fn(t), ts.leave(t))
}

func (ts *Tables) take(path, id string, s tabular.Schema, p tabular.Profile) (*Table, error) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.over {
		return nil, errors.New("the tables are closed")
	}
	if i := slices.IndexFunc(ts.open, func(t *Table) bool { return t.id == id }); i >= 0 {
		t := ts.open[i]
		ts.open = append(slices.Delete(ts.open, i, i+1), t)
		t.users++
		return t, nil
	}
	f, err := newForm(s, p)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dsn(path, "ro", "query_only(1)", "trusted_schema(0)", fmt.Sprintf("cache_size(-%d)", cacheKB))+"&immutable=1")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	if err := db.Ping(); err != nil {
		return nil, errors.Join(ErrOpen, err, db.Close())
	}
	t := &Table{form: f, id: id, db: db, users: 1}
	ts.open = append(ts.open, t)
	return t, nil
}

func (ts *Tables) leave(t *Table) error {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	t.users--
	var errs []error
	for i := 0; i < len(ts.open) && len(ts.open) > ts.most; {
		if ts.open[i].users > 0 {
			i++
			continue
		}
		errs = append(errs, ts.open[i].db.Close())
		ts.open = slices.Delete(ts.open, i, i+1)
	}
	if t.idle && t.users == 0 {
		errs = append(errs, t.db.Close())
	}
	return errors.Join(errs...)
}

// Close closes all; those in use when their users have left.
func (ts *Tables) Close() error {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.over = true
	var errs []error
	for _, t := range ts.open {
		t.idle = true
		if t.users == 0 {
			errs = append(errs, t.db.Close())
		}
	}
	ts.open = nil
	return errors.Join(errs...)
}

// memory keeps answers: a table never changes, so they stay true.
type memory[T any] struct {
	mu   sync.Mutex
	size int
	of   map[string]T
}

// mostKept bounds what is kept for one table: cells of groups, totals.
const mostKept = 20_000

func (m *memory[T]) get(ctx context.Context, key string, size func(T) int, find func(ctx context.Context) (T, error)) (T, error) {
	m.mu.Lock()
	v, ok := m.of[key]
	m.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := find(ctx)
	n := size(v)
	if err != nil || n > mostKept/10 {
		return v, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of == nil || m.size+n > mostKept {
		m.of, m.size = map[string]T{}, 0
	}
	m.of[key] = v
	m.size += n
	return v, nil
}
