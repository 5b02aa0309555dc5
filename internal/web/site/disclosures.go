package site

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/chart"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

func (s *Site) disclosureRoutes() []web.Route {
	get := func(area web.Area, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: "GET", Pattern: pattern, Area: area, Action: do, Handle: h}
	}
	return []web.Route{
		get(web.Public, "/disclosures", policy.DisclosureRead, s.disclosures),
		get(web.System, "/disclosures/feed.atom", policy.DisclosureRead, s.disclosureFeed),
		get(web.Public, "/disclosures/{number}", policy.DisclosureRead, s.disclosure),
		get(web.System, "/disclosures/{number}/files/{file}", policy.DisclosureRead, s.disclosureFile),
		get(web.Account, "/account/cases/{case}/released/{document}", policy.DisclosureOwn, s.releasedFile),
	}
}

func disclosureAsk(r *web.Request) view.DisclosureAsk {
	return view.DisclosureAsk{Words: r.Query("q"), Topic: r.Query("topic"), Outcome: r.Query("outcome"), Exemption: r.Query("exemption"), Before: r.Query("before")}
}

// disclosures is /disclosures: what others have asked and what was answered, and how well requests are answered.
func (s *Site) disclosures(w http.ResponseWriter, r *web.Request) error {
	if !s.View.Disclosure().Any() {
		return fault.NewNotFound("")
	}
	ask := disclosureAsk(r)
	l, err := s.View.Disclosure().Log(r.Context(), reader(r), ask)
	if err != nil {
		return err
	}
	title := r.T("What others have asked")
	main := page.Group{page.Paragraph{Text: r.P.N("{n} answer", "{n} answers", int(disclosuresFound(l, ask)))}, disclosureList(r, l)}
	if l.Next != "" {
		q := r.URL.Query()
		q.Set("before", l.Next)
		main = append(main, page.Pagination{Next: page.PageLink{Href: "/disclosures?" + q.Encode()}})
	}
	g := page.Group{heading1("", title),
		column(page.Paragraph{Classes: "govuk-body-l", Text: r.T("Anybody may ask for the information that we hold. Here are the answers, with the documents that we released. Who asked is never shown.")},
			page.Button{Text: r.T("Ask for information"), Href: "/services/" + l.Service, IsStartButton: true}),
		h2(r.T("How we answer")), complianceOf(r, l.Compliance),
		h2(r.T("Answers, newest first")),
		page.TwoColumns{SideFirst: true, SideLabel: r.T("Filter"), Side: disclosureFilters(r, l, ask), Main: main},
		column(page.Paragraph{HTML: link(r.T("Follow new answers (Atom feed)"), "/disclosures/feed.atom")})}
	return r.Render(w, web.Page{Title: title, Area: "open", Charts: true, Content: g, Crumbs: openCrumbs(r), NoIndex: r.URL.RawQuery != ""})
}

// disclosuresFound is how many answers fit all that is asked for.
func disclosuresFound(l view.DisclosureLog, ask view.DisclosureAsk) int64 {
	if ask.Topic == "" {
		return l.Found
	}
	for _, t := range l.Topics {
		if t.Value == ask.Topic {
			return t.Count
		}
	}
	return 0
}

func disclosureFilters(r *web.Request, l view.DisclosureLog, ask view.DisclosureAsk) page.Component {
	choose := func(name, label, value string, list []view.DisclosureFacet) page.Component {
		items := []page.Option{{Value: "", Text: r.T("All")}}
		for _, f := range list {
			items = append(items, page.Option{Value: f.Value, Text: r.T("{text} ({n})", i18n.V{"text": f.Text, "n": r.P.Number(strconv.FormatInt(f.Count, 10))})})
		}
		return page.Select{Name: name, Value: value, Items: items, Label: page.Label{Text: label}}
	}
	return page.Filters{Action: "/disclosures", ClearURL: "/disclosures", Fields: []page.Component{
		page.Input{Name: "q", Value: ask.Words, Type: "search", Label: page.Label{Text: r.T("Words")}},
		choose("topic", r.T("Topic"), ask.Topic, l.Topics), choose("outcome", r.T("Outcome"), ask.Outcome, l.Outcomes), choose("exemption", r.T("Held back under"), ask.Exemption, l.Exemptions)}}
}

func disclosureList(r *web.Request, l view.DisclosureLog) page.Component {
	t := page.QueueTable{Caption: r.T("Answers, newest first"), CaptionHidden: true, Stack: true,
		Empty:   page.EmptyState{Heading: r.T("No answer is found"), Text: r.T("Try other words, or fewer of them. Or ask us.")},
		Columns: []page.Column{{Text: r.T("Request")}, {Text: r.T("Topic")}, {Text: r.T("Outcome")}, {Text: r.T("Answered")}}}
	for _, d := range l.Lines {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{
			{HTML: page.Group{nameAndNumber("/disclosures/"+url.PathEscape(d.Number), d.Title, d.Number, ""), page.Text(" "), paper.Foreign(d.Language, d.Summary)}},
			{Text: d.Topic}, {HTML: page.State(d.Outcome, endingTone(d.Ending))}, {HTML: page.ID(d.Answered)}}})
	}
	return t
}

