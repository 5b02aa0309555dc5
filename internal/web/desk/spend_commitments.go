package desk

import (
	"net/http"
	"net/url"
	"strconv"

	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// commitmentTable are contracts, grants and orders in a list.
func commitmentTable(r *web.Request, caption string, list []view.SpendCommitment) page.QueueTable {
	t := page.QueueTable{Stack: true, Caption: caption, Columns: append([]page.Column{{Text: r.T("Number")}, {Text: r.T("With whom")}, {Text: r.T("State")}},
		numbers(r.T("Value"), r.T("Invoiced"), r.T("Paid"))...), Empty: page.EmptyState{Heading: r.T("No contract, grant or order is here"), Level: 2}}
	for _, c := range list {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: twoLines(moneyLink(c.Number, commitmentURL(c.ID), ""), c.Title)}, {HTML: twoLines(page.Text(c.Supplier), c.Kind)},
			{HTML: moneyTag(c.State)}, {HTML: page.ID(c.Value)}, {HTML: page.ID(c.Invoiced)}, {HTML: page.ID(c.Paid)}}})
	}
	return t
}

// spendCommitments is /desk/spending/commitments.
func (d *Desk) spendCommitments(w http.ResponseWriter, r *web.Request) error {
	ask := view.SpendCommitmentsAsk{Kind: r.Query("kind"), Organisation: r.Query("organisation"), Words: r.Query("q"), Waits: r.Query("waits") != "", Before: r.Query("before")}
	p, err := d.View.Finance().SpendDesk().SpendCommitments(r.Context(), reader(r), ask)
	if err != nil {
		return err
	}
	title := r.T("Contracts, grants and orders")
	if ask.Waits {
		title = r.T("Contracts, grants and orders that wait for approval")
	}
	values := url.Values{"kind": {ask.Kind}, "organisation": {ask.Organisation}, "q": {ask.Words}, "waits": {r.Query("waits")}}
	kinds := []view.Option{}
	for _, k := range view.CommitmentKinds {
		kinds = append(kinds, view.Option{Value: k, Label: reader(r).SpendWord(k)})
	}
	more := []page.Component{selectOf("kind", r.T("Kind"), ask.Kind, kinds, r.T("All"), problems{}), page.Input{Name: "q", Value: ask.Words, Label: page.Label{Text: r.T("Number, title or supplier")}}}
	main := page.Group{page.Paragraph{HTML: page.LinkTo{Text: r.T("What waits for approval"), URL: spendPath + "/commitments?waits=1"}}, commitmentTable(r, title, p.List),
		nextPage(r, spendPath+"/commitments", values, "before", p.Next)}
	content := page.Group{spendDone(r), heading1(title), page.TwoColumns{Main: main,
		Side: page.Group{spendParts(r, p.SpendFrame), spendFilters(r, spendPath+"/commitments", p.SpendFrame, false, more...)}, SideLabel: r.T("Parts and filters")}}
	return d.showSpend(w, r, web.Page{Title: title, Content: content})
}

// spendCommitment is /desk/spending/commitments/{commitment}: one whole, with what can be done.
func (d *Desk) spendCommitment(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	id := r.PathValue("commitment")
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		done, err := d.onCommitment(r, id)
		if err == nil {
			return r.Redirect(w, commitmentURL(id)+"?done="+done)
		}
		if err := f.refused(r, err, "reason"); err != nil {
			return err
		}
	}
	p, err := d.View.Finance().SpendDesk().SpendCommitment(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	title := p.Kind + " " + p.Number
	g := append(f.top(), spendDone(r), page.Heading{Level: 1, Text: title, Caption: p.Title},
		page.TwoColumns{Main: commitmentFacts(r, p), Side: dense(commitmentActions(r, p, &f)), SideLabel: r.T("What was and can be done")})
	return d.showSpend(w, r, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Content: g}, page.Crumb{Text: r.T("Contracts, grants and orders"), Href: spendPath + "/commitments"})
}

// onCommitment does what the form asks.
func (d *Desk) onCommitment(r *web.Request, id string) (done string, err error) {
	s := d.Flow.Spending()
	switch r.Field("do") {
	case "approve":
		return "approved", s.DecideCommitment(r.Context(), r.Actor, flow.DecideCommitment{Commitment: id, Version: version(r), Approve: true, Override: r.Field("override"), Key: r.Key()})
	case "amend":
		year, line := splitLine(r.Field("line-1"))
		return "amended", s.AmendCommitment(r.Context(), r.Actor, flow.AmendCommitment{Commitment: id, Version: version(r), Why: r.Field("why"), Key: r.Key(),
			Parts: []flow.CommitmentPart{{Year: year, Line: line, Amount: amountTyped(r, "amount-1")}}})
	case "close":
		return "closed", s.CloseCommitment(r.Context(), r.Actor, flow.CloseCommitment{Commitment: id, Version: version(r), Reason: r.Field("reason"), Key: r.Key()})
	}
	return "refused", s.DecideCommitment(r.Context(), r.Actor, flow.DecideCommitment{Commitment: id, Version: version(r), Reason: r.Field("reason"), Key: r.Key()})
}

