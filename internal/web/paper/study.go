package paper

import (
	"context"
	"io"
	"strconv"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web/chart"
	"stoa/internal/web/page"
)

// Study is what a change would do, as everybody may read it; the desk shows the same before it is published.
type Study struct {
	view.StudyPage
	P *i18n.Printer
}

// Render prints it: what it found in sentences, then pictures and tables, then what it rests on.
func (s Study) Render(ctx context.Context, w io.Writer) error {
	p, g := s.P, page.Group{}
	if r := s.Result; r != nil {
		var says []page.Component
		for _, text := range r.Findings {
			says = append(says, page.Text(text))
		}
		g = append(g, page.Heading{Level: 2, Text: p.T("What it would do")}, page.InsetText{HTML: page.List{Items: says}})
	}
	var tried []page.Component
	for _, text := range s.Change {
		tried = append(tried, page.Text(text))
	}
	g = append(g, page.Heading{Level: 2, Text: p.T("What is tried")}, page.List{Items: tried})
	if s.Result != nil {
		g = append(g, s.money(), s.groups(), s.flips(), s.queue(), s.lacking(), s.inputs())
	}
	return g.Render(ctx, w)
}

// figure is a number of a study, or that it is not shown.
func (s Study) figure(n int64) page.Cell {
	if n < 0 {
		return page.Cell{Text: s.P.T("not shown"), Format: "numeric"}
	}
	return page.Cell{Text: s.P.Plain(int(n)), Format: "numeric"}
}

func (s Study) money() page.Component {
	r := s.Result
	if len(r.Money) == 0 {
		return page.Group{}
	}
	t := page.QueueTable{Caption: s.P.T("Money"), Stack: true, Columns: []page.Column{{Text: s.P.T("What")}, {Text: s.P.T("Rules in force"), Format: "numeric"}, {Text: s.P.T("With the change"), Format: "numeric"}, {Text: s.P.T("Difference"), Format: "numeric"}}}
	for _, m := range r.Money {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: m.What}, {Text: m.Before, Format: "numeric"}, {Text: m.After, Format: "numeric"}, {Text: m.Change, Format: "numeric"}}})
	}
	return t
}

// groups are who gains and who loses: a picture of each fact that tells people apart, with its table.
func (s Study) groups() page.Component {
	p, out := s.P, page.Group{}
	if len(s.Result.Groups) == 0 {
		return out
	}
	out = append(out, page.Heading{Level: 2, Text: p.T("Who gains and who loses")},
		page.Paragraph{Text: p.T("People in the past, put together by what they said. Groups of fewer than {n} are not shown, and others with them where a sum would give one away.", i18n.V{"n": p.Plain(s.Result.Raw.Floor)})})
	for i, g := range s.Result.Groups {
		c := chart.Chart{Frame: chart.Frame{ID: "group-" + strconv.Itoa(i+1), Title: g.Title, Printer: p, Headings: 3}, Kind: chart.Stack, Of: g.Title, Unit: chart.Unit{Text: p.T("past cases")},
			Series: []chart.Series{{Name: p.T("Would pay more")}, {Name: p.T("Would pay the same")}, {Name: p.T("Would pay less")}, {Name: p.T("Could not apply, or could now")}}}
		t := page.QueueTable{Caption: p.T("Money by group"), Stack: true, Columns: []page.Column{{Text: g.Title}, {Text: p.T("Past cases"), Format: "numeric"}, {Text: p.T("Rules in force"), Format: "numeric"}, {Text: p.T("With the change"), Format: "numeric"}}}
		for _, row := range g.Rows {
			c.Categories = append(c.Categories, row.Title)
			for k, n := range []int64{row.More, row.Same, row.Less, row.Unsent} {
				v := chart.Num(float64(max(0, n)))
				if n < 0 {
					v = chart.Value{Is: chart.Suppressed}
				}
				c.Series[k].Values = append(c.Series[k].Values, v)
			}
			money := func(text string) page.Cell {
				if text == "" {
					return s.figure(-1)
				}
				return page.Cell{Text: text, Format: "numeric"}
			}
			t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: row.Title}, s.figure(row.Cases), money(row.Before), money(row.After)}})
		}
		c.Finding = s.groupFinding(g)
		out = append(out, c, page.Details{SummaryText: p.T("Money by group: {fact}", i18n.V{"fact": g.Title}), HTML: t})
	}
	return out
}

