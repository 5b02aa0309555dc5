package disclose

import (
	"reflect"

	"stoa/internal/fault"
	"stoa/internal/i18n"
)

// Memory is what must be known of a version to publish the next one safely: the true figures, and which were hidden.
// It is as secret as they are.
type Memory struct {
	Amounts  bool      `json:"amounts,omitempty"`
	Versions []Version `json:"versions"` // newest first
}

// Version is one of the versions before: its figures that are not zero.
type Version struct {
	Dimensions []Dimension `json:"dimensions"`
	Figures    []Kept      `json:"figures"`
}

const (
	mostVersions = 12 // that are remembered
	mostKept     = 200_000
)

// Kept is one figure of the version before.
type Kept struct {
	At          []string `json:"at"`
	Count       int64    `json:"count"`
	Amount      int64    `json:"amount,omitempty"`
	Hidden      bool     `json:"hidden,omitempty"`
	Shown       int64    `json:"shown"` // the count that was last published; -1: never
	ShownAmount int64    `json:"shownAmount,omitempty"`
	Since       int64    `json:"since,omitempty"` // the count when it was first hidden
}

// before holds the new table against the version before. Its methods take places of the new table; a nil before is the
// first version.
type before struct {
	now     *grid
	old     *grid
	amounts bool
	kept    []*Kept // by old place
	link    *link
}

func newBefore(now *grid, v Version, amounts bool) (*before, error) {
	if len(v.Dimensions) != len(now.axes) {
		return nil, fault.NewInvalid(i18n.Msg("The table has other dimensions than the version before. Publish it as another dataset"))
	}
	old, err := newGrid(Table{Dimensions: v.Dimensions})
	if err != nil {
		return nil, err
	}
	b := &before{now: now, old: old, amounts: amounts, kept: make([]*Kept, old.size)}
	for i := range v.Figures {
		k := &v.Figures[i]
		at, err := old.place(k.At)
		if err != nil {
			return nil, err
		}
		b.kept[at] = k
		old.count[at], old.amount[at] = k.Count, k.Amount
		if old.lowest(at) {
			old.leaves = append(old.leaves, at)
		}
	}
	b.link = newLink(now, old, amounts)
	return b, nil
}

// keptAt is the figure of the version before, if it was published or hidden then.
func (b *before) keptAt(place int) *Kept {
	if b == nil {
		return nil
	}
	if at := b.link.place(place); at >= 0 && b.old.published(at) {
		return b.kept[at]
	}
	return nil
}

// known says whether everybody knows the figure, if nothing but what can be seen has changed.
func (b *before) known(place int, amount bool) bool {
	k := b.keptAt(place)
	switch {
	case k == nil || k.Shown < 0:
		return false
	case amount:
		return b.amounts && k.ShownAmount == b.now.amount[place]
	}
	return k.Shown == b.now.count[place]
}

// changedLittle says whether the figure differs from the one last published by so little that the difference is about
// few persons.
func (b *before) changedLittle(place int, floor int64) bool {
	k := b.keptAt(place)
	if k == nil || k.Shown < 0 {
		return false
	}
	d := b.now.count[place] - k.Shown
	return d != 0 && max(d, -d) < floor || floor > 1 && d == 0 && b.amounts && k.ShownAmount != b.now.amount[place]
}

func (b *before) stillHidden(place int, floor int64) bool {
	k := b.keptAt(place)
	if k == nil || !k.Hidden {
		return false
	}
	d := b.now.count[place] - k.Since
	return max(d, -d) < floor
}

// change is the difference to what was last published, and how many lowest cells of the figure are new.
func (b *before) change(place int, leaves []int) (d, born int64) {
	k := b.keptAt(place)
	for _, leaf := range leaves {
		if at := b.link.place(leaf); at < 0 || b.old.count[at] == 0 {
			born++
		}
	}
	return b.now.count[place] - k.Shown, born
}

func (b *before) amountChange(place int) int64 {
	if !b.amounts {
		return 0
	}
	return b.now.amount[place] - b.keptAt(place).ShownAmount
}

// differs says whether the lowest cell is another than in the version before, or than was last published.
func (b *before) differs(leaf int) bool {
	if b == nil {
		return false
	}
	if k := b.keptAt(leaf); k != nil && k.Shown >= 0 && k.Shown != b.now.count[leaf] {
		return true
	}
	return b.link.same(leaf) < 0
}

// remember is what the next version must know of this one and of those before.
func (p *plan) remember(t Table) *Memory {
	v := Version{Dimensions: t.Dimensions}
	for at := range p.g.size {
		if p.g.count[at] == 0 || p.reason[at] == unpublished {
			continue
		}
		k := Kept{At: p.g.names(at), Count: p.g.count[at], Amount: p.g.amount[at], Shown: p.g.count[at], ShownAmount: p.g.amount[at]}
		if p.reason[at] != shown {
			k.Hidden, k.Shown, k.ShownAmount, k.Since = true, -1, 0, k.Count
			if was := p.before.keptAt(at); was != nil {
				k.Shown, k.ShownAmount = was.Shown, was.ShownAmount
				if was.Hidden {
					k.Since = was.Since
				}
			}
		}
		v.Figures = append(v.Figures, k)
	}
	m := &Memory{Amounts: t.Amounts, Versions: []Version{v}}
	if t.Before != nil {
		kept := len(v.Figures)
		for i, old := range t.Before.Versions {
			if kept += len(old.Figures); i == 0 && reflect.DeepEqual(old, v) {
				continue
			} else if i > 0 && (len(m.Versions) == mostVersions || kept > mostKept) {
				break
			}
			m.Versions = append(m.Versions, old)
		}
	}
	return m
}
