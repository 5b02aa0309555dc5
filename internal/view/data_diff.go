package view

import (
	"context"
	"strings"

	"stoa/internal/dataset"
	"stoa/internal/fault"
	"stoa/internal/store"
)

// DiffPage is what changed from one version of a dataset to another.
type DiffPage struct {
	DatasetLine
	From, To VersionLine
	Versions []VersionLine // that can be compared
	Whole    bool          // the two have other columns or another key: rows cannot be told apart
	Same     bool
	Added    int64
	Removed  int64
	Changed  int64
	Columns  []DataColumn
	Rows     []DiffRow
	More     bool // there are more than Rows
}

// The kinds of differences.
const (
	RowAdded   = "added"
	RowRemoved = "removed"
	RowChanged = "changed"
)

// DiffRow is a row that came, went or changed.
type DiffRow struct {
	Kind  string
	Key   string // what names it: the values of the key
	Times int64  // equal rows
	Cells []DiffCell
}

// DiffCell is a cell before and after; the same where it did not change.
type DiffCell struct{ Old, New string }

const (
	diffOnPage = 100
	diffInCSV  = 100_000
)

// Diff lays a version beside an earlier one; from is 0 for the one before it.
func (d Data) Diff(ctx context.Context, r Reader, id string, number, from int) (DiffPage, error) {
	older, newer, list, err := d.pair(ctx, r, id, number, from)
	if err != nil {
		return DiffPage{}, err
	}
	p := DiffPage{DatasetLine: d.line(r, d.place().Dataset(id), newer), From: d.versionLine(r, older), To: d.versionLine(r, newer)}
	for _, v := range list {
		if v.Number != number && v.Withdrawn == nil {
			p.Versions = append(p.Versions, d.versionLine(r, v))
		}
	}
	diff, err := d.Datasets.Diff(ctx, older, newer, diffOnPage)
	if err != nil {
		return p, err
	}
	p.Whole, p.Added, p.Removed, p.Changed = diff.Whole, diff.Added, diff.Removed, diff.Changed
	p.Same = !p.Whole && p.Added+p.Removed+p.Changed == 0
	all, _ := r.dataColumns(d, newer)
	var shown []int
	for _, column := range diff.Columns {
		_, at := newer.Spec.Column(column)
		if at < 0 {
			continue
		}
		shown = append(shown, at)
		p.Columns = append(p.Columns, all[at])
	}
	for _, row := range diff.Rows {
		p.Rows = append(p.Rows, r.diffRow(newer, diff.Columns, shown, row))
	}
	p.More = int64(len(p.Rows)) < p.Added+p.Removed+p.Changed
	return p, nil
}

// diffRow writes a row's cells as people read them.
func (r Reader) diffRow(v *dataset.Version, columns []string, shown []int, row dataset.RowDiff) DiffRow {
	out := DiffRow{Kind: rowKind(row), Key: strings.Join(row.Key, " · "), Times: row.Times}
	at := func(cells []string, i, column int) string {
		if i >= len(cells) {
			return ""
		}
		return r.cell(v.Spec.Columns[column].Type, cells[i])
	}
	for i := range columns {
		if i >= len(shown) {
			break
		}
		c := DiffCell{Old: at(row.Old, i, shown[i]), New: at(row.New, i, shown[i])}
		switch out.Kind {
		case RowAdded:
			c.Old = c.New
		case RowRemoved:
			c.New = c.Old
		}
		out.Cells = append(out.Cells, c)
	}
	return out
}

func rowKind(row dataset.RowDiff) string {
	switch {
	case row.Old == nil:
		return RowAdded
	case row.New == nil:
		return RowRemoved
	}
	return RowChanged
}

// DiffCSV is the same as a table: of what changed, a line before and a line after.
func (d Data) DiffCSV(ctx context.Context, r Reader, id string, number, from int) ([]byte, error) {
	older, newer, _, err := d.pair(ctx, r, id, number, from)
	if err != nil {
		return nil, err
	}
	diff, err := d.Datasets.Diff(ctx, older, newer, diffInCSV)
	if err != nil {
		return nil, err
	}
	rows := [][]string{append([]string{"change"}, diff.Columns...)}
	for _, row := range diff.Rows {
		for range max(row.Times, 1) {
			switch rowKind(row) {
			case RowAdded:
				rows = append(rows, append([]string{"added"}, row.New...))
			case RowRemoved:
				rows = append(rows, append([]string{"removed"}, row.Old...))
			default:
				rows = append(rows, append([]string{"before"}, row.Old...), append([]string{"after"}, row.New...))
			}
		}
	}
	return csvOf(rows)
}

func (d Data) pair(ctx context.Context, r Reader, id string, number, from int) (older, newer *dataset.Version, all []*dataset.Version, err error) {
	err = d.read(ctx, "Diff", func(ctx context.Context, tx *store.Tx) error {
		if newer, err = d.version(ctx, tx, r, id, number); err != nil {
			return err
		}
		if all, err = d.Datasets.Versions(ctx, tx, id); err != nil {
			return err
		}
		for _, v := range all { // the newest first
			if from == 0 && v.Number < number && v.Withdrawn == nil || v.Number == from {
				older = v
				break
			}
		}
		if older == nil || older.Number == newer.Number {
			return fault.NewNotFound("")
		}
		return nil
	})
	return older, newer, all, err
}
