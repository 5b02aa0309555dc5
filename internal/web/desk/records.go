package desk

import (
	"net/http"
	"net/url"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// recordRoutes are the pages of registers and their records.
func recordRoutes(d *Desk) []web.Route {
	var routes []web.Route
	add := func(method, pattern string, do policy.Action, h web.Handler) {
		routes = append(routes, web.Route{Method: method, Pattern: "/desk" + pattern, Area: web.Desk, Action: do, Handle: h})
	}
	form := func(pattern string, do policy.Action, h web.Handler) {
		add("GET", pattern, do, h)
		add("POST", pattern, do, h)
	}
	add("GET", "/registers", policy.RecordRead, d.registers)
	add("GET", "/registers/{register}", policy.RecordRead, d.register)
	add("GET", "/registers/{register}/{number}", policy.RecordRead, d.record)
	form("/registers/{register}/enter", policy.RecordWork, d.enterRecord)
	form("/records/{register}/{number}/correct", policy.RecordWork, d.correctRecord)
	form("/records/{register}/{number}/seal", policy.RecordSupervise, d.sealRecord)
	form("/records/{register}/{number}/unseal/{seal}", policy.RecordSupervise, d.unsealRecord)
	form("/proposals/{proposal}", policy.RecordRead, d.recordProposal)
	return routes
}

func deskRegisterPath(register string) string { return "/desk/registers/" + url.PathEscape(register) }

func deskRecordPath(register, number string) string {
	return deskRegisterPath(register) + "/" + url.PathEscape(number)
}

// recordStep is the address of a form about a record.
func recordStep(p view.DeskRecord, step string) string {
	return "/desk/records/" + url.PathEscape(p.Register) + "/" + url.PathEscape(p.Number) + "/" + step
}

func registersCrumb(r *web.Request) page.Crumb {
	return page.Crumb{Text: r.T("Registers"), Href: "/desk/registers"}
}

// registers is /desk/registers: those that the reader's organisations keep, or see something of.
func (d *Desk) registers(w http.ResponseWriter, r *web.Request) error {
	list, err := d.View.Registry().Registers(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Registers")
	t := page.QueueTable{Caption: title, CaptionHidden: true, Stack: true, Empty: page.EmptyState{Heading: r.T("Your organisations keep no register here.")},
		Columns: []page.Column{{Text: r.T("Register")}, {Text: r.T("Kept by")}, {Text: r.T("Public pages")}, {Text: r.T("Waits for a second person"), Format: "numeric"}}}
	for _, line := range list {
		public := r.T("No")
		if line.Public {
			public = r.T("Yes")
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: twoLines(page.LinkTo{Text: line.Title, URL: deskRegisterPath(line.ID)}, line.Summary)},
			{Text: line.Organisation}, {Text: public}, {Text: count(r.P, line.Waiting)}}})
	}
	return d.show(w, r, areaRegisters, web.Page{Title: title, Crumbs: crumbs(r), Content: page.Group{heading1(title),
		page.Paragraph{Text: r.T("What your organisations keep on record. Every entry keeps its history; whoever opens an entry about somebody is recorded, and that person can see it.")}, t}})
}

// register is /desk/registers/{register}?q=&key=&value=&on=&after=.
func (d *Desk) register(w http.ResponseWriter, r *web.Request) error {
	ask := view.RegisterAsk{Words: r.Query("q"), Key: r.Query("key"), Value: r.Query("value"), After: r.Query("after"), On: r.Query("on")}
	p, err := d.View.Registry().Register(r.Context(), reader(r), r.PathValue("register"), ask)
	if err != nil {
		return err
	}
	base := deskRegisterPath(p.ID)
	g := page.Group{recordDone(r), page.Heading{Level: 1, Text: p.Title, Caption: p.Organisation}}
	if p.On != "" {
		g = append(g, page.InsetText{HTML: page.Group{page.Text(r.T("As it stood on {day}", i18n.V{"day": p.On}) + ". "), page.LinkTo{Text: r.T("Back to today"), URL: base}}})
	}
	main := page.Group{d.recordTable(r, p)}
	if ask.Key == "" {
		main = append(main, nextPage(r, base, url.Values{"q": {ask.Words}, "on": {ask.On}}, "after", p.Next))
	}
	main = append(main, waitingTable(r, p.Waits), closedTable(r, p), registerFileLinks(r, p.ID))
	return d.show(w, r, areaRegisters, web.Page{Title: p.Title, Crumbs: crumbs(r, registersCrumb(r)),
		Content: append(g, page.TwoColumns{Main: main, Side: registerSide(r, p, base), SideLabel: r.T("Find")})})
}

