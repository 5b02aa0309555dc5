package site

import (
	"context"
	"io"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"stoa/internal/converse"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// marked is a part of a page in a language of its own, with an id to lead to.
type marked struct {
	id, lang string
	p        *i18n.Printer
	inner    page.Component
}

// Render prints it.
func (m marked) Render(ctx context.Context, w io.Writer) error {
	if _, err := io.WriteString(w, `<div id="`+templ.EscapeString(m.id)+`" lang="`+templ.EscapeString(m.lang)+`" dir="`+m.p.Dir()+`">`); err != nil {
		return err
	}
	if err := m.inner.Render(ctx, w); err != nil {
		return err
	}
	_, err := io.WriteString(w, `</div>`)
	return err
}

// thread is the conversation so far.
func thread(r *web.Request, t view.Talk) page.Component {
	list := page.MessageThread{}
	for i, turn := range t.Turns {
		m := page.Message{When: timeOf(turn.At), Own: turn.Person, Text: turn.Text}
		if turn.Answer != nil {
			m.From = r.T("Assistant")
			id := "answer-" + strconv.Itoa(turn.N)
			body := answerOf(r, turn)
			if i == len(t.Turns)-1 {
				body = append(body, nextSteps(r, t, turn)...)
				body = append(page.Group{marked{id: "latest", lang: turn.Answer.Language, p: web.In(r, turn.Answer.Language), inner: page.Group{}}}, body...)
			}
			m.HTML = marked{id: id, lang: turn.Answer.Language, p: web.In(r, turn.Answer.Language), inner: body}
		}
		list.Messages = append(list.Messages, m)
	}
	return list
}

// answerOf prints an answer: what stands in one source together, with that source below it.
func answerOf(r *web.Request, turn view.Turn) page.Group {
	a := turn.Answer
	g := brief(r, a)
	for i := 0; i < len(a.Sentences); {
		s := a.Sentences[i]
		if s.Source < 0 || s.Source >= len(a.Sources) {
			g = append(g, body(s.Text))
			i++
			continue
		}
		var inside page.Group
		for ; i < len(a.Sentences) && a.Sentences[i].Source == s.Source; i++ {
			inside = append(inside, body(a.Sentences[i].Text))
		}
		g = append(g, page.InsetText{HTML: append(inside, sourceLine(r, a, a.Sources[s.Source]))})
	}
	g = append(g, ownLines(r, turn)...)
	if len(a.Taken) > 0 {
		g = append(g, takenList(r, turn))
	}
	if a.Phone != "" || a.Link != "" {
		g = append(g, reach(r, a))
	}
	if rated(a) {
		g = append(g, thumbs(r, turn))
	}
	return g
}

// brief is what a language model chose of the answer, which stands below as a whole.
func brief(r *web.Request, a *converse.Answer) page.Group {
	if len(a.Brief) == 0 {
		return nil
	}
	p := web.In(r, a.Language)
	g := page.Group{page.Paragraph{Classes: "govuk-!-font-weight-bold govuk-!-margin-bottom-1", Text: p.T("In short")}}
	for _, s := range a.Brief {
		g = append(g, body(s.Text))
	}
	return append(g, page.Paragraph{Classes: "govuk-body-s govuk-hint", Text: p.T("A language model chose these sentences from the sources below. It cannot change a word of them.")})
}

func rated(a *converse.Answer) bool {
	return slices.Contains([]string{converse.Answered, converse.Reckoned, converse.Unknown}, a.Kind)
}

// sourceLine says where something stands, by which law, and as of which day.
func sourceLine(r *web.Request, a *converse.Answer, s converse.Source) page.Component {
	p := web.In(r, a.Language)
	g := page.Group{page.Text(p.T("Source:") + " "), page.LinkTo{Text: s.Title, URL: s.URL}}
	if s.Law.Text != "" {
		g = append(g, page.Text(" · "), paper.Law(view.Law{Text: s.Law.Text, URL: s.Law.URL}))
	}
	if s.Since != "" {
		g = append(g, page.Text(" · "+p.T("in force since {date}", i18n.V{"date": s.Since})))
	}
	return page.Paragraph{Classes: "govuk-body-s govuk-hint govuk-!-margin-bottom-0", HTML: append(g, page.Text(" · "+p.T("as of {date}", i18n.V{"date": a.Day})))}
}

func reach(r *web.Request, a *converse.Answer) page.Component {
	var g page.Group
	if a.Phone != "" {
		g = append(g, page.Paragraph{Classes: "govuk-!-font-weight-bold govuk-!-font-size-36", HTML: page.LinkTo{Text: a.Phone, URL: "tel:" + a.Phone}})
	}
	if a.Link != "" {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: a.Link, URL: a.Link}})
	}
	return g
}

