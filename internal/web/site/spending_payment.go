package site

import (
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// paidOut is /money/payments?q=&supplier=&organisation=&year=&line=&for=&least=&most=&from=&until=&page=: all payments
// that are shown one by one, or those that were asked for.
func (s *Site) paidOut(w http.ResponseWriter, r *web.Request) error {
	ask := readSpentSearch(r)
	p, err := s.View.Spending().Payments(r.Context(), reader(r), ask.SpentAsk)
	if err != nil {
		return err
	}
	title := r.T("Payments")
	main := page.Group{}
	switch {
	case p.Count == 0 && len(ask.asked) > 0:
		main = append(main, page.EmptyState{Heading: r.T("Nothing found"), Text: r.T("Try fewer or other words, or other amounts and days."), Level: 2,
			Link: page.Link{Text: r.T("Show all payments"), URL: "/money/payments"}})
	default:
		main = append(main, page.Paragraph{HTML: r.P.HN("{n} payment, {amount} in all", "{n} payments, {amount} in all", p.Count,
			i18n.V{"n": strong(r.P.Number(itoa64(int64(p.Count)))), "amount": strong(p.Total.Text)})},
			paymentTable(r, title, p.Lines), column(besidesNote(r, p.Part)),
			page.Paragraph{HTML: page.LinkTo{Text: r.T("Download these payments as CSV"), URL: fileURL("/money/payments/csv", ask.asked)}})
	}
	main = append(main, paging(p, ask.asked))
	content := page.Group{summary(r, ask.wrong()), heading1("", title), page.TwoColumns{SideFirst: true, SideLabel: r.T("Search"), Side: ask.form(r, p), Main: main}}
	return r.Render(w, web.Page{Title: title, Failed: len(ask.problems) > 0, Area: "money", Content: content, Crumbs: moneyCrumbs(r), NoIndex: len(ask.asked) > 0 || ask.Page > 1})
}

// besidesNote says what was paid besides what is listed.
func besidesNote(r *web.Request, p view.SpendingPart) page.Component {
	if p.Persons.Minor == 0 {
		return nil
	}
	return page.InsetText{HTML: r.P.H("Besides, {amount} went to persons, who are not named. Such payments are shown as one sum.", i18n.V{"amount": strong(p.Persons.Text)})}
}

// paging leads to the pages before and after.
func paging(p view.SpentList, asked url.Values) page.Component {
	to := func(n int) page.PageLink {
		v := maps.Clone(asked)
		if n > 1 {
			v.Set("page", strconv.Itoa(n))
		}
		return page.PageLink{Href: fileURL("/money/payments", v)}
	}
	var x page.Pagination
	if p.Page > 1 {
		x.Previous = to(p.Page - 1)
	}
	if p.Page < p.Pages {
		x.Next = to(p.Page + 1)
	}
	if p.Pages < 2 {
		return nil
	}
	return x
}

func fileURL(path string, v url.Values) string {
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// spentSearch is what was asked for: values as they were typed, and by field what is wrong with them. What cannot be read
// is not asked for.
type spentSearch struct {
	view.SpentAsk
	asked    url.Values
	problems map[string]string
}

func readSpentSearch(r *web.Request) spentSearch {
	a := spentSearch{asked: url.Values{}, problems: map[string]string{}, SpentAsk: view.SpentAsk{Text: r.Query("q"), Supplier: r.Query("supplier"),
		Organisation: r.Query("organisation"), Year: r.Query("year"), Line: r.Query("line"), Commitment: r.Query("for"), Page: int(min(atoi64(r.Query("page")), 1<<20))}}
	for _, k := range []string{"q", "supplier", "organisation", "year", "line", "for", "least", "most", "from", "until"} {
		if v := r.Query(k); v != "" {
			a.asked.Set(k, v)
		}
	}
	for k, to := range map[string]*int64{"least": &a.Least, "most": &a.Most} {
		if typed := r.Query(k); typed != "" {
			amount, err := r.Amount(typed)
			if *to = amount.Minor; err != nil {
				a.problems[k] = r.T("Enter an amount, for example 500")
			}
		}
	}
	for k, to := range map[string]*calendar.Date{"from": &a.From, "until": &a.Until} {
		if typed := r.Query(k); typed != "" {
			day, err := calendar.ParseISO(typed)
			if *to = day; err != nil {
				a.problems[k] = r.T("Enter a day")
			}
		}
	}
	return a
}

// wrong lists what cannot be read, in the order of the form.
func (a spentSearch) wrong() (list []view.Problem) {
	for _, name := range []string{"least", "most", "from", "until"} {
		if said := a.problems[name]; said != "" {
			list = append(list, view.Problem{Anchor: "search-" + name, Text: said})
		}
	}
	return list
}

// form is the search with what was typed.
func (a spentSearch) form(r *web.Request, p view.SpentList) page.Component {
	field := func(name, label, kind string) page.Component {
		return page.Input{ID: "search-" + name, Name: name, Type: kind, Value: a.asked.Get(name), Label: page.Label{Text: label}, ErrorMessage: page.ErrorMessage{Text: a.problems[name]}}
	}
	organisation := page.Select{ID: "search-organisation", Name: "organisation", Value: a.asked.Get("organisation"), Label: page.Label{Text: r.T("Organisation")}, Items: []page.Option{{Text: r.T("All")}}}
	for _, o := range p.Organisations {
		organisation.Items = append(organisation.Items, page.Option{Value: o.ID, Text: o.Title})
	}
	f := page.Filters{Heading: r.T("Search"), Action: "/money/payments", ClearURL: "/money/payments", Fields: []page.Component{
		field("q", r.T("Supplier, purpose or number"), "search"), organisation,
		field("least", r.T("At least"), "text"), field("most", r.T("At most"), "text"),
		field("from", r.T("From"), "date"), field("until", r.T("Until"), "date"),
	}}
	for _, x := range p.Applied {
		rest := maps.Clone(a.asked)
		rest.Del(x.ID)
		f.Applied = append(f.Applied, page.AppliedFilter{Text: x.Title, RemoveURL: fileURL("/money/payments", rest)})
		f.Hidden = append(f.Hidden, page.Hidden{Name: x.ID, Value: a.asked.Get(x.ID)})
	}
	return f
}

func (s *Site) paidOutFile(w http.ResponseWriter, r *web.Request) error {
	f, err := s.View.Spending().PaymentsFile(r.Context(), reader(r), readSpentSearch(r).SpentAsk)
	return sendCSV(w, r, f, err)
}

// paidOne is /money/payments/{number}: one payment as a receipt, up to the proof that it is in the public log.
func (s *Site) paidOne(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Spending().Payment(r.Context(), reader(r), r.PathValue("payment"))
	if err != nil {
		return err
	}
	content := page.Group{
		heading1(r.T("Payment {number}", i18n.V{"number": p.Number}), p.Purpose),
		page.KeyFacts{Facts: []page.Fact{
			{Label: r.T("Paid"), HTML: page.ID(p.Amount.Text)}, {Label: r.T("To"), HTML: supplierName(p.Supplier)}, {Label: r.T("On"), HTML: page.ID(p.Day)},
		}},
		column(backNote(r, p), paidFor(r, p), h2(r.T("In the books")), booked(r, p)),
		bookedTable(r, p),
		column(h2(r.T("Proof")), paidProof(r, p)),
	}
	return r.Render(w, web.Page{Title: r.T("Payment {number}", i18n.V{"number": p.Number}), Area: "money", Content: content,
		Crumbs: moneyCrumbs(r, budgetCrumb(r, p.BudgetYear), page.Crumb{Text: p.Line.Title, Href: lineURL(p.Year, p.Line.ID)})})
}

func backNote(r *web.Request, p view.SpentPage) page.Component {
	if p.Back == "" {
		return nil
	}
	return page.WarningText{Text: r.T("The bank gave this payment back on {date}. It counts as not paid.", i18n.V{"date": p.Back})}
}

// paidFor is the way from the payment up to the budget.
func paidFor(r *web.Request, p view.SpentPage) page.Component {
	var f facts
	f.text(r.T("What for"), p.Purpose)
	if p.Commitment.Number != "" {
		word := map[string]string{"contract": r.T("Contract"), "grant": r.T("Grant"), "order": r.T("Purchase order")}[p.Commitment.Kind]
		f.html(word, page.Group{page.LinkTo{Text: p.Commitment.Title, URL: commitmentURL(p.Commitment)}, small(p.Commitment.Number)})
	}
	f.html(r.T("Line of the budget"), page.Group{page.LinkTo{Text: p.Line.Title, URL: lineURL(p.Year, p.Line.ID)}, small(p.BudgetYear.Title)})
	f.text(r.T("Organisation"), p.Organisation)
	f.text(r.T("Invoice"), p.Invoice.Number)
	f.text(r.T("The supplier's own number"), p.Invoice.Supplied)
	f.text(r.T("Invoice received on"), p.Invoice.Received)
	f.text(r.T("Due on"), p.Invoice.Due)
	f.text(r.T("Approved on"), p.Invoice.Approved)
	return f.list
}

func booked(r *web.Request, p view.SpentPage) page.Component {
	return page.Paragraph{HTML: r.P.H("Entry {number} of {date}, confirmed by the bank's statement. No single person could pay this: two persons approved the invoice, and two the order to the bank.",
		i18n.V{"number": page.ID(p.Entry.ID), "date": page.ID(p.Entry.Day)})}
}

func bookedTable(r *web.Request, p view.SpentPage) page.Component {
	t := page.QueueTable{Caption: r.T("In the books"), CaptionHidden: true, Stack: true,
		Columns: append([]page.Column{{Text: r.T("Account")}}, numberColumns(r.T("Debit"), r.T("Credit"))...)}
	for _, l := range p.Entry.Lines {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.Group{page.ID(l.Code), page.Text(" " + l.Title)}},
			{HTML: page.ID(l.Debit), Format: "numeric"}, {HTML: page.ID(l.Credit), Format: "numeric"}}})
	}
	return t
}

