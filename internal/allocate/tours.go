package allocate

import (
	"fmt"
	"math"
	"slices"
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

// programme is the covering problem: a whole number of officers for each tour. Its second result is the period of each row.
func (t *Tours) programme() (p *programme, periods []int) {
	p = &programme{}
	most := 0
	for _, n := range t.Need {
		most = max(most, n)
	}
	rows := make([]row, len(t.Need))
	for k := range t.Tours {
		v := p.variable(t.Cost[k], float64(most))
		t.covers(k, func(q int) { rows[q].terms = append(rows[q].terms, term{v, 1}) })
	}
	for q, r := range rows {
		if t.Need[q] > 0 {
			r.low, r.high = float64(t.Need[q]), inf
			p.rows = append(p.rows, r)
			periods = append(periods, q)
		}
	}
	return p, periods
}

// round makes a plan of a relaxed one: rounds up, then takes away what is not needed, the dearest first.
func (t *Tours) round(x []float64) []int {
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
		fewer := max(1, min(counts[drop], int(most/t.Cost[drop])-1)) // many at once where many are too many
		t.covers(drop, func(q int) { fewer = min(fewer, have[q]-t.Need[q]) })
		counts[drop] -= fewer
		t.covers(drop, func(q int) { have[q] -= fewer })
	}
}

// Solve finds the cheapest plan. The error is nil unless the instance itself makes no sense.
func (t *Tours) Solve(limits Limits) (*Answer, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	a := &Answer{Kind: "tours"}
	if a.Conflict = t.uncovered(); a.Conflict != nil {
		a.Status = Infeasible
		a.Proof = "no tour covers what is listed"
		return a, nil
	}
	p, periods := t.programme()
	b := newSearch(p, newMeter(limits), limits.chance())
	b.polish = func(x []float64) ([]float64, bool) {
		counts := t.round(x[:len(t.Tours)])
		point := make([]float64, len(counts))
		for k, n := range counts {
			point[k] = float64(n)
		}
		b.meter.spend(5 * len(t.Tours) * t.Periods)
		return point, true
	}
	prices := b.run(true)
	a.Counts = make([]int, len(t.Tours))
	if b.best == nil { // not even the relaxation was solved in the work allowed
		b.best = t.greedy()
	}
	for k := range a.Counts {
		a.Counts[k] = int(b.best[k])
		a.Objective += t.Cost[k] * b.best[k]
	}
	a.Bound = math.Max(0, math.Min(b.bound, a.Objective))
	a.settle()
	a.Proof = b.proof()
	t.explain(a, periods, prices)
	return a, nil
}

func (t *Tours) check() error {
	if t.Periods < 1 || len(t.Need) != 7*t.Periods {
		return fmt.Errorf("seven days of %d periods need %d numbers of officers, not %d", t.Periods, 7*t.Periods, len(t.Need))
	}
	if len(t.Cost) != len(t.Tours) {
		return fmt.Errorf("there are %d tours and %d costs", len(t.Tours), len(t.Cost))
	}
	for q, n := range t.Need {
		if n < 0 || n > 100_000 {
			return fmt.Errorf("%s needs %d officers: the number lies outside 0 to 100,000", t.period(q), n)
		}
	}
	for k, tour := range t.Tours {
		if tour.Day < 0 || tour.Day > 6 || tour.Start < 0 || tour.Start >= t.Periods || tour.Length < 1 || tour.Length > t.Periods {
			return fmt.Errorf("tour %d begins on day %d in period %d for %d periods: days are 0 to 6 and periods 0 to %d", k, tour.Day, tour.Start, tour.Length, t.Periods-1)
		}
		if !(t.Cost[k] >= 0) || t.Cost[k] > 1e12 {
			return fmt.Errorf("tour %d costs %v: a cost lies between 0 and 1e12", k, t.Cost[k])
		}
	}
	return nil
}

func (t *Tours) period(q int) string {
	return fmt.Sprintf("day %d, period %d", q/t.Periods, q%t.Periods)
}

// uncovered are the periods that nobody can work and somebody must.
func (t *Tours) uncovered() (out []string) {
	can := make([]bool, len(t.Need))
	for k := range t.Tours {
		t.covers(k, func(q int) { can[q] = true })
	}
	for q, n := range t.Need {
		if n > 0 && !can[q] {
			out = append(out, fmt.Sprintf("%s needs %d, and no tour covers it", t.period(q), n))
		}
	}
	return out
}

// greedy is a plan that needs no relaxation: the tour that covers most of what is missing for its cost, again and again.
func (t *Tours) greedy() []float64 {
	x := make([]float64, len(t.Tours))
	missing := slices.Clone(t.Need)
	for {
		best, most := -1, 0.0
		for k := range t.Tours {
			useful := 0.0
			t.covers(k, func(q int) {
				if missing[q] > 0 {
					useful++
				}
			})
			if useful /= t.Cost[k] + 1e-9; useful > most {
				best, most = k, useful
			}
		}
		if best < 0 {
			return x
		}
		more := math.MaxInt // as many as the same reason holds for
		t.covers(best, func(q int) {
			if missing[q] > 0 {
				more = min(more, missing[q])
			}
		})
		x[best] += float64(more)
		t.covers(best, func(q int) { missing[q] -= more })
	}
}

func (t *Tours) explain(a *Answer, periods []int, prices []float64) {
	have, spare := make([]int, len(t.Need)), 0
	for k, n := range a.Counts {
		t.covers(k, func(q int) { have[q] += n })
	}
	for q := range have {
		spare += have[q] - t.Need[q]
	}
	for k, n := range a.Counts {
		if n == 0 {
			continue
		}
		first, others := -1, 0
		t.covers(k, func(q int) {
			if have[q] != t.Need[q] {
				return
			}
			if others++; first < 0 {
				first = q
			}
		})
		tour := t.Tours[k]
		why := "nothing would be short with one fewer; it costs nothing"
		if first >= 0 {
			why = fmt.Sprintf("one fewer would leave %s short of its %d", t.period(first), t.Need[first])
			if others > 1 {
				why += fmt.Sprintf(", and %d more of its periods short", others-1)
			}
		}
		a.Assignments = append(a.Assignments, Assignment{
			What: fmt.Sprintf("%d on tour %d", n, k),
			To:   fmt.Sprintf("days %d to %d, periods %d to %d", tour.Day, (tour.Day+workingDays-1)%7, tour.Start, tour.Start+tour.Length-1), Reason: why,
		})
	}
	for i, q := range periods {
		if i < len(prices) && prices[i] > 1e-6 {
			a.Binding = append(a.Binding, Price{What: t.period(q), Worth: prices[i], Means: fmt.Sprintf("needs %d, has %d; each one more or fewer needed there changes the cost by about this, by the relaxation", t.Need[q], have[q])})
		}
	}
	sortPrices(a.Binding)
	if len(a.Binding) > 0 {
		b := a.Binding[0]
		a.More = append(a.More, Price{What: "one officer from elsewhere in " + b.What, Worth: b.Worth, Means: "the most that help in one period saves, by the relaxation"})
	}
	a.More = append(a.More, Price{What: "one officer more on any tour", Exact: true, Means: fmt.Sprintf("saves nothing, since every need is met; %d periods of officers are above the need already", spare)})
}

func sortPrices(p []Price) {
	slices.SortStableFunc(p, func(a, b Price) int { return sign(math.Abs(b.Worth) - math.Abs(a.Worth)) })
}
