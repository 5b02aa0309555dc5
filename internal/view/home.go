package view

import (
	"slices"

	"stoa/internal/fault"
	"stoa/internal/process"
	"stoa/internal/service"
)

// Home is the first page.
type Home struct {
	Services   []ServiceLine
	Topics     []TopicLine
	LifeEvents []TopicLine
	Registers  []RegisterLine
}

// ServiceLine is a service in a list.
type ServiceLine struct {
	ID, Title, Summary, Organisation string
	Fee                              string // "Free", "£21.00" or that it depends
	Time                             string // "10 working days"; "" where the file sets none
}

// TopicLine is a topic or life event in a list.
type TopicLine struct {
	ID, Title, Summary string
	Services           int
}

// Topic is a topic or life event with its services.
type Topic struct {
	TopicLine
	List  []ServiceLine
	Other []TopicLine // its neighbours
}

// Home lists what there is.
func (v *View) Home(r Reader) Home {
	j := v.place()
	return Home{
		Services: v.Services(r), Registers: v.Registers(r),
		Topics:     r.topics(j, j.File.Topics, func(s *service.Service) []string { return s.Topics }),
		LifeEvents: r.topics(j, j.File.LifeEvents, func(s *service.Service) []string { return s.LifeEvents }),
	}
}

func (r Reader) topics(j *service.Jurisdiction, list []service.TopicFile, of func(*service.Service) []string) []TopicLine {
	var lines []TopicLine
	for _, t := range list {
		line := TopicLine{ID: t.ID, Title: r.words(j, t.Title), Summary: r.words(j, t.Summary)}
		for _, s := range j.Services {
			if slices.Contains(of(s), t.ID) {
				line.Services++
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// Topic is a topic; NotFound if there is none.
func (v *View) Topic(r Reader, id string) (Topic, error) {
	j := v.place()
	return v.topic(r, id, j.File.Topics, func(s *service.Service) []string { return s.Topics })
}

// LifeEvent is a life event; NotFound if there is none.
func (v *View) LifeEvent(r Reader, id string) (Topic, error) {
	j := v.place()
	return v.topic(r, id, j.File.LifeEvents, func(s *service.Service) []string { return s.LifeEvents })
}

func (v *View) topic(r Reader, id string, list []service.TopicFile, of func(*service.Service) []string) (Topic, error) {
	j := v.place()
	var t Topic
	for _, line := range r.topics(j, list, of) {
		if line.ID == id {
			t.TopicLine = line
		} else {
			t.Other = append(t.Other, line)
		}
	}
	if t.ID == "" {
		return Topic{}, fault.NewNotFound("")
	}
	for _, s := range j.Services {
		if slices.Contains(of(s), id) {
			t.List = append(t.List, v.serviceLine(r, s))
		}
	}
	return t, nil
}

// Services lists all services by title.
func (v *View) Services(r Reader) []ServiceLine {
	var lines []ServiceLine
	for _, s := range v.place().Services {
		lines = append(lines, v.serviceLine(r, s))
	}
	slices.SortFunc(lines, func(a, b ServiceLine) int { return compareText(a.Title, b.Title) })
	return lines
}

func (v *View) serviceLine(r Reader, s *service.Service) ServiceLine {
	line := r.serviceName(s)
	line.Fee, line.Time = v.feeAtOnce(r, s), r.shortTime(s)
	return line
}

// serviceName is a service without what has to be worked out.
func (r Reader) serviceName(s *service.Service) ServiceLine {
	j := s.Jurisdiction
	return ServiceLine{ID: s.Service, Title: r.words(j, s.Title), Summary: r.words(j, s.Summary), Organisation: r.organisationName(j, s.Organisation)}
}

// feeAtOnce is the fee as far as it can be told before anything is answered.
func (v *View) feeAtOnce(r Reader, s *service.Service) string {
	if len(s.Fee) == 0 {
		return r.P.T("Free")
	}
	fee := v.unanswered(s).Fee
	if fee == nil {
		return r.P.T("Depends on your answers")
	}
	return process.Show(r.P, s, fee.Total, "money")
}

// shortTime is the first deadline that the file sets for the office.
func (r Reader) shortTime(s *service.Service) string {
	for _, st := range statesInOrder(s) {
		if st.Deadline != nil && st.Clock != "stopped" {
			return r.period(st.Deadline.DeadlineFile)
		}
	}
	return ""
}

// period is a deadline in words; "" where it is a rule's day.
func (r Reader) period(d service.DeadlineFile) string {
	switch {
	case d.WorkingDays > 0:
		return r.P.N("{n} working day", "{n} working days", d.WorkingDays)
	case d.Days > 0:
		return r.P.N("{n} day", "{n} days", d.Days)
	case d.Months > 0:
		return r.P.N("{n} month", "{n} months", d.Months)
	}
	return ""
}

// statesInOrder are the states as the file lists them.
func statesInOrder(s *service.Service) []*service.State {
	var list []*service.State
	for _, file := range s.Case.States {
		if st := s.States[file.ID]; st != nil {
			list = append(list, st)
		}
	}
	return list
}
