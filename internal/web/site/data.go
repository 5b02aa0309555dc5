package site

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// dataRoutes are the pages and files of open data.
func (s *Site) dataRoutes() []web.Route {
	public := func(method, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Area: web.Public, Action: do, Handle: h}
	}
	system := func(pattern string, h web.Handler) web.Route {
		return web.Route{Method: "GET", Pattern: pattern, Area: web.System, Action: policy.DataRead, Handle: h}
	}
	account := func(method, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Area: web.Account, Action: do, Handle: h}
	}
	return []web.Route{
		public("GET", "/data", policy.DataRead, s.data),
		public("GET", "/data/{dataset}", policy.DataRead, s.dataset),
		public("GET", "/data/{dataset}/versions", policy.DataRead, s.dataVersions),
		public("GET", "/data/{dataset}/v/{number}", policy.DataRead, s.dataVersion),
		public("GET", "/data/{dataset}/v/{number}/diff", policy.DataRead, s.dataDiff),
		system("/data/{dataset}/v/{number}/diff.csv", s.dataDiffCSV),
		system("/data/{dataset}/v/{number}/schema.json", s.dataSchema),
		system("/data/{dataset}/v/{number}/{file}", s.dataFile),
		system("/data/{dataset}/{file}", s.latestFile),
		system("/data/feed.atom", s.dataFeed),
		system("/data/{dataset}/feed.atom", s.dataFeed),
		public("GET", "/data/{dataset}/questions", policy.DataRead, s.dataQuestions),
		account("GET", "/data/{dataset}/ask", policy.DataAsk, s.askAboutData),
		account("POST", "/data/{dataset}/ask", policy.DataAsk, s.askAboutData),
		public("GET", "/data/follow", policy.DataRead, s.followData),
		public("GET", "/data/{dataset}/follow", policy.DataRead, s.followData),
		account("POST", "/data/follow", policy.DataAsk, s.followData),
		account("POST", "/data/{dataset}/follow", policy.DataAsk, s.followData),
		public("GET", "/unsubscribe/{subscription}/{pass}", policy.DataRead, s.unsubscribe),
		public("POST", "/unsubscribe/{subscription}/{pass}", policy.AccountOwn, s.unsubscribe),
		account("GET", "/account/data", policy.AccountOwn, s.followed),
		account("POST", "/account/data", policy.AccountOwn, s.followed),
	}
}

// dataNumber is the number of a version in an address: written in one way only.
func dataNumber(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || strconv.Itoa(n) != text {
		return -1 // no version has it
	}
	return n
}

func dataCrumbs(r *web.Request, more ...page.Crumb) []page.Crumb {
	return append([]page.Crumb{{Text: r.T("Home"), Href: "/"}, {Text: r.T("Open data"), Href: "/data"}}, more...)
}

func setCrumbs(r *web.Request, l view.DatasetLine, more ...page.Crumb) []page.Crumb {
	return dataCrumbs(r, append([]page.Crumb{{Text: l.Title, Href: "/data/" + l.ID}}, more...)...)
}

// readDataQuery reads what is looked for from the address.
func readDataQuery(r *web.Request) view.DataQuery {
	q := view.DataQuery{Words: r.Query("q"), Sort: r.Query("sort"), Page: int(atoi64(r.Query("page"))), Chosen: map[string]string{}}
	for _, facet := range view.Facets() {
		if value := r.Query(facet); value != "" {
			q.Chosen[facet] = value
		}
	}
	return q
}

// dataURL is the address of a search, with some of its values others: "" takes one away.
func dataURL(q view.DataQuery, others ...string) string {
	v := url.Values{}
	set := func(name, value string) {
		v.Del(name)
		if value != "" {
			v.Set(name, value)
		}
	}
	set("q", q.Words)
	set("sort", q.Sort)
	for facet, value := range q.Chosen {
		set(facet, value)
	}
	for i := 0; i < len(others); i += 2 {
		set(others[i], others[i+1])
	}
	if len(v) == 0 {
		return "/data"
	}
	return "/data?" + v.Encode()
}

