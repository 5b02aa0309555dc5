package cases_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"stoa/internal/cases"
	"stoa/internal/fault"
	"stoa/internal/process"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

var tables = []fs.FS{vault.Migrations(), cases.Migrations()}

// office is a database with cases.
type office struct {
	*cases.Cases
	t       *testing.T
	db      *store.DB
	clock   *storetest.Clock
	subject string // of cases that do not need one of their own
	numbers int
}

func newOffice(t *testing.T, db *store.DB, clock *storetest.Clock) *office {
	t.Helper()
	keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys"), Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	o := &office{Cases: &cases.Cases{Vault: keys}, t: t, db: db, clock: clock}
	o.write(func(ctx context.Context, tx *store.Tx) (err error) {
		o.subject, err = keys.NewSubject(ctx, tx)
		return err
	})
	return o
}

func each(t *testing.T, test func(o *office)) {
	t.Helper()
	storetest.Each(t, tables, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(newOffice(t, db, clock)) })
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) write(fn func(ctx context.Context, tx *store.Tx) error) {
	o.t.Helper()
	o.must(o.db.Write(o.t.Context(), "test", fn))
}

func (o *office) read(fn func(ctx context.Context, tx *store.Tx) error) {
	o.t.Helper()
	o.must(o.db.Read(o.t.Context(), "test", fn))
}

// insert stores a case, filling in what was left out, and makes it findable by texts.
func (o *office) insert(one *cases.Case, texts ...string) *cases.Case {
	o.t.Helper()
	o.write(func(ctx context.Context, tx *store.Tx) error { return o.insertIn(ctx, tx, one, texts...) })
	return one
}

func (o *office) insertIn(ctx context.Context, tx *store.Tx, one *cases.Case, texts ...string) error {
	fill := func(at *string, otherwise string) {
		if *at == "" {
			*at = otherwise
		}
	}
	o.numbers++
	fill(&one.ID, tx.NewID())
	fill(&one.Number, tx.NewID())
	fill(&one.Organisation, "licensing")
	fill(&one.Service, "stall")
	fill(&one.State, "received")
	fill(&one.Subject, o.subject)
	fill(&one.Person, "asha")
	if one.Submitted.IsZero() {
		one.Submitted = tx.Now()
	}
	if err := o.Insert(ctx, tx, one); err != nil || len(texts) == 0 {
		return err
	}
	return o.Index(ctx, tx, one, texts...)
}

func (o *office) get(id string) (one *cases.Case) {
	o.t.Helper()
	o.read(func(ctx context.Context, tx *store.Tx) (err error) {
		one, err = o.Get(ctx, tx, id)
		return err
	})
	return one
}

// typed is an answer to one question.
func typed(field, value string) process.Typed {
	return process.Typed{Fields: map[string][]string{field: {value}}}
}

func isNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

func isConflict(err error) bool { return fault.KindOf(err) == fault.Conflict }
