package site

import (
	"net/http"
	"net/url"
	"time"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/chart"
	"stoa/internal/web/page"
)

// budget is /money/budget/{year}?by=: a year's budget, plan and payments, line by line.
func (s *Site) budget(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Spending().Budget(r.Context(), reader(r), r.PathValue("year"), r.Query("by"))
	if err != nil {
		return err
	}
	content := page.Group{
		heading1(r.T("Where the money goes"), p.Year.Title),
		column(budgetInWords(r, p), budgetWays(r, p)),
	}
	for _, part := range p.Parts {
		content = append(content, page.Heading{Text: part.Title, ID: part.ID}, column(para(part.About)), lineTable(r, part))
	}
	content = append(content, page.Heading{Text: r.T("All spending"), ID: "all"}, sumFacts(r, p.Out, false))
	if len(p.Coming) > 0 {
		content = append(content, page.Heading{Text: r.T("What comes in"), ID: "income"}, incomeTable(r, p))
	}
	if len(p.Changes) > 0 {
		content = append(content, page.Heading{Text: r.T("Changes during the year"), ID: "changes"}, changeTable(r, p.Changes, true))
	}
	content = append(content, page.Paragraph{HTML: page.Group{page.LinkTo{Text: r.T("Download as CSV"), URL: budgetURL(p.Year.ID) + "/csv", Hidden: p.Year.Title},
		page.Text(" · "), page.LinkTo{Text: r.T("Open data about money"), URL: "/money/about"}}})
	return r.Render(w, web.Page{Title: p.Year.Title, Area: "money", Content: content, Crumbs: moneyCrumbs(r)})
}

func budgetInWords(r *web.Request, p view.BudgetPage) page.Component {
	var f facts
	f.text(r.T("Year"), p.Year.Period)
	f.text(r.T("Adopted by"), p.Decision)
	f.text(r.T("Law"), p.Law)
	f.text(r.T("Spending up to"), p.AsOf)
	f.text(r.T("Income up to"), p.Until)
	return f.list
}

// budgetWays part the budget in another way, and lead to other years.
func budgetWays(r *web.Request, p view.BudgetPage) page.Component {
	ways := page.Group{page.Text(r.T("Show by:") + " ")}
	for i, by := range []struct{ id, text string }{
		{"programme", r.T("programme")}, {"organisation", r.T("organisation")}, {"function", r.T("function of government")},
	} {
		if i > 0 {
			ways = append(ways, page.Text(" · "))
		}
		if by.id == p.By {
			ways = append(ways, strong(by.text))
			continue
		}
		ways = append(ways, link(by.text, budgetURL(p.Year.ID)+"?"+url.Values{"by": {by.id}}.Encode()))
	}
	g := page.Group{page.Paragraph{HTML: ways}}
	if len(p.Years) < 2 {
		return g
	}
	years := page.Group{page.Text(r.T("Other years:") + " ")}
	for _, y := range p.Years {
		if y.ID != p.Year.ID {
			years = append(years, link(y.Title, budgetURL(y.ID)), page.Text(" "))
		}
	}
	return append(g, page.Paragraph{HTML: years})
}

// lineTable is the lines of a part with their sums, and the sum of them.
func lineTable(r *web.Request, part view.BudgetPart) page.Component {
	t := page.QueueTable{Caption: part.Title, CaptionHidden: true, Stack: true,
		Columns: append([]page.Column{{Text: r.T("Budget line")}}, numberColumns(r.T("Planned"), r.T("Committed"), r.T("Invoiced"), r.T("Paid"), r.T("Paid of the plan"))...)}
	row := func(name page.Component, s view.Sums) {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: name}, planCell(r, s), amount(s.Committed), amount(s.Invoiced), amount(s.Paid), {HTML: page.ID(s.Share), Format: "numeric"}}})
	}
	for _, l := range part.Lines {
		row(page.Group{page.LinkTo{Text: l.Title, URL: lineURL(l.Year, l.ID)}, small(l.Organisation)}, l.Sums)
	}
	if len(part.Lines) > 1 {
		row(strong(r.T("Together")), part.Sums)
	}
	return t
}

// planCell is a plan, with what was adopted where it was changed since.
func planCell(r *web.Request, s view.Sums) page.Cell {
	c := amount(s.Plan)
	if s.Plan.Minor != s.Adopted.Minor {
		c.HTML = page.Group{page.ID(s.Plan.Text), small(r.T("adopted: {amount}", i18n.V{"amount": s.Adopted.Text}))}
	}
	return c
}

