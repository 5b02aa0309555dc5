package assess

import (
	"context"
	"fmt"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// given answers what a rule sees that is about no object: some names, and the figures of a day.
type given struct {
	j    *service.Jurisdiction
	day  calendar.Date
	vars map[string]rule.Value
}

// Var gives a name.
func (g given) Var(name string) (rule.Value, bool) {
	v, ok := g.vars[name]
	return v, ok
}

// Param gives a figure as of the day.
func (g given) Param(name string) (rule.Value, error) {
	i := slices.IndexFunc(g.j.Parameters, func(p *service.Parameter) bool { return p.ID == name })
	if i < 0 {
		return nil, fmt.Errorf("there is no parameter %s", name)
	}
	if v := g.j.Parameters[i].On(g.day); v != nil {
		return v.Value, nil
	}
	return nil, fmt.Errorf("parameter %s has no value on %s", name, g.day)
}

// Lookup is never asked: these rules have none.
func (g given) Lookup(_ context.Context, name string, _ []rule.Value) (rule.Value, error) {
	return nil, fmt.Errorf("%s cannot be looked up here", name)
}

// DueDay is the day on which a sum is due that is paid at once.
func DueDay(ctx context.Context, t *service.Tax, period Span, issued calendar.Date) (calendar.Date, error) {
	return term(ctx, t, t.Due, period, issued, issued)
}

// DeclareBy is the last day for the declaration of a period; zero where nothing is declared.
func DeclareBy(ctx context.Context, t *service.Tax, period Span) (calendar.Date, error) {
	return term(ctx, t, t.DeclareBy, period, period.Until, period.Until)
}

// AmendBy is the last day on which a declaration may be amended; zero where that is always possible.
func AmendBy(ctx context.Context, t *service.Tax, period Span) (calendar.Date, error) {
	return term(ctx, t, t.AmendBy, period, period.Until, period.Until)
}

// ObjectBy is the last day for an objection against a bill; zero where the file has none.
func ObjectBy(ctx context.Context, t *service.Tax, period Span, issued calendar.Date) (calendar.Date, error) {
	return term(ctx, t, t.ObjectBy, period, issued, issued)
}

// term counts a term from a day.
func term(ctx context.Context, t *service.Tax, x *service.Term, period Span, start, issued calendar.Date) (day calendar.Date, err error) {
	if x == nil {
		return day, nil
	}
	k := t.Jurisdiction.Calendar
	switch {
	case x.On != nil:
		v, err := x.On.Value(ctx, given{t.Jurisdiction, issued, map[string]rule.Value{
			"issued": issued, "period_begins": period.From, "period_ends": period.Until,
		}})
		if err != nil {
			return day, fmt.Errorf("evaluating the term at %s: %w", x.On.Pos, err)
		}
		day, _ = v.(calendar.Date) // the compiler sees to it
	case x.WorkingDays > 0:
		day, err = k.AddWorkingDays(start, x.WorkingDays)
	case x.Months > 0:
		day, err = start.AddMonths(x.Months)
	default:
		day, err = start.AddDays(x.Days)
	}
	if err == nil && (x.Roll == nil || *x.Roll) {
		day, err = k.NextWorkingDay(day)
	}
	if err != nil {
		return day, fmt.Errorf("counting a term from %s: %w", start, err)
	}
	return day, nil
}

// Instalment is a part of a sum with its day.
type Instalment struct {
	Due    calendar.Date
	Amount money.Amount
}

// Instalments divides a sum, as the payer chose (0: the first choice of the file). When the bill comes late
// there are fewer; where none is left, or the tax has none, the whole sum is due on its one day.
func Instalments(ctx context.Context, t *service.Tax, period Span, total money.Amount, issued calendar.Date, number int) ([]Instalment, error) {
	f := t.Instalments
	once := func() ([]Instalment, error) {
		due, err := DueDay(ctx, t, period, issued)
		return []Instalment{{due, total}}, err
	}
	if f == nil {
		if number > 1 {
			return nil, ErrChoice
		}
		return once()
	}
	i := 0
	if number != 0 {
		i = slices.IndexFunc(f.Choices, func(c service.InstalmentChoiceFile) bool { return c.Number == number })
	}
	if i < 0 {
		return nil, ErrChoice
	}
	days, err := instalmentDays(f, period, issued)
	if err != nil {
		return nil, err
	}
	n := min(f.Choices[i].Number, max(1, len(days)-f.Choices[i].Spare))
	if len(days) == 0 || total.Minor <= 0 {
		return once()
	}
	amounts, err := spread(f, total, n)
	if err != nil {
		return nil, err
	}
	out := make([]Instalment, len(amounts))
	for i, a := range amounts {
		out[i] = Instalment{days[i], a}
		if f.Roll {
			if out[i].Due, err = t.Jurisdiction.Calendar.NextWorkingDay(days[i]); err != nil {
				return nil, fmt.Errorf("rolling an instalment: %w", err)
			}
		}
	}
	return out, nil
}

// instalmentDays are the days of a period on which an instalment may fall, from the first that the bill leaves
// time for.
func instalmentDays(f *service.InstalmentsFile, period Span, issued calendar.Date) ([]calendar.Date, error) {
	month, day := service.MonthDay(f.First)
	first, err := calendar.NewDate(period.From.Year(), month, day)
	if err == nil && first.Before(period.From) {
		first, err = first.AddYears(1)
	}
	if err != nil || !period.Has(first) { // a quarter or month that does not hold the day
		first = period.From
	}
	earliest, err := issued.AddDays(f.Notice)
	if err != nil {
		return nil, err
	}
	var days []calendar.Date
	for n := 0; ; n += f.Every {
		d, err := first.AddMonths(n)
		if err != nil {
			return nil, err
		}
		if n > 0 && f.Day > 0 {
			if d, err = calendar.NewDate(d.Year(), d.Month(), f.Day); err != nil {
				return nil, err
			}
		}
		if d.After(period.Until) {
			return days, nil
		}
		if !d.Before(earliest) {
			days = append(days, d)
		}
	}
}

// spread divides a sum into n parts or fewer: all multiples of the rounding but the first, which takes the rest.
func spread(f *service.InstalmentsFile, total money.Amount, n int) ([]money.Amount, error) {
	unit, least := int64(1), int64(1)
	for d, into := range map[*money.Decimal]*int64{f.Round: &unit, f.Least: &least} {
		if d == nil {
			continue
		}
		a, err := money.FromDecimal(*d, total.Currency)
		if err != nil {
			return nil, err
		}
		*into = a.Minor
	}
	for ; n > 1; n-- {
		units, err := money.NewDecimal(total.Minor).Quo(money.NewDecimal(int64(n)*unit), 0, money.HalfUp)
		if err != nil {
			return nil, err
		}
		each, ok := units.Int64()
		each *= unit // no more than the total and half a unit
		first := total.Minor - each*int64(n-1)
		if !ok || each < max(least, 1) || first < max(least, 1) {
			continue
		}
		out := make([]money.Amount, n)
		for i := range out {
			out[i] = money.Amount{Minor: each, Currency: total.Currency}
		}
		out[0].Minor = first
		return out, nil
	}
	return []money.Amount{total}, nil
}
