package assess

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/process"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// Span is a stretch of days, both counted.
type Span = service.Span

// Input is everything that a charge rests on. It has a stored form from which the same charge comes for ever.
type Input struct {
	Tax      *service.Tax
	Period   Span // of the tax
	Liable   Span // in it
	Object   Object
	Facts    []Fact                // in any order
	Declared process.Typed         // what the payer declared for the period
	Carried  map[string]rule.Value // by id under carry:, from the period before
	// Registers are what look-ups came to, by question. What is not there is asked of Lookup.
	Registers map[string]rule.Value
	// Lookup asks a register; nil: nothing is found.
	Lookup func(ctx context.Context, l *service.Lookup, match map[string]rule.Value) (rule.Value, error)
}

// Object is the record that is taxed.
type Object struct {
	Key, Label string
	States     []State
}

// State is what the register said of the object from a day on. What it said first counts before that day too.
// Only the fields that rules name are looked at (service.Tax.Fields).
type State struct {
	From   calendar.Date
	Fields map[string]rule.Value
}

// Fact is what holds from a day on until the next day of the same fact. Value is of the type of an answer (text
// and one_of: string; number and money: money.Decimal; yes_no: bool; date: calendar.Date; many_of: []string);
// nil: the default holds again.
type Fact struct {
	ID    string
	From  calendar.Date
	Value any
}

// Errors of this package.
var (
	// ErrInput says that an input does not fit its tax: it is ours, not the payer's.
	ErrInput = fault.New(fault.Internal, "assess.input")
	// ErrObject says that a record has no value in a field that the rules need.
	ErrObject = fault.New(fault.Conflict, "assess.object_incomplete")
	// ErrRate says that a figure has no value on a day.
	ErrRate = fault.New(fault.Conflict, "assess.no_rate")
	// ErrCharge says that the charge cannot be said although everything is known: the log has the reason.
	ErrCharge = fault.New(fault.Conflict, "assess.no_charge")
	// ErrTooLarge says that the sum is beyond what can be booked.
	ErrTooLarge = fault.New(fault.Conflict, "assess.too_large")
	// ErrChoice says that the tax does not offer this number of instalments.
	ErrChoice = fault.NewInvalid("assess.choice")
)

// Refused says that the declaration is incomplete or wrong.
type Refused struct{ Errors []process.FieldError }

// Error is for logs: it names the questions and not what was answered.
func (r *Refused) Error() string { return "declaration refused: " + r.fields().Error() }

// Unwrap gives the fields.
func (r *Refused) Unwrap() error { return r.fields() }

// FaultKind is Invalid.
func (r *Refused) FaultKind() fault.Kind { return fault.Invalid }

func (r *Refused) fields() (f fault.Fields) {
	for _, e := range r.Errors {
		f.Add(e.Path, "process.field")
	}
	return f
}

// check holds the input against its tax.
func (in *Input) check() error {
	wrong := func(what string, args ...any) error {
		return fmt.Errorf("assessing %s: %s: %w", in.Object.Key, fmt.Sprintf(what, args...), ErrInput)
	}
	p, err := in.Tax.Period(in.Period.From)
	if err != nil || p != in.Period {
		return wrong("%s to %s is no period of %s", in.Period.From, in.Period.Until, in.Tax.Tax)
	}
	if first := in.Tax.TaxFile.Period.First; !first.IsZero() && p.Until.Before(first) {
		return wrong("no period before that of %s is charged", first)
	}
	if in.Liable.Days() == 0 || !p.Has(in.Liable.From) || !p.Has(in.Liable.Until) {
		return wrong("liable from %s to %s is not in the period", in.Liable.From, in.Liable.Until)
	}
	for _, f := range in.Facts {
		x := in.Tax.Fact(f.ID)
		if x == nil || f.Value != nil && !fits(x, f.Value) {
			return wrong("the fact %q does not fit", f.ID)
		}
	}
	for _, c := range in.Tax.Carry {
		if v := in.Carried[c.ID]; v != nil && !sameType(v, c.Type) {
			return wrong("what is carried as %q does not fit", c.ID)
		}
	}
	return in.checkObject()
}

