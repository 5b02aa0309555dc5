package desk

import (
	"net/http"
	"net/url"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// closeDay is /desk/money/close: what must be right before the books of a day are closed, and closing them.
func (d *Desk) closeDay(w http.ResponseWriter, r *web.Request) error {
	var f moneyForm
	day := askedDay(r, "day")
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		var err error
		if day, err = calendar.ParseISO(r.Field("day")); err != nil {
			err = fault.NewInvalid("Close a day that has come")
		} else {
			err = d.Flow.Finance().CloseDay(r.Context(), r.Actor, flow.CloseDay{Day: day, Key: r.Key()})
		}
		if err == nil {
			return r.Redirect(w, address("/desk/money/close", url.Values{"day": {day.String()}, "done": {"closed"}}))
		}
		if err := f.refused(r, err, "day"); err != nil {
			return err
		}
	}
	c, err := d.View.Finance().Books().CloseDay(r.Context(), reader(r), day)
	if err != nil {
		return err
	}
	title := r.T("Close a day")
	g := page.Group{f.Problems.summary(), moneyDone(r)}
	if f.Changed != "" {
		g = append(g, page.WarningText{Text: f.Changed})
	}
	closed := r.T("No day is closed yet.")
	if c.ClosedUntil != "" {
		closed = r.T("The books are closed up to and including {date}.", i18n.V{"date": c.ClosedUntil})
	}
	side := page.Filters{Heading: r.T("Another day"), Action: "/desk/money/close", Fields: []page.Component{dayInput("day", r.T("Up to and including"), c.DayISO)}}
	g = append(g, heading1(title), page.Paragraph{Text: closed + " " + r.T("What is closed stays closed: money that comes later counts on the first day that is open.")},
		page.TwoColumns{SideFirst: true, SideLabel: r.T("Another day"), Side: side, Main: closeMain(r, c)})
	return d.showMoney(w, r, web.Page{Title: title, Status: f.status, Failed: f.Problems.any(), Content: g})
}

func closeMain(r *web.Request, c view.CloseDay) page.Component {
	g := page.Group{heading2(c.Day)}
	if c.Done {
		return append(g, page.InsetText{Text: r.T("This day is closed.")}, closeTables(r, c))
	}
	g = append(g, checklist(r, c), closeTables(r, c))
	switch {
	case c.Future:
		g = append(g, page.InsetText{Text: r.T("This day has not come yet.")})
	case !c.Supervise:
		g = append(g, page.InsetText{Text: r.T("A supervisor of Revenues closes the day.")})
	case !c.Ready:
		g = append(g, page.InsetText{Text: r.T("The day can be closed when everything that must be right is.")})
	default:
		g = append(g, page.WarningText{Text: r.T("Closing cannot be taken back.")}, page.Form{Action: "/desk/money/close", Key: r.NewKey(), HTML: page.Group{
			page.Hidden{Name: "day", Value: c.DayISO}, page.Button{Text: r.T("Close the books up to {date}", i18n.V{"date": c.Day}), PreventDoubleClick: true},
		}})
	}
	return g
}

// checklist is what must be right, and what should be looked at.
func checklist(r *web.Request, c view.CloseDay) page.Component {
	list := page.TaskList{IDPrefix: "close"}
	add := func(text, hint, to string, right bool, must bool) {
		tag := page.State(r.T("Right"), page.Good)
		switch {
		case right:
			hint = ""
		case !right && must:
			tag = page.State(r.T("Must be done"), page.Bad)
		case !right:
			tag = page.State(r.T("Look at it"), page.Caution)
		}
		list.Items = append(list.Items, page.Task{Title: page.Cell{Text: text}, Hint: page.Hint{Text: hint}, Href: to, Status: page.TaskStatus{Tag: tag}})
	}
	balanced := true
	for _, part := range c.Trial {
		balanced = balanced && part.Off == ""
	}
	add(r.T("All tills are counted"), r.P.N("{n} till is open", "{n} tills are open", len(c.Open)), "/desk/money/till", len(c.Open) == 0, true)
	add(r.T("Bills, refunds and bank agree with the books"), "", "", len(c.Findings) == 0, true)
	add(r.T("The trial balance is zero"), "", address("/desk/money/trial", url.Values{"day": {c.DayISO}}), balanced, true)
	add(r.T("The queue of exceptions is empty"), r.P.N("{n} is open", "{n} are open", c.Queue), "/desk/money/exceptions", c.Queue == 0, false)
	add(r.T("Nothing waits for approval"), r.P.N("{n} waits", "{n} wait", c.Waiting.N), "/desk/money/approvals", c.Waiting.N == 0, false)
	return list
}

// closeTables are the particulars: what does not agree, the tills, the sums of the day.
func closeTables(r *web.Request, c view.CloseDay) page.Component {
	var g page.Group
	if len(c.Findings) > 0 {
		var items []page.Component
		for _, f := range c.Findings {
			items = append(items, page.ID(f))
		}
		g = append(g, heading2(r.T("What does not agree")), page.List{Items: items})
	}
	if len(c.Tills) > 0 {
		g = append(g, tillTable(r, r.T("Tills of this day"), c.Tills))
	}
	for _, part := range c.Trial {
		g = append(g, balancedText(r, part))
	}
	return g
}
