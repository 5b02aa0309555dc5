package desk

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"stoa/internal/document"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// moneyPayments is /desk/money/payments: what was booked on a day, or the payment of a receipt.
func (d *Desk) moneyPayments(w http.ResponseWriter, r *web.Request) error {
	number := r.Query("q")
	id, err := d.View.Finance().MoneyDesk().PaymentNumbered(r.Context(), reader(r), number)
	if err != nil {
		return err
	}
	if id != "" {
		return r.Redirect(w, paymentURL(id, ""))
	}
	ask := view.MoneyPaymentsAsk{Day: askedDay(r, "day"), Method: r.Query("method"), After: r.Query("after")}
	m, err := d.View.Finance().MoneyDesk().MoneyPayments(r.Context(), reader(r), ask)
	if err != nil {
		return err
	}
	title := r.T("Payments")
	side := page.Filters{Heading: r.T("Find payments"), Action: "/desk/money/payments", Fields: []page.Component{
		page.Input{Name: "q", Value: number, Label: page.Label{Text: r.T("Number of a receipt")}, Hint: page.Hint{Text: "R-2026-000001"}, Spellcheck: "false"},
		dayInput("day", r.T("Booked on"), m.DayISO),
		page.Select{Name: "method", Label: page.Label{Text: r.T("Means")}, Value: ask.Method, Items: []page.Option{{Text: r.T("All")},
			{Value: "card", Text: r.T("Card")}, {Value: "bank", Text: r.T("Bank transfer")}, {Value: "cash", Text: r.T("Cash")}}},
	}}
	main := page.Group{}
	if number != "" {
		main = append(main, page.InsetText{Text: r.T("There is no receipt {number}.", i18n.V{"number": number})})
	}
	if len(m.Sums) > 0 {
		t := page.QueueTable{Caption: r.T("Booked on {date}", i18n.V{"date": m.Day}), Columns: append([]page.Column{{Text: r.T("Means")}}, numbers(r.T("Came in"), r.T("Payments"), r.T("Paid back"), r.T("Refunds"))...)}
		for _, s := range m.Sums {
			t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.LinkTo{Text: s.Title, URL: address("/desk/money/payments", url.Values{"day": {m.DayISO}, "method": {s.Method}})}},
				{HTML: page.ID(s.In)}, {HTML: page.ID(count(r.P, s.InCount))}, {HTML: page.ID(s.Out)}, {HTML: page.ID(count(r.P, s.OutCount))}}})
		}
		main = append(main, t)
	}
	main = append(main, paymentTable(r, r.T("Payments of {date}", i18n.V{"date": m.Day}), m.Lines),
		nextPage(r, "/desk/money/payments", url.Values{"day": {m.DayISO}, "method": {ask.Method}}, "after", m.Next))
	content := page.Group{heading1(title), page.TwoColumns{SideFirst: true, SideLabel: r.T("Find payments"), Side: side, Main: main}}
	return d.showMoney(w, r, web.Page{Title: title, Content: content})
}

// paymentTable are payments in a list. It names nobody.
func paymentTable(r *web.Request, caption string, list []view.PaymentLine) page.QueueTable {
	t := page.QueueTable{Caption: caption, Columns: append(append([]page.Column{{Text: r.T("Receipt")}}, numbers(r.T("Amount"))...),
		page.Column{Text: r.T("Means")}, page.Column{Text: r.T("When")}, page.Column{Text: r.T("State")}),
		Empty: page.EmptyState{Heading: r.T("No payment was booked"), Text: r.T("Choose another day, or another means."), Level: 2}}
	for _, p := range list {
		name := p.Number
		if name == "" {
			name = r.T("No receipt yet")
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: moneyLink(name, paymentURL(p.ID, ""), "")}, {HTML: page.ID(p.Amount)}, {Text: p.Method}, {HTML: instant(p.At)}, {HTML: moneyTag(p.State)}}})
	}
	return t
}

