package desk

import (
	"net/http"
	"net/url"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// tills is /desk/money/till: the reader's own till, or opening it, and the others of a day.
func (d *Desk) tills(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	typed := ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		typed = r.Field("float")
		amount, err := r.Amount(typed)
		if err != nil {
			err = errAmount
		} else {
			_, err = d.Flow.Finance().OpenTill(r.Context(), r.Actor, flow.OpenTill{Float: amount.Minor, Key: r.Key()})
		}
		if err == nil {
			return r.Redirect(w, "/desk/money/till?done=opened")
		}
		if err := f.refused(r, err, "float"); err != nil {
			return err
		}
	}
	h, err := d.View.Finance().MoneyDesk().Tills(r.Context(), reader(r), askedDay(r, "day"))
	if err != nil {
		return err
	}
	title := r.T("Tills")
	g := page.Group{f.Problems.summary(), moneyDone(r)}
	if f.Changed != "" {
		g = append(g, page.WarningText{Text: f.Changed})
	}
	g = append(g, heading1(title))
	switch {
	case h.Mine != nil:
		g = append(g, heading2(r.T("Your till")), tillParts(r, *h.Mine))
	case h.Work:
		g = append(g, heading2(r.T("Open your till")), page.Form{Action: "/desk/money/till", Key: r.NewKey(), HTML: page.Group{
			amountInput("float", r.T("Money that it begins with"), r.T("Count the change in the drawer. Enter 0 for an empty one."), typed, f.Problems),
			page.Button{Text: r.T("Open the till"), PreventDoubleClick: true},
		}})
	}
	if len(h.Open) > 0 {
		g = append(g, tillTable(r, r.T("Open tills"), h.Open))
	}
	if len(h.OfDay) > 0 {
		g = append(g, tillTable(r, r.T("Opened on {date}", i18n.V{"date": h.Day}), h.OfDay))
	} else {
		g = append(g, page.Paragraph{Text: r.T("No till was opened on {date}.", i18n.V{"date": h.Day})})
	}
	g = append(g, page.Filters{Heading: r.T("Another day"), Action: "/desk/money/till", Fields: []page.Component{dayInput("day", r.T("Day"), h.DayISO)}})
	return d.showMoney(w, r, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Content: g})
}

func tillTable(r *web.Request, caption string, list []view.TillLine) page.QueueTable {
	t := page.QueueTable{Caption: caption, Columns: append(append([]page.Column{{Text: r.T("Cashier")}, {Text: r.T("Opened")}}, numbers(r.T("Began with"), r.T("Should hold"), r.T("Counted"), r.T("Difference"))...), page.Column{Text: r.T("State")})}
	for _, l := range list {
		who := l.Cashier
		if l.Own {
			who = r.T("You")
		}
		state := page.State(r.T("Open"), page.Info)
		if !l.IsOpen {
			state = page.State(r.T("Counted"), page.Good)
		}
		row := page.QueueRow{Cells: []page.Cell{{HTML: moneyLink(who, "/desk/money/till/"+url.PathEscape(l.ID), "")}, {HTML: instant(l.Opened)}, {HTML: page.ID(l.Float)}, {HTML: page.ID(l.Expected)},
			{HTML: page.ID(l.Counted)}, {HTML: page.ID(difference(r, l))}, {HTML: state}}}
		if l.Difference != "" {
			row.Tone = page.Caution
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// difference is what was counted more or less than expected, in words.
func difference(r *web.Request, l view.TillLine) string {
	switch {
	case l.Difference == "":
		return ""
	case l.Over:
		return r.T("{amount} over", i18n.V{"amount": l.Difference})
	}
	return r.T("{amount} short", i18n.V{"amount": l.Difference})
}

// tillParts is a till whole.
func tillParts(r *web.Request, t view.TillPage) page.Component {
	list := page.SummaryList{Rows: []page.SummaryRow{
		factRow(r.T("Cashier"), page.ID(t.Cashier)), factRow(r.T("Opened"), instant(t.Opened)), factRow(r.T("Began with"), page.ID(t.Float)),
		factRow(r.T("Taken"), page.ID(t.In)), factRow(r.T("Paid out"), page.ID(t.Out)), factRow(r.T("Should hold"), moneyStrong(t.Expected)),
	}}
	if !t.IsOpen {
		list.Rows = append(list.Rows, factRow(r.T("Closed"), instant(t.Closed)), factRow(r.T("Counted"), moneyStrong(t.Counted)))
		if said := difference(r, t.TillLine); said != "" {
			list.Rows = append(list.Rows, factRow(r.T("Difference"), moneyStrong(said)))
		}
		if t.Note != "" {
			list.Rows = append(list.Rows, factRow(r.T("Note"), paragraphs(t.Note)))
		}
	}
	g := page.Group{list}
	if t.MayClose {
		g = append(g, page.ButtonGroup{
			page.Button{Text: r.T("Find a bill to take cash for"), Href: "/desk/money/bills"},
			page.Button{Text: r.T("Count and close"), Href: "/desk/money/till/" + url.PathEscape(t.ID) + "/close", Classes: "govuk-button--secondary"},
		})
	}
	if len(t.CashOwed) > 0 {
		g = append(g, refundTable(r, r.T("Refunds to be paid out in cash"), t.CashOwed, true))
	}
	if len(t.Takings) > 0 {
		g = append(g, paymentTable(r, r.T("Taken"), t.Takings))
	} else {
		g = append(g, page.Paragraph{Text: r.T("Nothing was taken at this till yet.")})
	}
	if len(t.PayOuts) > 0 {
		outs := page.QueueTable{Caption: r.T("Paid out"), Columns: append([]page.Column{{Text: r.T("When")}}, numbers(r.T("Amount"))...)}
		for _, o := range t.PayOuts {
			outs.Rows = append(outs.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.Group{instant(o.At), page.Text(" · "), page.LinkTo{Text: r.T("Refund"), URL: "/desk/money/refunds/" + url.PathEscape(o.Refund)}}}, {HTML: page.ID(o.Amount)}}})
		}
		g = append(g, outs)
	}
	return g
}

