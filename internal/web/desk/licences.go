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

// licencesPage is /desk/licences: the registers of the reader's organisations.
type licencesPage struct {
	view.LicenceList
	P       *i18n.Printer
	Filters page.Filters
	Table   page.QueueTable
	First   string
	Next    string
}

func (d *Desk) licences(w http.ResponseWriter, r *web.Request) error {
	ask := view.LicenceAsk{Register: r.Query("register"), Words: r.Query("q"), After: r.Query("after")}
	l, err := d.View.DeskLicences(r.Context(), reader(r), ask)
	if err != nil {
		return err
	}
	p := licencesPage{LicenceList: l, P: r.P}
	to := func(after string) string {
		return address("/desk/licences", url.Values{"register": {l.Register}, "q": {ask.Words}, "after": {after}})
	}
	if ask.After != "" {
		p.First = to("")
	}
	if l.Next != "" {
		p.Next = to(l.Next)
	}
	p.Filters = page.Filters{Heading: r.T("Search"), Action: "/desk/licences", Fields: []page.Component{
		page.Input{Name: "q", Value: ask.Words, Label: page.Label{Text: r.T("Number or words")}, Hint: page.Hint{Text: r.T("The beginning of a word is enough")}},
	}}
	if len(l.Registers) > 1 {
		p.Filters.Fields = append(p.Filters.Fields, page.Select{Name: "register", Value: l.Register, Label: page.Label{Text: r.T("Register")}, Items: options(l.Registers)})
	} else {
		p.Filters.Hidden = []page.Hidden{{Name: "register", Value: l.Register}}
	}
	p.Table = licenceTable(r.P, l)
	return d.show(w, r, areaLicences, web.Page{Title: r.T("Licences"), Content: licences(p)})
}

func options(list []view.Option) []page.Option {
	var items []page.Option
	for _, o := range list {
		items = append(items, page.Option{Value: o.Value, Text: o.Label})
	}
	return items
}

func licenceTable(p *i18n.Printer, l view.LicenceList) page.QueueTable {
	t := page.QueueTable{Caption: labelOf(l.Registers, l.Register), Empty: page.EmptyState{Heading: p.T("No record fits")},
		Columns: []page.Column{{Text: p.T("Number")}, {Text: p.T("Kind")}, {Text: p.T("State")}, {Text: p.T("From")}, {Text: p.T("Until")}}}
	for _, line := range l.Lines {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: licenceLink(line)}, {Text: line.Kind}, {HTML: licenceTag(p, line.State)},
			{HTML: page.ID(line.From)}, {HTML: page.ID(line.Until)}}})
	}
	return t
}

// licencePage is /desk/licences/{licence}: a record whole, with its history and what can be done.
type licencePage struct {
	view.DeskLicence
	P    *i18n.Printer
	Done page.Component
}

func (d *Desk) licence(w http.ResponseWriter, r *web.Request) error {
	l, err := d.View.DeskLicence(r.Context(), reader(r), r.PathValue("licence"))
	if err != nil {
		return err
	}
	return d.show(w, r, areaLicences, web.Page{Title: l.Number, Crumbs: crumbs(r, page.Crumb{Text: r.T("Licences"), Href: "/desk/licences"}),
		Content: licence(licencePage{l, r.P, done(r)})})
}

// licenceActionPage is /desk/licences/{licence}/do/{action}.
type licenceActionPage struct {
	view.DeskLicence
	Step     view.LicenceStep
	P        *i18n.Printer
	Key      page.FormKey
	Reason   string
	Problems problems
	Changed  string
}

func (d *Desk) licenceAction(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("licence")
	p := licenceActionPage{P: r.P, Key: r.NewKey()}
	status := 0
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		p.Reason = r.Field("reason")
		err := d.Flow.ActOnLicence(r.Context(), r.Actor, flow.ActOnLicence{Licence: id, Version: version(r), Action: r.PathValue("action"), Reason: p.Reason, Key: r.Key()})
		if err == nil {
			return r.Redirect(w, "/desk/licences/"+url.PathEscape(id)+"?done=saved")
		}
		ours := false
		if p.Problems, ours = wrong(r, err, "reason"); !ours {
			if p.Changed, ours = r.Say(err, fault.Conflict); !ours {
				return err
			}
			status = http.StatusConflict
		}
	}
	var err error
	if p.DeskLicence, err = d.View.DeskLicence(r.Context(), reader(r), id); err != nil {
		return err
	}
	for _, step := range p.Actions {
		if step.ID == r.PathValue("action") {
			p.Step = step
		}
	}
	if p.Step.ID == "" && status == 0 {
		return fault.NewNotFound("")
	}
	title := p.Step.Title
	if title == "" { // it was offered when the form was made, and is not any more
		title = r.T("Licence {number}", i18n.V{"number": p.Number})
	}
	return d.show(w, r, areaLicences, web.Page{Title: title, Status: status, Failed: p.Problems.any(), Back: "/desk/licences/" + id, Content: licenceStep(p, title)})
}
