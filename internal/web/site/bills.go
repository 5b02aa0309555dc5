package site

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"stoa/internal/document"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// billTone is how a bill, an instalment or a payment stands, for the eye; its words say the same.
func billTone(s view.BillState) page.Tone {
	switch s.Level {
	case "late":
		return page.Bad
	case "soon":
		return page.Caution
	case "done":
		return page.Good
	}
	return page.Info
}

func billTag(s view.BillState) page.Tag { return page.State(s.Text, billTone(s)) }

// billCards are bills in a list.
func billCards(r *web.Request, list []view.BillLine) page.Component {
	var cards []page.ServiceCard
	for _, b := range list {
		card := page.ServiceCard{Title: b.Title, URL: "/account/bills/" + b.ID, Level: 3, Tag: billTag(b.State), Facts: []string{b.Number}}
		switch {
		case b.Owed && b.Due != "":
			card.Text = r.T("{amount} to be paid; next on {date}", i18n.V{"amount": b.Balance, "date": b.Due})
		case b.Owed:
			card.Text = r.T("{amount} to be paid", i18n.V{"amount": b.Balance})
		case b.Credit:
			card.Text = r.T("You have a credit of {amount}", i18n.V{"amount": b.Balance})
		default:
			card.Text = b.Total
		}
		card.Facts = append(card.Facts, r.T("Of {date}", i18n.V{"date": b.Date}))
		cards = append(cards, card)
	}
	return page.ServiceGrid{Cards: cards}
}

