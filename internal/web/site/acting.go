package site

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

const actingPath = "/account/acting"

func (s *Site) actingRoutes() []web.Route {
	account := func(method, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: actingPath + pattern, Area: web.Account, Action: do, Handle: h}
	}
	return []web.Route{
		account("GET", "", policy.AccountList, s.acting),
		account("GET", "/give", policy.MandateGive, s.giveMandate),
		account("POST", "/give", policy.MandateGive, s.giveMandate),
		account("GET", "/guardian", policy.MandateClaim, s.declareGuardian),
		account("POST", "/guardian", policy.MandateClaim, s.declareGuardian),
		account("POST", "/claim", policy.MandateClaim, s.claimMandate),
		account("GET", "/stop", policy.AccountList, s.toActing),
		account("POST", "/stop", policy.MandateOwn, s.actForMyself),
		account("GET", "/acts/{act}", policy.AccountOwn, s.objectToAct),
		account("POST", "/acts/{act}", policy.AccountOwn, s.objectToAct),
		account("GET", "/{mandate}", policy.MandateOwn, s.oneMandate),
		account("POST", "/{mandate}", policy.MandateOwn, s.oneMandate),
	}
}

// toActing is for a reload of an address that a form was sent to.
func (s *Site) toActing(w http.ResponseWriter, r *web.Request) error {
	return r.Redirect(w, actingPath)
}

// acting is /account/acting: for whom the reader acts, and who acts for them.
func (s *Site) acting(w http.ResponseWriter, r *web.Request) error {
	p, err := view.Representation{View: s.View}.Acting(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Acting for others")
	g := page.Group{banner(r, map[string]string{"given": r.T("We have written to them. It holds once they have accepted it."), "ended": r.T("Ended. Nobody can act under it any more."),
		"refused": r.T("You have refused. We have told the other person."), "accepted": r.T("You have accepted. You can act for them now."),
		"declared": r.T("An officer looks at it and answers you."), "objected": r.T("We have noted it. Where it is about a case, the office has it as a message from you. Nobody can act for you under this any more.")}), heading1("", title)}
	if p.Alone {
		g = append(g, column(body(r.T("Somebody you trust can do things here for you: send an application, answer a question, declare a tax. You say what, and until when. Both names stand on everything they do, you see each thing here, and you can end it at any moment."))))
	}
	for _, m := range p.Offers {
		g = append(g, page.InsetText{HTML: page.Group{page.Paragraph{HTML: r.P.H("{name} asks you to act for them.", i18n.V{"name": strong(m.Name)})},
			page.Paragraph{HTML: page.LinkTo{Text: r.T("Look at it and answer"), URL: actingPath + "/" + m.ID}}}})
	}
	if p.Alone {
		g = append(g, h2(r.T("You can act for")), mandateCards(r, p.Held, p.Says))
	}
	given := r.T("They can act for you")
	if !p.Alone {
		given = r.T("They can act for {name}", i18n.V{"name": p.Name})
	}
	if p.Gives {
		g = append(g, h2(given))
		if len(p.Given) == 0 {
			g = append(g, body(r.T("Nobody.")))
		}
		for _, m := range p.Given {
			g = append(g, mandateCard(r, m))
		}
		g = append(g, page.Button{Text: r.T("Let somebody act"), Href: actingPath + "/give", Classes: "govuk-button--secondary"})
	}
	g = append(g, actTable(r, r.T("What others did for you"), p.Acts, true), actTable(r, r.T("What you did for others"), p.Done, false))
	if len(p.Past) > 0 {
		var past page.Group
		for _, m := range p.Past {
			past = append(past, mandateCard(r, m))
		}
		g = append(g, page.Details{SummaryText: r.T("What has ended"), HTML: past})
	}
	if p.Guardians && p.Alone {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("I am somebody's guardian, and no register says so"), URL: actingPath + "/guardian"}})
	}
	return r.Render(w, web.Page{Title: title, Area: "account", Content: g, Back: "/account"})
}

