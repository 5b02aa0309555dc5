package allocate

import "math"

// term is a variable with its factor in a row.
type term struct {
	v int
	a float64
}

// row is a demand on the variables: low ≤ Σ a·x ≤ high.
type row struct {
	terms     []term
	low, high float64
}

// programme is a linear or integer programme: the least Σ cost·x with every row kept. Every variable has finite limits.
type programme struct {
	cost, low, high []float64
	whole           []bool // nil: none
	rows            []row
}

var inf = math.Inf(1)

const (
	feasTol  = 1e-7
	pivotTol = 1e-8
)

// outcome of a linear programme.
type outcome uint8

const (
	solved     outcome = iota
	infeasible         // no point keeps every row
	cut                // the optimum is no better than the cutoff
	gaveUp             // out of work, or numbers went wrong: nothing is known
)

// tableau is the simplex method's state: the basic variables written in the others, dense. It only ever moves between
// dual feasible bases, so that rows may be added and limits changed at any time and the last basis is a good beginning
// (Chvatal, chapters 8 and 10). Variables 0…n-1 are the programme's, n+i is the slack of row i: a·x + slack = 0,
// with limits -high ≤ slack ≤ -low.
type tableau struct {
	p        *programme
	n        int
	t        [][]float64 // row i: factors of the nonbasic variables, one column each
	d        []float64   // reduced costs
	basic    []int
	nonbasic []int
	place    []int // of a variable: row i as i, column j as -1-j
	lo, hi   []float64
	atHigh   []bool
	x        []float64 // values of the basic variables
	weight   []float64 // devex reference weights of the rows
	pivots   int       // since the tableau was last made from the programme
	careful  bool      // turns are chosen by Bland's rule, since nothing moved for long
	stuck    int       // the row that was found to be out of reach
	meter    *meter
	steps    []step
	nz       []int
}

// step is a column that may enter, with the ratio at which its reduced cost changes sign.
type step struct {
	j     int
	ratio float64
}

func newTableau(p *programme, m *meter) *tableau {
	s := &tableau{p: p, n: len(p.cost), meter: m}
	s.lo, s.hi = append([]float64(nil), p.low...), append([]float64(nil), p.high...)
	s.place = make([]int, s.n)
	s.nonbasic, s.d = make([]int, s.n), append([]float64(nil), p.cost...)
	s.atHigh = make([]bool, s.n)
	for j := range s.n {
		s.nonbasic[j], s.place[j] = j, -1-j
	}
	for _, r := range p.rows {
		s.addRow(r)
	}
	return s
}

// addRow writes a row in the nonbasic variables; its slack is basic.
func (s *tableau) addRow(r row) {
	t := make([]float64, s.n)
	for _, e := range r.terms {
		if at := s.place[e.v]; at < 0 {
			t[-1-at] += e.a
		} else {
			for j, f := range s.t[at] {
				t[j] -= e.a * f
			}
		}
	}
	s.place = append(s.place, len(s.basic))
	s.basic = append(s.basic, len(s.place)-1)
	s.t = append(s.t, t)
	s.lo, s.hi = append(s.lo, -r.high), append(s.hi, -r.low)
	s.atHigh = append(s.atHigh, false)
	s.x, s.weight = append(s.x, 0), append(s.weight, 1)
}

// settle puts every nonbasic variable to the limit that its reduced cost asks for, and reckons the basic ones anew.
func (s *tableau) settle() {
	for j, v := range s.nonbasic {
		switch {
		case s.d[j] < 0 && s.hi[v] < inf:
			s.atHigh[v] = true
		case s.d[j] > 0 && s.lo[v] > -inf:
			s.atHigh[v] = false
		default:
			s.atHigh[v] = s.lo[v] == -inf
		}
	}
	values := make([]float64, s.n)
	for j, v := range s.nonbasic {
		values[j] = s.at(v)
	}
	for i, t := range s.t {
		sum := 0.0
		for j, f := range t {
			sum -= f * values[j]
		}
		s.x[i] = sum
	}
	s.meter.spend(len(s.t) * s.n)
}

// at is the value of a nonbasic variable.
func (s *tableau) at(v int) float64 {
	if s.atHigh[v] {
		return s.hi[v]
	}
	return s.lo[v]
}

// value is the value of any of the programme's variables.
func (s *tableau) value(v int) float64 {
	if i := s.place[v]; i >= 0 {
		return s.x[i]
	}
	return s.at(v)
}

func (s *tableau) objective() float64 {
	z := 0.0
	for v, c := range s.p.cost {
		if c != 0 {
			z += c * s.value(v)
		}
	}
	return z
}
