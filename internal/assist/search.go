package assist

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Hit is a passage that may answer.
type Hit struct {
	Passage int     // ordinal, as given to Build
	Score   float64 // of the ranker; only the order means something
}

// Found is what Search gives.
type Found struct {
	Hits       []Hit   // the best first; of equal ones that which was published later
	Confidence float64 // chance that what is published answers at all, when it answers half of what is asked
	Sure       bool    // as confident as three of five questions that can be answered; the others are better asked back
}

// Search ranks the passages that might answer a question. Texts of any length and content are safe.
func (x *Index) Search(q Question) Found {
	s := x.study(q)
	rows := s.rows()
	scores := make([]float64, len(rows))
	for i, r := range rows {
		scores[i] = x.model.Ranker.Value(r)
	}
	order := s.arrange(scores)
	out := Found{Hits: make([]Hit, len(order))}
	for i, at := range order {
		out.Hits[i] = Hit{int(s.found[at]), scores[at]}
	}
	if len(order) > 0 {
		out.Confidence = sigmoid(x.model.Doubter.Value(s.doubtOf(order, scores, rows)))
		out.Sure = out.Confidence >= x.model.Sure
	}
	return out
}

func sigmoid(v float64) float64 { return 1 / (1 + math.Exp(-v)) }

// arrange gives twins the better of their scores, and the order of all candidates.
func (s *study) arrange(scores []float64) []int {
	best := map[int32]float64{}
	for i, p := range s.found {
		if v, ok := best[s.x.twin[p]]; !ok || scores[i] > v {
			best[s.x.twin[p]] = scores[i]
		}
	}
	order := make([]int, len(scores))
	for i, p := range s.found {
		scores[i] = best[s.x.twin[p]]
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(scores[b], scores[a]), cmp.Compare(s.found[b], s.found[a]))
	})
	return order
}

// doubtOf is what the doubter looks at: how the ranking looks, and the best passage.
func (s *study) doubtOf(order []int, scores []float64, rows [][]float32) []float32 {
	var r row
	found := make([]int32, len(order))
	sorted := make([]float64, len(order))
	for i, at := range order {
		found[i], sorted[i] = s.found[at], scores[at]
	}
	s.doubt(&r, found, sorted)
	s.peaks(&r, rows)
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

func (s *study) peaks(r *row, rows [][]float32) {
	for i, c := range peakColumns() {
		most := float32(math.Inf(-1))
		for _, v := range rows {
			most = max(most, v[c])
		}
		r.of("highest ", peaks[i], most)
	}
}

// Study is a question with the features of all passages that might answer it, for those who train models.
type Study struct {
	Passages []int
	Rows     [][]float32
	s        *study
}

// Study looks at a question as Search does, without judging.
func (x *Index) Study(q Question) Study {
	s := x.study(q)
	out := Study{Rows: s.rows(), s: s}
	for _, p := range s.found {
		out.Passages = append(out.Passages, int(p))
	}
	return out
}

// Doubt arranges the candidates by the ranker's scores, which it makes equal for twins, and gives what the doubter
// looks at.
func (s *Study) Doubt(scores []float64) (order []int, row []float32) {
	order = s.s.arrange(scores)
	if len(order) == 0 {
		return nil, nil
	}
	return order, s.s.doubtOf(order, scores, s.Rows)
}
