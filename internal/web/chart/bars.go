package chart

import (
	"math"
	"slices"
)

// mostBars is how many rows a picture shows; the table has all.
const mostBars = 60

// Sorted is the chart with its categories from the largest figure of the first series to the smallest; those without a
// figure are last. Dates stay in order.
func (c Chart) Sorted() Chart {
	if len(c.Dates) > 0 || len(c.Series) == 0 {
		return c
	}
	order := make([]int, len(c.Categories))
	for i := range order {
		order[i] = i
	}
	values := c.Series[0].Values
	slices.SortStableFunc(order, func(a, b int) int {
		switch va, vb := values[a], values[b]; {
		case va.Is != vb.Is:
			return int(va.Is) - int(vb.Is)
		case va.N > vb.N:
			return -1
		case va.N < vb.N:
			return 1
		}
		return 0
	})
	c.Categories, c.Links = pick(c.Categories, order), pick(c.Links, order)
	series := slices.Clone(c.Series)
	for i := range series {
		series[i].Values = pick(series[i].Values, order)
	}
	c.Series = series
	return c
}

func pick[T any](from []T, order []int) []T {
	if len(from) == 0 {
		return nil
	}
	out := make([]T, len(order))
	for i, j := range order {
		out[i] = from[j]
	}
	return out
}

// lying is the plan of a picture of lying bars.
type lying struct {
	rows   int
	per    int     // bars in a row
	bar    float64 // height of one
	gutter float64 // for names beside the bars; none on the narrow picture, where names stand above
	zero   float64
	length float64 // of the largest figure
	most   float64
}

const (
	barGap   = 2.0
	rowGap   = 12.0
	labelGap = 6.0
)

// drawBars draws lying bars: one for each series, or one made of all series.
func (c Chart) drawBars(cv *canvas, st style) {
	f, l := c.figures(), c.planBars(cv)
	y := 4.0
	top := y
	body := &canvas{size: cv.size, rtl: cv.rtl}
	for i := range l.rows {
		height := float64(l.per)*(l.bar+barGap) - barGap
		names := c.barNames(cv, l, i)
		if l.gutter == 0 {
			for _, n := range names {
				y += cv.line()
				body.write(0, y-4, start, "", n)
			}
		} else {
			text := float64(len(names)) * cv.line()
			row := math.Max(height, text)
			for j, n := range names {
				body.write(l.gutter-10, y+(row-text)/2+float64(j+1)*cv.line()-5, end, "", n)
			}
			y += (row - height) / 2
		}
		if c.Kind == Stack {
			c.stackRow(body, st, f, l, i, y)
		} else {
			for j, s := range c.Series {
				c.bar(body, st, f, l, j, s.Values[i], y+float64(j)*(l.bar+barGap))
			}
		}
		if l.gutter == 0 { // the line of zero stays out of the names
			body.rule(l.zero, y-2, l.zero, y+height+2, axisInk)
		}
		y += height
		if l.gutter > 0 {
			y += math.Max(0, float64(len(names))*cv.line()-height) / 2
		}
		y += rowGap
	}
	cv.height = y - rowGap + 4
	cv.b.WriteString(body.b.String())
	if l.gutter > 0 {
		cv.rule(l.zero, top-2, l.zero, cv.height-2, axisInk)
	}
}

func (c Chart) barNames(cv *canvas, l lying, i int) []string {
	room := cv.width
	if l.gutter > 0 {
		room = l.gutter - 12
	}
	return wrap(c.Categories[i], room/cv.font, 2)
}

