package site

import (
	"net/http"

	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/insight"
	"stoa/internal/web/page"
)

const insightBase = "/insight"

// insightRoutes are the pages of what happened, for everybody.
func (s *Site) insightRoutes() []web.Route {
	public := func(pattern string, h web.Handler) web.Route {
		return web.Route{Method: "GET", Pattern: insightBase + pattern, Area: web.Public, Action: policy.InsightSee, Handle: h}
	}
	return []web.Route{
		public("", s.insightHome),
		public("/ask", s.insightQuestion),
		{Method: "GET", Pattern: "/reports/{view}/{pass}", Area: web.Public, Action: policy.InsightSee, Handle: s.stopReports},
		{Method: "POST", Pattern: "/reports/{view}/{pass}", Area: web.Public, Action: policy.InsightSee, Handle: s.stopReports},
		public("/{topic}", s.insightTopic),
		public("/{topic}/{kind}", s.insightFile),
	}
}

// insightHome is /insight: what everybody may know of what is applied for, how long it takes and how it goes.
func (s *Site) insightHome(w http.ResponseWriter, r *web.Request) error {
	h, err := view.Insight{View: s.View}.Home(r.Context(), reader(r), insight.Read(r, "", false))
	if err != nil {
		return err
	}
	title := r.T("How it is going")
	content := page.Group{
		column(heading1("", title),
			page.Paragraph{Text: r.T("What people apply for here, how long it takes, and where it hurts: counted from the cases themselves, by nobody’s hand."), Classes: "govuk-body-l"},
			para(h.Finding), insight.AskBox(r, insightBase, ""), insight.Told(r, h.InsightPage)),
		insight.Figures(r, insightBase, withTopic(h.InsightPage, view.InsightDemand)),
		insight.Topics(r, insightBase, h),
		insight.Narrow(r, insightBase, h.InsightPage),
	}
	return r.Render(w, web.Page{Title: title, Area: "insight", Charts: true, Content: content, Crumbs: []page.Crumb{{Text: r.T("Home"), Href: "/"}}})
}

// withTopic says under which topic a page's figures are had as a file.
func withTopic(p view.InsightPage, topic string) view.InsightPage {
	p.Topic = topic
	return p
}

// insightTopic is /insight/{topic}: its pictures with what they say, their tables and files.
func (s *Site) insightTopic(w http.ResponseWriter, r *web.Request) error {
	p, err := view.Insight{View: s.View}.Topic(r.Context(), reader(r), insight.Read(r, r.PathValue("topic"), false))
	if err != nil {
		return err
	}
	q := p.InsightAsk
	q.Topic = ""
	title := r.T("How it is going")
	content := page.Group{
		column(heading1(title, p.Title), page.Paragraph{Text: p.Finding, Classes: "govuk-body-l"}, insight.Told(r, p)),
		insight.Figures(r, insightBase, p),
		page.Paragraph{HTML: page.LinkTo{Text: r.T("The same figures for programs (JSON)"), URL: insight.File(insightBase, "json", p.InsightAsk, r.URL.Query())}},
		insight.Narrow(r, insightBase, p),
	}
	return r.Render(w, web.Page{Title: p.Title, Area: "insight", Charts: true, Content: content,
		Crumbs: []page.Crumb{{Text: r.T("Home"), Href: "/"}, {Text: title, Href: insight.Address(insightBase, q, r.URL.Query())}}})
}

// insightFile is /insight/{topic}/csv and /insight/{topic}/json.
func (s *Site) insightFile(w http.ResponseWriter, r *web.Request) error {
	p, err := view.Insight{View: s.View}.Topic(r.Context(), reader(r), insight.Read(r, r.PathValue("topic"), false))
	if err != nil {
		return err
	}
	return insight.Send(w, r, r.PathValue("kind"), p)
}

// insightQuestion is /insight/ask?q=: a question in plain words leads to the page that answers it, or hears that it does not.
func (s *Site) insightQuestion(w http.ResponseWriter, r *web.Request) error {
	return insight.Answer(w, r, view.Insight{View: s.View}, insightBase, false, func(title string, content page.Component) error {
		return r.Render(w, web.Page{Title: title, Area: "insight", Content: content,
			Crumbs: []page.Crumb{{Text: r.T("Home"), Href: "/"}, {Text: r.T("How it is going"), Href: insightBase}}})
	})
}
