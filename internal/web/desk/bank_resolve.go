package desk

import (
	"net/http"
	"strconv"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/process"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// mostParts is over how many parts a line may be divided on its page.
const mostParts = 20

// resolvePage is /desk/money/bank/lines/{line}/resolve: saying what a line that waits is for.
type resolvePage struct {
	moneyForm
	view.BankLinePage
	Rows []lineRow
}

// lineRow is a part as it was typed.
type lineRow struct{ To, Number, Payment, Amount, Account, Why string }

func (d *Desk) resolveLine(w http.ResponseWriter, r *web.Request) error {
	var p resolvePage
	var err error
	id := r.PathValue("line")
	value := r.Query
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		value = r.Field
	}
	p.Rows = readRows(value)
	if p.BankLinePage, err = d.View.Banking().BankLine(r.Context(), reader(r), id); err != nil {
		return err
	}
	if !p.Work {
		return fault.NewForbidden("")
	}
	switch {
	case r.Method != http.MethodPost:
	case r.Field("do") == "add" && len(p.Rows) < mostParts:
		p.Rows = append(p.Rows, lineRow{})
	default:
		err := d.placeLine(r, &p)
		if err == nil {
			return r.Redirect(w, lineURL(id, "?done=resolved"))
		}
		if err := p.refused(r, err, "amount-1"); err != nil {
			return err
		}
	}
	if len(p.Rows) == 0 {
		p.Rows = []lineRow{{Amount: plainAmount(p.OpenMinor, p.Currency)}}
	}
	title := r.T("Say what the money is for")
	content := page.Group{p.Problems.summary()}
	if p.Changed != "" {
		content = append(content, page.WarningText{Text: p.Changed})
	}
	content = append(content, page.Heading{Level: 1, Text: title, Caption: lineTitle(r, p.BankLinePage)},
		page.TwoColumns{Main: p.form(r), Side: dense(bankSays(r, p.BankLinePage)), SideLabel: r.T("What the bank says")})
	return d.showMoney(w, r, web.Page{Title: title, Status: p.status, Failed: p.Problems.any(), Asks: true, Content: content}, bankCrumb(r),
		page.Crumb{Text: lineTitle(r, p.BankLinePage), Href: lineURL(id, "")})
}

// readRows reads the parts from a form, or from an address that a suggestion leads to.
func readRows(value func(string) string) (rows []lineRow) {
	n, err := strconv.Atoi(value("rows"))
	if err != nil || n < 0 {
		return nil
	}
	for i := range min(n, mostParts) {
		k := "-" + strconv.Itoa(i+1)
		row := lineRow{To: value("to" + k), Number: value("number" + k), Payment: value("payment" + k), Amount: value("amount" + k), Account: value("account" + k), Why: value("why" + k)}
		if row.To == flow.LineToRefund && row.Payment == "" {
			row.Payment = row.Number
		}
		rows = append(rows, row)
	}
	return rows
}

// placeLine asks for what the form says. A row in which nothing was chosen and typed is none.
func (d *Desk) placeLine(r *web.Request, p *resolvePage) error {
	in := flow.ResolveLine{Line: r.PathValue("line"), Version: version(r), Key: r.Key()}
	var problems fault.Fields
	var rows []lineRow
	for _, row := range p.Rows {
		if row != (lineRow{}) {
			rows = append(rows, row)
		}
	}
	p.Rows = rows
	for i, row := range rows {
		amount, err := signedAmount(row.Amount, p.Currency)
		if err != nil {
			problems.Add("amount-"+strconv.Itoa(i+1), "Enter an amount like 12.50")
		}
		part := flow.LinePart{To: row.To, Number: row.Number, Amount: amount.Minor, Account: row.Account, Why: row.Why}
		if row.To == flow.LineToRefund {
			part.Number = row.Payment
		}
		in.Parts = append(in.Parts, part)
	}
	if err := problems.Err(); err != nil {
		return err
	}
	return d.Flow.Banking().ResolveLine(r.Context(), r.Actor, in)
}

// signedAmount reads what was typed, in the currency of the line; a minus stands before what goes against it.
func signedAmount(typed, currency string) (money.Amount, error) {
	typed = strings.Replace(strings.TrimSpace(typed), "−", "-", 1)
	unsigned, negative := strings.CutPrefix(typed, "-")
	a, err := process.ReadMoney(unsigned, currency)
	if err == nil && negative {
		a, err = a.Neg()
	}
	return a, err
}

