package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"log/slog"
	"sync"
	"time"
)

// Shared is what the processes of an installation count together, so that with each of them no more is let through. Its marks
// are keyed hashes of addresses, of one hour each.
type Shared struct {
	Count func(ctx context.Context, since time.Time, add map[[16]byte]int64) (sums map[[16]byte]int64, err error)
	Once  func(ctx context.Context, mark [16]byte, until time.Time) (first bool, err error)
}

// A process tells the others what it let through from an address, and asks what they did, after a tenth of what is free, or when
// shareEvery has passed: so much each can let through beyond. Where the database does not answer, each counts for itself.
const shareEvery = 2 * time.Second

// common is a limiter whose counts are shared. What others counted is taken from what is free here.
type common struct {
	*limiter
	kind string
	key  []byte
	with Shared
	log  *slog.Logger

	talking sync.Mutex // one exchange at a time
	mu      sync.Mutex
	since   time.Time         // the hour of what follows
	known   map[string]*count // by address
}

// count is what a process knows of an address in an hour.
type count struct {
	asked  time.Time
	add    int64 // counted here, not told yet
	told   int64 // counted here, told
	others int64 // counted elsewhere, taken from what is free here
}

func newCommon(kind string, n int, per time.Duration, key []byte, with Shared, log *slog.Logger) *common {
	return &common{limiter: newLimiter(n, per), kind: kind, key: key, with: with, log: log}
}

func (c *common) mark(address string, since time.Time) (m [16]byte) {
	h := hmac.New(sha256.New, c.key)
	h.Write([]byte("stoa tally v1\x00" + c.kind + "\x00"))
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(since.Unix())))
	h.Write([]byte(address))
	copy(m[:], h.Sum(nil))
	return m
}

// allow is the limiter's, of what comes from an address to all processes.
func (c *common) allow(ctx context.Context, address string, now time.Time) bool {
	if c.with.Count == nil {
		return c.limiter.allow(address, now)
	}
	c.learn(ctx, address, now)
	ok := c.limiter.allow(address, now)
	if ok {
		c.counted(address, 1)
	}
	return ok
}

// turn is how long an address waits for its next turn, and takes it.
func (c *common) turn(ctx context.Context, address string, now time.Time) time.Duration {
	if c.with.Count != nil {
		c.learn(ctx, address, now)
	}
	wait, taken := c.limiter.turn(address, now)
	if taken {
		c.counted(address, 1)
	}
	return wait
}

func (c *common) counted(address string, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := c.known[address]; k != nil {
		k.add += n
	}
}

// learn tells the others what came from an address, this one too, and takes what they counted from what is free here.
func (c *common) learn(ctx context.Context, address string, now time.Time) {
	if !c.due(address, now) || !c.talking.TryLock() {
		return // another request is at it
	}
	defer c.talking.Unlock()
	c.mu.Lock()
	since, add, of := c.since, map[[16]byte]int64{}, map[[16]byte]string{}
	for a, k := range c.known {
		if k.add != 0 || a == address {
			m := c.mark(a, since)
			add[m], of[m] = k.add, a
		}
	}
	c.mu.Unlock()
	sums, err := c.with.Count(ctx, since, add)
	if err != nil {
		c.log.Warn("limits are counted by this process alone", "kind", c.kind, "error", err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for m, sum := range sums {
		k := c.known[of[m]]
		if k == nil || c.since != since {
			continue // an hour has ended meanwhile
		}
		k.add, k.told = k.add-add[m], k.told+add[m]
		for ; k.others < sum-k.told; k.others++ {
			c.of(of[m]).ReserveN(now, 1)
		}
	}
}

// due reports whether it is time to learn about an address, and begins an hour.
func (c *common) due(address string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if since := now.UTC().Truncate(time.Hour); c.since != since {
		c.since, c.known = since, map[string]*count{}
	}
	k := c.known[address]
	switch {
	case k == nil && len(c.known) >= addresses:
		return false // who comes from very many addresses is not its business
	case k == nil:
		k = &count{}
		c.known[address] = k
	case now.Sub(k.asked) < shareEvery && k.add < max(1, int64(c.burst)/10):
		return false
	}
	k.asked = now
	return true
}
