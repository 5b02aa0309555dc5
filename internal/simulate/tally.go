package simulate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"runtime"
	"slices"
	"sync"

	"stoa/internal/disclose"
)

// Replay takes past cases, some at a time, and sums up what a change would have made of them.
type Replay[T any] struct {
	judge  func(context.Context, *T) (compared, error)
	floor  int
	study  Study
	hash   hash.Hash
	lacks  map[string]*Lack
	flips  map[turn]*Flip
	facts  map[string]*counts
	order  []string // of facts
	late   Pair
	totals map[string]int
}

// turn names a flip.
type turn struct{ From, To, Why string }

// compared is one case under both rules.
type compared struct {
	id            string
	print         string // that names the case and its version
	day           string
	older         bool
	lacks         string
	before, after int64
	charged       int64
	flip          turn // zero: none
	unsent        bool // could be sent under one of the rules only
	late          [2]bool
	facts         map[string]string
}

// start begins a replay from the rules in force to changed ones, both named by their hashes.
func start[T any](floor int, judge func(context.Context, *T) (compared, error), of Study, was, is string) *Replay[T] {
	of.Inputs = Inputs{Definition: was, Changed: is}
	return &Replay[T]{judge: judge, floor: floor, study: of, hash: sha256.New(), lacks: map[string]*Lack{}, flips: map[turn]*Flip{},
		facts: map[string]*counts{}, totals: map[string]int{}}
}

// Add judges some cases at once, and sums them up in their order.
func (r *Replay[T]) Add(ctx context.Context, list []T) error {
	done, errs := make([]compared, len(list)), make([]error, len(list))
	var wait sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), len(list))
	for w := range workers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := w; i < len(list) && ctx.Err() == nil; i += workers {
				done[i], errs[i] = r.judge(ctx, &list[i])
			}
		}()
	}
	wait.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for i := range done {
		if errs[i] != nil {
			return errs[i]
		}
		r.take(&done[i])
	}
	return nil
}

// mostExamples is how many cases are named for each thing that is told.
const mostExamples = 10

func (r *Replay[T]) take(c *compared) {
	fmt.Fprintf(r.hash, "%s\n", c.print)
	s := &r.study
	s.Cases++
	if s.Inputs.From == "" || c.day < s.Inputs.From {
		s.Inputs.From = c.day
	}
	s.Inputs.Until = max(s.Inputs.Until, c.day)
	if c.lacks != "" {
		l := r.lacks[c.lacks]
		if l == nil {
			l = &Lack{What: c.lacks, Older: true}
			r.lacks[c.lacks] = l
		}
		l.N++
		l.Older = l.Older && c.older
		if len(l.Examples) < mostExamples {
			l.Examples = append(l.Examples, c.id)
		}
		return
	}
	s.Judged++
	if c.flip != (turn{}) {
		f := r.flips[c.flip]
		if f == nil {
			f = &Flip{From: c.flip.From, To: c.flip.To, Why: c.flip.Why}
			r.flips[c.flip] = f
		}
		f.N++
		if len(f.Examples) < mostExamples {
			f.Examples = append(f.Examples, c.id)
		}
	}
	for i, n := range []*int64{&r.late.Before, &r.late.After} {
		if c.late[i] {
			*n++
		}
	}
	r.sum(c)
}

func (r *Replay[T]) sum(c *compared) {
	m := r.study.Money
	if m == nil {
		m = &Money{}
		r.study.Money = m
	}
	m.Total.Before, m.Total.After, m.Charged = m.Total.Before+c.before, m.Total.After+c.after, m.Charged+c.charged
	direction := 1
	switch {
	case c.unsent:
		direction = 3
	case c.after > c.before:
		direction = 0
	case c.after < c.before:
		direction = 2
	}
	r.totals[directions[direction]]++
	for _, fact := range slices.Sorted(maps.Keys(c.facts)) {
		n := r.facts[fact]
		if n == nil {
			n = &counts{fact: fact, rows: map[string]*[4]sum{}}
			r.facts[fact] = n
		}
		if len(n.rows) <= mostValues { // beyond it the fact is not shown at all
			n.add(c.facts[fact], direction, c.before, c.after)
		}
	}
}

