package main

import (
	"fmt"
	"strings"

	"stoa/internal/assist"
)

// quotable is a right passage whose sentences can be told apart by what the office said next.
type quotable struct {
	fold int
	rows group
}

// similar is the share of the office's words that a sentence must have to be what was meant.
const similar = 0.35

// quoteRows finds, for questions after which the talk goes on, the sentence nearest to what the office said next.
func (w *workshop) quoteRows() {
	next := map[string]string{} // what was said after a conversation's question
	for _, s := range w.samples {
		if s.set != asLast || s.taken != nothing {
			continue
		}
		talk, _, _ := strings.Cut(s.q.ID, "_")
		for i, t := range s.q.History {
			if i > 0 && !t.Person && s.q.History[i-1].Person {
				next[talk+"\n"+s.q.History[i-1].Text] = t.Text
			}
		}
	}
	var all [][]float32
	var groups []quotable
	said := func(s *sample) string {
		talk, _, _ := strings.Cut(s.q.ID, "_")
		return next[talk+"\n"+s.q.Text]
	}
	wanted := func(_ int, s *sample) bool {
		return s.set == asLast && s.taken == nothing && s.Right >= 0 && said(s) != ""
	}
	w.studies(wanted, func(_ int, s *sample, st *assist.Study) {
		texts, rows := st.Sentences(s.Passages[s.Right])
		best, right := similar, -1
		for i, t := range texts {
			if v := overlap(said(s), t); v > best {
				best, right = v, i
			}
		}
		if right < 0 || len(texts) < 2 {
			return
		}
		g := group{From: len(all), Right: len(all) + right}
		for _, r := range rows {
			g.Train = append(g.Train, int32(len(all)))
			all = append(all, r)
		}
		g.To = len(all)
		groups = append(groups, quotable{s.fold, g})
	})
	w.quotes, w.quotable = newTable(all), groups
	for _, r := range all {
		w.quotes.add(r)
	}
}

// overlap is how much two texts share of the words of both (Dice).
func overlap(a, b string) float64 {
	in := map[string]bool{}
	for _, w := range strings.Fields(strings.ToLower(a)) {
		in[strings.Trim(w, ".,;:?!")] = true
	}
	n, both, seen := 0, 0, map[string]bool{}
	for _, w := range strings.Fields(strings.ToLower(b)) {
		if w = strings.Trim(w, ".,;:?!"); !seen[w] {
			seen[w] = true
			n++
			both += is(in[w])
		}
	}
	return 2 * float64(both) / float64(max(1, n+len(in)))
}

func (w *workshop) quote(fold int) assist.Trees {
	var groups []group
	for _, q := range w.quotable {
		if q.fold != fold {
			groups = append(groups, q.rows)
		}
	}
	return boost(w.quotes, groups, func() loss { return lambda(3) }, quoting)
}

// quoteFolds prints how often the sentence that the office used is the first, or among two, of those of its passage.
func (w *workshop) quoteFolds(folds int) {
	w.quoteRows()
	var t, chance tally
	var sentences float64
	for fold := range folds {
		trees := w.quote(fold)
		for _, q := range w.quotable {
			if q.fold != fold {
				continue
			}
			scores := score(w.quotes, trees, q.rows)
			above, own := 0, scores[q.rows.Right-q.rows.From]
			for i, v := range scores {
				if v > own || v == own && i < q.rows.Right-q.rows.From {
					above++
				}
			}
			t.add(above, 0)
			chance.add(0, len(scores)-1)
			sentences += float64(len(scores))
		}
	}
	fmt.Printf("  sentence that the office used, of %.1f: first %.4f, among three %.4f (by chance %.4f, %.4f), %d questions\n",
		sentences/t.n, t.r1/t.n, t.r3/t.n, chance.r1/chance.n, chance.r3/chance.n, len(w.quotable))
}
