package desk

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
)

const appointmentsPath = "/desk/appointments"

// appointmentRoutes are the pages of those who see people at a time that they booked.
func appointmentRoutes(d *Desk) []web.Route {
	route := func(method, pattern string, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: appointmentsPath + pattern, Area: web.Desk, Action: policy.AppointmentWork, Handle: h}
	}
	return []web.Route{
		route("GET", "", d.appointments),
		route("GET", "/{kind}", d.appointmentDay),
		route("GET", "/{kind}/new", d.bookFor),
		route("POST", "/{kind}/new", d.bookFor),
		route("GET", "/{kind}/close", d.closeCounter),
		route("POST", "/{kind}/close", d.closeCounter),
		route("POST", "/{kind}/open", d.openDay),
		route("GET", "/{kind}/open", d.toAppointments),
		route("POST", "/{kind}/end", d.endAppointment),
		route("GET", "/{kind}/end", d.toAppointments),
	}
}

// toAppointments is for a reload of an address that a form was sent to.
func (d *Desk) toAppointments(w http.ResponseWriter, r *web.Request) error {
	return r.Redirect(w, appointmentsPath+"/"+r.PathValue("kind"))
}

// appointments is /desk/appointments: the counters of the reader's organisations; the day itself, where there is one.
func (d *Desk) appointments(w http.ResponseWriter, r *web.Request) error {
	kinds := view.Appointments{View: d.View}.DeskKinds(reader(r))
	if len(kinds) == 1 {
		return r.Redirect(w, appointmentsPath+"/"+kinds[0].ID)
	}
	title := r.T("Appointments")
	g := page.Group{heading1(title)}
	if len(kinds) == 0 {
		g = append(g, page.Paragraph{Text: r.T("Your organisation gives no appointments.")})
	}
	var cards []page.ServiceCard
	for _, k := range kinds {
		cards = append(cards, page.ServiceCard{Title: k.Title, URL: appointmentsPath + "/" + k.ID, Text: k.Summary, Facts: []string{k.Organisation}, Level: 2})
	}
	return d.show(w, r, areaBooked, web.Page{Title: title, Content: append(g, page.ServiceGrid{Cards: cards})})
}

// appointmentDay is /desk/appointments/{kind}?day=: who comes, who came.
func (d *Desk) appointmentDay(w http.ResponseWriter, r *web.Request) error {
	kind := r.PathValue("kind")
	day, _ := calendar.ParseISO(r.Query("day")) // else today
	p, err := view.Appointments{View: d.View}.AppointmentDay(r.Context(), reader(r), kind, day)
	if err != nil {
		return err
	}
	base := appointmentsPath + "/" + kind
	on := func(day string) string { return base + "?" + url.Values{"day": {day}}.Encode() }
	title := r.T("{title}: {date}", i18n.V{"title": p.Kind.Title, "date": p.Text})
	g := page.Group{done(r), heading1(title)}
	for _, c := range p.Closed {
		text := r.T("The whole day is closed: {reason}", i18n.V{"reason": c.Reason})
		if c.Counter > 0 {
			text = r.T("Counter {n} is closed: {reason}", i18n.V{"n": c.Counter, "reason": c.Reason})
		}
		g = append(g, page.InsetText{HTML: page.Group{page.Paragraph{Text: text}, page.Form{Action: base + "/open", Key: r.NewKey(), HTML: page.Group{page.Hidden{Name: "closing", Value: c.ID}, page.Hidden{Name: "day", Value: p.Day},
			page.Button{Text: r.T("Open it again"), Classes: "govuk-button--secondary govuk-!-margin-bottom-0"}}}}})
	}
	t := page.QueueTable{Caption: r.P.N("{n} appointment", "{n} appointments", p.Held), Stack: true,
		Columns: []page.Column{{Text: r.T("Time")}, {Text: r.T("Counter"), Format: "numeric"}, {Text: r.T("What for")}, {Text: r.T("Who")}, {Text: r.T("State")}, {Text: r.T("What to do"), Hidden: true}},
		Empty:   page.EmptyState{Heading: r.T("Nothing here yet"), Text: r.T("Nobody has an appointment on this day."), Level: 2}}
	for _, x := range p.Lines {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.Group{page.ID(x.Time), page.Text(" – "), page.ID(x.Until)}}, {Text: count(r.P, x.Counter)},
			{Text: r.T("{label}: {value}", i18n.V{"label": x.What, "value": r.P.N("{n} person", "{n} people", x.People)})}, {HTML: whoComes(r, x)}, {Text: x.State}, {HTML: endForm(r, base, p.Day, x)}}})
	}
	nav := page.Pagination{LandmarkLabel: r.T("Days"), Previous: page.PageLink{Href: on(p.Before), Text: r.T("The day before")}, Next: page.PageLink{Href: on(p.Next), Text: r.T("The day after")}}
	g = append(g, t, nav)
	if p.Today != "" {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Today"), URL: base}})
	}
	g = append(g, page.ButtonGroup{page.Button{Text: r.T("Book for somebody"), Href: base + "/new?" + url.Values{"day": {p.Day}}.Encode(), Classes: "govuk-button--secondary"},
		page.Button{Text: r.T("Close this day, or a counter"), Href: base + "/close?" + url.Values{"day": {p.Day}}.Encode(), Classes: "govuk-button--secondary"}})
	return d.show(w, r, areaBooked, web.Page{Title: title, Content: g, Crumbs: crumbs(r, page.Crumb{Text: r.T("Appointments"), Href: appointmentsPath})})
}

