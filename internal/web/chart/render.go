package chart

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"stoa/internal/web/page"
)

// markup is what this package has drawn, or a name that it has escaped.
type markup string

func (m markup) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(m))
	return err
}

// figure puts picture and table into the frame.
func (f Frame) figure(picture string, table page.Table, notes []string) page.Component {
	var b strings.Builder
	b.WriteString(`<div class="stoa-chart-box">` + picture + "</div>")
	for _, n := range append(notes, f.Notes...) {
		b.WriteString(`<p class="govuk-body-s stoa-chart__note">` + templ.EscapeString(n) + "</p>")
	}
	return page.Figure{
		ID: f.ID, Title: f.Title, Finding: f.Finding, Chart: markup(b.String()), Table: table, Open: f.Open,
		CSVURL: f.CSVURL, Source: f.Source, Headings: f.Headings,
	}
}

func (f Frame) rtl() bool { return f.Printer.Dir() == "rtl" }

func (f Frame) canvas(s size) *canvas { return &canvas{size: s, rtl: f.rtl()} }

func (c Chart) figures() figures { return figures{p: c.Printer, unit: c.Unit} }

func (c Chart) render(ctx context.Context, w io.Writer) error {
	if err := c.Check(); err != nil {
		return err
	}
	return c.Frame.figure(c.picture(), c.table(), c.notes()).Render(ctx, w)
}

// picture is the key, the unit and both drawings.
func (c Chart) picture() string {
	p := c.Printer
	if c.size() == 0 || len(c.Series) == 0 {
		return `<p class="govuk-body">` + templ.EscapeString(p.T("There are no figures to show.")) + "</p>"
	}
	st := style{id: c.ID, n: len(c.Series)}
	var b strings.Builder
	if c.Kind != Panels && c.Kind != Lines {
		b.WriteString(st.patterns(false))
	}
	if len(c.Series) > 1 && c.Kind != Panels || c.banded() || c.expected() {
		b.WriteString(c.key(st))
	}
	if name := c.figures().name(); name != "" {
		b.WriteString(`<p class="stoa-chart__unit">` + templ.EscapeString(name) + "</p>")
	}
	for _, s := range []size{narrow, wide} {
		cv := c.canvas(s)
		c.draw(cv, st)
		b.WriteString(cv.svg(c.ID, c.Title, c.description()))
	}
	return b.String()
}

func (c Chart) draw(cv *canvas, st style) {
	switch {
	case c.Kind == Panels:
		c.drawPanels(cv, st)
	case c.Kind == Lines:
		c.drawLines(cv, st)
	case c.Kind == Area:
		c.drawArea(cv, st)
	case len(c.Dates) > 0:
		c.drawColumns(cv, st)
	default:
		c.drawBars(cv, st)
	}
}

// description tells who does not see the picture what kind it is and what it says.
func (c Chart) description() string {
	p := c.Printer
	kind := map[Kind]string{
		Bars: p.T("A chart of bars."), Stack: p.T("A chart of bars, each made of its parts."), Lines: p.T("A chart of lines."),
		Area: p.T("A chart of areas."), Panels: p.T("Several small charts to one scale."),
	}[c.Kind]
	return strings.TrimSpace(c.Finding + " " + kind + " " + p.T("The table has the same figures."))
}

func (c Chart) banded() bool {
	for _, s := range c.Series {
		if len(s.Low) > 0 {
			return true
		}
	}
	return false
}

func (c Chart) expected() bool {
	for _, s := range c.Series {
		if s.Expected > 0 {
			return true
		}
	}
	return false
}

// key says which series is which. It is HTML, so that it breaks into lines by itself.
func (c Chart) key(st style) string {
	var b strings.Builder
	b.WriteString(`<ul class="stoa-chart__key">`)
	item := func(swatch func(cv *canvas), name string) {
		cv := c.canvas(size{width: 30, font: 14})
		swatch(cv)
		b.WriteString(`<li><svg viewBox="0 0 30 14" width="30" height="14" aria-hidden="true" focusable="false">` + cv.b.String() +
			"</svg> <span>" + templ.EscapeString(name) + "</span></li>")
	}
	for i, s := range c.Series {
		item(func(cv *canvas) {
			if c.Kind == Lines {
				cv.rule(0, 7, 30, 7, st.line(i))
				cv.mark(i, 15, 7, 5)
			} else {
				cv.rect(0, 0, 30, 14, st.fill(i))
			}
		}, s.Name)
	}
	if c.expected() {
		item(func(cv *canvas) { cv.rule(0, 7, 30, 7, forecastInk(ink{class: "stoa-l7", stroke: axisColour})) }, c.Printer.T("Forecast"))
	}
	if c.banded() {
		item(func(cv *canvas) { cv.rect(0, 0, 30, 14, st.band(0)) }, c.Printer.T("Range in which the figure is expected"))
	}
	b.WriteString("</ul>")
	return b.String()
}

// notes say what a reader of the picture must know.
func (c Chart) notes() []string {
	p := c.Printer
	var notes []string
	if c.Kind == Lines || c.Kind == Panels {
		if lo, _ := c.extent(); lo > 0 && len(c.Series) > 0 {
			notes = append(notes, p.T("The axis does not begin at zero."))
		}
	}
	if n := c.size(); c.lying() && n > mostBars {
		notes = append(notes, p.N("The picture shows the first {most} of {n} row; the table has all.", "The picture shows the first {most} of {n} rows; the table has all.", n, map[string]any{"most": mostBars}))
	}
	if c.has(Suppressed) {
		notes = append(notes, suppressedNote(c.Frame))
	}
	if c.has(Missing) {
		notes = append(notes, p.T("Where there is no figure, nothing is drawn."))
	}
	return notes
}

func suppressedNote(f Frame) string {
	return f.Printer.T("“–” is a figure that is held back, so that nobody can be recognised by it.")
}

func (c Chart) lying() bool { return (c.Kind == Bars || c.Kind == Stack) && len(c.Dates) == 0 }

func (c Chart) has(s State) bool {
	for _, series := range c.Series {
		for _, v := range series.Values {
			if v.Is == s {
				return true
			}
		}
	}
	return false
}
