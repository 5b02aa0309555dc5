package desk

import (
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// bankOrders is /desk/money/orders: the orders of payments to our bank.
func (d *Desk) bankOrders(w http.ResponseWriter, r *web.Request) error {
	list, err := d.View.Banking().BankOrders(r.Context(), reader(r), r.Query("after"))
	if err != nil {
		return err
	}
	title := r.T("Payment orders")
	g := page.Group{heading1(title), page.Paragraph{Text: r.T("Refunds by bank leave by an order that one person makes and another approves. Whether each was paid is seen on the bank’s statement.")}}
	if list.ToPay > 0 {
		g = append(g, page.Paragraph{HTML: r.P.H("{n} to be paid back by bank and in no order: {amount}.",
			i18n.V{"n": page.Text(r.P.N("{n} refund is", "{n} refunds are", list.ToPay)), "amount": moneyStrong(list.Sum)})})
		if list.Work {
			g = append(g, page.Button{Text: r.T("Make an order"), Href: "/desk/money/orders/new"})
		}
	}
	t := page.QueueTable{Stack: true, Caption: r.T("Orders"), Columns: append([]page.Column{{Text: r.T("Order")}, {Text: r.T("Made")}, {Text: r.T("State")}}, numbers(r.T("Payments"), r.T("Amount"))...),
		Empty: page.EmptyState{Heading: r.T("No order was made yet"), Level: 2}}
	for _, o := range list.Orders {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: moneyLink(o.Number, orderURL(o.ID, ""), "")}, {HTML: instant(o.Created)}, {HTML: orderTag(o)},
			{HTML: page.ID(count(r.P, o.Count))}, {HTML: page.ID(o.Total)}}})
	}
	g = append(g, t, nextPage(r, "/desk/money/orders", url.Values{}, "after", list.Next))
	return d.showMoney(w, r, web.Page{Title: title, Content: g})
}

// orderTag is where an order stands.
func orderTag(o view.BankOrder) page.Tag {
	return page.State(o.Title, map[string]page.Tone{"draft": page.Neutral, "proposed": page.Caution, "approved": page.Caution, "exported": page.Info, "done": page.Good, "refused": page.Bad}[o.State])
}

// newOrder is /desk/money/orders/new: choosing what is paid back, to whom and to which account.
func (d *Desk) newOrder(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		in := flow.NewPaymentOrder{Key: r.Key()}
		for _, id := range chosen(r, "refund") {
			in.Payees = append(in.Payees, flow.Payee{Refund: id, Name: r.Field("name-" + id), IBAN: r.Field("iban-" + id)})
		}
		order, err := d.Flow.Banking().NewPaymentOrder(r.Context(), r.Actor, in)
		if err == nil {
			return r.Redirect(w, orderURL(order, "?done=made"))
		}
		if err := f.refused(r, err, "refund"); err != nil {
			return err
		}
	}
	n, err := d.View.Banking().NewBankOrder(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Make a payment order")
	g := page.Group{f.Problems.summary()}
	if f.Changed != "" {
		g = append(g, page.WarningText{Text: f.Changed})
	}
	g = append(g, heading1(title))
	if len(n.Payees) == 0 {
		g = append(g, page.Paragraph{Text: r.T("Nothing is owed by bank that is not in an order already.")})
		return d.showMoney(w, r, web.Page{Title: title, Status: f.status, Content: g}, orderCrumb(r))
	}
	g = append(g, page.Paragraph{Text: r.T("Choose what is paid back, and check the name and the account of each.")},
		page.Form{Action: "/desk/money/orders/new", Key: r.NewKey(), HTML: page.Group{payeeBoxes(r, n, &f), page.Button{Text: r.T("Make the order"), PreventDoubleClick: true}}})
	return d.showMoney(w, r, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Asks: true, Content: g}, orderCrumb(r))
}

func orderCrumb(r *web.Request) page.Crumb {
	return page.Crumb{Text: r.T("Payment orders"), Href: "/desk/money/orders"}
}

