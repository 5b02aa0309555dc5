package allocate

import (
	"fmt"
	"math"
)

func (c *Cases) explain(a *Answer, prices []float64, m *meter, limits Limits) {
	load := make([]float64, len(c.Room))
	for j, i := range a.Taker {
		load[i] += c.Time[j][i]
	}
	for j, i := range a.Taker {
		cheaper, least := -1, c.Cost[j][i]
		for other := range c.Room {
			if c.can(j, other) && c.Cost[j][other] < least {
				cheaper, least = other, c.Cost[j][other]
			}
		}
		why := fmt.Sprintf("costs %s, and nobody who can take it costs less", short(c.Cost[j][i]))
		if cheaper >= 0 {
			over := load[cheaper] + c.Time[j][cheaper] - c.Room[cheaper]
			why = fmt.Sprintf("officer %d would cost %s less, and would be %s over time", cheaper, short(c.Cost[j][i]-least), short(over))
			if over <= 1e-9 { // only in a plan that is not yet the best
				why = fmt.Sprintf("officer %d would cost %s less and has time: a longer search would move it", cheaper, short(c.Cost[j][i]-least))
			}
		}
		a.Assignments = append(a.Assignments, Assignment{What: fmt.Sprintf("case %d", j), To: fmt.Sprintf("officer %d", i), Reason: why})
	}
	if prices == nil {
		return
	}
	dearest := -1
	for i := range c.Room {
		price := math.Abs(prices[len(c.Time)+i])
		if price < 1e-9 {
			continue
		}
		a.Binding = append(a.Binding, Price{What: fmt.Sprintf("time of officer %d", i), Worth: price,
			Means: fmt.Sprintf("%s of %s is taken; each unit more saves about this, by the relaxation", short(load[i]), short(c.Room[i]))})
		if dearest < 0 || price*c.Room[i] > math.Abs(prices[len(c.Time)+dearest])*c.Room[dearest] {
			dearest = i
		}
	}
	sortPrices(a.Binding)
	if m, left := m.after(limits, 1, 300_000); dearest >= 0 && left {
		a.More = append(a.More, c.another(a, dearest, prices, m, limits))
	}
}

// another asks what one officer more, with the skills of one who is scarce, would save: it is solved again in short, so
// that at least what it found is saved, and at most what the relaxation allows.
func (c *Cases) another(a *Answer, like int, prices []float64, m *meter, limits Limits) Price {
	again := &Cases{Room: append(append([]float64(nil), c.Room...), c.Room[like])}
	for j := range c.Time {
		again.Time = append(again.Time, append(append([]float64(nil), c.Time[j]...), c.Time[j][like]))
		again.Cost = append(again.Cost, append(append([]float64(nil), c.Cost[j]...), c.Cost[j][like]))
	}
	g := newSelection(again, m)
	copy(g.u, prices)
	most := a.Objective - again.raise(g.ascend(a.Objective, 200))
	t := newTabu(again, m, limits.chance())
	t.best, t.value = append([]int(nil), a.Taker...), a.Objective
	g.relax()
	t.took = g.took
	for round := range 4 {
		t.run(1000, round)
	}
	saved := a.Objective - t.value
	most = math.Max(most, saved)
	return Price{What: fmt.Sprintf("one officer more like officer %d", like), Worth: saved, Exact: most-saved < 1e-9,
		Means: fmt.Sprintf("a plan that saves this much was found; no plan saves more than %s", short(most))}
}
