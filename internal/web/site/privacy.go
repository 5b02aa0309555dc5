package site

import (
	"encoding/json"
	"net/http"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// dataLinks are the ways to what a person can do about their data, for /account and /account/privacy.
func dataLinks(r *web.Request) page.Component {
	var g page.Group
	for _, l := range []page.LinkTo{
		{Text: r.T("See who has looked at your data"), URL: "/account/looks"},
		{Text: r.T("Download everything we hold of you"), URL: "/account/copy"},
		{Text: r.T("Correct your data"), URL: "/account/correct"},
		{Text: r.T("What you have agreed to"), URL: "/account/consents"},
		{Text: r.T("Delete your account and data"), URL: "/account/erase"},
	} {
		g = append(g, page.Paragraph{HTML: l})
	}
	return g
}

// privacyChoices is /account/privacy.
func (s *Site) privacyChoices(w http.ResponseWriter, r *web.Request) error {
	title := r.T("Your data")
	return r.Render(w, web.Page{Title: title, Area: "account", Back: "/account", Content: column(heading1("", title),
		body(r.T("It is your data. You see what we hold, who looks at it and why, and you can have it corrected or deleted.")), dataLinks(r),
		page.Paragraph{HTML: link(r.T("What we hold about people, why and how long"), "/privacy")})})
}

// copies is /account/copy: everything about the reader, as a file.
func (s *Site) copies(w http.ResponseWriter, r *web.Request) error {
	problem := ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		err := s.Flow.Privacy().AskCopy(r.Context(), r.Actor, r.Key())
		if err == nil {
			return r.Redirect(w, "/account/copy?told=asked")
		}
		said, ours := r.Say(err, fault.Invalid)
		if !ours {
			return err
		}
		problem = said
	}
	list, err := s.View.Privacy().Copies(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Download everything we hold of you")
	var wrong []view.Problem
	if problem != "" {
		wrong = []view.Problem{{Text: problem}}
	}
	g := page.Group{summary(r, wrong), banner(r, map[string]string{"asked": r.T("We are making your copy. It is ready within a few minutes, and we write to you.")}), heading1("", title),
		body(r.T("You get one file (ZIP): a page that any browser shows, the same as data for programs (JSON), and your documents and letters.")),
		body(r.T("In it are your account, applications, cases with all answers, messages and letters, licences, bills, payments, taxes, what you agreed to, and who looked at your data."))}
	for _, c := range list {
		if !c.Ready {
			g = append(g, page.InsetText{Text: r.T("Asked for {date}. It is being made; load this page again in a moment.", i18n.V{"date": c.Asked.Text})})
			continue
		}
		g = append(g, page.InsetText{HTML: page.Group{page.Paragraph{HTML: link(r.T("Download the copy of {date} ({size})", i18n.V{"date": c.Made.Text, "size": c.Size}), "/account/copy/"+c.ID)},
			small(r.T("It is here until {date}.", i18n.V{"date": c.Until.Text}))}})
	}
	g = append(g, postButton("/account/copy", r.NewKey(), nil, page.Button{Text: r.T("Make a copy of everything"), PreventDoubleClick: true}))
	return r.Render(w, web.Page{Title: title, Failed: problem != "", Area: "account", Content: column(g...), Back: "/account"})
}

// copyFile is /account/copy/{copy}.
func (s *Site) copyFile(w http.ResponseWriter, r *web.Request) error {
	data, err := s.Flow.Privacy().ReadCopy(r.Context(), r.Actor, r.PathValue("copy"))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return r.Send(w, "application/zip", "my-data.zip", data)
}

// consents is /account/consents: what rests on the reader's consent. One button gives, one takes back.
func (s *Site) consents(w http.ResponseWriter, r *web.Request) error {
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		in := flow.Consent{Purpose: r.Field("purpose"), Yes: r.Field("do") == "give", Key: r.Key()}
		if err := s.Flow.Privacy().Consent(r.Context(), r.Actor, in); err != nil {
			return err
		}
		told := "taken"
		if in.Yes {
			told = "given"
		}
		return r.Redirect(w, "/account/consents?told="+told)
	}
	list, err := s.View.Privacy().Consents(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("What you have agreed to")
	g := page.Group{banner(r, map[string]string{"given": r.T("Thank you. You can take it back here at any time."), "taken": r.T("Taken back. We do not use your data for this any more.")}), heading1("", title),
		body(r.T("Most of what we do with your data follows from a law; for that we need no consent. Here is the rest: it is your free choice, and nothing else depends on it."))}
	if len(list) == 0 {
		g = append(g, page.EmptyState{Heading: r.T("There is nothing for which we need your consent")})
	}
	for _, c := range list {
		g = append(g, consentCard(r, c))
	}
	g = append(g, page.Paragraph{HTML: link(r.T("Open data that you follow"), "/account/data")})
	return r.Render(w, web.Page{Title: title, Area: "account", Content: column(g...), Back: "/account"})
}

func consentCard(r *web.Request, c view.ConsentLine) page.Component {
	state := r.T("You have not agreed")
	if c.Given {
		state = r.T("You agreed on {date}. It holds until {until}.", i18n.V{"date": c.Since.Text, "until": c.Until})
	}
	rows := []page.SummaryRow{
		{Key: page.Cell{Text: r.T("What for")}, Value: page.Cell{Text: c.Purpose}},
		{Key: page.Cell{Text: r.T("Which data")}, Value: page.Cell{Text: c.Data}},
		{Key: page.Cell{Text: r.T("Law")}, Value: page.Cell{Text: c.Law.Text}},
		{Key: page.Cell{Text: r.T("State")}, Value: page.Cell{Text: state}},
	}
	if c.Without != "" {
		rows = append(rows, page.SummaryRow{Key: page.Cell{Text: r.T("If you do not agree")}, Value: page.Cell{Text: c.Without}})
	}
	do, button := "give", page.Button{Text: r.T("Agree"), Classes: "govuk-button--secondary", Attributes: page.Attributes{"aria-label": r.T("Agree") + ": " + c.Title}}
	if c.Given {
		do, button = "withdraw", page.Button{Text: r.T("Take it back"), Classes: "govuk-button--secondary", Attributes: page.Attributes{"aria-label": r.T("Take it back") + ": " + c.Title}}
	}
	g := page.Group{page.SummaryList{Rows: rows, Card: page.SummaryCard{Title: page.CardTitle{Text: c.Title}}},
		postButton("/account/consents", r.NewKey(), []page.Hidden{{Name: "purpose", Value: c.ID}, {Name: "do", Value: do}}, button)}
	if c.Receipt != "" {
		g = append(g, page.Paragraph{HTML: link(r.T("Receipt (JSON, ISO/IEC TS 27560)"), "/account/consents/"+c.Receipt+"/receipt")})
	}
	return g
}

// consentReceipt is /account/consents/{consent}/receipt.
func (s *Site) consentReceipt(w http.ResponseWriter, r *web.Request) error {
	data, err := s.View.Privacy().Receipt(r.Context(), reader(r), r.PathValue("consent"))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return r.Send(w, "application/json", "consent-receipt.json", data)
}

// erase is /account/erase: what is deleted, what must be kept, and the wish to be erased.
func (s *Site) erase(w http.ResponseWriter, r *web.Request) error {
	problem := ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		err := s.Flow.Privacy().AskErasure(r.Context(), r.Actor, flow.AskErasure{Sure: r.Field("sure") == "yes", Key: r.Key()})
		if err == nil {
			return r.Redirect(w, "/account/erase?told=asked")
		}
		said, ours := r.Say(err, fault.Invalid, fault.Conflict)
		if !ours {
			return err
		}
		problem = said
	}
	p, err := s.View.Privacy().Erase(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Delete your account and data")
	var wrong []view.Problem
	if problem != "" {
		wrong = []view.Problem{{Anchor: "sure", Text: problem}}
	}
	g := page.Group{summary(r, wrong), banner(r, map[string]string{"stopped": r.T("Stopped. Nothing is deleted.")}), heading1("", title)}
	if p.Waiting {
		g = append(g, page.WarningText{Text: r.T("You asked to be erased. It is carried out on {date}.", i18n.V{"date": p.Due.Text})},
			postButton("/account/erase/stop", r.NewKey(), nil, page.Button{Text: r.T("Stop it")}))
	}
	g = append(g, h2(r.T("What is deleted")), eraseNow(r, p))
	if len(p.Kept) > 0 {
		g = append(g, h2(r.T("What must be kept")), body(r.T("A law makes us keep these. They stay locked under keys of their own and are deleted by themselves after the day that is named.")), keptTable(r, p.Kept))
	}
	if !p.Waiting {
		g = append(g, h2(r.T("What happens then")), body(r.T("We write to you now, and wait for 7 days: until then you can stop it here. Then the keys are destroyed. Nobody can bring the data back, nor can we.")))
		if p.Staff {
			g = append(g, page.WarningText{Text: r.T("This is the account of a member of staff. An administrator has to take your roles away first.")})
		} else {
			g = append(g, page.Form{Action: "/account/erase", Key: r.NewKey(), HTML: page.Group{
				page.Checkboxes{Name: "sure", ErrorMessage: page.ErrorMessage{Text: problem}, Items: []page.Choice{{Value: "yes", Text: r.T("I have read this and want to be erased")}}},
				page.Button{Text: r.T("Delete my account and data"), Classes: "govuk-button--warning", PreventDoubleClick: true},
			}})
		}
	}
	return r.Render(w, web.Page{Title: title, Failed: problem != "", Area: "account", Content: column(g...), Back: "/account"})
}

func eraseNow(r *web.Request, p view.ErasePage) page.Component {
	var items []string
	if p.AccountStays {
		items = append(items, r.T("Your account, as soon as nothing is open any more: until then we must be able to write to you"))
	} else {
		items = append(items, r.T("Your account: name, addresses, ways to sign in, what you agreed to, who looked at your data"))
	}
	for _, m := range p.Now {
		items = append(items, m.Kind+": "+m.Title+" "+m.Number)
	}
	var list []page.Component
	for _, i := range items {
		list = append(list, page.Text(i))
	}
	return page.List{Items: list}
}

func keptTable(r *web.Request, kept []view.MatterLine) page.Component {
	t := page.QueueTable{Caption: r.T("What must be kept"), CaptionHidden: true, Stack: true,
		Columns: []page.Column{{Text: r.T("What")}, {Text: r.T("Law")}, {Text: r.T("Until")}}}
	for _, m := range kept {
		until := m.Until
		if until == "" {
			until = m.Why
		}
		law := page.Component(page.Text(m.Law.Text))
		if m.Law.URL != "" {
			law = link(m.Law.Text, m.Law.URL)
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.Group{page.Text(m.Title), small(m.Kind + " " + m.Number)}}, {HTML: law}, {Text: until}}})
	}
	return t
}

