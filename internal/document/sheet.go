package document

// sheet paints one document's pages: the head of its first page, the
// furniture of every page, and between them the boxes of its layout.
type sheet struct {
	layout
	doc   Document
	opt   Options
	out   *file
	pages []*page

	first, later, bottom float64 // where the text begins and ends
	band                 float64 // the height of a certificate's band
}

const (
	sideMargin  = 71.0 // 25 mm
	frameInset  = 22.0
	bandHeight  = 76.0 // at least
	footerSpace = 74.0
)

func (s *sheet) measure() {
	paper := s.opt.Paper
	s.left, s.width = sideMargin, paper.Width-2*sideMargin
	s.first, s.later = 58, 62
	if s.kind == Certificate {
		s.later = frameInset + 40 // first: see certificateHead
	}
	s.bottom = paper.Height - footerSpace - 12
	s.tall = s.bottom - s.later
}

func (s *sheet) next() (*page, float64, float64) {
	p := &page{ref: s.out.reserve(), height: s.opt.Paper.Height, wide: s.opt.Paper.Width}
	s.pages = append(s.pages, p)
	s.backdrop(p)
	if len(s.pages) == 1 {
		return p, s.first, s.bottom
	}
	return p, s.later, s.bottom
}

// backdrop paints what lies behind the text.
func (s *sheet) backdrop(p *page) {
	p.artifact("Layout")
	defer p.close()
	if s.kind == Letter {
		if len(s.pages) == 1 {
			p.fill(s.accent, 0, 0, p.wide, 9)
		}
		return
	}
	w, h := p.wide-2*frameInset, p.height-2*frameInset
	p.frame(s.accent, 1.6, frameInset, frameInset, w, h)
	p.frame(s.accent, 0.5, frameInset+4.5, frameInset+4.5, w-9, h-9)
	band := 2.0
	if len(s.pages) == 1 {
		band = s.band
	}
	p.fill(s.accent, frameInset+8, frameInset+8, w-16, band)
}

// letterHead is the issuer, the addressee with the reference beside it, and
// the title.
func (s *sheet) letterHead(top *element) {
	name := style{size: 15, leading: 21, bold: true, colour: s.accent}
	s.add(s.paragraph(top.add("P", ""), Plain(s.doc.Issuer.Name), name, s.left, s.width, 0)...)
	for _, t := range s.addressLines() {
		s.add(s.paragraph(top.add("P", ""), Plain(t), smallStyle, s.left, s.width, 0)...)
	}
	s.add(box{height: 1, before: 9, draw: func(p *page, y float64) {
		p.artifact("Layout")
		p.fill(s.accent, s.left, y, s.width, 0.8)
	}})
	s.lead(22)
	if len(s.doc.To) > 0 || len(s.doc.Head) > 0 {
		s.add(s.addressee(top))
	}
	title := style{size: 19, leading: 25, bold: true, colour: ink}
	s.title(top, title, 26)
}

// addressee is the address at the start edge and the reference at the other.
func (s *sheet) addressee(top *element) box {
	half := (s.width - 24) / 2
	var to, facts []box
	for _, t := range s.doc.To {
		to = append(to, s.paragraph(top.add("P", ""), Plain(t), bodyStyle, s.within(0, half), half, 0)...)
	}
	x := s.within(s.width-half, half)
	for _, f := range s.doc.Head {
		t := append(Text{{Text: f.Label + ": "}}, f.Value...)
		for i := 1; i < len(t); i++ {
			t[i].Bold = true
		}
		facts = append(facts, s.paragraph(top.add("P", ""), t, bodyStyle, x, half, 0)...)
	}
	a, b := stack(to), stack(facts)
	return box{height: max(a.height, b.height), draw: func(p *page, y float64) {
		a.draw(p, y)
		b.draw(p, y)
	}}
}

func (s *sheet) addressLines() []string {
	var out []string
	for _, t := range append(append([]string(nil), s.doc.Issuer.Address...), s.doc.Issuer.Contact) {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}

func (s *sheet) title(top *element, st style, before float64) {
	boxes := s.paragraph(top.add("H1", ""), Plain(s.doc.Title), st, s.left, s.width, before)
	for i := range boxes {
		boxes[i].keep = true
	}
	s.add(boxes...)
	s.add(box{height: 2, keep: len(s.doc.Blocks) > 0})
}

// certificateHead is the issuer on the band, the title below it, and the
// reference and dates as facts.
func (s *sheet) certificateHead(top *element) {
	name := style{size: 17, leading: 23, bold: true, colour: white, align: alignCentre}
	small := style{size: 9, leading: 13, colour: white, align: alignCentre}
	boxes := s.paragraph(top.add("P", ""), Plain(s.doc.Issuer.Name), name, s.left, s.width, 0)
	for _, t := range s.addressLines() {
		boxes = append(boxes, s.paragraph(top.add("P", ""), Plain(t), small, s.left, s.width, 0)...)
	}
	issuer := stack(boxes)
	s.band = max(bandHeight, issuer.height+28)
	s.first = frameInset + 8 + s.band + 38
	s.add(box{draw: func(p *page, _ float64) {
		issuer.draw(p, frameInset+8+(s.band-issuer.height)/2)
	}})
	s.title(top, style{size: 25, leading: 33, bold: true, colour: s.accent, align: alignCentre}, 0)
	s.facts(top, s.doc.Head, 18)
	s.lead(8)
	for _, t := range s.doc.To {
		s.add(s.paragraph(top.add("P", ""), Plain(t), bodyStyle, s.left, s.width, 4)...)
	}
}

// furniture is the footer and the page number.
func (s *sheet) furniture(p *page, number int) {
	p.artifact("Pagination")
	defer p.close()
	y := p.height - footerSpace + 8
	p.fill(hair, s.left, y-8, s.width, 0.6)
	page := s.lines(Isolate(s.opt.Page(number, len(s.pages))), smallStyle, 90)
	for i, ln := range page {
		p.text(ln, smallStyle.aligned(alignEnd), s.doc.Dir, s.within(s.width-90, 90), y+float64(i)*smallStyle.leading+smallStyle.rise(), 90)
	}
	for i, ln := range s.lines(Plain(s.doc.Footer), smallStyle, s.width-100) {
		if i < 2 {
			p.text(ln, smallStyle, s.doc.Dir, s.within(0, s.width-100), y+float64(i)*smallStyle.leading+smallStyle.rise(), s.width-100)
		}
	}
}
