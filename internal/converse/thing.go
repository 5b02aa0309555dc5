package converse

import (
	"math"
	"slices"
	"strings"

	"stoa/internal/assist"
	"stoa/internal/service"
)

// thing is something that can be asked for: a service or a tax.
type thing struct {
	service *service.Service
	tax     *service.Tax
	title   string
	weight  map[string]float64 // of a stem: how much it names the thing
	asks    map[string]bool    // stems of its questions
	phrases []phrase           // everyday words of several words
	rarity  map[string]float64 // shared by all things
}

func (t *thing) id() string {
	if t.service != nil {
		return "service/" + t.service.Service
	}
	return "tax/" + t.tax.Tax
}

// Weights of the places where a word may stand.
const (
	inTitle    = 3
	inKeywords = 2.5
	inVariant  = 1.5
	inSummary  = 0.7
	wholeWords = 2 // an everyday phrase that is said whole counts so often
)

// nameThings puts services and taxes on a shelf, by what they are called.
func (l *Library) nameThings(s *shelf) {
	in := func(t service.Text) string { return t.By[s.lang] }
	for _, x := range l.place.Services {
		t := &thing{service: x, title: in(x.Title), weight: map[string]float64{}}
		t.name(s.lang, in(x.Title), inTitle)
		t.name(s.lang, in(x.Summary), inSummary)
		for _, v := range x.Variants {
			t.name(s.lang, in(v.Title), inVariant)
		}
		if x.Issue != nil {
			t.name(s.lang, in(x.Issue.Title), inTitle)
		}
		t.everyday(s.lang, x.Keywords[s.lang])
		t.asks = map[string]bool{}
		for _, q := range x.FeeQuestions {
			for _, w := range assist.Words(s.lang, in(q.Short)+" "+in(q.Ask)) {
				t.asks[w.Stem] = true
			}
		}
		s.things = append(s.things, t)
	}
	for _, x := range l.place.Taxes {
		t := &thing{tax: x, title: in(x.Title), weight: map[string]float64{}}
		t.name(s.lang, in(x.Title), inTitle)
		t.name(s.lang, in(x.Summary), inSummary)
		for _, f := range x.Facts {
			if f.Claim != nil {
				t.name(s.lang, in(f.Claim.Title), inVariant)
			}
		}
		t.everyday(s.lang, x.Keywords[s.lang])
		s.things = append(s.things, t)
	}
	have := map[string]int{}
	for _, t := range s.things {
		for stem := range t.weight {
			have[stem]++
		}
	}
	rarity := map[string]float64{}
	for stem, n := range have {
		rarity[stem] = math.Log(1 + float64(len(s.things))/float64(n))
	}
	for _, t := range s.things {
		t.rarity = rarity
	}
}

func (t *thing) name(lang, text string, weight float64) {
	for _, w := range assist.Words(lang, text) {
		if !w.Stop {
			t.weight[w.Stem] = max(t.weight[w.Stem], weight)
		}
	}
}

func (t *thing) everyday(lang string, list []string) {
	for _, k := range list {
		ws := assist.Words(lang, k)
		weight := inKeywords / math.Sqrt(float64(max(len(ws), 1)))
		t.name(lang, k, weight)
		if len(ws) > 1 {
			var p phrase
			for _, w := range ws {
				p = append(p, w.Stem)
			}
			t.phrases = append(t.phrases, p)
		}
	}
}

// named is how much the words name the thing.
func (t *thing) named(ws []assist.Word) (score float64) {
	counted := map[string]bool{}
	for _, w := range ws {
		if !counted[w.Stem] && !w.Stop {
			counted[w.Stem] = true
			score += t.weight[w.Stem] * t.rarity[w.Stem]
		}
	}
	for _, p := range t.phrases {
		for at := range ws {
			if p.at(ws, at) != nil {
				score += wholeWords
				break
			}
		}
	}
	return score
}

// meantThing is a thing with how much the words name it.
type meantThing struct {
	*thing
	score float64
}

// Of two things the first is meant if it is named so much better than the second; below the least, none is named.
const (
	clearly   = 1.35
	leastName = 1.6
)

// meant lists the things that the words name, best first, without those that are far behind.
func (s *shelf) meant(ws []assist.Word) (list []meantThing) {
	for _, t := range s.things {
		if score := t.named(ws); score >= leastName {
			list = append(list, meantThing{t, score})
		}
	}
	slices.SortStableFunc(list, func(a, b meantThing) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return strings.Compare(a.id(), b.id())
	})
	for i := range list {
		if list[i].score*clearly < list[0].score {
			return list[:i]
		}
	}
	return list
}

// thingOf finds a thing by its id; nil if there is none.
func (s *shelf) thingOf(id string) *thing {
	for _, t := range s.things {
		if t.id() == id {
			return t
		}
	}
	return nil
}

// weigh counts in how many passages each stem stands.
func (s *shelf) weigh(list []assist.Passage) {
	in := map[string]int{}
	for _, p := range list {
		seen := map[string]bool{}
		for _, t := range append([]string{p.Title, p.Heading, p.Text}, p.Also...) {
			for _, w := range assist.Words(s.lang, t) {
				if !seen[w.Stem] {
					seen[w.Stem] = true
					in[w.Stem]++
				}
			}
		}
	}
	s.rarity = map[string]float64{}
	for stem, n := range in {
		s.rarity[stem] = math.Log(1 + float64(len(list))/float64(n))
	}
	s.most = math.Log(1 + float64(len(list)))
}

// mass is how much a word says: most where nobody published it.
func (s *shelf) mass(w assist.Word) float64 {
	if r, ok := s.rarity[w.Stem]; ok {
		return r
	}
	for _, near := range s.index.Near(w.Text) {
		if r, ok := s.rarity[assist.Words(s.lang, near)[0].Stem]; ok {
			return r
		}
	}
	return s.most
}

// called reports whether one of the words is a name of the thing, and not only of what it is about.
func (t *thing) called(ws []assist.Word) bool {
	return slices.ContainsFunc(ws, func(w assist.Word) bool { return !w.Stop && t.weight[w.Stem] >= inVariant })
}
