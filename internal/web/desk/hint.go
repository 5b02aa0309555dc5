package desk

import (
	"net/http"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

func hintRoutes(d *Desk) []web.Route {
	route := func(method, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: "/desk/cases/{case}/" + pattern, Area: web.Desk, Action: do, Handle: h}
	}
	return []web.Route{
		route("GET", "similar", policy.CaseWork, d.similar),
		route("GET", "flags/{flag}", policy.CaseWork, d.clearFlag),
		route("POST", "flags/{flag}", policy.CaseWork, d.clearFlag),
	}
}

// pointers are what a computer points out of a case; nothing of it is done by itself.
func pointers(c casePage) page.Component {
	p := c.P
	var g page.Group
	if c.Hints.Checked {
		g = append(g, page.Heading{Level: 3, Size: "s", Text: p.T("What is missing or does not agree")})
		list := page.List{}
		for _, m := range c.Hints.Missing {
			line := page.Group{page.Text(m.Text)}
			if m.Law.Text != "" {
				line = append(line, page.Text(" "), paper.Law(m.Law))
			}
			list.Items = append(list.Items, line)
		}
		if len(list.Items) > 0 {
			g = append(g, list)
		} else {
			g = append(g, page.Paragraph{Text: p.T("Nothing, by the service’s rules and the registers of today.")})
		}
	}
	if c.Hints.Flagged {
		g = append(g, page.Heading{Level: 3, Size: "s", Text: p.T("What stands out")})
		if len(c.Hints.Flags) == 0 {
			g = append(g, page.Paragraph{Text: p.T("Nothing.")})
		} else {
			g = append(g, page.Paragraph{Text: p.T("A computer found this. It proves nothing and has done nothing: what it means, you decide. The applicant can ask for it.")})
		}
		for _, f := range c.Hints.Flags {
			g = append(g, c.flag(f))
		}
	}
	if c.Hints.Similar {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: p.T("Past cases like it, and how they were decided"), URL: c.path("/similar")}})
	}
	return g
}

func (c casePage) flag(f view.FlagLine) page.Component {
	p := c.P
	g := page.Group{page.Paragraph{Text: f.Reason, Classes: "govuk-body-s govuk-!-margin-bottom-1"}}
	list := page.List{Plain: true}
	for _, o := range f.Others {
		list.Items = append(list.Items, page.Group{page.LinkTo{Text: o.Number, URL: "/desk/cases/" + o.ID}, page.Text(" · " + o.State)})
	}
	if f.More != "" {
		list.Items = append(list.Items, page.Text(f.More))
	}
	if len(list.Items) > 0 {
		g = append(g, list)
	}
	g = append(g, page.Paragraph{HTML: page.Group{page.Text(f.Record + " "), page.LinkTo{Text: p.T("How this is worked out"), Hidden: f.Title, URL: f.Algorithm}}, Classes: "govuk-body-s govuk-!-margin-bottom-1"})
	title := page.Group{page.Text(f.Title)}
	if f.By != "" {
		title = append(title, page.Text(" "), page.State(p.T("Not a problem"), page.Good))
		g = append(g, page.Paragraph{HTML: page.Group{page.Text(p.T("{name} finds no problem: {reason}", i18n.V{"name": f.By, "reason": f.Why}) + " "), instant(f.Cleared)}, Classes: "govuk-body-s"})
	} else if c.Ending == "" {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: p.T("It is not a problem"), Hidden: f.Title, URL: c.path("/flags/" + f.ID)}, Classes: "govuk-body-s"})
	}
	return page.Group{page.Heading{Level: 4, Size: "s", HTML: title}, g}
}

