package flow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/fault"
	"stoa/internal/insight"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// workEvery is how often officers' work of the last months is worked out anew, and workDays how much of it at once.
const (
	workEvery = 24 * time.Hour
	workDays  = 7
)

// CountWork works out anew how many steps officers took in the last months, and how long they were at those that came soon after
// another. The first time it goes back to the first case.
func (f Insight) CountWork(ctx context.Context, actor policy.Actor) error {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "statistics"}); err != nil {
		return err
	}
	k, past := f.Docket.Releases.Current().Calendar, cases.Past{Cases: f.Docket.Cases}
	var last time.Time
	var from, today calendar.Date
	err := f.DB.Read(ctx, "flow.CountWork", func(ctx context.Context, tx *store.Tx) (err error) {
		if last, err = (insight.Figures{}).Marked(ctx, tx, "work"); err != nil || tx.Now().Sub(last) < workEvery {
			return err
		}
		today = f.today(tx)
		first, err := past.First(ctx, tx)
		if err != nil || first.IsZero() {
			return err
		}
		from = calendar.MustDate(k.DateOf(first).String()[:8] + "01")
		if last.Unix() > 0 {
			from, err = calendar.MustDate(today.String()[:8] + "01").AddMonths(-moneyBack)
		}
		return err
	})
	if err != nil || from.IsZero() {
		return err
	}
	sums := map[workOf]insight.Count{}
	for day := from; !day.After(today); {
		until, err := day.AddDays(workDays)
		if err != nil {
			return err
		}
		err = f.DB.Read(ctx, "flow.CountWork", func(ctx context.Context, tx *store.Tx) error {
			steps, err := past.Handled(ctx, tx, "", k.StartOf(day), k.StartOf(until), mostSteps+1)
			if len(steps) > mostSteps {
				return fmt.Errorf("officers took more than %d steps in the week from %s", mostSteps, day)
			}
			addWork(sums, k, steps)
			return err
		})
		if err != nil {
			return err
		}
		day = until
	}
	err = f.DB.Write(ctx, "flow.CountWork", func(ctx context.Context, tx *store.Tx) error {
		if err := (insight.Figures{}).Claim(ctx, tx, "work", last); err != nil {
			return err
		}
		return insight.Figures{}.Replace(ctx, tx, []string{insight.Taken, insight.Spent}, from, today, slices.Collect(maps.Values(sums)))
	})
	if fault.KindOf(err) == fault.Conflict { // another node counts
		return nil
	}
	return err
}

// workOf is of what steps are counted.
type workOf struct {
	measure, organisation, service string
	day                            calendar.Date
}

// addWork adds steps by day and service, and the time between two of the same person.
func addWork(sums map[workOf]insight.Count, k *calendar.Calendar, steps []cases.Handled) {
	add := func(measure string, s cases.Handled, seconds int64) {
		at := workOf{measure, s.Organisation, s.Service, k.DateOf(s.At)}
		sum := sums[at]
		sum.Measure, sum.Organisation, sum.Service, sum.Day = measure, s.Organisation, s.Service, at.day
		sum.N, sum.Amount = sum.N+1, sum.Amount+seconds
		sums[at] = sum
	}
	for i, s := range steps {
		if i > 0 && steps[i-1].Actor == s.Actor && steps[i-1].Case == s.Case && steps[i-1].At.Equal(s.At) {
			continue // an action and its message are one step
		}
		add(insight.Taken, s, 0)
		if i == 0 {
			continue
		}
		if gap, ok := spell(k, steps[i-1], s); ok {
			add(insight.Spent, s, int64(gap/time.Second))
		}
	}
}

// spell is how long a person was at a step: since the one before, on whatever case, on the same day and not long ago.
func spell(k *calendar.Calendar, before, step cases.Handled) (time.Duration, bool) {
	gap := step.At.Sub(before.At)
	return gap, before.Actor == step.Actor && k.DateOf(before.At) == k.DateOf(step.At) && gap > 0 && gap <= insight.LongestSpell
}
