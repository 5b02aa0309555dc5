package simulate

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/disclose"
)

// Study is what a change came to. Everything in it may be seen by whoever may see figures of the organisation: groups that are
// too small are hidden already. What names single cases is apart, in Examples.
type Study struct {
	Kind     string   `json:"kind"` // service, tax, queue
	Subject  string   `json:"subject"`
	Title    string   `json:"title"`
	Currency string   `json:"currency,omitempty"`
	Inputs   Inputs   `json:"inputs"`
	Cases    int      `json:"cases"`           // that were looked at; -1: hidden
	Judged   int      `json:"judged"`          // that both rules could judge; -1: hidden
	Lacking  []Lack   `json:"lacking"`         // and those they could not, with the reason
	Money    *Money   `json:"money,omitempty"` // nil where no rules changed
	Flips    []Flip   `json:"flips"`
	Late     Pair     `json:"late"` // decided after the day on which they were due, of those of which the rules know the day
	Groups   []Group  `json:"groups"`
	Queue    *Played  `json:"queue,omitempty"`
	Floor    int      `json:"floor"`
	Hash     string   `json:"hash"` // of the inputs
	Examples []string `json:"-"`    // ids of cases that flip or lack, for those who may see them
}

// Pair is a figure before and after the change.
type Pair struct {
	Before int64 `json:"before"`
	After  int64 `json:"after"`
}

// Inputs are what a study rests on: with them it comes to the same again.
type Inputs struct {
	Definition string `json:"definition"` // hash of the rules in force
	Changed    string `json:"changed"`    // hash of the rules with the change
	Cases      string `json:"cases"`      // hash of which cases, in which version
	Change     string `json:"change"`     // hash of the change
	Seed       int    `json:"seed"`
	From       string `json:"from,omitempty"` // days of submission of the first and the last case
	Until      string `json:"until,omitempty"`
}

// Money is what people pay, in smallest coins.
type Money struct {
	Total   Pair  `json:"total"`
	Charged int64 `json:"charged"`          // what was charged in fact, under the rules of its day
	Hidden  bool  `json:"hidden,omitempty"` // the sums are, because one of the numbers is; those are -1
	More    int   `json:"more"`             // who would pay more, the same, less
	Same    int   `json:"same"`
	Less    int   `json:"less"`
	Unsent  int   `json:"unsent"`
}

// Lack is what some cases do not hold, although the rules ask for it.
type Lack struct {
	What     string   `json:"what"`            // a question, lookup.ID, register, eligibility, fee, calendar, deadline, erased
	Older    bool     `json:"older,omitempty"` // all of them are of an older definition
	N        int      `json:"n"`
	Hidden   bool     `json:"hidden,omitempty"` // how many is
	Examples []string `json:"-"`
}

// Flip is another ending: granted before, unsent after.
type Flip struct {
	From     string   `json:"from"`
	To       string   `json:"to"`
	Why      string   `json:"why,omitempty"` // of unsent: the question or the condition
	N        int      `json:"n"`
	Hidden   bool     `json:"hidden,omitempty"` // how many is
	Examples []string `json:"-"`
}

// Group is who gains and who loses by one fact.
type Group struct {
	Fact string `json:"fact"` // a question, a field, variant, language
	Rows []Row  `json:"rows"`
}

// Row is one group. Hidden figures are zero.
type Row struct {
	Value  string `json:"value"`
	Cases  int64  `json:"cases"`
	More   int64  `json:"more"`
	Same   int64  `json:"same"`
	Less   int64  `json:"less"`
	Unsent int64  `json:"unsent"` // could not have been sent any more, or could now
	Before int64  `json:"before"` // sum of what they pay, shown only where all of the row is
	After  int64  `json:"after"`
	Hidden bool   `json:"hidden,omitempty"` // at least one of its figures is; hidden ones are -1
}

// directions are what a change does to somebody.
var directions = []string{"more", "same", "less", "unsent"}

// counts gathers one fact's groups.
type counts struct {
	fact string
	rows map[string]*[4]sum
}

type sum struct{ n, before, after int64 }

func (c *counts) add(value string, direction int, before, after int64) {
	if c.rows[value] == nil {
		c.rows[value] = &[4]sum{}
	}
	s := &c.rows[value][direction]
	s.n, s.before, s.after = s.n+1, s.before+before, s.after+after
}