// moneyPayment is /desk/money/payments/{payment}: a payment whole. Opening it is recorded for its payer.
func (d *Desk) moneyPayment(w http.ResponseWriter, r *web.Request) error {
	p, err := d.View.Finance().MoneyDesk().MoneyPayment(r.Context(), reader(r), r.PathValue("payment"))
	if err != nil {
		return err
	}
	title := r.T("Payment {number}", i18n.V{"number": p.Number})
	if p.Number == "" {
		title = r.T("Payment without a receipt")
	}
	g := page.Group{moneyDone(r), heading1(title), page.TwoColumns{Main: page.Group{
		paymentBills(r, p), paymentRefunds(r, p), paymentDisputes(r, p), paymentOddities(r, p), paymentEvents(r, p), paymentEntries(r, p),
	}, Side: dense(paymentFacts(r, p)), SideLabel: r.T("About this payment")}}
	return d.showMoney(w, r, web.Page{Title: title, Content: g}, page.Crumb{Text: r.T("Payments"), Href: "/desk/money/payments"})
}

func paymentFacts(r *web.Request, p view.MoneyPayment) page.Component {
	list := page.SummaryList{}
	add := func(key string, is bool, value page.Component) {
		if is {
			list.Rows = append(list.Rows, factRow(key, value))
		}
	}
	add(r.T("State"), true, moneyTag(p.State))
	add(r.T("Amount"), true, moneyStrong(p.Amount))
	add(r.T("Asked"), p.Asked != "", page.ID(p.Asked))
	add(r.T("Means"), true, page.Text(strings.Join(notEmpty(p.Method, p.Provider), ", ")))
	add(r.T("When"), true, instant(p.At))
	add(r.T("Booked on"), p.Day != "", page.ID(p.Day))
	add(r.T("From"), p.From != "", page.ID(p.From))
	add(r.T("Could still be paid back"), p.Left != "", page.ID(p.Left))
	add(r.T("Till"), p.Till != "", page.LinkTo{Text: r.T("The till it was taken at"), URL: "/desk/money/till/" + url.PathEscape(p.Till)})
	add(r.T("Bank"), p.Line != "", page.LinkTo{Text: r.T("Line of a bank statement"), URL: sourceURL(view.SourceLink{Kind: "bank_line", ID: p.Line})})
	g := page.Group{page.Heading{Level: 2, Size: "s", Text: r.T("About this payment")}, list}
	if p.Paid {
		g = append(g, page.List{Plain: true, Items: []page.Component{page.LinkTo{Text: r.T("Receipt, to print"), URL: paymentURL(p.ID, "/receipt")}, page.LinkTo{Text: r.T("Receipt as PDF"), URL: paymentURL(p.ID, "/receipt/pdf")}}})
	}
	return g
}

func paymentBills(r *web.Request, p view.MoneyPayment) page.Component {
	t := page.QueueTable{Caption: r.T("Bills it pays"), Columns: append(append([]page.Column{{Text: r.T("Bill")}}, numbers(r.T("Of this payment"))...), page.Column{Text: r.T("State of the bill")}, page.Column{Text: r.T("What can be done")})}
	for _, b := range p.Bills {
		can := page.Cell{}
		if b.Give && p.Work {
			can = page.Cell{HTML: page.LinkTo{Text: r.T("Propose to pay the credit back"), URL: billURL(b.ID, "/propose/refund")}}
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: twoLines(moneyLink(b.Number, billURL(b.ID, ""), ""), b.Service)}, {HTML: page.ID(b.Amount)}, {HTML: moneyTag(b.State)}, can}})
	}
	return t
}

