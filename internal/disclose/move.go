package disclose

import "slices"

// A move is another table that looks the same: a lowest cell changes by some number, its neighbours in each dimension by
// the opposite, and so on around a hypercube (Giessing), so that all sums but those inside the cube stay. Where there is
// no neighbour (to is -1), the sums of that dimension change with the cell. All figures that change must be hidden; then
// nobody can tell the true table from the moved one.
type move struct {
	from, to [mostDimensions]int // lowest nodes
	up       bool                // the cell at from grows
}

// step is a move, done by as much.
type step struct {
	move
	by int64
}

// corners calls f with each lowest cell that the move changes, and whether it grows.
func (g *grid) corners(m move, f func(leaf int, grows bool) bool) bool {
	var rec func(d, at int, grows bool) bool
	rec = func(d, at int, grows bool) bool {
		if d == len(g.axes) {
			return f(at, grows)
		}
		s := g.axes[d].stride
		return rec(d+1, at+m.from[d]*s, grows) && (m.to[d] < 0 || rec(d+1, at+m.to[d]*s, !grows))
	}
	return rec(0, 0, m.up)
}

// sides gives, for one axis, the nodes that change with from and those that change with to.
func (a *axis) sides(from, to int) (with, against []int) {
	with = a.above[from]
	if to < 0 {
		return with, nil
	}
	against = a.above[to]
	for len(with) > 0 && len(against) > 0 && with[len(with)-1] == against[len(against)-1] {
		with, against = with[:len(with)-1], against[:len(against)-1]
	}
	return with, against
}

// touches calls f with every figure that the move changes.
func (g *grid) touches(m move, f func(place int) bool) bool {
	var with, against [mostDimensions][]int
	for d := range g.axes {
		with[d], against[d] = g.axes[d].sides(m.from[d], m.to[d])
	}
	var rec func(d, at int) bool
	rec = func(d, at int) bool {
		if d == len(g.axes) {
			return f(at)
		}
		s := g.axes[d].stride
		for _, n := range with[d] {
			if !rec(d+1, at+n*s) {
				return false
			}
		}
		for _, n := range against[d] {
			if !rec(d+1, at+n*s) {
				return false
			}
		}
		return true
	}
	return rec(0, 0)
}

// need is what must be possible: a table that looks the same, in which the figure is larger by this (or smaller).
type need struct {
	place   int
	amount  bool
	by      int64
	changed bool // only cells that changed since the version before may differ
	version int  // the figure is one of this many versions before
}

const (
	free      = 0
	forbidden = -1
	never     = 1 << 30
	partly    = 1 << 20 // a move that does not suffice is worse than any that does
	mostSteps = 2000
)

// width is how many neighbours are looked at in each dimension, by the number of dimensions.
var width = [mostDimensions + 1]int{0, 256, 64, 16, 8}

// search finds the moves that meet one need at the least cost.
type search struct {
	*plan
	need
	truth []int64
	least int64         // what an outsider knows a lowest cell to hold that is not zero
	moved map[int]int64 // so far
	wide  int
	best  step
	score int // of the best, lower is better
}

// meet finds steps for the need; ok is false if there are none.
func (p *plan) meet(n need) (steps []step, ok bool) {
	p = p.of(n)
	s := &search{plan: p, need: n, truth: p.g.count, least: 1, moved: map[int]int64{}}
	if n.amount {
		s.truth, s.least = p.g.amount, 0
	}
	left, up := n.by, n.by > 0
	if !up {
		left = -left
	}
	for left > 0 {
		if len(steps) == mostSteps {
			return nil, false
		}
		if s.wide = width[len(p.g.axes)]; !s.look(left, up) {
			if s.wide *= 4; !s.look(left, up) {
				return nil, false
			}
		}
		steps = append(steps, s.best)
		left -= s.best.by
		p.g.corners(s.best.move, func(leaf int, grows bool) bool {
			if grows {
				s.moved[leaf] += s.best.by
			} else {
				s.moved[leaf] -= s.best.by
			}
			return true
		})
	}
	return steps, true
}

