package desk

import (
	"net/http"
	"strconv"

	"stoa/internal/bankfile"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// proposePage is /desk/money/bills/{bill}/propose/{kind}: proposing what another person must approve. First it shows what
// would happen, then it proposes it.
type proposePage struct {
	moneyForm
	Typed   proposeForm
	Preview *flow.ProposalPreview
}

// proposeForm is what was typed, as it came.
type proposeForm struct {
	Amount, Component, Reason string
	Count, Every              string // instalments
	First                     string // ISO
	Payment, Way              string // a refund: "" the way it came, "bank"
	Name, IBAN                string
}

// rehearse shows what would happen.
func (d *Desk) rehearse() flow.Rehearsal { return flow.Rehearsal{Flow: d.Flow} }

func (d *Desk) propose(w http.ResponseWriter, r *web.Request) error {
	var p proposePage
	var failed error
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		p.Typed = readProposal(r)
	}
	form, err := d.View.Finance().MoneyDesk().MoneyForm(r.Context(), reader(r), r.PathValue("bill"), r.PathValue("kind"))
	if err != nil {
		return err
	}
	field := "reason"
	if r.Method == http.MethodPost {
		var in flow.ProposeOnBill
		if in, field, failed = d.terms(r, form, p.Typed); failed == nil {
			in.Version = version(r)
			if r.Field("step") == "confirm" {
				if failed = d.Flow.Finance().ProposeOnBill(r.Context(), r.Actor, in); failed == nil {
					return r.Redirect(w, billURL(form.ID, "?done=proposed"))
				}
			} else {
				var preview flow.ProposalPreview
				if preview, failed = d.rehearse().PreviewProposal(r.Context(), r.Actor, in); failed == nil {
					p.Preview = &preview
				}
			}
		}
	}
	if err := p.refused(r, failed, field); err != nil {
		return err
	}
	p.MoneyForm = form
	return d.showForm(w, r, &p.moneyForm, p.title(r), p.content(r))
}

// title is what is proposed.
func (p *proposePage) title(r *web.Request) string {
	switch p.Kind {
	case "waive":
		return r.T("Propose to waive")
	case "write_off":
		return r.T("Propose to write off")
	case "arrange":
		return r.T("Propose other instalments")
	case "refund":
		return r.T("Propose to pay the credit back")
	}
	return r.T("Propose to cancel the bill")
}

func readProposal(r *web.Request) proposeForm {
	return proposeForm{Amount: r.Field("amount"), Component: r.Field("component"), Reason: r.Field("reason"), Count: r.Field("count"), Every: r.Field("every"),
		First: r.Field("first"), Payment: r.Field("payment"), Way: r.Field("way"), Name: r.Field("name"), IBAN: r.Field("iban")}
}

// terms reads what is proposed; field is where an error belongs that names none.
func (d *Desk) terms(r *web.Request, f view.MoneyForm, t proposeForm) (in flow.ProposeOnBill, field string, err error) {
	in = flow.ProposeOnBill{Bill: f.ID, Kind: f.Kind, Key: r.Key()}
	in.Terms.Reason = t.Reason
	field = "reason"
	switch f.Kind {
	case "waive", "write_off", "refund":
		amount, err := r.Amount(t.Amount)
		if err != nil {
			return in, "amount", errAmount
		}
		in.Terms.Amount, field = amount.Minor, "amount"
	case "arrange":
		n, err := strconv.Atoi(t.Count)
		if err != nil {
			return in, "count", fault.NewInvalid("Enter a number of instalments from 1 to 60")
		}
		first, err := calendar.ParseISO(t.First)
		if err != nil {
			return in, "first", fault.NewInvalid("Enter the day of the first instalment")
		}
		if in.Terms.Plan, err = d.rehearse().ArrangePlan(f.Owed, n, first, t.Every); err != nil {
			return in, "count", err
		}
		field = "first"
	}
	for _, c := range f.Components {
		if f.Kind == "waive" && t.Component == c.Value {
			in.OfComponent(c.Value)
		}
	}
	if f.Kind == "refund" {
		if in.Terms.Payment = t.Payment; t.Way == "bank" {
			iban, err := bankfile.ParseIBAN(t.IBAN)
			if err != nil || t.Name == "" {
				return in, "iban", fault.NewInvalid("Enter the name and the IBAN of the account")
			}
			in.Terms.Name, in.Terms.IBAN = t.Name, string(iban)
		}
	}
	if in.Terms.Reason == "" {
		return in, "reason", fault.NewInvalid("Give the reasons")
	}
	return in, field, nil
}

