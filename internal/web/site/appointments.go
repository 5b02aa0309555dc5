package site

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

const ownAppointments = "/account/appointments"

func (s *Site) appointmentRoutes() []web.Route {
	account := func(method, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: ownAppointments + pattern, Area: web.Account, Action: do, Handle: h}
	}
	return []web.Route{
		{Method: "GET", Pattern: "/appointments", Area: web.Public, Action: policy.AppointmentSee, Handle: s.appointments},
		{Method: "GET", Pattern: "/appointments/{appointment}", Area: web.Public, Action: policy.AppointmentSee, Handle: s.appointmentKind},
		account("GET", "", policy.AccountList, s.ownAppointments),
		account("GET", "/new", policy.AppointmentOwn, s.newAppointment),
		account("POST", "/new", policy.AppointmentOwn, s.newAppointment),
		account("GET", "/{appointment}", policy.AppointmentOwn, s.ownAppointment),
		account("POST", "/{appointment}", policy.AppointmentOwn, s.ownAppointment),
		account("GET", "/{appointment}/move", policy.AppointmentOwn, s.moveAppointment),
		account("POST", "/{appointment}/move", policy.AppointmentOwn, s.moveAppointment),
		account("GET", "/{appointment}/calendar.ics", policy.AppointmentOwn, s.appointmentFile),
	}
}

// appointments is /appointments: where one can book one.
func (s *Site) appointments(w http.ResponseWriter, r *web.Request) error {
	title := r.T("Appointments")
	g := page.Group{heading1("", title), column(body(r.T("Choose a time at which somebody has time for you. You can move or cancel it at any hour.")))}
	var cards []page.ServiceCard
	for _, a := range (view.Appointments{View: s.View}).AppointmentKinds(reader(r)) {
		cards = append(cards, page.ServiceCard{Title: a.Title, URL: "/appointments/" + a.ID, Text: a.Summary, Facts: []string{a.Organisation}, Level: 2})
	}
	if len(cards) == 0 {
		g = append(g, page.EmptyState{Heading: r.T("Nothing here yet"), Text: r.T("No office gives appointments here."), Level: 2})
	} else {
		g = append(g, page.ServiceGrid{Cards: cards})
	}
	g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Your appointments"), URL: ownAppointments}})
	return r.Render(w, web.Page{Title: title, Area: "services", Content: g})
}

// seek reads what somebody looks for from an address.
func seek(kind string, q url.Values) view.Seek {
	ask := view.Seek{Kind: kind, What: q.Get("for")}
	ask.People, _ = strconv.Atoi(q.Get("people")) // none, or none that is offered
	ask.Day, _ = calendar.ParseISO(q.Get("day"))  // as above
	ask.Week, _ = calendar.ParseISO(q.Get("week"))
	return ask
}

// picker are the ways to choose a time: by link, from page to page. at gives the address that chooses one.
type picker struct {
	base   string     // of the page that shows it
	keep   url.Values // what was chosen before the day
	chosen func(at string) string
}

func (p picker) with(name, value string) string {
	q := url.Values{name: {value}}
	for k, v := range p.keep {
		q[k] = v
	}
	return p.base + "?" + q.Encode() + "#times"
}

