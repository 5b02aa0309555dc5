package site

import (
	"net/http"
	"net/url"
	"strconv"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

func (s *Site) privacyRoutes() []web.Route {
	account := func(method, pattern string, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: "/account/" + pattern, Area: web.Account, Action: policy.AccountOwn, Handle: h}
	}
	fresh := func(r web.Route) web.Route { r.Fresh = true; return r }
	return []web.Route{
		account("GET", "looks", s.looks),
		account("GET", "looks/file", s.looksFile),
		account("GET", "looks/{look}", s.look),
		account("POST", "looks/{look}", s.look),
		account("GET", "privacy", s.privacyChoices),
		account("GET", "copy", s.copies),
		fresh(account("POST", "copy", s.copies)),
		fresh(account("GET", "copy/{copy}", s.copyFile)),
		account("GET", "correct", s.correct),
		account("POST", "correct", s.correct),
		account("GET", "consents", s.consents),
		account("POST", "consents", s.consents),
		account("GET", "consents/{consent}/receipt", s.consentReceipt),
		account("GET", "erase", s.erase),
		fresh(account("POST", "erase", s.erase)),
		account("GET", "erase/stop", s.erase),
		account("POST", "erase/stop", s.stopErasure),
	}
}

// looks is /account/looks: who has looked at the reader's data.
func (s *Site) looks(w http.ResponseWriter, r *web.Request) error {
	ask := view.LooksAskOf(r.Query("year"), r.Query("organisation"), r.Query("after"))
	list, err := s.View.Privacy().Looks(r.Context(), reader(r), ask)
	if err != nil {
		return err
	}
	title := r.T("Who has looked at your data")
	g := page.Group{heading1("", title), column(
		body(r.T("Every time somebody of an office opens your case, your licence, your bill or a document of yours, it is written down here at once. So is what a program reads. A line in a list of the office is written down once a day.")),
		body(r.T("Those who look know that you see it. If you do not understand why somebody looked, ask: another person of that office has to answer.")))}
	t := page.QueueTable{Caption: title, CaptionHidden: true, Stack: true,
		Columns: []page.Column{{Text: r.T("When")}, {Text: r.T("Who")}, {Text: r.T("What")}, {Text: r.T("What for")}, {Text: r.T("Your question")}},
		Empty:   page.EmptyState{Heading: r.T("Nobody yet"), Text: r.T("Nobody but you has looked at your data.")}}
	if ask.Year != 0 || ask.Organisation != "" {
		t.Empty = page.EmptyState{Heading: r.T("Nobody in this selection")}
	}
	for _, l := range list.Looks {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{
			{HTML: timeOf(l.At)}, {Text: r.T("{name}, {organisation}", i18n.V{"name": l.Who, "organisation": l.For})},
			{HTML: page.Group{page.Text(l.What), small(l.Case)}}, {HTML: page.Group{page.Text(l.Purpose), small(l.Basis.Text)}}, {HTML: lookAsk(r, l)},
		}})
	}
	q := url.Values{}
	for _, name := range []string{"year", "organisation"} {
		if v := r.Query(name); v != "" {
			q.Set(name, v)
		}
	}
	g = append(g, looksFilter(r, ask, list), t)
	if len(list.Looks) > 0 {
		g = append(g, page.Paragraph{HTML: link(r.T("Download this list (CSV)"), addressOf("/account/looks/file", q))})
	}
	if list.Next != "" {
		q.Set("after", list.Next)
		g = append(g, page.Pagination{Next: page.PageLink{Href: addressOf("/account/looks", q)}})
	}
	return r.Render(w, web.Page{Title: title, Area: "account", Content: g, Back: "/account"})
}

