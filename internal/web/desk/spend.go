package desk

import (
	"net/http"
	"net/url"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// This file and the other files spend… are the pages of those who spend public money, and of those who look at it: from a
// budget line down to each invoice, and what waits for whom.

const spendPath = "/desk/spending"

// spendRoutes is the table of the addresses under /desk/spending.
func spendRoutes(d *Desk) []web.Route {
	var routes []web.Route
	add := func(method, pattern string, do policy.Action, h web.Handler) {
		routes = append(routes, web.Route{Method: method, Pattern: spendPath + pattern, Area: web.Desk, Action: do, Handle: h})
	}
	get := func(pattern string, do policy.Action, h web.Handler) { add("GET", pattern, do, h) }
	form := func(pattern string, see, do policy.Action, h web.Handler) {
		get(pattern, see, h)
		add("POST", pattern, do, h)
	}
	get("", policy.SpendRead, d.spendLines)
	get("/csv", policy.SpendRead, d.spendLinesFile)
	get("/lines/{year}/{line}", policy.SpendRead, d.spendLine)
	get("/commitments", policy.SpendRead, d.spendCommitments)
	form("/commitments/new", policy.SpendEnter, policy.SpendEnter, d.newCommitment)
	form("/commitments/{commitment}", policy.SpendRead, policy.SpendEnter, d.spendCommitment)
	form("/invoices", policy.SpendRead, policy.SpendEnter, d.spendInvoices)
	form("/invoices/new", policy.SpendEnter, policy.SpendEnter, d.newInvoice)
	form("/invoices/{invoice}", policy.SpendRead, policy.SpendEnter, d.spendInvoice)
	form("/suppliers/new", policy.SpendEnter, policy.SpendEnter, d.newSupplier)
	form("/pay", policy.MoneyWork, policy.MoneyWork, d.payInvoices)
	form("/entries", policy.MoneyRead, policy.MoneyWork, d.entries)
	form("/entries/{entry}", policy.MoneyRead, policy.MoneyApprove, d.decideEntry)
	return routes
}

// showSpend answers with a page of the spending area; more are the pages between it and this one.
func (d *Desk) showSpend(w http.ResponseWriter, r *web.Request, p web.Page, more ...page.Crumb) error {
	p.Crumbs = crumbs(r, append([]page.Crumb{{Text: r.T("Spending"), Href: spendPath}}, more...)...)
	return d.show(w, r, areaSpending, p)
}

func spendLineURL(year, line string) string {
	return spendPath + "/lines/" + url.PathEscape(year) + "/" + url.PathEscape(line)
}
func commitmentURL(id string) string { return spendPath + "/commitments/" + url.PathEscape(id) }
func invoiceURL(id string) string    { return spendPath + "/invoices/" + url.PathEscape(id) }

// spendParts are the ways to the parts of the area.
func spendParts(r *web.Request, f view.SpendFrame) page.Component {
	items := []page.Component{
		page.LinkTo{Text: r.T("Budget lines"), URL: spendPath},
		page.LinkTo{Text: r.T("Contracts, grants and orders"), URL: spendPath + "/commitments"},
		page.LinkTo{Text: r.T("Invoices"), URL: spendPath + "/invoices"},
	}
	if f.Enter {
		items = append(items, page.LinkTo{Text: r.T("Enter an invoice"), URL: spendPath + "/invoices/new"},
			page.LinkTo{Text: r.T("Enter a contract, grant or order"), URL: spendPath + "/commitments/new"},
			page.LinkTo{Text: r.T("Enter a supplier"), URL: spendPath + "/suppliers/new"})
	}
	if f.Pay {
		items = append(items, page.LinkTo{Text: r.T("Pay approved invoices"), URL: spendPath + "/pay"}, page.LinkTo{Text: r.T("Entries by hand"), URL: spendPath + "/entries"})
	}
	return page.Group{page.Heading{Level: 2, Text: r.T("Parts of Spending")}, page.List{Plain: true, Items: items}}
}

// spendFilters asks for another organisation, and on some pages for another year or other words.
func spendFilters(r *web.Request, action string, f view.SpendFrame, years bool, more ...page.Component) page.Component {
	var fields []page.Component
	choose := func(name, label, value string, options []view.Option, all bool) {
		var items []page.Option
		if all {
			items = append(items, page.Option{Text: r.T("All")})
		}
		for _, o := range options {
			items = append(items, page.Option{Value: o.Value, Text: o.Label})
		}
		fields = append(fields, page.Select{Name: name, Label: page.Label{Text: label}, Value: value, Items: items})
	}
	if years {
		choose("year", r.T("Year"), f.Year, f.Years, false)
	}
	if len(f.Organisations) > 1 {
		choose("organisation", r.T("Organisation"), f.Organisation, f.Organisations, true)
	}
	fields = append(fields, more...)
	if len(fields) == 0 {
		return nil
	}
	return page.Filters{Heading: r.T("Show"), Action: action, Fields: fields}
}

// spendLines is /desk/spending: the lines of a year with what stands on them.
func (d *Desk) spendLines(w http.ResponseWriter, r *web.Request) error {
	p, err := d.View.Finance().SpendDesk().SpendLines(r.Context(), reader(r), r.Query("year"), r.Query("organisation"))
	if err != nil {
		return err
	}
	t := page.QueueTable{Stack: true, Caption: r.T("Budget lines"), CaptionHidden: true, Columns: append([]page.Column{{Text: r.T("Line")}},
		numbers(r.T("Appropriated"), r.T("Committed"), r.T("Invoiced"), r.T("Paid"), r.T("Left"))...), Empty: page.EmptyState{Heading: r.T("No line fits"), Level: 2}}
	for _, l := range p.Lines {
		row := page.QueueRow{Cells: append([]page.Cell{{HTML: twoLines(moneyLink(l.Title, spendLineURL(l.Year, l.ID), ""), l.Organisation)}}, sumCells(l.SpendSums)...)}
		if l.Over {
			row.Tone = page.Bad
		}
		t.Rows = append(t.Rows, row)
	}
	if len(p.Lines) > 0 {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: moneyStrong(r.T("All"))}, {HTML: moneyStrong(p.All.Appropriated)}, {HTML: moneyStrong(p.All.Committed)},
			{HTML: moneyStrong(p.All.Invoiced)}, {HTML: moneyStrong(p.All.Paid)}, {HTML: moneyStrong(p.All.Left)}}})
	}
	csv := address(spendPath+"/csv", url.Values{"year": {p.Year}, "organisation": {p.Organisation}})
	say := page.Paragraph{Text: r.T("{budget}: what each line was given, what is bound by contracts, grants and orders or was approved without one, what was invoiced and paid, and what is left.", i18n.V{"budget": p.Title})}
	// The table has the whole width: seven figures do not fit beside anything.
	content := page.Group{heading1(r.T("Spending")), page.TwoColumns{Main: page.Group{say, spendFilters(r, spendPath, p.SpendFrame, true), downloads(r, csv)},
		Side: spendParts(r, p.SpendFrame), SideLabel: r.T("Parts of Spending")}, t}
	return d.show(w, r, areaSpending, web.Page{Title: r.T("Spending"), Content: content})
}

