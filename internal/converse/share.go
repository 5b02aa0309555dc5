package converse

import (
	"cmp"
	"slices"

	"stoa/internal/assist"
)

// Shared is a word that several conversations have in common.
type Shared struct {
	Word  string
	Talks int
}

// MinTalks is in how many conversations a word must have been said before anybody is shown it: what fewer share may tell of
// somebody.
const MinTalks = 5

// Words counts, in the questions that were not answered, the words that enough conversations share, most shared first. Nothing
// else of what was said comes out of it. A word counts once in a conversation, in the form that was said most.
func Words(states []State) (list []Shared) {
	forms := map[string]map[string]int{} // by stem: how often in which form
	talks := map[string]int{}
	for _, st := range states {
		seen := map[string]bool{}
		for i := 1; i < len(st.Turns); i++ {
			a := st.Turns[i].Answer
			if a == nil || a.Kind != Unknown || !st.Turns[i-1].Person {
				continue
			}
			for _, w := range assist.Words(a.Language, st.Turns[i-1].Text) {
				if w.Stop || w.Figure || len([]rune(w.Text)) < 3 || seen[w.Stem] {
					continue
				}
				seen[w.Stem] = true
				talks[w.Stem]++
				if forms[w.Stem] == nil {
					forms[w.Stem] = map[string]int{}
				}
				forms[w.Stem][w.Text]++
			}
		}
	}
	for stem, n := range talks {
		best := ""
		for _, form := range sortedKeys(forms[stem]) {
			if best == "" || forms[stem][form] > forms[stem][best] {
				best = form
			}
		}
		if n >= MinTalks && forms[stem][best] >= MinTalks { // the form that is shown is itself shared
			list = append(list, Shared{best, n})
		}
	}
	slices.SortFunc(list, func(a, b Shared) int { return cmp.Or(b.Talks-a.Talks, cmp.Compare(a.Word, b.Word)) })
	return list
}
