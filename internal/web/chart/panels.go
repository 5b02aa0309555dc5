package chart

import "math"

// drawPanels draws each series by itself, all to one scale, so that shapes are compared and heights too.
func (c Chart) drawPanels(cv *canvas, st style) {
	columns := 1
	if cv.width >= wide.width {
		columns = min(3, len(c.Series))
	}
	const gap, height = 18.0, 110.0
	each := (cv.width - gap*float64(columns-1)) / float64(columns)
	lo, hi := c.extent()
	bottom := 0.0
	for i, s := range c.Series {
		left := float64(i%columns) * (each + gap)
		if i%columns == 0 && i > 0 {
			bottom += gap
		}
		top := bottom
		if i%columns != 0 {
			top = bottom - panelHeight(cv, height)
		}
		c.panel(cv, i, s, left, top, each, height, lo, hi)
		bottom = top + panelHeight(cv, height)
	}
	cv.height = bottom
}

// panelHeight is a panel with its name above and its dates below.
func panelHeight(cv *canvas, height float64) float64 { return height + 2*cv.line() + 24 }

// panel draws one series at a place of its own: a plot on a canvas of its width, moved there.
func (c Chart) panel(cv *canvas, i int, s Series, left, top, width, height, lo, hi float64) {
	inner := &canvas{size: size{name: cv.name, width: width, font: cv.font}, rtl: cv.rtl}
	name := s.Name
	inner.write(0, cv.line()-4, start, "stoa-chart__strong", shorten(name, width/cv.font))
	p := c.newPlot(inner, cv.line()+14, height, lo, hi, false)
	c.line(p, style{id: c.ID, n: 1}, 0, s)
	first, last := c.short(0), c.short(c.size()-1)
	base := p.bottom + 4 + inner.line()
	room := (width - p.left) / 2 / cv.font
	inner.write(p.left, base, start, "", shorten(first, room-0.5))
	if c.size() > 1 {
		inner.write(width, base, end, "", shorten(last, room-0.5))
	}
	x := left
	if cv.rtl {
		x = cv.width - left - width
	}
	cv.b.WriteString(`<g transform="translate(` + number(math.Round(x)) + " " + number(math.Round(top)) + `)">` + inner.b.String() + "</g>")
}

// short is the name of category or date i in few letters.
func (c Chart) short(i int) string {
	if len(c.Dates) == 0 {
		return c.Categories[i]
	}
	y, m, d := c.Dates[i].Date()
	switch c.Grain {
	case Year:
		return c.year(y)
	case Month:
		return c.Printer.MonthShort(m) + " " + c.year(y)
	}
	return c.Printer.DateShort(y, m, d)
}