// mandateCards are those for whom the reader can act, by a mandate or because a register says so.
func mandateCards(r *web.Request, held []view.MandateLine, said []view.SaidLine) page.Component {
	if len(held)+len(said) == 0 {
		return body(r.T("Nobody. When somebody lets you act for them, you get a message, and find it here."))
	}
	var g page.Group
	for _, m := range held {
		g = append(g, mandateCard(r, m))
	}
	for _, x := range said {
		rows := []page.SummaryRow{mandateRow(r.T("What you are to them"), x.Kind)}
		if x.Until != "" {
			rows = append(rows, mandateRow(r.T("Until"), x.Until))
		}
		g = append(g, page.SummaryList{Card: page.SummaryCard{Title: page.CardTitle{Text: x.Name}}, Rows: rows},
			postButton(actingPath+"/claim", r.NewKey(), []page.Hidden{{Name: "register", Value: x.Register}, {Name: "record", Value: x.Record}}, page.Button{Text: r.T("Act for {name}", i18n.V{"name": x.Name})}))
	}
	return g
}

func mandateRow(label, value string) page.SummaryRow {
	return page.SummaryRow{Key: page.Cell{Text: label}, Value: page.Cell{Text: value}}
}

func mandateRows(r *web.Request, m view.MandateLine) []page.SummaryRow {
	what := r.T("What you are to them")
	if m.Given {
		what = r.T("What they are to you")
	}
	rows := []page.SummaryRow{mandateRow(what, m.Kind), mandateRow(r.T("What for"), m.Scope), mandateRow(r.T("Until"), m.Until), mandateRow(r.T("Who gets the messages"), m.Messages), mandateRow(r.T("State"), m.StateWord)}
	if m.Consent != "" {
		rows = append(rows, mandateRow(r.T("What was written down"), m.Consent))
	}
	return rows
}

func mandateCard(r *web.Request, m view.MandateLine) page.Component {
	name := m.Name
	if name == "" {
		name = r.T("Somebody who is not here any more")
	}
	g := page.Group{page.SummaryList{Card: page.SummaryCard{Title: page.CardTitle{Text: name}}, Rows: mandateRows(r, m)}}
	var buttons page.ButtonGroup
	end := page.Button{Text: r.T("End it now"), Classes: "govuk-button--secondary", Name: "do", Value: "end", Attributes: page.Attributes{"aria-label": r.T("End it now") + ": " + name}}
	switch {
	case m.Holds && !m.Given:
		buttons = append(buttons, page.Button{Text: r.T("Act for {name}", i18n.V{"name": name}), Name: "do", Value: "act"}, end)
	case m.Holds, m.State == "offered" && m.Given, m.State == "declared" && !m.Given:
		buttons = append(buttons, end)
	}
	if len(buttons) > 0 {
		g = append(g, page.Form{Action: actingPath + "/" + m.ID, Key: r.NewKey(), HTML: buttons})
	}
	return g
}

