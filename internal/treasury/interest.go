package treasury

import (
	"context"
	"slices"

	"stoa/internal/assess"
	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/service"
)

// Accrued is the interest that has run on a bill since it was last charged, up to and including a day, rounded half up to
// the smallest coin, with the stretches that it is made of. It is counted for each day on which principal was overdue when
// the day began, so also for the day on which it is paid, and never on interest, penalties or costs. No rule: no interest.
func Accrued(ctx context.Context, j *service.Jurisdiction, x *service.Interest, b *bill.Bill, until calendar.Date) (int64, []assess.Interest, error) {
	if x == nil || len(b.Plan) == 0 {
		return 0, nil, nil
	}
	var sum money.Decimal
	var all []assess.Interest
	for _, span := range interestDays(x, b, until) {
		principal := overduePrincipal(x, b, span.From)
		lines, amount, err := assess.InterestOn(ctx, j, x, money.Amount{Minor: principal, Currency: b.Currency}, span)
		if err == nil {
			sum, err = sum.Add(amount)
		}
		if err != nil {
			return 0, nil, err
		}
		all = append(all, lines...)
	}
	digits, err := money.MinorDigits(b.Currency)
	if err != nil {
		return 0, nil, err
	}
	if sum, err = sum.Round(digits, money.HalfUp); err != nil {
		return 0, nil, err
	}
	amount, err := money.FromDecimal(sum, b.Currency)
	return amount.Minor, all, err
}

// begins is the first day on which something due on a day bears interest.
func begins(x *service.Interest, due calendar.Date) calendar.Date {
	first, err := due.AddDays(x.After + 1)
	if err != nil {
		return calendar.MaxDate
	}
	return first
}

// interestDays cuts the days for which no interest was charged yet into stretches on which the principal overdue is the same.
func interestDays(x *service.Interest, b *bill.Bill, until calendar.Date) (spans []service.Span) {
	var cuts []calendar.Date
	for _, i := range b.Plan {
		cuts = append(cuts, begins(x, i.Due))
	}
	from := slices.MinFunc(cuts, calendar.Date.Compare)
	for _, m := range b.Moves {
		if next, err := m.Value.AddDays(1); err == nil {
			cuts = append(cuts, next)
		}
	}
	if next, err := b.InterestUntil.AddDays(1); !b.InterestUntil.IsZero() && err == nil && next.After(from) {
		from = next
	}
	slices.SortFunc(cuts, calendar.Date.Compare)
	for _, cut := range append(slices.Compact(cuts), calendar.MaxDate) {
		if !cut.After(from) {
			continue
		}
		last, err := cut.AddDays(-1)
		if err != nil || last.After(until) || cut == calendar.MaxDate {
			last = until
		}
		if from.After(last) {
			break
		}
		spans = append(spans, service.Span{From: from, Until: last})
		from = cut
	}
	return spans
}

// overduePrincipal is what of the instalments was overdue when a day began.
func overduePrincipal(x *service.Interest, b *bill.Bill, day calendar.Date) (open int64) {
	var before []bill.Move
	for _, m := range b.Moves {
		if m.Value.Before(day) {
			before = append(before, m)
		}
	}
	for _, part := range bill.Stand(b.Current(), before, day).Parts {
		if part.Move == 0 && !begins(x, part.Due).After(day) {
			open += part.Open
		}
	}
	return min(open, max(0, bill.Owed(before)[bill.Principal]))
}
