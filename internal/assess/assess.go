package assess

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/process"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// Assessment is what is charged, and why.
type Assessment struct {
	Input    Input // as handed in, with what the registers answered: keep this one
	Total    money.Amount
	Items    []Item // those that were charged on any day, in the order of the file; they sum to Total
	Segments []Segment
	Values   map[string]rule.Value // of the file's values, by id, on the last day
}

// Item is an item of the charge over all days. The charge has its title, account and law.
type Item struct {
	Charge *service.Charge
	Amount money.Amount
}

// Segment is a stretch of days on which the charge is the same.
type Segment struct {
	Span
	Days   int
	Judged *process.Judgement // of its first day
	Whole  money.Decimal      // what a whole period would come to
	Total  money.Amount       // for these days
	Lines  []Line             // they sum to Total

	dated bool // a rule looked at the day itself
}

// Line is an item of the charge in a stretch of days.
type Line struct {
	Charge  *service.Charge
	Whole   money.Decimal // for a whole period
	Amount  money.Amount  // for these days: those of all stretches sum to the item's
	Reduced bool          // a relief of which only a part was needed
	Why     *process.Explained

	exact money.Decimal // the share of these days in smallest coins, times the days of the period
}

// Assess computes the charge of a period.
func Assess(ctx context.Context, in Input) (*Assessment, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	in.Registers = maps.Clone(in.Registers)
	d := lay(&in)
	a := &Assessment{}
	var last *process.Judgement
	var err error
	if a.Segments, last, err = d.segments(ctx); err != nil {
		return nil, err
	}
	a.Input = in
	if err := a.divide(); err != nil {
		return nil, err
	}
	a.Values = map[string]rule.Value{}
	for _, v := range in.Tax.TaxFile.Values {
		if x := last.Value(v.ID); x != nil {
			a.Values[v.ID] = x.Value
		}
	}
	return a, nil
}

// Carry is what the assessment of the next period takes over, by id under carry:.
func (a *Assessment) Carry() map[string]rule.Value {
	out := map[string]rule.Value{}
	for _, c := range a.Input.Tax.Carry {
		if v := a.Values[c.Value]; v != nil {
			out[c.ID] = v
		}
	}
	return out
}

// JudgeOn judges one day: what is known on it, and what of the declaration is missing or wrong.
func JudgeOn(ctx context.Context, in Input, day calendar.Date) (*process.Judgement, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	return lay(&in).judge(ctx, day, false)
}

// Taxable reports whether the object is taxed on a day.
func Taxable(ctx context.Context, in Input, day calendar.Date) (bool, error) {
	if len(in.Tax.Rules.Eligibility) == 0 {
		return true, nil
	}
	j, err := JudgeOn(ctx, in, day)
	if err != nil {
		return false, err
	}
	return taxable(j, in.Object.Key)
}

// ReadFact reads what a person typed for a fact: the fields are those of its question. The value is nil where
// something is wrong or nothing was typed.
func ReadFact(ctx context.Context, t *service.Tax, id string, typed process.Typed, today calendar.Date) (any, []process.FieldError, error) {
	f := t.Fact(id)
	if f == nil {
		return nil, nil, fmt.Errorf("reading the fact %q of %s: %w", id, t.Tax, ErrInput)
	}
	known := process.Answers{}
	for _, q := range t.Rules.Questions {
		if q.Parent == nil && q != f.Question {
			known[q.ID] = nil
		}
	}
	j, err := process.Judge(ctx, process.Situation{Service: t.Rules, Today: today, Known: known}, typed)
	if err != nil {
		return nil, nil, err
	}
	var wrong []process.FieldError
	for _, e := range j.Errors {
		if e.Path == id {
			wrong = append(wrong, e)
		}
	}
	v := j.Answers[id]
	return v, wrong, nil
}

// judge judges one day, briefly without reasons.
func (d *dated) judge(ctx context.Context, day calendar.Date, briefly bool) (*process.Judgement, error) {
	return process.Judge(ctx, process.Situation{
		Service: d.Tax.Rules, Today: day, Known: d.known(day), Brief: briefly,
		Given: map[string]rule.Value{
			"period_begins": d.Period.From, "period_ends": d.Period.Until,
			"liable_from": d.Liable.From, "liable_until": d.Liable.Until,
		},
		Lookup: d.lookup,
	}, d.Declared)
}

// lookup gives what a register said before, or asks it once and keeps the answer.
func (d *dated) lookup(ctx context.Context, l *service.Lookup, match map[string]rule.Value) (rule.Value, error) {
	q := question(l, match)
	if v, ok := d.Registers[q]; ok {
		return v, nil
	}
	var v rule.Value
	switch {
	case d.Lookup != nil:
		var err error
		if v, err = d.Lookup(ctx, l, match); err != nil {
			return nil, err
		}
	case l.Verb == "list":
		v = []rule.Value{}
	default:
		v = money.NewDecimal(0)
	}
	if d.Registers == nil {
		d.Registers = map[string]rule.Value{}
	}
	d.Registers[q] = v
	return v, nil
}

