package forecast

import (
	"math"
	"slices"
)

// model is a way of carrying on a series without a season.
type model uint8

const (
	dampedSmoothing model = iota
	dynamicThetaLine
	plainTheta
	autoregressive
	chosenSmoothing
	yearly // knows the season itself
)

var modelNames = [...]string{"damped exponential smoothing", "dynamic optimised theta", "theta", "autoregression", "exponential smoothing by AICc", "autoregression on the season before"}

// recipe is one forecast of the pool: a scale, a way of taking the season out, a model.
type recipe struct {
	logs  bool // on logarithms, where every value is positive
	how   form
	model model
	long  bool // with the second season taken out first
}

// recipes are the pool; DESIGN.md says how it was chosen. Dynamic theta is not among those on logarithms:
// a free slope there explodes.
var recipes = []recipe{
	{false, moving, dampedSmoothing, false},
	{false, moving, dynamicThetaLine, false},
	{false, moving, autoregressive, false},
	{false, stable, dynamicThetaLine, false},
	{false, stable, plainTheta, false},
	{true, moving, dampedSmoothing, false},
	{true, moving, plainTheta, false},
	{true, stable, chosenSmoothing, false},
	{true, stable, plainTheta, false},
	{true, stable, autoregressive, false},
	{false, stable, yearly, false},
	{true, stable, yearly, false},
}

// candidate is the forecast of one recipe, with its model's standard deviations, in the series' unit.
type candidate struct {
	recipe recipe
	copies float64 // how many recipes came to the same
	mean   []float64
	sd     []float64
}

// task is one series to carry on by every recipe.
type task struct {
	y       []float64
	period  int
	long    float64     // second season, 0 for none
	effects [][]float64 // each for len(y) and h further steps
	h       int
}

// pool makes the forecast of every recipe. Two recipes that come to the same, for want of a season or because
// a value is not positive, are computed once and counted twice.
func (t task) pool() []candidate {
	logs := positive(t.y) && len(t.y) > 2
	var out []candidate
	for _, scale := range []bool{false, true} {
		if scale && !logs {
			continue
		}
		z := t.y
		if scale {
			z = logarithms(t.y)
		}
		e := t.calendar(z)
		z = less(z, e)
		out = t.cook(out, z, scale, logs, e, nil)
		if l := longSeason(z, t.period, t.long, t.h); l != nil {
			out = t.cook(out, less(z, l), scale, logs, e, l)
		}
	}
	return out
}

// cook adds the candidates of one scale, with or without a second season.
func (t task) cook(out []candidate, z []float64, scale, logs bool, extra ...*longer) []candidate {
	var ready [2]*adjusted
	long := extra[1] != nil
	for _, r := range recipes {
		if r.logs && logs != scale || !r.logs && scale {
			continue
		}
		how := r.how
		if !t.seasons(how) {
			how = stable
		}
		key := recipe{scale, how, r.model, long}
		if c := find(out, key); c != nil {
			c.copies++
			continue
		}
		a := ready[how]
		if a == nil {
			made := adjust(z, t.period, t.h, how, logs && !scale && !long)
			a = &made
			ready[how] = a
		}
		var mean, sd []float64
		switch {
		case r.model != yearly:
			mean, sd = carryOn(a.values, t.h, r.model)
			a.restore(mean, sd)
		case t.period > 1 && len(z) >= fewPeriods*t.period:
			mean, sd = yearwise(z, t.period, t.h)
		default:
			continue
		}
		for _, l := range extra {
			for i := range mean {
				if l != nil {
					mean[i] += l.next[i]
				}
			}
		}
		if scale {
			for i := range mean {
				mean[i] = math.Exp(mean[i])
				sd[i] *= mean[i]
			}
		}
		if slices.ContainsFunc(mean, func(v float64) bool { return !finite(v) }) {
			continue // it ran away on logarithms; those on the plain scale cannot
		}
		out = append(out, candidate{key, 1, mean, sd})
	}
	return out
}

// seasons says whether the two ways of taking the season out differ here.
func (t task) seasons(how form) bool {
	return how == stable || t.period > 1 && len(t.y) >= 2*t.period+1
}

func find(all []candidate, key recipe) *candidate {
	for i := range all {
		if all[i].recipe == key {
			return &all[i]
		}
	}
	return nil
}

// calendar is what the caller's own columns (holidays, working days) explain beside trend and season.
func (t task) calendar(z []float64) *longer {
	period := max(t.period, 7) // a trend of about two weeks, where there is no season
	if len(t.effects) == 0 || len(z) < 3*period {
		return nil
	}
	p := stl(z, period, seasonWindow)
	if t.period < 2 {
		for i := range p.rest {
			p.rest[i] += p.season[i]
		}
	}
	columns := make([][]float64, len(t.effects))
	for i, x := range t.effects {
		m := mean(x[:len(z)])
		columns[i] = make([]float64, len(x))
		for j, v := range x {
			columns[i][j] = v - m
		}
	}
	l := effect(p.rest, columns, t.h)
	return &l
}

func less(z []float64, l *longer) []float64 {
	if l == nil {
		return z
	}
	out := make([]float64, len(z))
	for i, v := range z {
		out[i] = v - l.in[i]
	}
	return out
}

// carryOn fits one model. Series too short for it get theta, or their last value with a guess of the spread.
func carryOn(y []float64, h int, m model) (f, sd []float64) {
	n := len(y)
	switch {
	case n < 3:
		size := max(math.Abs(y[n-1]-y[0]), guessed*math.Abs(y[n-1]))
		return Naive(y, h), walk(1, size*size, h)
	case n < 6:
		m = plainTheta
	}
	switch m {
	case chosenSmoothing:
		s := fitETS(y)
		return s.forecast(h), s.spread(h)
	case dampedSmoothing:
		s := fitSmoothing(y, damped)
		return s.forecast(h), s.spread(h)
	case dynamicThetaLine:
		s := fitDynamicTheta(y)
		f, sd = s.forecast(h), walk(s.alpha, s.sse/float64(max(n-3, 1)), h)
	case plainTheta:
		mean, s := fitTheta(y, h)
		f, sd = mean, s.spread(h)
	case autoregressive:
		f, sd = stepwise(y, h)
	}
	return f, sd
}

// guessed is the spread of one step of a series of which one or two values are known, as a share of its size.
const guessed = .25

// walk is the spread of simple exponential smoothing: variance · (1 + (h-1)α²) (HKOS table 6.1).
func walk(alpha, variance float64, h int) []float64 {
	out := make([]float64, h)
	for i := range out {
		out[i] = math.Sqrt(variance * (1 + float64(i)*alpha*alpha))
	}
	return out
}
