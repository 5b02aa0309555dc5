package assist

import (
	"math"
	"slices"
)

// row collects the features of one passage for one question. Names are kept only when somebody wants them.
type row struct {
	v     []float32
	named bool
	names []string
}

func (r *row) put(name string, v float32) { r.of(name, "", v) }

// of is put for names of two parts, which are joined only when somebody wants them.
func (r *row) of(whose, what string, v float32) {
	if v != v { // a ratio of nothing
		v = 0
	}
	r.v = append(r.v, v)
	if r.named {
		r.names = append(r.names, whose+what)
	}
}

// ratio is a over b, and nothing of nothing.
func ratio(a, b float32) float32 {
	if b <= 0 {
		return 0
	}
	return a / b
}

func logarithm(n int) float32 { return float32(math.Log1p(float64(n))) }

// study is a question together with all that is looked up once for all its candidates.
type study struct {
	x       *Index
	k       *talk
	views   [views]*view
	found   []int32
	kind    kind
	seen    []map[uint32]float32 // by turn: weight of terms that have a subject
	locals  map[int32]*local
	highest []float32             // by turn: of all passages
	lack    map[[2]int][2]float32 // by document and turn
}

// close is how many turns back are compared word for word.
const closeTurns = 4

// heard reads the question and its history, which is all that the choice of sentences needs.
func (x *Index) heard(q Question) *study {
	s := &study{x: x, k: x.listen(q), locals: map[int32]*local{}, lack: map[[2]int][2]float32{}}
	s.kind = kindOf(s.k)
	for t := range min(closeTurns+1, len(s.k.turns)) {
		m := map[uint32]float32{}
		for _, sl := range s.k.turns[t].slots {
			if sl.stop {
				continue
			}
			for _, e := range sl.meant {
				m[e.term] = max(m[e.term], e.weight)
			}
		}
		s.seen = append(s.seen, m)
	}
	return s
}

func (x *Index) study(q Question) *study {
	s := x.heard(q)
	without := x.documentsOf(q.Without)
	x.score(s.k, without)
	for t := range s.k.turns {
		s.highest = append(s.highest, best(s.k.passages[t]))
	}
	s.views = x.views(s.k)
	s.found = x.candidates(s.views)
	if len(without) > 0 {
		s.found = slices.DeleteFunc(s.found, func(p int32) bool { return slices.Contains(without, x.document[p]) })
	}
	return s
}

// rows gives the features of every candidate.
func (s *study) rows() [][]float32 {
	out := make([][]float32, len(s.found))
	for i, p := range s.found {
		r := row{v: make([]float32, 0, len(ranked()))}
		s.describe(&r, p)
		out[i] = r.v
	}
	s.beside(out)
	return out
}

func (s *study) describe(r *row, p int32) {
	s.scores(r, p)
	s.fields(r, p)
	s.wording(r, p)
	s.place(r, p)
	s.locally(r, p)
	s.itself(r, p)
	s.sense(r, p)
	s.kind.put(r)
}

// scores are the views' opinions, absolute, beside the best, and by rank.
func (s *study) scores(r *row, p int32) {
	d := s.x.document[p]
	for v, w := range s.views {
		n := viewNames[v]
		r.of(n, " score", w.passages[p])
		r.of(n, " share", ratio(w.passages[p], w.bestHere))
		r.of(n, " rank", logarithm(int(w.rank[p])))
		r.of(n, " document share", min(1, alike*ratio(w.wholes[d], w.bestDoc)))
		r.of(n, " document rank", logarithm(int(w.docRank[d])))
		var best float32
		above := 0
		for _, o := range s.x.members[d] {
			best = max(best, w.passages[o])
			if w.passages[o] > w.passages[p] {
				above++
			}
		}
		r.of(n, " share in document", ratio(w.passages[p], best))
		r.of(n, " best of document", ratio(best, w.bestHere))
		r.of(n, " rank in document", float32(min(above, 20)))
	}
	a := s.views[viewAsked]
	r.put("asked document score", a.wholes[d])
	r.put("fading document score", s.views[viewFading].wholes[d])
	r.put("asked share of mass", ratio(a.passages[p], s.k.turns[0].mass))
	var before, after float32
	ms, o := s.x.members[d], s.x.shape[p].ordinal
	if o > 0 {
		before = a.passages[ms[o-1]]
	}
	if o+1 < len(ms) {
		after = a.passages[ms[o+1]]
	}
	r.put("asked of the one before", ratio(before, a.bestHere))
	r.put("asked of the one after", ratio(after, a.bestHere))
}

