package desk

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// invoiceTable are invoices in a list.
func invoiceTable(r *web.Request, caption string, list []view.SpendInvoice) page.QueueTable {
	t := page.QueueTable{Stack: true, Caption: caption, Columns: append([]page.Column{{Text: r.T("Invoice")}, {Text: r.T("Supplier")}, {Text: r.T("State")}, {Text: r.T("Due")}}, numbers(r.T("Amount"))...),
		Empty: page.EmptyState{Heading: r.T("No invoice is here"), Level: 2}}
	for _, x := range list {
		row := page.QueueRow{Cells: []page.Cell{{HTML: twoLines(moneyLink(x.Number, invoiceURL(x.ID), ""), x.Title)}, {Text: x.Supplier}, {HTML: moneyTag(x.State)},
			{HTML: page.ID(x.Due)}, {HTML: page.ID(x.Amount)}}}
		if x.Late {
			row.Tone = page.Bad
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// spendInvoices is /desk/spending/invoices: invoices by state, and doing the next step with several at once.
func (d *Desk) spendInvoices(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	var left []flow.NotMoved
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		in := flow.MoveInvoices{Do: r.Field("do"), Key: r.Key()}
		for _, value := range chosen(r, "invoice") {
			in.Invoices = append(in.Invoices, invoiceAt(value))
		}
		var err error
		if left, err = d.Flow.Spending().MoveInvoices(r.Context(), r.Actor, in); err == nil && len(left) == 0 {
			done := map[string]string{flow.CheckInvoice: "checked", flow.ApproveInvoice: "approved"}[in.Do]
			return r.Redirect(w, address(spendPath+"/invoices", url.Values{"state": {r.Query("state")}, "organisation": {r.Query("organisation")}, "done": {done}}))
		}
		if err := f.refused(r, err, "invoice"); err != nil {
			return err
		}
	}
	ask := view.SpendInvoicesAsk{State: r.Query("state"), Organisation: r.Query("organisation"), Before: r.Query("before")}
	p, err := d.View.Finance().SpendDesk().SpendInvoices(r.Context(), reader(r), ask)
	if err != nil {
		return err
	}
	values := url.Values{"state": {ask.State}, "organisation": {ask.Organisation}}
	main := page.Group{invoiceTiles(r, p, ask)}
	for _, x := range left {
		main = append(main, page.WarningText{Text: x.Number + ": " + whyNot(r, x.Why)})
	}
	title := r.T("Invoices")
	if ask.State != "" {
		title += ": " + reader(r).InvoiceState(ask.State).Text
	}
	main = append(main, together(r, p, values, f.Problems), invoiceTable(r, title, p.List), nextPage(r, spendPath+"/invoices", values, "before", p.Next))
	content := append(f.top(), spendDone(r), heading1(title),
		page.TwoColumns{Main: main, Side: page.Group{spendParts(r, p.SpendFrame), spendFilters(r, spendPath+"/invoices", p.SpendFrame, false, page.Hidden{Name: "state", Value: ask.State})}, SideLabel: r.T("Parts and filters")})
	return d.showSpend(w, r, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Content: content})
}

// invoiceAt reads the id and version of an invoice from a box that was ticked.
func invoiceAt(value string) flow.InvoiceAt {
	id, version, _ := strings.Cut(value, ".")
	n, err := strconv.ParseInt(version, 10, 64)
	if err != nil {
		n = 0 // no version is 0: it is refused as changed
	}
	return flow.InvoiceAt{ID: id, Version: n}
}

// whyNot is why something could not be done with an invoice.
func whyNot(r *web.Request, err error) string {
	if said, ours := wrong(r, err, "invoice"); ours && said.any() {
		return said.Links[0].Text
	}
	if text, ours := r.Say(err, fault.Conflict, fault.TooLarge, fault.Forbidden); ours && text != "" {
		return text
	}
	return r.T("You may not do this.")
}

func invoiceTiles(r *web.Request, p view.SpendInvoices, ask view.SpendInvoicesAsk) page.StatTiles {
	t := page.StatTiles{Label: r.T("Invoices by state")}
	for _, c := range p.Counts {
		tone := page.Neutral
		if c.N > 0 && (c.State == "received" || c.State == "checked") {
			tone = page.Caution
		}
		t.Tiles = append(t.Tiles, page.Stat{Label: c.Title, Value: count(r.P, c.N), Text: c.Amount, Tone: tone,
			URL: address(spendPath+"/invoices", url.Values{"state": {c.State}, "organisation": {ask.Organisation}})})
	}
	return t
}

// together lets the reader do the next step with several invoices of the list; nothing where there is none.
func together(r *web.Request, p view.SpendInvoices, values url.Values, wrong problems) page.Component {
	do, legend, button := "", "", ""
	boxes := page.Checkboxes{Name: "invoice", IDPrefix: "invoice", ErrorMessage: wrong.at("invoice"), Classes: "govuk-checkboxes--small"}
	for _, x := range p.List {
		switch {
		case x.MayCheck && do != flow.ApproveInvoice:
			do, legend, button = flow.CheckInvoice, r.T("Invoices of which you know that they were delivered as ordered"), r.T("They are checked")
		case x.Passes && do != flow.CheckInvoice:
			do, legend, button = flow.ApproveInvoice, r.T("Invoices that you approve"), r.T("Approve them")
		default:
			continue
		}
		boxes.Items = append(boxes.Items, page.Choice{Value: x.ID + "." + strconv.FormatInt(x.Version, 10),
			HTML: r.P.H("{number}: {amount} to {supplier} for {title}", i18n.V{"number": page.ID(x.Number), "amount": moneyStrong(x.Amount), "supplier": page.Text(x.Supplier), "title": page.Text(x.Title)}), Hint: page.Hint{Text: x.Line}})
	}
	if do == "" || values.Get("state") == "" {
		return nil
	}
	boxes.Fieldset = page.Fieldset{Legend: page.Legend{Text: legend, Classes: "govuk-fieldset__legend--m"}}
	return page.Form{Action: address(spendPath+"/invoices", values), Key: r.NewKey(), HTML: page.Group{page.Hidden{Name: "do", Value: do}, boxes, page.Button{Text: button, PreventDoubleClick: true}}}
}

// spendInvoice is /desk/spending/invoices/{invoice}: an invoice whole, with what can be done.
func (d *Desk) spendInvoice(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	id := r.PathValue("invoice")
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		do := r.Field("do")
		in := flow.MoveInvoices{Invoices: []flow.InvoiceAt{{ID: id, Version: version(r)}}, Do: do, Reason: r.Field("reason"), Override: r.Field("override"), Key: r.Key()}
		_, err := d.Flow.Spending().MoveInvoices(r.Context(), r.Actor, in)
		if err == nil {
			done := map[string]string{flow.CheckInvoice: "checked", flow.ApproveInvoice: "approved", flow.RefuseInvoice: "refused", flow.DisputeInvoice: "disputed",
				flow.ResumeInvoice: "resumed", flow.TakeBack: "taken"}[do]
			return r.Redirect(w, invoiceURL(id)+"?done="+done)
		}
		if err := f.refused(r, err, "reason"); err != nil {
			return err
		}
	}
	p, err := d.View.Finance().SpendDesk().SpendInvoice(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	title := r.T("Invoice {number}", i18n.V{"number": p.Number})
	g := append(f.top(), spendDone(r), page.Heading{Level: 1, Text: title, Caption: p.SpendInvoice.Title},
		page.TwoColumns{Main: invoiceFacts(r, p), Side: dense(invoiceActions(r, p, &f)), SideLabel: r.T("What was and can be done")})
	return d.showSpend(w, r, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Content: g}, page.Crumb{Text: r.T("Invoices"), Href: spendPath + "/invoices"})
}

