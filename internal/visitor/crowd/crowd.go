// Package crowd is many visitors of a site: when they come, what they come for, and what they met, as figures.
//
// They come as people do, at moments that do not ask how the site fares: an answer that is late keeps nobody else from coming,
// and what somebody waited counts from when they came (no coordinated omission). It stops at the figures.
package crowd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"stoa/internal/visitor"
)

// Plan says how many come, for how long, and for what.
type Plan struct {
	Site    string
	Plans   []visitor.Plan // what they apply for
	Rate    float64        // how many come in a second
	Seconds int
	Seed    uint64
}

// most is how many may be on the site at once; who comes then is turned away and counted.
const most = 2000

// Line is what was met of one kind of request, or of one way from its beginning to its end.
type Line struct {
	What                    string
	Count, Failed           int
	P50, P99, P999, Longest time.Duration
}

// Report is what a crowd met.
type Report struct {
	Came, TurnedAway int
	Took             time.Duration
	Ways, Requests   []Line
	FirstFailure     string
}

// way is what somebody comes for.
type way struct {
	name  string
	share int // of a hundred
	walk  func(ctx context.Context, p *visitor.Person, site string) error
}

var ways = []way{
	{"browse: home, services, one service", 60, func(ctx context.Context, p *visitor.Person, site string) error {
		return visit(ctx, p, site, "/", "/services", "/services/"+p.Plan.Service())
	}},
	{"look up: search, registers, public log", 20, func(ctx context.Context, p *visitor.Person, site string) error {
		return visit(ctx, p, site, "/services?q=licence", "/registers", "/verify", "/log/checkpoint")
	}},
	{"apply: page by page, send, pay, come back", 20, func(ctx context.Context, p *visitor.Person, site string) error {
		if err := p.Apply(ctx, site); err != nil {
			return err
		}
		return p.ReadNumber(ctx)
	}},
}

func visit(ctx context.Context, p *visitor.Person, site string, paths ...string) error {
	for _, path := range paths {
		if err := p.Follow(ctx, "GET", site+path, nil); err != nil {
			return err
		}
	}
	return nil
}

// counts gathers what was met.
type counts struct {
	mu             sync.Mutex
	ways, requests map[string]*met
	first          string
}

type met struct {
	took   []time.Duration
	failed int
}

func (c *counts) note(in map[string]*met, what string, took time.Duration, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := in[what]
	if m == nil {
		m = &met{}
		in[what] = m
	}
	m.took = append(m.took, took)
	if err != nil {
		m.failed++
		if c.first == "" {
			c.first = what + ": " + err.Error()
		}
	}
}

// Run lets them come, and waits until all have left.
func Run(ctx context.Context, plan Plan) (Report, error) {
	if plan.Rate <= 0 || plan.Seconds <= 0 || len(plan.Plans) == 0 {
		return Report{}, errors.New("say how many come in a second, for how many seconds, and what they apply for")
	}
	dice := rand.New(rand.NewPCG(plan.Seed, 1))
	c := &counts{ways: map[string]*met{}, requests: map[string]*met{}}
	var r Report
	var walking sync.WaitGroup
	room := make(chan struct{}, most)
	begun := time.Now()
	for at := time.Duration(0); ; {
		at += time.Duration(dice.ExpFloat64() / plan.Rate * float64(time.Second)) // as independent people come
		if at > time.Duration(plan.Seconds)*time.Second || ctx.Err() != nil {
			break
		}
		w, n := choose(dice), r.Came
		r.Came++
		select {
		case <-time.After(time.Until(begun.Add(at))):
		case <-ctx.Done():
		}
		select {
		case room <- struct{}{}:
		default:
			r.TurnedAway++
			continue
		}
		p, err := visitor.New(n, plan.Plans[n%len(plan.Plans)])
		if err != nil {
			return r, err
		}
		p.Asked = func(what string, took time.Duration, status int, err error) {
			if err == nil && (status >= 500 || status == 429) {
				err = fmt.Errorf("status %d", status)
			}
			c.note(c.requests, what, took, err)
		}
		came := begun.Add(at)
		walking.Go(func() {
			defer func() { <-room }()
			err := w.walk(ctx, p, plan.Site)
			c.note(c.ways, w.name, time.Since(came), err)
			p.Leave()
		})
	}
	walking.Wait()
	r.Took = time.Since(begun)
	r.Ways, r.Requests, r.FirstFailure = lines(c.ways), lines(c.requests), c.first
	return r, ctx.Err()
}

func choose(dice *rand.Rand) way {
	n := dice.IntN(100)
	for _, w := range ways {
		if n -= w.share; n < 0 {
			return w
		}
	}
	return ways[0]
}

func lines(all map[string]*met) (list []Line) {
	for what, m := range all {
		slices.Sort(m.took)
		at := func(q float64) time.Duration { return m.took[min(int(q*float64(len(m.took))), len(m.took)-1)] }
		list = append(list, Line{what, len(m.took), m.failed, at(.5), at(.99), at(.999), m.took[len(m.took)-1]})
	}
	slices.SortFunc(list, func(a, b Line) int { return b.Count - a.Count })
	return list
}

// Print writes a report for people.
func (r Report) Print(to io.Writer) error {
	_, err := fmt.Fprintf(to, "%d came in %.1f s, %d turned away\n", r.Came, r.Took.Seconds(), r.TurnedAway)
	for _, part := range []struct {
		title string
		lines []Line
	}{{"ways, from when somebody came", r.Ways}, {"requests", r.Requests}} {
		if err == nil {
			_, err = fmt.Fprintf(to, "\n%-52s %8s %8s %7s %9s %9s %9s\n", part.title, "number", "per s", "failed", "p50", "p99", "p99.9")
		}
		for _, l := range part.lines {
			if err == nil {
				_, err = fmt.Fprintf(to, "%-52s %8d %8.1f %7d %9s %9s %9s\n", l.What, l.Count, float64(l.Count)/r.Took.Seconds(), l.Failed, brief(l.P50), brief(l.P99), brief(l.P999))
			}
		}
	}
	if err == nil && r.FirstFailure != "" {
		_, err = fmt.Fprintf(to, "\nfirst failure: %s\n", r.FirstFailure)
	}
	return err
}

func brief(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
