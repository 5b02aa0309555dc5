package site

import (
	"net/http"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// ownCase is /account/cases/{case}: where it stands, what is next, and everything that happened.
func (s *Site) ownCase(w http.ResponseWriter, r *web.Request) error {
	c, err := s.View.Case(r.Context(), reader(r), r.PathValue("case"))
	if err != nil {
		return err
	}
	if c.New > 0 { // looking is what makes a message seen; it is no harm if something else than a person looks
		if err := s.Flow.SeeMessages(r.Context(), r.Actor, c.ID); err != nil {
			return err
		}
	}
	if c.Released, c.Published, err = s.View.Disclosure().OwnReleased(r.Context(), reader(r), c.ID); err != nil {
		return err
	}
	return renderCase(w, r, c, messageForm{})
}

// toCase is for a reload of the address that a form was sent to.
func (s *Site) toCase(w http.ResponseWriter, r *web.Request) error {
	return r.Redirect(w, "/account/cases/"+r.PathValue("case"))
}

type messageForm struct{ text, problem string }

// message is POST /account/cases/{case}/messages.
func (s *Site) message(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	id := r.PathValue("case")
	f := messageForm{text: r.Field("text")}
	err := s.Flow.WriteMessage(r.Context(), r.Actor, flow.WriteMessage{Case: id, Text: f.text, Key: r.Key()})
	if err == nil {
		return r.Redirect(w, "/account/cases/"+id+"?told=message#messages")
	}
	said, ok := r.Say(err, fault.Invalid)
	if !ok {
		return err
	}
	f.problem = said
	c, err := s.View.Case(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	return renderCase(w, r, c, f)
}

func renderCase(w http.ResponseWriter, r *web.Request, c view.CasePage, f messageForm) error {
	told := banner(r, map[string]string{
		"message": r.T("Your message has been sent."), "done": r.T("Done. The office has been told."),
	})
	var wrong []view.Problem
	if f.problem != "" {
		wrong = []view.Problem{{Anchor: "text", Text: f.problem}}
	}
	title := c.Label
	if title == "" {
		title = c.Service
	}
	main := page.Group{
		billOfCase(r, c), caseActions(r, c), decision(r, c), released(r, c), licenceOf(r, c),
		page.Timeline{Heading: page.Heading{Text: r.T("What has happened")}, Entries: events(r, c)},
		messages(r, c, f),
		letters(r, c),
		page.Details{SummaryText: r.T("What you told us"), HTML: finalAnswers(r, c)},
		feeOf(r, c),
	}
	content := page.Group{
		summary(r, wrong), told,
		heading1(c.Service, title),
		page.Paragraph{HTML: r.P.H("Number {number}, sent on {date}", i18n.V{"number": page.ID(c.Number), "date": timeOf(c.Submitted)})},
		status(r, c),
		page.StatusTrack{Label: r.T("The way of your application"), Steps: stations(c)},
		page.TwoColumns{Main: main, Side: contactBlock(r.T("Who to ask"), c.Contact), SideLabel: r.T("Contact")},
	}
	return r.Render(w, web.Page{Title: title, Failed: f.problem != "", Area: "account", Content: content, Back: "/account"})
}

func status(r *web.Request, c view.CasePage) page.Component {
	p := page.StatusPanel{Label: r.T("Status"), Status: c.State, Tone: caseTone(c.CaseLine), Text: c.Tell}
	if c.Due != "" {
		p.Clock = page.Clock{Text: r.T("By {date}", i18n.V{"date": c.Due})}
	}
	var more page.Group
	if c.Who != "" {
		more = append(more, page.Paragraph{HTML: r.P.H("Whose turn it is: {who}", i18n.V{"who": c.Who})})
	}
	if c.Stopped {
		more = append(more, body(r.T("The clock stands still: time limits do not run while we wait for this.")))
	} else if c.DueNote != "" {
		more = append(more, body(c.DueNote))
	}
	p.HTML = more
	return p
}

func stations(c view.CasePage) []page.TrackStep {
	var list []page.TrackStep
	for _, s := range c.Stations {
		list = append(list, page.TrackStep{Title: s.Title, State: page.TrackState(s.State)})
	}
	return list
}

// caseActions are what the applicant can do: answering stands out, withdrawing does not.
func caseActions(r *web.Request, c view.CasePage) page.Component {
	var g page.ButtonGroup
	for _, a := range c.Actions {
		b := page.Button{Text: a.Title, Href: "/account/cases/" + c.ID + "/do/" + a.ID}
		if a.Kind != "answer" {
			b.Classes = "govuk-button--secondary"
		}
		g = append(g, b)
	}
	if len(g) == 0 {
		return nil
	}
	return g
}

func decision(r *web.Request, c view.CasePage) page.Component {
	d := c.Decision
	if d == nil {
		return nil
	}
	list := page.SummaryList{Rows: []page.SummaryRow{
		{Key: page.Cell{Text: r.T("Decision")}, Value: page.Cell{Text: d.Outcome}},
		{Key: page.Cell{Text: r.T("Date")}, Value: page.Cell{HTML: page.ID(d.Date)}},
	}}
	add := func(label string, texts []string) {
		if len(texts) > 0 {
			list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: label}, Value: page.Cell{HTML: paper.Lines(texts)}})
		}
	}
	add(r.T("Reasons"), d.Reasons)
	add(r.T("Conditions"), d.Conditions)
	if d.Appeal != "" && c.Ending != "granted" {
		add(r.T("If you do not agree"), []string{d.Appeal})
	}
	return page.Group{h2(r.T("Decision")), list}
}

