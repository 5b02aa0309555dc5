package main

import (
	"cmp"
	"slices"
)

// maxBins bounds how finely a feature is looked at.
const maxBins = 64

// table holds rows of features as numbers of bins, row after row.
type table struct {
	features int
	edges    [][]float32 // by feature: a value belongs to the first bin whose edge is not below it
	bins     []uint8
}

func (t *table) rows() int { return len(t.bins) / max(1, t.features) }

func (t *table) row(i int) []uint8 { return t.bins[i*t.features : (i+1)*t.features] }

// newTable chooses edges so that bins hold equally many of a sample of rows.
func newTable(sample [][]float32) *table {
	t := &table{}
	if len(sample) == 0 {
		return t
	}
	t.features = len(sample[0])
	values := make([]float32, len(sample))
	for f := range t.features {
		for i, r := range sample {
			values[i] = r[f]
		}
		slices.Sort(values)
		t.edges = append(t.edges, edges(values))
	}
	return t
}

// edges are the upper ends of bins; the last bin is open.
func edges(sorted []float32) []float32 {
	distinct := slices.Compact(slices.Clone(sorted))
	var out []float32
	add := func(a, b float32) {
		if e := a + (b-a)/2; len(out) == 0 || e > out[len(out)-1] {
			out = append(out, e)
		}
	}
	if len(distinct) <= maxBins {
		for i := range len(distinct) - 1 {
			add(distinct[i], distinct[i+1])
		}
		return out
	}
	for b := 1; b < maxBins; b++ {
		at := len(sorted) * b / maxBins
		if v := sorted[at]; v > sorted[0] {
			below, _ := slices.BinarySearch(distinct, v)
			add(distinct[below-1], v)
		}
	}
	return out
}

// add puts a row into its bins.
func (t *table) add(r []float32) {
	for f, v := range r {
		at, _ := slices.BinarySearchFunc(t.edges[f], v, func(e, v float32) int { return cmp.Compare(e, v) })
		t.bins = append(t.bins, uint8(at))
	}
}
