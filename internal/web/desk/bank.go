package desk

import (
	"net/http"
	"net/url"
	"strconv"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// This file and the other files bank… are the pages of whoever reconciles the bank: statements come in, lines find their
// bills, what nobody knows is explained by a person, and refunds leave by orders that two persons stand behind.

// mostStatement is how large a form with a statement may be.
const mostStatement = web.FileMost + 1<<20

// bankRoutes is the table of the addresses under /desk/money/bank and /desk/money/orders.
func bankRoutes(d *Desk) []web.Route {
	var routes []web.Route
	add := func(method, pattern string, do policy.Action, h web.Handler) {
		routes = append(routes, web.Route{Method: method, Pattern: "/desk/money" + pattern, Area: web.Desk, Action: do, Handle: h})
	}
	add("GET", "/bank", policy.MoneyRead, d.bank)
	add("GET", "/bank/import", policy.MoneyWork, d.importStatement)
	add("POST", "/bank/import", policy.MoneyWork, d.importStatement)
	routes[len(routes)-1].Body = mostStatement
	add("GET", "/bank/statements/{statement}", policy.MoneyRead, d.bankStatement)
	add("GET", "/bank/queue", policy.MoneyRead, d.bankQueue)
	add("GET", "/bank/lines/{line}", policy.MoneyRead, d.bankLine)
	add("GET", "/bank/lines/{line}/resolve", policy.MoneyWork, d.resolveLine)
	add("POST", "/bank/lines/{line}/resolve", policy.MoneyWork, d.resolveLine)
	add("GET", "/bank/lines/{line}/undo/{part}", policy.MoneyWork, d.undoLine)
	add("POST", "/bank/lines/{line}/undo/{part}", policy.MoneyWork, d.undoLine)
	add("GET", "/orders", policy.MoneyRead, d.bankOrders)
	add("GET", "/orders/new", policy.MoneyWork, d.newOrder)
	add("POST", "/orders/new", policy.MoneyWork, d.newOrder)
	add("GET", "/orders/{order}", policy.MoneyRead, d.bankOrder)
	add("GET", "/orders/{order}/file", policy.MoneyWork, d.toBankOrder)
	add("POST", "/orders/{order}/file", policy.MoneyWork, d.orderFile)
	for step, do := range map[string]policy.Action{"propose": policy.MoneyWork, "approve": policy.MoneyApprove, "refuse": policy.MoneyWork} {
		add("POST", "/orders/{order}/"+step, do, d.moveOrder(step))
		add("GET", "/orders/{order}/"+step, policy.MoneyRead, d.toBankOrder) // where changing the language leads
	}
	add("GET", "/orders/{order}/payments/{payment}", policy.MoneyWork, d.failPayment)
	add("POST", "/orders/{order}/payments/{payment}", policy.MoneyWork, d.failPayment)
	return routes
}

func lineURL(id, more string) string { return "/desk/money/bank/lines/" + url.PathEscape(id) + more }
func statementURL(id, more string) string {
	return "/desk/money/bank/statements/" + url.PathEscape(id) + more
}
func orderURL(id, more string) string { return "/desk/money/orders/" + url.PathEscape(id) + more }
func entryURL(id string) string       { return "/desk/money/entries/" + url.PathEscape(id) }

// bankCrumb leads from a page to the bank.
func bankCrumb(r *web.Request) page.Crumb {
	return page.Crumb{Text: r.T("Bank"), Href: "/desk/money/bank"}
}

// bankDone is the banner after something was done; nothing where the address does not say so.
func bankDone(r *web.Request) page.Component {
	text := map[string]string{
		"imported": r.T("The statement is imported. Its lines are being matched: load this page again in a moment."),
		"again":    r.T("This file was imported before. Nothing was added."),
		"resolved": r.T("Booked. The page shows what became of the line."),
		"undone":   r.T("Taken back. The money waits again, and what it had paid is owed again."),
		"made":     r.T("The order is a draft. Look at it, then propose it."),
		"propose":  r.T("Proposed. Another person, a supervisor, must approve it before it can go to the bank."),
		"approve":  r.T("Approved. Download the file and give it to the bank."),
		"refuse":   r.T("Refused. Its refunds can go into another order."),
		"failed":   r.T("Noted. The refund is owed again and can go into another order."),
	}[r.Query("done")]
	if text == "" {
		return page.Group{}
	}
	return page.NotificationBanner{Type: "success", Text: text}
}

// bank is /desk/money/bank: what waits, and the statements.
func (d *Desk) bank(w http.ResponseWriter, r *web.Request) error {
	h, err := d.View.Banking().Bank(r.Context(), reader(r), view.BankAsk{Day: r.Query("day"), ID: r.Query("after")})
	if err != nil {
		return err
	}
	title := r.T("Bank")
	g := page.Group{bankDone(r), heading1(title), page.Paragraph{HTML: r.P.H("Account {account}", i18n.V{"account": page.ID(h.Account)})}}
	if h.Work {
		g = append(g, page.Button{Text: r.T("Import a statement"), Href: "/desk/money/bank/import"})
	}
	g = append(g, bankTiles(r, h))
	if !h.Agrees {
		g = append(g, page.WarningText{Text: r.T("What waits and what the account holds are not the same. Tell whoever looks after the books.")})
	}
	for _, gap := range h.Gaps {
		g = append(g, page.WarningText{HTML: r.P.H("A statement is missing between {before} (ends with {closing}) and {after} (begins with {opening}): {sum} moved that no statement tells of. Fetch it from the bank.",
			i18n.V{"before": moneyLink(gap.Before.Number, statementURL(gap.Before.ID, ""), ""), "closing": page.ID(gap.Closing),
				"after": moneyLink(gap.After.Number, statementURL(gap.After.ID, ""), ""), "opening": page.ID(gap.Opening), "sum": page.ID(gap.Sum)})})
	}
	g = append(g, statementTable(r, h), statementPages(r, h.Next))
	return d.showMoney(w, r, web.Page{Title: title, Content: g})
}

func bankTiles(r *web.Request, h view.BankHome) page.Component {
	t := page.StatTiles{Label: r.T("At a glance")}
	if h.New > 0 {
		t.Tiles = append(t.Tiles, page.Stat{Label: r.T("Being matched"), Value: count(r.P, h.New), Text: r.T("load this page again in a moment"), Tone: page.Info})
	}
	for _, waits := range h.Waits {
		t.Tiles = append(t.Tiles,
			page.Stat{Label: r.T("Purpose not known"), Value: count(r.P, waits.Lines), Text: r.T("the oldest of {date}", i18n.V{"date": waits.Oldest}), URL: "/desk/money/bank/queue", Tone: page.Caution},
			page.Stat{Label: r.T("They make"), Value: waits.Sum, Text: r.T("account {code} holds {amount}", i18n.V{"code": h.Suspense, "amount": waits.Ledger}),
				URL: accountURL(h.Suspense, waits.Currency, "", ""), Tone: agrees(waits)})
	}
	if len(h.Waits) == 0 && h.New == 0 {
		t.Tiles = append(t.Tiles, page.Stat{Label: r.T("Purpose not known"), Value: count(r.P, 0), Text: r.T("every line is explained"), Tone: page.Good})
	}
	return t
}

func agrees(w view.BankWaits) page.Tone {
	if w.Sum == w.Ledger {
		return page.Good
	}
	return page.Bad
}

func statementTable(r *web.Request, h view.BankHome) page.QueueTable {
	t := page.QueueTable{Stack: true, Caption: r.T("Statements"), Columns: append([]page.Column{{Text: r.T("Statement")}, {Text: r.T("Days")}},
		numbers(r.T("Opening balance"), r.T("Closing balance"), r.T("New lines"))...), Empty: page.EmptyState{Heading: r.T("No statement was imported yet"), Level: 2}}
	for _, s := range h.Statements {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: moneyLink(s.Number, statementURL(s.ID, ""), "")}, {HTML: daySpan(r, s)},
			{HTML: page.ID(s.Opening)}, {HTML: page.ID(s.Closing)}, {HTML: page.ID(count(r.P, s.New))}}})
	}
	return t
}

