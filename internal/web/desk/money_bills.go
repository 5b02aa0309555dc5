package desk

import (
	"net/http"
	"net/url"
	"slices"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// moneyBills is /desk/money/bills: finding a bill. One that is found by its number is opened at once.
func (d *Desk) moneyBills(w http.ResponseWriter, r *web.Request) error {
	ask := view.MoneyBillsAsk{Words: r.Query("q"), State: r.Query("state"), Kind: r.Query("kind"), Service: r.Query("service"),
		Organisation: r.Query("organisation"), Payer: r.Query("payer"), Object: r.Query("object"), Before: r.Query("before")}
	m, err := d.View.Finance().MoneyDesk().MoneyBills(r.Context(), reader(r), ask)
	if err != nil {
		return err
	}
	if ask == (view.MoneyBillsAsk{Words: ask.Words}) && ask.Words != "" && len(m.Lines) == 1 {
		return r.Redirect(w, billURL(m.Lines[0].ID, ""))
	}
	title := r.T("Bills")
	switch {
	case ask.Payer != "":
		title = r.T("Bills of the payer of {number}", i18n.V{"number": ask.Payer})
	case ask.Object != "":
		title = r.T("Bills about {number}", i18n.V{"number": ask.Object})
	}
	main := page.Group{billTable(r, title, m.Lines), nextPage(r, "/desk/money/bills", billValues(ask), "before", m.Next)}
	content := page.Group{heading1(title), page.TwoColumns{SideFirst: true, SideLabel: r.T("Filters"), Side: billFilters(r, ask, m), Main: main}}
	return d.showMoney(w, r, web.Page{Title: title, Content: content})
}

func billValues(a view.MoneyBillsAsk) url.Values {
	return url.Values{"q": {a.Words}, "state": {a.State}, "kind": {a.Kind}, "service": {a.Service}, "organisation": {a.Organisation},
		"payer": {a.Payer}, "object": {a.Object}}
}

// billTable are bills in a list. It names no payer.
func billTable(r *web.Request, caption string, list []view.BillLine) page.QueueTable {
	t := page.QueueTable{Caption: caption, CaptionHidden: true,
		Columns: append(append([]page.Column{{Text: r.T("Bill")}, {Text: r.T("State")}}, numbers(r.T("Open"), r.T("Asked"))...), page.Column{Text: r.T("Next due")}, page.Column{Text: r.T("Issued")}),
		Empty: page.EmptyState{Heading: r.T("No bill fits"), Text: r.T("Take off a filter, or type less of the number."), Level: 2,
			Link: page.Link{Text: r.T("Show all bills"), URL: "/desk/money/bills"}}}
	for _, b := range list {
		t.Rows = append(t.Rows, billRow(r, b))
	}
	return t
}

func billRow(r *web.Request, b view.BillLine) page.QueueRow {
	about := b.Service
	if b.Object != "" {
		about += ", " + b.Object
	}
	row := page.QueueRow{Cells: []page.Cell{{HTML: twoLines(moneyLink(b.Number, billURL(b.ID, ""), ""), about)}, {HTML: moneyTag(b.State)},
		openCell(r, b), {HTML: page.ID(b.Total)}, {HTML: page.ID(orDash(b.Due))}, {HTML: page.ID(b.Date)}}}
	if b.State.Level == "late" {
		row.Tone = page.Bad
	}
	return row
}

// openCell is what is owed on a bill, or the payer's credit.
func openCell(r *web.Request, b view.BillLine) page.Cell {
	if b.Credit {
		return page.Cell{HTML: page.Group{page.ID(b.Balance), page.Text(" " + r.T("credit"))}}
	}
	return page.Cell{HTML: page.ID(b.Balance)}
}

// billFilters is the form beside the list, with what is in force as links that take it off.
func billFilters(r *web.Request, ask view.MoneyBillsAsk, m view.MoneyBills) page.Filters {
	f := page.Filters{Heading: r.T("Find a bill"), Action: "/desk/money/bills"}
	f.Fields = append(f.Fields, page.Input{Name: "q", Value: ask.Words, Label: page.Label{Text: r.T("Number or reference")},
		Hint: page.Hint{Text: r.T("Or how it begins, like 2026-0001 or RF18")}})
	states := []view.Option{{Value: "open", Label: r.T("Something is owed")}, {Value: "settled", Label: r.T("Nothing is owed")}, {Value: "cancelled", Label: r.T("Cancelled")}}
	kinds := []view.Option{{Value: "fee", Label: r.T("Fees")}, {Value: "tax", Label: r.T("Taxes")}}
	choose := func(name, label, value string, options []view.Option) {
		items := []page.Option{{Text: r.T("All")}}
		for _, o := range options {
			items = append(items, page.Option{Value: o.Value, Text: o.Label})
		}
		f.Fields = append(f.Fields, page.Select{Name: name, Label: page.Label{Text: label}, Value: value, Items: items})
	}
	choose("state", r.T("State"), ask.State, states)
	choose("kind", r.T("Kind"), ask.Kind, kinds)
	choose("service", r.T("Service or tax"), ask.Service, m.Services)
	choose("organisation", r.T("Whose money"), ask.Organisation, m.Organisations)
	all := billValues(ask)
	for _, one := range []struct {
		name    string
		options []view.Option
	}{{"q", nil}, {"state", states}, {"kind", kinds}, {"service", m.Services}, {"organisation", m.Organisations}, {"payer", nil}, {"object", nil}} {
		value := all.Get(one.name)
		if value == "" {
			continue
		}
		rest := billValues(ask)
		rest.Del(one.name)
		f.Applied = append(f.Applied, page.AppliedFilter{Text: labelOf(one.options, value), RemoveURL: address("/desk/money/bills", rest), RemoveText: r.T("Remove filter:")})
	}
	if len(f.Applied) > 0 {
		f.ClearURL = "/desk/money/bills"
	}
	return f
}

// orDash says that there is nothing to say, where an empty cell would look like a mistake.
func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

// notEmpty leaves out what says nothing.
func notEmpty(list ...string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}
