package desk

import (
	"net/http"
	"net/url"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// startRun is /desk/money/taxes/start/{tax}.
func (d *Desk) startRun(w http.ResponseWriter, r *web.Request) error {
	f, err := d.View.TaxOffice().RunForm(r.Context(), reader(r), r.PathValue("tax"))
	if err != nil {
		return err
	}
	var wrongs problems
	begins, issued := "", f.Today
	if len(f.Periods) > 0 {
		begins = f.Periods[0].Value
	}
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		begins, issued = r.Field("begins"), r.Field("issued")
		period, _ := calendar.ParseISO(begins) // no day is no period: flow says so
		day, err := calendar.ParseISO(issued)
		if err != nil {
			err = fault.NewInvalid("Enter the day that the bills bear")
		} else {
			var run string
			if run, err = d.Flow.Taxation().StartRun(r.Context(), r.Actor, flow.StartRun{Tax: f.ID, Begins: period, Issued: day, Key: r.Key()}); err == nil {
				return r.Redirect(w, runURL(run, "?done=started"))
			}
		}
		if wrongs, err = taxWrong(r, err, "issued"); err != nil {
			return err
		}
	}
	title := r.T("Start a run: {tax}", i18n.V{"tax": f.Title})
	g := page.Group{wrongs.summary(), heading1(title),
		page.Paragraph{Text: r.T("A run works out what everybody owes for a period, from the register and what is known of each account. Nothing counts and nobody hears of it before another person, a supervisor, has looked through it and published it.")}}
	if f.Running != "" {
		g = append(g, page.InsetText{HTML: page.Group{page.Text(r.T("A run of this tax is not finished.") + " "), page.LinkTo{Text: r.T("Open it"), URL: runURL(f.Running, "")}}})
	}
	var items []page.Choice
	for _, p := range f.Periods {
		items = append(items, page.Choice{Value: p.Value, Text: p.Label})
	}
	day := dayInput("issued", r.T("Day that the bills bear"), issued)
	day.Label.Classes, day.ErrorMessage = "govuk-label--s", wrongs.at("issued")
	day.Hint = page.Hint{Text: r.T("Terms are counted from it. It may not lie in the past.")}
	g = append(g, page.Form{Action: taxURL("/start/" + f.ID), Key: r.NewKey(), HTML: page.Group{
		page.Radios{Name: "begins", Value: begins, Items: items, ErrorMessage: wrongs.at("begins"), Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Period"), Classes: "govuk-fieldset__legend--s"}}},
		day, page.Button{Text: r.T("Start the run"), PreventDoubleClick: true}}})
	return d.showTax(w, r, web.Page{Title: title, Failed: wrongs.any(), Content: g, Asks: true})
}

// run is /desk/money/taxes/runs/{run}: how far it is, what it comes to, publishing it and taking it back.
func (d *Desk) run(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("run")
	refused := ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		var err error
		do := r.Field("do")
		switch do {
		case "publish":
			err = d.Flow.Taxation().PublishRun(r.Context(), r.Actor, flow.PublishRun{Run: id, Version: version(r), Key: r.Key()})
		case "undo":
			err = d.Flow.Taxation().UndoRun(r.Context(), r.Actor, flow.UndoRun{Run: id, Key: r.Key()})
		default:
			err = fault.NewInvalid("")
		}
		if err == nil {
			return r.Redirect(w, runURL(id, "?done="+do))
		}
		said, ok := r.Say(err, fault.Invalid, fault.Conflict)
		if !ok {
			return err
		}
		refused = said
	}
	p, err := d.View.TaxOffice().Run(r.Context(), reader(r), id, r.Query("after"))
	if err != nil {
		return err
	}
	title := r.T("{tax} {period}", i18n.V{"tax": p.Tax, "period": p.Period})
	main := page.Group{runStatus(r, p), runTiles(r, p), runItems(r, p), runCompare(r, p), runProblems(r, p), runSample(r, p)}
	side := page.Group{runActions(r, p), dense(runFacts(r, p))}
	g := page.Group{taxDone(r)}
	if refused != "" {
		g = append(g, page.WarningText{Text: refused})
	}
	g = append(g, page.Heading{Level: 1, Text: title, Caption: r.T("Run")}, page.TwoColumns{Main: main, Side: side, SideLabel: r.T("About this run, and what can be done")})
	answer := web.Page{Title: title, Content: g}
	if refused != "" {
		answer.Status = http.StatusConflict
	}
	return d.showTax(w, r, answer)
}

