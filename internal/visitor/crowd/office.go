package crowd

import (
	"context"
	"sync"

	"stoa/internal/visitor"
)

// office is where officers work. Who has signed in once stays so, and no two take the same case.
type office struct {
	desks []visitor.Desk

	mu    sync.Mutex
	idle  []*visitor.Officer
	taken map[string]bool
}

// work lets one come who is free, or somebody new.
func (o *office) work(ctx context.Context, n int, site string, asked asked) error {
	one := o.free(n)
	defer o.leave(one)
	one.Asked = asked
	return one.Decide(ctx, site, o.take)
}

func (o *office) free(n int) *visitor.Officer {
	o.mu.Lock()
	defer o.mu.Unlock()
	if last := len(o.idle) - 1; last >= 0 {
		one := o.idle[last]
		o.idle = o.idle[:last]
		return one
	}
	return visitor.NewOfficer(n, o.desks[n%len(o.desks)])
}

func (o *office) leave(one *visitor.Officer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.idle = append(o.idle, one)
}

// take reports whether nobody has taken a case before.
func (o *office) take(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.taken[id] {
		return false
	}
	if o.taken == nil {
		o.taken = map[string]bool{}
	}
	o.taken[id] = true
	return true
}

// close closes their connections, after the last has left.
func (o *office) close() {
	for _, one := range o.idle {
		one.Leave()
	}
}