// mostValues is how many groups a fact may have before it tells more of single people than of groups.
const mostValues = 24

// gather puts groups that are too small together: what a value is called may itself say who is meant.
func (c *counts) gather(floor int) {
	for _, value := range slices.Sorted(maps.Keys(c.rows)) {
		row, n := c.rows[value], int64(0)
		for _, s := range row {
			n += s.n
		}
		if n >= int64(floor) || value == Others {
			continue
		}
		delete(c.rows, value)
		if c.rows[Others] == nil {
			c.rows[Others] = &[4]sum{}
		}
		for d, s := range row {
			o := &c.rows[Others][d]
			o.n, o.before, o.after = o.n+s.n, o.before+s.before, o.after+s.after
		}
	}
}

// protect makes a group that may be seen: small figures and what would give them away are hidden. Nil where nothing is left. It
// also gives the directions of which not even the sum of all groups may be seen; "" is that of everybody.
func (c *counts) protect(floor int) (g *Group, sums map[string]bool, err error) {
	if len(c.rows) > mostValues {
		return nil, nil, nil
	}
	c.gather(floor)
	if len(c.rows) < 2 {
		return nil, nil, nil
	}
	values := make([]string, 0, len(c.rows))
	for v := range c.rows {
		values = append(values, v)
	}
	slices.SortFunc(values, func(a, b string) int { return cmp.Or(cmp.Compare(lowEnd(a), lowEnd(b)), cmp.Compare(a, b)) })
	t := disclose.Table{Dimensions: []disclose.Dimension{disclose.Flat("group", values...), disclose.Flat("direction", directions...)}}
	for _, v := range values {
		for d, s := range c.rows[v] {
			if s.n > 0 {
				t.Cells = append(t.Cells, disclose.Cell{At: []string{v, directions[d]}, Count: s.n})
			}
		}
	}
	p, _, err := disclose.Protect(t, disclose.Policy{Floor: floor, Complementary: true})
	if err != nil {
		return nil, nil, err
	}
	shown, sums := map[[2]string]int64{}, map[string]bool{}
	for _, f := range p.Figures {
		n := f.Count
		if f.Hidden {
			n = -1
			if f.At[0] == "" {
				sums[f.At[1]] = true
			}
		}
		shown[[2]string{f.At[0], f.At[1]}] = n
	}
	g = &Group{Fact: c.fact}
	for _, v := range values {
		r := Row{Value: v, Cases: shown[[2]string{v, ""}], More: shown[[2]string{v, "more"}], Same: shown[[2]string{v, "same"}],
			Less: shown[[2]string{v, "less"}], Unsent: shown[[2]string{v, "unsent"}]}
		r.Hidden = min(r.Cases, r.More, r.Same, r.Less, r.Unsent) < 0
		if !r.Hidden {
			for _, s := range c.rows[v] {
				r.Before, r.After = r.Before+s.before, r.After+s.after
			}
		}
		g.Rows = append(g.Rows, r)
	}
	if slices.IndexFunc(g.Rows, func(r Row) bool { return r.Cases >= 0 }) < 0 {
		return nil, nil, nil
	}
	return g, sums, nil
}

// lowEnd is where a band begins, and before all bands for what is none.
func lowEnd(value string) int64 {
	low, _, is := strings.Cut(value, "..")
	if !is {
		return -2
	}
	if low == "" {
		return -1
	}
	n, err := strconv.ParseInt(low, 10, 64)
	if err != nil {
		return -2
	}
	return n
}

// protectFlips hides how many there are of a rare one. That there is one at all is no secret: the rules say so. Those of people
// who could not have applied, or could only then, add up to a number of the study: where that or one of them is hidden, all are.
func protectFlips(list []Flip, floor int, unsent bool) []Flip {
	ofUnsent := func(f Flip) bool { return f.From == Unsent || f.To == Unsent }
	for _, f := range list {
		unsent = unsent || ofUnsent(f) && few(f.N, floor)
	}
	for i := range list {
		if few(list[i].N, floor) || unsent && ofUnsent(list[i]) {
			list[i].N, list[i].Hidden = 0, true
		}
	}
	slices.SortStableFunc(list, func(a, b Flip) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Why, b.Why))
	})
	return list
}
