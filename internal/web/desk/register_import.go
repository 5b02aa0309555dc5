package desk

import (
	"net/http"
	"net/url"
	"strconv"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// registerFileRoutes is the table of the addresses of registers as files, and of duplicates in them.
func registerFileRoutes(d *Desk) []web.Route {
	var routes []web.Route
	add := func(method, pattern string, do policy.Action, h web.Handler) {
		routes = append(routes, web.Route{Method: method, Pattern: "/desk" + pattern, Area: web.Desk, Action: do, Handle: h})
	}
	add("GET", "/registers/{register}/import", policy.RecordBulk, d.importRecords)
	add("POST", "/registers/{register}/import", policy.RecordBulk, d.importRecords)
	routes[len(routes)-1].Body = mostStatement
	add("GET", "/imports/{import}", policy.RecordBulk, d.oneImport)
	add("POST", "/imports/{import}", policy.RecordBulk, d.oneImport)
	add("GET", "/imports/{import}/wrong.csv", policy.RecordBulk, d.importWrongs)
	add("GET", "/registers/{register}/duplicates", policy.RecordBulk, d.duplicates)
	add("POST", "/registers/{register}/duplicates", policy.RecordBulk, d.duplicates)
	add("GET", "/duplicates/{register}/{a}/{b}", policy.RecordBulk, d.pair)
	add("POST", "/duplicates/{register}/{a}/{b}", policy.RecordBulk, d.pair)
	add("GET", "/merges/{merge}", policy.RecordBulk, d.merge)
	add("POST", "/merges/{merge}", policy.RecordAgree, d.merge)
	add("GET", "/registers/{register}/export", policy.RecordBulk, d.exportRecords)
	add("GET", "/exports/{register}/{format}", policy.RecordBulk, d.exportRecordFile)
	return routes
}

func importURL(id, more string) string { return "/desk/imports/" + url.PathEscape(id) + more }
func registerURL(id, more string) string {
	return "/desk/registers/" + url.PathEscape(id) + more
}

// showRegister answers with a page of a register at the desk.
func (d *Desk) showRegister(w http.ResponseWriter, r *web.Request, id, title string, p web.Page) error {
	p.Crumbs = crumbs(r, registersCrumb(r), page.Crumb{Text: title, Href: deskRegisterPath(id)})
	return d.show(w, r, areaRegisters, p)
}

// importRecords is /desk/registers/{register}/import: a file is sent, and those that were are listed.
func (d *Desk) importRecords(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("register")
	var wrongs problems
	all := false
	if r.Method == http.MethodPost {
		form, files, done, err := r.ReadUpload()
		defer done()
		if err != nil {
			return err
		}
		all = form.Get("take") == "all"
		var imp string
		if imp, err = d.sendRecords(r, id, all, files); err == nil {
			return r.Redirect(w, importURL(imp, ""))
		}
		ours := false
		if wrongs, ours = wrong(r, err, "file"); !ours {
			return err
		}
	}
	h, err := d.View.RegisterFiles().ImportHome(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	take := "good"
	if all {
		take = "all"
	}
	g := page.Group{wrongs.summary(), page.Heading{Level: 1, Text: r.T("Bring in a file"), Caption: h.Title},
		page.Paragraph{Text: r.T("Each row is looked at first, and you see what it would do. Nothing changes in the register before somebody says so.")},
		page.Form{Action: registerURL(id, "/import"), Key: r.NewKey(), Files: true, HTML: page.Group{
			page.FileUpload{Name: "file", Label: page.Label{Text: r.T("File"), Classes: "govuk-label--s"}, Hint: page.Hint{Text: r.T("CSV or JSON Lines in UTF-8, at most 25 MB. Larger files go through the command stoa register import.")},
				ErrorMessage: wrongs.at("file"), Attributes: page.Attributes{"accept": ".csv,.jsonl,.ndjson,text/csv,application/x-ndjson"}},
			page.Radios{Name: "take", Value: take, Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("If some rows are wrong"), Classes: "govuk-fieldset__legend--s"}}, Items: []page.Choice{
				{Value: "good", Text: r.T("Take the good rows"), Hint: page.Hint{Text: r.T("The wrong ones are listed with the reason, so that they can be mended and sent again.")}},
				{Value: "all", Text: r.T("Take nothing"), Hint: page.Hint{Text: r.T("All rows together, or none of them.")}},
			}},
			page.Button{Text: r.T("Send and look"), PreventDoubleClick: true},
		}}, importFields(r, h.RegisterFields), importTable(r, h.Imports)}
	return d.showRegister(w, r, id, h.Title, web.Page{Title: r.T("Bring in a file"), Failed: wrongs.any(), Asks: true, Content: g})
}

