package document

import "slices"

// box is what a page break never cuts: a line, a table row, a notice.
type box struct {
	height float64
	before float64 // space above it, except at the top of a page
	keep   bool    // on one page with the box after it
	draw   func(p *page, top float64)
	head   *box // repeated above this box where it begins a page
}

// layout turns the blocks of one document into boxes and its structure.
type layout struct {
	shaper
	kind   Kind
	accent Colour
	left   float64 // of the text area
	width  float64
	tall   float64 // the height of a page's text area
	boxes  []box
}

func (l *layout) add(b ...box) { l.boxes = append(l.boxes, b...) }

func (l *layout) lead(before float64) {
	l.add(box{height: 0, before: before})
}

var (
	bodyStyle  = style{size: 10.5, leading: 16, colour: ink}
	smallStyle = style{size: 9, leading: 13, colour: muted}
)

func (st style) strong() style { st.bold = true; return st }

func (st style) in(c Colour) style { st.colour = c; return st }

func (st style) aligned(a align) style { st.align = a; return st }

// rise is the height above the baseline that a line of this style takes; the
// same for every script, so that mixed lines stand even.
func (st style) rise() float64 { return (st.leading-st.size)/2 + st.size*0.86 }

// paragraph lays t out as boxes of one line each. The first two and the last
// two lines stay together.
func (l *layout) paragraph(e *element, t Text, st style, x, width, before float64) []box {
	lines := l.lines(t, st, width)
	e.states(lines)
	out := make([]box, len(lines))
	for i, ln := range lines {
		out[i] = box{height: st.leading, draw: func(p *page, top float64) {
			p.mark(e)
			p.text(ln, st, l.dir, x, top+st.rise(), width)
		}}
		out[i].keep = i+1 < len(lines) && (i == 0 || i == len(lines)-2)
	}
	if len(out) > 0 {
		out[0].before = before
	}
	return out
}

// stack joins boxes into one that is not broken.
func stack(boxes []box) box {
	var all box
	for i, b := range boxes {
		if i > 0 {
			all.height += b.before
		}
		all.height += b.height
	}
	if len(boxes) > 0 {
		all.before = boxes[0].before
	}
	all.draw = func(p *page, top float64) {
		for i, b := range boxes {
			if i > 0 {
				top += b.before
			}
			if b.draw != nil {
				b.draw(p, top)
			}
			top += b.height
		}
	}
	return all
}

// within is the part of the text area that starts in from its start edge and
// is width wide, seen from the reading direction.
func (l *layout) within(in, width float64) (x float64) {
	if l.dir == RTL {
		return l.left + l.width - in - width
	}
	return l.left + in
}

func (l *layout) blocks(doc *element, blocks []Block) error {
	last := 1
	for _, b := range blocks {
		switch b := b.(type) {
		case Heading:
			last = headingLevel(b.Level, last)
			l.heading(doc, b.Text, last)
		case Paragraph:
			l.add(l.paragraph(doc.add("P", ""), b.Text, bodyStyle, l.left, l.width, 8)...)
		case List:
			l.list(doc, b)
		case Facts:
			l.facts(doc, b.Items, 10)
			l.lead(6)
		case Table:
			l.table(doc, b)
			l.lead(6)
		case Notice:
			l.notice(doc, b)
			l.lead(6)
		case QR:
			if err := l.qr(doc, b); err != nil {
				return err
			}
		case Rule:
			l.add(box{height: 1, before: 12, draw: func(p *page, top float64) {
				p.artifact("Layout")
				p.fill(hair, l.left, top, l.width, 0.6)
			}})
		case Space:
			l.lead(20)
		}
	}
	return nil
}

var headingStyles = map[int]style{
	2: {size: 13.5, leading: 19, bold: true},
	3: {size: 11.5, leading: 17, bold: true},
	4: {size: 10.5, leading: 16, bold: true},
}

func (l *layout) heading(doc *element, t Text, level int) {
	st := headingStyles[min(level, 4)].in(ink)
	if level == 2 {
		st.colour = l.accent
	}
	kind := "H" + string(rune('0'+level))
	boxes := l.paragraph(doc.add(kind, ""), t, st, l.left, l.width, 16)
	for i := range boxes {
		boxes[i].keep = true
	}
	l.add(boxes...)
}

func (l *layout) list(doc *element, b List) {
	attrs := " /A <</O /List /ListNumbering /Disc>>"
	if b.Ordered {
		attrs = " /A <</O /List /ListNumbering /Decimal>>"
	}
	list := doc.add("L", attrs)
	const indent = 20
	for i, item := range b.Items {
		li := list.add("LI", "")
		label, body := li.add("Lbl", ""), li.add("LBody", "")
		mark := l.lines(Plain(marker(b, i)), bodyStyle, indent)
		label.states(mark)
		boxes := l.paragraph(body, item, bodyStyle, l.within(indent, l.width-indent), l.width-indent, 4)
		if len(boxes) == 0 {
			boxes = []box{{height: bodyStyle.leading, before: 4}}
		}
		first := boxes[0].draw
		boxes[0].draw = func(p *page, top float64) {
			p.mark(label)
			p.text(mark[0], bodyStyle, l.dir, l.within(4, indent-4), top+bodyStyle.rise(), indent-4)
			if first != nil {
				first(p, top)
			}
		}
		if i == 0 {
			boxes[0].before = 8
		}
		l.add(boxes...)
	}
}