func (p *proposePage) content(r *web.Request) page.Group {
	g := page.Group{page.Paragraph{Text: r.T("Nothing happens before another person, a supervisor, has approved it.")}}
	switch {
	case p.Kind == "refund" && p.Credit == 0:
		return append(g, page.InsetText{Text: r.T("The payer has no credit on this bill. To pay money back, first take back what was charged: cancel the bill, or change the assessment or the case.")})
	case (p.Kind == "waive" || p.Kind == "write_off" || p.Kind == "arrange") && p.Owed == 0:
		return append(g, page.InsetText{Text: r.T("Nothing is owed on this bill.")})
	}
	fields := p.fields(r)
	buttons := page.ButtonGroup{page.Button{Text: r.T("Show what would happen"), Name: "step", Value: "preview", Classes: "govuk-button--secondary"}}
	if p.Preview != nil {
		g = append(g, previewPanel(r, *p.Preview))
		buttons = page.ButtonGroup{page.Button{Text: r.T("Propose it"), Name: "step", Value: "confirm", PreventDoubleClick: true}, buttons[0]}
	}
	fields = append(fields, page.Textarea{Name: "reason", Value: p.Typed.Reason, Rows: 3, Label: page.Label{Text: r.T("Reasons"), Classes: "govuk-label--s"},
		Hint: page.Hint{Text: r.T("For the person who decides, and for the audit. The payer can see them.")}, ErrorMessage: p.Problems.at("reason")}, buttons)
	return append(g, page.Form{Action: billURL(p.ID, "/propose/"+p.Kind), Key: r.NewKey(), HTML: append(page.Group{hiddenVersion(p.Version)}, fields...)})
}

// fields ask for what the kind needs.
func (p *proposePage) fields(r *web.Request) page.Group {
	switch p.Kind {
	case "waive", "write_off":
		g := page.Group{amountInput("amount", r.T("Amount"), r.T("Up to {amount}, which is owed", i18n.V{"amount": p.OwedText}), p.Typed.Amount, p.Problems)}
		if p.Kind == "waive" && len(p.Components) > 1 {
			items := []page.Option{{Text: r.T("All of it, in the order of part payments")}}
			for _, c := range p.Components {
				items = append(items, page.Option{Value: c.Value, Text: r.T("{part}: {amount}", i18n.V{"part": c.Label, "amount": c.Help})})
			}
			g = append(g, page.Select{Name: "component", Value: p.Typed.Component, Label: page.Label{Text: r.T("Of what"), Classes: "govuk-label--s"}, Items: items})
		}
		return g
	case "arrange":
		every := page.Radios{Name: "every", Value: p.Typed.Every, Classes: "govuk-radios--inline", Items: []page.Choice{{Value: flow.EveryMonth, Text: r.T("Every month")}, {Value: flow.EveryWeek, Text: r.T("Every week")}},
			Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("How often"), Classes: "govuk-fieldset__legend--s"}}}
		if every.Value == "" {
			every.Value = flow.EveryMonth
		}
		first := dayInput("first", r.T("Day of the first instalment"), p.Typed.First)
		first.Label.Classes, first.ErrorMessage = "govuk-label--s", p.Problems.at("first")
		return page.Group{
			page.Paragraph{HTML: r.P.H("{amount} is owed and is divided into equal instalments.", i18n.V{"amount": moneyStrong(p.OwedText)})},
			page.Input{Name: "count", Value: p.Typed.Count, Inputmode: "numeric", Classes: "govuk-input--width-3", Label: page.Label{Text: r.T("How many instalments"), Classes: "govuk-label--s"}, ErrorMessage: p.Problems.at("count")},
			first, every,
		}
	case "refund":
		return p.refundFields(r)
	}
	return page.Group{page.Paragraph{Text: r.T("Everything that the bill asked for is taken back. What was paid becomes the payer’s credit.")}}
}

