package service

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is something wrong with a file: where, what, and what would be right.
type Problem struct {
	Pos  Pos
	What string
	Fix  string
}

// String writes the problem as file:line:column: what is wrong; what would be right.
func (p Problem) String() string {
	s := p.Pos.String() + ": " + p.What
	if p.Fix != "" {
		s += "; " + p.Fix
	}
	return s
}

// String writes a place as file:line:column; a whole file has no line.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

func (p Pos) compare(o Pos) int {
	return cmp.Or(cmp.Compare(p.File, o.File), cmp.Compare(p.Line, o.Line), cmp.Compare(p.Column, o.Column))
}

// Problems are all that is wrong, in order of place.
type Problems []Problem

// Error writes one problem a line, so that Problems can be returned as an error.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// add notes a problem; the fix may be empty.
func (ps *Problems) add(pos Pos, what, fix string) {
	*ps = append(*ps, Problem{Pos: pos, What: what, Fix: fix})
}

// sorted puts the problems in order and drops repetitions.
func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(a.Pos.compare(b.Pos), cmp.Compare(a.What, b.What))
	})
	return slices.CompactFunc(ps, func(a, b Problem) bool { return a.Pos == b.Pos && a.What == b.What })
}

// suggest says what would be right where word is none of known: the nearest, or all if they are few.
func suggest(word string, known []string) string {
	best, distance := "", 1+max(1, len(word)/3)
	for _, k := range known {
		if d := edits(word, k); d < distance {
			best, distance = k, d
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("did you mean %q?", best)
	case len(known) == 0:
		return "there are none"
	case len(known) > 40:
		return ""
	}
	return "it can be " + list(known, "or")
}

// list joins words: a, b or c.
func list(words []string, last string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " " + last + " " + words[n-1]
	}
	return strings.Join(words, "")
}

// edits is the number of letters to insert, drop, change or swap with their neighbour to make b of a.
func edits(a, b string) int {
	if len(a) > 60 || len(b) > 60 {
		return 60
	}
	var before, above []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, above, row = above, row, make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
