package site

import (
	"net/http"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// home is /.
func (s *Site) home(w http.ResponseWriter, r *web.Request) error {
	h := s.View.Home(reader(r))
	name := r.Text(r.Place.File.Name)
	hero := page.Hero{
		Heading: r.T("What do you need to do?"), Lead: r.T("Find a service of {name}, apply for it and follow what happens.", i18n.V{"name": name}),
		Search: page.SearchBox{Action: "/services", Label: r.T("Search services"), Large: true}, Title: r.T("Often needed"),
	}
	for i, line := range h.Services {
		if i < 4 {
			hero.Popular = append(hero.Popular, page.Link{Text: line.Title, URL: "/services/" + line.ID})
		}
	}
	content := page.Group{
		askBox(r, "", page.Heading{Text: r.T("Ask a question")}),
		page.ServiceGrid{Heading: page.Heading{Text: r.T("Services")}, Cards: cards(r, h.Services)},
		taxGrid(r, s.View.Taxation().Taxes(reader(r))),
		topicList(r.T("Topics"), "/topics/", h.Topics, r),
		topicList(r.T("What is happening in your life"), "/life-events/", h.LifeEvents, r),
		registerLinks(r, h.Registers),
		openGovernment(r),
	}
	return r.Render(w, web.Page{Title: name, Hero: hero, Content: content})
}

func cards(r *web.Request, list []view.ServiceLine) []page.ServiceCard {
	var all []page.ServiceCard
	for _, line := range list {
		c := page.ServiceCard{Title: line.Title, URL: "/services/" + line.ID, Text: line.Summary, Facts: []string{line.Fee}}
		if line.Time != "" {
			c.Facts = append(c.Facts, line.Time)
		}
		all = append(all, c)
	}
	return all
}

func topicList(title, base string, list []view.TopicLine, r *web.Request) page.Component {
	if len(list) == 0 {
		return nil
	}
	t := page.TopicList{Heading: page.Heading{Text: title}}
	for _, line := range list {
		t.Topics = append(t.Topics, page.Topic{Title: line.Title, URL: base + line.ID, Text: line.Summary,
			Count: r.P.N("{n} service", "{n} services", line.Services)})
	}
	return t
}

func registerLinks(r *web.Request, list []view.RegisterLine) page.Component {
	if len(list) == 0 {
		return nil
	}
	t := page.TopicList{Heading: page.Heading{Text: r.T("Look something up")}}
	for _, line := range list {
		t.Topics = append(t.Topics, page.Topic{Title: line.Title, URL: "/registers/" + line.ID, Text: line.Summary})
	}
	t.Topics = append(t.Topics, page.Topic{Title: r.T("Check a licence"), URL: "/verify", Text: r.T("See whether a licence is genuine and in force.")})
	return t
}

// services is /services: all of them, or those found by ?q=.
func (s *Site) services(w http.ResponseWriter, r *web.Request) error {
	q := r.Query("q")
	list := s.View.Services(reader(r))
	title := r.T("All services")
	var found page.Component
	if q != "" {
		list = s.View.Search(reader(r), q)
		title = r.T("Services for “{words}”", i18n.V{"words": q})
		found = page.Paragraph{Text: r.P.N("{n} service found", "{n} services found", len(list))}
		if len(list) == 0 {
			list = s.View.Services(reader(r))
			found = page.EmptyState{Heading: r.T("Nothing found"), Text: r.T("Try other words, or look through all services below."), Level: 2}
		}
	}
	data, err := s.foundDataFor(r, q)
	if err != nil {
		return err
	}
	content := page.Group{
		heading1("", title),
		page.SearchBox{Action: "/services", Label: r.T("Search services"), Value: q},
		s.foundTaxes(r, q),
		found,
		page.ServiceGrid{Cards: level2(cards(r, list))},
		data,
		s.toAppointments(r),
	}
	return r.Render(w, web.Page{Title: title, Area: "services", Content: content, NoIndex: q != ""})
}

// level2 makes the cards' headings follow the page's own.
func level2(list []page.ServiceCard) []page.ServiceCard {
	for i := range list {
		list[i].Level = 2
	}
	return list
}

// topic is /topics/{topic}.
func (s *Site) topic(w http.ResponseWriter, r *web.Request) error {
	t, err := s.View.Topic(reader(r), r.PathValue("topic"))
	if err != nil {
		return err
	}
	return renderTopic(w, r, t, r.T("Other topics"), "/topics/")
}

// lifeEvent is /life-events/{topic}.
func (s *Site) lifeEvent(w http.ResponseWriter, r *web.Request) error {
	t, err := s.View.LifeEvent(reader(r), r.PathValue("topic"))
	if err != nil {
		return err
	}
	return renderTopic(w, r, t, r.T("Other events"), "/life-events/")
}

func renderTopic(w http.ResponseWriter, r *web.Request, t view.Topic, others, base string) error {
	content := page.Group{
		heading1("", t.Title),
		page.Paragraph{Text: t.Summary, Classes: "govuk-body-l"},
		page.ServiceGrid{Cards: level2(cards(r, t.List))},
		topicList(others, base, t.Other, r),
	}
	return r.Render(w, web.Page{Title: t.Title, Area: "services", Content: content, Crumbs: crumbs(r)})
}

// crumbs lead up from a page of services.
func crumbs(r *web.Request, more ...page.Crumb) []page.Crumb {
	return append([]page.Crumb{{Text: r.T("Home"), Href: "/"}, {Text: r.T("Services"), Href: "/services"}}, more...)
}
