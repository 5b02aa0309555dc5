package forecast

import (
	"math"
	"slices"
)

// origin is a place in the series' past from which the pool was asked again, knowing nothing of what came.
type origin struct {
	at    int // values known
	pool  []candidate
	came  []float64
	known []float64
}

const (
	// rollings is how many origins are tried.
	rollings = 3
	// trimmed is the share of weight left out at each side of a combination.
	trimmed = .3
	// forgiven keeps a lucky recipe from taking all the weight, as a share of the mean error.
	forgiven = .01
)

// origins asks the pool from the last places in the past that leave h values to compare with, half a horizon
// apart (FPP3 5.10). A short series gives fewer, or none.
func (t task) origins() []origin {
	n := len(t.y)
	need := 7
	if t.period > 1 {
		need = max(need, min(2*t.period+1, 3*t.period))
	}
	var out []origin
	for k := range rollings {
		at := n - t.h - k*max(t.h/2, 1)
		if at < need {
			break
		}
		past := t
		past.y = t.y[:at]
		if t.effects != nil {
			past.effects = make([][]float64, len(t.effects))
			for i, x := range t.effects {
				past.effects[i] = x[:at+t.h]
			}
		}
		out = append(out, origin{at: at, pool: past.pool(), came: t.y[at : at+t.h], known: t.y[:at]})
	}
	return out
}

// weigh gives each candidate's weight: the inverse of its mean absolute error at the origins, times its copies.
// A candidate that an origin does not know (the past was too short for its season) is judged by the others'
// mean there.
func weigh(pool []candidate, past []origin, floor float64) []float64 {
	errs := make([]float64, len(pool))
	for _, o := range past {
		scores := make([]float64, len(pool))
		sum, count := 0.0, 0.0
		for i := range pool {
			scores[i] = -1
			if c := o.find(pool[i].recipe); c != nil {
				scores[i] = absolute(c.mean, o.came, floor)
				sum += scores[i]
				count++
			}
		}
		for i, s := range scores {
			if s < 0 && count > 0 {
				s = sum / count
			}
			errs[i] += max(s, 0)
		}
	}
	total, copies := 0.0, 0.0
	for i, c := range pool {
		total += c.copies * errs[i]
		copies += c.copies
	}
	weights := make([]float64, len(pool))
	for i, c := range pool {
		weights[i] = c.copies
		if total > 0 {
			weights[i] /= errs[i]/(total/copies) + forgiven
		}
	}
	return weights
}

// find gives the candidate of a recipe, or of the one that it came to with less of the past.
func (o *origin) find(r recipe) *candidate {
	if c := find(o.pool, r); c != nil {
		return c
	}
	r.how = stable
	return find(o.pool, r)
}

func absolute(f, came []float64, floor float64) float64 {
	s := 0.0
	for i, v := range came {
		s += math.Abs(max(f[i], floor) - v)
	}
	return s
}

// blend combines step by step: the weighted mean of the middle of the forecasts, the weight in the outer
// parts at each side left out. Between mean and median: as robust as it needs to be against one recipe that
// ran away, and smoother.
func blend(pool []candidate, weights []float64, h int) []float64 {
	out := make([]float64, h)
	order := make([]int, len(pool))
	total := 0.0
	for _, w := range weights {
		total += w
	}
	low, high := trimmed*total, (1-trimmed)*total
	for t := range out {
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return compare(pool[a].mean[t], pool[b].mean[t]) })
		below, sum, kept := 0.0, 0.0, 0.0
		for _, i := range order {
			above := below + weights[i]
			if w := min(above, high) - max(below, low); w > 0 {
				sum += w * pool[i].mean[t]
				kept += w
			}
			below = above
		}
		out[t] = sum / kept
	}
	return out
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
