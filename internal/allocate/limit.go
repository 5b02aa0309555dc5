package allocate

import "math/rand/v2"

// Limits is how long a search may go on, and what it may leave to chance.
type Limits struct {
	// Work is how many units of work may be done, about a thousand floating-point operations each; 0 is no limit.
	// Searches under equal Work end at the same plan on every machine; WorkPerSecond translates.
	Work int64
	// Stop, where set, is asked now and then; once it says yes, the best plan so far is returned.
	Stop func() bool
	// Seed begins whatever is left to chance.
	Seed uint64
	// Progress, where set, is told the best plan's value and the bound whenever either improves.
	Progress func(objective, bound float64)
}

// WorkPerSecond is a cautious guess of the work that one core of an ordinary machine does in a second.
const WorkPerSecond = 600_000

// meter counts the work of one search.
type meter struct {
	limits Limits
	done   int64 // thousandths of a unit
	asked  int64
	over   bool
}

func newMeter(l Limits) *meter { return &meter{limits: l} }

// spend counts simple operations and says whether there is work left.
func (m *meter) spend(operations int) bool {
	m.done += int64(operations)
	if m.over {
		return false
	}
	if m.limits.Work > 0 && m.done >= m.limits.Work*1000 {
		m.over = true
	}
	if m.limits.Stop != nil && m.done-m.asked > 300_000 {
		m.asked = m.done
		m.over = m.over || m.limits.Stop()
	}
	return !m.over
}

// used is the share of the budget that is gone, 0 where there is no budget.
func (m *meter) used() float64 {
	if m.limits.Work == 0 {
		return 0
	}
	return float64(m.done) / float64(m.limits.Work*1000)
}

func (m *meter) tell(objective, bound float64) {
	if m.limits.Progress != nil {
		m.limits.Progress(objective, bound)
	}
}

func (l Limits) chance() *rand.Rand { return rand.New(rand.NewPCG(l.Seed, 0x9e3779b97f4a7c15)) }
