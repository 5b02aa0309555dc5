package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"stoa/internal/fault"
)

// The kinds of error that callers tell apart, with errors.Is.
var (
	ErrNotFound      = errors.New("not found")
	ErrConflict      = errors.New("already there")              // a unique key; see Error.Columns
	ErrReference     = errors.New("reference to a missing row") // a foreign key
	ErrConstraint    = errors.New("constraint violated")        // NOT NULL, CHECK
	ErrBusy          = errors.New("database busy")              // worth another try, later
	ErrSerialization = errors.New("concurrent change")          // after all retries
	ErrReadOnly      = errors.New("transaction cannot write")   // a write inside Read
	ErrFull          = errors.New("no room on the disk")
	ErrUnavailable   = errors.New("database not reachable")
	ErrInDoubt       = errors.New("commit not answered")              // may or may not have been stored
	ErrNested        = errors.New("transaction inside a transaction") // a mistake in the program
	ErrDone          = errors.New("transaction has ended")            // a mistake in the program
	ErrRowsOpen      = errors.New("the rows before are not closed")   // a mistake in the program
	ErrClosed        = errors.New("store closed")
	errOther         = errors.New("database error")
	errAborted       = errors.New("transaction function did not end") // panic or Goexit
	errGroupLost     = errors.New("shared transaction was rolled back")
)

// Error is what a statement or a commit failed with.
type Error struct {
	Kind    error    // one of the kinds above
	Tx      string   // name of the transaction
	Table   string   // of a conflict
	Columns []string // of the unique key in conflict, the same on both databases
	cause   error
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Tx != "" {
		b.WriteString(e.Tx + ": ")
	}
	b.WriteString(e.Kind.Error())
	if e.Table != "" {
		fmt.Fprintf(&b, " in %s (%s)", e.Table, strings.Join(e.Columns, ", "))
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

// Unwrap gives the kind and the driver's error.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.cause}
}

// FaultKind says what an edge makes of an error that nobody on the way has turned into a sentence: what is not there,
// what passes by itself, and else our own mistake.
func (e *Error) FaultKind() fault.Kind {
	switch e.Kind {
	case ErrNotFound:
		return fault.NotFound
	case ErrBusy, ErrSerialization, ErrUnavailable, ErrFull, ErrClosed, ErrInDoubt:
		return fault.Unavailable
	}
	return fault.Internal
}

// ConflictOn tells whether err is a conflict on the unique key of table that consists of exactly these columns.
func ConflictOn(err error, table string, columns ...string) bool {
	var e *Error
	if !errors.As(err, &e) || e.Kind != ErrConflict || e.Table != table || len(e.Columns) != len(columns) {
		return false
	}
	for i, c := range columns {
		if e.Columns[i] != c {
			return false
		}
	}
	return true
}

// translate turns a driver's error into an *Error, once. Errors of the caller's context stay what they are.
func translate(tx string, err error) error {
	if err == nil {
		return nil
	}
	var done *Error
	if errors.As(err, &done) {
		return err
	}
	e := &Error{Kind: errOther, Tx: tx, cause: err}
	var lite *sqlite.Error
	var pg *pgconn.PgError
	var netErr net.Error
	switch {
	case errors.Is(err, sql.ErrNoRows):
		e.Kind, e.cause = ErrNotFound, nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &lite):
		fromSQLite(e, lite)
	case errors.As(err, &pg):
		fromPostgres(e, pg)
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, io.EOF), errors.Is(err, errSilent), errors.As(err, &netErr), pgconn.SafeToRetry(err): // the last: the connection was found closed
		e.Kind = ErrUnavailable
	}
	return e
}

func fromSQLite(e *Error, err *sqlite.Error) {
	switch err.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		e.Kind = ErrConflict
		e.Table, e.Columns = sqliteKey(err.Error())
		return
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		e.Kind = ErrReference
		return
	}
	switch err.Code() & 0xff {
	case sqlite3.SQLITE_CONSTRAINT:
		e.Kind = ErrConstraint
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		e.Kind = ErrBusy
	case sqlite3.SQLITE_READONLY:
		e.Kind = ErrReadOnly
	case sqlite3.SQLITE_FULL:
		e.Kind = ErrFull
	case sqlite3.SQLITE_CANTOPEN:
		e.Kind = ErrUnavailable
	}
}

// sqliteKey reads "UNIQUE constraint failed: person.org, person.email (2067)", the only place where SQLite names the key.
func sqliteKey(msg string) (table string, columns []string) {
	const mark = "constraint failed: "
	i := strings.LastIndex(msg, mark)
	if i < 0 {
		return "", nil
	}
	list, _, _ := strings.Cut(msg[i+len(mark):], " (")
	for _, c := range strings.Split(list, ", ") {
		t, col, ok := strings.Cut(c, ".")
		if !ok {
			return "", nil
		}
		table, columns = t, append(columns, col)
	}
	return table, columns
}

func fromPostgres(e *Error, err *pgconn.PgError) {
	switch err.Code {
	case "23505":
		e.Kind, e.Table = ErrConflict, err.TableName
		e.Columns = postgresKey(err.Detail)
	case "23503":
		e.Kind = ErrReference
	case "23502", "23514":
		e.Kind = ErrConstraint
	case "22021": // a zero byte, or no UTF-8: no row can be named so
		e.Kind = ErrNotFound
	case "40001", "40P01":
		e.Kind = ErrSerialization
	case "55P03", "53300":
		e.Kind = ErrBusy
	case "25006":
		e.Kind = ErrReadOnly
	case "53100":
		e.Kind = ErrFull
	case "57P01", "57P02", "57P03":
		e.Kind = ErrUnavailable
	default:
		if strings.HasPrefix(err.Code, "08") {
			e.Kind = ErrUnavailable
		}
	}
}

// postgresKey reads "Key (org, email)=(…) already exists." It never keeps the values, which may be personal.
func postgresKey(detail string) []string {
	_, rest, ok := strings.Cut(detail, "(")
	if !ok {
		return nil
	}
	list, _, ok := strings.Cut(rest, ")=")
	if !ok {
		return nil
	}
	return strings.Split(list, ", ")
}
