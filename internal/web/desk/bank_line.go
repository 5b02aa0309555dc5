package desk

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// bankLine is /desk/money/bank/lines/{line}: what the bank says, what became of it, and what it may be.
func (d *Desk) bankLine(w http.ResponseWriter, r *web.Request) error {
	l, err := d.View.Banking().BankLine(r.Context(), reader(r), r.PathValue("line"))
	if err != nil {
		return err
	}
	title := lineTitle(r, l)
	main := page.Group{}
	if l.Open != "" {
		main = append(main, page.Paragraph{HTML: r.P.H("{amount} waits until somebody says what it is for.", i18n.V{"amount": moneyStrong(l.Open)})})
		if l.Work {
			main = append(main, page.Button{Text: r.T("Say what it is for"), Href: lineURL(l.ID, "/resolve")})
		}
		main = append(main, suggestions(r, l))
	}
	main = append(main, lineHistory(r, l))
	content := page.Group{bankDone(r), page.Heading{Level: 1, Text: title, Caption: r.T("Statement {number}, line {line}", i18n.V{"number": l.Number, "line": count(r.P, l.No)})},
		page.Paragraph{HTML: lineTag(l.BankLine)}, page.TwoColumns{Main: main, Side: dense(bankSays(r, l)), SideLabel: r.T("What the bank says")}}
	return d.showMoney(w, r, web.Page{Title: title, Content: content}, bankCrumb(r), page.Crumb{Text: r.T("Statement {number}", i18n.V{"number": l.Number}), Href: statementURL(l.Statement, "")})
}

func lineTitle(r *web.Request, l view.BankLinePage) string {
	if l.In {
		return r.T("{amount} came on {date}", i18n.V{"amount": l.Amount, "date": l.Day})
	}
	return r.T("{amount} on {date}", i18n.V{"amount": l.Amount, "date": l.Day})
}

// bankSays is what the bank tells of a line.
func bankSays(r *web.Request, l view.BankLinePage) page.Component {
	list := page.SummaryList{}
	add := func(key, value string) {
		if value != "" {
			list.Rows = append(list.Rows, factRow(key, page.ID(value)))
		}
	}
	from := r.T("From")
	if !l.Inward {
		from = r.T("To")
	}
	add(from, l.Words.Name)
	add(r.T("Account"), l.Words.IBAN)
	add(r.T("Reference"), strings.Join(l.Words.References, ", "))
	add(r.T("Text"), l.Words.Text)
	add(r.T("Number of the payment"), l.Words.EndToEnd)
	add(r.T("Booked"), l.Booked)
	add(r.T("Value day"), l.Day)
	add(r.T("Returned because of"), l.Words.Returned)
	if l.Words.Reversal {
		add(r.T("Kind"), r.T("It takes an earlier line back"))
	}
	if l.Words.BatchOf > 1 {
		add(r.T("Batch"), r.P.N("of {n} payment", "of {n} payments", l.Words.BatchOf))
	}
	add(r.T("The bank’s code"), l.Words.Code)
	add(r.T("The bank’s number"), l.Words.Ref)
	return page.Group{page.Heading{Level: 2, Size: "s", Text: r.T("What the bank says")}, list}
}

// suggestions are what a line may be, with what speaks for it.
func suggestions(r *web.Request, l view.BankLinePage) page.Component {
	g := page.Group{heading2(r.T("It may be"))}
	if len(l.Suggestions) == 0 {
		return append(g, page.Paragraph{Text: r.T("Nothing that is owed now fits by number, amount or name.")})
	}
	for _, s := range l.Suggestions {
		list := page.List{}
		for _, why := range s.Reasons {
			list.Items = append(list.Items, page.Text(why))
		}
		card := page.SummaryList{Card: page.SummaryCard{Title: page.CardTitle{Text: s.Title, HeadingLevel: 3}}}
		if l.Work && len(s.Use) > 0 {
			card.Card.Actions = page.Actions{Items: []page.Action{{Text: r.T("Use this"), Href: useURL(l, s)}}}
		}
		for _, b := range s.Bills {
			card.Rows = append(card.Rows, factRow(r.T("Bill"), page.Group{moneyLink(b.Number, billURL(b.ID, ""), ""), page.Text(" "), page.ID(b.Title)}))
		}
		card.Rows = append(card.Rows, factRow(r.T("What speaks for it"), list))
		g = append(g, card)
	}
	return g
}

// useURL opens the form about a line as a suggestion fills it in.
func useURL(l view.BankLinePage, s view.BankSuggestion) string {
	v := url.Values{}
	for i, u := range s.Use {
		n := strconv.Itoa(i + 1)
		v.Set("to-"+n, u.To)
		v.Set("amount-"+n, plainAmount(u.Minor, l.Currency))
		if u.Number != "" {
			v.Set("number-"+n, u.Number)
		}
	}
	v.Set("rows", strconv.Itoa(len(s.Use)))
	return lineURL(l.ID, "/resolve?"+v.Encode())
}

