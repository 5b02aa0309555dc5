package desk

import (
	"net/http"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

func questionRoutes(d *Desk) []web.Route {
	route := func(method, pattern string, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: "/desk/questions" + pattern, Area: web.Desk, Action: policy.DataAnswer, Handle: h}
	}
	return []web.Route{route("GET", "", d.questions), route("GET", "/{question}", d.question), route("POST", "/{question}", d.question)}
}

// questions is /desk/questions: what the public asks about the data of the reader's organisations.
func (d *Desk) questions(w http.ResponseWriter, r *web.Request) error {
	waiting, open, err := d.View.Data().ToAnswer(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Questions about data")
	return d.show(w, r, areaQuestions, web.Page{Title: title, Content: page.Group{
		done(r), page.Heading{Text: title, Level: 1},
		page.Heading{Text: r.T("Nobody has looked at these yet")}, questionTable(r, waiting, r.T("No question waits to be looked at")),
		page.Heading{Text: r.T("Shown to the public, without an answer")}, questionTable(r, open, r.T("Every question that is shown has its answer")),
	}})
}

func questionTable(r *web.Request, list []view.QuestionLine, none string) page.Component {
	t := page.QueueTable{Caption: r.T("Questions about data"), CaptionHidden: true, Stack: true,
		Columns: []page.Column{{Text: r.T("Question")}, {Text: r.T("Data")}, {Text: r.T("Asked")}}, Empty: page.EmptyState{Heading: none, Level: 3}}
	for _, q := range list {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.LinkTo{Text: shortened(q.Text), URL: "/desk/questions/" + q.ID}}, {Text: q.Title}, {HTML: instant(q.Asked)}}})
	}
	return t
}

// shortened is the beginning of a text, for a list.
func shortened(text string) string {
	const most = 120
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}

// lookForm is what an officer makes of a question.
type lookForm struct{ do, answer, reason string }

// question is /desk/questions/{question}: the officer's look at a question.
func (d *Desk) question(w http.ResponseWriter, r *web.Request) error {
	q, err := d.View.Data().ToLookAt(r.Context(), reader(r), r.PathValue("question"))
	if err != nil {
		return err
	}
	f := lookForm{do: flow.AnswerQuestion, answer: q.Answer}
	var bad problems
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		f = lookForm{r.Field("look"), r.Field("answer"), r.Field("reason")}
		in := flow.LookAtQuestion{Question: q.ID, Do: f.do, Key: r.Key()}
		field := "look"
		switch f.do {
		case flow.AnswerQuestion:
			in.Text, field = f.answer, "answer"
		case flow.HideQuestion:
			in.Text, field = f.reason, "reason"
		}
		err := d.Flow.Data().LookAt(r.Context(), r.Actor, in)
		if err == nil {
			return r.Redirect(w, "/desk/questions?done=saved")
		}
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		ours := false
		if bad, ours = wrong(r, err, field); !ours {
			return err
		}
	}
	title := r.T("A question about data")
	return d.show(w, r, areaQuestions, web.Page{Title: title, Failed: bad.any(), Crumbs: crumbs(r, page.Crumb{Text: r.T("Questions about data"), Href: "/desk/questions"}),
		Content: page.Group{bad.summary(), page.Heading{Text: title, Caption: q.Title, Level: 1}, asked(r, q), lookAt(r, q, f, bad)}})
}

func asked(r *web.Request, q view.QuestionLine) page.Component {
	thread := page.MessageThread{Messages: []page.Message{{From: r.T("Asked by a member of the public"), When: page.Time{Text: q.Asked.Text, Machine: q.Asked.Machine}, Text: q.Text}}}
	return page.Group{thread, page.Paragraph{HTML: page.LinkTo{Text: r.T("See the data"), URL: "/data/" + q.Dataset}}}
}

// lookAt are the three things that can be made of a question.
func lookAt(r *web.Request, q view.QuestionLine, f lookForm, bad problems) page.Component {
	items := []page.Choice{
		{Value: flow.AnswerQuestion, Text: r.T("Answer it"), Hint: page.Hint{Text: r.T("Question and answer are shown to everybody, without the name of whoever asked.")},
			Conditional: page.Conditional{HTML: page.Textarea{Name: "answer", Rows: 6, Value: f.answer, Label: page.Label{Text: r.T("Answer")}, ErrorMessage: bad.at("answer")}}},
	}
	if q.Waiting || q.Hidden {
		items = append(items, page.Choice{Value: flow.ShowQuestion, Text: r.T("Show it now and answer later")})
	}
	items = append(items, page.Choice{Value: flow.HideQuestion, Text: r.T("Do not show it"), Hint: page.Hint{Text: r.T("Everybody sees the reason instead, and that there was a question. For example: it names a person, or it is not about this data.")},
		Conditional: page.Conditional{HTML: page.Textarea{Name: "reason", Rows: 3, Value: f.reason, Label: page.Label{Text: r.T("Reason")}, ErrorMessage: bad.at("reason")}}})
	return page.Form{Action: "/desk/questions/" + q.ID, Key: r.NewKey(), HTML: page.Group{
		page.Radios{Name: "look", Value: f.do, ErrorMessage: bad.at("look"), Items: items,
			Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("What do you make of it?"), Classes: "govuk-fieldset__legend--m"}}},
		page.Button{Text: r.T("Save"), PreventDoubleClick: true},
	}}
}