func commitmentFacts(r *web.Request, p view.SpendCommitmentPage) page.Component {
	list := page.SummaryList{}
	add := func(key string, is bool, value page.Component) {
		if is {
			list.Rows = append(list.Rows, factRow(key, value))
		}
	}
	add(r.T("State"), true, moneyTag(p.State))
	add(r.T("With whom"), true, page.Text(p.Supplier))
	add(r.T("Organisation"), true, page.Text(p.SpendCommitment.Organisation))
	add(r.T("Purpose"), p.About != "", paragraphs(p.About))
	add(r.T("How the supplier was found"), p.Method != "", page.Text(p.Method))
	add(r.T("Awarded"), p.Signed != "", page.ID(p.Signed))
	add(r.T("Lasts"), p.Span != "", page.ID(p.Span))
	add(r.T("Value"), true, moneyStrong(p.Value))
	add(r.T("Invoiced"), true, page.ID(p.Invoiced))
	add(r.T("Paid"), true, page.ID(p.Paid))
	add(r.T("Entered by"), true, page.ID(p.EnteredBy))
	add(r.T("Decided by"), p.DecidedBy != "", page.ID(p.DecidedBy))
	add(r.T("Approved all the same, because"), p.Override != "", paragraphs(p.Override))
	add(r.T("Why"), p.Reason != "", paragraphs(p.Reason))
	g := page.Group{list}
	t := page.QueueTable{Stack: true, Caption: r.T("What it takes of budget lines"), Columns: append([]page.Column{{Text: r.T("Day")}, {Text: r.T("Line")}, {Text: r.T("Why")}}, numbers(r.T("Amount"))...)}
	for _, a := range p.Parts {
		day := page.Component(page.ID(a.Date))
		if a.Waits {
			day = page.State(r.T("Waits"), page.Caution)
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: day}, {Text: a.Line}, {Text: orDash(a.Why)}, {HTML: page.ID(a.Amount)}}})
	}
	g = append(g, t)
	if len(p.Shares) > 0 {
		t := page.QueueTable{Stack: true, Caption: r.T("How it stands on each line"), Columns: append([]page.Column{{Text: r.T("Line")}}, numbers(r.T("May use"), r.T("Invoiced"), r.T("Paid"))...)}
		for _, s := range p.Shares {
			t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: moneyLink(s.Title, spendLineURL(s.Year, s.Line), "")}, {HTML: page.ID(s.Allocated)}, {HTML: page.ID(s.Invoiced)}, {HTML: page.ID(s.Paid)}}})
		}
		g = append(g, t)
	}
	return append(g, invoiceTable(r, r.T("Invoices"), p.Invoices))
}

// commitmentActions are the steps that the reader may take now.
func commitmentActions(r *web.Request, p view.SpendCommitmentPage, f *moneyForm) page.Component {
	step := func(do, text, classes string, more ...page.Component) page.Component {
		return page.Form{Action: commitmentURL(p.ID), Key: r.NewKey(), HTML: append(page.Group{hiddenVersion(p.Version), page.Hidden{Name: "do", Value: do}},
			append(more, page.Button{Text: text, Classes: classes, PreventDoubleClick: true})...)}
	}
	reason := page.Input{Name: "reason", Value: r.Field("reason"), Label: page.Label{Text: r.T("Why?")}, ErrorMessage: f.Problems.at("reason")}
	var g page.Group
	if p.MayDecide {
		var why []page.Component
		if f.Problems.at("override").Text != "" {
			why = append(why, page.Textarea{Name: "override", Rows: 3, Value: r.Field("override"), Label: page.Label{Text: r.T("Why it must be all the same")}, ErrorMessage: f.Problems.at("override")})
		}
		g = append(g, step("approve", r.T("Approve"), "", why...), page.Details{SummaryText: r.T("Refuse it"), Open: r.Field("do") == "refuse", HTML: step("refuse", r.T("Refuse"), "govuk-button--warning", reason)})
	}
	if p.Own {
		g = append(g, page.InsetText{Text: r.T("You have entered this yourself, so a supervisor who is not you approves it.")})
	}
	if p.MayChange {
		g = append(g, page.Details{SummaryText: r.T("Change what it may use"), Open: r.Field("do") == "amend", HTML: step("amend", r.T("Enter the change"), "",
			selectOf("line-1", r.T("Budget line"), r.Field("line-1"), p.Lines, r.T("Choose"), f.Problems),
			amountInput("amount-1", r.T("More, or with a minus less"), "", r.Field("amount-1"), f.Problems),
			textOf("why", r.T("Why?"), "", r.Field("why"), f.Problems))},
			page.Details{SummaryText: r.T("End it"), Open: r.Field("do") == "close", HTML: step("close", r.T("End it"), "govuk-button--warning", reason)})
	}
	if len(g) == 0 {
		g = append(g, page.Paragraph{Text: r.T("There is nothing for you to do here now.")})
	}
	return g
}

