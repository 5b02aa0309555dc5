package simulate

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
)

// puzzle is what somebody who reads a study knows of the numbers that it hides: each lies between two bounds, and sums of them
// are known.
type puzzle struct {
	names     []string
	low, high []int64
	at        map[string]int
	sums      []equation
}

// equation says that numbers, each so often, come to nothing or to what is left.
type equation struct {
	parts []int
	times []int64
	left  int64
}

// of is a number of the study: -1 is hidden, and then at least one.
func (p *puzzle) of(name string, n, most int64) int {
	if i, known := p.at[name]; known {
		return i
	}
	low, high := n, n
	if n < 0 {
		low, high = 1, most
	}
	p.at[name] = len(p.names)
	p.names, p.low, p.high = append(p.names, name), append(p.low, low), append(p.high, high)
	return p.at[name]
}

// whole says that a number is the sum of others.
func (p *puzzle) whole(whole int, parts []int) {
	e := equation{parts: []int{whole}, times: []int64{-1}}
	for _, i := range parts {
		e.parts, e.times = append(e.parts, i), append(e.times, 1)
	}
	p.sums = append(p.sums, e)
}

// paid says what those who pay 5 more, 5 less and no longer 20 come to.
func (p *puzzle) paid(more, less, unsent int, sum int64) {
	p.sums = append(p.sums, equation{[]int{more, less, unsent}, []int64{5, -5, -20}, sum})
}

// squeeze narrows the bounds by each sum until nothing moves; false: no numbers fit.
func (p *puzzle) squeeze(low, high []int64) bool {
	for moved := true; moved; {
		moved = false
		for _, e := range p.sums {
			least, most := -e.left, -e.left // of what the sum may be beyond what is left
			for k, i := range e.parts {
				a, b := e.times[k]*low[i], e.times[k]*high[i]
				least, most = least+min(a, b), most+max(a, b)
			}
			if least > 0 || most < 0 {
				return false
			}
			for k, i := range e.parts {
				t := e.times[k]
				for size := max(t, -t); low[i] < high[i]; moved = true {
					spread := size * (high[i] - low[i])
					tooMuch, tooLittle := least+spread > 0, most-spread < 0
					if !tooMuch && !tooLittle {
						break
					}
					if tooMuch == (t > 0) {
						high[i]--
					} else {
						low[i]++
					}
					if tooMuch {
						most -= size
					} else {
						least += size
					}
				}
			}
		}
	}
	return true
}

// fits looks for numbers within bounds that come to all sums.
func (p *puzzle) fits(low, high []int64) bool {
	low, high = append([]int64{}, low...), append([]int64{}, high...)
	if !p.squeeze(low, high) {
		return false
	}
	open := -1
	for i := range low {
		if low[i] < high[i] && (open < 0 || high[i]-low[i] < high[open]-low[open]) {
			open = i
		}
	}
	if open < 0 {
		return true
	}
	for n, most := low[open], high[open]; n <= most; n++ {
		low[open], high[open] = n, n
		if p.fits(low, high) {
			return true
		}
	}
	return false
}

// known lists the hidden numbers that only one value fits.
func (p *puzzle) known() (names []string) {
	for i := range p.names {
		if p.low[i] == p.high[i] {
			continue
		}
		values := 0
		for n := p.low[i]; n <= p.high[i] && values < 2; n++ {
			low, high := append([]int64{}, p.low...), append([]int64{}, p.high...)
			low[i], high[i] = n, n
			if p.fits(low, high) {
				values++
			}
		}
		if values < 2 {
			names = append(names, fmt.Sprintf("%s (%d values fit)", p.names[i], values))
		}
	}
	return names
}

