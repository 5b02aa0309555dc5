package desk

import (
	"net/http"
	"net/url"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

func redactRoutes(d *Desk) []web.Route {
	route := func(method, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: "/desk" + pattern, Area: web.Desk, Action: do, Handle: h}
	}
	upload := route("POST", "/cases/{case}/disclosure", policy.DisclosureWork, d.disclosure)
	upload.Body = web.UploadMost
	return []web.Route{
		route("GET", "/cases/{case}/disclosure", policy.CaseRead, d.disclosure), upload,
		route("GET", "/cases/{case}/publish", policy.CaseRead, d.publishAnswer), route("POST", "/cases/{case}/publish", policy.DisclosureWork, d.publishAnswer),
		route("GET", "/cases/{case}/unpublish", policy.CaseRead, d.withdrawAnswer), route("POST", "/cases/{case}/unpublish", policy.DisclosureWithdraw, d.withdrawAnswer),
		route("GET", "/redact", policy.CaseList, d.toRedact),
		route("GET", "/redact/{document}", policy.CaseRead, d.redact), route("POST", "/redact/{document}", policy.DisclosureWork, d.redact),
		route("GET", "/redact/{document}/agree", policy.CaseRead, d.agree), route("POST", "/redact/{document}/agree", policy.DisclosureApprove, d.agree),
		route("GET", "/redact/{document}/file", policy.CaseRead, d.redactedFile), route("GET", "/redact/{document}/original", policy.CaseRead, d.originalFile),
	}
}

func disclosurePath(id string) string { return "/desk/cases/" + url.PathEscape(id) + "/disclosure" }
func redactPath(id string) string     { return "/desk/redact/" + url.PathEscape(id) }

// toRedact is /desk/redact: documents that wait for a second person.
func (d *Desk) toRedact(w http.ResponseWriter, r *web.Request) error {
	list, err := d.View.Disclosure().Waiting(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Documents to look at before release")
	t := page.QueueTable{Caption: title, CaptionHidden: true, Stack: true, Empty: page.EmptyState{Heading: r.T("No document waits"), Text: r.T("Documents stand here when an officer has taken out what must not be released.")},
		Columns: []page.Column{{Text: r.T("Document")}, {Text: r.T("Case")}, {Text: r.T("Proposed by")}, {Text: r.T("Taken out")}}}
	for _, m := range list {
		link := page.LinkTo{Text: materialName(r, m), URL: redactPath(m.ID)}
		if m.May {
			link.URL += "/agree"
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: link}, {HTML: page.LinkTo{Text: m.CaseNumber, URL: disclosurePath(m.Case)}}, {Text: m.By}, {Text: takenOut(r, m)}}})
	}
	return d.show(w, r, areaCases, web.Page{Title: title, Content: page.Group{heading1(title), t}, Crumbs: crumbs(r, page.Crumb{Text: r.T("Cases"), Href: "/desk/cases"})})
}

// materialName is a document's name, or what it is.
func materialName(r *web.Request, m view.DeskMaterial) string {
	switch m.Source {
	case "request":
		return r.T("What was asked")
	case "answer":
		return r.T("Our letter of answer")
	}
	return m.Name
}

func takenOut(r *web.Request, m view.DeskMaterial) string {
	switch {
	case m.Reason != "":
		return r.T("All of it, {section}", i18n.V{"section": m.Reason})
	case m.Passages == 0:
		return r.T("Nothing")
	}
	return r.P.N("{n} passage", "{n} passages", m.Passages)
}

func materialState(r *web.Request, m view.DeskMaterial) page.Tag {
	switch m.State {
	case "proposed":
		return page.State(r.T("Waits for a second person"), page.Caution)
	case "approved":
		return page.State(r.T("May be released"), page.Good)
	case "withheld":
		return page.State(r.T("Held back"), page.Bad)
	}
	if m.Said != "" {
		return page.State(r.T("Returned"), page.Caution)
	}
	return page.State(r.T("Being prepared"), page.Info)
}

