package assist

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Passage is one section of something published, the smallest thing that is cited.
type Passage struct {
	ID       string   // unique
	Document string   // what it is a section of; passages of one document stand in their order
	Title    string   // of the document
	Heading  string   // of the section; levels are separated by " / "
	Text     string   // what is quoted
	Also     []string // everyday words that lead here and are never shown
}

// Options say how a body writes.
type Options struct {
	Language string     // BCP 47; English when empty
	Synonyms [][]string // groups of words or phrases that mean one thing
	Model    *Model     // nil for the one in the program
}

// The fields of a passage.
const (
	inTitle = iota
	inHeading
	inText
	fields
)

// BM25F. Title and heading weigh what Robertson and Zaragoza's experiments give short fields; only the text is long
// enough for its length to say anything much.
var (
	fieldWeight = [fields]float64{2.5, 3, 1}
	fieldLength = [fields]float64{0.3, 0.5, 0.75}
)

const saturation = 1.2

// posting says how much one term says about one unit (a passage or a document), before its idf.
type posting struct {
	unit   uint32
	impact float32
}

// occurrence counts one term in the fields of one unit.
type occurrence struct {
	term  uint32
	count [fields]uint16
}

// level is an inverted index over passages or over whole documents.
type level struct {
	postings [][]posting // by term, in order of unit
	idf      []float32
	forward  [][]occurrence // by unit, in order of term
	length   [][fields]int
	average  [fields]float64
}

// Index answers questions over one set of passages in one language. It never changes.
type Index struct {
	stemmer  stemmer
	passages []Passage
	shape    []shape
	document []int32   // of a passage
	members  [][]int32 // passages of a document, in order
	byID     map[string]int32
	twin     []int32           // of a passage: the first with the same title and text, often itself
	terms    map[string]uint32 // by stem
	surface  map[string]uint32 // by folded word: the term
	spelling spelling
	passage  level
	whole    level
	spread   [][]uint16           // by document, for each of its terms in order: in how many of its passages
	synonyms map[uint32][]synonym // by first term
	model    *Model
}

// shape is what is kept of a passage beside its counts.
type shape struct {
	text     []uint32 // terms in order
	sentence []uint32 // where in text each sentence begins
	heading  []uint32
	title    []uint32
	figures  int // words with digits
	money    int // signs of currency
	ordinal  int // in its document
	question bool
	asks     [askings]bool
	parents  []string // levels of the heading
}

// Build makes an index. It fails when two passages have one ID.
func Build(passages []Passage, o Options) (*Index, error) {
	if o.Model == nil {
		m, err := published()
		if err != nil {
			return nil, err
		}
		o.Model = m
	}
	return build(passages, o)
}

func build(passages []Passage, o Options) (*Index, error) {
	x := &Index{
		stemmer: stemmerOf(o.Language), passages: slices.Clone(passages), shape: make([]shape, len(passages)),
		document: make([]int32, len(passages)), byID: make(map[string]int32, len(passages)),
		terms: map[string]uint32{}, surface: map[string]uint32{}, model: o.Model,
	}
	documents := map[string]int32{}
	same := map[[2]string]int32{}
	for i, p := range x.passages {
		if _, twice := x.byID[p.ID]; twice {
			return nil, fmt.Errorf("assist: passage %q is given twice", p.ID)
		}
		x.byID[p.ID] = int32(i)
		if t, ok := same[[2]string{p.Title, p.Text}]; ok {
			x.twin = append(x.twin, t)
		} else {
			same[[2]string{p.Title, p.Text}] = int32(i)
			x.twin = append(x.twin, int32(i))
		}
		d, ok := documents[p.Document]
		if !ok {
			d = int32(len(x.members))
			documents[p.Document] = d
			x.members = append(x.members, nil)
		}
		x.document[i] = d
		x.shape[i].ordinal = len(x.members[d])
		x.members[d] = append(x.members[d], int32(i))
		x.read(i)
	}
	x.count()
	x.spelling = newSpelling(x.surface)
	x.learnSynonyms(o.Synonyms)
	return x, nil
}

// Len is the number of passages.
func (x *Index) Len() int { return len(x.passages) }

// Twin gives the first passage with the same title and text, which is the passage itself when there is no other.
func (x *Index) Twin(i int) int { return int(x.twin[i]) }

// Holders gives the documents in which a passage stands, word for word.
func (x *Index) Holders(i int) (documents []string) {
	for j, t := range x.twin {
		if d := x.passages[j].Document; t == x.twin[i] && !slices.Contains(documents, d) {
			documents = append(documents, d)
		}
	}
	return documents
}

// Find gives the ordinal of a passage.
func (x *Index) Find(id string) (int, bool) {
	i, ok := x.byID[id]
	return int(i), ok
}

// term gives the number of a word's stem, and makes one for a new stem.
func (x *Index) term(w string) uint32 {
	if t, ok := x.surface[w]; ok {
		return t
	}
	stem := x.stemmer.stem(w)
	t, ok := x.terms[stem]
	if !ok {
		t = uint32(len(x.terms))
		x.terms[stem] = t
	}
	x.surface[w] = t
	return t
}

func (x *Index) termsOf(text string) []uint32 {
	ws := words(clip(text, maxText))
	ts := make([]uint32, len(ws))
	for i, w := range ws {
		ts[i] = x.term(w.text)
	}
	return ts
}

