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

// payInvoices is /desk/spending/pay: putting approved invoices into an order to our bank.
func (d *Desk) payInvoices(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		order, err := d.Flow.Spending().PayInvoices(r.Context(), r.Actor, flow.PayInvoices{Invoices: chosen(r, "invoice"), Key: r.Key()})
		if err == nil {
			return r.Redirect(w, orderURL(order, "?done=made"))
		}
		if err := f.refused(r, err, "invoice"); err != nil {
			return err
		}
	}
	p, err := d.View.Finance().SpendDesk().SpendToPay(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Pay approved invoices")
	g := append(f.top(), heading1(title))
	if len(p.List) == 0 {
		g = append(g, page.Paragraph{Text: r.T("No invoice waits to be paid.")})
		return d.showSpend(w, r, web.Page{Title: title, Status: f.status, Content: g})
	}
	boxes := page.Checkboxes{Name: "invoice", IDPrefix: "invoice", ErrorMessage: f.Problems.at("invoice"), Classes: "govuk-checkboxes--small",
		Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Invoices, those due first at the top"), Classes: "govuk-fieldset__legend--m"}}}
	for _, x := range p.List {
		if why := f.Problems.at("invoice-" + x.ID).Text; why != "" {
			boxes.ErrorMessage.Text = why
		}
		boxes.Items = append(boxes.Items, page.Choice{Value: x.ID, HTML: r.P.H("{number}: {amount} to {supplier}, due {day}",
			i18n.V{"number": page.ID(x.Number), "amount": moneyStrong(x.Amount), "supplier": page.Text(x.Supplier), "day": page.ID(x.Due)}), Hint: page.Hint{Text: x.Title}})
	}
	if r.Method == http.MethodPost {
		boxes.Values = chosen(r, "invoice")
	}
	g = append(g, page.Paragraph{Text: r.T("They go into a payment order, which another person approves before it is sent to the bank. Whether each was paid is seen on the bank’s statement.")},
		page.Form{Action: spendPath + "/pay", Key: r.NewKey(), HTML: page.Group{boxes, page.Button{Text: r.T("Make the order"), PreventDoubleClick: true}}})
	return d.showSpend(w, r, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Asks: true, Content: g})
}

// newSupplier is /desk/spending/suppliers/new.
func (d *Desk) newSupplier(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	organisation := r.Query("organisation")
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		organisation = r.Field("organisation")
		in := flow.AddSupplier{For: organisation, Person: r.Field("person") == "yes", Name: r.Field("name"), Identifier: r.Field("identifier"), IBAN: r.Field("iban"),
			Address: r.Field("address"), Email: r.Field("email"), Key: r.Key()}
		_, err := d.Flow.Spending().AddSupplier(r.Context(), r.Actor, in)
		if err == nil {
			return r.Redirect(w, address(spendPath+"/invoices", url.Values{"done": {"supplier"}}))
		}
		if err := f.refused(r, err, "name"); err != nil {
			return err
		}
	}
	p, err := d.View.Finance().SpendDesk().SpendForm(r.Context(), reader(r), organisation)
	if err != nil {
		return err
	}
	title := r.T("Enter a supplier")
	g := append(f.top(), heading1(title), page.Form{Action: spendPath + "/suppliers/new", Key: r.NewKey(), HTML: page.Group{page.Hidden{Name: "organisation", Value: p.Organisation},
		textOf("name", r.T("Name"), r.T("As its bank knows it"), r.Field("name"), f.Problems),
		page.Checkboxes{Name: "person", IDPrefix: "person", Values: []string{r.Field("person")}, Items: []page.Choice{{Value: "yes", Text: r.T("It is a private person"),
			Hint: page.Hint{Text: r.T("The public sees payments to persons only as one sum.")}}}},
		textOf("identifier", r.T("Number in a register of companies or charities, if there is one"), r.T("Like GB-COH-01234567"), r.Field("identifier"), f.Problems),
		textOf("iban", r.T("Account (IBAN)"), r.T("Check it against a document of the supplier. Whoever enters it approves no order that pays to it."), r.Field("iban"), f.Problems),
		textOf("address", r.T("Address"), "", r.Field("address"), f.Problems), textOf("email", r.T("Email"), "", r.Field("email"), f.Problems),
		page.Button{Text: r.T("Enter the supplier"), PreventDoubleClick: true}}})
	return d.showSpend(w, r, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Asks: true, Content: g})
}

// entryRows is how many lines a form for an entry by hand has.
const entryRows = 4

// entries is /desk/spending/entries: entries that are made by hand, by two persons.
func (d *Desk) entries(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		in := flow.ProposeEntry{Day: dayTyped(r, "day"), Text: r.Field("text"), Key: r.Key()}
		for i := 1; i <= entryRows; i++ {
			n := strconv.Itoa(i)
			if r.Field("account-"+n) != "" || r.Field("debit-"+n) != "" || r.Field("credit-"+n) != "" {
				in.Lines = append(in.Lines, flow.EntryLine{Account: r.Field("account-" + n), Debit: amountTyped(r, "debit-"+n), Credit: amountTyped(r, "credit-"+n)})
			}
		}
		_, err := d.Flow.Spending().ProposeEntry(r.Context(), r.Actor, in)
		if err == nil {
			return r.Redirect(w, spendPath+"/entries?done=proposed")
		}
		if err := f.refused(r, err, "debit-1"); err != nil {
			return err
		}
	}
	return d.showEntries(w, r, &f)
}