// checkObject sees to it that the rules find what they count on.
func (in *Input) checkObject() error {
	if len(in.Object.States) == 0 {
		return fmt.Errorf("assessing %s: no record: %w", in.Object.Key, ErrInput)
	}
	for _, s := range in.Object.States {
		for _, f := range in.Tax.Fields {
			v := s.Fields[f.ID]
			if v == nil && !slices.Contains(in.Tax.TaxFile.Object.Lacks, f.ID) {
				return fault.Wrap(fmt.Errorf("assessing %s: the field %s is empty from %s on", in.Object.Key, f.ID, s.From), ErrObject.Kind, ErrObject.Key, "field", f.ID)
			}
			if v != nil && !sameType(v, f.Type) {
				return fmt.Errorf("assessing %s: the field %s is not of type %s: %w", in.Object.Key, f.ID, f.Type, ErrInput)
			}
		}
	}
	return nil
}

// fits reports whether a value is an answer to a fact.
func fits(f *service.Fact, v any) bool {
	offered := func(s string) bool {
		return slices.ContainsFunc(f.Options, func(o service.OptionFile) bool { return o.Value == s })
	}
	switch f.Type {
	case "one_of":
		s, ok := v.(string)
		return ok && offered(s)
	case "many_of":
		list, ok := v.([]string)
		return ok && !slices.ContainsFunc(list, func(s string) bool { return !offered(s) })
	}
	return sameType(v, f.Type)
}

// dated is the input laid out by day.
type dated struct {
	*Input
	states []State           // in order of days
	facts  map[string][]Fact // by id, in order of days
}

func lay(in *Input) *dated {
	d := &dated{Input: in, states: slices.Clone(in.Object.States), facts: map[string][]Fact{}}
	slices.SortStableFunc(d.states, func(a, b State) int { return a.From.Compare(b.From) })
	for _, f := range in.Facts {
		d.facts[f.ID] = append(d.facts[f.ID], f)
	}
	for _, list := range d.facts {
		slices.SortStableFunc(list, func(a, b Fact) int { return a.From.Compare(b.From) })
	}
	return d
}

// known are the answers that hold on a day. Every fact and carried value has an entry, so that none can be
// slipped in with a declaration.
func (d *dated) known(day calendar.Date) process.Answers {
	t := d.Tax
	known := make(process.Answers, len(t.Facts)+len(t.Carry)+1)
	state := d.states[0]
	for _, s := range d.states[1:] {
		if s.From.After(day) {
			break
		}
		state = s
	}
	fields := make(map[string]rule.Value, len(t.Fields))
	for _, f := range t.Fields {
		if v := state.Fields[f.ID]; v != nil {
			fields[f.ID] = v
		}
	}
	known[t.TaxFile.Object.As] = process.Pick{Key: d.Object.Key, Label: d.Object.Label, Fields: fields}
	for _, f := range t.Facts {
		value := f.Default
		for _, x := range d.facts[f.ID] {
			if x.From.After(day) {
				break
			}
			if value = x.Value; value == nil {
				value = f.Default
			}
		}
		known[f.ID] = value
	}
	for _, c := range t.Carry {
		known[c.ID] = nil
		if v := d.Carried[c.ID]; v != nil {
			known[c.ID] = v
		}
	}
	return known
}

// turns are the days after the first of a stretch on which something may change.
func (d *dated) turns(in Span) []calendar.Date {
	var days []calendar.Date
	add := func(day calendar.Date) {
		if day.After(in.From) && !day.After(in.Until) {
			days = append(days, day)
		}
	}
	for _, s := range d.states[1:] {
		add(s.From)
	}
	for _, f := range d.Facts {
		add(f.From)
	}
	for _, p := range d.Tax.Params {
		for i := range p.Values {
			add(p.Values[i].From)
		}
	}
	slices.SortFunc(days, calendar.Date.Compare)
	return slices.Compact(days)
}

// question names what a look-up asked, for Registers.
func question(l *service.Lookup, match map[string]rule.Value) string {
	var b strings.Builder
	b.WriteString(l.ID)
	for _, field := range sortedKeys(match) {
		fmt.Fprintf(&b, "\n%s=%s", field, text(match[field]))
	}
	return b.String()
}
