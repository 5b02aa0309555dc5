package site

import (
	"net/http"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/chart"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// commitments is /commitments: what was promised, by when, and how it stands; what is late stands first.
func (s *Site) commitments(w http.ResponseWriter, r *web.Request) error {
	promises, standards, err := s.View.Open().Commitments(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("What we have promised")
	late := 0
	for _, p := range promises {
		if p.State == view.PromiseLate {
			late++
		}
	}
	g := page.Group{heading1("", title)}
	if len(promises) > 0 {
		g = append(g, column(page.Paragraph{Classes: "govuk-body-l", Text: r.P.N("{n} promise, of which {late} late.", "{n} promises, of which {late} late.", len(promises), i18n.V{"late": late})}))
	}
	if len(standards) > 0 {
		g = append(g, h2(r.T("How long decisions take")), column(body(r.T("Measured by the newest decisions of each service. Days on which we waited for the applicant do not count."))), standardChart(r, standards), standardTable(r, standards))
	}
	if len(promises) > 0 {
		g = append(g, h2(r.T("Plans, projects and reforms")))
		for _, p := range promises {
			g = append(g, promise(r, p))
		}
	}
	if len(promises)+len(standards) == 0 {
		g = append(g, page.EmptyState{Heading: r.T("Nothing is promised here yet"), Level: 2})
	}
	return r.Render(w, web.Page{Title: title, Area: "open", Charts: true, Content: g, Crumbs: openCrumbs(r)})
}

func standardChart(r *web.Request, list []view.Promise) page.Component {
	c := chart.Chart{Kind: chart.Bars, Unit: chart.Unit{Percent: true}, Of: r.T("Service"),
		Frame: chart.Frame{ID: "standards", Title: r.T("Decided in the time that we promised"), Printer: r.P, Headings: 3}}
	promised, done := chart.Series{Name: r.T("Promised")}, chart.Series{Name: r.T("Decided in time")}
	for _, p := range list {
		c.Categories = append(c.Categories, p.Title)
		promised.Values = append(promised.Values, chart.Num(float64(p.Wanted)))
		value := chart.Num(float64(p.Share))
		if p.State == view.StandardNone {
			value = chart.Value{Is: chart.Missing}
		}
		done.Values = append(done.Values, value)
	}
	c.Series = []chart.Series{done, promised}
	return c
}

func standardTable(r *web.Request, list []view.Promise) page.Component {
	t := page.QueueTable{Caption: r.T("How long decisions take"), CaptionHidden: true, Stack: true,
		Columns: []page.Column{{Text: r.T("Service")}, {Text: r.T("Promised")}, {Text: r.T("Kept")}, {Text: r.T("How it stands")}}}
	for _, p := range list {
		kept := r.T("Too little was decided yet to tell")
		if p.State != view.StandardNone {
			kept = r.P.N("{share} % of the newest decision", "{share} % of the newest {n} decisions", p.Of, i18n.V{"share": p.Share})
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{
			{HTML: page.Group{link(p.Title, p.Service), aside(p.Organisation)}},
			{Text: r.P.N("{share} % within {n} working day", "{share} % within {n} working days", p.Days, i18n.V{"share": p.Wanted})},
			{Text: kept}, {HTML: page.State(promiseState(r, p.State), promiseTone(p.State))}}})
	}
	return t
}

func promise(r *web.Request, p view.Promise) page.Component {
	facts := page.SummaryList{Card: page.SummaryCard{Title: page.CardTitle{Text: p.Title, HeadingLevel: 3}}}
	add := func(key string, value page.Component) {
		facts.Rows = append(facts.Rows, page.SummaryRow{Key: page.Cell{Text: key}, Value: page.Cell{HTML: value}})
	}
	add(r.T("How it stands"), page.Group{page.State(promiseState(r, p.State), promiseTone(p.State)), page.Text(" "), page.Text(r.T("{n} % done", i18n.V{"n": p.Share}))})
	if p.About != "" {
		add(r.T("What"), page.Text(p.About))
	}
	due := page.Group{page.ID(p.Due)}
	if p.FirstDue != "" {
		due = append(due, aside(r.T("First promised for {date}", i18n.V{"date": p.FirstDue})))
	}
	add(r.T("Due"), due)
	add(r.T("Responsible"), page.Text(p.Organisation))
	if p.Source.Text != "" {
		add(r.T("Promised in"), paper.Law(p.Source))
	}
	if len(p.Progress) > 0 {
		var steps []page.Component
		for _, step := range p.Progress {
			said := page.Group{page.ID(step.Day), page.Text(": " + step.Text)}
			if step.Moved != "" {
				said = append(said, page.Text(" "), page.Text(r.T("Moved to {date}.", i18n.V{"date": step.Moved})))
			}
			steps = append(steps, said)
		}
		add(r.T("Progress"), page.List{Items: steps, Plain: true})
	}
	return facts
}

func promiseState(r *web.Request, state string) string {
	switch state {
	case view.PromiseLate:
		return r.T("Late")
	case view.StandardMet, "kept":
		return r.T("Kept")
	case view.StandardMissed:
		return r.T("Not kept")
	case "broken":
		return r.T("Given up")
	case "changed":
		return r.T("Replaced by another")
	case "under_way":
		return r.T("Under way")
	case "not_begun":
		return r.T("Not begun")
	}
	return r.T("Not known yet")
}

// promiseTone is how a promise stands, as a tone.
func promiseTone(state string) page.Tone {
	switch state {
	case "kept", view.StandardMet:
		return page.Good
	case "broken", view.PromiseLate, view.StandardMissed:
		return page.Bad
	case "under_way":
		return page.Info
	}
	return page.Neutral
}
