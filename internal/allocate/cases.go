package allocate

import (
	"fmt"
	"math"
	"slices"
)

// Cases asks who deals with each case, at the least cost, with nobody over his or her time (the generalised assignment
// problem). Not a number in Time or Cost says that the officer cannot take the case.
type Cases struct {
	Time [][]float64 // of each case, by officer
	Cost [][]float64 // likewise
	Room []float64   // time of each officer
}

// can says whether the officer may take the case at all.
func (c *Cases) can(j, i int) bool {
	return !math.IsNaN(c.Time[j][i]) && !math.IsNaN(c.Cost[j][i]) && c.Time[j][i] <= c.Room[i]
}

// Solve finds who takes what. The error is nil unless the instance itself makes no sense.
func (c *Cases) Solve(limits Limits) (*Answer, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	a := &Answer{Kind: "cases"}
	if a.Conflict = c.nobody(); a.Conflict != nil {
		a.Status, a.Proof = Infeasible, "nobody can take what is listed"
		return a, nil
	}
	p, caps := c.programme()
	m := newMeter(limits.within(0.9))
	s := newTableau(p, m)
	result := s.solve(inf)
	if result == infeasible {
		a.Status, a.Proof = Infeasible, "the demands listed cannot be met together, and can once any one of them is gone"
		for _, r := range conflict(p, newMeter(Limits{Work: 2 * WorkPerSecond, Stop: limits.Stop})) {
			if r < caps {
				a.Conflict = append(a.Conflict, fmt.Sprintf("somebody takes case %d", r))
			} else {
				a.Conflict = append(a.Conflict, fmt.Sprintf("officer %d has no more than %s of time", r-caps, short(c.Room[r-caps])))
			}
		}
		return a, nil
	}
	var prices []float64
	if result == solved {
		prices = (&search{s: s, p: p}).prices()
	}
	best, bound, complete := c.search(m, limits, prices)
	if best == nil {
		a.Status, a.Proof = Unknown, "the work ended before a plan was found in which nobody is over time; none may exist"
		if complete {
			a.Status, a.Proof = Infeasible, "branch and bound ruled out every plan"
			a.Conflict = []string{"the cases fit into the officers' time in parts, but not whole"}
		}
		return a, nil
	}
	a.Taker = best
	a.Objective = c.cost(best)
	a.Bound = math.Min(bound, a.Objective)
	a.settle()
	a.Proof = "Lagrangian relaxation (each officer's best selection by itself), and branch and bound as far as the work went"
	if a.Status == Optimal {
		a.Proof = "Lagrangian relaxation (each officer's best selection by itself) and branch and bound ruled out every better plan"
	}
	c.explain(a, prices, m, limits)
	return a, nil
}

// search is local search and bounds in turns, then branch and bound with what both have learnt.
func (c *Cases) search(m *meter, limits Limits, prices []float64) (best []int, bound float64, complete bool) {
	g := newSelection(c, m)
	t := newTabu(c, m, limits.chance())
	if prices != nil {
		for j := range c.Time {
			g.u[j] = prices[j]
		}
	}
	bound = g.ascend(inf, 150)
	tree := &caseTree{c: c, g: g, m: m, value: inf, grain: c.grain(), polish: t}
	t.open, t.took = g.open, g.took
	for r := 0; r < 3 || r < 20 && t.best == nil; r++ {
		improved := t.run(600, r)
		m.tell(t.value, bound)
		if m.over {
			return t.best, c.raise(bound), false
		}
		if t.best == nil || !improved {
			continue
		}
		bound = math.Max(bound, g.ascend(t.value, 300))
		if c.raise(bound) >= t.value-1e-9 {
			return t.best, t.value, true
		}
		// What no better plan can hold is closed for good.
		tree.best, tree.value = t.best, t.value
		if _, alive := tree.fix(); !alive {
			return t.best, t.value, true
		}
	}
	if t.best != nil {
		t.near(g, c.raise(bound), 25)
		bound = math.Max(bound, g.ascend(t.value, 300))
		tree.best, tree.value = slices.Clone(t.best), t.value
		tree.fix()
	}
	tree.bound = bound
	bound, complete = tree.run()
	return tree.best, c.raise(bound), complete
}

func (c *Cases) cost(taker []int) (sum float64) {
	for j, i := range taker {
		sum += c.Cost[j][i]
	}
	return sum
}

// grain is what all plans' costs are multiples of.
func (c *Cases) grain() float64 {
	p := &programme{}
	for j := range c.Cost {
		for i := range c.Room {
			if c.can(j, i) {
				p.variable(c.Cost[j][i], 1)
			}
		}
	}
	return grainOf(p)
}

func (c *Cases) raise(z float64) float64 { return (&search{grain: c.grain()}).raise(z) }

// programme is the linear relaxation; rows from caps on are the officers'.
func (c *Cases) programme() (p *programme, caps int) {
	p = &programme{}
	room := make([]row, len(c.Room))
	for i, r := range c.Room {
		room[i] = row{low: -inf, high: r}
	}
	for j := range c.Time {
		one := row{low: 1, high: 1}
		for i := range c.Room {
			if c.can(j, i) {
				v := p.variable(c.Cost[j][i], 1)
				one.terms = append(one.terms, term{v, 1})
				if c.Time[j][i] != 0 {
					room[i].terms = append(room[i].terms, term{v, c.Time[j][i]})
				}
			}
		}
		p.rows = append(p.rows, one)
	}
	return &programme{p.cost, p.low, p.high, p.whole, append(p.rows, room...)}, len(c.Time)
}

// nobody are the cases that no officer can take.
func (c *Cases) nobody() (out []string) {
	for j := range c.Time {
		known, possible := false, false
		for i := range c.Room {
			known = known || !math.IsNaN(c.Time[j][i]) && !math.IsNaN(c.Cost[j][i])
			possible = possible || c.can(j, i)
		}
		switch {
		case !known:
			out = append(out, fmt.Sprintf("case %d: no officer has the skills for it", j))
		case !possible:
			out = append(out, fmt.Sprintf("case %d: whoever has the skills for it has less time than it takes", j))
		}
	}
	return out
}

func (c *Cases) check() error {
	if len(c.Time) == 0 || len(c.Room) == 0 {
		return fmt.Errorf("there are %d cases and %d officers; one of each at least is needed", len(c.Time), len(c.Room))
	}
	if len(c.Cost) != len(c.Time) {
		return fmt.Errorf("there are times for %d cases and costs for %d", len(c.Time), len(c.Cost))
	}
	for i, r := range c.Room {
		if !(r >= 0) || r > 1e12 {
			return fmt.Errorf("officer %d has %v of time: it lies between 0 and 1e12", i, r)
		}
	}
	for j := range c.Time {
		if len(c.Time[j]) != len(c.Room) || len(c.Cost[j]) != len(c.Room) {
			return fmt.Errorf("case %d has %d times and %d costs for %d officers", j, len(c.Time[j]), len(c.Cost[j]), len(c.Room))
		}
		for i := range c.Room {
			if c.Time[j][i] < 0 || c.Time[j][i] > 1e12 || math.Abs(c.Cost[j][i]) > 1e12 {
				return fmt.Errorf("case %d with officer %d takes %v and costs %v: times lie between 0 and 1e12, costs between -1e12 and 1e12", j, i, c.Time[j][i], c.Cost[j][i])
			}
		}
	}
	return nil
}
