package flow_test

import (
	"context"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/insight"
	"stoa/internal/process"
	"stoa/internal/store"
)

// TestFiguresOfTheSystemBefore are added to those of the log, stay when it is counted anew, and are replaced and not doubled.
func TestFiguresOfTheSystemBefore(t *testing.T) {
	each(t, func(w *world) {
		day := calendar.MustDate
		earlier := []insight.Earlier{{Came: day("2025-03-03"), Ended: day("2025-03-13"), Ending: "granted", Area: "GV1", Language: "en", N: 4},
			{Came: day("2025-04-01"), Ended: day("2025-04-02"), Ending: "withdrawn", Language: "ar", N: 1}}
		if err := w.Insight().TakeOver(w.ctx, w.officer, "street-stall", earlier); err == nil {
			w.t.Errorf("an officer takes figures over: %v", err)
		}
		if err := w.Insight().TakeOver(w.ctx, w.system, "street-stall", []insight.Earlier{{Came: day("2025-03-03"), Ended: day("2025-03-01"), N: 1}}); err == nil {
			w.t.Error("a case ends before it comes")
		}
		done, _ := w.submitted("rana@testshire.example")
		w.must(w.act(w.officer, done.Case, "refuse", process.Decision{Reason: "No."}, ""))
		w.must(w.Insight().TakeOver(w.ctx, w.system, "street-stall", earlier))
		_, err := w.Insight().Follow(w.ctx, w.system)
		w.must(err)
		check := func(when string) map[string]string {
			got := w.sums()
			for at, want := range map[string]string{
				"insight_month came||||2025-03| 0":                                     "4 0",
				"insight_month came|area|markets|street-stall|2025-03|GV1 0":           "4 0",
				"insight_month came|area|markets|street-stall|2025-04|unknown 0":       "1 0",
				"insight_day decided||||2025-03-13| 0":                                 "4 40",
				"insight_month wait||||2025-03| 10":                                    "4 0",
				"insight_month ended|outcome|markets|street-stall|2025-04|withdrawn 0": "1 0",
				"insight_month came||||2026-03| 0":                                     "1 0",
			} {
				if got[at] != want {
					w.t.Errorf("%s: %s is %q, not %q", when, at, got[at], want)
				}
			}
			return got
		}
		before := check("taken over")
		_, err = w.Insight().Recount(w.ctx, w.system)
		w.must(err)
		w.same("counting everything again gives", before, check("counted anew"))
		w.must(w.Insight().TakeOver(w.ctx, w.system, "street-stall", earlier))
		_, err = w.Insight().Follow(w.ctx, w.system)
		w.must(err)
		w.same("taking them over again gives", before, check("taken over twice"))
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			last, err := insight.Figures{}.TakenOver(ctx, tx)
			if last != day("2025-04-02") {
				w.t.Errorf("they reach to %s", last)
			}
			hands, err2 := insight.Figures{}.Read(ctx, tx, insight.Ask{Measure: insight.Hands, By: insight.ByHand, Organisation: "markets", Grain: insight.Month})
			if len(hands) != 1 || hands[0].N != 1 || hands[0].Value == w.officer.Person {
				w.t.Errorf("who worked: %v", hands)
			}
			if err == nil {
				err = err2
			}
			return err
		}))
	})
}
