package desk

import (
	"net/http"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

const areaPrivacy = "privacy"

func privacyRoutes(d *Desk) []web.Route {
	route := func(method, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: "/desk/" + pattern, Area: web.Desk, Action: do, Handle: h}
	}
	return []web.Route{
		route("GET", "access-questions", policy.AccessAnswer, d.lookDesk),
		route("POST", "access-questions", policy.AccessAnswer, d.lookDesk),
		route("GET", "access-questions/{question}", policy.AccessAnswer, d.lookQuestion),
		route("POST", "access-questions/{question}", policy.AccessAnswer, d.lookQuestion),
		route("GET", "retention", policy.RetentionSee, d.retention),
		route("POST", "retention", policy.HoldSet, d.retention),
	}
}

// lookDesk is /desk/access-questions: what persons ask about looks at their data, and what was noticed about reading.
func (d *Desk) lookDesk(w http.ResponseWriter, r *web.Request) error {
	var bad problems
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		err := d.Flow.Privacy().SeeAlert(r.Context(), r.Actor, flow.SeeAlert{Alert: r.Field("alert"), Note: r.Field("note")})
		if err == nil {
			return r.Redirect(w, "/desk/access-questions?done=saved")
		}
		ours := false
		if bad, ours = wrong(r, err, "note-"+r.Field("alert")); !ours {
			return err
		}
	}
	list, err := d.View.Privacy().LookDesk(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Questions about looks")
	g := page.Group{bad.summary(), done(r), page.Heading{Text: title, Level: 1},
		page.Paragraph{HTML: page.Text(r.T("Everybody sees in their account who has looked at their data, at once, and can ask why. Whoever looked does not answer."))},
		page.Heading{Text: r.T("Waiting for an answer")}, lookTable(r, list.Waiting, r.T("Nobody waits for an answer")),
		page.Heading{Text: r.T("Unusual reading")},
		page.Paragraph{HTML: page.Text(r.T("A program compares how staff read with how they did before. What it notices is a reason to ask, and proves nothing. Nothing happens by itself."))},
		d.alertList(r, list, bad),
		page.List{Items: []page.Component{page.LinkTo{Text: r.T("Roles to confirm"), URL: "/desk/rights/review"},
			page.LinkTo{Text: r.T("Opened in an emergency"), URL: "/desk/emergency"}, page.LinkTo{Text: r.T("What is kept, held and deleted"), URL: "/desk/retention"}}},
		page.Heading{Text: r.T("Answered")}, lookTable(r, list.Answered, r.T("None yet"))}
	return d.show(w, r, areaPrivacy, web.Page{Title: title, Failed: bad.any(), Content: g})
}

func lookTable(r *web.Request, list []view.LookQuestion, none string) page.Component {
	t := page.QueueTable{Caption: r.T("Questions about looks"), CaptionHidden: true, Stack: true,
		Columns: []page.Column{{Text: r.T("Asked")}, {Text: r.T("Organisation")}, {Text: r.T("Answered")}}, Empty: page.EmptyState{Heading: none, Level: 3}}
	for _, q := range list {
		answered := page.Cell{Text: r.T("Not yet")}
		if q.Answered.Text != "" {
			answered = page.Cell{Text: r.T("{date}, by {name}", i18n.V{"date": q.Answered.Text, "name": q.By})}
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.LinkTo{Text: q.Asked.Text, URL: "/desk/access-questions/" + q.ID}}, {Text: q.For}, answered}})
	}
	return t
}