func (p *proposePage) refundFields(r *web.Request) page.Group {
	g := page.Group{amountInput("amount", r.T("Amount"), r.T("Up to {amount}, the payer’s credit", i18n.V{"amount": p.CreditText}), p.Typed.Amount, p.Problems)}
	if len(p.Payments) > 0 {
		g = append(g, optionRadios("payment", r.T("Out of which payment"), p.Typed.Payment, p.Payments, p.Problems))
	}
	bank := page.Group{
		page.Input{Name: "name", Value: p.Typed.Name, Label: page.Label{Text: r.T("Name of the account’s holder")}},
		page.Input{Name: "iban", Value: p.Typed.IBAN, Label: page.Label{Text: "IBAN"}, Spellcheck: "false", ErrorMessage: p.Problems.at("iban"), Classes: "govuk-input--width-20"},
	}
	way := page.Radios{Name: "way", Value: p.Typed.Way, Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("How it goes back"), Classes: "govuk-fieldset__legend--s"}}, Items: []page.Choice{
		{Value: "same", Text: r.T("The way it came"), Hint: page.Hint{Text: r.T("By card it goes by itself; what came in cash is paid out at a till; what came by bank waits for a payment order.")}},
		{Value: "bank", Text: r.T("By bank transfer"), Conditional: page.Conditional{HTML: bank}},
	}}
	if way.Value == "" {
		way.Value = "same"
		if r.Query("way") == "bank" {
			way.Value = "bank"
		}
	}
	return append(g, way)
}

// previewPanel is what would happen, in words and figures.
func previewPanel(r *web.Request, p flow.ProposalPreview) page.Component {
	say := func(minor int64) page.Component {
		if minor < 0 {
			return page.Group{moneyStrong(r.P.Money(-minor, p.Currency)), page.Text(" " + r.T("credit"))}
		}
		return moneyStrong(r.P.Money(minor, p.Currency))
	}
	list := page.SummaryList{Rows: []page.SummaryRow{factRow(r.T("Owed now"), say(p.Before)), factRow(r.T("Owed afterwards"), say(p.After))}}
	if p.Cancelled {
		list.Rows = append(list.Rows, factRow(r.T("The bill"), page.Text(r.T("is cancelled"))))
	}
	if p.Means != "" {
		list.Rows = append(list.Rows, factRow(r.T("Goes back by"), page.Text(meansWord(r, p.Means))))
	}
	g := page.Group{page.Heading{Level: 2, Text: r.T("What would happen")}, page.Paragraph{Text: r.T("Nothing has been done yet.")}, list}
	if len(p.Plan) > 0 {
		var parts []view.BillPart
		for _, i := range p.Plan {
			parts = append(parts, view.BillPart{Due: r.P.Date(i.Due.Year(), i.Due.Month(), i.Due.Day()), Amount: r.P.Money(i.Amount, p.Currency)})
		}
		g = append(g, planTable(r, r.T("Instalments that would stand"), parts))
	}
	if len(p.Lines) > 0 {
		t := page.QueueTable{Caption: r.T("In the books"), Columns: append([]page.Column{{Text: r.T("Account")}}, numbers(r.T("Debit"), r.T("Credit"))...)}
		for _, l := range p.Lines {
			debit, credit := r.P.Money(l.Amount.Minor, l.Amount.Currency), ""
			if l.Amount.Minor < 0 {
				debit, credit = "", r.P.Money(-l.Amount.Minor, l.Amount.Currency)
			}
			title := l.Title.In(r.P.Tag(), r.Place.File.Languages...)
			t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.Group{page.ID(l.Account), page.Text(" " + title)}}, {HTML: page.ID(debit)}, {HTML: page.ID(credit)}}})
		}
		g = append(g, t)
	}
	return g
}

// meansWord is a means of payment, in words.
func meansWord(r *web.Request, means string) string {
	switch means {
	case "card":
		return r.T("Card")
	case "bank":
		return r.T("Bank transfer")
	case "cash":
		return r.T("Cash")
	}
	return means
}