func whoComes(r *web.Request, x view.DayLine) page.Component {
	g := page.Group{page.ID(x.Name)}
	for _, more := range []string{x.Email, x.Phone} {
		if more != "" {
			g = append(g, page.Text(" · "), page.ID(more))
		}
	}
	if x.By != "" {
		g = append(g, page.Text(" · "+r.T("booked by {name}", i18n.V{"name": x.By})))
	}
	return g
}

// endForm are the buttons that note what came of an appointment.
func endForm(r *web.Request, base, day string, x view.DayLine) page.Component {
	var buttons page.ButtonGroup
	add := func(is bool, value, text string) {
		if is {
			buttons = append(buttons, page.Button{Text: text, Name: "state", Value: value, Classes: "govuk-button--secondary govuk-!-margin-bottom-0",
				Attributes: page.Attributes{"aria-label": text + ": " + x.Name + ", " + x.Time}})
		}
	}
	add(x.Today && !x.Came, "came", r.T("Came"))
	add(x.Today && !x.Missed, "missed", r.T("Did not come"))
	add(x.Coming, "cancelled", r.P.C("button", "Cancel it"))
	if len(buttons) == 0 {
		return page.Group{}
	}
	return page.Form{Action: base + "/end", Key: r.NewKey(), HTML: page.Group{page.Hidden{Name: "appointment", Value: x.ID}, page.Hidden{Name: "day", Value: day}, buttons}}
}

// endAppointment is POST /desk/appointments/{kind}/end.
func (d *Desk) endAppointment(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	if err := d.Flow.Appointments().End(r.Context(), r.Actor, flow.EndAppointment{Appointment: r.Field("appointment"), State: r.Field("state")}); err != nil {
		return err
	}
	return r.Redirect(w, d.dayAddress(r, r.Field("day"))+"&done=saved")
}

func (d *Desk) dayAddress(r *web.Request, day string) string {
	return appointmentsPath + "/" + r.PathValue("kind") + "?" + url.Values{"day": {day}}.Encode()
}

// bookFor is /desk/appointments/{kind}/new: an appointment for somebody who is here or on the telephone.
func (d *Desk) bookFor(w http.ResponseWriter, r *web.Request) error {
	kind := r.PathValue("kind")
	day, err := calendar.ParseISO(r.Query("day"))
	if err != nil {
		day = calendar.Date{}
	}
	p, err := view.Appointments{View: d.View}.AppointmentDayHead(r.Context(), reader(r), kind, day)
	if err != nil {
		return err
	}
	ask := view.Seek{Kind: kind, What: r.Query("for"), Desk: true}
	ask.Day, _ = calendar.ParseISO(p.Day) // it was one
	if ask.What == "" {
		ask.What = p.For[0].Value
	}
	if ask.People, err = strconv.Atoi(r.Query("people")); err != nil {
		ask.People = 1
	}
	var f problems
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		at, err := time.Parse(view.TimeForm, r.Field("at"))
		if err == nil {
			_, err = d.Flow.Appointments().BookFor(r.Context(), r.Actor, flow.BookFor{Kind: kind, What: ask.What, People: ask.People, At: at,
				Name: r.Field("name"), Email: r.Field("email"), Phone: r.Field("phone"), Language: r.Field("language"), Key: r.Key()})
			if err == nil {
				return r.Redirect(w, d.dayAddress(r, p.Day)+"&done=saved")
			}
			ours := false
			if f, ours = wrong(r, err, "at"); !ours {
				said, taken := r.Say(err, fault.Conflict)
				if !taken {
					return err
				}
				f = problems{Title: r.T("There is a problem"), by: map[string]string{"at": said}, Links: []page.ErrorLink{{Text: said, Href: "#at"}}}
			}
		} else {
			said := r.T("Choose a time")
			f = problems{Title: r.T("There is a problem"), by: map[string]string{"at": said}, Links: []page.ErrorLink{{Text: said, Href: "#at"}}}
		}
	}
	free, err := view.Appointments{View: d.View}.Free(r.Context(), reader(r), ask)
	if err != nil {
		return err
	}
	title := r.T("Book for somebody")
	here := appointmentsPath + "/" + kind + "/new"
	var people []view.Option
	for n := 1; n <= p.People; n++ {
		people = append(people, view.Option{Value: strconv.Itoa(n), Label: count(r.P, n)})
	}
	choose := page.Form{Action: here, Method: "get", HTML: page.Group{selectOf("for", r.T("What do they want to do?"), ask.What, p.For, "", problems{}),
		selectOf("people", r.T("For how many people?"), strconv.Itoa(ask.People), people, "", problems{}), dayInput("day", r.T("Day"), p.Day), page.Button{Text: r.T("Show the times"), Classes: "govuk-button--secondary"}}}
	g := page.Group{f.summary(), heading1(title), choose, page.Heading{Text: p.Text}}
	if len(free.Day) == 0 {
		g = append(g, page.Paragraph{Text: r.T("On this day nothing is free.")})
	} else {
		times := page.Radios{Name: "at", IDPrefix: "at", Value: r.Field("at"), ErrorMessage: f.at("at"), Classes: "govuk-radios--small", Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Time"), Classes: "govuk-fieldset__legend--s"}}}
		for _, t := range free.Day {
			times.Items = append(times.Items, page.Choice{Value: t.At, Text: t.Text})
		}
		language := r.Field("language")
		if language == "" {
			language = r.P.Tag()
		}
		g = append(g, page.Form{Action: r.URL.RequestURI(), Key: r.NewKey(), HTML: page.Group{times, textOf("name", r.T("Their name"), "", r.Field("name"), f),
			textOf("email", r.T("Their email address (optional)"), r.T("There they get a confirmation and a reminder."), r.Field("email"), f),
			textOf("phone", r.T("Their telephone number (optional)"), "", r.Field("phone"), f), selectOf("language", r.T("Language in which they are written to"), language, languages(r), "", f),
			page.Button{Text: r.T("Book this time"), PreventDoubleClick: true}}})
	}
	return d.show(w, r, areaBooked, web.Page{Title: title, Failed: f.any(), Content: g, Crumbs: crumbs(r, page.Crumb{Text: p.Kind.Title, Href: d.dayAddress(r, p.Day)})})
}