// data is /data: all datasets, or those found.
func (s *Site) data(w http.ResponseWriter, r *web.Request) error {
	asked := readDataQuery(r)
	list, err := s.View.Data().Find(r.Context(), reader(r), asked)
	if err != nil {
		return err
	}
	title := r.T("Open data")
	if asked.Words != "" {
		title = r.T("Data about “{words}”", i18n.V{"words": asked.Words})
	}
	search := page.SearchBox{Action: "/data", Label: r.T("Search the data"), Value: asked.Words}
	for _, facet := range view.Facets() {
		if value := asked.Chosen[facet]; value != "" {
			search.Hidden = append(search.Hidden, page.Hidden{Name: facet, Value: value})
		}
	}
	content := page.Group{
		heading1("", title),
		column(body(r.T("Facts and figures that {name} publishes. Anybody may read them, download them and build on them, without asking.", i18n.V{"name": r.Text(r.Place.File.Name)}))),
		search,
		page.TwoColumns{Main: foundData(r, asked, list), Side: dataFacets(r, asked, list), SideLabel: r.T("Narrow down")},
	}
	return r.Render(w, web.Page{Title: title, Area: "data", Content: content,
		NoIndex: asked.Words != "" || asked.Sort != "" || asked.Page > 1 || len(asked.Chosen) > 0})
}

func foundData(r *web.Request, asked view.DataQuery, list view.DataList) page.Component {
	g := page.Group{}
	if applied := appliedFacets(r, asked, list); applied != nil {
		g = append(g, applied)
	}
	if list.Found == 0 {
		return append(g, nothingFound(r, asked, list))
	}
	orders := []page.Component{page.Text(r.P.N("{n} dataset", "{n} datasets", list.Found) + " · " + r.T("Sorted by:") + " ")}
	names := []struct{ sort, text string }{{view.SortNewest, r.T("newest")}, {view.SortTitle, r.T("title")}}
	if asked.Words != "" {
		names = append([]struct{ sort, text string }{{view.SortRelevance, r.T("best match")}}, names...)
	}
	for i, o := range names {
		if i > 0 {
			orders = append(orders, page.Text(", "))
		}
		if o.sort == list.Sort {
			orders = append(orders, strong(o.text))
		} else {
			orders = append(orders, link(o.text, dataURL(asked, "sort", o.sort)))
		}
	}
	g = append(g, page.Paragraph{HTML: page.Group(orders)})
	if slices.ContainsFunc(list.Facets, func(f view.Facet) bool { return chooses(f, list.Found) }) {
		g = append(g, page.Paragraph{HTML: link(r.T("Narrow down"), "#facets"), Classes: "stoa-narrow-only"})
	}
	g = append(g, page.ServiceGrid{Cards: dataCards(r, list.Lines)})
	if list.Last > 1 {
		g = append(g, page.Pages(list.Page, list.Last, func(n int) string { return dataURL(asked, "page", strconv.Itoa(n)) }))
	}
	return g
}

func dataCards(r *web.Request, lines []view.DatasetLine) []page.ServiceCard {
	var cards []page.ServiceCard
	for _, l := range lines {
		card := page.ServiceCard{Title: l.Title, URL: "/data/" + l.ID, Text: l.Summary, Level: 2,
			Facts: []string{l.Organisation, r.P.N("{n} row", "{n} rows", int(l.Rows)), r.T("Changed {date}", i18n.V{"date": l.Day})}}
		if l.Ended {
			card.Tag = page.State(r.T("No longer updated"), page.Neutral)
		}
		cards = append(cards, card)
	}
	return cards
}

