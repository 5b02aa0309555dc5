package site

import (
	"net/http"
	"strconv"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

func taxURL(account, more string) string { return "/account/taxes/" + account + more }

// ownTaxes is /account/taxes: the reader's tax accounts.
func (s *Site) ownTaxes(w http.ResponseWriter, r *web.Request) error {
	list, err := s.View.Taxation().OwnTaxes(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Your taxes")
	g := page.Group{heading1("", title)}
	if len(list) == 0 {
		g = append(g, page.EmptyState{Heading: r.T("No tax account"), Level: 2, Link: page.Link{Text: r.T("What taxes there are"), URL: "/taxes"},
			Text: r.T("When you must pay a tax, your account for it appears here. If you have moved or taken something over, tell the office: it opens the account.")})
	}
	var cards []page.ServiceCard
	for _, a := range list {
		c := page.ServiceCard{Title: a.Label, URL: taxURL(a.ID, ""), Text: a.Tax, Level: 2, Facts: []string{a.Number}}
		switch {
		case a.Due > 0:
			c.Tag = page.State(r.T("To be declared"), page.Caution)
			c.Facts = append(c.Facts, r.P.N("{n} declaration is due", "{n} declarations are due", a.Due))
		case a.Overdue:
			c.Tag = page.State(r.T("Overdue"), page.Bad)
		case a.Ended:
			c.Tag = page.State(r.T("Ended"), page.Neutral)
		}
		if a.Owed != "" {
			c.Facts = append(c.Facts, r.T("{amount} to be paid", i18n.V{"amount": a.Owed}))
		}
		if a.Until != "" {
			c.Facts = append(c.Facts, r.T("Until {date}", i18n.V{"date": a.Until}))
		} else {
			c.Facts = append(c.Facts, r.T("Since {date}", i18n.V{"date": a.From}))
		}
		cards = append(cards, c)
	}
	if len(cards) > 0 {
		g = append(g, page.ServiceGrid{Cards: cards})
	}
	return r.Render(w, web.Page{Title: title, Area: "account", Content: g, Back: "/account"})
}

// ownTax is /account/taxes/{account}.
func (s *Site) ownTax(w http.ResponseWriter, r *web.Request) error {
	a, err := s.View.Taxation().OwnTax(r.Context(), reader(r), r.PathValue("account"))
	if err != nil {
		return err
	}
	told := banner(r, map[string]string{
		"instalments": r.T("Your instalments have been changed. What you paid already counts."), "withdrawn": r.T("You have taken it back. Nothing was changed."),
		"claimed": r.T("We have received your claim. You can follow it here."), "objected": r.T("We have received your objection. Please go on paying meanwhile."),
		"saved":    r.T("Your answers are saved. Nothing has been sent yet."),
		"second":   r.T("You have agreed. A second representative must look at it and send it. We have written to them."),
		"declined": r.T("You have not agreed. We have told the others why. Nothing was declared."),
	})
	main := page.Group{declarations(r, a), taxPeriods(r, a), knownNow(r, a), requestList(r, a), whoDid(r, a)}
	side := page.Group{claimLinks(r, a), instalmentForm(r, a), contactBlock(r.T("Questions about this tax"), a.Contact)}
	since := r.P.H("Account {number}, since {date}", i18n.V{"number": page.ID(a.Number), "date": page.ID(a.From)})
	if a.Until != "" {
		since = r.P.H("Account {number}, from {date} until {until}", i18n.V{"number": page.ID(a.Number), "date": page.ID(a.From), "until": page.ID(a.Until)})
	}
	content := page.Group{told, heading1(a.Tax, a.Label), page.Paragraph{HTML: since}, page.TwoColumns{Main: main, Side: side, SideLabel: r.T("Claim, choose, ask")}}
	return r.Render(w, web.Page{Title: a.Label, Area: "account", Content: content, Back: "/account/taxes"})
}

// declarations are what is to be declared, and what was.
func declarations(r *web.Request, a view.TaxAccount) page.Component {
	if !a.Declared {
		return nil
	}
	g := page.Group{h2(r.T("Declarations"))}
	if len(a.Due) == 0 {
		return append(g, body(r.T("Nothing is to be declared yet. Each period can be declared when it has ended.")))
	}
	list := page.TaskList{}
	for _, d := range a.Due {
		task := page.Task{Title: page.Cell{Text: d.Period}, Href: taxURL(a.ID, "/declare/"+d.Begins)}
		switch {
		case d.Sent:
			task.Status = page.TaskStatus{Tag: page.State(r.T("Sent"), page.Good)}
			task.Href = taxURL(a.ID, "/declare/"+d.Begins+"/done")
			if d.Can && d.AmendBy != "" {
				task.Hint.Text = r.T("{amount}. Can be changed until {date}", i18n.V{"amount": d.Total, "date": d.AmendBy})
			} else {
				task.Hint.Text = d.Total
			}
			if d.Waits {
				task.Hint.Text += ". " + r.T("A change waits for a second agreement.")
				task.Href = taxURL(a.ID, "/declare/"+d.Begins)
			}
		case d.Waits && !d.Late:
			task.Status = page.TaskStatus{Tag: page.State(r.T("Waits for a second agreement"), page.Caution)}
		case d.Late:
			task.Status = page.TaskStatus{Tag: page.State(r.T("Overdue"), page.Bad)}
		default:
			task.Status = page.TaskStatus{Tag: page.State(r.T("To be declared"), page.Caution)}
		}
		if !d.Sent {
			task.Hint.Text = r.T("By {date}", i18n.V{"date": d.By})
			if d.Estimated {
				task.Hint.Text = r.T("Estimated at {amount}: your declaration takes its place.", i18n.V{"amount": d.Total})
			}
		}
		list.Items = append(list.Items, task)
	}
	return append(g, list)
}

// taxPeriods are the assessments by period, each with its bill.
func taxPeriods(r *web.Request, a view.TaxAccount) page.Component {
	g := page.Group{h2(r.T("What you pay, by period"))}
	if len(a.Periods) == 0 {
		return append(g, body(r.T("Nothing has been assessed yet.")))
	}
	for _, p := range a.Periods {
		list := page.SummaryList{Card: page.SummaryCard{Title: page.CardTitle{Text: p.Name, HeadingLevel: 3}}}
		for _, x := range p.Assessments {
			value := page.Group{strong(x.Total), page.Text(" "), page.State(x.State.Text, billTone(x.State))}
			var links []page.Component
			links = append(links, page.LinkTo{Text: r.T("Why this amount"), URL: taxURL(a.ID, "/assessments/"+x.ID), Hidden: p.Name})
			if x.Bill != nil && x.Counts {
				links = append(links, page.LinkTo{Text: r.T("Bill {number}: {state}", i18n.V{"number": x.Bill.Number, "state": x.Bill.State.Text}), URL: "/account/bills/" + x.Bill.ID})
			}
			if x.ObjectBy != "" {
				links = append(links, page.LinkTo{Text: r.T("Object until {date}", i18n.V{"date": x.ObjectBy}), URL: taxURL(a.ID, "/object/"+x.ID)})
			}
			value = append(value, page.List{Items: links, Plain: true})
			list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{HTML: page.Group{page.Text(x.Cause), small(x.Issued)}}, Value: page.Cell{HTML: value}})
		}
		g = append(g, list)
	}
	return g
}

