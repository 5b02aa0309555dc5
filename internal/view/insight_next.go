package view

import (
	"fmt"
	"hash/fnv"
	"math"
	"sync"

	"stoa/internal/calendar"
	"stoa/internal/forecast"
)

// outlooks remembers forecasts by what they were made from.
type outlooks struct {
	mu  sync.Mutex
	all map[uint64]*forecast.Outlook
}

const mostKeptOutlooks = 200

// next carries a series on, from memory where it was before; nil where nothing can be told.
func (v *View) next(y []float64, period, h int) *forecast.Outlook {
	sum := fnv.New64a()
	fmt.Fprint(sum, y, period, h)
	key := sum.Sum64()
	v.outlooks.mu.Lock()
	o, ok := v.outlooks.all[key]
	v.outlooks.mu.Unlock()
	if ok {
		return o
	}
	o, err := forecast.Forecast(forecast.Series{Values: y, Period: period}, h)
	if err != nil {
		o = nil
	}
	v.outlooks.mu.Lock()
	defer v.outlooks.mu.Unlock()
	if v.outlooks.all == nil || len(v.outlooks.all) >= mostKeptOutlooks {
		v.outlooks.all = map[uint64]*forecast.Outlook{}
	}
	v.outlooks.all[key] = o
	return o
}

// fewestToForecast is how many steps must be known before a forecast is tried.
const fewestToForecast = 16

// carryOn adds to a picture of the past what comes next, with its interval and with how well the same method did on the
// picture's own past. Without such a score there is no forecast, and a sentence says why.
func (a *asked) carryOn(f *InsightFigure, y []float64, period, h int, after func(i int) calendar.Date) {
	p := a.r.P
	why := ""
	var o *forecast.Outlook
	switch {
	case len(y) < fewestToForecast:
		why = p.T("There is no forecast yet: it needs at least {least} steps of the past to be checked against, and there are {n}.", map[string]any{"least": fewestToForecast, "n": len(y)})
	case constant(y):
		why = p.T("There is no forecast: the figures have never changed, so that nothing is known of how they might.")
	default:
		if o = a.next(y, period, h); o == nil || o.Check.Origins == 0 || !(o.Check.Naive > 0) {
			why = p.T("There is no forecast yet: the past is too short to check one against.")
			o = nil
		}
	}
	if o == nil {
		f.Notes = append(f.Notes, why)
		return
	}
	score := o.Check.Error / o.Check.Naive
	said := map[string]any{"origins": o.Check.Origins, "error": decimals(p.Number, o.Check.Error, 1), "naive": decimals(p.Number, o.Check.Naive, 1), "score": decimals(p.Number, score, 2)}
	if score > 1 {
		f.Notes = append(f.Notes, p.T("There is no forecast: on its own past it was wrong by {error} on average, and what simply repeats the past by {naive} (ratio {score}).", said))
		return
	}
	f.Notes = append(f.Notes,
		p.T("How good the forecast is: made {origins} times on the past as if nothing later were known, it was wrong by {error} on average; what simply repeats the past was wrong by {naive} (ratio {score}; below 1 is better).", said),
		p.T("The band holds what comes four times in five."))
	n := len(f.Series[0].Values)
	f.Low, f.High = make([]DataValue, n), make([]DataValue, n)
	var days []calendar.Date
	for i := range h {
		mean := math.Max(0, o.Mean[i])
		f.Series[0].Values = append(f.Series[0].Values, known(math.Round(mean*10)/10))
		f.Low = append(f.Low, known(math.Round(math.Max(0, o.Low80[i]))))
		f.High = append(f.High, known(math.Round(o.High80[i])))
		days = append(days, after(i))
	}
	for s := 1; s < len(f.Series); s++ {
		f.Series[s].Values = append(f.Series[s].Values, make([]DataValue, h)...)
	}
	f.Dates = append(f.Dates, instants(days)...)
	f.Expected = h
}

func constant(y []float64) bool {
	for _, v := range y {
		if v != y[0] {
			return false
		}
	}
	return true
}

// decimals writes a number with at most so many digits after the point.
func decimals(number func(string) string, v float64, digits int) string {
	s := fmt.Sprintf("%.*f", digits, v)
	return number(s)
}

// steps finds where the level of a series changed, says so, and adds the levels to the picture. Missing values are NaN.
func (a *asked) steps(f *InsightFigure, y []float64, name string, at func(i int) string) []forecast.Change {
	changes := forecast.Changes(forecast.Series{Values: y, Period: 1})
	if len(changes) == 0 {
		return nil
	}
	level := make([]DataValue, len(f.Series[0].Values))
	from, value := 0, changes[0].Before
	for _, c := range append(changes, forecast.Change{At: len(y)}) {
		for i := from; i < c.At; i++ {
			level[i] = known(math.Round(value*10) / 10)
		}
		from, value = c.At, c.After
	}
	f.Series = append(f.Series, DataSeries{Name: a.r.P.T("Level"), Values: level})
	for _, c := range changes {
		said := map[string]any{"what": name, "when": at(c.At), "before": decimals(a.r.P.Number, c.Before, 1), "after": decimals(a.r.P.Number, c.After, 1)}
		if c.After > c.Before {
			f.Notes = append(f.Notes, a.r.P.T("{what} rose {when}, from about {before} to about {after}.", said))
		} else {
			f.Notes = append(f.Notes, a.r.P.T("{what} fell {when}, from about {before} to about {after}.", said))
		}
	}
	return changes
}

// outages finds steps of a series at which nothing was counted though something is usual. They are missing, not zero.
func (a *asked) outages(f *InsightFigure, y []float64, at func(i int) string) {
	for _, an := range forecast.Anomalies(forecast.Series{Values: y, Period: 1}) {
		if an.Kind != forecast.Outage {
			continue
		}
		for i := an.From; i <= an.To && i < len(y); i++ {
			y[i] = math.NaN()
			f.Series[0].Values[i] = DataValue{}
		}
		said := map[string]any{"when": at(an.From), "usual": decimals(a.r.P.Number, an.Usual, 0), "until": at(an.To)}
		if an.From == an.To {
			f.Notes = append(f.Notes, a.r.P.T("Nothing was counted {when}, where about {usual} is usual. It looks like figures that are missing, so that nothing can be told of it.", said))
		} else {
			f.Notes = append(f.Notes, a.r.P.T("Nothing was counted from {when} to {until}, where about {usual} is usual. It looks like figures that are missing, so that nothing can be told of them.", said))
		}
	}
}
