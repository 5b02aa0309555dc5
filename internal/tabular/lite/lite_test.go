package lite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/fault"
	"stoa/internal/tabular"
	"stoa/internal/tabular/lite"
	"stoa/internal/tabular/tabulartest"
)

func open(t testing.TB, table tabulartest.Table, fn func(*lite.Table) error) error {
	p, err := table.Profile()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "t")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	problems, err := lite.Build(t.Context(), path, table.Schema, p, table.Each)
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	tables := lite.NewTables(1)
	defer func() {
		if err := tables.Close(); err != nil {
			t.Error(err)
		}
	}()
	return tables.Use(path, path, table.Schema, p, fn)
}

// Every question is answered as by going through all rows in memory.
func TestQuestionsAgreeWithASlowModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		table := tabulartest.Draw(rt, 25)
		wellKnown(table.Rows)
		table.Schema.Key = nil // rows may have become equal
		err := open(t, table, func(lt *lite.Table) error {
			for range 8 {
				q := drawQuery(rt, table.Schema)
				got, err := lt.Query(t.Context(), q)
				if err != nil {
					return fmt.Errorf("%+v: %w", q, err)
				}
				want := model{table}.ask(q)
				if !slices.EqualFunc(got.Rows, want.Rows, slices.Equal) || got.Total != want.Total {
					rt.Fatalf("%+v\nof %q\ngives %d %q\nwant  %d %q", q, table.Rows, got.Total, got.Rows, want.Total, want.Rows)
				}
				for i, c := range got.Columns {
					if c.ID != want.Columns[i].ID {
						rt.Fatalf("column %d is %s", i, c.ID)
					}
				}
				if next := got.Next; next != "" && q.Offset == 0 {
					q.After, q.Offset = next, 0
					page, err := lt.Query(t.Context(), q)
					if err != nil {
						return err
					}
					q.After, q.Offset = "", q.Limit
					if want := (model{table}).ask(q); !slices.EqualFunc(page.Rows, want.Rows, slices.Equal) {
						rt.Fatalf("the page after %+v\nof %q\nis   %q\nwant %q", q, table.Rows, page.Rows, want.Rows)
					}
				}
			}
			return nil
		})
		if err != nil {
			rt.Fatal(err)
		}
	})
}

// wellKnown leaves letters that SQLite and Go fold alike.
func wellKnown(rows [][]string) {
	for _, row := range rows {
		for i, cell := range row {
			row[i] = strings.Map(func(r rune) rune {
				if r < 0x100 && r != 'ª' && r != 'º' || r >= 0x600 && r < 0x6ff || r == 0x2028 || r > 0xff00 && r < 0xff60 {
					return r
				}
				return 'x'
			}, cell)
		}
	}
}

