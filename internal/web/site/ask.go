package site

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"stoa/internal/converse"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

func (s *Site) askRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Pattern: "/ask", Area: web.Public, Action: policy.AskUse, Handle: s.ask},
		{Method: "POST", Pattern: "/ask", Area: web.Public, Action: policy.AskUse, Handle: s.sayTo, Shield: true},
		{Method: "GET", Pattern: "/apply/{draft}/talk", Area: web.Apply, Action: policy.DraftUse, Handle: s.talk},
		{Method: "POST", Pattern: "/apply/{draft}/talk", Area: web.Apply, Action: policy.DraftUse, Handle: s.talk},
	}
}

// askLife is how long the browser keeps the token of a conversation after the last word.
const askLife = 24 * time.Hour

// ask is /ask: a conversation with the assistant, in pages.
func (s *Site) ask(w http.ResponseWriter, r *web.Request) error {
	t, err := s.View.Assistant().Talk(r.Context(), reader(r), web.Talk(r), r.Query("about"))
	if err != nil {
		return err
	}
	return renderTalk(w, r, t, r.Query("q"), "")
}

// sayTo is POST /ask: something is said, or a button of the conversation is pressed.
func (s *Site) sayTo(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	do, what, _ := strings.Cut(r.Field("do"), ":")
	switch do {
	case "rate":
		return s.rate(w, r, what)
	case "forget":
		if err := s.Flow.Assistant().Forget(r.Context(), r.Actor, web.Talk(r)); err != nil {
			return err
		}
		web.HoldTalk(r, w, "", 0)
		return r.Redirect(w, "/ask")
	case "apply", "form":
		draft, token, err := s.Flow.Assistant().Take(r.Context(), r.Actor, web.Talk(r), r.Field("about"), r.P.Tag())
		return s.goTo(w, r, draft, token, map[string]string{"apply": "/talk", "form": ""}[do], err)
	case "person":
		draft, token, err := s.Flow.Assistant().HandOver(r.Context(), r.Actor, web.Talk(r), r.P.Tag())
		return s.goTo(w, r, draft, token, "", err)
	}
	said := converse.Said{Page: r.P.Tag(), About: r.Field("about"), Text: r.Field("q"), Shown: r.Field("shown")}
	switch do {
	case "answer":
		said = converse.Said{Page: r.P.Tag(), Form: r.PostForm}
		for id, v := range r.PostForm { // a look-up that found nothing suitable
			if len(v) == 1 && v[0] == notListed {
				delete(r.PostForm, id)
			}
		}
	case "again":
		said = converse.Said{Page: r.P.Tag(), Again: what}
	case converse.Fee, converse.Eligible:
		said.Do = do
	default:
		if said.Text == "" {
			t, err := s.View.Assistant().Talk(r.Context(), reader(r), web.Talk(r), said.About)
			if err != nil {
				return err
			}
			return renderTalk(w, r, t, "", r.T("Write a question"))
		}
	}
	assistant := s.Flow.Assistant()
	token, answer, err := assistant.Ask(r.Context(), r.Actor, flow.Ask{Token: web.Talk(r), Said: said})
	if err != nil {
		return err
	}
	web.HoldTalk(r, w, token, askLife)
	if answer.Language == r.P.Tag() && web.WantsParts(r) {
		return s.stream(w, r, token, said.About)
	}
	if _, err := assistant.Shorten(r.Context(), r.Actor, token); err != nil {
		return err
	}
	to := "/ask"
	if answer.Language != r.P.Tag() { // whoever asks in a language reads it
		to += "?lang=" + answer.Language
	}
	return r.Redirect(w, to+"#latest")
}

// stream gives the conversation to the script of the page that asked: at once, and again when there is a short form of the answer.
func (s *Site) stream(w http.ResponseWriter, r *web.Request, token, about string) error {
	return web.Parts(r, w, func(send func(page.Component) error) error {
		for first := true; ; first = false {
			t, err := s.View.Assistant().Talk(r.Context(), reader(r), token, about)
			if err != nil {
				return err
			}
			if err := send(talk(r, t, "", "")); err != nil || !first {
				return err
			}
			if shorter, err := s.Flow.Assistant().Shorten(r.Context(), r.Actor, token); err != nil || !shorter {
				return err
			}
		}
	})
}

// goTo leads to an application that began in the conversation.
func (s *Site) goTo(w http.ResponseWriter, r *web.Request, draft, token, page string, err error) error {
	if err != nil {
		return err
	}
	r.HoldDraft(w, draft, token)
	return r.Redirect(w, "/apply/"+draft+page)
}

