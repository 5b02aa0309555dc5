package lite

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/tabular"
)

// MaxGroupRows bounds how many groups a question may make.
const MaxGroupRows = 50_000

// Sums are exact: cells are whole numbers of up to 18 digits, and SQLite's sum would overflow, so the upper and the lower
// 32 bits are added apart and put together here.
const lower = 1<<32 - 1

// measured is a measure with the place of its column, -1 for rows.
type measured struct {
	Measure
	at int
}

// gathering is a question by groups, looked up.
type gathering struct {
	t        *Table
	where    *clause
	groups   []string // expressions
	types    []tabular.Type
	columns  []int // of the groups
	bys      []string
	measures []measured
	out      []ResultColumn
}

func (t *Table) groupsOf(ctx context.Context, q Query) (Result, error) {
	if q.After != "" || q.Distinct || len(q.Columns) > 0 || len(q.Group) > MaxGroups || len(q.Measures) > MaxMeasures {
		return Result{}, fault.NewInvalid(KeyLimits)
	}
	g, err := t.gathering(q)
	if err != nil {
		return Result{}, err
	}
	order := make([]int, len(q.Sort))
	for i, o := range q.Sort {
		if order[i] = slices.IndexFunc(g.out, func(c ResultColumn) bool { return c.ID == o.Column }); order[i] < 0 {
			return Result{}, wrong(KeySort, o.Column, "")
		}
	}
	key := fmt.Sprintf("%q %v %s%q %q", g.groups, g.measures, g.where.from, g.where.sql.String(), g.where.args)
	all, err := t.groups.get(ctx, key, func(r Result) int { return (1 + len(r.Rows)) * len(r.Columns) }, g.gather)
	if err != nil {
		return Result{}, err
	}
	rows := slices.Clone(all.Rows) // the rows themselves are never changed
	slices.SortStableFunc(rows, func(a, b []string) int {
		for i, o := range q.Sort {
			at := order[i]
			if d := tabular.Compare(tabular.Type(g.out[at].Type), a[at], b[at]); d != 0 {
				if o.Desc {
					return -d
				}
				return d
			}
		}
		for at, t := range g.types {
			if d := tabular.Compare(t, a[at], b[at]); d != 0 {
				return d
			}
		}
		return 0
	})
	r := Result{Columns: g.out, Total: int64(len(rows))}
	from := min(q.Offset, len(rows))
	r.Rows = rows[from:min(from+q.Limit, len(rows))]
	if q.NoTotal {
		r.Total = -1
	}
	return r, nil
}

func (t *Table) gathering(q Query) (*gathering, error) {
	where, err := t.where(q)
	if err != nil {
		return nil, err
	}
	g := &gathering{t: t, where: where}
	for _, group := range q.Group {
		c, at := t.Column(group.Column)
		if at < 0 {
			return nil, wrong(KeyColumn, group.Column, "")
		}
		expr, typ, err := t.grouped(at, group.By)
		if err != nil {
			return nil, err
		}
		g.groups, g.types, g.columns, g.bys = append(g.groups, expr), append(g.types, typ), append(g.columns, at), append(g.bys, group.By)
		out := ResultColumn{ID: group.ID(), Type: string(typ), Column: c.ID, By: group.By}
		if group.By == "" {
			out.Unit, out.Decimals = c.Unit, c.Decimals
		}
		g.out = append(g.out, out)
	}
	if len(q.Measures) == 0 {
		q.Measures = []Measure{{Op: "count"}}
	}
	for _, m := range q.Measures {
		if err := g.measure(m); err != nil {
			return nil, err
		}
	}
	return g, nil
}

func (g *gathering) measure(m Measure) error {
	c, at := g.t.Column(m.Column)
	out := ResultColumn{ID: m.ID(), Type: string(c.Type), Column: m.Column, Op: m.Op, Unit: c.Unit, Decimals: c.Decimals}
	known := at >= 0
	switch m.Op {
	case "count":
		known = known || m.Column == ""
		out.Type, out.Unit, out.Decimals = string(tabular.Integer), "", 0
	case "sum":
		known = known && c.Type.Numeric()
	case "mean", "median":
		known = known && c.Type.Numeric()
		out.Type = string(tabular.Number)
	case "min", "max":
		known = known && c.Type.Ordered()
	default:
		known = false
	}
	if !known {
		return wrong(KeyMeasure, m.Column, m.Op)
	}
	g.measures, g.out = append(g.measures, measured{m, at}), append(g.out, out)
	return nil
}

// gather computes all groups.
func (g *gathering) gather(ctx context.Context) (Result, error) {
	exprs := slices.Clone(g.groups)
	for _, m := range g.measures {
		exprs = append(exprs, m.exprs()...)
	}
	if len(exprs) == 0 { // medians of all rows only
		exprs = []string{"count(*)"}
	}
	medians, err := g.medians(ctx)
	if err != nil {
		return Result{}, err
	}
	query := "SELECT " + strings.Join(exprs, ", ") + " FROM " + g.where.from + g.where.sql.String() + g.by() + " LIMIT ?"
	r := Result{Columns: g.out}
	err = g.t.each(ctx, query, append(g.where.args, MaxGroupRows+1), func(values []any) error {
		if len(r.Rows) == MaxGroupRows {
			return fault.NewInvalid(KeyGroups, "max", MaxGroupRows)
		}
		row, key, err := g.labels(values)
		if err != nil {
			return err
		}
		rest := values[len(g.groups):]
		for n, m := range g.measures {
			used := len(m.exprs())
			cell, err := g.cell(m, rest[:used], medians[n][key])
			if err != nil {
				return err
			}
			row, rest = append(row, cell), rest[used:]
		}
		r.Rows = append(r.Rows, row)
		return nil
	})
	return r, err
}

