package forecast

import (
	"math"
	"slices"
)

// Kind is what kind of event an anomaly is.
type Kind string

// The kinds.
const (
	Spike  Kind = "spike"  // a value far above what is usual, back at once
	Drop   Kind = "drop"   // a value far below
	Outage Kind = "outage" // nothing, or nearly nothing, for a while
	Shift  Kind = "shift"  // another level from here on
)

// Anomaly is a stretch of values out of the ordinary.
type Anomaly struct {
	From, To int     // first and last value, counted from 0; a shift reaches to the end
	Kind     Kind    //
	Usual    float64 // what was to be expected at From, in the unit of the series
	Value    float64 // what came there; for a shift, the level afterwards where Usual is the one before
	Score    float64 // how far out, in standard deviations of the series' own noise
	period   int
}

const (
	// outlierLimit and shiftLimit are the scores from which a single value and a new level count (Chen & Liu, J. Am. Stat. Assoc.
	// 88 (1993) 284-297, recommend 3 to 4 for short series; long ones ask for more).
	outlierLimit = 3.8
	shiftLimit   = 4.2
	// outageShare is how little of the usual is nothing.
	outageShare = .1
	// longestWatched is how many of the latest values are looked at.
	longestWatched = 100_000
	// maxEvents bounds the work on a series that is all anomalies.
	maxEvents = 40
	// fewest is how many values must be known before anything is called out of the ordinary.
	fewest = 12
)

// Anomalies finds what is out of the ordinary in a series, in the order of time. It takes the season out,
// follows the level by exponential smoothing, and asks of every place whether a single wrong value or a new level
// explains the errors around it better than chance; the clearest is taken out and the question asked again
// (Chen & Liu 1993, for the exponential smoothing model instead of an ARIMA). Fewer than twelve values, and
// values that are missing, give none.
func Anomalies(s Series) []Anomaly {
	p := prepareRaw(s.Values, s.Period, longestWatched)
	switch {
	case p == nil || len(p.y) < fewest:
		return nil
	case sparse(p.y, s.Period):
		return rareEvents(p)
	}
	d := newDissection(p, max(s.Period, 1))
	d.outages()
	for range maxEvents {
		if !d.step() {
			break
		}
	}
	return d.report(s.Values)
}

// event is an effect found, in the dissection's scale.
type event struct {
	at    int
	shift bool
	size  float64
	score float64
}

// dissection is a series being taken apart.
type dissection struct {
	p      *prepared
	period int
	least  float64 // added before logarithms
	scale  scale
	z      []float64 // the series on its working scale
	hidden []bool    // outages: no information about the rest
	clean  []float64 // z without what was found
	season []float64
	events []event
	noise  float64
}

// scale is where the noise of a series is about the same at every level.
type scale uint8

const (
	plain scale = iota // what may be negative
	roots              // small counts, which vary by their root
	ratio              // the rest: most things vary in proportion
)

func newDissection(p *prepared, period int) *dissection {
	n := len(p.y)
	d := &dissection{p: p, period: period, hidden: make([]bool, n), z: make([]float64, n), season: make([]float64, n)}
	if n < 2*period+1 {
		d.period = 1
	}
	if p.floor == 0 {
		sorted := slices.Clone(p.y)
		slices.Sort(sorted)
		middle := quantile(sorted, .5)
		d.scale, d.least = roots, .02*middle
		if middle > 0 && quantile(sorted, .1) > .1*middle {
			d.scale = ratio
		}
	}
	for i, v := range p.y {
		d.z[i] = d.scaled(v)
	}
	d.clean = slices.Clone(d.z)
	return d
}

func (d *dissection) scaled(v float64) float64 {
	switch d.scale {
	case ratio:
		return math.Log(v + d.least)
	case roots:
		return math.Sqrt(v)
	}
	return v
}

func (d *dissection) unscaled(z float64) float64 {
	switch d.scale {
	case ratio:
		return max(math.Exp(z)-d.least, 0)
	case roots:
		return max(z, 0) * max(z, 0)
	}
	return z
}

// outages hides runs of nearly nothing where something was usual.
func (d *dissection) outages() {
	if d.p.floor == 0 {
		d.hidden = outages(d.p, d.period)
		d.patch()
	}
}

// outages marks runs of nearly nothing where something was usual. Of whole numbers, which may count something, as many must be
// missing as do not stay away by chance: ten, which Poisson's law gives one time in twenty thousand.
func outages(p *prepared, period int) []bool {
	out := make([]bool, len(p.y))
	near := usual(p.y, period)
	least := 0.0
	if !slices.ContainsFunc(p.y, func(v float64) bool { return v*p.scale != math.Trunc(v*p.scale) }) {
		least = 10 / p.scale
	}
	marked := 0
	for i := 0; i < len(p.y); i++ {
		from, missing := i, 0.0
		for i < len(p.y) && near[i] > 0 && p.y[i] <= outageShare*near[i] {
			missing += near[i]
			i++
		}
		if i > from && missing >= least {
			for j := from; j < i; j++ {
				out[j] = true
			}
			marked += i - from
		}
	}
	if marked > len(p.y)/4 { // then it is nothing out of the ordinary
		clear(out)
	}
	return out
}

