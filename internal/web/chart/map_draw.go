package chart

import (
	"math"
	"strings"

	"github.com/a-h/templ"

	"stoa/internal/i18n"
)

// mapSize is the only picture of a map: its shapes grow with the screen while the style sheet keeps its words small.
var mapSize = size{"map", 330, 14}

// projection maps degrees to the picture.
type projection struct {
	lon, lat, cos, per float64 // the north-west corner, and units for a degree of latitude
	left, top          float64
}

func (p projection) at(lon, lat float64) point {
	return point{p.left + (lon-p.lon)*p.cos*p.per, p.top + (p.lat-lat)*p.per}
}

const mapMargin = 18.0

// project fits all places into the picture's width, and gives the height they need.
func (m Map) project() (p projection, height float64, ok bool) {
	west, east, south, north := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	take := func(lon, lat float64) {
		west, east, south, north = math.Min(west, lon), math.Max(east, lon), math.Min(south, lat), math.Max(north, lat)
	}
	for _, r := range m.Regions {
		for _, ring := range r.Shape {
			for _, at := range ring {
				take(at[0], at[1])
			}
		}
	}
	for _, pt := range m.Points {
		take(pt.Lon, pt.Lat)
	}
	if west > east {
		return p, 0, false
	}
	p.cos = math.Max(0.02, math.Cos((south+north)/2*math.Pi/180))
	const least = 0.002 // degrees, some 200 m: one place alone is not drawn larger
	across, down := math.Max((east-west)*p.cos, least), math.Max(north-south, least)
	room := mapSize.width - 2*mapMargin
	p.per = math.Min(room/across, 0.95*room/down)
	height = math.Max(down*p.per, 0.45*room)
	p.lon, p.lat = west, north
	p.left = mapMargin + (room-(east-west)*p.cos*p.per)/2
	p.top = mapMargin + (height-(north-south)*p.per)/2
	return p, height + 2*mapMargin, true
}

func (m Map) picture() string {
	p, height, ok := m.project()
	if !ok {
		return `<p class="govuk-body">` + templ.EscapeString(m.Printer.T("There are no places to show.")) + "</p>"
	}
	cv := &canvas{size: mapSize} // north up and west left, in every language
	st := style{id: m.ID}
	classes := m.classes()
	for _, r := range m.Regions {
		m.region(cv, st, p, classes, r)
	}
	taken := m.regionNames(cv, p, classes)
	m.points(cv, p, taken)
	cv.height = height + 26
	m.ruler(cv, p, height)
	var b strings.Builder
	b.WriteString(st.patterns(true))
	b.WriteString(m.key(st, classes))
	if name := m.figures().name(); name != "" {
		b.WriteString(`<p class="stoa-chart__unit">` + templ.EscapeString(name) + "</p>")
	}
	b.WriteString(strings.Replace(cv.svg(m.ID, m.Title, strings.TrimSpace(m.Finding+" "+m.Printer.T("A map.")+" "+m.Printer.T("The table has the same figures."))),
		"<svg ", `<svg direction="ltr" `, 1))
	return b.String()
}

// classes are the ranges into which regions' figures are sorted, each with its colour.
func (m Map) classes() scale {
	lo, hi := math.Inf(1), math.Inf(-1)
	whole := 1.0
	for _, r := range m.Regions {
		if r.Value.Is == Known {
			lo, hi = math.Min(lo, r.Value.N), math.Max(hi, r.Value.N)
			if r.Value.N != math.Trunc(r.Value.N) {
				whole = 0
			}
		}
	}
	if lo > hi {
		return scale{}
	}
	if lo > 0 && lo < hi/2 {
		lo = 0
	}
	return newScale(lo, hi, 5, whole)
}

// ramp goes from light to dark; figures on the darker half are written in white.
var ramp = [...]string{"#e0eeec", "#b7d6d2", "#84b8b2", "#4d948d", "#12605a", "#0b3f3b", "#052522"}

// shadeOf is the colour of class i of n.
func shadeOf(i, n int) int {
	if n <= 1 {
		return 3
	}
	return int(math.Round(float64(i) / float64(n-1) * float64(len(ramp)-1)))
}

// classOf is the range in which a figure lies; a tick belongs to the range above it, the last to the last.
func classOf(s scale, v float64) int {
	n := len(s.ticks) - 1
	i := int(math.Floor((v - s.lo) / s.step() * (1 + 1e-12)))
	return min(max(i, 0), n-1)
}