func (g *gathering) by() string {
	if len(g.groups) == 0 {
		return ""
	}
	return " GROUP BY " + strings.Join(g.groups, ", ")
}

// labels are the first cells of a row, and a key of them.
func (g *gathering) labels(values []any) (row []string, key string, err error) {
	row = make([]string, len(g.groups), len(g.out))
	for i := range g.groups {
		if row[i], err = g.t.cell(g.columns[i], g.bys[i], values[i]); err != nil {
			return nil, "", err
		}
	}
	b, err := json.Marshal(row)
	return row, string(b), err
}

// exprs are what the statement asks for.
func (m measured) exprs() []string {
	c := name(max(m.at, 0))
	switch {
	case m.Op == "count" && m.at < 0:
		return []string{"count(*)"}
	case m.Op == "count":
		return []string{"count(" + c + ")"}
	case m.Op == "min", m.Op == "max":
		return []string{m.Op + "(" + c + ")"}
	case m.Op == "median":
		return nil
	}
	return []string{"sum(" + c + " >> 32)", fmt.Sprintf("sum(%s & %d)", c, int64(lower)), "count(" + c + ")"}
}

func (g *gathering) cell(m measured, values []any, median *big.Rat) (string, error) {
	switch m.Op {
	case "count":
		return fmt.Sprint(values[0]), nil
	case "min", "max":
		return g.t.cell(m.at, "", values[0])
	case "median":
		if median == nil {
			return "", nil
		}
		return g.written(m, median), nil
	}
	high, ok := values[0].(int64)
	low, ok2 := values[1].(int64)
	count, ok3 := values[2].(int64)
	if !ok || !ok2 || !ok3 { // no cell is filled
		return "", nil
	}
	sum := new(big.Int).Lsh(big.NewInt(high), 32)
	sum.Add(sum, big.NewInt(low))
	exact := new(big.Rat).SetInt(sum)
	if m.Op == "mean" {
		exact.Quo(exact, new(big.Rat).SetInt64(count))
	}
	return g.written(m, exact), nil
}

// written is an exact value at the column's scale as a canonical number: a sum exactly, a mean or a median with at most
// two digits more than its column, half away from zero.
func (g *gathering) written(m measured, v *big.Rat) string {
	scale := g.t.scale(m.at)
	v = new(big.Rat).Quo(v, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)))
	s := v.FloatString(scale + 2)
	whole, part, _ := strings.Cut(s, ".")
	part = strings.TrimRight(part, "0")
	if d := g.t.Columns[m.at].Decimals; len(part) < d {
		part += strings.Repeat("0", d-len(part))
	}
	if part == "" {
		if whole == "-0" {
			whole = "0"
		}
		return whole
	}
	return whole + "." + part
}

// medians are those of each measure that asks for them, by the key of the group.
func (g *gathering) medians(ctx context.Context) ([]map[string]*big.Rat, error) {
	all := make([]map[string]*big.Rat, len(g.measures))
	for n, m := range g.measures {
		if m.Op != "median" {
			continue
		}
		all[n] = map[string]*big.Rat{}
		if err := g.median(ctx, name(m.at), all[n]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// median takes the one or two values in the middle of each group.
func (g *gathering) median(ctx context.Context, column string, into map[string]*big.Rat) error {
	var labels, names string
	window := ""
	for i, e := range g.groups {
		labels += fmt.Sprintf("%s AS g%d, ", e, i)
		names += fmt.Sprintf("g%d, ", i)
		if i == 0 {
			window = "PARTITION BY " + e
		} else {
			window += ", " + e
		}
	}
	filled := " WHERE "
	if g.where.sql.Len() > 0 {
		filled = g.where.sql.String() + " AND "
	}
	query := fmt.Sprintf(`SELECT %[1]s min(v), max(v) FROM (SELECT %[2]s %[3]s AS v,
			row_number() OVER (%[4]s ORDER BY %[3]s) AS n, count(*) OVER (%[4]s) AS total FROM %[5]s%[3]s IS NOT NULL)
		WHERE n IN ((total + 1) / 2, (total + 2) / 2)`, names, labels, column, window, g.where.from+filled)
	if names != "" {
		query += " GROUP BY " + strings.TrimSuffix(names, ", ")
	}
	return g.t.each(ctx, query, g.where.args, func(values []any) error {
		_, key, err := g.labels(values)
		if err != nil {
			return err
		}
		low, ok := values[len(g.groups)].(int64)
		high, ok2 := values[len(g.groups)+1].(int64)
		if !ok || !ok2 {
			return nil // no row at all
		}
		v := new(big.Rat).SetInt(new(big.Int).Add(big.NewInt(low), big.NewInt(high)))
		into[key] = v.Quo(v, big.NewRat(2, 1))
		return nil
	})
}
