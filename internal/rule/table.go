package rule

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"

	"stoa/internal/money"
)

// Table is a decision table as written: each row says when it applies, one test
// per input, and what it gives, one expression per output.
//
// A test is - (anything), a value or several with commas (any of them), a
// comparison (< 5, <= 5, > 5, >= 5), an interval ([1..5] with its ends, (1..5)
// without, or mixed), or not(…) around one of these. Values are numbers, texts
// in quotation marks, true and false, dates (2026-01-31), times (18:30), and
// parameters (param.name).
//
// An output may use the inputs by name, parameters and functions.
type Table struct {
	Name    string
	Inputs  []Column
	Outputs []Field
	Rows    []Row
	Hit     Hit
}

// Column is an input of a table.
type Column struct {
	Name string
	Type Type
	// Source is the expression that gives the input when the table is called
	// without values: tables.fee_band(). It cannot use tables.
	Source string
	// Min and Max are the least and the greatest value that occurs, where law or
	// nature sets one. They are what gaps are looked for in.
	Min, Max Value
	// Whole says that the number has nothing after the point.
	Whole bool
}

// Row is one row of a table.
type Row struct {
	When []string
	Then []string
}

// Hit says what happens when several rows match.
type Hit uint8

// The hit policies.
const (
	Unique Hit = iota // only one row may match
	First             // the first that matches
)

// TableProblem is something wrong with a table. Row and Column count from 1 and
// are 0 where the problem is wider; columns count inputs, then outputs.
type TableProblem struct {
	Table       string
	Row, Column int
	Problem
}

// String writes the place and the problem.
func (p TableProblem) String() string {
	s := "table " + p.Table
	if p.Row > 0 {
		s += fmt.Sprintf(" row %d", p.Row)
	}
	if p.Column > 0 {
		s += fmt.Sprintf(" column %d", p.Column)
	}
	s += ": " + p.Message
	if p.Fix != "" {
		s += "; " + p.Fix
	}
	return s
}

// TableProblems is the error of NewEnv for tables that cannot be read.
type TableProblems []TableProblem

// Error writes the problems, one a line.
func (p TableProblems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}

// table is a compiled Table.
type table struct {
	*Table
	result Type
	rows   []row
	uses   []Ref // parameters
}

type row struct {
	when []test
	then []*Program
}

// compileTable reads the tests and outputs of a table.
func compileTable(e *Env, t *Table) (*table, TableProblems) {
	out := &table{Table: t}
	var problems TableProblems
	report := func(row, column int, found ...Problem) {
		for _, p := range found {
			problems = append(problems, TableProblem{t.Name, row, column, p})
		}
	}
	inside := &Env{vars: map[string]Type{}, params: e.params, calendar: e.calendar}
	for i, in := range t.Inputs {
		if message := columnProblem(in, inside); message != "" {
			report(0, i+1, Problem{Message: message})
		}
		inside.vars[in.Name] = in.Type
	}
	for _, o := range t.Outputs {
		if !isName(o.Name) || !o.Type.valid() {
			report(0, 0, Problem{Message: fmt.Sprintf("output %q has no proper name or type", o.Name)})
		}
	}
	out.result = Record(t.Outputs...)
	if len(t.Outputs) > 0 && !out.result.valid() {
		report(0, 0, Problem{Message: "two outputs have the same name"})
	}
	if len(t.Inputs) == 0 || len(t.Outputs) == 0 || len(t.Rows) == 0 {
		report(0, 0, Problem{Message: "a table needs an input, an output and a row"})
	}
	if len(problems) > 0 {
		return out, problems
	}
	uses := map[Ref]bool{}
	for i, r := range t.Rows {
		if len(r.When) != len(t.Inputs) || len(r.Then) != len(t.Outputs) {
			report(i+1, 0, Problem{Message: fmt.Sprintf("this row has %d tests and %d results, the table has %d inputs and %d outputs",
				len(r.When), len(r.Then), len(t.Inputs), len(t.Outputs)), Fix: "write - for a test that does not matter"})
			continue
		}
		var compiled row
		for j, text := range r.When {
			cell, found := parseTest(e, text, t.Inputs[j].Type)
			report(i+1, j+1, found...)
			compiled.when = append(compiled.when, cell)
			cell.refs(uses)
		}
		for j, text := range r.Then {
			p, found := inside.Compile(text, t.Outputs[j].Type)
			report(i+1, len(t.Inputs)+j+1, found...)
			compiled.then = append(compiled.then, p)
			if p != nil {
				for _, ref := range p.uses {
					if ref.Kind != VarRef {
						uses[ref] = true
					}
				}
			}
		}
		out.rows = append(out.rows, compiled)
	}
	out.uses = slices.Collect(maps.Keys(uses))
	return out, problems
}

func columnProblem(in Column, inside *Env) string {
	_, twice := inside.vars[in.Name]
	switch {
	case twice:
		return "two inputs are called " + in.Name
	case checkVar(Var{Name: in.Name, Type: in.Type}) != nil:
		return fmt.Sprintf("input %q has no proper name or type", in.Name)
	case !in.Type.scalar():
		return fmt.Sprintf("%s is %s; a table decides by numbers, texts, dates, times and yes or no", in.Name, in.Type)
	case in.Whole && in.Type.kind != NumberKind:
		return in.Name + " is no number and cannot be whole"
	}
	for _, bound := range []Value{in.Min, in.Max} {
		if bound != nil && (!in.Type.ordered() || Check(bound, in.Type) != nil) {
			return fmt.Sprintf("the least or greatest value of %s is not %s", in.Name, in.Type)
		}
	}
	return ""
}

