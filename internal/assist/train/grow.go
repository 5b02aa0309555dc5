package main

import (
	"math/rand/v2"
	"sync"

	"stoa/internal/assist"
)

// shape of trees, and how they are grown.
type growth struct {
	leaves    int
	smallest  int     // rows in a leaf
	ridge     float64 // added to each leaf's second derivatives
	features  float64 // share of features that each tree may use
	rate      float64 // how much of each tree is believed
	trees     int
	seed      uint64
	subsample float64 // share of groups that each tree sees
}

// cell is what one bin of one feature holds.
type cell struct {
	g, h float32
	n    int32
}

// total is what all rows of a leaf hold.
type total struct{ g, h, n float64 }

// leaf is a set of rows that may be split further.
type leaf struct {
	rows  []int32
	cells []cell // by feature of the tree, then bin
	sum   total
	gain  float64
	by    int // index into the tree's features
	bin   uint8
	node  int
}

// grower makes one tree from gradients.
type grower struct {
	growth
	t    *table
	used []int // features that this tree may use
	g, h []float64
	tree assist.Tree
}

// grow makes a tree of the rows, and adds its values to scores of all rows of the table.
func (gr *grower) grow(rows []int32, rng *rand.Rand) assist.Tree {
	gr.used = gr.used[:0]
	for f := range gr.t.features {
		if rng.Float64() < gr.features && len(gr.t.edges[f]) > 0 {
			gr.used = append(gr.used, f)
		}
	}
	gr.tree = assist.Tree{}
	root := &leaf{rows: rows, node: gr.newNode()}
	gr.fill(root)
	leaves := []*leaf{root}
	for len(leaves) < gr.leaves {
		best := 0
		for i, l := range leaves {
			if l.gain > leaves[best].gain {
				best = i
			}
		}
		if leaves[best].gain <= 1e-9 {
			break
		}
		left, right := gr.split(leaves[best])
		leaves[best] = left
		leaves = append(leaves, right)
	}
	for _, l := range leaves {
		gr.tree.Nodes[l.node].Value = float32(gr.rate * l.sum.g / (l.sum.h + gr.ridge))
	}
	return gr.tree
}

func (gr *grower) newNode() int {
	gr.tree.Nodes = append(gr.tree.Nodes, assist.Node{Feature: assist.IsLeaf})
	return len(gr.tree.Nodes) - 1
}

// fill counts a leaf's rows into cells, half of the features on each of two processors, and finds its best split.
func (gr *grower) fill(l *leaf) {
	l.cells = make([]cell, len(gr.used)*maxBins)
	l.sum = total{}
	for _, i := range l.rows {
		l.sum.g += gr.g[i]
		l.sum.h += gr.h[i]
		l.sum.n++
	}
	half := len(gr.used) / 2
	var wait sync.WaitGroup
	for _, part := range [2][2]int{{0, half}, {half, len(gr.used)}} {
		wait.Go(func() {
			used := gr.used[part[0]:part[1]]
			cells := l.cells[part[0]*maxBins : part[1]*maxBins]
			for _, i := range l.rows {
				g, h, bins := float32(gr.g[i]), float32(gr.h[i]), gr.t.row(int(i))
				for u, f := range used {
					c := &cells[u*maxBins+int(bins[f])]
					c.g += g
					c.h += h
					c.n++
				}
			}
		})
	}
	wait.Wait()
	gr.choose(l)
}

// choose finds the split that explains most.
func (gr *grower) choose(l *leaf) {
	l.gain = 0
	if len(l.rows) < 2*gr.smallest {
		return
	}
	whole := l.sum.g * l.sum.g / (l.sum.h + gr.ridge)
	for u, f := range gr.used {
		var left total
		for b := range len(gr.t.edges[f]) {
			c := l.cells[u*maxBins+b]
			left.g += float64(c.g)
			left.h += float64(c.h)
			left.n += float64(c.n)
			if left.n < float64(gr.smallest) {
				continue
			}
			if l.sum.n-left.n < float64(gr.smallest) {
				break
			}
			rg, rh := l.sum.g-left.g, l.sum.h-left.h
			if gain := left.g*left.g/(left.h+gr.ridge) + rg*rg/(rh+gr.ridge) - whole; gain > l.gain {
				l.gain, l.by, l.bin = gain, u, uint8(b)
			}
		}
	}
}

// split makes two leaves of one; the larger's cells are what the smaller leaves over.
func (gr *grower) split(l *leaf) (left, right *leaf) {
	f := gr.used[l.by]
	left, right = &leaf{}, &leaf{}
	for _, i := range l.rows {
		if gr.t.row(int(i))[f] <= l.bin {
			left.rows = append(left.rows, i)
		} else {
			right.rows = append(right.rows, i)
		}
	}
	left.node, right.node = gr.newNode(), gr.newNode()
	gr.tree.Nodes[l.node] = assist.Node{Feature: int16(f), Threshold: gr.t.edges[f][l.bin], Left: int16(left.node), Right: int16(right.node)}
	small, large := left, right
	if len(small.rows) > len(large.rows) {
		small, large = large, small
	}
	gr.fill(small)
	large.cells = l.cells
	for i, c := range small.cells {
		large.cells[i].g -= c.g
		large.cells[i].h -= c.h
		large.cells[i].n -= c.n
	}
	large.sum = total{l.sum.g - small.sum.g, l.sum.h - small.sum.h, l.sum.n - small.sum.n}
	l.cells, l.rows = nil, nil
	gr.choose(large)
	return left, right
}
