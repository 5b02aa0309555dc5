package rule

import (
	"errors"
	"fmt"
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"stoa/internal/calendar"
	"stoa/internal/money"
)

// quotientDigits is how many digits a division keeps, a half going to the even
// neighbour: as many as decimal128 has. A rule that owes money rounds after.
const quotientDigits = 34

func (c *checker) call(e ast.Expr) node {
	call := e.AsCall()
	args := call.Args()
	switch op := call.FunctionName(); op {
	case operators.LogicalAnd, operators.LogicalOr:
		return c.logic(e.ID(), op == operators.LogicalAnd, args)
	case operators.LogicalNot:
		n := c.expr(args[0])
		if !c.need(n, Bool(), "!") {
			return node{id: e.ID()}
		}
		return node{id: e.ID(), typ: Bool(), yes: n.no, no: n.yes, eval: func(r *run) (Value, error) {
			b, err := truth(r, &n)
			return !b, err
		}}
	case operators.Conditional:
		return c.conditional(e.ID(), args)
	case operators.Negate:
		n := c.expr(args[0])
		if !c.need(n, Number(), "a minus sign") {
			return node{id: e.ID()}
		}
		if d, ok := n.lit.(money.Decimal); ok {
			return constant(e.ID(), Number(), d.Neg())
		}
		return node{id: e.ID(), typ: Number(), param: n.param, eval: func(r *run) (Value, error) {
			v, err := n.eval(r)
			if err != nil {
				return nil, err
			}
			return v.(money.Decimal).Neg(), nil
		}}
	case operators.Equals, operators.NotEquals:
		return c.equality(e.ID(), op == operators.Equals, c.expr(args[0]), c.expr(args[1]))
	case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		return c.comparison(e.ID(), op, c.expr(args[0]), c.expr(args[1]))
	case operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo:
		return c.arithmetic(e.ID(), op, c.expr(args[0]), c.expr(args[1]))
	case operators.In, operators.OldIn:
		return c.membership(e.ID(), c.expr(args[0]), c.expr(args[1]))
	case operators.Index, operators.OptIndex, operators.OptSelect:
		c.expr(args[0])
		return c.fail(e.ID(), "items of a list have no numbers here: there may be fewer", "write first(list), or a rule for all of them: list.all(x, …)")
	}
	return c.function(e)
}

// logic checks a && b && …, or a || b || …. What the left side settles about
// presence holds on the right.
func (c *checker) logic(id int64, and bool, args []ast.Expr) node {
	nodes := make([]node, len(args))
	var yes, no []string
	ok := true
	for i, a := range args {
		held := yes
		if !and {
			held = no
		}
		n := c.under(held, a)
		ok = c.need(n, Bool(), "&&, || and !") && ok
		nodes[i] = n
		switch {
		case i == 0:
			yes, no = n.yes, n.no
		case and:
			yes, no = append(slices.Clone(yes), n.yes...), both(no, n.no)
		default:
			yes, no = both(yes, n.yes), append(slices.Clone(no), n.no...)
		}
	}
	if !ok {
		return node{id: id}
	}
	return node{id: id, typ: Bool(), yes: yes, no: no, eval: func(r *run) (Value, error) {
		var unknown error
		for i := range nodes {
			b, err := truth(r, &nodes[i])
			switch {
			case err != nil && r.partial && errors.Is(err, errUnknown):
				unknown = err // another side may still decide
			case err != nil:
				return nil, err
			case b != and:
				return b, nil
			}
		}
		return and, unknown
	}}
}

func both(a, b []string) (out []string) {
	for _, k := range a {
		if slices.Contains(b, k) {
			out = append(out, k)
		}
	}
	return out
}