func licenceOf(r *web.Request, c view.CasePage) page.Component {
	l := c.Licence
	if l == nil {
		return nil
	}
	return page.InsetText{HTML: page.Group{
		page.Text(r.T("You hold this:") + " "),
		link(l.Number, "/account/licences/"+l.ID), page.Text(" "),
		page.State(reader(r).RecordState(l.State), tone(l.State)),
	}}
}

func events(r *web.Request, c view.CasePage) []page.TimelineEntry {
	var list []page.TimelineEntry
	for _, e := range c.Events {
		entry := page.TimelineEntry{Title: e.Title, When: timeOf(e.At), By: e.By, Text: e.Text}
		switch {
		case e.Letter != "":
			entry.HTML = page.LinkTo{Text: r.T("Read the letter"), URL: "/account/cases/" + c.ID + "/letters/" + e.Letter, Hidden: e.Title}
		case e.LicenceID != "" && c.Licence != nil:
			entry.HTML = page.LinkTo{Text: e.Text, URL: "/account/licences/" + e.LicenceID}
			entry.Tone = page.Good
		}
		list = append(list, entry)
	}
	return list
}

func messages(r *web.Request, c view.CasePage, f messageForm) page.Component {
	thread := page.MessageThread{}
	for _, m := range c.Messages {
		one := page.Message{From: m.From, When: timeOf(m.At), Text: m.Text, Own: m.Own}
		if m.New {
			one.Tag = page.State(r.T("New"), page.Info)
		}
		thread.Messages = append(thread.Messages, one)
	}
	g := page.Group{page.Heading{Text: r.T("Messages"), ID: "messages"}}
	if len(thread.Messages) > 0 {
		g = append(g, thread)
	} else {
		g = append(g, body(r.T("No messages yet.")))
	}
	return append(g, page.Form{Action: "/account/cases/" + c.ID + "/messages", Key: r.NewKey(), HTML: page.Group{
		page.Textarea{Name: "text", Value: f.text, Label: page.Label{Text: r.T("Write to the office")}, ErrorMessage: page.ErrorMessage{Text: f.problem}},
		page.Button{Text: r.T("Send message"), Classes: "govuk-button--secondary", PreventDoubleClick: true},
	}})
}

func letters(r *web.Request, c view.CasePage) page.Component {
	if len(c.Letters) == 0 {
		return nil
	}
	var items []page.Component
	for _, l := range c.Letters {
		items = append(items, r.P.H("{letter}, {date}", i18n.V{"letter": link(l.Title, "/account/cases/"+c.ID+"/letters/"+l.ID), "date": timeOf(l.At)}))
	}
	return page.Group{h2(r.T("Letters")), page.List{Items: items}}
}

func finalAnswers(r *web.Request, c view.CasePage) page.Component {
	var g page.Group
	for _, card := range c.Cards {
		g = append(g, answerCard(r, "", card))
		for _, row := range card.Rows {
			if row.File != "" {
				g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Download: {name}", i18n.V{"name": row.Label}), URL: "/account/cases/" + c.ID + "/files/" + row.File}})
			}
		}
	}
	return g
}

// billOfCase leads to what is to be paid for the case.
func billOfCase(r *web.Request, c view.CasePage) page.Component {
	b := c.Bill
	switch {
	case b == nil:
		return nil
	case b.Owed:
		return page.Button{Text: r.T("Pay the fee: {amount}", i18n.V{"amount": b.Balance}), Href: "/account/bills/" + b.ID}
	}
	return page.Paragraph{HTML: r.P.H("Fee: {amount}, {state}", i18n.V{"amount": link(b.Total, "/account/bills/"+b.ID), "state": billTag(b.State)})}
}

func feeOf(r *web.Request, c view.CasePage) page.Component {
	if c.Fee == nil {
		return nil
	}
	g := page.Group{feeSection(r, c.Fee, true)}
	if c.Waived && !c.Fee.Zero {
		g = append(g, page.InsetText{Text: r.T("The fee is waived: there is nothing to pay.")})
	}
	return g
}

