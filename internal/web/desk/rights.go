package desk

import (
	"net/http"
	"net/url"
	"strings"

	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

const areaRights = "rights"

func rightsRoutes(d *Desk) []web.Route {
	route := func(method, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: "/desk/" + pattern, Area: web.Desk, Action: do, Handle: h}
	}
	return []web.Route{
		route("GET", "rights", policy.RightsSee, d.rights),
		route("GET", "rights/who", policy.RightsSee, d.rightsWho),
		route("GET", "rights/file", policy.RightsSee, d.rightsFile),
		route("GET", "rights/people/{person}", policy.RightsSee, d.rightsPerson),
		route("POST", "rights/people/{person}", policy.StaffManage, d.rightsPerson),
		route("GET", "rights/review", policy.RightsReview, d.rightsReview),
		route("POST", "rights/review", policy.RightsReview, d.rightsReview),
		route("GET", "emergency", policy.EmergencyOpen, d.emergency),
		route("POST", "emergency", policy.EmergencyOpen, d.emergency),
		route("POST", "emergency/{opening}", policy.EmergencyReview, d.reviewEmergency),
	}
}

func (d *Desk) rightsView() view.Rights { return view.Rights{View: d.View} }

// rights is /desk/rights: everybody who works here, and the ways to ask who may do what.
func (d *Desk) rights(w http.ResponseWriter, r *web.Request) error {
	p, err := d.rightsView().People(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Who may do what")
	t := page.QueueTable{Caption: title, CaptionHidden: true, Stack: true,
		Columns: []page.Column{{Text: r.T("Name")}, {Text: r.T("Roles")}, {Text: r.T("Last signed in")}, {Text: r.T("Second factor")}, {Text: r.T("Open now")}}}
	for _, who := range p.People {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{
			{HTML: page.Group{page.LinkTo{Text: who.Name, URL: rightsPath(who.ID)}}},
			{HTML: rolesOf(r, who.Grants)}, {HTML: arrivedText(r, who.Arrived)}, {Text: factorText(r, who)}, {Text: count(r.P, len(who.Sessions))},
		}})
	}
	g := page.Group{done(r), page.Heading{Text: title, Level: 1},
		page.Paragraph{Text: r.T("Choose a person to see everything that they may do, and why. Or ask who may do something.")},
		whoForm(r, p.Actions, "", "", ""), t,
		page.Paragraph{HTML: page.LinkTo{Text: r.T("Download who may do what (CSV)"), URL: "/desk/rights/file"}}}
	return d.show(w, r, areaRights, web.Page{Title: title, Content: g})
}

func rightsPath(person string) string { return "/desk/rights/people/" + url.PathEscape(person) }

func rolesOf(r *web.Request, grants []view.GrantLine) page.Component {
	var list page.List
	list.Plain = true
	for _, g := range grants {
		list.Items = append(list.Items, page.Text(r.T("{role} · {organisation}", i18n.V{"role": roleShort(r.P, g.Role), "organisation": g.OrganisationName})))
	}
	return list
}

func arrivedText(r *web.Request, at view.Instant) page.Component {
	if at.Text == "" {
		return page.Text(r.T("Not known"))
	}
	return instant(at)
}

func factorText(r *web.Request, who view.RightsLine) string {
	var have []string
	if who.Passkeys > 0 {
		have = append(have, r.P.N("{n} passkey", "{n} passkeys", who.Passkeys, i18n.V{"n": who.Passkeys}))
	}
	if who.App {
		have = append(have, r.T("Authenticator app"))
	}
	if len(have) == 0 {
		return r.T("None yet")
	}
	return strings.Join(have, ", ")
}

// whoForm asks who may do something: an action anywhere, or reading one case or record.
func whoForm(r *web.Request, actions []view.Option, action, number, problem string) page.Component {
	choose := page.Select{Name: "action", ID: "action", Value: action, Label: page.Label{Text: r.T("Action")}, Items: append([]page.Option{{Text: r.T("Choose an action")}}, options(actions)...)}
	which := page.Input{Name: "number", ID: "number", Value: number, Label: page.Label{Text: r.T("Or the number of a case or record")}, Classes: "govuk-input--width-20",
		Autocomplete: "off", Spellcheck: "false", ErrorMessage: page.ErrorMessage{Text: problem}}
	return page.Filters{Heading: r.T("Who may do something?"), Action: "/desk/rights/who", Fields: []page.Component{choose, which}}
}

// rightsWho is /desk/rights/who: everybody who may do one thing, and why.
func (d *Desk) rightsWho(w http.ResponseWriter, r *web.Request) error {
	p, err := d.rightsView().Who(r.Context(), reader(r), policy.Action(r.Query("action")), r.Query("number"))
	if err != nil {
		return err
	}
	all, err := d.rightsView().People(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title := r.T("Who may do something?")
	g := page.Group{page.Heading{Text: title, Level: 1}, whoForm(r, all.Actions, r.Query("action"), r.Query("number"), p.Problem)}
	status := 0
	if p.Problem != "" {
		status = http.StatusUnprocessableEntity
	} else {
		heading := p.Text
		if p.Number != "" {
			heading = r.T("{action}: {number}", i18n.V{"action": p.Text, "number": p.Number})
			g = append(g, page.InsetText{Text: r.T("{organisation} keeps it. Whoever it is about sees in their account that you asked who may open it; you see nothing of what is in it.", i18n.V{"organisation": p.Keeper})})
		}
		t := page.QueueTable{Caption: heading, Stack: true, Columns: []page.Column{{Text: r.T("Name")}, {Text: r.T("Organisation")}, {Text: r.T("Because")}},
			Empty: page.EmptyState{Heading: r.T("Nobody may"), Level: 3}}
		for _, who := range p.Lines {
			t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: page.LinkTo{Text: who.Name, URL: rightsPath(who.ID)}}, {Text: who.Organisation}, {HTML: sentences(who.Why)}}})
		}
		g = append(g, t)
	}
	return d.show(w, r, areaRights, web.Page{Title: title, Status: status, Failed: p.Problem != "", Crumbs: rightsCrumbs(r), Content: g})
}

