package desk

import (
	"net/http"
	"net/url"
	"strings"

	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// taxAccount is /desk/money/taxes/accounts/{account}: an account whole. Opening it is recorded for its holder.
func (d *Desk) taxAccount(w http.ResponseWriter, r *web.Request) error {
	a, err := d.View.TaxOffice().DeskTaxAccount(r.Context(), reader(r), r.PathValue("account"))
	if err != nil {
		return err
	}
	main := page.Group{accountAssessments(r, a), accountReturns(r, a), accountRequests(r, a), accountActs(r, a), changeTable(r, a), knownTimeline(r, a)}
	side := page.Group{accountActions(r, a), dense(accountFacts(r, a))}
	content := page.Group{taxDone(r), page.Heading{Level: 1, Text: r.T("Account {number}", i18n.V{"number": a.Number}), Caption: a.Tax},
		page.TwoColumns{Main: main, Side: side, SideLabel: r.T("About this account, and what can be done")}}
	return d.showTax(w, r, web.Page{Title: r.T("Account {number}", i18n.V{"number": a.Number}), Content: content}, page.Crumb{Text: r.T("Accounts"), Href: taxURL("/accounts")})
}

func accountFacts(r *web.Request, a view.DeskTaxAccount) page.Component {
	list := page.SummaryList{}
	add := func(key string, value page.Component) { list.Rows = append(list.Rows, factRow(key, value)) }
	add(r.T("Payer"), paper.Lines(append([]string{a.Holder}, a.Address...)))
	email := r.T("none: bills are printed")
	switch {
	case a.Email != "":
		email = a.Email
	case a.Person:
		email = r.T("none: who acts for the payer is written to")
	}
	add(r.T("Email"), page.ID(email))
	add(r.T("About"), twoLines(page.ID(a.Object), a.Label))
	add(r.T("From"), page.ID(a.From))
	until := r.T("no end is known")
	if a.Until != "" {
		until = a.Until
	}
	add(r.T("Until"), page.ID(until))
	if a.Owed != "" {
		add(r.T("Owed"), moneyStrong(a.Owed))
	}
	for _, c := range a.Choices {
		if c.Chosen {
			add(r.T("Instalments"), page.Text(c.Title))
		}
	}
	for _, o := range a.Others {
		add(r.T("Another account about it"), twoLines(moneyLink(o.Number, taxAccountURL(o.ID, ""), ""), strings.TrimSuffix(o.From+" – "+o.Until, " – ")))
	}
	return page.Group{page.Heading{Level: 2, Size: "s", Text: r.T("About this account")}, list}
}

func accountActions(r *web.Request, a view.DeskTaxAccount) page.Component {
	links := page.List{Plain: true, Items: []page.Component{page.LinkTo{Text: r.T("All bills about it"), URL: address("/desk/money/bills", url.Values{"object": {a.Object}})}}}
	if a.Work {
		links.Items = append(links.Items, page.LinkTo{Text: r.T("Somebody else pays, or nobody"), URL: taxAccountURL(a.ID, "/payer")})
	}
	return page.Group{page.Heading{Level: 2, Size: "s", Text: r.T("What can be done")}, links}
}

func accountAssessments(r *web.Request, a view.DeskTaxAccount) page.Component {
	t := page.QueueTable{Caption: r.T("Assessments"), Columns: append([]page.Column{{Text: r.T("Period")}, {Text: r.T("State")}}, append(numbers(r.T("Amount")), page.Column{Text: r.T("Bill")}, page.Column{Text: r.T("Issued")})...),
		Empty: page.EmptyState{Heading: r.T("Nothing has been assessed yet"), Text: r.T("A run of the tax assesses every account."), Level: 2}}
	for _, p := range a.Periods {
		for _, x := range p.Assessments {
			bill := page.Cell{}
			if x.Bill != nil {
				bill.HTML = page.Group{moneyLink(x.Bill.Number, billURL(x.Bill.ID, ""), ""), page.Text(" "), moneyTag(x.Bill.State)}
			}
			t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: twoLines(moneyLink(x.Period, taxURL("/assessments/"+x.ID), ""), x.Cause)},
				{HTML: moneyTag(x.State)}, {HTML: page.ID(x.Total)}, bill, {HTML: page.ID(x.Issued)}}})
		}
	}
	return t
}

func accountReturns(r *web.Request, a view.DeskTaxAccount) page.Component {
	if !a.Declared || len(a.TaxAccount.Due) == 0 {
		return nil
	}
	t := page.QueueTable{Caption: r.T("Declarations"), Columns: append([]page.Column{{Text: r.T("Period")}, {Text: r.T("State")}}, append(numbers(r.T("Amount")), page.Column{Text: r.T("Next")})...)}
	for _, x := range a.TaxAccount.Due {
		next := page.Cell{}
		if !x.Sent && a.Work {
			next.HTML = page.LinkTo{Text: r.T("Estimate"), URL: taxAccountURL(a.ID, "/estimate/"+x.Begins)}
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: twoLines(page.Text(x.Period), deskBy(r, x.Declared))}, {HTML: returnTag(r, x)}, {HTML: page.ID(x.Total)}, next}})
	}
	return t
}

