package forecast

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// busy is a year of days with a week in it and noise that is the same each time.
func busy() []float64 {
	y := make([]float64, 364)
	state := uint32(7)
	for i := range y {
		state = state*1664525 + 1013904223
		noise := float64(state>>8)/float64(1<<24) - .5
		y[i] = (400 + 150*math.Sin(float64(i%7))) * (1 + .2*noise)
	}
	return y
}

func TestAnomaliesAndTheirReasons(t *testing.T) {
	quiet := busy()
	if found := Anomalies(Series{Values: quiet, Period: 7}); len(found) > 0 {
		t.Errorf("nothing was the matter, and yet %+v", found)
	}
	y := slices.Clone(quiet)
	y[100] = 1600
	y[150] *= .3
	y[200], y[201], y[202] = 0, 0, 0
	for i := 280; i < len(y); i++ {
		y[i] *= 1.6
	}
	found := Anomalies(Series{Values: y, Period: 7})
	want := []struct {
		from, to int
		kind     Kind
		reason   string
	}{
		{100, 100, Spike, "three times the usual for a Tuesday"},
		{150, 150, Drop, "% below the usual for a Tuesday"},
		{200, 202, Outage, "nothing for 3 days, where about "},
		{280, 363, Shift, "% more"},
	}
	if len(found) != len(want) {
		t.Fatalf("found %+v", found)
	}
	for i, w := range want {
		a := found[i]
		if a.From != w.from || a.To != w.to || a.Kind != w.kind || !strings.Contains(a.Reason("Tuesday"), w.reason) {
			t.Errorf("found %+v: %s; not %+v", a, a.Reason("Tuesday"), w)
		}
	}
}

func TestReasons(t *testing.T) {
	for _, c := range []struct {
		a     Anomaly
		place string
		want  string
	}{
		{Anomaly{Kind: Spike, Value: 200, Usual: 100, period: 12}, "", "twice the usual for this month"},
		{Anomaly{Kind: Spike, Value: 460, Usual: 100}, "", "4.6 times the usual"},
		{Anomaly{Kind: Spike, Value: 145, Usual: 100}, "April", "45 % above the usual for an April"},
		{Anomaly{Kind: Spike, Value: 3, Usual: 0}, "", "3, where about 0 is the usual"},
		{Anomaly{Kind: Drop, Value: 50, Usual: 100, period: 52}, "", "half of the usual for this week of the year"},
		{Anomaly{Kind: Outage, To: 1, Value: 4, Usual: 12345}, "", "nearly nothing for 2 steps, where about 12,300 is the usual"},
		{Anomaly{Kind: Shift, Value: 80, Usual: 100}, "", "from here on about 80 instead of about 100, 20 % less"},
		{Anomaly{Kind: Shift, Value: 250, Usual: 100}, "", "from here on about 250 instead of about 100, 2.5 times as much"},
	} {
		if got := c.a.Reason(c.place); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}

// The Nile fell in 1899, when the first dam of Aswan was begun: from 1097.75 to 849.97 (Cobb 1978; the example of R's changepoint).
func TestTheNileChanged(t *testing.T) {
	got := Changes(Series{Values: nile})
	if len(got) != 1 || got[0].At != 28 || math.Abs(got[0].Before-1097.75) > .01 || math.Abs(got[0].After-849.97) > .01 {
		t.Errorf("%+v", got)
	}
}

// PELT against every division tried.
func TestLevelsAgainstEveryDivision(t *testing.T) {
	y := []float64{1, 2, 1, 1, 2, 9, 8, 9, 8, 9, 4, 4, 5, 4, 4, 4, 5}
	cost := func(part []float64) float64 {
		m := mean(part)
		s := 0.0
		for _, v := range part {
			s += (v - m) * (v - m)
		}
		return s
	}
	var best func(from int) float64
	best = func(from int) float64 {
		least := cost(y[from:])
		for at := from + shortestLevel; at+shortestLevel <= len(y); at++ {
			least = math.Min(least, cost(y[from:at])+5+best(at))
		}
		return least
	}
	found := levels(y, 5, &prepared{scale: 1})
	total, from := 0.0, 0
	for _, c := range found {
		total += cost(y[from:c.At]) + 5
		from = c.At
	}
	if total += cost(y[from:]); math.Abs(total-best(0)) > 1e-9 {
		t.Errorf("%+v costs %v, the best %v", found, total, best(0))
	}
}

func TestDetector(t *testing.T) {
	y := busy()
	y[200] *= 4
	for i := 300; i < len(y); i++ {
		y[i] *= 2
	}
	d := NewDetector(7)
	var alerts []int
	for i, v := range y {
		if d.Observe(v) >= .999 {
			alerts = append(alerts, i)
		}
	}
	if len(alerts) != 2 || alerts[0] != 200 || alerts[1] < 300 || alerts[1] > 310 {
		t.Errorf("alerts at %v", alerts)
	}
}

func TestCounts(t *testing.T) {
	// Croston by hand: sizes 3 then 3+.1(1-3), gaps 2 then 2+.1(3-2); .95 · 2.8 / 2.1.
	if got, want := croston([]float64{0, 3, 0, 0, 1}), .95*2.8/2.1; math.Abs(got-want) > 1e-12 {
		t.Errorf("Croston %v, not %v", got, want)
	}
	// Poisson quantiles: R's qpois(c(.025, .9, .975), 3).
	q := countQuantiles(3, 3)
	for p, want := range map[float64]float64{.025: 0, .9: 5, .975: 7} {
		if q(p) != want {
			t.Errorf("Poisson quantile %v: %v, not %v", p, q(p), want)
		}
	}
	// A negative binomial of one trial is geometric: mean 4, chance .2 each; P(X <= k) = 1 - .8^(k+1).
	if got := countQuantiles(4, 20)(.9); got != math.Ceil(math.Log(.1)/math.Log(.8)-1) {
		t.Errorf("geometric quantile %v", got)
	}
	y := make([]float64, 120)
	for i := range y {
		if i%5 == 2 {
			y[i] = float64(1 + i%3)
		}
	}
	o := outlook(t, Series{Values: y, Period: 12}, 6)
	if m := mean(y); math.Abs(o.Mean[0]-m) > .1*m || o.Low95[0] != 0 || o.High95[0] < 2 || !slices.Contains(o.Notes, NoteCounts) {
		t.Errorf("of a mean of %v: %+v", mean(y), o)
	}
}