// times are those of the chosen day, the next ones, and a week to look through.
func times(r *web.Request, f view.FreeTimes, p picker) page.Component {
	links := func(list []view.FreeTime, full bool) page.Component {
		var items []page.Component
		for _, t := range list {
			text := t.Text
			if full {
				text = t.Full
			}
			items = append(items, page.LinkTo{Text: text, URL: p.chosen(t.At)})
		}
		return page.List{Items: items}
	}
	g := page.Group{}
	if f.DayText != "" {
		g = append(g, page.Heading{Text: f.DayText, ID: "times"})
		if len(f.Day) == 0 {
			g = append(g, body(r.T("On this day nothing is free.")))
		} else {
			g = append(g, links(f.Day, false))
		}
	}
	if len(f.First) == 0 {
		return append(g, page.InsetText{Text: r.T("Nothing is free in the days that can be booked. New days open each morning, and what others cancel is free at once.")})
	}
	id := "times"
	if f.DayText != "" {
		id = ""
	}
	g = append(g, page.Heading{Text: r.T("The next free times"), ID: id}, links(f.First, true), h2(r.T("Choose a day")))
	var days []page.Component
	for _, d := range f.Week {
		if d.Free == 0 {
			days = append(days, page.Text(r.T("{label}: {value}", i18n.V{"label": d.Text, "value": r.T("nothing free")})))
			continue
		}
		days = append(days, page.LinkTo{Text: r.T("{label}: {value}", i18n.V{"label": d.Text, "value": r.P.N("{n} free time", "{n} free times", d.Free)}), URL: p.with("day", d.Day)})
	}
	if len(days) == 0 {
		days = append(days, page.Text(r.T("In this week it is closed.")))
	}
	nav := page.Pagination{LandmarkLabel: r.T("Weeks")}
	if f.Before != "" {
		nav.Previous = page.PageLink{Href: p.with("week", f.Before), Text: r.T("The week before")}
	}
	if f.Next != "" {
		nav.Next = page.PageLink{Href: p.with("week", f.Next), Text: r.T("The week after")}
	}
	return append(g, page.List{Items: days}, nav)
}

// appointmentKind is /appointments/{appointment}: what for, how many people, then day and time.
func (s *Site) appointmentKind(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("appointment")
	k, err := view.Appointments{View: s.View}.AppointmentKind(reader(r), id)
	if err != nil {
		return err
	}
	ask := seek(id, r.URL.Query())
	var purpose *view.ComeFor
	for i, x := range k.For {
		if x.ID == ask.What || len(k.For) == 1 {
			purpose, ask.What = &k.For[i], x.ID
		}
	}
	if k.People == 1 {
		ask.People = 1
	}
	here := "/appointments/" + id
	g := page.Group{heading1(k.Organisation, k.Title), page.Paragraph{Text: k.Summary, Classes: "govuk-body-l"}}
	main := page.Group{}
	switch {
	case purpose == nil:
		main = append(main, h2(r.T("What do you want to do?")))
		var items []page.Component
		for _, x := range k.For {
			items = append(items, page.LinkTo{Text: r.T("{label}: {value}", i18n.V{"label": x.Title, "value": x.Time}), URL: here + "?" + url.Values{"for": {x.ID}}.Encode()})
		}
		main = append(main, page.List{Items: items})
	case ask.People < 1 || ask.People > k.People:
		main = append(main, chosenRows(r, here, *purpose, 0, ""), h2(r.T("For how many people?")))
		var items []page.Component
		for n := 1; n <= k.People; n++ {
			items = append(items, page.LinkTo{Text: r.P.N("{n} person", "{n} people", n), URL: here + "?" + url.Values{"for": {purpose.ID}, "people": {strconv.Itoa(n)}}.Encode()})
		}
		main = append(main, page.List{Items: items})
	default:
		free, err := view.Appointments{View: s.View}.Free(r.Context(), reader(r), ask)
		if err != nil {
			return err
		}
		people := ask.People
		if k.People == 1 {
			people = 0
		}
		main = append(main, chosenRows(r, here, *purpose, people, free.Minutes), times(r, free, picker{here, url.Values{"for": {purpose.ID}, "people": {strconv.Itoa(ask.People)}},
			func(at string) string { return view.BookingURL(id, purpose.ID, ask.People, at) }}))
	}
	var rows []page.SummaryRow
	for _, h := range k.Hours {
		rows = append(rows, page.SummaryRow{Key: page.Cell{Text: h.Day}, Value: page.Cell{HTML: page.ID(h.Hours)}})
	}
	side := page.Group{h2(r.T("Where to come")), lines(k.Place), h2(r.T("Open")), page.SummaryList{Rows: rows}, contactBlock(r.T("Who to ask"), k.Contact)}
	g = append(g, page.TwoColumns{Main: main, Side: side, SideLabel: r.T("Contact and related")}, appointmentPrivacy(r, k.Privacy))
	return r.Render(w, web.Page{Title: k.Title, Area: "services", Content: g, Back: "/appointments"})
}

