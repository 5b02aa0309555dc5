package main

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"stoa/internal/assist"
)

// group is the rows of one question.
type group struct {
	From, To int
	Train    []int32 // those that teach
	Right    int     // the row that answers, -1 for none
	Label    float64 // for losses that judge single rows
}

// loss gives the gradient (the way up) and the second derivative of each score of a group. right is the place of the
// right row among them.
type loss func(scores []float64, right int, label float64, g, h []float64)

// boost fits trees to a loss.
func boost(t *table, groups []group, newLoss func() loss, gw growth) assist.Trees {
	rng := rand.New(rand.NewPCG(gw.seed, 7))
	scores := make([]float64, t.rows())
	gr := &grower{growth: gw, t: t, g: make([]float64, t.rows()), h: make([]float64, t.rows())}
	var trees assist.Trees
	for range gw.trees {
		var chosen []group
		for _, q := range groups {
			if rng.Float64() < gw.subsample {
				chosen = append(chosen, q)
			}
		}
		halves(chosen, func(part []group) {
			l := newLoss()
			var s, g, h []float64
			for _, q := range part {
				s, right := s[:0], -1
				for i, r := range q.Train {
					s = append(s, scores[r])
					if int(r) == q.Right {
						right = i
					}
				}
				g, h = slices.Grow(g[:0], len(s))[:len(s)], slices.Grow(h[:0], len(s))[:len(s)]
				l(s, right, q.Label, g, h)
				for i, r := range q.Train {
					gr.g[r], gr.h[r] = g[i], h[i]
				}
			}
		})
		var rows []int32
		for _, q := range chosen {
			rows = append(rows, q.Train...)
		}
		tree := gr.grow(rows, rng)
		trees = append(trees, tree)
		bins := thresholds(t, &tree)
		halves(groups, func(part []group) {
			for _, q := range part {
				for _, r := range q.Train {
					scores[r] += walk(&tree, bins, t.row(int(r)))
				}
			}
		})
	}
	return trees
}

// halves gives each of two processors its part. Groups share no rows, so that the outcome is always the same.
func halves(groups []group, do func([]group)) {
	var wait sync.WaitGroup
	half := len(groups) / 2
	wait.Go(func() { do(groups[:half]) })
	wait.Go(func() { do(groups[half:]) })
	wait.Wait()
}

// thresholds gives each node's threshold as a bin.
func thresholds(t *table, tree *assist.Tree) []int {
	out := make([]int, len(tree.Nodes))
	for i, n := range tree.Nodes {
		if n.Feature != assist.IsLeaf {
			out[i], _ = slices.BinarySearch(t.edges[n.Feature], n.Threshold)
		}
	}
	return out
}

func walk(tree *assist.Tree, bins []int, row []uint8) float64 {
	n := 0
	for {
		node := &tree.Nodes[n]
		if node.Feature == assist.IsLeaf {
			return float64(node.Value)
		}
		if int(row[node.Feature]) <= bins[n] {
			n = int(node.Left)
		} else {
			n = int(node.Right)
		}
	}
}

// score gives what an ensemble says of the rows of a group.
func score(t *table, trees assist.Trees, q group) []float64 {
	out := make([]float64, q.To-q.From)
	for i := range trees {
		bins := thresholds(t, &trees[i])
		for j := range out {
			out[j] += walk(&trees[i], bins, t.row(q.From+j))
		}
	}
	return out
}

// lambda is LambdaMART's loss: each pair of the right row and a wrong one pulls by what exchanging them would change in
// nDCG (Burges 2010). Pairs that lie wholly below the cut do not matter.
func lambda(cut int) loss {
	var order, rank []int
	return func(scores []float64, right int, _ float64, g, h []float64) {
		clear(g)
		clear(h)
		if right < 0 {
			return
		}
		order, rank = order[:0], slices.Grow(rank[:0], len(scores))[:len(scores)]
		for i := range scores {
			order = append(order, i)
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
		for r, i := range order {
			rank[i] = r
		}
		var sum float64
		for j := range scores {
			if j == right || min(rank[j], rank[right]) >= cut {
				continue
			}
			change := math.Abs(discount(rank[j]) - discount(rank[right]))
			rho := sigmoid(scores[j] - scores[right])
			pull, curve := change*rho, change*rho*(1-rho)
			g[right] += pull
			g[j] -= pull
			h[right] += curve
			h[j] += curve
			sum += 2 * pull
		}
		if sum > 0 { // questions with many near misses do not outweigh the others
			norm := math.Log2(1+sum) / sum
			for i := range scores {
				g[i] *= norm
				h[i] *= norm
			}
		}
	}
}

func discount(rank int) float64 { return 1 / math.Log2(float64(rank+2)) }

// logistic is the loss of a chance, row by row.
func logistic(scores []float64, _ int, label float64, g, h []float64) {
	for i, s := range scores {
		p := sigmoid(s)
		g[i], h[i] = label-p, p*(1-p)
	}
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
