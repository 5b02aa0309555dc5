package forecast

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func outlook(t interface{ Fatal(...any) }, s Series, h int) *Outlook {
	o, err := Forecast(s, h)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// The last two years of the airline, which grew faster than before, as if they had not been.
func TestAirline(t *testing.T) {
	known, came := passengers[:120], passengers[120:]
	o := outlook(t, Series{Values: known, Period: 12}, 24)
	own, naive := Measure(known, 12, o.Mean, came), Measure(known, 12, SeasonalNaive(known, 12, 24), came)
	if own.SMAPE > .65*naive.SMAPE {
		t.Errorf("sMAPE %.2f, seasonal naive %.2f", own.SMAPE, naive.SMAPE)
	}
	if _, held := IntervalScore(o.Low95, o.High95, came, .05); held < .9 {
		t.Errorf("the 95 %% interval held %v", held)
	}
	if o.Check.Origins != rollings || o.Check.Error <= 0 || o.Check.Error >= o.Check.Naive {
		t.Errorf("the check is %+v", o.Check)
	}
	share := 0.0
	for _, p := range o.Parts {
		share += p.Share
	}
	if math.Abs(share-1) > 1e-9 {
		t.Errorf("the parts make %v", share)
	}
}

// hostile draws what a careless file may hold.
func hostile(t *rapid.T) Series {
	value := rapid.OneOf(
		rapid.Float64Range(-1e6, 1e6), rapid.Float64Range(0, 10),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 1e300, -1e300, 5e-324, 1, 1, 1}),
		rapid.Map(rapid.IntRange(0, 3), func(i int) float64 { return float64(i) }),
	)
	n := rapid.IntRange(0, 90).Draw(t, "length") // drawn by itself, or most would be short
	return Series{
		Values: rapid.SliceOfN(value, n, n).Draw(t, "values"),
		Period: rapid.SampledFrom([]int{-1, 0, 1, 2, 4, 7, 12, 24, 52, 1000}).Draw(t, "period"),
	}
}

func TestWhateverComesTheAnswerIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, h := hostile(t), rapid.IntRange(1, 30).Draw(t, "horizon")
		before := slices.Clone(s.Values)
		o, err := Forecast(s, h)
		if err == nil {
			sound(t, o, h)
		} else if slices.ContainsFunc(s.Values, finite) {
			t.Fatalf("refused: %v", err)
		}
		for _, a := range Anomalies(s) {
			if a.From < 0 || a.To < a.From || a.To >= len(s.Values) || !finite(a.Usual) || !finite(a.Value) || a.Reason("") == "" {
				t.Fatalf("anomaly %+v", a)
			}
		}
		for _, c := range Changes(s) {
			if c.At <= 0 || c.At >= len(s.Values) || !finite(c.Before) || !finite(c.After) {
				t.Fatalf("change %+v", c)
			}
		}
		for _, e := range OneStep(s) {
			if !finite(e) {
				t.Fatal("a one-step error is no number")
			}
		}
		d := NewDetector(s.Period)
		for _, v := range s.Values {
			if score := d.Observe(v); !(score >= 0 && score <= 1) {
				t.Fatalf("score %v for %v", score, v)
			}
		}
		if !slices.EqualFunc(before, s.Values, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }) {
			t.Fatal("the caller's values were changed")
		}
	})
}

func sound(t *rapid.T, o *Outlook, h int) {
	if len(o.Mean) != h {
		t.Fatalf("%d steps, not %d", len(o.Mean), h)
	}
	for i, m := range o.Mean {
		in := []float64{o.Low95[i], o.Low80[i], m, o.High80[i], o.High95[i]}
		for _, v := range in {
			if !finite(v) {
				t.Fatalf("step %d: %v", i+1, in)
			}
		}
		if !slices.IsSorted(in) {
			t.Fatalf("step %d: not one inside the other: %v", i+1, in)
		}
	}
	if !finite(o.Check.Error) || !finite(o.Check.Naive) {
		t.Fatalf("the check is %+v", o.Check)
	}
}

func TestNothingNegativeFromWhatNeverWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 60).Draw(t, "length")
		y := rapid.SliceOfN(rapid.Float64Range(0, 50), n, n).Draw(t, "values")
		slices.SortFunc(y, func(a, b float64) int { return compare(b, a) }) // falling towards zero
		o := outlook(t, Series{Values: y, Period: rapid.SampledFrom([]int{1, 4, 12}).Draw(t, "period")}, 20)
		if low := slices.Min(o.Low95); low < 0 {
			t.Fatalf("%v", low)
		}
	})
}

// A power of two changes no digit of the answer; any other factor hardly one.
func TestScale(t *testing.T) {
	a, b := outlook(t, Series{Values: passengers, Period: 12}, 12), outlook(t, Series{Values: stretched(passengers, 1024), Period: 12}, 12)
	c := outlook(t, Series{Values: stretched(passengers, 1.1), Period: 12}, 12)
	for i := range a.Mean {
		if b.Mean[i] != 1024*a.Mean[i] || b.Low95[i] != 1024*a.Low95[i] {
			t.Errorf("step %d: %v, not %v", i+1, b.Mean[i], 1024*a.Mean[i])
		}
		if math.Abs(c.Mean[i]/a.Mean[i]-1.1) > 1e-3 {
			t.Errorf("step %d: %v, not %v", i+1, c.Mean[i], 1.1*a.Mean[i])
		}
	}
}

