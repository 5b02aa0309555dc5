package chart

import (
	"math"
	"slices"
)

// simplify leaves out points that lie within a distance of the line without them (Douglas and Peucker, 1973). A closed
// ring keeps its first and its farthest point.
func simplify(line []point, within float64) []point {
	if len(line) < 4 {
		return line
	}
	keep := make([]bool, len(line))
	keep[0], keep[len(line)-1] = true, true
	far, most := 0, -1.0
	for i, p := range line {
		if d := math.Hypot(p.x-line[0].x, p.y-line[0].y); d > most {
			far, most = i, d
		}
	}
	keep[far] = true
	type span struct{ from, to int }
	work := []span{{0, far}, {far, len(line) - 1}}
	for len(work) > 0 {
		s := work[len(work)-1]
		work = work[:len(work)-1]
		at, off := 0, within
		for i := s.from + 1; i < s.to; i++ {
			if d := distance(line[i], line[s.from], line[s.to]); d > off {
				at, off = i, d
			}
		}
		if at > 0 {
			keep[at] = true
			work = append(work, span{s.from, at}, span{at, s.to})
		}
	}
	var out []point
	for i, p := range line {
		if keep[i] {
			out = append(out, p)
		}
	}
	return out
}

// distance is from p to the stretch a–b.
func distance(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = math.Min(1, math.Max(0, ((p.x-a.x)*dx+(p.y-a.y)*dy)/l))
	}
	return math.Hypot(p.x-a.x-t*dx, p.y-a.y-t*dy)
}

// crossings are the stretches of a level line that lie inside a ring.
func crossings(ring []point, y float64) [][2]float64 {
	var xs []float64
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if (a.y > y) != (b.y > y) {
			xs = append(xs, a.x+(y-a.y)/(b.y-a.y)*(b.x-a.x))
		}
	}
	slices.Sort(xs)
	var out [][2]float64
	for i := 0; i+1 < len(xs); i += 2 {
		out = append(out, [2]float64{xs[i], xs[i+1]})
	}
	return out
}