// deskBy names both: who did something, and for whom; "" where the payer did.
func deskBy(r *web.Request, by view.DidBy) string {
	if by.For == "" {
		return ""
	}
	return r.T("{name}, for {other}", i18n.V{"name": by.Name, "other": by.For})
}

func returnTag(r *web.Request, x view.ReturnLine) page.Tag {
	switch {
	case x.Sent:
		return page.State(r.T("Declared"), page.Good)
	case x.Estimated:
		return page.State(r.T("Estimated"), page.Caution)
	case x.Late:
		return page.State(r.T("Overdue since {date}", i18n.V{"date": x.By}), page.Bad)
	}
	return page.State(r.T("Due by {date}", i18n.V{"date": x.By}), page.Info)
}

func accountRequests(r *web.Request, a view.DeskTaxAccount) page.Component {
	if len(a.Requests) == 0 {
		return nil
	}
	t := page.QueueTable{Caption: r.T("Claims and objections"), Columns: []page.Column{{Text: r.T("What")}, {Text: r.T("State")}, {Text: r.T("Sent")}}}
	for _, x := range a.Requests {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: twoLines(moneyLink(x.Title, taxURL("/requests/"+x.ID), ""), x.Period)}, {HTML: moneyTag(x.State)}, {HTML: instant(x.At)}}})
	}
	return t
}

// accountActs is what others did with the account for its payer.
func accountActs(r *web.Request, a view.DeskTaxAccount) page.Component {
	if len(a.Acts) == 0 {
		return nil
	}
	t := page.QueueTable{Caption: r.T("Who did what for the payer"), Columns: []page.Column{{Text: r.T("When")}, {Text: r.T("What")}, {Text: r.T("Who")}}}
	for _, x := range a.Acts {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: instant(x.At)}, {HTML: twoLines(page.Text(x.What), x.Title)}, {Text: x.Who}}})
	}
	return t
}

// changeTable is what counts today, each with the way to change it; what nobody has said can be entered below.
func changeTable(r *web.Request, a view.DeskTaxAccount) page.Component {
	t := page.QueueTable{Caption: r.T("What counts today"), Columns: []page.Column{{Text: r.T("What")}, {Text: r.T("Value")}, {Text: r.T("From")}, {Text: r.T("Next")}}}
	var unknown []page.Component
	for _, f := range a.Facts {
		to := taxAccountURL(a.ID, "/change/"+f.ID)
		kind := r.T("entered here")
		if f.Object {
			kind = r.T("from the register")
		}
		if f.Now == "" {
			unknown = append(unknown, page.Group{page.LinkTo{Text: f.Title, URL: to}, page.Text(" (" + kind + ")")})
			continue
		}
		next := page.Cell{}
		if a.Work {
			next.HTML = page.LinkTo{Text: r.T("Change"), URL: to}
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: twoLines(page.Text(f.Title), kind)}, {HTML: page.ID(f.Now)}, {HTML: page.ID(f.Since)}, next}})
	}
	g := page.Group{t}
	if len(unknown) > 0 && a.Work {
		g = append(g, page.Details{SummaryText: r.T("Enter something else that is known"), HTML: page.List{Items: unknown}})
	}
	return g
}

// knownTimeline is everything that was made known, the latest first.
func knownTimeline(r *web.Request, a view.DeskTaxAccount) page.Component {
	if len(a.Timeline) == 0 {
		return nil
	}
	line := page.Timeline{Heading: page.Heading{Text: r.T("What was made known, and when")}}
	for _, e := range a.Timeline {
		var items []page.Component
		for _, k := range e.What {
			value := k.Value
			if value == "" {
				value = r.T("holds no longer")
			}
			items = append(items, r.P.H("{what}: {value}", i18n.V{"what": page.Text(k.Title), "value": moneyStrong(value)}))
		}
		inside := page.Group{page.List{Items: items, Plain: true}}
		if e.Of.ID != "" {
			inside = append(inside, page.Paragraph{HTML: page.LinkTo{Text: e.Of.Text, URL: taxURL("/requests/" + e.Of.ID)}})
		}
		line.Entries = append(line.Entries, page.TimelineEntry{Title: r.T("{source}, counts from {date}", i18n.V{"source": e.Source, "date": e.From}), When: instant(e.At), By: e.By, HTML: inside})
	}
	return line
}