func sumCells(s view.SpendSums) []page.Cell {
	left := page.Cell{HTML: page.ID(s.Left)}
	if s.Over {
		left.HTML = moneyStrong(s.Left)
	}
	return []page.Cell{{HTML: page.ID(s.Appropriated)}, {HTML: page.ID(s.Committed)}, {HTML: page.ID(s.Invoiced)}, {HTML: page.ID(s.Paid)}, left}
}

func (d *Desk) spendLinesFile(w http.ResponseWriter, r *web.Request) error {
	f, err := d.View.Finance().SpendDesk().SpendLinesFile(r.Context(), reader(r), r.Query("year"), r.Query("organisation"))
	return sendFile(w, r, f, err)
}

// spendLine is /desk/spending/lines/{year}/{line}: what stands on a line, down to its invoices.
func (d *Desk) spendLine(w http.ResponseWriter, r *web.Request) error {
	p, err := d.View.Finance().SpendDesk().SpendLine(r.Context(), reader(r), r.PathValue("year"), r.PathValue("line"))
	if err != nil {
		return err
	}
	facts := page.SummaryList{Rows: []page.SummaryRow{factRow(r.T("Organisation"), page.Text(p.SpendLine.Organisation)), factRow(r.T("Programme"), page.Text(p.Programme)),
		factRow(r.T("Account"), page.ID(p.Account)), factRow(r.T("As adopted"), page.ID(p.Adopted)), factRow(r.T("Appropriated"), moneyStrong(p.Appropriated)),
		factRow(r.T("Committed"), page.ID(p.Committed)), factRow(r.T("Invoiced"), page.ID(p.Invoiced)), factRow(r.T("Paid"), page.ID(p.Paid)), factRow(r.T("Left"), moneyStrong(p.Left))}}
	g := page.Group{page.Heading{Level: 1, Text: p.SpendLine.Title, Caption: r.T("Budget line of {year}", i18n.V{"year": p.SpendLine.Year})}}
	if p.Over {
		g = append(g, page.WarningText{Text: r.T("More is committed than this line was given.")})
	}
	g = append(g, facts)
	if len(p.Amendments) > 0 {
		t := page.QueueTable{Stack: true, Caption: r.T("Amendments"), Columns: append([]page.Column{{Text: r.T("Day")}, {Text: r.T("Why")}, {Text: r.T("Decision")}}, numbers(r.T("Amount"))...)}
		for _, a := range p.Amendments {
			t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.ID(a.Date)}, {Text: a.Why}, {Text: orDash(a.Decision)}, {HTML: page.ID(a.Amount)}}})
		}
		g = append(g, t)
	}
	g = append(g, commitmentTable(r, r.T("Contracts, grants and orders"), p.Commitments), invoiceTable(r, r.T("Invoices"), p.Invoices))
	if p.More {
		g = append(g, page.Paragraph{Text: r.T("Older invoices are in the list of all invoices.")})
	}
	return d.showSpend(w, r, web.Page{Title: p.SpendLine.Title, Content: g})
}

