package main

import (
	"fmt"
	"slices"

	"stoa/internal/assist"
	"stoa/internal/assist/measure"
)

// cut is how deep the ranker cares; one more than what is measured has it push things across the edge.
const cut = 10

// rankers is how many are grown from other seeds; the ranker is their mean, which errs less than any of them.
const rankers = 5

// rank fits a ranker to all documents but those of a fold; -1 leaves none out.
func (w *workshop) rank(fold int) assist.Trees {
	var groups []group
	for _, s := range w.samples {
		if s.taken == nothing && s.fold != fold && s.Right >= 0 {
			groups = append(groups, s.Rows)
		}
	}
	return grown(rankers, ranking, func(gw growth) assist.Trees { return boost(w.ranks, groups, func() loss { return lambda(cut) }, gw) })
}

// grown is the mean of n ensembles grown from other seeds.
func grown(n int, gw growth, grow func(growth) assist.Trees) (mean assist.Trees) {
	for range n {
		mean = append(mean, grow(gw)...)
		gw.seed++
	}
	for _, t := range mean {
		for i := range t.Nodes {
			t.Nodes[i].Value /= float32(n)
		}
	}
	return mean
}

// rankFolds scores every question by a ranker that never saw its document.
func (w *workshop) rankFolds(folds int) {
	if tried > 0 {
		folds = min(folds, tried)
	}
	for fold := range folds {
		trees := w.rank(fold)
		for _, s := range w.samples {
			if s.fold == fold {
				s.scores = score(w.ranks, trees, s.Rows)
			}
		}
	}
}

// printRanking prints the figures. Twins share their score, and nothing in a page's text says which copy was meant: so
// the figures are given with their order left to chance, with the later published first as Search has it, and with any
// copy counted as right.
func (w *workshop) printRanking() {
	var all, later, twins [sets]tally
	var first tally
	for _, s := range w.samples {
		if s.taken != nothing || s.scores == nil {
			continue
		}
		above, ties, behind := w.standing(s)
		all[s.set].add(above, ties)
		later[s.set].add(above+behind, 0)
		twins[s.set].add(above, 0)
		if s.set == asLast && len(s.q.History) == 0 {
			first.add(above, ties)
		}
	}
	for _, p := range []struct {
		how string
		t   [sets]tally
	}{{"identical passages in the order of chance", all}, {"the later of identical passages first", later}, {"identical passages counted as one", twins}} {
		fmt.Println("documents never seen, " + p.how + ":")
		fmt.Println("  last turn           ", p.t[asLast])
		fmt.Println("  after another talk  ", p.t[asAfter])
	}
	fmt.Println("  first questions     ", first, "(chance)")
}

// standing says how many other passages stand above the right one, how many share its place, and how many of those were
// published later.
func (w *workshop) standing(s *sample) (above, ties, later int) {
	if s.Right < 0 {
		return 1000, 0, 0
	}
	top := map[int]float64{}
	for i, p := range s.Passages {
		if v, ok := top[w.index.Twin(p)]; !ok || s.scores[i] > v {
			top[w.index.Twin(p)] = s.scores[i]
		}
	}
	own := w.index.Twin(s.Passages[s.Right])
	for i, p := range s.Passages {
		switch t := w.index.Twin(p); {
		case i == s.Right:
		case top[t] > top[own]:
			above++
		case top[t] == top[own]:
			ties++
			later += is(p > s.Passages[s.Right])
		}
	}
	return above, ties, later
}

// tally adds up figures.
type tally struct{ n, r1, r3, r5, r10, ndcg float64 }

// add counts a question whose right passage shares its place with others: every order of them is as likely.
func (t *tally) add(above, ties int) {
	t.n++
	w := 1 / float64(ties+1)
	for r := above; r <= above+ties; r++ {
		t.r1 += w * float64(is(r < 1))
		t.r3 += w * float64(is(r < 3))
		t.r5 += w * float64(is(r < 5))
		t.r10 += w * float64(is(r < 10))
		if r < 5 {
			t.ndcg += w * discount(r)
		}
	}
}

func (t tally) String() string {
	return fmt.Sprintf("R@1 %.4f  R@3 %.4f  R@5 %.4f  R@10 %.4f  nDCG@5 %.4f", t.r1/t.n, t.r3/t.n, t.r5/t.n, t.r10/t.n, t.ndcg/t.n)
}

// doubtRows fills the doubter's table with what it sees when documents are new to the ranker.
func (w *workshop) doubtRows() {
	rows := make([][]float32, len(w.samples))
	w.studies(everything, func(i int, s *sample, st *assist.Study) {
		order, row := st.Doubt(slices.Clone(s.scores))
		rows[i], s.rank = row, 1000
		for r, at := range order {
			if at == s.Right {
				s.rank = r
			}
		}
	})
	var some [][]float32
	for _, r := range rows {
		if r != nil {
			some = append(some, r)
		}
	}
	w.doubts = newTable(some)
	for i, s := range w.samples {
		s.doubt = -1
		if rows[i] != nil {
			s.doubt = w.doubts.rows()
			w.doubts.add(rows[i])
		}
	}
}

// doubters is how many are grown from other seeds; the doubter is their mean.
const doubters = 5

// doubt fits the doubter: can the question be answered at all? Questions whose documents were taken away cannot.
func (w *workshop) doubt(fold int) assist.Trees {
	var groups []group
	for _, s := range w.samples {
		if s.fold == fold || s.doubt < 0 || s.taken == document {
			continue
		}
		label := float64(is(s.taken == nothing))
		groups = append(groups, group{Train: []int32{int32(s.doubt)}, Label: label})
	}
	return grown(doubters, doubting, func(gw growth) assist.Trees { return boost(w.doubts, groups, func() loss { return logistic }, gw) })
}

// doubtFolds prints how well questions are refused whose documents are new, and gives the confidence that three of
// five answerable questions reach.
func (w *workshop) doubtFolds(folds int) (sure float64) {
	w.doubtRows()
	for fold := range folds {
		trees := w.doubt(fold)
		for _, s := range w.samples {
			if s.fold == fold && s.doubt >= 0 {
				s.sure = sigmoid(score(w.doubts, trees, group{From: s.doubt, To: s.doubt + 1})[0])
			}
		}
	}
	for set, name := range []string{"last turn", "after another talk"} {
		var yes, no, alone []float64
		var outcomes []measure.Outcome
		for _, s := range w.samples {
			switch {
			case s.set != set:
			case s.taken == document:
				alone = append(alone, s.sure)
			case s.taken == holders:
				no = append(no, s.sure)
				if len(s.q.Without) == 1 {
					alone = append(alone, s.sure)
				}
			default:
				yes = append(yes, s.sure)
				o := measure.Outcome{ID: s.q.ID, Confidence: s.sure}
				if s.rank < 3 {
					for id := range w.judged[s.q.ID] {
						o.Ranked = append(o.Ranked, id)
					}
				}
				outcomes = append(outcomes, o)
			}
		}
		f := measure.Judge(outcomes, w.judged)
		fmt.Printf("  %s: AUROC %.4f (%.4f when copies in other documents stay); right section among three, of the surest 60%%: %.4f\n",
			name, measure.AUROC(yes, no), measure.AUROC(yes, alone), f.Cited)
		if set == asLast {
			slices.Sort(yes)
			sure = yes[len(yes)*2/5]
		}
	}
	return sure
}