func incomeTable(r *web.Request, p view.BudgetPage) page.Component {
	t := page.QueueTable{Caption: r.T("What comes in"), CaptionHidden: true, Stack: true,
		Columns: append([]page.Column{{Text: r.T("Budget line")}}, numberColumns(r.T("Expected"), r.T("Came in so far"), r.T("Share"))...)}
	row := func(name page.Component, s view.Sums) {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: name}, planCell(r, s), amount(s.Paid), {HTML: page.ID(s.Share), Format: "numeric"}}})
	}
	for _, l := range p.Coming {
		row(page.Group{page.LinkTo{Text: l.Title, URL: lineURL(l.Year, l.ID)}, small(l.Organisation)}, l.Sums)
	}
	row(strong(r.T("Together")), p.In)
	return t
}

// sumFacts are the sums of a line or of several.
func sumFacts(r *web.Request, s view.Sums, income bool) page.Component {
	if income {
		return page.KeyFacts{Facts: []page.Fact{
			{Label: r.T("Expected"), HTML: page.ID(s.Plan.Text), Note: plannedNote(r, s)},
			{Label: r.T("Came in so far"), HTML: page.ID(s.Paid.Text), Note: s.Share},
		}}
	}
	return page.KeyFacts{Facts: []page.Fact{
		{Label: r.T("Planned"), HTML: page.ID(s.Plan.Text), Note: plannedNote(r, s)},
		{Label: r.T("Committed"), HTML: page.ID(s.Committed.Text)},
		{Label: r.T("Invoiced"), HTML: page.ID(s.Invoiced.Text)},
		{Label: r.T("Paid"), HTML: page.ID(s.Paid.Text), Note: s.Share},
		{Label: r.T("Not yet committed"), HTML: page.ID(s.Left.Text)},
	}}
}

// budgetLine is /money/budget/{year}/{line}: a line with its changes, contracts, grants, invoices and payments.
func (s *Site) budgetLine(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Spending().Line(r.Context(), reader(r), r.PathValue("year"), r.PathValue("line"))
	if err != nil {
		return err
	}
	upTo := r.T("Spending up to")
	if p.Income {
		upTo = r.T("Income up to")
	}
	var about facts
	about.text(r.T("Programme"), p.Programme)
	about.text(r.T("Organisation"), p.Organisation)
	about.text(r.T("Function of government"), p.Function)
	about.text(r.T("Account"), p.Account)
	about.text(upTo, p.AsOf)
	content := page.Group{heading1(p.BudgetYear.Title, p.Title),
		sumFacts(r, p.Sums, p.Income), column(para(p.About), about.list)}
	if len(p.Changes) > 0 {
		content = append(content, h2(r.T("Changes during the year")), changeTable(r, p.Changes, false))
	}
	if months := monthChart(r, p); months != nil {
		content = append(content, months)
	}
	if !p.Income {
		content = append(content, lineMoney(r, p)...)
	}
	return r.Render(w, web.Page{Title: p.Title, Area: "money", Charts: true, Content: content, Crumbs: moneyCrumbs(r, budgetCrumb(r, p.BudgetYear))})
}

// lineMoney is what came of a line of spending.
func lineMoney(r *web.Request, p view.LinePage) (g page.Group) {
	for _, list := range []struct {
		title, with string
		all         []view.CommitmentLine
	}{
		{r.T("Contracts"), r.T("Supplier"), p.Contracts}, {r.T("Grants"), r.T("Given to"), p.Grants}, {r.T("Purchase orders"), r.T("Supplier"), p.Orders},
	} {
		if len(list.all) > 0 {
			g = append(g, h2(list.title), commitmentTable(r, list.title, list.with, list.all))
		}
	}
	if len(p.Invoices) > 0 {
		g = append(g, h2(r.T("Newest invoices")), invoiceTable(r, p.Invoices))
	}
	g = append(g, h2(r.T("Newest payments")), column(personsNote(r, p.Part)), paymentTable(r, r.T("Newest payments"), p.Payments))
	if p.More {
		g = append(g, moreLink(r.T("All payments of this line"), paymentsURL(url.Values{"year": {p.Year}, "line": {p.ID}})))
	}
	return g
}

// monthChart is what was paid, or came in, month by month.
func monthChart(r *web.Request, p view.LinePage) page.Component {
	if len(p.Months) < 2 {
		return nil
	}
	c := chart.Chart{Frame: chart.Frame{ID: "months", Title: r.T("Paid by month"), Printer: r.P}, Kind: chart.Bars, Unit: chart.Unit{Money: p.Currency},
		Of: r.T("Month"), Grain: chart.Month, Series: []chart.Series{{Name: r.T("Paid")}}}
	if p.Income {
		c.Title, c.Series[0].Name = r.T("Came in by month"), r.T("Came in")
	}
	for _, m := range p.Months {
		c.Dates = append(c.Dates, time.Date(m.Date.Year(), m.Date.Month(), 1, 0, 0, 0, 0, time.UTC))
		c.Series[0].Values = append(c.Series[0].Values, chart.Num(float64(m.Amount.Minor)))
	}
	c.Finding = chart.First(c.Highest(0), c.Change(0))
	return c
}
