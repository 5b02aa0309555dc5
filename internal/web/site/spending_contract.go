package site

import (
	"net/http"
	"net/url"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// contracts is /money/contracts?q=&before=.
func (s *Site) contracts(w http.ResponseWriter, r *web.Request) error {
	return s.agreed(w, r, view.CommitmentAsk{Kind: "contract"}, r.T("Contracts"), r.T("Supplier"),
		r.T("What was agreed with suppliers, and what was paid for it."), r.T("Search contracts"))
}

// grants is /money/grants?q=&before=.
func (s *Site) grants(w http.ResponseWriter, r *web.Request) error {
	return s.agreed(w, r, view.CommitmentAsk{Kind: "grant"}, r.T("Grants"), r.T("Given to"),
		r.T("Money that was given for a purpose, without anything in return. Grants to persons are not shown here."), r.T("Search grants"))
}

func (s *Site) agreed(w http.ResponseWriter, r *web.Request, ask view.CommitmentAsk, title, with, says, search string) error {
	ask.Text, ask.Before = r.Query("q"), r.Query("before")
	list, next, err := s.View.Spending().Commitments(r.Context(), reader(r), ask)
	if err != nil {
		return err
	}
	path := "/money/" + ask.Kind + "s"
	content := page.Group{heading1("", title), column(body(says)), page.SearchBox{Action: path, Label: search, Value: ask.Text}}
	if ask.Text != "" && len(list) == 0 {
		content = append(content, page.EmptyState{Heading: r.T("Nothing found"), Text: r.T("Try fewer or other words."), Level: 2})
	} else {
		content = append(content, commitmentTable(r, title, with, list))
	}
	if next != "" {
		q := url.Values{"before": {next}}
		if ask.Text != "" {
			q.Set("q", ask.Text)
		}
		content = append(content, page.Pagination{Next: page.PageLink{Href: path + "?" + q.Encode()}})
	}
	return r.Render(w, web.Page{Title: title, Area: "money", Content: content, Crumbs: moneyCrumbs(r), NoIndex: ask.Text != "" || ask.Before != ""})
}

func (s *Site) contract(w http.ResponseWriter, r *web.Request) error {
	return s.commitment(w, r, "contract", r.T("Contract"), page.Crumb{Text: r.T("Contracts"), Href: "/money/contracts"})
}

func (s *Site) grant(w http.ResponseWriter, r *web.Request) error {
	return s.commitment(w, r, "grant", r.T("Grant"), page.Crumb{Text: r.T("Grants"), Href: "/money/grants"})
}

func (s *Site) order(w http.ResponseWriter, r *web.Request) error {
	return s.commitment(w, r, "order", r.T("Purchase order"))
}

// commitment is a contract, a grant or an order, with everything that came of it.
func (s *Site) commitment(w http.ResponseWriter, r *web.Request, kind, word string, crumbs ...page.Crumb) error {
	p, err := s.View.Spending().Commitment(r.Context(), reader(r), kind, r.PathValue("number"))
	if err != nil {
		return err
	}
	content := page.Group{
		heading1(word+" "+p.Number, p.Title),
		page.KeyFacts{Facts: []page.Fact{
			{Label: r.T("Value"), HTML: page.ID(p.Value.Text), Note: firstValue(r, p)},
			{Label: r.T("Paid so far"), HTML: page.ID(p.Paid.Text)},
			{Label: r.T("Still to be paid at most"), HTML: page.ID(p.Left.Text)},
		}},
		column(commitmentFacts(r, p)),
		h2(r.T("Lines of the budget")), shareTable(r, p.Lines),
	}
	if len(p.Changes) > 0 {
		content = append(content, h2(r.T("Changes")), commitmentChanges(r, p.Changes))
	}
	content = append(content, h2(r.T("Invoices")), invoiceTable(r, p.Invoices), h2(r.T("Payments")), paymentTable(r, r.T("Payments"), p.Payments))
	if p.More {
		content = append(content, moreLink(r.T("All payments"), paymentsURL(url.Values{"for": {p.Number}})))
	}
	if p.OCID != "" {
		content = append(content, page.Paragraph{HTML: page.LinkTo{Text: r.T("This contract as open data"), URL: "/money/ocds/" + url.PathEscape(p.OCID) + ".json"}})
	}
	return r.Render(w, web.Page{Title: p.Title, Area: "money", Content: content, Crumbs: moneyCrumbs(r, crumbs...)})
}

func firstValue(r *web.Request, p view.CommitmentPage) string {
	if p.First.Minor == p.Value.Minor {
		return ""
	}
	return r.T("at first: {amount}", i18n.V{"amount": p.First.Text})
}

func commitmentFacts(r *web.Request, p view.CommitmentPage) page.Component {
	var f facts
	with := r.T("Supplier")
	if p.Kind == "grant" {
		with = r.T("Given to")
	}
	f.html(with, supplierName(p.Supplier))
	f.text(r.T("Number in a register"), p.Identifier)
	f.text(r.T("Purpose"), p.About)
	f.text(r.T("Organisation"), p.Organisation)
	f.text(r.T("How the supplier was chosen"), p.Method)
	f.text(r.T("Awarded on"), p.Signed)
	f.text(r.T("Begins"), p.From)
	f.text(r.T("Ends"), p.Until)
	f.text(r.T("State"), p.State)
	f.text(r.T("Open Contracting ID (OCID)"), p.OCID)
	return f.list
}

func shareTable(r *web.Request, list []view.CommitmentShare) page.Component {
	t := page.QueueTable{Caption: r.T("Lines of the budget"), CaptionHidden: true, Stack: true,
		Columns: append([]page.Column{{Text: r.T("Budget line")}, {Text: r.T("Year")}}, numberColumns(r.T("Committed"), r.T("Paid"))...)}
	for _, x := range list {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.LinkTo{Text: x.Line.Title, URL: lineURL(x.Line.Year, x.Line.ID)}},
			{HTML: page.ID(x.Line.Year)}, amount(x.Amount), amount(x.Paid)}})
	}
	return t
}

func commitmentChanges(r *web.Request, list []view.CommitmentChange) page.Component {
	t := page.QueueTable{Caption: r.T("Changes"), CaptionHidden: true, Stack: true,
		Columns: append([]page.Column{{Text: r.T("Reason")}, {Text: r.T("Budget line")}, {Text: r.T("Day")}}, numberColumns(r.T("Change"))...)}
	for _, c := range list {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: c.Reason}, {HTML: page.LinkTo{Text: c.Line.Title, URL: lineURL(c.Year, c.Line.ID)}},
			{HTML: page.ID(c.Day)}, amount(c.Amount)}})
	}
	return t
}