// table checks a call: tables.fee_band(x), or tables.fee_band() where the
// inputs say themselves where they come from.
func (c *checker) table(id int64, name string, args []ast.Expr) node {
	t, ok := c.env.tables[name]
	if !ok {
		return c.fail(id, "there is no table called "+name, didYouMean(name, slices.Collect(maps.Keys(c.env.tables))))
	}
	var nodes []node
	known := true
	if len(args) == 0 && !slices.ContainsFunc(t.Inputs, func(in Column) bool { return in.Source == "" }) {
		nodes, known = c.sources(id, t)
	} else {
		if len(args) != len(t.Inputs) {
			return c.fail(id, fmt.Sprintf("table %s takes %s, here it gets %d", name, counted(len(t.Inputs), len(t.Inputs)), len(args)), "write "+t.usage())
		}
		for i, a := range args {
			n := c.expr(a)
			known = c.need(n, t.Inputs[i].Type, t.Inputs[i].Name+" of table "+name) && known
			nodes = append(nodes, n)
		}
	}
	if !known {
		return node{id: id}
	}
	c.uses[Ref{TableRef, name}] = true
	for _, ref := range t.uses {
		c.uses[ref] = true
	}
	return computed(id, t.result, nodes, t.decide)
}

// sources checks the expressions that the inputs of a table come from, as if
// they stood at the call.
func (c *checker) sources(id int64, t *table) ([]node, bool) {
	var nodes []node
	env := *c.env
	env.tables = nil // a table whose inputs come from itself would never end
	for _, in := range t.Inputs {
		p, found := env.Compile(in.Source, in.Type)
		for _, f := range found {
			c.fail(id, fmt.Sprintf("%s of table %s: %s", in.Name, t.Name, f.Message), f.Fix)
		}
		if p == nil {
			return nil, false
		}
		for _, ref := range p.uses {
			c.uses[ref] = true
		}
		nodes = append(nodes, node{id: id, typ: p.root.typ, eval: p.within})
	}
	return nodes, true
}

func (t *table) usage() string {
	names := make([]string, len(t.Inputs))
	for i, in := range t.Inputs {
		names[i] = in.Name
	}
	return "tables." + t.Name + "(" + strings.Join(names, ", ") + ")"
}

// decide finds the row for the inputs and computes its outputs.
func (t *table) decide(r *run, args []Value) (Value, error) {
	if err := r.work(len(t.rows)); err != nil {
		return nil, err
	}
	hit := -1
	for i := range t.rows {
		ok, err := t.rows[i].matches(r, args)
		if err != nil {
			return nil, err
		}
		if ok && hit >= 0 {
			return nil, &Error{Code: ManyRows, Name: t.Name, Cause: fmt.Errorf("rows %d and %d both match %s", hit+1, i+1, t.example(args))}
		}
		if ok {
			hit = i
			if t.Hit == First {
				break
			}
		}
	}
	if hit < 0 {
		return nil, &Error{Code: NoRow, Name: t.Name, Cause: errors.New("no row for " + t.example(args))}
	}
	result, err := t.outputs(r, hit, args)
	if err != nil {
		return nil, err
	}
	if r.traced {
		r.trace = append(r.trace, Look{Kind: TableRef, Name: t.Name, Args: slices.Clone(args), Row: hit + 1, Value: result})
	}
	return result, nil
}

// outputs computes the results of a row, which speak of the inputs of the table
// and not of what else is called the same.
func (t *table) outputs(r *run, hit int, args []Value) (map[string]Value, error) {
	in, seen, trace := r.in, r.seen, r.trace
	r.in, r.trace = columns{r.in, t, args}, nil
	if r.traced {
		r.seen = maps.Clone(seen)
		maps.DeleteFunc(r.seen, func(key string, _ Value) bool { return !strings.HasPrefix(key, "param.") }) // parameters stay known
	}
	result, err := t.results(r, hit)
	looked := r.trace
	r.in, r.seen, r.trace = in, seen, trace
	if err != nil {
		return nil, err
	}
	for _, l := range looked {
		if l.Kind == ParamRef {
			r.remember("param."+l.Name, l)
		}
	}
	return result, nil
}

func (t *table) results(r *run, hit int) (map[string]Value, error) {
	result := make(map[string]Value, len(t.Outputs))
	for j, p := range t.rows[hit].then {
		v, err := p.within(r)
		if err != nil {
			return nil, err
		}
		result[t.Outputs[j].Name] = v
	}
	return result, nil
}

// columns answers with the inputs of a table.
type columns struct {
	Input
	table *table
	args  []Value
}

// Var returns an input of the table.
func (c columns) Var(name string) (Value, bool) {
	for i, in := range c.table.Inputs {
		if in.Name == name {
			return c.args[i], true
		}
	}
	return nil, false
}

func (r *row) matches(run *run, args []Value) (bool, error) {
	for j := range r.when {
		if ok, err := r.when[j].matches(run, args[j]); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// example writes inputs as "a = 1, b = \"x\"".
func (t *table) example(args []Value) string {
	parts := make([]string, len(args))
	for i, v := range args {
		parts[i] = t.Inputs[i].Name + " = " + show(v)
	}
	return strings.Join(parts, ", ")
}

// show writes a scalar as a writer would.
func show(v Value) string {
	switch x := v.(type) {
	case string:
		return fmt.Sprintf("%q", x)
	case money.Decimal:
		return x.String()
	}
	return fmt.Sprint(v)
}