func invoiceFacts(r *web.Request, p view.SpendInvoicePage) page.Component {
	list := page.SummaryList{}
	add := func(key string, is bool, value page.Component) {
		if is {
			list.Rows = append(list.Rows, factRow(key, value))
		}
	}
	add(r.T("State"), true, moneyTag(p.State))
	add(r.T("Supplier"), true, page.Text(p.Supplier))
	add(r.T("The supplier’s number"), true, page.ID(p.SupplierNumber))
	add(r.T("Amount"), true, moneyStrong(p.Amount))
	add(r.T("Budget line"), true, moneyLink(p.Line, spendLineURL(p.LineURL[0], p.LineURL[1]), ""))
	add(r.T("Contract, grant or order"), p.CommitmentID != "", moneyLink(p.Commitment, commitmentURL(p.CommitmentID), ""))
	add(r.T("Day of the invoice"), true, page.ID(p.Day))
	add(r.T("Received"), true, page.ID(p.Arrived))
	add(r.T("Due"), true, page.ID(p.Due))
	add(r.T("Entered by"), true, page.ID(p.EnteredBy))
	add(r.T("Checked by"), p.CheckedBy != "", page.ID(p.CheckedBy))
	add(r.T("Decided by"), p.DecidedBy != "", page.ID(p.DecidedBy))
	add(r.T("Approved for"), p.Approved != "", page.ID(p.Approved))
	add(r.T("Approved all the same, because"), p.Override != "", paragraphs(p.Override))
	add(r.T("Why"), p.Reason != "", paragraphs(p.Reason))
	add(r.T("Payment order"), p.Order != "", page.LinkTo{Text: r.T("Open the order"), URL: orderURL(p.Order, "")})
	g := page.Group{list}
	if len(p.Payments) > 0 {
		t := page.QueueTable{Stack: true, Caption: r.T("Payments"), Columns: []page.Column{{Text: r.T("Number")}, {Text: r.T("Left")}, {Text: r.T("Came back")}}}
		for _, x := range p.Payments {
			t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.ID(x.Number)}, {HTML: page.ID(x.Date)}, {HTML: page.ID(orDash(x.Back))}}})
		}
		g = append(g, t)
	}
	if len(p.Entries) > 0 {
		t := page.QueueTable{Stack: true, Caption: r.T("In the books"), Columns: []page.Column{{Text: r.T("Day")}, {Text: r.T("Entry")}}}
		for _, e := range p.Entries {
			cell := page.Cell{Text: e.Text}
			if p.Pay {
				cell = page.Cell{HTML: moneyLink(e.Text, "/desk/money/entries/"+url.PathEscape(e.ID), "")}
			}
			t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.ID(e.Date)}, cell}})
		}
		g = append(g, t)
	}
	return g
}

