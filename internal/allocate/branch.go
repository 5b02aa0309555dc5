package allocate

import (
	"container/heap"
	"math"
	"math/rand/v2"
)

// search looks for the best whole-numbered point of a programme by branch and bound: linear relaxations give bounds,
// limits on one variable at a time divide what is left.
type search struct {
	p      *programme
	s      *tableau
	meter  *meter
	chance *rand.Rand
	lo, hi []float64 // of the programme's variables: what may still hold better points
	best   []float64
	value  float64 // of best
	grain  float64 // all whole points' values are multiples of it; 0 when not known
	bound  float64
	result outcome // of the relaxation of the whole
	pseudo [2][]ratio
	// polish, where set, makes a whole point near to a fractional one; it may fail.
	polish func(x []float64) ([]float64, bool)
}

// ratio collects by how much the objective grew for each unit of rounding.
type ratio struct{ sum, count float64 }

func newSearch(p *programme, m *meter, chance *rand.Rand) *search {
	b := &search{p: p, s: newTableau(p, m), meter: m, chance: chance, value: inf, bound: -inf, grain: grainOf(p)}
	b.lo, b.hi = append([]float64(nil), p.low...), append([]float64(nil), p.high...)
	b.pseudo = [2][]ratio{make([]ratio, len(p.cost)), make([]ratio, len(p.cost))}
	return b
}

// run searches until the best is proven or the work is done; bound, best and result say what is known then. It returns
// what one unit more on the right of each row adds to the relaxation's objective.
func (b *search) run(cuts bool) (prices []float64) {
	if b.result = b.s.solve(inf); b.result != solved {
		return nil
	}
	b.bound = b.raise(b.s.objective())
	prices = b.prices()
	if b.polish != nil {
		if point, ok := b.polish(b.relaxed()); ok {
			b.offer(point)
		}
	}
	if cuts {
		b.strengthen(20, 30)
	}
	b.bound = math.Max(b.bound, b.raise(b.explore(b.lo, b.hi, math.MaxInt)))
	if b.best != nil {
		b.bound = math.Min(b.bound, b.value)
	}
	b.meter.tell(b.value, b.bound)
	return prices
}

// prices are read from the slacks' reduced costs.
func (b *search) prices() []float64 {
	out := make([]float64, len(b.p.rows))
	for j, v := range b.s.nonbasic {
		if v >= b.s.n {
			out[v-b.s.n] = -b.s.d[j]
		}
	}
	return out
}

// proof says in words how the bound is known.
func (b *search) proof() string {
	switch {
	case b.result == gaveUp:
		return "the work ended before any bound was known"
	case b.best != nil && b.value-b.bound < 1e-9*math.Max(1, math.Abs(b.value)):
		return "branch and bound looked at, or ruled out, every other plan"
	}
	return "linear relaxation with cuts, and branch and bound as far as the work went"
}

// grainOf is the greatest common divisor of the costs, in thousandths; 0 where they are finer or a variable with a
// cost need not be whole.
func grainOf(p *programme) float64 {
	g := 0
	for j, c := range p.cost {
		k := math.Round(c * 1000)
		if math.Abs(k-c*1000) > 1e-6 || math.Abs(k) > 1e12 || c != 0 && !p.isWhole(j) {
			return 0
		}
		a, b := g, int(math.Abs(k))
		for b != 0 {
			a, b = b, a%b
		}
		g = a
	}
	return float64(g) / 1000
}

// variable adds a whole variable between 0 and high.
func (p *programme) variable(cost, high float64) int {
	p.cost, p.low, p.high, p.whole = append(p.cost, cost), append(p.low, 0), append(p.high, high), append(p.whole, true)
	return len(p.cost) - 1
}

func (p *programme) isWhole(v int) bool { return p.whole != nil && p.whole[v] }

// cutoff is the objective from which on a part of the space holds nothing better than what is known.
func (b *search) cutoff() float64 {
	if b.value == inf {
		return inf
	}
	if b.grain > 0 {
		return b.value - b.grain + math.Min(1e-4, b.grain/100)
	}
	return b.value - 1e-9*math.Max(1, math.Abs(b.value))
}

