package lite_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"stoa/internal/tabular"
	"stoa/internal/tabular/lite"
	"stoa/internal/tabular/tabulartest"
)

// model answers by going through all rows.
type model struct{ tabulartest.Table }

func (m model) ask(q lite.Query) (r lite.Result) {
	type numbered struct {
		n     int
		cells []string
	}
	var kept []numbered
	for i, row := range m.Rows {
		if m.passes(row, q) {
			kept = append(kept, numbered{i + 1, row})
		}
	}
	var all [][]string // cells of the result, then those it is sorted by
	var types []tabular.Type
	if len(q.Group) > 0 || len(q.Measures) > 0 {
		rows := make([][]string, len(kept))
		for i, k := range kept {
			rows[i] = k.cells
		}
		all, types, r.Columns = m.groups(q, rows)
	} else {
		ids := q.Columns
		if ids == nil {
			ids = m.Schema.IDs()
		}
		for _, id := range ids {
			r.Columns = append(r.Columns, lite.ResultColumn{ID: id})
		}
		if q.Distinct {
			for _, id := range ids {
				types = append(types, m.typeOf(id))
			}
		}
		var desc bool
		if len(q.Sort) > 0 {
			desc = q.Sort[0].Desc
		}
		slices.SortStableFunc(kept, func(a, b numbered) int {
			for _, o := range q.Sort {
				if d := tabular.Compare(m.typeOf(o.Column), m.cell(a.cells, a.n, o.Column), m.cell(b.cells, b.n, o.Column)); d != 0 {
					return flip(d, o.Desc)
				}
			}
			return flip(a.n-b.n, desc)
		})
		seen := map[string]bool{}
		for _, k := range kept {
			var row []string
			for _, id := range ids {
				row = append(row, m.cell(k.cells, k.n, id))
			}
			if key := fmt.Sprintf("%q", row); !q.Distinct || !seen[key] {
				seen[key] = true
				all = append(all, row)
			}
		}
	}
	if types != nil {
		slices.SortStableFunc(all, func(a, b []string) int {
			for _, o := range q.Sort {
				at := slices.IndexFunc(r.Columns, func(c lite.ResultColumn) bool { return c.ID == o.Column })
				t := tabular.Number
				if at < len(types) {
					t = types[at]
				} else if c := r.Columns[at]; c.Type != "" {
					t = tabular.Type(c.Type)
				}
				if d := tabular.Compare(t, a[at], b[at]); d != 0 {
					return flip(d, o.Desc)
				}
			}
			for at, t := range types {
				if d := tabular.Compare(t, a[at], b[at]); d != 0 {
					return d
				}
			}
			return 0
		})
	}
	r.Total = int64(len(all))
	from := min(q.Offset, len(all))
	r.Rows = all[from:min(from+q.Limit, len(all))]
	return r
}

func flip(d int, desc bool) int {
	if desc {
		return -d
	}
	return d
}

func (m model) typeOf(id string) tabular.Type {
	if id == lite.RowID {
		return tabular.Integer
	}
	c, _ := m.Schema.Column(id)
	return c.Type
}

func (m model) cell(row []string, n int, id string) string {
	if id == lite.RowID {
		return fmt.Sprint(n)
	}
	_, at := m.Schema.Column(id)
	return row[at]
}

func (m model) passes(row []string, q lite.Query) bool {
	for _, f := range q.Where {
		c, at := m.Schema.Column(f.Column)
		cell := row[at]
		ok := false
		switch f.Op {
		case lite.Is, lite.Not:
			ok = slices.ContainsFunc(f.Values, func(v string) bool { return equal(c.Type, cell, v) }) == (f.Op == lite.Is)
		case lite.Between:
			ok = cell != "" && (f.Values[0] == "" || !below(c.Type, cell, f.Values[0])) && (f.Values[1] == "" || !above(c.Type, cell, f.Values[1]))
		case lite.Contains:
			ok = strings.Contains(lowerASCII(cell), lowerASCII(f.Values[0]))
		case lite.Empty:
			ok = cell == ""
		case lite.Filled:
			ok = cell != ""
		}
		if !ok {
			return false
		}
	}
	return m.found(row, q.Search)
}

func equal(t tabular.Type, cell, v string) bool {
	if cell == "" || v == "" {
		return cell == v
	}
	if len(v) < len(cell) && (t == tabular.Date || t == tabular.YearMonth) {
		return strings.HasPrefix(cell, v)
	}
	return tabular.Compare(t, cell, v) == 0
}

func below(t tabular.Type, cell, v string) bool {
	return !equal(t, cell, v) && tabular.Compare(t, cell, v) < 0
}

