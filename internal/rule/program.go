package rule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"stoa/internal/fault"
	"stoa/internal/money"
)

// RefKind says what a name stands for.
type RefKind string

// The kinds of reference.
const (
	VarRef    RefKind = "var"
	ParamRef  RefKind = "param"
	TableRef  RefKind = "table"
	LookupRef RefKind = "lookup"
)

// Ref is something an expression may look at.
type Ref struct {
	Kind RefKind
	Name string
}

// Look is one thing that an evaluation looked at.
type Look struct {
	Kind  RefKind
	Name  string  // a value with its path, such as partners[0].share
	Args  []Value // of a table or look-up
	Row   int     // of a table: the row that matched, from 1
	Value Value
}

// Trace is what an evaluation looked at, in order, each thing once. What && or
// || or a condition skipped is not in it.
type Trace []Look

// Input answers what an expression asks. It must give the same answers
// throughout one evaluation.
type Input interface {
	// Var returns a declared value. False, or nil, means missing.
	Var(name string) (Value, bool)
	// Param returns the value of a parameter on the date the caller decides by.
	Param(name string) (Value, error)
	// Lookup asks a register.
	Lookup(ctx context.Context, name string, args []Value) (Value, error)
}

// Values is an Input from maps. Lookups may be nil when none is declared.
type Values struct {
	Vars    map[string]Value
	Params  map[string]Value
	Lookups func(ctx context.Context, name string, args []Value) (Value, error)
}

// Var returns Vars[name].
func (v Values) Var(name string) (Value, bool) {
	x, ok := v.Vars[name]
	return x, ok
}

// Param returns Params[name].
func (v Values) Param(name string) (Value, error) {
	x, ok := v.Params[name]
	if !ok {
		return nil, errors.New("no value")
	}
	return x, nil
}

// Lookup calls Lookups.
func (v Values) Lookup(ctx context.Context, name string, args []Value) (Value, error) {
	if v.Lookups == nil {
		return nil, errors.New("no register")
	}
	return v.Lookups(ctx, name, args)
}

// Code says why an evaluation gave no value. There are no other reasons.
type Code string

// The codes.
const (
	NoParam      Code = "no_param"       // the parameter has no value on that date
	ZeroParam    Code = "zero_param"     // the rule divides by a parameter that is 0
	NoLookup     Code = "no_lookup"      // the register does not answer
	NoRow        Code = "no_row"         // no row of the table matches
	ManyRows     Code = "many_rows"      // several rows of a unique table match
	NumberTooBig Code = "number_too_big" // more digits than a number may have
	DateTooFar   Code = "date_too_far"   // a date outside the years 1 to 9999
	NoCalendar   Code = "no_calendar"    // the holidays of that year are not known
	TooMuchWork  Code = "too_much_work"  // the lists are too long for the rule
	BadInput     Code = "bad_input"      // the caller gave a value that is not of the declared type
	Cancelled    Code = "cancelled"      // the caller's context ended
)

// Error is the error of an evaluation.
type Error struct {
	Code  Code
	Name  string // of the parameter, look-up, table or value
	Cause error
}