// plainAmount is an amount as people type it.
func plainAmount(minor int64, currency string) string {
	digits, err := money.MinorDigits(currency)
	if err != nil {
		return ""
	}
	return money.Scaled(minor, digits).Fixed(digits)
}

func (p *resolvePage) form(r *web.Request) page.Component {
	if p.Open == "" {
		return page.Paragraph{Text: r.T("Nothing of this line waits any more.")}
	}
	g := page.Group{hiddenVersion(p.Version), page.Hidden{Name: "rows", Value: strconv.Itoa(len(p.Rows))}}
	g = append(g, page.Button{Text: r.T("Book"), Classes: "govuk-visually-hidden", Attributes: page.Attributes{"tabindex": "-1", "aria-hidden": "true"}}) // what the Enter key presses
	for i, row := range p.Rows {
		g = append(g, p.row(r, i, row))
	}
	buttons := page.ButtonGroup{page.Button{Text: r.T("Book"), PreventDoubleClick: true}}
	if len(p.Rows) < mostParts {
		buttons = append(buttons, page.Button{Text: r.T("Add another part"), Name: "do", Value: "add", Classes: "govuk-button--secondary"})
	}
	g = append(g, append(buttons, page.LinkTo{Text: r.T("Cancel"), URL: lineURL(p.ID, "")}))
	return page.Group{
		page.Paragraph{HTML: r.P.H("The parts must make {amount} exactly.", i18n.V{"amount": moneyStrong(p.BankLinePage.Open)})},
		page.Form{Action: lineURL(p.ID, "/resolve"), Key: r.NewKey(), HTML: g},
	}
}

// row is a part of the form: what it is for opens what belongs to it.
func (p *resolvePage) row(r *web.Request, i int, row lineRow) page.Component {
	k := "-" + strconv.Itoa(i+1)
	text := func(name, label, hint, value string) page.Conditional {
		return page.Conditional{HTML: page.Input{Name: name + k, Value: value, Label: page.Label{Text: label}, Hint: page.Hint{Text: hint}, Classes: "govuk-input--width-20", Spellcheck: "false",
			ErrorMessage: p.Problems.at(name + k)}}
	}
	var items []page.Choice
	if p.CanSendBack {
		items = append(items, page.Choice{Value: flow.LineToBill, Text: r.T("A bill"), Conditional: text("number", r.T("Number or reference of the bill"), r.T("Like B-2026-000001"), row.Number)})
	}
	items = append(items,
		page.Choice{Value: "card", Text: r.T("The card provider"), Hint: page.Hint{Text: r.T("A payout, or what the provider took back")}},
		page.Choice{Value: "cash", Text: r.T("The tills"), Hint: page.Hint{Text: r.T("Cash that was paid in at the bank")}},
		page.Choice{Value: flow.LineToRefund, Text: r.T("A refund of ours"), Conditional: text("payment", r.T("Number of the payment"), r.T("Like O-2026-000001-1"), row.Payment)})
	if p.CanSendBack {
		items = append(items, page.Choice{Value: flow.LineToSender, Text: r.T("Nothing of ours: it goes back to its sender"), Hint: page.Hint{Text: r.T("It is then a refund that waits for a payment order.")}})
	}
	accounts := append([]page.Option{{Text: r.T("Choose an account")}}, options(p.Accounts)...)
	items = append(items, page.Choice{Value: flow.LineToOther, Text: r.T("Another account of the books"), Conditional: page.Conditional{HTML: page.Group{
		page.Select{Name: "account" + k, Value: row.Account, Label: page.Label{Text: r.T("Account")}, Items: accounts, ErrorMessage: p.Problems.at("account" + k)},
		page.Input{Name: "why" + k, Value: row.Why, Label: page.Label{Text: r.T("What the money is for")}, ErrorMessage: p.Problems.at("why" + k)},
	}}}, page.Choice{Value: "suspense", Text: r.T("Not known yet: it goes on waiting")})
	return page.Group{
		page.Radios{Name: "to" + k, Value: row.To, Items: items, Classes: "govuk-radios--small", ErrorMessage: p.Problems.at("to" + k),
			Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Part {n}: what is it for?", i18n.V{"n": i + 1}), Classes: "govuk-fieldset__legend--s"}}},
		page.Input{Name: "amount" + k, Value: row.Amount, Inputmode: "decimal", Classes: "govuk-input--width-10",
			Label: page.Label{Text: r.T("Part {n}: amount", i18n.V{"n": i + 1}), Classes: "govuk-label--s"}, ErrorMessage: p.Problems.at("amount" + k)},
	}
}
