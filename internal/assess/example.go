package assess

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/process"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// RunExamples runs the worked examples of a tax through the same code as a real assessment, and returns where
// they do not come true. Each is also computed day by day, which shows where a break is missing.
func RunExamples(ctx context.Context, t *service.Tax) []service.Problem {
	var problems []service.Problem
	for i := range t.Examples {
		x := &exampleRun{t: t, e: &t.Examples[i]}
		x.run(ctx)
		problems = append(problems, x.problems...)
	}
	return problems
}

type exampleRun struct {
	t        *service.Tax
	e        *service.TaxExampleFile
	a        *Assessment
	problems []service.Problem
}

func (x *exampleRun) fail(pos service.Pos, what, fix string, args ...any) {
	if pos.Line == 0 {
		pos = x.e.Pos
	}
	x.problems = append(x.problems, service.Problem{
		Pos: pos, What: fmt.Sprintf("the example %q does not come true: ", x.e.Name) + fmt.Sprintf(what, args...), Fix: fix,
	})
}

func (x *exampleRun) run(ctx context.Context) {
	in, err := InputFrom(x.t, x.e)
	if err != nil {
		x.fail(x.e.Pos, "%v", "", err)
		return
	}
	a, err := Assess(ctx, in)
	var refused *Refused
	switch {
	case errors.As(err, &refused):
		x.expectErrors(refused.Errors)
		return
	case err != nil:
		x.fail(x.e.Pos, "it cannot be assessed: %v", "", causes(err))
		return
	}
	x.a = a
	x.expectErrors(nil)
	x.expect(ctx)
	x.compareDays(ctx)
}

// causes writes an error with what it hides from the public.
func causes(err error) string {
	if inner := errors.Unwrap(err); inner != nil && !strings.Contains(err.Error(), inner.Error()) {
		return err.Error() + ": " + causes(inner)
	}
	return err.Error()
}

// InputFrom is the input that a worked example describes.
func InputFrom(t *service.Tax, e *service.TaxExampleFile) (Input, error) {
	period, err := t.Period(e.Period)
	if err != nil {
		return Input{}, fmt.Errorf("counting the period: %w", err)
	}
	in := Input{Tax: t, Period: period, Liable: period, Carried: e.Carried}
	if e.Liable != nil {
		in.Liable = Span{From: e.Liable.From, Until: e.Liable.Until}
	}
	in.Object = exampleObject(t, e)
	say := func(from calendar.Date, facts map[string]any) {
		for _, id := range sortedKeys(facts) {
			in.Facts = append(in.Facts, Fact{ID: id, From: from, Value: facts[id]})
		}
	}
	say(period.From, e.Facts)
	for _, c := range e.Changes {
		say(c.From, c.Facts)
	}
	in.Declared = process.TypedFrom(t.Rules, e.Declared)
	in.Lookup = func(_ context.Context, l *service.Lookup, _ map[string]rule.Value) (rule.Value, error) {
		return exampleAnswer(e.Lookups[l.ID], l), nil
	}
	return in, nil
}

// exampleObject takes a record of the folder, and what the example says otherwise.
func exampleObject(t *service.Tax, e *service.TaxExampleFile) Object {
	o := Object{Key: text(e.Object["key"])}
	fields := map[string]rule.Value{}
	for _, seed := range t.Register.Seeds {
		if seed.Key == o.Key {
			maps.Copy(fields, seed.Fields)
		}
	}
	with := func(changes map[string]any) {
		fields = maps.Clone(fields)
		for id, v := range changes {
			if fields[id] = v; v == nil {
				delete(fields, id)
			}
		}
		delete(fields, "key")
	}
	if o.Key == "" {
		o.Key = "example"
	}
	with(e.Object)
	o.States = []State{{Fields: fields}}
	for _, c := range e.Changes {
		if len(c.Object) > 0 {
			with(c.Object)
			o.States = append(o.States, State{From: c.From, Fields: fields})
		}
	}
	o.Label = text(o.States[0].Fields[t.Register.Label])
	return o
}