// splitLine is the value of a field that names a line: year and line.
func splitLine(value string) (year, line string) {
	year, line, _ = strings.Cut(value, "/")
	return year, line
}

func selectOf(name, label, value string, options []view.Option, none string, p problems) page.Select {
	s := page.Select{Name: name, Label: page.Label{Text: label, Classes: "govuk-label--s"}, Value: value, ErrorMessage: p.at(name)}
	if none != "" {
		s.Items = append(s.Items, page.Option{Text: none})
	}
	for _, o := range options {
		s.Items = append(s.Items, page.Option{Value: o.Value, Text: o.Label})
	}
	return s
}

func textOf(name, label, hint, value string, p problems) page.Input {
	return page.Input{Name: name, Label: page.Label{Text: label, Classes: "govuk-label--s"}, Hint: page.Hint{Text: hint}, Value: value, ErrorMessage: p.at(name)}
}

func spendDay(name, label, value string, p problems) page.Input {
	in := dayInput(name, label, value)
	in.Label.Classes, in.ErrorMessage = "govuk-label--s", p.at(name)
	return in
}

// top is what stands above a form: what is wrong with it.
func (f *moneyForm) top() page.Group {
	g := page.Group{f.Problems.summary()}
	if f.Changed != "" {
		g = append(g, page.WarningText{Text: f.Changed})
	}
	return g
}

// spendDone is the banner after something was done.
func spendDone(r *web.Request) page.Component {
	text := map[string]string{
		"entered":  r.T("Entered. It waits for the next person."),
		"checked":  r.T("Checked. A supervisor approves it next."),
		"approved": r.T("Approved. It has taken effect, and is published."),
		"refused":  r.T("Refused."),
		"disputed": r.T("Noted as disputed. It is not paid meanwhile."),
		"resumed":  r.T("Taken up again. It is to be checked."),
		"taken":    r.T("The approval is taken back."),
		"amended":  r.T("The change is entered. It waits for a supervisor."),
		"closed":   r.T("Ended. What was not used is free again."),
		"supplier": r.T("The supplier is entered."),
		"proposed": r.T("Proposed. Another person, a supervisor, must post it."),
		"posted":   r.T("Posted in the books."),
	}[r.Query("done")]
	if text == "" {
		return page.Group{}
	}
	return page.NotificationBanner{Type: "success", Text: text}
}