func (c *checker) conditional(id int64, args []ast.Expr) node {
	cond := c.expr(args[0])
	ok := c.need(cond, Bool(), "the question before ?")
	a, b := c.under(cond.yes, args[1]), c.under(cond.no, args[2])
	t, same := join(a.typ, b.typ)
	if !same {
		return c.fail(id, fmt.Sprintf("one way gives %s, the other %s", a.typ, b.typ), "both must give the same kind of thing")
	}
	if !ok || a.typ.kind == unknownKind || b.typ.kind == unknownKind {
		return node{id: id}
	}
	return node{id: id, typ: t, eval: func(r *run) (Value, error) {
		yes, err := truth(r, &cond)
		if err != nil {
			return nil, err
		}
		if yes {
			return a.eval(r)
		}
		return b.eval(r)
	}}
}

// comparable checks that two values can be held against each other.
func (c *checker) comparable(id int64, a, b node) bool {
	if a.typ.kind == unknownKind || b.typ.kind == unknownKind {
		return false
	}
	for _, n := range []node{a, b} {
		if n.typ.kind == OptionalKind {
			return c.need(n, n.typ.Elem(), "a comparison")
		}
	}
	if _, same := join(a.typ, b.typ); !same || !a.typ.scalar() || !b.typ.scalar() {
		fix := ""
		if a.typ.kind == ListKind || b.typ.kind == ListKind {
			fix = "to ask whether a list holds a value, write value in list"
		} else if a.typ.kind == DateKind && b.typ.textual() || b.typ.kind == DateKind && a.typ.textual() {
			fix = `write a date as date("2026-01-31")`
		}
		c.fail(id, fmt.Sprintf("%s cannot be compared with %s", a.typ, b.typ), fix)
		return false
	}
	return c.shareOption(a, b)
}

// shareOption reports a comparison of choices that can never be equal, and any
// text written out that is not an option.
func (c *checker) shareOption(a, b node) bool {
	if a.typ.kind != ChoiceKind || b.typ.kind != ChoiceKind {
		return true
	}
	if a.lit != nil {
		a, b = b, a
	}
	for _, o := range b.typ.options {
		if slices.Contains(a.typ.options, o) {
			return true
		}
	}
	o := b.typ.options[0]
	c.fail(b.id, fmt.Sprintf("%s has no option %q", orThis(a.name), o), didYouMeanText(o, a.typ.options))
	return false
}

func (c *checker) equality(id int64, want bool, a, b node) node {
	if !c.comparable(id, a, b) {
		return node{id: id}
	}
	return node{id: id, typ: Bool(), eval: func(r *run) (Value, error) {
		x, y, err := pair(r, &a, &b)
		if err != nil {
			return nil, err
		}
		return equal(x, y) == want, nil
	}}
}

func pair(r *run, a, b *node) (x, y Value, err error) {
	if x, err = a.eval(r); err == nil {
		y, err = b.eval(r)
	}
	return x, y, err
}

func (c *checker) comparison(id int64, op string, a, b node) node {
	if !c.comparable(id, a, b) {
		return node{id: id}
	}
	if !a.typ.ordered() {
		return c.fail(id, fmt.Sprintf("%s has no order: neither is more or less", a.typ), "compare with == or !=")
	}
	return node{id: id, typ: Bool(), eval: func(r *run) (Value, error) {
		x, y, err := pair(r, &a, &b)
		if err != nil {
			return nil, err
		}
		n := order(x, y)
		switch op {
		case operators.Less:
			return n < 0, nil
		case operators.LessEquals:
			return n <= 0, nil
		case operators.Greater:
			return n > 0, nil
		}
		return n >= 0, nil
	}}
}

func (c *checker) membership(id int64, a, list node) node {
	if a.typ.kind == unknownKind || list.typ.kind == unknownKind {
		return node{id: id}
	}
	if list.typ.kind != ListKind {
		c.need(list, List(a.typ), "in")
		return node{id: id}
	}
	item := node{id: list.id, typ: list.typ.Elem()}
	if item.typ.kind == nothingKind {
		return c.fail(list.id, "nothing is in an empty list", "")
	}
	if !c.comparable(id, a, item) {
		return node{id: id}
	}
	if lits, ok := list.lit.([]Value); ok && a.typ.kind == ChoiceKind {
		for _, v := range lits {
			if s := v.(string); !slices.Contains(a.typ.options, s) {
				return c.fail(list.id, fmt.Sprintf("%s has no option %q", orThis(a.name), s), didYouMeanText(s, a.typ.options))
			}
		}
	}
	return node{id: id, typ: Bool(), eval: func(r *run) (Value, error) {
		x, y, err := pair(r, &a, &list)
		if err != nil {
			return nil, err
		}
		items := y.([]Value)
		if err := r.work(len(items)); err != nil {
			return nil, err
		}
		return slices.ContainsFunc(items, func(v Value) bool { return equal(x, v) }), nil
	}}
}

