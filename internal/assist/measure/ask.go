package measure

import (
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"stoa/internal/assist"
)

// written is how many passages of each question a run has.
const written = 100

// Ask puts every question to an index, one after the other, and times each by the clock that it is given, and by another that
// tells how long the processors have worked.
func Ask(x *assist.Index, passages []assist.Passage, questions []Question, now func() time.Time, worked func() time.Duration) []Outcome {
	out := make([]Outcome, len(questions))
	for i, q := range questions {
		start, idle := now(), worked()
		found := x.Search(q.Question)
		out[i] = Outcome{ID: q.ID, Confidence: found.Confidence, Took: now().Sub(start), Worked: worked() - idle}
		for _, h := range found.Hits[:min(written, len(found.Hits))] {
			out[i].Ranked = append(out[i].Ranked, passages[h.Passage].ID)
			out[i].Scores = append(out[i].Scores, h.Score)
		}
	}
	return out
}

// Refusal asks again without the documents that hold each question's right passage, and gives how well confidence tells the
// two apart. alone takes away only the question's own document: where a copy of the passage stays behind, word for word in
// another, the question can be answered still, and nobody can tell the two apart.
func Refusal(x *assist.Index, passages []assist.Passage, questions []Question, normal []Outcome, js Judgements) (unanswerable, alone float64) {
	at := map[string]int{}
	for i, p := range passages {
		at[p.ID] = i
	}
	var yes, no, own []float64
	for i, q := range questions {
		var holders []string
		document := q.Document
		for id := range js[q.ID] {
			if p, ok := at[id]; ok {
				holders = append(holders, x.Holders(p)...)
				if document == "" {
					document = passages[p].Document
				}
			}
		}
		if document == "" {
			continue
		}
		yes = append(yes, normal[i].Confidence)
		q.Without = []string{document}
		c := x.Search(q.Question).Confidence
		own = append(own, c)
		if slices.ContainsFunc(holders, func(d string) bool { return d != document }) {
			q.Without = append(q.Without, holders...)
			c = x.Search(q.Question).Confidence
		}
		no = append(no, c)
	}
	return AUROC(yes, no), AUROC(yes, own)
}

// WriteRun writes TREC's lines. The score of the first is the confidence, and each further one is smaller.
func WriteRun(w io.Writer, outcomes []Outcome) error {
	for _, o := range outcomes {
		last := math.Inf(1)
		for r, id := range o.Ranked {
			score := o.Confidence * math.Exp(o.Scores[r]-o.Scores[0])
			if score >= last { // twins share their score; readers of runs sort by it
				score = math.Nextafter(last, math.Inf(-1))
			}
			last = score
			if _, err := fmt.Fprintf(w, "%s Q0 %s %d %.17g stoa\n", o.ID, id, r+1, score); err != nil {
				return err
			}
		}
	}
	return nil
}
