package chart

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"stoa/internal/web/page"
)

// Parts shows what a whole consists of, and what its parts consist of, in two levels at most: where the money goes. In
// the table each part leads on to its own page.
type Parts struct {
	Frame
	Unit  Unit
	Of    string // head of the table's first column: "Programme"
	Whole string // what the whole is called: "All spending"
	Parts []Part // as given; the picture shows them from the largest
}

// Part is a part of the whole. What its own parts do not cover is left empty.
type Part struct {
	Name  string
	Value Value // a negative one stands in the table only
	URL   string
	Parts []Part
}

// Check says why it cannot be drawn.
func (p Parts) Check() error {
	if err := p.Frame.check(); err != nil {
		return err
	}
	return checkParts(p.ID, p.Parts, 2)
}

func checkParts(id string, parts []Part, levels int) error {
	if len(parts) > 0 && levels == 0 {
		return fmt.Errorf("chart %q: parts of parts of parts cannot be shown", id)
	}
	if len(parts) > mostPlaces {
		return fmt.Errorf("chart %q: %d parts are more than can be shown", id, len(parts))
	}
	for _, part := range parts {
		if err := checkValue(part.Value); err != nil {
			return fmt.Errorf("chart %q, part %q: %w", id, part.Name, err)
		}
		if err := checkParts(id, part.Parts, levels-1); err != nil {
			return err
		}
	}
	return nil
}

// Render prints the figure with all that belongs to it.
func (p Parts) Render(ctx context.Context, w io.Writer) error {
	if err := p.Check(); err != nil {
		return err
	}
	return p.Frame.figure(p.picture(), p.table(), p.notes()).Render(ctx, w)
}

// whole is the sum, if each part is known and none is negative.
func (p Parts) whole() (sum float64, ok bool) {
	for _, part := range p.Parts {
		if part.Value.Is != Known || part.Value.N < 0 {
			return 0, false
		}
		sum += part.Value.N
	}
	return sum, true
}

