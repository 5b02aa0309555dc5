package allocate

import "math"

// near improves a plan by taking a few officers at a time and sharing out anew, by branch and bound, the cases that
// they hold (a large neighbourhood, searched exactly as far as some parts go). It ends after so many tries in a row without
// a better plan.
func (t *tabu) near(g *selection, bound float64, tries int) {
	n := len(t.c.Room)
	for failed := 0; failed < tries && !t.m.over && t.value > bound+1e-9; failed++ {
		size := min(n, 3+t.chance.IntN(3))
		officers := t.chance.Perm(n)[:size]
		place := make([]int, n)
		for k, i := range officers {
			place[i] = k + 1
		}
		sub := &Cases{}
		var cases []int
		for _, i := range officers {
			sub.Room = append(sub.Room, t.c.Room[i])
		}
		before := 0.0
		for j, i := range t.best {
			if place[i] == 0 {
				continue
			}
			cases = append(cases, j)
			before += t.c.Cost[j][i]
			time, cost := make([]float64, size), make([]float64, size)
			for k, o := range officers {
				if time[k], cost[k] = t.c.Time[j][o], t.c.Cost[j][o]; !t.may(j, o) && o != i {
					time[k] = math.NaN()
				}
			}
			sub.Time, sub.Cost = append(sub.Time, time), append(sub.Cost, cost)
		}
		s := newSelection(sub, t.m)
		for k, j := range cases {
			s.u[k] = g.u[j]
		}
		tree := &caseTree{c: sub, g: s, m: t.m, value: before, grain: sub.grain(), bound: -inf, most: 150}
		tree.run()
		if tree.best == nil {
			continue
		}
		for k, j := range cases {
			t.best[j] = officers[tree.best[k]]
		}
		t.value = t.c.cost(t.best)
		t.m.tell(t.value, bound)
		failed = -1
	}
}
