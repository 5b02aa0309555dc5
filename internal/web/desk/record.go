package desk

import (
	"net/http"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// record is /desk/registers/{register}/{number}?on=&known=: every field that the reader may see, where it comes from, and
// the history with who and why.
func (d *Desk) record(w http.ResponseWriter, r *web.Request) error {
	then := view.Then{On: r.Query("on"), Known: r.Query("known")}
	p, err := d.View.Registry().Record(r.Context(), reader(r), r.PathValue("register"), r.PathValue("number"), then)
	if err != nil {
		return err
	}
	g := page.Group{recordDone(r), page.Heading{Level: 1, Text: p.Number, Caption: p.RegisterTitle}}
	if p.Label != "" {
		g = append(g, page.Paragraph{Classes: "govuk-body-l", HTML: page.ID(p.Label)})
	}
	if p.Closed {
		g = append(g, page.WarningText{Text: r.T("This record is sealed. Nobody without your right comes to know that it is here. What it says is not shown, to you either.")}, sealList(r, p))
		return d.showRecord(w, r, p, g)
	}
	g = append(g, recordButtons(r, p), page.TwoColumns{Main: page.Group{recordThen(r, p, then), recordFields(r, p), recordHistory(r, p)}, Side: recordSide(r, p, then), SideLabel: r.T("About this record")})
	return d.showRecord(w, r, p, g)
}

func (d *Desk) showRecord(w http.ResponseWriter, r *web.Request, p view.DeskRecord, content page.Component) error {
	return d.show(w, r, areaRegisters, web.Page{Title: p.Number, Crumbs: crumbs(r, registersCrumb(r), page.Crumb{Text: p.RegisterTitle, Href: deskRegisterPath(p.Register)}), Content: content})
}

func recordButtons(r *web.Request, p view.DeskRecord) page.Component {
	var g page.ButtonGroup
	if p.MayCorrect {
		g = append(g, page.Button{Text: r.T("Correct"), Href: recordStep(p, "correct")})
	}
	if p.MaySeal {
		g = append(g, page.Button{Text: r.T("Seal"), Href: recordStep(p, "seal"), Classes: "govuk-button--secondary"})
	}
	return g
}

// recordFields is what the record says now, field by field.
func recordFields(r *web.Request, p view.DeskRecord) page.Component {
	t := page.QueueTable{Caption: r.T("What it says now"), CaptionHidden: true, Stack: true, Columns: []page.Column{{Text: r.T("Field")}, {Text: r.T("Value")}, {Text: r.T("Where it comes from")}},
		Empty: page.EmptyState{Heading: r.T("There is nothing in this record that you may see")}}
	for _, f := range p.Fields {
		value := page.Component(page.ID(f.Value))
		if f.Refers != "" {
			value = page.LinkTo{Text: f.Value, URL: f.Refers}
		}
		about := r.T("Not published")
		if f.Published {
			about = r.T("Published")
		}
		if f.Personal != "" {
			about = r.T("{published}. Personal: {purpose}", i18n.V{"published": about, "purpose": f.Personal})
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: twoLines(page.Text(f.Title), about)}, {HTML: value}, {HTML: twoLines(page.Text(orDash(f.Came)), f.Source)}}})
	}
	return page.Group{heading2(r.T("What it says now")), t}
}

// recordThen is the record as it stood.
func recordThen(r *web.Request, p view.DeskRecord, asked view.Then) page.Component {
	t := p.Then
	if t == nil || t.Wrong {
		return page.Group{}
	}
	text := r.T("As it is known today: later corrections are taken into account.")
	if t.Known != "" {
		text = r.T("As it was known at the end of {day}.", i18n.V{"day": t.Known})
	}
	g := page.Group{page.Heading{Level: 2, Text: r.T("As it stood on {day}", i18n.V{"day": t.On})}, page.Paragraph{Text: text}}
	if t.Nothing {
		return append(g, page.InsetText{Text: r.T("The register says nothing about that day.")})
	}
	list := page.SummaryList{Rows: []page.SummaryRow{factRow(r.T("Status on that day"), licenceTag(r.P, t.State)), factRow(r.T("Said of"), page.Text(t.Valid))}}
	for _, f := range t.Facts {
		list.Rows = append(list.Rows, factRow(f.Label, page.ID(f.Value)))
	}
	return append(g, list)
}