func paymentRefunds(r *web.Request, p view.MoneyPayment) page.Component {
	if len(p.RefundsDone) == 0 {
		return nil
	}
	t := page.QueueTable{Caption: r.T("Refunds"), Columns: append(append([]page.Column{{Text: r.T("When")}}, numbers(r.T("Amount"))...),
		page.Column{Text: r.T("Means")}, page.Column{Text: r.T("State")}, page.Column{Text: r.T("Why")}, page.Column{Text: r.T("What can be done")})}
	for _, x := range p.RefundsDone {
		why := page.Cell{HTML: page.ID(x.Why)}
		if x.Unasked {
			why = page.Cell{Text: r.T("Made at the provider’s, not decided here")}
		}
		can := page.Cell{}
		switch {
		case !p.Work:
		case x.PayOut:
			can = page.Cell{HTML: page.LinkTo{Text: r.T("Pay it out in cash"), URL: "/desk/money/refunds/" + url.PathEscape(x.ID)}}
		case x.Again != "":
			can = page.Cell{HTML: page.LinkTo{Text: r.T("Propose to pay it back by bank"), URL: billURL(x.Again, "/propose/refund?way=bank")}}
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: instant(x.At)}, {HTML: page.ID(x.Amount)}, {Text: x.Method}, {HTML: moneyTag(x.State)}, why, can}})
	}
	return t
}

func paymentDisputes(r *web.Request, p view.MoneyPayment) page.Component {
	if len(p.Disputes) == 0 {
		return nil
	}
	t := page.QueueTable{Caption: r.T("Disputes"), Columns: append(append([]page.Column{{Text: r.T("Opened")}}, numbers(r.T("Amount"))...), page.Column{Text: r.T("State")}, page.Column{Text: r.T("Ended")})}
	for _, x := range p.Disputes {
		ended := page.Cell{}
		if x.Ended {
			ended = page.Cell{HTML: instant(x.Closed)}
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: instant(x.Opened)}, {HTML: page.ID(x.Amount)}, {HTML: moneyTag(view.BillState{Text: x.State, Level: x.Level})}, ended}})
	}
	return t
}

func paymentOddities(r *web.Request, p view.MoneyPayment) page.Component {
	if len(p.Oddities) == 0 {
		return nil
	}
	return oddityTable(r, r.T("Exceptions"), p.Oddities, false)
}

// paymentEvents is what was told about the payment, as it was received.
func paymentEvents(r *web.Request, p view.MoneyPayment) page.Component {
	if len(p.Events) == 0 {
		return nil
	}
	t := page.QueueTable{Caption: r.T("What the provider told us"), Columns: append(append([]page.Column{{Text: r.T("Received")}, {Text: r.T("What")}}, numbers(r.T("Amount"))...), page.Column{Text: r.T("What became of it")}, page.Column{Text: r.T("Name of the message")})}
	for _, e := range p.Events {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: instant(e.Received)}, {Text: e.Title}, {HTML: page.ID(e.Amount)}, {Text: e.Outcome}, {HTML: page.ID(e.Name)}}})
	}
	return t
}

func paymentEntries(r *web.Request, p view.MoneyPayment) page.Component {
	if len(p.Entries) == 0 {
		return nil
	}
	return page.Group{heading2(r.T("In the books")), page.Scroll{Label: r.T("In the books"), HTML: journal(r.P, r.T("In the books"), p.Entries)}}
}

// moneyReceipt is /desk/money/payments/{payment}/receipt: to be printed and given to who paid.
func (d *Desk) moneyReceipt(w http.ResponseWriter, r *web.Request) error {
	doc, _, err := d.View.Finance().MoneyDesk().MoneyReceipt(r.Context(), reader(r), r.PathValue("payment"))
	if err != nil {
		return err
	}
	back := paymentURL(r.PathValue("payment"), "")
	content := page.Group{paper.Sheet{Document: doc}, page.Paragraph{HTML: page.LinkTo{Text: r.T("Download as PDF"), URL: back + "/receipt/pdf"}}}
	return d.show(w, r, areaMoney, web.Page{Title: doc.Title, Paper: true, Content: content, Back: back})
}

func (d *Desk) moneyReceiptPDF(w http.ResponseWriter, r *web.Request) error {
	doc, number, err := d.View.Finance().MoneyDesk().MoneyReceipt(r.Context(), reader(r), r.PathValue("payment"))
	if err != nil {
		return err
	}
	var pdf bytes.Buffer
	if err := document.PDF(&pdf, doc, document.Options{}); err != nil {
		return fmt.Errorf("printing receipt %s: %w", number, err)
	}
	return r.Send(w, "application/pdf", number+".pdf", pdf.Bytes())
}
