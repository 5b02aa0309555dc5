package desk

import (
	"net/http"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// operations is /desk/operations: what is promised of the site, how well it is kept, what waits.
func (d *Desk) operations(w http.ResponseWriter, r *web.Request) error {
	o, err := d.View.Running().Operations(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("How well the site serves")
	g := page.Group{page.Heading{Text: title, Level: 1},
		page.Paragraph{HTML: page.Text(r.T("The last {n} days, all machines together.", i18n.V{"n": o.Days}))},
		promised(r, r.T("Answers without a fault of ours"), o.Available), promised(r, r.T("Answers within a second"), o.Fast),
		page.InsetText{Text: r.T("Time in which nothing answered at all is not in these figures. Let somebody outside watch the site too.")},
		page.Heading{Text: r.T("What waits")}, waits(r, o),
		page.Heading{Text: r.T("Day by day")}, servedTable(r, o.ByDay)}
	return d.show(w, r, areaSystem, web.Page{Title: title, Crumbs: crumbs(r, page.Crumb{Text: r.T("System"), Href: "/desk/system"}), Content: g})
}

// promised is one objective as a card: kept or not, and how much may still go wrong.
func promised(r *web.Request, title string, p view.Objective) page.Component {
	state := page.State(r.T("Kept"), page.Good)
	if !p.Kept {
		state = page.State(r.T("Missed"), page.Bad)
	}
	left := p.Budget - p.Missed
	budget := r.T("{n} more may miss it", i18n.V{"n": left})
	if left < 0 {
		budget = r.T("Overdrawn by {n}", i18n.V{"n": -left})
	}
	return page.SummaryList{Card: page.SummaryCard{Title: page.CardTitle{Text: title}}, Rows: []page.SummaryRow{
		factRow(r.T("Reached"), page.Group{page.Text(p.Share + " "), state}), factRow(r.T("Promised"), page.Text(p.Promised)), factRow(r.T("Error budget"), page.Text(budget))}}
}

func waits(r *web.Request, o view.Operations) page.Component {
	late := page.Component(page.Text(count(r.P, int(o.Due))))
	if o.Late {
		late = page.Group{late, page.Text(" "), page.State(r.T("Late"), page.Caution)}
	}
	dead := page.Component(page.Text(r.T("None")))
	if o.Dead > 0 {
		dead = page.LinkTo{Text: r.T("{n}: look, and try again", i18n.V{"n": o.Dead}), URL: "/desk/system"}
	}
	backup := page.Component(page.State(r.T("No backup was made yet"), page.Bad))
	if o.Backup.Machine != "" {
		backup = page.Text(o.Backup.Text)
		if o.BackupOld {
			backup = page.Group{backup, page.Text(" "), page.State(r.T("Too long ago"), page.Caution)}
		}
	}
	rows := []page.SummaryRow{
		factRow(r.T("Jobs due now"), late), factRow(r.T("Jobs that failed too often"), dead),
		factRow(r.T("Entries waiting for the public log"), page.Text(count(r.P, int(o.Log)))),
		factRow(r.T("People and staff signed in"), page.Text(count(r.P, int(o.Sessions)))),
		factRow(r.T("Last backup"), backup)}
	if o.Objects != nil {
		rows = append(rows, objectRows(r, *o.Objects)...)
	}
	for _, x := range o.Replicas {
		state := page.Component(page.State(r.T("Not used: the log says why"), page.Bad))
		if x.Used {
			state = page.Text(r.P.N("Answers pages, {n} second behind at most", "Answers pages, {n} seconds behind at most", x.Behind))
		}
		rows = append(rows, factRow(r.T("Replica {name} of the database", i18n.V{"name": x.Name}), state))
	}
	return page.SummaryList{Rows: rows}
}

// objectRows tell whether the object store works, and where attachments are.
func objectRows(r *web.Request, o view.Objects) []page.SummaryRow {
	state := page.Component(page.State(r.T("Works"), page.Good))
	if o.Silent.Machine != "" {
		state = page.Group{page.State(r.T("Does not work"), page.Bad), page.Text(" " + r.T("since {time}; attachments are kept in the database meanwhile", i18n.V{"time": o.Silent.Text}))}
	}
	waiting := r.T("Attachments waiting to be carried there")
	if o.Back {
		waiting = r.T("Attachments brought back into the database")
	}
	return []page.SummaryRow{factRow(r.T("Object store"), state), factRow(waiting, page.Text(count(r.P, int(o.Waiting)))),
		factRow(r.T("Attachments in the object store"), page.Text(count(r.P, int(o.Carried))))}
}

func servedTable(r *web.Request, days []view.ServedDay) page.Component {
	t := page.QueueTable{Caption: r.T("Day by day"), CaptionHidden: true, Stack: true,
		Empty:   page.EmptyState{Heading: r.T("Nothing is counted yet"), Text: r.T("Figures come with the first minute after people do."), Level: 3},
		Columns: []page.Column{{Text: r.T("Day")}, {Text: r.T("Answers"), Format: "numeric"}, {Text: r.T("Our fault"), Format: "numeric"}, {Text: r.T("Slow"), Format: "numeric"}, {Text: r.T("Without fault"), Format: "numeric"}}}
	for i := len(days) - 1; i >= 0; i-- {
		d := days[i]
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: d.Day}, {Text: count(r.P, int(d.Requests))}, {Text: count(r.P, int(d.Failed))}, {Text: count(r.P, int(d.Slow))}, {Text: d.Available}}})
	}
	return t
}
