package allocate

import (
	"fmt"
	"math"
	"strings"
)

// demand names a row in words.
func (b *Budget) demand(i int, l budgetLayout) string {
	switch {
	case i < l.caps:
		q := b.Programmes[i]
		return fmt.Sprintf("programme %d (district %d) runs at one of its %d levels", i, q.District, len(q.Levels))
	case i < l.caps+len(b.Budgets):
		return fmt.Sprintf("budget %d is no more than %s", i-l.caps, short(b.Budgets[i-l.caps]))
	}
	return fmt.Sprintf("district %d is given at least %s of budget 0", l.districts[i-l.caps-len(b.Budgets)], short(b.Floor))
}

// short writes a number with at most six digits.
func short(x float64) string { return fmt.Sprintf("%.6g", x) }

func (b *Budget) explain(a *Answer, l budgetLayout, prices []float64) {
	used := make([]float64, len(b.Budgets))
	district := map[int]float64{}
	net := func(i, k int) float64 {
		level := b.Programmes[i].Levels[k]
		v := level.Benefit
		for r, u := range level.Uses {
			v += prices[l.caps+r] * u // a price is what one more adds to the cost, so it is negative here
		}
		if b.Floor > 0 {
			for n, d := range l.districts {
				if d == b.Programmes[i].District {
					v += prices[l.caps+len(b.Budgets)+n] * level.Uses[0]
				}
			}
		}
		return v
	}
	for i, k := range a.Level {
		level := b.Programmes[i].Levels[k]
		for r, u := range level.Uses {
			used[r] += u
		}
		district[b.Programmes[i].District] += level.Uses[0]
		best := k
		for other := range b.Programmes[i].Levels {
			if net(i, other) > net(i, best)+1e-9 {
				best = other
			}
		}
		why := fmt.Sprintf("brings %s and uses %s; after the price of what it uses, no other level leaves more", short(level.Benefit), list(level.Uses))
		if best != k {
			why = fmt.Sprintf("brings %s and uses %s; level %d would leave %s more after the price of what it uses, but whole levels fill the budgets best so",
				short(level.Benefit), list(level.Uses), best, short(net(i, best)-net(i, k)))
		}
		a.Assignments = append(a.Assignments, Assignment{What: fmt.Sprintf("programme %d", i), To: fmt.Sprintf("level %d", k), Reason: why})
	}
	for r := range used {
		price := math.Abs(prices[l.caps+r])
		if price < 1e-9 {
			continue
		}
		a.Binding = append(a.Binding, Price{What: fmt.Sprintf("budget %d", r), Worth: price,
			Means: fmt.Sprintf("%s of %s is used; one more brings about this much, by the relaxation", short(used[r]), short(b.Budgets[r]))})
	}
	if b.Floor > 0 {
		for n, d := range l.districts {
			if price := prices[l.caps+len(b.Budgets)+n]; price > 1e-9 {
				a.Binding = append(a.Binding, Price{What: fmt.Sprintf("floor of district %d", d), Worth: price,
					Means: fmt.Sprintf("it is given %s and must have %s; each one more of floor costs about this much benefit elsewhere", short(district[d]), short(b.Floor))})
			}
		}
	}
	sortPrices(a.Binding)
}

func list(x []float64) string {
	var parts []string
	for _, v := range x {
		parts = append(parts, short(v))
	}
	return strings.Join(parts, ", ")
}

// more says what a hundredth more of each budget would bring: by the relaxation at once, exactly where solving again
// needs little work.
func (b *Budget) more(a *Answer, prices []float64, l budgetLayout, limits Limits, found *search) {
	for r, have := range b.Budgets {
		extra := have / 100
		out := Price{What: fmt.Sprintf("%s more of budget %d", short(extra), r), Worth: math.Abs(prices[l.caps+r]) * extra, Means: "about, by the relaxation"}
		m, left := found.meter.after(limits, len(b.Budgets), 600_000)
		if a.Status == Optimal && extra > 0 && left {
			again := *b
			again.Budgets = append([]float64(nil), b.Budgets...)
			again.Budgets[r] += extra
			p, _ := again.programme()
			s := newSearch(p, m, limits.chance())
			s.polish = func(x []float64) ([]float64, bool) { return again.round(x, l), true }
			s.offer(found.best)
			s.run(false)
			if s.best != nil && s.value-s.bound < 1e-9*math.Max(1, math.Abs(s.value)) {
				out.Worth, out.Exact, out.Means = -s.value-a.Objective, true, "solved again with it"
			}
		}
		a.More = append(a.More, out)
	}
}
