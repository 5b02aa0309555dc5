package measure

import (
	"fmt"
	"io"
	"math"
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

// Refusal asks again without each question's document, and gives how well confidence tells the two apart; strict leaves
// out the questions whose right passage stands, word for word, in another document too, which can be answered still.
func Refusal(x *assist.Index, passages []assist.Passage, questions []Question, normal []Outcome, js Judgements) (all, strict float64) {
	elsewhere := map[[2]string]map[string]bool{} // title and text: documents
	at := map[string]int{}
	for i, p := range passages {
		at[p.ID] = i
		key := [2]string{p.Title, p.Text}
		if elsewhere[key] == nil {
			elsewhere[key] = map[string]bool{}
		}
		elsewhere[key][p.Document] = true
	}
	var yes, no, alone []float64
	for i, q := range questions {
		document, copied := q.Document, false
		for id := range js[q.ID] {
			if p, ok := at[id]; ok {
				if document == "" {
					document = passages[p].Document
				}
				copied = copied || len(elsewhere[[2]string{passages[p].Title, passages[p].Text}]) > 1
			}
		}
		if document == "" {
			continue
		}
		q.Without = document
		c := x.Search(q.Question).Confidence
		yes, no = append(yes, normal[i].Confidence), append(no, c)
		if !copied {
			alone = append(alone, c)
		}
	}
	return AUROC(yes, no), AUROC(yes, alone)
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
