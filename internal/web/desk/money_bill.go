package desk

import (
	"net/http"
	"net/url"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// moneyBill is /desk/money/bills/{bill}: a bill whole. Opening it is recorded for its payer.
func (d *Desk) moneyBill(w http.ResponseWriter, r *web.Request) error {
	b, err := d.View.Finance().MoneyDesk().MoneyBill(r.Context(), reader(r), r.PathValue("bill"))
	if err != nil {
		return err
	}
	title := r.T("Bill {number}", i18n.V{"number": b.Number})
	main := page.Group{deskBillStatus(r, b), deskBillItems(r, b), deskInstalments(r, b), deskMoves(r, b), deskPayments(r, b), deskProposals(r, b), deskHistory(r, b)}
	content := page.Group{
		moneyDone(r), page.Heading{Level: 1, Text: title, Caption: b.Service},
		page.TwoColumns{Main: main, Side: page.Group{billActions(r, b), dense(billFacts(r, b))}, SideLabel: r.T("About this bill, and what can be done")},
	}
	return d.showMoney(w, r, web.Page{Title: title, Content: content}, page.Crumb{Text: r.T("Bills"), Href: "/desk/money/bills"})
}

func deskBillStatus(r *web.Request, b view.MoneyBill) page.Component {
	p := page.StatusPanel{Label: r.T("State"), Status: b.State.Text, Tone: page.Info}
	switch b.State.Level {
	case "late":
		p.Tone = page.Bad
	case "soon":
		p.Tone = page.Caution
	case "done":
		p.Tone = page.Good
	}
	switch {
	case b.Credit:
		p.Text = r.T("The payer has a credit of {amount}.", i18n.V{"amount": b.Balance})
	case b.Overdue != "":
		p.Text = r.T("{amount} is owed in all, of which {overdue} is overdue.", i18n.V{"amount": b.Balance, "overdue": b.Overdue})
	case b.Owed:
		p.Text = r.T("{amount} is owed.", i18n.V{"amount": b.Balance})
		if b.Due != "" {
			p.Clock = page.Clock{Text: r.T("Next on {date}", i18n.V{"date": b.Due})}
		}
	default:
		p.Text = r.T("Nothing is owed.")
	}
	return p
}

func billFacts(r *web.Request, b view.MoneyBill) page.Component {
	list := page.SummaryList{}
	add := func(key string, value page.Component) { list.Rows = append(list.Rows, factRow(key, value)) }
	who := page.Component(page.Text(r.T("Not known")))
	if b.Payer != "" {
		who = paper.Lines(append([]string{b.Payer}, b.Address...))
	}
	add(r.T("Payer"), who)
	add(r.T("For"), page.Text(b.Title))
	add(r.T("Whose money"), page.Text(b.For))
	if b.Object != "" {
		add(r.T("About"), moneyLink(b.Object, address("/desk/money/bills", url.Values{"object": {b.Object}}), r.T("all bills about it")))
	}
	add(r.T("Issued"), page.ID(b.Date))
	add(r.T("Reference for the bank"), page.ID(b.Reference))
	if b.Note != "" {
		add(r.T("Note"), page.ID(b.Note))
	}
	var links page.List
	links.Plain = true
	if to := sourceURL(b.Source); to != "" {
		links.Items = append(links.Items, page.LinkTo{Text: r.T("What this bill is for: {what}", i18n.V{"what": b.Source.Text}), URL: to})
	}
	if b.PayerKnown {
		links.Items = append(links.Items, page.LinkTo{Text: r.T("All bills of this payer"), URL: address("/desk/money/bills", url.Values{"payer": {b.Number}})})
	}
	return page.Group{page.Heading{Level: 2, Size: "s", Text: r.T("About this bill")}, list, links}
}

// billActions are what can be done or proposed now.
func billActions(r *web.Request, b view.MoneyBill) page.Component {
	if !b.Work {
		return nil
	}
	links := page.List{Plain: true}
	add := func(can bool, text, to string) {
		if can {
			links.Items = append(links.Items, page.LinkTo{Text: text, URL: billURL(b.ID, to)})
		}
	}
	g := page.Group{page.Heading{Level: 2, Size: "s", Text: r.T("What can be done")}}
	switch {
	case b.Can.Cash:
		g = append(g, page.Button{Text: r.T("Take cash"), Href: billURL(b.ID, "/cash")})
	case b.Owed && !b.Till:
		links.Items = append(links.Items, page.LinkTo{Text: r.T("Open your till to take cash"), URL: "/desk/money/till"})
	}
	add(b.Can.Credit, r.T("Move the credit to another bill"), "/credit")
	add(b.Can.Refund, r.T("Propose to pay the credit back"), "/propose/refund")
	add(b.Can.Arrange, r.T("Propose other instalments"), "/propose/arrange")
	add(b.Can.Waive, r.T("Propose to waive"), "/propose/waive")
	add(b.Can.WriteOff, r.T("Propose to write off"), "/propose/write_off")
	add(b.Can.Cancel, r.T("Propose to cancel the bill"), "/propose/cancel")
	return append(g, links)
}

// deskBillItems is what the bill asked for, each amount opening into its reasons.
func deskBillItems(r *web.Request, b view.MoneyBill) page.Component {
	t := page.QueueTable{Caption: r.T("What this bill is for"), Columns: append([]page.Column{{Text: r.T("Item")}}, numbers(r.T("Amount"))...)}
	for _, i := range b.Items {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: i.Title}, {HTML: page.ID(i.Amount)}}})
	}
	t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: moneyStrong(r.T("Total"))}, {HTML: moneyStrong(b.Total)}}})
	g := page.Group{t}
	for _, c := range b.Charges {
		if c.Why != nil {
			inside := page.Group{law(c.Law), paper.Reasons{Why: c.Why}}
			g = append(g, page.Details{SummaryText: r.T("Why {amount}: {title}", i18n.V{"amount": c.Amount, "title": c.Title}), HTML: inside})
		}
	}
	return g
}

