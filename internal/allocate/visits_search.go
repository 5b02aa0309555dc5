package allocate

import (
	"math/rand/v2"
	"slices"
)

// routes is an iterated local search: insert what fits, shorten, exchange sites that are in for sites that are out, then
// take a stretch out of every route and begin again from there (as in Vansteenwegen).
type routes struct {
	v      *Visits
	m      *meter
	chance *rand.Rand
	now    [][]int
	in     []bool
	value  float64
}

func newRoutes(v *Visits, m *meter, chance *rand.Rand) *routes {
	return &routes{v: v, m: m, chance: chance, now: make([][]int, v.Inspectors), in: make([]bool, len(v.Service))}
}

// roundsWithoutWork ends a search that has no budget of work.
const roundsWithoutWork = 3000

func (s *routes) run() [][]int {
	s.improve()
	best, value := s.copy(), s.value
	last, lastValue := s.copy(), s.value
	idle := 0
	s.m.tell(value, s.v.bound())
	for round := 0; !s.m.over && (s.m.limits.Work > 0 || round < roundsWithoutWork); round++ {
		s.shake()
		s.improve()
		if idle++; s.value > value+1e-9 {
			best, value, idle = s.copy(), s.value, 0
			s.m.tell(value, s.v.bound())
		}
		// Slightly worse plans are followed for a while, then the best is taken up again.
		if s.value >= lastValue*0.98-1e-9 {
			last, lastValue = s.copy(), s.value
		} else {
			s.set(last)
		}
		if idle%100 == 99 {
			s.set(best)
			last, lastValue = s.copy(), s.value
		}
	}
	return best
}

func (s *routes) copy() [][]int {
	out := make([][]int, len(s.now))
	for r := range s.now {
		out[r] = slices.Clone(s.now[r])
	}
	return out
}

func (s *routes) set(plan [][]int) {
	clear(s.in)
	s.value = 0
	for r, route := range plan {
		s.now[r] = append(s.now[r][:0], route...)
		for _, k := range route {
			s.in[k] = true
			s.value += s.v.Score[k]
		}
	}
}

func (s *routes) put(r, at, k int) {
	s.now[r] = slices.Insert(s.now[r], at, k)
	s.in[k] = true
	s.value += s.v.Score[k]
}

func (s *routes) remove(r, at int) {
	k := s.now[r][at]
	s.now[r] = slices.Delete(s.now[r], at, at+1)
	s.in[k] = false
	s.value -= s.v.Score[k]
}

func (s *routes) improve() {
	for again := true; again && s.m.spend(20*len(s.in)*len(s.in)); {
		for r := range s.now {
			s.shorten(r)
		}
		again = s.fill() || s.exchange()
	}
}

// fill inserts the site that brings most for its minutes, until none fits; some sites are passed over by chance.
func (s *routes) fill() (any bool) {
	for {
		br, bat, bk, best := -1, 0, 0, -1.0
		for r, route := range s.now {
			used := s.v.length(route)
			for k, in := range s.in {
				if in || s.v.Score[k] == 0 {
					continue
				}
				at, extra := s.v.insert(route, k)
				if used+extra > s.v.Minutes+slack {
					continue
				}
				if score := s.v.Score[k] * s.v.Score[k] / (extra + 1e-6) * (0.8 + 0.4*s.chance.Float64()); score > best {
					br, bat, bk, best = r, at, k, score
				}
			}
		}
		s.m.spend(10 * len(s.in) * 8)
		if br < 0 {
			return any
		}
		s.put(br, bat, bk)
		any = true
	}
}

// shorten reverses stretches (2-opt) and moves sites along the route (or-opt) while either saves minutes.
func (s *routes) shorten(r int) {
	route := s.now[r]
	at := func(i int) int {
		if i < 0 || i >= len(route) {
			return 0
		}
		return route[i] + 1
	}
	for changed := true; changed; {
		changed = false
		for i := range route {
			for j := i + 1; j < len(route); j++ {
				if s.v.travel(at(i-1), at(j))+s.v.travel(at(i), at(j+1)) < s.v.travel(at(i-1), at(i))+s.v.travel(at(j), at(j+1))-1e-9 {
					slices.Reverse(route[i : j+1])
					changed = true
				}
			}
		}
		for i := range route {
			k := route[i]
			rest := slices.Delete(slices.Clone(route), i, i+1)
			if to, extra := s.v.insert(rest, k); s.v.length(rest)+extra < s.v.length(route)-1e-9 {
				copy(route, slices.Insert(rest, to, k))
				changed = true
			}
		}
		s.m.spend(20 * len(route) * len(route))
	}
}

// exchange takes one site out for one that brings more, or moves one to another route so that a third fits.
func (s *routes) exchange() bool {
	for r := range s.now {
		for i := 0; i < len(s.now[r]); i++ {
			old := s.now[r][i]
			rest := slices.Delete(slices.Clone(s.now[r]), i, i+1)
			used := s.v.length(rest)
			for k, in := range s.in {
				if in || s.v.Score[k] <= s.v.Score[old] {
					continue
				}
				if at, extra := s.v.insert(rest, k); used+extra <= s.v.Minutes+slack {
					s.remove(r, i)
					s.put(r, at, k)
					return true
				}
			}
			if s.relocate(r, i, used, rest) {
				return true
			}
			s.m.spend(10 * len(s.in) * len(rest))
		}
	}
	return false
}

func (s *routes) relocate(r, i int, used float64, rest []int) bool {
	old := s.now[r][i]
	for q := range s.now {
		if q == r {
			continue
		}
		at, extra := s.v.insert(s.now[q], old)
		if s.v.length(s.now[q])+extra > s.v.Minutes+slack {
			continue
		}
		for k, in := range s.in {
			if in || s.v.Score[k] == 0 {
				continue
			}
			if to, more := s.v.insert(rest, k); used+more <= s.v.Minutes+slack {
				s.remove(r, i)
				s.put(q, at, old)
				s.put(r, to, k)
				return true
			}
		}
	}
	return false
}

// shake takes a stretch out of each route.
func (s *routes) shake() {
	for r := range s.now {
		n := len(s.now[r])
		if n == 0 {
			continue
		}
		from, count := s.chance.IntN(n), 1+s.chance.IntN(max(1, n/2))
		for range count {
			if from >= len(s.now[r]) {
				from = 0
			}
			s.remove(r, from)
			if len(s.now[r]) == 0 {
				break
			}
		}
	}
}
