package rule

import (
	"context"
	"fmt"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/money"
)

// Limits on checking one table: steps of the search, and problems told.
const (
	maxSearch   = 500_000
	maxFindings = 50
)

// CheckTable looks for inputs that no row matches, for inputs that several rows
// of a unique table match, and for rows that never decide, each with an
// example. It is exact: between two neighbouring bounds all values are treated
// alike, so that one stands for them. The parameters are those in force on the
// date the caller asks about; tests that use them may differ from date to date.
func (e *Env) CheckTable(name string, params func(name string) (Value, error)) []TableProblem {
	t, ok := e.tables[name]
	if !ok {
		return []TableProblem{{Table: name, Problem: Problem{Message: "there is no table called " + name}}}
	}
	s := &search{
		table: t, budget: maxSearch,
		run:     &run{ctx: context.Background(), in: paramsOnly{params}, env: e, left: maxWork},
		visited: map[string]bool{}, pairs: map[[2]int]bool{}, used: make([]bool, len(t.rows)),
	}
	for j := range t.Inputs {
		if !s.divide(j) {
			return s.found
		}
	}
	all := make(rowSet, (len(t.rows)+7)/8)
	for i := range t.rows {
		all.add(i)
	}
	s.explore(0, all, make([]Value, len(t.Inputs)))
	if s.budget < 0 {
		s.tell(0, 0, "this table is too large to be checked for gaps and overlaps", "divide it into several")
		return s.found
	}
	for i, used := range s.used {
		if !used && t.Hit == First {
			s.tell(i+1, 0, fmt.Sprintf("row %d never decides: the rows above it, or its own tests, leave nothing", i+1), "move it up, or leave it out")
		} else if !used {
			s.tell(i+1, 0, fmt.Sprintf("row %d never matches", i+1), "its tests contradict each other or the limits of the inputs")
		}
	}
	return s.found
}