// invoiceActions are the steps that the reader may take now.
func invoiceActions(r *web.Request, p view.SpendInvoicePage, f *moneyForm) page.Component {
	step := func(do, text, classes string, more ...page.Component) page.Component {
		return page.Form{Action: invoiceURL(p.ID), Key: r.NewKey(), HTML: append(page.Group{hiddenVersion(p.Version), page.Hidden{Name: "do", Value: do}},
			append(more, page.Button{Text: text, Classes: classes, PreventDoubleClick: true})...)}
	}
	typed := r.Field("do")
	reason := func(do string) page.Component {
		in := page.Input{Name: "reason", ID: "reason-" + do, Label: page.Label{Text: r.T("Why?")}}
		if typed == do {
			in.ID, in.Value, in.ErrorMessage = "reason", r.Field("reason"), f.Problems.at("reason")
		}
		return in
	}
	var g page.Group
	if p.MayCheck {
		g = append(g, step(flow.CheckInvoice, r.T("It was delivered as ordered"), ""))
	}
	if p.Passes {
		var why []page.Component
		if f.Problems.at("override").Text != "" {
			why = append(why, page.Textarea{Name: "override", Rows: 3, Value: r.Field("override"), Label: page.Label{Text: r.T("Why it must be paid all the same")}, ErrorMessage: f.Problems.at("override")})
		}
		g = append(g, step(flow.ApproveInvoice, r.T("Approve"), "", why...))
	}
	if p.StateID == "checked" && p.Own {
		g = append(g, page.InsetText{Text: r.T("You have entered or checked this yourself, so a supervisor who is not you approves it.")})
	}
	if p.MayResume {
		g = append(g, step(flow.ResumeInvoice, r.T("Take it up again"), "govuk-button--secondary"))
	}
	if p.MayEnd {
		if p.StateID != "disputed" {
			g = append(g, page.Details{SummaryText: r.T("Dispute it"), Open: typed == flow.DisputeInvoice, HTML: step(flow.DisputeInvoice, r.T("Dispute"), "govuk-button--secondary", reason(flow.DisputeInvoice))})
		}
		g = append(g, page.Details{SummaryText: r.T("Refuse it"), Open: typed == flow.RefuseInvoice, HTML: step(flow.RefuseInvoice, r.T("Refuse"), "govuk-button--warning", reason(flow.RefuseInvoice))})
	}
	if p.MayTake {
		g = append(g, page.Details{SummaryText: r.T("Take the approval back"), Open: typed == flow.TakeBack, HTML: step(flow.TakeBack, r.T("Take it back"), "govuk-button--warning", reason(flow.TakeBack))})
	}
	if len(g) == 0 {
		g = append(g, page.Paragraph{Text: r.T("There is nothing for you to do here now.")})
	}
	return g
}

