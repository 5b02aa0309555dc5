package site

import (
	"net/http"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// service is /services/{service}.
func (s *Site) service(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Service(reader(r), r.PathValue("service"))
	if err != nil {
		return err
	}
	main := page.Group{
		page.KeyFacts{Label: r.T("At a glance"), Facts: keyFacts(r, p)},
		startButton(r, p),
		s.appointmentLinks(r, p.ID),
		section(r.T("Who can use it"), p.Who),
		needs(r, p),
		fees(r, p),
		stages(r, p),
		later(r, p),
		privacyOf(r, p.Privacy),
		lawList(r, p.Laws),
	}
	side := page.Group{askBox(r, p.ID, page.Heading{Text: r.T("Ask about this")}), contactBlock(r.T("Who to ask"), p.Contact), channels(r, p), register(r, p)}
	content := page.Group{
		heading1("", p.Title),
		page.Paragraph{Text: p.Summary, Classes: "govuk-body-l"},
		page.TwoColumns{Main: main, Side: side, SideLabel: r.T("Contact and related")},
		s.linkedService(r, p.ID),
	}
	return r.Render(w, web.Page{Title: p.Title, Area: "services", Content: content, Crumbs: crumbs(r)})
}

func keyFacts(r *web.Request, p view.ServicePage) []page.Fact {
	list := []page.Fact{{Label: r.T("Fee"), Text: p.Fee}}
	if p.Time != "" {
		list = append(list, page.Fact{Label: r.T("How long it takes"), Text: p.Time})
	}
	list = append(list, page.Fact{Label: r.T("Pages to fill in"), Text: r.P.N("{n} page at most", "{n} pages at most", p.Pages)})
	if p.Results != "" {
		list = append(list, page.Fact{Label: r.T("What you get"), Text: p.Results})
	}
	switch {
	case p.SignIn > policy.Low:
		list = append(list, page.Fact{Label: r.T("Signing in"), Text: r.T("Before you send it, by more than a code by email")})
	case p.SignIn == policy.Low:
		list = append(list, page.Fact{Label: r.T("Signing in"), Text: r.T("Before you send it")})
	}
	return list
}

func startButton(r *web.Request, p view.ServicePage) page.Component {
	if p.Early {
		return page.Button{Text: r.T("Start now"), Href: "/services/" + p.ID + "/check", IsStartButton: true}
	}
	return postButton("/apply/"+p.ID+"/start", r.NewKey(), nil, page.Button{Text: r.T("Start now"), IsStartButton: true, PreventDoubleClick: true})
}

func section(title, text string) page.Component {
	if text == "" {
		return nil
	}
	return page.Group{h2(title), body(text)}
}

func needs(r *web.Request, p view.ServicePage) page.Component {
	if len(p.Needs) == 0 {
		return nil
	}
	g := page.Group{h2(r.T("What you need"))}
	for _, n := range p.Needs {
		g = append(g, h3(n.Title))
		if n.Evidence != "" {
			g = append(g, body(n.Evidence))
		}
		g = append(g, source("", n.Law))
	}
	return g
}

func fees(r *web.Request, p view.ServicePage) page.Component {
	g := page.Group{h2(r.T("What it costs"))}
	if len(p.FeeItems) == 0 {
		return append(g, body(r.T("This service is free.")))
	}
	var rows []page.SummaryRow
	for _, f := range p.FeeItems {
		value := page.Group{page.ID(f.Amount)}
		if f.Amount == "" {
			value = page.Group{page.Text(r.T("Depends on your answers: you see it before you send anything"))}
		}
		value = append(value, source("", f.Law))
		rows = append(rows, page.SummaryRow{Key: page.Cell{Text: f.Title}, Value: page.Cell{HTML: value}})
	}
	g = append(g, page.SummaryList{Rows: rows})
	for _, f := range p.FeeItems {
		if f.Why != nil {
			g = append(g, page.Details{SummaryText: r.T("Why this amount: {title}", i18n.V{"title": f.Title}), HTML: paper.Reasons{Why: f.Why}})
		}
	}
	return g
}

func stages(r *web.Request, p view.ServicePage) page.Component {
	if len(p.Steps) == 0 {
		return nil
	}
	steps := page.Steps{Heading: page.Heading{Text: r.T("What happens after you apply")}}
	for _, st := range p.Steps {
		steps.Items = append(steps.Items, page.Step{Title: st.Title, When: st.Time, HTML: stageText(r, st)})
	}
	g := page.Group{steps}
	if p.Objection {
		g = append(g, page.InsetText{Text: r.T("Applications for this are published, and the public can comment on them.")})
	}
	if len(p.Otherwise) > 0 {
		var other page.Group
		for _, st := range p.Otherwise {
			other = append(other, h3(st.Title), stageText(r, st))
		}
		g = append(g, page.Details{SummaryText: r.T("What else can happen"), HTML: other})
	}
	return g
}

func stageText(r *web.Request, st view.Stage) page.Component {
	text := page.Group{para(st.Text)}
	if st.After != "" && st.Time != "" {
		text = append(text, page.Paragraph{Text: r.T("When this time has passed: {what}", i18n.V{"what": st.After})})
	}
	return append(text, source("", st.Law))
}

func later(r *web.Request, p view.ServicePage) page.Component {
	if len(p.Variants) == 0 {
		return nil
	}
	g := page.Group{h2(r.T("If you have one already")), body(r.T("Open it in your account to begin one of these:"))}
	var items []page.Component
	for _, v := range p.Variants {
		items = append(items, page.Text(joinSentence(v.Title, v.Summary)))
	}
	return append(g, page.List{Items: items}, page.Paragraph{HTML: page.LinkTo{Text: r.T("Go to your account"), URL: "/account"}})
}

func joinSentence(title, text string) string {
	if text == "" {
		return title
	}
	return title + ". " + text
}

func privacyOf(r *web.Request, list []view.Privacy) page.Component {
	if len(list) == 0 {
		return nil
	}
	var g page.Group
	for _, p := range list {
		g = append(g, page.SummaryList{Classes: "govuk-summary-list--no-border", Rows: []page.SummaryRow{
			{Key: page.Cell{Text: r.T("What for")}, Value: page.Cell{Text: p.Purpose}},
			{Key: page.Cell{Text: r.T("What we ask")}, Value: page.Cell{Text: r.P.List(p.Questions)}},
			{Key: page.Cell{Text: r.T("How long we keep it")}, Value: page.Cell{Text: p.Keep}},
			{Key: page.Cell{Text: r.T("Legal basis")}, Value: page.Cell{HTML: paper.Law(p.Basis)}},
		}})
	}
	return page.Details{SummaryText: r.T("What we do with your personal data"), HTML: g}
}

func lawList(r *web.Request, laws []view.Law) page.Component {
	if len(laws) == 0 {
		return nil
	}
	var items []page.Component
	for _, l := range laws {
		items = append(items, paper.Law(l))
	}
	return page.Details{SummaryText: r.T("The law behind this service"), HTML: page.List{Items: items}}
}

func channels(r *web.Request, p view.ServicePage) page.Component {
	if len(p.Channels) < 2 {
		return nil
	}
	return page.Group{h2(r.T("Ways to apply")), body(strings.Join(p.Channels, " · "))}
}

func register(r *web.Request, p view.ServicePage) page.Component {
	if p.Register.ID == "" {
		return nil
	}
	return page.Group{h2(r.T("Public register")), page.Paragraph{HTML: page.LinkTo{Text: p.Register.Title, URL: "/registers/" + p.Register.ID}}}
}
