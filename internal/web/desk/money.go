package desk

import (
	"net/http"
	"net/url"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// This file and the other files money… are the pages of revenue officers, cashiers, treasurers and auditors. Every figure
// leads to what it is made of: a balance to the account, a line to its entry, an entry to the bill, the payment, the till or
// the bank's line, and a bill to its case or tax.

// moneyRoutes is the table of the addresses under /desk/money.
func moneyRoutes(d *Desk) []web.Route {
	var routes []web.Route
	get := func(pattern string, do policy.Action, h web.Handler) {
		routes = append(routes, web.Route{Method: "GET", Pattern: "/desk/money" + pattern, Area: web.Desk, Action: do, Handle: h})
	}
	form := func(pattern string, see, do policy.Action, h web.Handler) {
		get(pattern, see, h)
		routes = append(routes, web.Route{Method: "POST", Pattern: "/desk/money" + pattern, Area: web.Desk, Action: do, Handle: h})
	}
	get("", policy.MoneyRead, d.moneyHome)
	get("/bills", policy.MoneyRead, d.moneyBills)
	get("/bills/{bill}", policy.MoneyRead, d.moneyBill)
	form("/bills/{bill}/cash", policy.MoneyWork, policy.MoneyWork, d.takeCash)
	form("/bills/{bill}/credit", policy.MoneyWork, policy.MoneyWork, d.moveCredit)
	form("/bills/{bill}/propose/{kind}", policy.MoneyWork, policy.MoneyWork, d.propose)
	form("/bills/{bill}/proposals/{proposal}", policy.MoneyRead, policy.MoneyApprove, d.proposal)
	get("/approvals", policy.MoneyRead, d.approvals)
	get("/payments", policy.MoneyRead, d.moneyPayments)
	get("/payments/{payment}", policy.MoneyRead, d.moneyPayment)
	get("/payments/{payment}/receipt", policy.MoneyRead, d.moneyReceipt)
	get("/payments/{payment}/receipt/pdf", policy.MoneyRead, d.moneyReceiptPDF)
	get("/exceptions", policy.MoneyRead, d.oddities)
	form("/exceptions/{exception}", policy.MoneyRead, policy.MoneyWork, d.oddity)
	get("/refunds", policy.MoneyRead, d.refunds)
	form("/refunds/{refund}", policy.MoneyRead, policy.MoneyWork, d.payOut)
	form("/till", policy.MoneyRead, policy.MoneyWork, d.tills)
	get("/till/{till}", policy.MoneyRead, d.till)
	form("/till/{till}/close", policy.MoneyWork, policy.MoneyWork, d.closeTill)
	form("/close", policy.MoneyRead, policy.MoneySupervise, d.closeDay)
	for path, h := range map[string][2]web.Handler{
		"/daybook": {d.dayBook, d.dayBookFile}, "/trial": {d.trial, d.trialFile}, "/accounts/{code}": {d.moneyAccount, d.moneyAccountFile},
		"/revenue": {d.revenue, d.revenueFile}, "/arrears": {d.arrears, d.arrearsFile}, "/cash": {d.cash, d.cashFile},
	} {
		get(path, policy.MoneyRead, h[0])
		get(path+"/csv", policy.MoneyRead, h[1])
	}
	get("/arrears/bills", policy.MoneyRead, d.lateBills)
	get("/entries/{entry}", policy.MoneyRead, d.moneyEntry)
	get("/export/csv", policy.MoneyRead, d.exportFile)
	return routes
}

// moneyGroup is a titled list of parts of the money area; Label names all groups.
type moneyGroup struct {
	Label, Title string
	Areas        []page.Link
}

// moneyAreas are the parts of the money area, in the order of a day's work. A part more is a line more.
func moneyAreas(p *i18n.Printer) []moneyGroup {
	part := func(text, path string) page.Link { return page.Link{Text: text, URL: "/desk/money" + path} }
	return []moneyGroup{
		{p.T("Parts of Money"), p.T("Work"), []page.Link{
			part(p.T("Bills"), "/bills"),
			part(p.T("Approvals"), "/approvals"),
			part(p.T("Payments"), "/payments"),
			part(p.T("Exceptions"), "/exceptions"),
			part(p.T("Refunds"), "/refunds"),
			part(p.T("Tills"), "/till"),
			part(p.T("Bank"), "/bank"),
			part(p.T("Payment orders"), "/orders"),
			part(p.T("Taxes"), "/taxes"),
		}},
		{"", p.T("Books"), []page.Link{
			part(p.T("Day book"), "/daybook"),
			part(p.T("Trial balance"), "/trial"),
			part(p.T("Revenue"), "/revenue"),
			part(p.T("Arrears"), "/arrears"),
			part(p.T("Cash position"), "/cash"),
			part(p.T("Close a day"), "/close"),
		}},
	}
}

// showMoney answers with a page of the money area: its title is its heading unless the content brings its own. more are the
// pages between Money and this one.
func (d *Desk) showMoney(w http.ResponseWriter, r *web.Request, p web.Page, more ...page.Crumb) error {
	p.Crumbs = crumbs(r, append([]page.Crumb{{Text: r.T("Money"), Href: "/desk/money"}}, more...)...)
	return d.show(w, r, areaMoney, p)
}

// moneyDone is the banner after something was done; nothing where the address does not say so.
func moneyDone(r *web.Request) page.Component {
	text := map[string]string{
		"cash":      r.T("The cash is taken and booked. Print the receipt, or give its number."),
		"credit":    r.T("The credit has been moved."),
		"proposed":  r.T("Proposed. Another person, a supervisor, must approve it before it takes effect."),
		"approved":  r.T("Approved. It has taken effect."),
		"refused":   r.T("Refused. The one who proposed it sees your reason."),
		"withdrawn": r.T("Withdrawn. Nothing was changed."),
		"resolved":  r.T("Resolved. It is out of the queue."),
		"paid-out":  r.T("The refund is paid out and booked."),
		"opened":    r.T("Your till is open."),
		"counted":   r.T("The till is counted and closed."),
		"closed":    r.T("The books are closed up to and including this day."),
	}[r.Query("done")]
	if text == "" {
		return page.Group{}
	}
	return page.NotificationBanner{Type: "success", Text: text}
}

// sourceURL is where a source leads; "" where there is no page for it, or not for this reader.
func sourceURL(s view.SourceLink) string {
	base, known := map[string]string{
		"bill": "/desk/money/bills/", "payment": "/desk/money/payments/", "refund": "/desk/money/refunds/", "till": "/desk/money/till/",
		"bank_line": "/desk/money/bank/lines/", "invoice": spendPath + "/invoices/", "case": "/desk/cases/", "assessment": "/desk/money/taxes/assessments/",
	}[s.Kind]
	if !known || s.ID == "" {
		return ""
	}
	return base + url.PathEscape(s.ID)
}

// sourceCell leads to a source, or names it.
func sourceCell(s view.SourceLink) page.Cell {
	if to := sourceURL(s); to != "" {
		return page.Cell{HTML: page.LinkTo{Text: s.Text, URL: to}}
	}
	return page.Cell{Text: s.Text}
}

// accountURL is the statement of an account.
func accountURL(code, currency, from, until string) string {
	return address("/desk/money/accounts/"+url.PathEscape(code), url.Values{"currency": {currency}, "from": {from}, "until": {until}})
}

func billURL(id, more string) string    { return "/desk/money/bills/" + url.PathEscape(id) + more }
func paymentURL(id, more string) string { return "/desk/money/payments/" + url.PathEscape(id) + more }

// figureCell is an amount in a table, leading on where there is an address.
func figureCell(text, to string) page.Cell {
	c := page.Cell{Format: "numeric", HTML: page.ID(text)}
	if to != "" && text != "" {
		c.HTML = moneyLink(text, to, "")
	}
	return c
}

// numbers are columns of figures.
func numbers(titles ...string) (list []page.Column) {
	for _, t := range titles {
		list = append(list, page.Column{Text: t, Format: "numeric"})
	}
	return list
}

// factRow is a line of a list of facts.
func factRow(key string, value page.Component) page.SummaryRow {
	return page.SummaryRow{Key: page.Cell{Text: key}, Value: page.Cell{HTML: value}}
}

// moneyTag is how a bill, a payment or a proposal stands; its words say the same as its colour.
func moneyTag(s view.BillState) page.Tag {
	tone := map[string]page.Tone{"late": page.Bad, "soon": page.Caution, "done": page.Good}[s.Level]
	if s.Level == "ok" {
		tone = page.Info
	}
	return page.State(s.Text, tone)
}

func heading1(text string) page.Component { return page.Heading{Level: 1, Text: text} }
func heading2(text string) page.Component { return page.Heading{Level: 2, Text: text} }

// periodForm asks for another time; what else the address says is kept.
func periodForm(r *web.Request, action string, span view.PeriodShown, more ...page.Component) page.Filters {
	return page.Filters{Heading: r.T("Another time"), Action: action, Fields: append([]page.Component{
		dayInput("from", r.T("From"), span.FromISO), dayInput("until", r.T("Until"), span.UntilISO),
	}, more...)}
}

// dayInput asks for a day in one field, as addresses have it: the browser's own picker fills it.
func dayInput(name, label, value string) page.Input {
	return page.Input{Name: name, Type: "date", Value: value, Label: page.Label{Text: label}, Classes: "govuk-input--width-10"}
}

// askedPeriod reads the days of an address; what is no day is left out.
func askedPeriod(r *web.Request) view.Period {
	return view.Period{From: askedDay(r, "from"), Until: askedDay(r, "until")}
}

func askedDay(r *web.Request, name string) calendar.Date {
	day, err := calendar.ParseISO(r.Query(name))
	if err != nil {
		return calendar.Date{}
	}
	return day
}

// nextPage is the way to the rest of a list, and back to its beginning.
func nextPage(r *web.Request, path string, values url.Values, name, next string) page.Component {
	first := ""
	if r.Query(name) != "" {
		rest := url.Values{}
		for k, v := range values {
			rest[k] = v
		}
		rest.Del(name)
		first = address(path, rest)
	}
	to := ""
	if next != "" {
		values.Set(name, next)
		to = address(path, values)
	}
	if first == "" && to == "" {
		return page.Group{}
	}
	return page.Pagination{Previous: page.PageLink{Href: first, Text: r.T("First page")}, Next: page.PageLink{Href: to, Text: r.T("Next page")}}
}

// downloads are the files of a report.
func downloads(r *web.Request, csv string, more ...page.Link) page.Component {
	items := []page.Component{page.LinkTo{Text: r.T("Download as CSV"), URL: csv}}
	for _, l := range more {
		items = append(items, page.LinkTo{Text: l.Text, URL: l.URL})
	}
	return page.List{Plain: true, Items: items}
}

// sendFile answers with a report as a file.
func sendFile(w http.ResponseWriter, r *web.Request, f view.MoneyFile, err error) error {
	if err != nil {
		return err
	}
	return r.Send(w, "text/csv; charset=utf-8; header=present", f.Name, f.Data)
}
