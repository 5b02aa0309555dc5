package main

import (
	"fmt"
	"html"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// plot is a picture of figures that were measured, for docs/benchmarks.md: a file by itself, which package chart, whose pictures
// take their colours from the site's style sheet and have a table beside them, does not draw.
type plot struct {
	name       string // of the file
	title      string
	across, up string // what the axes say, with units
	log        bool   // the axis upward has powers of ten, as the one across always has
	lines      []line
}

type line struct {
	name   string
	points []point
}

type point struct{ x, y float64 }

// The picture's measures. Names of lines stand beside it, not in it.
const (
	plotWide, plotHigh                    = 860, 420
	plotLeft, plotRight, plotTop, plotLow = 64, 330, 40, 56
)

// inks differ in brightness as well as in colour, and each line has dashes of its own, so that nobody needs the colours.
var inks = [][2]string{{"#1d70b8", "#7ab8ff"}, {"#b10e1e", "#ff8f8f"}, {"#00703c", "#6fdb9f"}, {"#6f2dbd", "#cda3ff"}, {"#8a4b00", "#ffbf66"}, {"#0b0c0c", "#f3f2f1"}}

var dashes = []string{"", "7 3", "2 3", "9 3 2 3", "1 4", "12 4"}

// write draws the plot into a folder; "" is nowhere.
func (p plot) write(dir string) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, p.name+".svg"), []byte(p.svg()), 0o644)
}

