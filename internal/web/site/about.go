package site

import (
	"net/http"
	"time"

	"stoa/internal/web"
	"stoa/internal/web/page"
)

func about(w http.ResponseWriter, r *web.Request, title string, parts ...page.Component) error {
	return r.Render(w, web.Page{Title: title, Content: column(append([]page.Component{heading1("", title)}, parts...)...)})
}

// accessibility is /accessibility.
func (s *Site) accessibility(w http.ResponseWriter, r *web.Request) error {
	return about(w, r, r.T("Accessibility"),
		body(r.T("Everybody should be able to use this site: with a keyboard, with a screen reader, with large letters, on a small and slow telephone, and without scripts.")),
		body(r.T("It is built to meet the Web Content Accessibility Guidelines (WCAG) 2.2 at level AA. Letters and licences are pages first; their PDF is tagged.")),
		h2(r.T("If something does not work for you")),
		body(r.T("Tell us, and we put it right. Until then we give you what you need in another form.")),
		contactBlock(r.T("Contact"), s.View.Contact(reader(r))))
}

// cookies is /cookies.
func (s *Site) cookies(w http.ResponseWriter, r *web.Request) error {
	row := func(name, what, life string) []page.Cell {
		return []page.Cell{{HTML: page.ID(name)}, {Text: what}, {Text: life}}
	}
	rows := [][]page.Cell{
		row("stoa-session", r.T("Keeps you signed in"), r.T("Until you close the browser, 12 hours at most")),
		row("stoa-draft", r.T("Lets this browser go on with an application"), r.P.N("{n} day", "{n} days", 60)),
		row("stoa-talk", r.T("Lets this browser go on with a conversation with the assistant"), r.P.N("{n} day", "{n} days", 1)),
		row("stoa-language", r.T("Remembers your language"), r.T("1 year")),
	}
	if keep := web.KeepsSeen(r); keep > 0 {
		rows = append(rows, row("stoa-seen", r.T("Keeps pages from showing you less than you have already seen"), r.P.N("{n} minute", "{n} minutes", int((keep+time.Minute-1)/time.Minute))))
	}
	return about(w, r, r.T("Cookies"),
		body(r.T("We use only cookies without which the site would not work. None is used to watch you, and none goes to anybody else.")),
		page.Table{Caption: r.T("Cookies"), CaptionClasses: "govuk-visually-hidden", FirstCellIsHeader: true,
			Head: []page.Cell{{Text: r.T("Name")}, {Text: r.T("What for")}, {Text: r.T("How long")}},
			Rows: rows})
}

// contact is /contact.
func (s *Site) contact(w http.ResponseWriter, r *web.Request) error {
	c := s.View.Contact(reader(r))
	return about(w, r, r.T("Contact"), contactBlock(c.Name, c),
		body(r.T("Each service names the office that is responsible for it.")),
		page.Paragraph{HTML: page.LinkTo{Text: r.T("Find a service"), URL: "/services"}}, s.toAppointments(r))
}
