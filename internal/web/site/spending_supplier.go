package site

import (
	"net/http"
	"net/url"
	"slices"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/chart"
	"stoa/internal/web/page"
)

// suppliers is /money/suppliers?q=&after=: who is paid, and how much.
func (s *Site) suppliers(w http.ResponseWriter, r *web.Request) error {
	q := r.Query("q")
	list, next, err := s.View.Spending().Suppliers(r.Context(), reader(r), q, r.Query("after"))
	if err != nil {
		return err
	}
	title := r.T("Suppliers")
	t := page.QueueTable{Caption: title, CaptionHidden: true, Stack: true,
		Columns: append([]page.Column{{Text: r.T("Supplier")}}, numberColumns(r.T("Payments"), r.T("Paid in all"))...),
		Empty:   page.EmptyState{Heading: r.T("Nothing found"), Text: r.T("Try fewer or other words."), Level: 2}}
	for _, x := range list {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.Group{supplierName(x.SupplierRef), small(x.Identifier)}},
			{HTML: page.ID(r.P.Number(itoa64(int64(x.Payments)))), Format: "numeric"}, amount(x.Paid)}})
	}
	content := page.Group{heading1("", title), column(body(r.T("Organisations that are paid with public money, or are given grants. Persons are not named."))),
		page.SearchBox{Action: "/money/suppliers", Label: r.T("Search suppliers"), Value: q}, t}
	if next != "" {
		values := url.Values{"after": {next}}
		if q != "" {
			values.Set("q", q)
		}
		content = append(content, page.Pagination{Next: page.PageLink{Href: "/money/suppliers?" + values.Encode()}})
	}
	return r.Render(w, web.Page{Title: title, Area: "money", Content: content, Crumbs: moneyCrumbs(r), NoIndex: q != "" || r.Query("after") != ""})
}

// supplier is /money/suppliers/{supplier}.
func (s *Site) supplier(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Spending().Supplier(r.Context(), reader(r), r.PathValue("supplier"))
	if err != nil {
		return err
	}
	content := page.Group{
		heading1(r.T("Supplier"), p.Name),
		page.KeyFacts{Facts: []page.Fact{{Label: r.T("Paid in all"), HTML: page.ID(p.Paid.Text)},
			{Label: r.T("Contracts"), HTML: page.ID(r.P.Number(itoa64(int64(len(p.Contracts)))))}}},
	}
	if p.Identifier != "" {
		var f facts
		f.text(r.T("Number in a register"), p.Identifier)
		content = append(content, column(f.list))
	}
	content = append(content, supplierYears(r, p))
	for _, list := range []struct {
		title string
		all   []view.CommitmentLine
	}{{r.T("Contracts"), p.Contracts}, {r.T("Grants"), p.Grants}, {r.T("Purchase orders"), p.Orders}} {
		if len(list.all) > 0 {
			content = append(content, h2(list.title), commitmentTable(r, list.title, r.T("With"), list.all))
		}
	}
	content = append(content, h2(r.T("Newest payments")), paymentTable(r, r.T("Newest payments"), p.Payments))
	if p.More {
		content = append(content, moreLink(r.T("All payments to {name}", i18n.V{"name": p.Name}), paymentsURL(url.Values{"supplier": {p.ID}})))
	}
	return r.Render(w, web.Page{Title: p.Name, Area: "money", Charts: true, Content: content,
		Crumbs: moneyCrumbs(r, page.Crumb{Text: r.T("Suppliers"), Href: "/money/suppliers"})})
}

// supplierYears is what a supplier was paid year by year.
func supplierYears(r *web.Request, p view.SupplierPage) page.Component {
	t := page.QueueTable{Caption: r.T("Paid by year"), CaptionHidden: true, Stack: true,
		Columns: append([]page.Column{{Text: r.T("Year")}}, numberColumns(r.T("Paid"), r.T("Of all that was paid"))...)}
	c := chart.Chart{Frame: chart.Frame{ID: "years", Title: r.T("Paid by year"), Printer: r.P, CSVURL: fileURL("/money/payments/csv", url.Values{"supplier": {p.ID}})},
		Kind: chart.Bars, Unit: chart.Unit{Money: p.Currency}, Of: r.T("Year"), Series: []chart.Series{{Name: r.T("Paid")}}}
	for _, y := range p.Years {
		c.Categories, c.Links = append(c.Categories, y.Year.Title), append(c.Links, budgetURL(y.Year.ID))
		c.Series[0].Values = append(c.Series[0].Values, chart.Num(float64(y.Paid.Minor)))
	}
	for _, y := range slices.Backward(p.Years) {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.LinkTo{Text: y.Year.Title, URL: budgetURL(y.Year.ID)}}, amount(y.Paid), {HTML: page.ID(y.Share), Format: "numeric"}}})
	}
	if len(p.Years) < 2 {
		return page.Group{h2(r.T("Paid by year")), t}
	}
	c.Finding = chart.First(c.Change(0), c.Highest(0))
	return page.Group{c, t}
}
