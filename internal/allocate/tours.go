package allocate

import (
	"math"
)

// Tours asks for the cheapest weekly tours that put enough officers into every period of seven days.
type Tours struct {
	Need    []int     // officers needed in each period, day after day
	Periods int       // in a day
	Tours   []Tour    // that may be worked
	Cost    []float64 // of each
}

// Tour is five days in a row from Day on (0 to 6, round the week), each from period Start for Length periods.
type Tour struct{ Day, Start, Length int }

// workingDays is how many days in a row a tour is worked.
const workingDays = 5

// breakPeriods is how long nobody of a tour is there, from the middle of its day on.
const breakPeriods = 2

// covers calls each with every period that a tour covers.
func (t *Tours) covers(k int, each func(period int)) {
	tour := t.Tours[k]
	for d := range workingDays {
		first := (tour.Day+d)%7*t.Periods + tour.Start
		for q := range tour.Length {
			if q < tour.Length/2 || q >= tour.Length/2+breakPeriods {
				each((first + q) % (7 * t.Periods))
			}
		}
	}
}

// programme is the covering problem: a whole number of officers for each tour, and beside them the sums that a planner
// thinks in (officers of each first day, long days of each first day, officers of each shift), whose limits divide the
// search better than single tours do.
func (t *Tours) programme() *programme {
	p := &programme{}
	most := 0
	for _, n := range t.Need {
		most = max(most, n)
	}
	variable := func(cost, high float64) int {
		p.cost, p.low, p.high, p.whole = append(p.cost, cost), append(p.low, 0), append(p.high, high), append(p.whole, true)
		return len(p.cost) - 1
	}
	rows := make([]row, len(t.Need))
	for k := range t.Tours {
		v := variable(t.Cost[k], float64(most))
		t.covers(k, func(q int) { rows[q].terms = append(rows[q].terms, term{v, 1}) })
	}
	for q, r := range rows {
		if t.Need[q] > 0 {
			r.low, r.high = float64(t.Need[q]), inf
			p.rows = append(p.rows, r)
		}
	}
	return p
}

// sums adds the sums that a planner thinks in.
func (t *Tours) sums(p *programme) {
	groups := map[[3]int][]int{}
	var order [][3]int
	put := func(key [3]int, k int) {
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], k)
	}
	for k, tour := range t.Tours {
		put([3]int{0, tour.Day, 0}, k)
		put([3]int{1, tour.Start, tour.Length}, k)
		put([3]int{2, tour.Length, 0}, k)
	}
	for _, key := range order {
		v := len(p.cost)
		r := row{terms: []term{{v, -1}}}
		high := 0.0
		for _, k := range groups[key] {
			r.terms = append(r.terms, term{k, 1})
			high += p.high[k]
		}
		p.cost, p.low, p.high, p.whole = append(p.cost, 0), append(p.low, 0), append(p.high, high), append(p.whole, true)
		p.rows = append(p.rows, r)
	}
}

// whole makes a plan of a relaxed one: rounds up, then takes away what is not needed, the dearest first.
func (t *Tours) round(x []float64, cutoff float64) []int {
	counts := make([]int, len(t.Tours))
	have := make([]int, len(t.Need))
	for k := range counts {
		counts[k] = int(math.Ceil(x[k] - 1e-6))
		t.covers(k, func(q int) { have[q] += counts[k] })
	}
	for {
		drop, most := -1, 0.0
		for k, n := range counts {
			spare := n > 0
			t.covers(k, func(q int) { spare = spare && have[q] > t.Need[q] })
			if over := float64(n) - x[k]; spare && t.Cost[k]*(over+1) > most {
				drop, most = k, t.Cost[k]*(over+1)
			}
		}
		if drop < 0 {
			return counts
		}
		counts[drop]--
		t.covers(drop, func(q int) { have[q]-- })
	}
}
