package lite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"stoa/internal/tabular"
)

// How a cell lies in the file: NULL where it is missing; text as it is; true and false as 1 and 0; whole numbers, and
// numbers scaled to the decimals of their column, as integers, so that nothing is ever rounded; a day as 20260301, a
// month as 202603, so that its month and its year are a division.

const (
	batch      = 40        // rows to a statement
	maxIndexes = 16        // columns with an index
	maxIndexed = 200       // bytes of the longest text in a column with an index
	maxSearch  = 256 << 20 // bytes of text that can be searched; the longest columns are left out
)

// form is a schema with what the profile of a table adds.
type form struct {
	tabular.Schema
	profile tabular.Profile
}

func newForm(s tabular.Schema, p tabular.Profile) (form, error) {
	if len(p.Columns) != len(s.Columns) {
		return form{}, errors.New("the profile is of another table")
	}
	return form{s, p}, nil
}

func (f form) scale(i int) int { return max(f.profile.Columns[i].Scale, f.Columns[i].Decimals) }

func name(i int) string { return fmt.Sprintf("c%d", i) }

// Build writes the table into the empty file at path. Rows whose key, or whose cell in a column of unique cells, is
// there twice are problems, the first of each kind; the file is then of no use.
func Build(ctx context.Context, path string, s tabular.Schema, p tabular.Profile, rows tabular.Rows) (problems []tabular.Problem, err error) {
	f, err := newForm(s, p)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dsn(path, "rw", "journal_mode(off)", "synchronous(off)", "locking_mode(exclusive)", "cache_size(-32000)"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	w := &writer{form: f, conn: conn, lists: newPostings(f)}
	if err := w.fill(ctx, rows); err != nil {
		return nil, err
	}
	if problems, err = w.duplicates(ctx); err != nil || len(problems) > 0 {
		return problems, err
	}
	return nil, w.index(ctx)
}

func dsn(path, mode string, pragmas ...string) string {
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	return "file:" + escaped + "?mode=" + mode + "&_pragma=" + strings.Join(pragmas, "&_pragma=")
}

type writer struct {
	form
	conn  *sql.Conn
	args  []any
	full  *sql.Stmt
	lists *postings
}

func (w *writer) exec(ctx context.Context, query string, args ...any) error {
	_, err := w.conn.ExecContext(ctx, query, args...)
	return err
}

func (w *writer) fill(ctx context.Context, rows tabular.Rows) (err error) {
	var columns []string
	for i, c := range w.Columns {
		affinity := " INTEGER"
		if c.Type == tabular.String || c.Type == tabular.GeoPoint {
			affinity = " TEXT"
		}
		columns = append(columns, name(i)+affinity)
	}
	if err := w.exec(ctx, "CREATE TABLE t (id INTEGER PRIMARY KEY, "+strings.Join(columns, ", ")+")"); err != nil {
		return err
	}
	if err := w.exec(ctx, "BEGIN"); err != nil {
		return err
	}
	if w.full, err = w.conn.PrepareContext(ctx, w.insert(batch)); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.full.Close()) }()
	w.args = make([]any, 0, batch*len(columns))
	err = rows(func(cells []string) error {
		for i, cell := range cells {
			v, err := w.value(i, cell)
			if err != nil {
				return err
			}
			w.args = append(w.args, v)
		}
		w.lists.add(w.args[len(w.args)-len(cells):])
		if len(w.args) < cap(w.args) {
			return nil
		}
		_, err := w.full.ExecContext(ctx, w.args...)
		w.args = w.args[:0]
		return err
	})
	if err != nil {
		return err
	}
	if n := len(w.args) / len(columns); n > 0 {
		if err := w.exec(ctx, w.insert(n), w.args...); err != nil {
			return err
		}
	}
	return w.exec(ctx, "COMMIT")
}

func (w *writer) insert(n int) string {
	names := make([]string, len(w.Columns))
	for i := range names {
		names[i] = name(i)
	}
	row := "(" + strings.Repeat("?, ", len(names)-1) + "?)"
	return "INSERT INTO t (" + strings.Join(names, ", ") + ") VALUES " + strings.Repeat(row+", ", n-1) + row
}

// duplicates builds the indexes of what must be unique, and looks for what is not.
func (w *writer) duplicates(ctx context.Context) (problems []tabular.Problem, err error) {
	var unique [][]string
	for _, c := range w.Columns {
		if c.Unique {
			unique = append(unique, []string{c.ID})
		}
	}
	if len(w.Key) > 0 {
		unique = append(unique, w.Key)
	}
	for n, ids := range unique {
		var names, filled []string
		for _, id := range ids {
			_, i := w.Column(id)
			names, filled = append(names, name(i)), append(filled, name(i)+" IS NOT NULL")
		}
		columns := strings.Join(names, ", ")
		if err := w.exec(ctx, fmt.Sprintf("CREATE INDEX u%d ON t (%s)", n, columns)); err != nil {
			return nil, err
		}
		var first, second int64
		err := w.conn.QueryRowContext(ctx, fmt.Sprintf("SELECT min(id), max(id) FROM t WHERE %s GROUP BY %s HAVING count(*) > 1 LIMIT 1",
			strings.Join(filled, " AND "), columns)).Scan(&first, &second)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		problems = append(problems, tabular.Problem{Line: second + 1, Column: strings.Join(ids, ", "),
			What: fmt.Sprintf("it is the same as in line %d, and no two rows may have the same", first+1)})
	}
	return problems, nil
}

// index makes filtering and searching fast.
func (w *writer) index(ctx context.Context) error {
	var words, shown []string
	indexes := 0
	for i, c := range w.Columns {
		if w.searched(i) {
			words = append(words, fmt.Sprintf("w%d", i))
			shown = append(shown, fmt.Sprintf("%s AS w%d", name(i), i))
		}
		has := c.Unique || len(w.Key) > 0 && w.Key[0] == c.ID
		if has || indexes == maxIndexes || w.profile.Columns[i].Longest > maxIndexed {
			continue
		}
		indexes++
		if err := w.exec(ctx, fmt.Sprintf("CREATE INDEX i%d ON t (%s)", i, name(i))); err != nil {
			return err
		}
	}
	if len(words) > 0 {
		// Which words are in which row, and no more: their places would cost as much again, and nobody asks for phrases.
		for _, statement := range []string{
			"CREATE VIEW text AS SELECT id, " + strings.Join(shown, ", ") + " FROM t",
			"CREATE VIRTUAL TABLE f USING fts5(" + strings.Join(words, ", ") + ", content='text', content_rowid='id', detail=none, columnsize=0, " +
				`tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co Mn'")`,
			"INSERT INTO f (f) VALUES ('rebuild')",
			"INSERT INTO f (f) VALUES ('optimize')",
		} {
			if err := w.exec(ctx, statement); err != nil {
				return err
			}
		}
	}
	if err := w.keepPostings(ctx); err != nil {
		return err
	}
	return w.exec(ctx, "ANALYZE t")
}

// searched tells whether the words of a column can be searched.
func (f form) searched(i int) bool {
	if f.Columns[i].Type != tabular.String {
		return false
	}
	var shorter int64 // text of the columns that come before this one
	for j, p := range f.profile.Columns {
		if f.Columns[j].Type == tabular.String && (p.Bytes < f.profile.Columns[i].Bytes || p.Bytes == f.profile.Columns[i].Bytes && j <= i) {
			shorter += p.Bytes
		}
	}
	return shorter <= maxSearch
}

// searchable tells whether the table has text to search.
func (f form) searchable() bool {
	for i := range f.Columns {
		if f.searched(i) {
			return true
		}
	}
	return false
}
