package desk

import (
	"net/http"
	"net/url"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// homePage is /desk: the reader's own work first, then what lies in their organisations.
type homePage struct {
	view.Desk
	P     *i18n.Printer
	Name  string
	Tiles page.StatTiles
}

func (d *Desk) home(w http.ResponseWriter, r *web.Request) error {
	desk, err := d.View.Desk(r.Context(), reader(r))
	if err != nil {
		return err
	}
	return d.show(w, r, areaHome, web.Page{Title: r.T("My work"), Content: home(homePage{desk, r.P, r.Actor.Name, tiles(r.P, desk)})})
}

func tiles(p *i18n.Printer, d view.Desk) page.StatTiles {
	t := page.StatTiles{Label: p.T("At a glance")}
	add := func(n view.Number, label, text, path string, tone page.Tone) {
		if n.N == 0 {
			tone = page.Neutral
		}
		t.Tiles = append(t.Tiles, page.Stat{Label: label, Value: number(p, n), Text: text, URL: path, Tone: tone})
	}
	if d.Cases {
		mine := ""
		if len(d.Covering) > 0 {
			mine = p.T("with those of {names}", i18n.V{"names": strings.Join(d.Covering, ", ")})
		}
		add(d.Mine, p.T("My cases"), mine, address("/desk/cases", url.Values{"assignee": {view.AssigneeMine}}), page.Info)
		add(d.Overdue, p.T("Overdue"), p.T("in my organisations"), address("/desk/cases", url.Values{"due": {view.DueOverdue}}), page.Bad)
		add(d.Unassigned, p.T("Unassigned"), p.T("in my organisations"), address("/desk/cases", url.Values{"assignee": {view.AssigneeNone}}), page.Caution)
		add(d.Awaiting, p.T("Awaiting approval"), p.T("by a supervisor"), address("/desk/cases", url.Values{"awaiting": {"yes"}}), page.Caution)
	}
	if d.Consults {
		add(d.Asked, p.T("Consultations to answer"), p.T("asked of my organisations"), "/desk/consultations", page.Caution)
	}
	return t
}

// lines are rows of a queue, for this page and for /desk/cases.
func lines(p *i18n.Printer, caption string, columns []page.Column, rows []view.QueueLine, empty page.EmptyState) page.QueueTable {
	t := page.QueueTable{Caption: caption, CaptionHidden: true, Columns: columns, Empty: empty}
	for _, l := range rows {
		row := page.QueueRow{Cells: []page.Cell{
			{HTML: caseLink(l)}, {HTML: dueCell(p, l)}, {HTML: stateTag(l.State, l.Ending, l.Awaiting)}, {HTML: assigneeCell(p, l)},
			{Text: l.Service}, {HTML: instant(l.Submitted)},
		}}
		if l.Timing.Level == "late" {
			row.Tone = page.Bad
		} else if l.Timing.Level == "soon" {
			row.Tone = page.Caution
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// queueColumns are the heads without sorting. What decides stands first: a small screen shows no more.
func queueColumns(p *i18n.Printer) []page.Column {
	return []page.Column{{Text: p.T("Case")}, {Text: p.T("Deadline")}, {Text: p.T("State")}, {Text: p.T("Officer")}, {Text: p.T("Service")}, {Text: p.T("Submitted")}}
}
