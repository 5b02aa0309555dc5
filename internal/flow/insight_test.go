package flow_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"stoa/internal/flow"
	"stoa/internal/insight"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/store"
)

// TestSumsAreThoseOfASlowCount lets a town live at random and counts what happened now and then: the sums are those that a
// slow walk over every case gives, and counting everything again from nothing changes none of them.
func TestSumsAreThoseOfASlowCount(t *testing.T) {
	each(t, func(w *world) {
		dice := rand.New(rand.NewPCG(7, 11))
		followed := 0
		type open struct {
			id        string
			applicant policy.Actor
		}
		var running []open
		for range 120 {
			w.clock.Advance(time.Duration(dice.IntN(30)) * time.Hour)
			switch dice.IntN(6) {
			case 0, 1:
				done, who := w.submitted(fmt.Sprintf("r%d@testshire.example", dice.IntN(9)))
				running = append(running, open{done.Case, who})
			case 2, 3, 4:
				if len(running) == 0 {
					continue
				}
				one := running[dice.IntN(len(running))]
				switch w.load(one.id).State {
				case "received":
					if dice.IntN(3) > 0 {
						w.must(w.act(w.officer, one.id, "ask", process.Decision{}, "How wide?"))
					} else {
						w.must(w.act(w.officer, one.id, "refuse", process.Decision{Reason: "No."}, ""))
					}
				case "waiting":
					w.must(w.act(one.applicant, one.id, "answer", process.Decision{}, "So wide."))
				}
			default:
				n, err := w.Insight().Follow(w.ctx, w.system)
				w.must(err)
				followed += n
			}
			if dice.IntN(10) == 0 {
				_, err := w.Turn(w.ctx, w.system)
				w.must(err)
			}
		}
		n, err := w.Insight().Follow(w.ctx, w.system)
		w.must(err)
		if followed+n < 60 {
			w.t.Fatalf("only %d things happened", followed+n)
		}
		got := w.sums()
		for at, want := range w.slowSums() {
			if got[at] != want {
				w.t.Errorf("%s is %s, a slow count says %s", at, got[at], want)
			}
		}
		if n, err := w.Insight().Follow(w.ctx, w.system); n != 0 || err != nil {
			w.t.Errorf("nothing happened, but %d were counted, %v", n, err)
		}
		_, err = w.Insight().Recount(w.ctx, w.system)
		w.must(err)
		again := w.sums()
		if len(again) != len(got) {
			w.t.Errorf("%d sums, after counting again %d", len(got), len(again))
		}
		for at, was := range got {
			if again[at] != was {
				w.t.Errorf("%s was %s and is %s after counting everything again", at, was, again[at])
			}
		}
	})
}

// sums are all rows of the tables.
func (w *world) sums() map[string]string {
	w.t.Helper()
	all := map[string]string{}
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		for _, table := range []string{"insight_day", "insight_month"} {
			rows, err := tx.Query(ctx, `SELECT measure, by_what, organisation, service, day, of_what, bucket, n, amount FROM `+table)
			_, err = store.Collect(rows, err, func(row store.Scanner) (_ int, err error) {
				var s [6]string
				var bucket, n, amount int64
				err = row.Scan(&s[0], &s[1], &s[2], &s[3], &s[4], &s[5], &bucket, &n, &amount)
				all[fmt.Sprintf("%s %s %d", table, strings.Join(s[:], "|"), bucket)] = fmt.Sprint(n, " ", amount)
				return 0, err
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	return all
}

// slowSums walks every case by itself, with no more than its timeline.
func (w *world) slowSums() map[string]string {
	w.t.Helper()
	type sum struct{ n, amount int64 }
	sums := map[string]sum{}
	add := func(measure, by, day, of string, bucket int, amount int64, whole bool) {
		scopes := []string{"markets|street-stall"}
		if whole {
			scopes = append(scopes, "markets|", "|")
		}
		for _, s := range scopes {
			for _, key := range []string{"insight_day " + measure + "|" + by + "|" + s + "|" + day, "insight_month " + measure + "|" + by + "|" + s + "|" + day[:7]} {
				if strings.HasPrefix(key, "insight_day") && (by != "" || measure == "wait") {
					continue
				}
				key += fmt.Sprintf("|%s %d", of, bucket)
				old := sums[key]
				sums[key] = sum{old.n + 1, old.amount + amount}
			}
		}
	}
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		ids, err := store.Strings(ctx, tx, `SELECT id FROM cases`)
		if err != nil {
			return err
		}
		for _, id := range ids {
			c, err := w.Docket.Cases.Get(ctx, tx, id)
			if err != nil {
				return err
			}
			day := func(at time.Time) string { return w.Docket.Releases.Current().Calendar.DateOf(at).String() }
			add("came", "", day(c.Submitted), "", 0, 0, true)
			add("came", "language", day(c.Submitted), c.Language, 0, 0, true)
			events, err := w.Docket.Cases.Timeline(ctx, tx, c)
			if err != nil {
				return err
			}
			since, been := c.Submitted, map[string]bool{"received": true}
			for _, e := range events {
				if e.Kind != "action" {
					continue
				}
				add("step", "step", day(e.At), e.From, 0, int64(e.At.Sub(since)/time.Second), false)
				add("move", "move", day(e.At), e.From+">"+e.To, 0, 0, false)
				if been[e.To] {
					add("again", "step", day(e.At), e.To, 0, 0, false)
				}
				since, been[e.To] = e.At, true
			}
			if c.Ending == "refused" {
				days := int64(c.Ended.Truncate(24*time.Hour).Sub(c.Submitted.Truncate(24*time.Hour)) / (24 * time.Hour))
				add("decided", "", day(c.Ended), "", 0, days, true)
				add("wait", "", day(c.Ended), "", insight.BucketOf(int(days)), 0, true)
			}
			if c.Ending != "" {
				add("ended", "outcome", day(c.Ended), c.Ending, 0, 0, true)
			}
		}
		return nil
	}))
	all := map[string]string{}
	for at, s := range sums {
		all[at] = fmt.Sprint(s.n, " ", s.amount)
	}
	return all
}

