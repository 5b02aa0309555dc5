package disclose

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"math/bits"
	"slices"
)

// plan is a table while it is decided what to hide.
type plan struct {
	g       *grid
	policy  Policy
	before  *before // nil for the first version
	past    []*plan // the versions before, newest first, whose small figures stay hidden too
	version int     // 0 is the new one
	mates   []mate  // all other versions, newest first

	reason   []reason // by place
	spare    []bool   // hidden in the first round, not yet wanted in the second
	second   bool
	weight   []int32
	lowest   []bool
	below    map[int][]int // lowest cells in sums that need protection
	needs    []need
	solution [][]step // of needs
}

type reason uint8

const (
	shown reason = iota
	small
	dominated
	changed
	earlier
	complement
	unpublished // a sum that nobody sees
)

func newPlan(g *grid, policy Policy, b *before) *plan {
	p := &plan{g: g, policy: policy, before: b, reason: make([]reason, g.size), spare: make([]bool, g.size),
		weight: make([]int32, g.size), lowest: make([]bool, g.size)}
	for at := range g.size {
		sums := g.sums(at)
		p.lowest[at] = sums == 0
		p.weight[at] = int32(4 + bits.Len64(uint64(g.count[at])) + 12*sums)
		if at == g.size-1 {
			p.weight[at] += 60 // the sum of everything is what people come for
		}
		if !g.published(at) {
			p.reason[at] = unpublished
		}
	}
	return p
}

// vary makes some figures dearer than others by a secret, so that nobody can run this program on every table that looks
// the same and see which of them would have been hidden like this one.
func (p *plan) vary(secret []byte) {
	if len(secret) == 0 {
		return
	}
	for at := range p.weight {
		h := hmac.New(sha256.New, secret)
		for _, name := range p.g.names(at) {
			fmt.Fprintf(h, "%q ", name) // a hash takes everything
		}
		p.weight[at] += int32(h.Sum(nil)[0] % mostVaried)
	}
}

// mostVaried is about what a figure of 4,000 costs more than one of 1.
const mostVaried = 12

// costs is what hiding the figure loses; forbidden where it must not change in another table, because everybody knows it.
func (p *plan) costs(place int, amount bool) int {
	switch {
	case p.reason[place] == unpublished: // of a version before, not even its number is known here
		return free
	case p.g.count[place] == 0 || p.before.known(place, amount):
		return forbidden
	case p.reason[place] == shown && p.second:
		return forbidden
	case p.reason[place] == shown || p.spare[place]:
		return int(p.weight[place])
	}
	return free
}

// ask notes what the small, dominated and changed figures need.
func (p *plan) ask(t Table, olds []*before) {
	wanted := map[int]bool{}
	for at := range p.g.size {
		p.reason[at] = p.judge(at)
		wanted[at] = p.reason[at] == changed || p.reason[at] == small && !p.before.known(at, false) // what is out is out
	}
	p.below = p.g.below(wanted)
	var tops map[int][]int64
	if p.policy.Dominance.N > 0 && t.Amounts {
		tops = p.tops()
		for at, parts := range tops {
			if sum, whole := total(parts), p.g.amount[at]; p.reason[at] != unpublished && sum > 0 && more(sum, p.policy.Dominance.Share, whole) {
				if p.reason[at] == shown || p.reason[at] == earlier {
					p.reason[at] = dominated
				}
				wanted[at] = wanted[at] || !p.before.known(at, true)
			}
		}
		p.below = p.g.below(wanted)
	}
	for at := range p.g.size {
		if !wanted[at] {
			continue
		}
		p.askCount(at)
		if t.Amounts {
			p.askAmount(at, total(tops[at]))
		}
	}
	if len(olds) > 0 {
		p.looksBack(olds)
	}
	slices.SortStableFunc(p.needs, func(x, y need) int {
		if d := p.of(y).g.sums(y.place) - p.of(x).g.sums(x.place); d != 0 {
			return d
		}
		return cmp64(max(y.by, -y.by), max(x.by, -x.by))
	})
}