// bills is /account/bills: what the reader pays, and has paid.
func (s *Site) bills(w http.ResponseWriter, r *web.Request) error {
	list, err := s.View.Finance().Bills(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Your bills")
	g := page.Group{heading1("", title)}
	var open, rest []view.BillLine
	for _, b := range list {
		if b.Owed || b.Credit {
			open = append(open, b)
		} else {
			rest = append(rest, b)
		}
	}
	if len(list) == 0 {
		g = append(g, page.EmptyState{Heading: r.T("No bills"), Text: r.T("When you apply for something that costs a fee, or owe a tax, the bill appears here."), Level: 2})
	}
	if len(open) > 0 {
		g = append(g, h2(r.T("To be paid")), billCards(r, open))
	}
	if len(rest) > 0 {
		g = append(g, h2(r.T("Paid and closed")), billCards(r, rest))
	}
	if len(list) > 0 {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Statement of everything charged and paid"), URL: "/account/statement"}})
	}
	return r.Render(w, web.Page{Title: title, Area: "account", Content: g, Back: "/account"})
}

// billForm is what was chosen on a bill's page, and what was wrong with it.
type billForm struct{ amount, other, problem string }

// bill is /account/bills/{bill}; paying it by card posts to its own address.
func (s *Site) bill(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("bill")
	var f billForm
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		f = billForm{amount: r.Field("amount"), other: r.Field("other")}
		begun, err := s.payBill(r, id, &f)
		if err == nil && f.problem == "" {
			return r.Leave(w, begun.URL)
		}
		if said, ok := r.Say(err, fault.Invalid, fault.Conflict, fault.Unavailable); ok {
			f.problem = said
		} else if err != nil {
			return err
		}
	}
	b, err := s.View.Finance().Bill(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	return renderBill(w, r, b, f)
}

// payBill reads the amount and begins the payment.
func (s *Site) payBill(r *web.Request, id string, f *billForm) (flow.Begun, error) {
	amount, err := strconv.ParseInt(f.amount, 10, 64)
	if f.amount == "other" {
		typed, wrong := r.Amount(f.other)
		amount, err = typed.Minor, wrong
	}
	if err != nil || amount < 0 || amount == 0 && f.amount != "0" { // 0 is all that is owed
		f.problem = r.T("Choose how much you want to pay now")
		if f.amount == "other" {
			f.problem = r.T("Enter an amount like 12.50")
		}
		return flow.Begun{}, nil
	}
	return s.Flow.Finance().PayBill(r.Context(), r.Actor, flow.PayBill{
		Bill: id, Amount: amount, Language: r.P.Tag(), Key: r.Key(),
		Back: "/account/payments/{payment}?back=1", Cancel: "/account/bills/" + id + "?told=cancelled",
	})
}

func renderBill(w http.ResponseWriter, r *web.Request, b view.BillPage, f billForm) error {
	var wrong []view.Problem
	if f.problem != "" {
		wrong = []view.Problem{{Anchor: "amount", Text: f.problem}}
	}
	main := page.Group{billStatus(r, b), payForm(r, b, f), instalments(r, b), whatIsBilled(r, b), billMoves(r, b)}
	side := page.Group{transfer(r, b), contactBlock(r.T("Questions about this bill"), b.Contact)}
	content := page.Group{
		summary(r, wrong), banner(r, map[string]string{"cancelled": r.T("You did not pay. Nothing was taken."), "plan": r.T("Your instalments have been changed.")}),
		heading1(b.Service, b.Title),
		page.Paragraph{HTML: r.P.H("Bill {number} of {date}", i18n.V{"number": page.ID(b.Number), "date": page.ID(b.Date)})},
		page.TwoColumns{Main: main, Side: side, SideLabel: r.T("How to pay by bank transfer")},
	}
	return r.Render(w, web.Page{Title: b.Title, Failed: f.problem != "", Area: "account", Content: content, Back: "/account/bills"})
}

func billStatus(r *web.Request, b view.BillPage) page.Component {
	p := page.StatusPanel{Label: r.T("What you owe"), Status: b.State.Text, Tone: billTone(b.State)}
	switch {
	case b.Credit:
		p.Text = r.T("You paid more than was asked: you have a credit of {amount}.", i18n.V{"amount": b.Balance})
	case b.Overdue != "":
		p.Text = r.T("{amount} to be paid in all, of which {overdue} is overdue.", i18n.V{"amount": b.Balance, "overdue": b.Overdue})
		if b.Interest != "" {
			p.HTML = body(r.T("Interest of {amount} has run since, and is added when you pay.", i18n.V{"amount": b.Interest}))
		}
	case b.Owed:
		p.Text = r.T("{amount} to be paid.", i18n.V{"amount": b.Balance})
		if b.Due != "" {
			p.Clock = page.Clock{Text: r.T("By {date}", i18n.V{"date": b.Due})}
		}
	default:
		p.Text = r.T("Nothing is owed on this bill.")
	}
	return p
}

// payForm is paying by card: an amount, then the provider's page.
func payForm(r *web.Request, b view.BillPage, f billForm) page.Component {
	if len(b.Pay) == 0 {
		return nil
	}
	var items []page.Choice
	for _, c := range b.Pay {
		items = append(items, page.Choice{Value: strconv.FormatInt(c.Minor, 10), HTML: r.P.H("{title}: {amount}", i18n.V{"title": c.Title, "amount": strong(c.Shown)})})
	}
	items = append(items, page.Choice{Value: "other", Text: r.T("Another amount"), Conditional: page.Conditional{HTML: page.Input{
		Name: "other", ID: "other", Value: f.other, Inputmode: "decimal", Classes: "govuk-input--width-10", Label: page.Label{Text: r.T("Amount")},
	}}})
	chosen := f.amount
	if chosen == "" {
		chosen = items[0].Value
	}
	return page.Form{Action: "/account/bills/" + b.ID, Key: r.NewKey(), HTML: page.Group{
		page.Radios{Name: "amount", Value: chosen, Items: items, ErrorMessage: page.ErrorMessage{Text: f.problem},
			Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Pay by card"), Classes: "govuk-fieldset__legend--m"}}},
		page.Button{Text: r.T("Continue to payment"), PreventDoubleClick: true},
	}}
}

func instalments(r *web.Request, b view.BillPage) page.Component {
	if len(b.Instalments) < 2 {
		return nil
	}
	t := page.Table{Caption: r.T("Instalments"), CaptionClasses: "govuk-table__caption--m",
		Head: []page.Cell{{Text: r.T("Due")}, {Text: r.T("Amount"), Format: "numeric"}, {Text: r.T("Open"), Format: "numeric"}, {Text: r.T("State")}}}
	for _, i := range b.Instalments {
		t.Rows = append(t.Rows, []page.Cell{{HTML: page.ID(i.Due)}, {HTML: page.ID(i.Amount), Format: "numeric"}, {HTML: page.ID(i.Open), Format: "numeric"}, {HTML: billTag(i.State)}})
	}
	return page.Scroll{Label: r.T("Instalments"), HTML: t}
}

// whatIsBilled is the bill's items, each opening into its reasons.
func whatIsBilled(r *web.Request, b view.BillPage) page.Component {
	list := page.SummaryList{}
	for _, i := range b.Items {
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: i.Title}, Value: page.Cell{HTML: page.ID(i.Amount)}})
	}
	list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: r.T("Total")}, Value: page.Cell{HTML: strong(b.Total)}})
	g := page.Group{h2(r.T("What this bill is for")), list}
	for _, c := range b.Charges {
		if c.Why != nil {
			g = append(g, page.Details{SummaryText: r.T("Why {amount}: {title}", i18n.V{"amount": c.Amount, "title": c.Title}), HTML: page.Group{source(r.T("Law"), c.Law), paper.Reasons{Why: c.Why}}})
		}
	}
	g = append(g, billTax(r, b))
	if b.Case != "" {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("The application that this fee is for"), URL: "/account/cases/" + b.Case}})
	}
	if b.Note != "" {
		g = append(g, page.InsetText{Text: b.Note})
	}
	return g
}

