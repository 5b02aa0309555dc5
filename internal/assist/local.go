package assist

import "math"

// local scores the passages of one document against each other: words that all of them share tell nothing there, so
// that commonness is counted inside the document.
type local struct {
	turns  [][]float32 // by turn, by member: score
	best   []float32   // by turn
	at     []int       // by turn: the member that scores highest, -1 for none
	global []float32   // by turn: highest ordinary score of a member
	spot   []int       // by turn: the member that has it, -1 for none
	lately []float32   // by member: turns together, fading
	before []float32   // by member: the same without the question
}

func (s *study) local(d int32) *local {
	if l, ok := s.locals[d]; ok {
		return l
	}
	x, ms := s.x, s.x.members[d]
	l := &local{lately: make([]float32, len(ms)), before: make([]float32, len(ms))}
	weight := float32(1)
	for t := range s.k.turns {
		scores := make([]float32, len(ms))
		at, spot, best, global := -1, -1, float32(0), float32(0)
		if t <= closeTurns {
			for _, sl := range s.k.turns[t].slots {
				if !sl.stop {
					x.addLocal(scores, d, sl)
				}
			}
			for i, v := range scores {
				l.lately[i] += weight * v
				if t > 0 {
					l.before[i] += weight * v
				}
			}
			weight *= fade
		} else { // further back the ordinary scores are enough
			for i, p := range ms {
				scores[i] = s.k.passages[t][p]
			}
		}
		for i, v := range scores {
			if v > best {
				at, best = i, v
			}
			if g := s.k.passages[t][ms[i]]; g > global {
				spot, global = i, g
			}
		}
		l.turns, l.best, l.at, l.global = append(l.turns, scores), append(l.best, best), append(l.at, at), append(l.global, global)
		l.spot = append(l.spot, spot)
	}
	s.locals[d] = l
	return l
}

func (x *Index) addLocal(scores []float32, d int32, sl slot) {
	ms := x.members[d]
	for _, m := range sl.meant {
		at, ok := x.whole.find(int(d), m.term)
		if !ok {
			continue
		}
		n, df := float64(len(ms)), float64(x.spread[d][at])
		w := m.weight * float32(math.Log(1+(n-df+0.5)/(df+0.5)))
		for i, p := range ms {
			if o, ok := x.passage.in(int(p), m.term); ok {
				o.count[inTitle] = 0
				scores[i] += w * float32(x.passage.impact(int(p), o))
			}
		}
	}
}

func best(scores []float32) (v float32) {
	for _, s := range scores {
		v = max(v, s)
	}
	return v
}

// locally compares a passage with the others of its document, and the document with the others, turn by turn.
func (s *study) locally(r *row, p int32) {
	d, o := s.x.document[p], s.x.shape[p].ordinal
	l := s.local(d)
	for t := range closeTurns {
		n := [...]string{"asked", "turn 1", "turn 2", "turn 3"}[t]
		var score, share, rank float32
		offset := float32(apart)
		if t < len(l.turns) {
			score, share = l.turns[t][o], ratio(l.turns[t][o], l.best[t])
			rank = place(l.turns[t], o)
			if l.at[t] >= 0 {
				offset = float32(o - l.at[t])
			}
		}
		r.of(n, " locally", score)
		r.of(n, " local share", share)
		r.of(n, " local rank", rank)
		r.of(n, " local offset", offset)
	}
	for i, v := range [][]float32{l.lately, l.before} {
		n := [...]string{"lately", "before"}[i]
		r.of(n, " locally", v[o])
		r.of(n, " local share", ratio(v[o], best(v)))
		r.of(n, " local rank", place(v, o))
	}
	var mean, all, weakest, visits float32
	weakest = 1
	for t := 1; t < len(s.k.turns); t++ {
		if s.k.turns[t].mass == 0 || s.highest[t] == 0 {
			continue
		}
		w, fit := s.k.near[t], ratio(l.global[t], s.highest[t])
		mean += w * fit
		all += w
		if w > 0.3 {
			weakest = min(weakest, fit)
		}
		if l.at[t] == o && fit > 0.8 {
			visits += w
		}
	}
	r.put("document fits turns", ratio(mean, all))
	r.put("document fits worst turn", weakest)
	r.put("visits", visits)
}

func place(scores []float32, i int) float32 {
	above := 0
	for _, v := range scores {
		if v > scores[i] {
			above++
		}
	}
	return float32(min(above, 20))
}
