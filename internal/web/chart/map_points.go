package chart

import (
	"math"
	"slices"
	"strings"

	"github.com/a-h/templ"
)

// points draws the marks, the largest first so that small ones lie on top, and the names for which there is room.
func (m Map) points(cv *canvas, p projection, taken []box) {
	most := 0.0
	for _, pt := range m.Points {
		if !pt.Plain {
			most = math.Max(most, math.Abs(drawn(pt.Value)))
		}
	}
	group := map[string]int{}
	for i, g := range m.groups() {
		group[g] = i
	}
	order := slices.Clone(m.Points)
	slices.SortStableFunc(order, func(a, b Point) int {
		switch x, y := math.Abs(drawn(a.Value)), math.Abs(drawn(b.Value)); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	for _, pt := range order {
		at, r := p.at(pt.Lon, pt.Lat), radius(pt, most)
		cv.spot(group[pt.Group], at, r, pt)
		taken = append(taken, box{at.x - r, at.y - r, at.x + r, at.y + r})
	}
	if len(order) > 40 {
		return
	}
	for _, pt := range order {
		at, r := p.at(pt.Lon, pt.Lat), radius(pt, most)
		w := cv.text(pt.Name)
		right := box{at.x + r + 3, at.y - cv.font*0.6, at.x + r + 3 + w, at.y + cv.font*0.5}
		left := box{at.x - r - 3 - w, right.top, at.x - r - 3, right.bottom}
		switch {
		case right.right <= cv.width && !meetsAny(right, taken):
			cv.write(right.left, at.y+cv.font*0.36, start, "stoa-chart__halo", pt.Name)
			taken = append(taken, right)
		case left.left >= 0 && !meetsAny(left, taken):
			cv.write(left.right, at.y+cv.font*0.36, end, "stoa-chart__halo", pt.Name)
			taken = append(taken, left)
		}
	}
}

// radius makes areas proportional to figures.
func radius(pt Point, most float64) float64 {
	if pt.Plain || most == 0 || pt.Value.Is != Known {
		return 5
	}
	return math.Max(2.5, 15*math.Sqrt(math.Abs(pt.Value.N)/most))
}

// spot is a point's mark; one without a figure, or below zero, is hollow.
func (c *canvas) spot(i int, at point, r float64, pt Point) {
	if !pt.Plain && (pt.Value.Is != Known || pt.Value.N < 0) {
		c.circle(at.x, at.y, r, ink{class: "stoa-l" + class(i)[len("stoa-s"):], fill: "none", stroke: hue(i), width: 2})
		return
	}
	c.mark(i, at.x, at.y, r)
}

// key says what shades and marks mean.
func (m Map) key(st style, s scale) string {
	var b strings.Builder
	item := func(swatch func(cv *canvas), name string) {
		cv := m.Frame.canvas(size{width: 30, font: 14})
		swatch(cv)
		b.WriteString(`<li><svg viewBox="0 0 30 14" width="30" height="14" aria-hidden="true" focusable="false">` + cv.b.String() +
			"</svg> <span>" + templ.EscapeString(name) + "</span></li>")
	}
	f := m.figures()
	for i := 0; i+1 < len(s.ticks); i++ {
		k := ink{fill: ramp[shadeOf(i, len(s.ticks)-1)], stroke: "#1a2321", width: 0.7}
		item(func(cv *canvas) { cv.rect(0.5, 0.5, 29, 13, k) },
			m.Printer.T("{from} to {to}", map[string]any{"from": f.tick(s.ticks[i], s.step()), "to": f.tick(s.ticks[i+1], s.step())}))
	}
	for _, r := range m.Regions {
		if r.Value.Is == Suppressed {
			item(func(cv *canvas) { cv.rect(0.5, 0.5, 29, 13, st.hatch()) }, m.Printer.T("Held back"))
			break
		}
	}
	if groups := m.groups(); len(groups) > 1 {
		for i, g := range groups {
			item(func(cv *canvas) { cv.mark(i, 15, 7, 6) }, g)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return `<ul class="stoa-chart__key">` + b.String() + "</ul>"
}