// planBars leaves room for names and for what stands at the ends of the longest bars, on both sides of zero.
func (c Chart) planBars(cv *canvas) lying {
	f := c.figures()
	l := lying{rows: min(c.size(), mostBars), per: len(c.Series), bar: 20}
	if c.Kind == Stack {
		l.per, l.bar = 1, 24
	} else if l.per > 1 {
		l.bar = cv.font + 2
	}
	if cv.width >= wide.width {
		for _, n := range c.Categories[:l.rows] {
			l.gutter = math.Max(l.gutter, cv.text(n)+14)
		}
		l.gutter = math.Min(l.gutter, cv.width*0.36)
	}
	var before, after, lo float64
	for i := range l.rows {
		for _, e := range c.ends(i) {
			label := cv.text(f.label(e.shown)) + labelGap
			lo, l.most = math.Min(lo, e.at), math.Max(l.most, e.at)
			if e.at < 0 {
				before = math.Max(before, label)
			} else {
				after = math.Max(after, label)
			}
		}
	}
	if most := (cv.width - l.gutter) * 0.38; before > most && after > most { // then what finds no room stands in the table only
		before, after = most, most
	}
	l.length = math.Max(cv.width-l.gutter-before-after-2, 10)
	if span := l.most - lo; span > 0 {
		l.zero = l.gutter + before + l.length*(-lo/span) + 1
		l.most = span
	} else {
		l.zero, l.most = l.gutter+before+1, 1
	}
	return l
}

// tip is what stands at the end of a bar, and where it ends.
type tip struct {
	at    float64
	shown Value
}

// ends are the bars' ends of row i, with what is written there.
func (c Chart) ends(i int) []tip {
	var tips []tip
	if c.Kind != Stack {
		for _, s := range c.Series {
			tips = append(tips, tip{drawn(s.Values[i]), s.Values[i]})
		}
		return tips
	}
	up, down, total := c.totals(i)
	if down < 0 && (up == 0) {
		return []tip{{up, Value{Is: Missing}}, {down, total}}
	}
	return []tip{{down, Num(0)}, {up, total}}
}

// totals are the parts of row i above and below zero, and their sum if each is known.
func (c Chart) totals(i int) (up, down float64, total Value) {
	for _, s := range c.Series {
		v := s.Values[i]
		if v.Is != Known {
			total = Value{Is: max(total.Is, v.Is)}
			continue
		}
		up, down = up+math.Max(0, v.N), down+math.Min(0, v.N)
	}
	if total.Is == Known {
		total.N = up + down
	}
	return up, down, total
}

func drawn(v Value) float64 {
	if v.Is != Known {
		return 0
	}
	return v.N
}

func (l lying) len(v float64) float64 { return math.Abs(v) / l.most * l.length }

// bar draws one bar with its figure at its end.
func (c Chart) bar(cv *canvas, st style, f figures, l lying, series int, v Value, y float64) {
	n := l.len(drawn(v))
	base := y + l.bar/2 + cv.font*0.36
	switch {
	case drawn(v) < 0:
		cv.rect(l.zero-n, y, n, l.bar, st.fill(series))
		l.before(cv, l.zero-n-labelGap, base, f.label(v))
	default:
		if n > 0 {
			cv.rect(l.zero, y, n, l.bar, st.fill(series))
		}
		l.after(cv, l.zero+n+labelGap, base, f.label(v))
	}
}

// before and after write a figure at a bar's end, where there is room for it.
func (l lying) before(cv *canvas, x, y float64, words string) {
	if x-cv.text(words) >= l.gutter {
		cv.write(x, y, end, "", words)
	}
}

func (l lying) after(cv *canvas, x, y float64, words string) {
	if x+cv.text(words) <= cv.width {
		cv.write(x, y, start, "", words)
	}
}

// stackRow draws the parts of a row upon one another, and the sum at the end.
func (c Chart) stackRow(cv *canvas, st style, f figures, l lying, i int, y float64) {
	var up, down float64
	for j, s := range c.Series {
		v := drawn(s.Values[i])
		n := l.len(v)
		switch {
		case v > 0:
			cv.rect(l.zero+l.len(up), y, n, l.bar, st.part(j))
			up += v
		case v < 0:
			down += v
			cv.rect(l.zero-l.len(down), y, n, l.bar, st.part(j))
		}
	}
	_, _, total := c.totals(i)
	base := y + l.bar/2 + cv.font*0.36
	if down < 0 && up == 0 {
		l.before(cv, l.zero-l.len(down)-labelGap, base, f.label(total))
	} else {
		l.after(cv, l.zero+l.len(up)+labelGap, base, f.label(total))
	}
}
