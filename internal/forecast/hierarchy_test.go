package forecast

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

var ways = []Reconciliation{BottomUp, Weighted, MinimumTrace}

// A total of 10 over parts of 4 and 4, all equally sure: each gives way by a third of the gap of 2. By hand, from FPP3 11.3.
func TestEquallySureGiveWayEqually(t *testing.T) {
	h := Hierarchy{Parts: 2, Sums: [][]int{{0, 1}}}
	errs := [][]float64{{1, -1, 1, -1}, {1, 1, -1, -1}, {1, -1, -1, 1}}
	for _, how := range []Reconciliation{Weighted, MinimumTrace} {
		got, err := h.Reconcile([][]float64{{10}, {4}, {4}}, errs, how, math.Inf(-1))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []float64{28. / 3, 14. / 3, 14. / 3} {
			if math.Abs(got[i][0]-want) > 1e-9 {
				t.Errorf("way %d, row %d: %v, not %v", how, i, got[i][0], want)
			}
		}
	}
}

// MinT by its first form, S(S'W⁻¹S)⁻¹S'W⁻¹y (Wickramasuriya et al. 2019, equation 9), for one sum of two parts, written out.
func TestWeightedByTheFirstForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.SliceOfN(rapid.Float64Range(-100, 100), 3, 3).Draw(t, "forecasts")
		sd := rapid.SliceOfN(rapid.Float64Range(.5, 20), 3, 3).Draw(t, "errors")
		h := Hierarchy{Parts: 2, Sums: [][]int{{0, 1}}}
		got, err := h.Reconcile([][]float64{{y[0]}, {y[1]}, {y[2]}}, [][]float64{{sd[0], -sd[0]}, {sd[1], -sd[1]}, {sd[2], -sd[2]}}, Weighted, math.Inf(-1))
		if err != nil {
			t.Fatal(err)
		}
		w := [3]float64{1 / (sd[0] * sd[0]), 1 / (sd[1] * sd[1]), 1 / (sd[2] * sd[2])}
		a, b, d := w[0]+w[1], w[0], w[0]+w[2]
		u, v := w[0]*y[0]+w[1]*y[1], w[0]*y[0]+w[2]*y[2]
		det := a*d - b*b
		first, second := (u*d-v*b)/det, (a*v-b*u)/det
		if math.Abs(got[1][0]-first) > 1e-6*(1+math.Abs(first)) || math.Abs(got[2][0]-second) > 1e-6*(1+math.Abs(second)) {
			t.Fatalf("%v and %v, not %v and %v", got[1][0], got[2][0], first, second)
		}
	})
}

func TestSumsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts, steps := rapid.IntRange(1, 8).Draw(t, "parts"), rapid.IntRange(1, 4).Draw(t, "steps")
		h := Hierarchy{Parts: parts}
		for range rapid.IntRange(0, 5).Draw(t, "sums") {
			var sum []int
			for p := range parts {
				if rapid.Bool().Draw(t, "in") {
					sum = append(sum, p)
				}
			}
			h.Sums = append(h.Sums, sum)
		}
		row := func(n int) []float64 { return rapid.SliceOfN(rapid.Float64Range(-1e4, 1e4), n, n).Draw(t, "row") }
		var forecasts, errs [][]float64
		for range len(h.Sums) + parts {
			forecasts, errs = append(forecasts, row(steps)), append(errs, row(6))
		}
		how := rapid.SampledFrom(ways).Draw(t, "way")
		floor := rapid.SampledFrom([]float64{0, math.Inf(-1)}).Draw(t, "floor")
		got, err := h.Reconcile(forecasts, errs, how, floor)
		if err != nil {
			t.Fatal(err)
		}
		for i, sum := range h.Sums {
			for s := range steps {
				total := 0.0
				for _, p := range sum {
					total += got[len(h.Sums)+p][s]
				}
				if got[i][s] != total {
					t.Fatalf("sum %d is %v, its parts make %v", i, got[i][s], total)
				}
			}
		}
		// What adds up already stays.
		again, err := h.Reconcile(got, errs, how, floor)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			for s := range steps {
				if math.Abs(again[i][s]-got[i][s]) > 1e-6*(1+math.Abs(got[i][s])) {
					t.Fatalf("row %d moved from %v to %v", i, got[i][s], again[i][s])
				}
			}
		}
	})
}

func TestHierarchyRefusals(t *testing.T) {
	one := [][]float64{{1}, {1}}
	for _, c := range []struct {
		h               Hierarchy
		forecasts, errs [][]float64
		want            error
	}{
		{Hierarchy{}, nil, nil, ErrHierarchy},
		{Hierarchy{Parts: 1, Sums: [][]int{{1}}}, one, nil, ErrHierarchy},
		{Hierarchy{Parts: 1, Sums: [][]int{{0, 0}}}, one, nil, ErrHierarchy},
		{Hierarchy{Parts: 1, Sums: [][]int{{0}}}, one[:1], nil, ErrNodes},
		{Hierarchy{Parts: 1, Sums: [][]int{{0}}}, [][]float64{{1}, {math.NaN()}}, nil, ErrNodes},
		{Hierarchy{Parts: 1, Sums: [][]int{{0}}}, one, [][]float64{{1, 2}}, ErrResiduals},
		{Hierarchy{Parts: 1, Sums: [][]int{{0}}}, one, one, ErrResiduals},
	} {
		if _, err := c.h.Reconcile(c.forecasts, c.errs, Weighted, 0); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, not %v", c.h, err, c.want)
		}
	}
}

// One-step errors of the airline are a few percent of it, and one for every month.
func TestOneStep(t *testing.T) {
	e := OneStep(Series{Values: passengers, Period: 12})
	if len(e) != len(passengers) {
		t.Fatalf("%d errors for %d months", len(e), len(passengers))
	}
	if rms := math.Sqrt(sumSquares(e) / float64(len(e))); rms > 20 || rms < 5 {
		t.Errorf("root mean square %v", rms)
	}
}
