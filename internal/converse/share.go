package converse

import (
	"cmp"
	"context"
	"slices"
	"strings"

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

// mostAgain bounds how many questions are asked again for one page.
const mostAgain = 200

// Words counts, in the questions that were not answered, the words that enough conversations share, most shared first. Nothing
// else of what was said comes out of it. A word counts once in a conversation, in the form that was said most. Where words are
// shared, the questions are asked again: what is known by now is no gap any more.
func (l *Library) Words(ctx context.Context, states []State) ([]Shared, error) {
	list := shared(states)
	if len(list) == 0 {
		return nil, nil
	}
	open, again := make([]State, len(states)), 0
	for i, st := range states {
		for t := 1; t < len(st.Turns); t++ {
			if !st.unanswered(t) {
				continue
			}
			known := false
			if again++; again <= mostAgain {
				then := State{Language: st.Turns[t].Answer.Language, About: st.About, Turns: slices.Clone(st.Turns[:t-1])}
				a, err := l.Say(ctx, World{}, &then, Said{Text: st.Turns[t-1].Text, Page: then.Language})
				if err != nil {
					return nil, err
				}
				known = a.Kind != Unknown
			}
			if !known {
				open[i].Turns = append(open[i].Turns, st.Turns[t-1], st.Turns[t])
			}
		}
	}
	return shared(open), nil
}

// unanswered reports whether turn t says that the question before it is not known.
func (st *State) unanswered(t int) bool {
	a := st.Turns[t].Answer
	return a != nil && a.Kind == Unknown && st.Turns[t-1].Person
}

func shared(states []State) (list []Shared) {
	forms := map[string]map[string]int{}   // by stem: how often in which form
	written := map[string]map[string]int{} // by form, which is without marks: how often in which spelling
	talks := map[string]int{}
	for _, st := range states {
		seen := map[string]bool{}
		for i := 1; i < len(st.Turns); i++ {
			if !st.unanswered(i) {
				continue
			}
			for _, w := range assist.Words(st.Turns[i].Answer.Language, st.Turns[i-1].Text) {
				if w.Stop || w.Figure || len([]rune(w.Text)) < 3 || seen[w.Stem] {
					continue
				}
				seen[w.Stem] = true
				talks[w.Stem]++
				count(forms, w.Stem, w.Text)
				count(written, w.Text, strings.ToLower(st.Turns[i-1].Text[w.Start:w.End]))
			}
		}
	}
	for stem, n := range talks {
		form, said := most(forms[stem])
		if n < MinTalks || said < MinTalks { // the form that is shown is itself shared
			continue
		}
		if spelling, said := most(written[form]); said >= MinTalks {
			form = spelling
		}
		list = append(list, Shared{form, n})
	}
	slices.SortFunc(list, func(a, b Shared) int { return cmp.Or(b.Talks-a.Talks, cmp.Compare(a.Word, b.Word)) })
	return list
}

func count(in map[string]map[string]int, of, what string) {
	if in[of] == nil {
		in[of] = map[string]int{}
	}
	in[of][what]++
}

// most is what was counted most often, and how often.
func most(counts map[string]int) (what string, n int) {
	for _, key := range sortedKeys(counts) {
		if counts[key] > n {
			what, n = key, counts[key]
		}
	}
	return what, n
}