// knownNow is what counts today, each with since when and from whom.
func knownNow(r *web.Request, a view.TaxAccount) page.Component {
	g := page.Group{h2(r.T("What counts now"))}
	if len(a.Known) == 0 {
		g = append(g, body(r.T("Nothing but what the register says on the day of the bill.")))
	} else {
		g = append(g, paper.KnownList{P: r.P, List: a.Known})
	}
	if len(a.Later) > 0 {
		g = append(g, h3(r.T("What counts from a later day")), paper.KnownList{P: r.P, List: a.Later})
	}
	if a.Note != "" {
		g = append(g, page.InsetText{Text: a.Note})
	}
	return g
}

func requestList(r *web.Request, a view.TaxAccount) page.Component {
	if len(a.Requests) == 0 {
		return nil
	}
	t := page.QueueTable{Caption: r.T("Your claims and objections"), Columns: []page.Column{{Text: r.T("What")}, {Text: r.T("Sent")}, {Text: r.T("State")}}, Stack: true}
	for _, x := range a.Requests {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.LinkTo{Text: requestTitle(r, x), URL: taxURL(a.ID, "/requests/"+x.ID)}}, {HTML: timeOf(x.At)}, {HTML: page.State(x.State.Text, billTone(x.State))}}})
	}
	return t
}

