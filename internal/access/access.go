// Package access owns the record of who looked at whose data, what the persons looked at ask about it, and what is
// noticed about the reading of staff. Every read of a personal record by anyone but that person passes Record, which
// stores the row before the reader sees anything; the person sees the rows in their account.
//
// It stops before rights and words: package policy decides who may look, and pages say what a look was for.
package access

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"stoa/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// Look is one read.
type Look struct {
	ID           string
	At           time.Time
	Person       string // about whom
	Actor        string // who looked; "" where a program did
	System       string // which program; "" where a person did
	Organisation string // for which organisation
	What         string // case, consultation, file, licence, search
	Ref          string // its number
	Service      string // the service, register or tax whose file names the law; "" where it is none
	Why          string // the purpose: a policy action
	// Day is the day of a look that is recorded once a day however often it happens: a line in a list, which looks for
	// nobody and would bury the reads that do. "" for every other read.
	Day string
}

// errPurpose is a mistake in the program: nothing personal is read for no purpose.
var errPurpose = errors.New("a read without a purpose, or by nobody")

// Record stores a read.
func Record(ctx context.Context, tx *store.Tx, l Look) error { return RecordAll(ctx, tx, []Look{l}) }

// most is how many rows one statement stores.
const most = 50

// RecordAll stores reads that happen at once, such as the lines of a list.
func RecordAll(ctx context.Context, tx *store.Tx, looks []Look) error {
	for len(looks) > 0 {
		n := min(len(looks), most)
		if err := record(ctx, tx, looks[:n]); err != nil {
			return fmt.Errorf("recording a read: %w", err)
		}
		looks = looks[n:]
	}
	return nil
}

func record(ctx context.Context, tx *store.Tx, looks []Look) error {
	const width = 11
	var rows strings.Builder
	args := make([]any, 0, width*len(looks))
	for i, l := range looks {
		if l.Why == "" || l.Actor == "" && l.System == "" {
			return errPurpose
		}
		if i > 0 {
			rows.WriteString(", ")
		}
		rows.WriteString("(" + store.Marks(width*i+1, width) + ")")
		args = append(args, tx.NewID(), l.Person, store.Micros(tx.Now()), l.Actor, l.Organisation, l.What, l.Ref, l.Why, l.Service, l.System, l.dayKey())
	}
	err := tx.Put(ctx, `INSERT INTO access (id, person, at, actor, organisation, what, ref, why, service, system, day_key)
		VALUES `+rows.String()+` ON CONFLICT (day_key) DO NOTHING`, args...)
	return err
}

// dayKey is the same for looks of one day of which one row is enough; nil for any other.
func (l Look) dayKey() any {
	if l.Day == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{l.Day, l.Actor, l.System, l.Person, l.What, l.Ref}, "\x00")))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

const columns = `id, at, person, actor, organisation, what, ref, why, service, system`

func scan(row store.Scanner) (l Look, err error) {
	var at int64
	err = row.Scan(&l.ID, &at, &l.Person, &l.Actor, &l.Organisation, &l.What, &l.Ref, &l.Why, &l.Service, &l.System)
	l.At = store.Time(at)
	return l, err
}

// Of lists the reads of a person's data, newest first.
func Of(ctx context.Context, tx *store.Tx, person string, limit int) ([]Look, error) {
	return Find(ctx, tx, Query{Person: person, Limit: limit})
}

// Query narrows down the reads of a person's data.
type Query struct {
	Person       string
	Organisation string    // "": all
	From, Until  time.Time // from the one up to, not including, the other; zero: no end
	After        string    // the last id of the page before
	Limit        int
}

// Find lists reads of a person's data, newest first.
func Find(ctx context.Context, tx *store.Tx, q Query) ([]Look, error) {
	where, args := `person = $1`, []any{q.Person}
	add := func(condition string, v any) {
		args = append(args, v)
		where += fmt.Sprintf(" AND %s $%d", condition, len(args))
	}
	if q.Organisation != "" {
		add("organisation =", q.Organisation)
	}
	if !q.From.IsZero() {
		add("at >=", store.Micros(q.From))
	}
	if !q.Until.IsZero() {
		add("at <", store.Micros(q.Until))
	}
	if q.After != "" {
		add("id <", q.After)
	}
	args = append(args, q.Limit)
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM access WHERE `+where+fmt.Sprintf(` ORDER BY id DESC LIMIT $%d`, len(args)), args...)
	all, err := store.Collect(rows, err, scan)
	if err != nil {
		return nil, fmt.Errorf("listing reads: %w", err)
	}
	return all, nil
}

// Get is one read; store.ErrNotFound if there is none.
func Get(ctx context.Context, tx *store.Tx, id string) (Look, error) {
	l, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM access WHERE id = $1`, id))
	if err != nil {
		return Look{}, fmt.Errorf("reading a read: %w", err)
	}
	return l, nil
}

// Organisations are those that have looked at a person's data.
func Organisations(ctx context.Context, tx *store.Tx, person string) ([]string, error) {
	all, err := store.Strings(ctx, tx, `SELECT DISTINCT organisation FROM access WHERE person = $1 ORDER BY organisation`, person)
	if err != nil {
		return nil, fmt.Errorf("listing who read: %w", err)
	}
	return all, nil
}

// First is when a person's data was read first; the zero time if it never was.
func First(ctx context.Context, tx *store.Tx, person string) (time.Time, error) {
	var at int64
	err := tx.QueryRow(ctx, `SELECT COALESCE(MIN(at), 0) FROM access WHERE person = $1`, person).Scan(&at)
	if err != nil || at == 0 {
		return time.Time{}, err
	}
	return store.Time(at), nil
}

// Forget deletes the reads of a person's data up to an instant, a number at a time, with what was asked about them.
func Forget(ctx context.Context, tx *store.Tx, person string, before time.Time) (int64, error) {
	if err := tx.Put(ctx, `DELETE FROM access_question WHERE look IN (SELECT id FROM access WHERE person = $1 AND at < $2)`, person, store.Micros(before)); err != nil {
		return 0, fmt.Errorf("forgetting questions about reads: %w", err)
	}
	n, err := tx.Exec(ctx, `DELETE FROM access WHERE person = $1 AND at < $2`, person, store.Micros(before))
	if err != nil {
		return 0, fmt.Errorf("forgetting reads: %w", err)
	}
	return n, nil
}

// ForgetBefore deletes reads of anybody's data before an instant, the oldest first, at most limit.
func ForgetBefore(ctx context.Context, tx *store.Tx, before time.Time, limit int) (int64, error) {
	const old = `SELECT id FROM access WHERE at < $1 ORDER BY at LIMIT $2`
	if err := tx.Put(ctx, `DELETE FROM access_question WHERE look IN (`+old+`)`, store.Micros(before), limit); err != nil {
		return 0, fmt.Errorf("forgetting questions about reads: %w", err)
	}
	n, err := tx.Exec(ctx, `DELETE FROM access WHERE id IN (`+old+`)`, store.Micros(before), limit)
	if err != nil {
		return 0, fmt.Errorf("forgetting reads: %w", err)
	}
	return n, nil
}
