package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Tx is one transaction. It belongs to the goroutine that runs its function and ends with it.
type Tx struct {
	db       *DB
	name     string
	now      time.Time
	writable bool
	lock     string
	conn     conn
	outer    *Tx // of another database, around this one

	open   *Rows
	failed error
	hooks  []func()
	done   bool
}

// conn is where a transaction's statements go.
type conn interface {
	put(ctx context.Context, query string, args []any) error
	exec(ctx context.Context, query string, args []any) (sql.Result, error)
	query(ctx context.Context, query string, args []any) (rows, error)
}

// rows is what a driver gives for a query.
type rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
}

// Now is the one instant of this transaction, in UTC, whole microseconds.
func (tx *Tx) Now() time.Time { return tx.now }

// NewID makes an identifier: 26 characters, ascending with Now, 74 random bits.
func (tx *Tx) NewID() string { return newID(tx.now, tx.db.rand) }

// Writable tells a transaction of Write from one of Read.
func (tx *Tx) Writable() bool { return tx.writable }

// Lock is what a SELECT ends with to hold its rows until commit: " FOR UPDATE" where the database needs it, else "".
func (tx *Tx) Lock() string {
	if !tx.writable {
		return ""
	}
	return tx.lock
}

// OnCommit runs f after the commit, in the goroutine that called Write. It is for waking workers of this process, which
// would find their rows without it; never for an effect, which would be lost with the process.
func (tx *Tx) OnCommit(f func()) { tx.hooks = append(tx.hooks, f) }

// Notify wakes those who Listen to the topic, after the commit.
func (tx *Tx) Notify(topic string) { tx.OnCommit(func() { tx.db.bells.ring(topic) }) }

// Put runs a statement of which nobody asks how many rows it changed. On PostgreSQL it travels with the next statement, or with the
// commit; so may its error, which then names it. Whoever does something about an error of one statement, like a key that is
// taken, uses Exec.
func (tx *Tx) Put(ctx context.Context, query string, args ...any) error {
	if err := tx.ready(ctx); err != nil {
		return err
	}
	if !tx.writable {
		return tx.spoil(&Error{Kind: ErrReadOnly, Tx: tx.name})
	}
	if err := tx.conn.put(ctx, query, args); err != nil {
		return tx.spoil(err)
	}
	return nil
}

// Exec runs a statement and tells how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := tx.ready(ctx); err != nil {
		return 0, err
	}
	res, err := tx.conn.exec(ctx, query, args)
	if err != nil {
		return 0, tx.spoil(err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, tx.spoil(err)
	}
	return n, nil
}

// Query runs a statement that gives rows. The caller closes them before the next statement.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	if err := tx.ready(ctx); err != nil {
		return nil, err
	}
	rows, err := tx.conn.query(ctx, query, args)
	if err != nil {
		return nil, tx.spoil(err)
	}
	tx.open = &Rows{tx: tx, rows: rows}
	return tx.open, nil
}

// QueryRow runs a statement of which the first row counts; none is ErrNotFound, from Scan.
func (tx *Tx) QueryRow(ctx context.Context, query string, args ...any) *Row {
	rows, err := tx.Query(ctx, query, args...)
	return &Row{rows: rows, err: err}
}

// Next counts up the named counter and gives its new value, first 1. Numbers have no gaps: a transaction that fails
// gives its number back. Until it ends, others that want the same counter wait.
func (tx *Tx) Next(ctx context.Context, counter string) (int64, error) {
	var n int64
	err := tx.QueryRow(ctx, `INSERT INTO counter (name, value) VALUES ($1, 1)
		ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value`, counter).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count up %q: %w", counter, err)
	}
	return n, nil
}

func (tx *Tx) ready(ctx context.Context) error {
	switch {
	case tx.done:
		return &Error{Kind: ErrDone, Tx: tx.name}
	case tx.failed != nil:
		return tx.failed
	case tx.open != nil:
		return tx.spoil(&Error{Kind: ErrRowsOpen, Tx: tx.name})
	}
	return ctx.Err()
}

// spoil remembers the first failure: nothing may follow it.
func (tx *Tx) spoil(err error) error {
	err = translate(tx.name, err)
	var e *Error
	if tx.writable && errors.As(err, &e) && e.Kind == ErrReadOnly {
		e.Kind = ErrUnavailable // the server has become a standby; the next try finds the one that takes writes
	}
	if tx.failed == nil {
		tx.failed = err
	}
	return err
}

// insideKey finds in a context the transaction whose function it was given to.
type insideKey struct{}

// run calls fn and says how it ended, with what fn may have overlooked.
func (tx *Tx) run(ctx context.Context, fn func(context.Context, *Tx) error) error {
	defer func() { tx.done = true }()
	tx.outer, _ = ctx.Value(insideKey{}).(*Tx)
	err := fn(context.WithValue(ctx, insideKey{}, tx), tx)
	if tx.open != nil {
		_ = tx.open.Close() // the error below matters more
		tx.spoil(&Error{Kind: ErrRowsOpen, Tx: tx.name})
	}
	if err == nil {
		err = tx.failed
	}
	return err
}

// abandon closes rows that fn left open when it panicked.
func (tx *Tx) abandon() {
	if tx.open != nil {
		_ = tx.open.Close() // the panic goes on
	}
}

func (tx *Tx) committed() {
	for _, f := range tx.hooks {
		f()
	}
}

// Rows is the open result of a Query.
type Rows struct {
	tx   *Tx
	rows rows
}

// Next moves to the next row; false at the end and after an error, which Err gives.
func (r *Rows) Next() bool { return r.rows.Next() }

// Scan copies the row's columns.
func (r *Rows) Scan(dest ...any) error {
	if err := r.rows.Scan(dest...); err != nil {
		return translate(r.tx.name, err)
	}
	return nil
}

// Err is what ended the rows, nil for their end.
func (r *Rows) Err() error {
	if err := r.rows.Err(); err != nil {
		return r.tx.spoil(err)
	}
	return nil
}

// Close frees the connection for the next statement. It may be called twice.
func (r *Rows) Close() error {
	if r.tx.open == r {
		r.tx.open = nil
	}
	err := r.rows.Close()
	if e := r.rows.Err(); e != nil {
		err = e
	}
	if err != nil {
		return r.tx.spoil(err)
	}
	return nil
}

// Row is the result of QueryRow.
type Row struct {
	rows *Rows
	err  error
}

// Scan copies the columns of the first row, or gives ErrNotFound.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	if !r.rows.Next() {
		if err := r.rows.Close(); err != nil {
			return err
		}
		return &Error{Kind: ErrNotFound, Tx: r.rows.tx.name}
	}
	err := r.rows.Scan(dest...)
	if e := r.rows.Close(); err == nil {
		err = e
	}
	return err
}

// Scanner is what Row and Rows have in common, so that one function can read both.
type Scanner interface {
	Scan(dest ...any) error
}

// Collect reads all rows with scan and closes them: store.Collect(rows, err, scanCase) around a Query.
func Collect[T any](rows *Rows, err error, scan func(Scanner) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			_ = rows.Close() // scan's error came first
			return nil, err
		}
		list = append(list, v)
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	return list, nil
}

// Micros is how an instant is stored: microseconds since 1970, UTC. The zero Time is 0.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time is Micros reversed: 0 is the zero Time.
func Time(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
