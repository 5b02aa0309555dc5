package rule

import (
	"cmp"
	"fmt"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/money"
)

// Value is what an expression works on: money.Decimal, string, bool,
// calendar.Date, calendar.Clock, []Value, map[string]Value, or nil for what is
// missing. Values are never changed once handed over.
type Value = any

// period is a length of time to be added to a date.
type period struct{ months, days int }

// Check reports whether v is a value of t, so that a caller can refuse bad
// input before it evaluates.
func Check(v Value, t Type) error {
	ok := true
	switch t.kind {
	case OptionalKind:
		if v == nil {
			return nil
		}
		return Check(v, *t.elem)
	case NumberKind:
		_, ok = v.(money.Decimal)
	case TextKind:
		_, ok = v.(string)
	case ChoiceKind:
		var s string
		if s, ok = v.(string); ok && !slices.Contains(t.options, s) {
			return fmt.Errorf("%q is not %s", s, t)
		}
	case BoolKind:
		_, ok = v.(bool)
	case DateKind:
		var d calendar.Date
		d, ok = v.(calendar.Date)
		ok = ok && !d.IsZero()
	case TimeKind:
		var c calendar.Clock
		c, ok = v.(calendar.Clock)
		ok = ok && c.Valid()
	case ListKind:
		var list []Value
		list, ok = v.([]Value)
		for i, item := range list {
			if err := Check(item, *t.elem); err != nil {
				return fmt.Errorf("item %d: %w", i+1, err)
			}
		}
	case RecordKind:
		var rec map[string]Value
		rec, ok = v.(map[string]Value)
		for i := 0; ok && i < len(t.fields); i++ {
			if err := Check(rec[t.fields[i].Name], t.fields[i].Type); err != nil {
				return fmt.Errorf("%s: %w", t.fields[i].Name, err)
			}
		}
	default:
		ok = false
	}
	if !ok {
		return &mismatch{v, t}
	}
	return nil
}

// mismatch is a value that is not of a type. It is put into words only for those who read them: a rule meets it wherever an
// answer is missing.
type mismatch struct {
	value Value
	typ   Type
}

func (m *mismatch) Error() string { return fmt.Sprintf("%T is not %s", m.value, m.typ) }

// equal compares two scalars of the same kind.
func equal(a, b Value) bool {
	if x, ok := a.(money.Decimal); ok {
		return x.Equal(b.(money.Decimal))
	}
	return a == b
}

// order compares two values of the same ordered kind.
func order(a, b Value) int {
	switch x := a.(type) {
	case money.Decimal:
		return x.Cmp(b.(money.Decimal))
	case calendar.Date:
		return x.Compare(b.(calendar.Date))
	default:
		return cmp.Compare(a.(calendar.Clock), b.(calendar.Clock))
	}
}

// Equal reports whether two values are the same, lists and records by their
// parts.
func Equal(a, b Value) bool {
	switch x := a.(type) {
	case money.Decimal:
		y, ok := b.(money.Decimal)
		return ok && x.Equal(y)
	case []Value:
		y, ok := b.([]Value)
		return ok && slices.EqualFunc(x, y, Equal)
	case map[string]Value:
		y, ok := b.(map[string]Value)
		if !ok || len(x) != len(y) {
			return false
		}
		for name, v := range x {
			w, ok := y[name]
			if !ok || !Equal(v, w) {
				return false
			}
		}
		return true
	}
	switch b.(type) {
	case []Value, map[string]Value, money.Decimal:
		return false
	}
	return a == b
}