// TestNotesNameNobody holds what is noted of pages, mistakes, promises and satisfaction against what was done.
func TestNotesNameNobody(t *testing.T) {
	each(t, func(w *world) {
		id, _, err := w.StartDraft(w.ctx, policy.Actor{}, flow.StartDraft{Service: "street-stall", Language: "en"})
		w.must(err)
		holder := policy.Actor{Draft: id}
		_, _, err = w.SavePage(w.ctx, holder, flow.SavePage{Draft: id, Page: "stall", Form: map[string][]string{"adult": {"yes"}, "goods": {"other"}, "place": {"P1"}, "metres": {"many"}}})
		w.must(err)
		done, who := w.submitted("rana@testshire.example")
		w.must(w.act(w.officer, done.Case, "refuse", process.Decision{Reason: "No."}, ""))
		left, _ := w.filled("ali@testshire.example")
		if err := w.Insight().Went(w.ctx, policy.Actor{Draft: left}, flow.Went{Draft: left, Score: 5}); err != nil {
			w.t.Errorf("before it is sent: %v", err)
		}
		sent := w.draftOf(done.Case)
		for range 2 {
			w.must(w.Insight().Went(w.ctx, who, flow.Went{Draft: sent, Score: 4}))
		}
		if err := w.Insight().Went(w.ctx, w.officer, flow.Went{Draft: sent, Score: 1}); err == nil {
			w.t.Error("somebody else said how it went")
		}
		_, err = w.Insight().Follow(w.ctx, w.system)
		w.must(err)
		got := w.sums()
		for at, want := range map[string]string{
			"insight_day started||||2026-03-02| 0":                               "3 0",
			"insight_month reached|page|markets|street-stall|2026-03|stall 0":    "3 0",
			"insight_month passed|page|markets|street-stall|2026-03|stall 0":     "2 0",
			"insight_month passed|page@en|markets|street-stall|2026-03|stall 0":  "2 0",
			"insight_month reached|page|markets|street-stall|2026-03|you 0":      "2 0",
			"insight_month wrong|question|markets|street-stall|2026-03|metres 0": "1 0",
			"insight_day promise||markets|street-stall|2026-03-02| 0":            "1 1",
			"insight_day said||||2026-03-02| 4":                                  "1 4",
			"insight_month started|channel|||2026-03|web 0":                      "3 0",
		} {
			if got[at] != want {
				w.t.Errorf("%s is %q, not %q", at, got[at], want)
			}
		}
	})
}

func (w *world) draftOf(id string) (draft string) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT id FROM draft WHERE made_case = $1`, id).Scan(&draft)
	}))
	return draft
}

// TestACountBrokenAnywhereGoesOn breaks following off one statement later each time, and then lets it go through.
func TestACountBrokenAnywhereGoesOn(t *testing.T) {
	each(t, func(w *world) {
		for i := range 3 {
			done, _ := w.submitted(fmt.Sprintf("r%d@testshire.example", i))
			w.must(w.act(w.officer, done.Case, "refuse", process.Decision{Reason: "No."}, ""))
		}
		for after := range 60 {
			_, _ = w.Insight().Follow(breakAt(after*3), w.system)
		}
		_, err := w.Insight().Follow(w.ctx, w.system)
		w.must(err)
		if got := w.sums()["insight_day came||||2026-03-02| 0"]; got != "3 0" {
			w.t.Errorf("3 came, counted: %s", got)
		}
		before := w.sums()
		_, err = w.Insight().Recount(w.ctx, w.system)
		w.must(err)
		for at, n := range w.sums() {
			if before[at] != n {
				w.t.Errorf("%s was %s and is %s", at, before[at], n)
			}
		}
	})
}
