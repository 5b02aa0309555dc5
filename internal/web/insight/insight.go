// Package insight is the pages of what happened, as the public and the desk both show them: pictures, tables and files of
// the same figures, and the form that narrows them down. It prints what package view gives it; whose figures they are, and
// how small numbers are treated, was decided there.
package insight

import (
	"net/url"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/chart"
	"stoa/internal/web/page"
)

// Read reads what is asked for from the address.
func Read(r *web.Request, topic string, desk bool) view.InsightAsk {
	return ReadFrom(r.URL.Query(), topic, desk)
}

// ReadFrom reads it from values, as a view that was saved has them.
func ReadFrom(values url.Values, topic string, desk bool) view.InsightAsk {
	get := func(name string) string { return strings.TrimSpace(values.Get(name)) }
	return view.InsightAsk{Desk: desk, Topic: topic, Organisation: get("organisation"), Service: get("service"), Area: get("area"),
		From: month(get("from")), Until: month(get("until"))}
}

// month reads 2026-10; the zero day for anything else.
func month(s string) calendar.Date {
	d, err := calendar.ParseISO(s + "-01")
	if err != nil {
		return calendar.Date{}
	}
	return d
}

// Address is where a question is answered. Only what was chosen is in it: what the usual would be stays the usual.
func Address(base string, q view.InsightAsk, chosen url.Values) string {
	q = q.Fit()
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("service", q.Service)
	if q.Service == "" {
		set("organisation", q.Organisation)
	}
	set("area", q.Area)
	for _, name := range []string{"from", "until"} {
		set(name, chosen.Get(name))
	}
	if q.Topic != "" {
		base += "/" + q.Topic
	}
	if len(v) == 0 {
		return base
	}
	return base + "?" + v.Encode()
}

// File is the address of a page's figures as a file.
func File(base, kind string, q view.InsightAsk, chosen url.Values) string {
	path, query, asks := strings.Cut(Address(base, q, chosen), "?")
	if path += "/" + kind; asks {
		path += "?" + query
	}
	return path
}

// Figures are the pictures of a page.
func Figures(r *web.Request, base string, p view.InsightPage) page.Component {
	var g page.Group
	for _, f := range p.Figures {
		g = append(g, Picture(r, File(base, "csv", p.InsightAsk, r.URL.Query()), f))
	}
	if len(p.Places) > 0 {
		g = append(g, areaMap(r, p))
	}
	for _, n := range p.Notes {
		if n != "" {
			g = append(g, page.Paragraph{Text: n})
		}
	}
	return g
}

// Picture draws a figure.
func Picture(r *web.Request, csv string, f view.InsightFigure) page.Component {
	c := chart.Chart{
		Frame: chart.Frame{ID: f.ID, Title: f.Title, Finding: f.Finding, Printer: r.P, CSVURL: csv},
		Kind:  chart.Kind(f.Kind), Unit: chart.Unit{Text: f.Unit, Money: f.Currency, Percent: f.Percent, Decimals: f.Decimals}, Of: f.Of,
		Categories: f.Categories, Dates: f.Dates, Grain: chart.Grain(f.Grain),
	}
	for _, n := range f.Notes {
		if n != "" {
			c.Notes = append(c.Notes, n)
		}
	}
	for i, s := range f.Series {
		one := chart.Series{Name: s.Name, Values: values(s.Values)}
		if i == 0 {
			one.Low, one.High, one.Expected = values(f.Low), values(f.High), f.Expected
		}
		c.Series = append(c.Series, one)
	}
	if c.Kind == chart.Bars {
		c = c.Sorted()
	}
	return c
}

func values(list []view.DataValue) []chart.Value {
	var out []chart.Value
	for _, v := range list {
		switch {
		case v.Held:
			out = append(out, chart.Value{Is: chart.Suppressed})
		case !v.Known:
			out = append(out, chart.Value{Is: chart.Missing})
		default:
			out = append(out, chart.Num(v.N))
		}
	}
	return out
}