// taxAssessment is /desk/money/taxes/assessments/{assessment}: why it comes to what it comes to, and working it out again.
func (d *Desk) taxAssessment(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("assessment")
	x, err := d.View.TaxOffice().DeskAssessment(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	title := r.T("{tax} {period}: {amount}", i18n.V{"tax": x.Tax, "period": x.Period, "amount": x.Total})
	var again page.Component
	if r.Query("again") != "" {
		got, err := d.Flow.Taxation().Recompute(r.Context(), r.Actor, id)
		if err != nil {
			return err
		}
		again = page.NotificationBanner{Type: "success", Text: r.T("Worked out again: equal.")}
		if len(got.Differences) > 0 {
			again = page.WarningText{Text: r.T("Worked out again, it differs: {differences}", i18n.V{"differences": strings.Join(got.Differences, "; ")})}
		}
	}
	main := page.Group{paper.TaxReasons{P: r.P, Why: x.TaxWhy}, paper.Versions{P: r.P, List: x.Versions, URL: func(id string) string { return taxURL("/assessments/" + id) }}}
	list := page.SummaryList{}
	add := func(key string, value page.Component) { list.Rows = append(list.Rows, factRow(key, value)) }
	add(r.T("Account"), moneyLink(x.Number, taxAccountURL(x.Account, ""), ""))
	add(r.T("About"), twoLines(page.ID(x.Line.Object), x.Object))
	add(r.T("State"), moneyTag(x.State))
	add(r.T("Made"), twoLines(instant(x.At), joined(x.Cause, x.By)))
	if x.Bill != nil {
		add(r.T("Bill"), page.Group{moneyLink(x.Bill.Number, billURL(x.Bill.ID, ""), ""), page.Text(" "), moneyTag(x.Bill.State)})
	}
	if x.Run != "" {
		add(r.T("Run"), moneyLink(r.T("The run that made it"), runURL(x.Run, ""), ""))
	}
	side := page.Group{page.Button{Text: r.T("Work it out again"), Href: taxURL("/assessments/" + id + "?again=1"), Classes: "govuk-button--secondary"}, dense(list)}
	content := page.Group{again, page.Heading{Level: 1, Text: title, Caption: r.T("Assessment")}, page.TwoColumns{Main: main, Side: side, SideLabel: r.T("About this assessment")}}
	return d.showTax(w, r, web.Page{Title: title, Content: content}, page.Crumb{Text: x.Number, Href: taxAccountURL(x.Account, "")})
}

func joined(list ...string) string { return strings.Join(notEmpty(list...), ", ") }

// changeFact is /desk/money/taxes/accounts/{account}/change/{what}.
func (d *Desk) changeFact(w http.ResponseWriter, r *web.Request) error {
	account, what := r.PathValue("account"), r.PathValue("what")
	var typed process.Typed
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		typed = typedFrom(r.PostForm)
	}
	f, err := d.View.TaxOffice().ChangeForm(r.Context(), reader(r), account, what, typed)
	if err != nil {
		return err
	}
	var wrongs problems
	from, reason, gone := f.Today, "", false
	if r.Method == http.MethodPost {
		from, reason, gone = r.Field("from"), r.Field("reason"), r.Field("gone") != ""
		in := flow.ChangeFacts{Account: account, Version: version(r), From: fieldDay(r, "from"), Reason: reason, Key: r.Key()}
		if field, ok := strings.CutPrefix(what, "object."); ok {
			in.Object = map[string]string{field: r.Field(field)}
			if f.Field.Type == "date" {
				in.Object[field] = dayOf(r, field)
			}
		} else {
			in.Change = []string{what}
			if !gone {
				in.Facts = typed
			}
		}
		err := d.Flow.Taxation().ChangeFacts(r.Context(), r.Actor, in)
		if err == nil {
			return r.Redirect(w, taxAccountURL(account, "?done=changed"))
		}
		if wrongs, err = taxWrong(r, err, f.Field.ID); err != nil {
			return err
		}
	}
	title := r.T("Change: {what}", i18n.V{"what": f.Change.Title})
	now := r.T("Nothing is known today.")
	if f.Change.Now != "" {
		now = r.T("Today: {value}, from {date}", i18n.V{"value": f.Change.Now, "date": f.Change.Since})
	}
	if f.Change.Object {
		f.Field.Path = "object." + f.Field.ID
	}
	fields := page.Group{hiddenVersion(f.Version), taxField(r, f.Field, wrongs)}
	if f.Gone {
		fields = append(fields, page.Checkboxes{Name: "gone", Items: []page.Choice{{Value: "yes", Text: r.T("It holds no longer: the default, or what the register says, counts again"), Checked: gone}}})
	}
	fields = append(fields, labelledDay("from", r.T("From which day"), from, wrongs), reasonField(r, reason, wrongs), page.Button{Text: r.T("Save, and work out anew what this changes"), PreventDoubleClick: true})
	content := page.Group{wrongs.summary(), page.Heading{Level: 1, Text: title, Caption: f.Account.Number + ", " + f.Account.Tax}, page.InsetText{Text: now}, law(f.Law),
		page.Form{Action: r.URL.Path, Key: r.NewKey(), HTML: fields}}
	return d.showTax(w, r, web.Page{Title: title, Failed: wrongs.any(), Content: content, Asks: true}, page.Crumb{Text: f.Account.Number, Href: taxAccountURL(account, "")})
}

// dayOf reads a day of three fields as ISO; "" for none.
func dayOf(r *web.Request, name string) string {
	two := func(s string) string {
		if len(s) == 1 {
			return "0" + s
		}
		return s
	}
	if r.Field(name+"-year") == "" {
		return ""
	}
	return r.Field(name+"-year") + "-" + two(r.Field(name+"-month")) + "-" + two(r.Field(name+"-day"))
}