func billMoves(r *web.Request, b view.BillPage) page.Component {
	t := page.Table{Caption: r.T("Charged and paid"), CaptionClasses: "govuk-table__caption--m",
		Head: []page.Cell{{Text: r.T("Date")}, {Text: r.T("What")}, {Text: r.T("Amount"), Format: "numeric"}}}
	for _, m := range b.Moves {
		what := page.Cell{Text: m.Title}
		if m.Payment != "" {
			what = page.Cell{HTML: link(m.Title, "/account/payments/"+m.Payment)}
		}
		t.Rows = append(t.Rows, []page.Cell{{HTML: page.ID(m.Date)}, what, {HTML: page.ID(m.Amount), Format: "numeric"}})
	}
	return page.Scroll{Label: r.T("Charged and paid"), HTML: t}
}

// transfer is how to pay a bill by bank.
func transfer(r *web.Request, b view.BillPage) page.Component {
	if b.Transfer == nil {
		return nil
	}
	return page.Group{h2(r.T("By bank transfer")), bankDetails(r, b.Transfer)}
}

// bankDetails are the account, the reference that finds the bill, and a code where banking apps know one.
func bankDetails(r *web.Request, t *view.Transfer) page.Component {
	row := func(label string, value page.Component) page.SummaryRow {
		return page.SummaryRow{Key: page.Cell{Text: label}, Value: page.Cell{HTML: value}}
	}
	list := page.SummaryList{Rows: []page.SummaryRow{
		row(r.T("To"), page.Text(t.Name)), row(r.T("Account (IBAN)"), page.ID(t.IBAN)),
	}}
	if t.BIC != "" {
		list.Rows = append(list.Rows, row(r.T("Bank (BIC)"), page.ID(t.BIC)))
	}
	list.Rows = append(list.Rows, row(r.T("Reference"), strong(t.Reference)))
	g := page.Group{list, body(r.T("Give this reference and nothing else: it tells us which bill you pay."))}
	if t.QR != "" {
		if svg, err := document.QRSVG(t.QR, r.T("Code that fills in the transfer in a banking app")); err == nil {
			g = append(g, templ.Raw(string(svg)))
		}
	}
	return g
}