// read writes down what a study of a change by 5 of what everybody pays tells, from its published form.
func read(s *Study) *puzzle {
	const many = 60 // nobody knows how many people there are
	p, few := &puzzle{at: map[string]int{}}, int64(s.Floor-1)
	hide := func(n int, hidden bool) int64 {
		if hidden {
			return -1
		}
		return int64(n)
	}
	judged := p.of("judged", int64(s.Judged), few)
	parts := []int{judged}
	for _, l := range s.Lacking {
		parts = append(parts, p.of("lack "+l.What, hide(l.N, l.Hidden), few))
	}
	p.whole(p.of("cases", int64(s.Cases), many), parts)
	m := s.Money
	if m == nil {
		return p
	}
	var totals [4]int
	for i, n := range []int{m.More, m.Same, m.Less, m.Unsent} {
		totals[i] = p.of(directions[i], int64(n), many)
	}
	p.whole(judged, totals[:])
	if !m.Hidden {
		p.paid(totals[0], totals[2], totals[3], m.Total.After-m.Total.Before)
	}
	var unsent []int
	for _, f := range s.Flips {
		unsent = append(unsent, p.of("flip by "+f.Why, hide(f.N, f.Hidden), many))
	}
	p.whole(totals[3], unsent)
	for _, g := range s.Groups {
		var columns [5][]int
		for _, r := range g.Rows {
			var cells [5]int
			for d, n := range []int64{r.More, r.Same, r.Less, r.Unsent, r.Cases} {
				cells[d] = p.of(fmt.Sprint(g.Fact, r.Value, d), n, many)
				columns[d] = append(columns[d], cells[d])
			}
			p.whole(cells[4], cells[:4])
			if !r.Hidden {
				p.paid(cells[0], cells[2], cells[3], r.After-r.Before)
			}
		}
		for d, whole := range append(totals[:], judged) {
			p.whole(whole, columns[d])
		}
	}
	return p
}

// TestWhatIsPublishedGivesNoHiddenNumber: for small populations, whoever knows the rules and reads all of a study, with the sums
// that its numbers come to, finds at least two values for each number that is hidden.
func TestWhatIsPublishedGivesNoHiddenNumber(t *testing.T) {
	chance := rand.New(rand.NewPCG(11, 12))
	groups, sums := 0, 0
	for run := range 1500 {
		r := start(5, func(_ context.Context, c *compared) (compared, error) { return *c, nil }, Study{}, "", "")
		r.order = []string{"kind", "place"}
		people := 1 + chance.IntN(34)
		weights := [5]int{chance.IntN(8), chance.IntN(8), chance.IntN(8), chance.IntN(3), chance.IntN(3)}
		for i := range people {
			c := compared{id: fmt.Sprint(i), before: 20, after: 20, facts: map[string]string{"kind": fmt.Sprint(chance.IntN(2)), "place": fmt.Sprint(chance.IntN(3))}}
			switch pick(chance, weights) {
			case 0:
				c.after = 25
			case 1:
				c.after = 15
			case 2:
			case 3:
				c.after, c.unsent, c.flip = 0, true, turn{"granted", Unsent, fmt.Sprint("eligibility.", chance.IntN(2))}
			case 4:
				c.lacks = []string{"roof", "erased"}[chance.IntN(2)]
			}
			r.take(&c)
		}
		s, err := r.finish()
		if err != nil {
			t.Fatal(err)
		}
		if s.Money != nil && !s.Money.Hidden {
			sums++
		}
		groups += len(s.Groups)
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var published Study
		if err := json.Unmarshal(b, &published); err != nil {
			t.Fatal(err)
		}
		if names := read(&published).known(); len(names) > 0 {
			t.Fatalf("run %d: %v can be worked out of %s", run, names, b)
		}
	}
	if groups < 100 || sums < 100 {
		t.Errorf("%d groups and %d sums were shown at all", groups, sums)
	}
	t.Logf("%d groups, %d sums", groups, sums)
}

func pick(chance *rand.Rand, weights [5]int) int {
	all := 1
	for _, w := range weights {
		all += w
	}
	n := chance.IntN(all)
	for i, w := range weights {
		if n < w {
			return i
		}
		n -= w
	}
	return 2
}