func recordHistory(r *web.Request, p view.DeskRecord) page.Component {
	t := page.Timeline{Heading: page.Heading{Level: 2, Text: r.T("History")}}
	for _, h := range p.History {
		e := page.TimelineEntry{Title: h.Change, When: instant(h.At), By: h.By}
		g := page.Group{}
		if h.Valid != "" {
			g = append(g, page.Paragraph{Text: r.T("Says what was so {days}.", i18n.V{"days": h.Valid})})
		}
		for _, c := range h.Changes {
			g = append(g, page.Paragraph{HTML: r.P.H("{field}: {before} → {after}", i18n.V{"field": page.Text(c.Title), "before": page.ID(orDash(c.Before)), "after": page.ID(orDash(c.After))})})
		}
		if h.Reason != "" {
			g = append(g, page.Paragraph{HTML: r.P.H("Why: {reason}", i18n.V{"reason": page.ID(h.Reason)})})
		}
		if h.Source != "" {
			g = append(g, page.Paragraph{HTML: r.P.H("Shown by: {source}", i18n.V{"source": page.ID(h.Source)})})
		}
		e.HTML = g
		t.Entries = append(t.Entries, e)
	}
	return t
}

func recordSide(r *web.Request, p view.DeskRecord, then view.Then) page.Component {
	list := page.SummaryList{Rows: []page.SummaryRow{factRow(r.T("State"), licenceTag(r.P, p.State)), factRow(r.T("Kind"), page.Text(p.Kind)), factRow(r.T("Organisation"), page.Text(p.Organisation))}}
	add := func(key, value string) {
		if value != "" {
			list.Rows = append(list.Rows, factRow(key, page.ID(value)))
		}
	}
	add(r.T("From"), p.From)
	add(r.T("Until"), p.Until)
	link := func(key, text, to string) {
		if to != "" {
			list.Rows = append(list.Rows, factRow(key, page.LinkTo{Text: text, URL: to}))
		}
	}
	link(r.T("Licence"), r.T("Steps on this licence"), p.Licence)
	link(r.T("What strangers see"), r.T("Public page"), p.Public)
	g := page.Group{dense(list), waitingTable(r, p.Waiting), sealList(r, p)}
	wrong := page.ErrorMessage{}
	if p.Then != nil && p.Then.Wrong {
		wrong.Text = r.T("Enter a real day that is not in the future, like 2026-03-27")
	}
	on := dayInput("on", r.T("As it stood on"), then.On)
	on.ErrorMessage = wrong
	return append(g, page.Filters{Heading: r.T("An earlier day"), Action: deskRecordPath(p.Register, p.Number),
		Fields: []page.Component{on, dayInput("known", r.T("As it was known on (optional)"), then.Known)}})
}

// sealList is what is or was sealed, for those with the right.
func sealList(r *web.Request, p view.DeskRecord) page.Component {
	if len(p.Seals) == 0 {
		return page.Group{}
	}
	g := page.Group{page.Heading{Level: 2, Text: r.T("Seals")}}
	for _, s := range p.Seals {
		title := s.Title
		if title == "" {
			title = r.T("The whole record")
		}
		list := page.SummaryList{Card: page.SummaryCard{Title: page.CardTitle{Text: title}}, Rows: []page.SummaryRow{
			factRow(r.T("Why"), page.ID(s.Reason)), factRow(r.T("Order or law"), page.ID(s.Law)), factRow(r.T("Since"), page.Group{instant(s.Since), page.Text(" "), page.ID(s.By)})}}
		switch {
		case s.Lifted.Text != "":
			list.Rows = append(list.Rows, factRow(r.T("Unsealed"), page.Group{instant(s.Lifted), page.Text(" "), page.ID(s.LiftedBy)}))
		case s.Until != "":
			list.Rows = append(list.Rows, factRow(r.T("Until"), page.ID(s.Until)))
		}
		g = append(g, list)
		if p.MaySeal && s.Lifted.Text == "" {
			g = append(g, page.Button{Text: r.T("Unseal"), Href: recordStep(p, "unseal/"+s.ID), Classes: "govuk-button--secondary"})
		}
	}
	return g
}
