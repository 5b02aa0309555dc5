package desk

import (
	"net/http"
	"net/url"
	"strconv"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

const areaWhatIf = "whatif"

// whatIfRoutes are the pages where changes are tried.
func whatIfRoutes(d *Desk) []web.Route {
	route := func(method, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: "/desk/whatif" + pattern, Area: web.Desk, Action: do, Handle: h}
	}
	return []web.Route{
		route("GET", "", policy.WhatIfTry, d.whatIf),
		route("GET", "/try", policy.WhatIfTry, d.tryChange), route("POST", "/try", policy.WhatIfTry, d.tryChange),
		route("GET", "/compare", policy.WhatIfTry, d.compareStudies),
		route("GET", "/studies/{study}", policy.WhatIfTry, d.oneStudy), route("POST", "/studies/{study}", policy.WhatIfPublish, d.oneStudy),
	}
}

func studyPath(id string) string { return "/desk/whatif/studies/" + url.PathEscape(id) }

func whatIfCrumb(r *web.Request) page.Crumb {
	return page.Crumb{Text: r.T("What if?"), Href: "/desk/whatif"}
}

// whatIf is /desk/whatif: what can be tried, and what was.
func (d *Desk) whatIf(w http.ResponseWriter, r *web.Request) error {
	h, err := d.View.Data().WhatIf().Home(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("What if?")
	items := []page.Option{}
	for _, s := range h.Subjects {
		items = append(items, page.Option{Value: s.Kind + "." + s.ID, Text: r.T("{title} ({organisation})", i18n.V{"title": s.Title, "organisation": s.Organisation})})
	}
	g := page.Group{heading1(title),
		page.Paragraph{Classes: "govuk-body-l", Text: r.T("Try a changed fee, rate, deadline or number of officers on everything that happened, before anybody decides on it.")},
		page.Paragraph{Text: r.T("The same program that decides judges the past cases again. You see what people would have paid, who gains and who loses, what would have ended otherwise, and how long people would have waited. Nothing is changed by it.")}}
	if len(items) > 0 {
		g = append(g, page.Form{Action: "/desk/whatif/try", Method: "get", HTML: page.Group{
			page.Select{Name: "of", Items: items, Label: page.Label{Text: r.T("Service or tax"), Classes: "govuk-label--s"}},
			page.Button{Text: r.T("Choose what to change")}}})
	}
	g = append(g, d.studyTable(r, h.Studies), d.compareForm(r, h.Studies))
	return d.show(w, r, areaWhatIf, web.Page{Title: title, Crumbs: crumbs(r), Content: g})
}

func studyTag(r *web.Request, l view.StudyLine) page.Tag {
	switch {
	case l.Published:
		return page.State(r.T("Published"), page.Good)
	case l.State == view.StudyWorking:
		return page.State(r.T("Being worked out"), page.Info)
	case l.State == view.StudyFailed:
		return page.State(r.T("Nothing came of it"), page.Bad)
	}
	return page.State(r.T("Saved"), page.Neutral)
}

func (d *Desk) studyTable(r *web.Request, list []view.StudyLine) page.Component {
	t := page.QueueTable{Caption: r.T("Studies"), CaptionHidden: true, Stack: true, Empty: page.EmptyState{Heading: r.T("Nobody has tried anything yet"), Level: 3},
		Columns: []page.Column{{Text: r.T("Study")}, {Text: r.T("What it found")}, {Text: r.T("State")}, {Text: r.T("When")}}}
	for _, l := range list {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: twoLines(page.LinkTo{Text: l.Title, URL: studyPath(l.ID)}, l.About)},
			{Text: l.Finding}, {HTML: studyTag(r, l)}, {HTML: instant(l.At)}}})
	}
	return page.Group{heading2(r.T("Studies")), t}
}

func (d *Desk) compareForm(r *web.Request, list []view.StudyLine) page.Component {
	var items []page.Option
	for _, l := range list {
		if l.Finding != "" {
			items = append(items, page.Option{Value: l.ID, Text: l.Title})
		}
	}
	if len(items) < 2 {
		return page.Group{}
	}
	return page.Group{heading2(r.T("Hold two studies side by side")), page.Form{Action: "/desk/whatif/compare", Method: "get", HTML: page.Group{
		page.Select{Name: "a", Items: items, Label: page.Label{Text: r.T("First study"), Classes: "govuk-label--s"}},
		page.Select{Name: "b", Items: items, Value: items[1].Value, Label: page.Label{Text: r.T("Second study"), Classes: "govuk-label--s"}},
		page.Button{Text: r.T("Compare"), Classes: "govuk-button--secondary"}}}}
}

