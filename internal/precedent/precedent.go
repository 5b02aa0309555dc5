// Package precedent finds, among cases that were decided, those most like a given one by their structured answers: choices,
// yes or no, numbers. Texts, names and dates say nothing of what a case is, and are left out. It is pure, predicts nothing and
// stops at likeness: what was decided, and who may know it, is for its callers.
//
// Likeness is Gower's: the mean, over the questions that either case was asked, of how alike the two answers are (J. C. Gower,
// A general coefficient of similarity and some of its properties, Biometrics 27, 1971). Numbers are compared by their rank
// among the others, so that one huge amount does not make all others alike.
package precedent

import (
	"cmp"
	"maps"
	"slices"
	"sort"
)

// Answer is a structured answer: either words (a choice, several, yes or no) or a number.
type Answer struct {
	Words  []string // in order
	Number float64
	Counts bool // it is the number that counts
}

// Case is what is compared of a case.
type Case struct {
	ID      string
	Answers map[string]Answer // by question
	Outcome string            // "" where none is known
}

// Found is a case with how alike it is.
type Found struct {
	Case
	Alike float64  // 0..1
	Same  []string // questions with the same answer, in order
	Other []string // with another
}

// scale ranks numbers of each question.
type scale map[string][]float64

func scaleOf(all []Case) scale {
	s := scale{}
	for _, c := range all {
		for q, a := range c.Answers {
			if a.Counts {
				s[q] = append(s[q], a.Number)
			}
		}
	}
	for _, list := range s {
		slices.Sort(list)
	}
	return s
}

// rank is the share of numbers below, those that are the same by half.
func (s scale) rank(q string, v float64) float64 {
	list := s[q]
	if len(list) == 0 {
		return 0.5
	}
	below := sort.SearchFloat64s(list, v)
	upTo := sort.Search(len(list), func(i int) bool { return list[i] > v })
	return float64(below+upTo) / 2 / float64(len(list))
}

func (s scale) alike(q string, a, b Answer) float64 {
	if a.Counts || b.Counts {
		switch {
		case a.Counts != b.Counts:
			return 0
		case a.Number == b.Number:
			return 1
		}
		d := s.rank(q, a.Number) - s.rank(q, b.Number)
		return 1 - max(d, -d)
	}
	if len(a.Words)+len(b.Words) == 0 {
		return 1
	}
	both := 0
	for _, w := range a.Words {
		if slices.Contains(b.Words, w) {
			both++
		}
	}
	return float64(both) / float64(len(a.Words)+len(b.Words)-both)
}

func (s scale) compare(one, other Case) Found {
	f := Found{Case: other}
	asked := map[string]bool{}
	for q := range one.Answers {
		asked[q] = true
	}
	for q := range other.Answers {
		asked[q] = true
	}
	sum := 0.0
	for _, q := range slices.Sorted(maps.Keys(asked)) {
		a, here := one.Answers[q]
		b, there := other.Answers[q]
		like := 0.0
		if here && there {
			like = s.alike(q, a, b)
		}
		if sum += like; like == 1 {
			f.Same = append(f.Same, q)
		} else {
			f.Other = append(f.Other, q)
		}
	}
	if len(asked) > 0 {
		f.Alike = sum / float64(len(asked))
	}
	return f
}

// Near gives the n past cases that are most alike, the most alike first; of those that are equally so, in the order given. A
// case is not like itself, and what shares no answer is left out.
func Near(one Case, past []Case, n int) []Found {
	return scaleOf(past).near(one, past, n)
}

func (s scale) near(one Case, past []Case, n int) []Found {
	var all []Found
	for _, p := range past {
		if p.ID == one.ID {
			continue
		}
		if f := s.compare(one, p); f.Alike > 0 {
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b Found) int { return cmp.Compare(b.Alike, a.Alike) })
	return all[:min(n, len(all))]
}

// Tried is how often the decision on a case was that of most cases that were like it.
type Tried struct {
	N      int
	Agreed int // it was that of most of the cases like it
	Usual  int // it was what most earlier cases came to, whatever they were like
}

// Try goes through cases in the order in which they were decided. Each is compared with those before it only, once there are
// least of them. What it gives goes by a word of each case, for which of must be given; "" is all.
func Try(past []Case, n, least int, of func(Case) string) map[string]Tried {
	all := map[string]Tried{}
	for i := least; i < len(past); i++ {
		c := past[i]
		agreed, usual := most(outcomesOf(Near(c, past[:i], n))) == c.Outcome, most(outcomes(past[:i])) == c.Outcome
		for _, w := range slices.Compact([]string{"", of(c)}) {
			t := all[w]
			t.N++
			if agreed {
				t.Agreed++
			}
			if usual {
				t.Usual++
			}
			all[w] = t
		}
	}
	return all
}

func outcomesOf(list []Found) (all []string) {
	for _, f := range list {
		all = append(all, f.Outcome)
	}
	return all
}

func outcomes(list []Case) (all []string) {
	for _, c := range list {
		all = append(all, c.Outcome)
	}
	return all
}

// most is the word that is there most often; of several the first in the alphabet.
func most(words []string) (word string) {
	counts := map[string]int{}
	for _, w := range words {
		counts[w]++
	}
	for _, w := range slices.Sorted(maps.Keys(counts)) {
		if counts[w] > counts[word] {
			word = w
		}
	}
	return word
}
