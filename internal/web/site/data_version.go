package site

import (
	"net/http"
	"strconv"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// dataVersion is /data/{dataset}/v/{number}: a version as it was published, for ever.
func (s *Site) dataVersion(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Data().Version(r.Context(), reader(r), r.PathValue("dataset"), dataNumber(r.PathValue("number")))
	if err != nil {
		return err
	}
	linked, err := s.linkedDataset(r, p.ID, p.This.Number)
	if err != nil {
		return err
	}
	n := strconv.Itoa(p.This.Number)
	title := r.T("{title}, version {n}", i18n.V{"title": p.Title, "n": n})
	head := page.Group{heading1(p.Organisation, title)}
	switch {
	case p.This.Withdrawn != "":
		head = append(head, page.WarningText{Text: r.T("This version was withdrawn. Reason: {reason}", i18n.V{"reason": p.This.Withdrawn})})
	case p.Newest > p.This.Number:
		newer := link(r.T("version {n}", i18n.V{"n": strconv.Itoa(p.Newest)}), "/data/"+p.ID)
		head = append(head, page.InsetText{HTML: r.P.H("There is a newer one: {version}. This one stays as it is.", i18n.V{"version": newer})})
	}
	head = append(head, versionFacts(r, p))
	content := page.Group{column(head)}
	if p.This.Withdrawn == "" {
		content = append(content, downloads(r, p), preview(r, p))
	}
	content = append(content, dictionary(r, p),
		column(qualityOf(r, p), protectionOf(r, p), genuine(r, p), citation(r, p), forProgrammers(r, p)),
		linked)
	return r.Render(w, web.Page{Title: title, Area: "data", Content: content, Crumbs: setCrumbs(r, p.DatasetLine)})
}

func versionFacts(r *web.Request, p view.VersionPage) page.Component {
	list := page.SummaryList{}
	add := func(label string, value page.Component) {
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: label}, Value: page.Cell{HTML: value}})
	}
	add(r.T("Published"), timeOf(p.This.At))
	what := page.Component(page.Text(p.This.Changes))
	if p.This.Compares {
		what = link(p.This.Changes, "/data/"+p.ID+"/v/"+strconv.Itoa(p.This.Number)+"/diff")
	}
	add(r.T("What changed"), what)
	if p.This.Note != "" {
		add(r.T("Note"), page.ID(p.This.Note))
	}
	add(r.T("How much"), page.Text(howMuch(r, p)))
	add(r.T("What you may do"), page.Group{licenceLink(p.Licence), aside(p.Licence.Means)})
	return list
}

// genuine is how anybody checks, without us, that a copy of a version is the one that was published.
func genuine(r *web.Request, p view.VersionPage) page.Component {
	g := page.Group{
		h2id("genuine", r.T("Check that a copy is genuine")),
		body(r.T("This is the fingerprint (SHA-256) of the table as CSV. Work it out for your copy: if it differs in one character, the copy is another.")),
		code("curl -O "+p.Cite.URL+"/"+p.ID+".csv", "echo '"+p.This.Hash+"  "+p.ID+".csv' | sha256sum --check"),
	}
	switch {
	case !p.Proof.Logged:
		return g
	case !p.Proof.Published:
		return append(g, body(r.T("Being published in the public log. This takes a second or two.")))
	}
	leaf := itoa64(p.Proof.Index)
	said := page.Group{r.P.H("The fingerprint is in the public log as number {number}, where nobody can change it afterwards.", i18n.V{"number": link(leaf, "/log/leaves/"+leaf)}), page.Text(" ")}
	if p.Proof.Witnesses > 0 {
		said = append(said, page.Text(r.P.N("Confirmed by {n} witness.", "Confirmed by {n} witnesses.", p.Proof.Witnesses, i18n.V{"n": p.Proof.Witnesses})+" "))
	}
	return append(g, page.Paragraph{HTML: append(said, page.LinkTo{Text: r.T("Proof"), URL: "/log/leaves/" + leaf + "/proof", Hidden: r.T("download")})})
}