// whoDid is what others did with the account for its payer.
func whoDid(r *web.Request, a view.TaxAccount) page.Component {
	if len(a.Acts) == 0 {
		return nil
	}
	title := r.T("Who did what for the payer")
	t := page.QueueTable{Caption: title, CaptionHidden: true, Columns: []page.Column{{Text: r.T("When")}, {Text: r.T("What")}, {Text: r.T("Who")}}, Stack: true}
	for _, x := range a.Acts {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: timeOf(x.At)}, {HTML: page.Group{page.Text(x.What), small(x.Title)}}, {Text: x.Who}}})
	}
	return page.Group{h2(title), t}
}

// didBy names both: who did something, and for whom.
func didBy(r *web.Request, by view.DidBy) page.Component {
	if by.For == "" {
		return nil
	}
	return page.Paragraph{HTML: r.P.H("Sent by {name}, for {other}.", i18n.V{"name": strong(by.Name), "other": strong(by.For)})}
}

func requestTitle(r *web.Request, x view.TaxRequest) string {
	if x.Period != "" {
		return r.T("{what}, {period}", i18n.V{"what": x.Title, "period": x.Period})
	}
	return x.Title
}

func claimLinks(r *web.Request, a view.TaxAccount) page.Component {
	if len(a.Claims) == 0 {
		return nil
	}
	var items []page.Component
	for _, c := range a.Claims {
		if c.Open {
			items = append(items, page.Group{page.Text(c.Title + " "), page.State(r.T("Being looked at"), page.Caution)})
			continue
		}
		items = append(items, page.LinkTo{Text: c.Title, URL: taxURL(a.ID, "/claim/"+c.Fact)})
	}
	return page.Group{h2(r.T("Claim or report")), page.List{Items: items, Plain: true}}
}

func instalmentForm(r *web.Request, a view.TaxAccount) page.Component {
	if len(a.Choices) < 2 {
		return nil
	}
	var now string
	for _, c := range a.Choices {
		if c.Chosen {
			now = c.Title
		}
	}
	return page.Group{h2(r.T("Instalments")), body(now), page.Paragraph{HTML: page.LinkTo{Text: r.T("Change the number of instalments"), URL: taxURL(a.ID, "/instalments")}}}
}

