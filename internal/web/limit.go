package web

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiter bounds how much comes from one address. It forgets the addresses it has not heard of for
// longest, so that its memory is bounded: who comes from very many addresses is not its business.
type limiter struct {
	mu     sync.Mutex
	every  rate.Limit
	burst  int
	known  map[string]*list.Element
	recent *list.List
}

type limited struct {
	address string
	*rate.Limiter
}

const addresses = 20_000

func newLimiter(n int, per time.Duration) *limiter {
	return &limiter{every: rate.Limit(float64(n) / per.Seconds()), burst: n, known: map[string]*list.Element{}, recent: list.New()}
}

func (l *limiter) allow(address string, now time.Time) bool { return l.of(address).AllowN(now, 1) }

// of is the address's own limit.
func (l *limiter) of(address string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.known[address]
	if !ok {
		e = l.recent.PushFront(&limited{address, rate.NewLimiter(l.every, l.burst)})
		l.known[address] = e
		if l.recent.Len() > addresses {
			last := l.recent.Back()
			delete(l.known, last.Value.(*limited).address)
			l.recent.Remove(last)
		}
	}
	l.recent.MoveToFront(e)
	return e.Value.(*limited).Limiter
}