func deskInstalments(r *web.Request, b view.MoneyBill) page.Component {
	t := page.QueueTable{Caption: r.T("Instalments"), Columns: append(append([]page.Column{{Text: r.T("Due")}}, numbers(r.T("Amount"), r.T("Open"))...), page.Column{Text: r.T("State")})}
	for _, i := range b.Instalments {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.ID(i.Due)}, {HTML: page.ID(i.Amount)}, {HTML: page.ID(i.Open)}, {HTML: moneyTag(i.State)}}})
	}
	return t
}

// deskMoves is everything that moved what is owed, each with its entry in the books.
func deskMoves(r *web.Request, b view.MoneyBill) page.Component {
	t := page.QueueTable{Caption: r.T("Charged and paid"), Columns: append(append([]page.Column{{Text: r.T("Day")}, {Text: r.T("What")}}, numbers(r.T("More owed"), r.T("Less owed"))...),
		page.Column{Text: r.T("In the books")}, page.Column{Text: r.T("Comes from")}, page.Column{Text: r.T("By")})}
	for _, m := range b.Whole {
		about := strings.Join(notEmpty(m.Why, when(m.Posted != "", r.T("counted on {date}: the books were closed", i18n.V{"date": m.Posted}))), ". ")
		books := page.Group{moneyLink(r.T("Entry"), "/desk/money/entries/"+url.PathEscape(m.Entry), ""), page.Text(" · "), moneyLink(m.Account, accountURL(m.Account, "", "", ""), "")}
		by := page.Cell{HTML: page.ID(m.By)}
		if m.By == "" {
			by = page.Cell{Text: r.T("Stoa")}
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.ID(m.Date)}, {HTML: twoLines(page.Text(m.Title), about)}, {HTML: page.ID(m.Raises)}, {HTML: page.ID(m.Lowers)},
			{HTML: books}, sourceCell(m.Source), by}})
	}
	return t
}

func when(is bool, text string) string {
	if is {
		return text
	}
	return ""
}

func deskPayments(r *web.Request, b view.MoneyBill) page.Component {
	if len(b.Payments) == 0 {
		return nil
	}
	return paymentTable(r, r.T("Payments"), b.Payments)
}

func deskProposals(r *web.Request, b view.MoneyBill) page.Component {
	if len(b.Proposals) == 0 {
		return nil
	}
	return proposalTable(r, r.T("Proposals"), b.Proposals)
}

// deskHistory is the steps taken because something was late, and the plans that stood before.
func deskHistory(r *web.Request, b view.MoneyBill) page.Component {
	var g page.Group
	if len(b.Steps) > 0 {
		t := page.QueueTable{Caption: r.T("Steps taken"), Columns: []page.Column{{Text: r.T("Day")}, {Text: r.T("Step")}, {Text: r.T("For what was due on")}}}
		for _, s := range b.Steps {
			t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.ID(s.Taken)}, {Text: s.Title}, {HTML: page.ID(s.Due)}}})
		}
		g = append(g, t)
	}
	for _, p := range b.Before {
		g = append(g, page.Details{SummaryText: r.T("Instalments from {from} until {until}", i18n.V{"from": p.Since, "until": p.Until}), HTML: planTable(r, r.T("Instalments"), p.Parts)})
	}
	return g
}

func planTable(r *web.Request, caption string, parts []view.BillPart) page.QueueTable {
	t := page.QueueTable{Caption: caption, Columns: append([]page.Column{{Text: r.T("Due")}}, numbers(r.T("Amount"))...)}
	for _, i := range parts {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.ID(i.Due)}, {HTML: page.ID(i.Amount)}}})
	}
	return t
}