func actTable(r *web.Request, title string, acts []view.ActLine, forMe bool) page.Component {
	if len(acts) == 0 {
		return nil
	}
	t := page.QueueTable{Caption: title, Stack: true, Columns: []page.Column{{Text: r.T("When")}, {Text: r.T("What")}, {Text: r.T("Who")}, {Text: ""}}}
	if !forMe {
		t.Columns[2].Text, t.Columns = r.T("For whom"), t.Columns[:3]
	}
	for _, a := range acts {
		what := page.Group{page.Text(a.What + ": " + a.Title)}
		if a.Link != "" {
			what = page.Group{link(a.What+": "+a.Title, a.Link)}
		}
		row := page.QueueRow{Cells: []page.Cell{{HTML: timeOf(a.At)}, {HTML: append(what, small(a.Number))}, {Text: a.Who}}}
		if forMe {
			ask := page.Component(link(r.T("This is not right"), actingPath+"/acts/"+a.ID))
			if a.Wrong != "" {
				ask = page.Text(r.T("You said: {text}", i18n.V{"text": a.Wrong}))
			}
			row.Cells = append(row.Cells, page.Cell{HTML: ask})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// oneMandate is /account/acting/{mandate}: answering an offer, beginning to act, ending it. ?to= is where a message led.
func (s *Site) oneMandate(w http.ResponseWriter, r *web.Request) error {
	id, do := r.PathValue("mandate"), s.Flow.Representation()
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		to, err := actingPath, error(nil)
		switch r.Field("do") {
		case "accept", "refuse":
			yes := r.Field("do") == "accept"
			err, to = do.AnswerMandate(r.Context(), r.Actor, flow.AnswerMandate{Mandate: id, Accept: yes}), actingPath+"?told="+map[bool]string{true: "accepted", false: "refused"}[yes]
		case "act":
			err, to = do.ActFor(r.Context(), r.Actor, flow.ActFor{Mandate: id}), web.LocalPath(r.Field("to"), "/account")
		case "end":
			err, to = do.RevokeMandate(r.Context(), r.Actor, flow.RevokeMandate{Mandate: id}), actingPath+"?told=ended"
		default:
			err = fault.NewInvalid("Choose what to do")
		}
		if err != nil {
			return err
		}
		return r.Redirect(w, to)
	}
	m, err := view.Representation{View: s.View}.Mandate(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	title, rows := r.T("Act for {name}", i18n.V{"name": m.Name}), page.SummaryList{Rows: mandateRows(r, m)}
	g := page.Group{}
	switch {
	case m.State == "offered" && !m.Given:
		title = r.T("{name} asks you to act for them", i18n.V{"name": m.Name})
		g = append(g, heading1("", title), rows, body(r.T("If you accept, what you do for them is done in both names. They see all of it. Either of you can end it at any moment.")),
			page.Form{Action: r.URL.Path, Key: r.NewKey(), HTML: page.ButtonGroup{page.Button{Text: r.T("Accept"), Name: "do", Value: "accept"}, page.Button{Text: r.T("Refuse"), Name: "do", Value: "refuse", Classes: "govuk-button--secondary"}}})
	case m.Holds && !m.Given:
		g = append(g, heading1("", title), rows, page.Form{Action: r.URL.Path, Key: r.NewKey(), HTML: page.Group{page.Hidden{Name: "to", Value: web.LocalPath(r.Query("to"), "")},
			page.ButtonGroup{page.Button{Text: title, Name: "do", Value: "act"}, page.Button{Text: r.T("End it now"), Name: "do", Value: "end", Classes: "govuk-button--secondary"}}}})
	default:
		if m.Given {
			title = r.T("{name} may act for you", i18n.V{"name": m.Name})
		}
		g = append(g, heading1("", title), mandateCard(r, m))
	}
	return r.Render(w, web.Page{Title: title, Area: "account", Content: column(g...), Back: actingPath})
}

// claimMandate is POST /account/acting/claim: a register says that the reader may act.
func (s *Site) claimMandate(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	if _, err := s.Flow.Representation().ClaimMandate(r.Context(), r.Actor, flow.ClaimMandate{Register: r.Field("register"), Record: r.Field("record")}); err != nil {
		return err
	}
	return r.Redirect(w, "/account")
}

// actForMyself is POST /account/acting/stop: the one click back.
func (s *Site) actForMyself(w http.ResponseWriter, r *web.Request) error {
	if err := s.Flow.Representation().ActForMyself(r.Context(), r.Actor); err != nil {
		return err
	}
	if r.Actor.For.Kind == policy.Assisted {
		return r.Redirect(w, "/desk/assist?done=saved")
	}
	return r.Redirect(w, "/account")
}

// mandateForm is what was typed about a mandate, and what is wrong with it.
type mandateForm struct{ wrong []view.Problem }

func (f mandateForm) at(field string) page.ErrorMessage {
	if i := slices.IndexFunc(f.wrong, func(p view.Problem) bool { return p.Anchor == field }); i >= 0 {
		return page.ErrorMessage{Text: f.wrong[i].Text}
	}
	return page.ErrorMessage{}
}

// failed reads what is wrong with a form from an error; false where the error is none of the form's.
func (f *mandateForm) failed(r *web.Request, err error) bool {
	var fields fault.Fields
	if errors.As(err, &fields) {
		for _, e := range fields {
			f.wrong = append(f.wrong, view.Problem{Anchor: e.Field, Text: r.P.Key(e.Key, i18n.V(e.Args))})
		}
		return true
	}
	said, ours := r.Say(err, fault.Invalid, fault.Conflict)
	if ours {
		f.wrong = append(f.wrong, view.Problem{Text: said})
	}
	return ours
}

func howLong(r *web.Request, f mandateForm) page.Component {
	radios := page.Radios{Name: "months", Value: r.Field("months"), ErrorMessage: f.at("months"), Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("For how long?"), Classes: "govuk-fieldset__legend--m"}}}
	for _, n := range []int{1, 3, 12, 24} {
		radios.Items = append(radios.Items, page.Choice{Value: strconv.Itoa(n), Text: r.P.N("{n} month", "{n} months", n)})
	}
	return radios
}

// giveMandate is /account/acting/give.
func (s *Site) giveMandate(w http.ResponseWriter, r *web.Request) error {
	var f mandateForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		months, err := strconv.Atoi(r.Field("months"))
		if err != nil {
			months = 0
		}
		in := flow.GiveMandate{Name: r.Field("name"), Email: r.Field("email"), Kind: r.Field("kind"), Months: months, Messages: r.Field("messages"), Key: r.Key()}
		if r.Field("all") != "yes" {
			in.Scope = r.PostForm["scope"]
		}
		if r.Field("all") != "yes" && len(in.Scope) == 0 {
			f.wrong = append(f.wrong, view.Problem{Anchor: "all", Text: r.T("Choose for what")})
		} else if _, err = s.Flow.Representation().GiveMandate(r.Context(), r.Actor, in); err == nil {
			return r.Redirect(w, actingPath+"?told=given")
		} else if !f.failed(r, err) {
			return err
		}
	} else if err := policy.Can(r.Actor, policy.MandateGive, policy.Thing{Kind: "mandate", Owner: r.Actor.Whose()}); err != nil {
		return err
	}
	v := view.Representation{View: s.View}
	scope := page.Checkboxes{Name: "scope", ErrorMessage: f.at("scope"), Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Or only for"), Classes: "govuk-fieldset__legend--s"}}}
	seen := map[string]bool{}
	for _, o := range slices.Concat(v.Behalfs(reader(r), policy.Helper), v.Behalfs(reader(r), policy.Accountant)) {
		if !seen[o.Value] {
			scope.Items = append(scope.Items, page.Choice{Value: o.Value, Text: o.Label, Checked: slices.Contains(r.PostForm["scope"], o.Value)})
		}
		seen[o.Value] = true
	}
	legend := func(text string) page.Fieldset {
		return page.Fieldset{Legend: page.Legend{Text: text, Classes: "govuk-fieldset__legend--m"}}
	}
	title := r.T("Let somebody act for you")
	if r.Actor.Acting() {
		title = r.T("Let somebody act for {name}", i18n.V{"name": r.Actor.For.Name})
	}
	q := page.Question{Heading: page.Heading{Text: title}, Action: actingPath + "/give", Key: r.NewKey(), ErrorTitle: r.T("There is a problem"), Errors: problems(f.wrong), Continue: r.T("Send the offer"),
		Lead: para(r.T("We write to them. Nothing holds until they have signed in and accepted it.")),
		Fields: []page.Component{
			page.Input{Name: "name", ID: "name", Value: r.Field("name"), Label: page.Label{Text: r.T("Their name"), Classes: "govuk-label--m"}, ErrorMessage: f.at("name")},
			page.Input{Name: "email", ID: "email", Type: "email", Value: r.Field("email"), Label: page.Label{Text: r.T("Their email address"), Classes: "govuk-label--m"}, ErrorMessage: f.at("email"), Spellcheck: "false"},
			page.Radios{Name: "kind", Value: r.Field("kind"), ErrorMessage: f.at("kind"), Fieldset: legend(r.T("What are they to you?")), Items: []page.Choice{
				{Value: policy.Helper, Text: r.T("Somebody I trust"), Hint: page.Hint{Text: r.T("Family, a friend, a neighbour, somebody who works for me")}},
				{Value: policy.Accountant, Text: r.T("An accountant or another agent"), Hint: page.Hint{Text: r.T("Somebody who does this for a living")}}}},
			page.Checkboxes{Name: "all", ErrorMessage: f.at("all"), Fieldset: legend(r.T("For what?")), Items: []page.Choice{{Value: "yes", Text: r.T("Everything that they can do for me"), Checked: r.Field("all") == "yes"}}},
			scope,
			howLong(r, f),
			page.Radios{Name: "messages", Value: r.Field("messages"), ErrorMessage: f.at("messages"), Fieldset: legend(r.T("Who gets the messages about it?")), Items: []page.Choice{
				{Value: "both", Text: r.T("Both of us")}, {Value: "principal", Text: r.T("Only I")}, {Value: "representative", Text: r.T("Only they")}}},
		}}
	return r.Render(w, web.Page{Title: title, Failed: len(f.wrong) > 0, Area: "account", Content: q, Back: actingPath})
}

// declareGuardian is /account/acting/guardian.
func (s *Site) declareGuardian(w http.ResponseWriter, r *web.Request) error {
	var f mandateForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		months, err := strconv.Atoi(r.Field("months"))
		if err != nil {
			months = 0
		}
		_, err = s.Flow.Representation().DeclareGuardian(r.Context(), r.Actor, flow.DeclareGuardian{Name: r.Field("name"), Why: r.Field("why"), Months: months, Key: r.Key()})
		if err == nil {
			return r.Redirect(w, actingPath+"?told=declared")
		}
		if !f.failed(r, err) {
			return err
		}
	}
	title := r.T("Say that you are somebody's guardian")
	q := page.Question{Heading: page.Heading{Text: title}, Action: actingPath + "/guardian", Key: r.NewKey(), ErrorTitle: r.T("There is a problem"), Errors: problems(f.wrong), Continue: r.T("Send"),
		Lead: para(r.T("An officer has to confirm it before you can act. You may be asked to show the order. A parent who is named in the register of births need not do this.")),
		Fields: []page.Component{
			page.Input{Name: "name", ID: "name", Value: r.Field("name"), Label: page.Label{Text: r.T("For whom do you act?"), Classes: "govuk-label--m"}, ErrorMessage: f.at("name")},
			page.Textarea{Name: "why", ID: "why", Value: r.Field("why"), Rows: 4, Label: page.Label{Text: r.T("Which court or authority has decided it, and when?"), Classes: "govuk-label--m"}, ErrorMessage: f.at("why")},
			howLong(r, f),
		}}
	return r.Render(w, web.Page{Title: title, Failed: len(f.wrong) > 0, Area: "account", Content: q, Back: actingPath})
}