// Tables lists the names of the tables in order.
func (e *Env) Tables() []string {
	var names []string
	for n := range e.tables {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// paramsOnly answers for parameters and nothing else.
type paramsOnly struct {
	params func(string) (Value, error)
}

func (paramsOnly) Var(string) (Value, bool)           { return nil, false }
func (p paramsOnly) Param(name string) (Value, error) { return p.params(name) }
func (paramsOnly) Lookup(context.Context, string, []Value) (Value, error) {
	return nil, errUnknown
}

// rowSet is a set of rows, a bit each.
type rowSet []byte

func (s rowSet) add(i int)      { s[i/8] |= 1 << (i % 8) }
func (s rowSet) has(i int) bool { return s[i/8]&(1<<(i%8)) != 0 }
func (s rowSet) and(o rowSet) (out rowSet, empty bool) {
	out, empty = make(rowSet, len(s)), true
	for i := range s {
		out[i] = s[i] & o[i]
		empty = empty && out[i] == 0
	}
	return out, empty
}

// cell stands for values of one input that no test tells apart.
type cell struct {
	sample Value
	rows   rowSet // whose test for the input it passes
}

// search walks the cells of the inputs, one input after the other.
type search struct {
	table   *table
	run     *run
	cells   [][]cell // by input
	budget  int
	visited map[string]bool
	pairs   map[[2]int]bool
	used    []bool
	found   []TableProblem
}

func (s *search) tell(row, column int, message, fix string) {
	if len(s.found) < maxFindings {
		s.found = append(s.found, TableProblem{s.table.Name, row, column, Problem{Line: 1, Column: 1, Message: message, Fix: fix}})
	}
}

// divide makes the cells of an input. It is false when a parameter has no value.
func (s *search) divide(input int) bool {
	var bounds []Value
	for i := range s.table.rows {
		for _, part := range s.table.rows[i].when[input].parts {
			for _, b := range []*bound{part.lo, part.hi} {
				if b == nil {
					continue
				}
				v, err := b.get(s.run)
				if err != nil {
					s.tell(i+1, input+1, "param."+b.param+" has no value on this date", "")
					return false
				}
				bounds = append(bounds, v)
			}
		}
	}
	var cells []cell
	for _, v := range samples(s.table.Inputs[input], bounds) {
		c := cell{v, make(rowSet, (len(s.table.rows)+7)/8)}
		for i := range s.table.rows {
			ok, err := s.table.rows[i].when[input].matches(s.run, v)
			if err != nil { // every parameter has been read above
				return false
			}
			if ok {
				c.rows.add(i)
			}
		}
		cells = append(cells, c)
	}
	s.cells = append(s.cells, cells)
	return true
}

// explore looks at all cells of an input, given the rows that the earlier
// inputs left. What follows depends on those rows alone, so each set is looked
// at once.
func (s *search) explore(input int, alive rowSet, example []Value) {
	key := fmt.Sprint(input, " ", string(alive))
	if s.visited[key] {
		return
	}
	s.visited[key] = true
	inGap := false
	for _, c := range s.cells[input] {
		if s.budget--; s.budget < 0 {
			return
		}
		example[input] = c.sample
		next, empty := alive.and(c.rows)
		if empty {
			if !inGap || !s.table.Inputs[input].Type.ordered() {
				s.gap(input, example)
			}
			inGap = true
			continue
		}
		inGap = false
		if input+1 < len(s.cells) {
			s.explore(input+1, next, example)
		} else {
			s.leaf(next, example)
		}
	}
}

// gap tells of inputs without a row; the inputs not yet looked at are any.
func (s *search) gap(input int, example []Value) {
	full := slices.Clone(example)
	for k := input + 1; k < len(full); k++ {
		full[k] = s.cells[k][0].sample
	}
	s.tell(0, 0, "no row for "+s.table.example(full), "add a row for it, or say what the least and greatest value are")
}

// leaf looks at the rows that match one combination of cells.
func (s *search) leaf(rows rowSet, example []Value) {
	var matching []int
	for i := range s.table.rows {
		if rows.has(i) {
			matching = append(matching, i)
		}
	}
	if s.table.Hit == First {
		s.used[matching[0]] = true
		return
	}
	for n, i := range matching {
		s.used[i] = true
		for _, j := range matching[n+1:] {
			if s.budget--; s.budget < 0 {
				return
			}
			if !s.pairs[[2]int{i, j}] {
				s.pairs[[2]int{i, j}] = true
				s.tell(j+1, 0, fmt.Sprintf("rows %d and %d both match %s", i+1, j+1, s.table.example(example)), "change one of them, or let the first row that matches decide")
			}
		}
	}
}

// samples returns one value for each stretch of an input that the bounds do not
// divide, in order: the bounds themselves, and something between neighbours.
func samples(in Column, bounds []Value) []Value {
	if values, ok := finite(in.Type); ok {
		return values
	}
	if in.Type.kind == TextKind {
		var out []Value
		other := "another text"
		for _, b := range bounds {
			if !slices.Contains(out, b) {
				out = append(out, b)
			}
		}
		for slices.Contains(out, Value(other)) {
			other += "!"
		}
		return append(out, other)
	}
	least, most := limits(in)
	for _, b := range []Value{least, most} {
		if b != nil {
			bounds = append(bounds, b)
		}
	}
	slices.SortFunc(bounds, order)
	bounds = slices.CompactFunc(bounds, func(a, b Value) bool { return order(a, b) == 0 })
	var out []Value
	add := func(v Value, ok bool) {
		if ok && (least == nil || order(v, least) >= 0) && (most == nil || order(v, most) <= 0) {
			out = append(out, v)
		}
	}
	for i, b := range bounds {
		if i == 0 {
			add(between(in, nil, b))
		}
		d, number := b.(money.Decimal)
		add(b, !number || !in.Whole || d.IsWhole())
		if i+1 < len(bounds) {
			add(between(in, b, bounds[i+1]))
		} else {
			add(between(in, b, nil))
		}
	}
	if len(bounds) == 0 { // a number without any bound
		add(money.Decimal{}, true)
	}
	return out
}

// limits returns the least and greatest value of an input, nil where there is
// none.
func limits(in Column) (least, most Value) {
	switch in.Type.kind {
	case DateKind:
		least, most = calendar.MinDate, calendar.MaxDate
	case TimeKind:
		least, most = calendar.Clock(0), calendar.Clock(24*60-1)
	}
	if in.Min != nil {
		least = in.Min
	}
	if in.Max != nil {
		most = in.Max
	}
	return least, most
}

// between returns a value strictly between two neighbouring bounds, if there is
// one; nil is infinity.
func between(in Column, lo, hi Value) (Value, bool) {
	switch in.Type.kind {
	case DateKind:
		if lo == nil {
			return nil, false // the first date is a bound itself
		}
		d, err := lo.(calendar.Date).AddDays(1)
		return d, err == nil && (hi == nil || order(d, hi) < 0)
	case TimeKind:
		if lo == nil {
			return nil, false
		}
		c := lo.(calendar.Clock) + 1
		return c, c.Valid() && (hi == nil || order(c, hi) < 0)
	}
	var v money.Decimal
	var err error
	one := money.NewDecimal(1)
	switch {
	case lo == nil:
		v, err = hi.(money.Decimal).Sub(one)
		if in.Whole && err == nil {
			v, err = floor(v)
		}
	case in.Whole:
		if v, err = lo.(money.Decimal).Add(one); err == nil {
			v, err = floor(v)
		}
	case hi == nil:
		v, err = lo.(money.Decimal).Add(one)
	default:
		if v, err = lo.(money.Decimal).Add(hi.(money.Decimal)); err == nil {
			v, err = v.Mul(money.Scaled(5, 1))
		}
	}
	return v, err == nil && (hi == nil || order(v, hi) < 0) && (lo == nil || order(v, lo) > 0)
}

// floor returns the greatest whole number that is at most v.
func floor(v money.Decimal) (money.Decimal, error) {
	way := money.Down
	if v.Sign() < 0 {
		way = money.Up
	}
	return v.Round(0, way)
}
