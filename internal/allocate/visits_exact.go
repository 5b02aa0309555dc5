package allocate

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// sets knows the shortest route of every set of sites, and the best sets for one route, two routes and so on.
type sets struct {
	v      *Visits
	m      *meter
	least  []float64   // minutes of the shortest route through a set
	score  []float64   // of a set
	within [][]float64 // within[r][s]: the most that r+1 routes bring with sites of s
	choice [][]int     // the set of the last of those routes
}

// enumerate fills the tables by dynamic programming over sets (Held and Karp).
func (v *Visits) enumerate(m *meter) *sets {
	n := len(v.Service)
	e := &sets{v: v, m: m}
	e.least, e.score = v.shortest(m), make([]float64, 1<<n)
	for s := 1; s < 1<<n; s++ {
		k := bits.TrailingZeros(uint(s))
		e.score[s] = e.score[s&(s-1)] + v.Score[k]
	}
	e.reset()
	return e
}

// shortest is the minutes of the shortest route through every set of sites.
func (v *Visits) shortest(m *meter) []float64 {
	n := len(v.Service)
	to := make([][]float64, n)
	for a := range n {
		to[a] = make([]float64, n)
		for b := range n {
			to[a][b] = v.travel(a+1, b+1) + v.Service[b]
		}
	}
	path := make([]float64, n<<n) // path[s*n+k]: through s, ending at k
	least := make([]float64, 1<<n)
	for i := range path {
		path[i] = inf
	}
	for s := 1; s < 1<<n; s++ {
		least[s] = inf
		for k := range n {
			rest := s &^ (1 << k)
			if rest == s {
				continue
			}
			best := inf
			if rest == 0 {
				best = v.travel(0, k+1) + v.Service[k]
			}
			for q := rest; q != 0; q &= q - 1 {
				j := bits.TrailingZeros(uint(q))
				best = math.Min(best, path[rest*n+j]+to[j][k])
			}
			path[s*n+k] = best
			least[s] = math.Min(least[s], best+v.travel(k+1, 0))
		}
	}
	m.spend(n * n << n)
	return least
}

// reset forgets what depends on the minutes.
func (e *sets) reset() { e.within, e.choice = nil, nil }

// best is the most that so many routes bring.
func (e *sets) best(routes int) float64 {
	routes = min(routes, len(e.v.Service))
	for len(e.within) < routes {
		e.extend()
	}
	return e.within[routes-1][len(e.least)-1]
}

// extend adds one route to the tables.
func (e *sets) extend() {
	size := len(e.least)
	most, choice := make([]float64, size), make([]int, size)
	if len(e.within) == 0 {
		for s := 1; s < size; s++ {
			if e.least[s] <= e.v.Minutes+slack {
				most[s], choice[s] = e.score[s], s
			}
			for q := s; q != 0; q &= q - 1 {
				if r := s &^ (q & -q); most[r] > most[s] {
					most[s], choice[s] = most[r], choice[r]
				}
			}
		}
		e.m.spend(size * len(e.v.Service) / 2)
	} else {
		before, single := e.within[len(e.within)-1], e.choice[0]
		for s := 1; s < size; s++ {
			// A route's set is a best one within some part of s; the parts that are their own best are enough.
			for q := s; q != 0; q = (q - 1) & s {
				if single[q] == q {
					if z := e.score[q] + before[s&^q]; z > most[s] {
						most[s], choice[s] = z, q
					}
				}
			}
		}
		e.m.spend(int(math.Pow(3, float64(len(e.v.Service)))))
	}
	e.within, e.choice = append(e.within, most), append(e.choice, choice)
}

// routes reads the plan from the tables.
func (e *sets) routes(routes int) [][]int {
	e.best(routes)
	out := make([][]int, routes)
	s := len(e.least) - 1
	for r := min(routes, len(e.v.Service)) - 1; r >= 0; r-- {
		set := e.choice[r][s]
		out[r] = e.order(set)
		s &^= set
	}
	return out
}

// order is a shortest route through a set, found again from the lengths of its parts by putting sites in one by one.
func (e *sets) order(set int) []int {
	v := e.v
	var members []int
	for q := set; q != 0; q &= q - 1 {
		members = append(members, bits.TrailingZeros(uint(q)))
	}
	if len(members) < 2 {
		return slices.Clone(members)
	}
	sub := &Visits{Speed: v.Speed, Place: [][2]float64{v.Place[0]}}
	for _, k := range members {
		sub.Service, sub.Place = append(sub.Service, 0), append(sub.Place, v.Place[k+1])
	}
	n := len(members)
	path := make([]float64, n<<n)
	for s := 1; s < 1<<n; s++ {
		for k := range n {
			best := inf
			if rest := s &^ (1 << k); rest == 0 {
				best = sub.travel(0, k+1)
			} else if rest != s {
				for j := range n {
					if rest>>j&1 == 1 {
						best = math.Min(best, path[rest*n+j]+sub.travel(j+1, k+1))
					}
				}
			}
			path[s*n+k] = best
		}
	}
	out := make([]int, 0, n)
	for s, next := 1<<n-1, 0; s != 0; {
		last := -1
		for k := range n {
			if s>>k&1 == 1 && (last < 0 || path[s*n+k]+sub.travel(k+1, next) < path[s*n+last]+sub.travel(last+1, next)) {
				last = k
			}
		}
		out = append(out, members[last])
		s &^= 1 << last
		next = last + 1
	}
	slices.Reverse(out)
	return out
}

// moreExact says what an inspector more and half an hour more would bring.
func (v *Visits) moreExact(a *Answer, e *sets, m *meter) {
	now := e.best(v.Inspectors)
	if !m.over {
		a.More = append(a.More, Price{What: "one inspector more", Worth: e.best(v.Inspectors+1) - now, Exact: true, Means: "solved again with one route more"})
	}
	if m.over {
		return
	}
	longer := *v
	longer.Minutes += 30
	f := &sets{v: &longer, m: m, least: e.least, score: e.score}
	a.More = append(a.More, Price{What: fmt.Sprintf("30 minutes more for each of %d", v.Inspectors), Worth: f.best(v.Inspectors) - now, Exact: true, Means: "solved again with longer days"})
}
