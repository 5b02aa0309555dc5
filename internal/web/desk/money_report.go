package desk

import (
	"net/http"
	"net/url"
	"strconv"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// revenue is /desk/money/revenue: what came to be owed and was paid, by organisation and service.
func (d *Desk) revenue(w http.ResponseWriter, r *web.Request) error {
	by := r.Query("by")
	list, asked, err := again(askedPeriod(r), func(p view.Period) (view.Revenue, error) {
		return d.View.Finance().Books().Revenue(r.Context(), reader(r), view.RevenueAsk{Period: p, By: by})
	})
	if err != nil {
		return err
	}
	values := spanValues(list.PeriodShown)
	form := periodForm(r, "/desk/money/revenue", list.PeriodShown, page.Select{Name: "by", Label: page.Label{Text: r.T("Parted by")}, Value: by,
		Items: []page.Option{{Text: r.T("Not parted")}, {Value: view.ByDay, Text: r.T("Day")}, {Value: view.ByMonth, Text: r.T("Month")}}})
	main := page.Group{}
	if len(list.Lines) == 0 {
		main = append(main, page.EmptyState{Heading: r.T("Nothing was charged or paid in this time"), Level: 2})
	} else {
		main = append(main, revenueTable(r, spanTitle(r, list.PeriodShown), false, list))
	}
	main = append(main, page.Details{SummaryText: r.T("What the columns say"), HTML: page.Paragraph{Text: r.T("Charged is what came to be owed. Taken back was charged before and is not any more. Given up was waived or written off. Paid is what arrived, less what is in dispute. Paid back was decided to be. Days are those on which it counts in the books.")}},
		downloads(r, address("/desk/money/revenue/csv", values), page.Link{Text: r.T("Export for another accounting system (CSV)"), URL: address("/desk/money/export/csv", spanValues(list.PeriodShown))}))
	return d.report(w, r, r.T("Revenue"), asked, form, main)
}

// revenueTable is revenue in lines: each service leads to its bills, each time to the day book.
func revenueTable(r *web.Request, caption string, hidden bool, list view.Revenue) page.Component {
	parted := list.By == view.ByDay || list.By == view.ByMonth
	t := page.QueueTable{Caption: caption, CaptionHidden: hidden, Columns: []page.Column{{Text: r.T("Service or tax")}}}
	if parted {
		t.Columns = append(t.Columns, page.Column{Text: r.T("When")})
	}
	t.Columns = append(t.Columns, numbers(r.T("Charged"), r.T("Taken back"), r.T("Given up"), r.T("Paid"), r.T("Paid back"))...)
	add := func(first page.Component, l view.RevenueLine) {
		row := page.QueueRow{Cells: []page.Cell{{HTML: first}}}
		if parted {
			when := page.Cell{}
			if l.When != "" {
				when = page.Cell{HTML: moneyLink(l.When, address("/desk/money/daybook", spanValues(l.PeriodShown)), "")}
			}
			row.Cells = append(row.Cells, when)
		}
		for _, amount := range []string{l.Charged, l.Credited, l.GivenUp, l.Paid, l.Back} {
			row.Cells = append(row.Cells, page.Cell{HTML: page.ID(amount)})
		}
		t.Rows = append(t.Rows, row)
	}
	for _, l := range list.Lines {
		add(twoLines(page.LinkTo{Text: l.Title, URL: address("/desk/money/bills", url.Values{"service": {l.Service}, "organisation": {l.Organisation}})}, l.OrganisationName), l)
	}
	for _, l := range list.Totals {
		add(moneyStrong(r.T("Sum")), l)
	}
	return t
}

func (d *Desk) revenueFile(w http.ResponseWriter, r *web.Request) error {
	f, err := d.View.Finance().Books().RevenueFile(r.Context(), reader(r), askedPeriod(r))
	return sendFile(w, r, f, err)
}

// arrears is /desk/money/arrears: what is owed, by how late it is.
func (d *Desk) arrears(w http.ResponseWriter, r *web.Request) error {
	a, err := d.View.Finance().Books().Arrears(r.Context(), reader(r))
	if err != nil {
		return err
	}
	main := page.Group{page.Paragraph{HTML: r.P.H("On {date}, {all} is owed in all, of which {late} is overdue.", i18n.V{"date": page.ID(a.Day), "all": moneyStrong(a.Total.All), "late": moneyStrong(a.Total.Late)})}}
	if len(a.Lines) == 0 {
		main = append(main, page.EmptyState{Heading: r.T("Nothing is owed"), Level: 2})
	} else {
		main = append(main, ageingTable(r, r.T("Owed, by how late it is"), a))
	}
	main = append(main, downloads(r, "/desk/money/arrears/csv"))
	return d.report(w, r, r.T("Arrears"), nil, nil, main)
}

// ageingTable is what is owed in lines, and its sum: each figure leads to the bills behind it.
func ageingTable(r *web.Request, caption string, a view.Ageing) page.Component {
	t := page.QueueTable{Caption: caption, Columns: append([]page.Column{{Text: r.T("Service or tax")}}, numbers(append(append([]string{}, a.Heads[:]...), r.T("All"))...)...)}
	add := func(first page.Component, l view.AgeingLine) {
		row := page.QueueRow{Cells: []page.Cell{{HTML: first}}}
		for age, amount := range l.Ages {
			row.Cells = append(row.Cells, figureCell(amount, lateURL(l, age)))
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: append(row.Cells, figureCell(l.All, lateURL(l, -1)))})
	}
	for _, l := range a.Lines {
		add(twoLines(page.Text(l.Title), l.OrganisationName), l)
	}
	add(moneyStrong(r.T("Sum")), a.Total)
	return t
}

