package process

import (
	"context"
	"errors"
	"fmt"
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
	values    map[string]*outcome   // by id, of values and tables
	explained map[string]*Explained // by id, the same, when all answers are known
	asked     map[string]rule.Value // what registers answered, by look-up and match
	looked    map[string]rule.Value // the same, by look-up
	within    map[string]bool       // values and look-ups being computed: a circle is unknown
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
	sc.pending[name] = true
	r.forget()
}

// forget drops what was concluded from fewer answers than there are now.
func (r *rules) forget() {
	clear(r.values)
	clear(r.looked)
}

// eval computes a rule in a place. Not known is no error.
func (r *rules) eval(ctx context.Context, p *service.Rule, sc *scope) outcome {
	in := &input{ctx: ctx, rules: r, scope: sc}
	v, err := p.Value(ctx, in)
	out := outcome{value: v, known: err == nil, rule: p, scope: sc}
	if in.pending {
		out.known = false
	}
	if err != nil && !in.missing && r.err == nil {
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

// value computes a value or table by its id.
func (r *rules) value(ctx context.Context, n *service.Named) *outcome {
	if out := r.values[n.ID]; out != nil {
		return out
	}
	if r.within[n.ID] {
		return &outcome{}
	}
	r.within[n.ID] = true
	defer delete(r.within, n.ID)
	out := r.eval(ctx, n.Rule, r.top)
	r.values[n.ID] = &out
	return &out
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
		for _, l := range r.s.Service.Lookups {
			if l.ID == id {
				v, ok := r.lookup(in.ctx, l)
				in.pending = in.pending || !ok
				return v, ok
			}
		}
	}
	for _, n := range r.s.Service.Values {
		if n.ID == name {
			out := r.value(in.ctx, n)
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
func (r *rules) lookup(ctx context.Context, l *service.Lookup) (rule.Value, bool) {
	if v, ok := r.looked[l.ID]; ok {
		return v, true
	}
	if r.within["lookup."+l.ID] {
		return nil, false
	}
	r.within["lookup."+l.ID] = true
	defer delete(r.within, "lookup."+l.ID)
	match := make(map[string]rule.Value, len(l.Match))
	var key strings.Builder
	key.WriteString(l.ID)
	for _, field := range sortedKeys(l.Match) {
		out := r.eval(ctx, l.Match[field], r.top)
		if !out.known || out.value == nil {
			return nil, false
		}
		match[field] = out.value
		fmt.Fprintf(&key, "\x00%v", out.value)
	}
	v, ok := r.asked[key.String()]
	if !ok {
		var err error
		if v, err = r.s.lookup(ctx, l, match); err != nil {
			if r.err == nil {
				r.err = fmt.Errorf("looking up %s: %w", l.ID, err)
			}
			return nil, false
		}
		r.asked[key.String()] = v
	}
	r.looked[l.ID] = v
	return v, true
}
