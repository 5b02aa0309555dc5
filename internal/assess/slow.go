package assess

import (
	"context"

	"stoa/internal/calendar"
	"stoa/internal/money"
)

// Day is what one day is charged by: what a whole period like it would come to.
type Day struct {
	On    calendar.Date
	Lines []Line
}

// EveryDay judges every liable day by itself: the slow, obvious way. Assess must come to the same, and does
// unless a rule looks at today without a break.
func EveryDay(ctx context.Context, in Input) ([]Day, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	return lay(&in).everyDay(ctx, in.Liable)
}

func (d *dated) everyDay(ctx context.Context, s Span) (out []Day, err error) {
	for day := s.From; !day.After(s.Until); {
		j, err := d.judge(ctx, day, true)
		if err != nil {
			return nil, err
		}
		lines, err := d.charge(j)
		if err != nil {
			return nil, err
		}
		out = append(out, Day{day, lines})
		if day, err = day.AddDays(1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// compareDays holds the example against the slow way, in the stretches in which a rule looked at the day itself:
// in the others nothing can be different.
func (x *exampleRun) compareDays(ctx context.Context) {
	d := lay(&x.a.Input)
	for _, s := range x.a.Segments {
		if !x.t.ByDay || !s.dated {
			continue
		}
		days, err := d.everyDay(ctx, s.Span)
		if err != nil {
			x.fail(x.e.Pos, "it cannot be assessed day by day: %v", "", causes(err))
			return
		}
		for _, day := range days {
			if !same(day.Lines, s.Lines) {
				x.fail(x.e.Pos, "on %s the charge changes from %s to %s a period, although no fact, no figure and no break begins",
					"add to breaks: the rule for this day", day.On, written(s.Lines), written(day.Lines))
				return
			}
		}
	}
}

func written(lines []Line) string {
	sum, err := sumOf(lines)
	if err != nil {
		return "too much"
	}
	digits := 4
	if d, err := sum.Round(digits, money.HalfUp); err == nil {
		sum = d
	}
	return sum.String()
}