// stopErasure is /account/erase/stop.
func (s *Site) stopErasure(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	if err := s.Flow.Privacy().StopErasure(r.Context(), r.Actor); err != nil {
		return err
	}
	return r.Redirect(w, "/account/erase?told=stopped")
}

// correct is /account/correct: what is wrong, and who puts it right.
func (s *Site) correct(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Privacy().Correct(r.Context(), reader(r))
	if err != nil {
		return err
	}
	problem, anchor, what, right, about := "", "", "", "", ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		if about = r.Field("case"); r.Field("do") == "case" {
			what, right, anchor = r.Field("wrong"), r.Field("right"), "wrong"
			err = s.Flow.Privacy().SayWrong(r.Context(), r.Actor, flow.SayWrong{Case: about, What: what, Right: right, Key: r.Key()})
			if err == nil {
				return r.Redirect(w, "/account/cases/"+about+"?told=sent")
			}
		} else {
			p.Name, p.Phone, p.Language, anchor = r.Field("name"), r.Field("phone"), r.Field("language"), "name"
			err = s.Flow.Privacy().CorrectAccount(r.Context(), r.Actor, flow.CorrectAccount{Name: p.Name, Phone: p.Phone, Language: p.Language, Key: r.Key()})
			if err == nil {
				return r.Redirect(w, "/account/correct?told=saved")
			}
		}
		said, ours := r.Say(err, fault.Invalid)
		if !ours {
			return err
		}
		problem = said
	}
	return s.showCorrect(w, r, p, correctForm{problem, anchor, what, right, about})
}

