package disclose

import (
	"strings"

	"stoa/internal/fault"
	"stoa/internal/i18n"
)

const (
	mostDimensions = 4
	mostFigures    = 4_000_000 // cells and sums
	mostCount      = 1 << 52
)

// axis is a dimension as a tree. Nodes are its categories and, last, the total.
type axis struct {
	ids     []string
	parent  []int
	leaves  []int
	above   [][]int // for each leaf: itself, what contains it, …, the total
	isLeaf  []bool
	hasRoot bool // the total is published
	stride  int
	index   map[string]int
}

// grid is a table with all its sums. A place is one node for each axis, as one number.
type grid struct {
	axes   []axis
	size   int
	count  []int64
	amount []int64
	parts  map[int][]Part // of lowest cells
	leaves []int          // places of lowest cells that are not zero
}

func cutYear(month string) (year, rest string, ok bool) { return strings.Cut(month, "-") }

func newAxis(d Dimension) (axis, error) {
	a := axis{index: map[string]int{}, hasRoot: !d.NoTotal}
	for _, c := range d.Categories {
		if _, twice := a.index[c.ID]; twice || c.ID == "" {
			return a, fault.NewInvalid(i18n.Msg("Dimension {dimension} has the category “{category}” twice, or one without a name"), "dimension", d.ID, "category", c.ID)
		}
		a.index[c.ID] = len(a.ids)
		a.ids = append(a.ids, c.ID)
	}
	if len(a.ids) == 0 {
		return a, fault.NewInvalid(i18n.Msg("Dimension {dimension} has no categories"), "dimension", d.ID)
	}
	root := len(a.ids)
	a.ids = append(a.ids, "")
	a.index[""] = root
	a.parent, a.isLeaf = make([]int, root+1), make([]bool, root+1)
	a.parent[root] = -1
	for n := range root {
		a.isLeaf[n] = true
	}
	for n, c := range d.Categories {
		p, ok := a.index[c.Parent]
		if !ok {
			return a, fault.NewInvalid(i18n.Msg("Category “{category}” of {dimension} belongs to “{parent}”, which is not there"), "category", c.ID, "dimension", d.ID, "parent", c.Parent)
		}
		a.parent[n], a.isLeaf[p] = p, false
	}
	a.above = make([][]int, root+1)
	for n := range root {
		var way []int
		for at := n; at >= 0; at = a.parent[at] {
			if way = append(way, at); len(way) > root+1 {
				return a, fault.NewInvalid(i18n.Msg("Category “{category}” of {dimension} contains itself"), "category", a.ids[n], "dimension", d.ID)
			}
		}
		if a.isLeaf[n] {
			a.above[n] = way
			a.leaves = append(a.leaves, n)
		}
	}
	return a, nil
}

func newGrid(t Table) (*grid, error) {
	if len(t.Dimensions) < 1 || len(t.Dimensions) > mostDimensions {
		return nil, fault.NewInvalid(i18n.Msg("A table has one to {most} dimensions; this one has {number}"), "most", mostDimensions, "number", len(t.Dimensions))
	}
	g := &grid{size: 1, parts: map[int][]Part{}}
	for _, d := range t.Dimensions {
		a, err := newAxis(d)
		if err != nil {
			return nil, err
		}
		a.stride = g.size
		if g.size > mostFigures/len(a.ids) {
			return nil, fault.NewTooLarge(i18n.Msg("The table has more than {most} figures. Publish it in parts, or by fewer categories"), "most", mostFigures)
		}
		g.size *= len(a.ids)
		g.axes = append(g.axes, a)
	}
	g.count, g.amount = make([]int64, g.size), make([]int64, g.size)
	for _, c := range t.Cells {
		if err := g.add(c, t.Amounts); err != nil {
			return nil, err
		}
	}
	return g, nil
}