// toAppointments leads to where appointments are booked; nothing where none are given.
func (s *Site) toAppointments(r *web.Request) page.Component {
	if len(r.Place.Appointments) == 0 {
		return nil
	}
	return page.Paragraph{HTML: page.LinkTo{Text: r.T("Book an appointment"), URL: "/appointments"}}
}

// appointmentLinks lead from a service's page to a talk about it.
func (s *Site) appointmentLinks(r *web.Request, id string) page.Component {
	list := view.Appointments{View: s.View}.AppointmentsFor(reader(r), id)
	if len(list) == 0 {
		return nil
	}
	var items []page.Component
	for _, x := range list {
		items = append(items, page.LinkTo{Text: r.T("Book an appointment: {title}", i18n.V{"title": x.Label}), URL: x.Value})
	}
	return page.List{Items: items}
}

func lines(list []string) page.Component {
	var items []page.Component
	for _, l := range list {
		items = append(items, page.Text(l))
	}
	return page.List{Items: items}
}

func appointmentPrivacy(r *web.Request, p view.Privacy) page.Component {
	return page.Details{SummaryText: r.T("What we do with your personal data"), HTML: page.SummaryList{Classes: "govuk-summary-list--no-border", Rows: []page.SummaryRow{
		{Key: page.Cell{Text: r.T("What for")}, Value: page.Cell{Text: p.Purpose}},
		{Key: page.Cell{Text: r.T("How long we keep it")}, Value: page.Cell{Text: p.Keep}},
		{Key: page.Cell{Text: r.T("Legal basis")}, Value: page.Cell{HTML: paper.Law(p.Basis)}}}}}
}

// chosenRows are what was chosen so far, each with the way to choose again.
func chosenRows(r *web.Request, here string, x view.ComeFor, people int, minutes string) page.Component {
	change := func(to, of string) page.Actions {
		return page.Actions{Items: []page.Action{{Href: to, Text: r.T("Change"), VisuallyHiddenText: of}}}
	}
	rows := []page.SummaryRow{{Key: page.Cell{Text: r.T("What for")}, Value: page.Cell{Text: x.Title}, Actions: change(here, r.T("What for"))}}
	if people > 0 {
		rows = append(rows, page.SummaryRow{Key: page.Cell{Text: r.T("How many")}, Value: page.Cell{Text: r.P.N("{n} person", "{n} people", people)},
			Actions: change(here+"?"+url.Values{"for": {x.ID}}.Encode(), r.T("How many"))})
	}
	if minutes != "" {
		rows = append(rows, page.SummaryRow{Key: page.Cell{Text: r.T("How long it takes")}, Value: page.Cell{Text: minutes}})
	}
	g := page.Group{page.SummaryList{Rows: rows}}
	if len(x.Bring) > 0 {
		g = append(g, page.Details{SummaryText: r.T("What to bring"), HTML: lines(x.Bring)})
	}
	return append(g, source("", x.Law))
}

func appointmentTime(text string) (time.Time, error) {
	at, err := time.Parse(view.TimeForm, text)
	if err != nil {
		return at, fault.NewNotFound("")
	}
	return at, nil
}