// daySpan is the days that a statement is of.
func daySpan(r *web.Request, s view.BankStatement) page.Component {
	if s.From == s.Until || s.From == "" {
		return page.ID(s.Until)
	}
	return r.P.H("{from} to {until}", i18n.V{"from": page.ID(s.From), "until": page.ID(s.Until)})
}

func statementPages(r *web.Request, next view.BankAsk) page.Component {
	return placePages(r, "/desk/money/bank", next)
}

// placePages leads on in a list by day.
func placePages(r *web.Request, path string, next view.BankAsk) page.Component {
	first, to := "", ""
	if r.Query("after") != "" {
		first = path
	}
	if next.ID != "" {
		to = address(path, url.Values{"day": {next.Day}, "after": {next.ID}})
	}
	if first == "" && to == "" {
		return page.Group{}
	}
	return page.Pagination{Previous: page.PageLink{Href: first, Text: r.T("First page")}, Next: page.PageLink{Href: to, Text: r.T("Next page")}}
}

// bankStatement is /desk/money/bank/statements/{statement}: its lines and what became of each.
func (d *Desk) bankStatement(w http.ResponseWriter, r *web.Request) error {
	after, err := strconv.Atoi(r.Query("after"))
	if err != nil {
		after = 0
	}
	id := r.PathValue("statement")
	s, err := d.View.Banking().BankStatement(r.Context(), reader(r), id, after)
	if err != nil {
		return err
	}
	title := r.T("Statement {number}", i18n.V{"number": s.Number})
	facts := page.SummaryList{Rows: []page.SummaryRow{factRow(r.T("Days"), daySpan(r, s.BankStatement))}}
	for _, f := range [][2]string{{r.T("Opening balance"), s.Opening}, {r.T("Closing balance"), s.Closing}} {
		if f[1] != "" {
			facts.Rows = append(facts.Rows, factRow(f[0], moneyStrong(f[1])))
		}
	}
	facts.Rows = append(facts.Rows, factRow(r.T("New lines"), page.ID(count(r.P, s.New))))
	if s.Known > 0 {
		facts.Rows = append(facts.Rows, factRow(r.T("Lines that an earlier statement had"), page.ID(count(r.P, s.Known))))
	}
	if s.Pending > 0 {
		facts.Rows = append(facts.Rows, factRow(r.T("Left out, since the bank has not booked them yet"), page.ID(count(r.P, s.Pending))))
	}
	facts.Rows = append(facts.Rows, factRow(r.T("File"), page.ID(s.File)),
		factRow(r.T("Imported"), r.P.H("{at} by {name}", i18n.V{"at": page.ID(s.Imported), "name": page.ID(s.By)})))
	t := page.QueueTable{Stack: true, Caption: r.T("Lines"), Columns: append(append([]page.Column{{Text: r.T("Line")}, {Text: r.T("Day")}}, numbers(r.T("Amount"))...),
		page.Column{Text: r.T("State")}, page.Column{Text: r.T("What became of it")}),
		Empty: page.EmptyState{Heading: r.T("All lines of this statement came with earlier ones"), Level: 2}}
	for _, l := range s.Lines {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: moneyLink(count(r.P, l.No), lineURL(l.ID, ""), "")}, {HTML: page.ID(l.Day)}, {HTML: page.ID(l.Amount)},
			{HTML: lineTag(l)}, {HTML: partLinks(r, l.Parts)}}})
	}
	g := page.Group{bankDone(r), heading1(title), facts, t, nextPage(r, statementURL(id, ""), url.Values{}, "after", nextNumber(s.Next))}
	return d.showMoney(w, r, web.Page{Title: title, Content: g}, bankCrumb(r))
}