// paidProof tells how far the payment has come in the public log, and how anybody checks it.
func paidProof(r *web.Request, p view.SpentPage) page.Component {
	x := p.Proof
	switch {
	case !x.Logged:
		return body(r.T("This payment is from before the public log began, so there is no proof of it."))
	case !x.Published:
		return page.InsetText{HTML: page.Group{page.Text(r.T("Being published in the public log. This takes a second or two.") + " "), link(r.T("Look again"), spentURL(p.ID))}}
	}
	number := itoa64(x.Index)
	said := page.Group{r.P.H("In the public log as number {number}.", i18n.V{"number": link(number, "/log/leaves/"+number)}), page.Text(" ")}
	if x.Witnesses > 0 {
		said = append(said, page.Text(r.P.N("Confirmed by {n} witness.", "Confirmed by {n} witnesses.", x.Witnesses, i18n.V{"n": x.Witnesses})))
	}
	return page.Group{
		page.Paragraph{HTML: said},
		body(r.T("The log cannot be changed afterwards. With the proof, a small file, anybody can check without us that this payment is in it as it is shown here.")),
		page.ButtonGroup{page.Button{Text: r.T("Download the proof"), Href: spentURL(p.ID) + "/proof", Classes: "govuk-button--secondary"},
			page.LinkTo{Text: r.T("Check a proof"), URL: "/verify#proof"}},
	}
}

func (s *Site) paidOneProof(w http.ResponseWriter, r *web.Request) error {
	p, bundle, err := s.View.Spending().PaymentProof(r.Context(), reader(r), r.PathValue("payment"))
	return ownProof(w, r, "payment-"+r.PathValue("payment"), spentURL(r.PathValue("payment")), p, bundle, err)
}
