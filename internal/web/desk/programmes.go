package desk

import (
	"net/http"

	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/insight"
	"stoa/internal/web/page"
)

const programmesBase = "/desk/programmes"

// programmeRoutes are the pages of what was begun and what came of it, with the exact figures of one's own organisation.
func programmeRoutes(d *Desk) []web.Route {
	get := func(pattern string, h web.Handler) web.Route {
		return web.Route{Method: "GET", Pattern: programmesBase + pattern, Area: web.Desk, Action: policy.InsightRead, Handle: h}
	}
	return []web.Route{get("", d.programmes), get("/{programme}", d.programme), get("/{programme}/{kind}", d.programmeFile)}
}

func (d *Desk) programmes(w http.ResponseWriter, r *web.Request) error {
	title := r.T("What programmes changed")
	return d.show(w, r, areaInsight, web.Page{Title: title, Crumbs: crumbs(r, page.Crumb{Text: r.T("How it is going"), Href: insightBase}),
		Content: page.Group{page.Heading{Level: 1, Size: "l", Text: title}, insight.Programmes(r, programmesBase, view.Insight{View: d.View}.Programmes(reader(r)))}})
}

func (d *Desk) programme(w http.ResponseWriter, r *web.Request) error {
	p, err := view.Insight{View: d.View}.Programme(r.Context(), reader(r), r.PathValue("programme"), true)
	if err != nil {
		return err
	}
	title := p.ProgrammeLine.Title
	return d.show(w, r, areaInsight, web.Page{Title: title, Charts: true, Crumbs: crumbs(r, page.Crumb{Text: r.T("What programmes changed"), Href: programmesBase}),
		Content: page.Group{page.Heading{Level: 1, Size: "l", Text: title}, insight.Programme(r, programmesBase, p)}})
}

func (d *Desk) programmeFile(w http.ResponseWriter, r *web.Request) error {
	p, err := view.Insight{View: d.View}.Programme(r.Context(), reader(r), r.PathValue("programme"), true)
	if err != nil {
		return err
	}
	return insight.Send(w, r, r.PathValue("kind"), p.InsightPage)
}
