package simulate

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"stoa/internal/allocate"
)

// TestTheQueueAgreesWithErlangC: random arrivals and random service, many days over. The mean wait must lie within the interval
// of Erlang's formula, which is the truth here.
func TestTheQueueAgreesWithErlangC(t *testing.T) {
	for _, c := range []struct {
		officers int
		load     float64
	}{{1, 0.5}, {2, 1.4}, {5, 4}, {8, 6}} {
		const service, runs, pieces = 10.0, 30, 20_000
		var means []float64
		for run := range runs {
			chance := rand.New(rand.NewPCG(7, uint64(run)))
			l := Line{Day: 480}
			at := 0.0
			for range pieces {
				at += chance.ExpFloat64() * service / c.load
				l.Arrivals = append(l.Arrivals, at)
			}
			l.Length = at
			for range 5_000 {
				l.Handling = append(l.Handling, chance.ExpFloat64()*service)
			}
			means = append(means, onePlay(l, c.officers, uint64(run))*60)
		}
		mean, spread := 0.0, 0.0
		for _, m := range means {
			mean += m / runs
		}
		for _, m := range means {
			spread += (m - mean) * (m - mean)
		}
		within := 2.045 * math.Sqrt(spread/(runs*(runs-1))) // Student's t with 29 degrees of freedom
		want := allocate.ErlangC(c.load, c.officers, service, 0).MeanSeconds
		if math.Abs(mean-want) > within {
			t.Errorf("%d officers, load %.1f: %.3f minutes, give or take %.3f; Erlang says %.3f", c.officers, c.load, mean, within, want)
		}
		t.Logf("%d officers, load %.1f: %.3f ± %.3f, Erlang %.3f", c.officers, c.load, mean, within, want)
	}
}

// onePlay is the mean wait in hours of a single replication.
func onePlay(l Line, officers int, seed uint64) float64 {
	return l.once(officers, seed, 0, &Play{}, nil)
}

// TestTheQueueAgreesWithASlowOne plays it minute by minute.
func TestTheQueueAgreesWithASlowOne(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		l := Line{Length: 500, Day: 480, Handling: []float64{float64(1 + chance.IntN(20))}}
		at := 0
		for range 30 {
			at += chance.IntN(12)
			l.Arrivals = append(l.Arrivals, float64(at))
		}
		officers := 1 + chance.IntN(4)
		left, next, sum := make([]int, officers), 0, 0
		for minute := 0; next < len(l.Arrivals); minute++ {
			for o := range left {
				if left[o] > 0 {
					left[o]--
				}
			}
			for o := range left {
				if left[o] == 0 && next < len(l.Arrivals) && int(l.Arrivals[next]) <= minute {
					sum += minute - int(l.Arrivals[next])
					left[o] = int(l.Handling[0])
					next++
				}
			}
		}
		got, want := onePlay(l, officers, 1), float64(sum)/60/float64(len(l.Arrivals))
		if math.Abs(got-want) > 1e-9 {
			t.Fatalf("%v with %d officers: %v, slowly %v", l, officers, got, want)
		}
	}
}

func TestOneMoreOfficerNeverMakesItLonger(t *testing.T) {
	chance := rand.New(rand.NewPCG(3, 4))
	l := Line{Length: 48_000, Day: 480}
	for range 900 {
		l.Arrivals = append(l.Arrivals, chance.Float64()*l.Length)
		l.Handling = append(l.Handling, 5+chance.ExpFloat64()*100)
	}
	slices.Sort(l.Arrivals)
	p, err := PlayQueue(t.Context(), l, 2, 4, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(p.Plays); i++ {
		if p.Plays[i].Mean > p.Plays[i-1].Mean {
			t.Errorf("%+v waits longer than %+v", p.Plays[i], p.Plays[i-1])
		}
	}
	again, err := PlayQueue(t.Context(), l, 2, 4, 1)
	if err != nil || again.With(4).Mean != p.With(4).Mean {
		t.Errorf("the same again: %v, %v", again, err)
	}
	if p.Now != 2 || p.With(1) == nil || p.With(5) == nil || p.Least < 2 {
		t.Errorf("played %+v", p)
	}
}

func TestAQueueOfWhichLittleIsKnown(t *testing.T) {
	for _, l := range []Line{{}, {Arrivals: []float64{1, 2}, Length: 10, Day: 480}, {Arrivals: []float64{1}, Length: 1, Day: 1, Handling: []float64{1}}, {Arrivals: []float64{1, 2}, Length: 1, Day: 1, Handling: []float64{0}}} {
		if _, err := PlayQueue(t.Context(), l, 1, 2, 1); !errors.Is(err, ErrNoQueue) {
			t.Errorf("%+v: %v", l, err)
		}
	}
	if _, err := PlayQueue(t.Context(), Line{Arrivals: []float64{1, 2}, Length: 10, Day: 480, Handling: []float64{1}}, 0, 2, 1); !errors.Is(err, ErrNoQueue) {
		t.Error(err)
	}
}

// TestAQueueIsLeftWhenNobodyWaits for it any more, between two plays.
func TestAQueueIsLeftWhenNobodyWaits(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := PlayQueue(ctx, Line{Arrivals: []float64{1, 2}, Length: 10, Day: 480, Handling: []float64{1}}, 1, 2, 1)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("played on: %v", err)
	}
}

// TestADayIsFittedToWhatPeopleWaited: a queue is played with a known day; from what people waited in it the day is found again.
func TestADayIsFittedToWhatPeopleWaited(t *testing.T) {
	chance := rand.New(rand.NewPCG(3, 9))
	line := func(day float64) Line {
		l := Line{Day: day, Handling: []float64{20, 40, 60}}
		in := rand.New(rand.NewPCG(5, 5))
		for at := 0.0; at < 120; at += in.ExpFloat64() / 2 { // two a day
			l.Arrivals = append(l.Arrivals, at*day)
		}
		l.Length = 120 * day
		return l
	}
	for range 5 {
		want := 38 + chance.Float64()*8
		was, err := line(want).play(t.Context(), 2, 1)
		if err != nil {
			t.Fatal(err)
		}
		got, err := FitDay(t.Context(), line, 2, was.Mean*60/want, 1)
		if err != nil || math.Abs(got-want) > 2 {
			t.Errorf("a day of %.1f minutes is fitted as %.1f, %v", want, got, err)
		}
	}
	if got, err := FitDay(t.Context(), line, 2, 0, 1); err != nil || got != longestDay {
		t.Errorf("where nobody waits, officers have %.0f minutes, %v", got, err)
	}
}