func areaMap(r *web.Request, p view.InsightPage) page.Component {
	m := chart.Map{Frame: chart.Frame{ID: "map", Title: r.T("Map of need by area"), Printer: r.P, Finding: p.Figures[0].Finding},
		Unit: chart.Unit{Text: p.Figures[0].Unit}, Of: r.T("Postcode district")}
	for _, at := range p.Places {
		m.Points = append(m.Points, chart.Point{Name: at.Name, Lon: at.Lon, Lat: at.Lat, Value: values([]view.DataValue{at.Value})[0]})
	}
	return m
}

// Narrow is the form that narrows a page down, by its address.
func Narrow(r *web.Request, base string, p view.InsightPage) page.Component {
	if p.Choices.Last.IsZero() {
		return nil
	}
	action := base
	if p.Topic != "" {
		action += "/" + p.Topic
	}
	f := page.Filters{Action: action, ClearURL: action, Heading: r.T("Show another part")}
	choose := func(name, label, all, value string, options []view.Option) {
		if len(options) < 2 && value == "" {
			return
		}
		s := page.Select{Name: name, Label: page.Label{Text: label}, Value: value, Items: []page.Option{{Value: "", Text: all}}}
		for _, o := range options {
			s.Items = append(s.Items, page.Option{Value: o.Value, Text: o.Label})
		}
		f.Fields = append(f.Fields, s)
	}
	organisation := p.Organisation
	if p.Service != "" {
		organisation = ""
	}
	choose("service", r.T("Service"), r.T("All services"), p.Service, p.Choices.Services)
	choose("organisation", r.T("Organisation"), r.T("All organisations"), organisation, p.Choices.Organisations)
	choose("area", r.T("Area"), r.T("All areas"), p.Area, p.Choices.Areas)
	months := monthOptions(r, p)
	choose("from", r.T("From"), r.T("A year ago"), r.Query("from"), months)
	choose("until", r.T("Until"), r.T("The last whole month"), r.Query("until"), months)
	return f
}

func monthOptions(r *web.Request, p view.InsightPage) (list []view.Option) {
	for d := p.Choices.Last; !d.Before(p.Choices.First) && len(list) < 120; {
		list = append(list, view.Option{Value: d.String()[:7], Label: r.P.Month(d.Year(), d.Month())})
		before, err := d.AddMonths(-1)
		if err != nil {
			break
		}
		d = before
	}
	return list
}

// Told says of whom and when a page tells.
func Told(r *web.Request, p view.InsightPage) page.Component {
	said := i18n.V{"scope": p.Scope, "period": p.Period}
	text := r.T("{scope}, {period}.", said)
	if p.Period == "" {
		text = p.Scope
	}
	if p.Area != "" {
		text += " " + r.T("Only area {area}.", i18n.V{"area": p.Area})
	}
	g := page.Group{page.Text(text)}
	if p.Through.Text != "" {
		g = append(g, page.Text(" "+r.T("Counted up to {time}.", i18n.V{"time": p.Through.Text})))
	}
	return page.Paragraph{HTML: g, Classes: "govuk-body-s"}
}

// Topics are the other pages, each with what it finds.
func Topics(r *web.Request, base string, h view.InsightHome) page.Component {
	if len(h.Lines) == 0 {
		return nil
	}
	t := page.TopicList{Heading: page.Heading{Text: r.T("Look further")}}
	for _, l := range h.Lines {
		q := h.InsightAsk
		q.Topic = l.Topic
		t.Topics = append(t.Topics, page.Topic{Title: l.Title, URL: Address(base, q, r.URL.Query()), Text: l.Finding})
	}
	return t
}

// AskBox is one field for a question in plain words.
func AskBox(r *web.Request, base, value string) page.Component {
	return page.SearchBox{Action: base + "/ask", Name: "q", Label: r.T("Ask in your own words: “waiting for licences since June by area”"), Value: value, Button: r.T("Ask")}
}
