package desk

import (
	"net/http"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// payerForm is what was typed about who pays, as it came.
type payerForm struct {
	Tax, Object, From, Who        string // Who: "new", "nobody"
	Name, Email, Language, Reason string
	Address                       string
}

// changePayer is /desk/money/taxes/accounts/{account}/payer, and /desk/money/taxes/open for what has no account yet.
func (d *Desk) changePayer(w http.ResponseWriter, r *web.Request) error {
	account := r.PathValue("account")
	f, err := d.View.TaxOffice().PayerForm(r.Context(), reader(r), account)
	if err != nil {
		return err
	}
	t := payerForm{Tax: f.TaxID, Object: f.Object, From: f.Today, Who: "new"}
	if account == "" {
		t.Tax, t.Object = r.Query("tax"), r.Query("object")
	}
	var wrongs problems
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		t.From, t.Who, t.Name, t.Email = r.Field("from"), r.Field("who"), r.Field("name"), r.Field("email")
		t.Address, t.Language, t.Reason = r.Field("address"), r.Field("language"), r.Field("reason")
		if account == "" {
			t.Tax, t.Object, t.Who = r.Field("tax"), r.Field("object"), "new"
		}
		in := flow.ChangePayer{Tax: t.Tax, Object: t.Object, From: fieldDay(r, "from"), Reason: t.Reason, Key: r.Key()}
		if t.Who != "nobody" {
			in.Payer = flow.Payer{Name: t.Name, Email: t.Email, Address: textLines(t.Address), Language: t.Language}
		}
		var failed error
		if t.Who != "nobody" && t.Name == "" {
			failed = fault.NewInvalid("Enter the name of who pays")
		} else {
			var id string
			if id, failed = d.Flow.Taxation().ChangePayer(r.Context(), r.Actor, in); failed == nil {
				return r.Redirect(w, taxAccountURL(id, "?done=payer"))
			}
		}
		if wrongs, err = taxWrong(r, failed, "name"); err != nil {
			return err
		}
	}
	title := r.T("Who pays")
	if account == "" {
		title = r.T("Open an account")
	}
	content := page.Group{wrongs.summary(), page.Heading{Level: 1, Text: title, Caption: joined(f.Number, f.Tax)}, payerLead(r, f), page.Form{Action: r.URL.Path, Key: r.NewKey(), HTML: payerFields(r, f, t, wrongs)}}
	return d.showTax(w, r, web.Page{Title: title, Failed: wrongs.any(), Content: content, Asks: true}, page.Crumb{Text: r.T("Accounts"), Href: taxURL("/accounts")})
}

func textLines(text string) (list []string) {
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			list = append(list, l)
		}
	}
	return list
}

func payerLead(r *web.Request, f view.PayerForm) page.Component {
	if f.Account == "" {
		return page.Paragraph{Text: r.T("For something that is taxed and that nobody pays for. What the register says of it is taken over.")}
	}
	return page.InsetText{Text: r.T("{name} pays for {label} today. The account ends the day before another begins, and what is published is worked out anew for the days of each.", i18n.V{"name": f.Holder, "label": f.Label})}
}

func payerFields(r *web.Request, f view.PayerForm, t payerForm, wrongs problems) page.Group {
	input := func(name, label, value, hint string) page.Input {
		return page.Input{Name: name, Value: value, Label: page.Label{Text: label, Classes: "govuk-label--s"}, Hint: page.Hint{Text: hint}, ErrorMessage: wrongs.at(name), Spellcheck: "false"}
	}
	var g page.Group
	if f.Account == "" {
		items := []page.Option{}
		for _, o := range f.Taxes {
			items = append(items, page.Option{Value: o.Value, Text: o.Label})
		}
		g = append(g, page.Select{Name: "tax", Value: t.Tax, Label: page.Label{Text: r.T("Tax"), Classes: "govuk-label--s"}, Items: items},
			input("object", r.T("Number of what is taxed"), t.Object, r.T("As the register has it, like D1081")))
	}
	var languages []page.Option
	for _, o := range f.Languages {
		languages = append(languages, page.Option{Value: o.Value, Text: o.Label})
	}
	address := page.Textarea{Name: "address", Value: t.Address, Rows: 4, Label: page.Label{Text: r.T("Address for bills (optional)"), Classes: "govuk-label--s"}}
	who := page.Group{
		input("name", r.T("Name"), t.Name, ""), input("email", r.T("Email (optional)"), t.Email, r.T("With it the payer can sign in and see the account. Without it bills are printed.")), address,
		page.Select{Name: "language", Value: t.Language, Label: page.Label{Text: r.T("Language of letters"), Classes: "govuk-label--s"}, Items: languages},
	}
	if f.Account != "" {
		g = append(g, page.Radios{Name: "who", Value: t.Who, Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Who pays from then on"), Classes: "govuk-fieldset__legend--s"}}, Items: []page.Choice{
			{Value: "nobody", Text: r.T("Nobody that we know of: the account only ends")},
			{Value: "new", Text: r.T("Somebody else"), Conditional: page.Conditional{HTML: who}},
		}})
	} else {
		g = append(g, who...)
	}
	return append(g, labelledDay("from", r.T("First day of the one who pays from then on"), t.From, wrongs), reasonField(r, t.Reason, wrongs), page.Button{Text: r.T("Save"), PreventDoubleClick: true})
}

