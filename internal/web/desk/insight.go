package desk

import (
	"net/http"
	"net/url"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/insight"
	"stoa/internal/web/page"
)

const insightBase = "/desk/insight"

func insightRoutes(d *Desk) []web.Route {
	get := func(pattern string, h web.Handler) web.Route {
		return web.Route{Method: "GET", Pattern: insightBase + pattern, Area: web.Desk, Action: policy.InsightRead, Handle: h}
	}
	return []web.Route{
		get("", d.insightHome),
		get("/ask", d.insightQuestion),
		{Method: "POST", Pattern: insightBase + "/views", Area: web.Desk, Action: policy.InsightRead, Handle: d.saveView},
		{Method: "POST", Pattern: insightBase + "/views/{view}", Area: web.Desk, Action: policy.InsightRead, Handle: d.changeView},
		get("/{topic}", d.insightTopic),
		get("/{topic}/{kind}", d.insightFile),
	}
}

// insightHome is /desk/insight: the figures of one's own organisation exactly, and what is out of the ordinary.
func (d *Desk) insightHome(w http.ResponseWriter, r *web.Request) error {
	q := insight.Read(r, "", true)
	h, err := view.Insight{View: d.View}.Home(r.Context(), reader(r), q)
	if err != nil {
		return err
	}
	odd, err := view.Insight{View: d.View}.Unusual(r.Context(), reader(r), q)
	if err != nil {
		return err
	}
	saved, err := view.Insight{View: d.View}.Saved(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("How it is going")
	content := page.Group{savedBanner(r), page.Heading{Text: title, Level: 1}, insight.Told(r, h.InsightPage), page.Paragraph{Text: h.Finding}, unusual(r, odd), insight.AskBox(r, insightBase, "")}
	demand := h.InsightPage
	demand.Topic = view.InsightDemand
	if len(r.Place.Programmes) > 0 {
		content = append(content, page.Paragraph{HTML: page.LinkTo{Text: r.T("What programmes changed"), URL: programmesBase}})
	}
	content = append(content, insight.Figures(r, insightBase, demand), savedViews(r, saved), insight.Topics(r, insightBase, h), insight.Narrow(r, insightBase, h.InsightPage))
	return d.show(w, r, areaInsight, web.Page{Title: title, Charts: true, Content: content, Crumbs: crumbs(r)})
}

// unusual lists what is out of the ordinary, each with its reason and the way to it.
func unusual(r *web.Request, list []view.InsightUnusual) page.Component {
	if len(list) == 0 {
		return nil
	}
	l := page.List{}
	for _, u := range list {
		l.Items = append(l.Items, page.Group{page.Text(u.Text + " "), page.LinkTo{Text: r.T("Look at it"), Hidden: u.Service, URL: insight.Address(insightBase, u.InsightAsk, nil)}})
	}
	return page.InsetText{HTML: page.Group{page.Heading{Text: r.T("Out of the ordinary")}, l}}
}

// insightTopic is /desk/insight/{topic}: its pictures exactly and by weeks, with what comes next.
func (d *Desk) insightTopic(w http.ResponseWriter, r *web.Request) error {
	p, err := view.Insight{View: d.View}.Topic(r.Context(), reader(r), insight.Read(r, r.PathValue("topic"), true))
	if err != nil {
		return err
	}
	q := p.InsightAsk
	q.Topic = ""
	title := r.T("How it is going")
	content := page.Group{page.Heading{Text: p.Title, Caption: title, Level: 1},
		page.Paragraph{Text: p.Finding, Classes: "govuk-body-l"}, insight.Told(r, p), d.because(r, p), insight.Figures(r, insightBase, p), d.why(r, p),
		page.Paragraph{HTML: page.LinkTo{Text: r.T("The same figures for programs (JSON)"), URL: insight.File(insightBase, "json", p.InsightAsk, r.URL.Query())}},
		saveForm(r, p), insight.Narrow(r, insightBase, p)}
	return d.show(w, r, areaInsight, web.Page{Title: p.Title, Charts: true, Content: content,
		Crumbs: crumbs(r, page.Crumb{Text: title, Href: insight.Address(insightBase, q, r.URL.Query())})})
}

// because says what changed when waiting did, and leads to trying whether more officers would help.
func (d *Desk) because(r *web.Request, p view.InsightPage) page.Component {
	s := p.Step
	if s == nil || len(s.Reasons) == 0 {
		return page.Group{}
	}
	l := page.List{}
	for _, text := range s.Reasons {
		l.Items = append(l.Items, page.Text(text))
	}
	g := page.Group{page.Heading{Text: r.T("What changed with it")}, l,
		page.Paragraph{Text: r.T("That two things changed together does not prove that one made the other. Look at the figures behind them before you decide."), Classes: "govuk-body-s"}}
	if s.Service != "" {
		q := view.InsightAsk{Topic: view.InsightSteps, Service: s.Service}
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Where the time goes: {service}", i18n.V{"service": s.Title}), URL: insight.Address(insightBase, q, nil)}})
	}
	if s.MayTry {
		to := url.Values{"of": {"service." + s.Service}, "officers": {"2"}, "from": {s.Since.String()}, "title": {r.T("Two officers more: {service}", i18n.V{"service": s.Title})}}
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("What if there were two officers more?"), URL: address("/desk/whatif/try", to)}})
	}
	return page.InsetText{HTML: g}
}

// why leads from how long something takes to the step that it takes so long in, service by service.
func (d *Desk) why(r *web.Request, p view.InsightPage) page.Component {
	if p.Topic != view.InsightWaiting && p.Topic != view.InsightBacklog && p.Topic != view.InsightPromise {
		return nil
	}
	l := page.List{}
	for _, s := range p.Choices.Services {
		if p.Service != "" && p.Service != s.Value {
			continue
		}
		q := view.InsightAsk{Topic: view.InsightSteps, Service: s.Value}
		l.Items = append(l.Items, page.LinkTo{Text: r.T("Where the time goes: {service}", map[string]any{"service": s.Label}), URL: insight.Address(insightBase, q, r.URL.Query())})
	}
	if len(l.Items) == 0 {
		return nil
	}
	return page.Group{page.Heading{Text: r.T("Why?")}, l}
}

// insightFile is /desk/insight/{topic}/csv and …/json.
func (d *Desk) insightFile(w http.ResponseWriter, r *web.Request) error {
	p, err := view.Insight{View: d.View}.Topic(r.Context(), reader(r), insight.Read(r, r.PathValue("topic"), true))
	if err != nil {
		return err
	}
	return insight.Send(w, r, r.PathValue("kind"), p)
}

// insightQuestion is /desk/insight/ask?q=.
func (d *Desk) insightQuestion(w http.ResponseWriter, r *web.Request) error {
	return insight.Answer(w, r, view.Insight{View: d.View}, insightBase, true, func(title string, content page.Component) error {
		return d.show(w, r, areaInsight, web.Page{Title: title, Content: content, Crumbs: crumbs(r, page.Crumb{Text: r.T("How it is going"), Href: insightBase})})
	})
}
