package disclose

import (
	"errors"

	"stoa/internal/fault"
)

// Protect decides what of the table may be seen. With Complementary set, it has shown for each small figure that other
// tables look the same, in which the figure is anything from 1 to Floor-1, before it gives anything out.
// If too little has changed since the version before, Published is nil and the report says HeldBack.
func Protect(t Table, policy Policy) (*Published, *Report, error) {
	if err := policy.Check(); err != nil {
		return nil, nil, err
	}
	g, err := newGrid(t)
	if err != nil {
		return nil, nil, err
	}
	p := newPlan(g, policy, nil)
	p.vary(t.Secret)
	var olds []*before
	if t.Before != nil {
		for _, v := range t.Before.Versions {
			b, err := newBefore(g, v, t.Amounts && t.Before.Amounts)
			if err != nil {
				return nil, nil, err
			}
			olds = append(olds, b)
		}
	}
	if len(olds) > 0 {
		p.before = olds[0]
	}
	p.ask(t, olds)
	if policy.Complementary {
		if !p.hide() {
			if p.before == nil {
				return nil, nil, fault.NewInternal("hiding figures", errors.New("a need cannot be met"))
			}
			return nil, &Report{HeldBack: true, Floor: policy.Floor, Memory: t.Before}, nil
		}
		if !p.proven() {
			return nil, nil, fault.NewInternal("hiding figures", errors.New("a hidden figure could be worked out"))
		}
	}
	pub := &Published{Dimensions: t.Dimensions, RoundedTo: policy.RoundTo, Amounts: t.Amounts}
	g.inOrder(func(place int) {
		if p.reason[place] != unpublished {
			pub.Figures = append(pub.Figures, p.figure(place))
		}
	})
	return pub, p.report(t), nil
}

func (p *plan) figure(place int) Figure {
	f := Figure{At: p.g.names(place), Hidden: p.reason[place] != shown}
	if !f.Hidden {
		f.Count, f.Amount = rounded(p.g.count[place], int64(p.policy.RoundTo)), p.g.amount[place]
	}
	return f
}

// rounded is to the nearest multiple, halves up. The same figure is rounded the same way each time, so that nothing is
// learned from looking twice; sums are rounded from their own true value, so that none is off by more than half a base.
func rounded(n, base int64) int64 {
	if base < 2 {
		return n
	}
	return (n + base/2) / base * base
}

// inOrder calls f for every place, the first dimension slowest, as people read tables.
func (g *grid) inOrder(f func(place int)) {
	var rec func(d, at int)
	rec = func(d, at int) {
		if d == len(g.axes) {
			f(at)
			return
		}
		for n := range g.axes[d].ids {
			rec(d+1, at+n*g.axes[d].stride)
		}
	}
	rec(0, 0)
}

func (p *plan) report(t Table) *Report {
	r := &Report{Floor: p.policy.Floor, Proven: p.policy.Complementary, Memory: p.remember(t)}
	for at, why := range p.reason {
		if why == unpublished || p.g.count[at] == 0 {
			continue
		}
		r.Figures++
		switch why {
		case small:
			r.Small++
		case dominated:
			r.Dominated++
		case changed:
			r.Changed++
		case earlier:
			r.Earlier++
		case complement:
			r.Complement++
		case shown:
			if p.policy.RoundTo > 1 {
				r.Rounded++
			}
		}
	}
	return r
}
