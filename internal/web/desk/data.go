package desk

import (
	"net/http"
	"net/url"
	"strconv"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

func dataRoutes(d *Desk) []web.Route {
	route := func(method, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: "/desk/data" + pattern, Area: web.Desk, Action: do, Handle: h}
	}
	return []web.Route{
		route("GET", "", policy.DataRead, d.datasets),
		route("GET", "/{dataset}", policy.DataRead, d.dataset), route("POST", "/{dataset}", policy.DataPublish, d.dataset),
		route("GET", "/{dataset}/withdraw/{number}", policy.DataWithdraw, d.withdraw), route("POST", "/{dataset}/withdraw/{number}", policy.DataWithdraw, d.withdraw),
	}
}

// datasets is /desk/data: the open data of the reader's organisations, and how its publication stands.
func (d *Desk) datasets(w http.ResponseWriter, r *web.Request) error {
	list, err := d.View.Data().DeskDatasets(r.Context(), reader(r))
	if err != nil {
		return err
	}
	title, stopped := r.T("Datasets"), 0
	t := page.QueueTable{Caption: title, CaptionHidden: true, Stack: true, Empty: page.EmptyState{Heading: r.T("Your organisation publishes no dataset")},
		Columns: []page.Column{{Text: r.T("Dataset")}, {Text: r.T("Organisation")}, {Text: r.T("State")}, {Text: r.T("Newest version")}, {Text: r.T("Published")}, {Text: r.T("Next day")}}}
	for _, l := range list {
		row := page.QueueRow{Cells: []page.Cell{{HTML: page.LinkTo{Text: l.Title, URL: "/desk/data/" + l.ID}}, {Text: l.Organisation},
			{HTML: dataState(r, l)}, {HTML: newestVersion(r, l)}, {HTML: instant(l.Changed)}, {Text: nextDay(r, l)}}}
		if l.Stands == view.DataStopped {
			stopped++
			row.Tone = page.Bad
		}
		t.Rows = append(t.Rows, row)
	}
	g := page.Group{done(r), heading1(title), page.Paragraph{Text: r.T("What your organisation publishes as open data. A new version is made by itself when something is different, on the day or when a register has changed.")}}
	if stopped > 0 {
		g = append(g, page.WarningText{Text: r.P.N("{n} dataset could not be published. The former version stays until what is wrong is put right.",
			"{n} datasets could not be published. The former versions stay until what is wrong is put right.", stopped)})
	}
	g = append(g, t, page.Paragraph{HTML: page.LinkTo{Text: r.T("Questions about data"), URL: "/desk/questions"}})
	return d.show(w, r, areaData, web.Page{Title: title, Content: g})
}

func dataState(r *web.Request, l view.DeskDataset) page.Tag {
	switch l.Stands {
	case view.DataStopped:
		return page.State(r.T("Not published"), page.Bad)
	case view.DataNone:
		return page.State(r.T("Nothing yet"), page.Neutral)
	}
	return page.State(r.T("In order"), page.Good)
}

func newestVersion(r *web.Request, l view.DeskDataset) page.Component {
	if l.Version == 0 {
		return page.Group{}
	}
	return page.LinkTo{Text: r.T("Version {number}", i18n.V{"number": l.Version}), URL: versionPath(l.ID, l.Version)}
}

func versionPath(id string, number int) string { return "/data/" + id + "/v/" + strconv.Itoa(number) }

func nextDay(r *web.Request, l view.DeskDataset) string {
	if l.Due == "" {
		return r.T("When it changes")
	}
	return l.Due
}

