package forecast

import (
	"math"
	"slices"
)

// sparse says whether a series is one of rare events: no negative value, and on average more than 1.32 steps
// from one that is not zero to the next (Syntetos, Boylan & Croston, J. Oper. Res. Soc. 56 (2005) 495-503),
// with no season that explains the zeros, as Sundays do.
func sparse(y []float64, period int) bool {
	zeros := 0
	for _, v := range y {
		if v < 0 {
			return false
		}
		if v == 0 {
			zeros++
		}
	}
	n := len(y)
	if n < 4 || zeros == n || float64(n) < 1.32*float64(n-zeros) {
		return false
	}
	if period < 2 || n < 2*period+1 {
		return true
	}
	index := shrunkIndices(y, period)
	if index == nil {
		return true
	}
	rest := make([]float64, n)
	for i := range y {
		rest[i] = y[i] - index[i%period]
	}
	return variance(rest) > .7*variance(y)
}

func variance(y []float64) float64 {
	m, s := mean(y), 0.0
	for _, v := range y {
		s += (v - m) * (v - m)
	}
	return s / float64(max(len(y)-1, 1))
}

// counts forecasts a series of rare events: the mean of Croston's method with the correction of Syntetos and
// Boylan (Int. J. Forecasting 21 (2005) 303-314), of TSB, which lets a series die (Teunter, Syntetos & Babai, Eur. J.
// Oper. Res. 214 (2011) 606-615), and of the plain mean. The interval is that of a negative binomial count with this
// mean and the spread of the past, or of the past's own quantiles where the values are not counts.
func counts(p *prepared, h int) *Outlook {
	y := p.y
	level := (croston(y) + tsb(y) + mean(y)) / 3
	o := &Outlook{Notes: []Note{NoteCounts}, Parts: []Part{{"Croston, with the correction of Syntetos and Boylan", 1. / 3}, {"TSB", 1. / 3}, {"mean", 1. / 3}}}
	spread := 0.0
	for _, v := range y {
		spread += (v - level) * (v - level) / float64(len(y))
	}
	q := countQuantiles(level*p.scale, spread*p.scale*p.scale)
	same := func(v float64) []float64 {
		out := make([]float64, h)
		for i := range out {
			out[i] = v
		}
		return out
	}
	o.Mean = same(level)
	o.Low80, o.High80 = same(min(q(.1)/p.scale, level)), same(max(q(.9)/p.scale, level))
	o.Low95, o.High95 = same(min(q(.025)/p.scale, level)), same(max(q(.975)/p.scale, level))
	return o
}

// smoothingShare is the weight of the newest value in Croston's method and TSB: .1 throughout their literature.
const smoothingShare = .1

func croston(y []float64) float64 {
	size, gap, since := 0.0, 0.0, 1.0
	for _, v := range y {
		if v == 0 {
			since++
			continue
		}
		if size == 0 {
			size, gap = v, since
		} else {
			size += smoothingShare * (v - size)
			gap += smoothingShare * (since - gap)
		}
		since = 1
	}
	return (1 - smoothingShare/2) * size / gap
}

func tsb(y []float64) float64 {
	chance, size, seen := 0.0, 0.0, 0.0
	for _, v := range y {
		if v != 0 {
			chance++
			size += v
			seen++
		}
	}
	chance, size = chance/float64(len(y)), size/seen
	for _, v := range y {
		if v == 0 {
			chance -= smoothingShare * chance
			continue
		}
		chance += smoothingShare * (1 - chance)
		size += smoothingShare * (v - size)
	}
	return chance * size
}

// countQuantiles gives the quantile function of a count with this mean and variance: negative binomial, Poisson when
// the variance is not larger, and the normal above a mean of 500, where single counts no longer matter.
func countQuantiles(mean, variance float64) func(p float64) float64 {
	if !(mean > 0) {
		return func(float64) float64 { return 0 }
	}
	if mean > 500 || variance > 1e8 {
		sd := math.Sqrt(max(variance, mean))
		return func(p float64) float64 { return max(mean+sd*math.Sqrt2*math.Erfinv(2*p-1), 0) }
	}
	r := math.Inf(1)
	if variance > mean*1.001 {
		r = mean * mean / (variance - mean)
	}
	return func(p float64) float64 {
		var mass float64
		if math.IsInf(r, 1) {
			mass = math.Exp(-mean)
		} else {
			mass = math.Pow(r/(r+mean), r)
		}
		sum := mass
		k := 0.0
		for sum < p && k < 1e6 {
			k++
			if math.IsInf(r, 1) {
				mass *= mean / k
			} else {
				mass *= (k - 1 + r) / k * mean / (r + mean)
			}
			sum += mass
		}
		return k
	}
}

// rareEvents finds what is out of the ordinary in a series of rare events: a count that the negative binomial of the rest gives one
// time in ten thousand, and a silence so long that chance, with this share of empty steps, gives it one time in ten thousand.
func rareEvents(p *prepared) []Anomaly {
	const chance = 1e-4
	y := p.y
	n := float64(len(y))
	sorted := slices.Clone(y)
	slices.Sort(sorted)
	most := quantile(sorted, .98) // what is out of the ordinary shall not say what is usual
	level, spread, empty := 0.0, 0.0, 0.0
	for _, v := range y {
		level += min(v, most) / n
		if v == 0 {
			empty++
		}
	}
	for _, v := range y {
		spread += (min(v, most) - level) * (min(v, most) - level) / n
	}
	limit := countQuantiles(level*p.scale, spread*p.scale*p.scale)(1-chance) / p.scale
	silence := math.Log(chance/n) / math.Log(empty/n)
	var out []Anomaly
	add := func(from, to int, kind Kind, usual, value float64) {
		out = append(out, Anomaly{From: from + p.from, To: to + p.from, Kind: kind, Usual: usual * p.scale, Value: value * p.scale,
			Score: math.Abs(value-usual) / max(math.Sqrt(spread), tiny)})
	}
	for i := 0; i < len(y); i++ {
		if y[i] > limit && y[i] > most {
			add(i, i, Spike, level, y[i])
		}
		from := i
		for i < len(y) && y[i] == 0 {
			i++
		}
		if float64(i-from) > silence {
			add(from, i-1, Outage, level, 0)
		}
		if i > from {
			i--
		}
	}
	return out
}
