package site

import (
	"net/http"
	"slices"
	"time"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/chart"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// openRoutes lead to what a government shows of its own work.
func (s *Site) openRoutes() []web.Route {
	get := func(pattern string, h web.Handler) web.Route {
		return web.Route{Method: "GET", Pattern: pattern, Area: web.Public, Action: policy.DecisionRead, Handle: h}
	}
	return []web.Route{
		get("/decisions", s.decisions), get("/decisions/{case}", s.decision),
		get("/algorithms", s.algorithms), get("/algorithms/{algorithm}", s.algorithm), get("/algorithms/{algorithm}/files/{file...}", s.algorithmFile),
		get("/commitments", s.commitments),
	}
}

func openCrumbs(r *web.Request, more ...page.Crumb) []page.Crumb {
	return append([]page.Crumb{{Text: r.T("Home"), Href: "/"}}, more...)
}

// decisionQuery is what /decisions is asked by its address.
func decisionQuery(r *web.Request) (ask view.DecisionAsk, wrong []view.Problem) {
	ask = view.DecisionAsk{Service: r.Query("service"), Ending: r.Query("outcome"), Before: r.Query("before")}
	day := func(name string) time.Time {
		typed := r.Query(name)
		if typed == "" {
			return time.Time{}
		}
		at, err := time.ParseInLocation(time.DateOnly, typed, r.Place.Calendar.Zone())
		if err != nil {
			wrong = append(wrong, view.Problem{Anchor: name, Text: r.T("Enter a day like 2026-04-01")})
		}
		return at
	}
	if ask.From = day("from"); len(wrong) == 0 {
		if until := day("until"); !until.IsZero() {
			ask.Until = until.AddDate(0, 0, 1)
		}
	}
	return ask, wrong
}

// decisions is /decisions: what was decided, on which law, by which version of the rules.
func (s *Site) decisions(w http.ResponseWriter, r *web.Request) error {
	ask, wrong := decisionQuery(r)
	if len(wrong) > 0 {
		ask = view.DecisionAsk{}
	}
	list, err := s.View.Open().Decisions(r.Context(), reader(r), ask)
	if err != nil {
		return err
	}
	title := r.T("Register of decisions")
	t := page.QueueTable{Caption: title, CaptionHidden: true, Stack: true,
		Columns: []page.Column{{Text: r.T("Decision")}, {Text: r.T("Day")}, {Text: r.T("Outcome")}, {Text: r.T("Law")}, {Text: r.T("Decided by")}},
		Empty:   page.EmptyState{Heading: r.T("Nothing found"), Text: r.T("Try a longer time, or all services."), Level: 2}}
	for _, d := range list.Lines {
		name, below := d.Service, d.Organisation
		if d.About != "" {
			name, below = d.About, d.Service
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{
			{HTML: page.Group{link(name, "/decisions/"+d.ID), aside(below)}}, {HTML: page.ID(d.Day)},
			{HTML: page.State(d.Outcome, endingTone(d.Ending))}, {HTML: paper.Law(d.Law)}, {Text: d.Done}}})
	}
	main := page.Group{t}
	if list.Next != "" {
		q := r.URL.Query()
		q.Set("before", list.Next)
		main = append(main, page.Pagination{Next: page.PageLink{Href: "/decisions?" + q.Encode()}})
	}
	content := page.Group{summary(r, wrong), heading1("", title),
		column(body(r.T("Every decision on an application, with its reasons and the law it rests on. Names are shown only where the law makes the register public."))),
		decisionCounts(r, list), h2(r.T("Decisions, newest first")),
		page.TwoColumns{SideFirst: true, SideLabel: r.T("Filter"), Side: decisionFilters(r, list, ask), Main: main}}
	return r.Render(w, web.Page{Title: title, Failed: len(wrong) > 0, Area: "open", Charts: true, Content: content, Crumbs: openCrumbs(r), NoIndex: r.URL.RawQuery != ""})
}

func decisionFilters(r *web.Request, list view.DecisionList, ask view.DecisionAsk) page.Component {
	choose := func(name, label, value string, options []view.Option) page.Component {
		items := []page.Option{{Value: "", Text: r.T("All")}}
		for _, o := range options {
			items = append(items, page.Option{Value: o.Value, Text: o.Label})
		}
		return page.Select{Name: name, ID: name, Value: value, Items: items, Label: page.Label{Text: label}}
	}
	return page.Filters{Action: "/decisions", ClearURL: "/decisions", Fields: []page.Component{
		choose("service", r.T("Service"), ask.Service, list.Services), choose("outcome", r.T("Outcome"), ask.Ending, list.Endings),
		page.Input{Name: "from", ID: "from", Value: r.Query("from"), Label: page.Label{Text: r.T("From")}, Hint: page.Hint{Text: "2026-04-01"}},
		page.Input{Name: "until", ID: "until", Value: r.Query("until"), Label: page.Label{Text: r.T("Until")}, Hint: page.Hint{Text: "2027-03-31"}},
	}}
}

