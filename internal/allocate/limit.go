package allocate

import (
	"math"
	"math/rand/v2"
)

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
const WorkPerSecond = 800_000

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

// within keeps a share of the budget back, for questions that come after the plan.
func (l Limits) within(share float64) Limits {
	l.Work = int64(math.Ceil(float64(l.Work) * share))
	return l
}

// after is what is left for one of so many questions that come after the plan, and never more than some; false when nothing is.
func (m *meter) after(l Limits, questions int, some int64) (*meter, bool) {
	if l.Work > 0 {
		some = min(some, (l.Work-m.done/1000)/int64(questions))
	}
	l.Work, l.Progress = some, nil
	return newMeter(l), some > 0
}

func (m *meter) tell(objective, bound float64) {
	if m.limits.Progress != nil {
		m.limits.Progress(objective, bound)
	}
}

func (l Limits) chance() *rand.Rand { return rand.New(rand.NewPCG(l.Seed, 0x9e3779b97f4a7c15)) }
