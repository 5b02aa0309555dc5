package store

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A statement that is sent alone costs a round trip, in which the transaction holds its locks and does nothing. So what nobody
// waits for is kept, and sent together with the next statement whose answer somebody wants: BEGIN, what was put, that statement,
// in one message. The server works them off in order, and skips what comes after one that failed.

// What a transaction keeps at most, in statements and in bytes.
const (
	waitMost  = 100
	waitBytes = 256 << 10
)

// pgConn is a connection to PostgreSQL during one transaction; pgx prepares each text once per connection.
type pgConn struct {
	c       *pgxpool.Conn
	waiting *pgx.Batch
	bytes   int   // in what waits
	trips   int64 // messages that were waited for
}

const (
	beginWrite = "begin isolation level read committed"
	beginRead  = "begin isolation level repeatable read read only"
)

func newPgConn(c *pgxpool.Conn, begin string) *pgConn {
	p := &pgConn{c: c, waiting: &pgx.Batch{}}
	p.waiting.Queue(begin)
	return p
}

// put keeps a statement with the values as they are now: the caller may change what is behind them.
func (p *pgConn) put(ctx context.Context, query string, args []any) error {
	if p.waiting.Len() == waitMost || p.bytes > waitBytes {
		_, err := p.exec(ctx, query, args)
		return err
	}
	kept := make([]any, len(args))
	for i, a := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(a)
		if err != nil {
			return blamed(query, err)
		}
		switch x := v.(type) {
		case []byte:
			v = bytes.Clone(x)
			p.bytes += len(x)
		case string:
			p.bytes += len(x)
		}
		kept[i] = v
	}
	p.waiting.Queue(query, kept...)
	return nil
}

func (p *pgConn) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	sent, err := p.send(ctx, query, args)
	if err != nil {
		return nil, err
	}
	tag, err := sent.Exec()
	if e := sent.Close(); err == nil {
		err = e
	}
	return driver.RowsAffected(tag.RowsAffected()), err
}

func (p *pgConn) query(ctx context.Context, query string, args []any) (rows, error) {
	sent, err := p.send(ctx, query, args)
	if err != nil {
		return nil, err
	}
	rows, err := sent.Query()
	if err != nil {
		_ = sent.Close() // with the same error
		return nil, err
	}
	return &pgRows{rows, sent}, nil
}

// send sends what waits and one statement more. What it gives has the answer to that one next; an error is of what waited.
func (p *pgConn) send(ctx context.Context, query string, args []any) (pgx.BatchResults, error) {
	b, before := p.waiting, p.waiting.Len()
	p.waiting, p.bytes = &pgx.Batch{}, 0
	b.Queue(query, args...)
	p.trips++
	sent := p.c.SendBatch(ctx, b)
	for _, q := range b.QueuedQueries[:before] {
		if _, err := sent.Exec(); err != nil {
			_ = sent.Close() // the first error is the one that counts
			failed := q.SQL
			var early pgx.ErrPreprocessingBatch // of any of them, before the first was sent
			if errors.As(err, &early) {
				failed = early.SQL()
			}
			return nil, blamed(failed, err)
		}
	}
	return sent, nil
}

// blamed names the statement that failed where another was on its way when it became known. Values are never part of it.
func blamed(query string, err error) error {
	text := strings.Join(strings.Fields(query), " ")
	if len(text) > 80 {
		text = text[:80] + "…"
	}
	return fmt.Errorf("%s: %w", text, err)
}

// commit sends what waits, and commits. With an error it says whether all may be stored nevertheless: the commit was sent and not
// answered.
func (p *pgConn) commit(ctx context.Context) (doubt bool, err error) {
	if p.idle() && p.waiting.Len() == 1 { // BEGIN alone: nothing was done
		return false, nil
	}
	sent, err := p.send(ctx, "commit", nil)
	if err != nil {
		var refused *pgconn.PgError
		return !errors.As(err, &refused) && !errors.As(err, new(pgx.ErrPreprocessingBatch)), err
	}
	tag, err := sent.Exec()
	_ = sent.Close() // the answer to the commit is all that counts
	if err == nil && tag.String() != "COMMIT" {
		return false, errors.New("the server rolled back")
	}
	return err != nil, err
}

// rollback ends a transaction that was not committed. Where it fails, the pool gives the connection up.
func (p *pgConn) rollback(ctx context.Context) {
	if !p.c.Conn().IsClosed() && !p.idle() {
		p.trips++
		_, _ = p.c.Exec(ctx, "rollback")
	}
}

// idle tells whether BEGIN has not arrived yet, or the transaction has ended.
func (p *pgConn) idle() bool { return p.c.Conn().PgConn().TxStatus() == 'I' }

// pgRows is the answer to a query and the message in which it came.
type pgRows struct {
	pgx.Rows
	sent pgx.BatchResults
}

// Scan takes what database/sql takes: pgx by itself reads bytes into no string, and a number into no bool.
func (r *pgRows) Scan(dest ...any) error {
	var to []any // a copy, made when it is needed
	for i, f := range r.FieldDescriptions() {
		if i == len(dest) {
			break
		}
		var as any
		switch d := dest[i].(type) {
		case *string:
			if f.DataTypeOID != pgtype.TextOID {
				as = converted[string]{d}
			}
		case *bool:
			if f.DataTypeOID != pgtype.BoolOID {
				as = converted[bool]{d}
			}
		case *int64:
			if f.DataTypeOID != pgtype.Int8OID {
				as = converted[int64]{d}
			}
		case *int:
			if f.DataTypeOID != pgtype.Int8OID {
				as = converted[int]{d}
			}
		}
		if as != nil {
			if to == nil {
				to = slices.Clone(dest)
			}
			to[i] = as
		}
	}
	if to == nil {
		to = dest
	}
	return r.Rows.Scan(to...)
}

// converted is where a value goes that database/sql converts.
type converted[T any] struct{ to *T }

// Scan implements sql.Scanner.
func (c converted[T]) Scan(v any) error {
	var n sql.Null[T]
	if err := n.Scan(v); err != nil {
		return err
	}
	if !n.Valid {
		return fmt.Errorf("NULL cannot be a %T", n.V)
	}
	*c.to = n.V
	return nil
}

func (r *pgRows) Close() error {
	r.Rows.Close()
	return r.sent.Close()
}