// commitmentRows is on how many lines a new contract may be entered at once; more are amendments.
const commitmentRows = 3

// newCommitment is /desk/spending/commitments/new.
func (d *Desk) newCommitment(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	organisation := r.Query("organisation")
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		organisation = r.Field("organisation")
		id, err := d.Flow.Spending().ProposeCommitment(r.Context(), r.Actor, commitmentTyped(r, organisation))
		if err == nil {
			return r.Redirect(w, commitmentURL(id)+"?done=entered")
		}
		if err := f.refused(r, err, "supplier"); err != nil {
			return err
		}
	}
	p, err := d.View.Finance().SpendDesk().SpendForm(r.Context(), reader(r), organisation)
	if err != nil {
		return err
	}
	title := r.T("Enter a contract, grant or order")
	kinds, methods := []view.Option{}, []view.Option{}
	for _, k := range view.CommitmentKinds {
		kinds = append(kinds, view.Option{Value: k, Label: reader(r).SpendWord(k)})
	}
	for _, m := range view.ProcurementMethods {
		methods = append(methods, view.Option{Value: m, Label: reader(r).SpendWord(m)})
	}
	form := page.Group{page.Hidden{Name: "organisation", Value: p.Organisation}, selectOf("kind", r.T("Kind"), r.Field("kind"), kinds, "", f.Problems),
		selectOf("supplier", r.T("With whom"), r.Field("supplier"), p.Suppliers, r.T("Choose"), f.Problems),
		textOf("title", r.T("What is it for?"), r.T("A few words. They are published, so they name nobody."), r.Field("title"), f.Problems),
		page.Textarea{Name: "about", Rows: 3, Value: r.Field("about"), Label: page.Label{Text: r.T("Of a grant: its purpose"), Classes: "govuk-label--s"}, ErrorMessage: f.Problems.at("about")},
		selectOf("method", r.T("How the supplier was found"), r.Field("method"), methods, r.T("It is a grant"), f.Problems),
		spendDay("signed", r.T("Day of the award"), r.Field("signed"), f.Problems), spendDay("from", r.T("First day, if there is one"), r.Field("from"), f.Problems),
		spendDay("until", r.T("Last day, if there is one"), r.Field("until"), f.Problems)}
	for i := 1; i <= commitmentRows; i++ {
		n := strconv.Itoa(i)
		form = append(form, page.Fieldset{Legend: page.Legend{Text: r.T("Budget line {n}", i18n.V{"n": i}), Classes: "govuk-fieldset__legend--s"}, HTML: page.Group{
			selectOf("line-"+n, r.T("Line"), r.Field("line-"+n), p.Lines, r.T("None"), f.Problems), amountInput("amount-"+n, r.T("Amount"), "", r.Field("amount-"+n), f.Problems)}})
	}
	g := append(f.top(), heading1(title), forWhom(r, p, spendPath+"/commitments/new"),
		page.Form{Action: spendPath + "/commitments/new", Key: r.NewKey(), HTML: append(form, page.Button{Text: r.T("Enter it"), PreventDoubleClick: true})})
	return d.showSpend(w, r, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Asks: true, Content: g}, page.Crumb{Text: r.T("Contracts, grants and orders"), Href: spendPath + "/commitments"})
}

func commitmentTyped(r *web.Request, organisation string) flow.ProposeCommitment {
	in := flow.ProposeCommitment{Kind: r.Field("kind"), For: organisation, Supplier: r.Field("supplier"), Method: r.Field("method"), Title: r.Field("title"), About: r.Field("about"),
		Signed: dayTyped(r, "signed"), From: dayTyped(r, "from"), Until: dayTyped(r, "until"), Key: r.Key()}
	for i := 1; i <= commitmentRows; i++ {
		n := strconv.Itoa(i)
		if r.Field("line-"+n) == "" && r.Field("amount-"+n) == "" && len(in.Parts) > 0 {
			continue
		}
		year, line := splitLine(r.Field("line-" + n))
		in.Parts = append(in.Parts, flow.CommitmentPart{Year: year, Line: line, Amount: amountTyped(r, "amount-"+n)})
	}
	return in
}