// decisionCounts is how the decisions of each service came out.
func decisionCounts(r *web.Request, list view.DecisionList) page.Component {
	if len(list.Counts) == 0 {
		return nil
	}
	c := chart.Chart{Kind: chart.Stack, Unit: chart.Unit{Text: r.T("decisions")}, Of: r.T("Service"),
		Frame: chart.Frame{ID: "outcomes", Title: r.T("How they came out"), Printer: r.P}}
	for _, n := range list.Counts {
		c.Categories = append(c.Categories, n.Service)
	}
	for _, e := range list.Endings {
		one, any := chart.Series{Name: e.Label}, false
		for _, n := range list.Counts {
			one.Values = append(one.Values, chart.Num(float64(n.By[e.Value])))
			any = any || n.By[e.Value] > 0
		}
		if any {
			c.Series = append(c.Series, one)
		}
	}
	return c
}

func endingTone(ending string) page.Tone {
	switch ending {
	case "granted":
		return page.Good
	case "refused":
		return page.Bad
	}
	return page.Neutral
}

// decision is /decisions/{case}.
func (s *Site) decision(w http.ResponseWriter, r *web.Request) error {
	d, err := s.View.Open().Decision(r.Context(), reader(r), r.PathValue("case"))
	if err != nil {
		return err
	}
	title := d.About
	if title == "" {
		title = d.Service
	}
	facts := page.SummaryList{}
	add := func(key string, value page.Component) {
		facts.Rows = append(facts.Rows, page.SummaryRow{Key: page.Cell{Text: key}, Value: page.Cell{HTML: value}})
	}
	add(r.T("Outcome"), page.State(d.Outcome, endingTone(d.Ending)))
	add(r.T("Decided"), page.ID(d.Day))
	add(r.T("Decided by"), page.Text(d.Done))
	add(r.T("Organisation"), page.Text(d.Organisation))
	add(r.T("Service"), link(d.ServiceTitle, "/services/"+d.ServiceID))
	if d.Law.Text != "" {
		add(r.T("Law"), paper.Law(d.Law))
	}
	if d.Took >= 0 {
		took := r.P.N("{n} working day", "{n} working days", d.Took)
		if d.Promised > 0 {
			took = r.T("{time}; promised: {promised}", i18n.V{"time": took, "promised": r.P.N("{n} working day", "{n} working days", d.Promised)})
		}
		add(r.T("Time"), page.Text(took))
	}
	rules := page.Group{link(r.T("Rules in force since {date}", i18n.V{"date": d.Since.Text}), "/algorithms/service."+d.ServiceID)}
	if !d.RulesAreCurrent {
		rules = page.Group{page.Text(r.T("Rules in force since {date}; others are in force today", i18n.V{"date": d.Since.Text}))}
	}
	add(r.T("Version of the rules"), append(rules, aside(d.Definition)))
	g := page.Group{heading1(r.T("Decision"), title), facts}
	g = append(g, reasonsOf(r, d)...)
	if d.Withheld {
		g = append(g, page.InsetText{Text: r.T("Names, and what was written in own words, are not shown here. The person concerned has them in their letter.")})
	}
	if d.Appeal != "" {
		g = append(g, h2(r.T("Appeal")), para(d.Appeal))
	}
	if p := d.Proof; p.Published {
		number := itoa64(p.Index)
		g = append(g, h2(r.T("Proof")), page.Paragraph{HTML: r.P.H("In the public log as number {number}.", i18n.V{"number": link(number, "/log/leaves/"+number)})})
	}
	return r.Render(w, web.Page{Title: title, Area: "open", Content: column(g...), Crumbs: openCrumbs(r, page.Crumb{Text: r.T("Register of decisions"), Href: "/decisions"})})
}

func reasonsOf(r *web.Request, d view.DecisionPage) (g page.Group) {
	if len(d.Reasons) > 0 || d.OwnReason != "" {
		g = append(g, h2(r.T("Reasons")))
		if len(d.Reasons) > 0 {
			g = append(g, textList(d.Reasons))
		}
		if d.OwnReason != "" {
			g = append(g, para(d.OwnReason))
		}
	}
	if all := slices.Concat(d.Conditions, d.OwnConditions); len(all) > 0 {
		g = append(g, h2(r.T("Conditions")), textList(all))
	}
	return g
}
