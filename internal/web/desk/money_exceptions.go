package desk

import (
	"net/http"
	"net/url"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// oddities is /desk/money/exceptions: the queue of what did not fit, where a person resolves it.
func (d *Desk) oddities(w http.ResponseWriter, r *web.Request) error {
	ask := view.OdditiesAsk{Kind: r.Query("kind"), Resolved: r.Query("resolved") == "yes", After: r.Query("after")}
	o, err := d.View.Finance().MoneyDesk().Oddities(r.Context(), reader(r), ask)
	if err != nil {
		return err
	}
	title := r.T("Exceptions")
	values := url.Values{"kind": {ask.Kind}, "resolved": {when(ask.Resolved, "yes")}}
	main := page.Group{oddityTable(r, title, o.Lines, ask.Resolved), nextPage(r, "/desk/money/exceptions", values, "after", o.Next)}
	content := page.Group{moneyDone(r), heading1(title),
		page.Paragraph{Text: r.T("What did not fit by itself waits here until a person has resolved it. No money is lost meanwhile: what came is booked.")},
		page.TwoColumns{SideFirst: true, SideLabel: r.T("Filters"), Side: oddityFilters(r, ask, o), Main: main}}
	return d.showMoney(w, r, web.Page{Title: title, Content: content})
}

func oddityFilters(r *web.Request, ask view.OdditiesAsk, o view.Oddities) page.Filters {
	items := []page.Option{{Text: r.T("All")}}
	for _, k := range o.Kinds {
		items = append(items, page.Option{Value: k.Kind, Text: k.Title + " (" + count(r.P, k.N) + ")"})
	}
	return page.Filters{Heading: r.T("Narrow down"), Action: "/desk/money/exceptions", Fields: []page.Component{
		page.Select{Name: "kind", Label: page.Label{Text: r.T("What happened")}, Value: ask.Kind, Items: items},
		page.Checkboxes{Name: "resolved", Classes: "govuk-checkboxes--small", Values: []string{when(ask.Resolved, "yes")}, Items: []page.Choice{{Value: "yes", Text: r.T("Resolved ones instead of open ones")}}},
	}}
}

func oddityTable(r *web.Request, caption string, list []view.OddityLine, resolved bool) page.QueueTable {
	t := page.QueueTable{Caption: caption, CaptionHidden: caption == r.T("Exceptions"), Columns: append(append([]page.Column{{Text: r.T("What happened")}}, numbers(r.T("Amount"))...),
		page.Column{Text: r.T("About")}, page.Column{Text: r.T("Since")}, page.Column{Text: r.T("State")}),
		Empty: page.EmptyState{Heading: r.T("Nothing is open"), Text: r.T("Everything fits."), Level: 2}}
	if resolved {
		t.Empty = page.EmptyState{Heading: r.T("Nothing is resolved yet"), Level: 2}
	}
	for _, e := range list {
		state := page.State(r.T("Open"), page.Caution)
		if e.Resolved {
			state = page.State(r.T("Resolved"), page.Good)
		}
		times := ""
		if e.Times > 1 {
			times = r.P.N("{n} time", "{n} times", e.Times)
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: twoLines(page.LinkTo{Text: e.Title, URL: "/desk/money/exceptions/" + url.PathEscape(e.ID)}, times)},
			{HTML: page.ID(orDash(e.Amount))}, {HTML: oddityAbout(r, e)}, {HTML: instant(e.At)}, {HTML: state}}})
	}
	return t
}

// oddityAbout leads to what an exception is about.
func oddityAbout(r *web.Request, e view.OddityLine) page.Component {
	var g page.Group
	add := func(c page.Component) {
		if len(g) > 0 {
			g = append(g, page.Text(" · "))
		}
		g = append(g, c)
	}
	if e.Payment != "" {
		name := e.Receipt
		if name == "" {
			name = r.T("Payment")
		}
		add(moneyLink(name, paymentURL(e.Payment, ""), ""))
	}
	if e.Bill != "" {
		add(moneyLink(e.Number, billURL(e.Bill, ""), ""))
	}
	if e.Till != "" {
		add(page.LinkTo{Text: r.T("Till"), URL: "/desk/money/till/" + url.PathEscape(e.Till)})
	}
	if e.Provider != "" {
		add(page.ID(e.Provider))
	}
	return g
}

