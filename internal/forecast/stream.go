package forecast

import "math"

// Detector scores values as they arrive, with a memory that does not grow. It learns the level, the usual step, and where a period
// is named the usual value at each place of it. Its zero value is not ready: use NewDetector. It is not safe for concurrent use.
type Detector struct {
	period int
	seen   int
	level  float64
	place  []float64 // usual distance from the level by place in the period
	spread float64   // usual absolute error
	short  float64   // mean error of late, in spreads: a shift shows here
	quiet  int       // steps until the next alert counts fully
}

const (
	// levelShare, spreadShare and placeShare are the weights of the newest value; lateShare that of the mean of late.
	levelShare, spreadShare, placeShare, lateShare = .1, .01, .15, .2
	// learning is how many values, or periods if more, are only learnt from.
	learning = 30
	// rest is how many steps an alert speaks for those that follow.
	rest = 40
)

// NewDetector returns a detector for a series of this period (0 or 1 for none).
func NewDetector(period int) *Detector {
	d := &Detector{period: max(period, 1)}
	d.place = make([]float64, d.period)
	return d
}

// Observe scores the next value: 0 for what is usual, towards 1 the further out. As a rule .999 asks for a look: about six usual errors
// at once, or a mean of late that has gone elsewhere. A value that is missing (NaN) scores 0 and teaches nothing. For
// some time after an alert scores are halved, since one event is one alert.
func (d *Detector) Observe(v float64) float64 {
	at := d.seen % d.period
	d.seen++
	if !finite(v) || math.Abs(v) > 1e150 {
		return 0
	}
	if d.seen == 1 {
		d.level = v
		return 0
	}
	e := v - d.level - d.place[at]
	score := 0.0
	if d.seen > max(learning, 2*d.period) {
		score = d.score(e)
	}
	d.learn(v, e, at)
	if d.quiet > 0 {
		d.quiet--
		return score / 2
	}
	if score >= .999 {
		d.quiet = rest
	}
	return score
}

func (d *Detector) score(e float64) float64 {
	if d.spread == 0 {
		if e == 0 {
			return 0
		}
		return 1
	}
	z := math.Abs(e) / d.spread
	// The mean of late has a standard deviation of the root of lateShare/(2-lateShare), a third.
	late := math.Abs((1-lateShare)*d.short+lateShare*min(max(e/d.spread, -8), 8)) / math.Sqrt(lateShare/(2-lateShare))
	z = max(z, late*.8)
	// Errors have longer tails than the normal: those of a t distribution with few degrees of freedom fall as a power.
	return 1 - 1/(1+z*z*z*z)
}

func (d *Detector) learn(v, e float64, at int) {
	fast := 1 / float64(d.seen)
	d.spread += max(spreadShare, fast) * (min(math.Abs(e), 6*d.spread+bigFirst(d.spread, e)) - d.spread)
	if d.spread > 0 {
		d.short += lateShare * (min(max(e/d.spread, -8), 8) - d.short)
	}
	// One wild value moves the level no further than three usual errors do.
	step := e
	if d.spread > 0 && d.seen > learning {
		step = min(max(e, -3*d.spread), 3*d.spread)
	}
	d.level += max(levelShare, fast) * step
	if d.period > 1 {
		d.place[at] += placeShare * step
	}
}

// bigFirst lets the first error that is not nothing teach a spread of nothing.
func bigFirst(spread, e float64) float64 {
	if spread == 0 {
		return math.Abs(e)
	}
	return 0
}