// payeeBoxes are the refunds to choose from; each opens into whom it goes to.
func payeeBoxes(r *web.Request, n view.NewBankOrder, f *moneyForm) page.Component {
	posted := r.Method == http.MethodPost
	boxes := page.Checkboxes{Name: "refund", IDPrefix: "refund", ErrorMessage: f.Problems.at("refund"),
		Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Refunds"), Classes: "govuk-fieldset__legend--m"}}}
	if posted {
		boxes.Values = chosen(r, "refund")
	}
	for _, p := range n.Payees {
		name, iban := p.Name, p.IBAN
		if posted && slices.Contains(boxes.Values, p.Refund) {
			name, iban = r.Field("name-"+p.Refund), r.Field("iban-"+p.Refund)
		}
		boxes.Items = append(boxes.Items, page.Choice{Value: p.Refund, HTML: r.P.H("{amount}, paid with receipt {receipt}", i18n.V{"amount": moneyStrong(p.Amount), "receipt": page.ID(p.Receipt)}),
			Hint: page.Hint{Text: p.Why}, Conditional: page.Conditional{HTML: page.Group{
				page.Input{Name: "name-" + p.Refund, Value: name, Label: page.Label{Text: r.T("Name of the account holder")}, Autocomplete: "off", ErrorMessage: f.Problems.at("name-" + p.Refund)},
				page.Input{Name: "iban-" + p.Refund, Value: iban, Label: page.Label{Text: r.T("Account (IBAN)")}, Autocomplete: "off", Spellcheck: "false", ErrorMessage: f.Problems.at("iban-" + p.Refund)},
			}}})
	}
	return boxes
}

// bankOrder is /desk/money/orders/{order}: an order whole, with what can be done.
func (d *Desk) bankOrder(w http.ResponseWriter, r *web.Request) error {
	return d.showOrder(w, r, r.PathValue("order"), &moneyForm{})
}

func (d *Desk) toBankOrder(w http.ResponseWriter, r *web.Request) error {
	if _, err := d.View.Banking().BankOrders(r.Context(), reader(r), ""); err != nil { // asks for the right
		return err
	}
	return r.Redirect(w, orderURL(r.PathValue("order"), ""))
}

func (d *Desk) showOrder(w http.ResponseWriter, r *web.Request, id string, f *moneyForm) error {
	o, err := d.View.Banking().BankOrder(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	title := r.T("Payment order {number}", i18n.V{"number": o.Number})
	g := page.Group{bankDone(r), f.Problems.summary()}
	if f.Changed != "" {
		g = append(g, page.WarningText{Text: f.Changed})
	}
	g = append(g, heading1(title), page.Paragraph{HTML: orderTag(o.BankOrder)})
	side := page.Group{orderSteps(r, o), orderActions(r, o, f)}
	main := page.Group{orderPayments(r, o)}
	g = append(g, page.TwoColumns{Main: main, Side: dense(side), SideLabel: r.T("What was and can be done")})
	return d.showMoney(w, r, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Content: g}, orderCrumb(r))
}

func orderSteps(r *web.Request, o view.BankOrderPage) page.Component {
	list := page.SummaryList{Rows: []page.SummaryRow{factRow(r.T("Amount"), moneyStrong(o.Total)), factRow(r.T("From"), page.Group{page.ID(o.FromName), page.Text(" "), page.ID(o.FromIBAN)})}}
	for _, s := range o.Steps {
		list.Rows = append(list.Rows, factRow(s.Title, r.P.H("{at} by {name}", i18n.V{"at": instant(s.At), "name": page.ID(s.By)})))
	}
	if o.Reason != "" {
		list.Rows = append(list.Rows, factRow(r.T("Why"), page.ID(o.Reason)))
	}
	if len(o.Hash) > 0 {
		list.Rows = append(list.Rows, factRow(r.T("SHA-256 of the file"), page.ID(hex.EncodeToString(o.Hash))))
	}
	return list
}

// orderActions are the steps that the reader may take now.
func orderActions(r *web.Request, o view.BankOrderPage, f *moneyForm) page.Component {
	if !o.Work {
		return nil
	}
	step := func(name, text, classes string, more ...page.Component) page.Component {
		return page.Form{Action: orderURL(o.ID, "/"+name), Key: r.NewKey(), HTML: append(page.Group{hiddenVersion(o.Version)}, append(more, page.Button{Text: text, Classes: classes, PreventDoubleClick: true})...)}
	}
	var g page.Group
	switch o.State {
	case "draft":
		g = append(g, step("propose", r.T("Propose"), ""))
	case "proposed":
		if o.Decides {
			g = append(g, step("approve", r.T("Approve"), ""))
		} else {
			g = append(g, page.Paragraph{Text: r.T("Another person, a supervisor, must approve it.")})
		}
	case "approved", "exported", "done":
		g = append(g, page.Paragraph{Text: r.T("The file is always the same: giving it to the bank twice pays once.")},
			page.Form{Action: orderURL(o.ID, "/file"), Key: r.NewKey(), HTML: page.Button{Text: r.T("Download the file for the bank")}})
	}
	if o.State == "draft" || o.State == "proposed" || o.State == "approved" {
		g = append(g, page.Details{SummaryText: r.T("Refuse the order"), Open: f.Problems.any(), HTML: step("refuse", r.T("Refuse"), "govuk-button--warning",
			page.Input{Name: "reason", Value: r.Field("reason"), Label: page.Label{Text: r.T("Why?")}, ErrorMessage: f.Problems.at("reason")})})
	}
	return g
}

func orderPayments(r *web.Request, o view.BankOrderPage) page.Component {
	g := page.Group{heading2(r.T("Payments"))}
	for _, p := range o.Payments {
		card := page.SummaryList{Card: page.SummaryCard{Title: page.CardTitle{HTML: page.ID(p.EndToEnd), HeadingLevel: 3}}}
		if p.CanFail {
			card.Card.Actions = page.Actions{Items: []page.Action{{Text: r.T("The bank did not make it"), Href: orderURL(o.ID, "/payments/"+url.PathEscape(p.EndToEnd))}}}
		}
		state := page.State(p.Title, page.Info)
		switch {
		case p.Paid:
			state = page.State(p.Title, page.Good)
		case p.Failed:
			state = page.State(p.Title, page.Bad)
		}
		card.Rows = []page.SummaryRow{factRow(r.T("Amount"), moneyStrong(p.Amount)), factRow(r.T("To"), page.ID(p.Name)), factRow(r.T("Account (IBAN)"), page.ID(p.IBAN)),
			paysWhat(r, p), factRow(r.T("State"), state)}
		if p.Left != "" {
			card.Rows = append(card.Rows, factRow(r.T("Left with"), page.LinkTo{Text: r.T("Line of a bank statement"), URL: lineURL(p.Left, "")}))
		}
		if p.Back != "" {
			card.Rows = append(card.Rows, factRow(r.T("Came back with"), page.LinkTo{Text: r.T("Line of a bank statement"), URL: lineURL(p.Back, "")}))
		}
		if p.Reason != "" {
			card.Rows = append(card.Rows, factRow(r.T("Why"), page.ID(p.Reason)))
		}
		g = append(g, card)
	}
	return g
}

// paysWhat leads to the receipt of what is paid back, or to the invoice that is paid.
func paysWhat(r *web.Request, p view.BankPayment) page.SummaryRow {
	if p.Invoice != "" {
		return factRow(r.T("Pays"), moneyLink(p.Receipt, invoiceURL(p.Invoice), ""))
	}
	return factRow(r.T("Pays back"), moneyLink(p.Receipt, paymentURL(p.Payment, ""), ""))
}

// moveOrder is /desk/money/orders/{order}/propose, approve and refuse.
func (d *Desk) moveOrder(step string) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		if err := r.ReadForm(); err != nil {
			return err
		}
		in := flow.MoveOrder{Order: r.PathValue("order"), Version: version(r), Reason: r.Field("reason"), Key: r.Key()}
		do := d.Flow.Banking().ProposeOrder
		switch step {
		case "approve":
			do = d.Flow.Banking().ApproveOrder
		case "refuse":
			do = d.Flow.Banking().RefuseOrder
		}
		var f moneyForm
		err := do(r.Context(), r.Actor, in)
		if err == nil {
			return r.Redirect(w, orderURL(in.Order, "?done="+step))
		}
		if err := f.refused(r, err, "reason"); err != nil {
			return err
		}
		return d.showOrder(w, r, in.Order, &f)
	}
}

