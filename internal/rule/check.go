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

// place is a value that is kept: a variable, an item of a list, or a field of
// one. Reading it is traced by its path, reading through it is not.
type place struct {
	key    string // the same for the same place within one expression
	static string // the path when it is always the same
	path   func(*run) string
	read   func(*run) (Value, error)
}

func (p *place) at(r *run) string {
	if p.path == nil {
		return p.static
	}
	return p.path(r)
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
	nested   int
}

// Compile checks the expression and that its value is of the type wanted. It
// returns either a program or every problem found.
func (e *Env) Compile(src string, want Type) (*Program, []Problem) {
	tree, s, problems := parse(src)
	if len(problems) > 0 {
		return nil, problems
	}
	c := &checker{env: e, src: s, present: map[string]bool{}, uses: map[Ref]bool{}}
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
	return &Program{src: src, root: root, env: e, uses: uses, slots: c.slots}, nil
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
		c.fail(n.id, fmt.Sprintf("%s is %s, but %s needs %s", name, n.typ, what, want), "")
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
				path: func(r *run) string { return r.slots[s].path },
				read: func(r *run) (Value, error) { return r.slots[s].value, nil },
			})
		}
	}
	t, ok := c.env.vars[strings.TrimPrefix(name, ".")]
	if !ok {
		return c.unknown(id, name)
	}
	c.uses[Ref{VarRef, name}] = true
	return c.placed(node{id: id, typ: t, name: name}, &place{
		key: name, static: name,
		read: func(r *run) (Value, error) { return r.get(name, t) },
	})
}

// placed gives a node that reads the place, of the inner type where the place
// is known to be present.
func (c *checker) placed(n node, p *place) node {
	n.place = p
	if n.typ.kind == OptionalKind && c.present[p.key] {
		n.typ = n.typ.Elem()
	}
	n.eval = func(r *run) (Value, error) {
		v, err := p.read(r)
		if err == nil {
			r.see(p.at(r), v)
		}
		return v, err
	}
	return n
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

func (c *checker) selection(e ast.Expr) node {
	s := e.AsSelect()
	if path, ok := dotted(e); ok && path[0] == "param" {
		return c.parameter(e.ID(), path[1:])
	}
	return c.field(e.ID(), c.expr(s.Operand()), s.FieldName())
}

// dotted returns the names of a.b.c.
func dotted(e ast.Expr) ([]string, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		return []string{e.AsIdent()}, true
	case ast.SelectKind:
		path, ok := dotted(e.AsSelect().Operand())
		return append(path, e.AsSelect().FieldName()), ok
	}
	return nil, false
}

// parameter finds the parameter with the longest name that the path starts
// with; what is left are fields.
func (c *checker) parameter(id int64, path []string) node {
	for n := len(path); n > 0; n-- {
		name := strings.Join(path[:n], ".")
		t, ok := c.env.params[name]
		if !ok {
			continue
		}
		c.uses[Ref{ParamRef, name}] = true
		out := c.placed(node{id: id, typ: t, name: "param." + name, param: true}, &place{
			key:  "param." + name,
			path: func(*run) string { return "" }, // param traces itself
			read: func(r *run) (Value, error) { return r.param(name, t) },
		})
		for _, f := range path[n:] {
			out = c.field(id, out, f)
		}
		return out
	}
	name := strings.Join(path, ".")
	return c.fail(id, "there is no parameter called "+name, didYouMean(name, slices.Collect(maps.Keys(c.env.params))))
}

func (c *checker) field(id int64, base node, name string) node {
	switch base.typ.kind {
	case unknownKind:
		return node{id: id}
	case RecordKind:
	case OptionalKind:
		if base.typ.Elem().kind == RecordKind {
			fix := fmt.Sprintf("ask first: has(%s) ? %s.%s : …", base.name, base.name, name)
			if base.place == nil {
				fix = ""
			}
			return c.fail(base.id, orThis(base.name)+" may be missing", fix)
		}
		fallthrough
	default:
		return c.fail(id, fmt.Sprintf("%s is %s and has no part called %s", orThis(base.name), base.typ, name), c.partFix(base.typ, name))
	}
	t, ok := base.typ.Field(name)
	if !ok {
		var names []string
		for _, f := range base.typ.fields {
			names = append(names, f.Name)
		}
		return c.fail(id, fmt.Sprintf("%s has no part called %s", orThis(base.name), name), didYouMean(name, names))
	}
	n := node{id: id, typ: t, param: base.param}
	if base.name != "" {
		n.name = base.name + "." + name
	}
	if base.place == nil {
		n.eval = func(r *run) (Value, error) {
			v, err := base.eval(r)
			if err != nil {
				return nil, err
			}
			return v.(map[string]Value)[name], nil
		}
		return n
	}
	from := base.place
	p := &place{key: from.key + "." + name, read: func(r *run) (Value, error) {
		v, err := from.read(r)
		if err != nil {
			return nil, err
		}
		return v.(map[string]Value)[name], nil
	}}
	if from.path == nil {
		p.static = from.static + "." + name
	} else {
		p.path = func(r *run) string {
			if s := from.path(r); s != "" {
				return s + "." + name
			}
			return ""
		}
	}
	return c.placed(n, p)
}

// partFix helps who wrote a function without its brackets.
func (c *checker) partFix(t Type, name string) string {
	if f, ok := functions[name]; ok {
		return "write " + f.usage
	}
	if t.kind == ListKind && t.Elem().kind == RecordKind {
		return "to take it from each item, write .map(x, x." + name + ")"
	}
	return ""
}

func orThis(name string) string {
	if name == "" {
		return "this"
	}
	return name
}

func (c *checker) list(e ast.Expr) node {
	elem := Type{kind: nothingKind}
	items := make([]node, 0, e.AsList().Size())
	lits := make([]Value, 0, len(items))
	ok := true
	for i, x := range e.AsList().Elements() {
		if e.AsList().IsOptional(int32(i)) {
			return c.fail(e.ID(), "I cannot read this", "")
		}
		n := c.expr(x)
		t, same := join(elem, n.typ)
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