func nextNumber(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// lineTag is where a line stands.
func lineTag(l view.BankLine) page.Tag {
	return page.State(l.Title, map[string]page.Tone{"new": page.Info, "matched": page.Good, "suspense": page.Caution, "resolved": page.Good}[l.State])
}

// partLinks say what became of a line, each leading to the payment or the refund, and to the entry in the books.
func partLinks(r *web.Request, parts []view.BankPart) page.Component {
	var all page.Group
	for i, p := range parts {
		title := page.Component(page.Text(p.Title))
		switch {
		case p.Payment != "":
			title = page.LinkTo{Text: p.Title, URL: paymentURL(p.Payment, "")}
		case p.Refund != "":
			title = page.LinkTo{Text: p.Title, URL: "/desk/money/refunds/" + url.PathEscape(p.Refund)}
		case p.Account != "":
			title = moneyLink(p.Account+" "+p.AccountTitle, accountURL(p.Account, "", "", ""), "")
		}
		if i > 0 {
			all = append(all, page.Text("; "))
		}
		all = append(all, title)
		if len(parts) > 1 {
			all = append(all, page.Text(" "), page.ID(p.Amount))
		}
		if p.Entry != "" {
			all = append(all, page.Text(" · "), page.LinkTo{Text: r.T("entry"), URL: entryURL(p.Entry)})
		}
	}
	return all
}

// bankQueue is /desk/money/bank/queue: lines whose purpose nobody knows.
func (d *Desk) bankQueue(w http.ResponseWriter, r *web.Request) error {
	q, err := d.View.Banking().BankQueue(r.Context(), reader(r), view.BankAsk{Day: r.Query("day"), ID: r.Query("after")})
	if err != nil {
		return err
	}
	title := r.T("Purpose not known")
	t := page.QueueTable{Stack: true, Caption: title, CaptionHidden: true, Columns: append(append([]page.Column{{Text: r.T("Day")}}, numbers(r.T("Waits"))...),
		page.Column{Text: r.T("It may be")}, page.Column{Text: r.T("Suggestions"), Format: "numeric"}),
		Empty: page.EmptyState{Heading: r.T("Every line is explained"), Text: r.T("Nothing waits here."), Level: 2}}
	for _, l := range q.Lines {
		best := page.Cell{Text: r.T("nothing that we know of")}
		if l.Best != "" {
			best = page.Cell{HTML: page.ID(l.Best)}
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: moneyLink(l.Day, lineURL(l.ID, ""), "")}, {HTML: page.ID(l.Amount)}, best, {HTML: page.ID(count(r.P, l.Matches))}}})
	}
	g := page.Group{bankDone(r), heading1(title), page.Paragraph{Text: r.T("This money came or left, and nothing in it says what it is for. Open a line to see what the bank says and what speaks for each suggestion.")},
		t, placePages(r, "/desk/money/bank/queue", q.Next)}
	return d.showMoney(w, r, web.Page{Title: title, Content: g}, bankCrumb(r))
}
