package chart

import (
	"math"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// size is one of the two pictures of a chart. Lengths are in its own units: at the width where the style sheet begins
// to show it, 14 and 15 of them are 12 pixels or more.
type size struct {
	name  string
	width float64
	font  float64
}

var (
	narrow = size{"narrow", 330, 14}
	wide   = size{"wide", 720, 15}
)

func (s size) line() float64 { return math.Round(s.font * 1.3) }

// text is how wide words are at most, on this picture.
func (s size) text(words string) float64 { return textWidth(words) * s.font }

// canvas draws. Its x runs in reading direction: 0 is where a line of text begins, on the right in Arabic.
type canvas struct {
	size
	height float64
	rtl    bool
	b      strings.Builder
}

// anchor says which end of a text stands at its x. Both turn round with the direction by themselves.
type anchor string

const (
	start  anchor = "start"
	middle anchor = "middle"
	end    anchor = "end"
)

// number is a coordinate: a tenth of a unit is finer than anybody sees.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', 1, 64)
	s = strings.TrimSuffix(s, ".0")
	if s == "-0" {
		return "0"
	}
	return s
}

func (c *canvas) x(x float64) float64 {
	if c.rtl {
		return c.width - x
	}
	return x
}

func (c *canvas) attribute(name, value string) {
	if value != "" {
		c.b.WriteString(" " + name + `="` + templ.EscapeString(value) + `"`)
	}
}

func (c *canvas) place(pairs ...any) {
	for i := 0; i < len(pairs); i += 2 {
		c.b.WriteString(" " + pairs[i].(string) + `="` + number(pairs[i+1].(float64)) + `"`)
	}
}

// rect fills from x on in reading direction; ink as for group.
func (c *canvas) rect(x, y, w, h float64, k ink) {
	if c.rtl {
		x = c.width - x - w
	}
	c.b.WriteString("<rect")
	c.place("x", x, "y", y, "width", w, "height", h)
	c.ink(k)
	c.b.WriteString("/>")
}

func (c *canvas) rule(x1, y1, x2, y2 float64, k ink) {
	c.b.WriteString("<line")
	c.place("x1", c.x(x1), "y1", y1, "x2", c.x(x2), "y2", y2)
	c.ink(k)
	c.b.WriteString("/>")
}

// point is a place on the canvas.
type point struct{ x, y float64 }

// path draws straight lines through each of the rings or strokes.
func (c *canvas) path(strokes [][]point, closed bool, k ink) {
	var d strings.Builder
	for _, stroke := range strokes {
		for i, p := range stroke {
			if i == 0 {
				d.WriteByte('M')
			} else {
				d.WriteByte('L')
			}
			d.WriteString(number(c.x(p.x)) + " " + number(p.y))
		}
		if closed {
			d.WriteByte('Z')
		}
	}
	if d.Len() == 0 {
		return
	}
	c.b.WriteString(`<path d="` + d.String() + `"`)
	if closed && len(strokes) > 1 {
		c.b.WriteString(` fill-rule="evenodd"`)
	}
	c.ink(k)
	c.b.WriteString("/>")
}

func (c *canvas) circle(x, y, r float64, k ink) {
	c.b.WriteString("<circle")
	c.place("cx", c.x(x), "cy", y, "r", r)
	c.ink(k)
	c.b.WriteString("/>")
}

// write puts words with their base line at y.
func (c *canvas) write(x, y float64, a anchor, class, words string) {
	c.b.WriteString("<text")
	c.place("x", c.x(x), "y", y)
	if a != start {
		c.attribute("text-anchor", string(a))
	}
	c.attribute("class", class)
	c.b.WriteString(">" + templ.EscapeString(words) + "</text>")
}

// ink is how a shape looks: attributes for a page without its style sheet, and a class for the sheet, which knows the
// jurisdiction's colours and those of a reader who has chosen their own.
type ink struct {
	class, fill, stroke, dash string
	width, opacity            float64
}

func (c *canvas) ink(k ink) {
	c.attribute("class", k.class)
	c.attribute("fill", k.fill)
	c.attribute("stroke", k.stroke)
	if k.width > 0 {
		c.place("stroke-width", k.width)
	}
	c.attribute("stroke-dasharray", k.dash)
	if k.opacity > 0 {
		c.b.WriteString(` fill-opacity="` + strconv.FormatFloat(k.opacity, 'f', -1, 64) + `"`)
	}
}

// svg is the whole picture.
func (c *canvas) svg(id, title, description string) string {
	var b strings.Builder
	id += "-" + c.name
	b.WriteString(`<svg class="stoa-chart stoa-chart--` + c.name + `" viewBox="0 0 ` + number(c.width) + " " + number(c.height) +
		`" role="img" aria-labelledby="` + templ.EscapeString(id) + `-t ` + templ.EscapeString(id) + `-d" font-size="` + number(c.font) + `"`)
	if c.rtl {
		b.WriteString(` direction="rtl"`)
	}
	b.WriteString(`><title id="` + templ.EscapeString(id) + `-t">` + templ.EscapeString(title) +
		`</title><desc id="` + templ.EscapeString(id) + `-d">` + templ.EscapeString(description) + "</desc>")
	b.WriteString(c.b.String())
	b.WriteString("</svg>")
	return b.String()
}