// dataDiff is /data/{dataset}/v/{number}/diff?from=: what changed since an earlier version.
func (s *Site) dataDiff(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Data().Diff(r.Context(), reader(r), r.PathValue("dataset"), dataNumber(r.PathValue("number")), diffFrom(r))
	if err != nil {
		return err
	}
	to, from := strconv.Itoa(p.To.Number), strconv.Itoa(p.From.Number)
	title := r.T("What changed from version {from} to {to}", i18n.V{"from": from, "to": to})
	here := "/data/" + p.ID + "/v/" + to + "/diff"
	g := page.Group{heading1(p.Title, title), column(
		page.Paragraph{HTML: r.P.H("Version {from} is of {then}, version {to} of {now}.", i18n.V{"from": link(from, "/data/"+p.ID+"/v/"+from), "then": timeOf(p.From.At),
			"to": link(to, "/data/"+p.ID+"/v/"+to), "now": timeOf(p.To.At)})},
		diffWords(r, p))}
	if !p.Whole && !p.Same {
		g = append(g, page.Paragraph{HTML: link(r.T("All changes as a table (CSV)"), here+".csv?from="+from)}, diffTable(r, p))
		if p.More {
			g = append(g, body(r.T("Only the first changes are shown here. The table holds all of them.")))
		}
	}
	var others []page.Component
	for _, v := range p.Versions {
		if v.Number < p.To.Number && v.Number != p.From.Number {
			n := strconv.Itoa(v.Number)
			others = append(others, page.Group{link(r.T("Version {n}", i18n.V{"n": n}), here+"?from="+n), page.Text(" · "), timeOf(v.At)})
		}
	}
	if len(others) > 0 {
		g = append(g, h2(r.T("Compare with another version")), page.List{Items: others, Plain: true})
	}
	return r.Render(w, web.Page{Title: title + ": " + p.Title, Area: "data", Content: g, Crumbs: setCrumbs(r, p.DatasetLine), NoIndex: true})
}

// diffFrom is the earlier version that the address names; 0 for the one before.
func diffFrom(r *web.Request) int {
	if from := r.Query("from"); from != "" {
		return dataNumber(from)
	}
	return 0
}

func diffWords(r *web.Request, p view.DiffPage) page.Component {
	switch {
	case p.Whole:
		return page.InsetText{Text: r.T("The columns are others than before, so the rows of the two cannot be laid beside each other.")}
	case p.Same:
		return page.InsetText{Text: r.T("Both have the same rows.")}
	}
	return page.List{Items: []page.Component{
		page.Text(r.P.N("{n} row added", "{n} rows added", int(p.Added))), page.Text(r.P.N("{n} row taken away", "{n} rows taken away", int(p.Removed))),
		page.Text(r.P.N("{n} row changed", "{n} rows changed", int(p.Changed))),
	}}
}

func diffTable(r *web.Request, p view.DiffPage) page.Component {
	words := map[string]page.Tag{view.RowAdded: page.State(r.T("Added"), page.Good), view.RowRemoved: page.State(r.T("Taken away"), page.Bad),
		view.RowChanged: page.State(r.T("Changed"), page.Info)}
	t := page.Table{Caption: r.T("Changes"), CaptionClasses: "govuk-visually-hidden", Head: []page.Cell{{Text: r.T("Change")}}}
	for _, c := range p.Columns {
		t.Head = append(t.Head, page.Cell{Text: c.Title, Format: numeric(c)})
	}
	for _, row := range p.Rows {
		first := page.Group{words[row.Kind]}
		if row.Times > 1 {
			first = append(first, page.Text(" "+r.P.N("{n} time", "{n} times", int(row.Times))))
		}
		cells := []page.Cell{{HTML: first, Classes: "stoa-unbroken"}}
		for i, c := range row.Cells {
			cells = append(cells, page.Cell{HTML: changedCell(r.T("before"), r.T("after"), c), Format: numeric(p.Columns[i]), Classes: unbroken(p.Columns[i])})
		}
		t.Rows = append(t.Rows, cells)
	}
	return page.Scroll{Label: r.T("Changes"), HTML: t}
}
