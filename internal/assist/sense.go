package assist

import (
	"math"
	"slices"
)

// sense is whether a heading asks what is asked, and what a passage and its document lack.
func (s *study) sense(r *row, p int32) {
	s.headed(r, p)
	s.lacks(r, p)
}

// headed compares what is asked with the heading as a question, little words too.
func (s *study) headed(r *row, p int32) {
	sh := &s.x.shape[p]
	for t := range 2 {
		n := [...]string{"asked", "turn 1"}[t]
		var both, either, run, here float32
		if t < len(s.k.turns) && len(sh.heading) > 0 {
			terms := s.k.turns[t].terms
			for i, h := range sh.heading {
				if slices.Contains(terms, h) && !slices.Contains(sh.heading[:i], h) {
					both++
				}
			}
			either = float32(len(sh.heading)+len(terms)) - both
			run = float32(longestRun(sh.heading, terms))
			here = s.localHeading(p, t)
		}
		r.of(n, " shares words with heading", ratio(both, either))
		r.of(n, " has of heading", ratio(both, float32(len(sh.heading))))
		r.of(n, " words in a row of heading", run)
		r.of(n, " run as share of heading", ratio(run, float32(len(sh.heading))))
		r.of(n, " has of heading, locally", here)
	}
	same, other := float32(0), float32(0)
	for a, v := range s.x.shape[p].asks {
		if v && s.kind.asks[a] > 0 {
			same++
		} else if v {
			other++
		}
	}
	r.put("heading asks the same", same)
	r.put("heading asks something else", other)
}

// longestRun is how many words in a row two texts share.
func longestRun(a, b []uint32) (longest int) {
	for i := range a {
		for j := range b {
			k := 0
			for i+k < len(a) && j+k < len(b) && a[i+k] == b[j+k] {
				k++
			}
			longest = max(longest, k)
		}
	}
	return longest
}

// localHeading is how much of a heading a turn says, by commonness inside the document.
func (s *study) localHeading(p int32, t int) float32 {
	if t >= len(s.seen) {
		return 0
	}
	d := s.x.document[p]
	var have, all float32
	for _, h := range s.x.shape[p].heading {
		w := s.x.localIDF(d, h)
		all += w
		have += w * s.seen[t][h]
	}
	return ratio(have, all)
}

func (x *Index) localIDF(d int32, term uint32) float32 {
	at, ok := x.whole.find(int(d), term)
	if !ok {
		return 0
	}
	return float32(idf(float64(len(x.members[d])), float64(x.spread[d][at])))
}

// lacks is what of the turns a passage and its document do not have.
func (s *study) lacks(r *row, p int32) {
	d := int(s.x.document[p])
	for t := range 3 {
		n := [...]string{"asked", "turn 1", "turn 2"}[t]
		var here, share, heaviest float32
		if t < len(s.k.turns) {
			_, here = s.missing(&s.x.passage, int(p), t)
			m := s.documentLacks(d, t)
			share, heaviest = m[0], m[1]
		}
		r.of(n, " lacks at most", here)
		r.of(n, " words in document", share)
		r.of(n, " lacks at most in document", heaviest)
	}
}

// documentLacks is what missing says of a document, worked out once.
func (s *study) documentLacks(d, t int) [2]float32 {
	key := [2]int{d, t}
	m, ok := s.lack[key]
	if !ok {
		m[0], m[1] = s.missing(&s.x.whole, d, t)
		s.lack[key] = m
	}
	return m
}

// besides are the features of which it matters how they stand beside the best of all candidates, and of the document's.
var besides = []string{"asked share", "fading share", "quick share", "asked covered", "asked in text", "asked best sentence", "asked pairs",
	"asked longest run", "asked covers heading", "turn 1 pairs", "turn 1 best sentence", "lately covers heading", "asked locally", "lately locally",
	"asked shares words with heading", "office was here", "asked words in document", "turn 1 words in document", "document fits turns"}

// beside appends to each row how far it stands below the best one, and below the best of its document.
func (s *study) beside(rows [][]float32) {
	most := map[int32]float32{}
	for _, c := range besideColumns() {
		clear(most)
		all := float32(math.Inf(-1))
		for i, v := range rows {
			d := s.x.document[s.found[i]]
			if m, ok := most[d]; !ok || v[c] > m {
				most[d] = v[c]
			}
			all = max(all, v[c])
		}
		for i, v := range rows {
			rows[i] = append(v, all-v[c], most[s.x.document[s.found[i]]]-v[c])
		}
	}
}