func (d *Desk) sendRecords(r *web.Request, register string, all bool, files []web.File) (id string, err error) {
	if len(files) != 1 || files[0].Field != "file" {
		return "", fault.NewInvalid("Choose a file")
	}
	if files[0].TooLarge {
		return "", fault.NewInvalid("The file is larger than 25 MB. Divide it, or let an administrator bring it in with the command stoa register import")
	}
	return d.Flow.Registers().Import(r.Context(), r.Actor, flow.ImportRecords{Register: register, Name: files[0].Name, AllOrNone: all, Key: r.Key(), File: files[0].Body})
}

// importFields says how a file must look.
func importFields(r *web.Request, f view.RegisterFields) page.Component {
	types := map[string]string{"text": r.T("Text"), "number": r.T("Number, with a point: 1250.5"), "money": r.T("Amount, with a point: 140.25"), "date": r.T("Day: 2026-04-01"), "yes_no": r.T("yes or no")}
	t := page.QueueTable{Caption: r.T("Columns"), Stack: true, Columns: []page.Column{{Text: r.T("Name in the first line")}, {Text: r.T("Field")}, {Text: r.T("How it is written")}}}
	t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.ID("number")}, {Text: r.T("Number of the record")}, {Text: r.T("Text")}}})
	for _, c := range f.Fields {
		said := types[c.Type]
		if c.Required {
			said = r.T("{form}; it must not be empty", i18n.V{"form": said})
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.ID(c.ID)}, {Text: c.Title}, {Text: said}}})
	}
	return page.Details{SummaryText: r.T("How a file must look"), HTML: page.Group{
		page.Paragraph{Text: r.T("A row changes the record that has its number, or else makes a new one. A column that the file does not have leaves the field as it is; an empty cell takes its value away.")}, t}}
}

func importState(r *web.Request, state string) page.Tag {
	switch state {
	case view.ImportReceiving:
		return page.State(r.T("Coming in"), page.Info)
	case view.ImportJudging:
		return page.State(r.T("Being looked at"), page.Info)
	case view.ImportJudged:
		return page.State(r.T("Waits for a decision"), page.Caution)
	case view.ImportCarrying:
		return page.State(r.T("Being carried out"), page.Info)
	case view.ImportCarried:
		return page.State(r.T("Carried out"), page.Good)
	}
	return page.State(r.T("Dropped"), page.Neutral)
}

func importTable(r *web.Request, list []view.ImportLine) page.Component {
	t := page.QueueTable{Caption: r.T("Files sent before"), Stack: true, Empty: page.EmptyState{Heading: r.T("No file was sent yet")},
		Columns: append([]page.Column{{Text: r.T("File")}, {Text: r.T("State")}, {Text: r.T("Sent")}, {Text: r.T("By")}}, numbers(r.T("Rows"), r.T("Wrong"), r.T("Taken"))...)}
	for _, i := range list {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: moneyLink(i.Name, importURL(i.ID, ""), "")}, {HTML: importState(r, i.State)}, {HTML: instant(i.Started)}, {Text: i.By},
			{HTML: page.ID(count(r.P, i.Rows))}, {HTML: page.ID(count(r.P, i.Bad))}, {HTML: page.ID(count(r.P, i.Taken))}}})
	}
	return t
}