// orderFile is /desk/money/orders/{order}/file: the file for the bank, always the same bytes.
func (d *Desk) orderFile(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	if _, err := d.View.Banking().BankOrder(r.Context(), reader(r), r.PathValue("order")); err != nil { // records the look at each payee
		return err
	}
	name, file, err := d.Flow.Banking().ExportOrder(r.Context(), r.Actor, r.PathValue("order"))
	if err != nil {
		return err
	}
	return r.Send(w, "application/xml", name, file)
}

// failPayment is /desk/money/orders/{order}/payments/{payment}: the bank did not make it.
func (d *Desk) failPayment(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	id, payment := r.PathValue("order"), r.PathValue("payment")
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		err := d.Flow.Banking().FailPayment(r.Context(), r.Actor, flow.FailPayment{Order: id, EndToEnd: payment, Reason: r.Field("reason"), Key: r.Key()})
		if err == nil {
			return r.Redirect(w, orderURL(id, "?done=failed"))
		}
		if err := f.refused(r, err, "reason"); err != nil {
			return err
		}
	}
	o, err := d.View.Banking().BankOrder(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	if !o.Work {
		return fault.NewForbidden("")
	}
	i := slices.IndexFunc(o.Payments, func(p view.BankPayment) bool { return p.EndToEnd == payment })
	if i < 0 {
		return fault.NewNotFound("")
	}
	title := r.T("The bank did not make a payment")
	g := page.Group{f.Problems.summary()}
	if f.Changed != "" {
		g = append(g, page.WarningText{Text: f.Changed})
	}
	g = append(g, page.Heading{Level: 1, Text: title, Caption: payment}, page.Paragraph{HTML: r.P.H("{amount} to {name}", i18n.V{"amount": moneyStrong(o.Payments[i].Amount), "name": page.ID(o.Payments[i].Name)})},
		page.Paragraph{Text: r.T("The refund is owed again. What comes back on a statement is noted by itself: use this only where the bank told otherwise.")},
		page.Form{Action: orderURL(id, "/payments/"+url.PathEscape(payment)), Key: r.NewKey(), HTML: page.Group{
			page.Input{Name: "reason", Value: r.Field("reason"), Label: page.Label{Text: r.T("What did the bank tell?"), Classes: "govuk-label--s"}, ErrorMessage: f.Problems.at("reason")},
			page.ButtonGroup{page.Button{Text: r.T("It was not paid"), Classes: "govuk-button--warning", PreventDoubleClick: true}, page.LinkTo{Text: r.T("Cancel"), URL: orderURL(id, "")}},
		}})
	return d.showMoney(w, r, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Asks: true, Content: g}, orderCrumb(r), page.Crumb{Text: o.Number, Href: orderURL(id, "")})
}
