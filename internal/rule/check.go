package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// node is a checked part of an expression: its type, and how to compute it.
type node struct {
	id    int64
	typ   Type
	eval  func(*run) (Value, error)
	place *place // where the value is kept, when it is not computed
	lit   Value  // its value when it is written out; otherwise nil
	name  string // how the writer calls it; "" when computed
	param bool   // is a parameter, or a field of one
	// yes and no hold the keys of the places that are present when the node is
	// true, and when it is false.
	yes, no []string
}

// local is a name given by a rule for lists.
type local struct {
	name string
	typ  Type
	slot int
}

// checker turns one expression into nodes, collecting problems.
type checker struct {
	env      *Env
	src      source
	problems []Problem
	locals   []local
	present  map[string]bool // keys of places known to be present here
	uses     map[Ref]bool
	slots    int
	cells    map[Ref]int // by what is read into them
	nested   int
}

// Compile checks the expression and that its value is of the type wanted. It
// returns either a program or every problem found.
func (e *Env) Compile(src string, want Type) (*Program, []Problem) {
	tree, s, problems := parse(src)
	if len(problems) > 0 {
		return nil, problems
	}
	c := &checker{env: e, src: s, present: map[string]bool{}, uses: map[Ref]bool{}, cells: map[Ref]int{}}
	root := c.expr(tree)
	if want.kind != unknownKind {
		c.need(root, want, "the result")
	} else if root.typ.kind == periodKind || root.typ.kind == nothingKind {
		c.fail(root.id, "this gives "+root.typ.String()+", which is no answer", "")
	}
	if len(c.problems) > 0 {
		return nil, c.sorted()
	}
	uses := slices.SortedFunc(maps.Keys(c.uses), func(a, b Ref) int {
		return strings.Compare(string(a.Kind)+" "+a.Name, string(b.Kind)+" "+b.Name)
	})
	return &Program{src: src, root: root, env: e, uses: uses, slots: c.slots, cells: len(c.cells)}, nil
}

// sorted returns the problems in order of place, each once.
func (c *checker) sorted() []Problem {
	slices.SortStableFunc(c.problems, func(a, b Problem) int { return a.Offset - b.Offset })
	return slices.Compact(c.problems)
}

func (c *checker) fail(id int64, message, fix string) node {
	span, _ := c.src.info.GetOffsetRange(id)
	c.problems = append(c.problems, c.src.problem(int(span.Start), message, fix))
	return node{id: id}
}

// need reports whether n can be used where want is asked for, and says what to
// write when it cannot. what names the use: "the result", "round".
func (c *checker) need(n node, want Type, what string) bool {
	if n.typ.kind == unknownKind {
		return false
	}
	if n.typ.fits(want) {
		return true
	}
	name := n.name
	if name == "" {
		name = "this"
	}
	switch {
	case n.typ.kind == OptionalKind && want.kind != OptionalKind:
		x := n.name
		if x == "" {
			x = "(…)"
		}
		fix := fmt.Sprintf("write %s.orValue(…) to say what to take instead", x)
		if n.place != nil {
			fix += fmt.Sprintf(", or ask first: has(%s) && …", x)
		}
		c.fail(n.id, name+" may be missing", fix)
	case n.typ.kind == ChoiceKind && want.kind == ChoiceKind:
		for _, o := range n.typ.options {
			if !slices.Contains(want.options, o) {
				c.fail(n.id, fmt.Sprintf("no option %q", o), didYouMeanText(o, want.options))
				break
			}
		}
	case n.typ.kind == TextKind && want.kind == ChoiceKind:
		c.fail(n.id, name+" may be any text, but "+what+" must be "+want.String(), "write the options out, in quotation marks")
	default:
		fix := ""
		if n.typ.kind == ListKind && want.scalar() {
			fix = "to ask whether a list holds a value, write value in list; for one item of it, first(list)"
		}
		c.fail(n.id, fmt.Sprintf("%s is %s, but %s needs %s", name, n.typ, what, want), fix)
	}
	return false
}

// under checks an expression where the given places are known to be present.
func (c *checker) under(keys []string, e ast.Expr) node {
	var added []string
	for _, k := range keys {
		if !c.present[k] {
			c.present[k] = true
			added = append(added, k)
		}
	}
	n := c.expr(e)
	for _, k := range added {
		delete(c.present, k)
	}
	return n
}

func (c *checker) expr(e ast.Expr) node {
	switch e.Kind() {
	case ast.LiteralKind:
		return c.literal(e)
	case ast.IdentKind:
		return c.ident(e.ID(), e.AsIdent())
	case ast.SelectKind:
		return c.selection(e)
	case ast.ListKind:
		return c.list(e)
	case ast.CallKind:
		return c.call(e)
	case ast.MapKind, ast.StructKind:
		return c.fail(e.ID(), "records cannot be written out here", "give the values in the service file, or use a decision table")
	}
	return c.fail(e.ID(), "I cannot read this", "")
}