func (s *Site) rate(w http.ResponseWriter, r *web.Request, what string) error {
	number, thumb, _ := strings.Cut(what, ":")
	n, err := strconv.Atoi(number)
	if err != nil {
		return fault.NewInvalid("Choose whether the answer helped")
	}
	if err := s.Flow.Assistant().Rate(r.Context(), r.Actor, flow.RateAnswer{Token: web.Talk(r), N: n, Good: thumb == "up"}); err != nil {
		return err
	}
	return r.Redirect(w, "/ask#answer-"+number)
}

func renderTalk(w http.ResponseWriter, r *web.Request, t view.Talk, typed, problem string) error {
	return r.Render(w, web.Page{Title: r.T("Ask a question"), Failed: problem != "", Area: "ask", Talks: true, NoIndex: len(t.Turns) > 0,
		Content: column(marked{id: "talk", lang: r.P.Tag(), p: r.P, inner: talk(r, t, typed, problem)})})
}

// talk is what changes when something is said.
func talk(r *web.Request, t view.Talk, typed, problem string) page.Component {
	title := r.T("Ask a question")
	g := page.Group{}
	if problem != "" {
		g = append(g, summary(r, []view.Problem{{Anchor: "q", Text: problem}}))
	}
	g = append(g, heading1(t.About.Title, title))
	if len(t.Turns) == 0 {
		g = append(g, body(r.T("Every sentence of an answer is quoted from what {name} publishes, or computed by the same rules that decide, with its source.", i18n.V{"name": r.Text(r.Place.File.Name)})),
			exampleList(r, t))
	} else {
		g = append(g, thread(r, t))
	}
	if t.Field != nil {
		g = append(g, replyForm(r, t))
	}
	g = append(g, sayForm(r, t, typed, problem))
	if len(t.Turns) > 0 {
		g = append(g, page.Form{Action: "/ask", HTML: page.Group{
			page.Paragraph{Classes: "govuk-hint", Text: r.P.N("We keep this conversation for {n} day after the last word, so that you can go on with it. Nobody at the office reads it unless you hand it over.",
				"We keep this conversation for {n} days after the last word, so that you can go on with it. Nobody at the office reads it unless you hand it over.", t.Keep)},
			page.Button{Text: r.T("Forget this conversation"), Name: "do", Value: "forget", Classes: "govuk-button--secondary"}}})
	}
	return g
}

func exampleList(r *web.Request, t view.Talk) page.Component {
	if len(t.Examples) == 0 {
		return nil
	}
	var items []page.Component
	for _, x := range t.Examples {
		hidden := []page.Hidden{{Name: "q", Value: x}}
		if t.About.ID != "" {
			hidden = append(hidden, page.Hidden{Name: "about", Value: t.About.ID})
		}
		items = append(items, postButton("/ask", "", hidden, page.Button{Text: x, Classes: "govuk-button--secondary govuk-!-margin-bottom-1"}))
	}
	return page.Group{h2(r.T("For example")), page.Group(items)}
}

// sayForm is the box to say something in.
func sayForm(r *web.Request, t view.Talk, typed, problem string) page.Component {
	label := r.T("Your question")
	button := page.Button{Text: r.T("Ask"), PreventDoubleClick: true}
	if t.Field != nil {
		label, button.Classes = r.T("Or say it in your own words, or ask something else"), "govuk-button--secondary"
	}
	var about page.Component
	if asked := r.Query("about"); asked != "" && asked == t.About.ID {
		about = page.Hidden{Name: "about", Value: asked}
	}
	in := page.Input{Name: "q", Value: typed, Label: page.Label{Text: label, Classes: "govuk-label--m"}, ErrorMessage: page.ErrorMessage{Text: problem}, Autocomplete: "off"}
	if t.Field == nil {
		in.Hint = page.Hint{Text: r.T("In any of our languages. Do not write anything that is private.")}
	}
	return page.Form{Action: "/ask", HTML: page.Group{in, about, button}}
}

// replyForm is the question that the assistant asks, as the form of the service asks it.
func replyForm(r *web.Request, t view.Talk) page.Component {
	fields := form{r: r}.controls([]view.Field{*t.Field})
	return page.Form{Action: "/ask", HTML: append(append(page.Group{}, fields...), page.Button{Text: r.T("Continue"), Name: "do", Value: "answer", PreventDoubleClick: true})}
}

// askBox leads to the assistant from another page: what is typed is asked at once.
func askBox(r *web.Request, about string, heading page.Heading) page.Component {
	var hidden page.Component
	if about != "" {
		hidden = page.Hidden{Name: "about", Value: about}
	}
	return page.Group{heading, page.Form{Action: "/ask", HTML: page.Group{hidden,
		page.Input{Name: "q", ID: "ask-q", Label: page.Label{Text: r.T("Your question")}, Autocomplete: "off",
			Hint: page.Hint{Text: r.T("The answer comes at once, with its source.")}},
		page.Button{Text: r.T("Ask"), Classes: "govuk-button--secondary", PreventDoubleClick: true}}}}
}
