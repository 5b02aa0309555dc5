package assist

import (
	"math"
	"slices"
)

// Turn is one utterance of a conversation.
type Turn struct {
	Person bool // the one who asks; otherwise the office, or its assistant
	Text   string
}

// Question is what is asked now, after what was said before.
type Question struct {
	Text    string
	History []Turn   // the oldest first, without the question itself
	Without []string // documents that are not to be cited; for measuring refusals
}

// maxTurns bounds how much of a conversation is read; what is older has no say.
const maxTurns = 16

// talk is a question with its history, read and scored. Turn 0 is the question; higher ones lie further back.
type talk struct {
	turns    []turn
	passages [][]float32 // by turn: BM25F of every passage
	wholes   [][]float32 // by turn: BM25F of every document
	near     []float32   // by turn: how far the conversation still is where it was then, 1 for the question
}

type turn struct {
	person   bool
	question bool
	slots    []slot
	mass     float32  // weight of all words with a subject
	terms    []uint32 // as written, stops too, where known; unknown words are missing
}

func (x *Index) listen(q Question) *talk {
	k := &talk{}
	k.hear(x, Turn{Person: true, Text: q.Text})
	for i := len(q.History) - 1; i >= 0 && len(k.turns) < maxTurns; i-- {
		k.hear(x, q.History[i])
	}
	k.near = []float32{1}
	return k
}

// score looks every turn up, except in a document that is not to be cited, and follows the subject.
func (x *Index) score(k *talk, without []int32) {
	k.passages = make([][]float32, len(k.turns))
	k.wholes = make([][]float32, len(k.turns))
	for t := range k.turns {
		k.passages[t] = x.passage.score(k.turns[t].slots, len(x.passages))
		k.wholes[t] = x.whole.score(k.turns[t].slots, len(x.members))
		for _, d := range without {
			k.wholes[t][d] = 0
			for _, p := range x.members[d] {
				k.passages[t][p] = 0
			}
		}
	}
	k.follow()
}

func (x *Index) documentsOf(names []string) (out []int32) {
	if len(names) == 0 {
		return nil
	}
	for d, ps := range x.members {
		if slices.Contains(names, x.passages[ps[0]].Document) {
			out = append(out, int32(d))
		}
	}
	return out
}

func (k *talk) hear(x *Index, t Turn) {
	u := turn{person: t.Person, slots: x.slots(t.Text)}
	for _, r := range t.Text {
		if r == '?' || r == '؟' || r == '？' {
			u.question = true
		}
	}
	for _, s := range u.slots {
		if !s.stop {
			u.mass += s.weight
		}
		if len(s.meant) > 0 {
			u.terms = append(u.terms, s.meant[0].term)
		}
	}
	k.turns = append(k.turns, u)
}

// score adds up what each word that has a subject says about each unit.
func (l *level) score(slots []slot, units int) []float32 {
	out := make([]float32, units)
	for _, s := range slots {
		if s.stop {
			continue
		}
		for _, m := range s.meant {
			w := m.weight * l.idf[m.term]
			for _, p := range l.postings[m.term] {
				out[p.unit] += w * p.impact
			}
		}
	}
	return out
}

// follow finds where the talk changed its subject: between turns that speak of different documents.
func (k *talk) follow() {
	k.near = make([]float32, len(k.turns))
	k.near[0] = 1
	var context []float32
	for t := range k.turns {
		v := sharpen(k.wholes[t])
		if t == 0 {
			context = v
			continue
		}
		k.near[t] = k.near[t-1] * (0.55 + 0.45*min(1, 2*cosine(context, v)))
		for d := range context {
			context[d] += k.near[t] * v[d]
		}
	}
}

// sharpen keeps what stands out.
func sharpen(scores []float32) []float32 {
	out := make([]float32, len(scores))
	var top float32
	for _, s := range scores {
		top = max(top, s)
	}
	var sum float64
	for i, s := range scores {
		if s > top*0.6 {
			out[i] = (s - top*0.6)
			sum += float64(out[i]) * float64(out[i])
		}
	}
	if sum > 0 {
		n := float32(math.Sqrt(sum))
		for i := range out {
			out[i] *= 1 / n
		}
	}
	return out
}

func cosine(a, b []float32) float32 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return float32(ab / math.Sqrt(aa*bb))
}