func constant(id int64, t Type, v Value) node {
	return node{id: id, typ: t, lit: v, eval: func(*run) (Value, error) { return v, nil }}
}

func (c *checker) literal(e ast.Expr) node {
	switch v := e.AsLiteral().(type) {
	case types.Int, types.Double:
		d, err := c.src.numeral(e)
		if err != nil {
			return c.fail(e.ID(), "this is not how numbers are written here", "write digits, with a point before any decimals: 1250.50")
		}
		return constant(e.ID(), Number(), d)
	case types.String:
		return constant(e.ID(), Choice(string(v)), string(v))
	case types.Bool:
		return constant(e.ID(), Bool(), bool(v))
	case types.Null:
		return c.fail(e.ID(), "null is not used here", "ask has(…), or write .orValue(…)")
	case types.Uint:
		return c.fail(e.ID(), "this is not how numbers are written here", "leave out the u")
	}
	return c.fail(e.ID(), "this kind of value is not used here", "write a text in plain quotation marks")
}

func (c *checker) ident(id int64, name string) node {
	for i := len(c.locals) - 1; i >= 0; i-- {
		if l := c.locals[i]; l.name == name {
			s := l.slot
			return c.placed(node{id: id, typ: l.typ, name: name}, &place{
				key:  fmt.Sprintf("#%d", s),
				path: func(r *run) string { return r.slots[r.slot+s].path },
				read: func(r *run) (Value, error) { return r.slots[r.slot+s].value, nil },
			})
		}
	}
	t, ok := c.env.vars[name]
	if !ok {
		return c.unknown(id, name)
	}
	at := c.cell(Ref{VarRef, name})
	return c.placed(node{id: id, typ: t, name: name}, &place{
		key: name, static: name,
		read: func(r *run) (Value, error) { return r.get(at, name, t) },
	})
}

// cell notes that the expression looks at a name, and returns the place of its value in an evaluation.
func (c *checker) cell(ref Ref) int {
	c.uses[ref] = true
	at, known := c.cells[ref]
	if !known {
		at = len(c.cells)
		c.cells[ref] = at
	}
	return at
}

func (c *checker) unknown(id int64, name string) node {
	switch name {
	case "param":
		return c.fail(id, "param alone is not a value", "write param. and the name of the parameter")
	case "tables":
		return c.fail(id, "tables alone is not a value", "write tables.name(…) and the column you want")
	case "and", "or", "not":
		return c.fail(id, name+" is not a word of this language", "write && for and, || for or, ! for not")
	}
	names := slices.Collect(maps.Keys(c.env.vars))
	for _, l := range c.locals {
		names = append(names, l.name)
	}
	if _, ok := functions[name]; ok {
		return c.fail(id, name+" is a function", "write "+functions[name].usage)
	}
	return c.fail(id, "there is nothing called "+name, didYouMean(name, names))
}

func (c *checker) list(e ast.Expr) node {
	elem := Type{kind: nothingKind}
	items := make([]node, 0, e.AsList().Size())
	lits := make([]Value, 0, len(items))
	ok := true
	var options []string
	for i, x := range e.AsList().Elements() {
		if e.AsList().IsOptional(int32(i)) {
			return c.fail(e.ID(), "I cannot read this", "")
		}
		n := c.expr(x)
		options = append(options, n.typ.options...)
		t, same := elem, true
		if elem.kind != ChoiceKind || n.typ.kind != ChoiceKind { // options are joined once, below
			t, same = join(elem, n.typ)
		}
		if !same {
			c.fail(n.id, fmt.Sprintf("this item is %s, the ones before are %s", n.typ, elem), "a list holds one kind of thing")
		}
		ok = ok && same && n.typ.kind != unknownKind && n.typ.kind != periodKind
		elem = t
		items = append(items, n)
		if n.lit != nil {
			lits = append(lits, n.lit)
		}
	}
	if !ok {
		return node{id: e.ID()}
	}
	if elem.kind == ChoiceKind {
		elem = Choice(options...)
	}
	if len(lits) == len(items) {
		return constant(e.ID(), List(elem), lits)
	}
	return node{id: e.ID(), typ: List(elem), eval: func(r *run) (Value, error) { return evalAll(r, items) }}
}

// evalAll computes the nodes in order.
func evalAll(r *run, nodes []node) ([]Value, error) {
	out := make([]Value, len(nodes))
	for i := range nodes {
		v, err := nodes[i].eval(r)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// truth computes a node of type bool.
func truth(r *run, n *node) (bool, error) {
	v, err := n.eval(r)
	if err != nil {
		return false, err
	}
	return v.(bool), nil
}
