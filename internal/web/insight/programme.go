package insight

import (
	"net/url"

	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// Programmes lists what was begun, each with its page.
func Programmes(r *web.Request, base string, list []view.ProgrammeLine) page.Component {
	if len(list) == 0 {
		return page.Paragraph{Text: r.T("No programme is described here.")}
	}
	var cards []page.ServiceCard
	for _, p := range list {
		cards = append(cards, page.ServiceCard{Title: p.Title, URL: base + "/" + url.PathEscape(p.ID), Text: p.About, Facts: []string{p.Organisation, r.T("Since {date}", map[string]any{"date": p.Since})}, Level: 2})
	}
	return page.ServiceGrid{Cards: cards}
}

// Programme is what came of one: the finding, the picture, the figures with their intervals, and what speaks against them.
func Programme(r *web.Request, base string, p view.ProgrammePage) page.Component {
	at := base + "/" + url.PathEscape(p.ID)
	g := page.Group{page.Paragraph{Text: p.Finding, Classes: "govuk-body-l"}}
	if len(p.Warnings) > 0 {
		list := page.List{}
		for _, w := range p.Warnings {
			list.Items = append(list.Items, page.Text(w))
		}
		g = append(g, page.Heading{Level: 2, Size: "m", Text: r.T("What speaks against it")}, list)
	}
	for _, f := range p.Figures {
		g = append(g, Picture(r, at+"/csv", f))
	}
	g = append(g, rows(r.T("What changed"), []string{r.T("Worked out"), r.T("Change"), r.T("With 95 % certainty between"), r.T("What it found")}, p.Estimates),
		rows(r.T("Monthly figures before and after"), []string{r.T("Where"), r.T("Before"), r.T("After"), r.T("Difference")}, p.Means))
	if len(p.Figures) > 0 {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Download as JSON"), URL: at + "/json"}})
	}
	facts := page.SummaryList{}
	fact := func(key string, value page.Component) {
		facts.Rows = append(facts.Rows, page.SummaryRow{Key: page.Cell{Text: key}, Value: page.Cell{HTML: value}})
	}
	fact(r.T("What is done"), page.Text(p.About))
	fact(r.T("Responsible"), page.Text(p.Organisation))
	fact(r.T("Since"), page.Text(p.Since))
	fact(r.T("What was intended"), page.Text(p.Aim))
	if len(p.Others) > 0 {
		fact(r.T("Compared with"), page.Text(r.P.List(p.Others)))
	}
	if p.Source.Text != "" {
		fact(r.T("Decided in"), paper.Law(p.Source))
	}
	if p.Budget[0] != "" {
		fact(r.T("Paid from"), page.LinkTo{Text: p.Budget[1] + ", " + p.Budget[0], URL: "/money/budget/" + url.PathEscape(p.Budget[0]) + "/" + url.PathEscape(p.Budget[1])})
	}
	return append(g, page.Heading{Level: 2, Size: "m", Text: r.T("The programme")}, facts,
		page.Details{SummaryText: r.T("How this is worked out"), HTML: page.Group{
			page.Paragraph{Text: r.T("By itself: a straight line with the time of the year is laid through the months before it began, and it is asked whether the months after lie off it, at once or more and more. Errors may hang together over some months (segmented regression, errors after Newey and West).")},
			page.Paragraph{Text: r.T("Beside the others: the change here less the change at those without it, in the same months (difference in differences). It is also asked how often as much is found at the others, and at other times before.")},
			page.Paragraph{Text: r.T("An interval of 95 % is wrong one time in twenty, and says nothing of what no figure shows.")}}})
}

func rows(title string, head []string, list []view.ProgrammeRow) page.Component {
	if len(list) == 0 {
		return nil
	}
	t := page.QueueTable{Caption: title, Stack: true}
	for _, h := range head {
		t.Columns = append(t.Columns, page.Column{Text: h})
	}
	for _, row := range list {
		var cells []page.Cell
		for _, c := range row.Cells {
			cells = append(cells, page.Cell{HTML: page.ID(c)})
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: cells})
	}
	return t
}