// groupFinding names the group that loses most, or that gains most where none loses.
func (s Study) groupFinding(g view.StudyGroup) string {
	best := func(of func(view.StudyRow) int64) (at int, share float64) {
		at = -1
		for i, r := range g.Rows {
			if n := of(r); n > 0 && r.Cases > 0 && float64(n)/float64(r.Cases) > share {
				at, share = i, float64(n)/float64(r.Cases)
			}
		}
		return at, share
	}
	percent := func(share float64) string { return s.P.Percent(s.P.Plain(int(share*100 + 0.5))) }
	if at, share := best(func(r view.StudyRow) int64 { return r.More }); at >= 0 {
		return s.P.T("Most often “{group}” would pay more: {share} of them.", i18n.V{"group": g.Rows[at].Title, "share": percent(share)})
	}
	if at, share := best(func(r view.StudyRow) int64 { return r.Less }); at >= 0 {
		return s.P.T("Nobody that is shown would pay more. Most often “{group}” would pay less: {share} of them.", i18n.V{"group": g.Rows[at].Title, "share": percent(share)})
	}
	return s.P.T("In what is shown, nobody would pay more or less.")
}

func (s Study) cases(list []view.StudyCase) page.Component {
	g := page.Group{}
	for i, c := range list {
		if i > 0 {
			g = append(g, page.Text(", "))
		}
		g = append(g, page.LinkTo{Text: c.Number, URL: "/desk/cases/" + c.ID})
	}
	return g
}

func (s Study) flips() page.Component {
	p, r := s.P, s.Result
	if len(r.Flips) == 0 {
		return page.Group{}
	}
	t := page.QueueTable{Caption: p.T("Cases that would have ended otherwise"), Stack: true, Columns: []page.Column{{Text: p.T("It was")}, {Text: p.T("It would be")}, {Text: p.T("Because of")}, {Text: p.T("Past cases"), Format: "numeric"}}}
	examples := false
	for _, f := range r.Flips {
		examples = examples || len(f.Cases) > 0
	}
	if examples {
		t.Columns = append(t.Columns, page.Column{Text: p.T("For example")})
	}
	for _, f := range r.Flips {
		row := page.QueueRow{Cells: []page.Cell{{Text: f.From}, {Text: f.To}, {Text: f.Why}, s.figure(int64(f.N))}}
		if examples {
			row.Cells = append(row.Cells, page.Cell{HTML: s.cases(f.Cases)})
		}
		t.Rows = append(t.Rows, row)
	}
	return page.Group{page.Heading{Level: 2, Text: p.T("Cases that would have ended otherwise")}, t}
}

