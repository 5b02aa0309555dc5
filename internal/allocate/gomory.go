package allocate

import (
	"math"
	"slices"
)

// strengthen adds Gomory's mixed-integer cuts to the relaxation, round by round, while they raise the bound, and drops
// those that no longer bind. Every row's slack must be whole where its variables are, which holds for whole data.
func (b *search) strengthen(rounds, most int) {
	original := len(b.p.rows)
	own := *b.p
	b.p = &own
	b.p.rows = slices.Clone(b.p.rows)
	b.s.p = b.p
	idle := 0
	last := b.s.objective()
	for range rounds {
		cuts := b.cuts(original, most)
		if len(cuts) == 0 {
			break
		}
		for _, c := range cuts {
			b.p.rows = append(b.p.rows, c)
			b.s.addRow(c)
		}
		if b.s.solve(inf) != solved {
			break
		}
		b.drop(original)
		if b.s.solve(inf) != solved {
			break
		}
		z := b.s.objective()
		if idle++; z > last+1e-3*math.Max(1, math.Abs(last))/10 {
			idle = 0
		}
		if last = math.Max(z, last); idle > 3 {
			break
		}
	}
}

// cuts makes at most so many cuts from the rows whose variable is most fractional.
func (b *search) cuts(original, most int) []row {
	type place struct {
		i int
		f float64
	}
	var places []place
	for i, v := range b.s.basic {
		if v < b.s.n && b.p.isWhole(v) {
			if f := b.s.x[i] - math.Floor(b.s.x[i]); f > 0.02 && f < 0.98 {
				places = append(places, place{i, math.Abs(f - 0.5)})
			}
		}
	}
	slices.SortStableFunc(places, func(a, c place) int { return sign(a.f - c.f) })
	var out []row
	for _, q := range places {
		if r, ok := b.gomory(q.i, original); ok {
			if out = append(out, r); len(out) == most {
				break
			}
		}
	}
	b.meter.spend(len(out) * b.s.n * 8)
	return out
}

// gomory is the cut of one row (Gomory; the bounded form as in Achterberg, 8.2). Nonbasic variables are measured from
// the limit at which they stand; slacks are put back in the programme's variables at the end.
func (b *search) gomory(i, original int) (row, bool) {
	f0 := b.s.x[i] - math.Floor(b.s.x[i])
	factor := make([]float64, b.s.n)
	right := 1.0
	for j, a := range b.s.t[i] {
		v := b.s.nonbasic[j]
		if math.Abs(a) < 1e-11 || b.s.lo[v] == b.s.hi[v] {
			continue
		}
		from := b.s.at(v)
		if b.s.atHigh[v] {
			a = -a // measured downwards
		}
		whole := v < b.s.n && b.p.isWhole(v) || v >= b.s.n && v < b.s.n+original && b.wholeRow(v-b.s.n)
		g := 0.0
		if whole && math.Abs(from-math.Round(from)) < 1e-9 {
			if f := a - math.Floor(a); f <= f0 {
				g = f / f0
			} else {
				g = (1 - f) / (1 - f0)
			}
		} else if a > 0 {
			g = a / f0
		} else {
			g = -a / (1 - f0)
		}
		if g < 1e-10 {
			continue
		}
		if b.s.atHigh[v] { // g·(from - v)
			g = -g
		}
		right += g * from
		if v < b.s.n {
			factor[v] += g
			continue
		}
		for _, e := range b.p.rows[v-b.s.n].terms { // slack = -a·x
			factor[e.v] -= g * e.a
		}
	}
	return b.tidy(factor, right)
}

// wholeRow says whether a row's slack is whole at every whole point.
func (b *search) wholeRow(r int) bool {
	for _, e := range b.p.rows[r].terms {
		if !b.p.isWhole(e.v) || e.a != math.Round(e.a) {
			return false
		}
	}
	return true
}

// tidy drops tiny factors on the safe side and refuses cuts that rounding could make wrong.
func (b *search) tidy(factor []float64, right float64) (row, bool) {
	largest := 0.0
	for _, f := range factor {
		largest = math.Max(largest, math.Abs(f))
	}
	if largest < 1e-7 || largest > 1e6 {
		return row{}, false
	}
	var r row
	for v, f := range factor {
		if f == 0 {
			continue
		}
		if math.Abs(f) < largest*1e-6 {
			right -= math.Max(f*b.p.low[v], f*b.p.high[v])
			continue
		}
		r.terms = append(r.terms, term{v, f / largest})
	}
	r.low, r.high = right/largest-1e-7*math.Max(1, math.Abs(right/largest)), inf
	return r, len(r.terms) > 0
}

// drop forgets the cuts that do not bind.
func (b *search) drop(original int) {
	var rows []row
	for i, r := range b.p.rows {
		if i < original || b.s.place[b.s.n+i] < 0 {
			rows = append(rows, r)
		}
	}
	if len(rows) == len(b.p.rows) {
		return
	}
	basis := b.s
	b.p.rows = rows
	b.s = newTableau(b.p, b.meter)
	copy(b.s.lo, basis.lo[:basis.n])
	copy(b.s.hi, basis.hi[:basis.n])
	b.s.solve(inf)
}
