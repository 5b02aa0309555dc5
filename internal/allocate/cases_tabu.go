package allocate

import (
	"math"
	"math/rand/v2"
)

// tabu looks for plans by moving one case or exchanging two, with time beyond an officer's room allowed at a price that
// rises while plans are over and falls while they are not, so that the search swings about the border where the best
// plans are (as Yagiura's ejection chains do). What was just undone may not be done again for a while.
type tabu struct {
	c      *Cases
	m      *meter
	chance *rand.Rand
	taker  []int
	load   []float64
	price  []float64 // of a unit of time over an officer's room
	until  [][]int   // when a case may go back to an officer
	now    int
	best   []int
	value  float64
	size   float64  // of a usual cost for a usual time
	open   [][]bool // which officer may take which case in a better plan
	took   [][]bool // officer by case, in the latest relaxation; may be nil
}

func newTabu(c *Cases, m *meter, chance *rand.Rand) *tabu {
	t := &tabu{c: c, m: m, chance: chance, value: inf}
	t.load, t.price = make([]float64, len(c.Room)), make([]float64, len(c.Room))
	t.open = newSelection(c, m).open
	t.taker, t.until = make([]int, len(c.Time)), make([][]int, len(c.Time))
	cost, time := 0.0, 0.0
	for j := range t.taker {
		t.until[j] = make([]int, len(c.Room))
		for i := range c.Room {
			if c.can(j, i) {
				cost += math.Abs(c.Cost[j][i])
				time += c.Time[j][i]
			}
		}
	}
	t.size = (cost + 1e-9) / (time + 1e-9)
	return t
}

// start gives every case to the officer who alone wants it in the latest relaxation, and the others to whoever is
// cheapest, with time over the room at a price.
func (t *tabu) start() {
	for i := range t.load {
		t.load[i], t.price[i] = 0, t.size
	}
	for pass := range 2 {
		for j := range t.taker {
			wanted, takers := -1, 0
			for i := range t.load {
				if t.took != nil && t.took[i][j] && t.open[j][i] {
					wanted, takers = i, takers+1
				}
			}
			if (takers == 1) != (pass == 0) {
				continue
			}
			if pass == 1 {
				wanted = t.cheapest(j)
			}
			t.taker[j] = wanted
			t.load[wanted] += t.c.Time[j][wanted]
			clear(t.until[j])
		}
	}
}

func (t *tabu) cheapest(j int) int {
	best, least := -1, inf
	for i := range t.load {
		if !t.may(j, i) {
			continue
		}
		over := math.Max(0, t.load[i]+t.c.Time[j][i]-t.c.Room[i])
		if v := t.c.Cost[j][i] + 3*t.size*over + t.size*t.chance.Float64(); v < least {
			best, least = i, v
		}
	}
	return best
}

// may says whether the officer may take the case in a plan that is better than the best.
func (t *tabu) may(j, i int) bool { return t.open[j][i] }

// run makes at most so many moves, in even rounds from the relaxation, in odd ones from the best plan. It says whether
// it found a better one.
func (t *tabu) run(moves, round int) (improved bool) {
	if t.best != nil && round%2 == 1 {
		t.restore()
	} else {
		t.start()
	}
	for j := range t.until {
		clear(t.until[j])
	}
	t.now = 0
	overs, fine := 0, 0
	for range moves {
		if !t.step() {
			return improved
		}
		excess := 0.0
		for i, l := range t.load {
			excess += math.Max(0, l-t.c.Room[i])
		}
		if excess <= 1e-9 {
			fine, overs = fine+1, 0
			if z := t.c.cost(t.taker); z < t.value-1e-9 {
				t.value, t.best, improved = z, append([]int(nil), t.taker...), true
				t.m.tell(z, -inf)
			}
		} else {
			overs, fine = overs+1, 0
		}
		for i, l := range t.load {
			switch {
			case l > t.c.Room[i]+1e-9 && overs >= 5:
				t.price[i] *= 1.15
			case fine >= 3:
				t.price[i] /= 1.1
			}
			t.price[i] = math.Max(t.size*1e-3, math.Min(t.size*1e4, t.price[i]))
		}
		if overs >= 5 {
			overs = 0
		}
		if fine >= 3 {
			fine = 0
		}
	}
	return improved
}

func (t *tabu) restore() {
	copy(t.taker, t.best)
	for i := range t.load {
		t.load[i] = 0
	}
	for j, i := range t.taker {
		t.load[i] += t.c.Time[j][i]
	}
}

// penalty is what an officer's load costs.
func (t *tabu) penalty(i int, load float64) float64 {
	if over := load - t.c.Room[i]; over > 0 {
		return over * t.price[i]
	}
	return 0
}

// step makes the best move that is not forbidden, or that leads to the best plan of all.
func (t *tabu) step() bool {
	c := t.c
	n := len(t.taker)
	least, j1, j2, to := inf, -1, -1, -1
	ties := 0
	take := func(v float64, a, b, i int) {
		if v < least-1e-9 {
			least, j1, j2, to, ties = v, a, b, i, 1
		} else if v < least+1e-9 {
			if ties++; t.chance.IntN(ties) == 0 {
				j1, j2, to = a, b, i
			}
		}
	}
	now := make([]float64, len(t.load))
	for i, l := range t.load {
		now[i] = t.penalty(i, l)
	}
	for j, from := range t.taker {
		out := t.penalty(from, t.load[from]-c.Time[j][from]) - now[from] - c.Cost[j][from]
		for i := range t.load {
			if i != from && t.may(j, i) && t.until[j][i] <= t.now {
				take(out+c.Cost[j][i]+t.penalty(i, t.load[i]+c.Time[j][i])-now[i], j, -1, i)
			}
		}
	}
	// All exchanges of few cases; some of many.
	first, step := 0, 1
	if n > 150 {
		step = n / 100
		first = t.chance.IntN(step)
	}
	for a := first; a < n; a += step {
		ia := t.taker[a]
		for b := range n {
			ib := t.taker[b]
			if ia == ib || b <= a && step == 1 || t.until[a][ib] > t.now || t.until[b][ia] > t.now || !t.may(a, ib) || !t.may(b, ia) {
				continue
			}
			v := c.Cost[a][ib] + c.Cost[b][ia] - c.Cost[a][ia] - c.Cost[b][ib] +
				t.penalty(ia, t.load[ia]-c.Time[a][ia]+c.Time[b][ia]) - now[ia] +
				t.penalty(ib, t.load[ib]-c.Time[b][ib]+c.Time[a][ib]) - now[ib]
			take(v, a, b, ib)
		}
	}
	t.now++
	if j1 >= 0 {
		t.move(j1, to, j2)
	}
	return t.m.spend(8 * (n*len(t.load) + n*n/(2*step)))
}

// move gives case a to officer to and, where b is a case, b to a's officer.
func (t *tabu) move(a, to, b int) {
	give := func(j, i int) {
		from := t.taker[j]
		t.load[from] -= t.c.Time[j][from]
		t.load[i] += t.c.Time[j][i]
		t.taker[j] = i
		t.until[j][from] = t.now + 5 + t.chance.IntN(10)
	}
	from := t.taker[a]
	give(a, to)
	if b >= 0 {
		give(b, from)
	}
}
