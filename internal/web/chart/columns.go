package chart

import "math"

// drawColumns draws standing bars over dates: the series side by side, or upon one another.
func (c Chart) drawColumns(cv *canvas, st style) {
	var lo, hi float64
	for i := range c.size() {
		if c.Kind == Stack {
			up, down, _ := c.totals(i)
			lo, hi = math.Min(lo, down), math.Max(hi, up)
			continue
		}
		for _, s := range c.Series {
			lo, hi = math.Min(lo, drawn(s.Values[i])), math.Max(hi, drawn(s.Values[i]))
		}
	}
	p := c.newPlot(cv, cv.font, plotHeight(cv), lo, hi, true)
	width := p.band()
	width -= math.Min(6, width*0.25)
	for i := range c.size() {
		left := p.at(c.position(i)) - width/2
		if c.Kind == Stack {
			c.stackColumn(p, st, i, left, width)
			continue
		}
		each := width / float64(len(c.Series))
		for j, s := range c.Series {
			c.column(p, st, j, s.Values[i], left+float64(j)*each, each)
		}
	}
	cv.height = p.bottom + c.along(p)
}

func plotHeight(cv *canvas) float64 {
	if cv.width >= wide.width {
		return 300
	}
	return 220
}

func (c Chart) column(p plot, st style, series int, v Value, x, w float64) {
	if v.Is == Suppressed && w > p.cv.text("–") {
		p.cv.write(x+w/2, math.Max(p.up.at(0)-4, p.top+p.cv.font), middle, "", "–")
	}
	if v.Is == Known && v.N != 0 {
		a, b := p.up.at(0), p.up.at(v.N)
		p.cv.rect(x, math.Min(a, b), w, math.Abs(a-b), st.fill(series))
	}
}

func (c Chart) stackColumn(p plot, st style, i int, x, w float64) {
	var up, down float64
	for j, s := range c.Series {
		v := drawn(s.Values[i])
		switch {
		case v > 0:
			a, b := p.up.at(up), p.up.at(up+v)
			p.cv.rect(x, b, w, a-b, st.part(j))
			up += v
		case v < 0:
			a, b := p.up.at(down), p.up.at(down+v)
			p.cv.rect(x, a, w, b-a, st.part(j))
			down += v
		}
	}
}
