package desk

import (
	"net/http"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

func assistantRoutes(d *Desk) []web.Route {
	return []web.Route{{Method: "GET", Pattern: "/desk/assistant", Area: web.Desk, Action: policy.AskReview, Handle: d.assistant}}
}

// assistant is /desk/assistant: how well the assistant answers, and what editors can do about it.
func (d *Desk) assistant(w http.ResponseWriter, r *web.Request) error {
	p, err := d.View.Assistant().Review(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("The assistant")
	g := page.Group{
		page.Heading{Text: title, Level: 1},
		page.Paragraph{Text: r.P.N("What was asked is kept for {n} day and read by nobody. Here are counts, and words that at least {least} conversations share.",
			"What was asked is kept for {n} days and read by nobody. Here are counts, and words that at least {least} conversations share.", p.Keep, i18n.V{"least": p.Least})},
		page.StatTiles{Label: title, Tiles: []page.Stat{
			{Label: r.T("Conversations since {date}", i18n.V{"date": p.Since}), Value: r.P.Plain(p.Talks)},
			{Label: r.T("Answers"), Value: r.P.Plain(p.Asked)},
			{Label: r.T("Answered, of every hundred"), Value: r.P.Plain(p.Answered)},
			{Label: r.T("Helped"), Value: r.P.Plain(p.Up)},
			{Label: r.T("Did not help"), Value: r.P.Plain(p.Down)},
		}},
		countTable(r, r.T("What the answers were"), p.Kinds),
		gapTable(r, p.Gaps),
	}
	if p.Model != "" {
		g = append(g, countTable(r, r.T("The language model {model}, which chooses sentences", i18n.V{"model": p.Model}), p.Used))
	}
	g = append(g, page.Heading{Text: r.T("Words of questions that were not answered")})
	if len(p.Words) == 0 {
		g = append(g, page.Paragraph{Text: r.T("No word is shared by enough conversations.")})
	} else {
		t := page.QueueTable{Caption: r.T("Words of questions that were not answered"), CaptionHidden: true,
			Columns: []page.Column{{Text: r.T("Word")}, {Text: r.T("Conversations"), Format: "numeric"}}}
		for _, x := range p.Words {
			t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: x.Word}, {Text: r.P.Plain(x.Talks)}}})
		}
		g = append(g, t)
	}
	if len(p.Disliked) > 0 {
		g = append(g, countTable(r, r.T("Sources of answers that did not help"), p.Disliked))
	}
	if len(p.Unused) > 0 {
		g = append(g, page.Details{SummaryText: r.T("What no answer has quoted"), HTML: unusedList(r, p.Unused)})
	}
	return d.show(w, r, areaAssistant, web.Page{Title: title, Crumbs: crumbs(r), Content: g})
}

func countTable(r *web.Request, title string, list []view.CountLine) page.Component {
	t := page.QueueTable{Caption: title, Columns: []page.Column{{Text: r.T("What")}, {Text: r.T("How often"), Format: "numeric"}}}
	for _, x := range list {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: x.Label}, {Text: r.P.Plain(x.Count)}}})
	}
	if len(t.Rows) == 0 {
		return page.Group{page.Heading{Text: title}, page.Paragraph{Text: r.T("Nothing has been asked yet.")}}
	}
	return t
}

func gapTable(r *web.Request, list []view.Gap) page.Component {
	title := r.T("To do for editors")
	if len(list) == 0 {
		return page.Group{page.Heading{Text: title}, page.Paragraph{Text: r.T("Nothing at the moment.")}}
	}
	t := page.QueueTable{Caption: title, CaptionHidden: true, Stack: true, Columns: []page.Column{{Text: r.T("Where")}, {Text: r.T("What to do")}}}
	for _, x := range list {
		where := page.Cell{Text: x.Title}
		if x.Service != "" {
			where = page.Cell{HTML: page.LinkTo{Text: x.Title, URL: "/services/" + x.Service}}
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{where, {Text: x.What}}})
	}
	return page.Group{page.Heading{Text: title}, t}
}

func unusedList(r *web.Request, list []view.UnusedSource) page.Component {
	var items []page.Component
	for _, x := range list {
		line := page.Group{page.LinkTo{Text: x.Title, URL: x.URL}}
		if x.Parts < x.Of { // else the whole page
			line = append(line, page.Text(" · "+r.T("{n} of {all} parts", i18n.V{"n": x.Parts, "all": x.Of})))
		}
		items = append(items, line)
	}
	return page.List{Items: items}
}
