package site

import (
	"net/http"

	"stoa/internal/policy"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// studyRoutes lead to published studies of what changes would do.
func (s *Site) studyRoutes() []web.Route {
	get := func(pattern string, h web.Handler) web.Route {
		return web.Route{Method: "GET", Pattern: pattern, Area: web.Public, Action: policy.StudyRead, Handle: h}
	}
	return []web.Route{get("/studies", s.studies), get("/studies/{study}", s.study), get("/studies/{study}/study.json", s.studyFile)}
}

// studies is /studies: what was tried before somebody decided on it.
func (s *Site) studies(w http.ResponseWriter, r *web.Request) error {
	list, err := s.View.Data().WhatIf().Published(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("What if? Studies of changed rules")
	var cards []page.ServiceCard
	for _, l := range list {
		cards = append(cards, page.ServiceCard{Title: l.Title, URL: "/studies/" + l.ID, Text: l.Finding, Facts: []string{l.About, l.At.Text}, Level: 2})
	}
	content := page.Group{heading1("", title), column(body(r.T("What leaders and council members tried before deciding: a changed fee, rate, deadline or number of officers, on everything that happened. Each study says who would gain and who would lose, and what it rests on.")))}
	if len(cards) == 0 {
		content = append(content, column(page.EmptyState{Heading: r.T("No study has been published yet")}))
	} else {
		content = append(content, page.ServiceGrid{Cards: cards})
	}
	return r.Render(w, web.Page{Title: title, Area: "open", Content: content, Crumbs: openCrumbs(r)})
}

// study is /studies/{study}.
func (s *Site) study(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Data().WhatIf().Open(r.Context(), reader(r), r.PathValue("study"))
	if err != nil {
		return err
	}
	facts := page.SummaryList{Rows: []page.SummaryRow{{Key: page.Cell{Text: r.T("Responsible")}, Value: page.Cell{Text: p.Organisation}},
		{Key: page.Cell{Text: r.T("About")}, Value: page.Cell{Text: p.About}}, {Key: page.Cell{Text: r.T("Published")}, Value: page.Cell{HTML: timeOf(p.PublishedAt)}}}}
	g := page.Group{heading1(r.T("Study of a change"), p.Title), facts, paper.Study{StudyPage: p, P: r.P},
		h2(r.T("Use it")), page.List{Items: []page.Component{link(r.T("This study with all its figures (JSON)"), "/studies/"+p.ID+"/study.json")}}}
	return r.Render(w, web.Page{Title: p.Title, Area: "open", Charts: true, Content: g, Crumbs: openCrumbs(r, page.Crumb{Text: r.T("What if? Studies of changed rules"), Href: "/studies"})})
}

// studyFile is a study as a program reads it.
func (s *Site) studyFile(w http.ResponseWriter, r *web.Request) error {
	b, err := s.View.Data().WhatIf().OpenFile(r.Context(), reader(r), r.PathValue("study"))
	if err != nil {
		return err
	}
	return r.Send(w, "application/json", "study.json", b)
}
