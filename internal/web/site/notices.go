package site

import (
	"errors"
	"net/http"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// notices is /notices: the applications on which the public can comment.
func (s *Site) notices(w http.ResponseWriter, r *web.Request) error {
	list, err := s.View.Notices(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Public notices")
	content := page.Group{heading1("", title), column(body(r.T("You can say what you think about these applications before they are decided."))), noticeCards(r, list)}
	return r.Render(w, web.Page{Title: title, Area: "notices", Content: content})
}

func noticeCards(r *web.Request, list []view.NoticeLine) page.Component {
	if len(list) == 0 {
		return page.EmptyState{Heading: r.T("Nothing is open just now"), Text: r.T("Applications that the public can comment on appear here."), Level: 2}
	}
	var cards []page.ServiceCard
	for _, n := range list {
		card := page.ServiceCard{Title: strings.ReplaceAll(n.Label, "\n", ", "), URL: "/notices/" + n.Case, Text: n.Service, Level: 2, Facts: []string{n.Number}}
		if card.Title == "" {
			card.Title = n.Title
		}
		if n.Until != "" {
			card.Facts = append(card.Facts, r.T("Comment by {date}", i18n.V{"date": n.Until}))
		}
		cards = append(cards, card)
	}
	return page.ServiceGrid{Cards: cards}
}

// notice is /notices/{case}.
func (s *Site) notice(w http.ResponseWriter, r *web.Request) error {
	n, err := s.View.Notice(r.Context(), reader(r), r.PathValue("case"))
	if err != nil {
		return err
	}
	list := page.SummaryList{Rows: []page.SummaryRow{
		{Key: page.Cell{Text: r.T("Number")}, Value: page.Cell{HTML: page.ID(n.Number)}},
		{Key: page.Cell{Text: r.T("Received")}, Value: page.Cell{HTML: timeOf(n.Since)}},
	}}
	for _, f := range n.Facts {
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: f.Label}, Value: page.Cell{HTML: paper.Lines(strings.Split(f.Value, "\n"))}})
	}
	caption, title := n.Title, strings.ReplaceAll(n.Label, "\n", ", ")
	if title == "" {
		caption, title = n.Service, n.Title
	}
	g := page.Group{heading1(caption, title), list, source("", n.Law)}
	if n.Open {
		if n.Until != "" {
			g = append(g, page.InsetText{HTML: r.P.H("You can comment until {date}.", i18n.V{"date": n.Until})})
		}
		g = append(g, page.Button{Text: r.T("Comment on this application"), Href: "/notices/" + n.Case + "/comment"})
	} else {
		g = append(g, page.InsetText{Text: r.T("The time for comments is over.")})
	}
	g = append(g, contactBlock(r.T("Who to ask"), n.Contact))
	return r.Render(w, web.Page{Title: title, Area: "notices", Content: column(g...),
		Crumbs: []page.Crumb{{Text: r.T("Home"), Href: "/"}, {Text: r.T("Public notices"), Href: "/notices"}}})
}

// commentForm is what a member of the public says about an application.
type commentForm struct {
	name, email, address, ground, text string
	problems                           []view.Problem
}

func readComment(r *web.Request) commentForm {
	return commentForm{name: r.Field("name"), email: r.Field("email"), address: r.Field("address"), ground: r.Field("ground"), text: r.Field("text")}
}

func (f commentForm) lines() []string {
	var list []string
	for _, l := range strings.Split(strings.ReplaceAll(f.address, "\r\n", "\n"), "\n") {
		if l = strings.TrimSpace(l); l != "" {
			list = append(list, l)
		}
	}
	return list
}

func (f commentForm) wrong(field string) page.ErrorMessage {
	for _, p := range f.problems {
		if p.Path == field {
			return page.ErrorMessage{Text: p.Text}
		}
	}
	return page.ErrorMessage{}
}

// comment is /notices/{case}/comment.
func (s *Site) comment(w http.ResponseWriter, r *web.Request) error {
	n, err := s.View.Notice(r.Context(), reader(r), r.PathValue("case"))
	if err != nil {
		return err
	}
	var f commentForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		f = readComment(r)
		_, err := s.Flow.Represent(r.Context(), r.Actor, flow.Represent{Case: n.Case, Name: f.name, Email: f.email, Address: f.lines(), Ground: f.ground, Text: f.text, Key: r.Key()})
		if err == nil {
			return r.Redirect(w, "/notices/"+n.Case+"/thanks")
		}
		var fields fault.Fields
		if !errors.As(err, &fields) {
			return err
		}
		for _, e := range fields {
			f.problems = append(f.problems, view.Problem{Path: e.Field, Anchor: e.Field, Text: r.P.Key(e.Key, i18n.V(e.Args))})
		}
	}
	return renderComment(w, r, n, f)
}

func renderComment(w http.ResponseWriter, r *web.Request, n view.NoticePage, f commentForm) error {
	title := r.T("Comment on this application")
	fields := []page.Component{
		page.Input{Name: "name", Value: f.name, Label: page.Label{Text: r.T("Your name"), Classes: "govuk-label--m"}, ErrorMessage: f.wrong("name"), Autocomplete: "name"},
		page.Textarea{Name: "address", Value: f.address, Rows: 4, Label: page.Label{Text: r.T("Your address"), Classes: "govuk-label--m"}, ErrorMessage: f.wrong("address"),
			Hint: page.Hint{Text: r.T("It shows how near you are. Give an address, an email address, or both.")}, Autocomplete: "street-address"},
		page.Input{Name: "email", Type: "email", Value: f.email, Label: page.Label{Text: r.T("Your email address"), Classes: "govuk-label--m"}, ErrorMessage: f.wrong("email"), Autocomplete: "email", Spellcheck: "false"},
	}
	if len(n.Grounds) > 0 {
		radios := page.Radios{Name: "ground", Value: f.ground, ErrorMessage: f.wrong("ground"),
			Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("What is your comment about?"), Classes: "govuk-fieldset__legend--m"}}}
		for _, g := range n.Grounds {
			radios.Items = append(radios.Items, page.Choice{Value: g.Value, Text: g.Label})
		}
		fields = append(fields, radios)
	}
	fields = append(fields, page.Textarea{Name: "text", Value: f.text, Rows: 8, Label: page.Label{Text: r.T("Your comment"), Classes: "govuk-label--m"}, ErrorMessage: f.wrong("text")})
	lead := page.Group{para(n.Ask), body(r.T("The applicant may be told what you say and who you are. Write only what you are ready to stand by."))}
	q := page.Question{Heading: page.Heading{Text: title, Caption: n.Number}, Lead: lead, Action: r.URL.Path, Key: r.NewKey(), ErrorTitle: r.T("There is a problem"),
		Errors: problems(f.problems), Fields: fields, Continue: r.T("Send comment")}
	return r.Render(w, web.Page{Title: title, Failed: len(f.problems) > 0, Area: "notices", Content: q, Back: "/notices/" + n.Case, NoIndex: true})
}

// thanks is /notices/{case}/thanks.
func (s *Site) thanks(w http.ResponseWriter, r *web.Request) error {
	n, err := s.View.Notice(r.Context(), reader(r), r.PathValue("case"))
	if err != nil {
		return err
	}
	title := r.T("Thank you for your comment")
	return r.Render(w, web.Page{Title: title, Area: "notices", NoIndex: true, Content: column(
		page.Panel{TitleText: title, HTML: panelNumber(r.T("About application"), n.Number)},
		body(r.T("The office reads it before it decides. You do not need to do anything else.")),
		page.Paragraph{HTML: page.LinkTo{Text: r.T("Other public notices"), URL: "/notices"}})})
}
