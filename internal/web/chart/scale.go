package chart

import "math"

// largest is the largest figure that is drawn: beyond it a float64 no longer tells whole numbers apart.
const largest = 1 << 53

// scale maps figures to lengths between its ticks.
type scale struct {
	ticks    []float64
	lo, hi   float64
	from, to float64 // where lo and hi are
}

// newScale covers lo to hi with about n ticks whose distance is 1, 2 or 5 times a power of ten, and not less than least.
func newScale(lo, hi float64, n int, least float64) scale {
	// Steps finer than a float64 can count are none: i*step would stand still.
	least = math.Max(least, math.Max(math.Abs(lo), math.Abs(hi))*1e-12)
	if lo == hi {
		hi = lo + math.Max(1, least)
	}
	step := niceStep((hi-lo)/float64(max(1, n)), least)
	first, last := math.Floor(lo/step+1e-9), math.Ceil(hi/step-1e-9)
	if last <= first {
		last = first + 1
	}
	var s scale
	for i := first; i <= last; i++ {
		s.ticks = append(s.ticks, i*step)
	}
	s.lo, s.hi = first*step, last*step
	return s
}

// niceStep is the smallest of 1, 2, 5 × 10ⁿ that is at least v and at least least.
func niceStep(v, least float64) float64 {
	v = math.Max(v, least)
	if v <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5, 10, 20} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 50 * power
}

// at is where a figure lies.
func (s scale) at(v float64) float64 {
	t := (v - s.lo) / (s.hi - s.lo)
	return s.from + math.Min(1, math.Max(0, t))*(s.to-s.from)
}

// step is the distance of ticks.
func (s scale) step() float64 { return s.ticks[1] - s.ticks[0] }
