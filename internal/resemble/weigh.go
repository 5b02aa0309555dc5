package resemble

import (
	"math"
	"strings"
)

// chance is how often a level is found: m where the two are the same, u where they are not.
type chance struct{ m, u float64 }

// usual are chances to begin with, by kind, taken from what clerical studies of registers report: most of what is the same
// agrees, some is misspelt, a tenth has moved.
var usual = map[Kind]map[Level]chance{
	Name:     {Same: {0.70, 0.0005}, Order: {0.05, 0.0001}, Spelling: {0.15, 0.0005}, Part: {0.05, 0.001}, Family: {0.03, 0.01}, Given: {0.01, 0.01}, Other: {0.01, 0.978}},
	Date:     {Same: {0.90, 0.0001}, Swapped: {0.02, 0.0001}, Digit: {0.06, 0.002}, Other: {0.02, 0.9978}},
	Address:  {Same: {0.65, 0.0005}, Spelling: {0.15, 0.0005}, Street: {0.03, 0.005}, Other: {0.17, 0.994}},
	Postcode: {Same: {0.80, 0.005}, Digit: {0.05, 0.005}, Other: {0.15, 0.99}},
	Code:     {Same: {0.88, 0.0001}, Digit: {0.07, 0.0005}, Other: {0.05, 0.9994}},
	Text:     {Same: {0.75, 0.05}, Spelling: {0.10, 0.02}, Other: {0.15, 0.93}},
}

// Some findings speak against two being the same whatever else agrees, since those who live together share the rest: a
// twin has another first name, a son with his father's name another day of birth.
const against = -40

// weak bounds what a common first name alone may say for two records: among those who were born on one day there are many.
const weak = -3

func speaksAgainst(k Kind, l Level) bool {
	return k == Name && (l == Given || l == Other) || k == Date && l == Other
}

// most bounds the weight of one finding, in bits.
const most = 16

// Model weighs findings.
type Model struct {
	Fields  []Field
	weights []map[Level]float64
}

// NewModel weighs by what is usual.
func NewModel(fields []Field) *Model {
	m := &Model{Fields: fields}
	for _, f := range fields {
		m.weights = append(m.weights, weights(f.Kind, usual[f.Kind]))
	}
	return m
}

func weights(k Kind, all map[Level]chance) map[Level]float64 {
	w := map[Level]float64{}
	for l, c := range all {
		w[l] = max(-most, min(most, math.Log2(c.m/c.u)))
		if speaksAgainst(k, l) {
			w[l] = min(w[l], against)
		}
		if k == Name && l == Family {
			w[l] = min(w[l], weak)
		}
	}
	return w
}

// Weigh adds up what speaks for and against, in bits.
func (m *Model) Weigh(levels []Level) (sum float64) {
	for i, l := range levels {
		sum += m.weights[i][l]
	}
	return sum
}

// Weight is what a finding in the ith field weighs.
func (m *Model) Weight(i int, l Level) float64 { return m.weights[i][l] }

// Learning: how often expectation and maximisation take turns, and how many observations what is usual counts for.
const (
	rounds = 25
	trust  = 30.0
	sample = 60_000 // pairs looked at
)

// Learn weighs by the records themselves: chance agreement is seen in pairs drawn without regard to what they say, and
// agreement of what is the same by expectation and maximisation over pairs that are worth comparing.
func Learn(fields []Field, records []*Record, pairs []Pair) *Model {
	m := NewModel(fields)
	if len(records) < 50 || len(pairs) == 0 {
		return m
	}
	drawn, found := patterns{}, patterns{}
	for n := range min(sample, 3*len(records)) {
		if i, j := n%len(records), (n*7919+n/len(records)*104729+1)%len(records); i != j { // primes: far apart, and the same each time
			drawn.add(Compare(fields, records[i], records[j]), 1)
		}
	}
	for n := 0; n < len(pairs); n += 1 + len(pairs)/sample {
		found.add(Compare(fields, records[pairs[n].A], records[pairs[n].B]), 1)
	}
	chances := make([]map[Level]chance, len(fields))
	for i, f := range fields {
		chances[i] = map[Level]chance{}
		counts, total := drawn.counts(i, func(*pattern) float64 { return 1 })
		for l, c := range usual[f.Kind] {
			chances[i][l] = chance{c.m, (counts[l] + trust*c.u) / (total + trust)}
		}
	}
	share := 0.05
	for range rounds {
		for _, p := range found {
			yes, no := share, 1-share
			for i, l := range p.levels {
				if l != "" {
					yes, no = yes*chances[i][l].m, no*chances[i][l].u
				}
			}
			p.same = yes / (yes + no)
			for i, l := range p.levels { // those who live together are no sample of who is the same
				if speaksAgainst(fields[i].Kind, l) {
					p.same = 0
				}
			}
		}
		sum, all := 0.0, 0.0
		for _, p := range found {
			sum, all = sum+p.same*p.n, all+p.n
		}
		share = max(sum/all, 1e-6)
		for i, f := range fields {
			counts, total := found.counts(i, func(p *pattern) float64 { return p.same })
			for l, c := range usual[f.Kind] {
				seen := (counts[l] + trust*c.m) / (total + trust)
				chances[i][l] = chance{max(c.m/2, min(2*c.m, seen)), chances[i][l].u} // among what is worth comparing, chance looks like error
			}
		}
	}
	for i, f := range fields {
		m.weights[i] = weights(f.Kind, chances[i])
	}
	return m
}

// pattern is how often the same was found in all fields.
type pattern struct {
	levels []Level
	n      float64
	same   float64 // how likely those are the same
}

type patterns map[string]*pattern

func (ps patterns) add(levels []Level, n float64) {
	var b strings.Builder
	for _, l := range levels {
		b.WriteString(string(l))
		b.WriteByte(' ')
	}
	p := ps[b.String()]
	if p == nil {
		p = &pattern{levels: levels}
		ps[b.String()] = p
	}
	p.n += n
}

// counts adds up how often each level was found in a field, each pattern as far as it counts.
func (ps patterns) counts(i int, share func(*pattern) float64) (counts map[Level]float64, total float64) {
	counts = map[Level]float64{}
	for _, p := range ps {
		if l := p.levels[i]; l != "" {
			n := p.n * share(p)
			counts[l] += n
			total += n
		}
	}
	return counts, total
}