// dataset is /desk/data/{dataset}: what was found the last time, publishing it now, and its versions.
func (d *Desk) dataset(w http.ResponseWriter, r *web.Request) error {
	id, status, says := r.PathValue("dataset"), 0, ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		fresh, err := d.Flow.Data().Publish(r.Context(), r.Actor, flow.PublishDataset{Dataset: id, Note: r.Field("note")})
		if err == nil {
			outcome := map[bool]string{true: "published", false: "unchanged"}[fresh]
			return r.Redirect(w, address("/desk/data/"+id, url.Values{"done": {outcome}}))
		}
		ours := false
		if says, ours = r.Say(err, fault.Conflict); !ours {
			return err
		}
		status = http.StatusConflict
	}
	p, err := d.View.Data().DeskDataset(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	g := page.Group{datasetDone(r, p), page.Heading{Text: p.Title, Caption: r.T("Dataset"), Level: 1}}
	if says != "" {
		g = append(g, page.WarningText{Text: says})
	}
	g = append(g, page.Paragraph{Text: p.Summary}, datasetFacts(r, p), findingList(r, p), publishNow(r, p), versionTable(r, p))
	return d.show(w, r, areaData, web.Page{Title: p.Title, Status: status, Content: g, Crumbs: crumbs(r, page.Crumb{Text: r.T("Datasets"), Href: "/desk/data"})})
}

// datasetDone says what came of publishing: nothing new is no success, and no failure either.
func datasetDone(r *web.Request, p view.DeskDatasetPage) page.Component {
	switch did := r.Query("done"); {
	case did == "published":
		return page.NotificationBanner{Type: "success", Text: r.T("A new version is published.")}
	case did == "unchanged" && p.Stands != view.DataStopped:
		return page.NotificationBanner{Text: r.T("Nothing has changed since the newest version, so there is no new one.")}
	case did == "withdrawn":
		return page.NotificationBanner{Type: "success", Text: r.T("The version is withdrawn. Its page says why.")}
	}
	return page.Group{}
}

func datasetFacts(r *web.Request, p view.DeskDatasetPage) page.Component {
	fact := func(key string, value page.Component) page.SummaryRow {
		return page.SummaryRow{Key: page.Cell{Text: key}, Value: page.Cell{HTML: value}}
	}
	text := func(key, value string) page.SummaryRow {
		return page.SummaryRow{Key: page.Cell{Text: key}, Value: page.Cell{Text: value}}
	}
	rows := []page.SummaryRow{fact(r.T("State"), dataState(r, p.DeskDataset)), text(r.T("Organisation"), p.Organisation)}
	if p.Version > 0 {
		rows = append(rows, fact(r.T("Newest version"), newestVersion(r, p.DeskDataset)))
	}
	if p.Looked.Text != "" {
		rows = append(rows, fact(r.T("Last looked at"), instant(p.Looked)))
	}
	rows = append(rows, text(r.T("How often"), p.Frequency), text(r.T("Next day"), nextDay(r, p.DeskDataset)))
	var how page.Group
	for _, line := range p.Protected {
		how = append(how, page.Paragraph{Text: line})
	}
	if len(how) > 0 {
		rows = append(rows, fact(r.T("Protection of people"), how))
	}
	from := r.T("Described by a file of the folder: datasets/{dataset}.yaml", i18n.V{"dataset": p.ID})
	if p.Made {
		from = r.T("Made by Stoa itself. A file of the same name in datasets/ takes its place.")
	}
	return page.SummaryList{Rows: append(rows, text(r.T("Where it comes from"), from))}
}

// findingList is what was found the last time, what is wrong first.
func findingList(r *web.Request, p view.DeskDatasetPage) page.Component {
	var bad, good []page.Component
	for _, f := range p.Findings {
		if f.Bad {
			bad = append(bad, page.Paragraph{Text: f.Text})
		} else {
			good = append(good, page.Paragraph{Text: f.Text})
		}
	}
	var g page.Group
	if len(bad) > 0 {
		g = append(g, heading2(r.T("Why it was not published")), page.List{Items: bad},
			page.InsetText{Text: r.T("Put right what is wrong where it comes from, then publish it now or wait: it is tried again by itself.")})
	}
	if len(good) > 0 {
		g = append(g, heading2(r.T("What was checked")), page.List{Items: good})
	}
	return g
}