func stretched(y []float64, by float64) []float64 {
	out := make([]float64, len(y))
	for i, v := range y {
		out[i] = by * v
	}
	return out
}

func TestShortAndConstant(t *testing.T) {
	for _, c := range []struct {
		values []float64
		period int
		mean   float64
		note   Note
	}{
		{[]float64{7}, 12, 7, NoteConstant},
		{[]float64{7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7}, 4, 7, NoteConstant},
		{make([]float64, 30), 7, 0, NoteConstant},
		{[]float64{3, 4}, 1, 4, NoteShort},
		{[]float64{3, 4, 3, 4, 3}, 12, 3.5, NoteSeason},
		{[]float64{math.NaN(), 5, 5, math.NaN(), 5}, 1, 5, NoteFilled},
	} {
		o := outlook(t, Series{Values: c.values, Period: c.period}, 3)
		if math.Abs(o.Mean[0]-c.mean) > .6 {
			t.Errorf("%v: next %v, not %v", c.values, o.Mean[0], c.mean)
		}
		if !slices.Contains(o.Notes, c.note) {
			t.Errorf("%v: notes %q lack %q", c.values, o.Notes, c.note)
		}
	}
	if o := outlook(t, Series{Values: []float64{7}}, 2); !(o.Low95[0] < 7 && o.High95[1] > o.High95[0]) {
		t.Errorf("one value, and sure of the next: %+v", o)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		s    Series
		h    int
		want error
	}{
		{Series{}, 1, ErrEmpty},
		{Series{Values: []float64{math.NaN(), math.Inf(1)}}, 1, ErrEmpty},
		{Series{Values: []float64{1}}, 0, ErrHorizon},
		{Series{Values: []float64{1}}, 1001, ErrHorizon},
		{Series{Values: []float64{1, 2}, Effects: [][]float64{{1, 2}}}, 1, ErrEffects},
		{Series{Values: []float64{1e308, 2e307}}, 1, ErrHuge},
	} {
		if _, err := Forecast(c.s, c.h); err != c.want {
			t.Errorf("%v, %d: %v, not %v", c.s.Values, c.h, err, c.want)
		}
	}
}

// A tenth of the airline's months missing, and one a hundred times too large, change the forecast little.
func TestGapsAndGlitches(t *testing.T) {
	y := slices.Clone(passengers)
	for i := 5; i < len(y); i += 10 {
		y[i] = math.NaN()
	}
	y[77] *= 100
	whole, holed := outlook(t, Series{Values: passengers, Period: 12}, 12), outlook(t, Series{Values: y, Period: 12}, 12)
	if e := Measure(passengers, 12, holed.Mean, whole.Mean); e.SMAPE > 3 {
		t.Errorf("sMAPE %v from the forecast of the whole series", e.SMAPE)
	}
	for _, n := range []Note{NoteFilled, NoteOutliers} {
		if !slices.Contains(holed.Notes, n) {
			t.Errorf("notes %q lack %q", holed.Notes, n)
		}
	}
}

// Holidays on which nobody comes, known in advance.
func TestEffects(t *testing.T) {
	const n, h = 400, 28
	y, holiday := make([]float64, n), make([]float64, n+h)
	for i := range holiday {
		if i%37 == 11 {
			holiday[i] = 1
		}
		if i < n {
			y[i] = (200 + 40*math.Sin(float64(i%7)) + 5*math.Sin(float64(i*i))) * (1 - .8*holiday[i])
		}
	}
	at := slices.Index(holiday[n:], 1)
	without, with := outlook(t, Series{Values: y, Period: 7}, h), outlook(t, Series{Values: y, Period: 7, Effects: [][]float64{holiday}}, h)
	if without.Mean[at] < 100 || with.Mean[at] > 90 || with.Mean[at] < 20 {
		t.Errorf("a holiday of about 40: %v known, %v unknown", with.Mean[at], without.Mean[at])
	}
}

// A year beside the week is seen without being named.
func TestSecondSeason(t *testing.T) {
	y := make([]float64, 1460)
	for i := range y {
		y[i] = 500 + 100*math.Sin(2*math.Pi*float64(i)/365.25) + 30*float64(i%7) + 10*math.Sin(float64(i*i))
	}
	known, came := y[:1095], y[1095:]
	o := outlook(t, Series{Values: known, Period: 7}, len(came))
	if e := Measure(known, 7, o.Mean, came); e.SMAPE > 8 {
		t.Errorf("sMAPE of a year ahead %v", e.SMAPE)
	}
}

func TestMeasures(t *testing.T) {
	// M4's formulas by hand: |1-3|·200/4 and |2-2|; errors of 2 and 0 in units of the mean step, 2.
	e := Measure([]float64{2, 4, 2}, 1, []float64{1, 2}, []float64{3, 2})
	if e.SMAPE != 50 || e.MASE != .5 {
		t.Errorf("%+v", e)
	}
	// An interval of 4 that misses by 1 on the one side, and holds on the other: (4 + 2/.05·1 + 4)/2.
	score, held := IntervalScore([]float64{0, 0}, []float64{4, 4}, []float64{5, 1}, .05)
	if score != 24 || held != .5 {
		t.Errorf("score %v, held %v", score, held)
	}
	if !math.IsNaN(NaiveError([]float64{3, 3, 3}, 1)) {
		t.Error("a constant series scales nothing")
	}
}
