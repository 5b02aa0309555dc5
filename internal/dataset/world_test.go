package dataset_test

import (
	"context"
	"io/fs"
	"log/slog"
	"slices"
	"testing"

	"stoa/internal/dataset"
	"stoa/internal/shelf"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/tabular"
)

type world struct {
	t   testing.TB
	db  *store.DB
	s   *dataset.Store
	dir string
}

func sets() []fs.FS { return []fs.FS{dataset.Migrations()} }

func each(t *testing.T, test func(t *testing.T, w *world)) {
	storetest.Each(t, sets(), func(t *testing.T, db *store.DB, _ *storetest.Clock) { test(t, newWorld(t, db, t.TempDir())) })
}

// newWorld is a node of its own over a database.
func newWorld(t testing.TB, db *store.DB, dir string) *world {
	t.Helper()
	sh, err := shelf.Open(dir, 1<<30)
	must(t, err)
	w := &world{t, db, dataset.New(dataset.Config{DB: db, Shelf: sh, Log: slog.New(slog.DiscardHandler)}), dir}
	t.Cleanup(func() { must(t, w.s.Close()) })
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func rowsOf(rows [][]string) tabular.Rows {
	return func(yield func([]string) error) error {
		for _, r := range rows {
			if err := yield(r); err != nil {
				return err
			}
		}
		return nil
	}
}

// publish goes all the way.
func (w *world) publish(spec dataset.Spec, rows [][]string) (*dataset.Version, bool) {
	w.t.Helper()
	v, fresh, err := w.try(w.t.Context(), spec, rows)
	must(w.t, err)
	return v, fresh
}

func (w *world) try(ctx context.Context, spec dataset.Spec, rows [][]string) (v *dataset.Version, fresh bool, err error) {
	d, err := w.s.Draft(ctx, spec, rowsOf(rows))
	if err != nil {
		return nil, false, err
	}
	defer func() { must(w.t, d.Close()) }()
	if err := w.s.Prepare(ctx, d); err != nil {
		return nil, false, err
	}
	err = w.db.Write(ctx, "test.publish", func(ctx context.Context, tx *store.Tx) error {
		v, fresh, err = w.s.Publish(ctx, tx, d, "note")
		return err
	})
	return v, fresh, err
}

func (w *world) read(fn func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	must(w.t, w.db.Read(w.t.Context(), "test", fn))
}

func (w *world) rows(v *dataset.Version) [][]string {
	w.t.Helper()
	var all [][]string
	must(w.t, w.s.Rows(w.t.Context(), v)(func(cells []string) error {
		all = append(all, slices.Clone(cells))
		return nil
	}))
	return all
}

var payments = dataset.Spec{
	Dataset: "payments", Organisation: "treasury", Licence: "CC-BY-4.0",
	Schema: tabular.Schema{
		Columns: []tabular.Column{
			{ID: "id", Type: tabular.Integer, Required: true},
			{ID: "paid", Type: tabular.Date},
			{ID: "supplier", Type: tabular.String},
			{ID: "amount", Type: tabular.Number, Decimals: 2},
			{ID: "rate", Type: tabular.Number},
			{ID: "final", Type: tabular.Boolean},
			{ID: "year", Type: tabular.Year},
			{ID: "period", Type: tabular.YearMonth},
			{ID: "place", Type: tabular.GeoPoint},
		},
		Key: []string{"id"},
	},
}