func (m Map) regionInk(st style, s scale, v Value) ink {
	k := ink{fill: "none", stroke: "#1a2321", width: 0.7, class: "stoa-chart__region"}
	switch v.Is {
	case Suppressed:
		return st.hatch()
	case Known:
		k.fill = ramp[shadeOf(classOf(s, v.N), len(s.ticks)-1)]
	}
	return k
}

func (m Map) region(cv *canvas, st style, p projection, s scale, r Region) {
	var rings [][]point
	for _, ring := range r.Shape {
		var points []point
		for _, at := range ring {
			points = append(points, p.at(at[0], at[1]))
		}
		if points = simplify(points, 0.35); len(points) >= 3 {
			rings = append(rings, points)
		}
	}
	cv.path(rings, true, m.regionInk(st, s, r.Value))
}

// box is where words or marks already stand.
type box struct{ left, top, right, bottom float64 }

func (b box) meets(o box) bool {
	return b.left < o.right && o.left < b.right && b.top < o.bottom && o.top < b.bottom
}

// regionNames writes each region's figure into it where there is room, so that shade is not all that tells.
func (m Map) regionNames(cv *canvas, p projection, s scale) []box {
	var taken []box
	f := m.figures()
	for _, r := range m.Regions {
		at, room, ok := middleOf(p, r.Shape)
		words := f.label(r.Value)
		w := cv.text(words)
		b := box{at.x - w/2, at.y - cv.font*0.7, at.x + w/2, at.y + cv.font*0.5}
		if !ok || r.Value.Is == Missing || w+4 > room || meetsAny(b, taken) || b.left < 0 || b.right > cv.width {
			continue
		}
		if r.Value.Is != Known { // on the page itself
			cv.write(at.x, at.y+cv.font*0.36, middle, "stoa-chart__halo", words)
			taken = append(taken, b)
			continue
		}
		fill := "#1a2321"
		if shadeOf(classOf(s, r.Value.N), len(s.ticks)-1) >= 3 {
			fill = paper
		}
		cv.b.WriteString(`<g class="stoa-chart__shade"`)
		cv.attribute("fill", fill)
		cv.b.WriteString(">")
		cv.write(at.x, at.y+cv.font*0.36, middle, "", words)
		cv.b.WriteString("</g>")
		taken = append(taken, b)
	}
	return taken
}

func meetsAny(b box, taken []box) bool {
	for _, t := range taken {
		if b.meets(t) {
			return true
		}
	}
	return false
}

// middleOf is a point well inside the region's largest ring, and how wide the ring is there.
func middleOf(p projection, s Shape) (at point, room float64, ok bool) {
	var best []point
	most := 0.0
	for _, ring := range s {
		var points []point
		for _, c := range ring {
			points = append(points, p.at(c[0], c[1]))
		}
		if a := math.Abs(area(points)); a > most {
			best, most = points, a
		}
	}
	if best == nil {
		return at, 0, false
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, c := range best {
		lo, hi = math.Min(lo, c.y), math.Max(hi, c.y)
	}
	for i := 1; i < 8; i++ { // the widest of some level lines
		y := lo + (hi-lo)*float64(i)/8
		for _, span := range crossings(best, y) {
			if w := span[1] - span[0]; w > room*1.05 {
				at, room, ok = point{(span[0] + span[1]) / 2, y}, w, true
			}
		}
	}
	return at, room, ok
}

// area is the ring's signed area.
func area(ring []point) float64 {
	var sum float64
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		sum += a.x*b.y - b.x*a.y
	}
	return sum / 2
}

// ruler is the scale bar: so much of the picture is so many metres.
func (m Map) ruler(cv *canvas, p projection, top float64) {
	const metresPerDegree = 111_195 // of latitude, on a sphere of 6,371 km
	perUnit := metresPerDegree / p.per
	step := niceStep(60*perUnit, 1)
	if step/perUnit > 130 {
		step /= 2
	}
	length := step / perUnit
	words := m.Printer.T("{n} metres", i18n.V{"n": m.Printer.Plain(int(step))})
	if step >= 1000 {
		words = m.Printer.T("{n} km", i18n.V{"n": figures{p: m.Printer}.decimal(step/1000, 0)})
	}
	y := top + 12
	cv.path([][]point{{{2, y - 4}, {2, y}, {2 + length, y}, {2 + length, y - 4}}}, false, ink{class: "stoa-chart__axis", stroke: axisColour, width: 1.5, fill: "none"})
	cv.write(2+length+8, y+2, start, "", words)
}
