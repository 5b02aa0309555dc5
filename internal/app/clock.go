package app

import (
	"os"
	"path/filepath"
	"sync"
	"time"
)

// wrongBy names a file in the data folder that says by how much the clock is wrong ("-40m"). It is empty in every program but the
// one that test/nodes builds to let clocks jump: libraries that pretend another time do not reach a Go program.
var wrongBy string

// machine is what the machine's clock shows.
func machine() time.Time {
	if wrongBy == "" {
		return time.Now()
	}
	text, err := os.ReadFile(filepath.Join(os.Getenv("STOA_DATA"), wrongBy))
	if err != nil {
		return time.Now()
	}
	by, err := time.ParseDuration(string(text))
	if err != nil {
		return time.Now()
	}
	return time.Now().Round(0).Add(by)
}

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
		return machine().Add(c.ahead)
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