func rightsCrumbs(r *web.Request) []page.Crumb {
	return crumbs(r, page.Crumb{Text: r.T("Who may do what"), Href: "/desk/rights"})
}

// sentences are a few sentences, one below the other.
func sentences(all []string) page.Component {
	list := page.List{Plain: true}
	for _, s := range all {
		list.Items = append(list.Items, page.Text(s))
	}
	return list
}

// rightsFile is /desk/rights/file.
func (d *Desk) rightsFile(w http.ResponseWriter, r *web.Request) error {
	data, err := d.rightsView().File(r.Context(), reader(r))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return r.Send(w, "text/csv; charset=utf-8", "rights.csv", data)
}

// rightsPerson is /desk/rights/people/{person}: all that one person may do, and the button that ends what they have open.
func (d *Desk) rightsPerson(w http.ResponseWriter, r *web.Request) error {
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		if _, err := (flow.Rights{Flow: d.Flow}).EndSessions(r.Context(), r.Actor, r.PathValue("person")); err != nil {
			return err
		}
		return r.Redirect(w, rightsPath(r.PathValue("person"))+"?done=sessions")
	}
	p, err := d.rightsView().Person(r.Context(), reader(r), r.PathValue("person"))
	if err != nil {
		return err
	}
	facts := page.SummaryList{Rows: []page.SummaryRow{
		{Key: page.Cell{Text: r.T("Email address")}, Value: page.Cell{Text: p.Email}},
		{Key: page.Cell{Text: r.T("Roles")}, Value: page.Cell{HTML: rolesOf(r, p.Grants)}, Actions: page.Actions{Items: []page.Action{{Text: r.T("Change"), Href: "/desk/staff", VisuallyHiddenText: r.T("Roles")}}}},
		{Key: page.Cell{Text: r.T("Last signed in")}, Value: page.Cell{HTML: arrivedText(r, p.Arrived)}},
		{Key: page.Cell{Text: r.T("Second factor")}, Value: page.Cell{Text: factorText(r, p.RightsLine)}},
	}}
	g := page.Group{done(r), page.Heading{Text: p.Name, Level: 1, Caption: r.T("Who may do what")}, facts, page.Heading{Text: r.T("Open now")}, d.openSessions(r, p),
		page.Heading{Text: r.T("May do, and why")}, rightsTable(r, p)}
	return d.show(w, r, areaRights, web.Page{Title: p.Name, Crumbs: rightsCrumbs(r), Content: g})
}

func rightsTable(r *web.Request, p view.RightsPerson) page.Component {
	t := page.QueueTable{Caption: r.T("May do, and why"), CaptionHidden: true, Stack: true, Columns: []page.Column{{Text: r.T("What they may do")}, {Text: r.T("For")}, {Text: r.T("Because")}}}
	for _, right := range p.Rights {
		var whys []string
		of := map[string][]string{} // organisations by reason
		for _, ground := range right.Grounds {
			why := strings.Join(ground.Why, "; ")
			if of[why] == nil {
				whys = append(whys, why)
			}
			of[why] = append(of[why], ground.Organisation)
		}
		for _, why := range whys {
			t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: right.Text}, {Text: strings.Join(of[why], ", ")}, {Text: why}}})
		}
	}
	return t
}

func (d *Desk) openSessions(r *web.Request, p view.RightsPerson) page.Component {
	if len(p.Sessions) == 0 {
		return page.Paragraph{Text: r.T("Nothing: they are signed in nowhere.")}
	}
	t := page.QueueTable{Caption: r.T("Open now"), CaptionHidden: true, Stack: true, Columns: []page.Column{{Text: r.T("Device")}, {Text: r.T("Signed in")}, {Text: r.T("Last used")}, {Text: r.T("For work")}}}
	for _, s := range p.Sessions {
		device, desk := s.Device, r.T("No")
		if device == "" {
			device = r.T("Not known")
		}
		if s.Desk {
			desk = r.T("Yes")
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: device}, {HTML: instant(s.Created)}, {HTML: instant(s.Seen)}, {Text: desk}}})
	}
	text := r.T("End everything that is open")
	if p.Self {
		text = r.T("End everything of mine but this")
	}
	return page.Group{t, page.Form{Action: rightsPath(p.ID), Key: r.NewKey(), HTML: page.Button{Text: text, Classes: "govuk-button--warning", PreventDoubleClick: true}}}
}

// minutesText is a length of time.
func minutesText(r *web.Request, n int) string {
	return r.P.N("{n} minute", "{n} minutes", n, i18n.V{"n": n})
}
