package app

import (
	"sync"
	"time"
)

// Clock is the time of an installation. It runs with the machine's, but for the demo's, which lives
// through half a year in a few seconds before it starts, and whose visitors may let days pass.
type Clock struct {
	mu    sync.Mutex
	fixed time.Time // zero: running
	ahead time.Duration
}

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fixed.IsZero() {
		return time.Now().Add(c.ahead)
	}
	return c.fixed
}

// Set holds the clock at a time; the zero time lets it run again.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fixed = t
}

// Advance puts the running clock forward.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}