// clearFlag is /desk/cases/{case}/flags/{flag}: an officer says that it is not a problem, and why.
func (d *Desk) clearFlag(w http.ResponseWriter, r *web.Request) error {
	var bad problems
	why := ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		why = r.Field("why")
		err := d.Flow.PointOut().Clear(r.Context(), r.Actor, flow.ClearFlag{Case: r.PathValue("case"), Flag: r.PathValue("flag"), Why: why, Key: r.Key()})
		if err == nil {
			return r.Redirect(w, "/desk/cases/"+r.PathValue("case")+"?done=cleared#hints")
		}
		var ours bool
		if bad, ours = wrong(r, err, "why"); !ours {
			return err
		}
	}
	c, err := d.casePage(r)
	if err != nil {
		return err
	}
	for _, f := range c.Hints.Flags {
		if f.ID != r.PathValue("flag") {
			continue
		}
		form := page.Form{Action: c.path("/flags/" + f.ID), Key: r.NewKey(), HTML: page.Group{
			page.Textarea{Name: "why", ID: "why", Label: page.Label{Text: r.T("Why is it not a problem?"), Classes: "govuk-label--s"}, Value: why, ErrorMessage: bad.at("why"),
				Hint: page.Hint{Text: r.T("Others who work on the case read it, and the applicant if they ask for what is held of them.")}},
			page.Button{Text: r.T("It is not a problem"), PreventDoubleClick: true}}}
		title := r.T("Not a problem")
		return d.show(w, r, areaCases, web.Page{Title: title, Failed: bad.any(), Crumbs: caseCrumbs(r, c.DeskHead), Content: page.Group{bad.summary(),
			page.Heading{Level: 1, Size: "l", Caption: headCaption(r.P, c.DeskHead), Text: f.Title}, page.Paragraph{Text: f.Reason}, page.Paragraph{Text: f.Record}, form}})
	}
	return fault.NewNotFound("")
}

// similar is /desk/cases/{case}/similar: past cases like it, and how they were decided.
func (d *Desk) similar(w http.ResponseWriter, r *web.Request) error {
	s, err := (view.Hinting{View: d.View}).Similar(r.Context(), reader(r), r.PathValue("case"))
	if err != nil {
		return err
	}
	title := r.T("Past cases like it")
	g := page.Group{page.Heading{Level: 1, Size: "l", Caption: headCaption(r.P, s.DeskHead), Text: title},
		page.Paragraph{Text: r.P.N("The decided cases of this service with the most similar choices and figures, among the newest {n}. It is not a proposal: each case is decided on its own facts.",
			"The decided cases of this service with the most similar choices and figures, among the newest {n}. It is not a proposal: each case is decided on its own facts.", s.Of)}}
	if len(s.Cases) == 0 {
		g = append(g, page.Paragraph{Text: r.T("No case of this service that you may see has been decided yet.")})
	} else {
		g = append(g, page.Paragraph{Text: s.Summary, Classes: "govuk-body-l"})
	}
	for _, o := range s.Cases {
		g = append(g, similarCase(r, o))
	}
	g = append(g, page.Paragraph{HTML: page.Group{page.Text(s.Record + " "), page.LinkTo{Text: r.T("How this is worked out"), URL: "/algorithms/method.similar"}}, Classes: "govuk-body-s"})
	return d.show(w, r, areaCases, web.Page{Title: title, Crumbs: caseCrumbs(r, s.DeskHead), Content: g})
}

func similarCase(r *web.Request, o view.SimilarCase) page.Component {
	tone := page.Neutral
	switch o.Ending {
	case "granted":
		tone = page.Good
	case "refused":
		tone = page.Bad
	}
	card := page.SummaryList{Card: page.SummaryCard{Title: page.CardTitle{Text: o.Number, HeadingLevel: 2}}}
	row := func(key string, value page.Component) {
		card.Rows = append(card.Rows, page.SummaryRow{Key: page.Cell{Text: key}, Value: page.Cell{HTML: value}})
	}
	label := o.Label
	if label == "" {
		label = o.Number
	}
	row(r.T("Case"), page.LinkTo{Text: label, URL: "/desk/cases/" + o.ID})
	row(r.T("Decision"), page.Group{page.State(o.Outcome, tone), page.Text(" " + o.Date)})
	if len(o.Why) > 0 {
		why := page.List{}
		for _, w := range o.Why {
			why.Items = append(why.Items, page.Text(w))
		}
		row(r.T("Why"), why)
	}
	if o.Law.Text != "" {
		row(r.T("Law"), paper.Law(o.Law))
	}
	row(r.T("Alike"), page.Text(o.Alike))
	if len(o.Other) > 0 {
		other := page.List{}
		for _, x := range o.Other {
			other.Items = append(other.Items, page.Text(r.T("{question}: {here} here, {there} there", i18n.V{"question": x.Question, "here": x.Here, "there": x.There})))
		}
		row(r.T("What is different"), other)
	}
	return card
}