// nothingFound helps on: with what the words alone find, with other words, and with somebody to ask.
func nothingFound(r *web.Request, asked view.DataQuery, list view.DataList) page.Component {
	empty := page.EmptyState{Heading: r.T("Nothing found"), Text: r.T("Try fewer or other words, for example “licences” or “payments”."), Level: 2,
		Link: page.Link{Text: r.T("See all data"), URL: "/data"}}
	if list.All == 0 {
		return page.EmptyState{Heading: r.T("Nothing is published yet"), Text: r.T("What is published appears here."), Level: 2}
	}
	g := page.Group{empty}
	if len(list.Nearby) > 0 {
		g = append(g, h2(r.T("Found without the filters")), page.ServiceGrid{Cards: level3(dataCards(r, list.Nearby))})
	}
	return append(g, page.Paragraph{HTML: r.P.H("Is something missing that we should publish? {ask}.", i18n.V{"ask": link(r.T("Ask us"), "/contact")})})
}

// foundDataFor is what the search for services finds among the data, for those who look for facts.
func (s *Site) foundDataFor(r *web.Request, words string) (page.Component, error) {
	const few = 3
	found, err := s.View.Data().FindByWords(r.Context(), reader(r), words, few)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return page.Group{page.ServiceGrid{Heading: page.Heading{Text: r.T("Open data")}, Cards: level3(dataCards(r, found))},
		page.Paragraph{HTML: link(r.T("All data about “{words}”", i18n.V{"words": words}), "/data?"+url.Values{"q": {words}}.Encode())}}, nil
}

func level3(list []page.ServiceCard) []page.ServiceCard {
	for i := range list {
		list[i].Level = 3
	}
	return list
}

// appliedFacets are the filters in force, each with the way to take it off.
func appliedFacets(r *web.Request, asked view.DataQuery, list view.DataList) page.Component {
	var items []page.Component
	for _, f := range list.Facets {
		for _, v := range f.Values {
			if v.Chosen {
				items = append(items, page.Group{page.Text(f.Title + ": "), strong(v.Text), page.Text(" "),
					page.LinkTo{Text: r.T("Take away"), URL: dataURL(asked, f.ID, ""), Hidden: v.Text}})
			}
		}
	}
	if len(items) == 0 {
		return nil
	}
	return page.List{Items: items, Plain: true}
}

const valuesOfFacet = 8

// chooses reports whether a facet has anything to choose.
func chooses(f view.Facet, found int) bool {
	return len(f.Values) > 1 || len(f.Values) == 1 && (f.Values[0].Chosen || f.Values[0].Count != found)
}

// dataFacets are the ways to narrow down, with how many each finds.
func dataFacets(r *web.Request, asked view.DataQuery, list view.DataList) page.Component {
	g := page.Group{}
	for _, f := range list.Facets {
		if !chooses(f, list.Found) {
			continue
		}
		if len(g) == 0 {
			g = append(g, page.Heading{Text: r.T("Narrow down"), ID: "facets"})
		}
		var items, more []page.Component
		for i, v := range f.Values {
			item := page.Component(page.Group{link(v.Text, dataURL(asked, f.ID, v.Value)), page.Text(" (" + r.P.Number(strconv.Itoa(v.Count)) + ")")})
			if v.Chosen {
				item = page.Group{strong(v.Text), page.Text(" (" + r.P.Number(strconv.Itoa(v.Count)) + ")")}
			}
			if i < valuesOfFacet {
				items = append(items, item)
			} else {
				more = append(more, item)
			}
		}
		g = append(g, page.Heading{Text: f.Title, Level: 3}, page.List{Items: items, Plain: true})
		if len(more) > 0 {
			g = append(g, page.Details{SummaryText: r.P.N("{n} more", "{n} more", len(more)), HTML: page.List{Items: more, Plain: true}})
		}
	}
	return append(g, page.Heading{Text: r.T("Keep up"), Level: 3},
		page.List{Plain: true, Items: []page.Component{link(r.T("Be told of new data"), "/data/follow"), link(r.T("News feed (Atom)"), "/data/feed.atom")}},
		page.Heading{Text: r.T("For programmers"), Level: 3},
		page.List{Plain: true, Items: []page.Component{
			link(r.T("Catalogue (DCAT-AP, Turtle)"), "/data/catalog.ttl"), link(r.T("Catalogue (JSON-LD)"), "/data/catalog.jsonld"),
			link(r.T("CKAN interface"), "/api/3/action/package_search"),
		}})
}
