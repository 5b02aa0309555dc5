package assist

import (
	"cmp"
	"slices"
)

// view is one way of listening to a talk: how much each turn counts. Since BM25F adds up over words, the score of a
// view is the weighted sum of the scores of turns.
type view struct {
	weights  []float32
	passages []float32 // scores
	wholes   []float32
	bestHere float32 // the highest of each
	bestDoc  float32
	rank     []int32 // of passages that score, by score; 0 is the first
	docRank  []int32
}

// The views. Each forgets, or trusts, in its own way; the ranker learns whom to believe.
const (
	viewAsked    = iota // the question alone
	viewBefore          // the turn before it
	viewFading          // all, each turn back counting less
	viewFollowed        // all, as far as the subject seems to be the same
	viewOffice          // what the office said, fading
	viewPerson          // what the person said before, fading
	viewWhole           // all, hardly fading
	viewQuick           // all, fading fast
	views
)

var viewNames = [views]string{"asked", "before", "fading", "followed", "office", "person", "whole", "quick"}

const (
	fade      = 0.6
	fadeSlow  = 0.9
	fadeQuick = 0.3
)

func (x *Index) views(k *talk) [views]*view {
	var out [views]*view
	for v := range out {
		w := make([]float32, len(k.turns))
		fading, slow, quick := float32(1), float32(1), float32(1)
		for t := range w {
			switch v {
			case viewAsked:
				w[t] = is(t == 0)
			case viewBefore:
				w[t] = is(t == 1)
			case viewFading:
				w[t] = fading
			case viewFollowed:
				w[t] = slow * k.near[t]
			case viewOffice:
				w[t] = fading * is(t > 0 && !k.turns[t].person)
			case viewPerson:
				w[t] = fading * is(t > 0 && k.turns[t].person)
			case viewWhole:
				w[t] = slow
			case viewQuick:
				w[t] = quick
			}
			fading *= fade
			slow *= fadeSlow
			quick *= fadeQuick
		}
		out[v] = x.look(k, w)
	}
	return out
}

func is(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

func (x *Index) look(k *talk, weights []float32) *view {
	v := &view{weights: weights, passages: make([]float32, len(x.passages)), wholes: make([]float32, len(x.members))}
	for t, w := range weights {
		if w == 0 {
			continue
		}
		for p, s := range k.passages[t] {
			v.passages[p] += w * s
		}
		for d, s := range k.wholes[t] {
			v.wholes[d] += w * s
		}
	}
	v.rank, v.bestHere = ranks(v.passages)
	v.docRank, v.bestDoc = ranks(v.wholes)
	return v
}

// beyond is the rank of whatever is not among the first.
const beyond = 200

// alike is how far scores may lie apart and still count as equal. Public bodies publish the same page twice, with another
// heading here or there; that is no reason to prefer one of them.
const alike = 1.03

// ranks numbers the first of a list of scores.
func ranks(scores []float32) (rank []int32, best float32) {
	rank = make([]int32, len(scores))
	for i := range rank {
		rank[i] = beyond
	}
	first := top(scores, beyond)
	leader := 0
	for r, i := range first {
		for leader < r && scores[first[leader]] > scores[i]*alike {
			leader++
		}
		rank[i] = int32(leader)
		best = max(best, scores[i])
	}
	return rank, best
}

// top gives the n highest that are above nothing, the highest first and the earlier first among equals.
func top(scores []float32, n int) []int32 {
	var heap []int32 // the worst at the root
	worse := func(a, b int32) bool {
		return scores[a] < scores[b] || scores[a] == scores[b] && a > b
	}
	down := func() {
		for i := 0; ; {
			child := 2*i + 1
			if child >= len(heap) {
				return
			}
			if child+1 < len(heap) && worse(heap[child+1], heap[child]) {
				child++
			}
			if !worse(heap[child], heap[i]) {
				return
			}
			heap[i], heap[child] = heap[child], heap[i]
			i = child
		}
	}
	for i, s := range scores {
		if s <= 0 {
			continue
		}
		if len(heap) < n {
			heap = append(heap, int32(i))
			for c := len(heap) - 1; c > 0 && worse(heap[c], heap[(c-1)/2]); c = (c - 1) / 2 {
				heap[c], heap[(c-1)/2] = heap[(c-1)/2], heap[c]
			}
		} else if worse(heap[0], int32(i)) {
			heap[0] = int32(i)
			down()
		}
	}
	slices.SortFunc(heap, func(a, b int32) int {
		return cmp.Or(cmp.Compare(scores[b], scores[a]), cmp.Compare(a, b))
	})
	return heap
}

// Bounds of what is looked at closely.
const (
	listed     = 30  // first of each list
	documents  = 4   // whose passages are all looked at
	candidates = 120 // altogether
)

// candidates gathers the passages worth a closer look, in a fixed order: the best by a plain mixture first.
func (x *Index) candidates(vs [views]*view) []int32 {
	mixed := make([]float32, len(x.passages))
	lists := [][2]float32{{viewFading, 1}, {viewAsked, 0.5}, {viewFollowed, 1}, {viewBefore, 0.5}, {viewOffice, 0.5}}
	seen := make(map[int32]bool, 2*candidates)
	var out []int32
	add := func(p int32) {
		if !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	for _, l := range lists {
		v := vs[int(l[0])]
		for p, s := range v.passages {
			mixed[p] = s + l[1]*v.wholes[x.document[p]]*is(s > 0 || l[0] == viewFading)
		}
		for _, p := range top(mixed, listed) {
			add(p)
		}
	}
	for _, v := range []int{viewFading, viewFollowed, viewAsked} {
		for _, d := range top(vs[v].wholes, documents) {
			for _, p := range x.members[d] {
				add(p)
			}
		}
	}
	v := vs[viewFading]
	slices.SortStableFunc(out, func(a, b int32) int {
		sa, sb := v.passages[a]+v.wholes[x.document[a]], v.passages[b]+v.wholes[x.document[b]]
		return cmp.Or(cmp.Compare(sb, sa), cmp.Compare(a, b))
	})
	return out[:min(len(out), candidates)]
}