// complianceOf says in a sentence how requests were answered, and shows it.
func complianceOf(r *web.Request, c view.Compliance) page.Component {
	if c.Of == 0 {
		return column(body(r.T("No request has been answered yet.")))
	}
	share := 100 * c.InTime / c.Of
	says := r.P.N("The newest request was answered within {days} working days in {share} % of the cases. We promise {wanted} %.",
		"Of the newest {n} requests {share} % were answered within {days} working days. We promise {wanted} %.", c.Of, i18n.V{"share": share, "days": c.Days, "wanted": c.Wanted})
	bars := chart.Chart{Kind: chart.Bars, Unit: chart.Unit{Text: r.T("requests")}, Of: r.T("Outcome"),
		Frame: chart.Frame{ID: "answers", Title: r.T("How requests were answered"), Printer: r.P, Headings: 3}}
	counts := chart.Series{Name: r.T("Requests")}
	for _, o := range c.Outcomes {
		bars.Categories, counts.Values = append(bars.Categories, o.Text), append(counts.Values, chart.Num(float64(o.Count)))
	}
	bars.Series = []chart.Series{counts}
	said := page.Group{body(says), body(r.T("Days on which we waited for whoever asked do not count."))}
	if c.Law.Text != "" {
		said = append(said, page.Paragraph{HTML: paper.Law(c.Law)})
	}
	said = append(said, page.Paragraph{HTML: link(r.T("What we have promised"), "/commitments")})
	return page.Group{column(said...), bars}
}

// disclosure is /disclosures/{number}: one request and its answer.
func (s *Site) disclosure(w http.ResponseWriter, r *web.Request) error {
	d, err := s.View.Disclosure().Entry(r.Context(), reader(r), r.PathValue("number"))
	if err != nil {
		return err
	}
	return r.Render(w, web.Page{Title: d.Title, Area: "open", Content: column(paper.Disclosure{DisclosurePage: d, P: r.P, File: func(id string) string {
		return "/disclosures/" + url.PathEscape(d.Number) + "/files/" + id
	}}),
		Crumbs: openCrumbs(r, page.Crumb{Text: r.T("What others have asked"), Href: "/disclosures"})})
}

func (s *Site) disclosureFile(w http.ResponseWriter, r *web.Request) error {
	f, at, err := s.View.Disclosure().File(r.Context(), reader(r), r.PathValue("number"), r.PathValue("file"))
	if err != nil {
		return err
	}
	return web.Download{Name: f.Name, MediaType: disclosedType(string(f.Kind)), Tag: f.SHA256, At: at, Content: bytes.NewReader(f.Data)}.Send(w, r)
}

// disclosedType is the media type under which a released file is sent.
func disclosedType(kind string) string {
	if strings.HasPrefix(kind, "text/") {
		return kind + "; charset=utf-8"
	}
	return kind
}

// releasedFile is /account/cases/{case}/released/{document}: what was released to whoever asked.
func (s *Site) releasedFile(w http.ResponseWriter, r *web.Request) error {
	name, kind, data, err := s.View.Disclosure().OwnFile(r.Context(), reader(r), r.PathValue("case"), r.PathValue("document"))
	if err != nil {
		return err
	}
	return r.Send(w, disclosedType(kind), name, data)
}

// disclosureFeed is /disclosures/feed.atom: the newest answers, as RFC 4287 writes it.
func (s *Site) disclosureFeed(w http.ResponseWriter, r *web.Request) error {
	l, err := s.View.Disclosure().Log(r.Context(), reader(r), view.DisclosureAsk{})
	if err != nil {
		return err
	}
	f := view.DataFeed{Title: r.T("Answers to requests for information: {name}", i18n.V{"name": l.Author}), Author: l.Author, Path: "/disclosures"}
	for _, d := range l.Lines {
		f.Entries = append(f.Entries, view.FeedEntry{Path: "/disclosures/" + url.PathEscape(d.Number), Title: d.Title, Summary: d.Outcome, Author: l.Author, At: d.At})
		if d.At.After(f.Updated) {
			f.Updated = d.At
		}
	}
	raw, err := xml.MarshalIndent(atomOf(r, f), "", " ")
	if err != nil {
		return err
	}
	w.Header().Add("Vary", "Accept-Language")
	w.Header().Add("Vary", "Cookie") // the language is chosen by either
	return r.Share(w, "application/atom+xml; charset=utf-8", web.ForSeconds, append([]byte(xml.Header), raw...))
}

// released is what was released of a request for information, on the page of whoever asked.
func released(r *web.Request, c view.CasePage) page.Component {
	var g page.Group
	if len(c.Released) > 0 {
		var items []page.Component
		for _, f := range c.Released {
			items = append(items, page.LinkTo{Text: f.Name, URL: "/account/cases/" + c.ID + "/released/" + f.ID})
		}
		g = append(g, page.Heading{Level: 2, Text: r.T("What we released"), ID: "released"}, page.List{Items: items})
	}
	if c.Published != "" {
		g = append(g, page.Paragraph{HTML: link(r.T("Your request and our answer are published, without your name"), "/disclosures/"+url.PathEscape(c.Published))})
	}
	return g
}
