package site

import (
	"net/http"
	"net/url"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// registers is /registers.
func (s *Site) registers(w http.ResponseWriter, r *web.Request) error {
	title := r.T("Public registers")
	var cards []page.ServiceCard
	for _, line := range s.View.Registers(reader(r)) {
		cards = append(cards, page.ServiceCard{Title: line.Title, URL: "/registers/" + line.ID, Text: line.Summary, Facts: []string{line.Organisation}, Level: 2})
	}
	content := page.Group{
		heading1("", title),
		column(body(r.T("What the law makes public: who may do what, and where. Personal details are not shown.")),
			page.Paragraph{HTML: page.LinkTo{Text: r.T("Check a licence by its number"), URL: "/verify"}}),
		page.ServiceGrid{Cards: cards},
	}
	if closed := s.View.Civil().ClosedRegisters(reader(r)); len(closed) > 0 {
		cards = nil
		for _, line := range closed {
			cards = append(cards, page.ServiceCard{Title: line.Title, URL: "/registers/" + line.ID, Text: line.Summary, Facts: []string{line.Organisation}, Level: 3})
		}
		content = append(content, h2(r.T("Registers that are not public")),
			column(body(r.T("Nobody can leaf through these. Those who are named in an entry, and a few others, may have a copy of it."))), page.ServiceGrid{Cards: cards})
	}
	return r.Render(w, web.Page{Title: title, Area: "registers", Content: content})
}

// register is /registers/{register}?q=&after=.
func (s *Site) register(w http.ResponseWriter, r *web.Request) error {
	copies, err := s.View.Civil().Copies(reader(r), r.PathValue("register"))
	if err == nil && !copies.Public {
		return s.closedRegister(w, r, copies)
	}
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	if register, format, ok := fileOf(r.PathValue("register")); ok {
		return s.registerFile(w, r, register, format)
	}
	p, err := s.View.Register(r.Context(), reader(r), r.PathValue("register"), r.Query("q"), r.Query("after"), r.Query("on"))
	if err != nil {
		return err
	}
	base := "/registers/" + p.ID
	t := page.QueueTable{Caption: p.Title, CaptionHidden: true, Stack: true, Columns: []page.Column{{Text: r.T("Entry")}},
		Empty: page.EmptyState{Heading: r.T("Nothing found"), Text: r.T("Try fewer or other words."), Level: 2}}
	for _, c := range p.Columns {
		t.Columns = append(t.Columns, page.Column{Text: c})
	}
	status := r.T("Status today")
	if p.On != "" {
		status = r.T("Status on that day")
	}
	t.Columns = append(t.Columns, page.Column{Text: status})
	for _, row := range p.Rows {
		to := base + "/" + url.PathEscape(row.Number)
		if p.On != "" {
			to += "?" + url.Values{"on": {p.Typed}}.Encode()
		}
		cells := []page.Cell{{HTML: nameAndNumber(to, row.Label, row.Number, "")}}
		for _, c := range row.Cells {
			cells = append(cells, page.Cell{HTML: page.ID(c)})
		}
		cells = append(cells, page.Cell{HTML: page.State(reader(r).RecordState(row.State), tone(row.State))})
		t.Rows = append(t.Rows, page.QueueRow{Cells: cells})
	}
	content := page.Group{
		heading1(p.Organisation, p.Title), column(body(p.Summary), source(r.T("Kept under"), p.Law)),
		page.SearchBox{Action: base, Label: r.T("Search this register"), Value: p.Query},
	}
	if p.On != "" {
		content = append(content, h2(r.T("As it stood on {day}", i18n.V{"day": p.On})),
			column(body(r.T("As it is known today: later corrections are taken into account.")), page.Paragraph{HTML: page.LinkTo{Text: r.T("Back to today"), URL: base}}))
	}
	content = append(content, t)
	if p.Next != "" {
		q := url.Values{"after": {p.Next}}
		if p.Query != "" {
			q.Set("q", p.Query)
		}
		if p.On != "" {
			q.Set("on", p.Typed)
		}
		content = append(content, page.Pagination{Next: page.PageLink{Href: base + "?" + q.Encode()}})
	}
	content = append(content, column(page.Details{SummaryText: r.T("See an earlier day"), Open: p.Typed != "",
		HTML: dayAsked(r, base, r.T("Day"), r.T("The whole register as it stood on that day."), view.Then{On: p.Typed}, p.Wrong)}), registerFiles(r, base))
	return r.Render(w, web.Page{Title: p.Title, Area: "registers", Content: content, Crumbs: registerCrumbs(r), NoIndex: p.Query+p.Typed != ""})
}

func registerCrumbs(r *web.Request, more ...page.Crumb) []page.Crumb {
	return append([]page.Crumb{{Text: r.T("Home"), Href: "/"}, {Text: r.T("Registers"), Href: "/registers"}}, more...)
}

// record is /registers/{register}/{number}.
func (s *Site) record(w http.ResponseWriter, r *web.Request) error {
	then := view.Then{On: r.Query("on"), Known: r.Query("known")}
	p, err := s.View.Record(r.Context(), reader(r), r.PathValue("register"), r.PathValue("number"), then)
	if err != nil {
		return err
	}
	if p.State == view.Merged {
		return s.mergedRecord(w, r, p)
	}
	list := page.SummaryList{Rows: []page.SummaryRow{
		{Key: page.Cell{Text: r.T("Number")}, Value: page.Cell{HTML: page.ID(p.Number)}},
		{Key: page.Cell{Text: r.T("Status today")}, Value: page.Cell{HTML: page.State(reader(r).RecordState(p.State), tone(p.State))}},
	}}
	for _, f := range p.Facts {
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: f.Label}, Value: page.Cell{HTML: page.ID(f.Value)}})
	}
	if p.Verifiable {
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: r.T("Valid from")}, Value: page.Cell{HTML: page.ID(p.From)}})
		if p.Until != "" {
			list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: r.T("Valid until")}, Value: page.Cell{HTML: page.ID(p.Until)}})
		}
	}
	title := p.Label
	if title == "" {
		title = p.Number
	}
	base := "/registers/" + p.Register.ID + "/" + url.PathEscape(p.Number)
	g := page.Group{heading1(p.Kind, title), list, recordThen(r, p, base, then), history(r, p)}
	if p.Verifiable {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Verification page"), URL: pathOf(p.VerifyURL)}},
			variants(r, p.ServiceID, p.ID, r.T("What anybody can apply for"), p.Variants))
	}
	for _, x := range s.View.Civil().OfRecord(reader(r), p.Register.ID) {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Order: {title}", i18n.V{"title": x.Title}), URL: "/account/records/" + p.ID + "/" + x.ID}})
	}
	return r.Render(w, web.Page{Title: title, Area: "registers", Content: column(g...),
		NoIndex: then.Asked(), Crumbs: registerCrumbs(r, page.Crumb{Text: p.Register.Title, Href: "/registers/" + p.Register.ID})})
}

