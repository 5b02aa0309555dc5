package forecast

import "math"

// parts is a series taken apart: value = trend + season + rest.
type parts struct{ trend, season, rest []float64 }

// seasonWindow is the span, in periods, over which the season may change: R's forecast::stlf uses 11.
const seasonWindow = 11

// stl takes a series apart by locally weighted lines (STL, section 2), without robustness weights: what
// is out of the ordinary is taken out before. It needs two whole periods. Every window is odd and
// counts values; weights are tricube.
func stl(y []float64, period, window int) parts {
	n := len(y)
	p := parts{make([]float64, n), make([]float64, n), make([]float64, n)}
	trendWindow := odd(1.5 * float64(period) / (1 - 1.5/float64(window)))
	lowWindow := odd(float64(period))
	trendRows, lowRows := loessRows(n, trendWindow), loessRows(n, lowWindow)
	cycle := make([]float64, n+2*period)
	work, low := make([]float64, n+2*period), make([]float64, n)
	rows := map[int]*rows{}
	for range 2 {
		for i := range y {
			work[i] = y[i] - p.trend[i]
		}
		for k := range period {
			count := (n - k + period - 1) / period
			r := rows[count]
			if r == nil {
				r = loessRows(count, window)
				rows[count] = r
			}
			r.smoothEvery(work, cycle, k, period, count)
		}
		// The low frequencies that got into the season are taken out again.
		a := runningMean(cycle, period)
		a = runningMean(a, period)
		a = runningMean(a, 3)
		lowRows.smooth(a, low)
		for i := range y {
			p.season[i] = cycle[i+period] - low[i]
			work[i] = y[i] - p.season[i]
		}
		trendRows.smooth(work[:n], p.trend)
	}
	for i := range y {
		p.rest[i] = y[i] - p.trend[i] - p.season[i]
	}
	return p
}

// odd gives the next odd whole number, at least 3.
func odd(x float64) int {
	n := max(int(math.Ceil(x)), 3)
	return n | 1
}

// runningMean is the plain moving average of k values; k-1 values shorter.
func runningMean(y []float64, k int) []float64 {
	out := make([]float64, len(y)-k+1)
	for i := range out {
		// Summed anew every time: a running sum would carry rounding from a far large value.
		s := 0.0
		for _, v := range y[i : i+k] {
			s += v
		}
		out[i] = s / float64(k)
	}
	return out
}

// rows holds the weights by which loess of degree 1 on equal steps makes each smoothed value: the same
// for all places that are far enough from the ends.
type rows struct {
	n, span       int
	first, last   [][]float64 // by distance from the end; each over the span at that end
	middle        []float64
	before, after []float64 // one step outside
}

func loessRows(n, window int) *rows {
	r := &rows{n: n, span: min(n, window)}
	half := window / 2
	weights := func(at float64) []float64 {
		w := make([]float64, r.span)
		// The q nearest values; where the series is shorter than the window the span widens (STL 3.1).
		reach := max(at, float64(r.span-1)-at)
		if window > n {
			reach += float64((window - n) / 2)
		}
		loessWeights(w, at, reach)
		return w
	}
	if n > window {
		r.middle = weights(float64(half))
	}
	edge := r.span
	if n > window {
		edge = half
	}
	for i := range edge {
		r.first = append(r.first, weights(float64(i)))
		r.last = append(r.last, weights(float64(r.span-1-i)))
	}
	r.before, r.after = weights(-1), weights(float64(r.span))
	return r
}

// loessWeights fills w with the weights of values at 0, 1, 2 … in the local line's value at the place at.
func loessWeights(w []float64, at, reach float64) {
	sum, centre := 0.0, 0.0
	for j := range w {
		d := math.Abs(float64(j) - at)
		switch {
		case d > .999*reach:
			w[j] = 0
		case d <= .001*reach:
			w[j] = 1
		default:
			u := d / reach
			u = 1 - u*u*u
			w[j] = u * u * u
		}
		sum += w[j]
	}
	if sum <= 0 { // one value, or all at the reach: their mean
		for j := range w {
			w[j] = 1 / float64(len(w))
		}
		return
	}
	for j := range w {
		w[j] /= sum
		centre += w[j] * float64(j)
	}
	square := 0.0
	for j := range w {
		square += w[j] * (float64(j) - centre) * (float64(j) - centre)
	}
	if math.Sqrt(square) <= .001*float64(len(w)) {
		return
	}
	slope := (at - centre) / square
	for j := range w {
		w[j] *= 1 + slope*(float64(j)-centre)
	}
}

func (r *rows) row(i int) (w []float64, from int) {
	switch {
	case r.middle == nil:
		return r.first[i], 0
	case i < r.span/2:
		return r.first[i], 0
	case i >= r.n-r.span/2:
		return r.last[r.n-1-i], r.n - r.span
	}
	return r.middle, i - r.span/2
}

func (r *rows) smooth(y, out []float64) {
	for i := range r.n {
		w, from := r.row(i)
		out[i] = dot(w, y[from:])
	}
}

// smoothEvery smooths the subseries at k, k+period … of y into out, which begins one period earlier and
// ends one later: one value more at each end.
func (r *rows) smoothEvery(y, out []float64, k, period, count int) {
	sub := make([]float64, count)
	for i := range sub {
		sub[i] = y[k+i*period]
	}
	out[k] = dot(r.before, sub)
	for i := range sub {
		w, from := r.row(i)
		out[k+(i+1)*period] = dot(w, sub[from:])
	}
	if at := k + (count+1)*period; at < len(out) {
		out[at] = dot(r.after, sub[count-r.span:])
	}
}

func dot(w, y []float64) float64 {
	s := 0.0
	for j, v := range w {
		s += v * y[j]
	}
	return s
}
