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
	Desks   []visitor.Desk // where officers decide; none come to a site where nobody can sign in by a click
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
	NoOfficers       bool // nobody could sign in by a click
	Took             time.Duration
	Ways, Requests   []Line
	FirstFailure     string
}

// way is what somebody comes for.
type way struct {
	name  string
	share int
	walk  func(ctx context.Context, p *visitor.Person, site string) error // nil for officers, who do not come as strangers
}

var ways = []way{
	{"browse: home, services, one service", 52, func(ctx context.Context, p *visitor.Person, site string) error {
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
	{"decide: queue, case, decision, its letter", 8, nil}, // every other application is for what officers decide
}

// nothingWaits is what an officer's way is counted as where there was nothing to decide, so that it does not pass for a fast decision.
const nothingWaits = "look at the queue: nothing waits"

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

// asked is told of every answer.
type asked = func(what string, took time.Duration, status int, err error)

// asked counts an answer; one by a fault of the site, or to come later, has failed.
func (c *counts) asked(what string, took time.Duration, status int, err error) {
	if err == nil && (status >= 500 || status == 429) {
		err = fmt.Errorf("status %d", status)
	}
	c.note(c.requests, what, took, err)
}

// Run lets them come, and waits until all have left.
func Run(ctx context.Context, plan Plan) (Report, error) {
	if plan.Rate <= 0 || plan.Seconds <= 0 || len(plan.Plans) == 0 {
		return Report{}, errors.New("say how many come in a second, for how many seconds, and what they apply for")
	}
	dice := rand.New(rand.NewPCG(plan.Seed, 1))
	c := &counts{ways: map[string]*met{}, requests: map[string]*met{}}
	var r Report
	desks := &office{desks: plan.Desks}
	if len(plan.Desks) > 0 && !visitor.Demonstration(ctx, plan.Site) {
		desks.desks, r.NoOfficers = nil, true
	}
	open := ways
	if len(desks.desks) == 0 {
		open = slices.DeleteFunc(slices.Clone(ways), func(w way) bool { return w.walk == nil })
	}
	var walking sync.WaitGroup
	room := make(chan struct{}, most)
	begun := time.Now()
	for at := time.Duration(0); ; {
		at += time.Duration(dice.ExpFloat64() / plan.Rate * float64(time.Second)) // as independent people come
		if at > time.Duration(plan.Seconds)*time.Second || ctx.Err() != nil {
			break
		}
		w, n := choose(dice, open), r.Came
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
		came := begun.Add(at)
		walking.Go(func() {
			defer func() { <-room }()
			name, err := w.name, error(nil)
			if w.walk == nil {
				err = desks.work(ctx, n, plan.Site, c.asked)
			} else {
				err = w.come(ctx, n, plan, c.asked)
			}
			if errors.Is(err, visitor.ErrNothingWaits) {
				name, err = nothingWaits, nil
			}
			c.note(c.ways, name, time.Since(came), err)
		})
	}
	walking.Wait()
	desks.close()
	r.Took = time.Since(begun)
	r.Ways, r.Requests, r.FirstFailure = lines(c.ways), lines(c.requests), c.first
	return r, ctx.Err()
}

// come is the nth's way from their first page to their last.
func (w way) come(ctx context.Context, n int, plan Plan, asked asked) error {
	p, err := visitor.New(n, plan.Plans[n%len(plan.Plans)])
	if err != nil {
		return err
	}
	defer p.Leave()
	p.Asked = asked
	return w.walk(ctx, p, plan.Site)
}

func choose(dice *rand.Rand, open []way) way {
	all := 0
	for _, w := range open {
		all += w.share
	}
	n := dice.IntN(all)
	for _, w := range open {
		if n -= w.share; n < 0 {
			return w
		}
	}
	return open[0]
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
	if err == nil && r.NoOfficers {
		_, err = fmt.Fprintln(to, "no officers came: nobody can sign in there by a click, as in a demo")
	}
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
