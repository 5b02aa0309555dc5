package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
)

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

// placed gives a node that reads the place, of the inner type where the place
// is known to be present.
func (c *checker) placed(n node, p *place) node {
	n.place = p
	if n.typ.kind == OptionalKind && c.present[p.key] {
		n.typ = n.typ.Elem()
	}
	n.eval = func(r *run) (Value, error) {
		v, err := p.read(r)
		if err == nil && r.traced {
			r.see(p.at(r), v)
		}
		return v, err
	}
	return n
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
		at := c.cell(Ref{ParamRef, name})
		out := c.placed(node{id: id, typ: t, name: "param." + name, param: true}, &place{
			key:  "param." + name,
			path: func(*run) string { return "" }, // param traces itself
			read: func(r *run) (Value, error) { return r.figure(at, name, t) },
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