// finish makes the study.
func (r *Replay[T]) finish() (*Study, error) {
	s := r.study
	s.Floor = r.floor
	s.Inputs.Cases = hex.EncodeToString(r.hash.Sum(nil))
	s.Lacking, s.Flips, s.Groups = []Lack{}, []Flip{}, []Group{}
	for _, what := range slices.Sorted(maps.Keys(r.lacks)) {
		s.Lacking = append(s.Lacking, *r.lacks[what])
		s.Examples = append(s.Examples, r.lacks[what].Examples...)
	}
	for _, f := range r.flips {
		s.Flips = append(s.Flips, *f)
	}
	hidden, err := r.protectMoney(&s)
	if err != nil {
		return nil, err
	}
	s.Flips = protectFlips(s.Flips, r.floor, hidden["unsent"])
	for _, f := range s.Flips {
		s.Examples = append(s.Examples, f.Examples...)
	}
	if err := r.protectGroups(&s, hidden); err != nil {
		return nil, err
	}
	s.Late = Pair{r.fewOf(r.late.Before), r.fewOf(r.late.After)}
	s.protectCases()
	return &s, nil
}

// few reports whether a number is below the floor.
func few(n, floor int) bool { return n > 0 && n < floor }

// fewOf hides a part of those that were judged if it is below the floor, or if the rest of them is: -1.
func (r *Replay[T]) fewOf(n int64) int64 {
	if few(int(n), r.floor) || few(r.study.Judged-int(n), r.floor) {
		return -1
	}
	return n
}

// protectCases hides how many lack something where they are few. How many were looked at is hidden with them, since what is
// shown would be taken from it.
func (s *Study) protectCases() {
	all := false
	for i := range s.Lacking {
		if l := &s.Lacking[i]; few(l.N, s.Floor) {
			l.N, l.Hidden, all = 0, true, true
		}
	}
	if few(s.Judged, s.Floor) {
		s.Judged, all = -1, true
	}
	if all || few(s.Cases, s.Floor) {
		s.Cases = -1
	}
}

// protectMoney hides how many gain or lose where they are few, and then the sums as well: where all pay 5 more, the sum is how
// many they are. It gives the directions that are hidden.
func (r *Replay[T]) protectMoney(s *Study) (hidden map[string]bool, err error) {
	hidden = map[string]bool{}
	if s.Money == nil {
		return hidden, nil
	}
	if s.Judged < r.floor {
		s.Money, hidden["unsent"] = nil, true
		return hidden, nil
	}
	t := disclose.Table{Dimensions: []disclose.Dimension{disclose.Flat("direction", directions...)}}
	for _, d := range directions {
		if n := r.totals[d]; n > 0 {
			t.Cells = append(t.Cells, disclose.Cell{At: []string{d}, Count: int64(n)})
		}
	}
	p, _, err := disclose.Protect(t, disclose.Policy{Floor: r.floor, Complementary: true})
	if err != nil {
		return nil, fmt.Errorf("protecting how many gain: %w", err)
	}
	all := false // how many they are together is shown elsewhere, so it cannot be what hides them
	for _, f := range p.Figures {
		if f.Hidden {
			hidden[f.At[0]] = true
			all = all || f.At[0] == ""
		}
	}
	delete(hidden, "")
	m := s.Money
	for i, n := range []*int{&m.More, &m.Same, &m.Less, &m.Unsent} {
		d := directions[i]
		*n = r.totals[d]
		if *n > 0 && (all || hidden[d]) {
			*n, hidden[d], m.Hidden = -1, true, true
		}
	}
	if m.Hidden {
		m.Total, m.Charged = Pair{}, 0
	}
	return hidden, nil
}

// protectGroups shows who gains and who loses by each fact, but only where that hides the same sums as the study as a whole does:
// else one would give away what the other hides.
func (r *Replay[T]) protectGroups(s *Study, hidden map[string]bool) error {
	if s.Money == nil {
		return nil
	}
	for _, fact := range r.order {
		n := r.facts[fact]
		if n == nil {
			continue
		}
		g, sums, err := n.protect(r.floor)
		if err != nil {
			return fmt.Errorf("protecting the groups by %s: %w", fact, err)
		}
		if g != nil && maps.Equal(sums, hidden) {
			s.Groups = append(s.Groups, *g)
		}
	}
	return nil
}

// seal names the inputs by one hash.
func (s *Study) seal() {
	i := s.Inputs
	sum := sha256.Sum256(fmt.Appendf(nil, "stoa study 1\n%s\n%s\n%s\n%s\n%s\n%s\n%d\n%d\n", s.Kind, s.Subject, i.Definition, i.Changed, i.Cases, i.Change, i.Seed, s.Floor))
	s.Hash = hex.EncodeToString(sum[:])
}
