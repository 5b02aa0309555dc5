package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/insight"
	"stoa/internal/web/page"
)

// saveForm saves what this page was asked for, under a name.
func saveForm(r *web.Request, p view.InsightPage) page.Component {
	at := insight.Address(insightBase, p.InsightAsk, r.URL.Query())
	return page.Details{SummaryText: r.T("Save this view, or get it by mail"), HTML: page.Form{Action: insightBase + "/views", Key: r.NewKey(), HTML: page.Group{
		page.Hidden{Name: "at", Value: at},
		page.Input{Name: "name", Value: p.Title + ": " + p.Scope, Label: page.Label{Text: r.T("Name of the view"), Classes: "govuk-label--s"}},
		page.Select{Name: "every", Items: everyOptions(r), Label: page.Label{Text: r.T("By mail"), Classes: "govuk-label--s"}},
		page.Button{Text: r.T("Save this view"), Classes: "govuk-button--secondary", PreventDoubleClick: true}}}}
}

func everyOptions(r *web.Request) []page.Option {
	return []page.Option{{Value: view.NeverByMail, Text: r.T("Not by mail")}, {Value: view.WeeklyByMail, Text: r.T("Every Monday")}, {Value: view.MonthlyByMail, Text: r.T("On the first of each month")}}
}

// savedViews are the reader's own, each with how often it comes by mail.
func savedViews(r *web.Request, list []view.SavedView) page.Component {
	if len(list) == 0 {
		return page.Group{}
	}
	t := page.QueueTable{Caption: r.T("Your saved views"), CaptionHidden: true, Stack: true, Columns: []page.Column{{Text: r.T("View")}, {Text: r.T("By mail")}, {Text: r.T("Change")}}}
	for _, s := range list {
		to := insightBase + "/" + s.Topic
		if s.Query != "" {
			to += "?" + s.Query
		}
		how := map[string]string{view.WeeklyByMail: r.T("Every Monday"), view.MonthlyByMail: r.T("On the first of each month")}[s.Every]
		if how == "" {
			how = r.T("Not by mail")
		} else {
			how = r.T("{often}; next on {date}", i18n.V{"often": how, "date": s.Next})
		}
		button := func(do, text string) page.Component {
			return page.Form{Action: insightBase + "/views/" + url.PathEscape(s.ID), Key: r.NewKey(), HTML: page.Group{page.Hidden{Name: "do", Value: do},
				page.Button{Text: text, Classes: "govuk-button--secondary", Attributes: page.Attributes{"aria-label": text + ": " + s.Name}}}}
		}
		can := page.Group{}
		if s.Every == view.NeverByMail {
			can = append(can, button(view.MonthlyByMail, r.T("Send it each month")))
		} else {
			can = append(can, button("stop", r.T("Stop the mails")))
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: twoLines(page.LinkTo{Text: s.Name, URL: to}, s.Title)}, {Text: how}, {HTML: append(can, button("remove", r.T("Remove")))}}})
	}
	return page.Group{heading2(r.T("Your saved views")), t}
}

// saveView is POST /desk/insight/views.
func (d *Desk) saveView(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	at, err := url.Parse(r.Field("at"))
	topic := ""
	if err == nil {
		topic = strings.TrimPrefix(at.Path, insightBase+"/")
	}
	if err != nil || !slices.Contains(view.InsightTopics, topic) {
		return fault.NewNotFound("")
	}
	q := insight.ReadFrom(at.Query(), topic, true)
	_, query, _ := strings.Cut(insight.Address(insightBase, q, at.Query()), "?")
	p, err := view.Insight{View: d.View}.Topic(r.Context(), reader(r), q)
	if err != nil {
		return err
	}
	err = d.Flow.Insight().SaveView(r.Context(), r.Actor, flow.SaveView{Name: r.Field("name"), Topic: topic, Query: query, Organisation: p.Organisation, Every: r.Field("every"), Key: r.Key()})
	if err == nil {
		return r.Redirect(w, insightBase+"?done=saved")
	}
	said, ours := r.Say(err, fault.Invalid)
	if !ours {
		return err
	}
	title := r.T("This view was not saved")
	back := insight.Address(insightBase, q, at.Query())
	return d.show(w, r, areaInsight, web.Page{Title: title, Failed: true, Crumbs: crumbs(r, page.Crumb{Text: r.T("How it is going"), Href: insightBase}),
		Content: page.Group{heading1(title), page.Paragraph{Text: said}, page.Paragraph{HTML: page.LinkTo{Text: r.T("Back to the figures"), URL: back}}}})
}

// changeView is POST /desk/insight/views/{view}.
func (d *Desk) changeView(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	in := flow.ChangeView{View: r.PathValue("view")}
	switch do := r.Field("do"); do {
	case "remove":
		in.Remove = true
	case "stop":
	default:
		in.Every = do
	}
	if err := d.Flow.Insight().ChangeView(r.Context(), r.Actor, in); err != nil {
		return err
	}
	return r.Redirect(w, insightBase+"?done=changed")
}

// savedBanner says what became of a saved view.
func savedBanner(r *web.Request) page.Component {
	text := map[string]string{"saved": r.T("Saved. You find it under “Your saved views”."), "changed": r.T("Done.")}[r.Query("done")]
	if text == "" {
		return page.Group{}
	}
	return page.NotificationBanner{Type: "success", Text: text}
}
