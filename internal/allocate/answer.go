package allocate

import "math"

// Status says what is known of an answer.
type Status string

// The statuses.
const (
	Optimal    Status = "optimal"    // nothing better exists
	Feasible   Status = "feasible"   // a plan that keeps every demand; the bound says how much better another could be
	Infeasible Status = "infeasible" // no plan keeps every demand; Conflict says which cannot be met together
	Unknown    Status = "unknown"    // the search ended before it found a plan, or a proof that there is none
)

// Answer is a plan with its reasons. Which of the plan's fields is set depends on the kind of the instance.
type Answer struct {
	Kind      string  `json:"kind"`
	Status    Status  `json:"status"`
	Objective float64 `json:"objective"`
	Bound     float64 `json:"bound"` // no plan costs less, or brings more
	Gap       float64 `json:"gap"`   // distance of objective and bound, as a share of the objective

	Counts []int   `json:"counts,omitempty"` // officers on each tour
	Taker  []int   `json:"taker,omitempty"`  // officer of each case
	Level  []int   `json:"level,omitempty"`  // of each programme
	Routes [][]int `json:"routes,omitempty"` // sites of each inspector in order, without the start

	Queues    []QueueResult `json:"queues,omitempty"`    // what was seen of each
	Occupancy float64       `json:"occupancy,omitempty"` // share of the officers' time that is taken, of queues

	Proof       string       `json:"proof"`                 // how the bound is known
	Assignments []Assignment `json:"assignments,omitempty"` // each with its reason
	Binding     []Price      `json:"binding,omitempty"`     // demands that cost, the dearest first
	More        []Price      `json:"more,omitempty"`        // what one more of something would bring
	Conflict    []string     `json:"conflict,omitempty"`    // demands that cannot be met together
}

// Assignment is one decision of a plan.
type Assignment struct {
	What   string `json:"what"`
	To     string `json:"to"`
	Reason string `json:"reason"`
}

// Price is what a demand costs, or what one more unit would bring, in units of the objective.
type Price struct {
	What  string  `json:"what"`
	Worth float64 `json:"worth"`
	Exact bool    `json:"exact"` // solved again with one more; otherwise the relaxation's price, which holds near the plan
	Means string  `json:"means"`
}

// settle fills in gap and status once objective and bound are known.
func (a *Answer) settle() {
	a.Gap = math.Abs(a.Objective-a.Bound) / math.Max(1e-9, math.Abs(a.Objective))
	a.Status = Feasible
	if math.Abs(a.Objective-a.Bound) <= 1e-9*math.Max(1, math.Abs(a.Objective)) {
		a.Status, a.Gap, a.Bound = Optimal, 0, a.Objective
	}
}