// exampleAnswer is what an example says that a register answers.
func exampleAnswer(v any, l *service.Lookup) rule.Value {
	list, many := v.([]any)
	if l.Verb != "list" {
		if d, ok := v.(money.Decimal); ok {
			return d
		}
		return money.NewDecimal(0)
	}
	out := []rule.Value{}
	for _, item := range list {
		if got, err := value(text(item), kindName(l.Type.Elem())); many && err == nil {
			out = append(out, got)
		}
	}
	return out
}

func (x *exampleRun) expectErrors(errs []process.FieldError) {
	want := x.e.Expect.Errors
	var got []string
	for _, e := range errs {
		got = append(got, e.Path)
		if !slices.Contains(want, e.Path) {
			x.fail(x.e.Expect.Pos, "%s is refused: %s", "", e.Path, message(e))
		}
	}
	for _, path := range want {
		if !slices.Contains(got, path) {
			x.fail(x.e.Expect.Pos, "%s is accepted; refused: %s", "", path, orNone(got))
		}
	}
}

func message(e process.FieldError) string {
	b, err := i18n.Load()
	if err != nil {
		return e.Key
	}
	return e.Message(b.For(i18n.Source))
}

func (x *exampleRun) expect(ctx context.Context) {
	want := &x.e.Expect
	if want.Charge != nil {
		if got, err := x.a.Total.Decimal(); err != nil || !got.Equal(*want.Charge) {
			x.fail(want.Pos, "the charge is %s, expected %s. %s", "", inCoins(x.a.Total), want.Charge, x.why())
		}
	}
	if len(want.Items) > 0 {
		x.expectItems(want)
	}
	x.expectParts(want)
	for _, id := range sortedKeys(want.Values) {
		x.expectValue(want, id)
	}
	x.expectDays(ctx, want)
}

func (x *exampleRun) expectItems(want *service.TaxExpectFile) {
	got := map[string]money.Amount{}
	for _, i := range x.a.Items {
		got[i.Charge.ID] = i.Amount
		if _, ok := want.Items[i.Charge.ID]; !ok {
			x.fail(want.Pos, "the item %s of %s is charged", "list it under items:, or correct the rule", i.Charge.ID, inCoins(i.Amount))
		}
	}
	for _, id := range sortedKeys(want.Items) {
		a, ok := got[id]
		if d, err := a.Decimal(); !ok {
			x.fail(want.Pos, "the item %s is not charged", "", id)
		} else if w := want.Items[id]; err != nil || !d.Equal(w) {
			x.fail(want.Pos, "the item %s is %s, expected %s", "", id, inCoins(a), w)
		}
	}
}

func (x *exampleRun) expectParts(want *service.TaxExpectFile) {
	if len(want.Parts) == 0 {
		return
	}
	if len(want.Parts) != len(x.a.Segments) {
		var got []string
		for _, s := range x.a.Segments {
			got = append(got, fmt.Sprintf("%s (%d days)", s.From, s.Days))
		}
		x.fail(want.Pos, "the charge is the same in %d stretches of days, beginning %s, not %d", "", len(got), strings.Join(got, ", "), len(want.Parts))
		return
	}
	for i, w := range want.Parts {
		s := x.a.Segments[i]
		if w.From != s.From || w.Days != 0 && w.Days != s.Days {
			x.fail(w.Pos, "the stretch is of %d days from %s", "", s.Days, s.From)
		}
		if w.Charge != nil {
			if d, err := s.Total.Decimal(); err != nil || !d.Equal(*w.Charge) {
				x.fail(w.Pos, "the stretch is charged %s, expected %s. %s", "", inCoins(s.Total), w.Charge, why(s))
			}
		}
		if w.Whole != nil && !alike(*w.Whole, s.Whole) {
			x.fail(w.Pos, "a whole period would come to %s, expected %s. %s", "", s.Whole, w.Whole, why(s))
		}
	}
}