// raise lifts a bound to the next value that a whole point can have.
func (b *search) raise(z float64) float64 {
	if b.grain > 0 && !math.IsInf(z, 0) {
		return math.Ceil((z-1e-6*math.Max(1, math.Abs(z)/1000))/b.grain-1e-4) * b.grain
	}
	return z
}

// offer takes a whole point as the best plan if it keeps every row and is better.
func (b *search) offer(x []float64) bool {
	z := 0.0
	for j, c := range b.p.cost {
		z += c * x[j]
	}
	if z >= b.value-1e-9 || !b.p.keeps(x) {
		return false
	}
	b.best, b.value = append([]float64(nil), x...), z
	b.meter.tell(b.value, b.bound)
	return true
}

// keeps says whether a point keeps all limits and rows.
func (p *programme) keeps(x []float64) bool {
	for j, v := range x {
		if v < p.low[j]-1e-6 || v > p.high[j]+1e-6 {
			return false
		}
	}
	for _, r := range p.rows {
		sum, size := 0.0, 1.0
		for _, e := range r.terms {
			sum += e.a * x[e.v]
			size = math.Max(size, math.Abs(e.a*x[e.v]))
		}
		if sum < r.low-1e-9*size || sum > r.high+1e-9*size {
			return false
		}
	}
	return true
}

// part is a part of the space: its parent's, with narrower limits for one variable.
type part struct {
	parent *part
	v      int
	lo, hi float64
	bound  float64
	depth  int
	up     int     // 1 when the branch went up
	far    float64 // how far the relaxation was rounded
}

type parts []*part

func (p parts) Len() int { return len(p) }
func (p parts) Less(i, j int) bool {
	if p[i].bound != p[j].bound {
		return p[i].bound < p[j].bound
	}
	return p[i].depth > p[j].depth
}
func (p parts) Swap(i, j int) { p[i], p[j] = p[j], p[i] }

// Push and Pop are for container/heap.
func (p *parts) Push(x any) { *p = append(*p, x.(*part)) }

// Pop takes the last.
func (p *parts) Pop() any {
	old := *p
	last := old[len(old)-1]
	*p = old[:len(old)-1]
	return last
}

// explore searches between the limits lo and hi, in at most so many parts. It returns the bound of what it left, which
// is the cutoff when it left nothing.
func (b *search) explore(lo, hi []float64, most int) (bound float64) {
	open := &parts{}
	next := &part{v: -1, bound: -inf}
	for n := 0; next != nil || open.Len() > 0; n++ {
		if next == nil {
			next = heap.Pop(open).(*part)
			if next.bound >= b.cutoff() {
				return b.value
			}
			if z := b.raise(next.bound); z > b.bound {
				b.bound = z
				b.meter.tell(b.value, b.bound)
			}
		}
		if n >= most || b.meter.over {
			bound = next.bound
			if open.Len() > 0 {
				bound = math.Min(bound, (*open)[0].bound)
			}
			return bound
		}
		near, far, known := b.look(next, lo, hi)
		if !known {
			bound = next.bound
			if open.Len() > 0 {
				bound = math.Min(bound, (*open)[0].bound)
			}
			return bound
		}
		if far != nil {
			heap.Push(open, far)
		}
		next = near
	}
	return b.value
}

