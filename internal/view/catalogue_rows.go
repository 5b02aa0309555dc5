package view

import (
	"context"
	"errors"

	"stoa/internal/dataset"
	"stoa/internal/fault"
	"stoa/internal/store"
	"stoa/internal/tabular/lite"
)

// RowsQuery asks for rows of a dataset's newest version, as programs ask.
type RowsQuery struct {
	Where    []RowsFilter
	Search   string   // words that a row must hold
	Columns  []string // none: all, the number of the row first
	Distinct bool
	Sort     []RowsOrder
	Limit    int // 0: none, only how many there are
	Offset   int
	Count    bool // whether the total is wanted
}

// RowsFilter keeps rows whose cell is one of the values ("" is a missing one), or, with Contains, holds the first as a piece.
type RowsFilter struct {
	Column   string
	Values   []string
	Contains bool
}

// RowsOrder sorts by a column.
type RowsOrder struct {
	Column string
	Desc   bool
}

// RowsColumn is a column of an answer. Type is a word of Table Schema.
type RowsColumn struct{ ID, Type, Title, About, Unit string }

// Rows is an answer.
type Rows struct {
	Columns []RowsColumn
	Cells   [][]string // as the published file writes them, "" for a missing one
	Total   int64      // -1 where it was not wanted
}

// RowNumber is the column that every table has besides its own.
const RowNumber = lite.RowID

// MostRows is how many rows one answer gives.
const MostRows = lite.MaxLimit

// Columns are those of a dataset's newest version, with the number of its rows.
func (c Catalogues) Columns(ctx context.Context, r Reader, id string) ([]RowsColumn, int64, error) {
	v, err := c.newest(ctx, r, id)
	if err != nil {
		return nil, 0, err
	}
	columns := []RowsColumn{{ID: RowNumber, Type: "integer"}}
	for _, col := range v.Spec.Columns {
		columns = append(columns, RowsColumn{col.ID, string(col.Type), col.Title.In(r.P.Tag(), c.place().File.Languages...), col.About.In(r.P.Tag(), c.place().File.Languages...), col.Unit})
	}
	return columns, v.Rows, nil
}

// Rows answers a question from a dataset's newest version. Columns that there are not are fault.Invalid.
func (c Catalogues) Rows(ctx context.Context, r Reader, id string, q RowsQuery) (Rows, error) {
	v, err := c.newest(ctx, r, id)
	if err != nil {
		return Rows{}, err
	}
	ask := dataset.Query{Search: q.Search, Columns: q.Columns, Distinct: q.Distinct, Limit: max(q.Limit, 1), Offset: q.Offset, NoTotal: !q.Count}
	if len(ask.Columns) == 0 {
		ask.Columns = append(ask.Columns, RowNumber)
		for _, col := range v.Spec.Columns {
			ask.Columns = append(ask.Columns, col.ID)
		}
	}
	for _, f := range q.Where {
		op := lite.Is
		if f.Contains {
			op = lite.Contains
		}
		ask.Where = append(ask.Where, dataset.Filter{Column: f.Column, Op: op, Values: f.Values})
	}
	for _, o := range q.Sort {
		ask.Sort = append(ask.Sort, dataset.Order{Column: o.Column, Desc: o.Desc})
	}
	found, err := c.Datasets.Query(ctx, v, ask)
	if errors.Is(err, store.ErrNotFound) {
		return Rows{}, fault.Wrap(err, fault.NotFound, "")
	}
	if err != nil {
		return Rows{}, err
	}
	out := Rows{Cells: found.Rows, Total: found.Total}
	if q.Limit == 0 {
		out.Cells = nil
	}
	for _, col := range found.Columns {
		out.Columns = append(out.Columns, RowsColumn{ID: col.ID, Type: col.Type})
	}
	return out, nil
}

func (c Catalogues) newest(ctx context.Context, r Reader, id string) (v *dataset.Version, err error) {
	err = c.read(ctx, "NewestVersion", func(ctx context.Context, tx *store.Tx) error {
		v, err = c.View.Data().version(ctx, tx, r, id, 0)
		return err
	})
	return v, err
}
