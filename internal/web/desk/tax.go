package desk

import (
	"net/http"
	"net/url"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// taxRoutes is the table of the addresses under /desk/money/taxes.
func taxRoutes(d *Desk) []web.Route {
	var routes []web.Route
	get := func(pattern string, h web.Handler) {
		routes = append(routes, web.Route{Method: "GET", Pattern: "/desk/money/taxes" + pattern, Area: web.Desk, Action: policy.MoneyRead, Handle: h})
	}
	both := func(pattern string, h web.Handler) {
		get(pattern, h)
		routes = append(routes, web.Route{Method: "POST", Pattern: "/desk/money/taxes" + pattern, Area: web.Desk, Action: policy.MoneyWork, Handle: h})
	}
	get("", d.taxes)
	both("/start/{tax}", d.startRun)
	both("/runs/{run}", d.run)
	get("/accounts", d.taxAccounts)
	get("/accounts/{account}", d.taxAccount)
	get("/accounts/{account}/files/{file}", d.taxFile)
	both("/accounts/{account}/change/{what}", d.changeFact)
	both("/accounts/{account}/payer", d.changePayer)
	both("/accounts/{account}/estimate/{period}", d.estimateReturn)
	both("/open", d.changePayer)
	get("/assessments/{assessment}", d.taxAssessment)
	get("/requests", d.taxRequests)
	both("/requests/{request}", d.taxRequest)
	get("/returns", d.taxReturns)
	return routes
}

func taxURL(more string) string { return "/desk/money/taxes" + more }
func taxAccountURL(id, more string) string {
	return taxURL("/accounts/" + url.PathEscape(id) + more)
}
func runURL(id, more string) string { return taxURL("/runs/" + url.PathEscape(id) + more) }

// showTax answers with a page of the taxes; more are the pages between Taxes and this one.
func (d *Desk) showTax(w http.ResponseWriter, r *web.Request, p web.Page, more ...page.Crumb) error {
	return d.showMoney(w, r, p, append([]page.Crumb{{Text: r.T("Taxes"), Href: taxURL("")}}, more...)...)
}

// taxDone is the banner after something was done.
func taxDone(r *web.Request) page.Component {
	text := map[string]string{
		"started":   r.T("The run has been started. What it comes to is worked out now and counts only when another person has published it."),
		"publish":   r.T("The bills are being made now."),
		"undo":      r.T("The run is being taken back. Nothing of it ever counted."),
		"changed":   r.T("Noted. What was published already has been worked out anew where this changes it."),
		"payer":     r.T("Noted. What was published already has been worked out anew for each payer’s days."),
		"decided":   r.T("Decided. The payer has been told, and what was published already has been worked out anew."),
		"estimated": r.T("The estimate counts until a declaration comes."),
	}[r.Query("done")]
	if text == "" {
		return page.Group{}
	}
	return page.NotificationBanner{Type: "success", Text: text}
}

// taxes is /desk/money/taxes: the taxes, what goes on about each, and the latest runs.
func (d *Desk) taxes(w http.ResponseWriter, r *web.Request) error {
	t, err := d.View.TaxOffice().TaxDesk(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Taxes")
	main := page.Group{taxTable(r, t), runTable(r, r.T("Latest runs"), t.Runs)}
	links := page.List{Plain: true, Items: []page.Component{
		page.LinkTo{Text: r.T("Find a tax account"), URL: taxURL("/accounts")},
		page.LinkTo{Text: r.T("Claims and objections") + " (" + number(r.P, t.Requests) + ")", URL: taxURL("/requests")},
		page.LinkTo{Text: r.T("Declarations that are missing"), URL: taxURL("/returns")},
	}}
	if t.Work {
		links.Items = append(links.Items, page.LinkTo{Text: r.T("Open an account"), URL: taxURL("/open")})
	}
	content := page.Group{heading1(title), page.TwoColumns{Main: main, Side: page.Group{heading2(r.T("Work")), links}, SideLabel: r.T("Parts of Taxes")}}
	return d.showMoney(w, r, web.Page{Title: title, Content: content})
}

func taxTable(r *web.Request, t view.TaxDesk) page.QueueTable {
	x := page.QueueTable{Caption: r.T("The taxes"), Columns: []page.Column{{Text: r.T("Tax")}, {Text: r.T("Latest run")}, {Text: r.T("Requests"), Format: "numeric"}, {Text: r.T("Next")}}}
	for _, one := range t.Taxes {
		latest := page.Cell{Text: r.T("None yet")}
		if one.Latest != nil {
			latest = page.Cell{HTML: page.Group{moneyLink(one.Latest.Period, runURL(one.Latest.ID, ""), ""), page.Text(" "), moneyTag(one.Latest.State)}}
		}
		next := page.Cell{}
		if t.Work {
			next.HTML = page.LinkTo{Text: r.T("Start a run"), URL: taxURL("/start/" + one.ID)}
		}
		x.Rows = append(x.Rows, page.QueueRow{Cells: []page.Cell{
			{HTML: twoLines(moneyLink(one.Title, address(taxURL("/accounts"), url.Values{"tax": {one.ID}}), ""), one.Every)}, latest,
			figureCell(number(r.P, one.Requests), address(taxURL("/requests"), url.Values{"tax": {one.ID}})), next}})
	}
	return x
}

func runTable(r *web.Request, caption string, list []view.RunLine) page.QueueTable {
	t := page.QueueTable{Caption: caption, Columns: append(append([]page.Column{{Text: r.T("Run")}, {Text: r.T("State")}}, numbers(r.T("Assessed"), r.T("Together"))...), page.Column{Text: r.T("Started")}),
		Empty: page.EmptyState{Heading: r.T("No run yet"), Text: r.T("A run works out what everybody owes for a period. It counts when another person has published it."), Level: 2}}
	for _, x := range list {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: twoLines(moneyLink(x.Tax+" "+x.Period, runURL(x.ID, ""), ""), r.T("Bills of {date}", i18n.V{"date": x.Issued}))},
			{HTML: moneyTag(x.State)}, {HTML: page.ID(count(r.P, x.Assessed))}, {HTML: page.ID(x.Total)}, {HTML: twoLines(instant(x.Started), x.By)}}})
	}
	return t
}

