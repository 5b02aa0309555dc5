package view

import (
	"slices"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/i18n"
	"stoa/internal/service"
)

// stations are the states through which the case has come, and its decision if that is still ahead.
func (r Reader) stations(c *docket.Case, timeline []cases.Event) []Station {
	var ids []string
	for _, e := range timeline {
		if e.To == "" || c.Service.States[e.To] == nil {
			continue
		}
		ids = slices.DeleteFunc(ids, func(id string) bool { return id == e.To }) // entered anew: it moves on
		ids = append(ids, e.To)
	}
	var list []Station
	for _, id := range ids {
		state := "passed"
		if id == c.State && c.Open() {
			state = "current"
		}
		list = append(list, Station{r.words(c.Service.Jurisdiction, c.Service.States[id].Title), state})
	}
	if c.Open() {
		list = append(list, Station{r.P.T("Decision"), "ahead"})
	}
	return list
}

// events are the public part of the timeline.
func (r Reader) events(c *docket.Case, all []cases.Event) []Event {
	var list []Event
	for i := len(all) - 1; i >= 0; i-- {
		e := all[i]
		if !e.Public {
			continue
		}
		event := Event{At: r.instant(c.Service.Jurisdiction, e.At), Kind: e.Kind, Title: r.eventTitle(c.Service, e)}
		switch {
		case e.For != "":
			event.By = r.bothNames(e.Name, e.For)
		case e.Actor == r.Actor.Person:
			event.By = r.P.T("You")
		case e.Actor != "":
			event.By = r.organisationName(c.Service.Jurisdiction, c.Organisation)
		}
		switch e.Kind {
		case cases.EventLetter:
			event.Letter, event.Text = e.Ref, ""
		case cases.EventIssued:
			event.LicenceID, event.Text = e.Ref, e.Text
		case cases.EventConsulted:
			event.asked = []string{r.consultee(c.Service, e.Action)}
		case cases.EventAction, cases.EventSubmitted:
			if st := c.Service.States[e.To]; st != nil {
				event.Text = r.P.T("Now: {state}", i18n.V{"state": r.words(c.Service.Jurisdiction, st.Title)})
			}
		}
		if n := len(list) - 1; n >= 0 && e.Kind == cases.EventConsulted && list[n].Kind == e.Kind && list[n].At == event.At {
			list[n] = r.askedTogether(c.Service, list[n], e) // one line for all that were asked at once
			continue
		}
		list = append(list, event)
	}
	return list
}

// bothNames are who did something and for whom.
func (r Reader) bothNames(name, other string) string {
	return r.P.T("{name}, for {other}", i18n.V{"name": name, "other": other})
}

// askedTogether adds an organisation to those that were asked at the same time.
func (r Reader) askedTogether(s *service.Service, first Event, e cases.Event) Event {
	first.asked = append([]string{r.consultee(s, e.Action)}, first.asked...)
	first.Title, first.Text = r.P.T("Others were asked for their view"), r.P.List(first.asked)
	return first
}

// consultee is the name of an organisation that is asked.
func (r Reader) consultee(s *service.Service, id string) string {
	if q := s.Consultees[id]; q != nil {
		return r.organisationName(s.Jurisdiction, q.Organisation)
	}
	return id
}

// eventTitle says what happened.
func (r Reader) eventTitle(s *service.Service, e cases.Event) string {
	p := r.P
	switch e.Kind {
	case cases.EventSubmitted:
		return p.T("Application received")
	case cases.EventLetter:
		return p.T("Letter: {title}", i18n.V{"title": e.Text})
	case cases.EventMessage:
		if e.Action == "incoming" {
			return p.T("Message sent")
		}
		return p.T("Message received")
	case cases.EventIssued:
		return p.T("Issued")
	case cases.EventConsulted, cases.EventReplied:
		name := r.consultee(s, e.Action)
		if e.Kind == cases.EventReplied {
			return p.T("{organisation} has replied", i18n.V{"organisation": name})
		}
		return p.T("{organisation} was asked", i18n.V{"organisation": name})
	case cases.EventRepresented:
		return p.T("A member of the public has written about this application")
	case cases.EventAssigned:
		return p.T("An officer has taken on the case")
	}
	return r.actionTitle(s, e.Action)
}

// actionTitle is the file's word for an action of the case or on its licence.
func (r Reader) actionTitle(s *service.Service, id string) string {
	for _, a := range s.Actions {
		if a.ID == id {
			return r.words(s.Jurisdiction, a.Title)
		}
	}
	if s.Issue != nil {
		for _, a := range s.Issue.Actions {
			if "licence."+a.ID == id || a.ID == id {
				return r.words(s.Jurisdiction, a.Title)
			}
		}
	}
	return r.P.T("The case has moved on")
}
