package desk

import (
	"net/http"
	"net/url"

	"stoa/internal/flow"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// refunds is /desk/money/refunds: what is promised and not yet paid back, by means and age.
func (d *Desk) refunds(w http.ResponseWriter, r *web.Request) error {
	method := r.Query("method")
	o, err := d.View.Finance().MoneyDesk().Refunds(r.Context(), reader(r), method)
	if err != nil {
		return err
	}
	title := r.T("Refunds")
	g := page.Group{moneyDone(r), heading1(title), page.Paragraph{Text: r.T("What is owed to payers and not paid back yet. Refunds by card go by themselves; those by bank wait for a payment order; those in cash are paid out at a till.")}}
	if len(o.Sums) > 0 {
		t := page.QueueTable{Caption: r.T("Owed by means"), Columns: append([]page.Column{{Text: r.T("Means")}}, numbers(r.T("Refunds"), r.T("Amount"))...)}
		for _, s := range o.Sums {
			t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.LinkTo{Text: s.Title, URL: address("/desk/money/refunds", url.Values{"method": {s.Method}})}}, {HTML: page.ID(count(r.P, s.N))}, {HTML: page.ID(s.Amount)}}})
		}
		g = append(g, t)
	}
	g = append(g, refundTable(r, r.T("Refunds that are owed"), o.Lines, o.Work))
	if o.Capped {
		g = append(g, page.Paragraph{Text: r.T("There are more. Those that have waited longest are shown.")})
	}
	if method != "" {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Show all means"), URL: "/desk/money/refunds"}})
	}
	return d.showMoney(w, r, web.Page{Title: title, Content: g})
}

func refundTable(r *web.Request, caption string, list []view.RefundOwed, work bool) page.QueueTable {
	t := page.QueueTable{Caption: caption, Columns: append(append([]page.Column{{Text: r.T("Payment")}}, numbers(r.T("Amount"), r.T("Days"))...),
		page.Column{Text: r.T("Since")}, page.Column{Text: r.T("Means")}, page.Column{Text: r.T("State")}, page.Column{Text: r.T("What can be done")}),
		Empty: page.EmptyState{Heading: r.T("Nothing is to be paid back"), Level: 2}}
	for _, x := range list {
		state := page.State(r.T("Waits"), page.Caution)
		if x.Asked {
			state = page.State(r.T("On its way"), page.Info)
		}
		can := page.Cell{}
		switch {
		case x.Means == "bank" && !x.Asked:
			can = page.Cell{HTML: page.LinkTo{Text: r.T("Put it into a payment order"), URL: "/desk/money/orders"}}
		case x.Means == "cash" && work:
			can = page.Cell{HTML: moneyLink(r.T("Pay it out"), "/desk/money/refunds/"+url.PathEscape(x.ID), "")}
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: moneyLink(x.Receipt, paymentURL(x.Payment, ""), "")}, {HTML: page.ID(x.Amount)}, {HTML: page.ID(count(r.P, x.Days))},
			{HTML: instant(x.Since)}, {Text: x.Title}, {HTML: state}, can}})
	}
	return t
}

// payOut is /desk/money/refunds/{refund}: paying a refund out in cash. Where that is not to be done it leads to the payment.
func (d *Desk) payOut(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	id := r.PathValue("refund")
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		err := d.Flow.Finance().PayOutRefund(r.Context(), r.Actor, flow.PayOutRefund{Refund: id, Key: r.Key()})
		if err == nil {
			return r.Redirect(w, "/desk/money/till?done=paid-out")
		}
		if err := f.refused(r, err, "refund"); err != nil {
			return err
		}
	}
	payment, err := d.View.Finance().MoneyDesk().RefundPayment(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	p, err := d.View.Finance().MoneyDesk().MoneyPayment(r.Context(), reader(r), payment)
	if err != nil {
		return err
	}
	var x *view.MoneyRefund
	for i := range p.RefundsDone {
		if p.RefundsDone[i].ID == id {
			x = &p.RefundsDone[i]
		}
	}
	if x == nil || !x.PayOut || !p.Work {
		return r.Redirect(w, paymentURL(payment, ""))
	}
	title := r.T("Pay out a refund in cash")
	list := page.SummaryList{Rows: []page.SummaryRow{
		factRow(r.T("To be paid out"), moneyStrong(x.Amount)), factRow(r.T("To"), page.ID(p.From)),
		factRow(r.T("Paid with receipt"), moneyLink(p.Number, paymentURL(p.ID, ""), "")),
	}}
	if x.Why != "" {
		list.Rows = append(list.Rows, factRow(r.T("Why"), page.ID(x.Why)))
	}
	g := page.Group{}
	if f.Changed != "" {
		g = append(g, page.WarningText{Text: f.Changed})
	}
	g = append(g, heading1(title), list, page.Paragraph{Text: r.T("Ask for the receipt or a proof of who they are. The money leaves your own till.")},
		page.Form{Action: "/desk/money/refunds/" + url.PathEscape(id), Key: r.NewKey(), HTML: page.Button{Text: r.T("I have paid it out"), PreventDoubleClick: true}})
	return d.showMoney(w, r, web.Page{Title: title, Status: f.status, Content: g}, page.Crumb{Text: r.T("Refunds"), Href: "/desk/money/refunds"})
}
