package allocate

import (
	"math"
	"slices"
)

// selection is the Lagrangian relaxation in which cases may be taken by several officers or by none, at a price u for
// each: every officer then chooses for himself, a knapsack problem. Its best value over all u bounds every plan from
// below, and closer than the linear relaxation does (Held).
type selection struct {
	c      *Cases
	m      *meter
	u      []float64
	units  [][]int // time in whole units, rounded down
	room   []int
	open   [][]bool // which officer may still take which case
	forced []int    // the officer who must take the case, -1 where it is free
	took   [][]bool // officer by case, in the latest relaxation
	value  []float64
	bits   []bool
}

// mostUnits is how finely an officer's time is divided when it is not whole.
const mostUnits = 4000

func newSelection(c *Cases, m *meter) *selection {
	g := &selection{c: c, m: m, u: make([]float64, len(c.Time)), forced: make([]int, len(c.Time))}
	for j := range c.Time {
		g.forced[j] = -1
		g.open = append(g.open, make([]bool, len(c.Room)))
		g.units = append(g.units, make([]int, len(c.Room)))
		for i := range c.Room {
			g.open[j][i] = c.can(j, i)
		}
	}
	for i, room := range c.Room {
		unit := 0.0 // the greatest common divisor, in thousandths
		p := &programme{}
		for j := range c.Time {
			if c.can(j, i) {
				p.variable(c.Time[j][i], 1)
			}
		}
		if unit = grainOf(p); unit == 0 || room/unit > mostUnits {
			unit = math.Max(room/mostUnits, 1e-9)
		}
		g.room = append(g.room, int(room/unit+1e-6))
		for j := range c.Time {
			if c.can(j, i) {
				g.units[j][i] = int(c.Time[j][i]/unit + 1e-6)
			}
		}
		g.took = append(g.took, make([]bool, len(c.Time)))
	}
	return g
}

// relax solves all knapsacks for the present prices and returns the bound.
func (g *selection) relax() float64 {
	z := 0.0
	for j, u := range g.u {
		if g.forced[j] < 0 {
			z += u
		} else {
			z += g.c.Cost[j][g.forced[j]]
		}
	}
	for i := range g.room {
		z += g.choose(i)
	}
	return z
}

// choose is one officer's knapsack: the cases for which the price is more than the cost.
func (g *selection) choose(i int) float64 {
	room := g.room[i]
	var items []int
	clear(g.took[i])
	for j, f := range g.forced {
		if f == i {
			room -= g.units[j][i]
			g.took[i][j] = true
		}
	}
	if room < 0 {
		return inf
	}
	total := 0
	for j, f := range g.forced {
		if f < 0 && g.open[j][i] && g.c.Cost[j][i] < g.u[j] && g.units[j][i] <= room {
			items = append(items, j)
			total += g.units[j][i]
		}
	}
	if total <= room { // all of them fit
		z := 0.0
		for _, j := range items {
			g.took[i][j] = true
			z += g.c.Cost[j][i] - g.u[j]
		}
		return z
	}
	return g.knapsack(i, items, room)
}

func (g *selection) knapsack(i int, items []int, room int) float64 {
	width := room + 1
	if cap(g.value) < width {
		g.value = make([]float64, width)
	}
	if cap(g.bits) < width*len(items) {
		g.bits = make([]bool, width*len(items))
	}
	value, bits := g.value[:width], g.bits[:width*len(items)]
	clear(value)
	clear(bits)
	for k, j := range items {
		gain, w := g.u[j]-g.c.Cost[j][i], g.units[j][i]
		kept := bits[k*width : (k+1)*width]
		for r := room; r >= w; r-- {
			if v := value[r-w] + gain; v > value[r] {
				value[r] = v
				kept[r] = true
			}
		}
	}
	r := room
	for k, j := range slices.Backward(items) {
		if bits[k*width+r] {
			g.took[i][j] = true
			r -= g.units[j][i]
		}
	}
	g.m.spend(2 * width * len(items))
	return -value[room]
}

// ascend moves the prices towards the best bound by subgradients, at most so many steps, and leaves the best prices in
// u. Target is the value of the best plan.
func (g *selection) ascend(target float64, steps int) float64 {
	best, at := -inf, slices.Clone(g.u)
	length, idle := 1.0, 0
	slack := make([]float64, len(g.u))
	previous := make([]float64, len(g.u))
	for range steps {
		z := g.relax()
		if z == inf {
			return inf
		}
		if z > best+1e-9 {
			if z > best+1e-4*math.Abs(best) {
				idle = 0
			}
			best = z
			copy(at, g.u)
		}
		if idle++; idle > 12 {
			length /= 2
			idle = 0
			copy(g.u, at)
		}
		if best >= target-1e-9 || length < 1e-3 || g.m.over {
			break
		}
		norm := 0.0
		for j := range slack {
			slack[j] = 0
			if g.forced[j] >= 0 {
				continue
			}
			slack[j] = 1
			for i := range g.took {
				if g.took[i][j] {
					slack[j]--
				}
			}
			slack[j] = 0.7*slack[j] + 0.3*previous[j]
			norm += slack[j] * slack[j]
		}
		if norm < 1e-12 {
			break
		}
		goal := target
		if goal == inf {
			goal = best + 0.02*math.Abs(best) + 1e-6
		}
		reach := length * math.Max(goal-z, 1e-3*math.Abs(goal)) / norm
		for j := range g.u {
			g.u[j] += reach * slack[j]
		}
		copy(previous, slack)
	}
	copy(g.u, at)
	return best
}

// including is, for each free case, the value of the officer's best selection of other cases when this one has to be
// taken too: what the cases before it and those after it make of the room that it leaves.
func (g *selection) including(i int) []float64 {
	room := g.room[i]
	for j, f := range g.forced {
		if f == i {
			room -= g.units[j][i]
		}
	}
	out := make([]float64, len(g.forced))
	var items []int
	for j, f := range g.forced {
		out[j] = inf
		if f < 0 && g.open[j][i] && g.units[j][i] <= room && g.c.Cost[j][i] < g.u[j] {
			items = append(items, j)
		}
	}
	width := max(0, room) + 1
	before := make([]float64, width*(len(items)+1))
	for k, j := range items {
		grow(before[k*width:(k+1)*width], before[(k+1)*width:(k+2)*width], g.units[j][i], g.u[j]-g.c.Cost[j][i])
	}
	all := before[len(items)*width:]
	for j, f := range g.forced {
		if w := g.units[j][i]; f < 0 && g.open[j][i] && w <= room {
			out[j] = -all[room-w]
		}
	}
	after, next := make([]float64, width), make([]float64, width)
	for k, j := range slices.Backward(items) {
		w, most := g.units[j][i], 0.0
		first := before[k*width : (k+1)*width]
		for r := 0; r+w <= room; r++ {
			most = math.Max(most, first[r]+after[room-w-r])
		}
		out[j] = -most
		grow(after, next, w, g.u[j]-g.c.Cost[j][i])
		after, next = next, after
	}
	g.m.spend(4 * width * (len(items) + 1))
	return out
}

// grow adds one case to a table of the best value for each room.
func grow(from, to []float64, w int, gain float64) {
	copy(to, from)
	for r := w; r < len(to); r++ {
		if v := from[r-w] + gain; v > to[r] {
			to[r] = v
		}
	}
}