// look solves the relaxation of a part and divides it; no children means that nothing better is in it. Not known: it
// could not be solved in the work that was left.
func (b *search) look(at *part, lo, hi []float64) (near, far *part, known bool) {
	copy(b.s.lo, lo)
	copy(b.s.hi, hi)
	for q := at; q != nil && q.v >= 0; q = q.parent {
		b.s.lo[q.v] = math.Max(b.s.lo[q.v], q.lo)
		b.s.hi[q.v] = math.Min(b.s.hi[q.v], q.hi)
	}
	switch b.s.solve(b.cutoff()) {
	case infeasible, cut:
		return nil, nil, true
	case gaveUp:
		return nil, nil, false
	}
	z := b.s.objective()
	if at.v >= 0 && at.far > 0 && at.parent != nil {
		g := &b.pseudo[at.up][at.v]
		g.sum += math.Max(0, z-at.bound) / at.far
		g.count++
	}
	z = math.Max(z, at.bound)
	if at.parent == nil && b.cutoff() < inf {
		b.narrow(z, lo, hi)
	}
	v, x := b.fraction(z)
	if v < 0 {
		point := make([]float64, b.s.n)
		for j := range point {
			if point[j] = b.s.value(j); b.p.isWhole(j) {
				point[j] = math.Round(point[j])
			}
		}
		b.offer(point)
		return nil, nil, true
	}
	if b.polish != nil && at.depth%4 == 0 {
		if point, ok := b.polish(b.relaxed()); ok {
			b.offer(point)
		}
	}
	f := x - math.Floor(x)
	down := &part{parent: at, v: v, lo: b.s.lo[v], hi: math.Floor(x), bound: z, depth: at.depth + 1, up: 0, far: f}
	up := &part{parent: at, v: v, lo: math.Ceil(x), hi: b.s.hi[v], bound: z, depth: at.depth + 1, up: 1, far: 1 - f}
	if f > 0.5 || f == 0.5 && b.chance.IntN(2) == 0 {
		return up, down, true
	}
	return down, up, true
}

func (b *search) relaxed() []float64 {
	x := make([]float64, b.s.n)
	for j := range x {
		x[j] = b.s.value(j)
	}
	return x
}

// narrow takes away the values of nonbasic variables that cost too much by their reduced cost alone.
func (b *search) narrow(z float64, lo, hi []float64) {
	room := b.cutoff() - z
	for j, v := range b.s.nonbasic {
		if v >= b.s.n || !b.p.isWhole(v) || lo[v] == hi[v] {
			continue
		}
		if d := b.s.d[j]; d > 1e-6 && !b.s.atHigh[v] {
			hi[v] = math.Min(hi[v], b.s.lo[v]+math.Floor(room/d+1e-6))
		} else if d < -1e-6 && b.s.atHigh[v] {
			lo[v] = math.Max(lo[v], b.s.hi[v]-math.Floor(-room/d+1e-6))
		}
	}
}

// fraction chooses the variable to divide on: the one whose two branches raise the bound most, by what was seen of it
// before (pseudo-costs), and by the first step of the dual simplex while little was seen (Achterberg, 5.3).
func (b *search) fraction(z float64) (v int, x float64) {
	v = -1
	most := -1.0
	for i, w := range b.s.basic {
		if w >= b.s.n || !b.p.isWhole(w) {
			continue
		}
		y := b.s.x[i]
		f := y - math.Floor(y)
		if f < 1e-6 || f > 1-1e-6 {
			continue
		}
		down, up := b.growth(i, w, f)
		if score := math.Max(down, 1e-6) * math.Max(up, 1e-6) * (1 + 1e-9*b.chance.Float64()); score > most {
			most, v, x = score, w, y
		}
	}
	return v, x
}

func (b *search) growth(i, w int, f float64) (down, up float64) {
	d, u := b.pseudo[0][w], b.pseudo[1][w]
	if d.count >= 4 && u.count >= 4 {
		return d.sum / d.count * f, u.sum / u.count * (1 - f)
	}
	down, up = inf, inf
	for j, a := range b.s.t[i] {
		q := b.s.nonbasic[j]
		if math.Abs(a) < pivotTol || b.s.lo[q] == b.s.hi[q] {
			continue
		}
		r := math.Abs(b.s.d[j] / a)
		if (a < 0) != b.s.atHigh[q] { // the basic variable grows with it
			up = math.Min(up, r)
		} else {
			down = math.Min(down, r)
		}
	}
	b.meter.spend(b.s.n)
	// Where nothing can give way the branch is empty, which is the best that can happen.
	down, up = math.Min(down, 1e6)*f, math.Min(up, 1e6)*(1-f)
	if d.count > 0 {
		down = math.Max(down, d.sum/d.count*f)
	}
	if u.count > 0 {
		up = math.Max(up, u.sum/u.count*(1-f))
	}
	return down, up
}
