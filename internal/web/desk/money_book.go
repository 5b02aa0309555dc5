package desk

import (
	"net/http"
	"net/url"
	"slices"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// report is a page of the books: what is wrong with what was asked for stands above it.
func (d *Desk) report(w http.ResponseWriter, r *web.Request, title string, asked error, side page.Component, main page.Group, more ...page.Crumb) error {
	var f moneyForm
	if err := f.refused(r, asked, "from"); err != nil {
		return err
	}
	g := page.Group{f.Problems.summary(), heading1(title)}
	if side == nil {
		g = append(g, main...)
	} else {
		g = append(g, page.TwoColumns{SideFirst: true, SideLabel: r.T("Another time"), Side: side, Main: main})
	}
	return d.showMoney(w, r, web.Page{Title: title, Failed: f.Problems.any(), Content: g}, more...)
}

// again asks once more without the days, where those that were asked for make no time; the first error is shown.
func again[T any](ask view.Period, get func(view.Period) (T, error)) (T, error, error) {
	t, err := get(ask)
	if err != nil && fault.KindOf(err) == fault.Invalid {
		wrong := err
		t, err = get(view.Period{})
		return t, wrong, err
	}
	return t, nil, err
}

// spanValues are a time, as addresses have it.
func spanValues(s view.PeriodShown) url.Values {
	return url.Values{"from": {s.FromISO}, "until": {s.UntilISO}}
}

// spanTitle is a time in words.
func spanTitle(r *web.Request, s view.PeriodShown) string {
	if s.FromISO == s.UntilISO {
		return s.From
	}
	return r.T("{from} to {until}", i18n.V{"from": s.From, "until": s.Until})
}

// dayBook is /desk/money/daybook: what counts on some days, entry by entry.
func (d *Desk) dayBook(w http.ResponseWriter, r *web.Request) error {
	b, asked, err := again(askedPeriod(r), func(p view.Period) (view.DayBook, error) {
		return d.View.Finance().Books().DayBook(r.Context(), reader(r), view.DayBookAsk{Period: p, After: r.Query("after")})
	})
	if err != nil {
		return err
	}
	values := spanValues(b.PeriodShown)
	main := page.Group{heading2(spanTitle(r, b.PeriodShown))}
	if len(b.Entries) == 0 {
		main = append(main, page.EmptyState{Heading: r.T("Nothing counts in this time"), Level: 3})
	} else {
		main = append(main, page.Scroll{Label: r.T("Day book"), HTML: journal(r.P, r.T("Day book"), b.Entries)})
	}
	main = append(main, nextPage(r, "/desk/money/daybook", spanValues(b.PeriodShown), "after", b.Next),
		downloads(r, address("/desk/money/daybook/csv", values), page.Link{Text: r.T("Export for another accounting system (CSV)"), URL: address("/desk/money/export/csv", spanValues(b.PeriodShown))}))
	return d.report(w, r, r.T("Day book"), asked, periodForm(r, "/desk/money/daybook", b.PeriodShown), main)
}

func (d *Desk) dayBookFile(w http.ResponseWriter, r *web.Request) error {
	f, err := d.View.Finance().Books().DayBookFile(r.Context(), reader(r), askedPeriod(r))
	return sendFile(w, r, f, err)
}

func (d *Desk) exportFile(w http.ResponseWriter, r *web.Request) error {
	f, err := d.View.Finance().Books().ExportFile(r.Context(), reader(r), askedPeriod(r))
	return sendFile(w, r, f, err)
}

// trial is /desk/money/trial: every account at the end of a day; debits and credits are the same in each currency.
func (d *Desk) trial(w http.ResponseWriter, r *web.Request) error {
	t, err := d.View.Finance().Books().Trial(r.Context(), reader(r), askedDay(r, "day"))
	if err != nil {
		return err
	}
	main := page.Group{heading2(r.T("At the end of {date}", i18n.V{"date": t.Day}))}
	if len(t.Parts) == 0 {
		main = append(main, page.EmptyState{Heading: r.T("Nothing was posted up to this day"), Level: 3})
	}
	for _, part := range t.Parts {
		main = append(main, balancedText(r, part), page.Scroll{Label: r.T("Accounts in {currency}", i18n.V{"currency": part.Currency}), HTML: trialTable(r.P, r.T("Accounts in {currency}", i18n.V{"currency": part.Currency}), t.DayISO, part)})
	}
	main = append(main, downloads(r, address("/desk/money/trial/csv", url.Values{"day": {t.DayISO}})))
	side := page.Filters{Heading: r.T("Another day"), Action: "/desk/money/trial", Fields: []page.Component{dayInput("day", r.T("At the end of"), t.DayISO)}}
	return d.report(w, r, r.T("Trial balance"), nil, side, main)
}

// balancedText says whether debits and credits are the same.
func balancedText(r *web.Request, part view.TrialPart) page.Component {
	if part.Off != "" {
		return page.WarningText{Text: r.T("Debits and credits in {currency} differ by {amount}. Tell whoever looks after the system at once.", i18n.V{"currency": part.Currency, "amount": part.Off})}
	}
	return page.Paragraph{HTML: page.Group{page.State(r.T("Balanced"), page.Good), page.Text(" "), r.P.H("Debits and credits are both {amount}: they sum to zero.", i18n.V{"amount": moneyStrong(part.Debit)})}}
}

func (d *Desk) trialFile(w http.ResponseWriter, r *web.Request) error {
	f, err := d.View.Finance().Books().TrialFile(r.Context(), reader(r), askedDay(r, "day"))
	return sendFile(w, r, f, err)
}

// moneyAccount is /desk/money/accounts/{code}: what moved on an account, line by line.
func (d *Desk) moneyAccount(w http.ResponseWriter, r *web.Request) error {
	ask := view.AccountAsk{Code: r.PathValue("code"), Currency: r.Query("currency"), After: r.Query("after")}
	a, asked, err := again(askedPeriod(r), func(p view.Period) (view.AccountPage, error) {
		ask.Period = p
		return d.View.Finance().Books().MoneyAccount(r.Context(), reader(r), ask)
	})
	if err != nil {
		return err
	}
	path := "/desk/money/accounts/" + url.PathEscape(a.Code)
	values := func() url.Values {
		v := spanValues(a.PeriodShown)
		v.Set("currency", a.Currency)
		return v
	}
	facts := page.SummaryList{Rows: []page.SummaryRow{
		factRow(r.T("Kind"), page.Text(a.Kind)), factRow(r.T("Fund"), page.Text(a.Fund)),
		factRow(r.T("Before"), sideOf(r, a.Opening)), factRow(r.T("At the end"), sideOf(r, a.Closing)),
	}}
	if a.For != "" {
		facts.Rows = slices.Insert(facts.Rows, 2, factRow(r.T("Whose"), page.Text(a.For)))
	}
	t := page.QueueTable{Caption: r.T("Lines"), Columns: append(append([]page.Column{{Text: r.T("Entry")}}, numbers(r.T("Debit"), r.T("Credit"), r.T("Balance"))...), page.Column{Text: r.T("Comes from")}),
		Empty: page.EmptyState{Heading: r.T("Nothing moved in this time"), Level: 2}}
	for _, l := range a.Lines {
		balance := l.Balance
		if l.OnCredit {
			balance = r.T("{amount} credit", i18n.V{"amount": l.Balance})
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: twoLines(moneyLink(l.Text, "/desk/money/entries/"+url.PathEscape(l.Entry), ""), l.Day)},
			{HTML: page.ID(l.Debit)}, {HTML: page.ID(l.Credit)}, {HTML: page.ID(balance)}, sourceCell(l.Source)}})
	}
	main := page.Group{facts, t, nextPage(r, path, values(), "after", a.Next), downloads(r, address(path+"/csv", values()))}
	form := periodForm(r, path, a.PeriodShown)
	form.Hidden = []page.Hidden{{Name: "currency", Value: a.Currency}}
	title := r.T("Account {code}: {title}", i18n.V{"code": a.Code, "title": a.Title})
	return d.report(w, r, title, asked, form, main, page.Crumb{Text: r.T("Trial balance"), Href: "/desk/money/trial"})
}

