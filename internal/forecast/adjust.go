package forecast

import "math"

// form is a way of taking the season out of a series.
type form uint8

const (
	stable form = iota // the same figures in every period, from the classical decomposition
	moving             // figures that change slowly, by STL
)

// adjusted is a series made ready for a model that knows no season, with the way back.
type adjusted struct {
	values []float64
	ratio  bool      // season is a factor, not a difference
	season []float64 // of the next h steps
}

// restore puts the season back into a forecast and into its standard deviations.
func (a *adjusted) restore(f, sd []float64) {
	for i, s := range a.season {
		if a.ratio {
			f[i] *= s
			sd[i] *= s
		} else {
			f[i] += s
		}
	}
}

// fewPeriods is how many whole periods STL needs before its changing season is believed.
const fewPeriods = 3

// adjust takes the season out. A season that is not told from noise is left in: what is taken is shrunk by
// what is known of its error, as Miller & Williams (Int. J. Forecasting 19 (2003) 669-684) do after
// James and Stein.
func adjust(y []float64, period, h int, how form, ratio bool) adjusted {
	n := len(y)
	a := adjusted{values: y}
	switch {
	case period < 2 || n < 2*period+1 || how == moving && n < fewPeriods*period:
		return a
	case how == moving:
		p := stl(y, period, seasonWindow)
		keep := movingShrinkage(p, period)
		if keep == 0 {
			return a
		}
		a.values, a.season = make([]float64, n), make([]float64, h)
		for i := range y {
			a.values[i] = y[i] - keep*p.season[i]
		}
		for i := range a.season {
			a.season[i] = keep * p.season[n-period+i%period]
		}
		return a
	}
	work := y
	if a.ratio = ratio; ratio {
		work = logarithms(y)
	}
	index := shrunkIndices(work, period)
	if index == nil {
		a.ratio = false
		return a
	}
	a.values, a.season = make([]float64, n), make([]float64, h)
	for i := range y {
		if ratio {
			a.values[i] = y[i] / math.Exp(index[i%period])
		} else {
			a.values[i] = y[i] - index[i%period]
		}
	}
	for i := range a.season {
		a.season[i] = index[(n+i)%period]
		if ratio {
			a.season[i] = math.Exp(a.season[i])
		}
	}
	return a
}

// shrunkIndices are the seasonal differences times the share of their variance that is not noise; nil when none is left.
func shrunkIndices(y []float64, period int) []float64 {
	index := indices(y, period, false)
	smooth := centred(y, period)
	var noise, count float64
	for i, s := range smooth {
		if !math.IsNaN(s) {
			r := y[i] - s - index[i%period]
			noise += r * r
			count++
		}
	}
	noise /= max(count-float64(period), 1)
	signal := 0.0
	for _, v := range index {
		signal += v * v / float64(period-1)
	}
	keep := 1 - noise*float64(period)/count/signal
	if !(keep > 0) {
		return nil
	}
	for i := range index {
		index[i] *= keep
	}
	return index
}

// movingShrinkage is the same for STL. The error of the last season is that of the local line at the end of
// a subseries: its sum of squared weights times the variance of the rest, which is itself corrected for
// how much of the noise the smoothing has taken.
func movingShrinkage(p parts, period int) float64 {
	n := len(p.rest)
	r := loessRows(n/period, seasonWindow)
	taken := 0.0
	for i := range r.n {
		w, from := r.row(i)
		taken += w[i-from] / float64(r.n)
	}
	end, _ := r.row(r.n - 1)
	noise := sumSquares(p.rest) / float64(n) / max(1-taken-1/float64(period), .1)
	signal := sumSquares(p.season[n-period:]) / float64(period-1)
	keep := 1 - noise*dot(end, end)/signal
	if !(keep > 0) {
		return 0
	}
	return keep
}

func sumSquares(y []float64) float64 { return dot(y, y) }

func logarithms(y []float64) []float64 {
	out := make([]float64, len(y))
	for i, v := range y {
		out[i] = math.Log(v)
	}
	return out
}
