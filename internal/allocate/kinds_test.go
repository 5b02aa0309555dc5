package allocate

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// hold checks what every answer promises, and that a second search with the same limits gives the same.
func hold(t *rapid.T, in Instance, limits Limits, want float64, most bool) *Answer {
	a, err := in.Solve(limits)
	if err != nil {
		t.Fatal(err)
	}
	again, err := in.Solve(limits)
	if err != nil || !reflect.DeepEqual(a, again) {
		t.Fatalf("two searches differ: %+v and %+v, %v", a, again, err)
	}
	if math.IsNaN(want) {
		if a.Status != Infeasible || a.Conflict == nil || a.Proof == "" {
			t.Fatalf("nothing can be done, and the answer is %+v", a)
		}
		return a
	}
	if a.Status != Optimal || math.Abs(a.Objective-want) > 1e-6 || a.Gap != 0 || a.Proof == "" {
		t.Fatalf("the best is %v, and the answer is %v %v (bound %v): %+v", want, a.Status, a.Objective, a.Bound, a)
	}
	short, err := in.Solve(Limits{Work: 3, Seed: limits.Seed})
	if err != nil {
		t.Fatal(err)
	}
	if worse := short.Bound - want; short.Status == Feasible && (most && worse < -1e-6 || !most && worse > 1e-6) {
		t.Fatalf("in little time the bound %v passes the best, %v", short.Bound, want)
	}
	if short.Status == Infeasible {
		t.Fatalf("in little time it said that nothing can be done: %+v", short)
	}
	return a
}

func TestCasesAgainstEveryPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, m := rapid.IntRange(1, 6).Draw(t, "cases"), rapid.IntRange(1, 3).Draw(t, "officers")
		c := &Cases{}
		fine := rapid.Bool().Draw(t, "fine")
		for range m {
			c.Room = append(c.Room, float64(rapid.IntRange(0, 30).Draw(t, "room")))
		}
		for range n {
			time, cost := make([]float64, m), make([]float64, m)
			for i := range m {
				if time[i], cost[i] = float64(rapid.IntRange(0, 15).Draw(t, "time")), float64(rapid.IntRange(-3, 20).Draw(t, "cost")); rapid.IntRange(0, 4).Draw(t, "skill") == 0 {
					time[i] = math.NaN()
				}
				if fine {
					time[i] /= math.Pi
				}
			}
			c.Time, c.Cost = append(c.Time, time), append(c.Cost, cost)
		}
		want := math.NaN()
		load := make([]float64, m)
		var try func(j int, z float64)
		try = func(j int, z float64) {
			if j == n {
				if !(z >= want) {
					want = z
				}
				return
			}
			for i := range m {
				if c.can(j, i) && load[i]+c.Time[j][i] <= c.Room[i]+1e-9 {
					load[i] += c.Time[j][i]
					try(j+1, z+c.Cost[j][i])
					load[i] -= c.Time[j][i]
				}
			}
		}
		try(0, 0)
		hold(t, c, Limits{Seed: 7}, want, false)
	})
}

func TestBudgetsAgainstEveryPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := &Budget{Budgets: []float64{float64(rapid.IntRange(0, 30).Draw(t, "money")), float64(rapid.IntRange(0, 20).Draw(t, "people"))},
			Floor: float64(rapid.IntRange(0, 8).Draw(t, "floor"))}
		for range rapid.IntRange(1, 5).Draw(t, "programmes") {
			q := Programme{District: rapid.IntRange(0, 2).Draw(t, "district")}
			for range rapid.IntRange(1, 3).Draw(t, "levels") {
				q.Levels = append(q.Levels, Level{float64(rapid.IntRange(0, 50).Draw(t, "benefit")) / 10, []float64{float64(rapid.IntRange(0, 12).Draw(t, "money")), float64(rapid.IntRange(0, 8).Draw(t, "people"))}})
			}
			b.Programmes = append(b.Programmes, q)
		}
		p, l := b.programme()
		want := math.NaN()
		p.every(func(x []float64) {
			if p.keeps(x) {
				z := 0.0
				for i, k := range b.levels(x, l) {
					z += b.Programmes[i].Levels[k].Benefit
				}
				if !(z <= want) {
					want = z
				}
			}
		})
		hold(t, b, Limits{Seed: 7}, want, true)
	})
}

func TestToursAgainstEveryPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &Tours{Periods: 4, Need: make([]int, 28)}
		for range rapid.IntRange(1, 5).Draw(t, "tours") {
			w.Tours = append(w.Tours, Tour{rapid.IntRange(0, 6).Draw(t, "day"), rapid.IntRange(0, 3).Draw(t, "start"), rapid.IntRange(3, 4).Draw(t, "length")})
			w.Cost = append(w.Cost, float64(rapid.IntRange(1, 9).Draw(t, "cost")))
		}
		for range rapid.IntRange(0, 6).Draw(t, "needs") {
			w.Need[rapid.IntRange(0, 27).Draw(t, "period")] = rapid.IntRange(1, 3).Draw(t, "need")
		}
		p, _ := w.programme()
		want := math.NaN()
		if w.uncovered() == nil {
			p.every(func(x []float64) {
				if p.keeps(x) {
					z := 0.0
					for k, c := range w.Cost {
						z += c * x[k]
					}
					if !(z >= want) {
						want = z
					}
				}
			})
		}
		hold(t, w, Limits{Seed: 7}, want, false)
	})
}

func drawVisits(t *rapid.T, n int) *Visits {
	v := &Visits{Inspectors: rapid.IntRange(1, 3).Draw(t, "inspectors"), Minutes: float64(rapid.IntRange(20, 220).Draw(t, "minutes")), Speed: 0.5}
	at := func() [2]float64 {
		return [2]float64{float64(rapid.IntRange(0, 20).Draw(t, "east")), float64(rapid.IntRange(0, 20).Draw(t, "north"))}
	}
	v.Place = [][2]float64{at()}
	for range n {
		v.Place = append(v.Place, at())
		v.Service = append(v.Service, float64(rapid.IntRange(5, 45).Draw(t, "service")))
		v.Score = append(v.Score, float64(rapid.IntRange(0, 80).Draw(t, "score")))
	}
	return v
}

// kept checks that routes are routes: nobody late, no site twice.
func (v *Visits) kept(routes [][]int) bool {
	seen := map[int]bool{}
	for _, r := range routes {
		for _, k := range r {
			if seen[k] {
				return false
			}
			seen[k] = true
		}
		if v.length(r) > v.Minutes+1e-6 {
			return false
		}
	}
	return len(routes) == v.Inspectors
}

func TestVisitsAgainstEveryOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawVisits(t, rapid.IntRange(1, 5).Draw(t, "sites"))
		want := 0.0
		routes := make([][]int, v.Inspectors)
		var try func(k int, z float64)
		try = func(k int, z float64) {
			if k == len(v.Service) {
				want = math.Max(want, z)
				return
			}
			try(k+1, z)
			for r := range routes {
				for at := 0; at <= len(routes[r]); at++ { // every place gives every order in the end
					old := routes[r]
					next := append(append(append([]int(nil), old[:at]...), k), old[at:]...)
					routes[r] = next
					if v.length(next) <= v.Minutes+slack {
						try(k+1, z+v.Score[k])
					}
					routes[r] = old
				}
			}
		}
		try(0, 0)
		a := hold(t, v, Limits{Seed: 7}, want, true)
		if !v.kept(a.Routes) {
			t.Fatalf("these are no routes: %v", a.Routes)
		}
		if b := v.bound(); b < want-1e-6 {
			t.Fatalf("the bound for many sites, %v, passes the best, %v", b, want)
		}
	})
}

