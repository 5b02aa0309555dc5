package allocate

import (
	"fmt"
	"math"
)

// Budget asks for the level of each programme that brings most benefit within every budget, while each district is
// given at least its floor of the first budget.
type Budget struct {
	Programmes []Programme
	Budgets    []float64 // what may be spent of each resource; the first is money
	Floor      float64   // of money, for each district that has a programme
}

// Programme is run at exactly one of its levels.
type Programme struct {
	District int
	Levels   []Level
}

// Level is what a programme brings and uses.
type Level struct {
	Benefit float64
	Uses    []float64 // of each budget
}

// layout says where in the programme what stands.
type budgetLayout struct {
	first     []int // variable of each programme's first level
	districts []int // in the order of their rows
	caps      int   // first row of the budgets; the floors follow
}

func (b *Budget) programme() (*programme, budgetLayout) {
	p, l := &programme{}, budgetLayout{caps: len(b.Programmes)}
	caps := make([]row, len(b.Budgets))
	for k := range caps {
		caps[k] = row{low: -inf, high: b.Budgets[k]}
	}
	floors := map[int]*row{}
	for _, q := range b.Programmes {
		one := row{low: 1, high: 1}
		l.first = append(l.first, len(p.cost))
		if floors[q.District] == nil {
			floors[q.District] = &row{low: b.Floor, high: inf}
			l.districts = append(l.districts, q.District)
		}
		for _, level := range q.Levels {
			v := p.variable(-level.Benefit, 1)
			one.terms = append(one.terms, term{v, 1})
			for k, u := range level.Uses {
				if u != 0 {
					caps[k].terms = append(caps[k].terms, term{v, u})
				}
			}
			if u := level.Uses[0]; u != 0 {
				floors[q.District].terms = append(floors[q.District].terms, term{v, u})
			}
		}
		p.rows = append(p.rows, one)
	}
	p.rows = append(p.rows, caps...)
	if b.Floor > 0 {
		for _, d := range l.districts {
			p.rows = append(p.rows, *floors[d])
		}
	}
	return p, l
}

// Solve finds the levels. The error is nil unless the instance itself makes no sense.
func (b *Budget) Solve(limits Limits) (*Answer, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	a := &Answer{Kind: "budget"}
	p, l := b.programme()
	m := newMeter(limits.within(0.7))
	if tell := limits.Progress; tell != nil {
		m.limits.Progress = func(objective, bound float64) { tell(-objective, -bound) }
	}
	s := newSearch(p, m, limits.chance())
	s.polish = func(x []float64) ([]float64, bool) { return b.round(x, l), true }
	prices := s.run(false)
	switch {
	case s.result == infeasible:
		a.Status, a.Proof = Infeasible, "the demands listed cannot be met together, and can once any one of them is gone"
		for _, i := range conflict(p, newMeter(Limits{Work: 2 * WorkPerSecond, Stop: limits.Stop})) {
			a.Conflict = append(a.Conflict, b.demand(i, l))
		}
		return a, nil
	case s.best == nil && !m.over:
		a.Status, a.Proof = Infeasible, "branch and bound looked at, or ruled out, every plan"
		a.Conflict = []string{"budgets and floors could be met with parts of levels, but not with whole ones"}
		return a, nil
	case s.best == nil:
		a.Status, a.Proof = Unknown, "the work ended before a plan was found"
		return a, nil
	}
	a.Level = b.levels(s.best, l)
	for i, k := range a.Level {
		a.Objective += b.Programmes[i].Levels[k].Benefit
	}
	a.Bound = math.Max(-s.bound, a.Objective)
	a.settle()
	a.Proof = s.proof()
	b.explain(a, l, prices)
	b.more(a, prices, l, limits, s)
	return a, nil
}

func (b *Budget) levels(x []float64, l budgetLayout) []int {
	out := make([]int, len(b.Programmes))
	for i, q := range b.Programmes {
		for k := range q.Levels {
			if x[l.first[i]+k] > 0.5 {
				out[i] = k
			}
		}
	}
	return out
}

// round takes the largest share of each programme, then gives back what passes a budget and adds what still fits,
// keeping the floors it has.
func (b *Budget) round(x []float64, l budgetLayout) []float64 {
	level := make([]int, len(b.Programmes))
	used := make([]float64, len(b.Budgets))
	district := map[int]float64{}
	change := func(i, to int, by float64) {
		for k, u := range b.Programmes[i].Levels[to].Uses {
			used[k] += by * u
		}
		district[b.Programmes[i].District] += by * b.Programmes[i].Levels[to].Uses[0]
	}
	for i, q := range b.Programmes {
		for k := range q.Levels {
			if x[l.first[i]+k] > x[l.first[i]+level[i]]+1e-9 {
				level[i] = k
			}
		}
		change(i, level[i], 1)
	}
	over := func() (sum float64) {
		for k, u := range used {
			sum += math.Max(0, u-b.Budgets[k]) / math.Max(1e-9, b.Budgets[k])
		}
		for _, d := range l.districts {
			sum += math.Max(0, b.Floor-district[d]) / math.Max(1e-9, b.Floor)
		}
		return sum
	}
	for range 4 * len(b.Programmes) {
		before := over()
		bi, bk, best := -1, 0, 1e-12
		for i, q := range b.Programmes {
			for k := range q.Levels {
				if k == level[i] {
					continue
				}
				change(i, level[i], -1)
				change(i, k, 1)
				now, gain := over(), q.Levels[k].Benefit-q.Levels[level[i]].Benefit
				change(i, k, -1)
				change(i, level[i], 1)
				score := gain
				if before > 1e-12 {
					score = (before - now) / (math.Max(0, -gain) + 1e-3)
				} else if now > 1e-12 {
					continue
				}
				if score > best {
					bi, bk, best = i, k, score
				}
			}
		}
		if bi < 0 {
			break
		}
		change(bi, level[bi], -1)
		level[bi] = bk
		change(bi, bk, 1)
	}
	point := make([]float64, len(x))
	for i, k := range level {
		point[l.first[i]+k] = 1
	}
	return point
}

func (b *Budget) check() error {
	if len(b.Programmes) == 0 || len(b.Budgets) == 0 {
		return fmt.Errorf("there are %d programmes and %d budgets; one of each at least is needed", len(b.Programmes), len(b.Budgets))
	}
	good := func(x float64) bool { return x >= 0 && x <= 1e12 }
	for k, u := range b.Budgets {
		if !good(u) {
			return fmt.Errorf("budget %d is %v: it lies between 0 and 1e12", k, u)
		}
	}
	if !good(b.Floor) {
		return fmt.Errorf("the floor of districts is %v: it lies between 0 and 1e12", b.Floor)
	}
	for i, q := range b.Programmes {
		if len(q.Levels) == 0 {
			return fmt.Errorf("programme %d has no level, not even that of doing nothing", i)
		}
		for k, level := range q.Levels {
			if len(level.Uses) != len(b.Budgets) {
				return fmt.Errorf("programme %d, level %d uses %d budgets, and there are %d", i, k, len(level.Uses), len(b.Budgets))
			}
			for _, u := range level.Uses {
				if !good(u) {
					return fmt.Errorf("programme %d, level %d uses %v: it lies between 0 and 1e12", i, k, u)
				}
			}
			if !(math.Abs(level.Benefit) <= 1e12) {
				return fmt.Errorf("programme %d, level %d brings %v: it lies between -1e12 and 1e12", i, k, level.Benefit)
			}
		}
	}
	return nil
}
