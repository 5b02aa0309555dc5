package forecast

import "math"

// Change is a place where a series took another level.
type Change struct {
	At            int     // first value of the new level, counted from 0
	Before, After float64 // mean levels, without the season, in the unit of the series
}

// shortestLevel is how many values a level must last.
const shortestLevel = 5

// Changes divides a series, its season taken out, into stretches of constant mean: the division with the least sum of squares plus
// a price for every change, found exactly by PELT (Killick, Fearnhead & Eckley, J. Am. Stat. Assoc. 107 (2012) 1590-1598). The price is
// three times the BIC's, 3·log(n) variances of the noise, because real noise hangs together. A steady trend comes out as stairs: ask
// this of series that have none. Missing values count as filled in.
func Changes(s Series) []Change {
	p := prepare(s.Values, s.Period)
	if p == nil || len(p.y) < 2*shortestLevel {
		return nil
	}
	y := adjust(p.y, max(s.Period, 1), 1, stable, false).values
	n := len(y)
	steps := make([]float64, n-1)
	for i := range steps {
		steps[i] = (y[i+1] - y[i]) / math.Sqrt2
	}
	// The scatter of the steps knows nothing of levels; that of series that hang together is too small, so that the
	// scatter around a slow trend has a say as well.
	trend := make([]float64, n)
	loessRows(n, odd(math.Sqrt(float64(n))*2)).smooth(y, trend)
	noise := max(scatter(steps), scatter(minus(y, trend)))
	if !(noise > 0) {
		noise = 1e-6
	}
	return levels(y, 3*3*noise*noise*math.Log(float64(n)), p)
}

// levels is PELT for changes of the mean.
func levels(y []float64, price float64, p *prepared) []Change {
	n := len(y)
	sum, square := make([]float64, n+1), make([]float64, n+1)
	for i, v := range y {
		v -= y[0]
		sum[i+1], square[i+1] = sum[i]+v, square[i]+v*v
	}
	cost := func(from, to int) float64 {
		s := sum[to] - sum[from]
		return square[to] - square[from] - s*s/float64(to-from)
	}
	best, last := make([]float64, n+1), make([]int, n+1)
	best[0] = -price
	open := []int{0}
	for to := shortestLevel; to <= n; to++ {
		best[to] = math.Inf(1)
		for _, from := range open {
			if c := best[from] + cost(from, to) + price; to-from >= shortestLevel && c < best[to] {
				best[to], last[to] = c, from
			}
		}
		kept := open[:0]
		for _, from := range open {
			if to-from < shortestLevel || best[from]+cost(from, to) <= best[to] {
				kept = append(kept, from)
			}
		}
		open = kept
		if next := to - shortestLevel + 1; next >= shortestLevel {
			open = append(open, next)
		}
	}
	var out []Change
	for to, at := n, last[n]; at > 0; to, at = at, last[at] {
		before := last[at]
		out = append(out, Change{at + p.from, (y[0] + (sum[at]-sum[before])/float64(at-before)) * p.scale,
			(y[0] + (sum[to]-sum[at])/float64(to-at)) * p.scale})
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}