// taxAccounts is /desk/money/taxes/accounts: finding an account.
func (d *Desk) taxAccounts(w http.ResponseWriter, r *web.Request) error {
	a, err := d.View.TaxOffice().TaxAccounts(r.Context(), reader(r), r.Query("q"), r.Query("tax"), r.Query("after"))
	if err != nil {
		return err
	}
	if a.Words != "" && len(a.List) == 1 {
		return r.Redirect(w, taxAccountURL(a.List[0].ID, ""))
	}
	title := r.T("Tax accounts")
	t := page.QueueTable{Caption: title, CaptionHidden: true, Columns: []page.Column{{Text: r.T("Account")}, {Text: r.T("About")}, {Text: r.T("From")}, {Text: r.T("Until")}},
		Empty: page.EmptyState{Heading: r.T("No account fits"), Text: r.T("Search by the whole number of the account, like T-2026-000001, or of what is taxed, like D1081."), Level: 2}}
	for _, x := range a.List {
		until := page.Cell{HTML: page.ID(x.Until)}
		if x.Until == "" {
			until = page.Cell{Text: r.T("no end")}
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: twoLines(moneyLink(x.Number, taxAccountURL(x.ID, ""), ""), x.Tax)}, {HTML: page.ID(x.Object)}, {HTML: page.ID(x.From)}, until}})
	}
	items := []page.Option{{Text: r.T("All")}}
	for _, o := range a.Taxes {
		items = append(items, page.Option{Value: o.Value, Text: o.Label})
	}
	filters := page.Filters{Heading: r.T("Find a tax account"), Action: taxURL("/accounts"), Fields: []page.Component{
		page.Input{Name: "q", Value: a.Words, Label: page.Label{Text: r.T("Number of the account, or of what is taxed")}, Spellcheck: "false"},
		page.Select{Name: "tax", Value: a.Tax, Label: page.Label{Text: r.T("Tax")}, Items: items},
	}}
	values := url.Values{"q": {a.Words}, "tax": {a.Tax}}
	main := page.Group{t, nextPage(r, taxURL("/accounts"), values, "after", a.Next)}
	if a.Work {
		main = append(main, page.Paragraph{HTML: page.LinkTo{Text: r.T("Open an account"), URL: address(taxURL("/open"), url.Values{"tax": {a.Tax}, "object": {a.Words}})}})
	}
	content := page.Group{heading1(title), page.TwoColumns{SideFirst: true, SideLabel: r.T("Filters"), Side: filters, Main: main}}
	return d.showTax(w, r, web.Page{Title: title, Content: content})
}
