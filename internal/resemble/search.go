package resemble

import (
	"cmp"
	"hash/maphash"
	"math"
	"slices"
	"strings"
)

// Pair is two records by their places, the first before the second.
type Pair struct{ A, B int }

// Candidate is a pair with what was found.
type Candidate struct {
	Pair
	Levels []Level
	Weight float64
}

// Likely is how much must speak for a pair of so many records to be shown to somebody, in bits: the more there are, the
// more of them agree by chance.
func Likely(records int) float64 { return max(10, math.Log2(float64(records)+1)) }

// crowd is how many records may share a key: more than that share it by chance, and something else finds those that are
// the same.
const crowd = 150

// Search finds the pairs of records that are likely the same, those for which most speaks first, and the model by which
// they were weighed. Only records that share something telling are compared at all.
func Search(fields []Field, records []*Record) ([]Candidate, *Model) {
	pairs := Pairs(fields, records)
	model := Learn(fields, records, pairs)
	var likely []Candidate
	enough := Likely(len(records))
	for _, p := range pairs {
		if model.hopeless(records[p.A], records[p.B]) {
			continue
		}
		c := Candidate{Pair: p, Levels: Compare(fields, records[p.A], records[p.B])}
		if c.Weight = model.Weigh(c.Levels); c.Weight >= enough {
			likely = append(likely, c)
		}
	}
	slices.SortFunc(likely, func(x, y Candidate) int { return cmp.Or(cmp.Compare(y.Weight, x.Weight), x.A-y.A, x.B-y.B) })
	return likely, model
}

// hopeless reports whether a day speaks against a pair, which is seen soonest.
func (m *Model) hopeless(a, b *Record) bool {
	for i, f := range m.Fields {
		if f.Kind == Date && compareValues(Date, &a.values[i], &b.values[i]) == Other {
			return true
		}
	}
	return false
}

// Pairs are those that share a key.
func Pairs(fields []Field, records []*Record) []Pair {
	seed := maphash.MakeSeed()
	type entry struct {
		key uint64
		at  int32
	}
	var entries []entry
	for i, r := range records {
		for _, k := range keys(fields, r) {
			entries = append(entries, entry{maphash.String(seed, k), int32(i)})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.at, b.at)) })
	var pairs []uint64
	for from := 0; from < len(entries); {
		until := from + 1
		for until < len(entries) && entries[until].key == entries[from].key {
			until++
		}
		if until-from <= crowd {
			for x := from; x < until; x++ {
				for y := x + 1; y < until; y++ {
					if entries[x].at != entries[y].at {
						pairs = append(pairs, uint64(entries[x].at)<<32|uint64(entries[y].at))
					}
				}
			}
		}
		from = until
	}
	slices.Sort(pairs)
	pairs = slices.Compact(pairs)
	all := make([]Pair, len(pairs))
	for n, p := range pairs {
		all[n] = Pair{int(p >> 32), int(p & 0xffffffff)}
	}
	return all
}

// keys are what two records must share one of to be compared: each survives some of what goes wrong with the others.
func keys(fields []Field, r *Record) (list []string) {
	var dates, places, sounds []string
	for i, f := range fields {
		v := &r.values[i]
		if v.missing() {
			continue
		}
		switch f.Kind {
		case Name:
			sorted := make([]string, len(v.words))
			for n := range v.words {
				sorted[n] = v.words[n].sound
			}
			slices.Sort(sorted)
			if whole := strings.Join(sorted, " "); len(whole) > 3 {
				list = append(list, "n "+f.ID+whole)
			}
			for _, s := range sorted {
				if len(s) > 1 {
					sounds = append(sounds, f.ID+s)
				}
			}
		case Date:
			if len(v.text) == 10 { // whichever way round day and month are
				day, month := v.text[8:], v.text[5:7]
				dates = append(dates, f.ID+v.text[:4]+min(day, month)+max(day, month))
			}
		case Address:
			if len(v.words) > 0 {
				places = append(places, f.ID+strings.Join(v.numbers, " ")+v.words[0].sound)
			}
		case Postcode:
			places = append(places, f.ID+v.text)
		case Code:
			list = append(list, "c "+f.ID+v.text)
		case Text:
		}
	}
	for _, d := range dates {
		for _, s := range sounds {
			list = append(list, "d "+d+" "+s)
		}
		for _, p := range places {
			list = append(list, "p "+d+" "+p)
		}
	}
	for _, p := range places {
		for _, s := range sounds {
			list = append(list, "a "+p+" "+s)
		}
	}
	return list
}