func (x *exampleRun) expectValue(want *service.TaxExpectFile, id string) {
	name, output, table := strings.Cut(id, ".")
	got, ok := x.a.Values[name]
	if table {
		last, err := JudgeOn(context.Background(), x.a.Input, x.a.Input.Liable.Until)
		if err == nil && last.Value(name) != nil {
			rec, _ := last.Value(name).Value.(map[string]rule.Value)
			got, ok = rec[output]
		}
	}
	if !ok || !alike(want.Values[id], got) {
		x.fail(want.Pos, "%s is %s, expected %s. %s", "", id, text(got), text(want.Values[id]), x.why())
	}
}

// compared is to how many places an example is held to a figure that has no end: 1/3.
const compared = 10

// alike compares values; numbers to as many places as anybody would write.
func alike(want, got rule.Value) bool {
	w, ok := want.(money.Decimal)
	g, is := got.(money.Decimal)
	if !ok || !is {
		return rule.Equal(want, got)
	}
	g, err := g.Round(compared, money.HalfUp)
	return err == nil && g.Equal(w)
}

// expectDays compares the days on which something is due.
func (x *exampleRun) expectDays(ctx context.Context, want *service.TaxExpectFile) {
	issued := x.e.Issued
	if issued.IsZero() {
		issued = x.a.Input.Period.From
	}
	if want.Due != nil {
		due, err := DueDay(ctx, x.t, x.a.Input.Period, issued)
		x.expectDay("the due day", due, *want.Due, err)
	}
	if want.DeclareBy != nil {
		by, err := DeclareBy(ctx, x.t, x.a.Input.Period)
		x.expectDay("the last day for the declaration", by, *want.DeclareBy, err)
	}
	if len(want.Instalments) == 0 {
		return
	}
	list, err := Instalments(ctx, x.t, x.a.Input.Period, x.a.Total, issued, x.e.Choose)
	if err != nil {
		x.fail(want.Pos, "there are no instalments: %v", "", err)
		return
	}
	var got []string
	equal := len(list) == len(want.Instalments)
	for i, one := range list {
		got = append(got, fmt.Sprintf("%s %s", one.Due, inCoins(one.Amount)))
		if equal {
			d, err := one.Amount.Decimal()
			equal = err == nil && d.Equal(want.Instalments[i].Amount) && one.Due == want.Instalments[i].Due
		}
	}
	if !equal {
		x.fail(want.Pos, "the instalments are: %s", "", strings.Join(got, ", "))
	}
}

func (x *exampleRun) expectDay(what string, got, want calendar.Date, err error) {
	if err != nil {
		x.fail(x.e.Expect.Pos, "%s cannot be counted: %v", "", what, err)
	} else if got != want {
		x.fail(x.e.Expect.Pos, "%s is %s, expected %s", "", what, got, want)
	}
}

// why says what the charge is made of, for the writer of the file.
func (x *exampleRun) why() string {
	var list []string
	for _, s := range x.a.Segments {
		list = append(list, fmt.Sprintf("from %s, %d days: %s", s.From, s.Days, why(s)))
	}
	return "It is made so: " + strings.Join(list, "; ")
}

func why(s Segment) string {
	var list []string
	for _, l := range s.Lines {
		item := fmt.Sprintf("%s %s", l.Charge.ID, l.Whole)
		if l.Reduced {
			item += " (no more than there is)"
		}
		var because []string
		if l.Why != nil {
			for _, b := range l.Why.Because() {
				if id := b.ID; id != "" {
					because = append(because, id+" "+text(b.Value))
				}
			}
		}
		if len(because) > 0 {
			item += " (" + strings.Join(because, ", ") + ")"
		}
		list = append(list, item)
	}
	return orNone(list)
}

func inCoins(a money.Amount) string {
	d, err := a.Decimal()
	if err != nil {
		return a.String()
	}
	digits, err := money.MinorDigits(a.Currency)
	if err != nil {
		return a.String()
	}
	return d.Fixed(digits)
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}