func above(t tabular.Type, cell, v string) bool {
	return !equal(t, cell, v) && tabular.Compare(t, cell, v) > 0
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 {
			return unicode.ToLower(r)
		}
		return r
	}, s)
}

// found is the search for the few words that tests look for.
func (m model) found(row []string, search string) bool {
	if search == "" {
		return true
	}
	split := func(s string) []string {
		s = strings.Map(func(r rune) rune {
			if r >= 0x300 && r < 0x370 { // accents, as SQLite drops them
				return -1
			}
			return r
		}, norm.NFD.String(strings.ToLower(s)))
		return strings.FieldsFunc(s, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.N, unicode.Mn, unicode.Co) })
	}
	wanted := split(search)
	if len(wanted) == 0 {
		return false
	}
	var have []string
	for i, c := range m.Schema.Columns {
		if c.Type == tabular.String {
			have = append(have, split(row[i])...)
		}
	}
	for i, w := range wanted {
		if !slices.ContainsFunc(have, func(h string) bool {
			return h == w || i == len(wanted)-1 && len([]rune(w)) >= 3 && strings.HasPrefix(h, w)
		}) {
			return false
		}
	}
	return true
}

func (m model) groups(q lite.Query, rows [][]string) (all [][]string, types []tabular.Type, columns []lite.ResultColumn) {
	of := map[string][][]string{}
	var order []string
	labels := map[string][]string{}
	types = []tabular.Type{}
	for _, g := range q.Group {
		columns = append(columns, lite.ResultColumn{ID: g.ID()})
		t := m.typeOf(g.Column)
		switch g.By {
		case "month":
			t = tabular.YearMonth
		case "year":
			t = tabular.Year
		}
		types = append(types, t)
	}
	if len(q.Group) == 0 {
		order, labels["[]"] = []string{"[]"}, nil
	}
	for _, row := range rows {
		var label []string
		for _, g := range q.Group {
			cell := m.cell(row, 0, g.Column)
			if n := map[string]int{"month": 7, "year": 4}[g.By]; n > 0 && cell != "" {
				cell = cell[:n]
			}
			label = append(label, cell)
		}
		key := fmt.Sprintf("%q", label)
		if _, ok := labels[key]; !ok {
			order, labels[key] = append(order, key), label
		}
		of[key] = append(of[key], row)
	}
	measures := q.Measures
	if len(measures) == 0 {
		measures = []lite.Measure{{Op: "count"}}
	}
	for _, me := range measures {
		c := lite.ResultColumn{ID: me.ID(), Type: string(tabular.Number)}
		if me.Op == "min" || me.Op == "max" {
			c.Type = string(m.typeOf(me.Column))
		}
		columns = append(columns, c)
	}
	for _, key := range order {
		row := slices.Clone(labels[key])
		for _, me := range measures {
			row = append(row, m.measure(me, of[key]))
		}
		all = append(all, row)
	}
	return all, types, columns
}

func (m model) measure(me lite.Measure, rows [][]string) string {
	if me.Column == "" {
		return fmt.Sprint(len(rows))
	}
	c, at := m.Schema.Column(me.Column)
	var cells []string
	for _, row := range rows {
		if row[at] != "" {
			cells = append(cells, row[at])
		}
	}
	slices.SortFunc(cells, func(a, b string) int { return tabular.Compare(c.Type, a, b) })
	n := len(cells)
	if me.Op == "count" {
		return fmt.Sprint(n)
	}
	if n == 0 {
		return ""
	}
	switch me.Op {
	case "min":
		return cells[0]
	case "max":
		return cells[n-1]
	}
	sum := new(big.Rat)
	for _, cell := range cells {
		sum.Add(sum, rat(cell))
	}
	var v *big.Rat
	switch me.Op {
	case "sum":
		v = sum
	case "mean":
		v = sum.Quo(sum, big.NewRat(int64(n), 1))
	case "median":
		v = new(big.Rat).Add(rat(cells[(n-1)/2]), rat(cells[n/2]))
		v.Quo(v, big.NewRat(2, 1))
	}
	scale := c.Decimals
	for _, row := range m.Rows {
		_, part, _ := strings.Cut(row[at], ".")
		scale = max(scale, len(part))
	}
	s := strings.TrimRight(v.FloatString(scale+2), "0")
	whole, part, _ := strings.Cut(s, ".")
	part += strings.Repeat("0", max(0, c.Decimals-len(part)))
	if part != "" {
		return whole + "." + part
	}
	return strings.Replace(whole, "-0", "0", 1)
}

func rat(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}
