package desk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/insight"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// TestWhatADecisionCosts by hand: 40 steps were timed, half an hour each; 60 were taken for 20 decisions, so a decision takes 3 steps,
// 90 minutes, at £37.60 an hour £56.40. Ten applications come each week: 15 hours.
func TestWhatADecisionCosts(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.clock.Set(time.Date(2026, 7, 6, 12, 0, 0, 0, time.UTC))
		leader := o.hire("Lena Leader", "lena@example.org", []policy.Grant{{Role: policy.Leader, Organisation: "licensing"}})
		o.staff["Lena"] = leader
		add := func(all ...insight.Count) {
			o.must(o.flow.DB.Write(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error { return insight.Figures{}.Add(ctx, tx, all) }))
		}
		of := func(measure, day string, n, amount int64) insight.Count {
			return insight.Count{Measure: measure, Organisation: "licensing", Service: "temporary-event-notice", Day: calendar.MustDate(day), N: n, Amount: amount}
		}
		for week := range 14 {
			day, err := calendar.MustDate("2026-04-01").AddDays(7 * week)
			o.must(err)
			add(of(insight.Came, day.String(), 10, 0))
		}
		add(of(insight.Taken, "2026-05-10", 60, 0), of(insight.Spent, "2026-05-10", 29, 29*1800), of(insight.Decided, "2026-05-12", 20, 100), of(insight.Billed, "2026-05-12", 20, 30*2100),
			of(insight.Decided, "2026-04-12", 99, 1)) // of a month of which no steps are known
		hand := func(who string) insight.Count {
			return insight.Count{Measure: insight.Hands, Organisation: "licensing", Day: calendar.MustDate("2026-05-10"), N: 1, Inside: true, Apart: true, Marks: []insight.Mark{{By: insight.ByHand, Of: who}}}
		}
		add(hand("a"))
		const at, untold = "/desk/insight/cost?organisation=licensing", "Too little was noted in this time"
		o.get(leader, at).says(t, 200, untold) // 29 steps, one person
		add(of(insight.Spent, "2026-05-11", 11, 11*1800))
		o.get(leader, at).says(t, 200, untold) // one person
		add(hand("b"))
		page := o.get(leader, at)
		page.says(t, 200, "costs £56.40 of officers’ time (90 minutes)", "£37.60 since 1 April 2026", "needs about 15.0 hours of officers a week", "Months of which no steps are known", "As many as in the last 8 weeks")
		if strings.Contains(page.Body.String(), fmt.Sprintf("%d minutes", 90*20/119)) {
			t.Error("decisions of a month without steps are counted")
		}
	})
}