// lateURL is the bills behind a figure of the arrears.
func lateURL(l view.AgeingLine, age int) string {
	v := url.Values{"organisation": {l.Organisation}, "service": {l.Service}, "currency": {l.Currency}}
	if age >= 0 {
		v.Set("age", strconv.Itoa(age))
	}
	return address("/desk/money/arrears/bills", v)
}

func (d *Desk) arrearsFile(w http.ResponseWriter, r *web.Request) error {
	f, err := d.View.Finance().Books().ArrearsFile(r.Context(), reader(r))
	return sendFile(w, r, f, err)
}

// lateBills is /desk/money/arrears/bills: the bills behind a figure.
func (d *Desk) lateBills(w http.ResponseWriter, r *web.Request) error {
	age, err := strconv.Atoi(r.Query("age"))
	if err != nil {
		age = -1
	}
	ask := view.LateAsk{Organisation: r.Query("organisation"), Service: r.Query("service"), Currency: r.Query("currency"), Age: age, After: r.Query("after")}
	l, err := d.View.Finance().Books().LateBills(r.Context(), reader(r), ask)
	if err != nil {
		return err
	}
	title := r.T("Bills on which something is owed")
	if age >= 0 {
		title = l.Heads[age]
	}
	t := page.QueueTable{Caption: title, CaptionHidden: true, Columns: append(append([]page.Column{{Text: r.T("Bill")}}, numbers(l.Heads[:]...)...), page.Column{Text: r.T("Next due")}),
		Empty: page.EmptyState{Heading: r.T("No bill is behind this figure"), Level: 2}}
	for _, b := range l.Lines {
		row := page.QueueRow{Cells: []page.Cell{{HTML: twoLines(moneyLink(b.Number, billURL(b.ID, ""), ""), b.Service)}}}
		for i, amount := range b.Ages {
			cell := page.Cell{HTML: page.ID(amount)}
			if i == age {
				cell.HTML = moneyStrong(amount)
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: append(row.Cells, page.Cell{HTML: page.ID(b.Due)})})
	}
	values := url.Values{"organisation": {ask.Organisation}, "service": {ask.Service}, "currency": {ask.Currency}, "age": {r.Query("age")}}
	main := page.Group{t, nextPage(r, "/desk/money/arrears/bills", values, "after", l.Next)}
	if l.Title != "" {
		main = append(page.Group{page.Paragraph{Text: l.Title}}, main...)
	}
	return d.report(w, r, title, nil, nil, main, page.Crumb{Text: r.T("Arrears"), Href: "/desk/money/arrears"})
}

// cash is /desk/money/cash: where the money lay, day by day.
func (d *Desk) cash(w http.ResponseWriter, r *web.Request) error {
	c, asked, err := again(askedPeriod(r), func(p view.Period) (view.CashPosition, error) {
		return d.View.Finance().Books().Cash(r.Context(), reader(r), p)
	})
	if err != nil {
		return err
	}
	main := page.Group{cashTable(r, spanTitle(r, c.PeriodShown), c.Lines), downloads(r, address("/desk/money/cash/csv", spanValues(c.PeriodShown)))}
	return d.report(w, r, r.T("Cash position"), asked, periodForm(r, "/desk/money/cash", c.PeriodShown), main)
}

// cashTable is where the money lay at the end of days, and what moved: each place leads to its account on that day.
func cashTable(r *web.Request, caption string, days []view.CashLine) page.Component {
	t := page.QueueTable{Caption: caption, Columns: append([]page.Column{{Text: r.T("Day")}, {Text: r.T("Where")}}, numbers(r.T("Before"), r.T("In"), r.T("Out"), r.T("At the end"))...)}
	for _, day := range days {
		for _, p := range day.Places {
			row := page.QueueRow{Cells: []page.Cell{{HTML: page.ID(day.Day)}, {HTML: moneyLink(p.Title, accountURL(p.Account, "", day.DayISO, day.DayISO), "")},
				{HTML: page.ID(p.Opening)}, {HTML: page.ID(p.In)}, {HTML: page.ID(p.Out)}, {HTML: page.ID(p.Closing)}}}
			t.Rows = append(t.Rows, row)
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.ID(day.Day)}, {HTML: moneyStrong(r.T("All"))}, {}, {}, {}, {HTML: moneyStrong(day.All)}}})
	}
	return t
}

func (d *Desk) cashFile(w http.ResponseWriter, r *web.Request) error {
	f, err := d.View.Finance().Books().CashFile(r.Context(), reader(r), askedPeriod(r))
	return sendFile(w, r, f, err)
}
