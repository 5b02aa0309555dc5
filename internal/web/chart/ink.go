package chart

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// hues are the colours of series. Each has a contrast of 3:1 or more with the page and with the white between
// neighbours (WCAG 2.2, 1.4.11); the first is the jurisdiction's own, where the style sheet is there.
var hues = [...]string{"#12605a", "#b4511b", "#5b3a7d", "#7a6200", "#1f5fa8", "#a3195b", "#4c5855", "#3c7a2a"}

// textures lie white over the colours, so that series differ without them. Each is drawn in a tile of 8 by 8.
var textures = [len(hues)]string{"", "M-2 2L2 -2M0 8L8 0M6 10L10 6", "M2 2h1.5v1.5h-1.5zM6 6h1.5v1.5h-1.5z", "M0 2h8M0 6h8", "M-2 6L2 10M0 0L8 8M6 -2L10 2", "M2 0v8M6 0v8", "M0 2h8M2 0v8M0 6h8M6 0v8", "M1 4h4"}

// dashes tell lines apart.
var dashes = [...]string{"", "7 3", "2 3", "10 3 2 3", "5 2", "1 3", "12 4", "7 2 2 2 2 2"}

const paper = "#fff"

// style is the look of series i among n.
type style struct {
	id string // of the chart; patterns are named after it
	n  int
}

func hue(i int) string { return hues[i%len(hues)] }

func class(i int) string { return "stoa-s" + strconv.Itoa(i%len(hues)+1) }

// fill is the ink of series i's areas: plain for the first, a pattern for the others.
func (s style) fill(i int) ink {
	if i%len(hues) == 0 {
		return ink{class: class(i), fill: hue(i)}
	}
	return ink{fill: "url(#" + s.id + "-p" + strconv.Itoa(i%len(hues)+1) + ")"}
}

// part is the same with a white edge between it and its neighbours.
func (s style) part(i int) ink {
	k := s.fill(i)
	k.stroke, k.width = paper, 1.5
	k.class = strings.TrimSpace(k.class + " stoa-chart__part")
	return k
}

func (s style) line(i int) ink {
	return ink{class: "stoa-l" + strconv.Itoa(i%len(hues)+1), fill: "none", stroke: hue(i), dash: dashes[i%len(dashes)], width: 2.5}
}

func (s style) band(i int) ink { return ink{class: class(i), fill: hue(i), opacity: 0.18} }

// hatch is the ink of what is held back.
func (s style) hatch() ink {
	return ink{class: "stoa-chart__hatch", fill: "url(#" + s.id + "-p0)", stroke: axisColour, width: 0.7}
}

// patterns are the tiles that both pictures and the key refer to. They stand in a picture of no size, since a browser
// does not find them in one that is not shown.
func (s style) patterns(hatch bool) string {
	var b strings.Builder
	tile := func(n int, inside string) {
		b.WriteString(`<pattern id="` + templ.EscapeString(s.id) + "-p" + strconv.Itoa(n) + `" width="8" height="8" patternUnits="userSpaceOnUse">` + inside + "</pattern>")
	}
	if hatch {
		tile(0, `<path class="stoa-l7" fill="none" stroke="`+axisColour+`" d="`+textures[1]+`"/>`)
	}
	for i := 1; i < min(s.n, len(hues)); i++ {
		tile(i+1, `<rect class="`+class(i)+`" fill="`+hues[i]+`" width="8" height="8"/><path fill="none" stroke="`+paper+`" stroke-width="1.3" d="`+textures[i]+`"/>`)
	}
	if b.Len() == 0 {
		return ""
	}
	return `<svg class="stoa-chart__defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>` + b.String() + "</defs></svg>"
}

// mark draws the sign of series i's points: a disc, a square, a triangle, …
func (c *canvas) mark(i int, x, y, r float64) {
	k := ink{class: class(i), fill: hue(i), stroke: paper, width: 1}
	at := func(points ...float64) []point {
		var out []point
		for j := 0; j < len(points); j += 2 {
			out = append(out, point{x + points[j]*r, y + points[j+1]*r})
		}
		return out
	}
	var shape []point
	switch i % len(hues) {
	case 0:
		c.circle(x, y, r, k)
		return
	case 1:
		shape = at(-0.9, -0.9, 0.9, -0.9, 0.9, 0.9, -0.9, 0.9)
	case 2:
		shape = at(0, -1, 1, 0.9, -1, 0.9)
	case 3:
		shape = at(0, -1, 1, 0, 0, 1, -1, 0)
	case 4:
		shape = at(-1, -0.9, 1, -0.9, 0, 1)
	case 5:
		shape = at(-1, -0.4, 1, -0.4, 1, 0.4, -1, 0.4)
	case 6:
		shape = at(-0.4, -1, 0.4, -1, 0.4, 1, -0.4, 1)
	default:
		shape = at(-0.4, -1, 0.4, -1, 1, 0, 0.4, 1, -0.4, 1, -1, 0)
	}
	c.path([][]point{shape}, true, k)
}

const axisColour, gridColour = "#4c5855", "#d8d3c6"

var (
	axisInk = ink{class: "stoa-chart__axis", stroke: axisColour, width: 1}
	gridInk = ink{class: "stoa-chart__grid", stroke: gridColour, width: 1}
)
