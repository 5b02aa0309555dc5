package desk

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"stoa/internal/document"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

const copiesPath = "/desk/copies"

// copyRoutes are the pages of the counter, on which copies of register entries are made for people who come.
func copyRoutes(d *Desk) []web.Route {
	route := func(method, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: copiesPath + pattern, Area: web.Desk, Action: do, Handle: h}
	}
	return []web.Route{
		route("GET", "", policy.ExtractIssue, d.copies),
		route("GET", "/new", policy.ExtractIssue, d.newCopy),
		route("POST", "/new", policy.ExtractIssue, d.newCopy),
		route("GET", "/{copy}", policy.ExtractIssue, d.copy),
		route("GET", "/{copy}/page", policy.ExtractIssue, d.copyPage),
		route("GET", "/{copy}/pdf", policy.ExtractIssue, d.copyPDF),
	}
}

// copies is /desk/copies: making one, and the latest orders.
func (d *Desk) copies(w http.ResponseWriter, r *web.Request) error {
	p, err := d.View.Civil().DeskCopies(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Copies of register entries")
	t := page.QueueTable{Stack: true, Caption: r.T("Latest orders"), Columns: []page.Column{{Text: r.T("Number")}, {Text: r.T("Copy")}, {Text: r.T("State")}, {Text: r.T("Ordered")}},
		Empty: page.EmptyState{Heading: r.T("Nobody has ordered a copy yet"), Level: 2}}
	for _, o := range p.Orders {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: moneyLink(o.Number, copiesPath+"/"+o.ID, "")}, {HTML: twoLines(page.Text(o.Title), o.Register)},
			{HTML: page.State(o.StateWord, orderTone(o.State))}, {HTML: page.ID(o.Ordered.Text)}}})
	}
	form := page.Form{Action: copiesPath + "/new", Method: "get", HTML: page.Group{
		selectOf("copy", r.T("Which copy"), "", p.Copies, "", problems{}),
		page.Button{Text: r.T("Continue")},
	}}
	content := page.Group{done(r), heading1(title), page.TwoColumns{Main: t, Side: page.Group{page.Heading{Text: r.T("Make a copy for somebody who is here")}, form}, SideLabel: r.T("Make a copy for somebody who is here")}}
	return d.show(w, r, areaCopies, web.Page{Title: title, Content: content})
}

func orderTone(state string) page.Tone {
	switch state {
	case "issued":
		return page.Good
	case "waiting":
		return page.Caution
	case "refused":
		return page.Bad
	}
	return page.Neutral
}

// newCopy is /desk/copies/new?copy=REGISTER/EXTRACT: for somebody who has shown who they are.
func (d *Desk) newCopy(w http.ResponseWriter, r *web.Request) error {
	which := r.Query("copy")
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		which = r.Field("copy")
	}
	register, id, _ := strings.Cut(which, "/")
	p, err := d.View.Civil().CounterForm(reader(r), register, id)
	if err != nil {
		return err
	}
	var f problems
	if r.Method == http.MethodPost {
		order, err := d.Flow.Civil().AtCounter(r.Context(), r.Actor, flow.IssueAtCounter{Register: register, Extract: id, Number: r.Field("number"), As: r.Field("as"),
			Name: r.Field("name"), Email: r.Field("email"), Shown: r.Field("shown"), Reason: r.Field("reason"), Language: r.P.Tag(), Key: r.Key()})
		if err == nil {
			return r.Redirect(w, copiesPath+"/"+order+"?done=saved")
		}
		ours := false
		if f, ours = wrong(r, err, "number"); !ours {
			return err
		}
	}
	input := func(name, label, hint string) page.Input {
		return page.Input{Name: name, ID: name, Value: r.Field(name), Label: page.Label{Text: label, Classes: "govuk-label--s"}, Hint: page.Hint{Text: hint}, Classes: "govuk-input--width-20", ErrorMessage: f.at(name)}
	}
	var as []page.Choice
	for _, o := range p.As {
		as = append(as, page.Choice{Value: o.Value, Text: o.Label})
	}
	fields := page.Group{page.Hidden{Name: "copy", Value: which},
		input("number", r.T("Number of the entry"), r.T("As it stands in the register, such as {example}", i18n.V{"example": "B-2021-00001"})),
		page.Radios{Name: "as", Value: r.Field("as"), Items: as, ErrorMessage: f.at("as"), Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("What entitles them"), Classes: "govuk-fieldset__legend--s"}}},
		input("name", r.T("Their name"), ""),
		input("shown", r.T("By what they showed who they are"), r.T("Passport, driving licence … and its last four characters")),
		input("email", r.T("Their email address (optional)"), r.T("With it, they find the copy in their account.")),
	}
	if p.Reason != "none" || len(p.As) > 1 {
		fields = append(fields, page.Textarea{Name: "reason", ID: "reason", Value: r.Field("reason"), Rows: 2, Label: page.Label{Text: r.T("Why they need it"), Classes: "govuk-label--s"},
			Hint: page.Hint{Text: r.T("The person concerned can read this.")}, ErrorMessage: f.at("reason")})
	}
	fee := r.T("Free")
	if p.Extract.Fee != "" {
		fee = r.T("{fee}, to be paid at the till before it is made", i18n.V{"fee": p.Extract.Fee})
	}
	content := page.Group{f.summary(), page.Heading{Level: 1, Text: p.Extract.Title, Caption: p.Register},
		page.InsetText{Text: r.T("Look at the document that they show, and at the entry, before you make a copy. Those named in the entry see in their account that it was made, for whom and by you.")},
		page.Paragraph{Text: fee},
		page.Form{Action: copiesPath + "/new", Key: r.NewKey(), HTML: append(fields, page.Button{Text: r.T("Make the copy"), PreventDoubleClick: true})}}
	return d.show(w, r, areaCopies, web.Page{Title: p.Extract.Title, Failed: f.any(), Content: content, Crumbs: copyCrumbs(r)})
}

