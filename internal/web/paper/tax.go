package paper

import (
	"context"
	"io"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web/page"
)

// TaxReasons is why a tax comes to what it comes to: the days, the items of each stretch of equal days, and of each item the
// rule, the figure with its source, and what is known.
type TaxReasons struct {
	P     *i18n.Printer
	Why   *view.TaxWhy
	Level int // of its headings; 3 when zero
}

// Render prints the reasons.
func (t TaxReasons) Render(ctx context.Context, w io.Writer) error {
	if t.Why == nil {
		return nil
	}
	if t.Level == 0 {
		t.Level = 3
	}
	p, x := t.P, t.Why
	var g page.Group
	if x.ByDay && len(x.Parts) > 1 {
		g = append(g, page.Paragraph{HTML: p.H("Counted by the day: {liable}, {days}.", i18n.V{"liable": page.ID(x.Liable), "days": p.N("{n} day", "{n} days", x.Days)})})
	}
	if len(x.Parts) == 0 || len(x.Items) == 0 {
		g = append(g, page.Paragraph{Text: p.T("Nothing is charged.")})
	}
	for _, part := range x.Parts {
		g = append(g, t.part(part)...)
	}
	return append(g, t.known()).Render(ctx, w)
}

// part is a stretch of days.
func (t TaxReasons) part(s view.TaxPart) page.Group {
	p := t.P
	var g page.Group
	title := p.T("What is charged")
	if t.Why.ByDay {
		title = p.T("{from} to {until}: {days}", i18n.V{"from": s.From, "until": s.Until, "days": p.N("{n} day", "{n} days", s.Days)})
	}
	table := page.Table{Caption: title, CaptionClasses: "govuk-table__caption--s", FirstCellIsHeader: true}
	table.Head = []page.Cell{{Text: p.T("Item")}}
	if t.Why.ByDay {
		table.Head = append(table.Head, page.Cell{Text: p.T("For the whole period"), Format: "numeric"}, page.Cell{Text: p.T("For these days"), Format: "numeric"})
	} else {
		table.Head = append(table.Head, page.Cell{Text: p.T("Amount"), Format: "numeric"})
	}
	row := func(name page.Cell, whole, amount string) {
		cells := []page.Cell{name}
		if t.Why.ByDay {
			cells = append(cells, page.Cell{HTML: page.ID(whole), Format: "numeric"})
		}
		table.Rows = append(table.Rows, append(cells, page.Cell{HTML: page.ID(amount), Format: "numeric"}))
	}
	for _, i := range s.Items {
		row(page.Cell{Text: i.Title}, i.Whole, i.Amount)
	}
	if len(s.Items) != 1 {
		row(page.Cell{Text: p.T("Together")}, s.Whole, s.Total)
	}
	g = append(g, page.Scroll{Label: title, HTML: table})
	for _, i := range s.Items {
		if i.Why == nil {
			continue
		}
		inside := page.Group{}
		if i.Law.Text != "" {
			inside = append(inside, page.Paragraph{HTML: Law(i.Law)})
		}
		if i.Reduced {
			inside = append(inside, page.Paragraph{Text: p.T("Only a part of it was needed: nothing is left to pay.")})
		}
		g = append(g, page.Details{SummaryText: p.T("Why {amount}: {title}", i18n.V{"amount": i.Whole, "title": i.Title}), HTML: append(inside, Reasons{Why: i.Why})})
	}
	return g
}

// known is everything that the charge rests on.
func (t TaxReasons) known() page.Component {
	p := t.P
	if len(t.Why.Known) == 0 {
		return page.Group{}
	}
	return page.Details{SummaryText: p.T("Everything that this rests on"), HTML: KnownList{P: p, List: t.Why.Known}}
}

// KnownList is what is known, each with since when and from whom.
type KnownList struct {
	P    *i18n.Printer
	List []view.TaxKnown
}

// Render prints the list.
func (k KnownList) Render(ctx context.Context, w io.Writer) error {
	list := page.SummaryList{}
	for _, one := range k.List {
		value := page.Group{page.ID(one.Value)}
		about := one.Source
		switch {
		case one.From != "" && one.Source != "":
			about = k.P.T("{source}, from {date}", i18n.V{"source": one.Source, "date": one.From})
		case one.From != "":
			about = k.P.T("from {date}", i18n.V{"date": one.From})
		}
		if about != "" {
			value = append(value, small(about))
		}
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: one.Title}, Value: page.Cell{HTML: value}})
	}
	return list.Render(ctx, w)
}

// Versions are the assessments of a period, with what changed from one to the next.
type Versions struct {
	P    *i18n.Printer
	List []view.TaxVersion
	URL  func(id string) string
}

// Render prints the versions; nothing where there is one.
func (v Versions) Render(ctx context.Context, w io.Writer) error {
	if len(v.List) == 0 {
		return nil
	}
	line := page.Timeline{Heading: page.Heading{Text: v.P.T("Assessed more than once: what changed"), Level: 3}}
	for _, x := range v.List {
		var items []page.Component
		for _, c := range x.Changes {
			items = append(items, page.Text(c))
		}
		inside := page.Group{page.Paragraph{HTML: v.P.H("{total}. {state}.", i18n.V{"total": page.LinkTo{Text: x.Total, URL: v.URL(x.ID)}, "state": page.Text(x.State.Text)})}}
		if len(items) > 0 {
			inside = append(inside, page.List{Items: items})
		}
		tone := page.Neutral
		if x.Counts {
			tone = page.Good
		}
		line.Entries = append(line.Entries, page.TimelineEntry{Title: x.Cause, When: page.Time{Text: x.Issued}, HTML: inside, Tone: tone})
	}
	return line.Render(ctx, w)
}