// sideOf is a balance with its side.
func sideOf(r *web.Request, l view.AccountLine) page.Component {
	switch {
	case l.Debit != "":
		return page.Group{moneyStrong(l.Debit), page.Text(" " + r.T("debit"))}
	case l.Credit != "":
		return page.Group{moneyStrong(l.Credit), page.Text(" " + r.T("credit"))}
	}
	return moneyStrong(r.P.Money(0, l.Currency))
}

func (d *Desk) moneyAccountFile(w http.ResponseWriter, r *web.Request) error {
	f, err := d.View.Finance().Books().AccountFile(r.Context(), reader(r), view.AccountAsk{Code: r.PathValue("code"), Currency: r.Query("currency"), Period: askedPeriod(r)})
	return sendFile(w, r, f, err)
}

// moneyEntry is /desk/money/entries/{entry}: an entry whole, what it comes from, and what was posted for the same.
func (d *Desk) moneyEntry(w http.ResponseWriter, r *web.Request) error {
	e, err := d.View.Finance().Books().Entry(r.Context(), reader(r), r.PathValue("entry"))
	if err != nil {
		return err
	}
	entry := func(id string) page.Component { return moneyLink(id, "/desk/money/entries/"+url.PathEscape(id), "") }
	facts := page.SummaryList{Rows: []page.SummaryRow{factRow(r.T("Counts on"), page.ID(e.Day)), factRow(r.T("Posted"), instant(e.Booked)), factRow(r.T("Number"), page.ID(e.ID))}}
	if to := sourceURL(e.Source); to != "" {
		facts.Rows = append(facts.Rows, factRow(r.T("Comes from"), page.LinkTo{Text: e.Source.Text, URL: to}))
	} else {
		facts.Rows = append(facts.Rows, factRow(r.T("Comes from"), page.Text(e.Source.Text)))
	}
	if e.Reverses != "" {
		facts.Rows = append(facts.Rows, factRow(r.T("Takes back"), entry(e.Reverses)))
	}
	if e.ReversedBy != "" {
		facts.Rows = append(facts.Rows, factRow(r.T("Was taken back by"), entry(e.ReversedBy)))
	}
	main := page.Group{facts, page.Scroll{Label: r.T("Lines"), HTML: journal(r.P, r.T("Lines"), []view.EntryLine{e.EntryLine})}}
	if len(e.Of) > 0 {
		main = append(main, heading2(r.T("Also posted for the same")), page.Scroll{Label: r.T("Also posted for the same"), HTML: journal(r.P, r.T("Also posted for the same"), e.Of)})
	}
	return d.report(w, r, e.Text, nil, nil, main, page.Crumb{Text: r.T("Day book"), Href: "/desk/money/daybook"})
}
