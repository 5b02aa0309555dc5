package main

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"stoa/internal/assist"
)

// TestLambdaAgainstDifferences holds the gradient against what it is the gradient of: the pairs' logistic losses,
// weighed by what exchanging them changes in nDCG with the ranks as they are.
func TestLambdaAgainstDifferences(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		n := 2 + rng.IntN(12)
		scores := make([]float64, n)
		for i := range scores {
			scores[i] = rng.NormFloat64()
		}
		right := rng.IntN(n)
		rank := func(i int) (r int) {
			for _, s := range scores {
				if s > scores[i] {
					r++
				}
			}
			return r
		}
		ranks := make([]int, n)
		for i := range ranks {
			ranks[i] = rank(i)
		}
		cost := func(s []float64) (c float64) {
			for j := range s {
				if j != right && min(ranks[j], ranks[right]) < 5 {
					c += math.Abs(discount(ranks[j])-discount(ranks[right])) * math.Log1p(math.Exp(s[j]-s[right]))
				}
			}
			return c
		}
		g, h := make([]float64, n), make([]float64, n)
		lambda(5)(scores, right, 0, g, h)
		const step = 1e-5
		var scale float64 // of the whole question, the same for all rows
		for i := range scores {
			up, down := slices.Clone(scores), slices.Clone(scores)
			up[i] += step
			down[i] -= step
			want := -(cost(up) - cost(down)) / (2 * step)
			if scale == 0 && math.Abs(want) > 1e-9 {
				scale = g[i] / want
			}
			if math.Abs(g[i]-scale*want) > 1e-6 {
				t.Fatalf("row %d of %v: gradient %v, differences %v", i, scores, g[i], scale*want)
			}
			if h[i] < 0 || scale < 0 {
				t.Fatalf("row %d bends the wrong way", i)
			}
		}
	}
}

func TestLogisticAgainstDifferences(t *testing.T) {
	for _, label := range []float64{0, 1} {
		for _, s := range []float64{-3, -0.2, 0, 1.5} {
			cost := func(s float64) float64 { return math.Log1p(math.Exp(s)) - label*s }
			g, h := make([]float64, 1), make([]float64, 1)
			logistic([]float64{s}, 0, label, g, h)
			const step = 1e-4
			first := -(cost(s+step) - cost(s-step)) / (2 * step)
			second := (cost(s+step) - 2*cost(s) + cost(s-step)) / (step * step)
			if math.Abs(g[0]-first) > 1e-6 || math.Abs(h[0]-second) > 1e-4 {
				t.Errorf("at %v for %v: %v and %v, differences %v and %v", s, label, g[0], h[0], first, second)
			}
		}
	}
}

// lesson is a small problem: the row whose first feature exceeds its second is right.
func lesson() (*table, []group) {
	rng := rand.New(rand.NewPCG(3, 4))
	var rows [][]float32
	var groups []group
	for range 150 {
		g := group{From: len(rows), Right: len(rows) + rng.IntN(6)}
		for i := range 6 {
			a, b := rng.Float32(), rng.Float32()
			if (g.From+i == g.Right) != (a > b) {
				a, b = b, a
			}
			g.Train = append(g.Train, int32(len(rows)))
			rows = append(rows, []float32{a, b, rng.Float32()})
		}
		g.To = len(rows)
		groups = append(groups, g)
	}
	t := newTable(rows)
	for _, r := range rows {
		t.add(r)
	}
	return t, groups
}

func TestBoostingLearnsAndRepeats(t *testing.T) {
	gw := growth{trees: 30, leaves: 8, smallest: 5, ridge: 1, features: 1, rate: 0.3, subsample: 0.9, seed: 5}
	tab, groups := lesson()
	train, test := groups[:100], groups[100:]
	learn := func() assist.Trees { return boost(tab, train, func() loss { return lambda(5) }, gw) }
	trees := learn()
	var right int
	for _, q := range test {
		scores := score(tab, trees, q)
		if slices.Max(scores) == scores[q.Right-q.From] {
			right++
		}
	}
	if right < 42 { // by chance 8
		t.Errorf("%d of 50 questions that were not learned from are right", right)
	}
	a, b := assist.Model{Ranker: trees}, assist.Model{Ranker: learn()}
	if !bytes.Equal(a.Encode(), b.Encode()) {
		t.Error("learning twice gives two models")
	}
}

// TestBinsAgreeWithThresholds walks trees by bins and by values.
func TestBinsAgreeWithThresholds(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 7))
	var rows [][]float32
	for range 500 {
		rows = append(rows, []float32{float32(rng.IntN(5)), rng.Float32(), float32(rng.NormFloat64() * 1e6)})
	}
	tab := newTable(rows)
	for _, r := range rows {
		tab.add(r)
	}
	var q group
	for i := range rows {
		q.Train = append(q.Train, int32(i))
	}
	q.To, q.Right = len(rows), 17
	trees := boost(tab, []group{q, q}, func() loss { return lambda(400) }, growth{trees: 10, leaves: 12, smallest: 3, ridge: 1, features: 1, rate: 0.5, subsample: 1, seed: 8})
	for i, s := range score(tab, trees, q) {
		if v := trees.Value(rows[i]); math.Abs(v-s) > 1e-9 {
			t.Fatalf("row %d: %v by values, %v by bins", i, v, s)
		}
	}
}

func TestCopiesOfADocumentAreInOneFold(t *testing.T) {
	for _, d := range []string{"ssa/apply", "va/loans"} {
		if foldOf(d, 5) != foldOf(d+"~2", 5) {
			t.Errorf("%s and its copy are apart", d)
		}
	}
}