func (s *search) holds(leaf int) int64 {
	if len(s.moved) == 0 {
		return s.truth[leaf]
	}
	return s.truth[leaf] + s.moved[leaf]
}

const mostStarts = 8

// look finds the best move that begins at a lowest cell of the figure.
func (s *search) look(left int64, up bool) bool {
	s.score = never
	starts := s.below[s.place]
	if s.lowest[s.place] {
		starts = []int{s.place}
	}
	if s.changed || len(starts) > 1 {
		starts = slices.DeleteFunc(slices.Clone(starts), func(leaf int) bool { return s.changed && !s.before.differs(leaf) || !up && s.holds(leaf) <= s.least })
		slices.SortStableFunc(starts, func(x, y int) int {
			if up {
				return s.costs(x, s.amount) - s.costs(y, s.amount)
			}
			return cmp64(s.holds(y), s.holds(x))
		})
	}
	for _, leaf := range starts[:min(len(starts), mostStarts)] {
		s.from(leaf, left, up)
	}
	return s.score < never
}

func cmp64(x, y int64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// from tries the moves that begin at the cell.
func (s *search) from(leaf int, left int64, up bool) {
	var to [mostDimensions][]choice
	m := move{up: up}
	for d := range s.g.axes {
		m.from[d] = s.g.node(leaf, d)
		to[d] = s.neighbours(leaf, d, left, up)
	}
	var rec func(d int)
	rec = func(d int) {
		if d == len(s.g.axes) {
			s.try(m, left)
			return
		}
		for _, n := range to[d] {
			if n.cost%partly < s.score { // it is a part of what the move costs
				m.to[d] = n.node
				rec(d + 1)
			}
		}
	}
	rec(0)
}

// choice is a neighbour and what hiding it loses.
type choice struct{ node, cost int }

// neighbours are the cells that differ from this one in the dimension only, the cheapest first, and none.
func (s *search) neighbours(leaf, d int, left int64, up bool) []choice {
	a := &s.g.axes[d]
	whole, own := s.g.node(s.place, d), s.g.node(leaf, d)
	best, frees := make([]choice, 0, s.wide+2), 0
	for _, n := range a.leaves {
		if frees == s.wide {
			break // none can be better
		}
		if n == own || whole != own && a.contains(whole, n) {
			continue
		}
		at := leaf + (n-own)*a.stride
		cost := s.costs(at, s.amount)
		if cost == forbidden {
			continue
		}
		if up && s.holds(at)-s.least < left {
			cost += partly
		}
		if cost == free {
			frees++
		}
		if len(best) == s.wide && cost >= best[len(best)-1].cost {
			continue
		}
		i, _ := slices.BinarySearchFunc(best, cost+1, func(c choice, cost int) int { return c.cost - cost })
		if best = slices.Insert(best, i, choice{n, cost}); len(best) > s.wide {
			best = best[:s.wide]
		}
	}
	return append(best, choice{node: -1})
}

// try keeps the move if it is possible and better than the best so far.
func (s *search) try(m move, left int64) {
	most := left
	if !s.g.corners(m, func(leaf int, grows bool) bool {
		if s.g.count[leaf] == 0 || s.changed && !s.before.differs(leaf) {
			return false
		}
		if !grows {
			most = min(most, s.holds(leaf)-s.least)
		}
		return most > 0
	}) {
		return
	}
	score := 0
	if most < left {
		score = 1
	}
	limit := s.score
	if !s.g.touches(m, func(place int) bool {
		c := s.costs(place, s.amount)
		if c == forbidden {
			return false
		}
		if score += c; score > 1 && most < left {
			return score+partly < limit
		}
		return score < limit
	}) {
		return
	}
	for _, o := range s.mates {
		more := o.costs(m, s.amount)
		if more == forbidden {
			return
		}
		score += more
	}
	if score > 1 && most < left {
		score += partly
	}
	if score < s.score {
		s.best, s.score = step{m, most}, score
	}
}
