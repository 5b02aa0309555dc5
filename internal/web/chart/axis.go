package chart

import (
	"math"
	"time"
)

// plot is the field in which figures are drawn over dates or categories: where it lies, and its scale upwards.
type plot struct {
	cv          *canvas
	left, right float64 // in reading direction
	top, bottom float64
	up          scale
	first, last int // ordinals along
	bands       bool
}

// at is where an ordinal lies along the axis: the middle of its band, or its point.
func (p plot) at(o int) float64 {
	n := float64(p.last - p.first)
	if p.bands {
		return p.left + (float64(o-p.first)+0.5)/(n+1)*(p.right-p.left)
	}
	if n == 0 {
		return (p.left + p.right) / 2
	}
	return p.left + float64(o-p.first)/n*(p.right-p.left)
}

// band is the width of one.
func (p plot) band() float64 { return (p.right - p.left) / float64(p.last-p.first+1) }

// position is the ordinal of category or date i.
func (c Chart) position(i int) int {
	if len(c.Dates) == 0 {
		return i
	}
	return ordinal(c.Dates[i], c.Grain)
}

// newPlot draws the axis with its ticks and leaves the field. Ticks upwards stand where a line of text begins.
func (c Chart) newPlot(cv *canvas, top, height, lo, hi float64, bands bool) plot {
	f := c.figures()
	least := 0.0
	if c.whole() {
		least = 1
	}
	p := plot{cv: cv, top: top, bottom: top + height, up: newScale(lo, hi, max(2, int(height/50)), least), bands: bands}
	p.up.from, p.up.to = p.bottom, p.top
	for _, t := range p.up.ticks {
		p.left = math.Max(p.left, cv.text(f.tick(t, p.up.step()))+8)
	}
	p.right = cv.width - 8
	p.first, p.last = c.position(0), c.position(c.size()-1)
	for _, t := range p.up.ticks {
		y := p.up.at(t)
		if t == 0 {
			cv.rule(p.left, y, cv.width, y, axisInk)
		} else {
			cv.rule(p.left, y, cv.width, y, gridInk)
		}
		cv.write(p.left-8, y+cv.font*0.36, end, "", f.tick(t, p.up.step()))
	}
	if !bands {
		p.left += 8
	}
	return p
}

// whole says whether figures are counted in whole units, so that no tick lies between them.
func (c Chart) whole() bool {
	if c.Unit.Money != "" {
		return true
	}
	for _, s := range c.Series {
		for _, values := range [][]Value{s.Values, s.Low, s.High} {
			for _, v := range values {
				if v.Is == Known && v.N != math.Trunc(v.N) {
					return false
				}
			}
		}
	}
	return true
}

// mark is a label of the axis along: small below it, large one line lower where a new year or month begins.
type mark struct {
	at           float64
	small, large string
}

// along draws the axis of dates or categories and gives its height.
func (c Chart) along(p plot) float64 {
	cv := p.cv
	marks := c.marks(p)
	second := false
	smallEnd, largeEnd := math.Inf(-1), math.Inf(-1)
	for _, m := range marks {
		if w := cv.text(m.small); m.small != "" {
			x := clampText(m.at, w, cv.width)
			if x-w/2 > smallEnd {
				cv.rule(m.at, p.bottom, m.at, p.bottom+4, axisInk)
				cv.write(x, p.bottom+4+cv.line(), middle, "", m.small)
				smallEnd = x + w/2 + 6
			}
		}
		if w := cv.text(m.large); m.large != "" {
			x := clampText(m.at, w, cv.width)
			if x-w/2 > largeEnd {
				cv.write(x, p.bottom+4+2*cv.line(), middle, "stoa-chart__strong", m.large)
				largeEnd, second = x+w/2+6, true
			}
		}
	}
	if second {
		return 10 + 2*cv.line()
	}
	return 10 + cv.line()
}

// clampText keeps a centred text inside.
func clampText(x, w, width float64) float64 {
	if w >= width {
		return width / 2
	}
	return math.Min(math.Max(x, w/2), width-w/2)
}