// languages are those of the jurisdiction, by their own names.
func languages(r *web.Request) (list []view.Option) {
	for _, tag := range r.Place.File.Languages {
		list = append(list, view.Option{Value: tag, Label: web.LanguageName(r, tag)})
	}
	return list
}

// closeCounter is /desk/appointments/{kind}/close.
func (d *Desk) closeCounter(w http.ResponseWriter, r *web.Request) error {
	day, _ := calendar.ParseISO(r.Query("day")) // else today
	p, err := view.Appointments{View: d.View}.AppointmentDayHead(r.Context(), reader(r), r.PathValue("kind"), day)
	if err != nil {
		return err
	}
	var f problems
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		in := flow.CloseCounter{Kind: r.PathValue("kind"), Reason: r.Field("reason"), Key: r.Key()}
		in.Day, _ = calendar.ParseISO(p.Day)             // it was one
		in.Counter, _ = strconv.Atoi(r.Field("counter")) // else all
		_, err := d.Flow.Appointments().CloseCounter(r.Context(), r.Actor, in)
		if err == nil {
			return r.Redirect(w, d.dayAddress(r, p.Day)+"&done=saved")
		}
		ours := false
		if f, ours = wrong(r, err, "reason"); !ours {
			return err
		}
	}
	title := r.T("Close this day, or a counter")
	counters := []view.Option{{Value: "0", Label: r.T("The whole day")}}
	for n := 1; n <= p.Counters && p.Counters > 1; n++ {
		counters = append(counters, view.Option{Value: strconv.Itoa(n), Label: r.T("Counter {n}", i18n.V{"n": n})})
	}
	g := page.Group{f.summary(), heading1(title), page.Paragraph{Text: p.Text},
		page.InsetText{Text: r.P.N("{n} person has an appointment on this day. Whoever is affected is told at once, with the reason, and can choose another time.",
			"{n} people have an appointment on this day. Whoever is affected is told at once, with the reason, and can choose another time.", p.Held)},
		page.Form{Action: r.URL.RequestURI(), Key: r.NewKey(), HTML: page.Group{selectOf("counter", r.T("What is closed?"), r.Field("counter"), counters, "", f),
			textOf("reason", r.T("Why?"), r.T("Those who had an appointment read it."), r.Field("reason"), f), page.Button{Text: r.T("Close it and tell them"), Classes: "govuk-button--warning", PreventDoubleClick: true}}}}
	return d.show(w, r, areaBooked, web.Page{Title: title, Failed: f.any(), Content: g, Crumbs: crumbs(r, page.Crumb{Text: p.Kind.Title, Href: d.dayAddress(r, p.Day)})})
}

// openDay is POST /desk/appointments/{kind}/open.
func (d *Desk) openDay(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	if err := d.Flow.Appointments().OpenDay(r.Context(), r.Actor, r.PathValue("kind"), r.Field("closing")); err != nil {
		return err
	}
	return r.Redirect(w, d.dayAddress(r, r.Field("day"))+"&done=saved")
}