// read cuts passage i into terms.
func (x *Index) read(i int) {
	p, s := &x.passages[i], &x.shape[i]
	s.title = x.termsOf(p.Title)
	s.heading = x.termsOf(p.Heading)
	for i, w := range words(clip(p.Heading, maxText)) {
		if a, ok := asking[w.text]; ok {
			s.asks[a] = true
		}
		if a, ok := askingFirst[w.text]; ok && i < 2 {
			s.asks[a] = true
		}
	}
	s.question = strings.ContainsAny(p.Heading, "?؟？")
	for _, h := range strings.Split(p.Heading, " / ") {
		s.parents = append(s.parents, strings.TrimSpace(h))
	}
	ws := words(clip(p.Text, maxText))
	s.text = make([]uint32, len(ws))
	last := -1
	for j, w := range ws {
		s.text[j] = x.term(w.text)
		if w.sentence != last {
			s.sentence = append(s.sentence, uint32(j))
			last = w.sentence
		}
		if w.figure {
			s.figures++
		}
	}
	for _, r := range p.Text {
		if r == '$' || r == '€' || r == '£' || r == '¥' || r == '₹' {
			s.money++
		}
	}
}

// count turns the shapes into both levels.
func (x *Index) count() {
	parts := x.parts()
	units := make([][fields][]uint32, len(x.passages))
	wholes := make([][fields][]uint32, len(x.members))
	for i := range x.passages {
		s := &x.shape[i]
		text, heading := s.text, s.heading
		for _, also := range x.passages[i].Also {
			heading = append(heading[:len(heading):len(heading)], x.termsOf(also)...)
		}
		units[i] = [fields][]uint32{parts.with(s.title), parts.with(heading), parts.with(text)}
		d := &wholes[x.document[i]]
		if s.ordinal == 0 || x.passages[i].Title != x.passages[x.members[x.document[i]][0]].Title {
			d[inTitle] = append(d[inTitle], units[i][inTitle]...)
		}
		d[inHeading] = append(d[inHeading], units[i][inHeading]...)
		d[inText] = append(d[inText], units[i][inText]...)
	}
	x.passage = newLevel(units, len(x.terms))
	x.whole = newLevel(wholes, len(x.terms))
	x.spread = make([][]uint16, len(x.members))
	for d, ms := range x.members {
		x.spread[d] = make([]uint16, len(x.whole.forward[d]))
		for _, p := range ms {
			at := 0
			for _, o := range x.passage.forward[p] {
				for x.whole.forward[d][at].term != o.term { // both are in order of term
					at++
				}
				x.spread[d][at]++
			}
		}
	}
}

// newLevel counts and weighs. Lengths are those of the field, over the units that have it.
func newLevel(units [][fields][]uint32, terms int) level {
	l := level{
		postings: make([][]posting, terms), idf: make([]float32, terms),
		forward: make([][]occurrence, len(units)), length: make([][fields]int, len(units)),
	}
	var having [fields]int
	for i, u := range units {
		for f, ts := range u {
			l.length[i][f] = len(ts)
			l.average[f] += float64(len(ts))
			if len(ts) > 0 {
				having[f]++
			}
		}
		l.forward[i] = occurrences(u)
	}
	for f := range l.average {
		l.average[f] /= float64(max(1, having[f]))
	}
	for i := range units {
		for _, o := range l.forward[i] {
			l.postings[o.term] = append(l.postings[o.term], posting{uint32(i), float32(l.impact(i, o))})
		}
	}
	for t, ps := range l.postings {
		n, df := float64(len(units)), float64(len(ps))
		l.idf[t] = float32(idf(n, df))
		l.postings[t] = slices.Clip(ps)
	}
	return l
}

// impact is BM25F's part of one term in unit i, without its idf.
func (l *level) impact(i int, o occurrence) float64 {
	var weight float64
	for f, n := range o.count {
		if n > 0 {
			weight += fieldWeight[f] * l.normal(i, f, n)
		}
	}
	return weight * (saturation + 1) / (saturation + weight)
}

// normal is a count, made smaller in a field longer than most.
func (l *level) normal(i, f int, n uint16) float64 {
	b := fieldLength[f]
	return float64(n) / (1 - b + b*float64(l.length[i][f])/l.average[f])
}

func occurrences(u [fields][]uint32) []occurrence {
	n := 0
	for _, ts := range u {
		n += len(ts)
	}
	all := make([]occurrence, 0, n)
	for f, ts := range u {
		for _, t := range ts {
			o := occurrence{term: t}
			o.count[f] = 1
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b occurrence) int { return int(a.term) - int(b.term) })
	out := all[:0]
	for _, o := range all {
		if len(out) == 0 || out[len(out)-1].term != o.term {
			out = append(out, o)
			continue
		}
		for f, n := range o.count {
			if c := &out[len(out)-1].count[f]; *c < math.MaxUint16 {
				*c += n
			}
		}
	}
	return slices.Clone(out)
}

// in finds a term in a unit.
func (l *level) in(unit int, term uint32) (occurrence, bool) {
	at, ok := l.find(unit, term)
	if !ok {
		return occurrence{}, false
	}
	return l.forward[unit][at], true
}

func (l *level) find(unit int, term uint32) (int, bool) {
	f := l.forward[unit]
	lo, hi := 0, len(f)
	for lo < hi {
		if m := (lo + hi) / 2; f[m].term < term {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo, lo < len(f) && f[lo].term == term
}

// idf is Lucene's, which is never negative.
func idf(n, df float64) float64 { return math.Log(1 + (n-df+0.5)/(df+0.5)) }
