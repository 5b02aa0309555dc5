package document

import (
	"bytes"
	"fmt"
	"math"
	"slices"
)

// Colour is red, green and blue, each from 0 to 255.
type Colour struct{ R, G, B uint8 }

var (
	ink   = Colour{0x14, 0x1a, 0x22}
	muted = Colour{0x4a, 0x52, 0x5c}
	hair  = Colour{0xc4, 0xca, 0xd1}
	white = Colour{0xff, 0xff, 0xff}
)

// light is the relative luminance (WCAG 2.2).
func (c Colour) light() float64 {
	part := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

// readable darkens c until it and white have a contrast of at least 4.5 to 1,
// whichever of the two is the text.
func (c Colour) readable() Colour {
	for 1.05/(c.light()+0.05) < 4.5 {
		c = Colour{c.R - c.R/8, c.G - c.G/8, c.B - c.B/8}
	}
	return c
}

// tint is c thinned with white, for a background.
func (c Colour) tint() Colour {
	mix := func(v uint8) uint8 { return uint8(255 - (255-int(v))*7/100) }
	return Colour{mix(c.R), mix(c.G), mix(c.B)}
}

func (c Colour) operands() string {
	part := func(v uint8) string { return fmt.Sprintf("%.3g", float64(v)/255) }
	return part(c.R) + " " + part(c.G) + " " + part(c.B)
}

// page is one page while it is painted. Heights are measured from its top.
type page struct {
	ref    ref
	wide   float64
	height float64
	body   bytes.Buffer
	owners []*element // by marked-content identifier
	links  []link
	open   *element // the owner of the open stretch of content
	art    bool     // or an artifact is open
}

type link struct {
	owner          *element
	ref            ref
	url            string
	x0, y0, x1, y1 float64 // in page space, from the bottom
}

// mark makes what follows part of e.
func (p *page) mark(e *element) {
	if p.open == e {
		return
	}
	p.close()
	id := len(p.owners)
	p.owners = append(p.owners, e)
	e.parts = append(e.parts, part{page: p, mcid: id})
	p.open = e
	fmt.Fprintf(&p.body, "/%s <</MCID %d>> BDC\n", e.kind, id)
}

// artifact makes what follows decoration: kind is Layout or Pagination.
func (p *page) artifact(kind string) {
	p.close()
	p.art = true
	fmt.Fprintf(&p.body, "/Artifact <</Type /%s>> BDC\n", kind)
}

func (p *page) close() {
	if p.open != nil || p.art {
		p.body.WriteString("EMC\n")
	}
	p.open, p.art = nil, false
}

func (p *page) fill(c Colour, x, top, w, h float64) {
	fmt.Fprintf(&p.body, "%s rg %s %s %s %s re f\n", c.operands(), num(x), num(p.height-top-h), num(w), num(h))
}

func (p *page) frame(c Colour, line, x, top, w, h float64) {
	fmt.Fprintf(&p.body, "%s RG %s w %s %s %s %s re S\n", c.operands(), num(line), num(x), num(p.height-top-h), num(w), num(h))
}

// text paints a line with its baseline at the given distance from the top. x
// is the left end of the box that the line is aligned in.
//
// The glyphs are painted from left to right, also those of right-to-left text:
// that is what other producers do and what the viewers that take the text from
// the content expect. The reading order of such text is stated beside it, in
// its element (see element.states).
func (p *page) text(l line, st style, dir Dir, x, baseline, width float64) {
	if len(l.clusters) == 0 {
		return
	}
	left, order := placeClusters(l, st, dir, x, width)
	w := textRun{out: &p.body, size: st.size, y: p.height - baseline}
	fmt.Fprintf(&p.body, "BT %s rg\n", st.colour.operands())
	for _, i := range order {
		w.cluster(l.clusters[i], left[i])
	}
	w.end()
	p.body.WriteString("ET\n")
}

// placeClusters tells the left edge of every cluster, in points, and their
// order from left to right.
func placeClusters(l line, st style, dir Dir, x, width float64) (left []float64, order []int) {
	lv := make([]uint8, len(l.clusters))
	blank := make([]bool, len(l.clusters))
	solid := 0
	for i, c := range l.clusters {
		lv[i], blank[i] = c.level, c.blank
		if !c.blank {
			solid = i + 1
		}
	}
	toRight := (st.align == alignEnd) != (dir == RTL)
	switch {
	case st.align == alignCentre:
		x += (width - l.width) / 2
	case toRight:
		x += width - l.width
	}
	pen := x
	if dir == RTL { // the white space at the end hangs over the left edge
		for _, c := range l.clusters[solid:] {
			pen -= c.width * st.size / 1000
		}
	}
	left = make([]float64, len(l.clusters))
	order = visualOrder(lv, blank, dir)
	for _, i := range order {
		left[i] = pen
		pen += l.clusters[i].width * st.size / 1000
	}
	return left, order
}

// textRun writes the operators of one line.
type textRun struct {
	out   *bytes.Buffer
	size  float64
	y     float64
	face  *face
	pen   float64 // where the next glyph would stand, in points
	rise  float64
	array bool // a TJ array is open
}

// cluster shows the glyphs of c.
func (w *textRun) cluster(c cluster, left float64) {
	glyphs, texts, exact := assign(c)
	if w.face != c.face {
		w.end()
		w.face, w.pen, w.rise = c.face, left, 0
		fmt.Fprintf(w.out, "/%s %s Tf 1 0 0 1 %s %s Tm 0 Ts\n", c.face.name, num(w.size), num(left), num(w.y))
	}
	if !exact {
		w.end()
		fmt.Fprintf(w.out, "/Span <</ActualText %s>> BDC\n", pdfText(c.text))
	}
	for i, g := range glyphs {
		w.glyph(c.face.use(g.id, texts[i]), c.face.advance(g.id), left+g.x*w.size/1000, g.y*w.size/1000)
	}
	if !exact {
		w.end()
		w.out.WriteString("EMC\n")
	}
}

// assign distributes the text of c over its glyphs, from left to right. A
// right-to-left ligature stands for its first letter, and an empty glyph at
// its left for each further one: programs that put glyphs in order by their
// place would otherwise read the letters of one glyph from left to right.
// Where there are more glyphs than letters the result is not exact, and the
// text has to be stated beside them.
func assign(c cluster) (glyphs []glyph, texts []string, exact bool) {
	glyphs = slices.Clone(c.glyphs)
	letters := []rune(c.text)
	rtl := c.level%2 == 1
	if rtl { // in reading order so far
		slices.Reverse(glyphs)
		for i := len(glyphs); i < len(letters) && c.face.empty != 0; i++ {
			glyphs = append(glyphs, glyph{id: c.face.empty})
		}
	}
	texts = make([]string, len(glyphs))
	for i := range glyphs {
		extra := len(letters) - len(glyphs) // all with the first glyph
		switch {
		case extra < 0:
			texts[i] = c.text
		case i == 0:
			texts[i] = string(letters[:extra+1])
		default:
			texts[i] = string(letters[extra+i])
		}
	}
	if rtl {
		slices.Reverse(glyphs)
		slices.Reverse(texts)
	}
	return glyphs, texts, len(glyphs) <= len(letters)
}

// glyph shows one glyph at x, moving the pen where it does not already stand.
func (w *textRun) glyph(id, advance int, x, rise float64) {
	if math.Abs(rise-w.rise) > 0.005 {
		w.end()
		fmt.Fprintf(w.out, "%s Ts\n", num(rise))
		w.rise = rise
	}
	if !w.array {
		w.out.WriteByte('[')
		w.array = true
	}
	if back := math.Round((w.pen - x) * 1000 / w.size); back != 0 {
		fmt.Fprintf(w.out, "%d", int(back))
		w.pen -= back * w.size / 1000
	}
	fmt.Fprintf(w.out, "<%04X>", id)
	w.pen += float64(advance) * w.size / 1000
}

// end closes the open array of glyphs.
func (w *textRun) end() {
	if w.array {
		w.out.WriteString("] TJ\n")
	}
	w.array = false
}