// till is /desk/money/till/{till}.
func (d *Desk) till(w http.ResponseWriter, r *web.Request) error {
	t, err := d.View.Finance().MoneyDesk().Till(r.Context(), reader(r), r.PathValue("till"), r.Query("after"))
	if err != nil {
		return err
	}
	title := r.T("Till of {name}", i18n.V{"name": t.Cashier})
	g := page.Group{moneyDone(r), page.Heading{Level: 1, Text: title, Caption: t.Day}, tillParts(r, t),
		nextPage(r, "/desk/money/till/"+url.PathEscape(t.ID), url.Values{}, "after", t.Next)}
	return d.showMoney(w, r, web.Page{Title: title, Content: g}, page.Crumb{Text: r.T("Tills"), Href: "/desk/money/till"})
}

// closeTill is /desk/money/till/{till}/close: the cashier counts first, sees what that comes to, and closes. What should be
// there is not shown before: a count that knows its result is none.
func (d *Desk) closeTill(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	id, typed, note := r.PathValue("till"), "", ""
	t, err := d.View.Finance().MoneyDesk().TillToClose(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	var counted page.Component
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		typed, note = r.Field("counted"), r.Field("note")
		amount, err := r.Amount(typed)
		field := "counted"
		switch {
		case err != nil || amount.Minor < 0:
			err = errAmount
		case r.Field("step") != "close":
			counted = countedPanel(r, t, typed)
		default:
			if said, _ := t.CountedAs(reader(r), amount); said != "" && note == "" {
				err, field = fault.NewInvalid("Say how the difference may have come about"), "note"
				counted = countedPanel(r, t, typed)
				break
			}
			if err = d.Flow.Finance().CloseTill(r.Context(), r.Actor, flow.CloseTill{Till: id, Counted: amount.Minor, Note: note, Key: r.Key()}); err == nil {
				return r.Redirect(w, "/desk/money/till/"+url.PathEscape(id)+"?done=counted")
			}
		}
		if err := f.refused(r, err, field); err != nil {
			return err
		}
	}
	title := r.T("Count and close the till")
	g := page.Group{f.Problems.summary()}
	if f.Changed != "" {
		g = append(g, page.WarningText{Text: f.Changed})
	}
	g = append(g, page.Heading{Level: 1, Text: title, Caption: r.T("Till of {name}", i18n.V{"name": t.Cashier})})
	action := "/desk/money/till/" + url.PathEscape(id) + "/close"
	if counted != nil {
		g = append(g, page.Form{Action: action, Key: r.NewKey(), HTML: page.Group{counted, noteInput(r, t, typed, note, f.Problems),
			page.ButtonGroup{page.Button{Text: r.T("Close the till"), Name: "step", Value: "close", PreventDoubleClick: true}, page.LinkTo{Text: r.T("Count again"), URL: action}}}})
	} else {
		g = append(g, page.Form{Action: action, Key: r.NewKey(), HTML: page.Group{
			amountInput("counted", r.T("What you counted"), r.T("All money in the drawer, with what it began with"), typed, f.Problems),
			page.Button{Text: r.T("Compare"), Name: "step", Value: "count"},
		}})
	}
	return d.showMoney(w, r, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Content: g}, page.Crumb{Text: r.T("Tills"), Href: "/desk/money/till"})
}

// countedPanel says what a count comes to.
func countedPanel(r *web.Request, t view.TillPage, typed string) page.Component {
	amount, err := r.Amount(typed)
	if err != nil {
		return nil
	}
	said, over := t.CountedAs(reader(r), amount)
	list := page.SummaryList{Rows: []page.SummaryRow{factRow(r.T("Counted"), moneyStrong(r.P.Money(amount.Minor, amount.Currency))), factRow(r.T("Should hold"), page.ID(t.Expected))}}
	text := r.T("The till is right.")
	if said != "" {
		text = difference(r, view.TillLine{Difference: said, Over: over})
	}
	list.Rows = append(list.Rows, factRow(r.T("Difference"), moneyStrong(text)))
	return page.Group{page.Hidden{Name: "counted", Value: typed}, list}
}

// noteInput asks how a difference came about.
func noteInput(r *web.Request, t view.TillPage, typed, note string, p problems) page.Component {
	amount, err := r.Amount(typed)
	if err != nil {
		return nil
	}
	if said, _ := t.CountedAs(reader(r), amount); said == "" {
		return nil
	}
	return page.Textarea{Name: "note", Value: note, Rows: 3, Label: page.Label{Text: r.T("How the difference may have come about"), Classes: "govuk-label--s"},
		Hint: page.Hint{Text: r.T("It is booked, and stands among the exceptions until somebody has looked into it.")}, ErrorMessage: p.at("note")}
}
