package site

import (
	"net/http"
	"strconv"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// dataset is /data/{dataset}: what a dataset is, its newest version, and all around it.
func (s *Site) dataset(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Data().Set(r.Context(), reader(r), r.PathValue("dataset"))
	if err != nil {
		return err
	}
	linked, err := s.linkedDataset(r, p.ID, 0)
	if err != nil {
		return err
	}
	base := "/data/" + p.ID
	content := page.Group{
		heading1(p.Organisation, p.Title),
		column(
			page.Paragraph{Text: p.Summary, Classes: "govuk-body-l"},
			endedNote(r, p.DatasetLine),
			page.ButtonGroup{
				page.Button{Text: r.T("Download the table"), Href: "#download"},
				page.Button{Text: r.T("Filter and draw"), Href: base + "/chart", Classes: "govuk-button--secondary"},
			},
			datasetFacts(r, p),
			dataContents(r),
		),
		downloads(r, p.VersionPage), preview(r, p.VersionPage), dictionary(r, p.VersionPage),
		column(qualityOf(r, p.VersionPage), protectionOf(r, p.VersionPage)),
		h2id("versions", r.T("Versions")), body(r.T("A version is never changed. What was published once can be found again under its number.")),
		versionTable(r, p.Listed()),
		moreVersions(r, p),
		column(questionsShort(r, p), citation(r, p.VersionPage), forProgrammers(r, p.VersionPage), follow(r, p),
			contactBlock(r.T("Who to ask"), p.Owner)),
		linked,
	}
	return r.Render(w, web.Page{Title: p.Title, Area: "data", Content: content, Crumbs: dataCrumbs(r)})
}

func endedNote(r *web.Request, l view.DatasetLine) page.Component {
	if !l.Ended {
		return nil
	}
	return page.InsetText{Text: r.T("This dataset is no longer updated. What was published before stays here.")}
}

// datasetFacts are the few facts that decide whether this is what one looks for.
func datasetFacts(r *web.Request, p view.DatasetPage) page.Component {
	list := page.SummaryList{}
	add := func(label string, value page.Component) {
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: label}, Value: page.Cell{HTML: value}})
	}
	add(r.T("Responsible"), page.ID(p.Organisation))
	add(r.T("What you may do"), page.Group{licenceLink(p.Licence), aside(p.Licence.Means)})
	if p.Frequency != "" {
		add(r.T("How often"), page.Text(p.Frequency))
	}
	add(r.T("Last changed"), page.Group{timeOf(p.Changed), aside(p.This.Changes)})
	add(r.T("How much"), page.Text(howMuch(r, p.VersionPage)))
	if len(p.Themes) > 0 {
		add(r.T("Theme"), page.Text(strings.Join(p.Themes, " · ")))
	}
	if p.Law.Text != "" {
		add(r.T("Law"), source("", p.Law))
	}
	return list
}

func howMuch(r *web.Request, p view.VersionPage) string {
	return r.P.N("{n} row", "{n} rows", int(p.This.Rows)) + " · " + r.P.N("{n} column", "{n} columns", len(p.Columns)) + " · " + p.This.Size
}

func licenceLink(l view.DataLicence) page.Component {
	if l.URL == "" {
		return page.Text(l.Title)
	}
	return page.LinkTo{Text: l.Title, URL: l.URL}
}

// dataContents leads through the page, which is long.
func dataContents(r *web.Request) page.Component {
	var items []page.Component
	for _, part := range []page.Link{{Text: r.T("Download"), URL: "#download"}, {Text: r.T("First rows"), URL: "#rows"}, {Text: r.T("Columns"), URL: "#columns"},
		{Text: r.T("Versions"), URL: "#versions"}, {Text: r.T("Questions and answers"), URL: "#questions"}, {Text: r.T("How to cite"), URL: "#cite"},
		{Text: r.T("For programmers"), URL: "#programmers"}, {Text: r.T("Be told of changes"), URL: "#follow"}} {
		items = append(items, link(part.Text, part.URL))
	}
	return navigation(r.T("On this page"), page.List{Items: items, Plain: true})
}

func moreVersions(r *web.Request, p view.DatasetPage) page.Component {
	if !p.More() {
		return nil
	}
	return page.Paragraph{HTML: link(r.T("All versions"), "/data/"+p.ID+"/versions")}
}

// versionTable lists versions, the newest first.
func versionTable(r *web.Request, list []view.VersionLine) page.Component {
	t := page.QueueTable{Caption: r.T("Versions"), CaptionHidden: true, Stack: true,
		Columns: []page.Column{{Text: r.T("Version")}, {Text: r.T("When")}, {Text: r.T("What changed")}, {Text: r.T("Rows"), Format: "numeric"}}}
	for _, v := range list {
		n := strconv.Itoa(v.Number)
		at := "/data/" + v.Dataset + "/v/" + n
		what := page.Component(page.Text(v.Changes))
		switch {
		case v.Withdrawn != "":
			what = page.State(r.T("Withdrawn"), page.Bad)
		case v.Compares:
			what = link(v.Changes, at+"/diff")
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: link(r.T("Version {n}", i18n.V{"n": n}), at)}, {HTML: timeOf(v.At)}, {HTML: what},
			{Text: r.P.Number(itoa64(v.Rows))}}})
	}
	return t
}

// dataVersions is /data/{dataset}/versions.
func (s *Site) dataVersions(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Data().Versions(r.Context(), reader(r), r.PathValue("dataset"))
	if err != nil {
		return err
	}
	title := r.T("All versions")
	return r.Render(w, web.Page{Title: title + ": " + p.Title, Area: "data", Crumbs: setCrumbs(r, p.DatasetLine),
		Content: page.Group{heading1(p.Title, title), versionTable(r, p.Versions)}})
}

func questionsShort(r *web.Request, p view.DatasetPage) page.Component {
	base := "/data/" + p.ID
	g := page.Group{h2id("questions", r.T("Questions and answers"))}
	if len(p.Questions) == 0 {
		g = append(g, body(r.T("Nobody has asked anything yet. Questions and answers are public, without the name of whoever asks.")))
	}
	for _, q := range p.Questions {
		g = append(g, questionAndAnswer(r, q))
	}
	links := []page.Component{page.Button{Text: r.T("Ask a question"), Href: base + "/ask", Classes: "govuk-button--secondary"}}
	if p.Asked > 0 {
		links = append(links, link(r.P.N("All questions ({n})", "All questions ({n})", p.Asked), base+"/questions"))
	}
	return append(g, page.ButtonGroup(links))
}

func follow(r *web.Request, p view.DatasetPage) page.Component {
	return page.Group{
		h2id("follow", r.T("Be told of changes")),
		page.List{Items: []page.Component{
			link(r.T("By e-mail, or by a call to your program (webhook)"), "/data/"+p.ID+"/follow"),
			link(r.T("In your feed reader (Atom)"), "/data/"+p.ID+"/feed.atom"),
		}},
	}
}
