package forecast

import (
	"errors"
	"math"
)

// Hierarchy says which series add up to which: a district is the sum of its organisations, an organisation of its services.
// Series are numbered: first the sums, then the parts of which everything is made.
type Hierarchy struct {
	Parts int     // how many there are
	Sums  [][]int // for each sum the parts, numbered from 0, that it adds up
}

// Reconciliation is a way of making forecasts add up.
type Reconciliation uint8

// The ways.
const (
	// BottomUp believes the parts and adds them up.
	BottomUp Reconciliation = iota
	// Weighted draws every series to the others, those with large errors more (FPP3 11.3, WLS with variances).
	Weighted
	// MinimumTrace also uses how errors go together: MinT of Wickramasuriya, Athanasopoulos & Hyndman (J. Am. Stat. Assoc. 114 (2019)
	// 804-819) with the covariance shrunk to its diagonal as Schäfer & Strimmer (Stat. Appl. Genet. Mol. Biol. 4 (2005) 32) do.
	MinimumTrace
)

// Errors of Reconcile.
var (
	ErrHierarchy = errors.New("the hierarchy names a part that there is not, or one twice in a sum")
	ErrNodes     = errors.New("there must be one row for each sum and each part, all of the same length, of finite numbers")
	ErrResiduals = errors.New("there must be at least two one-step errors for each series, as many for each")
)

// Reconcile changes forecasts, one row for each sum and then for each part, so that they add up exactly, as little as their
// errors allow. Errors are one-step errors of the same moments for each series (OneStep), not needed for BottomUp. Where
// floor is given (0 for counts; -Inf for none) no part falls below it. The rows handed in stay as they are.
func (t Hierarchy) Reconcile(forecasts, errs [][]float64, how Reconciliation, floor float64) ([][]float64, error) {
	if err := t.check(forecasts); err != nil {
		return nil, err
	}
	sums, all := len(t.Sums), len(t.Sums)+t.Parts
	out := make([][]float64, all)
	for i, f := range forecasts {
		out[i] = append([]float64(nil), f...)
	}
	if how != BottomUp && sums > 0 {
		w, err := covariance(errs, all, how == MinimumTrace)
		if err != nil {
			return nil, err
		}
		t.project(out, w)
	}
	for i := sums; i < all; i++ {
		for h := range out[i] {
			out[i][h] = max(out[i][h], floor)
		}
	}
	for i, parts := range t.Sums {
		for h := range out[i] {
			out[i][h] = 0
			for _, p := range parts {
				out[i][h] += out[sums+p][h]
			}
		}
	}
	return out, nil
}

func (t Hierarchy) check(forecasts [][]float64) error {
	if t.Parts < 1 {
		return ErrHierarchy
	}
	for _, parts := range t.Sums {
		seen := map[int]bool{}
		for _, p := range parts {
			if p < 0 || p >= t.Parts || seen[p] {
				return ErrHierarchy
			}
			seen[p] = true
		}
	}
	if len(forecasts) != len(t.Sums)+t.Parts {
		return ErrNodes
	}
	for _, f := range forecasts {
		if len(f) != len(forecasts[0]) {
			return ErrNodes
		}
		for _, v := range f {
			if !finite(v) {
				return ErrNodes
			}
		}
	}
	return nil
}

// project takes from each forecast y the part that does not add up: y - WC'(CWC')⁻¹Cy, where each row of C is a sum less its
// parts. It is the other form of MinT's S(S'W⁻¹S)⁻¹S'W⁻¹y, and needs no inverse of W.
func (t Hierarchy) project(y [][]float64, w [][]float64) {
	sums, all := len(t.Sums), len(y)
	c := make([][]float64, sums)
	for i, parts := range t.Sums {
		c[i] = make([]float64, all)
		c[i][i] = 1
		for _, p := range parts {
			c[i][sums+p] = -1
		}
	}
	cw := make([][]float64, sums)
	for i := range cw {
		cw[i] = make([]float64, all)
		for j, row := range w { // W is symmetric
			cw[i][j] = dot(c[i], row)
		}
	}
	for h := range y[0] {
		gap := make([]float64, sums)
		m := make([][]float64, sums)
		for i := range sums {
			for j := range y {
				gap[i] += c[i][j] * y[j][h]
			}
			m[i] = make([]float64, sums)
			for j := range sums {
				m[i][j] = dot(cw[i], c[j])
			}
		}
		pull := solve(m, gap)
		for j := range y {
			for i := range sums {
				y[j][h] -= cw[i][j] * pull[i]
			}
		}
	}
}

// covariance of one-step errors: the variances, or with all the rest of it shrunk by the intensity of Schäfer & Strimmer.
// A series that never erred gets a little, or it could not move.
func covariance(errs [][]float64, all int, whole bool) ([][]float64, error) {
	if len(errs) != all || len(errs[0]) < 2 {
		return nil, ErrResiduals
	}
	n := len(errs[0])
	w := make([][]float64, all)
	largest := 0.0
	for i, e := range errs {
		if len(e) != n {
			return nil, ErrResiduals
		}
		for _, v := range e {
			if !finite(v) {
				return nil, ErrResiduals
			}
		}
		w[i] = make([]float64, all)
		w[i][i] = sumSquares(e) / float64(n)
		largest = max(largest, w[i][i])
	}
	if largest == 0 {
		largest = 1
	}
	for i := range w {
		w[i][i] = max(w[i][i], 1e-8*largest)
	}
	if !whole {
		return w, nil
	}
	var noise, signal float64
	for i := range errs {
		for j := range i {
			r, spread := correlation(errs[i], errs[j], w[i][i], w[j][j])
			w[i][j] = r
			noise += spread
			signal += r * r
		}
	}
	shrink := 1.0
	if signal > 0 {
		shrink = min(max(noise/signal, 0), 1)
	}
	for i := range w {
		for j := range i {
			w[i][j] *= (1 - shrink) * math.Sqrt(w[i][i]*w[j][j])
			w[j][i] = w[i][j]
		}
	}
	return w, nil
}

// correlation of two rows of errors around 0, with the variance of that estimate.
func correlation(a, b []float64, va, vb float64) (r, spread float64) {
	n := float64(len(a))
	scale := math.Sqrt(va * vb)
	for i := range a {
		r += a[i] * b[i] / scale / n
	}
	for i := range a {
		d := a[i]*b[i]/scale - r
		spread += d * d
	}
	return r, spread / (n * max(n-1, 1))
}

// OneStep gives the one-step errors within a series, in its unit, one for each value, by damped exponential smoothing of
// what the season leaves: what Reconcile needs to know how far each series is to be believed. Values that are missing count as
// filled in; without a number all are 0.
func OneStep(s Series) []float64 {
	out := make([]float64, len(s.Values))
	p := prepare(s.Values, s.Period)
	if p == nil || len(p.y) < 3 {
		return out
	}
	a := adjust(p.y, max(s.Period, 1), 1, moving, false)
	m := fitSmoothing(a.values, damped)
	l, b := m.level0, m.slope0
	for i, v := range a.values {
		f := l + m.phi*b
		l, b = f+m.alpha*(v-f), m.phi*b+m.beta*(v-f)
		out[p.from+i] = (v - f) * p.scale
	}
	return out
}