// caseAction is /account/cases/{case}/do/{action}: one step of the applicant's, on a page of its own.
func (s *Site) caseAction(w http.ResponseWriter, r *web.Request) error {
	c, err := s.View.Case(r.Context(), reader(r), r.PathValue("case"))
	if err != nil {
		return err
	}
	base := "/account/cases/" + c.ID
	var action view.Action
	for _, a := range c.Actions {
		if a.ID == r.PathValue("action") {
			action = a
		}
	}
	if action.ID == "" && r.Method != http.MethodPost {
		return r.Redirect(w, base) // it can no longer be done
	}
	f := actionForm{version: itoa64(c.Version)}
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		f = actionForm{text: r.Field("text"), version: r.Field("version")}
		err := s.Flow.ActOnCase(r.Context(), r.Actor, flow.ActOnCase{Case: c.ID, Version: f.number(), Action: r.PathValue("action"), Text: f.text, Key: r.Key()})
		if err == nil {
			return r.Redirect(w, base+"?told=done")
		}
		said, ok := r.Say(err, fault.Invalid)
		if !ok {
			return err
		}
		f.problem = said
	}
	var asked page.Component
	if action.Kind == "answer" {
		asked = lastQuestion(r, c)
	}
	return renderAction(w, r, f, action, asked, base, c.Label)
}

// lastQuestion is what the office asked last.
func lastQuestion(r *web.Request, c view.CasePage) page.Component {
	for i := len(c.Messages) - 1; i >= 0; i-- {
		if m := c.Messages[i]; !m.Own {
			return page.MessageThread{Heading: page.Heading{Text: r.T("What the office asks")}, Messages: []page.Message{{From: m.From, When: timeOf(m.At), Text: m.Text}}}
		}
	}
	return nil
}

// actionForm is a step with words.
type actionForm struct{ text, version, problem string }

func (f actionForm) number() int64 { return atoi64(f.version) }

func renderAction(w http.ResponseWriter, r *web.Request, f actionForm, a view.Action, lead page.Component, back, caption string) error {
	label := r.T("Your answer")
	if a.Kind != "answer" {
		label = r.T("Why (optional)")
		if a.Text {
			label = r.T("Why")
		}
	}
	q := page.Question{
		Heading: page.Heading{Text: a.Title, Caption: caption}, Lead: lead, Action: r.URL.Path, Key: r.NewKey(), ErrorTitle: r.T("There is a problem"), Continue: a.Title,
		Fields: []page.Component{
			page.Hidden{Name: "version", Value: f.version},
			page.Textarea{Name: "text", Value: f.text, Label: page.Label{Text: label}, ErrorMessage: page.ErrorMessage{Text: f.problem}, Rows: 8},
		},
		Also: []page.Component{page.LinkTo{Text: r.T("Do not do this"), URL: back}},
	}
	if a.Kind == "withdraw" {
		q.Fields = append([]page.Component{page.WarningText{Text: r.T("This cannot be undone. You would have to apply again.")}}, q.Fields...)
	}
	if f.problem != "" {
		q.Errors = problems([]view.Problem{{Anchor: "text", Text: f.problem}})
	}
	return r.Render(w, web.Page{Title: a.Title, Failed: f.problem != "", Area: "account", Content: q, Back: back})
}

// letter is a letter as it was sent.
func (s *Site) letter(w http.ResponseWriter, r *web.Request) error {
	line, d, _, err := s.View.Letter(r.Context(), reader(r), r.PathValue("case"), r.PathValue("letter"))
	if err != nil {
		return err
	}
	proof, _, err := s.View.LogPages().Decision(r.Context(), reader(r), r.PathValue("case"), r.PathValue("letter"))
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	content := page.Group{paper.Sheet{Document: d}, proofOf(r, proof, r.URL.Path), page.Paragraph{HTML: page.LinkTo{Text: r.T("Download as PDF"), URL: r.URL.Path + "/pdf"}}}
	return r.Render(w, web.Page{Title: line.Title, Area: "account", Paper: true, Content: content, Back: "/account/cases/" + r.PathValue("case")})
}

func (s *Site) letterPDF(w http.ResponseWriter, r *web.Request) error {
	line, d, number, err := s.View.Letter(r.Context(), reader(r), r.PathValue("case"), r.PathValue("letter"))
	if err != nil {
		return err
	}
	proof, bundle, err := s.View.LogPages().Decision(r.Context(), reader(r), r.PathValue("case"), r.PathValue("letter"))
	carry, err := s.carriedProof(r, d, "decision", proof, bundle, err)
	if err != nil {
		return err
	}
	return pdf(w, r, d, number+" "+line.Title, carry)
}

func (s *Site) caseFile(w http.ResponseWriter, r *web.Request) error {
	name, mediaType, data, err := s.View.CaseFile(r.Context(), reader(r), r.PathValue("case"), r.PathValue("file"))
	if err != nil {
		return err
	}
	return r.Send(w, mediaType, name, data)
}
