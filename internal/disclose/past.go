package disclose

import "slices"

// link says which lowest cells two versions have in common: there in both, and the same.
type link struct {
	from, to *grid
	amounts  bool
	nodes    [][]int // for each axis: the node there, -1 if there is none
}

func newLink(from, to *grid, amounts bool) *link {
	l := &link{from: from, to: to, amounts: amounts}
	for d := range from.axes {
		nodes := make([]int, len(from.axes[d].ids))
		for n, id := range from.axes[d].ids {
			nodes[n] = -1
			if at, ok := to.axes[d].index[id]; ok {
				nodes[n] = at
			}
		}
		l.nodes = append(l.nodes, nodes)
	}
	return l
}

// place is where the figure is in the other version, or -1.
func (l *link) place(place int) int {
	at := 0
	for d := range l.nodes {
		n := l.nodes[d][l.from.node(place, d)]
		if n < 0 {
			return -1
		}
		at += n * l.to.axes[d].stride
	}
	return at
}

// same is the place of a lowest cell in the other version, if it is the same there, or -1.
func (l *link) same(leaf int) int {
	at := l.place(leaf)
	if at < 0 || !l.to.lowest(at) || l.to.count[at] != l.from.count[leaf] || l.amounts && l.to.amount[at] != l.from.amount[leaf] {
		return -1
	}
	return at
}

// shift is by how much each figure of the other version changes with the move, since what is the same stays the same
// for those who know which cells have not changed.
func (l *link) shift(m move) map[int]int {
	by := map[int]int{}
	l.from.corners(m, func(leaf int, grows bool) bool {
		if same := l.same(leaf); same >= 0 {
			one := 1
			if !grows {
				one = -1
			}
			l.to.each(same, func(at int) { by[at] += one })
		}
		return true
	})
	return by
}

// mate is another version, which is laid beside this one.
type mate struct {
	*link
	plan *plan
}

// costs is what the move costs in the other version; forbidden if it would show there.
func (o mate) costs(m move, amount bool) (cost int) {
	for at, by := range o.shift(m) {
		if by == 0 {
			continue
		}
		c := o.plan.costs(at, amount)
		if c == forbidden {
			return forbidden
		}
		cost += c
	}
	return cost
}

// of is the plan that the need belongs to.
func (p *plan) of(n need) *plan {
	if n.version == 0 {
		return p
	}
	return p.past[n.version-1]
}

// looksBack makes plans of the versions before, with what their small figures need: that they stay hidden although newer
// versions are laid beside them.
func (p *plan) looksBack(olds []*before) {
	for i, b := range olds {
		old := newPlan(b.old, p.policy, nil)
		old.version, old.second = i+1, true // nothing more can be hidden in it
		for at, k := range b.kept {
			if k != nil && k.Hidden && old.reason[at] != unpublished {
				old.reason[at] = complement
			}
		}
		p.past = append(p.past, old)
	}
	all := append([]*plan{p}, p.past...)
	for i, x := range all {
		for k, y := range all {
			if i != k {
				x.mates = append(x.mates, mate{newLink(x.g, y.g, olds[0].amounts), y})
			}
		}
	}
	for i, old := range p.past {
		old.recall(i+1, olds[i].kept, olds[i].amounts)
		p.needs = append(p.needs, old.needs...)
	}
}

// recall asks for the small figures of an older version. Those that newer versions have as well are asked for there;
// newer is how many mates those are.
func (p *plan) recall(newer int, kept []*Kept, amounts bool) {
	wanted := map[int]bool{}
	for at, k := range kept {
		if p.reason[at] == complement && k.Count < int64(p.policy.Floor) {
			p.reason[at], wanted[at] = small, true
		}
	}
	p.below = p.g.below(wanted)
	for at := range p.g.size {
		if !wanted[at] || p.stands(at, newer) {
			continue
		}
		p.askCount(at)
		if amounts {
			p.askAmount(at, 0)
		}
	}
	mates := p.mates
	p.mates = nil
	p.needs = slices.DeleteFunc(p.needs, func(n need) bool { // what an earlier policy let out is out
		n.version = 0
		_, ok := p.meet(n)
		return !ok
	})
	p.mates = mates
}

func (p *plan) stands(at, newer int) bool {
	for _, o := range p.mates[:newer] {
		all := true
		for _, leaf := range p.below[at] {
			all = all && o.same(leaf) >= 0
		}
		if all {
			return true
		}
	}
	return false
}

// shows calls f with every figure of the new version that a move for the need changes.
func (p *plan) shows(n need, m move, f func(place int) bool) {
	if n.version == 0 {
		p.g.touches(m, f)
		return
	}
	for at, by := range p.of(n).mates[0].shift(m) {
		if by != 0 {
			f(at)
		}
	}
}