func history(r *web.Request, p view.RecordPage) page.Component {
	t := page.Timeline{Heading: page.Heading{Text: r.T("History")}}
	for _, h := range p.History {
		t.Entries = append(t.Entries, page.TimelineEntry{Title: h.Change, When: timeOf(h.At), Text: said(reader(r).RecordState(h.State), h.Valid), Tone: tone(h.State)})
	}
	return t
}

// said is the state that a change led to, and of which days it says so.
func said(state, days string) string {
	if days == "" {
		return state
	}
	return state + " · " + days
}

// standing says of something genuine how it stands today.
func standing(r *web.Request, state string) string {
	words := map[string]string{
		"active":      r.T("Genuine, and in force today"),
		"suspended":   r.T("Genuine, but suspended: it may not be used today"),
		"revoked":     r.T("Genuine once, but revoked: it may not be used"),
		"surrendered": r.T("Genuine once, but given up by its holder: it may not be used"),
		"ended":       r.T("Genuine, but its time is over: it may not be used"),
		"future":      r.T("Genuine, but not in force yet"),
	}
	if words[state] == "" {
		return reader(r).RecordState(state)
	}
	return words[state]
}

// verify is /verify/{record}, where a certificate's code leads.
func (s *Site) verify(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Verify(r.Context(), reader(r), r.PathValue("record"))
	if err != nil {
		return err
	}
	title := standing(r, p.State)
	status := page.StatusPanel{Label: p.Kind, Status: title, Tone: tone(p.State), Heading: 1,
		Text: r.T("Checked today, {date}, in the register of {issuer}.", i18n.V{"date": p.Today, "issuer": p.Issuer})}
	cert, err := certificateOf(r, 2, p.Facts, view.LicenceLine{ID: p.ID, Number: p.Number, Label: p.Label, Kind: p.Kind, State: p.State, From: p.From, Until: p.Until}, p.Issuer, p.VerifyURL)
	if err != nil {
		return err
	}
	g := page.Group{status, cert, history(r, p), page.Paragraph{HTML: page.LinkTo{Text: r.T("See it in the register"), URL: "/registers/" + p.Register.ID + "/" + url.PathEscape(p.Number)}}}
	return r.Render(w, web.Page{Title: title, Area: "registers", Content: g})
}

// pathOf is the path of an address of ours: links stay where the reader is.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "/"
	}
	return u.EscapedPath()
}
