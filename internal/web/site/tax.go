package site

import (
	"net/http"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// taxRoutes is the table of the addresses of taxes: what anybody may know of them, and what is the payer's own.
func (s *Site) taxRoutes() []web.Route {
	public := func(pattern string, h web.Handler) web.Route {
		return web.Route{Method: "GET", Pattern: "/taxes" + pattern, Area: web.Public, Action: policy.ServiceRead, Handle: h}
	}
	routes := []web.Route{public("", s.taxes), public("/{tax}", s.tax), public("/{tax}/estimate", s.taxEstimate)}
	own := func(method, pattern string, h web.Handler) *web.Route {
		routes = append(routes, web.Route{Method: method, Pattern: "/account/taxes" + pattern, Area: web.Account, Action: policy.TaxOwn, Handle: h})
		return &routes[len(routes)-1]
	}
	both := func(pattern string, h web.Handler) {
		own("GET", pattern, h)
		own("POST", pattern, h).Body = web.UploadMost
	}
	routes = append(routes, web.Route{Method: "GET", Pattern: "/account/taxes", Area: web.Account, Action: policy.AccountOwn, Handle: s.ownTaxes})
	own("GET", "/{account}", s.ownTax)
	own("GET", "/{account}/assessments/{assessment}", s.ownAssessment)
	own("GET", "/{account}/files/{file}", s.ownTaxFile)
	both("/{account}/instalments", s.chooseInstalments)
	both("/{account}/claim/{fact}", s.claim)
	own("GET", "/{account}/requests/{request}", s.ownRequest)
	own("POST", "/{account}/requests/{request}", s.withdrawRequest)
	both("/{account}/object/{assessment}", s.object)
	own("GET", "/{account}/declare/{period}", s.checkReturn)
	own("POST", "/{account}/declare/{period}", s.sendReturn)
	own("GET", "/{account}/declare/{period}/done", s.returnDone)
	own("GET", "/{account}/declare/{period}/{page}", s.returnPage)
	own("POST", "/{account}/declare/{period}/{page}", s.returnPage)
	return routes
}

// taxes is /taxes.
func (s *Site) taxes(w http.ResponseWriter, r *web.Request) error {
	list := s.View.Taxation().Taxes(reader(r))
	title := r.T("Taxes")
	content := page.Group{
		heading1("", title), page.Paragraph{Text: r.T("What each tax is, what it comes to and why, and how to pay it, claim a relief or object."), Classes: "govuk-body-l"},
		page.ServiceGrid{Cards: level2(taxCards(r, list))},
		page.Paragraph{HTML: page.LinkTo{Text: r.T("Your own taxes and bills"), URL: "/account/taxes"}},
	}
	if len(list) == 0 {
		content = page.Group{heading1("", title), page.EmptyState{Heading: r.T("No taxes"), Text: r.T("No tax is collected here."), Level: 2}}
	}
	return r.Render(w, web.Page{Title: title, Area: "services", Content: content, Crumbs: []page.Crumb{{Text: r.T("Home"), Href: "/"}}})
}

// taxCards are taxes as cards.
func taxCards(r *web.Request, list []view.TaxLine) []page.ServiceCard {
	var cards []page.ServiceCard
	for _, t := range list {
		c := page.ServiceCard{Title: t.Title, URL: "/taxes/" + t.ID, Text: t.Summary, Facts: []string{t.Every}}
		if t.Declared {
			c.Facts = append(c.Facts, r.T("You declare it"))
		} else {
			c.Facts = append(c.Facts, r.T("We send a bill"))
		}
		cards = append(cards, c)
	}
	return cards
}

// taxGrid are the taxes on the first page; nothing where there are none.
func taxGrid(r *web.Request, list []view.TaxLine) page.Component {
	if len(list) == 0 {
		return nil
	}
	return page.ServiceGrid{Heading: page.Heading{Text: r.T("Taxes")}, Cards: taxCards(r, list)}
}

// foundTaxes are the taxes that a search found, above the services; nothing where it found none.
func (s *Site) foundTaxes(r *web.Request, query string) page.Component {
	if query == "" {
		return nil
	}
	return taxGrid(r, s.View.Taxation().SearchTaxes(reader(r), query))
}

func taxCrumbs(r *web.Request, more ...page.Crumb) []page.Crumb {
	return append([]page.Crumb{{Text: r.T("Home"), Href: "/"}, {Text: r.T("Taxes"), Href: "/taxes"}}, more...)
}

// tax is /taxes/{tax}.
func (s *Site) tax(w http.ResponseWriter, r *web.Request) error {
	t, err := s.View.Taxation().Tax(r.Context(), reader(r), r.PathValue("tax"))
	if err != nil {
		return err
	}
	main := page.Group{
		taxFacts(r, t), page.Button{Text: r.T("What would I pay?"), Href: "/taxes/" + t.ID + "/estimate"},
		taxCharged(r, t), taxTables(r, t), taxFigures(r, t), taxReliefs(r, t), taxPaying(r, t), taxObjecting(r, t),
		privacyOf(r, t.Privacy), lawList(r, t.Laws),
	}
	side := page.Group{
		h2(r.T("Your own account")), page.Paragraph{HTML: page.LinkTo{Text: r.T("Your taxes, bills and claims"), URL: "/account/taxes"}},
		contactBlock(r.T("Who to ask"), t.Contact), taxRegister(r, t),
	}
	content := page.Group{heading1("", t.Title), page.Paragraph{Text: t.Summary, Classes: "govuk-body-l"}, page.TwoColumns{Main: main, Side: side, SideLabel: r.T("Contact and related")}}
	return r.Render(w, web.Page{Title: t.Title, Area: "services", Content: content, Crumbs: taxCrumbs(r)})
}

func taxFacts(r *web.Request, t view.TaxPage) page.Component {
	facts := []page.Fact{{Label: r.T("What is taxed"), Text: t.Object}, {Label: r.T("How often"), Text: t.Every}}
	if t.Declared {
		how := r.T("You declare it yourself")
		if t.DeclareBy != "" {
			how = r.T("You declare it within {time} after each period", i18n.V{"time": t.DeclareBy})
		}
		facts = append(facts, page.Fact{Label: r.T("How it is assessed"), Text: how})
	} else {
		facts = append(facts, page.Fact{Label: r.T("How it is assessed"), Text: r.T("We work it out and send you a bill")})
	}
	if t.ByDay {
		facts = append(facts, page.Fact{Label: r.T("What counts"), Text: r.T("Each day: a change counts from its day")})
	}
	return page.KeyFacts{Label: r.T("At a glance"), Facts: facts}
}

func taxCharged(r *web.Request, t view.TaxPage) page.Component {
	var items []page.Component
	for _, c := range t.Charges {
		items = append(items, page.Group{page.Text(c.Title), source("", c.Law)})
	}
	return page.Group{h2(r.T("What it is made of")), body(r.T("Each of these is charged or taken off where it applies. Your bill shows which did, and why.")), page.List{Items: items}}
}

// taxTables are the tables of rates.
func taxTables(r *web.Request, t view.TaxPage) page.Component {
	if len(t.Tables) == 0 {
		return nil
	}
	g := page.Group{h2(r.T("How it is worked out"))}
	for _, table := range t.Tables {
		x := page.Table{Caption: table.Title, CaptionClasses: "govuk-table__caption--s"}
		for i, c := range table.Columns {
			cell := page.Cell{Text: c}
			if i >= table.Inputs {
				cell.Format = "numeric"
			}
			x.Head = append(x.Head, cell)
		}
		for _, row := range table.Rows {
			var cells []page.Cell
			for i, text := range row {
				cell := page.Cell{HTML: page.ID(text)}
				if i >= table.Inputs {
					cell.Format = "numeric"
				}
				cells = append(cells, cell)
			}
			x.Rows = append(x.Rows, cells)
		}
		g = append(g, page.Scroll{Label: table.Title, HTML: x})
		if table.First && table.Inputs > 1 {
			g = append(g, body(r.T("The first line that fits counts.")))
		}
		g = append(g, source("", table.Law))
	}
	return g
}

func taxFigures(r *web.Request, t view.TaxPage) page.Component {
	if len(t.Figures) == 0 {
		return nil
	}
	x := page.Table{Caption: r.T("Figures of {period}", i18n.V{"period": t.Period}), CaptionClasses: "govuk-table__caption--s", FirstCellIsHeader: true,
		Head: []page.Cell{{Text: r.T("Figure")}, {Text: r.T("Value"), Format: "numeric"}, {Text: r.T("In force since")}, {Text: r.T("Source")}}}
	for _, f := range t.Figures {
		x.Rows = append(x.Rows, []page.Cell{{Text: f.Title}, {HTML: page.ID(f.Value), Format: "numeric"}, {HTML: page.ID(f.Since)}, {HTML: paper.Law(f.Law)}})
	}
	return page.Details{SummaryText: r.T("All figures of {period}, with their sources", i18n.V{"period": t.Period}), HTML: page.Scroll{Label: x.Caption, HTML: x}}
}

func taxReliefs(r *web.Request, t view.TaxPage) page.Component {
	if len(t.Claims) == 0 {
		return nil
	}
	g := page.Group{h2(r.T("What you can claim, and must report"))}
	for _, c := range t.Claims {
		g = append(g, h3(c.Title), para(c.Intro))
		if c.Evidence != "" {
			g = append(g, page.Paragraph{Text: r.T("To be shown: {what}", i18n.V{"what": c.Evidence})})
		}
		if c.Duty {
			g = append(g, page.Paragraph{Text: r.T("Tell us when this begins and when it ends, whichever way it changes your bill.")})
		}
		g = append(g, source("", c.Law))
	}
	return append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Claim in your account"), URL: "/account/taxes"}})
}

func taxPaying(r *web.Request, t view.TaxPage) page.Component {
	g := page.Group{h2(r.T("When and how to pay"))}
	if len(t.Choices) > 0 {
		g = append(g, body(r.T("You choose how many instalments you pay in:")), textList(t.Choices))
	}
	if t.Due != "" {
		g = append(g, body(r.T("What is to be paid at once is due {time} after the day of the bill.", i18n.V{"time": t.Due})))
	}
	g = append(g, body(r.T("You can pay by card, by bank transfer with the reference on your bill, or in cash at our office.")))
	if t.AmendBy != "" {
		g = append(g, body(r.T("You can change what you declared until {time} after the period.", i18n.V{"time": t.AmendBy})))
	}
	if len(t.Late) > 0 {
		list := page.SummaryList{}
		for _, l := range t.Late {
			list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: l.Title}, Value: page.Cell{Text: l.When}})
		}
		g = append(g, h3(r.T("If you pay late")), list)
	}
	if t.Note != "" {
		g = append(g, page.InsetText{Text: t.Note})
	}
	return g
}

func textList(list []string) page.List {
	var items []page.Component
	for _, text := range list {
		items = append(items, page.Text(text))
	}
	return page.List{Items: items}
}

func taxObjecting(r *web.Request, t view.TaxPage) page.Component {
	if t.Objection == "" {
		return nil
	}
	g := page.Group{h2(r.T("If you think that it is wrong")), body(t.Objection)}
	if len(t.Grounds) > 0 {
		g = append(g, body(r.T("Reasons that you can give:")), textList(t.Grounds))
	}
	return append(g, source("", t.ObjectLaw))
}

func taxRegister(r *web.Request, t view.TaxPage) page.Component {
	if t.Register.ID == "" {
		return nil
	}
	return page.Group{h2(r.T("Public register")), page.Paragraph{HTML: page.LinkTo{Text: t.Register.Title, URL: "/registers/" + t.Register.ID}}}
}

// joined are texts with dots between them.
func joined(list ...string) string {
	var all []string
	for _, s := range list {
		if s != "" {
			all = append(all, s)
		}
	}
	return strings.Join(all, " · ")
}
