package process

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// ErrUnknown says that a rule needs an answer that is missing: it is simply not known yet.
var ErrUnknown = errors.New("process: an answer that the rule needs is missing")

// rules evaluates the rules of one judgement. Values, tables and look-ups are computed when a rule
// first asks for them, from the answers known by then, and forgotten when another answer comes in.
type rules struct {
	s         *Situation
	given     map[string]rule.Value // today, variant …
	top       *scope
	values    []computed            // of the service's values and tables, in their order
	looked    []found               // of its look-ups, in theirs
	drawn     bool                  // some of these are known
	explained map[string]*Explained // by id, of values and tables, when all answers are known
	asked     []question            // what registers answered
	match     map[string]rule.Value // for the register at hand
	in        input                 // of the rule at hand
	broken    []error               // rules that failed for a reason that no missing answer explains
	uncovered []uncovered           // rules that failed because the holidays of a year are not known
	err       error                 // an outside error: a register cannot be asked
	dated     bool                  // a rule looked at the day itself
}

// outcome is what a rule came to.
type outcome struct {
	value rule.Value
	known bool
	rule  *service.Rule
	scope *scope
}

// progress is how far something is that rules ask for by its name.
type progress uint8

const (
	untouched progress = iota
	begun              // being computed: who asks for it now goes in a circle, and does not know it
	done
)

// computed is a value or table, as far as it is.
type computed struct {
	outcome
	progress
}

// found is what a look-up gives, as far as it is known.
type found struct {
	value rule.Value
	progress
}

// question is one that a register has answered.
type question struct {
	lookup string       // its id
	values []rule.Value // to match, in the order of their fields
	answer rule.Value
}

// scope is what rules see in one place: the answers there, and outwards.
type scope struct {
	place   string // "" at the top, partners[1] in an item
	group   *service.Question
	vars    map[string]rule.Value
	pending map[string]bool // asked, and without a right answer yet
	outer   *scope
}

// awaits reports whether a name is a question that is asked here, or further out, and not answered.
func (sc *scope) awaits(name string) bool {
	for ; sc != nil; sc = sc.outer {
		if sc.pending[name] {
			return true
		}
	}
	return false
}

func (sc *scope) find(name string) (rule.Value, *scope, bool) {
	for ; sc != nil; sc = sc.outer {
		if v, ok := sc.vars[name]; ok {
			return v, sc, true
		}
	}
	return nil, nil, false
}

// set makes an answer known at the top or in an item.
func (r *rules) set(sc *scope, name string, v rule.Value) {
	sc.vars[name] = v
	r.forget()
}

// await notes that a question is asked and has no right answer yet.
func (r *rules) await(sc *scope, name string) {
	if sc.pending == nil {
		sc.pending = map[string]bool{}
	}
	sc.pending[name] = true
	r.forget()
}

// forget drops what was concluded from fewer answers than there are now.
func (r *rules) forget() {
	if r.drawn {
		clear(r.values)
		clear(r.looked)
		r.drawn = false
	}
}

// eval computes a rule in a place. Not known is no error.
func (r *rules) eval(ctx context.Context, p *service.Rule, sc *scope) outcome {
	outer := r.in // of the rule that asks for what this one gives
	r.in = input{ctx: ctx, rules: r, scope: sc}
	v, err := p.Value(ctx, &r.in)
	out := outcome{value: v, known: err == nil && !r.in.pending, rule: p, scope: sc}
	missing := r.in.missing
	r.in = outer
	if err != nil && !missing && r.err == nil {
		r.note(ctx, p, out, err)
	}
	return out
}

// note keeps an error of a rule: one from outside ends the judgement, any other leaves the rule unknown.
func (r *rules) note(ctx context.Context, p *service.Rule, out outcome, err error) {
	err = fmt.Errorf("evaluating the rule at %s: %w", p.Pos, err)
	var re *rule.Error
	if ctx.Err() != nil || errors.As(err, &re) && (re.Code == rule.NoLookup || re.Code == rule.Cancelled) {
		r.err = err
		return
	}
	var ce *calendar.CoverageError
	if errors.As(err, &ce) {
		r.uncovered = append(r.uncovered, uncovered{out, ce.Year})
	}
	r.broken = append(r.broken, err)
}

