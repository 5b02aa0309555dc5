package site

import (
	"net/http"
	"net/url"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/chart"
	"stoa/internal/web/page"
)

// money is /money: where the money comes from and where it goes, in one picture, and the ways to everything behind it.
func (s *Site) money(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Spending().Home(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Where the money goes")
	content := page.Group{
		heading1(p.Year.Title, title),
		column(moneyInWords(r, p)),
		page.KeyFacts{Label: r.T("The year in figures"), Facts: []page.Fact{
			{Label: r.T("Planned spending"), HTML: page.ID(p.Out.Plan.Text), Note: plannedNote(r, p.Out)},
			{Label: r.T("Committed by contracts, grants and orders"), HTML: page.ID(p.Out.Committed.Text)},
			{Label: r.T("Paid so far"), HTML: page.ID(p.Out.Paid.Text), Note: p.Out.Share},
			{Label: r.T("Came in so far"), HTML: page.ID(p.In.Paid.Text), Note: cameNote(r, p)},
		}},
		inAndOut(r, p),
		planAndPaid(r, p),
	}
	if len(p.Changes) > 0 {
		content = append(content, h2(r.T("The biggest changes during the year")), changeTable(r, p.Changes, true))
	}
	content = append(content, h2(r.T("Newest payments")), paymentTable(r, r.T("Newest payments"), p.Newest),
		moreLink(r.T("Search all payments"), "/money/payments"), moneyWays(r, p))
	return r.Render(w, web.Page{Title: title, Area: "money", Charts: true, Content: content, Crumbs: []page.Crumb{{Text: r.T("Home"), Href: "/"}}})
}

// moneyInWords says the year in two sentences.
func moneyInWords(r *web.Request, p view.SpendingHome) page.Component {
	says := r.P.H("{name} plans to spend {plan} in this year. Up to {date} it has paid {paid}.", i18n.V{
		"name": r.Text(r.Place.File.Name), "plan": strong(p.Out.Plan.Text), "date": page.ID(p.AsOf), "paid": strong(p.Out.Paid.Text)})
	return page.Group{page.Paragraph{HTML: says, Classes: "govuk-body-l"},
		body(r.T("From here every figure leads on to what it is made of: a line of the budget, its contracts and grants, each invoice, each payment, and the proof of it in the public log."))}
}

func cameNote(r *web.Request, p view.SpendingHome) string {
	if p.Until == "" {
		return r.T("of {amount} expected", i18n.V{"amount": p.In.Plan.Text})
	}
	return r.T("up to {date}, of {amount} expected", i18n.V{"amount": p.In.Plan.Text, "date": p.Until})
}

func plannedNote(r *web.Request, s view.Sums) string {
	if s.Plan.Minor == s.Adopted.Minor {
		return r.T("as adopted")
	}
	return r.T("adopted: {amount}", i18n.V{"amount": s.Adopted.Text})
}

// inAndOut is all money of the plan in one picture: what comes in, and what goes out, each with its parts.
func inAndOut(r *web.Request, p view.SpendingHome) page.Component {
	in := chart.Part{Name: r.T("Comes in"), Value: chart.Num(float64(p.In.Plan.Minor)), URL: "/money/income"}
	for _, l := range p.Coming {
		in.Parts = append(in.Parts, chart.Part{Name: l.Title, Value: chart.Num(float64(l.Plan.Minor)), URL: lineURL(l.Year, l.ID)})
	}
	out := chart.Part{Name: r.T("Goes out"), Value: chart.Num(float64(p.Out.Plan.Minor)), URL: budgetURL(p.Year.ID)}
	for _, g := range p.Going {
		out.Parts = append(out.Parts, chart.Part{Name: g.Title, Value: chart.Num(float64(g.Plan.Minor)), URL: budgetURL(p.Year.ID) + "#" + g.ID})
	}
	return chart.Parts{
		Frame: chart.Frame{ID: "in-and-out", Title: r.T("Where it comes from, and where it goes"), Finding: inAndOutFinding(r, p), Printer: r.P,
			CSVURL: budgetURL(p.Year.ID) + "/csv"},
		Unit: chart.Unit{Money: p.Currency}, Of: r.T("Source or purpose"), Whole: r.T("All money of the budget"), Parts: []chart.Part{in, out},
	}
}

// inAndOutFinding names the largest source and the largest purpose.
func inAndOutFinding(r *web.Request, p view.SpendingHome) string {
	var source, purpose string
	var most, much int64
	for _, l := range p.Coming {
		if l.Plan.Minor > most {
			most, source = l.Plan.Minor, l.Title
		}
	}
	for _, g := range p.Going {
		if g.Plan.Minor > much {
			much, purpose = g.Plan.Minor, g.Title
		}
	}
	if source == "" || purpose == "" {
		return ""
	}
	return r.T("Most comes from “{source}”: {share} of what is expected. Most goes to “{purpose}”: {part} of what is planned.", i18n.V{
		"source": source, "share": reader(r).Percent(most, p.In.Plan.Minor), "purpose": purpose, "part": reader(r).Percent(much, p.Out.Plan.Minor)})
}

// planAndPaid shows plan and payments side by side for each programme.
func planAndPaid(r *web.Request, p view.SpendingHome) page.Component {
	c := chart.Chart{
		Frame: chart.Frame{ID: "plan-and-paid", Title: r.T("Plan and payments, by programme"), Printer: r.P, CSVURL: budgetURL(p.Year.ID) + "/csv"},
		Kind:  chart.Bars, Unit: chart.Unit{Money: p.Currency}, Of: r.T("Programme"),
		Series: []chart.Series{{Name: r.T("Planned")}, {Name: r.T("Paid so far")}},
	}
	furthest, share := "", -1.0
	for _, g := range p.Going {
		c.Categories, c.Links = append(c.Categories, g.Title), append(c.Links, budgetURL(p.Year.ID)+"#"+g.ID)
		c.Series[0].Values = append(c.Series[0].Values, chart.Num(float64(g.Plan.Minor)))
		c.Series[1].Values = append(c.Series[1].Values, chart.Num(float64(g.Paid.Minor)))
		if g.Plan.Minor > 0 && float64(g.Paid.Minor)/float64(g.Plan.Minor) > share {
			furthest, share = r.T("“{programme}” has used most of its plan so far: {share}.", i18n.V{"programme": g.Title, "share": g.Share}), float64(g.Paid.Minor)/float64(g.Plan.Minor)
		}
	}
	c.Finding = furthest
	return c
}

// moneyWays are the ways on from the first page.
func moneyWays(r *web.Request, p view.SpendingHome) page.Component {
	t := page.TopicList{Heading: page.Heading{Text: r.T("Look further")}, Topics: []page.Topic{
		{Title: r.T("The budget"), URL: budgetURL(p.Year.ID), Text: r.T("Every line, with what is planned, bound, invoiced and paid.")},
		{Title: r.T("Payments"), URL: "/money/payments", Text: r.T("Search by supplier, purpose, amount and day.")},
		{Title: r.T("Suppliers"), URL: "/money/suppliers", Text: r.T("Who is paid, how much and for what.")},
		{Title: r.T("Contracts"), URL: "/money/contracts", Text: r.T("What was agreed, how the supplier was chosen, what was changed.")},
		{Title: r.T("Grants"), URL: "/money/grants", Text: r.T("Who was given money, and for what purpose.")},
		{Title: r.T("Income"), URL: "/money/income", Text: r.T("Taxes, fees and charges, month by month.")},
		{Title: r.T("Open data about money"), URL: "/money/about", Text: r.T("Everything on these pages as files for programs, and how it is published.")},
	}}
	if len(p.Years) < 2 {
		return t
	}
	var years page.List
	for _, y := range p.Years {
		if y.ID != p.Year.ID {
			years.Items = append(years.Items, page.LinkTo{Text: y.Title, URL: budgetURL(y.ID)})
		}
	}
	return page.Group{t, h2(r.T("Other years")), years}
}

// aboutMoney is /money/about: how all this is published, and the files of it.
func (s *Site) aboutMoney(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Spending().About(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Open data about money")
	files := page.List{}
	if p.Contracts {
		files.Items = append(files.Items,
			page.LinkTo{Text: r.T("All contracts as releases (Open Contracting Data Standard 1.1)"), URL: "/money/ocds/releases.json"},
			page.LinkTo{Text: r.T("All contracts as records (Open Contracting Data Standard 1.1)"), URL: "/money/ocds/records.json"})
	}
	for _, y := range p.Years {
		base := "/money/fiscal/" + url.PathEscape(y.ID) + "/"
		files.Items = append(files.Items, page.Group{page.LinkTo{Text: r.T("{year} as a Fiscal Data Package", i18n.V{"year": y.Title}), URL: base + "datapackage.json"},
			page.Text(" · "), link("budget.csv", base+"budget.csv"), page.Text(" · "), link("income.csv", base+"income.csv"), page.Text(" · "), link("spending.csv", base+"spending.csv")})
	}
	content := column(
		heading1("", title),
		body(r.T("Everything on these pages can be used as data, by anybody and for any purpose.")), licenceOfMoney(r, p),
		h2(r.T("Files")), files,
		h2(r.T("What is published, and what is not")),
		page.List{Items: []page.Component{
			page.Text(r.T("Every payment to an organisation is shown with its purpose, contract and line of the budget, from the day on which the bank carried it out.")),
			page.Text(r.T("Persons are not named. What is paid to persons is shown as one sum for each line of the budget.")),
			page.Text(r.T("Income is shown by account and month. Who paid is shown nowhere: the books are public, and names are no part of them.")),
			page.Text(r.T("All sums are made from the same documents and entries as the books themselves. Nothing is entered twice.")),
		}},
		h2(r.T("Identifiers")),
		page.Paragraph{HTML: r.P.H("Contracts have worldwide identifiers that begin with {prefix}.", i18n.V{"prefix": page.ID(p.Prefix)})},
		body(r.T("A payment's proof is an entry of the public log. Anybody can check it without us.")),
		page.Paragraph{HTML: page.LinkTo{Text: r.T("Public log"), URL: "/log"}},
	)
	return r.Render(w, web.Page{Title: title, Area: "money", Content: content, Crumbs: moneyCrumbs(r)})
}

func licenceOfMoney(r *web.Request, p view.MoneyAbout) page.Component {
	return page.Paragraph{HTML: r.P.H("Licence: {licence}", i18n.V{"licence": link(p.LicenceTitle, p.LicenceURL)})}
}
