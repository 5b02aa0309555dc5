package rule

import (
	"context"
	"errors"
)

// errUnknown is what a partial evaluation meets where it knows no value.
var errUnknown = errors.New("rule: not known")

// maxCombinations bounds how many combinations of answers Constant tries.
const maxCombinations = 4_096

// Constant returns the value that the program has whatever is answered, if it
// can tell: a condition that is always true or always false is usually a slip.
// It tries every combination of the yes-or-no and choice values the program
// uses, and whether those that may be missing are; anything else is taken as
// not known. What it tells is certain; it does not find everything.
func Constant(p *Program) (Value, bool) {
	var names []string
	var domains [][]Value
	total := 1
	for _, ref := range p.uses {
		if ref.Kind != VarRef {
			continue
		}
		values, ok := finite(p.env.vars[ref.Name])
		if !ok || total*len(values) > maxCombinations {
			continue
		}
		total *= len(values)
		names = append(names, ref.Name)
		domains = append(domains, values)
	}
	var first Value
	for i := range total {
		vars := make(map[string]Value, len(names))
		for k, rest := 0, i; k < len(names); k++ {
			vars[names[k]] = domains[k][rest%len(domains[k])]
			rest /= len(domains[k])
		}
		r := &run{ctx: context.Background(), in: Values{Vars: vars}, left: maxWork, partial: true}
		v, err := p.within(r)
		if err != nil || (i > 0 && !Equal(first, v)) {
			return nil, false
		}
		first = v
	}
	return first, true
}

// finite lists the values of a type that has few.
func finite(t Type) ([]Value, bool) {
	switch t.kind {
	case BoolKind:
		return []Value{true, false}, true
	case ChoiceKind:
		var out []Value
		for _, o := range t.options {
			out = append(out, o)
		}
		return out, true
	case OptionalKind:
		inner, ok := finite(t.Elem())
		return append(inner, nil), ok
	}
	return nil, false
}