func (g *grid) add(c Cell, amounts bool) error {
	place, err := g.place(c.At)
	switch {
	case err != nil:
		return err
	case !g.lowest(place):
		return fault.NewInvalid(i18n.Msg("Cell “{cell}” is a sum. Give the lowest cells; sums are made of them"), "cell", strings.Join(c.At, ", "))
	case c.Count < 0 || c.Amount < 0 && amounts || c.Count > mostCount || c.Amount > mostCount:
		return fault.NewInvalid(i18n.Msg("Cell “{cell}” is below zero or too large: such figures cannot be protected"), "cell", strings.Join(c.At, ", "))
	case c.Count == 0 && amounts && c.Amount != 0:
		return fault.NewInvalid(i18n.Msg("Cell “{cell}” has an amount but counts nobody"), "cell", strings.Join(c.At, ", "))
	case c.Count == 0:
		return nil
	}
	if g.count[place] == 0 {
		g.leaves = append(g.leaves, place)
	}
	if len(c.Parts) > 0 {
		g.parts[place] = append(g.parts[place], c.Parts...)
	}
	g.each(place, func(at int) {
		g.count[at] += c.Count
		if amounts {
			g.amount[at] += c.Amount
		}
	})
	if top := g.size - 1; g.count[top] > mostCount || g.amount[top] > mostCount {
		return fault.NewTooLarge(i18n.Msg("The figures of the table are too large to be added"))
	}
	return nil
}

func (g *grid) place(at []string) (int, error) {
	if len(at) != len(g.axes) {
		return 0, fault.NewInvalid(i18n.Msg("Cell “{cell}” does not name one category for each dimension"), "cell", strings.Join(at, ", "))
	}
	place := 0
	for d := range g.axes {
		n, ok := g.axes[d].index[at[d]]
		if !ok {
			return 0, fault.NewInvalid(i18n.Msg("Cell “{cell}” names a category that the table does not have"), "cell", strings.Join(at, ", "))
		}
		place += n * g.axes[d].stride
	}
	return place, nil
}

func (g *grid) node(place, d int) int {
	return place / g.axes[d].stride % len(g.axes[d].ids)
}

func (g *grid) names(place int) []string {
	at := make([]string, len(g.axes))
	for d := range g.axes {
		at[d] = g.axes[d].ids[g.node(place, d)]
	}
	return at
}

func (g *grid) lowest(place int) bool {
	for d := range g.axes {
		if !g.axes[d].isLeaf[g.node(place, d)] {
			return false
		}
	}
	return true
}

// published says whether the place is part of what is published: not below a total that is not.
func (g *grid) published(place int) bool {
	for d := range g.axes {
		if a := &g.axes[d]; !a.hasRoot && g.node(place, d) == len(a.ids)-1 {
			return false
		}
	}
	return true
}

// sums is over how many dimensions the place is a sum.
func (g *grid) sums(place int) (n int) {
	for d := range g.axes {
		if !g.axes[d].isLeaf[g.node(place, d)] {
			n++
		}
	}
	return n
}

// each calls f with the lowest cell and with every sum that contains it.
func (g *grid) each(leaf int, f func(place int)) {
	var rec func(d, at int)
	rec = func(d, at int) {
		if d == len(g.axes) {
			f(at)
			return
		}
		a := &g.axes[d]
		for _, n := range a.above[g.node(leaf, d)] {
			rec(d+1, at+n*a.stride)
		}
	}
	rec(0, 0)
}

func (a *axis) contains(node, leaf int) bool {
	for _, n := range a.above[leaf] {
		if n == node {
			return true
		}
	}
	return false
}

// below lists, for the wanted places, the lowest cells in them that are not zero.
func (g *grid) below(wanted map[int]bool) map[int][]int {
	in := map[int][]int{}
	for _, leaf := range g.leaves {
		g.each(leaf, func(at int) {
			if wanted[at] {
				in[at] = append(in[at], leaf)
			}
		})
	}
	return in
}
