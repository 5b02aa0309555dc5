package assist

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// Words of fewer letters than shortTypo are not guessed at; those of longTypo and more may have two mistakes.
const (
	shortTypo = 4
	longTypo  = 8
	maxGuess  = 3
	// Deletions are taken from the first letters only, which keeps the table small; the distance is taken of all.
	typoPrefix = 10
)

// spelling finds known words near an unknown one: both are looked up with letters left out (Garbe's symmetric
// deletion), and what meets is measured.
type spelling struct {
	words []string
	table []deletion // in order of hash
}

type deletion struct {
	hash uint32
	word uint32
}

func newSpelling(surface map[string]uint32) spelling {
	var s spelling
	for w := range surface {
		if n := utf8.RuneCountInString(w); n >= shortTypo-1 && !hasDigit(w) {
			s.words = append(s.words, w)
		}
	}
	slices.Sort(s.words)
	for i, w := range s.words {
		for _, h := range deletions(w) {
			s.table = append(s.table, deletion{h, uint32(i)})
		}
	}
	slices.SortFunc(s.table, func(a, b deletion) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.word, b.word))
	})
	return s
}

func hasDigit(w string) bool {
	for i := range len(w) {
		if w[i] >= '0' && w[i] <= '9' {
			return true
		}
	}
	return false
}

// mistakes is how many are forgiven in a word of n letters.
func mistakes(n int) int {
	switch {
	case n < shortTypo:
		return 0
	case n < longTypo:
		return 1
	}
	return 2
}

// deletions are the hashes of the word's beginning with up to two letters left out (one, of short words).
func deletions(w string) []uint32 {
	letters := []rune(w)
	allowed := mistakes(len(letters) + 1) // the mistyped word may be a letter longer
	if len(letters) > typoPrefix {
		letters = letters[:typoPrefix]
	}
	seen := []uint32{hashOf(letters)}
	once := make([]rune, 0, len(letters))
	twice := make([]rune, 0, len(letters))
	for i := range letters {
		once = append(append(once[:0], letters[:i]...), letters[i+1:]...)
		seen = append(seen, hashOf(once))
		for j := i; allowed > 1 && j < len(once); j++ {
			twice = append(append(twice[:0], once[:j]...), once[j+1:]...)
			seen = append(seen, hashOf(twice))
		}
	}
	slices.Sort(seen)
	return slices.Compact(seen)
}

// hashOf is FNV-1a.
func hashOf(letters []rune) uint32 {
	h := uint32(2166136261)
	for _, r := range letters {
		h = (h ^ uint32(r)) * 16777619
	}
	return h
}

// guess is a known word and how many mistakes away it is.
type guess struct {
	word     string
	distance int
}

// near gives the known words nearest to an unknown one, the nearest only, in alphabetical order.
func (s *spelling) near(w string) []guess {
	letters := []rune(w)
	allowed := mistakes(len(letters))
	if allowed == 0 || hasDigit(w) {
		return nil
	}
	var found []guess
	seen := map[uint32]bool{}
	for _, h := range deletions(w) {
		at, _ := slices.BinarySearchFunc(s.table, h, func(d deletion, h uint32) int { return cmp.Compare(d.hash, h) })
		for ; at < len(s.table) && s.table[at].hash == h; at++ {
			i := s.table[at].word
			if seen[i] {
				continue
			}
			seen[i] = true
			if d := distance(letters, []rune(s.words[i])); d <= allowed {
				found = append(found, guess{s.words[i], d})
			}
		}
	}
	slices.SortFunc(found, func(a, b guess) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(first(a.word, w), first(b.word, w)), cmp.Compare(a.word, b.word))
	})
	for i := range found {
		if found[i].distance > found[0].distance || i == maxGuess {
			return found[:i]
		}
	}
	return found
}

// first orders words that begin as the unknown one does before others: few people mistype the first letter.
func first(known, unknown string) int {
	if known[0] == unknown[0] {
		return 0
	}
	return 1
}

// distance counts letters added, left out, exchanged, or swapped with a neighbour (optimal string alignment).
func distance(a, b []rune) int {
	rows := [3][]int{}
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		now, before, earlier := rows[i%3], rows[(i+2)%3], rows[(i+1)%3]
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(before[j]+1, now[j-1]+1, before[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], earlier[j-2]+1)
			}
		}
	}
	return rows[len(a)%3][len(b)]
}
