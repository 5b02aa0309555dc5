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
	"stoa/internal/process"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// isoDay reads a day that was written by us; the zero day where it is none.
func isoDay(s string) calendar.Date {
	d, err := calendar.ParseISO(s)
	if err != nil {
		return calendar.Date{}
	}
	return d
}

// taxRequests is /desk/money/taxes/requests: claims and objections that wait, the oldest first.
func (d *Desk) taxRequests(w http.ResponseWriter, r *web.Request) error {
	q, err := d.View.TaxOffice().DeskRequests(r.Context(), reader(r), r.Query("tax"), r.Query("kind"), r.Query("after"))
	if err != nil {
		return err
	}
	title := r.T("Claims and objections")
	t := page.QueueTable{Caption: title, CaptionHidden: true, Columns: []page.Column{{Text: r.T("What")}, {Text: r.T("Account")}, {Text: r.T("Evidence")}, {Text: r.T("Waiting")}},
		Empty: page.EmptyState{Heading: r.T("Nothing waits"), Text: r.T("Every claim and objection has been decided."), Level: 2}}
	for _, x := range q.List {
		row := page.QueueRow{Cells: []page.Cell{{HTML: twoLines(moneyLink(x.Title, taxURL("/requests/"+x.ID), ""), joined(x.Line.Tax, x.Period))},
			{HTML: twoLines(moneyLink(x.Line.Number, taxAccountURL(x.Line.ID, ""), ""), x.Line.Object)}, {Text: r.P.N("{n} file", "{n} files", len(x.Files))}, {Text: r.P.N("{n} day", "{n} days", x.Days)}}}
		if x.Days > 14 {
			row.Tone = page.Caution
		}
		t.Rows = append(t.Rows, row)
	}
	taxes := []page.Option{{Text: r.T("All")}}
	for _, o := range q.Taxes {
		taxes = append(taxes, page.Option{Value: o.Value, Text: o.Label})
	}
	filters := page.Filters{Action: taxURL("/requests"), Fields: []page.Component{
		page.Select{Name: "tax", Value: q.Tax, Label: page.Label{Text: r.T("Tax")}, Items: taxes},
		page.Select{Name: "kind", Value: q.Kind, Label: page.Label{Text: r.T("Kind")}, Items: []page.Option{{Text: r.T("All")}, {Value: "claim", Text: r.T("Claims")}, {Value: "objection", Text: r.T("Objections")}}},
	}}
	main := page.Group{t, nextPage(r, taxURL("/requests"), url.Values{"tax": {q.Tax}, "kind": {q.Kind}}, "after", q.Next)}
	content := page.Group{taxDone(r), heading1(title), page.TwoColumns{SideFirst: true, SideLabel: r.T("Filters"), Side: filters, Main: main}}
	return d.showTax(w, r, web.Page{Title: title, Content: content})
}

// decisionForm is what was typed to decide, as it came.
type decisionForm struct{ Yes, From, Answer, What, Value string }

