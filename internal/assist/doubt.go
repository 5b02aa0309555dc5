package assist

import (
	"math"
	"slices"
	"sync"
)

// doubtOf is what the doubter looks at: how the ranking looks, and the best passage.
func (s *study) doubtOf(order []int, scores []float64, rows [][]float32) []float32 {
	var r row
	found := make([]int32, len(order))
	sorted := make([]float64, len(order))
	for i, at := range order {
		found[i], sorted[i] = s.found[at], scores[at]
	}
	s.doubt(&r, found, sorted)
	s.peaks(&r, rows, order[0])
	return append(r.v, rows[order[0]]...)
}

// doubt describes a ranking, the best first.
func (s *study) doubt(r *row, found []int32, scores []float64) {
	var distinct []float64 // without twins
	seen := map[int32]bool{}
	for i, p := range found {
		if t := s.x.twin[p]; !seen[t] {
			seen[t] = true
			distinct = append(distinct, scores[i])
		}
	}
	at := func(i int) float64 { return distinct[min(i, len(distinct)-1)] }
	r.put("best score", float32(at(0)))
	for i, behind := range [...]int{1, 2, 4, 9} {
		n := [...]string{"ahead of second", "ahead of third", "ahead of fifth", "ahead of tenth"}[i]
		r.put(n, float32(at(0)-at(behind)))
	}
	var sum, entropy, three float64
	for _, v := range distinct {
		sum += math.Exp(v - at(0))
	}
	for i, v := range distinct {
		p := math.Exp(v-at(0)) / sum
		if p > 0 {
			entropy -= p * math.Log(p)
		}
		if i < 3 {
			three += p
		}
	}
	r.put("share of the best", float32(1/sum))
	r.put("share of three", float32(three))
	r.put("entropy", float32(entropy))
	same := 0
	for _, p := range found[:min(5, len(found))] {
		if s.x.document[p] == s.x.document[found[0]] {
			same++
		}
	}
	r.put("same document in five", float32(same)/float32(min(5, len(found))))
	r.put("candidates", float32(len(found)))
	// What the turns find anywhere at all, beside what they could find.
	for t := range closeTurns {
		n := [...]string{"asked", "turn 1", "turn 2", "turn 3"}[t]
		var share, whole, span float32
		if t < len(s.k.turns) {
			share = ratio(s.highest[t], s.k.turns[t].mass)
			whole = ratio(best(s.k.wholes[t]), s.k.turns[t].mass)
			sh := s.x.shape[found[0]]
			span, _ = s.x.common(s.k.turns[t].terms, sh.text)
			span = ratio(span, s.k.turns[t].mass)
		}
		r.of(n, " highest share", share)
		r.of(n, " highest of documents", whole)
		r.of(n, " run in the best", span)
	}
	d := s.x.document[found[0]]
	for t := range 3 {
		n := [...]string{"asked", "turn 1", "turn 2"}[t]
		var share, heaviest, here float32
		if t < len(s.k.turns) {
			share, heaviest = s.missing(&s.x.whole, int(d), t)
			_, here = s.missing(&s.x.passage, int(found[0]), t)
		}
		r.of(n, " in document", share)
		r.of(n, " heaviest missing in document", heaviest)
		r.of(n, " heaviest missing in the best", here)
	}
	s.grounded(r, d)
	s.agreed(r, found, scores)
}

// agreed says how far the views, and the ranking, agree on one document.
func (s *study) agreed(r *row, found []int32, scores []float64) {
	own := s.x.document[found[0]]
	first := float32(0)
	leaders := map[int32]bool{}
	for v, w := range s.views {
		first += is(w.docRank[own] == 0)
		var second float32 // of those that are not much like the best
		for d, score := range w.wholes {
			if score*alike < w.bestDoc {
				second = max(second, score)
			} else if w.bestDoc > 0 && len(leaders) < views {
				leaders[int32(d)] = true
			}
		}
		r.of(viewNames[v], " second document", ratio(second, w.bestDoc))
	}
	r.put("views that have its document first", first)
	r.put("documents that a view has first", float32(len(leaders)))
	mass := map[int32]float64{}
	var all float64
	for i, p := range found {
		e := math.Exp(scores[i] - scores[0])
		mass[s.x.document[p]] += e
		all += e
	}
	r.put("share of its document", float32(mass[own]/all))
	var others float64
	for d, m := range mass {
		if d != own {
			others = max(others, m)
		}
	}
	r.put("share of the next document", float32(others/all))
}

// missing gives the share of a turn's words that a unit has, and the weight of the heaviest that it has not.
func (s *study) missing(l *level, unit, t int) (share, heaviest float32) {
	u := &s.k.turns[t]
	for _, sl := range u.slots {
		if sl.stop {
			continue
		}
		there := slices.ContainsFunc(sl.meant, func(m meant) bool { _, ok := l.find(unit, m.term); return ok })
		if there {
			share += sl.weight
		} else {
			heaviest = max(heaviest, sl.weight)
		}
	}
	return ratio(share, u.mass), heaviest
}

// grounded says how well a document explains what was said before: an office quotes what it publishes.
func (s *study) grounded(r *row, d int32) {
	var quoted, explained, asked, office, person, longest, worst float32
	worst = 1
	for t := 1; t < len(s.k.turns); t++ {
		u, near := &s.k.turns[t], s.k.near[t]
		if u.mass == 0 {
			continue
		}
		has, _ := s.missing(&s.x.whole, int(d), t)
		if u.person {
			asked += has * near
			person += near
			continue
		}
		var run float32
		for _, p := range s.x.members[d] {
			one, pairs := s.x.common(u.terms, s.x.shape[p].text)
			run = max(run, ratio(pairs, u.mass))
			longest = max(longest, ratio(one, u.mass)*near)
		}
		quoted += run * near
		explained += has * near
		office += near
		if near > 0.3 {
			worst = min(worst, has)
		}
	}
	r.put("document quoted", ratio(quoted, office))
	r.put("document has the office's words", ratio(explained, office))
	r.put("document has the person's words", ratio(asked, person))
	r.put("document has least of the office's words", worst)
	r.put("longest quotation", longest)
	r.put("office turns", office)
}

// peaks are features of which the highest among all candidates tells whether anything answers at all.
var peaks = [...]string{"asked covered", "asked best sentence", "asked longest run", "asked pairs", "asked in heading", "asked covers heading",
	"turn 1 covered", "turn 1 best sentence", "turn 1 longest run", "turn 1 pairs",
	"turn 2 best sentence", "turn 2 pairs", "turn 3 pairs", "lately covers heading", "document fits turns", "document fits worst turn"}

// peakColumns are where the peaks stand in a row.
var peakColumns = sync.OnceValue(func() (out [len(peaks)]int) {
	for i, n := range peaks {
		out[i] = slices.Index(ranked(), n)
	}
	return out
})

// peaks gives the highest of all candidates, and by how much those of the first one's document are above all others.
func (s *study) peaks(r *row, rows [][]float32, first int) {
	d := s.x.document[s.found[first]]
	for i, c := range peakColumns() {
		own, other := float32(math.Inf(-1)), float32(0)
		for j, v := range rows {
			if s.x.document[s.found[j]] == d {
				own = max(own, v[c])
			} else {
				other = max(other, v[c])
			}
		}
		r.of("highest ", peaks[i], max(own, other))
		r.of("ahead of other documents ", peaks[i], own-other)
	}
}
