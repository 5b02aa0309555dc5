package view

import (
	"slices"

	"stoa/internal/catalogue"
	"stoa/internal/i18n"
	"stoa/internal/service"
)

// Services are all services, for the catalogue of services.
func (c Catalogues) Services(r Reader) (catalogue.Services, error) {
	j := c.place()
	all := catalogue.Services{
		URL: c.address("/services"), Languages: j.File.Languages, Publisher: c.government(r), Place: c.area(),
		Title: c.say(r, func(in Reader) string {
			return in.P.T("Services of {name}", i18n.V{"name": in.words(j, j.File.Name)})
		}),
		Summary: c.say(r, func(in Reader) string {
			return in.P.T("Everything that people and businesses can ask of {name}: who may, what it needs, what it costs and how long it takes.", i18n.V{"name": in.words(j, j.File.Name)})
		}),
	}
	for _, s := range j.Services {
		if s, err := c.inForce(r, s.Service); err == nil {
			all.Services = append(all.Services, c.service(r, s))
		}
	}
	return all, nil
}

// ServicePage is a service in the words of schema.org, in the reader's language.
func (c Catalogues) ServicePage(r Reader, id string) ([]byte, error) {
	s, err := c.inForce(r, id)
	if err != nil {
		return nil, err
	}
	return catalogue.SchemaService(c.service(r, s), c.area(), r.P.Tag())
}

func (c Catalogues) service(r Reader, s *service.Service) catalogue.Service {
	j, url := s.Jurisdiction, c.address("/services/"+s.Service)
	out := catalogue.Service{
		ID: s.Service, URL: url, Title: textOf(s.Title), Summary: textOf(s.Summary), Who: textOf(s.Who), Keywords: s.Keywords,
		Owner: c.agent(r, s.Organisation), Currency: j.File.Currency,
		Topics: c.topics(j.File.Topics, "/topics/", s.Topics), Events: c.topics(j.File.LifeEvents, "/life-events/", s.LifeEvents),
	}
	for _, n := range s.Needs {
		out.Needs = append(out.Needs, catalogue.Need{Title: textOf(n.Title), Evidence: textOf(n.Evidence), Law: n.Law})
	}
	for _, id := range sortedKeys(s.Law) {
		out.Laws = append(out.Laws, c.source(id, s.Law[id]))
	}
	if s.Issue != nil {
		out.Output = textOf(s.Issue.Title)
	}
	out.Costs = c.costs(s)
	for _, kind := range s.Channels {
		ch := catalogue.Channel{Kind: kind, Title: c.say(r, func(in Reader) string { return in.channel(kind) })}
		if kind == "web" {
			ch.URL = url
		}
		out.Channels = append(out.Channels, ch)
	}
	out.Days, out.Months = timeLimit(s)
	return out
}

func (c Catalogues) topics(all []service.TopicFile, base string, of []string) (list []catalogue.Topic) {
	for _, t := range all {
		if slices.Contains(of, t.ID) {
			list = append(list, catalogue.Topic{ID: t.ID, URL: c.address(base + t.ID), Title: textOf(t.Title), Summary: textOf(t.Summary)})
		}
	}
	return list
}

// costs are the items of the fee, with their amounts where no answer decides them.
func (c Catalogues) costs(s *service.Service) (list []catalogue.Cost) {
	known := map[string]string{}
	if fee := c.unanswered(s).Fee; fee != nil {
		for _, item := range fee.Items {
			if d, err := item.Amount.Decimal(); err == nil {
				known[item.Fee.ID] = d.String()
			}
		}
	}
	for _, f := range s.Fee {
		list = append(list, catalogue.Cost{ID: f.ID, Title: textOf(f.Title), Amount: known[f.ID], Law: f.Law})
	}
	return list
}

// timeLimit is the first time limit that the file sets for the office, in calendar days or months: the one on the service's
// page. Working days become whole weeks of five, which is never too short but for holidays.
func timeLimit(s *service.Service) (days, months int) {
	for _, st := range statesInOrder(s) {
		if st.Deadline == nil || st.Clock == "stopped" {
			continue
		}
		d := st.Deadline.DeadlineFile
		if d.WorkingDays > 0 {
			return (d.WorkingDays + 4) / 5 * 7, 0
		}
		return d.Days, d.Months
	}
	return 0, 0
}
