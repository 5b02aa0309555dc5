package site

import (
	"strconv"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

func h2id(id, text string) page.Component { return page.Heading{Text: text, ID: id} }

// downloads are the ways to have a version, each with what it is good for.
func downloads(r *web.Request, p view.VersionPage) page.Component {
	g := page.Group{h2id("download", r.T("Download"))}
	t := page.QueueTable{Caption: r.T("Download"), CaptionHidden: true, Stack: true,
		Columns: []page.Column{{Text: r.T("Format")}, {Text: r.T("Good for")}, {Text: r.T("Size"), Format: "numeric"}}}
	for _, f := range p.Files {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.LinkTo{Text: f.Name, URL: f.URL, Hidden: p.Title}}, {Text: f.For}, {HTML: page.ID(f.Size)}}})
	}
	return append(g, t)
}

// preview are the first rows.
func preview(r *web.Request, p view.VersionPage) page.Component {
	g := page.Group{h2id("rows", r.T("First rows"))}
	if len(p.Preview) == 0 {
		return append(g, body(r.T("The table has no rows.")))
	}
	t := page.Table{Caption: r.T("First rows of {title}", i18n.V{"title": p.Title}), CaptionClasses: "govuk-visually-hidden"}
	for _, c := range p.Columns {
		t.Head = append(t.Head, page.Cell{Text: c.Title, Format: numeric(c)})
	}
	for _, row := range p.Preview {
		var cells []page.Cell
		for i, text := range row {
			cell := page.Cell{HTML: page.ID(text), Format: numeric(p.Columns[i]), Classes: unbroken(p.Columns[i])}
			if text == "" {
				cell.HTML = noValue(r.T("empty"))
			}
			cells = append(cells, cell)
		}
		t.Rows = append(t.Rows, cells)
	}
	g = append(g, page.Scroll{Label: r.T("First rows"), HTML: t})
	if rest := p.This.Rows - int64(len(p.Preview)); rest > 0 {
		g = append(g, page.Paragraph{HTML: page.Group{page.Text(r.P.N("{n} more row is in the table.", "{n} more rows are in the table.", int(rest)) + " "),
			link(r.T("Filter and draw"), "/data/"+p.ID+"/chart")}})
	}
	return g
}

func numeric(c view.DataColumn) string {
	if c.Numeric {
		return "numeric"
	}
	return ""
}

func unbroken(c view.DataColumn) string {
	if c.Short || c.Numeric {
		return "stoa-unbroken"
	}
	return ""
}

// dictionary says what each column means.
func dictionary(r *web.Request, p view.VersionPage) page.Component {
	t := page.QueueTable{Caption: r.T("What the columns mean"), CaptionHidden: true, Stack: true,
		Columns: []page.Column{{Text: r.T("Column")}, {Text: r.T("Holds")}, {Text: r.T("Keeps to")}}}
	for _, c := range p.Columns {
		holds := page.Group{page.Text(c.Type)}
		if c.About != "" {
			holds = page.Group{page.Text(c.About), small(c.Type)}
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.Group{page.ID(c.Title), small(c.ID)}}, {HTML: holds}, {Text: strings.Join(c.Rules, " · ")}}})
	}
	g := page.Group{h2id("columns", r.T("What the columns mean")), t}
	if len(p.Key) > 0 {
		g = append(g, page.Paragraph{Text: r.T("Each row is named by: {columns}.", i18n.V{"columns": r.P.List(p.Key)})})
	}
	return g
}

// qualityOf says which checks the version passed before it was published.
func qualityOf(r *web.Request, p view.VersionPage) page.Component {
	if len(p.Checks) == 0 {
		return nil
	}
	passed := 0
	var items []page.Component
	for _, c := range p.Checks {
		state := page.State(r.T("Passes"), page.Good)
		if c.Passed {
			passed++
		} else {
			state = page.State(r.T("Fails"), page.Bad)
		}
		item := page.Group{state, page.Text(" " + c.Text)}
		if c.Found != "" {
			item = append(item, small(c.Found))
		}
		items = append(items, item)
	}
	return page.Group{
		h2id("quality", r.T("Quality")),
		body(r.T("{passed} of {all} checks pass in the version of {date}.", i18n.V{"passed": strconv.Itoa(passed), "all": strconv.Itoa(len(p.Checks)), "date": p.This.At.Text})),
		page.List{Items: items, Plain: true},
	}
}

// protectionOf says what was done so that nobody is found in the data.
func protectionOf(r *web.Request, p view.VersionPage) page.Component {
	if len(p.Privacy) == 0 {
		return nil
	}
	g := page.Group{h2id("privacy", r.T("How people are protected"))}
	if len(p.Privacy) == 1 {
		return append(g, body(p.Privacy[0]))
	}
	var items []page.Component
	for _, text := range p.Privacy {
		items = append(items, page.Text(text))
	}
	return append(g, page.List{Items: items})
}

// citation is how to name this version so that it can be found and checked for ever.
func citation(r *web.Request, p view.VersionPage) page.Component {
	return page.Group{
		h2id("cite", r.T("How to cite")),
		body(r.T("Name the version, so that whoever reads you finds the very same numbers.")),
		page.InsetText{HTML: cited(p.Cite.Text)},
		page.Details{SummaryText: r.T("For reference managers (BibTeX)"), HTML: code(strings.Split(p.Cite.BibTeX, "\n")...)},
	}
}

// forProgrammers are the addresses of the interfaces, with examples that work.
func forProgrammers(r *web.Request, p view.VersionPage) page.Component {
	at := r.URLOf("/data/" + p.ID)
	version := at + "/v/" + strconv.Itoa(p.This.Number)
	return page.Group{
		h2id("programmers", r.T("For programmers")),
		body(r.T("No key is needed. Files can be read in parts (HTTP ranges) and from other sites (CORS); their ETag is the SHA-256 of their bytes.")),
		body(r.T("The newest table, and this version for ever:")),
		code("curl -LO "+at+"/latest.csv", "curl -O "+version+"/"+p.ID+".csv"),
		body(r.T("Some of its rows as JSON, through the interface of CKAN:")),
		code("curl '" + r.URLOf("/api/3/action/datastore_search") + "?resource_id=" + p.ID + "&limit=5'"),
		page.List{Items: []page.Component{
			link(r.T("Columns as Table Schema"), "/data/"+p.ID+"/v/"+strconv.Itoa(p.This.Number)+"/schema.json"),
			link(r.T("Description in the catalogue (DCAT-AP)"), "/data/catalog.ttl"),
		}},
	}
}
