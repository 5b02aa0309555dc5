package site

import (
	"net/http"
	"net/url"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// This file and the other files spending… are "Where the money goes": from a year's budget down to one receipt.

func (s *Site) spendingRoutes() []web.Route {
	var routes []web.Route
	get := func(pattern string, h web.Handler) {
		routes = append(routes, web.Route{Method: "GET", Pattern: "/money" + pattern, Area: web.Public, Action: policy.SpendingSee, Handle: h})
	}
	file := func(pattern string, h web.Handler) {
		routes = append(routes, web.Route{Method: "GET", Pattern: "/money" + pattern, Area: web.System, Action: policy.SpendingSee, Handle: h})
	}
	get("", s.money)
	get("/budget/{year}", s.budget)
	get("/budget/{year}/{line}", s.budgetLine)
	get("/contracts", s.contracts)
	get("/contracts/{number}", s.contract)
	get("/grants", s.grants)
	get("/grants/{number}", s.grant)
	get("/orders/{number}", s.order)
	get("/payments", s.paidOut)
	get("/payments/{payment}", s.paidOne)
	get("/suppliers", s.suppliers)
	get("/suppliers/{supplier}", s.supplier)
	get("/income", s.income)
	get("/about", s.aboutMoney)
	file("/budget/{year}/csv", s.budgetFile)
	file("/payments/csv", s.paidOutFile)
	file("/payments/{payment}/proof", s.paidOneProof)
	file("/income/csv", s.incomeFile)
	file("/ocds/{file}", s.ocds)
	file("/fiscal/{year}/{file}", s.fiscal)
	return routes
}

// moneyCrumbs lead up from a page about money.
func moneyCrumbs(r *web.Request, more ...page.Crumb) []page.Crumb {
	return append([]page.Crumb{{Text: r.T("Home"), Href: "/"}, {Text: r.T("Where the money goes"), Href: "/money"}}, more...)
}

func budgetCrumb(r *web.Request, y view.BudgetYear) page.Crumb {
	return page.Crumb{Text: y.Title, Href: budgetURL(y.ID)}
}

func budgetURL(year string) string        { return "/money/budget/" + url.PathEscape(year) }
func lineURL(year, line string) string    { return budgetURL(year) + "/" + url.PathEscape(line) }
func spentURL(id string) string           { return "/money/payments/" + url.PathEscape(id) }
func supplierURL(id string) string        { return "/money/suppliers/" + url.PathEscape(id) }
func paymentsURL(about url.Values) string { return "/money/payments?" + about.Encode() }

// commitmentURL is the page of a contract, a grant or an order.
func commitmentURL(c view.CommitmentLine) string {
	return "/money/" + c.Kind + "s/" + url.PathEscape(c.Number)
}

// amount is a cell with an amount.
func amount(f view.Figure) page.Cell { return page.Cell{HTML: page.ID(f.Text), Format: "numeric"} }

func numberColumns(texts ...string) (all []page.Column) {
	for _, t := range texts {
		all = append(all, page.Column{Text: t, Format: "numeric"})
	}
	return all
}

// supplierName leads to a supplier; a person is not named and has no page.
func supplierName(s view.SupplierRef) page.Component {
	if s.ID == "" {
		return page.Text(s.Name)
	}
	return page.LinkTo{Text: s.Name, URL: supplierURL(s.ID)}
}

// more is the way to the rest of a list.
func moreLink(text, to string) page.Component {
	return page.Paragraph{HTML: page.LinkTo{Text: text, URL: to}}
}

// facts are a list of facts, without those that have no value.
type facts struct{ list page.SummaryList }

func (f *facts) text(label, value string) {
	if value != "" {
		f.html(label, page.ID(value))
	}
}

func (f *facts) html(label string, value page.Component) {
	f.list.Rows = append(f.list.Rows, page.SummaryRow{Key: page.Cell{Text: label}, Value: page.Cell{HTML: value}})
}

// paymentTable is payments in a list; the columns that say the same in each row are left out by its caller.
func paymentTable(r *web.Request, caption string, list []view.SpentLine) page.Component {
	t := page.QueueTable{Caption: caption, CaptionHidden: true, Stack: true,
		Columns: append([]page.Column{{Text: r.T("What for")}, {Text: r.T("Paid to")}, {Text: r.T("Day")}}, numberColumns(r.T("Amount"))...),
		Empty:   page.EmptyState{Heading: r.T("No payments"), Text: r.T("Nothing that is shown one by one was paid."), Level: 3}}
	for _, p := range list {
		under := p.Organisation
		if p.Back != "" {
			under = r.T("Came back on {date}", i18n.V{"date": p.Back})
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{
			{HTML: page.Group{page.LinkTo{Text: p.Purpose, URL: spentURL(p.ID), Hidden: p.Number}, small(under)}},
			{HTML: supplierName(p.Supplier)}, {HTML: page.ID(p.Day)}, amount(p.Amount)}})
	}
	return t
}