// disclosure is /desk/cases/{case}/disclosure: searching for what is held, the documents, and publishing.
func (d *Desk) disclosure(w http.ResponseWriter, r *web.Request) error {
	id, status := r.PathValue("case"), 0
	var bad problems
	if r.Method == http.MethodPost {
		to, err := d.changeDisclosure(r, id)
		if err == nil {
			return r.Redirect(w, to)
		}
		ours := false
		if bad, ours = wrong(r, err, "file"); !ours {
			said, conflict := r.Say(err, fault.Conflict, fault.TooLarge)
			if !conflict {
				return err
			}
			bad, status = problems{Title: r.T("There is a problem"), Links: []page.ErrorLink{{Text: said, Href: "#file"}}, by: map[string]string{"file": said}}, http.StatusConflict
		}
	}
	p, err := d.View.Disclosure().Desk(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	title := r.T("Documents and publication")
	g := page.Group{done(r), bad.summary(), page.Heading{Level: 1, Size: "l", Caption: headCaption(r.P, p.Head), Text: title}, disclosureNext(r, p), searchHeld(r, p), materials(r, p)}
	if p.Works && p.Published == "" {
		g = append(g, addMaterial(r, p, bad))
	}
	return d.show(w, r, areaCases, web.Page{Title: title, Status: status, Failed: bad.any(), Content: g, Crumbs: caseCrumbs(r, p.Head)})
}

func caseCrumbs(r *web.Request, h view.DeskHead) []page.Crumb {
	return crumbs(r, page.Crumb{Text: r.T("Cases"), Href: "/desk/cases"}, page.Crumb{Text: h.Number, Href: "/desk/cases/" + url.PathEscape(h.ID)})
}

// changeDisclosure reads the forms of the page: a document, or preparing for publishing.
func (d *Desk) changeDisclosure(r *web.Request, id string) (to string, err error) {
	_, files, finished, err := r.ReadUpload()
	defer finished()
	if err != nil {
		return "", err
	}
	if r.Field("do") == "prepare" {
		return disclosurePath(id) + "?done=saved", d.Flow.Disclosure().Prepare(r.Context(), r.Actor, id)
	}
	for _, f := range files {
		if f.Field != "file" {
			continue
		}
		if f.TooLarge {
			return "", fault.NewInvalid("The document is too large to be redacted here. Split it and try again")
		}
		document, err := d.Flow.Disclosure().AddMaterial(r.Context(), r.Actor, flow.AddMaterial{Case: id, Name: f.Name, Type: f.Type, Content: f.Body, Key: r.Key()})
		return redactPath(document), err
	}
	return "", fault.NewInvalid("Choose a document")
}

// disclosureNext says how far it is.
func disclosureNext(r *web.Request, p view.DeskDisclosure) page.Component {
	switch {
	case p.Published != "":
		g := page.Group{page.Paragraph{HTML: page.LinkTo{Text: r.T("The answer is published as {number}", i18n.V{"number": p.Published}), URL: "/disclosures/" + url.PathEscape(p.Published)}}}
		if p.Withdraws {
			g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Withdraw the published answer"), URL: "/desk/cases/" + url.PathEscape(p.Head.ID) + "/unpublish"}})
		}
		return page.InsetText{HTML: g}
	case p.Decided && p.Prepared:
		text := r.T("A second person has agreed to everything. You can look at the page and publish it.")
		if !p.Ready {
			text = r.T("You can look at the page as it would be published. Before that, a second person must agree to each document.")
		}
		return page.InsetText{HTML: page.Group{page.Paragraph{Text: text}, page.Button{Text: r.T("Look at what would be published"), Href: "/desk/cases/" + url.PathEscape(p.Head.ID) + "/publish"}}}
	case p.Decided && p.Works:
		return page.Form{Action: disclosurePath(p.Head.ID), Key: r.NewKey(), HTML: page.Group{
			page.Paragraph{Text: r.T("The request is answered. To publish the answer, first take out who asked: what was asked and our letter become documents here, with the details of whoever asked taken out already.")},
			page.Hidden{Name: "do", Value: "prepare"}, page.Button{Text: r.T("Prepare for publishing"), PreventDoubleClick: true}}}
	}
	return page.Paragraph{Text: r.T("Attach what you have found. Take out what must not be released and let a second person agree. Then decide on the request: who asked gets the documents with our answer.")}
}

// searchHeld leads to the searches that there are, with the words of the request.
func searchHeld(r *web.Request, p view.DeskDisclosure) page.Component {
	words := strings.Join(p.Words, " ")
	link := func(text, path string) page.Component {
		return page.LinkTo{Text: text, URL: address(path, url.Values{"q": {words}})}
	}
	return page.Group{heading2(r.T("Search for what we hold")), page.Details{SummaryText: r.T("What was asked"), HTML: paragraphs(p.Request)},
		page.Paragraph{HTML: page.Group{page.Text(r.T("Search with these words:") + " "), page.ID(words)}},
		page.List{Items: []page.Component{link(r.T("Cases"), "/desk/cases"), link(r.T("Licences"), "/desk/licences"), link(r.T("Payments, contracts and suppliers"), "/money/payments"),
			link(r.T("Open data"), "/data"), link(r.T("Earlier answers"), "/disclosures")}}}
}

func materials(r *web.Request, p view.DeskDisclosure) page.Component {
	t := page.QueueTable{Caption: r.T("Documents"), CaptionHidden: true, Stack: true, Empty: page.EmptyState{Heading: r.T("No document is attached yet"), Level: 2},
		Columns: []page.Column{{Text: r.T("Document")}, {Text: r.T("State")}, {Text: r.T("Taken out")}, {Text: r.T("Look")}}}
	for _, m := range p.Materials {
		next := page.Group{page.LinkTo{Text: r.T("As it would be released"), Hidden: materialName(r, m), URL: redactPath(m.ID) + "/file"}}
		if m.May {
			next = append(next, page.Text(" · "), page.LinkTo{Text: r.T("Agree or return"), Hidden: materialName(r, m), URL: redactPath(m.ID) + "/agree"})
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.LinkTo{Text: materialName(r, m), URL: redactPath(m.ID)}}, {HTML: materialState(r, m)}, {Text: takenOut(r, m)}, {HTML: next}}})
	}
	return page.Group{heading2(r.T("Documents")), t}
}

func addMaterial(r *web.Request, p view.DeskDisclosure, bad problems) page.Component {
	return page.Group{heading2(r.T("Attach a document")), page.Form{Action: disclosurePath(p.Head.ID), Key: r.NewKey(), Files: true, HTML: page.Group{
		page.FileUpload{Name: "file", Label: page.Label{Text: r.T("Document")}, ErrorMessage: bad.at("file"), Attributes: page.Attributes{"accept": ".pdf,.txt,.csv,.png,.jpg,.jpeg"},
			Hint: page.Hint{Text: r.T("PDF, plain text, CSV, PNG or JPEG, up to 20 MB. The original stays sealed in the case. Of a PDF the text is released, as a new document.")}},
		page.Button{Text: r.T("Attach"), Classes: "govuk-button--secondary", PreventDoubleClick: true}}}}
}
