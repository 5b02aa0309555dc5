package process

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// decide draws the conclusions: values, eligibility, fee.
func (j *Judgement) decide(ctx context.Context) {
	s, r := j.Situation.Service, j.rules
	if !j.Situation.Brief {
		for i := range s.Values {
			r.value(ctx, i)
		}
	}
	j.Eligibility = slices.Grow(j.Eligibility, len(s.Eligibility))
	for _, e := range s.Eligibility {
		out := r.eval(ctx, e.That, r.top)
		v := Verdict{Rule: e}
		if holds, ok := out.value.(bool); out.known && ok {
			v.Holds = &holds
			v.Why = r.explain(Explained{
				Kind: "eligibility", Title: e.Otherwise, Value: holds, Type: typeYesNo,
				Rule: e.That.Expr.Source, Law: law(s, e.Law),
			}, out)
		}
		j.Eligibility = append(j.Eligibility, v)
	}
	j.Fee = r.fee(ctx)
}

// Priced is the same judgement with the fee of another version of the service, which differs in nothing else.
func (j *Judgement) Priced(ctx context.Context, s *service.Service) (*Judgement, error) {
	other, r := *j, *j.rules
	other.Situation.Service, other.rules, r.s = s, &r, &other.Situation
	other.Fee = r.fee(ctx)
	other.Broken = r.broken
	return &other, r.err
}

// fee adds up the items whose condition holds; nil while one of them cannot be said.
func (r *rules) fee(ctx context.Context) *Fee {
	s := r.s.Service
	if len(s.Fee) == 0 {
		return nil
	}
	currency := s.Jurisdiction.File.Currency
	fee := &Fee{Total: money.Amount{Currency: currency}}
	for _, f := range s.Fee {
		if f.When != nil {
			when := r.eval(ctx, f.When, r.top)
			if !when.known {
				return nil
			}
			if when.value != true {
				continue
			}
		}
		out := r.eval(ctx, f.Amount, r.top)
		d, ok := out.value.(money.Decimal)
		if !out.known || !ok {
			return nil
		}
		amount, err := inMinorUnits(d, currency)
		if err == nil {
			fee.Total, err = fee.Total.Add(amount)
		}
		if err != nil {
			r.broken = append(r.broken, fmt.Errorf("adding the fee %s at %s: %w", f.ID, f.Amount.Pos, err))
			return nil
		}
		fee.Items = append(fee.Items, FeeItem{Fee: f, Amount: amount, Why: r.explain(Explained{
			Kind: "fee", ID: f.ID, Title: f.Title, Value: d, Type: typeMoney,
			Rule: f.Amount.Expr.Source, Law: law(s, f.Law),
		}, out)})
	}
	return fee
}

// inMinorUnits rounds half up where a rule gives a part of a penny. A file that means another way of
// rounding says so in its rule; RunExamples reports those that leave it to chance.
func inMinorUnits(d money.Decimal, currency string) (money.Amount, error) {
	digits, err := money.MinorDigits(currency)
	if err != nil {
		return money.Amount{}, err
	}
	if d, err = d.Round(digits, money.HalfUp); err != nil {
		return money.Amount{}, err
	}
	return money.FromDecimal(d, currency)
}

// Asked reports whether the question at a path is asked (path with item indices: partners[1].name).
func (j *Judgement) Asked(path string) bool {
	_, asked := j.asked[path]
	return asked
}

// Page reports how far a page is.
func (j *Judgement) Page(p *service.Page) PageState {
	state := PageHidden
	for _, q := range p.Questions {
		if j.Asked(q.ID) {
			state = PageDone
		}
	}
	for _, e := range j.Errors {
		if e.Question.Page != p {
			continue
		}
		if !e.Missing {
			return PageWrong
		}
		state = PageTodo
	}
	return state
}

// Next returns the first page after the given one (nil: from the beginning) that is asked; nil when
// there is none.
func (j *Judgement) Next(after *service.Page) *service.Page {
	passed := after == nil
	for _, p := range j.Situation.Service.Pages {
		if passed && j.Page(p) != PageHidden {
			return p
		}
		passed = passed || p == after
	}
	return nil
}

// On returns what is wrong on a page: with its questions themselves (place ""), or in one place of its
// groups (partners[1]). What is wrong further inside is left to the pages there; Below has it.
func (j *Judgement) On(p *service.Page, place string) (list []FieldError) {
	for _, e := range j.Errors {
		if at, _ := split(e.Path); e.Question.Page == p && at == place {
			list = append(list, e)
		}
	}
	return list
}

// Below returns what is wrong at a path and inside it: with an item (partners[1]), or a whole group
// (partners).
func (j *Judgement) Below(path string) (list []FieldError) {
	for _, e := range j.Errors {
		if inside(e.Path, path) {
			list = append(list, e)
		}
	}
	return list
}

// inside reports whether a path is at or inside another.
func inside(path, of string) bool {
	rest, ok := strings.CutPrefix(path, of)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// Eligible reports whether every condition holds; nil while one cannot be said and none fails.
func (j *Judgement) Eligible() *bool {
	all := true
	for _, v := range j.Eligibility {
		if v.Holds == nil {
			all = false
		} else if !*v.Holds {
			no := false
			return &no
		}
	}
	if !all {
		return nil
	}
	return &all
}

// Ready reports whether the draft can be submitted.
func (j *Judgement) Ready() bool { return j.ready() == nil }

// ready says why a draft cannot be submitted. That something which should be known is not, although
// nothing is missing, is the fault of the file: the log gets the reason.
func (j *Judgement) ready() error {
	if len(j.Errors) > 0 {
		var fields fault.Fields
		for _, e := range j.Errors {
			fields.Add(e.Path, "process.field")
		}
		return fields
	}
	switch eligible := j.Eligible(); {
	case eligible == nil:
		return j.undecided("a condition of eligibility cannot be decided")
	case !*eligible:
		return fault.NewConflict("process.not_eligible")
	}
	if j.Fee == nil && len(j.Situation.Service.Fee) > 0 {
		return j.undecided("the fee cannot be computed")
	}
	return nil
}

// undecided is an error of ours, unless other answers would help: a number too large for the rule. That
// the calendar ends too early is said as such.
func (j *Judgement) undecided(what string) error {
	cause := errors.Join(append(slices.Clone(j.Broken), errors.New(what))...)
	for _, err := range j.Broken {
		var re *rule.Error
		if isUncovered(err) {
			return covered(cause)
		}
		if errors.As(err, &re) && re.FaultKind() == fault.Invalid {
			return fault.Wrap(cause, fault.Conflict, "process.undecided")
		}
	}
	return fault.NewInternal("submitting "+j.Situation.Service.Service, cause)
}

// Early judges what is asked before starting: the questions on which the early conditions depend. It
// returns those that are asked, in order; the judgement may be shown with the answers given so far.
func Early(ctx context.Context, s Situation, typed Typed) (*Judgement, []*service.Question, error) {
	needed := map[*service.Question]bool{}
	for _, e := range s.Service.Eligibility {
		if e.Early {
			for _, q := range e.Questions {
				needed[q] = true
			}
		}
	}
	j, err := Judge(ctx, s, typed)
	if err != nil {
		return nil, nil, err
	}
	var list []*service.Question
	for _, q := range s.Service.Questions {
		if needed[q] && q.Parent == nil && j.Asked(q.ID) {
			list = append(list, q)
		}
	}
	return j, list, nil
}