func (d *Desk) alertList(r *web.Request, list view.LookDesk, bad problems) page.Component {
	if len(list.Alerts) == 0 {
		return page.EmptyState{Heading: r.T("Nothing was noticed"), Level: 3}
	}
	var g page.Group
	for _, a := range list.Alerts {
		rows := []page.SummaryRow{
			{Key: page.Cell{Text: r.T("Noticed")}, Value: page.Cell{HTML: instant(a.At)}},
			{Key: page.Cell{Text: r.T("Why it was noticed")}, Value: page.Cell{Text: a.Reason}},
		}
		if a.Done {
			rows = append(rows, page.SummaryRow{Key: page.Cell{Text: r.T("{name} found", i18n.V{"name": a.By})}, Value: page.Cell{Text: a.Note}})
			g = append(g, page.SummaryList{Rows: rows, Card: page.SummaryCard{Title: page.CardTitle{Text: a.Who + ", " + a.For}}})
			continue
		}
		g = append(g, page.SummaryList{Rows: rows, Card: page.SummaryCard{Title: page.CardTitle{Text: a.Who + ", " + a.For}}},
			page.Form{Action: "/desk/access-questions", Key: r.NewKey(), HTML: page.Group{
				page.Hidden{Name: "alert", Value: a.ID},
				page.Textarea{Name: "note", ID: "note-" + a.ID, Rows: 2, Label: page.Label{Text: r.T("What you found when you asked")}, ErrorMessage: bad.at("note-" + a.ID)},
				page.Button{Text: r.T("Save and close"), Classes: "govuk-button--secondary"},
			}})
	}
	return g
}

// lookQuestion is /desk/access-questions/{question}: a question, and the form for its answer.
func (d *Desk) lookQuestion(w http.ResponseWriter, r *web.Request) error {
	q, err := d.View.Privacy().ToAnswerWhy(r.Context(), reader(r), r.PathValue("question"))
	if err != nil {
		return err
	}
	text := ""
	var bad problems
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		text = r.Field("text")
		err := d.Flow.Privacy().AnswerWhy(r.Context(), r.Actor, flow.AnswerWhy{Question: q.ID, Text: text, Key: r.Key()})
		if err == nil {
			return r.Redirect(w, "/desk/access-questions?done=saved")
		}
		if fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.Conflict {
			return err
		}
		ours := false
		if bad, ours = wrong(r, err, "text"); !ours {
			return err
		}
	}
	title := r.T("Why was this looked at?")
	facts := page.SummaryList{Rows: []page.SummaryRow{
		{Key: page.Cell{Text: r.T("When")}, Value: page.Cell{HTML: instant(q.Look.At)}},
		{Key: page.Cell{Text: r.T("Who")}, Value: page.Cell{Text: r.T("{name}, {organisation}", i18n.V{"name": q.Look.Who, "organisation": q.Look.For})}},
		{Key: page.Cell{Text: r.T("What")}, Value: page.Cell{Text: lookedAt(r, q.Look.What)}},
		{Key: page.Cell{Text: r.T("Number")}, Value: page.Cell{HTML: page.ID(q.Look.Case)}},
		{Key: page.Cell{Text: r.T("What for")}, Value: page.Cell{Text: q.Look.Purpose}},
	}}
	thread := page.MessageThread{Messages: []page.Message{{From: r.T("The person whose data it is"), When: page.Time{Text: q.Asked.Text, Machine: q.Asked.Machine}, Text: q.Text}}}
	g := page.Group{bad.summary(), page.Heading{Text: title, Level: 1}, facts, thread}
	if q.Answered.Text != "" {
		thread.Messages = append(thread.Messages, page.Message{From: q.By, When: page.Time{Text: q.Answered.Text, Machine: q.Answered.Machine}, Text: q.Answer})
		g = page.Group{page.Heading{Text: title, Level: 1}, facts, thread}
	} else {
		g = append(g, page.Form{Action: "/desk/access-questions/" + q.ID, Key: r.NewKey(), HTML: page.Group{
			page.Textarea{Name: "text", Rows: 6, Value: text, Label: page.Label{Text: r.T("Answer")}, ErrorMessage: bad.at("text"),
				Hint: page.Hint{Text: r.T("Ask your colleague. Say in plain words what the data was needed for. If there was no reason, say so, and tell the data-protection officer.")}},
			page.Button{Text: r.T("Send the answer"), PreventDoubleClick: true},
		}})
	}
	return d.show(w, r, areaPrivacy, web.Page{Title: title, Failed: bad.any(), Crumbs: crumbs(r, page.Crumb{Text: r.T("Questions about looks"), Href: "/desk/access-questions"}), Content: g})
}

// lookedAt says it to staff: the words of the account speak to whoever it is about.
func lookedAt(r *web.Request, what string) string {
	return r.T("In the words of the account: {what}", i18n.V{"what": what})
}