func publishNow(r *web.Request, p view.DeskDatasetPage) page.Component {
	if !p.Publish {
		return page.Group{}
	}
	return page.Group{heading2(r.T("Publish it now")), page.Form{Action: "/desk/data/" + p.ID, Key: r.NewKey(), HTML: page.Group{
		page.Input{Name: "note", Label: page.Label{Text: r.T("What is new (optional)")}, Hint: page.Hint{Text: r.T("One sentence for readers of the new version.")}},
		page.Button{Text: r.T("Publish it now"), PreventDoubleClick: true},
	}}}
}

func versionTable(r *web.Request, p view.DeskDatasetPage) page.Component {
	t := page.QueueTable{Caption: r.T("Versions"), Stack: true, Empty: page.EmptyState{Heading: r.T("Nothing is published yet")},
		Columns: []page.Column{{Text: r.T("Version")}, {Text: r.T("Published")}, {Text: r.T("Rows"), Format: "numeric"}, {Text: r.T("What changed")}}}
	if p.Withdraw {
		t.Columns = append(t.Columns, page.Column{Text: r.T("Withdraw"), Hidden: true})
	}
	for _, v := range p.Versions {
		changes := v.Changes
		if v.Withdrawn != "" {
			changes = r.T("Withdrawn: {reason}", i18n.V{"reason": v.Withdrawn})
		}
		row := page.QueueRow{Cells: []page.Cell{{HTML: page.LinkTo{Text: r.T("Version {number}", i18n.V{"number": v.Number}), URL: versionPath(p.ID, v.Number)}},
			{HTML: instant(v.At)}, {Text: r.P.Number(strconv.FormatInt(v.Rows, 10)), Format: "numeric"}, {Text: changes}}}
		if p.Withdraw {
			var link page.Component = page.Group{}
			if v.Withdrawn == "" {
				link = page.LinkTo{Text: r.T("Withdraw version {number}", i18n.V{"number": v.Number}), URL: "/desk/data/" + p.ID + "/withdraw/" + strconv.Itoa(v.Number)}
			}
			row.Cells = append(row.Cells, page.Cell{HTML: link})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// withdraw is /desk/data/{dataset}/withdraw/{number}: taking a version back asks for the reason.
func (d *Desk) withdraw(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("dataset")
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		return fault.NewNotFound("")
	}
	p, err := d.View.Data().DeskDataset(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	var bad problems
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		err := d.Flow.Data().Withdraw(r.Context(), r.Actor, flow.WithdrawDataset{Dataset: id, Number: number, Reason: r.Field("reason"), Law: r.Field("law"), Key: r.Key()})
		if err == nil {
			return r.Redirect(w, address("/desk/data/"+id, url.Values{"done": {"withdrawn"}}))
		}
		ours := false
		if bad, ours = wrong(r, err, "reason"); !ours {
			return err
		}
	}
	title := r.T("Withdraw version {number}", i18n.V{"number": number})
	return d.show(w, r, areaData, web.Page{Title: title, Failed: bad.any(), Back: "/desk/data/" + id, Content: page.Group{
		bad.summary(), page.Heading{Text: title, Caption: p.Title, Level: 1},
		page.WarningText{Text: r.T("The rows of this version are deleted for good. Its page stays and says why; its fingerprint stays in the public log. Whoever has downloaded it still has it.")},
		page.Form{Action: "/desk/data/" + id + "/withdraw/" + strconv.Itoa(number), Key: r.NewKey(), HTML: page.Group{
			page.Textarea{Name: "reason", Rows: 3, Value: r.Field("reason"), Label: page.Label{Text: r.T("Reason")},
				Hint: page.Hint{Text: r.T("Everybody can read it. Do not repeat what should not have been published.")}, ErrorMessage: bad.at("reason")},
			page.Input{Name: "law", Value: r.Field("law"), Label: page.Label{Text: r.T("Law that asks for it (optional)")}},
			page.Button{Text: r.T("Withdraw it"), Classes: "govuk-button--warning", PreventDoubleClick: true},
		}}}})
}
