package assist

import (
	"cmp"
	"slices"
	"strings"
)

// Quote chooses up to n sentences of a passage to answer a question with, in the order of the text and as written
// there. A passage without sentences gives none.
func (x *Index) Quote(q Question, passage, n int) []string {
	if passage < 0 || passage >= len(x.passages) || n <= 0 {
		return nil
	}
	s := x.heard(q)
	spans := sentences(x.passages[passage].Text)
	order := make([]int, len(spans))
	scores := make([]float64, len(spans))
	for i := range spans {
		var r row
		s.sentence(&r, int32(passage), i)
		scores[i], order[i] = x.model.Quoter.Value(r.v), i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	order = order[:min(n, len(order))]
	slices.Sort(order)
	out := make([]string, len(order))
	for i, o := range order {
		out[i] = x.passages[passage].Text[spans[o][0]:spans[o][1]]
	}
	return out
}

// sentences gives where each sentence begins and ends, in bytes, in step with the sentences of a shape.
func sentences(text string) (out [][2]int) {
	text = clip(text, maxText)
	ws := words(text)
	for i := range ws {
		if i > 0 && ws[i].sentence == ws[i-1].sentence {
			continue
		}
		from := ws[i].start
		if i == 0 {
			from = 0
		}
		out = append(out, [2]int{from, len(text)})
	}
	for i := range out {
		if i+1 < len(out) {
			out[i][1] = out[i+1][0]
		}
		piece := text[out[i][0]:out[i][1]]
		out[i][0] += len(piece) - len(strings.TrimLeft(piece, " \t\r\n"))
		out[i][1] -= len(piece) - len(strings.TrimRight(piece, " \t\r\n"))
	}
	return out
}

// part gives the terms of one sentence.
func (sh *shape) part(i int) []uint32 {
	if i >= len(sh.sentence) {
		return nil
	}
	to := len(sh.text)
	if i+1 < len(sh.sentence) {
		to = int(sh.sentence[i+1])
	}
	return sh.text[sh.sentence[i]:to]
}

// sentence describes one sentence of a passage, for the quoter.
func (s *study) sentence(r *row, p int32, i int) {
	sh := &s.x.shape[p]
	ts := sh.part(i)
	for t := range 3 {
		n := [...]string{"asked", "turn 1", "turn 2"}[t]
		var share, run, pairs, top float32
		if t < len(s.seen) {
			mass := s.k.turns[t].mass
			share = ratio(s.covered(ts, t), mass)
			for j := range sh.sentence {
				top = max(top, ratio(s.covered(sh.part(j), t), mass))
			}
			run, pairs = s.x.common(s.k.turns[t].terms, ts)
			run, pairs = ratio(run, mass), ratio(pairs, mass)
		}
		r.of(n, " share", share)
		r.of(n, " share beside the best", ratio(share, top))
		r.of(n, " run", run)
		r.of(n, " pairs", pairs)
	}
	r.put("lately covers", s.covers(ts, 0, closeTurns))
	r.put("covered by heading", s.inHeading(ts, sh))
	r.put("ordinal", float32(min(i, 30)))
	r.put("from the end", float32(min(len(sh.sentence)-1-i, 30)))
	r.put("words", float32(min(len(ts), 80)))
	r.put("sentences", float32(min(len(sh.sentence), 40)))
	s.kind.put(r)
}

// covered is the weight of the words of a turn that stand in a run of terms.
func (s *study) covered(ts []uint32, t int) (sum float32) {
	counted := map[uint32]bool{}
	for _, term := range ts {
		if w, ok := s.seen[t][term]; ok && !counted[term] {
			counted[term] = true
			sum += w * s.x.passage.idf[term]
		}
	}
	return sum
}

func (s *study) inHeading(ts []uint32, sh *shape) float32 {
	var have, all float32
	for _, t := range ts {
		w := s.x.passage.idf[t]
		all += w
		if slices.Contains(sh.heading, t) {
			have += w
		}
	}
	return ratio(have, all)
}

// Sentences gives the features of each sentence of a passage, and the sentences, for those who train models.
func (s *Study) Sentences(passage int) (texts []string, rows [][]float32) {
	text := s.s.x.passages[passage].Text
	for i, span := range sentences(text) {
		var r row
		s.s.sentence(&r, int32(passage), i)
		texts, rows = append(texts, text[span[0]:span[1]]), append(rows, r.v)
	}
	return texts, rows
}