// newInvoice is /desk/spending/invoices/new: taking an invoice in.
func (d *Desk) newInvoice(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	organisation := r.Query("organisation")
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		organisation = r.Field("organisation")
		ids, err := d.Flow.Spending().EnterInvoices(r.Context(), r.Actor, flow.EnterInvoices{For: organisation, Invoices: []flow.NewInvoice{invoiceTyped(r)}, Key: r.Key()})
		if err == nil && len(ids) == 1 {
			return r.Redirect(w, invoiceURL(ids[0])+"?done=entered")
		}
		if err := f.refused(r, err, "supplier"); err != nil {
			return err
		}
	}
	p, err := d.View.Finance().SpendDesk().SpendForm(r.Context(), reader(r), organisation)
	if err != nil {
		return err
	}
	title := r.T("Enter an invoice")
	day, due := r.Field("day"), r.Field("due")
	g := append(f.top(), heading1(title), forWhom(r, p, spendPath+"/invoices/new"),
		page.Form{Action: spendPath + "/invoices/new", Key: r.NewKey(), HTML: page.Group{page.Hidden{Name: "organisation", Value: p.Organisation},
			selectOf("supplier", r.T("Supplier"), r.Field("supplier"), p.Suppliers, r.T("Choose"), f.Problems),
			textOf("number", r.T("Number on the invoice"), "", r.Field("number"), f.Problems),
			textOf("title", r.T("What is it for?"), r.T("A few words. They are published, so they name nobody."), r.Field("title"), f.Problems),
			amountInput("amount", r.T("Amount"), r.T("With tax, like 1250.50"), r.Field("amount"), f.Problems),
			selectOf("line", r.T("Budget line"), r.Field("line"), p.Lines, r.T("Choose"), f.Problems),
			textOf("commitment", r.T("Contract, grant or order, if there is one"), r.T("Its number, like C-2026-000001"), r.Field("commitment"), f.Problems),
			spendDay("day", r.T("Day of the invoice"), day, f.Problems), spendDay("due", r.T("Due on"), due, f.Problems),
			page.Button{Text: r.T("Enter the invoice"), PreventDoubleClick: true}}})
	return d.showSpend(w, r, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Asks: true, Content: g}, page.Crumb{Text: r.T("Invoices"), Href: spendPath + "/invoices"})
}

// invoiceTyped reads the form; what cannot be read is nothing, and is told as missing.
func invoiceTyped(r *web.Request) flow.NewInvoice {
	year, line := splitLine(r.Field("line"))
	n := flow.NewInvoice{Supplier: r.Field("supplier"), Commitment: r.Field("commitment"), Year: year, Line: line, SupplierNumber: r.Field("number"), Title: r.Field("title"),
		Amount: amountTyped(r, "amount"), Day: dayTyped(r, "day"), Due: dayTyped(r, "due")}
	if n.Due.IsZero() && r.Field("due") == "" && !n.Day.IsZero() {
		n.Due = view.DefaultDue(n.Day)
	}
	return n
}

func amountTyped(r *web.Request, name string) int64 {
	amount, err := r.Amount(r.Field(name))
	if err != nil {
		return 0
	}
	return amount.Minor
}

func dayTyped(r *web.Request, name string) calendar.Date {
	day, err := calendar.ParseISO(r.Field(name))
	if err != nil {
		return calendar.Date{}
	}
	return day
}

// forWhom lets those who enter for several organisations choose another one.
func forWhom(r *web.Request, p view.SpendForm, action string) page.Component {
	if len(p.For) < 2 {
		return page.Paragraph{Text: labelOf(p.For, p.Organisation)}
	}
	items := make([]page.Component, 0, len(p.For))
	for _, o := range p.For {
		if o.Value == p.Organisation {
			items = append(items, moneyStrong(o.Label))
			continue
		}
		items = append(items, page.LinkTo{Text: o.Label, URL: address(action, url.Values{"organisation": {o.Value}})})
	}
	return page.Details{SummaryText: r.T("For {organisation}", i18n.V{"organisation": labelOf(p.For, p.Organisation)}), HTML: page.List{Plain: true, Items: items}}
}