func sortedParts(parts []Part) []Part {
	parts = slices.Clone(parts)
	slices.SortStableFunc(parts, func(a, b Part) int {
		switch x, y := drawn(a.Value), drawn(b.Value); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return parts
}

// slice is a part in the picture; several small ones make one.
type slice struct {
	name  string
	n     float64
	parts []Part
}

// slices are the parts from the largest; what would be lower than least of the whole is put together.
func (p Parts) slices(parts []Part, least float64) []slice {
	var out []slice
	var rest slice
	count := 0
	for _, part := range sortedParts(parts) {
		switch n := drawn(part.Value); {
		case n <= 0:
		case n < least:
			rest.n += n
			rest.name = part.Name
			count++
		default:
			out = append(out, slice{part.Name, n, part.Parts})
		}
	}
	if count > 1 {
		rest.name = p.Printer.N("{n} other", "{n} others", count)
	}
	if count > 0 {
		out = append(out, rest)
	}
	return out
}

func (p Parts) picture() string {
	var total float64
	deep := false
	for _, part := range p.Parts {
		total += math.Max(0, drawn(part.Value))
		deep = deep || len(part.Parts) > 0
	}
	if total == 0 {
		return `<p class="govuk-body">` + templ.EscapeString(p.Printer.T("There are no figures to show.")) + "</p>"
	}
	var b strings.Builder
	for _, s := range []size{narrow, wide} {
		cv := p.Frame.canvas(s)
		p.draw(cv, total, deep)
		b.WriteString(cv.svg(p.ID, p.Title, strings.TrimSpace(p.Finding+" "+
			p.Printer.T("A picture of the parts of a whole.")+" "+p.Printer.T("The table has the same figures."))))
	}
	return b.String()
}

// draw puts the parts below one another, each as high as its share, and their own parts beside them.
func (p Parts) draw(cv *canvas, total float64, deep bool) {
	cv.height = 430
	width := cv.width
	if deep {
		width = math.Round(cv.width * 0.46)
	}
	each := cv.height / total
	y := 0.0
	for i, s := range p.slices(p.Parts, (cv.line()+6)/each) {
		h := s.n * each
		k := ink{class: class(i) + " stoa-chart__cell", fill: hue(i), stroke: paper, width: 1.5}
		cv.rect(0, y, width, h, k)
		p.label(cv, 0, y, width, h, "stoa-chart__on", paper, s.name, s.n, total)
		p.second(cv, i, s, width, y, h, total)
		y += h
	}
}

func (p Parts) second(cv *canvas, i int, s slice, left, y, height, total float64) {
	covered := 0.0
	for _, part := range s.parts {
		covered += math.Max(0, drawn(part.Value))
	}
	if covered == 0 {
		return
	}
	each := height / math.Max(covered, s.n)
	for _, sub := range p.slices(s.parts, (cv.line()+4)/each) {
		h := sub.n * each
		cv.rect(left+2, y, cv.width-left-2, h, ink{class: "stoa-t" + strings.TrimPrefix(class(i), "stoa-s"), fill: tint(hue(i)), stroke: paper, width: 1.5})
		p.label(cv, left+2, y, cv.width-left-2, h, "", "", sub.name, sub.n, total)
		y += h
	}
}

// label names a slice where there is room: the name, and its share at the end or below.
func (p Parts) label(cv *canvas, x, y, w, h float64, class, fill, name string, n, total float64) {
	if h < cv.line() {
		return
	}
	f := figures{p: p.Printer, unit: p.Unit}
	share := p.Printer.Percent(f.percent(n / total))
	amount := f.label(Num(n)) + " · " + share
	const pad = 8
	room := w - 2*pad
	write := func(dx, dy float64, a anchor, text string) {
		if fill != "" {
			cv.b.WriteString(`<g fill="` + fill + `">`)
			defer cv.b.WriteString("</g>")
		}
		cv.write(x+dx, dy, a, class, text)
	}
	if h >= 2*cv.line()+8 {
		base := y + h/2 - 3
		write(pad, base, start, shorten(name, room/cv.font))
		if cv.text(amount) > room {
			amount = share
		}
		if cv.text(amount) <= room {
			write(pad, base+cv.line(), start, amount)
		}
		return
	}
	base := y + h/2 + cv.font*0.36
	if cv.text(name)+cv.text(share)+10 <= room {
		write(w-pad, base, end, share)
	}
	write(pad, base, start, shorten(name, room/cv.font))
}

// tint is a light form of a colour, on which dark words are read.
func tint(colour string) string {
	var out [3]byte
	for i := range 3 {
		v := hexByte(colour[1+2*i : 3+2*i])
		out[i] = byte(math.Round(float64(v)*0.2 + 255*0.8))
	}
	return fmt.Sprintf("#%02x%02x%02x", out[0], out[1], out[2])
}

func hexByte(s string) byte {
	const digits = "0123456789abcdef"
	return byte(strings.IndexByte(digits, s[0])<<4 | strings.IndexByte(digits, s[1]))
}

// table has every part with its link, below it its own parts, and the whole last.
func (p Parts) table() page.Table {
	f := figures{p: p.Printer, unit: p.Unit}
	total, ok := p.whole()
	of := p.Of
	if of == "" {
		of = p.Printer.T("Name")
	}
	numeric := func(text string) page.Cell { return page.Cell{Text: text, Format: "numeric"} }
	t := page.Table{
		Caption: withUnit(p.Title, f.name()), CaptionClasses: "govuk-visually-hidden", FirstCellIsHeader: true, Classes: "stoa-chart__table",
		Head: []page.Cell{{Text: of}, numeric(p.amountHead(f))},
	}
	if ok && total > 0 {
		t.Head = append(t.Head, numeric(p.Printer.T("Share")))
	}
	row := func(name page.Cell, v Value) {
		cells := []page.Cell{name, numeric(f.exact(v))}
		if ok && total > 0 {
			share := f.exact(Value{Is: v.Is})
			if v.Is == Known {
				share = p.Printer.Percent(f.percent(v.N / total))
			}
			cells = append(cells, numeric(share))
		}
		t.Rows = append(t.Rows, cells)
	}
	for _, part := range p.Parts {
		row(part.cell("", ""), part.Value)
		for _, sub := range part.Parts {
			row(sub.cell(part.Name, "stoa-chart__sub"), sub.Value)
		}
	}
	if ok && p.Whole != "" && len(p.Parts) > 0 {
		row(page.Cell{Text: p.Whole, Classes: "stoa-chart__sum"}, Num(total))
	}
	return t
}

func (p Parts) amountHead(f figures) string {
	if name := f.name(); name != "" {
		return name
	}
	if p.Unit.Money != "" {
		return p.Printer.T("Amount")
	}
	return p.Title
}

// cell is the part's name, which leads on; the part above it is read out, not shown again.
func (p Part) cell(of, class string) page.Cell {
	var name page.Component = page.Text(p.Name)
	if p.URL != "" {
		name = page.LinkTo{Text: p.Name, URL: p.URL}
	}
	if of == "" {
		return page.Cell{HTML: name, Classes: class}
	}
	return page.Cell{HTML: page.Group{markup(`<span class="govuk-visually-hidden">` + templ.EscapeString(of) + ": </span>"), name}, Classes: class}
}

func (p Parts) notes() []string {
	var notes []string
	suppressed, negative := false, false
	for _, part := range p.Parts {
		for _, x := range append([]Part{part}, part.Parts...) {
			suppressed = suppressed || x.Value.Is == Suppressed
			negative = negative || drawn(x.Value) < 0
		}
	}
	if suppressed {
		notes = append(notes, suppressedNote(p.Frame))
	}
	if negative {
		notes = append(notes, p.Printer.T("Negative amounts stand in the table and are not drawn."))
	}
	return notes
}
