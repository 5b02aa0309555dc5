package forecast

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// squares runs a smoothing model the slow obvious way.
func (s *smoothing) squares(y []float64) float64 {
	l, b, sum := s.level0, s.slope0, 0.0
	for _, v := range y {
		f := l + s.phi*b
		e := v - f
		l, b = f+s.alpha*e, s.phi*b+s.beta*e
		sum += e * e
	}
	return sum
}

// R 4: HoltWinters(Nile, gamma = FALSE, beta = FALSE) gives α = .2465796 and 805.0389 for the next year. It begins at the first
// value where we begin at the best one, which after a hundred years has been forgotten.
func TestSimpleSmoothingOfTheNile(t *testing.T) {
	s := fitSmoothing(nile, level)
	if math.Abs(s.alpha-.2466) > .01 || math.Abs(s.forecast(1)[0]-805.04) > 2 {
		t.Errorf("α %v, next %v", s.alpha, s.forecast(1)[0])
	}
	if best := fitETS(nile); best.form != level {
		t.Errorf("AICc chose form %d for the Nile", best.form)
	}
}

// HKOS table 6.1: simple smoothing's variance grows by α² a step, Holt's by (α+βh)².
func TestSpread(t *testing.T) {
	s := smoothing{form: linear, alpha: .3, beta: .1, phi: 1, sse: 100 * 4, n: 104}
	want := []float64{4, 4 * (1 + .16), 4 * (1 + .16 + .25)}
	for i, sd := range s.spread(3) {
		if math.Abs(sd*sd-want[i]) > 1e-9 {
			t.Errorf("step %d: variance %v, not %v", i+1, sd*sd, want[i])
		}
	}
}

func series(t *rapid.T, least, most int) []float64 {
	n := rapid.IntRange(least, most).Draw(t, "length")
	return rapid.SliceOfN(rapid.Float64Range(-1000, 1000), n, n).Draw(t, "series")
}

// The errors that concentrating out gives are those of the plain recursion, and no other beginning is better.
func TestBeginningsAreBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := series(t, 4, 40)
		for _, form := range []trend{level, linear, damped} {
			s := fitSmoothing(y, form)
			got := s.squares(y)
			if math.Abs(got-s.sse) > 1e-6*(1+got) {
				t.Fatalf("form %d: %v by the recursion, %v claimed", form, got, s.sse)
			}
			for _, d := range []float64{-1, 1} {
				o := s
				o.level0 += d
				if o.squares(y) < got-1e-6*(1+got) {
					t.Fatalf("form %d: the level %v is better than %v", form, o.level0, s.level0)
				}
				o = s
				o.slope0 += d
				if form != level && o.squares(y) < got-1e-6*(1+got) {
					t.Fatalf("form %d: the slope %v is better than %v", form, o.slope0, s.slope0)
				}
			}
		}
	})
}

// Theta by its definition: the mean of the line through the series (θ = 0) and simple smoothing of the series that curves twice
// as much (θ = 2).
func TestThetaIsTheMeanOfTwoLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := series(t, 3, 40)
		got, s := fitTheta(y, 5)
		at0, slope := line(y)
		// Smoothing with the same α, begun where y's own smoothing of 2y - line begins.
		l2, drift := 2*s.level0-at0, slope
		for i, v := range y {
			twice := 2*v - (at0 + drift*float64(i))
			l2 += s.alpha * (twice - l2)
		}
		// The line lags in smoothing; theta's closed form counts from where it would stand.
		for h, f := range got {
			zero := at0 + slope*float64(len(y)+h)
			if want := (zero + l2) / 2; math.Abs(f-want) > 1e-6*(1+math.Abs(want)) {
				t.Fatalf("step %d: %v, not %v", h+1, f, want)
			}
		}
	})
}