// Error is for logs.
func (e *Error) Error() string {
	s := "rule: " + string(e.Code)
	if e.Name != "" {
		s += " " + e.Name
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// FaultKind is Invalid where other answers would help, Unavailable where
// waiting may, the cause's for a look-up that states one, else Internal.
func (e *Error) FaultKind() fault.Kind {
	switch e.Code {
	case NumberTooBig, DateTooFar, TooMuchWork:
		return fault.Invalid
	case Cancelled:
		return fault.Unavailable
	case NoLookup:
		if k := fault.KindOf(e.Cause); k != fault.Internal {
			return k
		}
		return fault.Unavailable
	}
	return fault.Internal
}

// Program is a checked expression. It does not change and is safe for
// concurrent use.
type Program struct {
	src   string
	root  node
	env   *Env
	uses  []Ref
	slots int // items of lists that it looks at, one within the other
	cells int // names that it reads
}

// Source returns the text of the expression.
func (p *Program) Source() string { return p.src }

// Type returns the type of the result.
func (p *Program) Type() Type { return p.root.typ }

// Uses returns everything the expression may look at, its tables' parameters
// included, in order of kind and name.
func (p *Program) Uses() []Ref { return p.uses }

// maxWork bounds the steps of one evaluation: items visited, and text copied in
// pieces of 64 bytes.
const maxWork = 1_000_000

// Eval computes the value. The error is always an *Error. The trace is also
// given with an error, as far as it went.
func (p *Program) Eval(ctx context.Context, in Input) (Value, Trace, error) {
	return p.evaluate(ctx, in, true)
}

// Value is Eval without the trace, and several times cheaper. Who wants to know
// later what was looked at calls Eval with the same input.
func (p *Program) Value(ctx context.Context, in Input) (Value, error) {
	v, _, err := p.evaluate(ctx, in, false)
	return v, err
}

func (p *Program) evaluate(ctx context.Context, in Input, traced bool) (Value, Trace, error) {
	r := runs.Get().(*run)
	r.ctx, r.in, r.env, r.left, r.traced = ctx, in, p.env, maxWork, traced
	v, err := p.within(r)
	trace := r.trace
	r.clear()
	runs.Put(r)
	return v, trace, err
}

// runs are evaluations that are over, for their room.
var runs = sync.Pool{New: func() any { return new(run) }}

// lookupWork is what a question to a register counts for.
const lookupWork = 1_000

// slot holds the item that a rule for lists is looking at.
type slot struct {
	value Value
	path  string // "" when the item was computed
}

// held is what a name of a program came to, once it has been read.
type held struct {
	value Value
	read  bool
}

// run is one evaluation. Programs within programs, those of a table, have their
// own items, cells and values behind those of the outer one.
type run struct {
	ctx     context.Context
	in      Input
	env     *Env
	slots   []slot
	slot    int // the first of the program at hand
	cells   []held
	cell    int     // the same
	args    []Value // of the calls at hand
	traced  bool    // what is looked at is wanted
	trace   Trace
	seen    map[string]Value // what is in the trace, and what registers said
	left    int
	partial bool // look at both sides of && and || when the left is not known
}

// clear leaves nothing of the evaluation but its room, which is empty already.
func (r *run) clear() {
	*r = run{slots: r.slots[:0], cells: r.cells[:0], args: r.args[:0]}
}

// within evaluates a program as part of an evaluation.
func (p *Program) within(r *run) (Value, error) {
	env, slot, cell := r.env, r.slot, r.cell
	r.env, r.slot, r.cell = p.env, len(r.slots), len(r.cells)
	r.slots, r.cells = more(r.slots, p.slots), more(r.cells, p.cells)
	v, err := p.root.eval(r)
	r.slots, r.cells = less(r.slots, r.slot), less(r.cells, r.cell)
	r.env, r.slot, r.cell = env, slot, cell
	return v, err
}

// more makes a slice longer by n elements, which are empty.
func more[E any](s []E, n int) []E { return slices.Grow(s, n)[:len(s)+n] }

// less takes back what more gave: no answer stays behind.
func less[E any](s []E, n int) []E {
	clear(s[n:])
	return s[:n]
}

// work takes n steps off what is left.
func (r *run) work(n int) error {
	before := r.left
	r.left -= n
	if r.left < 0 {
		return &Error{Code: TooMuchWork}
	}
	if before>>10 != r.left>>10 { // now and then
		if err := r.ctx.Err(); err != nil {
			return &Error{Code: Cancelled, Cause: err}
		}
	}
	return nil
}

// remember keeps a value under its key and adds it to the trace.
func (r *run) remember(key string, l Look) {
	if r.seen == nil {
		r.seen = make(map[string]Value, 8)
	}
	r.seen[key] = l.Value
	r.trace = append(r.trace, l)
}

// see adds a value read at a path to the trace, once.
func (r *run) see(path string, v Value) {
	if path == "" {
		return
	}
	if _, done := r.seen[path]; !done {
		r.remember(path, Look{Kind: VarRef, Name: path, Value: v})
	}
}

// get reads a value without tracing it: who reads a part of it traces that.
func (r *run) get(at int, name string, t Type) (Value, error) {
	if c := &r.cells[r.cell+at]; c.read {
		return c.value, nil
	}
	v, ok := r.in.Var(name)
	if !ok {
		if r.partial {
			return nil, errUnknown
		}
		v = nil
	}
	if err := Check(v, t); err != nil {
		return nil, &Error{Code: BadInput, Name: name, Cause: err}
	}
	r.cells[r.cell+at] = held{v, true}
	return v, nil
}

// figure reads a parameter that the program names.
func (r *run) figure(at int, name string, t Type) (Value, error) {
	if c := &r.cells[r.cell+at]; c.read {
		return c.value, nil
	}
	v, err := r.param(name, t)
	if err == nil {
		r.cells[r.cell+at] = held{v, true}
	}
	return v, err
}

func (r *run) param(name string, t Type) (Value, error) {
	v, err := r.in.Param(name)
	if err != nil && r.partial {
		return nil, errUnknown
	}
	if err != nil {
		return nil, &Error{Code: NoParam, Name: name, Cause: err}
	}
	if err := Check(v, t); err != nil {
		return nil, &Error{Code: BadInput, Name: "param." + name, Cause: err}
	}
	if r.traced {
		key := "param." + name
		if _, done := r.seen[key]; !done {
			r.remember(key, Look{Kind: ParamRef, Name: name, Value: v})
		}
	}
	return v, nil
}

func (r *run) lookup(l Lookup, args []Value) (Value, error) {
	if err := r.work(lookupWork); err != nil {
		return nil, err
	}
	key := "lookup " + l.Name + fmt.Sprintf("%q", args)
	if v, ok := r.seen[key]; ok {
		return v, nil
	}
	v, err := r.in.Lookup(r.ctx, l.Name, args)
	if err != nil && r.partial {
		return nil, errUnknown
	}
	if err != nil {
		return nil, &Error{Code: NoLookup, Name: l.Name, Cause: err}
	}
	if err := Check(v, l.Result); err != nil {
		return nil, &Error{Code: BadInput, Name: l.Name, Cause: err}
	}
	r.remember(key, Look{Kind: LookupRef, Name: l.Name, Args: slices.Clone(args), Value: v})
	return v, nil
}

// number turns the result of arithmetic into a value or the error for it.
func number(d money.Decimal, err error) (Value, error) {
	if err != nil {
		return nil, &Error{Code: NumberTooBig, Cause: err}
	}
	return d, nil
}