func runStatus(r *web.Request, p view.RunPage) page.Component {
	s := page.StatusPanel{Label: r.T("State"), Status: p.State.Text, Tone: page.Info}
	switch p.State.Level {
	case "soon":
		s.Tone = page.Caution
	case "done":
		s.Tone = page.Good
	}
	switch {
	case p.Working:
		s.Text = r.T("{n} of what is taxed has been looked at so far. It goes on by itself, also after a restart.", i18n.V{"n": count(r.P, p.Objects)})
		s.HTML = page.Paragraph{HTML: page.LinkTo{Text: r.T("Look again"), URL: runURL(p.ID, "")}}
	case p.CanPublish:
		s.Text = r.T("Look through it, then publish it or take it back.")
	case p.State.Level == "soon" && p.Own:
		s.Text = r.T("You started it: another person, a supervisor, must look through it and publish it.")
	case p.State.Level == "soon":
		s.Text = r.T("A supervisor who did not start it can publish it.")
	}
	return s
}

func runTiles(r *web.Request, p view.RunPage) page.StatTiles {
	t := page.StatTiles{Label: r.T("At a glance")}
	add := func(label string, n int, text string, tone page.Tone) {
		t.Tiles = append(t.Tiles, page.Stat{Label: label, Value: count(r.P, n), Text: text, Tone: tone})
	}
	add(r.T("Looked at"), p.Objects, r.T("in the register"), page.Neutral)
	add(r.T("Assessed"), p.Assessed, p.Total, page.Info)
	add(r.T("Nothing to pay"), p.Nothing, r.T("of the assessed"), page.Neutral)
	add(r.T("Assessed before"), p.Before, r.T("left as they were"), page.Neutral)
	tone := page.Neutral
	if p.Failed > 0 {
		tone = page.Bad
	}
	add(r.T("Problems"), p.Failed, r.T("could not be assessed"), tone)
	if p.Published > 0 {
		add(r.T("Published"), p.Published, r.T("bills and decisions"), page.Good)
	}
	return t
}

func runItems(r *web.Request, p view.RunPage) page.Component {
	if len(p.Items) == 0 {
		return nil
	}
	t := page.QueueTable{Caption: r.T("What it is made of"), Columns: append([]page.Column{{Text: r.T("Item")}}, numbers(r.T("Accounts"), r.T("Amount"))...)}
	for _, i := range p.Items {
		name := i.Title
		if i.Relief {
			name = r.T("{item} (taken off)", i18n.V{"item": i.Title})
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: name}, {HTML: page.ID(count(r.P, i.N))}, {HTML: page.ID(i.Amount)}}})
	}
	g := page.Group{t}
	if p.Read < p.Assessed {
		g = append(g, page.Paragraph{Text: r.T("Summed up from the first {n} assessments. The total of the run above is of all of them.", i18n.V{"n": count(r.P, p.Read)})})
	}
	return g
}

