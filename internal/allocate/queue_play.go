package allocate

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"slices"
)

// event is something that happens in the play.
type event struct {
	at    float64
	order int // among events of one moment: the order in which they were thought of
	kind  eventKind
	which int // a queue, or an officer
}

type eventKind uint8

const (
	arrival eventKind = iota
	finish
	begin
	end
)

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].order < e[j].order
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }

// Push and Pop are for container/heap.
func (e *events) Push(x any) { *e = append(*e, x.(event)) }

// Pop takes the last.
func (e *events) Pop() any {
	old := *e
	last := old[len(old)-1]
	*e = old[:len(old)-1]
	return last
}

// officer is one person in the play.
type officer struct {
	shift      int
	busy, here bool
	listed     bool // stands in free, perhaps no longer rightly
}

// play is the state of a discrete-event simulation. Each queue has chance of its own for arrivals and for service, so
// that one officer more meets the same people.
type play struct {
	q        *Queues
	arrive   []*rand.Rand
	serve    []*rand.Rand
	line     [][]float64 // when those who wait came
	head     []int
	officers []officer
	free     [][]int // by shift: officers who have nobody to serve, and some who have gone since
	order    []int   // shifts, those of fewest skills first
	next     events
	perCycle []float64 // arrivals to expect, by queue
	count    int
	now      float64
	counted  float64 // statistics begin here
	busy     float64
	here     float64
	waits    [][]float64 // of those served
}

func (q *Queues) play(m *meter, seed uint64) (results []QueueResult, occupancy float64) {
	p := &play{q: q, waits: make([][]float64, len(q.Queues)), line: make([][]float64, len(q.Queues)), head: make([]int, len(q.Queues)), free: make([][]int, len(q.Officers))}
	total := q.cycle() * float64(q.Cycles)
	p.counted = q.cycle() * math.Floor(float64(q.Cycles)/10)
	for c := range q.Queues {
		p.arrive = append(p.arrive, rand.New(rand.NewPCG(seed, uint64(2*c+1))))
		p.serve = append(p.serve, rand.New(rand.NewPCG(seed, uint64(2*c+2))))
		sum := 0.0
		for _, r := range q.Queues[c].Rates {
			sum += r * q.Step / 3600
		}
		p.perCycle = append(p.perCycle, sum)
		p.plan(p.arrivalAfter(c, 0), arrival, c)
	}
	for s, shift := range q.Officers {
		p.order = append(p.order, s)
		for range shift.Count {
			p.plan(shift.From, begin, len(p.officers))
			p.officers = append(p.officers, officer{shift: s})
		}
	}
	slices.SortStableFunc(p.order, func(a, b int) int { return len(q.Officers[a].Skills) - len(q.Officers[b].Skills) })
	for len(p.next) > 0 && m.spend(300+10*len(q.Officers)) {
		e := heap.Pop(&p.next).(event)
		if e.at >= total {
			break
		}
		p.now = e.at
		p.happen(e)
	}
	for c := range q.Queues {
		results = append(results, p.result(c))
	}
	return results, p.busy / math.Max(1e-9, p.here)
}

func (p *play) plan(at float64, kind eventKind, which int) {
	if math.IsInf(at, 1) {
		return
	}
	p.count++
	heap.Push(&p.next, event{at, p.count, kind, which})
}

// arrivalAfter spends a random amount of expected arrivals: whole cycles at once, then step by step.
func (p *play) arrivalAfter(c int, t float64) float64 {
	s, cycle := p.q.Queues[c], p.q.cycle()
	if p.perCycle[c] == 0 {
		return inf
	}
	left := p.arrive[c].ExpFloat64()
	whole := math.Floor(left / p.perCycle[c])
	left -= whole * p.perCycle[c]
	start := math.Floor(t/cycle) * cycle
	step := int((t - start) / p.q.Step)
	for range 2*len(s.Rates) + 2 {
		until := start + float64(step+1)*p.q.Step
		if step < len(s.Rates) && s.Rates[step] > 0 && until > t {
			if at := t + left*3600/s.Rates[step]; at < until {
				return at + whole*cycle
			}
			left -= (until - t) * s.Rates[step] / 3600
		}
		t = math.Max(t, until)
		if step++; float64(step)*p.q.Step >= cycle {
			step = 0
			start += cycle
		}
	}
	return t + whole*cycle // rounding left a crumb
}