// commitmentTable is contracts, grants or orders in a list.
func commitmentTable(r *web.Request, caption, with string, list []view.CommitmentLine) page.Component {
	t := page.QueueTable{Caption: caption, CaptionHidden: true, Stack: true,
		Columns: append([]page.Column{{Text: r.T("What for")}, {Text: with}, {Text: r.T("From")}}, numberColumns(r.T("Value"), r.T("Paid so far"))...),
		Empty:   page.EmptyState{Heading: r.T("None yet"), Level: 3}}
	for _, c := range list {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{
			{HTML: page.Group{page.LinkTo{Text: c.Title, URL: commitmentURL(c)}, small(c.Number + " · " + c.Organisation)}},
			{HTML: supplierName(c.Supplier)}, {HTML: page.ID(c.Signed)}, amount(c.Value), amount(c.Paid)}})
	}
	return t
}

// invoiceTable is invoices in a list.
func invoiceTable(r *web.Request, list []view.InvoiceLine) page.Component {
	t := page.QueueTable{Caption: r.T("Invoices"), CaptionHidden: true, Stack: true,
		Columns: append([]page.Column{{Text: r.T("Invoice")}, {Text: r.T("From")}, {Text: r.T("Received")}, {Text: r.T("State")}}, numberColumns(r.T("Amount"))...),
		Empty:   page.EmptyState{Heading: r.T("No invoices"), Level: 3}}
	for _, i := range list {
		state := page.Component(page.Text(i.State))
		if i.Payment != "" {
			state = page.LinkTo{Text: i.State, URL: spentURL(i.Payment), Hidden: i.Payment}
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.Group{page.Text(i.Title), small(i.Number)}},
			{HTML: supplierName(i.Supplier)}, {HTML: page.ID(i.Day)}, {HTML: state}, amount(i.Amount)}})
	}
	return t
}

// changeTable is amendments of the budget with their reasons.
func changeTable(r *web.Request, list []view.BudgetChange, lines bool) page.Component {
	t := page.QueueTable{Caption: r.T("Changes of the budget"), CaptionHidden: true, Stack: true,
		Columns: []page.Column{{Text: r.T("Budget line")}, {Text: r.T("Reason")}, {Text: r.T("Day")}, {Text: r.T("Change"), Format: "numeric"}}}
	if !lines {
		t.Columns = t.Columns[1:]
	}
	for _, c := range list {
		cells := []page.Cell{{HTML: page.Group{page.Text(c.Reason), small(c.Decision)}}, {HTML: page.ID(c.Day)}, amount(c.Amount)}
		if lines {
			cells = append([]page.Cell{{HTML: page.LinkTo{Text: c.Title, URL: lineURL(c.Year, c.Line)}}}, cells...)
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: cells})
	}
	return t
}

// personsNote says what of the money is told only as one sum.
func personsNote(r *web.Request, p view.SpendingPart) page.Component {
	if p.Persons.Minor == 0 {
		return nil
	}
	says := r.P.H("{amount} of this went to persons, who are not named. Such payments are shown as one sum.", i18n.V{"amount": strong(p.Persons.Text)})
	if p.Payments != "" {
		says = r.P.H("{amount} of this went to persons, who are not named, in {count} payments. Such payments are shown as one sum.",
			i18n.V{"amount": strong(p.Persons.Text), "count": page.ID(p.Payments)})
	}
	return page.InsetText{HTML: says}
}

// sendCSV answers with a table.
func sendCSV(w http.ResponseWriter, r *web.Request, f view.MoneyFile, err error) error {
	if err != nil {
		return err
	}
	return r.Send(w, "text/csv; charset=utf-8", f.Name, f.Data)
}
