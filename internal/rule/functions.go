package rule

import (
	"fmt"
	"maps"
	"slices"

	"cel.dev/cel-go/common/ast"
)

// function is something expressions can call.
type function struct {
	usage    string // how it is written
	doc      string
	min, max int // number of arguments; max 0 means any number
	// place says that the function needs a calendar.
	place bool
	// check gives the node of a call whose arguments have types; their number
	// is right and none is unknown.
	check func(c *checker, id int64, args []node) node
}

// functions holds everything that can be called, by name. It is filled before
// main and only read after.
var functions = map[string]function{}

func init() {
	for _, part := range []map[string]function{
		presenceFunctions(), numberFunctions(), textFunctions(), dateFunctions(), workingDayFunctions(), listFunctions(),
	} {
		maps.Copy(functions, part)
	}
}

// FunctionDoc describes a function for editors and guides.
type FunctionDoc struct{ Name, Usage, Doc string }

// Functions lists everything that can be called, by name.
func Functions() []FunctionDoc {
	var out []FunctionDoc
	for _, name := range slices.Sorted(maps.Keys(functions)) {
		out = append(out, FunctionDoc{name, functions[name].usage, functions[name].doc})
	}
	return out
}

// plain makes a function with fixed types.
func plain(usage, doc string, params []Type, result Type, do func(r *run, a []Value) (Value, error)) function {
	return function{usage: usage, doc: doc, min: len(params), max: len(params), check: func(c *checker, id int64, args []node) node {
		if !c.needAll(args, params, usage) {
			return node{id: id}
		}
		return computed(id, result, args, do)
	}}
}

// needAll checks the arguments of a call against the types it takes.
func (c *checker) needAll(args []node, params []Type, usage string) bool {
	ok := true
	for i := range args {
		ok = c.need(args[i], params[i], usage) && ok
	}
	return ok
}

// computed is a node that computes its arguments and then do, which must not keep them.
func computed(id int64, t Type, args []node, do func(r *run, a []Value) (Value, error)) node {
	return node{id: id, typ: t, eval: func(r *run) (Value, error) {
		from := len(r.args)
		r.args = more(r.args, len(args))
		var v Value
		var err error
		for i := range args {
			if v, err = args[i].eval(r); err != nil {
				break
			}
			r.args[from+i] = v
		}
		if err == nil {
			v, err = do(r, r.args[from:])
		} else {
			v = nil
		}
		r.args = less(r.args, from)
		return v, err
	}}
}

// function checks a call of a function, a look-up or a table.
func (c *checker) function(e ast.Expr) node {
	call := e.AsCall()
	name := call.FunctionName()
	args := call.Args()
	if call.IsMemberFunction() {
		if t := call.Target(); t.Kind() == ast.IdentKind && t.AsIdent() == "tables" {
			return c.table(e.ID(), name, args)
		}
		if eachRules[name] {
			return c.each(e.ID(), name, call.Target(), args)
		}
		args = append([]ast.Expr{call.Target()}, args...)
	} else if eachRules[name] {
		return c.fail(e.ID(), name+" comes behind its list", "write list."+name+"(x, …)")
	}
	nodes := make([]node, len(args))
	known := true
	for i, a := range args {
		nodes[i] = c.expr(a)
		known = known && nodes[i].typ.kind != unknownKind
	}
	if l, ok := c.env.lookups[name]; ok {
		return c.lookup(e.ID(), l, nodes)
	}
	f, ok := functions[name]
	switch {
	case !ok:
		return c.noFunction(e.ID(), name)
	case len(args) < f.min || (f.max > 0 && len(args) > f.max):
		return c.fail(e.ID(), fmt.Sprintf("%s takes %s, here it gets %d", name, counted(f.min, f.max), len(args)), "write "+f.usage)
	case f.place && c.env.calendar == nil:
		return c.fail(e.ID(), name+" needs a calendar, and none is declared", "name a calendar of holidays for this place")
	case !known:
		return node{id: e.ID()}
	}
	return f.check(c, e.ID(), nodes)
}

func counted(least, most int) string {
	switch {
	case least == most && least == 1:
		return "1 value"
	case least == most:
		return fmt.Sprintf("%d values", least)
	case most == 0:
		return fmt.Sprintf("%d or more values", least)
	}
	return fmt.Sprintf("%d to %d values", least, most)
}

func (c *checker) noFunction(id int64, name string) node {
	names := slices.Concat(slices.Collect(maps.Keys(functions)), slices.Collect(maps.Keys(c.env.lookups)), slices.Collect(maps.Keys(eachRules)))
	if name == "value" {
		return c.fail(id, "value() is not used here, since there may be none", "ask first: has(x) && x > 3, or write x.orValue(0)")
	}
	if _, ok := c.env.tables[name]; ok {
		return c.fail(id, "there is no function called "+name, "it is a table: write tables."+name+"(…)")
	}
	return c.fail(id, "there is no function called "+name, didYouMean(name, names))
}

func (c *checker) lookup(id int64, l Lookup, args []node) node {
	if len(args) != len(l.Args) {
		return c.fail(id, fmt.Sprintf("%s takes %s, here it gets %d", l.Name, counted(len(l.Args), len(l.Args)), len(args)), "")
	}
	if !c.needAll(args, l.Args, l.Name) {
		return node{id: id}
	}
	c.uses[Ref{LookupRef, l.Name}] = true
	return computed(id, l.Result, args, func(r *run, a []Value) (Value, error) { return r.lookup(l, a) })
}

// presenceFunctions ask about what may be missing. They do not mind when it
// never is, so that one rule can stand in several places.
func presenceFunctions() map[string]function {
	has := function{usage: "has(x)", doc: "true when x is not missing; behind && and in the first way of ? : x can then be used", min: 1, max: 1,
		check: func(c *checker, id int64, args []node) node {
			x := args[0]
			n := computed(id, Bool(), args, func(_ *run, a []Value) (Value, error) { return a[0] != nil, nil })
			if x.place != nil {
				n.yes = []string{x.place.key}
			}
			return n
		}}
	hasValue := has
	hasValue.usage = "x.hasValue()"
	return map[string]function{
		"has": has, "hasValue": hasValue,
		"orValue": {usage: "x.orValue(y)", doc: "x, or y when x is missing", min: 2, max: 2,
			check: func(c *checker, id int64, args []node) node {
				x, y := args[0], args[1]
				inner := x.typ
				if inner.kind == OptionalKind {
					inner = inner.Elem()
				}
				t, ok := join(inner, y.typ)
				if !ok || t.kind == periodKind {
					return c.fail(y.id, fmt.Sprintf("%s is %s, but what to take instead is %s", orThis(x.name), inner, y.typ), "")
				}
				return node{id: id, typ: t, eval: func(r *run) (Value, error) {
					v, err := x.eval(r)
					if v == nil && err == nil {
						return y.eval(r)
					}
					return v, err
				}}
			}},
	}
}

// literalText returns the text an argument is written out as.
func (c *checker) literalText(n node, usage string) (string, bool) {
	s, ok := n.lit.(string)
	if !ok {
		c.fail(n.id, "this must be written out in quotation marks", "write "+usage)
	}
	return s, ok
}