// holds reports whether a condition holds; nil is no condition. Unknown is false.
func (r *rules) holds(ctx context.Context, p *service.Rule, sc *scope) bool {
	if p == nil {
		return true
	}
	out := r.eval(ctx, p, sc)
	b, _ := out.value.(bool) // another type is refused when the file is compiled
	return out.known && b
}

// value computes a value or table by its place among them.
func (r *rules) value(ctx context.Context, i int) outcome {
	c := &r.values[i]
	switch c.progress {
	case done:
		return c.outcome
	case begun:
		return outcome{}
	}
	r.drawn, c.progress = true, begun
	c.outcome = r.eval(ctx, r.s.Service.Values[i].Rule, r.top)
	c.progress = done
	return c.outcome
}

// input answers what one evaluation asks, and remembers whether something was missing. What comes of a
// rule that looked at a question which is still to be answered is not known, even where the rule could
// do without.
type input struct {
	ctx     context.Context
	rules   *rules
	scope   *scope
	missing bool
	pending bool
}

// Var gives an answer, a fact, or a value computed now.
func (in *input) Var(name string) (rule.Value, bool) {
	if v, _, ok := in.scope.find(name); ok {
		return v, true
	}
	r := in.rules
	if v, ok := r.given[name]; ok {
		r.dated = r.dated || name == "today" || name == "submitted"
		return v, true
	}
	in.pending = in.pending || in.scope.awaits(name)
	v, ok := in.computed(name)
	in.missing = in.missing || !ok
	return v, ok
}

// computed gives a value, table or look-up.
func (in *input) computed(name string) (rule.Value, bool) {
	r := in.rules
	if id, ok := strings.CutPrefix(name, lookupPrefix); ok {
		for i, l := range r.s.Service.Lookups {
			if l.ID == id {
				v, ok := r.lookup(in.ctx, i)
				in.pending = in.pending || !ok
				return v, ok
			}
		}
	}
	for i, n := range r.s.Service.Values {
		if n.ID == name {
			out := r.value(in.ctx, i)
			in.pending = in.pending || !out.known
			return out.value, out.known
		}
	}
	return nil, false
}

// lookupPrefix begins the name under which rules see a look-up.
const lookupPrefix = "lookup_"

// Param gives a figure as it stood on the day the case was submitted.
func (in *input) Param(name string) (rule.Value, error) {
	p := parameter(in.rules.s.Service.Jurisdiction, name)
	if p == nil {
		return nil, fmt.Errorf("there is no parameter %s", name)
	}
	if v := p.On(in.rules.s.Today); v != nil {
		return v.Value, nil
	}
	return nil, fmt.Errorf("parameter %s has no value on %s", name, in.rules.s.Today)
}

func parameter(j *service.Jurisdiction, id string) *service.Parameter {
	for _, p := range j.Parameters {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// Lookup is the function form of a look-up, which files do not use.
func (in *input) Lookup(_ context.Context, name string, _ []rule.Value) (rule.Value, error) {
	return nil, fmt.Errorf("%s is not a function of files", name)
}

// lookup asks a register, once for the same question.
func (r *rules) lookup(ctx context.Context, i int) (rule.Value, bool) {
	f := &r.looked[i]
	if f.progress != untouched {
		return f.value, f.progress == done
	}
	r.drawn, f.progress = true, begun
	v, ok := r.ask(ctx, r.s.Service.Lookups[i])
	f.progress = untouched
	if ok {
		*f = found{v, done}
	}
	return v, ok
}

func (r *rules) ask(ctx context.Context, l *service.Lookup) (rule.Value, bool) {
	fields := sortedKeys(l.Match)
	values := make([]rule.Value, len(fields))
	for i, field := range fields {
		out := r.eval(ctx, l.Match[field], r.top)
		if !out.known || out.value == nil {
			return nil, false
		}
		values[i] = out.value
	}
	for i := range r.asked {
		if q := &r.asked[i]; q.lookup == l.ID && slices.EqualFunc(q.values, values, rule.Equal) {
			return q.answer, true
		}
	}
	if r.match == nil {
		r.match = map[string]rule.Value{}
	}
	clear(r.match)
	for i, field := range fields {
		r.match[field] = values[i]
	}
	v, err := r.s.lookup(ctx, l, r.match)
	if err != nil {
		if r.err == nil {
			r.err = fmt.Errorf("looking up %s: %w", l.ID, err)
		}
		return nil, false
	}
	r.asked = append(r.asked, question{l.ID, values, v})
	return v, true
}