// usual is the median of the values one, two and three periods before and after (or of the nearest, where
// there is no season): rough, but no outage bends it.
func usual(y []float64, period int) []float64 {
	n := len(y)
	lag := period
	if lag < 2 {
		lag = 2
	}
	out := make([]float64, n)
	for i := range out {
		var near []float64
		for k := 1; k <= 3; k++ {
			if j := i - k*lag; j >= 0 {
				near = append(near, y[j])
			}
			if j := i + k*lag; j < n {
				near = append(near, y[j])
			}
		}
		slices.Sort(near)
		if len(near) > 1 {
			out[i] = quantile(near, .5)
		}
	}
	return out
}

// patch draws lines over what is hidden in clean.
func (d *dissection) patch() {
	var missing []int
	for i, h := range d.hidden {
		if h && i > 0 {
			missing = append(missing, i)
		}
	}
	if len(missing) == 0 {
		return
	}
	fill(d.clean, d.period, missing)
}

// step finds the clearest event that is left; false when there is none.
func (d *dissection) step() bool {
	s := d.fit()
	errs := d.errors(s)
	d.noise = scatter(errs)
	if !(d.noise > 0) {
		return false
	}
	best, over := event{}, 0.0
	var t trace
	for at := len(errs) - 1; at > 0; at-- {
		after := t
		t.add(errs[at], s.alpha)
		if d.hidden[at] {
			continue
		}
		consider := func(shift bool, limit, size, score float64) {
			if score = math.Abs(score) / d.noise; score/limit > over && !d.known(at, shift) {
				best, over = event{at, shift, size, score}, score/limit
			}
		}
		size, score := after.value(errs[at], s.alpha)
		consider(false, outlierLimit, size, score)
		if len(errs)-at >= 4 { // fewer do not tell a new level from a wrong value
			size, score = t.level()
			consider(true, shiftLimit, size, score)
		}
	}
	if over < 1 {
		return false
	}
	d.events = append(d.events, best)
	d.rebuild()
	return true
}

func (d *dissection) known(at int, shift bool) bool {
	return slices.ContainsFunc(d.events, func(e event) bool { return e.at == at && e.shift == shift })
}

// rebuild takes the events out of the series.
func (d *dissection) rebuild() {
	copy(d.clean, d.z)
	for _, e := range d.events {
		if !e.shift {
			d.clean[e.at] -= e.size
			continue
		}
		for i := e.at; i < len(d.clean); i++ {
			d.clean[i] -= e.size
		}
	}
	d.patch()
}

// fit takes the season out of what is clean and follows the rest.
func (d *dissection) fit() smoothing {
	rest := d.clean
	clear(d.season)
	if d.period > 1 {
		// The same season in every period: one that may change follows the very values that are in question.
		a := adjust(d.clean, d.period, 1, stable, false)
		for i := range d.season {
			d.season[i] = d.clean[i] - a.values[i]
		}
		rest = a.values
	}
	return fitSmoothing(rest, level)
}

func (d *dissection) errors(s smoothing) []float64 {
	out := make([]float64, len(d.clean))
	l := s.level0
	for i, v := range d.clean {
		e := v - d.season[i] - l
		out[i] = e
		l += s.alpha * e
	}
	return out
}

// scatter is the standard deviation of normal noise with this median absolute deviation.
func scatter(y []float64) float64 {
	sorted := slices.Clone(y)
	for i, v := range sorted {
		sorted[i] = math.Abs(v)
	}
	slices.Sort(sorted)
	return 1.4826 * quantile(sorted, .5)
}

// trace sums what an event leaves in the one-step errors from its place on, weighted as it fades: (1-α)^k after k steps. Going
// backwards in time, each place needs one step.
type trace struct{ errors, squares float64 }

func (t *trace) add(e, alpha float64) {
	keep := 1 - alpha
	t.errors = e + keep*t.errors
	t.squares = 1 + keep*keep*t.squares
}

// level fits a new level at the first place: 1, (1-α), (1-α)², … until the old one has caught up. It gives the size and
// the size over its standard error, for noise of 1.
func (t *trace) level() (size, score float64) {
	return t.errors / t.squares, t.errors / math.Sqrt(t.squares)
}

// value fits a single wrong value before the trace, which the level takes for news: 1, -α, -α(1-α), …
func (t *trace) value(e, alpha float64) (size, score float64) {
	sum, square := e-alpha*t.errors, 1+alpha*alpha*t.squares
	return sum / square, sum / math.Sqrt(square)
}