// taxReturns is /desk/money/taxes/returns: declarations that have not come.
func (d *Desk) taxReturns(w http.ResponseWriter, r *web.Request) error {
	m, err := d.View.TaxOffice().MissingReturns(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Declarations that are missing")
	t := page.QueueTable{Caption: title, CaptionHidden: true, Columns: []page.Column{{Text: r.T("Account")}, {Text: r.T("Period")}, {Text: r.T("State")}, {Text: r.T("Next")}},
		Empty: page.EmptyState{Heading: r.T("None is missing"), Text: r.T("Everybody has declared what was due."), Level: 2}}
	for _, x := range m.List {
		next := page.Cell{}
		if m.Work {
			next.HTML = page.LinkTo{Text: r.T("Estimate"), URL: taxAccountURL(x.ID, "/estimate/"+x.Begins)}
		}
		row := page.QueueRow{Cells: []page.Cell{{HTML: twoLines(moneyLink(x.Number, taxAccountURL(x.ID, ""), ""), joined(x.Tax, x.Object))}, {Text: x.Period}, {HTML: returnTag(r, x.ReturnLine)}, next}}
		if x.Late && !x.Estimated {
			row.Tone = page.Bad
		}
		t.Rows = append(t.Rows, row)
	}
	g := page.Group{heading1(title), t}
	if m.More {
		g = append(g, page.Paragraph{Text: r.T("There are more than are shown here.")})
	}
	return d.showTax(w, r, web.Page{Title: title, Content: g})
}

// estimateReturn is /desk/money/taxes/accounts/{account}/estimate/{period}: assessing somebody who has declared nothing.
func (d *Desk) estimateReturn(w http.ResponseWriter, r *web.Request) error {
	account := r.PathValue("account")
	in := flow.EstimateReturn{Account: account}
	reason := ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		in.Typed, in.Key, reason = typedFrom(r.PostForm), r.Key(), r.Field("reason")
		in.Reason = reason
	}
	f, err := d.View.TaxOffice().EstimateForm(r.Context(), reader(r), account, r.PathValue("period"), in.Typed)
	if err != nil {
		return err
	}
	var wrongs problems
	if r.Method == http.MethodPost {
		in.Begins = isoDay(f.Begins)
		_, err := d.Flow.Taxation().EstimateReturn(r.Context(), r.Actor, in)
		if err == nil {
			return r.Redirect(w, taxAccountURL(account, "?done=estimated"))
		}
		if wrongs, err = taxWrong(r, err, "reason"); err != nil {
			return err
		}
	}
	title := r.T("Estimate {period}", i18n.V{"period": f.Period})
	g := page.Group{wrongs.summary(), page.Heading{Level: 1, Text: title, Caption: f.Account.Number + ", " + f.Account.Tax},
		page.Paragraph{Text: r.T("The declaration was due on {date}. What you enter is charged until the payer declares.", i18n.V{"date": f.By})}}
	if f.Taken {
		g = append(g, page.InsetText{Text: r.T("A declaration has come meanwhile: nothing is to be estimated.")})
	} else {
		var fields page.Group
		for _, x := range f.Fields {
			fields = append(fields, taxField(r, x, wrongs))
		}
		g = append(g, page.Form{Action: r.URL.Path, Key: r.NewKey(), HTML: append(fields, reasonField(r, reason, wrongs), page.Button{Text: r.T("Charge the estimate"), PreventDoubleClick: true})})
	}
	return d.showTax(w, r, web.Page{Title: title, Failed: wrongs.any(), Content: g, Asks: true}, page.Crumb{Text: f.Account.Number, Href: taxAccountURL(account, "")})
}