func runCompare(r *web.Request, p view.RunPage) page.Component {
	if p.Declared {
		return nil
	}
	c := p.Compare
	if c == nil {
		return page.Group{heading2(r.T("Compared with the period before")), page.Paragraph{Text: r.T("No run was published for the period before.")}}
	}
	t := page.QueueTable{Caption: r.T("Compared with the period before"), Columns: append([]page.Column{{Text: r.T("Period")}}, numbers(r.T("Assessed"), r.T("Together"))...)}
	t.Rows = []page.QueueRow{
		{Cells: []page.Cell{{HTML: moneyLink(c.Period, runURL(c.Run, ""), "")}, {HTML: page.ID(count(r.P, c.Objects))}, {HTML: page.ID(c.Total)}}},
		{Cells: []page.Cell{{Text: p.Period}, {HTML: page.ID(count(r.P, c.NowObjects))}, {HTML: page.ID(c.Now)}}},
		{Cells: []page.Cell{{Text: r.T("Difference")}, {HTML: page.ID(c.Percent)}, {HTML: page.ID(c.Difference)}}},
	}
	return t
}

func runProblems(r *web.Request, p view.RunPage) page.Component {
	if len(p.Problems) == 0 {
		return nil
	}
	t := page.QueueTable{Caption: r.T("What could not be assessed"), Columns: []page.Column{{Text: r.T("Number")}, {Text: r.T("Why")}}}
	for _, x := range p.Problems {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: moneyLink(x.Object, address(taxURL("/accounts"), url.Values{"q": {x.Object}}), "")}, {Text: x.What}}})
	}
	g := page.Group{t, page.Paragraph{Text: r.T("Correct these in the register or in the account, take the run back, and start it again. Or publish it: single accounts can be assessed afterwards.")}}
	if p.More {
		g = append(g, page.Paragraph{Text: r.T("There are more than are shown here.")})
	}
	return g
}

func runSample(r *web.Request, p view.RunPage) page.Component {
	if len(p.Sample) == 0 {
		return nil
	}
	t := page.QueueTable{Caption: r.T("Assessments, to look through"), Columns: append([]page.Column{{Text: r.T("Account")}, {Text: r.T("About")}}, numbers(r.T("Amount"))...)}
	for _, x := range p.Sample {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: moneyLink(x.Number, taxAccountURL(x.Account, ""), "")}, {HTML: page.ID(x.Object)},
			figureCell(x.Total, taxURL("/assessments/"+x.Assessment))}})
	}
	return page.Group{t, nextPage(r, runURL(p.ID, ""), url.Values{}, "after", p.Next)}
}

func runFacts(r *web.Request, p view.RunPage) page.Component {
	list := page.SummaryList{}
	add := func(key string, value page.Component) { list.Rows = append(list.Rows, factRow(key, value)) }
	add(r.T("Bills of"), page.ID(p.Issued))
	add(r.T("Started"), twoLines(instant(p.Started), p.By))
	if p.EndedBy != "" {
		add(r.T("Ended"), twoLines(instant(p.Ended), p.EndedBy))
	}
	return page.Group{page.Heading{Level: 2, Size: "s", Text: r.T("About this run")}, list}
}

func runActions(r *web.Request, p view.RunPage) page.Component {
	if !p.CanPublish && !p.CanUndo {
		return nil
	}
	g := page.Group{page.Heading{Level: 2, Size: "s", Text: r.T("What can be done")}}
	button := func(do, text, classes string) page.Component {
		return page.Form{Action: runURL(p.ID, ""), Key: r.NewKey(), HTML: page.Group{hiddenVersion(p.Version), page.Hidden{Name: "do", Value: do}, page.Button{Text: text, Classes: classes, PreventDoubleClick: true}}}
	}
	if p.CanPublish {
		text := r.T("Publish: {n} bills of {amount}", i18n.V{"n": count(r.P, p.Assessed), "amount": p.Total})
		if p.Declared {
			text = r.T("Publish")
		}
		g = append(g, button("publish", text, ""), page.Paragraph{Text: r.T("This cannot be undone as a whole. Single assessments can be changed afterwards.")})
	}
	if p.CanUndo {
		g = append(g, button("undo", r.T("Take it back"), "govuk-button--secondary"))
	}
	return g
}
