package bankfile

import (
	"slices"
	"strings"
)

// nameWords are the words of a name, folded, each once, in alphabetical order: "Haddad, Rana" is "Rana HADDAD".
func nameWords(name string) []string {
	all := strings.Fields(fold(name))
	slices.Sort(all)
	return slices.Compact(all)
}

// alike says from 0 to 1 how much two names have in common. Each word of the shorter name looks for the word of the
// longer that is most like it (Jaro-Winkler), an initial counting nearly as the whole word; what the shorter name says
// weighs more than what the longer says besides, since banks cut names and add second holders.
func alike(a, b []string) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == 0 {
		return 0
	}
	const near = 0.88 // what is less alike is another word
	var met, ofA, ofB float64
	taken := make([]bool, len(b))
	for _, w := range a {
		best, at := 0.0, -1
		for i, o := range b {
			if s := wordsAlike(w, o); !taken[i] && s > best {
				best, at = s, i
			}
		}
		weight := float64(len(w))
		ofA += weight
		if best >= near {
			taken[at] = true
			met += weight * best
		} else if at >= 0 && initial(w, b[at]) {
			taken[at] = true
			met += weight * 0.8
		}
	}
	for i, o := range b {
		if taken[i] {
			ofB += float64(len(o))
		}
	}
	total := 0.0
	for _, o := range b {
		total += float64(len(o))
	}
	return 0.75*met/ofA + 0.25*ofB/total*met/ofA
}

// initial reports whether one of the words is a single letter that the other begins with.
func initial(a, b string) bool {
	ra, rb := []rune(a), []rune(b)
	return (len(ra) == 1 || len(rb) == 1) && ra[0] == rb[0]
}

// wordsAlike is the similarity of Jaro and Winkler, from 0 to 1.
func wordsAlike(a, b string) float64 {
	if a == b {
		return 1
	}
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) == 0 || len(y) > 64 {
		return 0
	}
	reach := max(len(y)/2-1, 0)
	var usedX, usedY [64]bool
	common := 0
	for i := range x {
		for j := max(0, i-reach); j < min(len(y), i+reach+1); j++ {
			if !usedY[j] && x[i] == y[j] {
				usedX[i], usedY[j] = true, true
				common++
				break
			}
		}
	}
	if common == 0 {
		return 0
	}
	swapped, j := 0, 0
	for i := range x {
		if !usedX[i] {
			continue
		}
		for !usedY[j] {
			j++
		}
		if x[i] != y[j] {
			swapped++
		}
		j++
	}
	m := float64(common)
	jaro := (m/float64(len(x)) + m/float64(len(y)) + (m-float64(swapped/2))/m) / 3
	prefix := 0
	for prefix < min(4, len(x)) && x[prefix] == y[prefix] {
		prefix++
	}
	return jaro + float64(prefix)*0.1*(1-jaro)
}