// oneStudy is /desk/whatif/studies/{study}.
func (d *Desk) oneStudy(w http.ResponseWriter, r *web.Request) error {
	id, refused := r.PathValue("study"), ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		err := d.Flow.Studies().Publish(r.Context(), r.Actor, flow.PublishStudy{Study: id, Version: version(r), Key: r.Key()})
		if err == nil {
			return r.Redirect(w, studyPath(id)+"?done=published")
		}
		said, ok := r.Say(err, fault.Invalid, fault.Conflict)
		if !ok {
			return err
		}
		refused = said
	}
	p, err := d.View.Data().WhatIf().Study(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	g := page.Group{}
	if r.Query("done") == "published" {
		g = append(g, page.NotificationBanner{Type: "success", Text: r.T("Published. Everybody can read it now.")})
	}
	if refused != "" {
		g = append(g, page.WarningText{Text: refused})
	}
	g = append(g, page.Heading{Level: 1, Text: p.Title, Caption: p.About})
	switch p.State {
	case view.StudyWorking:
		g = append(g, studyProgress(r, p))
	case view.StudyFailed:
		g = append(g, page.StatusPanel{Label: r.T("State"), Status: r.T("Nothing came of it"), Tone: page.Bad, Text: p.Problem})
	}
	g = append(g, page.TwoColumns{Main: paper.Study{StudyPage: p, P: r.P}, Side: studySide(r, p), SideLabel: r.T("About this study, and what can be done")})
	answer := web.Page{Title: p.Title, Charts: true, Crumbs: crumbs(r, whatIfCrumb(r)), Content: g}
	if refused != "" {
		answer.Status = http.StatusConflict
	}
	return d.show(w, r, areaWhatIf, answer)
}

func studyProgress(r *web.Request, p view.StudyPage) page.Component {
	text := r.T("{done} past cases have been judged again.", i18n.V{"done": count(r.P, p.Done)})
	if p.Of > 0 {
		text = r.T("{done} of {of} past cases have been judged again.", i18n.V{"done": count(r.P, p.Done), "of": count(r.P, p.Of)})
	}
	return page.StatusPanel{Label: r.T("State"), Status: r.T("Being worked out"), Tone: page.Info, Text: text + " " + r.T("It goes on by itself, also after a restart."),
		HTML: page.Paragraph{HTML: page.LinkTo{Text: r.T("Look again"), URL: studyPath(p.ID)}}}
}

func studySide(r *web.Request, p view.StudyPage) page.Component {
	rows := []page.SummaryRow{factRow(r.T("State"), studyTag(r, p.StudyLine)), factRow(r.T("Organisation"), page.Text(p.Organisation)), factRow(r.T("By"), page.Text(p.By)), factRow(r.T("Asked"), instant(p.At))}
	g := page.Group{}
	if p.Published {
		rows = append(rows, factRow(r.T("Published"), instant(p.PublishedAt)))
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("As everybody sees it"), URL: "/studies/" + p.ID}})
	}
	if p.MayPublish {
		g = append(g, page.Form{Action: studyPath(p.ID), Key: r.NewKey(), HTML: page.Group{page.Hidden{Name: "version", Value: strconv.FormatInt(p.Version, 10)},
			page.Paragraph{Text: r.T("Everybody can read a published study, download its figures and see what they rest on. No single case is named in it.")},
			page.Button{Text: r.T("Publish this study"), PreventDoubleClick: true}}})
	}
	if p.State != view.StudyWorking {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Try something else"), URL: address("/desk/whatif/try", url.Values{"of": {p.Kind + "." + p.Subject}})}})
	}
	return append(page.Group{dense(page.SummaryList{Rows: rows})}, g...)
}

// compareStudies is /desk/whatif/compare?a=&b=.
func (d *Desk) compareStudies(w http.ResponseWriter, r *web.Request) error {
	two, err := d.View.Data().WhatIf().Compare(r.Context(), reader(r), r.Query("a"), r.Query("b"))
	if err != nil {
		return err
	}
	title := r.T("Two studies side by side")
	t := page.QueueTable{Caption: title, CaptionHidden: true, Stack: true, Columns: []page.Column{{Text: r.T("What")}, {Text: two[0].Title}, {Text: two[1].Title}}}
	add := func(what string, of func(view.StudyPage) page.Component) {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: what}, {HTML: of(two[0])}, {HTML: of(two[1])}}})
	}
	words := func(list []string) page.Component {
		items := page.List{}
		for _, text := range list {
			items.Items = append(items.Items, page.Text(text))
		}
		return items
	}
	add(r.T("What is tried"), func(p view.StudyPage) page.Component { return words(p.Change) })
	add(r.T("What it would do"), func(p view.StudyPage) page.Component {
		if p.Result == nil {
			return page.Text(r.T("Nothing came of it"))
		}
		return words(p.Result.Findings)
	})
	add(r.T("What people pay in all"), func(p view.StudyPage) page.Component {
		if p.Result == nil || len(p.Result.Money) == 0 {
			return page.Text("–")
		}
		m := p.Result.Money[0]
		return page.Text(r.T("{after} instead of {before}", i18n.V{"after": m.After, "before": m.Before}))
	})
	add(r.T("Past cases looked at"), func(p view.StudyPage) page.Component {
		if p.Result == nil {
			return page.Text("–")
		}
		if p.Result.Raw.Cases < 0 {
			return page.Text(r.T("not shown"))
		}
		return page.Text(count(r.P, p.Result.Raw.Cases))
	})
	g := page.Group{heading1(title)}
	if a, b := two[0].Result, two[1].Result; a != nil && b != nil && a.Raw.Inputs.Cases != b.Raw.Inputs.Cases {
		g = append(g, page.WarningText{Text: r.T("The two do not rest on the same past cases: a part of the difference comes from that.")})
	}
	g = append(g, t, page.Paragraph{HTML: page.LinkTo{Text: two[0].Title, URL: studyPath(two[0].ID)}}, page.Paragraph{HTML: page.LinkTo{Text: two[1].Title, URL: studyPath(two[1].ID)}})
	return d.show(w, r, areaWhatIf, web.Page{Title: title, Crumbs: crumbs(r, whatIfCrumb(r)), Content: g})
}