type correctForm struct{ problem, anchor, wrong, right, about string }

func (f correctForm) at(field string) page.ErrorMessage {
	if f.anchor != field {
		return page.ErrorMessage{}
	}
	return page.ErrorMessage{Text: f.problem}
}

func (s *Site) showCorrect(w http.ResponseWriter, r *web.Request, p view.CorrectPage, f correctForm) error {
	title := r.T("Correct your data")
	var wrong []view.Problem
	if f.problem != "" {
		wrong = []view.Problem{{Anchor: f.anchor, Text: f.problem}}
	}
	g := page.Group{summary(r, wrong), banner(r, map[string]string{"saved": r.T("Saved.")}), heading1("", title), h2(r.T("Your account")),
		page.Form{Action: "/account/correct", Key: r.NewKey(), HTML: page.Group{
			page.Input{Name: "name", Value: p.Name, Label: page.Label{Text: r.T("Name")}, Autocomplete: "name", ErrorMessage: f.at("name")},
			page.Input{Name: "phone", Type: "tel", Value: p.Phone, Label: page.Label{Text: r.T("Telephone number (optional)")}, Autocomplete: "tel"},
			page.Button{Text: r.T("Save"), PreventDoubleClick: true},
		}},
		page.Paragraph{HTML: r.P.H("Your email address is {email}. It is how you sign in.", i18n.V{"email": page.ID(p.Email)})}}
	if len(p.Cases) > 0 {
		cases := page.Select{Name: "case", ID: "case", Value: f.about, Label: page.Label{Text: r.T("In which application?")}}
		for _, c := range p.Cases {
			cases.Items = append(cases.Items, page.Option{Value: c.ID, Text: c.Number + " " + c.Service})
		}
		g = append(g, h2(r.T("Something in an application is wrong")), body(r.T("The office that deals with it puts it right, or tells you why it does not. What was decided before stays readable, with the correction beside it.")),
			page.Form{Action: "/account/correct", Key: r.NewKey(), HTML: page.Group{page.Hidden{Name: "do", Value: "case"}, cases,
				page.Textarea{Name: "wrong", Rows: 3, Value: f.wrong, Label: page.Label{Text: r.T("What is wrong?")}, ErrorMessage: f.at("wrong")},
				page.Textarea{Name: "right", Rows: 3, Value: f.right, Label: page.Label{Text: r.T("What would be right?")}},
				page.Button{Text: r.T("Send"), PreventDoubleClick: true}}})
	}
	if len(p.Licences) > 0 {
		g = append(g, h2(r.T("Something in a register is wrong")), body(r.T("Open the licence or record and write to the office that keeps the register. A correction there keeps what was believed before, and says since when it was known.")), licenceCards(r, p.Licences))
	}
	return r.Render(w, web.Page{Title: title, Failed: f.problem != "", Area: "account", Content: column(g...), Back: "/account"})
}

// processing is /privacy/record.json and /privacy/impact.json: the record of processing, and the draft of an assessment.
func (s *Site) processing(w http.ResponseWriter, r *web.Request) error {
	return asJSON(w, r, "record-of-processing.json", s.View.Privacy().Processing(reader(r)))
}

func (s *Site) impactFile(w http.ResponseWriter, r *web.Request) error {
	return asJSON(w, r, "impact-assessment-draft.json", s.View.Privacy().Impact(reader(r)))
}

func asJSON(w http.ResponseWriter, r *web.Request, name string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return r.Send(w, "application/json", name, data)
}