func addressOf(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// lookAsk is the button to ask about a look, or where the question stands.
func lookAsk(r *web.Request, l view.Look) page.Component {
	to := "/account/looks/" + l.ID
	switch {
	case l.Asked != nil && l.Asked.Answered.Text != "":
		return link(r.T("Read the answer"), to)
	case l.Asked != nil:
		return link(r.T("Asked, not answered yet"), to)
	case l.CanAsk:
		return page.Button{Text: r.T("Ask why"), Href: to, Classes: "govuk-button--secondary govuk-!-margin-bottom-0",
			Attributes: page.Attributes{"aria-label": r.T("Ask why") + ": " + l.Who + ", " + l.At.Text}}
	}
	return page.Text("")
}

func looksFilter(r *web.Request, ask view.LooksAsk, list view.Looks) page.Component {
	if len(list.Years) < 2 && len(list.Organisations) < 2 {
		return nil
	}
	years := page.Select{Name: "year", ID: "year", Label: page.Label{Text: r.T("Year")}, Items: []page.Option{{Text: r.T("All years")}}}
	if ask.Year != 0 {
		years.Value = strconv.Itoa(ask.Year)
	}
	for _, y := range list.Years {
		years.Items = append(years.Items, page.Option{Value: strconv.Itoa(y), Text: strconv.Itoa(y)})
	}
	who := page.Select{Name: "organisation", ID: "organisation", Value: ask.Organisation, Label: page.Label{Text: r.T("Organisation")}, Items: []page.Option{{Text: r.T("All")}}}
	for _, o := range list.Organisations {
		who.Items = append(who.Items, page.Option{Value: o.Value, Text: o.Label})
	}
	return page.Filters{Action: "/account/looks", ClearURL: "/account/looks", Fields: []page.Component{years, who}}
}

// looksFile is /account/looks/file: the list as a table.
func (s *Site) looksFile(w http.ResponseWriter, r *web.Request) error {
	data, err := s.View.Privacy().LooksFile(r.Context(), reader(r), view.LooksAskOf(r.Query("year"), r.Query("organisation"), ""))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return r.Send(w, "text/csv; charset=utf-8", "who-looked.csv", data)
}

// look is /account/looks/{look}: one look, and the question about it.
func (s *Site) look(w http.ResponseWriter, r *web.Request) error {
	l, err := s.View.Privacy().OwnLook(r.Context(), reader(r), r.PathValue("look"))
	if err != nil {
		return err
	}
	text, problem := "", ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		text = r.Field("text")
		_, err := s.Flow.Privacy().AskWhy(r.Context(), r.Actor, flow.AskWhy{Look: l.ID, Text: text, Key: r.Key()})
		if err == nil {
			return r.Redirect(w, "/account/looks/"+l.ID+"?told=asked")
		}
		said, ours := r.Say(err, fault.Invalid, fault.Conflict)
		if !ours {
			return err
		}
		problem = said
	}
	title := r.T("A look at your data")
	var wrong []view.Problem
	if problem != "" {
		wrong = []view.Problem{{Anchor: "text", Text: problem}}
	}
	g := page.Group{summary(r, wrong), banner(r, map[string]string{"asked": r.T("Sent. You find the answer here, and we write to you when it is there.")}), heading1("", title), lookFacts(r, l)}
	switch {
	case l.Asked != nil:
		g = append(g, h2(r.T("Your question")), lookThread(r, *l.Asked))
	case l.CanAsk:
		g = append(g, h2(r.T("Ask why")), body(r.T("Your question goes to {organisation}. Whoever looked does not answer it; a supervisor does, within a month at the latest.", i18n.V{"organisation": l.For})),
			page.Form{Action: "/account/looks/" + l.ID, Key: r.NewKey(), HTML: page.Group{
				page.Textarea{Name: "text", Rows: 4, Value: text, Label: page.Label{Text: r.T("Your question")}, ErrorMessage: page.ErrorMessage{Text: problem}},
				page.Button{Text: r.T("Send the question"), PreventDoubleClick: true},
			}})
	}
	return r.Render(w, web.Page{Title: title, Failed: problem != "", Area: "account", Content: column(g...), Back: "/account/looks"})
}

func lookFacts(r *web.Request, l view.Look) page.Component {
	law := page.Component(page.Text(l.Basis.Text))
	if l.Basis.URL != "" {
		law = link(l.Basis.Text, l.Basis.URL)
	}
	rows := []page.SummaryRow{
		{Key: page.Cell{Text: r.T("When")}, Value: page.Cell{HTML: timeOf(l.At)}},
		{Key: page.Cell{Text: r.T("Who")}, Value: page.Cell{Text: r.T("{name}, {organisation}", i18n.V{"name": l.Who, "organisation": l.For})}},
		{Key: page.Cell{Text: r.T("What")}, Value: page.Cell{Text: l.What}},
		{Key: page.Cell{Text: r.T("Number")}, Value: page.Cell{HTML: page.ID(l.Case)}},
		{Key: page.Cell{Text: r.T("What for")}, Value: page.Cell{Text: l.Purpose}},
		{Key: page.Cell{Text: r.T("Law")}, Value: page.Cell{HTML: law}},
	}
	return page.SummaryList{Rows: rows}
}

func lookThread(r *web.Request, q view.LookQuestion) page.Component {
	t := page.MessageThread{Messages: []page.Message{{From: r.T("You"), When: timeOf(q.Asked), Text: q.Text, Own: true}}}
	if q.Answered.Text == "" {
		return page.Group{t, body(r.T("{organisation} has not answered yet.", i18n.V{"organisation": q.For}))}
	}
	t.Messages = append(t.Messages, page.Message{From: r.T("{name}, {organisation}", i18n.V{"name": q.By, "organisation": q.For}), When: timeOf(q.Answered), Text: q.Answer})
	return t
}
