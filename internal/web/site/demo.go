package site

import (
	"net/http"
	"strconv"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// demo is /demo: who to be. It exists in stoa demo only.
func (s *Site) demo(w http.ResponseWriter, r *web.Request) error {
	d, err := s.View.Demonstration().DemoPeople(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title, to := r.T("People of this demonstration"), web.LocalPath(r.Query("to"), "")
	content := page.Group{
		banner(r, map[string]string{"time": r.T("Time has passed. It is now {date}.", i18n.V{"date": d.Today})}),
		heading1("", title),
		column(body(r.T("Everybody here is made up. Sign in as any of them by a click, and change as often as you like.")),
			page.Paragraph{HTML: page.LinkTo{Text: r.T("Open the mailbox of all of them"), URL: "/demo/mailbox"}},
			page.Paragraph{HTML: page.LinkTo{Text: r.T("Let time pass"), URL: "#time"}}),
		h2(r.T("Residents")), people(d.Residents, r.NewKey, r.T("Sign in"), to),
		h2(r.T("Staff")), people(d.Staff, r.NewKey, r.T("Sign in"), to),
		page.Heading{Text: r.T("Let time pass"), ID: "time"},
		column(page.Paragraph{HTML: r.P.H("It is now {date}. Time limits run by this date. Let days pass to see what happens then.", i18n.V{"date": d.Today})}),
		timeForm(r),
	}
	return r.Render(w, web.Page{Title: title, Content: content, NoIndex: true})
}

func timeForm(r *web.Request) page.Component {
	var g page.ButtonGroup
	for _, days := range []int{1, 7, 28} {
		g = append(g, page.Button{Text: r.P.N("{n} day", "{n} days", days), Name: "days", Value: strconv.Itoa(days), Classes: "govuk-button--secondary", PreventDoubleClick: true})
	}
	return page.Form{Action: "/demo/time", Key: r.NewKey(), HTML: g}
}

// demoTime is POST /demo/time. Sessions end when nobody used them for hours, so that whoever let a day
// pass is signed in anew as the same person.
func (s *Site) demoTime(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	days, err := strconv.Atoi(r.Field("days"))
	if err != nil {
		days = 0 // refused with the words for it
	}
	self, err := s.View.Demonstration().DemoSelf(r.Context(), reader(r))
	if err != nil {
		return err
	}
	if err := s.Flow.PassTime(r.Context(), r.Actor, days); err != nil {
		return err
	}
	if self != "" {
		token, err := s.Flow.DemoSignIn(r.Context(), r.Actor, self)
		if err != nil {
			return err
		}
		r.SignIn(w, token)
	}
	return r.Redirect(w, "/demo?told=time")
}

// demoSignIn is POST /demo/sign-in.
func (s *Site) demoSignIn(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	token, err := s.Flow.DemoSignIn(r.Context(), r.Actor, r.Field("email"))
	if err != nil {
		return err
	}
	return s.enter(w, r, token, web.LocalPath(r.Field("to"), ""))
}

// mailbox is /demo/mailbox?page=: every message that would have gone out.
func (s *Site) mailbox(w http.ResponseWriter, r *web.Request) error {
	n, err := strconv.Atoi(r.Query("page"))
	if err != nil || n < 1 {
		n = 1
	}
	list, more, err := s.View.Demonstration().Mailbox(r.Context(), reader(r), n)
	if err != nil {
		return err
	}
	title := r.T("Mailbox of the demonstration")
	box := page.Mailbox{Label: title}
	for _, m := range list {
		first, _, _ := strings.Cut(m.Text, "\n")
		box.Items = append(box.Items, page.MailItem{Subject: m.Title, URL: "/demo/mailbox/" + m.ID, From: r.T("To {address}", i18n.V{"address": m.To}), Preview: first, When: timeOf(m.At)})
	}
	var content page.Component = box
	if len(list) == 0 {
		content = page.EmptyState{Heading: r.T("No messages yet"), Text: r.T("Codes and letters appear here as soon as they are sent.")}
	}
	pages := page.Pagination{}
	if n > 1 {
		pages.Previous.Href = "/demo/mailbox?page=" + strconv.Itoa(n-1)
	}
	if more {
		pages.Next.Href = "/demo/mailbox?page=" + strconv.Itoa(n+1)
	}
	g := page.Group{heading1("", title), content}
	if n > 1 || more {
		g = append(g, pages)
	}
	return r.Render(w, web.Page{Title: title, Content: g, Back: "/demo", NoIndex: true})
}

// mail is /demo/mailbox/{mail}.
func (s *Site) mail(w http.ResponseWriter, r *web.Request) error {
	m, err := s.View.Demonstration().Mail(r.Context(), reader(r), r.PathValue("mail"))
	if err != nil {
		return err
	}
	g := page.Group{heading1("", m.Title), page.Paragraph{HTML: r.P.H("To {address}, {date}", i18n.V{"address": m.To, "date": timeOf(m.At)})}, mailText(m)}
	for i, name := range m.Files {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: name, URL: r.URL.Path + "/files/" + strconv.Itoa(i)}})
	}
	return r.Render(w, web.Page{Title: m.Title, Paper: true, Content: column(g...), Back: "/demo/mailbox", NoIndex: true})
}

// mailFile is an attachment.
func (s *Site) mailFile(w http.ResponseWriter, r *web.Request) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		n = -1
	}
	f, err := s.View.Demonstration().MailFile(r.Context(), reader(r), r.PathValue("mail"), n)
	if err != nil {
		return err
	}
	return r.Send(w, f.Type, f.Name, f.Bytes)
}
