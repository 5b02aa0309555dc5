package app

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/flow"
	"stoa/internal/insight"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// historyDays is for how long before its story the demo has figures: those of the system that its district had before.
const historyDays = 600

// knowLeft makes those who worked here until some time ago.
func (s *seeder) knowLeft(ctx context.Context) error {
	for _, p := range s.j.Demo.Left {
		if err := s.employ(ctx, p.Name, p.Email, p.Roles); err != nil {
			return err
		}
	}
	return nil
}

// leave takes their roles from those who go on a day: work takes longer from then on.
func (s *seeder) leave(ctx context.Context, daysAgo int) error {
	admin := slices.IndexFunc(s.staff, func(a policy.Actor) bool {
		return policy.Can(a, policy.StaffManage, policy.Thing{Kind: "staff"}) == nil
	})
	for _, p := range s.j.Demo.Left {
		if p.DaysAgo != daysAgo || admin < 0 {
			continue
		}
		by := s.staff[admin]
		for i, a := range s.staff {
			if a.Name != p.Name {
				continue
			}
			for _, g := range a.Grants {
				if err := s.Flow.RemoveRole(ctx, by, flow.RemoveRole{Person: a.Person, Grant: g}); err != nil {
					return fmt.Errorf("letting %s go: %w", p.Name, err)
				}
			}
			s.staff = slices.Delete(s.staff, i, i+1)
			break
		}
	}
	return nil
}

// left is the share of an organisation's officers that is still there.
func (s *seeder) left(organisation string) float64 {
	here, gone := 0, 0
	for _, a := range s.staff {
		if a.Has(organisation, policy.Officer) {
			here++
		}
	}
	for _, p := range s.j.Demo.Left {
		still := slices.ContainsFunc(s.staff, func(a policy.Actor) bool { return a.Name == p.Name })
		for _, r := range p.Roles {
			if r.Organisation == organisation && !still {
				gone++
			}
		}
	}
	if gone == 0 {
		return 1
	}
	return float64(here) / float64(here+gone)
}

// usual is how a service's cases went in the first weeks of the story: what the years before were like.
type usual struct {
	perDay            float64
	waits, areas      []insight.Point
	endings, language []insight.Point
}

// history takes over the figures of the system before: as many cases as in the first weeks of the story, more in summer and
// on Mondays, fewer in winter, with waits, endings, areas and languages as they were in those weeks.
func (s *seeder) history(ctx context.Context, first calendar.Date) error {
	dice := rand.New(rand.NewPCG(19, 7))
	for _, one := range s.j.Services {
		u, err := s.usual(ctx, one.Organisation, one.Service, first)
		if err != nil {
			return err
		}
		if len(u.waits) == 0 {
			continue
		}
		kinds := map[insight.Earlier]int64{}
		for back := historyDays; back > 0; back-- {
			came, err := first.AddDays(-back)
			if err != nil {
				return err
			}
			season := 1 + .25*math.Cos(2*math.Pi*float64(int(came.Month())-7)/12)
			week := []float64{.6, 1.5, 1.2, 1.1, 1, 1, .6}[came.Weekday()]
			for range poisson(dice, u.perDay*season*week) {
				wait := insight.DaysOf(anyOf(dice, u.waits).Bucket)
				ended, err := came.AddDays(int(wait))
				if err != nil {
					return err
				}
				if ended.Before(first) {
					kinds[insight.Earlier{Came: came, Ended: ended, Ending: anyOf(dice, u.endings).Value, Area: anyOf(dice, u.areas).Value, Language: anyOf(dice, u.language).Value}]++
				}
			}
		}
		list := make([]insight.Earlier, 0, len(kinds))
		for e, n := range kinds {
			e.N = n
			list = append(list, e)
		}
		slices.SortFunc(list, func(a, b insight.Earlier) int {
			return cmp.Or(cmp.Compare(a.Came.String(), b.Came.String()), cmp.Compare(a.Ended.String(), b.Ended.String()))
		})
		if err := s.Flow.Insight().TakeOver(ctx, System, one.Service, list); err != nil {
			return fmt.Errorf("taking over figures of %s: %w", one.Service, err)
		}
	}
	return nil
}

// usual reads it from the sums of the story's first eight weeks.
func (s *seeder) usual(ctx context.Context, organisation, id string, first calendar.Date) (u usual, err error) {
	until, err := first.AddDays(8 * 7)
	if err != nil {
		return u, err
	}
	err = s.DB.Read(ctx, "app.usual", func(ctx context.Context, tx *store.Tx) error {
		read := func(measure, by string, grain insight.Grain) ([]insight.Point, error) {
			return insight.Figures{}.Read(ctx, tx, insight.Ask{Measure: measure, By: by, Organisation: organisation, Service: id, Grain: grain, From: first, Until: until})
		}
		came, err := read(insight.Came, "", insight.Day)
		if err != nil {
			return err
		}
		u.perDay = float64(total(came)) / float64(8*7)
		for _, of := range []struct {
			to          *[]insight.Point
			measure, by string
		}{{&u.waits, insight.Wait, ""}, {&u.areas, insight.Came, insight.ByArea}, {&u.language, insight.Came, insight.ByLanguage}, {&u.endings, insight.Ended, insight.ByOutcome}} {
			if *of.to, err = read(of.measure, of.by, insight.Month); err != nil {
				return err
			}
		}
		u.endings = slices.DeleteFunc(u.endings, func(p insight.Point) bool { return !insight.IsDecision(p.Value) })
		return nil
	})
	if len(u.endings) == 0 || len(u.areas) == 0 || len(u.language) == 0 {
		u.waits = nil
	}
	return u, err
}

func total(points []insight.Point) (n int64) {
	for _, p := range points {
		n += p.N
	}
	return n
}

// anyOf draws a point, each as often as it happened.
func anyOf(dice *rand.Rand, points []insight.Point) insight.Point {
	n := dice.Int64N(max(1, total(points)))
	for _, p := range points {
		if n -= p.N; n < 0 {
			return p
		}
	}
	return points[len(points)-1]
}

// poisson draws how often something happens that does so mean times on average.
func poisson(dice *rand.Rand, mean float64) (n int) {
	for p := dice.Float64(); p > math.Exp(-mean); p *= dice.Float64() {
		n++
	}
	return n
}