func (d *Desk) showEntries(w http.ResponseWriter, r *web.Request, f *moneyForm) error {
	p, err := d.View.Finance().SpendDesk().SpendDrafts(r.Context(), reader(r), r.Query("before"))
	if err != nil {
		return err
	}
	title := r.T("Entries by hand")
	g := append(f.top(), spendDone(r), heading1(title), page.Paragraph{Text: r.T("For what no bill, payment or line of the bank says by itself: opening balances, corrections. One person proposes, another posts.")})
	for _, e := range p.List {
		g = append(g, entryCard(r, e, p.Work, f))
	}
	if len(p.List) == 0 {
		g = append(g, page.EmptyState{Heading: r.T("No entry was made by hand yet"), Level: 2})
	}
	g = append(g, nextPage(r, spendPath+"/entries", url.Values{}, "before", p.Next))
	if p.Work {
		g = append(g, entryForm(r, p, f))
	}
	return d.showSpend(w, r, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Content: g})
}

// entryCard is an entry with its lines, and what the reader can do with it.
func entryCard(r *web.Request, e view.SpendDraft, work bool, f *moneyForm) page.Component {
	t := page.QueueTable{Caption: e.Number + ": " + e.Text, Columns: append([]page.Column{{Text: r.T("Account")}}, numbers(r.T("Debit"), r.T("Credit"))...)}
	for _, l := range e.Lines {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: l.Account + " " + l.Title}, {HTML: page.ID(l.Debit)}, {HTML: page.ID(l.Credit)}}})
	}
	list := page.SummaryList{Rows: []page.SummaryRow{factRow(r.T("State"), moneyTag(e.State)), factRow(r.T("Day"), page.ID(e.Date)), factRow(r.T("Proposed by"), page.ID(e.ProposedBy))}}
	if e.DecidedBy != "" {
		list.Rows = append(list.Rows, factRow(r.T("Decided by"), page.ID(e.DecidedBy)))
	}
	if e.Answer != "" {
		list.Rows = append(list.Rows, factRow(r.T("Why"), paragraphs(e.Answer)))
	}
	if e.Entry != "" {
		list.Rows = append(list.Rows, factRow(r.T("In the books"), moneyLink(e.Number, "/desk/money/entries/"+url.PathEscape(e.Entry), "")))
	}
	g := page.Group{t, list}
	if !e.Waits || !work {
		return g
	}
	step := func(do, text, classes string, more ...page.Component) page.Component {
		return page.Form{Action: spendPath + "/entries/" + url.PathEscape(e.ID), Key: r.NewKey(), HTML: append(page.Group{hiddenVersion(e.Version), page.Hidden{Name: "do", Value: do}},
			append(more, page.Button{Text: text, Classes: classes, PreventDoubleClick: true})...)}
	}
	if e.MayPost {
		g = append(g, step("post", r.T("Post it"), ""))
	} else if e.Own {
		g = append(g, page.InsetText{Text: r.T("You have proposed this yourself, so somebody else must decide it. You can withdraw it.")})
	}
	return append(g, page.Details{SummaryText: r.T("Refuse it"), HTML: step("refuse", r.T("Refuse"), "govuk-button--warning",
		page.Input{Name: "answer", ID: "answer-" + e.ID, Label: page.Label{Text: r.T("Why?")}, ErrorMessage: f.Problems.at("answer-" + e.ID)})})
}

// entryForm proposes an entry.
func entryForm(r *web.Request, p view.SpendDrafts, f *moneyForm) page.Component {
	day := r.Field("day")
	if day == "" {
		day = p.Today
	}
	form := page.Group{spendDay("day", r.T("Day on which it counts"), day, f.Problems), textOf("text", r.T("What is it?"), r.T("One line that names nobody: it stays in the books for ever."), r.Field("text"), f.Problems)}
	for i := 1; i <= entryRows; i++ {
		n := strconv.Itoa(i)
		form = append(form, page.Fieldset{Legend: page.Legend{Text: r.T("Line {n}", i18n.V{"n": i}), Classes: "govuk-fieldset__legend--s"}, HTML: page.Group{
			selectOf("account-"+n, r.T("Account"), r.Field("account-"+n), p.Accounts, r.T("None"), f.Problems),
			amountInput("debit-"+n, r.T("Debit"), "", r.Field("debit-"+n), f.Problems), amountInput("credit-"+n, r.T("Credit"), "", r.Field("credit-"+n), f.Problems)}})
	}
	return page.Details{SummaryText: r.T("Propose an entry"), Open: f.Problems.any(), HTML: page.Form{Action: spendPath + "/entries", Key: r.NewKey(),
		HTML: append(form, page.Button{Text: r.T("Propose it"), PreventDoubleClick: true})}}
}

// decideEntry is /desk/spending/entries/{entry}: posting or refusing it.
func (d *Desk) decideEntry(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		in := flow.DecideEntry{Draft: r.PathValue("entry"), Version: version(r), Post: r.Field("do") == "post", Answer: r.Field("answer"), Key: r.Key()}
		err := d.Flow.Spending().DecideEntry(r.Context(), r.Actor, in)
		if err == nil {
			done := "refused"
			if in.Post {
				done = "posted"
			}
			return r.Redirect(w, spendPath+"/entries?done="+done)
		}
		if err := f.refused(r, err, "answer-"+in.Draft); err != nil {
			return err
		}
	}
	return d.showEntries(w, r, &f)
}
