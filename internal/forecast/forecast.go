package forecast

import (
	"errors"
	"fmt"
	"math"
)

// Series is what is known of a series.
type Series struct {
	Values []float64 // oldest first, one for each step; NaN (or an infinity) where none is known
	Period int       // steps after which a season comes again: 12 for months, 4 quarters, 52 weeks, 7 days, 24 hours; 0 or 1 when none is known
	// Effects are the caller's own columns, such as holidays or the working days of a month, each with one
	// number for every value and for every step of the horizon.
	Effects [][]float64
}

// Outlook is what comes next, in the unit of the series, one number for each step of the horizon.
type Outlook struct {
	Mean          []float64
	Low80, High80 []float64 // hold what comes four times in five
	Low95, High95 []float64 // hold what comes nineteen times in twenty
	Parts         []Part    // of which the mean was made, the heaviest first
	Check         Check
	Notes         []Note
}

// Part is one method and its share in the mean, in 0..1.
type Part struct {
	Method string
	Share  float64
}

// Check is how the method, with equal shares, did on the series' own past: forecasts of as many steps as were asked for,
// made as if nothing later were known.
type Check struct {
	Origins   int     // places in the past from which was forecast; 0 when the series is too short to tell
	Error     float64 // mean absolute error, in the unit of the series
	Naive     float64 // that of the seasonal naive at the same places
	Covered80 float64 // share of values that the 80 % interval held
	Covered95 float64
}

// Note is something that a reader should know about the series.
type Note string

// The notes.
const (
	NoteShort    Note = "the series is too short to check the forecast on its own past"
	NoteSeason   Note = "less than two whole periods are known, so that no season could be told"
	NoteFilled   Note = "values were missing and have been filled in"
	NoteOutages  Note = "outages have been filled in as if the usual had come"
	NoteOutliers Note = "values far out of the ordinary count less"
	NoteConstant Note = "the series has never changed, so that nothing is known of how it might"
	NoteCounts   Note = "most steps are empty: the forecast is a mean count, the interval that of single steps"
	NoteCut      Note = "only the most recent values were looked at"
)

// Errors of Forecast.
var (
	ErrEmpty   = errors.New("a series needs at least one number")
	ErrHorizon = fmt.Errorf("the horizon must be between 1 and %d steps", maxHorizon)
	ErrEffects = errors.New("each column of effects needs one finite number for every value and every step of the horizon")
	ErrHuge    = errors.New("the numbers are too large to compute with")
)

const maxHorizon = 1000

// Forecast carries the series on for h steps.
func Forecast(s Series, h int) (*Outlook, error) {
	if h < 1 || h > maxHorizon {
		return nil, ErrHorizon
	}
	p := prepare(s.Values, s.Period)
	if p == nil {
		return nil, ErrEmpty
	}
	if !(p.scale < math.MaxFloat64/1e6) {
		return nil, ErrHuge
	}
	t := task{y: p.y, period: max(s.Period, 1), h: h}
	for _, x := range s.Effects {
		if len(x) != len(s.Values)+h {
			return nil, ErrEffects
		}
		for _, v := range x {
			if !finite(v) || math.Abs(v) > 1e100 {
				return nil, ErrEffects
			}
		}
		t.effects = append(t.effects, x[p.from:])
	}
	p.spare(s.Values, t.effects)
	t.long = companion(p.y, t.period)
	var o *Outlook
	if sparse(p.y, t.period) {
		o = counts(p, h)
	} else {
		o = t.outlook(p.floor)
	}
	o.scale(p.scale)
	o.notes(s, p, t)
	return o, nil
}

// companion is the second season that usually goes with a first: the year with the days of the week, the week
// with the hours of the day. A long series without a named period is tried for the weeks of a year, since
// weekly figures often come without one.
func companion(y []float64, period int) float64 {
	const weeks = 52
	switch {
	case period == 7:
		return 365.25
	case period == 24:
		return 168
	case period == 1 && len(y) > fewPeriods*weeks && movingShrinkage(stl(y, weeks, seasonWindow), weeks) > .5:
		return weeks
	}
	return 0
}

func (t task) outlook(floor float64) *Outlook {
	pool, past := t.pool(), t.origins()
	weights := weigh(pool, past, floor)
	o := &Outlook{Mean: blend(pool, weights, t.h)}
	sd := band(pool, weights, o.Mean)
	t.perStep(sd)
	wide := stretch(past, len(t.y), floor)
	for i := range sd {
		sd[i] *= wide
	}
	o.intervals(sd, len(t.y), floor)
	o.Parts = shares(pool, weights)
	o.Check = check(past, t, wide, floor)
	return o
}

// intervals are cut at the floor. Those of a series that never was negative lie half-way between symmetric ones and
// such as are symmetric in ratio, as half of the recipes work on logarithms.
func (o *Outlook) intervals(sd []float64, n int, floor float64) {
	for i := range o.Mean {
		o.Mean[i] = max(o.Mean[i], floor)
	}
	side := func(k float64) []float64 {
		out := make([]float64, len(sd))
		for i, s := range sd {
			m := o.Mean[i]
			out[i] = m + k*s
			if floor == 0 && m > 0 {
				out[i] = (out[i] + m*math.Exp(min(k*s/m, 2))) / 2
			}
			out[i] = max(out[i], floor)
		}
		return out
	}
	narrow, wide := reach(within80, n), reach(normal95, n)
	o.Low80, o.High80 = side(-narrow), side(narrow)
	o.Low95, o.High95 = side(-wide), side(wide)
}

func (o *Outlook) scale(by float64) {
	for _, v := range [][]float64{o.Mean, o.Low80, o.High80, o.Low95, o.High95} {
		for i := range v {
			v[i] = min(max(v[i]*by, -math.MaxFloat64), math.MaxFloat64)
		}
	}
	o.Check.Error *= by
	o.Check.Naive *= by
}

func (o *Outlook) notes(s Series, p *prepared, t task) {
	add := func(when bool, n Note) {
		if when {
			o.Notes = append(o.Notes, n)
		}
	}
	constant := true
	for _, v := range p.y {
		constant = constant && v == p.y[0]
	}
	add(constant, NoteConstant)
	add(o.Check.Origins == 0 && !constant, NoteShort)
	add(t.period > 1 && len(t.y) < 2*t.period+1, NoteSeason)
	add(p.filled > 0, NoteFilled)
	add(p.bridged > 0, NoteOutages)
	add(p.tamed > 0, NoteOutliers)
	add(len(s.Values) > longest, NoteCut)
}
