package chart

import (
	"strings"

	"stoa/internal/web/page"
)

// table has every figure of the chart, exactly.
func (c Chart) table() page.Table {
	p, f := c.Printer, c.figures()
	t := page.Table{
		Caption: withUnit(c.Title, f.name()), CaptionClasses: "govuk-visually-hidden", FirstCellIsHeader: true,
		Head: []page.Cell{{Text: c.head()}}, Classes: "stoa-chart__table",
	}
	numeric := func(text string) page.Cell { return page.Cell{Text: text, Format: "numeric"} }
	for _, s := range c.Series {
		t.Head = append(t.Head, numeric(withUnit(c.seriesName(s), f.name())))
		if len(s.Low) > 0 {
			t.Head = append(t.Head, numeric(p.T("{series}, at least", map[string]any{"series": c.seriesName(s)})), numeric(p.T("{series}, at most", map[string]any{"series": c.seriesName(s)})))
		}
	}
	for i := range c.size() {
		row := []page.Cell{c.rowHead(i)}
		for _, s := range c.Series {
			row = append(row, numeric(f.exact(s.Values[i])))
			if len(s.Low) > 0 {
				row = append(row, numeric(f.exact(s.Low[i])), numeric(f.exact(s.High[i])))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func withUnit(name, unit string) string {
	if unit == "" || strings.EqualFold(unit, name) {
		return name
	}
	return name + " (" + unit + ")"
}

func (c Chart) seriesName(s Series) string {
	if s.Name != "" {
		return s.Name
	}
	return c.Title
}

// head names the first column.
func (c Chart) head() string {
	if c.Of != "" {
		return c.Of
	}
	switch {
	case len(c.Dates) == 0:
		return c.Printer.T("Name")
	case c.Grain == Month:
		return c.Printer.T("Month")
	case c.Grain == Year:
		return c.Printer.T("Year")
	}
	return c.Printer.T("Date")
}

func (c Chart) rowHead(i int) page.Cell {
	name := c.name(i)
	for _, s := range c.Series {
		if s.Expected > 0 && i >= c.size()-s.Expected {
			name = c.Printer.T("{date} (forecast)", map[string]any{"date": name})
			break
		}
	}
	if len(c.Links) > 0 && c.Links[i] != "" {
		return page.Cell{HTML: page.LinkTo{Text: name, URL: c.Links[i]}}
	}
	return page.Cell{Text: name}
}

// name is category or date i in full.
func (c Chart) name(i int) string {
	if len(c.Dates) == 0 {
		return c.Categories[i]
	}
	y, m, d := c.Dates[i].Date()
	switch c.Grain {
	case Year:
		return c.year(y)
	case Month:
		return c.Printer.Month(y, m)
	}
	return c.Printer.DateShort(y, m, d)
}