func (p plot) svg() string {
	var xs, ys []float64
	for _, l := range p.lines {
		for _, at := range l.points {
			xs, ys = append(xs, at.x), append(ys, at.y)
		}
	}
	if len(xs) == 0 {
		return ""
	}
	right, low := float64(plotWide-plotRight), float64(plotHigh-plotLow)
	across := scale{slices.Min(xs), slices.Max(xs), plotLeft, right, true}
	up := scale{0, slices.Max(ys) * 1.05, low, plotTop, false}
	if p.log {
		up = scale{math.Pow(10, math.Floor(math.Log10(slices.Min(ys)))), math.Pow(10, math.Ceil(math.Log10(slices.Max(ys)))), low, plotTop, true}
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="t d" font-family="sans-serif" font-size="13">`+"\n", plotWide, plotHigh)
	fmt.Fprintf(&b, "<title id=\"t\">%s</title>\n<desc id=\"d\">%s</desc>\n<style>\n%s</style>\n", html.EscapeString(p.title), html.EscapeString(p.says()), p.style())
	fmt.Fprintf(&b, `<rect class="g" width="%d" height="%d"/>`+"\n", plotWide, plotHigh)
	text := func(class, anchor string, x, y float64, s string) {
		fmt.Fprintf(&b, `<text class="%s" text-anchor="%s" x="%.0f" y="%.0f">%s</text>`+"\n", class, anchor, x, y, html.EscapeString(s))
	}
	text("b", "start", plotLeft, 24, p.title)
	for _, v := range up.ticks() {
		fmt.Fprintf(&b, `<path class="h" d="M%d %.1fH%.0f"/>`+"\n", plotLeft, up.at(v), right)
		text("i", "end", plotLeft-8, up.at(v)+4, plain(v))
	}
	for _, v := range across.marks(xs) {
		fmt.Fprintf(&b, `<path class="h" d="M%.1f %.0fv6"/>`+"\n", across.at(v), low)
		text("i", "middle", across.at(v), low+20, plain(v))
	}
	text("i", "middle", (plotLeft+right)/2, plotHigh-12, p.across)
	fmt.Fprintf(&b, `<text class="i" text-anchor="middle" transform="translate(16 %.0f) rotate(-90)">%s</text>`+"\n", (plotTop+low)/2, html.EscapeString(p.up))
	names := p.labels(up)
	for i, l := range p.lines {
		d, letter := "", "M"
		for _, at := range l.points {
			d, letter = d+fmt.Sprintf("%s%.1f %.1f", letter, across.at(at.x), up.at(at.y)), "L"
		}
		fmt.Fprintf(&b, `<path class="l c%d" stroke-dasharray="%s" d="%s"/>`+"\n", i%len(inks), dashes[i%len(dashes)], d)
		for _, at := range l.points {
			fmt.Fprintf(&b, `<circle class="f%d" cx="%.1f" cy="%.1f" r="3"/>`+"\n", i%len(inks), across.at(at.x), up.at(at.y))
		}
		end := l.points[len(l.points)-1]
		fmt.Fprintf(&b, `<path class="k" d="M%.1f %.1fL%.1f %.1f"/>`+"\n", across.at(end.x)+4, up.at(end.y), right+18, names[i]-4)
		text("i", "start", right+22, names[i], fmt.Sprintf("%s: %s", l.name, plain(end.y)))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// labels are the heights of the lines' names: near their ends, and apart.
func (p plot) labels(up scale) []float64 {
	order := make([]int, len(p.lines))
	at := make([]float64, len(p.lines))
	for i, l := range p.lines {
		order[i], at[i] = i, up.at(l.points[len(l.points)-1].y)+4
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(math.Copysign(1, at[a]-at[b])) })
	const apart = 17
	for k := 1; k < len(order); k++ {
		at[order[k]] = max(at[order[k]], at[order[k-1]]+apart)
	}
	for k, most := len(order)-1, float64(plotHigh-plotLow+8); k >= 0; k, most = k-1, at[order[k]]-apart {
		at[order[k]] = min(at[order[k]], most)
	}
	return at
}

// says is the plot in words, with all its figures.
func (p plot) says() string {
	var all []string
	for _, l := range p.lines {
		var at []string
		for _, pt := range l.points {
			at = append(at, plain(pt.y)+" at "+plain(pt.x))
		}
		all = append(all, l.name+": "+strings.Join(at, ", "))
	}
	return p.up + " by " + p.across + ". " + strings.Join(all, "; ") + "."
}

func (p plot) style() string {
	css := func(side int, ground, ink, quiet string) string {
		s := fmt.Sprintf(".g{fill:%s}.b{fill:%s;font-weight:bold;font-size:15px}.i{fill:%s}.h,.k{stroke:%s;fill:none}.k{stroke-width:.7}.l{fill:none;stroke-width:2}", ground, ink, ink, quiet)
		for i, c := range inks {
			s += fmt.Sprintf(".c%d{stroke:%s}.f%d{fill:%s}", i, c[side], i, c[side])
		}
		return s
	}
	return css(0, "#fff", "#0b0c0c", "#b1b4b6") + "\n@media(prefers-color-scheme:dark){" + css(1, "#0d1117", "#e6edf3", "#4a525c") + "}\n"
}

// scale takes values to places.
type scale struct {
	from, to, begin, end float64
	log                  bool
}

func (s scale) at(v float64) float64 {
	from, to := s.from, s.to
	if s.log {
		v, from, to = math.Log10(v), math.Log10(from), math.Log10(to)
	}
	if to == from {
		return s.begin
	}
	return s.begin + (v-from)/(to-from)*(s.end-s.begin)
}

// ticks are round values all over the scale.
func (s scale) ticks() (all []float64) {
	if s.log {
		for v := s.from; v <= s.to*1.001; v *= 10 {
			all = append(all, v)
		}
		return all
	}
	step := math.Pow(10, math.Floor(math.Log10(s.to)))
	for _, part := range []float64{5, 2} {
		if s.to/step < 4 {
			step = math.Pow(10, math.Floor(math.Log10(s.to))) / 10 * part
		}
	}
	for v := 0.0; v <= s.to; v += step {
		all = append(all, v)
	}
	return all
}

// marks are the values that occur, each once.
func (s scale) marks(values []float64) []float64 {
	all := slices.Clone(values)
	slices.Sort(all)
	return slices.Compact(all)
}

// plain writes a value for people.
func plain(v float64) string {
	switch {
	case v >= 100:
		return thousands(v)
	case v >= 10 || v == math.Trunc(v):
		return fmt.Sprintf("%.0f", v)
	case v >= 1:
		return fmt.Sprintf("%.1f", v)
	}
	return strings.TrimRight(fmt.Sprintf("%.2f", v), "0")
}