// newAppointment is /account/appointments/new: what was chosen, and the button that books it.
func (s *Site) newAppointment(w http.ResponseWriter, r *web.Request) error {
	q := r.URL.Query()
	ask := seek(q.Get("kind"), q)
	at, err := appointmentTime(q.Get("at"))
	if err != nil {
		return err
	}
	n, free, err := view.Appointments{View: s.View}.NewAppointment(r.Context(), reader(r), ask, at)
	if err != nil {
		return err
	}
	back := "/appointments/" + ask.Kind + "?" + url.Values{"for": {ask.What}, "people": {strconv.Itoa(ask.People)}, "day": {r.Place.Calendar.DateOf(at).String()}}.Encode() + "#times"
	var wrong []view.Problem
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		id, err := s.Flow.Appointments().Book(r.Context(), r.Actor, flow.BookAppointment{Kind: ask.Kind, What: ask.What, People: ask.People, At: at, Language: r.P.Tag(), Key: r.Key()})
		if err == nil {
			return r.Redirect(w, ownAppointments+"/"+id+"?told=booked")
		}
		said, ours := r.Say(err, fault.Conflict, fault.Invalid)
		if !ours {
			return err
		}
		wrong = append(wrong, view.Problem{Text: said})
	}
	title := r.T("Check and book your appointment")
	g := page.Group{summary(r, wrong), heading1(n.Office, title), page.SummaryList{Rows: []page.SummaryRow{
		mandateRow(r.T("What for"), n.Title), mandateRow(r.T("When"), n.Time), mandateRow(r.T("How many"), r.P.N("{n} person", "{n} people", ask.People)),
		{Key: page.Cell{Text: r.T("Where to come")}, Value: page.Cell{HTML: lines(n.Place)}}}}}
	if len(n.Bring) > 0 {
		g = append(g, h2(r.T("What to bring")), lines(n.Bring))
	}
	switch {
	case free && len(wrong) == 0:
		g = append(g, page.Form{Action: r.URL.RequestURI(), Key: r.NewKey(), HTML: page.Button{Text: r.T("Book this time"), PreventDoubleClick: true}})
	case len(wrong) == 0:
		g = append(g, page.WarningText{Text: r.T("This time has just been taken, or cannot be booked any more. Choose another")})
	}
	g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Choose another time"), URL: back}}, appointmentPrivacy(r, n.Privacy))
	return r.Render(w, web.Page{Title: title, Failed: len(wrong) > 0, Area: "account", Content: column(g...), Back: back})
}

// ownAppointments is /account/appointments.
func (s *Site) ownAppointments(w http.ResponseWriter, r *web.Request) error {
	coming, past, err := view.Appointments{View: s.View}.OwnAppointments(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Your appointments")
	if r.Actor.Acting() {
		title = r.T("Appointments of {name}", i18n.V{"name": r.Actor.For.Name})
	}
	g := page.Group{heading1("", title)}
	if len(coming) == 0 {
		g = append(g, body(r.T("You have no appointment.")))
	} else {
		g = append(g, page.ServiceGrid{Cards: appointmentCards(r, coming, 2)})
	}
	g = append(g, page.Button{Text: r.T("Book an appointment"), Href: "/appointments", Classes: "govuk-button--secondary"})
	if len(past) > 0 {
		g = append(g, page.Details{SummaryText: r.T("What is over or cancelled"), HTML: page.ServiceGrid{Cards: appointmentCards(r, past, 2)}})
	}
	return r.Render(w, web.Page{Title: title, Area: "account", Content: g, Back: "/account"})
}

func appointmentCards(r *web.Request, list []view.OwnAppointment, level int) (cards []page.ServiceCard) {
	for _, a := range list {
		tone := page.Neutral
		if a.Coming {
			tone = page.Good
		}
		cards = append(cards, page.ServiceCard{Title: a.Title, URL: ownAppointments + "/" + a.ID, Text: a.When.Text, Tag: page.State(a.State, tone), Level: level, Facts: []string{a.Office}})
	}
	return cards
}

// ownAppointment is /account/appointments/{appointment}: where and when, moving it, giving it up.
func (s *Site) ownAppointment(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("appointment")
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		if err := s.Flow.Appointments().Cancel(r.Context(), r.Actor, id); err != nil {
			return err
		}
		return r.Redirect(w, r.URL.Path+"?told=cancelled")
	}
	a, err := view.Appointments{View: s.View}.OwnAppointment(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	rows := []page.SummaryRow{{Key: page.Cell{Text: r.T("When")}, Value: page.Cell{HTML: page.Group{timeOf(a.When), page.Text(" – "), page.ID(a.Until)}}},
		mandateRow(r.T("How many"), r.P.N("{n} person", "{n} people", a.People)),
		{Key: page.Cell{Text: r.T("Where to come")}, Value: page.Cell{HTML: lines(a.Place)}}, mandateRow(r.T("State"), a.State)}
	if a.By != "" {
		rows = append(rows, mandateRow(r.T("Booked by"), a.By))
	}
	g := page.Group{banner(r, map[string]string{"booked": r.T("Your appointment is booked. We have written to you."), "moved": r.T("Your appointment has moved. We have written to you."),
		"cancelled": r.T("Your appointment is cancelled. The time is free for others.")}), heading1(a.Office, a.Title), page.SummaryList{Rows: rows}}
	if a.Coming {
		if len(a.Bring) > 0 {
			g = append(g, h2(r.T("What to bring")), lines(a.Bring))
		}
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Add it to your calendar"), URL: r.URL.Path + "/calendar.ics"}},
			page.Button{Text: r.T("Move it to another time"), Href: r.URL.Path + "/move", Classes: "govuk-button--secondary"},
			page.Details{SummaryText: r.T("Cancel this appointment"), HTML: page.Group{body(r.T("The time becomes free for somebody else at once.")),
				postButton(r.URL.Path, r.NewKey(), nil, page.Button{Text: r.T("Cancel the appointment"), Classes: "govuk-button--warning", PreventDoubleClick: true})}})
	} else {
		g = append(g, page.Button{Text: r.T("Book another appointment"), Href: "/appointments/" + a.Kind, Classes: "govuk-button--secondary"})
	}
	g = append(g, contactBlock(r.T("Who to ask"), a.Contact))
	return r.Render(w, web.Page{Title: a.Title, Area: "account", Content: column(g...), Back: ownAppointments})
}

