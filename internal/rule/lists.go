package rule

import (
	"fmt"
	"slices"
	"strconv"

	"cel.dev/cel-go/common/ast"

	"stoa/internal/money"
)

// eachRules are the rules for lists: list.all(x, condition on x).
var eachRules = map[string]bool{"all": true, "exists": true, "exists_one": true, "filter": true, "map": true}

// each checks a rule for lists.
func (c *checker) each(id int64, name string, target ast.Expr, args []ast.Expr) node {
	list := c.expr(target)
	usage := "write list." + name + "(x, …)"
	if len(args) != 2 || args[0].Kind() != ast.IdentKind || !isName(args[0].AsIdent()) {
		return c.fail(id, name+" takes a name for the item and an expression about it", usage)
	}
	item := args[0].AsIdent()
	switch _, taken := c.env.vars[item]; {
	case taken || item == "param" || item == "tables" || slices.ContainsFunc(c.locals, func(l local) bool { return l.name == item }):
		return c.fail(args[0].ID(), item+" already means something", "choose another name for the item")
	case c.nested == maxNested:
		return c.fail(id, fmt.Sprintf("rules for lists are nested more than %d deep", maxNested), "divide the rule")
	case list.typ.kind == unknownKind:
		return node{id: id}
	case list.typ.kind == OptionalKind && list.typ.Elem().kind == ListKind:
		c.need(list, list.typ.Elem(), name)
		return node{id: id}
	case list.typ.kind != ListKind:
		return c.fail(list.id, fmt.Sprintf("%s is %s, but %s needs a list", orThis(list.name), list.typ, name), "")
	case list.typ.Elem().kind == nothingKind:
		return c.fail(list.id, "this list is always empty", "")
	}
	at := c.slots
	c.slots++
	c.nested++
	c.locals = append(c.locals, local{item, list.typ.Elem(), at})
	body := c.expr(args[1])
	c.locals = c.locals[:len(c.locals)-1]
	c.nested--
	if body.typ.kind == unknownKind || (name != "map" && !c.need(body, Bool(), name)) {
		return node{id: id}
	}
	if name == "map" {
		if body.typ.kind == periodKind || body.typ.kind == nothingKind {
			return c.fail(body.id, "a list cannot hold "+body.typ.String(), "")
		}
		return mapped(id, &list, &body, at)
	}
	return tested(id, name, &list, &body, at)
}

// visit runs do for each item of the list until it says stop.
func visit(r *run, list *node, at int, do func(item Value) (stop bool, err error)) error {
	v, err := list.eval(r)
	if err != nil {
		return err
	}
	path := ""
	if list.place != nil && r.traced {
		path = list.place.at(r)
	}
	for i, item := range v.([]Value) {
		if err := r.work(1); err != nil {
			return err
		}
		s := &r.slots[r.slot+at]
		*s = slot{value: item}
		if path != "" {
			s.path = path + "[" + strconv.Itoa(i) + "]"
		}
		if stop, err := do(item); stop || err != nil {
			return err
		}
	}
	return nil
}

func mapped(id int64, list, body *node, at int) node {
	return node{id: id, typ: List(body.typ), eval: func(r *run) (Value, error) {
		out := []Value{}
		err := visit(r, list, at, func(Value) (bool, error) {
			v, err := body.eval(r)
			out = append(out, v)
			return false, err
		})
		return out, err
	}}
}

func tested(id int64, name string, list, body *node, at int) node {
	if name == "filter" {
		return node{id: id, typ: list.typ, eval: func(r *run) (Value, error) {
			out := []Value{}
			err := visit(r, list, at, func(item Value) (bool, error) {
				b, err := truth(r, body)
				if b {
					out = append(out, item)
				}
				return false, err
			})
			return out, err
		}}
	}
	return node{id: id, typ: Bool(), eval: func(r *run) (Value, error) {
		hits, misses := 0, 0
		err := visit(r, list, at, func(Value) (bool, error) {
			b, err := truth(r, body)
			if b {
				hits++
			} else {
				misses++
			}
			stop := (name == "all" && misses > 0) || (name == "exists" && hits > 0) || hits > 1 && name == "exists_one"
			return stop, err
		})
		switch name {
		case "all":
			return misses == 0, err
		case "exists":
			return hits > 0, err
		}
		return hits == 1, err
	}}
}

func listFunctions() map[string]function {
	end := func(name string, pick func([]Value) Value) function {
		return function{usage: name + "(list)", doc: "the " + name + " item of a list; missing when it is empty", min: 1, max: 1,
			check: func(c *checker, id int64, args []node) node {
				if !c.needList(args[0], name) {
					return node{id: id}
				}
				return computed(id, Optional(args[0].typ.Elem()), args, func(_ *run, a []Value) (Value, error) {
					if len(a[0].([]Value)) == 0 {
						return nil, nil
					}
					return pick(a[0].([]Value)), nil
				})
			}}
	}
	return map[string]function{
		"first": end("first", func(l []Value) Value { return l[0] }),
		"last":  end("last", func(l []Value) Value { return l[len(l)-1] }),
		"sum": plain("list.sum()", "the numbers of a list added up; 0 when it is empty", []Type{List(Number())}, Number(), func(r *run, a []Value) (Value, error) {
			var total money.Decimal
			for _, v := range a[0].([]Value) {
				var err error
				if total, err = total.Add(v.(money.Decimal)); err != nil {
					return number(total, err)
				}
			}
			return total, r.work(len(a[0].([]Value)))
		}),
		"distinct": {usage: "list.distinct()", doc: "the list without what stands in it already", min: 1, max: 1, check: func(c *checker, id int64, args []node) node {
			if !c.needList(args[0], "distinct") {
				return node{id: id}
			}
			if !args[0].typ.Elem().scalar() {
				return c.fail(args[0].id, "distinct needs a list of single values", "take one part of each item first: list.map(x, x.name).distinct()")
			}
			return computed(id, args[0].typ, args, distinct)
		}},
	}
}

func distinct(r *run, a []Value) (Value, error) {
	out := []Value{}
	for _, v := range a[0].([]Value) {
		if err := r.work(1 + len(out)); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(out, func(w Value) bool { return equal(v, w) }) {
			out = append(out, v)
		}
	}
	return out, nil
}

func (c *checker) needList(n node, name string) bool {
	if n.typ.kind == ListKind && n.typ.Elem().kind != nothingKind {
		return true
	}
	if n.typ.kind == OptionalKind && n.typ.Elem().kind == ListKind {
		return c.need(n, n.typ.Elem(), name)
	}
	c.fail(n.id, fmt.Sprintf("%s is %s, but %s needs a list", orThis(n.name), n.typ, name), "")
	return false
}