// lineHistory is everything that became of a line, oldest first.
func lineHistory(r *web.Request, l view.BankLinePage) page.Component {
	g := page.Group{heading2(r.T("What became of it"))}
	if len(l.All) == 0 {
		return append(g, page.Paragraph{Text: r.T("Nothing yet: it is being matched.")})
	}
	for _, p := range l.All {
		title := p.Title
		if p.SentBack {
			title = r.T("Goes back to its sender")
		}
		card := page.SummaryList{Card: page.SummaryCard{Title: page.CardTitle{HTML: r.P.H("{title}: {amount}", i18n.V{"title": page.Text(title), "amount": page.ID(p.Amount)}), HeadingLevel: 3}}}
		if p.Undo {
			card.Card.Actions = page.Actions{Items: []page.Action{{Text: r.T("Take back"), Href: lineURL(l.ID, "/undo/"+strconv.Itoa(p.No))}}}
		}
		card.Rows = partRows(r, p)
		g = append(g, card)
	}
	return g
}

func partRows(r *web.Request, p view.BankPart) (rows []page.SummaryRow) {
	if p.Payment != "" {
		rows = append(rows, factRow(r.T("Receipt"), moneyLink(p.Receipt, paymentURL(p.Payment, ""), "")))
	}
	for _, b := range p.Bills {
		rows = append(rows, factRow(r.T("Bill"), page.Group{moneyLink(b.Number, billURL(b.ID, ""), ""), page.Text(" "), page.ID(b.Title)}))
	}
	if p.Refund != "" {
		rows = append(rows, factRow(r.T("Payment of ours"), moneyLink(p.PaymentNumber, "/desk/money/refunds/"+url.PathEscape(p.Refund), "")))
	}
	if p.Invoice != "" {
		rows = append(rows, factRow(r.T("Payment of ours"), page.ID(p.PaymentNumber)), factRow(r.T("Invoice"), moneyLink(p.InvoiceNumber, invoiceURL(p.Invoice), "")))
	}
	if p.Account != "" {
		rows = append(rows, factRow(r.T("Account"), moneyLink(p.Account+" "+p.AccountTitle, accountURL(p.Account, "", "", ""), "")))
	}
	if p.Why != "" {
		rows = append(rows, factRow(r.T("Why"), page.ID(p.Why)))
	}
	by := page.Group{r.P.H("{at} by {name}", i18n.V{"at": instant(p.At), "name": page.ID(p.By)})}
	if p.Entry != "" {
		by = append(by, page.Text(" · "), page.LinkTo{Text: r.T("entry"), URL: entryURL(p.Entry)})
	}
	rows = append(rows, factRow(r.T("Booked"), by))
	if p.Ended {
		ended := r.T("Taken back")
		if p.To == "suspense" {
			ended = r.T("Explained")
		}
		at := page.Group{r.P.H("{at} by {name}", i18n.V{"at": instant(p.EndedAt), "name": page.ID(p.EndedBy)})}
		if p.EndedEntry != "" {
			at = append(at, page.Text(" · "), page.LinkTo{Text: r.T("entry"), URL: entryURL(p.EndedEntry)})
		}
		rows = append(rows, factRow(ended, at))
	}
	return rows
}

// undoLine is /desk/money/bank/lines/{line}/undo/{part}: taking back a part that was placed by mistake.
func (d *Desk) undoLine(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	id, why := r.PathValue("line"), ""
	no, err := strconv.Atoi(r.PathValue("part"))
	if err != nil {
		return fault.NewNotFound("")
	}
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		why = r.Field("why")
		err := d.Flow.Banking().UndoLine(r.Context(), r.Actor, flow.UndoLine{Line: id, Version: version(r), Part: no, Why: why, Key: r.Key()})
		if err == nil {
			return r.Redirect(w, lineURL(id, "?done=undone"))
		}
		if err := f.refused(r, err, "why"); err != nil {
			return err
		}
	}
	l, err := d.View.Banking().BankLine(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	if !l.Work {
		return fault.NewForbidden("")
	}
	if no < 1 || no > len(l.All) || !l.All[no-1].Undo && f.Changed == "" {
		return fault.NewNotFound("")
	}
	title := r.T("Take a part of the line back")
	part := l.All[no-1]
	g := page.Group{f.Problems.summary()}
	if f.Changed != "" {
		g = append(g, page.WarningText{Text: f.Changed})
	}
	g = append(g, page.Heading{Level: 1, Text: title, Caption: lineTitle(r, l)}, page.Paragraph{HTML: r.P.H("{amount} was placed as: {title}", i18n.V{"amount": moneyStrong(part.Amount), "title": page.Text(part.Title)})})
	g = append(g, page.SummaryList{Rows: partRows(r, part)},
		page.Paragraph{Text: r.T("The money waits again, and what it paid is owed again. A case that went on because of it does not go back. Both stay to be seen.")},
		page.Form{Action: lineURL(id, "/undo/"+strconv.Itoa(no)), Key: r.NewKey(), HTML: page.Group{hiddenVersion(l.Version),
			page.Input{Name: "why", Value: why, Label: page.Label{Text: r.T("Why was it wrong?"), Classes: "govuk-label--s"}, ErrorMessage: f.Problems.at("why")},
			page.ButtonGroup{page.Button{Text: r.T("Take it back"), Classes: "govuk-button--warning", PreventDoubleClick: true}, page.LinkTo{Text: r.T("Cancel"), URL: lineURL(id, "")}},
		}})
	return d.showMoney(w, r, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Asks: true, Content: g}, bankCrumb(r), page.Crumb{Text: lineTitle(r, l), Href: lineURL(id, "")})
}
