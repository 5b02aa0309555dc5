package flow_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/flow"
	"stoa/internal/insight"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// TestSumsAreThoseOfASlowCount lets a town live at random and counts what happened now and then: the sums are those that a
// slow walk over every case gives, and counting everything again from nothing changes none of them.
func TestSumsAreThoseOfASlowCount(t *testing.T) {
	each(t, func(w *world) {
		w.withPostcodes()
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
		w.same("a slow count says", logged(got), w.slowSums())
		if n, err := w.Insight().Follow(w.ctx, w.system); n != 0 || err != nil {
			w.t.Errorf("nothing happened, but %d were counted, %v", n, err)
		}
		_, err = w.Insight().Recount(w.ctx, w.system)
		w.must(err)
		w.same("counting everything again gives", got, w.sums())
	})
}

// same holds sums against others, both ways.
func (w *world) same(others string, got, want map[string]string) {
	w.t.Helper()
	if len(got) != len(want) {
		w.t.Errorf("%d sums, %s %d", len(got), others, len(want))
	}
	for at := range got {
		if want[at] != got[at] {
			w.t.Errorf("%s is %q, %s %q", at, got[at], others, want[at])
		}
	}
	for at := range want {
		if _, ok := got[at]; !ok {
			w.t.Errorf("%s is not there, %s %q", at, others, want[at])
		}
	}
}

// logged are the sums that the log of events gives.
func logged(all map[string]string) map[string]string {
	some := map[string]string{}
	for at, n := range all {
		_, key, _ := strings.Cut(at, " ")
		measure, _, _ := strings.Cut(key, "|")
		if slices.Contains([]string{insight.Came, insight.Decided, insight.Wait, insight.Ended, insight.Step, insight.Again, insight.Move, insight.Objected}, measure) {
			some[at] = n
		}
	}
	return some
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

// places are the areas of the places that stalls stand at.
var places = map[string]string{"P1": "GV1", "P2": "GV22"}

// withPostcodes puts a jurisdiction in force whose places have postcodes.
func (w *world) withPostcodes() {
	w.t.Helper()
	files, name := base(w.t), "registers/places.yaml"
	files[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(files[name].Data), "seed:", "  - {id: postcode, title: Postcode, type: text}\nseed:", 1))}
	name = "registers/places.csv"
	files[name] = &fstest.MapFile{Data: []byte(strings.NewReplacer("rate\n", "rate,postcode\n", "Square,1\n", "Square,1,GV1 1AA\n", "1.5\n", "1.5,GV22 1AA\n").Replace(string(files[name].Data)))}
	j, problems := service.Load(files)
	if len(problems) > 0 {
		w.t.Fatal(problems)
	}
	w.must(w.Publish(w.ctx, w.system, j)) // those that are in the register stay as they are
	w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		for number, area := range places {
			r, err := w.Docket.Records.ByNumber(ctx, tx, "places", number)
			if err != nil {
				return err
			}
			r.Fields["postcode"] = strings.ToLower(area) + "1 aa"
			if err := w.Docket.Records.Put(ctx, tx, j.Registers["places"], r, record.Change{Change: "corrected"}); err != nil {
				return err
			}
		}
		return nil
	}))
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
			// apart adds a total and its parts by area and language.
			apart := func(measure, day string, bucket int, amount int64) {
				add(measure, "", day, "", bucket, amount, true)
				add(measure, "area", day, places[c.Typed.Get("place")], bucket, amount, true)
				add(measure, "language", day, c.Language, bucket, amount, true)
			}
			apart("came", day(c.Submitted), 0, 0)
			events, err := w.Docket.Cases.Timeline(ctx, tx, c)
			if err != nil {
				return err
			}
			since, been := c.Submitted, map[string]bool{"received": true}
			for _, e := range events {
				if e.Kind != "action" {
					continue
				}
				add("step", "", day(e.At), "", 0, int64(e.At.Sub(since)/time.Second), false)
				add("step", "step", day(e.At), e.From, 0, int64(e.At.Sub(since)/time.Second), false)
				add("move", "move", day(e.At), e.From+">"+e.To, 0, 0, false)
				if been[e.To] {
					add("again", "", day(e.At), "", 0, 0, false)
					add("again", "step", day(e.At), e.To, 0, 0, false)
				}
				since, been[e.To] = e.At, true
			}
			if c.Ending == "refused" {
				days := int64(c.Ended.Truncate(24*time.Hour).Sub(c.Submitted.Truncate(24*time.Hour)) / (24 * time.Hour))
				apart("decided", day(c.Ended), 0, days)
				apart("wait", day(c.Ended), insight.BucketOf(int(days)), 0)
			}
			if c.Ending != "" {
				apart("ended", day(c.Ended), 0, 0)
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
		w.same("counting everything again gives", before, w.sums())
	})
}

// TestAClockPutBack has an application come while the clock is put back by more than counting stays behind, so that in
// the log it stands before what is counted.
func TestAClockPutBack(t *testing.T) {
	each(t, func(w *world) {
		came := func() string { return w.sums()["insight_day came||||2026-03-02| 0"] }
		follow := func() {
			w.t.Helper()
			_, err := w.Insight().Follow(w.ctx, w.system)
			w.must(err)
		}
		check := func(want int64) {
			w.t.Helper()
			missed, err := w.Insight().CheckCount(w.ctx, w.system)
			w.must(err)
			if missed != want {
				w.t.Errorf("%d were missed instead of %d", missed, want)
			}
		}
		w.submitted("omar@testshire.example")
		w.clock.Advance(time.Hour)
		follow()
		check(0)
		w.clock.Advance(-2 * time.Hour)
		w.submitted("rana@testshire.example")
		w.clock.Advance(26 * time.Hour)
		w.submitted("mona@testshire.example")
		follow()
		if got := came(); got != "1 0" {
			w.t.Fatalf("before it is looked, %s are counted", got)
		}
		check(1)
		if got := came(); got != "2 0" {
			w.t.Errorf("2 came, counted: %s", got)
		}
		check(0) // not due
		w.clock.Advance(25 * time.Hour)
		check(0)
	})
}

// TestACountFromBeforeIsKnown has a database in which it was not noted yet how many events are counted.
func TestACountFromBeforeIsKnown(t *testing.T) {
	each(t, func(w *world) {
		w.submitted("omar@testshire.example")
		_, err := w.Insight().Follow(w.ctx, w.system)
		w.must(err)
		w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE insight_cursor SET counted = -1`)
			return err
		}))
		missed, err := w.Insight().CheckCount(w.ctx, w.system)
		w.must(err)
		var counted int64
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			return tx.QueryRow(ctx, `SELECT counted FROM insight_cursor WHERE name = 'events'`).Scan(&counted)
		}))
		if missed != 0 || counted != 1 {
			w.t.Errorf("%d missed, %d counted", missed, counted)
		}
	})
}
