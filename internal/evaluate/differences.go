package evaluate

import (
	"math"
	"slices"
)

// Differences is what a comparison with others tells.
type Differences struct {
	Why           Reason
	Before, After int
	// The four means, and what is left: (after − before) − (others after − others before).
	With, WithBefore, Others, OthersBefore float64
	Effect                                 Estimate
	TrendBefore                            Estimate // how the two ran apart in each period before
	Elsewhere                              float64  // share of others where as much changed, counting the programme's own; 1 where there are none
	Earlier                                float64  // share of other times before at which as much changed
	Warnings                               []Warning
}

// Between is the difference of two changes that do not hang together, each with its standard error: the cell of the published
// table in which two differences of means meet. Its interval is the normal one.
func Between(change, changeError, others, othersError float64) Estimate {
	e := Estimate{Value: change - others, Error: math.Hypot(changeError, othersError)}
	e.Low, e.High = e.Value-1.959964*e.Error, e.Value+1.959964*e.Error
	return e
}

// Compare holds a series beside those of others, over the same periods. What is common to both, such as the time of the year,
// falls out.
func Compare(s Series, others [][]float64) (d Differences) {
	if len(others) == 0 {
		return Differences{Why: NoOthers}
	}
	if _, _, why := s.points(); why == NotFinite {
		return Differences{Why: NotFinite}
	}
	apart := Series{Start: s.Start, Values: gap(s, s.Values, others)}
	y, at, why := apart.points()
	if why == Constant {
		why = "" // two that run exactly alike are an answer
	}
	if d.Why = why; why != "" {
		return d
	}
	d.Effect, d.Before, d.After = step(y, at, s.Start)
	d.WithBefore, d.With = means(s, s.Values)
	rest := make([]float64, len(s.Values))
	for i := range rest {
		rest[i] = meanAt(s, others, i)
	}
	d.OthersBefore, d.Others = means(Series{Start: s.Start}, rest)
	if s.Log {
		d.OthersBefore, d.Others = math.Exp(d.OthersBefore), math.Exp(d.Others)
	}
	d.TrendBefore = trend(y[:d.Before], at[:d.Before])
	d.placeElsewhere(s, others)
	d.placeEarlier(y[:d.Before], at[:d.Before])
	warn := func(is bool, w Warning) {
		if is {
			d.Warnings = append(d.Warnings, w)
		}
	}
	// Run on for as long as there was a programme, would the trend make up half of what was found?
	reach := max(math.Abs(d.TrendBefore.Low), math.Abs(d.TrendBefore.High)) * float64(d.Before+d.After) / 2
	warn(d.TrendBefore.Tells(), Trends)
	warn(!d.TrendBefore.Tells() && reach > math.Abs(d.Effect.Value), TrendsWide)
	warn(len(others) < usualOthers, FewOthers)
	warn(len(others) >= usualOthers && d.Elsewhere > max(0.1, 1/float64(len(others)+1)), Elsewhere)
	warn(d.Earlier > 0.1, Earlier)
	warn(d.After < season, Few)
	warn(len(y) < at[len(at)-1]-at[0]+1, Gaps)
	return d
}

// value is a measured value as it is reckoned with.
func (s Series) value(v float64) float64 {
	if s.Log {
		return math.Log(v)
	}
	return v
}

func meanAt(s Series, others [][]float64, i int) float64 {
	sum, n := 0.0, 0.0
	for _, o := range others {
		if i < len(o) && !math.IsNaN(o[i]) {
			sum, n = sum+s.value(o[i]), n+1
		}
	}
	if int(n) < len(others) { // a mean of others that come and go moves by itself
		return math.NaN()
	}
	return sum / n
}

// gap is by how much a series is above the mean of others.
func gap(s Series, one []float64, others [][]float64) []float64 {
	out := make([]float64, len(one))
	for i, v := range one {
		out[i] = math.NaN()
		if !math.IsNaN(v) {
			out[i] = s.value(v) - meanAt(s, others, i)
		}
	}
	return out
}

// step is the difference of the means after and before, with errors that may hang together.
func step(y []float64, at []int, start int) (e Estimate, before, after int) {
	x := make([][]float64, len(y))
	for k, i := range at {
		x[k] = []float64{1, 0}
		if before++; i >= start {
			x[k][1] = 1
			before--
			after++
		}
	}
	f, err := regress(x, y, at, lagOf(len(y)), byLeverage)
	if err != nil {
		return e, before, after
	}
	return f.estimate([]float64{0, 1}), before, after
}

func trend(y []float64, at []int) Estimate {
	x := make([][]float64, len(y))
	for k, i := range at {
		x[k] = []float64{1, float64(i)}
	}
	f, err := regress(x, y, at, lagOf(len(y)), byLeverage)
	if err != nil {
		return Estimate{Low: math.Inf(-1), High: math.Inf(1)}
	}
	return f.estimate([]float64{0, 1})
}

func means(s Series, values []float64) (before, after float64) {
	var n [2]float64
	var sum [2]float64
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		k := 0
		if i >= s.Start {
			k = 1
		}
		sum[k], n[k] = sum[k]+v, n[k]+1
	}
	return sum[0] / n[0], sum[1] / n[1]
}

// placeElsewhere takes each of the others for the place of the programme: how often as much is found where there was none.
func (d *Differences) placeElsewhere(s Series, others [][]float64) {
	d.Elsewhere = 1
	if len(others) < 2 {
		return
	}
	as, n := 1.0, 1.0
	for k, o := range others {
		rest := slices.Delete(slices.Clone(others), k, k+1)
		y, at, why := Series{Start: s.Start, Values: gap(s, o, rest)}.points()
		if why != "" && why != Constant {
			continue
		}
		if n++; math.Abs(moved(y, at, s.Start)) >= math.Abs(d.Effect.Value) {
			as++
		}
	}
	d.Elsewhere = as / n
}

// placeEarlier takes other times before for the start: how often as much is found when nothing had begun.
func (d *Differences) placeEarlier(y []float64, at []int) {
	as, n := 0.0, 0.0
	for k := LeastAfter; k+LeastAfter <= len(y); k++ {
		if n++; math.Abs(moved(y, at, at[k])) >= math.Abs(d.Effect.Value) {
			as++
		}
	}
	if n > 0 {
		d.Earlier = as / n
	}
}

// moved is the difference of the means after and before.
func moved(y []float64, at []int, start int) float64 {
	var sum, n [2]float64
	for k, i := range at {
		part := 0
		if i >= start {
			part = 1
		}
		sum[part], n[part] = sum[part]+y[k], n[part]+1
	}
	return sum[1]/n[1] - sum[0]/n[0]
}
