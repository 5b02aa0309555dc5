package app

import (
	"sync"
	"time"
)

// Clock is the time of an installation. It runs with the machine's, but for the demo, which lives
// through half a year in a few seconds before it starts.
type Clock struct {
	mu    sync.Mutex
	fixed time.Time // zero: the machine's time
}

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fixed.IsZero() {
		return time.Now()
	}
	return c.fixed
}

// Set holds the clock at a time; the zero time lets it run with the machine's again.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fixed = t
}
