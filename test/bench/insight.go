package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"time"

	"stoa/internal/app"
	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/insight"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/view"
)

// What the sums are filled with: days of five years, areas of a large city; each case leaves four events.
const (
	summedYears = 5
	summedAreas = 40
)

// insights measures the pages of what happened over the sums of very many events: cold, as the first reader after a start has
// them, and again.
func insights(ctx context.Context, o options, out io.Writer) error {
	events := 10_000_000
	w, err := open(ctx, filepath.Join(o.dir, "insight"), "")
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // a bench's database
	j := w.Flow.Docket.Releases.Current()
	begun := time.Now()
	n, err := w.sums(ctx, events)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n## Pages of what happened, SQLite: sums of %s events, %d services, %d areas, %d years; %d rows, made in %s\n\n| page | first | p50 | p99 |\n|---|---|---|---|\n",
		thousands(float64(events)), len(j.Services), summedAreas, summedYears, n, time.Since(begun).Round(time.Second))
	words, err := i18n.Load()
	if err != nil {
		return err
	}
	leader := policy.Actor{Person: "leader", Level: policy.High, Grants: []policy.Grant{{Role: policy.Leader, Organisation: licensing}}}
	for _, who := range []struct {
		name  string
		actor policy.Actor
		desk  bool
	}{{"public", policy.Actor{}, false}, {"desk", leader, true}} {
		r := view.Reader{Actor: who.actor, P: words.For("en")}
		ask := view.InsightAsk{Desk: who.desk}
		if who.desk {
			ask.Organisation = licensing
		}
		pages := append([]string{"home"}, view.InsightTopics...)
		for _, topic := range pages {
			page := func(int, int) error {
				q := ask
				if topic == "home" {
					_, err := view.Insight{View: w.View}.Home(ctx, r, q)
					return err
				}
				if q.Topic = topic; topic == view.InsightSteps || topic == view.InsightQuestions {
					q.Service = eventsID
				}
				_, err := view.Insight{View: w.View}.Topic(ctx, r, q)
				return err
			}
			cold := time.Now()
			if err := page(0, 0); err != nil {
				return fmt.Errorf("%s %s: %w", who.name, topic, err)
			}
			first := time.Since(cold)
			got, err := load(1, min(o.each, time.Second), page)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "| %s: %s | %s | %s | %s |\n", who.name, topic, first.Round(10*time.Microsecond), got.P50.Round(10*time.Microsecond), got.P99.Round(10*time.Microsecond))
		}
	}
	return nil
}

// sums fills the tables of sums as the worker would after so many events, unless they are filled, and counts their rows.
func (w *world) sums(ctx context.Context, events int) (rows int, err error) {
	count := func() error {
		return w.DB.Read(ctx, "bench.sums", func(ctx context.Context, tx *store.Tx) error {
			return tx.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM insight_day) + (SELECT COUNT(*) FROM insight_month)`).Scan(&rows)
		})
	}
	if err := count(); err != nil || rows > 0 {
		return rows, err
	}
	j, dice := w.Flow.Docket.Releases.Current(), rand.New(rand.NewPCG(3, 4))
	today := j.Calendar.DateOf(time.Now())
	perCell := float64(events/4) / float64(summedYears*365*len(j.Services)*summedAreas)
	for back := summedYears * 365; back > 0; {
		var all []insight.Count
		for range 30 {
			if back == 0 {
				break
			}
			day, err := today.AddDays(-back)
			if err != nil {
				return 0, err
			}
			back--
			for _, s := range j.Services {
				all = append(all, w.day(dice, s, day, perCell)...)
			}
		}
		err := w.DB.Write(ctx, "bench.sums", func(ctx context.Context, tx *store.Tx) error { return insight.Figures{}.Add(ctx, tx, all) })
		if err != nil {
			return 0, err
		}
	}
	if _, err := w.Flow.Insight().Follow(ctx, app.System); err != nil {
		return 0, err
	}
	return rows, count()
}

// day is what a day of a service adds: applications, a step, an ending and a decision, by area.
func (w *world) day(dice *rand.Rand, s *service.Service, day calendar.Date, mean float64) (all []insight.Count) {
	states := s.Case.States
	for area := range summedAreas {
		n := int64(mean*(.5+dice.Float64()) + dice.Float64())
		if n == 0 {
			continue
		}
		marks := []insight.Mark{{By: insight.ByArea, Of: fmt.Sprintf("GV%d", area+1)}, {By: insight.ByLanguage, Of: []string{"en", "en", "ar"}[dice.IntN(3)]}}
		one := insight.Count{Organisation: s.Organisation, Service: s.Service, Day: day, N: n, Marks: marks}
		days := 2 + dice.IntN(30)
		from, to := states[dice.IntN(len(states))].ID, states[dice.IntN(len(states))].ID
		add := func(measure string, amount int64, bucket int, marks []insight.Mark, inside, apart bool) {
			c := one
			c.Measure, c.Amount, c.Bucket, c.Marks, c.Inside, c.Apart = measure, amount, bucket, marks, inside, apart
			all = append(all, c)
		}
		add(insight.Came, 0, 0, marks, false, false)
		add(insight.Ended, 0, 0, append([]insight.Mark{{By: insight.ByOutcome, Of: "granted"}}, marks...), false, false)
		add(insight.Decided, int64(days)*n, 0, marks, false, false)
		add(insight.Wait, 0, insight.BucketOf(days), marks, false, false)
		add(insight.Step, n*int64(days)*86400, 0, []insight.Mark{{By: insight.ByStep, Of: from}}, true, false)
		add(insight.Move, 0, 0, []insight.Mark{{By: insight.ByMove, Of: from + ">" + to}}, true, true)
	}
	return all
}
