package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"

	"stoa/internal/tabular"
)

// A row group is held in memory until it is written.
const (
	groupRows  = 50_000
	groupBytes = 16 << 20
	rowsAtOnce = 256
)

// writeParquet writes typed columns in their order: numbers as decimals of 64 bits, days as DATE, years as integers,
// months and places as text, all optional. Text is as it truly is.
func writeParquet(ctx context.Context, s *Store, v *Version, w io.Writer) (err error) {
	columns := make([]parquetColumn, len(v.Spec.Columns))
	root := parquetRoot{Group: parquet.Group{}}
	for i, c := range v.Spec.Columns {
		columns[i] = newParquetColumn(c, max(v.Profile.Columns[i].Scale, c.Decimals))
		node := parquet.Compressed(parquet.Optional(columns[i].node), &parquet.Zstd)
		root.Group[c.ID] = node
		root.fields = append(root.fields, parquetField{node, c.ID})
	}
	out := parquet.NewWriter(w, parquet.NewSchema("row", root), parquet.CreatedBy("Stoa", layout, ""), parquet.PageBufferSize(64<<10))
	rows := make([]parquet.Row, 0, rowsAtOnce)
	inGroup, bytes := 0, 0
	flush := func() error {
		_, err := out.WriteRows(rows)
		inGroup += len(rows)
		rows = rows[:0]
		if err == nil && (inGroup >= groupRows || bytes >= groupBytes) {
			err = out.Flush()
			inGroup, bytes = 0, 0
		}
		return err
	}
	err = s.Rows(ctx, v)(func(cells []string) error {
		row := make(parquet.Row, len(cells))
		for i, cell := range cells {
			value, err := columns[i].value(cell)
			if err != nil {
				return err
			}
			level := 1
			if cell == "" {
				level = 0
			}
			row[i] = value.Level(0, level, i)
			bytes += len(cell)
		}
		rows = append(rows, row)
		if len(rows) == cap(rows) || bytes >= groupBytes {
			return flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return errors.Join(flush(), out.Close())
}

// parquetRoot keeps columns in their order; a Group sorts them by name.
type parquetRoot struct {
	parquet.Group
	fields []parquet.Field
}

// Fields are the columns.
func (r parquetRoot) Fields() []parquet.Field { return r.fields }

type parquetField struct {
	parquet.Node
	name string
}

// Name is the column's id.
func (f parquetField) Name() string { return f.name }

// Value is for rows that are Go structs, which ours are not.
func (f parquetField) Value(base reflect.Value) reflect.Value { return base }

type parquetColumn struct {
	node  parquet.Node
	value func(cell string) (parquet.Value, error)
}

func newParquetColumn(c tabular.Column, scale int) parquetColumn {
	parse := func(cell string) (parquet.Value, error) { return parquet.ByteArrayValue([]byte(cell)), nil }
	node := parquet.String()
	switch c.Type {
	case tabular.Integer:
		node = parquet.Int(64)
		parse = func(cell string) (parquet.Value, error) {
			n, err := tabular.Scaled(cell, 0)
			return parquet.Int64Value(n), err
		}
	case tabular.Number:
		node = parquet.Decimal(scale, 18, parquet.Int64Type)
		parse = func(cell string) (parquet.Value, error) {
			n, err := tabular.Scaled(cell, scale)
			return parquet.Int64Value(n), err
		}
	case tabular.Boolean:
		node = parquet.Leaf(parquet.BooleanType)
		parse = func(cell string) (parquet.Value, error) { return parquet.BooleanValue(cell == "true"), nil }
	case tabular.Date:
		node = parquet.Date()
		parse = func(cell string) (parquet.Value, error) {
			day, err := time.Parse(time.DateOnly, cell)
			return parquet.Int32Value(int32(day.Unix() / (24 * 60 * 60))), err
		}
	case tabular.Year:
		node = parquet.Int(32)
		parse = func(cell string) (parquet.Value, error) {
			n, err := strconv.ParseInt(strings.TrimLeft(cell, "0"), 10, 32)
			return parquet.Int32Value(int32(n)), err
		}
	}
	return parquetColumn{node, func(cell string) (parquet.Value, error) {
		if cell == "" {
			return parquet.NullValue(), nil
		}
		v, err := parse(cell)
		if err != nil {
			return v, fmt.Errorf("column %s: %w", c.ID, err)
		}
		return v, nil
	}}
}
