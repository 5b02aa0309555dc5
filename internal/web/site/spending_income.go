package site

import (
	"net/http"
	"net/url"

	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/chart"
	"stoa/internal/web/page"
)

// income is /money/income?year=: what came in, by account and month.
func (s *Site) income(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Spending().Income(r.Context(), reader(r), r.Query("year"))
	if err != nil {
		return err
	}
	title := r.T("Income")
	content := page.Group{
		heading1(p.Year.Title, title),
		column(body(r.T("Taxes, fees and charges as they were posted to the books: when they became due, less what was taken back. Only months that are over are shown.")), incomeYears(r, p)),
	}
	if len(p.Months) == 0 {
		content = append(content, page.EmptyState{Heading: r.T("No month of this year is over yet"), Level: 2})
	} else {
		content = append(content, incomeChart(r, p), incomeByMonth(r, p))
	}
	return r.Render(w, web.Page{Title: title, Area: "money", Charts: true, Content: content, Crumbs: moneyCrumbs(r, budgetCrumb(r, p.Year))})
}

func incomeYears(r *web.Request, p view.IncomePage) page.Component {
	if len(p.Years) < 2 {
		return nil
	}
	g := page.Group{page.Text(r.T("Other years:") + " ")}
	for _, y := range p.Years {
		if y.ID != p.Year.ID {
			g = append(g, link(y.Title, "/money/income?"+url.Values{"year": {y.ID}}.Encode()), page.Text(" "))
		}
	}
	return page.Paragraph{HTML: g}
}

// incomeChart is what each account took, the most first.
func incomeChart(r *web.Request, p view.IncomePage) page.Component {
	c := chart.Chart{Frame: chart.Frame{ID: "income", Title: r.T("Income by account"), Printer: r.P, CSVURL: fileURL("/money/income/csv", url.Values{"year": {p.Year.ID}})},
		Kind: chart.Bars, Unit: chart.Unit{Money: p.Currency}, Of: r.T("Account"), Series: []chart.Series{{Name: r.T("Came in")}}}
	for _, a := range p.Accounts {
		c.Categories, c.Series[0].Values = append(c.Categories, a.Title), append(c.Series[0].Values, chart.Num(float64(a.Total.Amount.Minor)))
	}
	c = c.Sorted()
	c.Finding = chart.First(c.Share(0), c.Highest(0))
	return c
}

// incomeByMonth is every account in every month.
func incomeByMonth(r *web.Request, p view.IncomePage) page.Component {
	caption := r.T("Income by account and month")
	t := page.Table{Caption: caption, CaptionClasses: "govuk-visually-hidden", FirstCellIsHeader: true, Head: []page.Cell{{Text: r.T("Account")}}}
	for _, m := range p.Months {
		t.Head = append(t.Head, page.Cell{Text: m, Format: "numeric"})
	}
	t.Head = append(t.Head, page.Cell{Text: r.T("Together"), Format: "numeric"})
	for _, a := range p.Accounts {
		row := []page.Cell{{HTML: page.Group{page.Text(a.Title), small(a.Organisation)}}}
		for _, m := range a.Months {
			row = append(row, amount(m.Amount))
		}
		t.Rows = append(t.Rows, append(row, amount(a.Total.Amount)))
	}
	return page.Group{h2(caption), page.Scroll{Label: caption, HTML: t}}
}

func (s *Site) incomeFile(w http.ResponseWriter, r *web.Request) error {
	f, err := s.View.Spending().IncomeFile(r.Context(), reader(r), r.Query("year"))
	return sendCSV(w, r, f, err)
}
