package rule

import (
	"slices"
	"strconv"
	"strings"
)

// Kind is the outermost part of a type.
type Kind uint8

// The kinds of value.
const (
	unknownKind  Kind = iota // already reported; silences what follows from it
	NumberKind               // money.Decimal
	TextKind                 // string
	ChoiceKind               // string, one of the options
	BoolKind                 // bool
	DateKind                 // calendar.Date
	TimeKind                 // calendar.Clock
	ListKind                 // []Value
	RecordKind               // map[string]Value
	OptionalKind             // nil, or a value of the inner type
	periodKind               // period; only to be added to a date
	nothingKind              // the element of an empty list
)

// Type says which values an expression may have. The zero Type is none.
type Type struct {
	kind    Kind
	elem    *Type
	fields  []Field
	options []string
}

// Field is a named part of a record.
type Field struct {
	Name string
	Type Type
}

// Number is the type of exact numbers.
func Number() Type { return Type{kind: NumberKind} }

// Text is the type of any text.
func Text() Type { return Type{kind: TextKind} }

// Choice is the type of one text out of the options; each stands once.
func Choice(options ...string) Type {
	o := slices.Clone(options)
	slices.Sort(o)
	return Type{kind: ChoiceKind, options: slices.Compact(o)}
}

// Bool is the type of true and false.
func Bool() Type { return Type{kind: BoolKind} }

// Date is the type of civil dates.
func Date() Type { return Type{kind: DateKind} }

// Time is the type of times of day.
func Time() Type { return Type{kind: TimeKind} }

// List is the type of lists of t.
func List(t Type) Type { return Type{kind: ListKind, elem: &t} }

// Record is the type of records with exactly these fields.
func Record(fields ...Field) Type { return Type{kind: RecordKind, fields: slices.Clone(fields)} }

// Optional is the type of a value that may be missing. Twice is once.
func Optional(t Type) Type {
	if t.kind == OptionalKind || t.kind == unknownKind {
		return t
	}
	return Type{kind: OptionalKind, elem: &t}
}

// Kind returns the outermost part of t.
func (t Type) Kind() Kind { return t.kind }

// Elem returns what a list holds or an optional may hold; otherwise no type.
func (t Type) Elem() Type {
	if t.elem == nil {
		return Type{}
	}
	return *t.elem
}

// Fields returns the fields of a record.
func (t Type) Fields() []Field { return slices.Clone(t.fields) }

// Field returns the type of a field of a record.
func (t Type) Field(name string) (Type, bool) {
	for _, f := range t.fields {
		if f.Name == name {
			return f.Type, true
		}
	}
	return Type{}, false
}

// Options returns the options of a choice, in order of their bytes.
func (t Type) Options() []string { return slices.Clone(t.options) }

// String says in plain words what t is.
func (t Type) String() string {
	switch t.kind {
	case NumberKind:
		return "a number"
	case TextKind:
		return "a text"
	case ChoiceKind:
		if len(t.options) == 1 {
			return "the text " + strconv.Quote(t.options[0])
		}
		return "one of " + quoteAll(t.options)
	case BoolKind:
		return "yes or no (true or false)"
	case DateKind:
		return "a date"
	case TimeKind:
		return "a time of day"
	case ListKind:
		return "a list (each item " + t.elem.String() + ")"
	case RecordKind:
		names := make([]string, len(t.fields))
		for i, f := range t.fields {
			names[i] = f.Name
		}
		return "a record with " + strings.Join(names, ", ")
	case OptionalKind:
		return t.elem.String() + " that may be missing"
	case periodKind:
		return "a length of time"
	case nothingKind:
		return "nothing"
	}
	return "unknown"
}

func quoteAll(texts []string) string {
	const most = 8
	q := make([]string, 0, most+1)
	for i, s := range texts {
		if i == most {
			q = append(q, "…")
			break
		}
		q = append(q, strconv.Quote(s))
	}
	return strings.Join(q, ", ")
}

// valid reports whether a declaration may use t.
func (t Type) valid() bool {
	switch t.kind {
	case NumberKind, TextKind, BoolKind, DateKind, TimeKind:
		return true
	case ChoiceKind:
		return len(t.options) > 0
	case ListKind, OptionalKind:
		return t.elem.valid()
	case RecordKind:
		seen := map[string]bool{}
		for _, f := range t.fields {
			if seen[f.Name] || !isName(f.Name) || !f.Type.valid() {
				return false
			}
			seen[f.Name] = true
		}
		return len(t.fields) > 0
	}
	return false
}

// textual reports whether values of t are text.
func (t Type) textual() bool { return t.kind == TextKind || t.kind == ChoiceKind }

// ordered reports whether values of t have an order that law can use. Text has
// none: it depends on the language.
func (t Type) ordered() bool {
	return t.kind == NumberKind || t.kind == DateKind || t.kind == TimeKind
}

// scalar reports whether values of t can be compared as equal.
func (t Type) scalar() bool { return t.ordered() || t.textual() || t.kind == BoolKind }

// fits reports whether every value of t is a value of want.
func (t Type) fits(want Type) bool {
	if t.kind == unknownKind || want.kind == unknownKind || t.kind == nothingKind {
		return true
	}
	if want.kind == OptionalKind {
		if t.kind == OptionalKind {
			t = *t.elem
		}
		return t.fits(*want.elem)
	}
	if want.kind == TextKind {
		return t.textual()
	}
	if t.kind != want.kind {
		return false
	}
	switch t.kind {
	case ChoiceKind:
		for _, o := range t.options {
			if !slices.Contains(want.options, o) {
				return false
			}
		}
	case ListKind:
		return t.elem.fits(*want.elem)
	case RecordKind:
		for _, f := range want.fields {
			if have, ok := t.Field(f.Name); !ok || !have.fits(f.Type) {
				return false
			}
		}
	}
	return true
}

// join returns the least type that holds the values of both, if there is one.
func join(a, b Type) (Type, bool) {
	switch {
	case a.kind == unknownKind || b.kind == unknownKind:
		return Type{}, true
	case a.kind == nothingKind:
		return b, true
	case b.kind == nothingKind:
		return a, true
	case a.kind == OptionalKind || b.kind == OptionalKind:
		if a.kind == OptionalKind {
			a = *a.elem
		}
		if b.kind == OptionalKind {
			b = *b.elem
		}
		t, ok := join(a, b)
		return Optional(t), ok
	case a.kind == ChoiceKind && b.kind == ChoiceKind:
		return Choice(append(slices.Clone(a.options), b.options...)...), true
	case a.textual() && b.textual():
		return Text(), true
	case a.kind != b.kind:
		return Type{}, false
	case a.kind == ListKind:
		t, ok := join(*a.elem, *b.elem)
		return List(t), ok
	case a.kind == RecordKind:
		return joinRecords(a, b)
	}
	return a, true
}

func joinRecords(a, b Type) (Type, bool) {
	if len(a.fields) != len(b.fields) {
		return Type{}, false
	}
	var fields []Field
	for _, f := range a.fields {
		other, ok := b.Field(f.Name)
		if !ok {
			return Type{}, false
		}
		t, ok := join(f.Type, other)
		if !ok {
			return Type{}, false
		}
		fields = append(fields, Field{f.Name, t})
	}
	return Record(fields...), true
}
