package allocate

import (
	"math"
	"slices"
)

// solve moves from the present basis to the optimum under the present limits, or stops once the objective is seen to
// reach the cutoff.
func (s *tableau) solve(cutoff float64) outcome {
	if s.pivots > 3000 {
		s.refresh()
	}
	s.settle()
	stalled := 0
	sure := s.pivots == 0
	for range 500 + 50*(len(s.t)+s.n) {
		if cutoff < inf && s.objective() >= cutoff {
			return cut
		}
		s.careful = stalled > 100
		r, gap := s.leaving()
		if r < 0 {
			return solved
		}
		q := s.entering(r, gap)
		if q < 0 {
			if s.stuck = r; sure || s.pivots < 50 {
				return infeasible
			}
			s.refresh() // make sure that it is the programme, not rounding
			s.settle()
			sure = true
			continue
		}
		if !s.meter.spend((len(s.t) + 3) * s.n) {
			return gaveUp
		}
		if stalled++; math.Abs(s.d[q]) > 1e-9 {
			stalled = 0
		}
		if gap = s.excess(r); gap != 0 {
			s.pivot(r, q, gap)
		}
	}
	return gaveUp
}

// excess is by how much a basic variable lies below its lower limit (negative) or above its upper one.
func (s *tableau) excess(i int) float64 {
	v := s.basic[i]
	if e := s.x[i] - s.lo[v]; e < 0 {
		return e
	}
	return math.Max(0, s.x[i]-s.hi[v])
}

// leaving is the row whose variable is furthest outside its limits, by devex weights; -1 when none is.
func (s *tableau) leaving() (r int, gap float64) {
	r = -1
	most := 0.0
	for i, v := range s.basic {
		e := 0.0
		if x := s.x[i]; x < s.lo[v] {
			e = x - s.lo[v]
		} else if x > s.hi[v] {
			e = x - s.hi[v]
		}
		if math.Abs(e) <= feasTol {
			continue
		}
		if s.careful {
			if r < 0 || v < s.basic[r] {
				r, gap = i, e
			}
		} else if w := e * e / s.weight[i]; w > most {
			most, r, gap = w, i, e
		}
	}
	return r, gap
}

// entering is the column that takes the row's place: the reduced cost that reaches zero first. Columns whose other
// limit is near are moved there in passing while the row still gains by it (the long step of the dual method).
func (s *tableau) entering(r int, gap float64) int {
	s.steps = s.steps[:0]
	for j, a := range s.t[r] {
		if math.Abs(a) < pivotTol {
			continue
		}
		v := s.nonbasic[j]
		if s.lo[v] == s.hi[v] {
			continue
		}
		if (a < 0) == (gap < 0) == s.atHigh[v] {
			continue
		}
		s.steps = append(s.steps, step{j, math.Abs(s.d[j] / a)})
	}
	if len(s.steps) == 0 {
		return -1
	}
	if s.careful {
		least := slices.MinFunc(s.steps, func(a, b step) int {
			if math.Abs(a.ratio-b.ratio) <= 1e-12 {
				return s.nonbasic[a.j] - s.nonbasic[b.j]
			}
			return sign(a.ratio - b.ratio)
		})
		return least.j
	}
	slices.SortFunc(s.steps, func(a, b step) int {
		if c := sign(a.ratio - b.ratio); c != 0 {
			return c
		}
		return a.j - b.j
	})
	slope := math.Abs(gap)
	for k := 0; k < len(s.steps); {
		// All that turn at about this ratio, and the one of them with the largest element, which is the safest.
		best, end, room := k, k, 0.0
		for end < len(s.steps) && s.steps[end].ratio <= s.steps[k].ratio+1e-9 {
			j := s.steps[end].j
			if math.Abs(s.t[r][j]) > math.Abs(s.t[r][s.steps[best].j]) {
				best = end
			}
			room += math.Abs(s.t[r][j]) * (s.hi[s.nonbasic[j]] - s.lo[s.nonbasic[j]])
			end++
		}
		if slope-room <= feasTol {
			return s.steps[best].j
		}
		slope -= room
		for _, e := range s.steps[k:end] {
			s.flip(e.j)
		}
		k = end
	}
	return -1 // even with everything at its other limit the row is out of reach
}