// judge says why the figure must be hidden for its own sake, leaving dominance aside.
func (p *plan) judge(at int) reason {
	n, floor := p.g.count[at], int64(p.policy.Floor)
	switch {
	case p.reason[at] == unpublished || n == 0:
		return p.reason[at]
	case n < floor:
		return small
	case p.before.changedLittle(at, floor):
		return changed
	case p.before.stillHidden(at, floor):
		return earlier
	}
	return shown
}

// askCount wants a small figure to be able to be anything from 1 to Floor-1, and a change as well. A sum of cells that
// are not zero is known to be at least their number.
func (p *plan) askCount(at int) {
	n, floor := p.g.count[at], int64(p.policy.Floor)
	least := int64(1)
	if !p.lowest[at] {
		least = int64(len(p.below[at]))
	}
	switch p.reason[at] {
	case small:
		p.want(at, false, max(floor-1, least+1)-n, false)
		p.want(at, false, least-n, false)
	case changed:
		d, born := p.before.change(at, p.below[at])
		if d == 0 {
			return
		}
		size, sign := max(d, -d), int64(1)
		if d < 0 {
			sign = -1
		}
		if d > 0 {
			least = max(1, min(born, size))
		} else {
			least = 1
		}
		p.want(at, false, sign*(max(floor-1, least+1)-size), true)
		p.want(at, false, sign*(least-size), true)
	}
}

const usualShare = 80

// askAmount wants the amount to be uncertain by what the dominance rule asks (Hundepool 4.2: the largest parts must be
// no more than the share of the largest possible amount), to both sides; a small figure counts as dominated by itself.
func (p *plan) askAmount(at int, top int64) {
	x, share := p.g.amount[at], int64(p.policy.Dominance.Share)
	if p.policy.Dominance.N == 0 {
		share = usualShare
	}
	if p.reason[at] == small {
		top = max(top, x)
	}
	if p.before.known(at, true) {
		return
	}
	if p.reason[at] == changed {
		if d := p.before.amountChange(at); d != 0 {
			further := max(1, (max(d, -d)+3)/4)
			if d < 0 {
				further = -further
			}
			p.want(at, true, -d, true)
			p.want(at, true, further, true)
		}
	}
	if top == 0 && p.reason[at] != small || !more(top, int(share), x) && p.reason[at] != small {
		return
	}
	wide := max(1, (100*top+share-1)/share-x)
	p.want(at, true, wide, false)
	p.want(at, true, -min(wide, x), false)
}

func (p *plan) want(at int, amount bool, by int64, changed bool) {
	if by != 0 {
		p.needs = append(p.needs, need{place: at, amount: amount, by: by, changed: changed, version: p.version})
	}
}

// hide meets every need, first at the least cost one by one, then again with what is hidden anyway; what the second
// round does not want is shown. It says whether all could be met.
func (p *plan) hide() bool {
	p.solution = make([][]step, len(p.needs))
	for i, n := range p.needs {
		steps, ok := p.meet(n)
		if !ok {
			return false
		}
		p.take(steps, i)
	}
	for at, r := range p.reason {
		p.spare[at] = r == complement
	}
	p.second = true
	for i, n := range p.needs {
		steps, ok := p.meet(n)
		if !ok {
			steps = p.solution[i]
		}
		p.take(steps, i)
	}
	for at, spare := range p.spare {
		if spare {
			p.reason[at] = shown
		}
	}
	return true
}

func (p *plan) take(steps []step, i int) {
	p.solution[i] = steps
	for _, s := range steps {
		p.shows(p.needs[i], s.move, func(place int) bool {
			p.spare[place] = false
			if p.reason[place] == shown {
				p.reason[place] = complement
			}
			return true
		})
	}
}
