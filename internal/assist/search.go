package assist

import (
	"cmp"
	"math"
	"slices"
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