// taxRequest is /desk/money/taxes/requests/{request}: a claim or an objection whole, and deciding it.
func (d *Desk) taxRequest(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("request")
	var t decisionForm
	var typed process.Typed
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		typed = typedFrom(r.PostForm)
		t = decisionForm{Yes: r.Field("yes"), From: r.Field("from"), Answer: r.Field("answer"), What: r.Field("what"), Value: r.Field("value")}
	}
	x, err := d.View.TaxOffice().DeskRequest(r.Context(), reader(r), id, typed)
	if err != nil {
		return err
	}
	var wrongs problems
	if r.Method == http.MethodPost {
		err := d.decideTax(r, x, t, typed)
		if err == nil {
			return r.Redirect(w, taxURL("/requests?done=decided"))
		}
		if wrongs, err = taxWrong(r, err, "answer"); err != nil {
			return err
		}
	}
	title := x.Title
	if x.Period != "" {
		title = r.T("{what}, {period}", i18n.V{"what": x.Title, "period": x.Period})
	}
	main := page.Group{requestSent(r, x)}
	if x.TaxWhy != nil {
		main = append(main, page.Details{SummaryText: r.T("How the assessment came to {amount}", i18n.V{"amount": x.TaxWhy.Total}), HTML: paper.TaxReasons{P: r.P, Why: x.TaxWhy.TaxWhy}})
	}
	if x.Open {
		main = append(main, decideForm(r, x, t, wrongs))
	}
	side := dense(requestFacts(r, x))
	content := page.Group{wrongs.summary(), page.Heading{Level: 1, Text: title, Caption: x.Line.Tax}, page.TwoColumns{Main: main, Side: side, SideLabel: r.T("About this request")}}
	return d.showTax(w, r, web.Page{Title: title, Failed: wrongs.any(), Content: content}, page.Crumb{Text: r.T("Claims and objections"), Href: taxURL("/requests")})
}

// decideTax takes the decision that was typed.
func (d *Desk) decideTax(r *web.Request, x view.DeskRequest, t decisionForm, typed process.Typed) error {
	if t.Yes == "" {
		return fault.NewInvalid("Choose a decision")
	}
	if t.Yes == "no" && t.Answer == "" {
		return fault.NewInvalid("Say why you refuse")
	}
	if x.Kind == "claim" {
		in := flow.DecideClaim{Request: x.ID, Version: version(r), Grant: t.Yes != "no", Answer: t.Answer, Key: r.Key()}
		if t.Yes == "other" {
			in.From, in.Typed = isoDay(t.From), &typed
		}
		return d.Flow.Taxation().DecideClaim(r.Context(), r.Actor, in)
	}
	in := flow.DecideObjection{Request: x.ID, Version: version(r), Uphold: t.Yes != "no", Answer: t.Answer, Key: r.Key()}
	if in.Uphold {
		in.From = isoDay(t.From)
		if field, ok := strings.CutPrefix(t.What, "object."); ok {
			in.Object = map[string]string{field: t.Value}
		} else if t.What != "" {
			in.Change = []string{t.What}
			in.Facts = process.Typed{Fields: map[string][]string{t.What: {t.Value}}}
			if day, err := calendar.ParseISO(t.Value); err == nil {
				in.Facts.Fields = map[string][]string{t.What + "-day": {strconv.Itoa(day.Day())}, t.What + "-month": {strconv.Itoa(int(day.Month()))}, t.What + "-year": {strconv.Itoa(day.Year())}}
			}
		}
	}
	return d.Flow.Taxation().DecideObjection(r.Context(), r.Actor, in)
}

func requestSent(r *web.Request, x view.DeskRequest) page.Component {
	list := page.SummaryList{}
	add := func(key string, value page.Component) { list.Rows = append(list.Rows, factRow(key, value)) }
	if x.Value != "" {
		add(r.T("Claimed"), moneyStrong(x.Value))
	}
	if x.From != "" && x.Kind == "claim" {
		add(r.T("From"), page.ID(x.From))
	}
	if x.Ground != "" {
		add(r.T("Ground"), page.Text(x.Ground))
	}
	if x.Text != "" {
		add(r.T("In the payer’s words"), page.Text(x.Text))
	}
	var files []page.Component
	for _, f := range x.Files {
		files = append(files, page.LinkTo{Text: f.Name + " (" + f.Size + ")", URL: taxAccountURL(x.Line.ID, "/files/"+f.ID)})
	}
	if len(files) > 0 {
		add(r.T("Evidence"), page.List{Items: files, Plain: true})
	}
	for _, c := range x.Change {
		if c.ID == x.Fact && c.Now != "" {
			add(r.T("What counts today"), page.Text(r.T("{value}, from {date}", i18n.V{"value": c.Now, "date": c.Since})))
		}
	}
	if !x.Open {
		add(r.T("Decision"), twoLines(moneyTag(x.State), x.Answer))
	}
	return page.Group{heading2(r.T("What was sent")), list}
}

