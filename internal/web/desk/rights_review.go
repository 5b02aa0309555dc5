package desk

import (
	"net/http"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// rightsReview is /desk/rights/review: a supervisor confirms each role of the organisation, or takes it away.
func (d *Desk) rightsReview(w http.ResponseWriter, r *web.Request) error {
	var bad problems
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		in := flow.ReviewRole{Person: r.Field("person"), Grant: policy.Grant{Role: policy.Role(r.Field("role")), Organisation: r.Field("organisation")}, Keep: r.Field("do") == "keep", Key: r.Key()}
		err := error(fault.NewInvalid("Choose whether the role is still needed"))
		if in.Keep || r.Field("do") == "take" {
			err = (flow.Rights{Flow: d.Flow}).ReviewRole(r.Context(), r.Actor, in)
		}
		if err == nil {
			return r.Redirect(w, "/desk/rights/review?done=saved")
		}
		ours := false
		if bad, ours = wrong(r, err, "reviews"); !ours {
			return err
		}
	}
	p, err := d.rightsView().Reviews(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Roles to confirm")
	g := page.Group{bad.summary(), done(r), page.Heading{Text: title, Level: 1, ID: "reviews"},
		page.Paragraph{Text: r.T("Look whether each person still needs their role: again after {time}. What you take away ends at once, and they are told. Both stand in the public log, without names.",
			i18n.V{"time": r.P.N("{n} month", "{n} months", p.Months, i18n.V{"n": p.Months})})}}
	if p.Overdue > 0 {
		g = append(g, page.WarningText{Text: r.P.N("{n} role is overdue.", "{n} roles are overdue.", p.Overdue, i18n.V{"n": p.Overdue})})
	}
	for _, o := range p.Organisations {
		g = append(g, page.Heading{Text: o.Name}, d.reviewTable(r, o))
	}
	return d.show(w, r, areaPrivacy, web.Page{Title: title, Failed: bad.any(), Crumbs: crumbs(r), Content: g})
}

func (d *Desk) reviewTable(r *web.Request, o view.RoleReviewOf) page.Component {
	t := page.QueueTable{Caption: o.Name, CaptionHidden: true, Stack: true,
		Columns: []page.Column{{Text: r.T("Name")}, {Text: r.T("Role")}, {Text: r.T("Last signed in")}, {Text: r.T("Confirmed")}, {Text: r.T("Due")}, {Text: r.T("Still needed?")}}}
	for _, line := range o.Lines {
		confirmed := r.T("Never")
		if line.Reviewed != "" {
			confirmed = r.T("{date}, by {name}", i18n.V{"date": line.Reviewed, "name": line.By})
		} else if line.Given != "" {
			confirmed = r.T("Never; given on {date}", i18n.V{"date": line.Given})
		}
		due := page.Cell{Text: line.Due}
		row := page.QueueRow{}
		if line.Overdue {
			due = page.Cell{HTML: page.State(r.T("Overdue"), page.Bad)}
			row.Tone = page.Bad
		}
		row.Cells = []page.Cell{{Text: line.Name}, {Text: line.RoleName}, {HTML: arrivedText(r, line.Arrived)}, {Text: confirmed}, due, {HTML: d.reviewForm(r, o, line)}}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (d *Desk) reviewForm(r *web.Request, o view.RoleReviewOf, line view.RoleLine) page.Component {
	if line.Own {
		return page.Text(r.T("Your own: another supervisor confirms it"))
	}
	who := line.Name + ", " + line.RoleName
	return page.Form{Action: "/desk/rights/review", Key: r.NewKey(), HTML: page.Group{
		page.Hidden{Name: "person", Value: line.Person}, page.Hidden{Name: "role", Value: string(line.Role)}, page.Hidden{Name: "organisation", Value: o.ID},
		page.ButtonGroup{
			page.Button{Text: r.T("Confirm"), Name: "do", Value: "keep", Classes: "govuk-button--secondary govuk-!-margin-bottom-1", Attributes: page.Attributes{"aria-label": r.T("Confirm") + ": " + who}},
			page.Button{Text: r.T("Take away"), Name: "do", Value: "take", Classes: "govuk-button--warning govuk-!-margin-bottom-1", Attributes: page.Attributes{"aria-label": r.T("Take away") + ": " + who}},
		},
	}}
}

// emergency is /desk/emergency: opening what one does not see, and looking whether it was an emergency.
func (d *Desk) emergency(w http.ResponseWriter, r *web.Request) error {
	var bad problems
	number, reason := r.Query("number"), ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		number, reason = r.Field("number"), r.Field("reason")
		opened, err := (flow.Rights{Flow: d.Flow}).OpenInEmergency(r.Context(), r.Actor, flow.OpenInEmergency{Number: number, Reason: reason, Key: r.Key()})
		if err == nil {
			if opened.Case != "" {
				return r.Redirect(w, "/desk/cases/"+opened.Case)
			}
			return r.Redirect(w, deskRecordPath(opened.Register, opened.Number))
		}
		ours := false
		if bad, ours = wrong(r, err, "reason"); !ours {
			return err
		}
	}
	p, err := d.rightsView().Emergencies(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("In an emergency")
	g := page.Group{bad.summary(), done(r), page.Heading{Text: title, Level: 1}}
	if p.May {
		g = append(g, page.Paragraph{Text: r.T("If you must see a case or a record at once that is not yours to see, open it here with a reason. It stays open for {time}.", i18n.V{"time": minutesText(r, p.Minutes)})},
			page.WarningText{Text: r.T("The person whom it is about sees your name and your reason at once. Supervisors and the data-protection officer are told, and look whether it was an emergency.")},
			page.Form{Action: "/desk/emergency", Key: r.NewKey(), HTML: page.Group{
				page.Input{Name: "number", ID: "number", Value: number, Label: page.Label{Text: r.T("Number of the case or record")}, Classes: "govuk-input--width-20", Autocomplete: "off", Spellcheck: "false", ErrorMessage: bad.at("number")},
				page.Textarea{Name: "reason", ID: "reason", Rows: 3, Value: reason, Label: page.Label{Text: r.T("Why you must see it now")}, Hint: page.Hint{Text: r.T("A sentence that the person can understand.")}, ErrorMessage: bad.at("reason")},
				page.Button{Text: r.T("Open it"), Classes: "govuk-button--warning", PreventDoubleClick: true},
			}})
	}
	if len(p.Waiting) > 0 {
		g = append(g, page.Heading{Text: r.T("To be looked at")}, d.openingCards(r, p.Waiting, true))
	}
	g = append(g, page.Heading{Text: r.T("Opened by you")})
	if len(p.Mine) == 0 {
		g = append(g, page.Paragraph{Text: r.T("Nothing.")})
	}
	g = append(g, d.openingCards(r, p.Mine, false))
	if len(p.Settled) > 0 {
		g = append(g, page.Heading{Text: r.T("Looked at")}, d.openingCards(r, p.Settled, false))
	}
	return d.show(w, r, areaEmergency, web.Page{Title: title, Failed: bad.any(), Crumbs: crumbs(r), Content: g})
}

const areaEmergency = "emergency"

func (d *Desk) openingCards(r *web.Request, list []view.OpeningLine, review bool) page.Component {
	var g page.Group
	for _, o := range list {
		number := page.Component(page.ID(o.Number))
		if o.Open || review {
			number = page.LinkTo{Text: o.Number, URL: o.Path}
		}
		until := r.T("Open until {time}", i18n.V{"time": o.Until.Text})
		if !o.Open {
			until = r.T("Closed since {time}", i18n.V{"time": o.Until.Text})
		}
		rows := []page.SummaryRow{
			{Key: page.Cell{Text: r.T("Number")}, Value: page.Cell{HTML: number}},
			{Key: page.Cell{Text: r.T("Kept by")}, Value: page.Cell{Text: o.For}},
			{Key: page.Cell{Text: r.T("When")}, Value: page.Cell{HTML: page.Group{instant(o.At), page.Text(". " + until)}}},
			{Key: page.Cell{Text: r.T("Reason")}, Value: page.Cell{Text: o.Reason}},
		}
		if o.Reviewed.Text != "" {
			found := page.State(r.T("It was an emergency"), page.Good)
			if !o.Fine {
				found = page.State(r.T("It was no emergency"), page.Bad)
			}
			rows = append(rows, page.SummaryRow{Key: page.Cell{Text: r.T("{name} found", i18n.V{"name": o.By})}, Value: page.Cell{HTML: page.Group{found, page.Text(" " + o.Note)}}})
		} else if !review {
			rows = append(rows, page.SummaryRow{Key: page.Cell{Text: r.T("Looked at")}, Value: page.Cell{Text: r.T("Not yet")}})
		}
		g = append(g, page.SummaryList{Rows: rows, Card: page.SummaryCard{Title: page.CardTitle{Text: o.Who, HeadingLevel: 3}}})
		if review {
			g = append(g, page.Form{Action: "/desk/emergency/" + o.ID, Key: r.NewKey(), HTML: page.Group{
				page.Textarea{Name: "note", ID: "note-" + o.ID, Rows: 2, Label: page.Label{Text: r.T("What you found when you asked")}},
				page.ButtonGroup{
					page.Button{Text: r.T("It was an emergency"), Name: "do", Value: "fine", Classes: "govuk-button--secondary"},
					page.Button{Text: r.T("It was no emergency"), Name: "do", Value: "not", Classes: "govuk-button--warning"},
				}}})
		}
	}
	return g
}

// reviewEmergency is POST /desk/emergency/{opening}.
func (d *Desk) reviewEmergency(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	err := (flow.Rights{Flow: d.Flow}).ReviewOpening(r.Context(), r.Actor, flow.ReviewOpening{Opening: r.PathValue("opening"), Note: r.Field("note"), Fine: r.Field("do") == "fine", Key: r.Key()})
	if err != nil {
		return err
	}
	return r.Redirect(w, "/desk/emergency?done=saved")
}