// chooseInstalments is /account/taxes/{account}/instalments.
func (s *Site) chooseInstalments(w http.ResponseWriter, r *web.Request) error {
	a, err := s.View.Taxation().OwnTax(r.Context(), reader(r), r.PathValue("account"))
	if err != nil {
		return err
	}
	if len(a.Choices) == 0 {
		return fault.NewNotFound("")
	}
	problem := ""
	chosen := ""
	for _, c := range a.Choices {
		if c.Chosen {
			chosen = strconv.Itoa(c.Number)
		}
	}
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		chosen = r.Field("number")
		n, err := strconv.Atoi(chosen)
		if err != nil {
			problem = r.T("Choose a number of instalments")
		} else if err := s.Flow.Taxation().ChooseInstalments(r.Context(), r.Actor, flow.ChooseInstalments{Account: a.ID, Number: n, Key: r.Key()}); err == nil {
			return r.Redirect(w, taxURL(a.ID, "?told=instalments"))
		} else if said, ok := r.Say(err, fault.Invalid, fault.Conflict); ok {
			problem = said
		} else {
			return err
		}
	}
	title := r.T("How many instalments do you want to pay in?")
	var items []page.Choice
	for _, c := range a.Choices {
		items = append(items, page.Choice{Value: strconv.Itoa(c.Number), Text: c.Title})
	}
	q := page.Question{Action: r.URL.Path, Key: r.NewKey(), ErrorTitle: r.T("There is a problem"), Continue: r.T("Save"), Heading: page.Heading{Caption: a.Label},
		Fields: []page.Component{page.Radios{Name: "number", Value: chosen, Items: items, ErrorMessage: page.ErrorMessage{Text: problem},
			Hint:     page.Hint{Text: r.T("What is still to be paid this period is divided anew, and so are the bills to come.")},
			Fieldset: page.Fieldset{Legend: page.Legend{Text: title, Classes: "govuk-fieldset__legend--l", IsPageHeading: true}}}}}
	if problem != "" {
		q.Errors = problems([]view.Problem{{Anchor: "number", Text: problem}})
	}
	return r.Render(w, web.Page{Title: title, Failed: problem != "", Area: "account", Content: q, Back: taxURL(a.ID, ""), Asks: true})
}

// ownAssessment is /account/taxes/{account}/assessments/{assessment}: why it comes to what it comes to.
func (s *Site) ownAssessment(w http.ResponseWriter, r *web.Request) error {
	account := r.PathValue("account")
	x, b, err := s.View.Taxation().OwnAssessment(r.Context(), reader(r), account, r.PathValue("assessment"))
	if err != nil {
		return err
	}
	title := r.T("{tax} {period}: {amount}", i18n.V{"tax": x.Tax, "period": x.Period, "amount": x.Total})
	g := page.Group{heading1(x.Object, title), page.Paragraph{HTML: r.P.H("{cause}. {state}", i18n.V{"cause": page.Text(x.Cause), "state": page.State(x.State.Text, billTone(x.State))})},
		taxReasons(r, x, taxURL(account, "/assessments/"))}
	if b != nil {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Bill {number}: {title}", i18n.V{"number": b.Number, "title": b.Title}), URL: "/account/bills/" + b.ID}})
	}
	if x.ObjectBy != "" {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Object until {date}", i18n.V{"date": x.ObjectBy}), URL: taxURL(account, "/object/"+x.Assessment)}})
	}
	return r.Render(w, web.Page{Title: title, Area: "account", Content: column(g...), Back: taxURL(account, "")})
}

// taxReasons opens a tax into the rules, the figures, their sources and what is known.
func taxReasons(r *web.Request, x *view.BillTax, base string) page.Component {
	if x == nil {
		return nil
	}
	return page.Group{h2(r.T("How it comes to this")), paper.TaxReasons{P: r.P, Why: x.TaxWhy},
		paper.Versions{P: r.P, List: x.Versions, URL: func(id string) string { return base + id }}}
}

// billTax is the part of a bill's page that only a tax has.
func billTax(r *web.Request, b view.BillPage) page.Component {
	if b.Tax == nil {
		return nil
	}
	return page.Group{taxReasons(r, b.Tax, taxURL(b.Account, "/assessments/")),
		page.Paragraph{HTML: page.LinkTo{Text: r.T("The account that this bill is for: claims, instalments, objections"), URL: taxURL(b.Account, "")}}}
}

// ownTaxFile is evidence that the reader sent.
func (s *Site) ownTaxFile(w http.ResponseWriter, r *web.Request) error {
	name, mediaType, data, err := s.View.Taxation().OwnTaxFile(r.Context(), reader(r), r.PathValue("account"), r.PathValue("file"))
	if err != nil {
		return err
	}
	return r.Send(w, mediaType, name, data)
}