// marks chooses what is written along: every date where there is room, else every so many months or years.
func (c Chart) marks(p plot) []mark {
	if len(c.Dates) == 0 {
		return c.categoryMarks(p)
	}
	room := int((p.right - p.left) / (p.cv.text("0000") + 16)) // labels of four digits that fit
	months := int((p.right - p.left) / (c.widestMonth(p.cv) + 8))
	switch span := p.last - p.first; c.Grain {
	case Year:
		return c.yearMarks(p, 1, room)
	case Month:
		if every := stepOf(span, months, 1, 2, 3, 6); every > 0 {
			return c.monthMarks(p, every)
		}
		return c.yearMarks(p, 12, room)
	default:
		if every := stepOf(span, room, 1, 2, 7, 14); every > 0 {
			return c.dayMarks(p, every)
		}
		if n := span / 28; n <= months*6 {
			return c.monthsOfDays(p, stepOf(n, months, 1, 2, 3, 6, 12))
		}
		return c.yearMarks(p, 365, room)
	}
}

func (c Chart) widestMonth(cv *canvas) (w float64) {
	for m := time.January; m <= time.December; m++ {
		w = math.Max(w, cv.text(c.Printer.MonthShort(m)))
	}
	return w
}

// stepOf is the first of the steps with which a span needs no more than room labels; 0 when none is.
func stepOf(span, room int, steps ...int) int {
	for _, s := range steps {
		if span/s+1 <= room {
			return s
		}
	}
	return 0
}

func (c Chart) categoryMarks(p plot) []mark {
	n := c.size()
	room := p.cv.width
	if n > 1 {
		room = (p.right-p.left)/float64(n-1) - 8
	}
	if p.bands {
		room = p.band() - 6
	}
	var marks []mark
	every := max(1, int(math.Ceil(p.cv.font*3/math.Max(room, 1))))
	for i := 0; i < n; i += every {
		marks = append(marks, mark{at: p.at(i), small: shorten(c.Categories[i], (room*float64(every)+8*float64(every-1))/p.cv.font)})
	}
	return marks
}

// yearMarks has a label at every so many years; per is how many ordinals make one.
func (c Chart) yearMarks(p plot, per, room int) []mark {
	from, to := c.Dates[0].Year(), c.Dates[len(c.Dates)-1].Year()
	every := 1
	for _, e := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000} {
		if every = e; (to-from)/e+1 <= max(1, room) {
			break
		}
	}
	var marks []mark
	for y := from; y <= to; y++ {
		o := ordinal(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), c.Grain)
		if y%every == 0 && o >= p.first && o <= p.last {
			marks = append(marks, mark{at: p.at(o), small: c.year(y)})
		}
	}
	if len(marks) == 0 { // no year begins in it, or none that is round
		marks = append(marks, mark{at: p.at(p.first), small: c.year(from)})
	}
	return marks
}

func (c Chart) monthMarks(p plot, every int) []mark {
	var marks []mark
	for o := p.first; o <= p.last; o++ {
		if month := o % 12; month%every == 0 || every == 1 {
			m := mark{at: p.at(o), small: c.Printer.MonthShort(time.Month(month + 1))}
			if len(marks) == 0 || month == 0 {
				m.large = c.year(o / 12)
			}
			marks = append(marks, m)
		}
	}
	if len(marks) == 0 {
		marks = append(marks, mark{at: p.at(p.first), small: c.Printer.MonthShort(time.Month(p.first%12 + 1)), large: c.year(p.first / 12)})
	}
	return marks
}

func (c Chart) dayMarks(p plot, every int) []mark {
	var marks []mark
	month := time.Month(0)
	for o := p.first; o <= p.last; o += every {
		y, mo, d := time.Unix(int64(o)*86400, 0).UTC().Date()
		m := mark{at: p.at(o), small: c.Printer.Plain(d)}
		if mo != month {
			if m.large = c.Printer.MonthShort(mo); month == 0 || mo == time.January {
				m.large += " " + c.year(y)
			}
			month = mo
		}
		marks = append(marks, m)
	}
	return marks
}

// monthsOfDays has a label at the first of every so many months.
func (c Chart) monthsOfDays(p plot, every int) []mark {
	var marks []mark
	for o := p.first; o <= p.last; o++ {
		y, mo, d := time.Unix(int64(o)*86400, 0).UTC().Date()
		if d != 1 || every > 0 && (int(mo)-1)%every != 0 {
			continue
		}
		m := mark{at: p.at(o), small: c.Printer.MonthShort(mo)}
		if len(marks) == 0 || mo == time.January {
			m.large = c.year(y)
		}
		marks = append(marks, m)
	}
	return marks
}

func (c Chart) year(y int) string { return c.Printer.Plain(y) }