func (d *Desk) recordTable(r *web.Request, p view.DeskRegister) page.Component {
	status := r.T("State")
	if p.On != "" {
		status = r.T("Status on that day")
	}
	t := page.QueueTable{Caption: r.T("Entries"), CaptionHidden: true, Stack: true, Columns: []page.Column{{Text: r.T("Entry")}}, Empty: page.EmptyState{Heading: r.T("No record fits")}}
	for _, c := range p.Columns {
		t.Columns = append(t.Columns, page.Column{Text: c})
	}
	t.Columns = append(t.Columns, page.Column{Text: status})
	for _, row := range p.Rows {
		to := deskRecordPath(p.ID, row.Number)
		if p.On != "" {
			to += "?" + url.Values{"on": {p.Ask.On}}.Encode()
		}
		cells := []page.Cell{{HTML: twoLines(page.LinkTo{Text: row.Number, URL: to}, row.Label)}}
		for _, c := range row.Cells {
			cells = append(cells, page.Cell{HTML: page.ID(c)})
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: append(cells, page.Cell{HTML: licenceTag(r.P, row.State)})})
	}
	return t
}

// registerSide is how to find entries, and what else can be done with the register.
func registerSide(r *web.Request, p view.DeskRegister, base string) page.Component {
	wrong := page.ErrorMessage{}
	if p.Wrong {
		wrong.Text = r.T("Enter a real day that is not in the future, like 2026-03-27")
	}
	day := dayInput("on", r.T("As it stood on"), p.Ask.On)
	day.ErrorMessage = wrong
	g := page.Group{}
	if p.MayEnter {
		g = append(g, page.Button{Text: r.T("Enter a new record"), Href: base + "/enter"})
	}
	g = append(g, page.Filters{Heading: r.T("Search"), Action: base, Fields: []page.Component{
		page.Input{Name: "q", Value: p.Ask.Words, Label: page.Label{Text: r.T("Number or words")}, Hint: page.Hint{Text: r.T("The beginning of a word is enough")}}}})
	if len(p.Keys) > 0 {
		g = append(g, page.Filters{ID: "exact", Heading: r.T("Find by an exact value"), Action: base, Fields: []page.Component{
			page.Select{Name: "key", Value: p.Ask.Key, Label: page.Label{Text: r.T("Field")}, Items: options(p.Keys)},
			page.Input{Name: "value", Value: p.Ask.Value, Label: page.Label{Text: r.T("Value")}, Hint: page.Hint{Text: r.T("Each entry found is recorded as looked at.")}}}})
	}
	return append(g, page.Filters{ID: "day", Heading: r.T("An earlier day"), Action: base, Fields: []page.Component{day}})
}

func waitingTable(r *web.Request, list []view.RecordProposalLine) page.Component {
	if len(list) == 0 {
		return page.Group{}
	}
	t := page.QueueTable{Caption: r.T("Waits for a second person"), CaptionHidden: true, Stack: true, Columns: []page.Column{{Text: r.T("What")}, {Text: r.T("Proposed by")}, {Text: r.T("When")}}}
	for _, p := range list {
		what := r.T("New entry")
		if p.Number != "" {
			what = r.T("Correction of {number}", i18n.V{"number": p.Number})
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.LinkTo{Text: what, URL: "/desk/proposals/" + p.ID}}, {Text: p.By}, {HTML: instant(p.At)}}})
	}
	return page.Group{heading2(r.T("Waits for a second person")), t}
}

func closedTable(r *web.Request, p view.DeskRegister) page.Component {
	if len(p.Closed) == 0 {
		return page.Group{}
	}
	t := page.QueueTable{Caption: r.T("Sealed: nobody else sees these"), CaptionHidden: true, Stack: true, Columns: []page.Column{{Text: r.T("Entry")}}}
	for _, row := range p.Closed {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.LinkTo{Text: row.Number, URL: deskRecordPath(p.ID, row.Number)}}}})
	}
	return page.Group{heading2(r.T("Sealed: nobody else sees these")), t}
}

// recordDone is the banner after something was done.
func recordDone(r *web.Request) page.Component {
	text := map[string]string{
		"corrected": r.T("The entry is corrected. Its history shows what it said before."), "proposed": r.T("Proposed. A supervisor who is not you must approve it before it takes effect."),
		"entered": r.T("The entry is in the register."), "sealed": r.T("Sealed. To everybody else it is as if it were not there."), "unsealed": r.T("Unsealed."),
		"approved": r.T("Approved. It has taken effect."), "refused": r.T("Refused."), "withdrawn": r.T("Withdrawn."),
	}[r.Query("done")]
	if text == "" {
		return page.Group{}
	}
	return page.NotificationBanner{Type: "success", Text: text}
}
