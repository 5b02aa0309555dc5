package forecast

import "math"

// A second, longer season: the year of daily figures, the week of hourly ones, or the year of a series
// whose period nobody named.

// harmonics is how many waves describe the year of daily figures (FPP3 7.4 and 12.1).
const harmonics = 5

// longer is a second season, additive, in sample and for the next h steps.
type longer struct{ in, next []float64 }

// longSeason estimates a second season of y beside the first (period), nil when the series is too short for it
// or shows none. A whole number of steps goes by STL, any other by waves.
func longSeason(y []float64, period int, long float64, h int) *longer {
	n := len(y)
	if long <= float64(period) || float64(n) < 2*long+1 {
		return nil
	}
	if long != math.Trunc(long) {
		return waves(y, long, h)
	}
	steps := int(long)
	rest := y
	if period > 1 {
		p := stl(y, period, seasonWindow)
		rest = make([]float64, n)
		for i := range y {
			rest[i] = y[i] - p.season[i]
		}
	}
	p := stl(rest, steps, seasonWindow)
	keep := movingShrinkage(p, steps)
	if keep == 0 {
		return nil
	}
	l := longer{p.season, make([]float64, h)}
	for i := range p.season {
		l.in[i] *= keep
	}
	for i := range l.next {
		l.next[i] = l.in[n-steps+i%steps]
	}
	return &l
}

// waves fits sines and cosines to what a slow loess trend leaves.
func waves(y []float64, long float64, h int) *longer {
	n := len(y)
	trend := make([]float64, n)
	loessRows(n, odd(1.5*long)).smooth(y, trend)
	columns := make([][]float64, 2*harmonics)
	for k := range columns {
		columns[k] = make([]float64, n+h)
		for t := range columns[k] {
			s, c := math.Sincos(2 * math.Pi * float64(k/2+1) * float64(t) / long)
			if columns[k][t] = s; k%2 == 1 {
				columns[k][t] = c
			}
		}
	}
	rest := make([]float64, n)
	for t := range y {
		rest[t] = y[t] - trend[t]
	}
	l := effect(rest, columns, h)
	return &l
}

// effect regresses rest on columns, which reach h steps further, by ridge regression (FPP3 7 without the ridge), and
// gives the fitted part.
func effect(rest []float64, columns [][]float64, h int) longer {
	n, d := len(rest), len(columns)
	a := make([][]float64, d)
	b := make([]float64, d)
	for i, x := range columns {
		a[i] = make([]float64, d)
		for j, z := range columns[:i+1] {
			a[i][j] = dot(x[:n], z)
			a[j][i] = a[i][j]
		}
		b[i] = dot(rest, x)
	}
	for i := range a {
		a[i][i] += ridge*a[i][i] + tiny
	}
	beta := solve(a, b)
	l := longer{make([]float64, n), make([]float64, h)}
	for t := range n + h {
		s := 0.0
		for i, x := range columns {
			s += beta[i] * x[t]
		}
		if t < n {
			l.in[t] = s
		} else {
			l.next[t-n] = s
		}
	}
	return l
}

// ridge is the share by which the regression's diagonal is raised.
const ridge = .04

// solve gives x of ax = b for a symmetric positive definite a, which it overwrites (Cholesky). A direction
// without information gets 0.
func solve(a [][]float64, b []float64) []float64 {
	d := len(b)
	for j := range d {
		whole := a[j][j]
		s := whole
		for k := range j {
			s -= a[j][k] * a[j][k]
		}
		if !(s > 1e-12*whole) {
			a[j][j] = 0
			for i := j + 1; i < d; i++ {
				a[i][j] = 0
			}
			continue
		}
		a[j][j] = math.Sqrt(s)
		for i := j + 1; i < d; i++ {
			t := a[i][j]
			for k := range j {
				t -= a[i][k] * a[j][k]
			}
			a[i][j] = t / a[j][j]
		}
	}
	x := make([]float64, d)
	for i := range d {
		s := b[i]
		for k := range i {
			s -= a[i][k] * x[k]
		}
		if a[i][i] > 0 {
			x[i] = s / a[i][i]
		}
	}
	for i := d - 1; i >= 0; i-- {
		s := x[i]
		for k := i + 1; k < d; k++ {
			s -= a[k][i] * x[k]
		}
		if x[i] = 0; a[i][i] > 0 {
			x[i] = s / a[i][i]
		}
	}
	return x
}