func (c *checker) arithmetic(id int64, op string, a, b node) node {
	if a.typ.kind == unknownKind || b.typ.kind == unknownKind {
		return node{id: id}
	}
	sign := map[string]string{operators.Add: "+", operators.Subtract: "-", operators.Multiply: "*", operators.Divide: "/", operators.Modulo: "%"}[op]
	for _, n := range []node{a, b} {
		if n.typ.kind == OptionalKind {
			c.need(n, n.typ.Elem(), sign)
			return node{id: id}
		}
	}
	switch {
	case a.typ.kind == NumberKind && b.typ.kind == NumberKind:
		return c.numeric(id, op, a, b)
	case op == operators.Add && a.typ.textual() && b.typ.textual():
		return node{id: id, typ: Text(), eval: func(r *run) (Value, error) {
			x, y, err := pair(r, &a, &b)
			if err != nil {
				return nil, err
			}
			s := x.(string) + y.(string)
			return s, r.work(len(s) / 64)
		}}
	case a.typ.kind == DateKind && b.typ.kind == periodKind && (op == operators.Add || op == operators.Subtract):
		return node{id: id, typ: Date(), eval: func(r *run) (Value, error) {
			x, y, err := pair(r, &a, &b)
			if err != nil {
				return nil, err
			}
			p := y.(period)
			if op == operators.Subtract {
				p = period{-p.months, -p.days}
			}
			return shift(x.(calendar.Date), p)
		}}
	}
	fix := ""
	switch {
	case a.typ.kind == DateKind && b.typ.kind == DateKind:
		fix = "write days_between(from, to), or working_days_between(from, to)"
	case a.typ.kind == DateKind && b.typ.kind == NumberKind:
		fix = "write date + days(3), months(3) or years(3)"
	}
	return c.fail(id, fmt.Sprintf("%s %s %s means nothing", a.typ, sign, b.typ), fix)
}

func shift(d calendar.Date, p period) (Value, error) {
	d, err := d.AddMonths(p.months)
	if err == nil {
		d, err = d.AddDays(p.days)
	}
	if err != nil {
		return nil, &Error{Code: DateTooFar, Cause: err}
	}
	return d, nil
}

func (c *checker) numeric(id int64, op string, a, b node) node {
	var do func(x, y money.Decimal) (money.Decimal, error)
	switch op {
	case operators.Add:
		do = money.Decimal.Add
	case operators.Subtract:
		do = money.Decimal.Sub
	case operators.Multiply:
		do = money.Decimal.Mul
	case operators.Divide:
		do = func(x, y money.Decimal) (money.Decimal, error) { return x.QuoDigits(y, quotientDigits) }
	case operators.Modulo:
		do = money.Decimal.Rem
	}
	if op == operators.Divide || op == operators.Modulo {
		if d, ok := b.lit.(money.Decimal); ok && d.Sign() == 0 {
			return c.fail(b.id, "nothing can be divided by 0", "")
		} else if !ok && !b.param {
			return c.fail(b.id, "this may be 0, and nothing can be divided by 0", "write div(a, b, what to take when b is 0), or divide by a number or a parameter")
		}
	}
	name := b.name
	return node{id: id, typ: Number(), eval: func(r *run) (Value, error) {
		x, y, err := pair(r, &a, &b)
		if err != nil {
			return nil, err
		}
		d, err := do(x.(money.Decimal), y.(money.Decimal))
		if errors.Is(err, money.ErrZero) {
			return nil, &Error{Code: ZeroParam, Name: name}
		}
		return number(d, err)
	}}
}