// moveAppointment is /account/appointments/{appointment}/move: another time, then a button.
func (s *Site) moveAppointment(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("appointment")
	a, err := view.Appointments{View: s.View}.OwnAppointment(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	here := ownAppointments + "/" + id
	if !a.Coming {
		return r.Redirect(w, here)
	}
	ask := seek(a.Kind, r.URL.Query())
	ask.What, ask.People, ask.Own = a.What, a.People, id
	title := r.T("Move your appointment")
	var wrong []view.Problem
	if at, err := appointmentTime(r.Query("at")); err == nil {
		if r.Method == http.MethodPost {
			if err = s.Flow.Appointments().Move(r.Context(), r.Actor, flow.MoveAppointment{Appointment: id, At: at}); err == nil {
				return r.Redirect(w, here+"?told=moved")
			}
			said, ours := r.Say(err, fault.Conflict, fault.Invalid)
			if !ours {
				return err
			}
			wrong = append(wrong, view.Problem{Text: said, Anchor: "times"})
		} else {
			n, free, err := view.Appointments{View: s.View}.NewAppointment(r.Context(), reader(r), ask, at)
			if err != nil {
				return err
			}
			if free {
				g := page.Group{heading1(a.Title, title), page.SummaryList{Rows: []page.SummaryRow{mandateRow(r.T("Until now"), a.When.Text), mandateRow(r.T("From now on"), n.Time)}},
					page.Form{Action: r.URL.RequestURI(), Key: r.NewKey(), HTML: page.Button{Text: r.T("Move it to this time"), PreventDoubleClick: true}}}
				return r.Render(w, web.Page{Title: title, Area: "account", Content: column(g...), Back: here + "/move"})
			}
			wrong = append(wrong, view.Problem{Text: r.T("This time has just been taken, or cannot be booked any more. Choose another"), Anchor: "times"})
		}
	}
	free, err := view.Appointments{View: s.View}.Free(r.Context(), reader(r), ask)
	if err != nil {
		return err
	}
	g := page.Group{summary(r, wrong), heading1(a.Title, title), body(r.T("Now it is at {time}. It stays yours until you have another.", i18n.V{"time": a.When.Text})),
		times(r, free, picker{here + "/move", nil, func(at string) string { return here + "/move?" + url.Values{"at": {at}}.Encode() }})}
	return r.Render(w, web.Page{Title: title, Failed: len(wrong) > 0, Area: "account", Content: column(g...), Back: here})
}

// appointmentFile is /account/appointments/{appointment}/calendar.ics.
func (s *Site) appointmentFile(w http.ResponseWriter, r *web.Request) error {
	raw, err := view.Appointments{View: s.View}.AppointmentFile(r.Context(), reader(r), r.PathValue("appointment"))
	if err != nil {
		return err
	}
	return r.Send(w, "text/calendar; charset=utf-8", "appointment.ics", raw)
}
