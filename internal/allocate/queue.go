package allocate

import (
	"fmt"
	"math"
)

// Queues asks how long people wait when officers with some skills and shifts serve queues with priorities, by playing it
// through: every cycle (a day, say) repeats the rates and shifts.
type Queues struct {
	Queues   []Queue
	Officers []Shift
	Step     float64 // seconds for which each rate holds
	Cycles   int     // played; the first tenth is not counted
}

// Queue is one line of people.
type Queue struct {
	Name     string
	Rates    []float64 // arrivals in an hour, in each step of the cycle
	Service  float64   // mean seconds
	Spread   float64   // of service: deviation by mean; 1 is random (exponential), 0 always the same
	Priority int       // higher goes first
	Target   float64   // seconds that people may have to wait
}

// Shift is some officers who can serve some of the queues, from one time of the cycle to another, and finish whom they have begun to serve.
type Shift struct {
	Count    int
	Skills   []int // places in Queues
	From, To float64
}

// QueueResult is what was seen of one queue.
type QueueResult struct {
	Name         string  `json:"name"`
	Served       int     `json:"served"`
	Waiting      int     `json:"left_waiting"` // when the play ended
	Wait         float64 `json:"p_wait"`
	MeanSeconds  float64 `json:"mean_wait_s"`
	Within       float64 `json:"plus_minus_s"` // half of the 95 % interval of the mean, from batches
	ServiceLevel float64 `json:"service_level"`
}

// cycle is the seconds until rates and shifts repeat.
func (q *Queues) cycle() float64 {
	n := 0
	for _, c := range q.Queues {
		n = max(n, len(c.Rates))
	}
	return float64(n) * q.Step
}

// Solve plays the queues, then with one officer more on each shift. Objective is the mean wait of everybody.
func (q *Queues) Solve(limits Limits) (*Answer, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	a := &Answer{Kind: "queues", Status: Feasible, Proof: "played through, not proven: the intervals say how sure it is"}
	for c := range q.Queues {
		if !q.served(c) {
			a.Conflict = append(a.Conflict, fmt.Sprintf("queue %s has arrivals, and nobody on any shift has its skill", q.name(c)))
		}
	}
	if a.Conflict != nil {
		a.Status, a.Proof = Infeasible, "nobody can serve what is listed"
		return a, nil
	}
	m := newMeter(limits)
	a.Queues, a.Occupancy = q.play(m, limits.Seed)
	a.Objective = overall(a.Queues)
	a.Bound = a.Objective
	for s, shift := range q.Officers {
		if m.over {
			break
		}
		again := *q
		again.Officers = append([]Shift(nil), q.Officers...)
		again.Officers[s].Count++
		results, _ := again.play(m, limits.Seed)
		if m.over {
			break
		}
		a.More = append(a.More, Price{What: fmt.Sprintf("one officer more on shift %d (%d now)", s, shift.Count),
			Worth: a.Objective - overall(results), Means: "seconds less of mean wait, with the same arrivals"})
	}
	sortPrices(a.More)
	for c, r := range a.Queues {
		if r.Waiting > 20 && float64(r.Waiting) > 0.02*float64(r.Served) {
			a.Binding = append(a.Binding, Price{What: "queue " + q.name(c), Worth: float64(r.Waiting), Means: "people were left waiting: more arrive than can be served, and the wait only grows"})
		}
	}
	return a, nil
}

func overall(results []QueueResult) float64 {
	sum, n := 0.0, 0
	for _, r := range results {
		sum += r.MeanSeconds * float64(r.Served)
		n += r.Served
	}
	return sum / math.Max(1, float64(n))
}

func (q *Queues) name(c int) string {
	if q.Queues[c].Name != "" {
		return q.Queues[c].Name
	}
	return fmt.Sprint(c)
}

func (q *Queues) served(c int) bool {
	some := false
	for _, r := range q.Queues[c].Rates {
		some = some || r > 0
	}
	for _, s := range q.Officers {
		for _, k := range s.Skills {
			if k == c && s.Count > 0 && s.To > s.From {
				return true
			}
		}
	}
	return !some
}

func (q *Queues) check() error {
	if len(q.Queues) == 0 || len(q.Queues) > 1000 || !(q.Step > 0) || q.Step > 1e9 || q.Cycles < 1 || q.Cycles > 1_000_000 {
		return fmt.Errorf("%d queues with rates for %v seconds, played %d times, make no play", len(q.Queues), q.Step, q.Cycles)
	}
	for c, s := range q.Queues {
		if len(s.Rates) == 0 || len(s.Rates) > 100_000 {
			return fmt.Errorf("queue %s has %d rates of arrival", q.name(c), len(s.Rates))
		}
		for _, r := range s.Rates {
			if !(r >= 0) || r > 1e7 {
				return fmt.Errorf("queue %s has %v arrivals in an hour: rates lie between 0 and 1e7", q.name(c), r)
			}
		}
		if !(s.Service > 0) || s.Service > 1e9 || !(s.Spread >= 0) || s.Spread > 100 || !(s.Target >= 0) {
			return fmt.Errorf("queue %s takes %v seconds with spread %v and target %v, which is no service", q.name(c), s.Service, s.Spread, s.Target)
		}
	}
	total := 0
	for k, s := range q.Officers {
		if s.Count < 0 || s.Count > 100_000 || !(s.From >= 0) || !(s.To >= s.From) || s.To > q.cycle() {
			return fmt.Errorf("shift %d of %d officers from %v to %v does not lie within the cycle of %v seconds", k, s.Count, s.From, s.To, q.cycle())
		}
		for _, c := range s.Skills {
			if c < 0 || c >= len(q.Queues) {
				return fmt.Errorf("shift %d can serve queue %d, and queues are 0 to %d", k, c, len(q.Queues)-1)
			}
		}
		if total += s.Count; total > 100_000 {
			return fmt.Errorf("there are more than 100,000 officers")
		}
	}
	return nil
}