// oneImport is /desk/imports/{import}: the preview, the decision, how far it is.
func (d *Desk) oneImport(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("import")
	refused := ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		act := flow.ActOnImport{Import: id, Version: version(r), Key: r.Key()}
		var err error
		switch r.Field("do") {
		case "carry":
			err = d.Flow.Registers().CarryOutImport(r.Context(), r.Actor, act)
		case "drop":
			err = d.Flow.Registers().DropImport(r.Context(), r.Actor, act)
		default:
			err = fault.NewInvalid("")
		}
		if err == nil {
			return r.Redirect(w, importURL(id, ""))
		}
		said, ok := r.Say(err, fault.Invalid, fault.Conflict, fault.Forbidden)
		if !ok {
			return err
		}
		refused = said
	}
	p, err := d.View.RegisterFiles().Import(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	g := page.Group{}
	if refused != "" {
		g = append(g, page.WarningText{Text: refused})
	}
	g = append(g, page.Heading{Level: 1, Text: p.Name, Caption: r.T("File for: {register}", i18n.V{"register": p.Title})},
		page.TwoColumns{Main: page.Group{importStatus(r, p), importTiles(r, p), importProblems(r, p)}, Side: page.Group{importActions(r, p), importFacts(r, p)}, SideLabel: r.T("About this file, and what can be done")})
	answer := web.Page{Title: p.Name, Content: g}
	if refused != "" {
		answer.Status = http.StatusConflict
	}
	return d.showRegister(w, r, p.Register, p.Title, answer)
}

func importStatus(r *web.Request, p view.ImportPage) page.Component {
	tag := importState(r, p.State)
	s := page.StatusPanel{Label: r.T("State"), Status: tag.Text, Tone: page.Info}
	switch p.State {
	case view.ImportJudged:
		s.Tone = page.Caution
		switch {
		case p.AllOrNone && p.Bad > 0:
			s.Text = r.T("Some rows are wrong, so nothing will be taken. Mend the file and send it again.")
		case p.NothingY:
			s.Text = r.T("No row is new and none changes a record: there is nothing to take.")
		case p.TwoPersons && p.Own:
			s.Text = r.T("You sent it: another person, a supervisor, must look at it and carry it out.")
		case p.TwoPersons && !p.CanCarry:
			s.Text = r.T("A supervisor who did not send it can carry it out.")
		default:
			s.Text = r.T("Look through it, then carry it out or drop it.")
		}
		if p.InParts && p.CanCarry {
			s.HTML = page.Paragraph{Text: r.T("The file is too large to be taken in one step. It goes in parts of {n} rows: if somebody changes a record meanwhile, its row is left out and listed, and the others are taken.", i18n.V{"n": count(r.P, p.PartRows)})}
		}
	case view.ImportCarried:
		s.Tone = page.Good
		s.Text = r.T("{n} records were entered or changed.", i18n.V{"n": count(r.P, p.Taken)})
	}
	if p.Working {
		s.Text = r.T("{done} of {of} parts are done. It goes on by itself, also after a restart.", i18n.V{"done": count(r.P, p.Done), "of": count(r.P, p.Of)})
		s.HTML = page.Paragraph{HTML: page.LinkTo{Text: r.T("Look again"), URL: importURL(p.ID, "")}}
	}
	return s
}

func importTiles(r *web.Request, p view.ImportPage) page.Component {
	t := page.StatTiles{Label: r.T("At a glance")}
	add := func(label string, n int, text string, tone page.Tone) {
		t.Tiles = append(t.Tiles, page.Stat{Label: label, Value: count(r.P, n), Text: text, Tone: tone})
	}
	bad := page.Neutral
	if p.Bad > 0 {
		bad = page.Bad
	}
	add(r.T("New records"), p.Fresh, r.T("are not in the register yet"), page.Good)
	add(r.T("Changes"), p.Changed, r.T("of records that are there"), page.Info)
	add(r.T("Unchanged"), p.Same, r.T("say what the register says"), page.Neutral)
	add(r.T("Wrong rows"), p.Bad, r.T("of {n} rows", i18n.V{"n": count(r.P, p.Rows)}), bad)
	if p.Left > 0 {
		add(r.T("Left out"), p.Left, r.T("changed after the preview"), page.Caution)
	}
	return t
}

func importProblems(r *web.Request, p view.ImportPage) page.Component {
	if len(p.Wrong) == 0 {
		return nil
	}
	t := page.QueueTable{Caption: r.T("What is wrong"), Stack: true, Columns: []page.Column{{Text: r.T("Line"), Format: "numeric"}, {Text: r.T("Field")}, {Text: r.T("Why")}}}
	for _, x := range p.Wrong {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.ID(strconv.FormatInt(x.Line, 10))}, {Text: x.Field}, {Text: x.Reason}}})
	}
	g := page.Group{t}
	if p.More {
		g = append(g, page.Paragraph{Text: r.T("There are more than are shown here.")})
	}
	return append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Download all of them (CSV)"), URL: importURL(p.ID, "/wrong.csv")}})
}

