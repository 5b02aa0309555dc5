package assist

import (
	"slices"
)

// Weights of words that the asker did not write, beside 1 for those that he did.
const (
	weightTypo    = 0.8 // for each mistake
	weightSynonym = 0.6
	weightPart    = 0.7 // of a compound
)

// meant is one term that a word of a question may stand for.
type meant struct {
	term   uint32
	weight float32
}

// slot is one word of a question with all that it may stand for.
type slot struct {
	word   string
	stop   bool    // carries no subject
	known  bool    // stands as written somewhere in what is published
	weight float32 // idf of the best
	meant  []meant
}

// synonym replaces a run of terms by others.
type synonym struct {
	from []uint32
	to   []uint32
}

func (x *Index) learnSynonyms(groups [][]string) {
	x.synonyms = map[uint32][]synonym{}
	for _, g := range groups {
		var phrases [][]uint32
		for _, phrase := range g {
			var ts []uint32
			for _, w := range words(clip(phrase, maxQuestion)) {
				ts = append(ts, x.term(w.text)) // new words get terms without postings
			}
			if len(ts) > 0 {
				phrases = append(phrases, ts)
			}
		}
		for i, from := range phrases {
			for j, to := range phrases {
				if i != j {
					x.synonyms[from[0]] = append(x.synonyms[from[0]], synonym{from, to})
				}
			}
		}
	}
}

// compounds knows which terms are made of which, in languages that write compounds as one word.
type compounds map[uint32][]uint32

const shortestPart = 4

func (x *Index) parts() compounds {
	if !x.stemmer.compounds {
		return nil
	}
	c := compounds{}
	all := make([]string, 0, len(x.surface))
	for w := range x.surface {
		all = append(all, w)
	}
	slices.Sort(all)
	for _, w := range all {
		if ps := x.split(w); ps != nil {
			c[x.surface[w]] = ps
		}
	}
	return c
}

// with adds the parts of each compound behind it.
func (c compounds) with(ts []uint32) []uint32 {
	if len(c) == 0 {
		return ts
	}
	out := make([]uint32, 0, len(ts))
	for _, t := range ts {
		out = append(append(out, t), c[t]...)
	}
	return out
}

// split cuts a word into two known words, with or without a joining s between; the longer first part wins.
func (x *Index) split(w string) []uint32 {
	for at := len(w) - shortestPart; at >= shortestPart; at-- {
		left, ok := x.surface[w[:at]]
		if !ok && w[at-1] == 's' && at > shortestPart {
			left, ok = x.surface[w[:at-1]]
		}
		if !ok {
			continue
		}
		if right, ok := x.surface[w[at:]]; ok {
			return []uint32{left, right}
		}
	}
	return nil
}

// slots reads a turn of a conversation.
func (x *Index) slots(text string) []slot {
	ws := words(clip(text, maxQuestion))
	out := make([]slot, 0, len(ws))
	for i := range ws {
		s := slot{word: ws[i].text, stop: x.stemmer.stop[ws[i].text]}
		if t, ok := x.lookup(s.word); ok {
			s.known = true
			s.meant = append(s.meant, meant{t, 1})
		} else if !s.stop {
			s.meant = x.guesses(s.word)
			if s.meant == nil && i+1 < len(ws) {
				if t, ok := x.lookup(s.word + ws[i+1].text); ok { // "pass port"
					s.meant = append(s.meant, meant{t, weightPart})
				}
			}
		}
		out = append(out, s)
	}
	out = x.addSynonyms(out)
	for i := range out {
		for _, m := range out[i].meant {
			out[i].weight = max(out[i].weight, x.passage.idf[m.term]*m.weight)
		}
		if len(out[i].meant) == 0 {
			out[i].weight = x.unknownWeight()
		}
	}
	return out
}

// lookup finds a word that somebody published, as written or in another form.
func (x *Index) lookup(w string) (uint32, bool) {
	t, ok := x.surface[w]
	if !ok {
		t, ok = x.terms[x.stemmer.stem(w)]
	}
	return t, ok && int(t) < len(x.passage.postings)
}

func (x *Index) guesses(w string) (out []meant) {
	for _, g := range x.spelling.near(w) {
		weight := float32(weightTypo)
		if g.distance > 1 {
			weight *= weightTypo
		}
		if t := x.surface[g.word]; !slices.ContainsFunc(out, func(m meant) bool { return m.term == t }) {
			out = append(out, meant{t, weight})
		}
	}
	if out == nil && len(w) >= 2*shortestPart {
		for _, t := range x.split(w) {
			out = append(out, meant{t, weightPart})
		}
	}
	return out
}

// unknownWeight is how much a word says that nobody ever published: as much as the rarest.
func (x *Index) unknownWeight() float32 {
	if len(x.passages) == 0 {
		return 0
	}
	return float32(idf(float64(len(x.passages)), 1))
}

func (x *Index) addSynonyms(slots []slot) []slot {
	if len(x.synonyms) == 0 {
		return slots
	}
	for i := range slots {
		t, ok := x.surface[slots[i].word]
		if !ok {
			t, ok = x.terms[x.stemmer.stem(slots[i].word)]
		}
		if !ok {
			continue
		}
		for _, syn := range x.synonyms[t] {
			if !x.follows(slots[i:], syn.from) {
				continue
			}
			for _, to := range syn.to {
				if int(to) < len(x.passage.postings) && !x.says(slots[i], to) {
					slots[i].meant = append(slots[i].meant, meant{to, weightSynonym})
				}
			}
		}
	}
	return slots
}

func (x *Index) says(s slot, t uint32) bool {
	return slices.ContainsFunc(s.meant, func(m meant) bool { return m.term == t })
}

// follows says whether the slots begin with these terms.
func (x *Index) follows(slots []slot, ts []uint32) bool {
	if len(slots) < len(ts) {
		return false
	}
	for i, t := range ts {
		have, ok := x.surface[slots[i].word]
		if !ok {
			have, ok = x.terms[x.stemmer.stem(slots[i].word)]
		}
		if !ok || have != t {
			return false
		}
	}
	return true
}
