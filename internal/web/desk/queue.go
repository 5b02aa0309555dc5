package desk

import (
	"net/http"
	"net/url"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// queuePage is /desk/cases.
type queuePage struct {
	view.Queue
	P       *i18n.Printer
	Found   string // "25 cases"
	Table   page.QueueTable
	Filters page.Filters
	First   string // back to the first page; "" on it
	Next    string
}

func (d *Desk) queue(w http.ResponseWriter, r *web.Request) error {
	ask := readQueue(r)
	if ask == (view.QueueAsk{Words: ask.Words}) {
		id, err := d.View.CaseNumbered(r.Context(), reader(r), ask.Words)
		if err != nil {
			return err
		}
		if id != "" {
			return r.Redirect(w, "/desk/cases/"+id)
		}
	}
	q, err := d.View.Queue(r.Context(), reader(r), ask)
	if err != nil {
		return err
	}
	p := queuePage{Queue: q, P: r.P, Found: found(r.P, q.Total), Filters: queueFilters(r.P, ask, q)}
	elsewhere := r.T("Take off a filter, or look among the ended cases.")
	if ask.Closed {
		elsewhere = r.T("Take off a filter, or look among the open cases.")
	}
	p.Table = lines(r.P, r.T("Cases"), sortable(r.P, ask, q.Sort), q.Lines, page.EmptyState{Heading: r.T("No case fits"), Level: 2,
		Text: elsewhere, Link: page.Link{Text: r.T("Show everything open"), URL: "/desk/cases"}})
	if ask.After != "" {
		first := ask
		first.After = ""
		p.First = queueURL(first)
	}
	if q.Next != "" {
		next := ask
		next.After = q.Next
		p.Next = queueURL(next)
	}
	return d.show(w, r, areaCases, web.Page{Title: r.T("Cases"), Content: queue(p)})
}

// readQueue reads the address; what it does not know is left out.
func readQueue(r *web.Request) view.QueueAsk {
	return view.QueueAsk{
		Organisation: r.Query("organisation"), Service: r.Query("service"), State: r.Query("state"), Due: r.Query("due"),
		Assignee: r.Query("assignee"), Awaiting: r.Query("awaiting") == "yes", Closed: r.Query("ended") == "yes",
		Words: r.Query("q"), Sort: r.Query("sort"), After: r.Query("after"),
	}
}

// queueURL is the address of a queue; reading it gives the same queue.
func queueURL(a view.QueueAsk) string {
	yes := map[bool]string{true: "yes"}
	return address("/desk/cases", url.Values{
		"organisation": {a.Organisation}, "service": {a.Service}, "state": {a.State}, "due": {a.Due}, "assignee": {a.Assignee},
		"awaiting": {yes[a.Awaiting]}, "ended": {yes[a.Closed]}, "q": {a.Words}, "sort": {a.Sort}, "after": {a.After},
	})
}

func found(p *i18n.Printer, n view.Number) string {
	if n.More {
		return p.T("{n} cases or more", i18n.V{"n": n.N})
	}
	return p.N("{n} case", "{n} cases", n.N)
}

// sortable are the heads with the links that sort; by is what the list is sorted by.
func sortable(p *i18n.Printer, ask view.QueueAsk, by string) []page.Column {
	to := func(sort string) string {
		a := ask
		a.Sort, a.After = sort, ""
		return queueURL(a)
	}
	columns := queueColumns(p)
	due, submitted := &columns[1], &columns[5]
	due.SortURL, submitted.SortURL = to(""), to(view.BySubmitted)
	switch by {
	case view.ByMade: // which is no column's
		due.SortURL = to(view.ByDue)
	case view.BySubmitted:
		submitted.Sorted, submitted.SortURL = "descending", to(view.ByOldest)
	case view.ByOldest:
		submitted.Sorted = "ascending"
	default:
		due.Sorted = "ascending"
	}
	return columns
}

// queueFilters is the form beside the list, with what is in force as links that take it off.
func queueFilters(p *i18n.Printer, ask view.QueueAsk, q view.Queue) page.Filters {
	f := page.Filters{Heading: p.T("Narrow down"), Action: "/desk/cases"}
	if ask.Sort != "" {
		f.Hidden = append(f.Hidden, page.Hidden{Name: "sort", Value: ask.Sort})
	}
	f.Fields = append(f.Fields, page.Input{Name: "q", Value: ask.Words, Label: page.Label{Text: p.T("Number, name or words")}, Hint: page.Hint{Text: p.T("Whole words; all must be in the case")}})
	choose := func(name, label, all, value string, options []view.Option) {
		items := []page.Option{{Text: all}}
		for _, o := range options {
			items = append(items, page.Option{Value: o.Value, Text: o.Label})
		}
		f.Fields = append(f.Fields, page.Select{Name: name, Label: page.Label{Text: label}, Value: value, Items: items})
	}
	if len(q.Organisations) > 1 {
		choose("organisation", p.T("Organisation"), p.T("All of mine"), ask.Organisation, q.Organisations)
	}
	choose("service", p.T("Service"), p.T("All"), ask.Service, q.Services)
	if len(q.States) > 0 {
		choose("state", p.T("State"), p.T("All"), ask.State, q.States)
	}
	due, who := dueChoices(p), append([]view.Option{{Value: view.AssigneeMine, Label: p.T("Mine, and those I cover")}, {Value: view.AssigneeNone, Label: p.T("Nobody yet")}}, q.Staff...)
	choose("due", p.T("Deadline"), p.T("Any"), ask.Due, due)
	choose("assignee", p.T("Officer"), p.T("Anybody"), ask.Assignee, who)
	checked := map[bool]string{true: "yes"}
	f.Fields = append(f.Fields,
		page.Checkboxes{Name: "awaiting", Classes: "govuk-checkboxes--small", Values: []string{checked[ask.Awaiting]}, Items: []page.Choice{{Value: "yes", Text: p.T("Awaiting approval")}}},
		page.Checkboxes{Name: "ended", Classes: "govuk-checkboxes--small", Values: []string{checked[ask.Closed]}, Items: []page.Choice{{Value: "yes", Text: p.T("Ended cases instead of open ones")}}})
	f.Applied = applied(p, ask, q, due, who)
	if len(f.Applied) > 0 {
		f.ClearURL = queueURL(view.QueueAsk{Sort: ask.Sort})
	}
	return f
}

func dueChoices(p *i18n.Printer) []view.Option {
	return []view.Option{{Value: view.DueOverdue, Label: p.T("Overdue")}, {Value: view.DueWeek, Label: p.T("Overdue or due within 7 days")}}
}

// applied are the filters in force, each with the address without it.
func applied(p *i18n.Printer, ask view.QueueAsk, q view.Queue, due, who []view.Option) []page.AppliedFilter {
	ask.After = ""
	var list []page.AppliedFilter
	add := func(text string, without func(a *view.QueueAsk)) {
		if text == "" {
			return
		}
		a := ask
		without(&a)
		list = append(list, page.AppliedFilter{Text: text, RemoveURL: queueURL(a), RemoveText: p.T("Remove filter:")})
	}
	if ask.Words != "" {
		add("“"+ask.Words+"”", func(a *view.QueueAsk) { a.Words = "" })
	}
	add(labelOf(q.Organisations, ask.Organisation), func(a *view.QueueAsk) { a.Organisation = "" })
	add(labelOf(q.Services, ask.Service), func(a *view.QueueAsk) { a.Service, a.State = "", "" })
	add(labelOf(q.States, ask.State), func(a *view.QueueAsk) { a.State = "" })
	add(labelOf(due, ask.Due), func(a *view.QueueAsk) { a.Due = "" })
	add(labelOf(who, ask.Assignee), func(a *view.QueueAsk) { a.Assignee = "" })
	if ask.Awaiting {
		add(p.T("Awaiting approval"), func(a *view.QueueAsk) { a.Awaiting = false })
	}
	if ask.Closed {
		add(p.T("Ended"), func(a *view.QueueAsk) { a.Closed = false })
	}
	return list
}

// labelOf is the words of a chosen value; a value that is not offered is shown as it is.
func labelOf(options []view.Option, value string) string {
	for _, o := range options {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}
