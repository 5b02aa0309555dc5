package assess

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// Overdue is where an unpaid bill stands.
type Overdue struct {
	Overdue  money.Amount // what is overdue now
	Total    money.Amount // what the bill came to
	DaysLate int          // since the oldest unpaid due day
	Today    calendar.Date
}

// LateCharge computes what a step adds to an unpaid bill, rounded half up to the smallest coin; ok is false where
// the step adds nothing, or its condition does not hold.
func LateCharge(ctx context.Context, j *service.Jurisdiction, step *service.Late, o Overdue) (a money.Amount, ok bool, err error) {
	applies, err := LateApplies(ctx, j, step, o)
	if err != nil || !applies || step.Amount == nil {
		return a, false, err
	}
	in, err := o.given(j)
	if err != nil {
		return a, false, err
	}
	v, err := step.Amount.Value(ctx, in)
	if err != nil {
		return a, false, late(step.Amount, o.Today, err)
	}
	d, _ := v.(money.Decimal) // the compiler sees to it
	digits, err := money.MinorDigits(o.Overdue.Currency)
	if err == nil {
		d, err = d.Round(digits, money.HalfUp)
	}
	if err == nil {
		a, err = money.FromDecimal(d, o.Overdue.Currency)
	}
	if err != nil {
		return a, false, fmt.Errorf("charging %s: %w", step.ID, err)
	}
	return a, a.Minor > 0, nil
}

// LateApplies reports whether a step is due: enough days have passed, and its condition holds.
func LateApplies(ctx context.Context, j *service.Jurisdiction, step *service.Late, o Overdue) (bool, error) {
	if o.DaysLate < step.After {
		return false, nil
	}
	if step.When == nil {
		return true, nil
	}
	in, err := o.given(j)
	if err != nil {
		return false, err
	}
	v, err := step.When.Value(ctx, in)
	if err != nil {
		return false, late(step.When, o.Today, err)
	}
	return v == true, nil
}

func (o Overdue) given(j *service.Jurisdiction) (g given, err error) {
	vars := map[string]rule.Value{"days_late": money.NewDecimal(int64(o.DaysLate)), "today": o.Today}
	for name, a := range map[string]money.Amount{"overdue": o.Overdue, "total": o.Total} {
		if vars[name], err = a.Decimal(); err != nil {
			return g, err
		}
	}
	return given{j, o.Today, vars}, nil
}

// Interest is the interest of a stretch of days with one rate. Amount is exact: whoever books it rounds the sum.
type Interest struct {
	Span
	Rate   money.Decimal // per cent a year
	Amount money.Decimal
}

// InterestOn computes the interest on a principal that is overdue on all days of a span: from the day after the
// due day to the day of payment. Each new value of a figure begins a line. The sum of the lines is exact to 30
// digits and is rounded when it is booked.
func InterestOn(ctx context.Context, j *service.Jurisdiction, x *service.Interest, principal money.Amount, days Span) ([]Interest, money.Decimal, error) {
	var sum money.Decimal
	if x == nil || principal.Minor <= 0 || days.Days() == 0 {
		return nil, sum, nil
	}
	owed, err := principal.Decimal()
	if err != nil {
		return nil, sum, err
	}
	var out []Interest
	for _, s := range interestSpans(j, x, days) {
		v, err := x.Rate.Value(ctx, given{j, s.From, map[string]rule.Value{"today": s.From}})
		if err != nil {
			return nil, sum, late(x.Rate, s.From, err)
		}
		rate, _ := v.(money.Decimal) // the compiler sees to it
		year := int64(365)
		switch {
		case x.Basis == "360":
			year = 360
		case x.Basis == "actual":
			year = int64(daysOfYear(s.From))
		}
		amount, err := product(owed, rate, money.NewDecimal(int64(s.Days())))
		if err == nil {
			amount, err = amount.Quo(money.NewDecimal(100*year), 30, money.HalfEven)
		}
		if err == nil {
			sum, err = sum.Add(amount)
		}
		if err != nil {
			return nil, sum, fmt.Errorf("computing interest: %w", err)
		}
		out = append(out, Interest{s, rate, amount})
	}
	return out, sum, nil
}

// interestSpans cuts days where a figure of the rate changes, and at the turn of the year.
func interestSpans(j *service.Jurisdiction, x *service.Interest, days Span) (out []Span) {
	var cuts []calendar.Date
	for _, use := range x.Rate.Uses() {
		for _, p := range j.Parameters {
			if use.Kind != rule.ParamRef || p.ID != use.Name {
				continue
			}
			for i := range p.Values {
				cuts = append(cuts, p.Values[i].From)
			}
		}
	}
	for y := days.From.Year() + 1; y <= days.Until.Year(); y++ {
		if d, err := calendar.NewDate(y, 1, 1); err == nil {
			cuts = append(cuts, d)
		}
	}
	slices.SortFunc(cuts, calendar.Date.Compare)
	from := days.From
	for _, cut := range slices.Compact(cuts) {
		last, err := cut.AddDays(-1)
		if err != nil || !cut.After(from) || cut.After(days.Until) {
			continue
		}
		out, from = append(out, Span{From: from, Until: last}), cut
	}
	return append(out, Span{From: from, Until: days.Until})
}

func daysOfYear(d calendar.Date) int {
	first, err := calendar.NewDate(d.Year(), 1, 1)
	last, err2 := calendar.NewDate(d.Year(), 12, 31)
	if err != nil || err2 != nil {
		return 365
	}
	return first.DaysUntil(last) + 1
}

// late says why a rule about an unpaid bill came to nothing.
func late(r *service.Rule, day calendar.Date, err error) error {
	err = fmt.Errorf("evaluating the rule at %s as of %s: %w", r.Pos, day, err)
	var re *rule.Error
	if errors.As(err, &re) && re.Code == rule.NoParam {
		return fault.Wrap(err, ErrRate.Kind, ErrRate.Key, "figure", re.Name, "on", day)
	}
	return err
}
