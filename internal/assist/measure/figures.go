package measure

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Outcome is what one question got.
type Outcome struct {
	ID         string
	Ranked     []string // passages, the best first
	Scores     []float64
	Confidence float64 // that one of the first is right
	Took       time.Duration
	Worked     time.Duration // of processors
}

// Figures say how well questions were answered.
type Figures struct {
	Questions    int
	R1, R5, R10  float64 // share of the right passages among the first n
	NDCG5        float64
	MRR          float64
	Cited        float64 // how often a right one is among the first three, of the surest 60 %
	Took, Worked Times
}

// Times are what half of the questions, and all but one of a hundred, did not exceed.
type Times struct{ Half, Ninetyninth time.Duration }

// answered is the share of questions that Cited looks at, and cited the number of sources that are shown.
const (
	answered = 0.6
	cited    = 3
)

// Judge compares outcomes with judgements. Questions that nobody judged do not count, except for the time.
func Judge(outcomes []Outcome, js Judgements) Figures {
	var f Figures
	type sure struct {
		confidence float64
		right      bool
	}
	var sures []sure
	var took, worked []time.Duration
	for _, o := range outcomes {
		took, worked = append(took, o.Took), append(worked, o.Worked)
		right := js[o.ID]
		if len(right) == 0 {
			continue
		}
		f.Questions++
		f.R1 += recall(o.Ranked, right, 1)
		f.R5 += recall(o.Ranked, right, 5)
		f.R10 += recall(o.Ranked, right, 10)
		f.NDCG5 += ndcg(o.Ranked, right, 5)
		for i, id := range o.Ranked {
			if right[id] > 0 {
				f.MRR += 1 / float64(i+1)
				break
			}
		}
		sures = append(sures, sure{o.Confidence, recall(o.Ranked, right, cited) > 0})
	}
	n := float64(max(1, f.Questions))
	for _, v := range []*float64{&f.R1, &f.R5, &f.R10, &f.NDCG5, &f.MRR} {
		*v /= n
	}
	slices.SortStableFunc(sures, func(a, b sure) int { return cmp.Compare(b.confidence, a.confidence) })
	sures = sures[:int(math.Round(answered*float64(len(sures))))]
	for _, s := range sures {
		if s.right {
			f.Cited += 1 / float64(len(sures))
		}
	}
	f.Took, f.Worked = times(took), times(worked)
	return f
}

func times(list []time.Duration) Times {
	slices.Sort(list)
	return Times{percentile(list, 50), percentile(list, 99)}
}

func recall(ranked []string, right map[string]int, n int) float64 {
	found := 0
	for _, id := range ranked[:min(n, len(ranked))] {
		if right[id] > 0 {
			found++
		}
	}
	return float64(found) / float64(len(right))
}

func ndcg(ranked []string, right map[string]int, n int) float64 {
	var have, best float64
	for i, id := range ranked[:min(n, len(ranked))] {
		have += float64(right[id]) / math.Log2(float64(i+2))
	}
	grades := make([]int, 0, len(right))
	for _, g := range right {
		grades = append(grades, g)
	}
	slices.SortFunc(grades, func(a, b int) int { return b - a })
	for i, g := range grades[:min(n, len(grades))] {
		best += float64(g) / math.Log2(float64(i+2))
	}
	return have / best
}

func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, len(sorted)*p/100)]
}

// AUROC is the chance that one of yes is above one of no; a half when the two cannot be told apart.
func AUROC(yes, no []float64) float64 {
	if len(yes) == 0 || len(no) == 0 {
		return 0.5
	}
	type mark struct {
		v   float64
		yes bool
	}
	all := make([]mark, 0, len(yes)+len(no))
	for _, v := range yes {
		all = append(all, mark{v, true})
	}
	for _, v := range no {
		all = append(all, mark{v, false})
	}
	slices.SortFunc(all, func(a, b mark) int { return cmp.Compare(a.v, b.v) })
	var ranks float64
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].v == all[i].v {
			j++
		}
		middle := float64(i+j+1) / 2 // ties share their ranks
		for ; i < j; i++ {
			if all[i].yes {
				ranks += middle
			}
		}
	}
	n, m := float64(len(yes)), float64(len(no))
	return (ranks - n*(n+1)/2) / (n * m)
}
