package forecast

import "math"

// minimum searches an interval for the least value of f: a coarse grid, for f may have two valleys, then
// golden sections around its best point, to about a thousandth of the interval.
func minimum(low, high float64, f func(float64) float64) float64 {
	const cells = 8
	best, at := math.Inf(1), 0
	for i := range cells + 1 {
		if v := f(low + (high-low)*float64(i)/cells); v < best {
			best, at = v, i
		}
	}
	a := low + (high-low)*float64(max(at-1, 0))/cells
	b := low + (high-low)*float64(min(at+1, cells))/cells
	const ratio = .6180339887498949
	x1, x2 := b-ratio*(b-a), a+ratio*(b-a)
	f1, f2 := f(x1), f(x2)
	for b-a > 2e-3*(high-low) {
		if f1 <= f2 {
			b, x2, f2 = x2, x1, f1
			x1 = b - ratio*(b-a)
			f1 = f(x1)
		} else {
			a, x1, f1 = x1, x2, f2
			x2 = a + ratio*(b-a)
			f2 = f(x2)
		}
	}
	x, v := x1, f1
	if f2 < v {
		x, v = x2, f2
	}
	if grid := low + (high-low)*float64(at)/cells; best < v {
		x = grid
	}
	return x
}

// simplex searches the unit box for the least value of f by the method of Nelder and Mead (Computer Journal 7
// (1965) 308-313), from the best of the starts, with at most rounds steps. Points outside are moved to the wall.
func simplex(starts [][]float64, f func([]float64) float64, rounds int) []float64 {
	d := len(starts[0])
	points := make([][]float64, d+1)
	values := make([]float64, d+1)
	values[0] = math.Inf(1)
	for _, s := range starts {
		if v := f(s); v < values[0] || points[0] == nil {
			points[0], values[0] = append([]float64(nil), s...), v
		}
	}
	for i := 1; i <= d; i++ {
		p := append([]float64(nil), points[0]...)
		if p[i-1] > .5 {
			p[i-1] -= .15
		} else {
			p[i-1] += .15
		}
		points[i], values[i] = p, f(p)
	}
	centre, trial, second := make([]float64, d), make([]float64, d), make([]float64, d)
	move := func(to []float64, by float64) float64 {
		for j := range to {
			to[j] = min(max(centre[j]+by*(points[d][j]-centre[j]), 0), 1)
		}
		return f(to)
	}
	for range rounds {
		order(points, values)
		if values[d]-values[0] <= 3e-4*math.Abs(values[0]) {
			break
		}
		for j := range centre {
			centre[j] = 0
			for i := range d {
				centre[j] += points[i][j] / float64(d)
			}
		}
		v := move(trial, -1)
		switch {
		case v < values[0]:
			if w := move(second, -2); w < v {
				trial, second, v = second, trial, w
			}
		case v >= values[d-1]:
			by := .5
			if v < values[d] {
				by = -.5
			}
			w := move(second, by)
			if w >= min(v, values[d]) {
				shrink(points, values, f)
				continue
			}
			trial, second, v = second, trial, w
		}
		copy(points[d], trial)
		values[d] = v
	}
	order(points, values)
	return points[0]
}

func shrink(points [][]float64, values []float64, f func([]float64) float64) {
	for i := 1; i < len(points); i++ {
		for j := range points[i] {
			points[i][j] = (points[i][j] + points[0][j]) / 2
		}
		values[i] = f(points[i])
	}
}

// order sorts the few points of a simplex, best first.
func order(points [][]float64, values []float64) {
	for i := 1; i < len(values); i++ {
		for j := i; j > 0 && values[j] < values[j-1]; j-- {
			values[j], values[j-1] = values[j-1], values[j]
			points[j], points[j-1] = points[j-1], points[j]
		}
	}
}
