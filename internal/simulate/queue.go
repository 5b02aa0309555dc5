package simulate

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Line is a queue as it was: when work came in and how long one piece took, both in minutes of office hours.
type Line struct {
	Arrivals []float64 // in order, from the beginning of the time looked at
	Length   float64   // of that time
	Handling []float64 // minutes that pieces took: drawn from, not assumed to have a form
	Day      float64   // office minutes of a day
}

// Played is what was seen of a queue, with the officers that it has and with others.
type Played struct {
	Arrivals int      `json:"arrivals"`
	Days     int      `json:"days"`                  // working days looked at
	Minutes  float64  `json:"minutes"`               // that a piece takes on average
	Measured int      `json:"measured"`              // pieces from which that is known; 0: somebody said so
	Plays    []Play   `json:"plays"`                 // by number of officers
	Now      int      `json:"now"`                   // officers there are
	Then     int      `json:"then"`                  // officers that are tried
	Least    int      `json:"least"`                 // with fewer the queue only grows
	Binds    string   `json:"binds"`                 // officers: too few for the work; nothing: people hardly wait
	One      *float64 `json:"one,omitempty"`         // hours that one officer more takes off the mean wait
	Day      float64  `json:"day_minutes,omitempty"` // of an officer's day for these cases
	Waited   float64  `json:"waited_days,omitempty"` // what people waited in fact, to which Day was fitted; 0: somebody said the day
}

// Play is what was seen with a number of officers. Waits are in office hours, from coming in to being taken up.
type Play struct {
	Officers int     `json:"officers"`
	Mean     float64 `json:"mean_hours"`
	Within   float64 `json:"plus_minus_hours"`  // half of the 95 % interval of the mean
	Most     float64 `json:"nine_in_ten_hours"` // on average of the plays
	Left     float64 `json:"left"`              // pieces not taken up when the time ended
	Busy     float64 `json:"busy"`              // share of the officers' time
	Hours    float64 `json:"hours"`
}

// replications is how often a queue is played; each draws other times that pieces take.
const replications = 40

// student is Student's t with replications-1 degrees of freedom, 97.5 %.
const student = 2.023

// ErrNoQueue says that too little is known to play a queue.
var ErrNoQueue = errors.New("too little is known to play the queue")

// PlayQueue plays the arrivals as they were, with the officers there are, with those that are tried, and one more and one
// fewer than each. Every number of officers meets the same work.
func PlayQueue(ctx context.Context, l Line, now, then int, seed uint64) (*Played, error) {
	switch {
	case len(l.Arrivals) < 2 || !(l.Length > 0) || !(l.Day > 0):
		return nil, fmt.Errorf("%d arrivals: %w", len(l.Arrivals), ErrNoQueue)
	case len(l.Handling) == 0 || slices.Min(l.Handling) <= 0:
		return nil, fmt.Errorf("nobody knows how long a case takes: %w", ErrNoQueue)
	case now < 1 || then < 1:
		return nil, fmt.Errorf("%d and %d officers: %w", now, then, ErrNoQueue)
	}
	mean := 0.0
	for _, h := range l.Handling {
		mean += h / float64(len(l.Handling))
	}
	p := &Played{Arrivals: len(l.Arrivals), Days: int(math.Ceil(l.Length / l.Day)), Minutes: mean, Now: now, Then: then, Day: l.Day,
		Least: int(math.Floor(float64(len(l.Arrivals))*mean/l.Length)) + 1, Binds: "nothing"}
	wanted := []int{now - 1, now, now + 1, then - 1, then, then + 1}
	slices.Sort(wanted)
	for _, n := range slices.Compact(wanted) {
		if n >= 1 {
			one, err := l.play(ctx, n, seed)
			if err != nil {
				return nil, err
			}
			p.Plays = append(p.Plays, one)
		}
	}
	a, b := p.With(then), p.With(then+1)
	if one := a.Mean - b.Mean; one > a.Within {
		p.One, p.Binds = &one, "officers"
	}
	return p, nil
}

// longestDay and shortestDay are the office minutes of a day that are tried when it is fitted.
const (
	longestDay  = 7 * 60.0
	shortestDay = 5.0
)

// FitDay finds how many minutes of a day officers have for a queue: the day on which the queue, played with the officers that
// there were, waits as many days as people did. Nobody notes what else officers do; what people waited says it.
func FitDay(ctx context.Context, line func(day float64) Line, officers int, days float64, seed uint64) (float64, error) {
	waits := func(day float64) (float64, error) {
		one, err := line(day).play(ctx, officers, seed)
		return one.Mean * 60 / day, err
	}
	low, high := shortestDay, longestDay
	if got, err := waits(high); err != nil || got >= days {
		return high, err
	}
	for high-low > 1 {
		mid := math.Sqrt(low * high)
		got, err := waits(mid)
		if err != nil {
			return 0, err
		}
		if got > days {
			low = mid
		} else {
			high = mid
		}
	}
	return math.Round(high), nil
}

// With is the play with a number of officers; nil if it was not played.
func (p *Played) With(officers int) *Play {
	for i := range p.Plays {
		if p.Plays[i].Officers == officers {
			return &p.Plays[i]
		}
	}
	return nil
}

// play takes each piece up in the order in which it came, by the officer who is free first.
func (l Line) play(ctx context.Context, officers int, seed uint64) (Play, error) {
	out := Play{Officers: officers}
	var means [replications]float64
	waits := make([]float64, 0, len(l.Arrivals)) // of one replication; all of them would be too many to hold
	for r := range replications {
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		waits = waits[:0]
		means[r] = l.once(officers, seed, uint64(r), &out, &waits)
		out.Mean += means[r] / replications
		slices.Sort(waits)
		out.Most += waits[len(waits)*9/10] / 60 / replications
	}
	spread := 0.0
	for _, m := range means {
		spread += (m - out.Mean) * (m - out.Mean)
	}
	out.Within = student * math.Sqrt(spread/(replications*(replications-1)))
	out.Left, out.Hours = out.Left/replications, out.Hours/replications
	out.Busy /= replications * l.Length * float64(officers)
	return out, nil
}

// once plays the queue once and gives the mean wait in hours; the rest goes to out and waits.
func (l Line) once(officers int, seed, replication uint64, out *Play, waits *[]float64) float64 {
	chance := rand.New(rand.NewPCG(seed, replication+1)) // the same for any number of officers
	free := make(freeAt, officers)
	sum := 0.0
	for _, came := range l.Arrivals {
		takes := l.Handling[chance.IntN(len(l.Handling))]
		begins := max(came, free[0])
		sum += begins - came
		if begins > l.Length {
			out.Left++
		}
		out.Busy += min(max(0, l.Length-begins), takes)
		out.Hours += takes / 60
		free[0] = begins + takes
		heap.Fix(&free, 0)
		if waits != nil {
			*waits = append(*waits, begins-came)
		}
	}
	return sum / float64(len(l.Arrivals)) / 60
}

// freeAt is when officers are free, the first on top.
type freeAt []float64

func (f freeAt) Len() int           { return len(f) }
func (f freeAt) Less(i, j int) bool { return f[i] < f[j] }
func (f freeAt) Swap(i, j int)      { f[i], f[j] = f[j], f[i] }

// Push and Pop are for container/heap, which only moves them here.
func (f *freeAt) Push(x any) { *f = append(*f, x.(float64)) }

// Pop takes the last.
func (f *freeAt) Pop() any {
	old := *f
	last := old[len(old)-1]
	*f = old[:len(old)-1]
	return last
}
