package chart

import "math"

// extent is from where to where lines run: from zero, unless all figures lie so far above it that nothing could be
// told apart.
func (c Chart) extent() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, s := range c.Series {
		for _, values := range [][]Value{s.Values, s.Low, s.High} {
			for _, v := range values {
				if v.Is == Known {
					lo, hi = math.Min(lo, v.N), math.Max(hi, v.N)
				}
			}
		}
	}
	switch {
	case lo > hi:
		return 0, 0
	case lo >= 0 && (lo < hi*0.75 || lo == hi):
		lo = 0
	case hi <= 0 && (hi > lo*0.75 || lo == hi):
		hi = 0
	}
	return lo, hi
}

// drawLines draws each series as a line that breaks where there is no figure.
func (c Chart) drawLines(cv *canvas, st style) {
	lo, hi := c.extent()
	p := c.newPlot(cv, cv.font, plotHeight(cv), lo, hi, false)
	for i, s := range c.Series {
		if len(s.Low) > 0 {
			c.band(p, st, i, s)
		}
	}
	for i, s := range c.Series {
		c.line(p, st, i, s)
	}
	cv.height = p.bottom + c.along(p)
}

// line draws one series: what is known, then what is expected, then its marks.
func (c Chart) line(p plot, st style, i int, s Series) {
	from := len(s.Values) - s.Expected // of the forecast
	p.cv.path(c.strokes(p, s.Values, 0, from), false, st.line(i))
	if s.Expected > 0 {
		p.cv.path(c.strokes(p, s.Values, max(0, from-1), len(s.Values)), false, forecastInk(st.line(i)))
	}
	r, every := 4.0, 1
	if dense := float64(len(s.Values)) * 14 / (p.right - p.left); dense > 1 {
		every = int(math.Ceil(dense))
	}
	last := -1
	for j, v := range s.Values {
		if v.Is == Known {
			last = j
		}
	}
	for j, v := range s.Values {
		if v.Is != Known {
			continue
		}
		alone := (j == 0 || s.Values[j-1].Is != Known) && (j == len(s.Values)-1 || s.Values[j+1].Is != Known)
		if alone || j == last || j%every == 0 && (len(c.Series) > 1 || every == 1) {
			p.cv.mark(i, p.at(c.position(j)), p.up.at(v.N), r)
		}
	}
}

func forecastInk(k ink) ink {
	k.dash, k.width, k.fill = "2 4", 2.5, "none"
	return k
}

// strokes are the unbroken runs of known figures between two indices.
func (c Chart) strokes(p plot, values []Value, from, to int) [][]point {
	var out [][]point
	var run []point
	flush := func() {
		if len(run) > 1 {
			out = append(out, run)
		}
		run = nil
	}
	for i := from; i < to; i++ {
		if values[i].Is != Known {
			flush()
			continue
		}
		run = append(run, point{p.at(c.position(i)), p.up.at(values[i].N)})
	}
	flush()
	return out
}

// band draws the range around a series, where both its ends are known.
func (c Chart) band(p plot, st style, i int, s Series) {
	var shapes [][]point
	var above, below []point
	flush := func() {
		if len(above) > 1 {
			shape := above
			for j := len(below) - 1; j >= 0; j-- {
				shape = append(shape, below[j])
			}
			shapes = append(shapes, shape)
		}
		above, below = nil, nil
	}
	for j := range s.Low {
		if s.Low[j].Is != Known || s.High[j].Is != Known {
			flush()
			continue
		}
		x := p.at(c.position(j))
		above, below = append(above, point{x, p.up.at(s.High[j].N)}), append(below, point{x, p.up.at(s.Low[j].N)})
	}
	flush()
	p.cv.path(shapes, true, st.band(i))
}

// drawArea draws the series upon one another. A date at which one is not known is a gap in all, since their sum is not.
func (c Chart) drawArea(cv *canvas, st style) {
	sums := make([][]Value, len(c.Series)+1) // upper edges; the first is zero
	sums[0] = make([]Value, c.size())
	var hi float64
	for j := range c.Series {
		sums[j+1] = make([]Value, c.size())
	}
	for i := range c.size() {
		_, _, total := c.totals(i)
		sum := 0.0
		sums[0][i].Is = total.Is
		for j, s := range c.Series {
			sum += drawn(s.Values[i])
			sums[j+1][i] = Value{N: sum, Is: total.Is}
		}
		if total.Is == Known {
			hi = math.Max(hi, sum)
		}
	}
	p := c.newPlot(cv, cv.font, plotHeight(cv), 0, hi, false)
	for j := range c.Series {
		lower, upper := c.runs(p, sums[j]), c.runs(p, sums[j+1])
		var shapes [][]point
		for k := range upper {
			shape := upper[k]
			for n := len(lower[k]) - 1; n >= 0; n-- {
				shape = append(shape, lower[k][n])
			}
			shapes = append(shapes, shape)
		}
		k := st.part(j)
		cv.path(shapes, true, k)
	}
	cv.height = p.bottom + c.along(p)
}

// runs are the unbroken edges; a date alone between gaps becomes a little wide, so that it is seen.
func (c Chart) runs(p plot, values []Value) [][]point {
	var out [][]point
	var run []point
	flush := func() {
		if len(run) == 1 {
			x := math.Min(math.Max(run[0].x, p.left+2), p.right-2)
			run = []point{{x - 2, run[0].y}, {x + 2, run[0].y}}
		}
		if len(run) > 0 {
			out = append(out, run)
		}
		run = nil
	}
	for i, v := range values {
		if v.Is != Known {
			flush()
			continue
		}
		run = append(run, point{p.at(c.position(i)), p.up.at(v.N)})
	}
	flush()
	return out
}
