package evaluate_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"stoa/internal/evaluate"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s is %.6f, not %.6f", what, got, want)
	}
}

// TestCardAndKrueger is row 4 of table 3 of their paper: employment in New Jersey and Pennsylvania around April 1992.
func TestCardAndKrueger(t *testing.T) {
	e := evaluate.Between(0.59, 0.54, -2.16, 1.25)
	near(t, "the difference", e.Value, 2.76, 0.015) // they rounded the parts
	near(t, "its error", e.Error, 1.36, 0.005)
	if !e.Tells() {
		t.Errorf("%+v", e)
	}
}

// noise is a series of errors, each hanging on the one before.
func noise(r *rand.Rand, n int, rho float64) []float64 {
	y, last := make([]float64, n), r.NormFloat64()/math.Sqrt(1-rho*rho)
	for i := range y {
		last = rho*last + r.NormFloat64()
		y[i] = last
	}
	return y
}

// TestIntervalsHoldTheTruth counts how often they do, on seeded series: as promised where errors are independent, nearly so
// where they hang together, as is known of these errors in short series.
func TestIntervalsHoldTheTruth(t *testing.T) {
	const tries = 400
	for _, c := range []struct{ rho, level, slope, between float64 }{{0, 0.93, 0.93, 0.93}, {0.3, 0.87, 0.87, 0.88}} {
		r := rand.New(rand.NewPCG(7, uint64(c.rho*100)))
		var level, slope, between, false0 int
		for range tries {
			y := noise(r, 60, c.rho)
			control := [][]float64{noise(r, 60, c.rho), noise(r, 60, c.rho), noise(r, 60, c.rho)}
			for i := range y {
				common := 2 * math.Sin(2*math.Pi*float64(i)/12)
				y[i] += common + 0.05*float64(i)
				for k := range control {
					control[k][i] += common + 0.05*float64(i)
				}
				if i >= 40 {
					y[i] += 2
				}
			}
			b := evaluate.Interrupted(evaluate.Series{Values: y, Start: 40})
			if b.Level.Low <= 2 && 2 <= b.Level.High {
				level++
			}
			if b.Slope.Low <= 0 && 0 <= b.Slope.High {
				slope++
			}
			d := evaluate.Compare(evaluate.Series{Values: y, Start: 40}, control)
			if d.Effect.Low <= 2 && 2 <= d.Effect.High {
				between++
			}
			if evaluate.Compare(evaluate.Series{Values: control[0], Start: 40}, control[1:]).Effect.Tells() {
				false0++
			}
		}
		share := func(n int) float64 { return float64(n) / tries }
		t.Logf("errors that hang together by %.1f: level %.3f, slope %.3f, comparison %.3f; an effect where there is none %.3f", c.rho, share(level), share(slope), share(between), share(false0))
		if share(level) < c.level || share(slope) < c.slope || share(between) < c.between || share(false0) > 1.2*(1-c.between) {
			t.Errorf("the intervals promise too much")
		}
	}
}

// TestWhatSpeaksAgainstIt is said.
func TestWhatSpeaksAgainstIt(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	others := make([][]float64, 6)
	for k := range others {
		others[k] = noise(r, 48, 0)
	}
	apart := noise(r, 48, 0)
	for i := range apart {
		apart[i] += 0.3 * float64(i)
	}
	if d := evaluate.Compare(evaluate.Series{Values: apart, Start: 30}, others); !slices.Contains(d.Warnings, evaluate.Trends) {
		t.Errorf("two that ran apart before: %v", d.Warnings)
	}
	if d := evaluate.Compare(evaluate.Series{Values: noise(r, 48, 0), Start: 30}, others); !slices.Contains(d.Warnings, evaluate.Elsewhere) || d.Effect.Tells() {
		t.Errorf("nothing happened: %+v", d)
	}
	strong := noise(r, 48, 0)
	for i := 30; i < 48; i++ {
		strong[i] += 6
	}
	if d := evaluate.Compare(evaluate.Series{Values: strong, Start: 30}, others); len(d.Warnings) != 0 || !d.Effect.Tells() || d.Elsewhere > 0.2 || d.Earlier != 0 {
		t.Errorf("a strong effect: %+v", d)
	}
	if d := evaluate.Compare(evaluate.Series{Values: strong, Start: 30}, others[:1]); !slices.Contains(d.Warnings, evaluate.FewOthers) {
		t.Errorf("one other: %v", d.Warnings)
	}
}

// TestWhatCannotBeTold has a reason, for whatever comes.
func TestWhatCannotBeTold(t *testing.T) {
	flat := func(n int) []float64 { return make([]float64, n) }
	nan := math.NaN()
	holes := flat(40)
	for i := range holes {
		holes[i] = nan
	}
	odd := []float64{1, 2, 3, 4, 5, 6, 7, math.Inf(1), 9, 1, 2, 3, 4, 5}
	for name, c := range map[string]struct {
		s    evaluate.Series
		want evaluate.Reason
	}{
		"nothing":         {evaluate.Series{}, evaluate.ShortBefore},
		"short before":    {evaluate.Series{Values: odd[:7], Start: 5}, evaluate.ShortBefore},
		"short after":     {evaluate.Series{Values: []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 9}, Start: 8}, evaluate.ShortAfter},
		"after the end":   {evaluate.Series{Values: []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 9}, Start: 80}, evaluate.ShortAfter},
		"before it":       {evaluate.Series{Values: []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 9}, Start: -3}, evaluate.ShortBefore},
		"all the same":    {evaluate.Series{Values: flat(40), Start: 20}, evaluate.Constant},
		"all missing":     {evaluate.Series{Values: holes, Start: 20}, evaluate.ShortBefore},
		"not finite":      {evaluate.Series{Values: odd, Start: 9}, evaluate.NotFinite},
		"logarithm of 0":  {evaluate.Series{Values: flat(40), Start: 20, Log: true}, evaluate.NotFinite},
		"logarithm of −1": {evaluate.Series{Values: []float64{-1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 1, 2, 3}, Start: 8, Log: true}, evaluate.NotFinite},
	} {
		if b := evaluate.Interrupted(c.s); b.Why != c.want {
			t.Errorf("%s: %q, not %q", name, b.Why, c.want)
		}
		if d := evaluate.Compare(c.s, [][]float64{slices.Repeat([]float64{1}, len(c.s.Values))}); d.Why != c.want && c.want != evaluate.Constant {
			t.Errorf("%s beside others: %q, not %q", name, d.Why, c.want)
		}
	}
	if d := evaluate.Compare(evaluate.Series{Values: odd, Start: 8}, nil); d.Why != evaluate.NoOthers {
		t.Error(d.Why)
	}
	gappy := make([]float64, 40)
	for i := range gappy {
		gappy[i] = float64(i % 5)
	}
	gappy[7], gappy[30] = nan, nan
	if b := evaluate.Interrupted(evaluate.Series{Values: gappy, Start: 26}); b.Why != "" || !slices.Contains(b.Warnings, evaluate.Gaps) || len(b.Without) != 40 {
		t.Errorf("%+v", b)
	}
}
