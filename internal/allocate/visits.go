package allocate

import (
	"fmt"
	"math"
)

// Visits asks which sites to inspect and in which order, so that the risk that is looked at is greatest while every
// inspector is back at the start within the minutes of a day (team orienteering). A day of one inspector is a route: for
// several days, Inspectors is inspectors times days.
type Visits struct {
	Inspectors int
	Minutes    float64      // of each route, with travel and visits
	Place      [][2]float64 // kilometres; the first is where every route begins and ends
	Service    []float64    // minutes at each site
	Score      []float64    // what a visit to each site is worth
	Speed      float64      // kilometres in a minute
}

// mostExact is how many sites can be solved by looking at every set of them.
const mostExact = 15

// travel is the minutes from one place to another; 0 is the start, site k is k+1.
func (v *Visits) travel(a, b int) float64 {
	return math.Hypot(v.Place[a][0]-v.Place[b][0], v.Place[a][1]-v.Place[b][1]) / v.Speed
}

// slack is what rounding may make of minutes that are just enough.
const slack = 1e-9

// length is the minutes of a route.
func (v *Visits) length(route []int) float64 {
	sum, at := 0.0, 0
	for _, k := range route {
		sum += v.travel(at, k+1) + v.Service[k]
		at = k + 1
	}
	if len(route) == 0 {
		return 0
	}
	return sum + v.travel(at, 0)
}

// Solve finds the routes. The error is nil unless the instance itself makes no sense.
func (v *Visits) Solve(limits Limits) (*Answer, error) {
	if err := v.check(); err != nil {
		return nil, err
	}
	a := &Answer{Kind: "visits"}
	m := newMeter(limits)
	if len(v.Service) <= mostExact {
		e := v.enumerate(m)
		a.Routes = e.routes(v.Inspectors)
		a.Bound = e.best(v.Inspectors)
		a.Proof = "every set of sites was looked at"
		v.moreExact(a, e, m)
	} else {
		s := newRoutes(v, m, limits.chance())
		a.Routes = s.run()
		a.Bound = v.bound()
		a.Proof = "bound: the sites that would fit if each cost only its visit and half of its two shortest ways"
	}
	for _, r := range a.Routes {
		for _, k := range r {
			a.Objective += v.Score[k]
		}
	}
	a.Bound = math.Max(a.Bound, a.Objective)
	a.settle()
	v.explain(a)
	return a, nil
}

// bound is a fractional knapsack: a visit costs its minutes and half of the way to each of its two nearest neighbours.
func (v *Visits) bound() float64 {
	type item struct{ score, cost float64 }
	var items []item
	for k := range v.Service {
		one, two := inf, inf
		for b := range v.Place {
			if d := v.travel(k+1, b); b == k+1 {
				continue
			} else if d < one {
				one, two = d, one
			} else if d < two {
				two = d
			}
		}
		ways := math.Min(one+two, 2*v.travel(k+1, 0)) // a route of one site goes the same way twice
		if v.length([]int{k}) <= v.Minutes+slack && v.Score[k] > 0 {
			items = append(items, item{v.Score[k], v.Service[k] + ways/2})
		}
	}
	left, total := v.Minutes*float64(v.Inspectors), 0.0
	for len(items) > 0 {
		best := 0
		for i, q := range items {
			if q.score*items[best].cost > items[best].score*q.cost {
				best = i
			}
		}
		q := items[best]
		items[best] = items[len(items)-1]
		items = items[:len(items)-1]
		if q.cost > left {
			return total + q.score*math.Max(0, left)/q.cost
		}
		left -= q.cost
		total += q.score
	}
	return total
}

func (v *Visits) check() error {
	n := len(v.Service)
	if n == 0 || len(v.Score) != n || len(v.Place) != n+1 {
		return fmt.Errorf("there are %d visits, %d scores and %d places; places are the start and each site", n, len(v.Score), len(v.Place))
	}
	if v.Inspectors < 1 || v.Inspectors > 1000 {
		return fmt.Errorf("there are %d inspectors: the number lies between 1 and 1,000", v.Inspectors)
	}
	if !(v.Speed > 0) || v.Speed > 1e6 || !(v.Minutes >= 0) || v.Minutes > 1e9 {
		return fmt.Errorf("%v kilometres in a minute and %v minutes make no day", v.Speed, v.Minutes)
	}
	for k, p := range v.Place {
		if !(math.Abs(p[0]) <= 1e6) || !(math.Abs(p[1]) <= 1e6) {
			return fmt.Errorf("place %d lies at %v, %v: kilometres lie between -1e6 and 1e6", k, p[0], p[1])
		}
	}
	for k := range n {
		if !(v.Service[k] >= 0) || v.Service[k] > 1e9 || !(v.Score[k] >= 0) || v.Score[k] > 1e9 {
			return fmt.Errorf("site %d takes %v minutes and is worth %v: both lie between 0 and 1e9", k, v.Service[k], v.Score[k])
		}
	}
	return nil
}

func (v *Visits) explain(a *Answer) {
	visited := make([]bool, len(v.Service))
	for r, route := range a.Routes {
		for n, k := range route {
			visited[k] = true
			without := append(append([]int(nil), route[:n]...), route[n+1:]...)
			saved := v.length(route) - v.length(without)
			a.Assignments = append(a.Assignments, Assignment{What: fmt.Sprintf("site %d", k), To: fmt.Sprintf("route %d, stop %d", r, n+1),
				Reason: fmt.Sprintf("%s of risk for %.1f minutes with the way", short(v.Score[k]), saved)})
		}
		a.Binding = append(a.Binding, Price{What: fmt.Sprintf("minutes of route %d", r), Means: fmt.Sprintf("%.1f of %.1f are used", v.length(route), v.Minutes)})
	}
	for k, in := range visited {
		if in {
			continue
		}
		least := inf
		for _, route := range a.Routes {
			if _, extra := v.insert(route, k); v.length(route)+extra-v.Minutes < least {
				least = v.length(route) + extra - v.Minutes
			}
		}
		why := fmt.Sprintf("%s of risk; it would make the best route %.1f minutes too long", short(v.Score[k]), least)
		if v.length([]int{k}) > v.Minutes+slack {
			why = "there and back takes longer than a day"
		}
		a.Assignments = append(a.Assignments, Assignment{What: fmt.Sprintf("site %d", k), To: "nobody", Reason: why})
	}
}

// insert is the place of a route where one site more adds least, and how much.
func (v *Visits) insert(route []int, k int) (at int, extra float64) {
	extra = inf
	before := 0
	for n := 0; n <= len(route); n++ {
		after := 0
		if n < len(route) {
			after = route[n] + 1
		}
		if e := v.travel(before, k+1) + v.travel(k+1, after) - v.travel(before, after); e < extra {
			at, extra = n, e
		}
		before = after
	}
	return at, extra + v.Service[k]
}
