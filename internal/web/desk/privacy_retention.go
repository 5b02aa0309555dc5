package desk

import (
	"net/http"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

type holdForm struct{ organisation, number, reason, review string }

// retention is /desk/retention: what is due to be deleted, what is held, what was deleted.
func (d *Desk) retention(w http.ResponseWriter, r *web.Request) error {
	var f holdForm
	var bad problems
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		var err error
		if f, err = d.changeHold(r); err == nil {
			return r.Redirect(w, "/desk/retention?done=saved")
		}
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		ours := false
		if bad, ours = wrong(r, err, "number"); !ours {
			return err
		}
	}
	p, err := d.View.Privacy().Retention(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("What is kept, held and deleted")
	g := page.Group{bad.summary(), done(r), page.Heading{Text: title, Level: 1},
		page.Paragraph{HTML: page.Text(r.T("A job looks every day. It deletes what is past its time by destroying its key, never before, and the public log holds a proof of it."))},
		page.Heading{Text: r.T("Due within a month")}, dueTable(r, p.Due),
		page.Heading{Text: r.T("Held")}, page.Paragraph{HTML: page.Text(r.T("A hold keeps a case beyond its time: for a court, an inquiry, a complaint. The person sees that there is an order, and not why."))},
		holdTable(r, p.Holds), newHold(r, p, f, bad),
		page.Heading{Text: r.T("Deleted")}, deletedTable(r, p.Done)}
	return d.show(w, r, areaPrivacy, web.Page{Title: title, Failed: bad.any(), Crumbs: crumbs(r, page.Crumb{Text: r.T("Questions about looks"), Href: "/desk/access-questions"}), Content: g})
}

func (d *Desk) changeHold(r *web.Request) (f holdForm, err error) {
	if id := r.Field("lift"); id != "" {
		return f, d.Flow.Privacy().Lift(r.Context(), r.Actor, id)
	}
	f = holdForm{r.Field("organisation"), r.Field("number"), r.Field("reason"), r.Field("review")}
	day, err := calendar.ParseISO(f.review)
	if err != nil {
		return f, fault.NewInvalid("Enter a day to come on which somebody looks whether it is still needed")
	}
	return f, d.Flow.Privacy().Hold(r.Context(), r.Actor, flow.HoldCase{Number: f.number, Organisation: f.organisation, Reason: f.reason, Review: day})
}

func dueTable(r *web.Request, list []view.MatterLine) page.Component {
	t := page.QueueTable{Caption: r.T("Due within a month"), CaptionHidden: true, Stack: true, Empty: page.EmptyState{Heading: r.T("Nothing is due within a month"), Level: 3},
		Columns: []page.Column{{Text: r.T("Number")}, {Text: r.T("Service")}, {Text: r.T("Law")}, {Text: r.T("Kept until")}}}
	for _, m := range list {
		until := m.Until
		if m.Why != "" {
			until = m.Why
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.ID(m.Number)}, {Text: m.Title}, {Text: m.Law.Text}, {Text: until}}})
	}
	return t
}

func holdTable(r *web.Request, list []view.HoldLine) page.Component {
	t := page.QueueTable{Caption: r.T("Held"), CaptionHidden: true, Stack: true, Empty: page.EmptyState{Heading: r.T("Nothing is held"), Level: 3},
		Columns: []page.Column{{Text: r.T("Number")}, {Text: r.T("Reason")}, {Text: r.T("Set")}, {Text: r.T("To be looked at")}, {Text: r.T("Lift it"), Hidden: true}}}
	for _, h := range list {
		lift := page.Cell{Text: r.T("Lifted")}
		if h.CanLift {
			lift = page.Cell{HTML: page.Form{Action: "/desk/retention", Key: r.NewKey(), HTML: page.Group{page.Hidden{Name: "lift", Value: h.ID},
				page.Button{Text: r.T("Lift"), Classes: "govuk-button--secondary govuk-!-margin-bottom-0", Attributes: page.Attributes{"aria-label": r.T("Lift") + " " + h.Number}}}}}
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.ID(h.Number)}, {Text: h.Reason}, {Text: h.Placed.Text + ", " + h.By}, {Text: h.Review}, lift}})
	}
	return t
}

func newHold(r *web.Request, p view.RetentionDesk, f holdForm, bad problems) page.Component {
	organisation := page.Component(page.Hidden{Name: "organisation", Value: first(p.Organisations)})
	if len(p.Organisations) > 1 {
		organisation = page.Select{Name: "organisation", ID: "organisation", Value: f.organisation, Label: page.Label{Text: r.T("Organisation")}, Items: options(p.Organisations)}
	}
	return page.Details{SummaryText: r.T("Hold a case"), Open: bad.any(), HTML: page.Form{Action: "/desk/retention", Key: r.NewKey(), HTML: page.Group{organisation,
		page.Input{Name: "number", Value: f.number, Label: page.Label{Text: r.T("Number of the case")}, ErrorMessage: bad.at("number")},
		page.Textarea{Name: "reason", Rows: 2, Value: f.reason, Label: page.Label{Text: r.T("Reason, without naming the person")}},
		page.Input{Name: "review", Type: "date", Value: f.review, Label: page.Label{Text: r.T("Day on which somebody looks whether it is still needed")}},
		page.Button{Text: r.T("Hold it"), PreventDoubleClick: true},
	}}}
}

func first(list []view.Option) string {
	if len(list) == 0 {
		return ""
	}
	return list[0].Value
}

func deletedTable(r *web.Request, list []view.DoneLine) page.Component {
	t := page.QueueTable{Caption: r.T("Deleted"), CaptionHidden: true, Stack: true, Empty: page.EmptyState{Heading: r.T("Nothing was deleted yet"), Level: 3},
		Columns: []page.Column{{Text: r.T("Day")}, {Text: r.T("What")}, {Text: r.T("How many"), Format: "numeric"}, {Text: r.T("Law")}, {Text: r.T("Proof in the public log")}}}
	for _, b := range list {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: b.Day}, {Text: b.Kind + " " + b.Service}, {Text: count(r.P, b.N)}, {Text: b.Law}, {HTML: page.ID(b.Root[:16])}}})
	}
	return t
}
