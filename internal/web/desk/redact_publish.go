package desk

import (
	"net/http"
	"net/url"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/redact"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// agree is /desk/redact/{document}/agree: a second person looks at what is taken out and at what stays.
func (d *Desk) agree(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("document")
	var bad problems
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		err := d.Flow.Disclosure().AgreeRelease(r.Context(), r.Actor, flow.AgreeRelease{Document: id, Version: version(r), Yes: r.Field("do") == "agree", Text: r.Field("text"), Key: r.Key()})
		if err == nil {
			return r.Redirect(w, redactPath(id)+"?done=saved")
		}
		ours := false
		if bad, ours = wrong(r, err, "text"); !ours {
			return err
		}
	}
	p, err := d.View.Disclosure().Redaction(r.Context(), reader(r), view.RedactAsk{Document: id})
	if err != nil {
		return err
	}
	title := r.T("Agree to the release")
	g := page.Group{bad.summary(), page.Heading{Level: 1, Size: "l", Caption: headCaption(r.P, p.Head), Text: title}, redactionState(r, p)}
	if len(p.Left) > 0 {
		g = append(g, leftOver(r, p, false))
	}
	if redact.Kind(p.Kind).Picture() {
		g = append(g, pictureForm(r, p, false))
	} else {
		g = append(g, unitForm(r, p, false))
	}
	g = append(g, marksForm(r, p, false))
	if p.May {
		form := func(do string, inside ...page.Component) page.Form {
			return page.Form{Action: redactPath(id) + "/agree", Key: r.NewKey(), HTML: append(page.Group{hiddenVersion(p.Version), page.Hidden{Name: "do", Value: do}}, inside...)}
		}
		g = append(g, form("agree", page.Button{Text: r.T("I have looked at it and agree"), PreventDoubleClick: true}),
			form("return", page.Textarea{Name: "text", Rows: 3, Value: r.Field("text"), Label: page.Label{Text: r.T("What is to be changed")}, ErrorMessage: bad.at("text")},
				page.Button{Text: r.T("Return it"), Classes: "govuk-button--secondary"}))
	}
	return d.show(w, r, areaCases, web.Page{Title: title, Failed: bad.any(), Content: g,
		Crumbs: append(caseCrumbs(r, p.Head), page.Crumb{Text: r.T("Documents and publication"), Href: disclosurePath(p.Head.ID)})})
}

// publishAnswer is /desk/cases/{case}/publish: the page as it would be published, and publishing it.
func (d *Desk) publishAnswer(w http.ResponseWriter, r *web.Request) error {
	id, status, says := r.PathValue("case"), 0, ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		number, err := d.Flow.Disclosure().PublishAnswer(r.Context(), r.Actor, flow.PublishAnswer{Case: id, Key: r.Key()})
		if err == nil {
			return r.Redirect(w, "/disclosures/"+url.PathEscape(number))
		}
		ours := false
		if says, ours = r.Say(err, fault.Conflict); !ours {
			return err
		}
		status = http.StatusConflict
	}
	p, ready, err := d.View.Disclosure().PublishPreview(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	title := r.T("What would be published")
	g := page.Group{}
	if says != "" {
		g = append(g, page.WarningText{Text: says})
	}
	g = append(g, page.InsetText{Text: r.T("This is the page as everybody would see it. Who asked must not be in it.")},
		paper.Disclosure{DisclosurePage: p, P: r.P, File: func(document string) string { return redactPath(document) + "/file" }})
	if ready {
		g = append(g, page.Form{Action: "/desk/cases/" + url.PathEscape(id) + "/publish", Key: r.NewKey(), HTML: page.Group{
			page.Button{Text: r.T("Publish it"), PreventDoubleClick: true}}})
	} else {
		g = append(g, page.WarningText{Text: r.T("It cannot be published yet: a second person must agree to each document, or it is published already.")})
	}
	return d.show(w, r, areaCases, web.Page{Title: title, Status: status, Content: g, Back: disclosurePath(id)})
}

// withdrawAnswer is /desk/cases/{case}/unpublish: taking back what should not have been published asks for the reason.
func (d *Desk) withdrawAnswer(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("case")
	p, err := d.View.Disclosure().Desk(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	if p.Published == "" || !p.Withdraws {
		return fault.NewNotFound("")
	}
	var bad problems
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		err := d.Flow.Disclosure().WithdrawAnswer(r.Context(), r.Actor, flow.WithdrawAnswer{Number: p.Published, Text: r.Field("reason"), Key: r.Key()})
		if err == nil {
			return r.Redirect(w, "/disclosures/"+url.PathEscape(p.Published))
		}
		ours := false
		if bad, ours = wrong(r, err, "reason"); !ours {
			return err
		}
	}
	title := r.T("Withdraw the published answer")
	return d.show(w, r, areaCases, web.Page{Title: title, Failed: bad.any(), Back: disclosurePath(id), Content: page.Group{
		bad.summary(), page.Heading{Text: title, Caption: p.Published, Level: 1},
		page.WarningText{Text: r.T("Its words and files are deleted for good. That there was an answer, and your reason, stay to be seen. Whoever has downloaded it still has it.")},
		page.Form{Action: "/desk/cases/" + url.PathEscape(id) + "/unpublish", Key: r.NewKey(), HTML: page.Group{
			page.Textarea{Name: "reason", Rows: 3, Value: r.Field("reason"), Label: page.Label{Text: r.T("Reason")},
				Hint: page.Hint{Text: r.T("Everybody can read it. Do not repeat what should not have been published.")}, ErrorMessage: bad.at("reason")},
			page.Button{Text: r.T("Withdraw it"), Classes: "govuk-button--warning", PreventDoubleClick: true}}}}})
}
