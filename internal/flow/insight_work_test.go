package flow_test

import (
	"strings"
	"testing"
	"time"

	"stoa/internal/flow"
	"stoa/internal/process"
)

// TestOfficersWorkIsTimed by what they did before on the same day, and not twice.
func TestOfficersWorkIsTimed(t *testing.T) {
	each(t, func(w *world) {
		sent := func(email string) string {
			done, _ := w.submitted(email)
			return done.Case
		}
		first, second, third := sent("a@testshire.example"), sent("b@testshire.example"), sent("c@testshire.example")
		take := func(id, to string) {
			w.must(w.Assign(w.ctx, w.officer, flow.Assign{Case: id, Version: w.load(id).Version, To: to, Key: w.key()}))
		}
		refuse := func(id string) { w.must(w.act(w.officer, id, "refuse", process.Decision{Reason: "No."}, "")) }
		take(first, w.officer.Person)
		w.clock.Advance(20 * time.Minute)
		w.must(w.act(w.officer, first, "ask", process.Decision{}, "How wide?")) // after 20 minutes
		w.clock.Advance(10 * time.Minute)
		refuse(second) // after 10 more
		w.clock.Advance(longest + time.Minute)
		refuse(third) // something else was done in between
		fourth := sent("d@testshire.example")
		w.clock.Advance(30 * time.Minute)
		take(fourth, w.boss.Person) // given to somebody else: no step
		w.clock.Advance(21 * time.Hour)
		refuse(fourth) // the first of the next day
		want := map[string]string{
			"insight_day taken||markets|street-stall|2026-03-02| 0": "4 0",
			"insight_day taken||markets|street-stall|2026-03-03| 0": "1 0",
			"insight_month taken||markets|street-stall|2026-03| 0":  "5 0",
			"insight_day spent||markets|street-stall|2026-03-02| 0": "2 1800",
			"insight_month spent||markets|street-stall|2026-03| 0":  "2 1800",
		}
		holds := func(when string) {
			w.t.Helper()
			w.must(w.Insight().CountWork(w.ctx, w.system))
			got := w.sums()
			for at, n := range got {
				if strings.Contains(at, "|street-stall|") && (strings.Contains(at, " taken|") || strings.Contains(at, " spent|")) && want[at] == "" {
					w.t.Errorf("%s: %s is %q", when, at, n)
				}
			}
			for at, n := range want {
				if got[at] != n {
					w.t.Errorf("%s: %s is %q, not %q", when, at, got[at], n)
				}
			}
		}
		holds("at first")
		w.clock.Advance(25 * time.Hour)
		holds("a day later")
	})
}

const longest = 2 * time.Hour
