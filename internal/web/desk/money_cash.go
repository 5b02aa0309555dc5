package desk

import (
	"net/http"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// moneyForm is a form about a bill, with what was typed and what was wrong.
type moneyForm struct {
	view.MoneyForm
	Problems problems
	Changed  string // somebody was faster: what was sent was not done
	status   int
}

// refused sorts an error of a form into what is shown beside it; another error is not the form's.
func (f *moneyForm) refused(r *web.Request, err error, field string) error {
	if err == nil {
		return nil
	}
	ours := false
	if f.Problems, ours = wrong(r, err, field); ours {
		return nil
	}
	if f.Changed, ours = r.Say(err, fault.Conflict, fault.TooLarge); ours {
		f.status = http.StatusConflict
		return nil
	}
	return err
}

// head is what stands above a form about a bill.
func (f *moneyForm) head(r *web.Request, title string) page.Group {
	g := page.Group{f.Problems.summary()}
	if f.Changed != "" {
		g = append(g, page.WarningText{Text: f.Changed})
	}
	return append(g, page.Heading{Level: 1, Text: title, Caption: r.T("Bill {number}", i18n.V{"number": f.Number})})
}

// show answers with the form's page.
func (d *Desk) showForm(w http.ResponseWriter, r *web.Request, f *moneyForm, title string, content page.Group) error {
	p := web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Asks: true, Content: append(f.head(r, title), content...)}
	return d.showMoney(w, r, p, page.Crumb{Text: r.T("Bills"), Href: "/desk/money/bills"}, page.Crumb{Text: f.Number, Href: billURL(f.ID, "")})
}

// takeCash is /desk/money/bills/{bill}/cash: cash at the cashier's own till.
func (d *Desk) takeCash(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	typed := ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		typed = r.Field("amount")
		payment, err := d.cashOf(r, typed)
		if err == nil {
			return r.Redirect(w, paymentURL(payment, "?done=cash"))
		}
		if err := f.refused(r, err, "amount"); err != nil {
			return err
		}
	}
	var err error
	if f.MoneyForm, err = d.View.Finance().MoneyDesk().MoneyForm(r.Context(), reader(r), r.PathValue("bill"), ""); err != nil {
		return err
	}
	content := page.Group{page.Paragraph{HTML: r.P.H("{amount} is owed on this bill.", i18n.V{"amount": moneyStrong(f.OwedText)})}}
	switch {
	case !f.Till:
		content = append(content, page.InsetText{HTML: page.Group{page.Text(r.T("You have no till open.") + " "), page.LinkTo{Text: r.T("Open your till"), URL: "/desk/money/till"}}})
	case f.Owed == 0:
		content = append(content, page.InsetText{Text: r.T("Nothing is owed on this bill, so no cash can be taken for it.")})
	default:
		content = append(content, page.Form{Action: billURL(f.ID, "/cash"), Key: r.NewKey(), HTML: page.Group{
			amountInput("amount", r.T("Amount received"), r.T("Up to what is owed, like 12.50"), typed, f.Problems),
			page.Button{Text: r.T("Take the cash and book it"), PreventDoubleClick: true},
		}})
	}
	return d.showForm(w, r, &f, r.T("Take cash"), content)
}

func (d *Desk) cashOf(r *web.Request, typed string) (string, error) {
	amount, err := r.Amount(typed)
	if err != nil {
		return "", errAmount
	}
	return d.Flow.Finance().TakeCash(r.Context(), r.Actor, flow.TakeCash{Bill: r.PathValue("bill"), Amount: amount.Minor, Key: r.Key()})
}

// errAmount is what typing no amount gives.
var errAmount = fault.NewInvalid("Enter an amount like 12.50")

func amountInput(name, label, hint, value string, p problems) page.Input {
	return page.Input{Name: name, Value: value, Inputmode: "decimal", Classes: "govuk-input--width-10", Label: page.Label{Text: label, Classes: "govuk-label--s"},
		Hint: page.Hint{Text: hint}, ErrorMessage: p.at(name), Spellcheck: "false"}
}

// moveCredit is /desk/money/bills/{bill}/credit: a payer's credit, moved to another bill of theirs.
func (d *Desk) moveCredit(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	typed, to := "", ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		typed, to = r.Field("amount"), r.Field("to")
		amount, err := r.Amount(typed)
		field := "amount"
		switch {
		case to == "":
			err, field = fault.NewInvalid("Choose a bill"), "to"
		case err != nil:
			err = errAmount
		default:
			err = d.Flow.Finance().MoveCredit(r.Context(), r.Actor, flow.MoveCredit{From: r.PathValue("bill"), To: to, Amount: amount.Minor, Key: r.Key()})
		}
		if err == nil {
			return r.Redirect(w, billURL(r.PathValue("bill"), "?done=credit"))
		}
		if err := f.refused(r, err, field); err != nil {
			return err
		}
	}
	var err error
	if f.MoneyForm, err = d.View.Finance().MoneyDesk().MoneyForm(r.Context(), reader(r), r.PathValue("bill"), ""); err != nil {
		return err
	}
	content := page.Group{page.Paragraph{HTML: r.P.H("The payer has a credit of {amount} on this bill.", i18n.V{"amount": moneyStrong(f.CreditText)})}}
	if len(f.OtherBills) == 0 {
		content = append(content, page.InsetText{Text: r.T("Nothing is owed on another bill of this payer, so the credit cannot be moved.")})
	} else {
		content = append(content, page.Form{Action: billURL(f.ID, "/credit"), Key: r.NewKey(), HTML: page.Group{
			optionRadios("to", r.T("To which bill"), to, f.OtherBills, f.Problems),
			amountInput("amount", r.T("Amount"), r.T("Up to the credit, and to what is owed on the other bill"), typed, f.Problems),
			page.Button{Text: r.T("Move the credit"), PreventDoubleClick: true},
		}})
	}
	return d.showForm(w, r, &f, r.T("Move the credit to another bill"), content)
}

// optionRadios asks to choose one of some things, each with an amount.
func optionRadios(name, legend, value string, options []view.Option, p problems) page.Radios {
	radios := page.Radios{Name: name, Value: value, ErrorMessage: p.at(name), Fieldset: page.Fieldset{Legend: page.Legend{Text: legend, Classes: "govuk-fieldset__legend--s"}}}
	for _, o := range options {
		radios.Items = append(radios.Items, page.Choice{Value: o.Value, Text: o.Label, Hint: page.Hint{Text: o.Help}})
	}
	if value == "" && len(options) == 1 {
		radios.Value = options[0].Value
	}
	return radios
}
