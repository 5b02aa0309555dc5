package evaluate

import (
	"math"
	"slices"
)

// Warning is something that speaks against believing a result.
type Warning string

// The warnings.
const (
	NoSeason   Warning = "no_season"   // less than two years before: what belongs to the time of the year looks like an effect
	Gaps       Warning = "gaps"        // some periods are missing
	Few        Warning = "few"         // few periods after: the average since may change
	Drifts     Warning = "drifts"      // errors hang together beyond what the interval allows for
	Trends     Warning = "trends"      // before, the two did not run alike
	TrendsWide Warning = "trends_wide" // before is too short to say whether they ran alike
	FewOthers  Warning = "few_others"  // too few others to see how often as much happens without the programme
	Elsewhere  Warning = "elsewhere"   // as much changed where there was none
	Earlier    Warning = "earlier"     // as much changed at other times before
	Disagree   Warning = "disagree"    // the series alone and the comparison do not agree
)

// Reason is why nothing can be told.
type Reason string

// The reasons.
const (
	ShortBefore Reason = "short_before"
	ShortAfter  Reason = "short_after"
	Constant    Reason = "constant" // nothing ever changes
	NotFinite   Reason = "not_finite"
	NoOthers    Reason = "no_others" // nothing to compare with
)

// The least that is needed.
const (
	LeastBefore = 8
	LeastAfter  = 4
	season      = 12 // months
	usualOthers = 5  // from which on placebos in other places say something
)

// Series is what was measured, period by period (months); NaN where nothing is known. Start is the first period with the
// programme. With Log, values are taken as their logarithms, and effects are factors less one once [Factor] has read them.
type Series struct {
	Values []float64
	Start  int
	Log    bool
}

// Factor reads an effect on logarithms as a change in hundredths: 0.1 is a tenth more.
func Factor(e Estimate) Estimate {
	return Estimate{Value: math.Expm1(e.Value), Error: e.Error, Low: math.Expm1(e.Low), High: math.Expm1(e.High)}
}

// points are the periods that are known, as they are reckoned with.
func (s Series) points() (y []float64, at []int, why Reason) {
	for i, v := range s.Values {
		if math.IsNaN(v) {
			continue
		}
		if s.Log {
			v = math.Log(v)
		}
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return nil, nil, NotFinite
		}
		y, at = append(y, v), append(at, i)
	}
	before := 0
	for _, i := range at {
		if i < s.Start {
			before++
		}
	}
	switch {
	case before < LeastBefore:
		return y, at, ShortBefore
	case len(y)-before < LeastAfter:
		return y, at, ShortAfter
	case slices.Max(y) == slices.Min(y):
		return y, at, Constant
	}
	return y, at, ""
}

// Break is what an interrupted time series tells.
type Break struct {
	Why           Reason // why it tells nothing; then the rest is empty
	Before, After int
	Level         Estimate  // change at once
	Slope         Estimate  // change in each period after, beyond what went on before
	Average       Estimate  // on average since
	Without       []float64 // what would have been without, by what went on before; for every period
	Warnings      []Warning
}

// Interrupted fits a level and a slope before, and a change of both after, with the time of the year where there are two years
// before to know it from.
func Interrupted(s Series) (b Break) {
	y, at, why := s.points()
	if b.Why = why; why != "" {
		return b
	}
	seasonal := at[0]+2*season <= s.Start && len(y) >= 2*season+LeastAfter
	row := func(i int, with bool) []float64 {
		t := float64(i)
		r := []float64{1, t, 0, 0}
		if with && i >= s.Start {
			r[2], r[3] = 1, float64(i-s.Start)
		}
		if seasonal {
			for k := 1.0; k <= 2; k++ {
				r = append(r, math.Sin(2*math.Pi*k*t/season), math.Cos(2*math.Pi*k*t/season))
			}
		}
		return r
	}
	x := make([][]float64, len(y))
	for k, i := range at {
		x[k] = row(i, true)
	}
	f, err := regress(x, y, at, lagOf(len(y)), byLeverage)
	if err != nil {
		return Break{Why: Constant}
	}
	pick := func(level, slope float64) Estimate {
		by := make([]float64, len(x[0]))
		by[2], by[3] = level, slope
		return f.estimate(by)
	}
	mean := 0.0
	for _, i := range at {
		if i < s.Start {
			b.Before++
		} else {
			b.After++
			mean += float64(i - s.Start)
		}
	}
	b.Level, b.Slope, b.Average = pick(1, 0), pick(0, 1), pick(1, mean/float64(b.After))
	for i := range s.Values {
		v := dot(row(i, false), f.beta)
		if s.Log {
			v = math.Exp(v)
		}
		b.Without = append(b.Without, v)
	}
	warn := func(is bool, w Warning) {
		if is {
			b.Warnings = append(b.Warnings, w)
		}
	}
	warn(!seasonal, NoSeason)
	warn(len(y) < at[len(at)-1]-at[0]+1, Gaps)
	warn(b.After < season, Few)
	warn(correlated(f.residual, at) > 2/math.Sqrt(float64(len(y)))+0.2, Drifts)
	return b
}

// correlated is how much errors hang on the one before.
func correlated(e []float64, at []int) float64 {
	var both, all float64
	for i, v := range e {
		all += v * v
		if i > 0 && at[i]-at[i-1] == 1 {
			both += v * e[i-1]
		}
	}
	if all == 0 {
		return 0
	}
	return both / all
}