func (s Study) queue() page.Component {
	p, q := s.P, s.Result.Queue
	if q == nil {
		return page.Group{}
	}
	decimal := func(n float64) string { return p.Number(strconv.FormatFloat(n, 'f', 1, 64)) }
	caption, title, unit, series, per := p.T("Office hours that cases wait to be taken up"), p.T("Hours that cases wait, by number of officers"), p.T("hours"), p.T("Hours waited on average"), 1.0
	if q.Raw.Day > 0 { // studies from before know hours alone
		caption, title, unit, series, per = p.T("Working days that cases wait to be taken up"), p.T("Working days that cases wait, by number of officers"), p.T("working days"), p.T("Working days waited on average"), 60/q.Raw.Day
	}
	t := page.QueueTable{Caption: caption, Stack: true, Columns: []page.Column{{Text: p.T("Officers"), Format: "numeric"}, {Text: p.T("On average"), Format: "numeric"}, {Text: p.T("Give or take"), Format: "numeric"},
		{Text: p.T("9 in 10 wait at most"), Format: "numeric"}, {Text: p.T("Officers’ time taken"), Format: "numeric"}}}
	c := chart.Chart{Frame: chart.Frame{ID: "waiting", Title: title, Printer: p, Headings: 3, Finding: q.Says[0]}, Kind: chart.Bars, Of: p.T("Officers"), Unit: chart.Unit{Text: unit, Decimals: 1}, Series: []chart.Series{{Name: series}}}
	for _, one := range q.Raw.Plays {
		name := p.Plain(one.Officers)
		switch one.Officers {
		case q.Raw.Now:
			name = p.T("{n} (now)", i18n.V{"n": name})
		case q.Raw.Then:
			name = p.T("{n} (tried)", i18n.V{"n": name})
		}
		c.Categories, c.Series[0].Values = append(c.Categories, name), append(c.Series[0].Values, chart.Num(one.Mean*per))
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: name, Format: "numeric"}, {Text: decimal(one.Mean * per), Format: "numeric"}, {Text: decimal(one.Within * per), Format: "numeric"}, {Text: decimal(one.Most * per), Format: "numeric"}, {Text: p.Percent(p.Plain(int(one.Busy*100 + 0.5))), Format: "numeric"}}})
	}
	measured := p.T("How long a case takes was given: {n} minutes on average.", i18n.V{"n": decimal(q.Raw.Minutes)})
	if q.Raw.Measured > 0 {
		measured = p.T("How long a case takes was measured on {cases} cases, from one step of an officer to the next: {n} minutes on average.", i18n.V{"cases": p.Plain(q.Raw.Measured), "n": decimal(q.Raw.Minutes)})
	}
	if q.Raw.Waited > 0 {
		measured += " " + p.T("Officers do other work too: they are taken to have {minutes} minutes of a day for these cases, because with that the queue waits as long as people did, {days} working days on average until somebody took a first step.",
			i18n.V{"minutes": p.Plain(int(q.Raw.Day + .5)), "days": decimal(q.Raw.Waited)})
	}
	return page.Group{page.Heading{Level: 2, Text: p.T("Waiting")}, c, t, page.Paragraph{Text: p.T("{n} cases as they came in, on {days} working days, are taken up in their order by whoever is free.", i18n.V{"n": p.Plain(q.Raw.Arrivals), "days": p.Plain(q.Raw.Days)}) + " " + measured}}
}

func (s Study) lacking() page.Component {
	p, r := s.P, s.Result
	if len(r.Lacking) == 0 {
		return page.Group{}
	}
	t := page.QueueTable{Caption: p.T("Past cases that are left out"), Stack: true, Columns: []page.Column{{Text: p.T("Why")}, {Text: p.T("Past cases"), Format: "numeric"}}}
	examples := false
	for _, l := range r.Lacking {
		examples = examples || len(l.Cases) > 0
	}
	if examples {
		t.Columns = append(t.Columns, page.Column{Text: p.T("For example")})
	}
	for _, l := range r.Lacking {
		row := page.QueueRow{Cells: []page.Cell{{Text: l.What}, s.figure(int64(l.N))}}
		if examples {
			row.Cells = append(row.Cells, page.Cell{HTML: s.cases(l.Cases)})
		}
		t.Rows = append(t.Rows, row)
	}
	return page.Group{page.Heading{Level: 2, Text: p.T("Past cases that are left out")}, page.Paragraph{Text: p.T("They were made under other rules and do not hold what these ask for. Nothing was guessed for them.")}, t}
}

func (s Study) inputs() page.Component {
	p, r := s.P, s.Result
	list := page.SummaryList{Rows: []page.SummaryRow{{Key: page.Cell{Text: p.T("Past cases looked at")}, Value: s.figure(int64(r.Raw.Cases))},
		{Key: page.Cell{Text: p.T("Submitted")}, Value: page.Cell{Text: r.Days}}}}
	for _, i := range r.Inputs {
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: i.What}, Value: page.Cell{HTML: page.ID(i.Hash)}})
	}
	return page.Group{page.Heading{Level: 2, Text: p.T("What it rests on")},
		page.Paragraph{Text: p.T("The same program that decides has judged past cases again under the changed rules, with what people said and what registers held then. It does not say how people would behave differently.")},
		page.Paragraph{Text: p.T("“Rules in force” are those of the day of the study, for all cases alike, also those that came while others were in force. An ending is the one that a case really had.")},
		page.Details{SummaryText: p.T("Fingerprints of the inputs"), HTML: list}}
}
