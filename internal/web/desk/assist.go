package desk

import (
	"net/http"

	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

const assistPath = "/desk/assist"

// assistRoutes are the pages of officers who fill in a form with somebody, and who confirm what somebody declares to be to another.
func assistRoutes(d *Desk) []web.Route {
	route := func(method, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: assistPath + pattern, Area: web.Desk, Action: do, Handle: h}
	}
	return []web.Route{
		route("GET", "", policy.MandateAssist, d.assist),
		route("POST", "", policy.MandateAssist, d.assist),
		route("POST", "/declared/{mandate}", policy.MandateConfirm, d.confirmMandate),
		route("GET", "/declared/{mandate}", policy.MandateAssist, d.toAssist),
	}
}

// toAssist is for a reload of an address that a form was sent to.
func (d *Desk) toAssist(w http.ResponseWriter, r *web.Request) error {
	return r.Redirect(w, assistPath)
}

// assist is /desk/assist: beginning a form with somebody who is here or on the telephone.
func (d *Desk) assist(w http.ResponseWriter, r *web.Request) error {
	choices, err := view.Representation{View: d.View}.AssistChoices(reader(r))
	if err != nil {
		return err
	}
	var f problems
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		consent := r.Field("consent")
		if where := map[string]string{"here": r.T("At the counter"), "phone": r.T("On the telephone")}[r.Field("where")]; consent != "" && where != "" {
			consent = where + ": " + consent
		}
		draft, err := d.Flow.Representation().Assist(r.Context(), r.Actor, flow.Assist{Service: r.Field("service"), Name: r.Field("name"), Email: r.Field("email"), Phone: r.Field("phone"),
			Consent: consent, Language: r.P.Tag(), Key: r.Key()})
		if err == nil {
			return r.Redirect(w, "/apply/"+draft)
		}
		ours := false
		if f, ours = wrong(r, err, "name"); !ours {
			return err
		}
	}
	title := r.T("Help somebody with a form")
	where := page.Radios{Name: "where", Value: r.Field("where"), Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Where are they?"), Classes: "govuk-fieldset__legend--s"}},
		Items: []page.Choice{{Value: "here", Text: r.T("At the counter")}, {Value: "phone", Text: r.T("On the telephone")}}}
	if where.Value == "" {
		where.Value = "here"
	}
	form := page.Form{Action: assistPath, Key: r.NewKey(), HTML: page.Group{
		selectOf("service", r.T("What do they want to apply for?"), r.Field("service"), choices, r.T("Choose"), f),
		textOf("name", r.T("Their name"), "", r.Field("name"), f),
		textOf("email", r.T("Their email address"), r.T("There they get a message of what you did, and how to say that it is not right."), r.Field("email"), f),
		textOf("phone", r.T("Their telephone number (optional)"), "", r.Field("phone"), f),
		where,
		page.Textarea{Name: "consent", ID: "consent", Value: r.Field("consent"), Rows: 3, Label: page.Label{Text: r.T("How they agreed that you fill it in with them"), Classes: "govuk-label--s"},
			Hint: page.Hint{Text: r.T("In a sentence. They read it too.")}, ErrorMessage: f.at("consent")},
		page.Button{Text: r.T("Begin the form"), PreventDoubleClick: true},
	}}
	content := page.Group{done(r), f.summary(), heading1(title),
		page.InsetText{Text: r.T("Read each question to them and type what they say. Both names stand on it. You see nothing else of theirs, you cannot decide on it later, and it ends when you finish, at the latest today.")}, form}
	declared, err := d.declared(r)
	if err != nil {
		return err
	}
	return d.show(w, r, areaAssist, web.Page{Title: title, Failed: f.any(), Content: append(content, declared)})
}

// declared are those who say that they are somebody's guardian, for officers who confirm it.
func (d *Desk) declared(r *web.Request) (page.Component, error) {
	list, err := view.Representation{View: d.View}.Declared(r.Context(), reader(r))
	if err != nil || len(list) == 0 {
		return page.Group{}, err
	}
	g := page.Group{page.Heading{Text: r.T("They say that they are guardians")}}
	for _, x := range list {
		g = append(g, page.SummaryList{Card: page.SummaryCard{Title: page.CardTitle{Text: x.Who}}, Rows: []page.SummaryRow{
			factRow(r.T("Email"), page.ID(x.Email)), factRow(r.T("Guardian of"), page.Text(x.Name)), factRow(r.T("Why"), page.Text(x.Why)), factRow(r.T("Until"), page.Text(x.Until))}},
			page.Form{Action: assistPath + "/declared/" + x.ID, Key: r.NewKey(), HTML: page.Group{
				page.Input{Name: "reason", ID: "reason-" + x.ID, Label: page.Label{Text: r.T("What you have seen, or why you do not confirm it: {name}", i18n.V{"name": x.Who}), Classes: "govuk-label--s"}, Hint: page.Hint{Text: r.T("They read it.")}},
				page.ButtonGroup{page.Button{Text: r.T("Confirm"), Name: "do", Value: "yes"}, page.Button{Text: r.T("Do not confirm"), Name: "do", Value: "no", Classes: "govuk-button--secondary"}}}})
	}
	return g, nil
}

// confirmMandate is POST /desk/assist/declared/{mandate}.
func (d *Desk) confirmMandate(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	if err := d.Flow.Representation().ConfirmMandate(r.Context(), r.Actor, flow.ConfirmMandate{Mandate: r.PathValue("mandate"), Yes: r.Field("do") == "yes", Reason: r.Field("reason")}); err != nil {
		return err
	}
	return r.Redirect(w, assistPath+"?done=saved")
}