// segments cuts the liable days where something changes and judges each stretch. It also returns the judgement
// of the last.
func (d *dated) segments(ctx context.Context) (out []Segment, last *process.Judgement, err error) {
	turns := d.turns(d.Liable)
	if !d.Tax.ByDay {
		turns = nil
	}
	for from := d.Liable.From; !from.After(d.Liable.Until); {
		s := Segment{Span: Span{From: from, Until: d.Liable.Until}}
		for len(turns) > 0 && !turns[0].After(from) {
			turns = turns[1:]
		}
		if len(turns) > 0 {
			if s.Until, err = turns[0].AddDays(-1); err != nil {
				return nil, nil, err
			}
		}
		if s.Judged, err = d.judge(ctx, from, false); err != nil {
			return nil, nil, err
		}
		if s.Lines, err = d.charge(s.Judged); err != nil {
			return nil, nil, err
		}
		if s.Until, err = d.beforeBreak(ctx, s.Judged, s.Span); err != nil {
			return nil, nil, err
		}
		s.Days, s.dated, last = s.Span.Days(), s.Judged.Dated(), s.Judged
		if n := len(out); n > 0 && same(out[n-1].Lines, s.Lines) {
			before := &out[n-1]
			before.Until, before.Days, before.dated = s.Until, before.Days+s.Days, before.dated || s.dated
		} else {
			out = append(out, s)
		}
		if s.Until == d.Liable.Until {
			break
		}
		if from, err = s.Until.AddDays(1); err != nil {
			return nil, nil, err
		}
	}
	return out, last, nil
}

// beforeBreak is the last day of a stretch before the first break in it.
func (d *dated) beforeBreak(ctx context.Context, j *process.Judgement, s Span) (calendar.Date, error) {
	for _, b := range d.Tax.Breaks {
		if b.When != nil {
			holds, known, err := j.Compute(ctx, b.When)
			if err != nil {
				return s.Until, err
			}
			if known && holds != true {
				continue
			}
		}
		v, known, err := j.Compute(ctx, b.On)
		if err != nil {
			return s.Until, err
		}
		day, ok := v.(calendar.Date)
		if !known || !ok {
			return s.Until, d.uncharged(j, fmt.Sprintf("the break at %s", b.BreakFile.On.Pos))
		}
		if day.After(s.From) && !day.After(s.Until) {
			if s.Until, err = day.AddDays(-1); err != nil {
				return s.Until, err
			}
		}
	}
	return s.Until, nil
}

// charge takes the items out of a judgement.
func (d *dated) charge(j *process.Judgement) ([]Line, error) {
	if len(j.Errors) > 0 {
		return nil, &Refused{Errors: j.Errors}
	}
	is, err := taxable(j, d.Object.Key)
	if err != nil || !is {
		return nil, err
	}
	if j.Fee == nil {
		return nil, d.uncharged(j, "the charge")
	}
	var lines []Line
	for _, item := range j.Fee.Items {
		whole, ok := item.Why.Value.(money.Decimal)
		if !ok {
			return nil, d.uncharged(j, "the item "+item.Fee.ID)
		}
		lines = append(lines, Line{Charge: d.item(item.Fee), Whole: whole, Why: item.Why})
	}
	return lines, d.notBelowZero(lines)
}

func (d *dated) item(f *service.Fee) *service.Charge {
	for _, c := range d.Tax.Charge {
		if c.Fee == f {
			return c
		}
	}
	return nil
}

// notBelowZero takes from the last reliefs what there is nothing left to relieve.
func (d *dated) notBelowZero(lines []Line) error {
	sum, err := sumOf(lines)
	for i := len(lines) - 1; i >= 0 && err == nil && !d.Tax.BelowZero && sum.Sign() < 0; i-- {
		l := &lines[i]
		if l.Whole.Sign() >= 0 {
			continue
		}
		back := sum.Abs()
		if back.Cmp(l.Whole.Abs()) > 0 {
			back = l.Whole.Abs()
		}
		l.Reduced = true
		if l.Whole, err = l.Whole.Add(back); err == nil {
			sum, err = sum.Add(back)
		}
	}
	return err
}

func sumOf(lines []Line) (sum money.Decimal, err error) {
	for _, l := range lines {
		if sum, err = sum.Add(l.Whole); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// taxable says whether the day's condition holds.
func taxable(j *process.Judgement, key string) (bool, error) {
	for _, v := range j.Eligibility {
		if v.Holds == nil {
			return false, failed(j, key, "whether it is taxed")
		}
		if !*v.Holds {
			return false, nil
		}
	}
	return true, nil
}

func (d *dated) uncharged(j *process.Judgement, what string) error {
	return failed(j, d.Object.Key, what)
}

// failed says why something is not known although no answer is missing: a figure without a value, a sum that is
// too large, or the fault of the file.
func failed(j *process.Judgement, key, what string) error {
	cause := fmt.Errorf("assessing %s as of %s: %s is not known: %w", key, j.Situation.Today, what, errors.Join(j.Broken...))
	var re *rule.Error
	for _, err := range j.Broken {
		switch {
		case errors.Is(err, money.ErrOverflow):
			return fault.Wrap(cause, ErrTooLarge.Kind, ErrTooLarge.Key)
		case errors.As(err, &re) && re.Code == rule.NoParam:
			return fault.Wrap(cause, ErrRate.Kind, ErrRate.Key, "figure", re.Name, "on", j.Situation.Today)
		}
	}
	return fault.Wrap(cause, ErrCharge.Kind, ErrCharge.Key)
}

// same reports whether two stretches are charged alike.
func same(a, b []Line) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Charge != b[i].Charge || !a[i].Whole.Equal(b[i].Whole) {
			return false
		}
	}
	return true
}
