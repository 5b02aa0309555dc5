package rule

import (
	"slices"
	"strconv"
)

// nearest returns the candidate that a writer most likely meant by word, or "".
func nearest(word string, candidates []string) string {
	slices.Sort(candidates)
	best, least := "", min(len(word)/3+2, len(word))
	for _, c := range candidates {
		if d := distance(word, c, least); d < least {
			best, least = c, d
		}
	}
	return best
}

// distance counts the letters to change, add, drop or swap with their neighbour
// to turn a into b, or returns limit when that takes as many.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit || len(a) > 100 {
		return limit
	}
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return min(row[len(b)], limit)
}

// didYouMean words the fix for a misspelt name.
func didYouMean(word string, candidates []string) string {
	if n := nearest(word, candidates); n != "" {
		return "did you mean " + n + "?"
	}
	return ""
}

func didYouMeanText(word string, candidates []string) string {
	if n := nearest(word, slices.Clone(candidates)); n != "" {
		return "did you mean " + strconv.Quote(n) + "?"
	}
	return "the options are " + quoteAll(candidates)
}
