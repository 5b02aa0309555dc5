package dataset

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/shelf"
	"stoa/internal/tabular"
	"stoa/internal/tabular/lite"
)

var errNoPlace = errors.New("no column says where a row is")

// Words of questions, which package lite answers.
type (
	Query        = lite.Query
	Filter       = lite.Filter
	Group        = lite.Group
	Measure      = lite.Measure
	Order        = lite.Order
	Result       = lite.Result
	ResultColumn = lite.ResultColumn
)

// The comparisons of filters.
const (
	Is       = lite.Is
	Not      = lite.Not
	Between  = lite.Between
	Contains = lite.Contains
	Empty    = lite.Empty
	Filled   = lite.Filled
)

// Query answers a question about a version. Call it outside any transaction. A mistake in the question is a fault of
// kind Invalid.
func (s *Store) Query(ctx context.Context, v *Version, q Query) (r Result, err error) {
	err = s.use(ctx, v, func(t *lite.Table) error {
		r, err = t.Query(ctx, q)
		return err
	})
	return r, err
}

// use opens the table of a version, built if it is not there.
func (s *Store) use(ctx context.Context, v *Version, fn func(*lite.Table) error) error {
	err := s.useOnce(ctx, v, fn)
	if errors.Is(err, lite.ErrOpen) { // evicted before it was open
		err = s.useOnce(ctx, v, fn)
	}
	return err
}

func (s *Store) useOnce(ctx context.Context, v *Version, fn func(*lite.Table) error) error {
	if err := v.gone(); err != nil {
		return err
	}
	f, err := s.shelf.Get(ctx, v.file(sqlite), "", func(ctx context.Context, t *shelf.Temp) error {
		return buildTable(ctx, t, v.Spec.Schema, v.Profile, s.Rows(ctx, v))
	})
	if err != nil {
		return err
	}
	return errors.Join(s.tables.Use(f.Name(), v.file(sqlite)+" "+f.Hash, v.Spec.Schema, v.Profile, fn), f.Close())
}

// draftTable builds the table of a draft, and finds rows that are there twice.
func (s *Store) draftTable(ctx context.Context, d *Draft) (*shelf.File, error) {
	return s.shelf.Get(ctx, d.version().file(sqlite), "", func(ctx context.Context, t *shelf.Temp) error {
		return buildTable(ctx, t, d.Spec.Schema, d.Profile, d.rows())
	})
}

func buildTable(ctx context.Context, t *shelf.Temp, schema tabular.Schema, p tabular.Profile, rows tabular.Rows) error {
	problems, err := lite.Build(ctx, t.Path(), schema, p, rows)
	if err != nil {
		return fmt.Errorf("build the table: %w", err)
	}
	if len(problems) > 0 {
		return &Refused{problems, int64(len(problems))}
	}
	return nil
}

// Difference is what changed from one version to another.
type Difference struct {
	Changes
	Columns []string // that both have
	Rows    []RowDiff
}

// RowDiff is a row that came (no Old), went (no New) or changed, in the order of Difference.Columns. Times counts equal
// rows where there is no key.
type RowDiff = lite.Change

// Diff tells two versions apart: by key, or as heaps of rows where there is none. It gives the first limit rows and all
// counts. Call it outside any transaction.
func (s *Store) Diff(ctx context.Context, older, newer *Version, limit int) (d Difference, err error) {
	d.Columns = lite.Common(older.Spec.Schema, newer.Spec.Schema)
	err = s.use(ctx, older, func(a *lite.Table) error {
		return s.use(ctx, newer, func(b *lite.Table) error {
			return lite.Diff(ctx, a, b, func(c lite.Change) error {
				switch {
				case c.Old == nil:
					d.Added += c.Times
				case c.New == nil:
					d.Removed += c.Times
				default:
					d.Changed++
				}
				if len(d.Rows) < limit {
					d.Rows = append(d.Rows, c)
				}
				return nil
			})
		})
	})
	if errors.Is(err, lite.ErrNotAlike) {
		return Difference{Changes: Changes{Added: newer.Rows, Removed: older.Rows, Whole: true}, Columns: d.Columns}, nil
	}
	return d, err
}