// The search for many sites, on few enough to know the best.
func TestRoutesAreNearTheBest(t *testing.T) {
	sum, n := 0.0, 0
	rapid.Check(t, func(t *rapid.T) {
		v := drawVisits(t, 9)
		best := v.enumerate(newMeter(Limits{})).best(v.Inspectors)
		s := newRoutes(v, newMeter(Limits{Work: 3000}), Limits{Seed: 3}.chance())
		routes := s.run()
		got := 0.0
		for _, r := range routes {
			for _, k := range r {
				got += v.Score[k]
			}
		}
		if !v.kept(routes) || got > best+1e-9 {
			t.Fatalf("routes %v bring %v of %v", routes, got, best)
		}
		if best > 0 {
			sum += 1 - got/best
			n++
		}
	})
	if n > 0 && sum/float64(n) > 0.01 {
		t.Errorf("on average %.2f %% short of the best", 100*sum/float64(n))
	}
}

func TestManySitesHaveABound(t *testing.T) {
	v := &Visits{Inspectors: 3, Minutes: 200, Speed: 0.5, Place: [][2]float64{{10, 10}}}
	for k := range 60 {
		v.Place = append(v.Place, [2]float64{float64(k * 7 % 20), float64(k * 13 % 21)})
		v.Service, v.Score = append(v.Service, float64(10+k%20)), append(v.Score, float64(5+k*31%70))
	}
	a, err := v.Solve(Limits{Work: 20_000, Seed: 1})
	if err != nil || a.Objective <= 0 || a.Bound < a.Objective || !v.kept(a.Routes) || len(a.Assignments) != 60 {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestWhatCannotBeDoneIsNamed(t *testing.T) {
	need := make([]int, 28)
	need[10] = 2 // the tour has its break then
	for name, c := range map[string]struct {
		in   Instance
		want []string
	}{
		"a period without tours": {&Tours{Need: need, Periods: 4, Tours: []Tour{{0, 0, 4}}, Cost: []float64{1}}, []string{"day 2, period 2 needs 2, and no tour covers it"}},
		"a case without officer": {&Cases{Time: [][]float64{{1, 2}, {math.NaN(), 9}}, Cost: [][]float64{{1, 1}, {1, 1}}, Room: []float64{5, 5}},
			[]string{"case 1: whoever has the skills for it has less time than it takes"}},
		"two cases and one officer": {&Cases{Time: [][]float64{{1, 2}, {4, math.NaN()}, {4, math.NaN()}}, Cost: [][]float64{{1, 1}, {1, 1}, {1, 1}}, Room: []float64{5, 5}},
			[]string{"somebody takes case 1", "somebody takes case 2", "officer 0 has no more than 5 of time"}},
		"a floor above the money": {&Budget{Budgets: []float64{10}, Floor: 6, Programmes: []Programme{{0, []Level{{0, []float64{0}}, {5, []float64{7}}}}, {1, []Level{{0, []float64{0}}, {5, []float64{8}}}}}},
			[]string{"budget 0 is no more than 10", "district 0 is given at least 6 of budget 0", "district 1 is given at least 6 of budget 0"}},
		"a floor nothing reaches": {&Budget{Budgets: []float64{10}, Floor: 6, Programmes: []Programme{{3, []Level{{0, []float64{0}}, {5, []float64{5}}}}}},
			[]string{"district 3 is given at least 6 of budget 0"}},
		"a queue nobody serves": {&Queues{Step: 3600, Cycles: 1, Queues: []Queue{{Name: "permits", Rates: []float64{1}, Service: 60}}}, []string{"queue permits has arrivals, and nobody on any shift has its skill"}},
	} {
		a, err := c.in.Solve(Limits{Work: 100_000})
		if err != nil || a.Status != Infeasible || !reflect.DeepEqual(a.Conflict, c.want) {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

// What one more would bring is what solving again finds.
func TestOneMore(t *testing.T) {
	v := &Visits{Inspectors: 1, Minutes: 100, Speed: 1, Place: [][2]float64{{0, 0}, {0, 10}, {10, 0}, {0, -10}}, Service: []float64{70, 70, 70}, Score: []float64{5, 4, 3}}
	a, err := v.Solve(Limits{})
	if err != nil || a.Objective != 5 || len(a.More) != 2 || a.More[0].Worth != 4 || !a.More[0].Exact || a.More[1].Worth != 0 {
		t.Errorf("%+v, %v", a, err)
	}
	b := &Budget{Budgets: []float64{100}, Programmes: []Programme{{0, []Level{{0, []float64{0}}, {7, []float64{101}}, {5, []float64{50}}}}}}
	a, err = b.Solve(Limits{})
	if err != nil || a.Objective != 5 || len(a.More) != 1 || a.More[0].Worth != 2 || !a.More[0].Exact {
		t.Errorf("%+v, %v", a, err)
	}
	c := &Cases{Room: []float64{10, 20}, Time: [][]float64{{10, 10}, {10, 10}}, Cost: [][]float64{{1, 6}, {1, 6}}}
	a, err = c.Solve(Limits{})
	if err != nil || a.Objective != 7 || len(a.More) != 1 || a.More[0].What != "one officer more like officer 0" || a.More[0].Worth != 5 || !a.More[0].Exact {
		t.Errorf("%+v, %v", a, err)
	}
	reason := a.Assignments[0].Reason + a.Assignments[1].Reason
	if !strings.Contains(reason, "officer 0 would cost 5 less, and would be 10 over time") {
		t.Errorf("reasons: %v", a.Assignments)
	}
}

// Progress is told, Stop is heard.
func TestStopAndProgress(t *testing.T) {
	c := &Cases{Room: []float64{50, 50, 50}}
	for j := range 12 {
		c.Time = append(c.Time, []float64{float64(7 + j%5), float64(8 + j%4), float64(9 + j%3)})
		c.Cost = append(c.Cost, []float64{float64(j * 7 % 11), float64(j * 5 % 13), float64(j * 3 % 7)})
	}
	told := 0
	if _, err := c.Solve(Limits{Progress: func(float64, float64) { told++ }}); err != nil || told == 0 {
		t.Errorf("told %d times, %v", told, err)
	}
	asked := 0
	a, err := c.Solve(Limits{Stop: func() bool { asked++; return true }})
	if err != nil || asked == 0 || a.Status == Optimal && asked > 50 {
		t.Errorf("asked %d times: %+v, %v", asked, a, err)
	}
}

// Sizes that a careless loop would count one by one, and plans in the least work.
func TestLargeNumbersTakeNoTime(t *testing.T) {
	need := make([]int, 28)
	for q := range need {
		need[q] = 100_000 - q%2*7
	}
	w := &Tours{Periods: 4, Need: need}
	for d := range 7 {
		w.Tours, w.Cost = append(w.Tours, Tour{d, 0, 4}, Tour{d, 2, 4}), append(w.Cost, 3, 4)
	}
	for _, work := range []int64{1, 100_000} {
		a, err := w.Solve(Limits{Work: work})
		if err != nil || a.Status != Optimal && a.Status != Feasible || a.Bound > a.Objective {
			t.Fatalf("%+v, %v", a, err)
		}
		have := make([]int, len(need))
		for k, n := range a.Counts {
			w.covers(k, func(q int) { have[q] += n })
		}
		for q := range need {
			if have[q] < need[q] {
				t.Fatalf("%s has %d of %d", w.period(q), have[q], need[q])
			}
		}
	}
	rates := make([]float64, 1000)
	rates[500] = 1e-3
	q := &Queues{Step: 1e6, Cycles: 30, Queues: []Queue{{Rates: rates, Service: 1, Spread: 1}}, Officers: []Shift{{Count: 100_000, Skills: []int{0}, From: 5, To: 1e9}}}
	if a, err := q.Solve(Limits{Work: 100_000}); err != nil || a.Kind != "queues" {
		t.Errorf("%+v, %v", a, err)
	}
}