func (l *layout) notice(doc *element, b Notice) {
	const pad, bar = 12, 4
	x, width := l.within(bar+pad, l.width-bar-2*pad), l.width-bar-2*pad
	div := doc.add("Div", "")
	var boxes []box
	if b.Title != "" {
		boxes = l.paragraph(div.add("P", ""), Plain(b.Title), bodyStyle.strong(), x, width, 0)
	}
	boxes = append(boxes, l.paragraph(div.add("P", ""), b.Text, bodyStyle, x, width, 2)...)
	for i, part := range l.fit(boxes, 2*pad) {
		inner := stack(part)
		before := 14.0
		if i > 0 {
			before = 0
		}
		l.add(box{height: inner.height + 2*pad - 4, before: before, draw: func(p *page, top float64) {
			p.artifact("Layout")
			p.fill(l.accent.tint(), l.left, top, l.width, inner.height+2*pad-4)
			p.fill(l.accent, l.within(0, bar), top, bar, inner.height+2*pad-4)
			inner.draw(p, top+pad-2)
		}})
	}
}

// fit cuts boxes into groups that each fit on an empty page beside extra.
func (l *layout) fit(boxes []box, extra float64) [][]box {
	var out [][]box
	var used float64
	for i, b := range boxes {
		if i == 0 || used+b.before+b.height+extra > l.tall {
			out = append(out, nil)
			used = 0
		}
		out[len(out)-1] = append(out[len(out)-1], b)
		used += b.before + b.height
	}
	return out
}

// qr puts the code at the start edge and its caption beside it.
func (l *layout) qr(doc *element, b QR) error {
	code, err := encodeQR(b.URL + b.Data)
	if err != nil {
		return err
	}
	const least, gap, finest = 92.0, 12.0, 1.2 // finest: a module of 0.42 mm, which telephones tell apart
	side := max(least, finest*float64(code.Size+2*quiet))
	module := side / float64(code.Size+2*quiet)
	margin := quiet * module
	x := l.within(-margin, side) // the black modules stand in line with the text
	figure := doc.add("Figure", "")
	width := l.width - side - gap
	tx := l.within(side+gap, width)
	caption := l.paragraph(doc.add("P", ""), b.Caption, bodyStyle.strong(), tx, width, 0)
	if b.URL != "" {
		caption = append(caption, l.address(doc, b.URL, tx, width)...)
	}
	beside := stack(caption)
	height := max(side, beside.height)
	l.add(box{height: height, before: 16, draw: func(p *page, top float64) {
		figure.attrs = figureAttrs(b.Alt, x, p.height-top-side, x+side, p.height-top)
		p.mark(figure)
		p.fill(white, x, top, side, side)
		stripes(code, func(cx, cy, w int) {
			p.fill(ink, x+float64(cx+quiet)*module, top+float64(cy+quiet)*module, float64(w)*module, module)
		})
		beside.draw(p, top+(height-beside.height)/2)
	}})
	return nil
}

// address is a link in letters, in lines of a width.
func (l *layout) address(doc *element, url string, x, width float64) (boxes []box) {
	anchor := doc.add("P", "").add("Link", " /Alt "+pdfText(url))
	for _, ln := range l.lines(Isolate(url), smallStyle, width) {
		boxes = append(boxes, box{height: smallStyle.leading, draw: func(p *page, top float64) {
			p.mark(anchor)
			p.text(ln, smallStyle, l.dir, x, top+smallStyle.rise(), width)
			p.links = append(p.links, link{owner: anchor, url: url,
				x0: x, y0: p.height - top - smallStyle.leading, x1: x + width, y1: p.height - top})
		}})
	}
	return boxes
}

func figureAttrs(alt string, x0, y0, x1, y1 float64) string {
	return " /Alt " + pdfText(alt) + " /A <</O /Layout /Placement /Block /BBox [" +
		num(x0) + " " + num(y0) + " " + num(x1) + " " + num(y1) + "]>>"
}

// paginate distributes the boxes over pages. next opens a page and tells where
// its text begins and ends.
func paginate(boxes []box, next func() (p *page, top, bottom float64)) {
	p, y, bottom := next()
	fresh := true
	place := func(b box) {
		if !fresh {
			y += b.before
		}
		if b.draw != nil {
			b.draw(p, y)
		}
		y += b.height
		fresh = fresh && b.height == 0
	}
	turn := func(b box) {
		p.close()
		p, y, bottom = next()
		fresh = true
		if b.head != nil {
			p.artifact("Pagination")
			place(*b.head)
			p.close()
		}
	}
	for len(boxes) > 0 {
		n := 1 + slices.IndexFunc(boxes, func(b box) bool { return !b.keep })
		if n == 0 {
			n = len(boxes)
		}
		var height float64
		for i, b := range boxes[:n] {
			height += b.height
			if i > 0 || !fresh {
				height += b.before
			}
		}
		if y+height > bottom && !fresh {
			turn(boxes[0])
		}
		for i, b := range boxes[:n] {
			if i > 0 && y+b.before+b.height > bottom { // a group taller than a page
				turn(b)
			}
			place(b)
		}
		boxes = boxes[n:]
	}
	p.close()
}
