package allocate

import (
	"math"
	"slices"
)

// caseTree is branch and bound over who takes which case, with the Lagrangian bound at every part, depth first.
type caseTree struct {
	c     *Cases
	g     *selection
	m     *meter
	best  []int
	value float64
	grain float64
	bound float64 // of the whole
	loose float64 // the least bound of what was left when the work ended
	seen  int     // parts so far
	most  int     // parts allowed; 0 is no limit
	// polish, where set, makes plans of relaxations.
	polish *tabu
}

// run looks through what could be better. It returns the bound, and whether nothing was left out.
func (t *caseTree) run() (bound float64, complete bool) {
	t.loose = inf
	t.part(t.bound, 40)
	if t.m.over || t.loose < t.value {
		return math.Max(t.bound, math.Min(t.loose, t.value)), false
	}
	return t.value, true
}

func (t *caseTree) cutoff() float64 {
	return (&search{value: t.value, grain: t.grain}).cutoff()
}

func (t *caseTree) part(bound float64, steps int) {
	if t.m.over || t.most > 0 && t.seen >= t.most {
		t.loose = math.Min(t.loose, bound)
		return
	}
	u := slices.Clone(t.g.u)
	defer func() { t.g.u = u }()
	z := t.g.ascend(math.Max(t.cutoff(), bound), steps)
	if math.IsInf(z, -1) {
		z = bound
	}
	bound = math.Max(bound, z)
	if bound >= t.cutoff() {
		return
	}
	t.g.relax()
	closed, alive := t.fix()
	defer func() {
		for _, e := range closed {
			t.g.open[e[0]][e[1]] = true
		}
	}()
	if !alive {
		return
	}
	if t.seen++; t.seen%20 == 1 && t.polish != nil {
		if t.polish.run(60, 0) && t.polish.value < t.value {
			t.value, t.best = t.polish.value, slices.Clone(t.polish.best)
		}
	}
	j := t.undecided()
	if j < 0 {
		t.offer()
		return
	}
	order := t.officers(j)
	for _, i := range order {
		t.g.forced[j] = i
		t.part(bound, 14)
		t.g.forced[j] = -1
		if t.m.over {
			t.loose = math.Min(t.loose, bound)
			return
		}
	}
}

// fix closes what by itself would pass the best plan: an officer's selection with the case forced in, at the present
// prices. It says false when a case has nobody left.
func (t *caseTree) fix() (closed [][2]int, alive bool) {
	g := t.g
	base := 0.0
	for j, u := range g.u {
		if g.forced[j] < 0 {
			base += u
		} else {
			base += t.c.Cost[j][g.forced[j]]
		}
	}
	values := make([]float64, len(g.room))
	for i := range g.room {
		values[i] = g.choose(i)
		base += values[i]
	}
	left := make([]int, len(g.forced))
	cutoff := t.cutoff()
	for i := range g.room {
		with := g.including(i)
		for j, f := range g.forced {
			if f >= 0 || !g.open[j][i] {
				continue
			}
			if !g.took[i][j] && base-values[i]-g.u[j]+with[j]+t.c.Cost[j][i] >= cutoff {
				g.open[j][i] = false
				closed = append(closed, [2]int{j, i})
				continue
			}
			left[j]++
		}
	}
	for j, f := range g.forced {
		if f < 0 && left[j] == 0 {
			return closed, false
		}
	}
	return closed, true
}

// undecided is the free case about which the officers disagree most, -1 when every case has exactly one.
func (t *caseTree) undecided() int {
	pick, most := -1, -1.0
	for j, f := range t.g.forced {
		if f >= 0 {
			continue
		}
		takers, ways := 0, 0
		for i := range t.g.room {
			if t.g.took[i][j] {
				takers++
			}
			if t.g.open[j][i] {
				ways++
			}
		}
		if takers == 1 {
			continue
		}
		// Few ways first: they make the fewest parts.
		if score := 1/float64(max(1, ways)) + 1e-3*math.Abs(float64(takers-1)); score > most {
			pick, most = j, score
		}
	}
	return pick
}

// officers who may take the case, the most likely first.
func (t *caseTree) officers(j int) (order []int) {
	for i := range t.g.room {
		if t.g.open[j][i] {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if t.g.took[a][j] != t.g.took[b][j] {
			if t.g.took[a][j] {
				return -1
			}
			return 1
		}
		return sign(t.c.Cost[j][a] - t.c.Cost[j][b])
	})
	return order
}

// offer takes the relaxation's own selection as a plan when it is one. Units of time are rounded down, so that it is
// looked at again with the true times; where those do not fit, the part is counted as left.
func (t *caseTree) offer() {
	taker := make([]int, len(t.c.Time))
	load := make([]float64, len(t.c.Room))
	for j := range taker {
		taker[j] = t.g.forced[j]
		for i := range load {
			if t.g.forced[j] < 0 && t.g.took[i][j] {
				taker[j] = i
			}
		}
		load[taker[j]] += t.c.Time[j][taker[j]]
	}
	z := t.c.cost(taker)
	for i, l := range load {
		if l > t.c.Room[i]+1e-9 {
			t.loose = math.Min(t.loose, z)
			return
		}
	}
	if z < t.value-1e-9 {
		t.value, t.best = z, taker
		if t.polish != nil {
			t.polish.value, t.polish.best = z, slices.Clone(taker)
		}
		t.m.tell(z, t.bound)
	}
}
