package desk_test

import (
	"context"
	"testing"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/insight"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// TestWhatAProgrammeChanged is told with its interval once enough is known, exactly at the desk of those whose figures they are.
func TestWhatAProgrammeChanged(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.clock.Set(time.Date(2027, 7, 5, 12, 0, 0, 0, time.UTC))
		health := o.hire("Hana Health", "hana@example.org", []policy.Grant{{Role: policy.Supervisor, Organisation: "environmental-health"}})
		o.staff["Hana"] = health
		const at = "/desk/programmes/clearer-food-form"
		o.get(health, "/desk/programmes").says(t, 200, "A shorter way to register a food business", at)
		o.get(health, at).says(t, 200, "Only months that are over are told.")
		var all []insight.Count
		day := calendar.MustDate("2024-07-01")
		for i := range 36 {
			for k, of := range [][2]string{{"environmental-health", "food-business-registration"}, {"licensing", "premises-licence"}, {"licensing", "temporary-event-notice"}} {
				n := int64(40 + (i*7+k*5)%9)
				if k == 0 && i >= 20 {
					n += n / 2
				}
				all = append(all, insight.Count{Measure: insight.Came, Organisation: of[0], Service: of[1], Day: day, N: n, Marks: []insight.Mark{{By: insight.ByArea, Of: "GV1"}}})
			}
			next, err := day.AddMonths(1)
			o.must(err)
			day = next
		}
		o.must(o.flow.DB.Write(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error { return insight.Figures{}.Add(ctx, tx, all) }))
		page := o.get(health, at)
		page.says(t, 200, "Since it began:", "against the others", "That is what was intended.", "too few others", "Station Road", "By itself: at once", "Before and after")
		o.get(health, at+"/csv").says(t, 200, "programme,")
		o.get(health, at+"/json").says(t, 200, "Without it")
		if a := o.get(policy.Actor{}, at); a.Code == 200 {
			t.Error("nobody is at the desk")
		}
	})
}
