package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"stoa/internal/visitor"
)

// load is everybody who uses the site, and what they were told.
type load struct {
	plans  []visitor.Plan
	people int

	lookBack, forget bool

	mu      sync.Mutex
	all     []*visitor.Person
	asked   int
	wrong   int
	longer  time.Duration // the longest that an answer took
	first   string        // what failed first
	told    []time.Time   // when somebody was told that their application was sent
	begun   time.Time
	stopped time.Time
}

func newLoad(plans []visitor.Plan, people int) *load { return &load{plans: plans, people: people} }

// start lets people come, one after the other at each of many places, until life ends; requests under way then end by themselves.
func (l *load) start(ctx, life context.Context, site string) *sync.WaitGroup {
	var busy sync.WaitGroup
	l.begun = time.Now()
	for range l.people {
		busy.Go(func() {
			for life.Err() == nil {
				p, err := l.next()
				if err != nil {
					l.note("making a person", 0, 0, err)
					return
				}
				if err := p.Apply(ctx, site); err != nil {
					l.fault(err)
					select { // a person does not hammer on a closed door
					case <-life.Done():
					case <-time.After(100 * time.Millisecond):
					}
				}
				if p.Sent {
					l.acknowledge()
				}
			}
		})
	}
	context.AfterFunc(life, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.stopped = time.Now()
	})
	return &busy
}

func (l *load) next() (*visitor.Person, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, err := visitor.New(len(l.all), l.plans[len(l.all)%len(l.plans)])
	if err == nil {
		p.Asked, p.LookBack = l.note, l.lookBack
		if l.forget {
			p.Forget("stoa-seen")
		}
		l.all = append(l.all, p)
	}
	return p, err
}

// note counts an answer. What is no answer, or one by a fault of ours, has failed; so has being told to come later.
func (l *load) note(what string, took time.Duration, status int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	l.longer = max(l.longer, took)
	if err == nil && status < 500 && status != 429 {
		return
	}
	l.wrong++
	if l.first == "" {
		l.first = fmt.Sprintf("first: %s, %d, %v", what, status, err)
	}
}

// fault is a way that did not lead to its end. Where every request was answered, the way itself is at fault.
func (l *load) fault(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.first == "" {
		l.wrong++
		l.first = "first: " + err.Error()
	}
}

func (l *load) acknowledge() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.told = append(l.told, time.Now())
}

// sent is how many were told that their application was sent.
func (l *load) sent() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.told)
}

func (l *load) requests() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asked
}

func (l *load) failed() (n int, first string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.wrong == 0 {
		return 0, "none"
	}
	return l.wrong, l.first
}

// stale is how many pages were looked at again, and which of them were older than what had been typed. Nobody is under way.
func (l *load) stale() (looked int, which []string) {
	for _, p := range l.all {
		looked, which = looked+p.Looked, append(which, p.Stale...)
	}
	return looked, which
}

// longest is the longest time in which nobody was told that an application was sent.
func (l *load) longest() (most time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := l.begun
	for _, at := range l.told {
		if at.After(l.stopped) {
			break
		}
		most, last = max(most, at.Sub(last)), at
	}
	return max(most, l.stopped.Sub(last))
}
