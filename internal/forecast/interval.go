package forecast

import (
	"math"
	"slices"
)

// The constants of the intervals, found on one part of the series and confirmed on another (DESIGN.md).
const (
	// normal95 is the half width of the 95 % interval of a normal error, in standard deviations; within80 is a little less than
	// the normal 1.28, since most errors are smaller than normal ones of their size and a few much larger.
	normal95, within80 = 1.96, 1.2
	// states is how many numbers a typical model takes from the series before it can err.
	states = 4
	// history is how many values make a series' own errors count as much as what holds for series at large.
	history = 300
	// unrelated is how many errors that do not overlap make a horizon's own factor count as much as the model's spread.
	unrelated = 40
)

// reach is the half width of an interval in standard deviations: Student's t for what n values leave free, by the first term
// of its expansion in the normal quantile z (Abramowitz & Stegun 26.7.5).
func reach(z float64, n int) float64 {
	return z * (1 + (z*z+1)/(4*float64(max(n-states, 2))))
}

// band is the standard deviation of the error, step by step, by the models: each one's own, and how far it
// stands from the blend.
func band(pool []candidate, weights []float64, mean []float64) []float64 {
	out := make([]float64, len(mean))
	for t := range out {
		var sum, total float64
		for i, c := range pool {
			d := c.mean[t] - mean[t]
			v := c.sd[t]*c.sd[t] + d*d
			if !(v < math.MaxFloat64) {
				continue
			}
			sum += weights[i] * math.Sqrt(v)
			total += weights[i]
		}
		if total > 0 {
			out[t] = sum / total
		}
	}
	return out
}

// perStep corrects the band horizon by horizon, by what damped smoothing met on this series with every past value
// as an origin: split conformal prediction's idea, with a root mean square in place of the quantile. Errors h steps
// ahead overlap, so that a horizon counts only an h-th of its origins, and a short series keeps the model's own spread.
func (t task) perStep(sd []float64) {
	z := t.y
	if positive(z) {
		z = logarithms(z)
	}
	if l := longSeason(z, t.period, t.long, t.h); l != nil {
		z = less(z, l)
	}
	if len(z) < 6 {
		return
	}
	a := adjust(z, t.period, t.h, moving, false)
	s := fitSmoothing(a.values, damped)
	factor, origins := s.paths(a.values, t.h)
	for i := range sd {
		free := origins[i] / float64(i+1)
		sd[i] *= math.Pow(min(max(factor[i], .2), 3), free/(free+unrelated))
	}
}

// stretch says by what factor the models' bands are too narrow for this series: the root mean square of the
// errors at the origins in units of the band there, drawn towards 1 where the history is short. It is conformal
// prediction with normalised scores (Lei et al., J. Am. Stat. Assoc. 113 (2018) 1094-1111), the quantile taken
// from the mean square since a few dozen scores that hang together have no tail of their own.
func stretch(past []origin, n int, floor float64) float64 {
	sum, count := 0.0, 0.0
	for _, o := range past {
		mean, sd := o.plain()
		for t, v := range o.came {
			if sd[t] > 0 {
				e := (v - max(mean[t], floor)) / sd[t]
				sum += min(e*e, 100)
				count++
			}
		}
	}
	if count == 0 {
		return 1
	}
	known := float64(n) / float64(n+history)
	own := float64(len(past)) / rollings * known * known * known
	return math.Exp(own * math.Log(max(math.Sqrt(sum/count), .05)))
}

// plain is the blend with equal shares, as nobody could have weighted it at the time, and its band.
func (o *origin) plain() (mean, sd []float64) {
	weights := weigh(o.pool, nil, 0)
	mean = blend(o.pool, weights, len(o.came))
	return mean, band(o.pool, weights, mean)
}

// check scores the plain blend at the origins.
func check(past []origin, t task, wide, floor float64) Check {
	c := Check{Origins: len(past)}
	steps := float64(len(past) * t.h)
	for _, o := range past {
		mean, sd := o.plain()
		naive := SeasonalNaive(o.known, t.period, t.h)
		for i, v := range o.came {
			d := math.Abs(max(mean[i], floor) - v)
			c.Error += d / steps
			c.Naive += math.Abs(naive[i]-v) / steps
			if d <= wide*reach(within80, o.at)*sd[i] {
				c.Covered80 += 1 / steps
			}
			if d <= wide*reach(normal95, o.at)*sd[i] {
				c.Covered95 += 1 / steps
			}
		}
	}
	return c
}

// shares adds the weights up by method.
func shares(pool []candidate, weights []float64) []Part {
	var byModel [len(modelNames)]float64
	total := 0.0
	for i, c := range pool {
		byModel[c.recipe.model] += weights[i]
		total += weights[i]
	}
	var out []Part
	for m, w := range byModel {
		if w > 0 {
			out = append(out, Part{modelNames[m], w / total})
		}
	}
	slices.SortStableFunc(out, func(a, b Part) int { return compare(b.Share, a.Share) })
	return out
}
