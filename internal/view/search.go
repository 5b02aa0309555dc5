package view

import (
	"math"
	"slices"
	"strings"
	"sync"

	"stoa/internal/cases"
	"stoa/internal/service"
)

// searches keeps the index of services of each language, for the jurisdiction in force.
type searches struct {
	mu         sync.Mutex
	of         *service.Jurisdiction
	byLanguage map[string]*serviceIndex
	taxes      map[string]*serviceIndex
	data       map[string]*wordIndex
}

// serviceIndex finds services.
type serviceIndex struct {
	services []*service.Service
	wordIndex
}

// wordIndex is small: services and datasets are hundreds, not millions, so that every word is looked at.
type wordIndex struct {
	words  []map[string]float64 // by thing: weight of each of its words
	rarity map[string]float64
}

// Weights of the places where a word may stand: the title says more than a question.
const (
	inTitle    = 8
	inKeywords = 6
	inTopic    = 3
	inSummary  = 3
	inQuestion = 1
)

// Search finds services by everyday words, best first; words may be begun only, or mistyped a little.
func (v *View) Search(r Reader, query string) []ServiceLine {
	services, _ := v.index(r)
	var lines []ServiceLine
	for _, s := range services.find(query) {
		lines = append(lines, v.serviceLine(r, s))
	}
	return lines
}

// SearchTaxes is Search for taxes, whose rules are written as those of services are.
func (v Taxation) SearchTaxes(r Reader, query string) []TaxLine {
	_, taxes := v.index(r)
	var lines []TaxLine
	for _, s := range taxes.find(query) {
		if t, ok := v.Docket.Releases.TaxInForce(s.Service); ok {
			lines = append(lines, r.taxLine(t))
		}
	}
	return lines
}

// find gives the services that fit a query, best first.
func (index *serviceIndex) find(query string) []*service.Service {
	var list []*service.Service
	for _, at := range index.places(query) {
		list = append(list, index.services[at])
	}
	return list
}

// places gives the places of what fits a query, best first.
func (x *wordIndex) places(query string) []int {
	words := foldAll(query)
	type hit struct {
		at    int
		found int
		score float64
	}
	var hits []hit
	for i := range x.words {
		h := hit{at: i}
		for _, w := range words {
			if s := x.match(i, w); s > 0 {
				h.found++
				h.score += s
			}
		}
		if h.found > 0 && h.found*2 >= len(words) {
			hits = append(hits, h)
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	var list []int
	for _, h := range hits {
		list = append(list, h.at)
	}
	return list
}

func (v *View) index(r Reader) (list, taxes *serviceIndex) {
	v.search.mu.Lock()
	defer v.search.mu.Unlock()
	j := v.search.begin(v.place())
	language := r.P.Tag()
	if v.search.byLanguage[language] == nil {
		var rules []*service.Service
		for _, t := range j.Taxes {
			rules = append(rules, t.Rules)
		}
		v.search.byLanguage[language], v.search.taxes[language] = newServiceIndex(j, j.Services, r), newServiceIndex(j, rules, r)
	}
	return v.search.byLanguage[language], v.search.taxes[language]
}

// begin throws away what is of another jurisdiction. The caller holds the lock.
func (s *searches) begin(j *service.Jurisdiction) *service.Jurisdiction {
	if s.of != j {
		s.of, s.byLanguage, s.taxes, s.data = j, map[string]*serviceIndex{}, map[string]*serviceIndex{}, map[string]*wordIndex{}
	}
	return j
}

func newServiceIndex(j *service.Jurisdiction, list []*service.Service, r Reader) *serviceIndex {
	x := &serviceIndex{services: list}
	for _, s := range list {
		words := map[string]float64{}
		add := func(text string, weight float64) {
			for _, w := range foldAll(text) {
				words[w] = max(words[w], weight)
			}
		}
		add(r.words(j, s.Title), inTitle)
		for _, k := range s.Keywords[r.P.Tag()] {
			add(k, inKeywords)
		}
		add(r.words(j, s.Summary), inSummary)
		add(r.organisationName(j, s.Organisation), inSummary)
		for _, variant := range s.Variants {
			add(r.words(j, variant.Title), inTopic)
		}
		for _, t := range slices.Concat(j.File.Topics, j.File.LifeEvents) {
			if slices.Contains(s.Topics, t.ID) || slices.Contains(s.LifeEvents, t.ID) {
				add(r.words(j, t.Title), inTopic)
			}
		}
		for _, q := range s.Questions {
			add(r.words(j, q.Ask), inQuestion)
		}
		x.words = append(x.words, words)
	}
	x.weigh()
	return x
}

// weigh makes words count more that few things have.
func (x *wordIndex) weigh() {
	in := map[string]int{}
	for _, words := range x.words {
		for w := range words {
			in[w]++
		}
	}
	x.rarity = map[string]float64{}
	for w, n := range in {
		x.rarity[w] = 1 + math.Log(float64(len(x.words)+1)/float64(n))
	}
}

// match is how well a thing fits one word of the query.
func (x *wordIndex) match(at int, w string) float64 {
	best := 0.0
	for known, weight := range x.words[at] {
		best = max(best, weight*x.rarity[known]*alike(known, w))
	}
	return best
}

// alike is 1 for the word itself, less for one that begins so, or that a slip of the finger away is.
func alike(known, typed string) float64 {
	if known == typed {
		return 1
	}
	n := len([]rune(typed))
	if n >= 3 && strings.HasPrefix(known, typed) {
		return 0.8
	}
	slips := 0
	switch {
	case n >= 8:
		slips = 2
	case n >= 4:
		slips = 1
	}
	if slips > 0 && within(known, typed, slips) {
		return 0.5
	}
	return 0
}

// within reports whether at most n slips (a letter more, less, other, or two changed over) lie between
// two words.
func within(a, b string, n int) bool {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > n || len(y)-len(x) > n {
		return false
	}
	before, last, now := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for k := range last {
		last[k] = k
	}
	for i := 1; i <= len(x); i++ {
		now[0] = i
		for k := 1; k <= len(y); k++ {
			cost := 1
			if x[i-1] == y[k-1] {
				cost = 0
			}
			now[k] = min(last[k]+1, now[k-1]+1, last[k-1]+cost)
			if i > 1 && k > 1 && x[i-1] == y[k-2] && x[i-2] == y[k-1] {
				now[k] = min(now[k], before[k-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(y)] <= n
}

// foldAll are the words of a text in the form in which they are compared.
func foldAll(text string) []string {
	var list []string
	for _, w := range cases.Terms(text) {
		if w = fold(w); !nothing[w] {
			list = append(list, w)
		}
	}
	return list
}

// fold takes off what carries no meaning here: the plural of English, the article and doubtful letters
// of Arabic.
func fold(w string) string {
	for _, article := range []string{"وال", "بال", "لل", "ال"} {
		if rest, ok := strings.CutPrefix(w, article); ok && len([]rune(rest)) >= 3 {
			w = rest
			break
		}
	}
	w = strings.NewReplacer("ى", "ي", "ة", "ه").Replace(w)
	if len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") {
		w = w[:len(w)-1]
	}
	return w
}

// nothing are words that say nothing about a service.
var nothing = words("a an and are at be do for from have how i in is it me my need of on or our that the this to we what where which who will with you your " +
	"في من علي الي هل ما هو هي او و عن مع ان اين كيف اريد")

func words(list string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(list) {
		all[w] = true
	}
	return all
}

func compareText(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }
