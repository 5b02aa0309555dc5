package rule

import (
	"unicode/utf8"

	"stoa/internal/money"
)

func num(n int) money.Decimal { return money.NewDecimal(int64(n)) }

func numberFunctions() map[string]function {
	return map[string]function{
		"round":           rounding("round", "to the nearest, a half away from zero", money.HalfUp),
		"round_half_even": rounding("round_half_even", "to the nearest, a half to the even neighbour", money.HalfEven),
		"round_up":        rounding("round_up", "away from zero", money.Up),
		"round_down":      rounding("round_down", "towards zero", money.Down),
		"min":             extreme("min", "the least of the values, or of a list (missing when it is empty)", -1),
		"max":             extreme("max", "the greatest of the values, or of a list (missing when it is empty)", 1),
		"abs": plain("abs(x)", "x without its sign", []Type{Number()}, Number(), func(_ *run, a []Value) (Value, error) {
			return a[0].(money.Decimal).Abs(), nil
		}),
		"div": plain("div(a, b, otherwise)", "a divided by b to 34 digits, or otherwise when b is 0", []Type{Number(), Number(), Number()}, Number(),
			func(_ *run, a []Value) (Value, error) {
				b := a[1].(money.Decimal)
				if b.Sign() == 0 {
					return a[2], nil
				}
				return number(a[0].(money.Decimal).QuoDigits(b, quotientDigits))
			}),
		"size": {usage: "size(x)", doc: "how many items a list has, or letters a text", min: 1, max: 1, check: func(c *checker, id int64, args []node) node {
			if args[0].typ.textual() {
				return computed(id, Number(), args, func(r *run, a []Value) (Value, error) {
					s := a[0].(string)
					return num(utf8.RuneCountInString(s)), r.work(len(s) / 64)
				})
			}
			if k := args[0].typ.kind; k != ListKind && !(k == OptionalKind && (args[0].typ.Elem().kind == ListKind || args[0].typ.Elem().textual())) {
				return c.fail(args[0].id, orThis(args[0].name)+" is "+args[0].typ.String()+" and has no size", "size is for lists and texts")
			}
			if args[0].typ.kind == OptionalKind {
				c.need(args[0], args[0].typ.Elem(), "size")
				return node{id: id}
			}
			return computed(id, Number(), args, func(_ *run, a []Value) (Value, error) { return num(len(a[0].([]Value))), nil })
		}},
	}
}

// rounding makes a function with the number of decimals written out, 0 when
// left out; -2 rounds to hundreds.
func rounding(name, doc string, way money.Rounding) function {
	usage := name + "(x, 2)"
	return function{usage: usage, doc: "x with so many decimals, " + doc + "; none when the second value is left out", min: 1, max: 2,
		check: func(c *checker, id int64, args []node) node {
			places := 0
			if len(args) == 2 {
				d, written := args[1].lit.(money.Decimal)
				n, whole := d.Int64()
				if !written || !whole || n < -20 || n > 20 {
					return c.fail(args[1].id, "the number of decimals must be written out, from -20 to 20", "write "+usage)
				}
				places = int(n)
			}
			if !c.need(args[0], Number(), name) {
				return node{id: id}
			}
			return computed(id, Number(), args[:1], func(_ *run, a []Value) (Value, error) {
				return number(a[0].(money.Decimal).Round(places, way))
			})
		}}
}

// extreme makes min (sign -1) and max (sign 1).
func extreme(name, doc string, sign int) function {
	pick := func(r *run, list []Value) (Value, error) {
		best := list[0]
		for _, v := range list[1:] {
			if order(v, best)*sign > 0 {
				best = v
			}
		}
		return best, r.work(len(list))
	}
	return function{usage: name + "(a, b)", doc: doc, min: 1, check: func(c *checker, id int64, args []node) node {
		if len(args) == 1 && args[0].typ.kind == ListKind {
			t := args[0].typ.Elem()
			if !t.ordered() {
				return c.fail(args[0].id, name+" needs a list of numbers, dates or times", "")
			}
			return computed(id, Optional(t), args, func(r *run, a []Value) (Value, error) {
				if len(a[0].([]Value)) == 0 {
					return nil, nil
				}
				return pick(r, a[0].([]Value))
			})
		}
		t := args[0].typ
		if t.kind == OptionalKind {
			t = t.Elem()
		}
		if !t.ordered() {
			return c.fail(args[0].id, name+" needs numbers, dates or times", "write "+name+"(a, b)")
		}
		ok := true
		for _, a := range args {
			ok = c.need(a, t, name) && ok
		}
		if !ok {
			return node{id: id}
		}
		return computed(id, t, args, pick)
	}}
}