func sign(x float64) int {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return 0
}

// flip moves a nonbasic variable to its other limit.
func (s *tableau) flip(j int) {
	v := s.nonbasic[j]
	before := s.at(v)
	s.atHigh[v] = !s.atHigh[v]
	delta := s.at(v) - before
	for i, t := range s.t {
		s.x[i] -= t[j] * delta
	}
}

// pivot lets column q enter for row r, whose variable leaves to the limit that it had passed by gap.
func (s *tableau) pivot(r, q int, gap float64) {
	row := s.t[r]
	turn := row[q]
	out, in := s.basic[r], s.nonbasic[q]
	move := gap / turn
	entered := s.at(in) + move
	inverse := 1 / turn
	row[q] = 1
	s.nz = s.nz[:0]
	for j := range row {
		if math.Abs(row[j]) < 1e-12 {
			row[j] = 0
			continue
		}
		row[j] *= inverse
		s.nz = append(s.nz, j)
	}
	w := s.weight[r]
	for i, t := range s.t {
		f := t[q]
		if i == r || f == 0 {
			continue
		}
		s.x[i] -= f * move
		t[q] = 0
		subtract(t, row, f, s.nz)
		s.weight[i] = math.Max(s.weight[i], f*f*inverse*inverse*w)
	}
	f := s.d[q]
	s.d[q] = 0
	subtract(s.d, row, f, s.nz)
	s.weight[r] = math.Max(1, w*inverse*inverse)
	s.x[r] = entered
	s.atHigh[out] = gap > 0
	s.basic[r], s.nonbasic[q] = in, out
	s.place[in], s.place[out] = r, -1-q
	if s.pivots++; s.weight[r] > 1e7 {
		for i := range s.weight {
			s.weight[i] = 1
		}
	}
}

// subtract takes f times row from t; nz are the places of row that are not zero.
func subtract(t, row []float64, f float64, nz []int) {
	if len(nz)*3 < len(row) {
		for _, j := range nz {
			t[j] -= f * row[j]
		}
		return
	}
	row = row[:len(t)]
	for j := range t {
		t[j] -= f * row[j]
	}
}

// refresh makes the tableau again from the programme for the same basis, which takes away what rounding has left.
func (s *tableau) refresh() {
	old := *s
	fresh := newTableau(s.p, s.meter)
	fresh.lo, fresh.hi = old.lo, old.hi
	copy(fresh.atHigh, old.atHigh)
	var enter []int
	leave := make([]bool, len(old.basic))
	for v := range old.n {
		if old.place[v] >= 0 {
			enter = append(enter, v)
		}
	}
	for v := old.n; v < len(old.place); v++ {
		if old.place[v] < 0 {
			leave[v-old.n] = true
		}
	}
	for _, v := range enter {
		q, r := -1-fresh.place[v], -1
		for i, l := range leave {
			if l && (r < 0 || math.Abs(fresh.t[i][q]) > math.Abs(fresh.t[r][q])) {
				r = i
			}
		}
		if r < 0 || math.Abs(fresh.t[r][q]) < pivotTol {
			continue // so near to singular that the slack is as good
		}
		leave[r] = false
		high := fresh.atHigh[fresh.basic[r]]
		fresh.pivot(r, q, 0)
		fresh.atHigh[fresh.nonbasic[q]] = high
		fresh.meter.spend(len(fresh.t) * fresh.n)
	}
	for i := range fresh.weight {
		fresh.weight[i] = 1
	}
	fresh.pivots = 0
	*s = *fresh
}