// service draws how long somebody takes: lognormal, but for the two spreads that have names.
func (p *play) service(c int) float64 {
	s, chance := p.q.Queues[c], p.serve[c]
	switch s.Spread {
	case 0:
		return s.Service
	case 1:
		return s.Service * chance.ExpFloat64()
	}
	v := math.Log(1 + s.Spread*s.Spread)
	return s.Service * math.Exp(chance.NormFloat64()*math.Sqrt(v)-v/2)
}

func (p *play) happen(e event) {
	switch e.kind {
	case arrival:
		p.plan(p.arrivalAfter(e.which, p.now), arrival, e.which)
		p.line[e.which] = append(p.line[e.which], p.now)
		for _, s := range p.order {
			if !slices.Contains(p.q.Officers[s].Skills, e.which) {
				continue
			}
			if o := p.someFree(s); o >= 0 {
				p.take(o)
				return
			}
		}
	case finish:
		o := &p.officers[e.which]
		if o.busy = false; o.here {
			p.take(e.which)
		}
	case begin:
		o, shift := &p.officers[e.which], p.q.Officers[p.officers[e.which].shift]
		o.here = true
		p.plan(p.now+shift.To-shift.From, end, e.which)
		p.plan(p.now+p.q.cycle(), begin, e.which)
		p.here += math.Max(0, p.now+shift.To-shift.From-math.Max(p.now, p.counted))
		if !o.busy {
			p.take(e.which)
		}
	case end: // planned before the beginning of the next cycle, so that a shift round the clock ends and begins at once
		p.officers[e.which].here = false
	}
}

// someFree takes an officer off the list of those who are free, -1 when there is none.
func (p *play) someFree(shift int) int {
	for n := len(p.free[shift]); n > 0; n-- {
		o := p.free[shift][n-1]
		p.free[shift] = p.free[shift][:n-1]
		p.officers[o].listed = false
		if p.officers[o].here && !p.officers[o].busy {
			return o
		}
	}
	return -1
}

// take lets an officer serve whoever waits with the highest priority, and has waited longest.
func (p *play) take(o int) {
	shift := p.officers[o].shift
	best := -1
	for _, c := range p.q.Officers[shift].Skills {
		if p.head[c] == len(p.line[c]) {
			continue
		}
		if best < 0 || p.q.Queues[c].Priority > p.q.Queues[best].Priority ||
			p.q.Queues[c].Priority == p.q.Queues[best].Priority && p.line[c][p.head[c]] < p.line[best][p.head[best]] {
			best = c
		}
	}
	if best < 0 {
		if !p.officers[o].listed {
			p.officers[o].listed = true
			p.free[shift] = append(p.free[shift], o)
		}
		return
	}
	came := p.line[best][p.head[best]]
	if p.head[best]++; p.head[best] > 1000 && p.head[best]*2 > len(p.line[best]) {
		p.line[best] = append(p.line[best][:0], p.line[best][p.head[best]:]...)
		p.head[best] = 0
	}
	takes := p.service(best)
	p.officers[o].busy = true
	p.plan(p.now+takes, finish, o)
	if came >= p.counted {
		p.waits[best] = append(p.waits[best], p.now-came)
		p.busy += takes
	}
}

// result sums up one queue; its interval comes from twenty batches in the order of time, since neighbours wait alike.
func (p *play) result(c int) QueueResult {
	r := QueueResult{Name: p.q.name(c), Served: len(p.waits[c]), Waiting: len(p.line[c]) - p.head[c]}
	if r.Served == 0 {
		return r
	}
	const batches = 20
	var sums [batches]float64
	size := max(1, r.Served/batches)
	for i, w := range p.waits[c] {
		r.MeanSeconds += w
		if w > 1e-9 {
			r.Wait++
		}
		if w <= p.q.Queues[c].Target {
			r.ServiceLevel++
		}
		if b := i / size; b < batches {
			sums[b] += w / float64(size)
		}
	}
	n := float64(r.Served)
	r.MeanSeconds, r.Wait, r.ServiceLevel = r.MeanSeconds/n, r.Wait/n, r.ServiceLevel/n
	spread := 0.0
	for _, s := range sums {
		spread += (s - r.MeanSeconds) * (s - r.MeanSeconds)
	}
	r.Within = 2.093 * math.Sqrt(spread/(batches*(batches-1))) // Student's t with 19 degrees of freedom
	return r
}
