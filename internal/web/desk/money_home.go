package desk

import (
	"net/http"
	"net/url"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// moneyHome is /desk/money: what waits, and how the money stands today.
func (d *Desk) moneyHome(w http.ResponseWriter, r *web.Request) error {
	h, err := d.View.Finance().MoneyDesk().MoneyHome(r.Context(), reader(r))
	if err != nil {
		return err
	}
	closed := r.T("No day is closed yet.")
	if h.ClosedUntil != "" {
		closed = r.T("The books are closed up to and including {date}.", i18n.V{"date": h.ClosedUntil})
	}
	main := page.Group{moneyTiles(r, h)}
	main = append(main, homeQueue(r, h), homeTills(r, h), homeCash(r, h), homeAgeing(r, h), homeRevenue(r, h))
	content := page.Group{
		heading1(r.T("Money")),
		page.Paragraph{Text: r.T("Today, {date}.", i18n.V{"date": h.Today}) + " " + closed},
		page.TwoColumns{Main: main, Side: moneyNav(moneyAreas(r.P))},
	}
	return d.show(w, r, areaMoney, web.Page{Title: r.T("Money"), Content: content})
}

func moneyTiles(r *web.Request, h view.MoneyHome) page.StatTiles {
	t := page.StatTiles{Label: r.T("At a glance")}
	add := func(label, value, text, to string, waits bool, tone page.Tone) {
		if !waits {
			tone = page.Neutral
		}
		t.Tiles = append(t.Tiles, page.Stat{Label: label, Value: value, Text: text, URL: to, Tone: tone})
	}
	nothing := r.P.Number("0")
	or := func(amount string) string {
		if amount == "" {
			return nothing
		}
		return amount
	}
	add(r.T("Exceptions"), count(r.P, h.Open), r.T("to be resolved"), "/desk/money/exceptions", h.Open > 0, page.Bad)
	approve := r.T("proposed by others")
	if h.Proposed.N > 0 {
		approve = r.P.N("{n} of your own waits besides", "{n} of your own wait besides", h.Proposed.N)
	}
	add(r.T("To approve"), number(r.P, h.ToApprove), approve, "/desk/money/approvals", h.ToApprove.N > 0, page.Caution)
	add(r.T("Refunds owed"), or(h.OwedAll), r.P.N("{n} refund", "{n} refunds", h.OwedCount.N), "/desk/money/refunds", h.OwedCount.N > 0, page.Caution)
	add(r.T("Purpose not known"), or(h.Suspense), r.T("money in suspense"), "/desk/money/bank/queue", h.Suspense != "", page.Caution)
	add(r.T("Tills open"), count(r.P, len(h.Tills)), r.T("not yet counted"), "/desk/money/till", len(h.Tills) > 0, page.Info)
	add(r.T("Overdue"), h.Ageing.Total.Late, r.T("of {amount} owed", i18n.V{"amount": h.Ageing.Total.All}), "/desk/money/arrears", h.Ageing.Total.Bills > 0, page.Info)
	return t
}

func homeQueue(r *web.Request, h view.MoneyHome) page.Component {
	if len(h.Queue) == 0 {
		return nil
	}
	t := page.QueueTable{Caption: r.T("Exceptions by kind"), Columns: append([]page.Column{{Text: r.T("What happened")}}, numbers(r.T("Open"))...)}
	for _, k := range h.Queue {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{
			{HTML: page.LinkTo{Text: k.Title, URL: address("/desk/money/exceptions", url.Values{"kind": {k.Kind}})}}, {HTML: page.ID(count(r.P, k.N))},
		}})
	}
	return t
}

func homeTills(r *web.Request, h view.MoneyHome) page.Component {
	if len(h.Tills) == 0 {
		return nil
	}
	return tillTable(r, r.T("Open tills"), h.Tills)
}

// homeCash is a line for each day: the closings lead to the account of the day.
func homeCash(r *web.Request, h view.MoneyHome) page.Component {
	t := page.QueueTable{Caption: r.T("Where the money lay at the end of the day"), Columns: []page.Column{{Text: r.T("Day")}}}
	for i, day := range h.Cash {
		row := page.QueueRow{Cells: []page.Cell{{HTML: moneyLink(day.Day, address("/desk/money/daybook", url.Values{"from": {day.DayISO}, "until": {day.DayISO}}), "")}}}
		for _, p := range day.Places {
			if i == 0 {
				t.Columns = append(t.Columns, numbers(p.Title)...)
			}
			row.Cells = append(row.Cells, figureCell(p.Closing, accountURL(p.Account, "", day.DayISO, day.DayISO)))
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: append(row.Cells, page.Cell{HTML: moneyStrong(day.All)})})
	}
	t.Columns = append(t.Columns, numbers(r.T("All"))...)
	t.CaptionHidden = true
	return page.Group{heading2(t.Caption), t, page.Paragraph{HTML: page.LinkTo{Text: r.T("Cash position with what came and went"), URL: "/desk/money/cash"}}}
}

// homeAgeing is a line for each age of what is owed.
func homeAgeing(r *web.Request, h view.MoneyHome) page.Component {
	t := page.QueueTable{Caption: r.T("Owed, by how late it is"), Columns: append([]page.Column{{Text: r.T("How late")}}, numbers(r.T("Amount"))...)}
	for age, amount := range h.Ageing.Total.Ages {
		to := lateURL(h.Ageing.Total, age)
		if amount == "" {
			to, amount = "", r.P.Number("0")
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: h.Ageing.Heads[age]}, figureCell(amount, to)}})
	}
	t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: moneyStrong(r.T("All"))}, {HTML: moneyStrong(h.Ageing.Total.All)}}})
	return page.Group{t, page.Paragraph{HTML: page.LinkTo{Text: r.T("Arrears by service and tax"), URL: "/desk/money/arrears"}}}
}

func homeRevenue(r *web.Request, h view.MoneyHome) page.Component {
	caption := r.T("Revenue in {month} so far", i18n.V{"month": h.Month})
	if len(h.Revenue.Lines) == 0 {
		return page.Group{heading2(caption), page.Paragraph{Text: r.T("Nothing was charged or paid yet this month.")}}
	}
	return page.Group{heading2(caption), revenueTable(r, caption, true, h.Revenue), page.Paragraph{HTML: page.LinkTo{Text: r.T("Revenue of another time"), URL: "/desk/money/revenue"}}}
}
