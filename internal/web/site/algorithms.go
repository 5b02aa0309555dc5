package site

import (
	"net/http"
	"net/url"

	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// algorithms is /algorithms: everything that computes something on which a decision rests.
func (s *Site) algorithms(w http.ResponseWriter, r *web.Request) error {
	title := r.T("Register of algorithms")
	var cards []page.ServiceCard
	for _, a := range s.View.Open().Algorithms(reader(r)) {
		facts := []string{a.Organisation, r.T("A person decides")}
		if a.Alone {
			facts[1] = r.T("Some of it is decided without a person")
		}
		if a.Off {
			facts = append(facts, r.T("Switched off"))
		}
		cards = append(cards, page.ServiceCard{Title: a.Title, URL: "/algorithms/" + a.ID, Text: a.What, Facts: facts, Level: 2})
	}
	content := page.Group{heading1("", title),
		column(body(r.T("Rules and methods that a computer works out, and on which decisions rest: what each is for, what it looks at, what a person decides, and all of its text."))),
		page.ServiceGrid{Cards: cards}}
	return r.Render(w, web.Page{Title: title, Area: "open", Content: content, Crumbs: openCrumbs(r)})
}

// algorithm is /algorithms/{algorithm}.
func (s *Site) algorithm(w http.ResponseWriter, r *web.Request) error {
	a, err := s.View.Open().Algorithm(r.Context(), reader(r), r.PathValue("algorithm"))
	if err != nil {
		return err
	}
	g := page.Group{heading1(r.T("Algorithm"), a.Title), page.Paragraph{Text: a.What, Classes: "govuk-body-l"},
		h2(r.T("What it is for")), para(a.Purpose), h2(r.T("What a person decides")), para(a.Person)}
	if a.AlgorithmLine.Off {
		g = append(g, page.InsetText{Text: r.T("It is switched off: nobody sees what it would say, and what it compared by is deleted.")})
	}
	if len(a.Alone) > 0 {
		g = append(g, h2(r.T("What is done without a person")), textList(a.Alone))
	}
	g = append(g, h2(r.T("What it looks at")), textList(a.Data))
	if len(a.Laws) > 0 {
		list := page.List{}
		for _, l := range a.Laws {
			list.Items = append(list.Items, paper.Law(l))
		}
		g = append(g, h2(r.T("Law")), list)
	}
	g = append(g, h2(r.T("How it is checked")), para(a.Checked))
	for _, t := range a.Results {
		g = append(g, h2(t.Title), para(t.Text), resultTable(t))
	}
	facts := page.SummaryList{Rows: []page.SummaryRow{{Key: page.Cell{Text: r.T("Responsible")}, Value: page.Cell{Text: a.Organisation}}}}
	if a.Version != "" {
		facts.Rows = append(facts.Rows,
			page.SummaryRow{Key: page.Cell{Text: r.T("In force since")}, Value: page.Cell{HTML: timeOf(a.Since)}},
			page.SummaryRow{Key: page.Cell{Text: r.T("Fingerprint")}, Value: page.Cell{HTML: breakable(a.Version)}})
	}
	if a.Service != "" {
		facts.Rows = append(facts.Rows, page.SummaryRow{Key: page.Cell{Text: r.T("Used for")}, Value: page.Cell{HTML: link(a.Title, a.Service)}})
	}
	g = append(g, h2(r.T("Version")), facts)
	if len(a.Files) > 0 {
		list := page.List{}
		for _, f := range a.Files {
			list.Items = append(list.Items, link(f, "/algorithms/"+url.PathEscape(a.ID)+"/files/"+f))
		}
		g = append(g, h2(r.T("The rules themselves")), body(r.T("These files are all there is. Nothing else decides.")), list)
	}
	return r.Render(w, web.Page{Title: a.Title, Area: "open", Content: column(g...), Crumbs: openCrumbs(r, page.Crumb{Text: r.T("Register of algorithms"), Href: "/algorithms"})})
}

// algorithmFile is a file of the rules, as it is in force.
func (s *Site) algorithmFile(w http.ResponseWriter, r *web.Request) error {
	src, err := s.View.Open().AlgorithmFile(reader(r), r.PathValue("algorithm"), r.PathValue("file"))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", web.ForSeconds)
	return r.Send(w, "text/plain; charset=utf-8", "", src)
}

// resultTable is how a method did, in figures.
func resultTable(t view.AlgorithmResult) page.Component {
	if len(t.Rows) == 0 {
		return nil
	}
	table := page.QueueTable{Caption: t.Title, CaptionHidden: true, Stack: true}
	for i, c := range t.Columns {
		table.Columns = append(table.Columns, page.Column{Text: c, Format: figures(i > 0)})
	}
	for _, row := range t.Rows {
		var cells []page.Cell
		for i, c := range row {
			cells = append(cells, page.Cell{Text: c, Format: figures(i > 0)})
		}
		table.Rows = append(table.Rows, page.QueueRow{Cells: cells})
	}
	return table
}

func figures(is bool) string {
	if is {
		return "numeric"
	}
	return ""
}