// ownLines are the reader's cases or bills, or the way to sign in.
func ownLines(r *web.Request, turn view.Turn) (g page.Group) {
	if turn.Answer.Kind != converse.Mine {
		return nil
	}
	if turn.SignIn {
		return page.Group{body(r.T("That is about yourself. Sign in, and the answer is here.")),
			page.Paragraph{HTML: page.LinkTo{Text: r.T("Sign in"), URL: "/sign-in?next=/ask"}}}
	}
	if len(turn.Own) == 0 {
		return page.Group{body(r.T("There is nothing in your account about that.")), page.Paragraph{HTML: page.LinkTo{Text: r.T("Go to your account"), URL: "/account"}}}
	}
	var items []page.Component
	for _, l := range turn.Own {
		items = append(items, page.LinkTo{Text: l.Text, URL: l.URL})
	}
	return page.Group{page.List{Items: items}, page.Paragraph{Classes: "govuk-body-s govuk-hint", HTML: page.Group{page.Text(r.T("Source:") + " "), page.LinkTo{Text: r.T("Your account"), URL: "/account"}}}}
}

// takenList is what was understood, each to be corrected.
func takenList(r *web.Request, turn view.Turn) page.Component {
	var rows []page.SummaryRow
	for _, t := range turn.Answer.Taken {
		value := page.Group{page.Text(t.Value)}
		if t.Assumed {
			value = append(value, page.Paragraph{Classes: "govuk-hint govuk-!-margin-bottom-0", Text: r.T("You did not say so: it follows from what you said.")})
		}
		value = append(value, page.Form{Action: "/ask", HTML: page.Button{Text: r.T("Change"), Name: "do", Value: "again:" + t.ID, Classes: "govuk-button--secondary govuk-!-margin-bottom-0"}})
		rows = append(rows, page.SummaryRow{Key: page.Cell{Text: t.Label}, Value: page.Cell{HTML: value}})
	}
	return page.Details{SummaryText: r.T("What this rests on"), HTML: page.SummaryList{Rows: rows}}
}

func thumbs(r *web.Request, turn view.Turn) page.Component {
	if turn.Thumb != 0 {
		return page.Paragraph{Classes: "govuk-body-s govuk-hint", Text: r.T("Thank you for saying whether this helped.")}
	}
	n := strconv.Itoa(turn.N)
	button := func(text, value string) page.Component {
		return page.Button{Text: text, Name: "do", Value: "rate:" + n + ":" + value, Classes: "govuk-button--secondary govuk-!-margin-bottom-0"}
	}
	return page.Form{Action: "/ask", HTML: page.Group{page.Paragraph{Text: r.T("Did this help?"), Classes: "govuk-body-s govuk-!-margin-bottom-1"}, page.ButtonGroup{button(r.T("Yes"), "up"), button(r.T("No"), "down")}}}
}

// nextSteps are the ways on from the last answer.
func nextSteps(r *web.Request, t view.Talk, turn view.Turn) (g page.Group) {
	a := turn.Answer
	for _, c := range a.Choices {
		if c.URL != "" {
			g = append(g, page.Paragraph{HTML: page.LinkTo{Text: c.Label, URL: c.URL}})
			continue
		}
		hidden := []page.Hidden{{Name: "about", Value: c.About}, {Name: "q", Value: c.Say}, {Name: "shown", Value: c.Label}}
		if c.Do == converse.Fee || c.Do == converse.Eligible {
			hidden = append(hidden, page.Hidden{Name: "do", Value: c.Do})
		}
		g = append(g, postButton("/ask", "", hidden, page.Button{Text: c.Label, Classes: "govuk-button--secondary govuk-!-margin-bottom-1"}))
	}
	for _, do := range a.Do {
		switch do {
		case "person":
			g = append(g, postButton("/ask", r.NewKey(), []page.Hidden{{Name: "do", Value: "person"}}, page.Button{Text: r.T("Hand this over to a person"), PreventDoubleClick: true}))
		case "search":
			g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Look through all services"), URL: "/services"}})
		case "estimate":
			g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Work out what you would pay"), URL: "/taxes/" + a.Tax + "/estimate"}})
		}
	}
	return append(g, serviceSteps(r, turn)...)
}

// serviceSteps are what can be done about the service that was talked about.
func serviceSteps(r *web.Request, turn view.Turn) (g page.Group) {
	a := turn.Answer
	if turn.Service.ID == "" || a.Kind == converse.Asking {
		if a.Kind == converse.Asking && turn.Service.ID != "" {
			g = append(g, step(r, turn, "form", r.T("Go over to the form"), "govuk-button--secondary"))
		}
		return g
	}
	if slices.Contains(a.Do, "apply") {
		g = append(g, step(r, turn, "apply", r.T("Apply in this conversation"), ""))
	}
	if slices.Contains(a.Do, "form") {
		g = append(g, step(r, turn, "form", r.T("Apply with the form"), "govuk-button--secondary"))
	}
	g = append(g, step(r, turn, converse.Fee, r.T("What does it cost?"), "govuk-button--secondary"), step(r, turn, converse.Eligible, r.T("Can I use it?"), "govuk-button--secondary"))
	return page.Group{page.Paragraph{HTML: page.LinkTo{Text: turn.Service.Title, URL: "/services/" + turn.Service.ID}}, page.ButtonGroup(g)}
}

func step(r *web.Request, turn view.Turn, do, text, classes string) page.Component {
	hidden := []page.Hidden{{Name: "about", Value: turn.Service.ID}, {Name: "do", Value: do}}
	if do == converse.Fee || do == converse.Eligible {
		hidden = append(hidden, page.Hidden{Name: "shown", Value: text})
	}
	return postButton("/ask", r.NewKey(), hidden, page.Button{Text: text, Classes: classes, PreventDoubleClick: true})
}