func copyCrumbs(r *web.Request) []page.Crumb {
	return crumbs(r, page.Crumb{Text: r.T("Copies of register entries"), Href: copiesPath})
}

// copy is /desk/copies/{copy}: an order, its fee, and the copy to hand over.
func (d *Desk) copy(w http.ResponseWriter, r *web.Request) error {
	p, err := d.View.Civil().DeskCopy(r.Context(), reader(r), r.PathValue("copy"))
	if err != nil {
		return err
	}
	g := page.Group{done(r), page.Heading{Level: 1, Text: p.Title, Caption: p.Number}}
	status := page.StatusPanel{Label: r.T("State"), Status: p.StateWord, Tone: orderTone(p.State)}
	base := copiesPath + "/" + p.ID
	switch p.State {
	case "waiting":
		status.Text = r.T("{amount} to be paid. The copy is made as soon as the money has come.", i18n.V{"amount": p.Fee})
		if p.Till {
			status.HTML = page.Button{Text: r.T("Take the fee at the till"), Href: "/desk/money/bills/" + url.PathEscape(p.Bill)}
		} else {
			status.HTML = page.Paragraph{Text: r.T("Send them to the cashier with this number: {number}", i18n.V{"number": p.Number})}
		}
	case "issued":
		status.Text = r.T("Made on {date}. You can download it until {until}.", i18n.V{"date": p.Issued.Text, "until": p.Until})
		status.HTML = page.ButtonGroup{page.Button{Text: r.T("Print (PDF)"), Href: base + "/pdf"}, page.Button{Text: r.T("Open the copy as a page"), Href: base + "/page", Classes: "govuk-button--secondary"}}
	}
	list := page.SummaryList{Rows: []page.SummaryRow{factRow(r.T("Register"), page.Text(p.Register)), factRow(r.T("For"), page.Text(orDash(p.Name)))}}
	add := func(label, value string) {
		if value != "" {
			list.Rows = append(list.Rows, factRow(label, page.ID(value)))
		}
	}
	add(r.T("Email"), p.Email)
	add(r.T("What entitles them"), p.As)
	add(r.T("By what they showed who they are"), p.Shown)
	add(r.T("Reason"), p.Reason)
	add(r.T("Fee"), p.Fee)
	add(r.T("Ordered"), p.Ordered.Text)
	return d.show(w, r, areaCopies, web.Page{Title: p.Title + " " + p.Number, Content: append(g, status, list), Crumbs: copyCrumbs(r)})
}

func (d *Desk) made(r *web.Request) (p view.DeskCopy, err error) {
	if p, err = d.View.Civil().DeskCopy(r.Context(), reader(r), r.PathValue("copy")); err == nil && p.State != "issued" {
		err = fault.NewNotFound("")
	}
	return p, err
}

func (d *Desk) copyPage(w http.ResponseWriter, r *web.Request) error {
	p, err := d.made(r)
	if err != nil {
		return err
	}
	svg, err := document.QRSVG(p.CheckURL, r.T("Code that leads to the page which verifies this"))
	if err != nil {
		return err
	}
	return d.show(w, r, areaCopies, web.Page{Title: p.Document.Title, Paper: true, Back: copiesPath + "/" + p.ID, Content: paper.Sheet{Document: p.Document, Code: templ.Raw(string(svg))}})
}

// copyPDF is the copy to hand over; it carries its proof once that is published.
func (d *Desk) copyPDF(w http.ResponseWriter, r *web.Request) error {
	p, err := d.made(r)
	if err != nil {
		return err
	}
	var carry []document.Attachment
	proof, bundle, err := d.View.LogPages().ExtractAtDesk(r.Context(), reader(r), p.ID)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	if err == nil && proof.Published {
		raw, err := bundle()
		if err != nil {
			return err
		}
		carry = []document.Attachment{{Name: "copy.tlog-proof", Type: "text/plain", Bytes: raw, About: r.T("Proof that this is in the public log")}}
	}
	var out bytes.Buffer
	if err := document.PDF(&out, p.Document, document.Options{Carry: carry}); err != nil {
		return fmt.Errorf("printing copy %s: %w", p.Number, err)
	}
	return r.Send(w, "application/pdf", p.Number+".pdf", out.Bytes())
}
