package forecast

import (
	"math"
	"slices"
)

// prepared is a series fit for models: no gaps, no infinities, of a size near one, not longer than useful.
type prepared struct {
	y       []float64
	from    int     // of the caller's values, where y begins
	scale   float64 // a power of two, so that it changes no digit: caller's value = y · scale
	filled  int     // values that were missing
	bridged int     // values that were an outage
	tamed   int     // values drawn in as outliers
	floor   float64 // 0 for a series that never was negative, else -Inf
}

// longest is how much of the past is looked at: eight years of days, fifty of weeks.
const longest = 3000

// prepare cleans the values. It gives nil when none is a number.
func prepare(values []float64, period int) *prepared {
	p := prepareRaw(values, period, longest)
	if p == nil {
		return nil
	}
	p.bridge(period)
	if p.tamed = tame(p.y, period); p.floor == 0 {
		for i := range p.y {
			p.y[i] = max(p.y[i], 0)
		}
	}
	return p
}

// bridge fills in outages that are over. One that lasts may be the end of the series, and is believed.
func (p *prepared) bridge(period int) {
	n := len(p.y)
	if p.floor != 0 || n < fewest || sparse(p.y, period) {
		return
	}
	var missing []int
	for i, out := range outages(p, period) {
		if out && i > 0 {
			missing = append(missing, i)
		}
	}
	for len(missing) > 0 && missing[len(missing)-1] == n-1 {
		n--
		missing = missing[:len(missing)-1]
	}
	if p.bridged = len(missing); p.bridged > 0 {
		fill(p.y, period, missing)
	}
}

// prepareRaw does the same with the latest values, at most so many, and leaves what is out of the ordinary as it is.
func prepareRaw(values []float64, period, most int) *prepared {
	p := prepared{from: max(len(values)-most, 0)}
	for p.from < len(values) && !finite(values[p.from]) {
		p.from++
	}
	if p.from == len(values) {
		return nil
	}
	p.y = slices.Clone(values[p.from:])
	var missing []int
	top := 0.0
	for i, v := range p.y {
		if !finite(v) {
			missing = append(missing, i)
			continue
		}
		top = max(top, math.Abs(v))
		if v < 0 {
			p.floor = math.Inf(-1)
		}
	}
	p.scale = 1
	if top > 0 {
		_, e := math.Frexp(top)
		p.scale = math.Ldexp(1, min(max(e, -1000), 1023))
	}
	for i := range p.y {
		p.y[i] /= p.scale
	}
	p.filled = len(missing)
	if p.filled > 0 {
		fill(p.y, period, missing)
	}
	if p.floor == 0 {
		for i := range p.y {
			p.y[i] = max(p.y[i], 0)
		}
	}
	return &p
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// fill puts a straight line through what is missing, in the series without its season where there are whole
// periods to know it from (FPP3 13.9); the last value is held at the end.
func fill(y []float64, period int, missing []int) {
	connect(y, missing)
	if period < 2 || len(y) < 2*period+1 {
		return
	}
	for range 2 { // the season is better known once the gaps no longer bend it
		index := shrunkIndices(y, period)
		if index == nil {
			return
		}
		for i := range y {
			y[i] -= index[i%period]
		}
		connect(y, missing)
		for i := range y {
			y[i] += index[i%period]
		}
	}
}

// connect draws straight lines over the missing places, of which the first value is none.
func connect(y []float64, missing []int) {
	for k := 0; k < len(missing); {
		first := missing[k]
		last := first
		for k < len(missing) && missing[k] == last {
			last, k = last+1, k+1
		}
		left := y[first-1]
		right := left
		if last < len(y) {
			right = y[last]
		}
		for i := first; i < last; i++ {
			y[i] = left + (right-left)*float64(i-first+1)/float64(last-first+1)
		}
	}
}

// spare gives values back that were drawn in where the caller's own columns say that something was the matter.
func (p *prepared) spare(values []float64, effects [][]float64) {
	for _, x := range effects {
		m, sd := mean(x), math.Sqrt(variance(x))
		for i := range p.y {
			if v := values[p.from+i]; finite(v) && math.Abs(x[i]-m) > 2*sd {
				p.y[i] = v / p.scale
			}
		}
	}
}

// tameLimit is how many interquartile ranges beyond the quartiles a value may lie before it is drawn in to there
// (R's tsclean begins at 3; a milder hand did better, and 6 to 14 hardly differ).
const tameLimit = 9

// tame draws in what lies far outside, since least squares would follow it. It gives how many there were. A series with
// a season is judged by medians, in ratios where nothing is zero or less: means and STL would spread one wild value
// over its neighbours and over the same month of every year.
func tame(y []float64, period int) int {
	n := len(y)
	switch {
	case n < 12:
		return 0
	case period < 2 || n < fewPeriods*period:
		return tameSpikes(y)
	}
	z, logs := y, positive(y)
	if logs {
		z = logarithms(y)
	}
	rest := medianRest(z, period)
	low, high := fences(rest)
	count := 0
	for i, r := range rest {
		if d := r - min(max(r, low), high); d != 0 && high > low && !recurs(rest, i, period) {
			count++
			if y[i] -= d; logs {
				y[i] = math.Exp(z[i] - d)
			}
		}
	}
	return count
}

// recurs says whether something like this rest came about one period before or after: the holidays that move by a week.
func recurs(rest []float64, i, period int) bool {
	for _, around := range []int{i - period, i + period} {
		for j := max(around-1, 0); j <= min(around+1, len(rest)-1); j++ {
			if rest[j]/rest[i] >= .4 {
				return true
			}
		}
	}
	return false
}

// medianRest takes a running median over one period and the median of each place in the period away.
func medianRest(y []float64, period int) []float64 {
	n := len(y)
	rest := make([]float64, n)
	var near []float64
	for i := range y {
		from := min(max(i-period/2, 0), n-period)
		near = append(near[:0], y[from:from+period]...)
		slices.Sort(near)
		rest[i] = y[i] - quantile(near, .5)
	}
	for k := range period {
		near = near[:0]
		for i := k; i < n; i += period {
			near = append(near, rest[i])
		}
		slices.Sort(near)
		usual := quantile(near, .5)
		for i := k; i < n; i += period {
			rest[i] -= usual
		}
	}
	return rest
}

// tameSpikes treats a series without a season. There a large step is no error, only one that is taken back at once.
func tameSpikes(y []float64) int {
	steps := make([]float64, len(y)-1)
	for i := range steps {
		steps[i] = y[i+1] - y[i]
	}
	low, high := fences(steps)
	count := 0
	for i := 1; i+1 < len(y); i++ {
		up, back := steps[i-1], -steps[i]
		beyond := max(min(up, back)-high, 0) + min(max(up, back)-low, 0)
		if high > low && beyond != 0 {
			y[i] -= beyond
			count++
		}
	}
	return count
}

// fences are the bounds of what is in the ordinary.
func fences(y []float64) (low, high float64) {
	sorted := slices.Clone(y)
	slices.Sort(sorted)
	q1, q3 := quantile(sorted, .25), quantile(sorted, .75)
	return q1 - tameLimit*(q3-q1), q3 + tameLimit*(q3-q1)
}

// quantile of sorted values, between neighbours in proportion (type 7 of Hyndman & Fan, American Statistician 50
// (1996) 361-365).
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