func drawQuery(t *rapid.T, s tabular.Schema) lite.Query {
	q := lite.Query{Limit: rapid.IntRange(1, 10).Draw(t, "limit"), Offset: rapid.SampledFrom([]int{0, 0, 3}).Draw(t, "offset")}
	for range rapid.IntRange(0, 2).Draw(t, "filters") {
		c := rapid.SampledFrom(s.Columns).Draw(t, "of")
		f := lite.Filter{Column: c.ID, Op: rapid.SampledFrom([]lite.Op{lite.Is, lite.Not, lite.Between, lite.Contains, lite.Empty, lite.Filled}).Draw(t, "op")}
		switch {
		case f.Op == lite.Contains && c.Type != tabular.String, f.Op == lite.Between && !c.Type.Ordered():
			f.Op = lite.Filled
		case f.Op == lite.Contains:
			f.Values = []string{rapid.SampledFrom([]string{"a", "=", "%", "_", `\`, "B", "'", "ع"}).Draw(t, "piece")}
		case f.Op == lite.Between:
			f.Values = []string{drawValue(t, c), drawValue(t, c)}
		case f.Op == lite.Is || f.Op == lite.Not:
			for range rapid.IntRange(1, 3).Draw(t, "values") {
				f.Values = append(f.Values, drawValue(t, c))
			}
		}
		q.Where = append(q.Where, f)
	}
	q.Search = rapid.SampledFrom([]string{"", "", "", "a", "b a", "unicode", "ا", "عرب", "عر", "no", "'", "twas", "say no", `"; DROP TABLE t; --`}).Draw(t, "search")
	if rapid.Bool().Draw(t, "grouped") {
		drawGroups(t, s, &q)
		return q
	}
	ids := append(s.IDs(), lite.RowID)
	if rapid.Bool().Draw(t, "some columns") {
		q.Columns = rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 1, len(ids), rapid.ID[string]).Draw(t, "columns")
		q.Distinct = rapid.Bool().Draw(t, "distinct")
	}
	sortable := ids
	if q.Distinct {
		sortable = q.Columns
	}
	for range rapid.IntRange(0, 2).Draw(t, "sorts") {
		q.Sort = append(q.Sort, lite.Order{Column: rapid.SampledFrom(sortable).Draw(t, "sort"), Desc: rapid.Bool().Draw(t, "desc")})
	}
	return q
}

func drawGroups(t *rapid.T, s tabular.Schema, q *lite.Query) {
	for range rapid.IntRange(0, 2).Draw(t, "groups") {
		c := rapid.SampledFrom(s.Columns).Draw(t, "by")
		g := lite.Group{Column: c.ID}
		if c.Type == tabular.Date || c.Type == tabular.YearMonth {
			g.By = rapid.SampledFrom([]string{"", "month", "year"}).Draw(t, "per")
		}
		if !slices.ContainsFunc(q.Group, func(o lite.Group) bool { return o == g }) {
			q.Group = append(q.Group, g)
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "measures") {
		c := rapid.SampledFrom(s.Columns).Draw(t, "measured")
		ops := []string{"count"}
		if c.Type.Ordered() {
			ops = append(ops, "min", "max")
		}
		if c.Type.Numeric() {
			ops = append(ops, "sum", "mean", "median")
		}
		m := lite.Measure{Op: rapid.SampledFrom(ops).Draw(t, "measure"), Column: c.ID}
		if !slices.Contains(q.Measures, m) {
			q.Measures = append(q.Measures, m)
		}
	}
	if len(q.Group) == 0 && len(q.Measures) == 0 {
		q.Measures = []lite.Measure{{Op: "count"}}
	}
	var ids []string
	for _, g := range q.Group {
		ids = append(ids, g.ID())
	}
	for _, m := range q.Measures {
		ids = append(ids, m.ID())
	}
	if rapid.Bool().Draw(t, "sorted") {
		q.Sort = []lite.Order{{Column: rapid.SampledFrom(ids).Draw(t, "sort"), Desc: rapid.Bool().Draw(t, "desc")}}
	}
}

func drawValue(t *rapid.T, c tabular.Column) string {
	if c.Type == tabular.Date || c.Type == tabular.YearMonth {
		if v := rapid.SampledFrom([]string{"", "2026", "2025", "2025-12", "2026-01"}).Draw(t, "month or year"); v != "" && (c.Type == tabular.Date || len(v) == 4) {
			return v
		}
	}
	if c.Type == tabular.Number && rapid.Bool().Draw(t, "finer") {
		return rapid.SampledFrom([]string{"0.123456", "-0.123456", "12.2500001", "-3.7499999", "1.0"}).Draw(t, "value")
	}
	c.Decimals = 0
	return tabulartest.Cell(t, c, false)
}

// Pages one after the other are the whole list, whichever way they are found.
func TestPagesFollowEachOther(t *testing.T) {
	table := tabulartest.Table{Schema: tabular.Schema{Columns: []tabular.Column{
		{ID: "n", Type: tabular.Integer}, {ID: "kind", Type: tabular.String}, {ID: "gaps", Type: tabular.Integer}, {ID: "odd", Type: tabular.Number}}}}
	for i := range 300 {
		row := []string{fmt.Sprint(i * 7 % 50), fmt.Sprint("kind ", i%3), "", fmt.Sprint(i, ".5")}
		if i%4 > 0 {
			row[2] = fmt.Sprint(i % 5)
		}
		table.Rows = append(table.Rows, row)
	}
	err := open(t, table, func(lt *lite.Table) error {
		for _, base := range []lite.Query{
			{}, {Search: "kind 1"}, {Where: []lite.Filter{{Column: "kind", Op: lite.Is, Values: []string{"kind 1", "kind 2"}}}},
			{Where: []lite.Filter{{Column: "odd", Op: lite.Between, Values: []string{"20", "250"}}}},
		} {
			for _, sort := range []string{"", lite.RowID, "n", "kind", "gaps", "odd"} {
				for _, desc := range []bool{false, true} {
					q := base
					q.Columns = []string{lite.RowID, "n"}
					if q.Limit = 1000; sort != "" {
						q.Sort = []lite.Order{{Column: sort, Desc: desc}}
					}
					whole, err := lt.Query(t.Context(), q)
					if err != nil {
						return err
					}
					var paged [][]string
					for q.Limit = 37; ; {
						r, err := lt.Query(t.Context(), q)
						if err != nil || r.Total != int64(len(whole.Rows)) {
							return fmt.Errorf("%+v: %d rows, %w", q, r.Total, err)
						}
						paged = append(paged, r.Rows...)
						if len(r.Rows) < q.Limit || len(paged) > 1000 {
							break
						}
						if q.After = r.Next; q.After == "" {
							q.Offset = len(paged)
						}
						if (q.After == "") != (sort == "gaps") && len(paged) < len(whole.Rows) {
							t.Errorf("%+v: next is %q", q, q.After)
						}
					}
					if !slices.EqualFunc(paged, whole.Rows, slices.Equal) {
						t.Errorf("%+v: pages give\n%v, want\n%v", q, paged, whole.Rows)
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What a question gets wrong is said, and nothing in it is ever a statement.
func TestWrongQuestionsAreRefused(t *testing.T) {
	table := tabulartest.Table{Schema: tabular.Schema{Columns: []tabular.Column{
		{ID: "n", Type: tabular.Integer}, {ID: "day", Type: tabular.Date}, {ID: "text", Type: tabular.String}}},
		Rows: [][]string{{"1", "2026-01-01", "a"}}}
	evil := `c0"; DROP TABLE t; --`
	err := open(t, table, func(lt *lite.Table) error {
		for i, q := range []lite.Query{
			{Columns: []string{evil}}, {Sort: []lite.Order{{Column: evil}}}, {Sort: []lite.Order{{Column: "c0"}}}, {Group: []lite.Group{{Column: evil}}},
			{Group: []lite.Group{{Column: "day", By: evil}}}, {Group: []lite.Group{{Column: "n", By: "month"}}},
			{Measures: []lite.Measure{{Op: evil, Column: "n"}}}, {Measures: []lite.Measure{{Op: "sum", Column: "day"}}}, {Measures: []lite.Measure{{Op: "sum"}}},
			{Where: []lite.Filter{{Column: evil, Op: lite.Is}}}, {Where: []lite.Filter{{Column: "n", Op: lite.Op(evil)}}},
			{Where: []lite.Filter{{Column: "n", Op: lite.Is, Values: []string{"one"}}}}, {Where: []lite.Filter{{Column: "text", Op: lite.Filled}, {Column: "n", Op: lite.Not, Values: []string{"one"}}}}, {Where: []lite.Filter{{Column: "day", Op: lite.Is, Values: []string{"2026-02-30"}}}},
			{Where: []lite.Filter{{Column: "text", Op: lite.Between, Values: []string{"a", "b"}}}}, {Where: []lite.Filter{{Column: "n", Op: lite.Contains, Values: []string{"1"}}}},
			{Where: []lite.Filter{{Column: "n", Op: lite.Between, Values: []string{"1"}}}}, {Where: make([]lite.Filter, 51)},
			{Where: []lite.Filter{{Column: "n", Op: lite.Is, Values: make([]string, 501)}}},
			{Limit: -1}, {Limit: lite.MaxLimit + 1}, {Offset: -1}, {After: "?"}, {After: "bnVsbA"}, {After: "WzEuNV0"}, {After: "WzEsMl0"}, {After: "WyJhIl0"},
			{Distinct: true, Columns: []string{"n"}, Sort: []lite.Order{{Column: "day"}}},
			{Group: []lite.Group{{Column: "n"}}, Sort: []lite.Order{{Column: "day"}}},
		} {
			if _, err := lt.Query(t.Context(), q); fault.KindOf(err) != fault.Invalid {
				t.Errorf("question %d, %+v: %v", i, q, err)
			}
		}
		r, err := lt.Query(t.Context(), lite.Query{Search: evil + ` " * ^ NEAR( OR NOT AND - + : {text}`, Where: []lite.Filter{{Column: "text", Op: lite.Is, Values: []string{evil}}}})
		if err != nil || len(r.Rows) != 0 {
			t.Errorf("%v, %v", r, err)
		}
		r, err = lt.Query(t.Context(), lite.Query{})
		if err != nil || r.Total != 1 {
			t.Errorf("afterwards: %v, %v", r, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Sums that would overflow 64 bits, or lose a cent as floating point, are exact.
func TestSumsAreExact(t *testing.T) {
	table := tabulartest.Table{Schema: tabular.Schema{Columns: []tabular.Column{{ID: "n", Type: tabular.Number, Decimals: 2}}}}
	for range 100 {
		table.Rows = append(table.Rows, []string{"9999999999999999.99"}, []string{"0.01"})
	}
	err := open(t, table, func(lt *lite.Table) error {
		r, err := lt.Query(t.Context(), lite.Query{Measures: []lite.Measure{{Op: "sum", Column: "n"}, {Op: "mean", Column: "n"}, {Op: "median", Column: "n"}}})
		if want := []string{"1000000000000000000.00", "5000000000000000.00", "5000000000000000.00"}; err == nil && !slices.Equal(r.Rows[0], want) {
			t.Errorf("got %q, want %q", r.Rows[0], want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
