package site

import (
	"net/http"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// privacy is /privacy: what is held about people, why, how long, and to whom it is given, as the files in force say it.
func (s *Site) privacy(w http.ResponseWriter, r *web.Request) error {
	p := s.View.Privacy().Processing(reader(r))
	title := r.T("Privacy")
	parts := page.Group{heading1("", title),
		body(r.T("Each service asks only what it needs. Its page says what for, by which law, and how long we keep it.")),
		body(r.T("Your answers and documents are encrypted under a key of your own. Every time somebody of an office opens them, you see it in your account.")),
		h2(r.T("What you can do")), dataLinks(r),
		h2(r.T("What we hold, why, and how long")),
		body(r.T("This is the record of processing activities (Article 30 of the General Data Protection Regulation). It is made from the files by which this site works, so it is never behind them.")),
	}
	for _, a := range p.Activities {
		parts = append(parts, page.Details{ID: a.ID, SummaryText: a.Title + " · " + a.For, HTML: activity(r, a)})
	}
	if len(p.Recipients) > 0 {
		parts = append(parts, h2(r.T("Whom we give it to")), recipients(r, p.Recipients))
	}
	parts = append(parts, h2(r.T("How it is protected")), page.List{Items: texts(p.Measures)},
		body(r.T("An application that you begin and do not send is forgotten 60 days after you last touched it.")))
	parts = append(parts, page.Paragraph{HTML: link(r.T("Draft of a data-protection impact assessment"), "/privacy/impact")},
		page.Paragraph{HTML: link(r.T("The record as data (JSON)"), "/privacy/record.json")})
	if p.Officer.Email != "" {
		parts = append(parts, contactBlock(p.Officer.Name, p.Officer))
	} else {
		parts = append(parts, contactBlock(r.T("Contact"), s.View.Contact(reader(r))))
	}
	if p.Authority.Text != "" {
		parts = append(parts, h2(r.T("If you are not satisfied")), body(r.T("You can complain to the authority that watches over data protection:")), page.Paragraph{HTML: lawLink(p.Authority)})
	}
	return r.Render(w, web.Page{Title: title, Content: column(parts...)})
}

func texts(list []string) (all []page.Component) {
	for _, t := range list {
		all = append(all, page.Text(t))
	}
	return all
}

func lawLink(l view.Law) page.Component {
	if l.URL == "" {
		return page.Text(l.Text)
	}
	return link(l.Text, l.URL)
}

// activity is one processing activity.
func activity(r *web.Request, a view.Activity) page.Component {
	rows := []page.SummaryRow{{Key: page.Cell{Text: r.T("About whom")}, Value: page.Cell{Text: a.Subjects}}}
	for _, p := range a.Purposes {
		basis := page.Group{lawLink(p.Law)}
		if p.Consent {
			basis = page.Group{page.Text(r.T("Your consent") + ", "), lawLink(p.Law)}
		}
		rows = append(rows, page.SummaryRow{Key: page.Cell{Text: p.Purpose}, Value: page.Cell{HTML: page.Group{
			page.Paragraph{HTML: page.Text(strings.Join(p.Data, ", "))}, page.Paragraph{HTML: basis}, page.Paragraph{HTML: page.Text(r.T("Kept:") + " " + p.Keep)}}}})
	}
	if len(a.From) > 0 {
		rows = append(rows, page.SummaryRow{Key: page.Cell{Text: r.T("Where else it comes from")}, Value: page.Cell{Text: strings.Join(a.From, ", ")}})
	}
	if len(a.Given) > 0 {
		rows = append(rows, page.SummaryRow{Key: page.Cell{Text: r.T("Who else gets it")}, Value: page.Cell{Text: strings.Join(a.Given, ", ")}})
	}
	g := page.Group{page.SummaryList{Rows: rows}}
	if a.URL != "" {
		g = append(g, page.Paragraph{HTML: link(a.Title, a.URL)})
	}
	return g
}

func recipients(r *web.Request, list []view.RecipientLine) page.Component {
	t := page.QueueTable{Caption: r.T("Whom we give it to"), CaptionHidden: true, Stack: true,
		Columns: []page.Column{{Text: r.T("Who")}, {Text: r.T("Which data")}, {Text: r.T("What for")}, {Text: r.T("Law")}}}
	for _, x := range list {
		who := x.Name
		if x.ForUs {
			who = r.T("{name}, works for us", i18n.V{"name": x.Name})
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: who}, {Text: x.What}, {HTML: page.Group{page.Text(x.Why), small(x.Transfer)}}, {HTML: lawLink(x.Law)}}})
	}
	return t
}

// impact is /privacy/impact: the draft of an assessment.
func (s *Site) impact(w http.ResponseWriter, r *web.Request) error {
	m := s.View.Privacy().Impact(reader(r))
	title := r.T("Data-protection impact assessment: a draft")
	g := page.Group{heading1(m.Name, title),
		body(r.T("This draft is made from the files by which this site works (Article 35 of the General Data Protection Regulation). It gathers the facts. People have to judge them, and the data protection officer has to be heard."))}
	var figures []page.SummaryRow
	for _, n := range m.Record {
		figures = append(figures, page.SummaryRow{Key: page.Cell{Text: n.What}, Value: page.Cell{Text: r.P.Plain(n.N)}})
	}
	g = append(g, page.SummaryList{Rows: figures}, h2(r.T("Is an assessment needed?")))
	if m.Needed {
		g = append(g, body(r.T("Yes: two or more of the nine criteria of the European authorities are met.")))
	} else {
		g = append(g, body(r.T("Fewer than two of the nine criteria of the European authorities are met. It may still be wise.")))
	}
	criteria := page.QueueTable{Caption: r.T("The nine criteria"), CaptionHidden: true, Stack: true, Columns: []page.Column{{Text: r.T("Criterion")}, {Text: r.T("Met")}, {Text: r.T("Where")}}}
	for _, c := range m.Criteria {
		met := r.T("No")
		if c.Met {
			met = r.T("Yes")
		}
		criteria.Rows = append(criteria.Rows, page.QueueRow{Cells: []page.Cell{{Text: c.Title}, {Text: met}, {Text: strings.Join(c.Facts, "; ")}}})
	}
	risks := page.QueueTable{Caption: r.T("Risks for people"), CaptionHidden: true, Stack: true, Columns: []page.Column{{Text: r.T("What could happen")}, {Text: r.T("What stands against it")}}}
	for _, x := range m.Risks {
		risks.Rows = append(risks.Rows, page.QueueRow{Cells: []page.Cell{{Text: x.Risk}, {Text: x.Against}}})
	}
	g = append(g, criteria, h2(r.T("Risks for people")), risks, h2(r.T("How it is protected")), page.List{Items: texts(m.Measures)},
		h2(r.T("What people have to answer")), page.List{Items: texts(m.Open)}, page.Paragraph{HTML: link(r.T("The draft as data (JSON)"), "/privacy/impact.json")})
	return r.Render(w, web.Page{Title: title, Content: column(g...), Back: "/privacy"})
}