func importActions(r *web.Request, p view.ImportPage) page.Component {
	var g page.Group
	act := func(do, text, classes string) {
		g = append(g, page.Form{Action: importURL(p.ID, ""), Key: r.NewKey(), HTML: page.Group{page.Hidden{Name: "do", Value: do},
			page.Hidden{Name: "version", Value: strconv.FormatInt(p.Version, 10)}, page.Button{Text: text, Classes: classes, PreventDoubleClick: true}}})
	}
	if p.CanCarry {
		act("carry", r.T("Carry it out"), "")
	}
	if p.CanDrop {
		act("drop", r.T("Drop it"), "govuk-button--secondary")
	}
	return g
}

func importFacts(r *web.Request, p view.ImportPage) page.Component {
	by := r.T("Number")
	if p.GoesBy != "" {
		by = p.GoesBy
	}
	take := r.T("The good rows")
	if p.AllOrNone {
		take = r.T("All rows, or none")
	}
	rows := []page.SummaryRow{factRow(r.T("Sent"), instant(p.Started)), factRow(r.T("By"), page.Text(p.By)), factRow(r.T("Rows find their records by"), page.Text(by)), factRow(r.T("To be taken"), page.Text(take))}
	if p.EndedBy != "" {
		rows = append(rows, factRow(r.T("Decided by"), page.Text(p.EndedBy)))
	}
	return dense(page.SummaryList{Rows: rows})
}

// importWrongs is /desk/imports/{import}/wrong.csv.
func (d *Desk) importWrongs(w http.ResponseWriter, r *web.Request) error {
	write, err := d.View.RegisterFiles().ImportWrongs(r.Context(), reader(r), r.PathValue("import"))
	if err != nil {
		return err
	}
	return web.Stream(r, w, "text/csv; charset=utf-8; header=present", "wrong-rows.csv", write)
}

// exportRecords is /desk/registers/{register}/export: which form, as of which day.
func (d *Desk) exportRecords(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("register")
	h, err := d.View.RegisterFiles().ImportHome(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	form := func(format, text string) page.Component {
		return page.Form{Action: "/desk/exports/" + url.PathEscape(id) + "/" + format, Method: "get", HTML: page.Group{dayInput("day", r.T("As it was on"), ""), page.Button{Text: text, Classes: "govuk-button--secondary"}}}
	}
	g := page.Group{page.Heading{Level: 1, Text: r.T("Take a file"), Caption: h.Title},
		page.Paragraph{Text: r.T("The file holds the fields that you see. Whoever a record is about can see in their account that you took it.")},
		page.Paragraph{Text: r.T("Leave the day empty for the register as it is now.")},
		form("csv", r.T("Download CSV")), form("jsonl", r.T("Download JSON Lines"))}
	return d.showRegister(w, r, id, h.Title, web.Page{Title: r.T("Take a file"), Content: g})
}

// exportRecordFile is /desk/exports/{register}/{format}.
func (d *Desk) exportRecordFile(w http.ResponseWriter, r *web.Request) error {
	f, err := d.View.RegisterFiles().DeskFile(r.Context(), reader(r), view.ExportAsk{Register: r.PathValue("register"), Format: r.PathValue("format"), Day: r.Query("day")})
	if err != nil {
		return err
	}
	return web.Stream(r, w, web.TableType(r.PathValue("format")), f.Name, f.Write)
}

// registerFileLinks lead from a register to it as a file, and to what may be there twice, for those who work on it.
func registerFileLinks(r *web.Request, id string) page.Component {
	reg := r.Place.Registers[id]
	if reg == nil || policy.Can(r.Actor, policy.RecordBulk, policy.Thing{Kind: "register", ID: id, Organisation: reg.Organisation}) != nil {
		return nil
	}
	return page.List{Items: []page.Component{
		page.LinkTo{Text: r.T("Bring in a file"), URL: registerURL(id, "/import")},
		page.LinkTo{Text: r.T("Take a file"), URL: registerURL(id, "/export")},
		page.LinkTo{Text: r.T("Entries that may be there twice"), URL: registerURL(id, "/duplicates")},
	}}
}
