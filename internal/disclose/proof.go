package disclose

// proves looks at a solution without regard to how it was found: the moved table must have no lowest cell below what an
// outsider knows of it, must differ from the true one in hidden figures only, and must hold what was needed. If the
// cells that versions have in common are moved in all of them, those must differ in hidden figures only, too. Each value
// between is reached as well, since moves can be done in part.
func (p *plan) proves(n need, steps []step) bool {
	truth, least := p.g.count, int64(1)
	if n.amount {
		truth, least = p.g.amount, 0
	}
	leaves, figures := map[int]int64{}, map[int]int64{}
	for _, s := range steps {
		p.g.corners(s.move, func(leaf int, grows bool) bool {
			if grows {
				leaves[leaf] += s.by
			} else {
				leaves[leaf] -= s.by
			}
			return true
		})
	}
	for leaf, by := range leaves {
		if by == 0 {
			continue
		}
		if p.g.count[leaf] == 0 || truth[leaf]+by < least || n.changed && !p.before.differs(leaf) {
			return false
		}
		p.g.each(leaf, func(at int) { figures[at] += by })
	}
	for _, o := range p.mates {
		there := map[int]int64{}
		for leaf, by := range leaves {
			if same := o.same(leaf); same >= 0 {
				o.to.each(same, func(at int) { there[at] += by })
			}
		}
		if !o.plan.hides(there, n.amount) {
			return false
		}
	}
	return p.hides(figures, n.amount) && figures[n.place] == n.by
}

// hides says whether no figure that changes can be seen.
func (p *plan) hides(figures map[int]int64, amount bool) bool {
	for at, by := range figures {
		if by != 0 && (p.reason[at] == shown || p.before.known(at, amount)) {
			return false
		}
	}
	return true
}

func (p *plan) proven() bool {
	for i, n := range p.needs {
		if !p.of(n).proves(n, p.solution[i]) {
			return false
		}
	}
	return true
}