// oddity is /desk/money/exceptions/{exception}: what happened, what can be done, and resolving it with a note.
func (d *Desk) oddity(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	id, how, note := r.PathValue("exception"), "", ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		how, note = r.Field("how"), r.Field("note")
		err, field := error(nil), "note"
		if !knownWay(r, how) {
			err, field = fault.NewInvalid("Choose what was done"), "how"
		} else {
			err = d.Flow.Finance().ResolveException(r.Context(), r.Actor, flow.ResolveException{Exception: id, How: how, Note: note, Key: r.Key()})
		}
		if err == nil {
			return r.Redirect(w, "/desk/money/exceptions?done=resolved")
		}
		if err := f.refused(r, err, field); err != nil {
			return err
		}
	}
	o, err := d.View.Finance().MoneyDesk().Oddity(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	g := page.Group{f.Problems.summary()}
	if f.Changed != "" {
		g = append(g, page.WarningText{Text: f.Changed})
	}
	g = append(g, page.Heading{Level: 1, Text: o.Title, Caption: r.T("Exception")})
	if o.Meaning != "" {
		g = append(g, page.Paragraph{Text: o.Meaning})
	}
	g = append(g, oddityFacts(r, o), oddityLinks(r, o))
	if !o.Resolved && o.Work {
		g = append(g, resolveForm(r, o, f.Problems, how, note))
	}
	return d.showMoney(w, r, web.Page{Title: o.Title, Status: f.status, Failed: f.Problems.any(), Content: g}, page.Crumb{Text: r.T("Exceptions"), Href: "/desk/money/exceptions"})
}

func knownWay(r *web.Request, how string) bool {
	for _, o := range reader(r).WaysToResolve() {
		if o.Value == how {
			return true
		}
	}
	return false
}

func oddityFacts(r *web.Request, o view.OddityPage) page.Component {
	list := page.SummaryList{}
	add := func(key string, is bool, value page.Component) {
		if is {
			list.Rows = append(list.Rows, factRow(key, value))
		}
	}
	add(r.T("Amount"), o.Amount != "", moneyStrong(o.Amount))
	add(r.T("About"), o.Payment != "" || o.Bill != "" || o.Till != "" || o.Provider != "", oddityAbout(r, o.OddityLine))
	add(r.T("Since"), true, instant(o.At))
	add(r.T("How often"), o.Times > 1, page.Text(r.P.N("{n} time", "{n} times", o.Times)))
	add(r.T("Resolved"), o.Resolved, byWhom(o.By, o.ResolvedAt))
	add(r.T("How"), o.How != "", page.Text(o.How))
	add(r.T("Note"), o.Note != "", paragraphs(o.Note))
	return list
}

// oddityLinks are what can be done about it.
func oddityLinks(r *web.Request, o view.OddityPage) page.Component {
	if o.Resolved || !o.Work || !o.Credit {
		return nil
	}
	return page.Group{heading2(r.T("What can be done")), page.List{Plain: true, Items: []page.Component{
		page.LinkTo{Text: r.T("Move the credit to another bill"), URL: billURL(o.Bill, "/credit")},
		page.LinkTo{Text: r.T("Propose to pay the credit back"), URL: billURL(o.Bill, "/propose/refund")},
	}}}
}

func resolveForm(r *web.Request, o view.OddityPage, p problems, how, note string) page.Component {
	radios := page.Radios{Name: "how", Value: how, ErrorMessage: p.at("how"), Classes: "govuk-radios--small", Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("What was done"), Classes: "govuk-fieldset__legend--s"}}}
	for _, w := range reader(r).WaysToResolve() {
		radios.Items = append(radios.Items, page.Choice{Value: w.Value, Text: w.Label})
	}
	return page.Group{heading2(r.T("Resolve it")), page.Form{Action: "/desk/money/exceptions/" + url.PathEscape(o.ID), Key: r.NewKey(), HTML: page.Group{
		radios,
		page.Textarea{Name: "note", Value: note, Rows: 3, Label: page.Label{Text: r.T("What you found and did"), Classes: "govuk-label--s"}, ErrorMessage: p.at("note")},
		page.Button{Text: r.T("Take it out of the queue"), PreventDoubleClick: true},
	}}}
}