// The running line against least squares through what is known, and DOTM's errors against its recursion (equations 13 to 17).
func TestDynamicTheta(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := series(t, 4, 40)
		m := fitDynamicTheta(y)
		var r runningLine
		l, sum := m.level0, 0.0
		for i, v := range y {
			keep := math.Pow(1-m.alpha, float64(i))
			mu := l + m.kappa*(keep*r.a+(1-keep*(1-m.alpha))/m.alpha*r.b)
			if i == 0 {
				mu = l
			}
			// The lines are kept less the first value, which moves l(0) by the same.
			mu -= m.kappa * keep * y[0] * sign(i)
			sum += (v - mu) * (v - mu)
			l += m.alpha * (v - l)
			r.add(v)
			at0, slope := line(y[:i+1])
			if math.Abs(r.b-slope) > 1e-6 || math.Abs(r.a+r.b-at0) > 1e-6 {
				t.Fatalf("after %d: %v + %v t, not %v + %v t", i+1, r.a, r.b, at0-slope, slope)
			}
		}
		if math.Abs(sum-m.sse) > 1e-5*(1+sum) {
			t.Fatalf("%v by the recursion, %v claimed", sum, m.sse)
		}
	})
}

func sign(i int) float64 {
	if i > 0 {
		return 1
	}
	return 0
}

// Moving or stretching a series moves or stretches what these models say of it. Whole numbers and a power of two keep every
// difference exact, or rounding would choose between valleys of one depth.
func TestModelsAreEquivariant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(8, 40).Draw(t, "length")
		whole := rapid.SliceOfN(rapid.IntRange(-1000, 1000), n, n).Draw(t, "series")
		by := float64(rapid.IntRange(-5000, 5000).Draw(t, "shift"))
		y, other := make([]float64, len(whole)), make([]float64, len(whole))
		for i, v := range whole {
			y[i] = float64(v)
			other[i] = 4*y[i] + by
		}
		for _, m := range []model{dampedSmoothing, dynamicThetaLine, plainTheta, autoregressive, chosenSmoothing} {
			f, sd := carryOn(y, 4, m)
			g, wide := carryOn(other, 4, m)
			for i := range f {
				if want := 4*f[i] + by; math.Abs(g[i]-want) > 1e-6*(1+math.Abs(want)) {
					t.Fatalf("%s, step %d: %v, not %v", modelNames[m], i+1, g[i], want)
				}
				if math.Abs(wide[i]-4*sd[i]) > 1e-6*(1+wide[i]) {
					t.Fatalf("%s, step %d: spread %v, not %v", modelNames[m], i+1, wide[i], 4*sd[i])
				}
			}
		}
	})
}

// An autoregression of a known process finds it: differences of .6 times the one before.
func TestAutoregression(t *testing.T) {
	y, d := []float64{0}, 1.0
	for i := range 400 {
		d = .6*d + math.Sin(float64(i*i)) // as irregular as noise, and the same each time
		y = append(y, y[i]+d)
	}
	m := fitAutoregression(differences(y, 1))
	if len(m.phi) == 0 || math.Abs(m.phi[0]-.6) > .1 {
		t.Errorf("the weights are %v", m.phi)
	}
}

func TestSearches(t *testing.T) {
	if x := minimum(0, 1, func(x float64) float64 { return (x - .3217) * (x - .3217) }); math.Abs(x-.3217) > 2e-3 {
		t.Errorf("the least of a parabola at %v", x)
	}
	p := simplex([][]float64{{.9, .1}}, func(x []float64) float64 {
		return 1e-3 + (x[0]-.2)*(x[0]-.2) + 3*(x[1]-.7)*(x[1]-.7)
	}, 200)
	if math.Abs(p[0]-.2) > .02 || math.Abs(p[1]-.7) > .02 {
		t.Errorf("the least of a bowl at %v", p)
	}
	x := solve([][]float64{{4, 2}, {2, 3}}, []float64{2, 5})
	if math.Abs(x[0]+.5) > 1e-12 || math.Abs(x[1]-2) > 1e-12 {
		t.Errorf("two equations solved by %v", x)
	}
}