func requestFacts(r *web.Request, x view.DeskRequest) page.Component {
	list := page.SummaryList{}
	add := func(key string, value page.Component) { list.Rows = append(list.Rows, factRow(key, value)) }
	add(r.T("Account"), moneyLink(x.Line.Number, taxAccountURL(x.Line.ID, ""), ""))
	add(r.T("Payer"), page.ID(x.Holder))
	add(r.T("About"), twoLines(page.ID(x.Line.Object), x.Line.Label))
	add(r.T("Sent"), instant(x.At))
	if by := deskBy(r, x.By); by != "" {
		add(r.T("By"), page.Text(by))
	}
	add(r.T("State"), moneyTag(x.State))
	if x.Assessment != "" {
		add(r.T("Assessment"), moneyLink(x.Period, taxURL("/assessments/"+x.Assessment), ""))
	}
	return page.Group{page.Heading{Level: 2, Size: "s", Text: r.T("About this request")}, list}
}

// decideForm asks for the decision: as claimed, otherwise, or not.
func decideForm(r *web.Request, x view.DeskRequest, t decisionForm, wrongs problems) page.Component {
	answer := page.Textarea{Name: "answer", Value: t.Answer, Rows: 4, Label: page.Label{Text: r.T("Reasons, for the payer"), Classes: "govuk-label--s"}, Hint: page.Hint{Text: r.T("Needed to refuse.")}, ErrorMessage: wrongs.at("answer")}
	from := labelledDay("from", r.T("From which day"), t.From, wrongs)
	decide := page.Radios{Name: "yes", Value: t.Yes, Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Decision"), Classes: "govuk-fieldset__legend--m"}}}
	if x.Kind == "claim" {
		decide.Items = []page.Choice{
			{Value: "yes", Text: r.T("Grant it as claimed")},
			{Value: "other", Text: r.T("Grant something else"), Conditional: page.Conditional{HTML: page.Group{taxField(r, x.Field, wrongs), from}}},
			{Value: "no", Text: r.T("Refuse")},
		}
	} else {
		items := []page.Option{{}}
		for _, c := range x.Change {
			text := c.Title
			if c.Now != "" {
				text = r.T("{what}: {now}", i18n.V{"what": c.Title, "now": c.Now})
			}
			items = append(items, page.Option{Value: c.ID, Text: text})
		}
		change := page.Group{
			page.Select{Name: "what", Value: t.What, Label: page.Label{Text: r.T("What was wrong"), Classes: "govuk-label--s"}, Items: items},
			page.Input{Name: "value", Value: t.Value, Label: page.Label{Text: r.T("What is right"), Classes: "govuk-label--s"}, ErrorMessage: wrongs.at(t.What),
				Hint: page.Hint{Text: r.T("As files write it: yes or no, a number, a day like 2026-07-01, a word. Empty: it holds no longer.")}, Spellcheck: "false"}, from,
		}
		decide.Items = []page.Choice{
			{Value: "yes", Text: r.T("Uphold: something is changed"), Conditional: page.Conditional{HTML: change}},
			{Value: "no", Text: r.T("Dismiss")},
		}
	}
	return page.Form{Action: taxURL("/requests/" + x.ID), Key: r.NewKey(), HTML: page.Group{hiddenVersion(x.Version), decide, answer, page.Button{Text: r.T("Decide"), PreventDoubleClick: true}}}
}

// taxFile is evidence that a payer sent.
func (d *Desk) taxFile(w http.ResponseWriter, r *web.Request) error {
	name, mediaType, data, err := d.View.TaxOffice().DeskTaxFile(r.Context(), reader(r), r.PathValue("account"), r.PathValue("file"))
	if err != nil {
		return err
	}
	return r.Send(w, mediaType, name, data)
}