// objectToAct is /account/acting/acts/{act}: something that was done for the reader is not right.
func (s *Site) objectToAct(w http.ResponseWriter, r *web.Request) error {
	var f mandateForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		err := s.Flow.Representation().ObjectToAct(r.Context(), r.Actor, flow.ObjectToAct{Act: r.PathValue("act"), Text: r.Field("text"), Key: r.Key()})
		if err == nil {
			return r.Redirect(w, actingPath+"?told=objected")
		}
		if !f.failed(r, err) {
			return err
		}
	}
	title := r.T("Say what is not right")
	q := page.Question{Heading: page.Heading{Text: title}, Action: r.URL.Path, Key: r.NewKey(), ErrorTitle: r.T("There is a problem"), Errors: problems(f.wrong), Continue: r.T("Send"),
		Lead:   para(r.T("Whoever did it can do nothing more for you at once. If it is about an application, the office that has it reads what you write.")),
		Fields: []page.Component{page.Textarea{Name: "text", ID: "text", Value: r.Field("text"), Rows: 5, Label: page.Label{Text: r.T("What is not right?"), Classes: "govuk-label--m"}, ErrorMessage: f.at("text")}}}
	return r.Render(w, web.Page{Title: title, Failed: len(f.wrong) > 0, Area: "account", Content: q, Back: actingPath})
}