// fields tell where the words stand.
func (s *study) fields(r *row, p int32) {
	l := &s.x.passage
	for _, t := range []int{0, 1, 2} {
		n := [...]string{"asked", "turn 1", "turn 2"}[t]
		var in [fields]float32
		var any, mass float32
		if t < len(s.k.turns) {
			mass = s.k.turns[t].mass
			for _, sl := range s.k.turns[t].slots {
				if sl.stop {
					continue
				}
				var got [fields + 1]float32
				for _, m := range sl.meant {
					if o, ok := l.in(int(p), m.term); ok {
						got[fields] = max(got[fields], m.weight)
						for f, c := range o.count {
							if c > 0 {
								got[f] = max(got[f], m.weight)
							}
						}
					}
				}
				for f := range in {
					in[f] += got[f] * sl.weight
				}
				any += got[fields] * sl.weight
			}
		}
		r.of(n, " covered", ratio(any, mass))
		r.of(n, " in title", ratio(in[inTitle], mass))
		r.of(n, " in heading", ratio(in[inHeading], mass))
		r.of(n, " in text", ratio(in[inText], mass))
		r.of(n, " best sentence", s.bestSentence(p, t))
		r.of(n, " covers heading", s.covers(s.x.shape[p].heading, t, t))
		r.of(n, " covers title", s.covers(s.x.shape[p].title, t, t))
	}
	r.put("lately covers heading", s.covers(s.x.shape[p].heading, 0, closeTurns))
	r.put("lately covers title", s.covers(s.x.shape[p].title, 0, closeTurns))
	r.put("lately before covers heading", s.covers(s.x.shape[p].heading, 1, closeTurns))
}

// covers is how much of a run of terms was said in turns from one to another.
func (s *study) covers(ts []uint32, from, to int) float32 {
	var have, all float32
	for _, t := range ts {
		w := s.x.passage.idf[t]
		all += w
		var got float32
		for u := from; u <= to && u < len(s.seen); u++ {
			got = max(got, s.seen[u][t])
		}
		have += got * w
	}
	return ratio(have, all)
}

// bestSentence is the largest share of a turn's words that one sentence has.
func (s *study) bestSentence(p int32, t int) float32 {
	if t >= len(s.seen) || s.k.turns[t].mass == 0 {
		return 0
	}
	said, sh := s.seen[t], &s.x.shape[p]
	var best, sum float32
	next := 0
	var counted []uint32
	for i, term := range sh.text {
		if next < len(sh.sentence) && int(sh.sentence[next]) == i {
			best, sum, counted = max(best, sum), 0, counted[:0]
			next++
		}
		w, ok := said[term]
		if !ok {
			continue
		}
		again := false
		for _, c := range counted {
			again = again || c == term
		}
		if !again {
			counted = append(counted, term)
			sum += w * s.x.passage.idf[term]
		}
	}
	return ratio(max(best, sum), s.k.turns[t].mass)
}

// wording compares runs of words, stops too: what was quoted, or will be.
func (s *study) wording(r *row, p int32) {
	sh := &s.x.shape[p]
	for t := range closeTurns {
		n := [...]string{"asked", "turn 1", "turn 2", "turn 3"}[t]
		var run, pairs, inHeading float32
		if t < len(s.k.turns) {
			terms, mass := s.k.turns[t].terms, s.k.turns[t].mass
			run, pairs = s.x.common(terms, sh.text)
			run, pairs = ratio(run, mass), ratio(pairs, mass)
			if t < 2 {
				inHeading, _ = s.x.common(terms, sh.heading)
				inHeading = ratio(inHeading, mass)
			}
		}
		r.of(n, " longest run", run)
		r.of(n, " pairs", pairs)
		if t < 2 {
			r.of(n, " run in heading", inHeading)
		}
	}
}

// common gives the weight of the longest run that two texts share, and of all pairs of neighbours of a that b has.
func (x *Index) common(a, b []uint32) (run, pairs float32) {
	if len(a) == 0 || len(b) == 0 {
		return 0, 0
	}
	lengths := make([]float32, len(a)+1)
	paired := make([]bool, len(a)+1)
	for j := range b {
		var diagonal float32
		for i := range a {
			was := lengths[i+1]
			if a[i] == b[j] {
				lengths[i+1] = diagonal + x.passage.idf[a[i]]
				if diagonal > 0 {
					run = max(run, lengths[i+1])
					paired[i] = true
				}
			} else {
				lengths[i+1] = 0
			}
			diagonal = was
		}
	}
	for i := 1; i < len(a); i++ {
		if paired[i] {
			pairs += x.passage.idf[a[i]] + x.passage.idf[a[i-1]]
		}
	}
	return run, pairs / 2
}

// itself describes the passage without the question.
func (s *study) itself(r *row, p int32) {
	sh := &s.x.shape[p]
	n := len(s.x.members[s.x.document[p]])
	r.put("ordinal", float32(min(sh.ordinal, 40)))
	r.put("sections", float32(min(n, 40)))
	r.put("place in document", float32(sh.ordinal)/float32(n))
	r.put("words", logarithm(len(sh.text)))
	r.put("sentences", logarithm(len(sh.sentence)))
	r.put("heading words", float32(min(len(sh.heading), 20)))
	r.put("heading asks", is(sh.question))
	r.put("heading levels", float32(len(sh.parents)))
	r.put("figures", logarithm(sh.figures))
	r.put("money", logarithm(sh.money))
}
