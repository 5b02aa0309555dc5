package site

import (
	"net/http"

	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/insight"
	"stoa/internal/web/page"
)

const programmesBase = "/programmes"

// programmeRoutes are the pages of what was begun and what came of it, for everybody.
func (s *Site) programmeRoutes() []web.Route {
	get := func(pattern string, h web.Handler) web.Route {
		return web.Route{Method: "GET", Pattern: programmesBase + pattern, Area: web.Public, Action: policy.InsightSee, Handle: h}
	}
	return []web.Route{get("", s.programmes), get("/{programme}", s.programme), get("/{programme}/{kind}", s.programmeFile)}
}

func (s *Site) programmes(w http.ResponseWriter, r *web.Request) error {
	title := r.T("What programmes changed")
	g := page.Group{heading1("", title), column(page.Paragraph{Classes: "govuk-body-l", Text: r.T("What we began, and whether it can be told that it changed what it was meant to.")}),
		insight.Programmes(r, programmesBase, view.Insight{View: s.View}.Programmes(reader(r)))}
	return r.Render(w, web.Page{Title: title, Area: "insight", Content: g, Crumbs: openCrumbs(r)})
}

func (s *Site) programme(w http.ResponseWriter, r *web.Request) error {
	p, err := view.Insight{View: s.View}.Programme(r.Context(), reader(r), r.PathValue("programme"), false)
	if err != nil {
		return err
	}
	title := p.ProgrammeLine.Title
	g := page.Group{column(heading1(r.T("Programme"), title)), insight.Programme(r, programmesBase, p)}
	return r.Render(w, web.Page{Title: title, Area: "insight", Charts: true, Content: g, Crumbs: openCrumbs(r, page.Crumb{Text: r.T("What programmes changed"), Href: programmesBase})})
}

func (s *Site) programmeFile(w http.ResponseWriter, r *web.Request) error {
	p, err := view.Insight{View: s.View}.Programme(r.Context(), reader(r), r.PathValue("programme"), false)
	if err != nil {
		return err
	}
	return insight.Send(w, r, r.PathValue("kind"), p.InsightPage)
}
