package site

import (
	"net/http"
	"net/url"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
	"stoa/internal/web/paper"
)

// taxEstimate is /taxes/{tax}/estimate: what somebody would pay. The form is a link: nothing that is typed is kept, and what
// comes of it can be sent to somebody else.
func (s *Site) taxEstimate(w http.ResponseWriter, r *web.Request) error {
	e, err := s.View.Taxation().Estimate(r.Context(), reader(r), r.PathValue("tax"), r.URL.Query(), calendar.Date{})
	if err != nil {
		return err
	}
	base := "/taxes/" + e.Tax.ID + "/estimate"
	title := r.T("What would I pay?")
	main := page.Group{estimateResult(r, e), findObject(r, e, base), estimateForm(r, e, base)}
	content := page.Group{summary(r, e.Problems), heading1(e.Tax.Title, title),
		column(page.Paragraph{Text: r.T("An estimate for {period}. It binds nobody, and nothing that you type is kept.", i18n.V{"period": e.Period}), Classes: "govuk-body-l"}), column(main...)}
	p := web.Page{Title: title + " – " + e.Tax.Title, Area: "services", Content: content, NoIndex: r.URL.RawQuery != "",
		Crumbs: taxCrumbs(r, page.Crumb{Text: e.Tax.Title, Href: "/taxes/" + e.Tax.ID})}
	if p.Failed = len(e.Problems) > 0; p.Failed {
		p.Status = http.StatusUnprocessableEntity
	}
	return r.Render(w, p)
}

// estimateResult is what it comes to, and why.
func estimateResult(r *web.Request, e view.Estimate) page.Component {
	if e.Failed != "" {
		return page.WarningText{Text: e.Failed}
	}
	x := e.Result
	if x == nil {
		return nil
	}
	p := page.StatusPanel{Label: r.T("You would pay"), Status: x.Total, Tone: page.Info, Text: r.T("For {period}, from what you typed.", i18n.V{"period": x.Period})}
	if x.ByDay && x.Days < x.Whole {
		p.Text = r.T("For {liable}, from what you typed.", i18n.V{"liable": x.Liable})
	}
	g := page.Group{p, h2(r.T("How it comes to this")), paper.TaxReasons{P: r.P, Why: x}}
	if len(e.Due) > 1 {
		t := page.Table{Caption: r.T("With a bill of today you would pay"), CaptionClasses: "govuk-table__caption--s", Head: []page.Cell{{Text: r.T("Due")}, {Text: r.T("Amount"), Format: "numeric"}}}
		for _, i := range e.Due {
			t.Rows = append(t.Rows, []page.Cell{{HTML: page.ID(i.Due)}, {HTML: page.ID(i.Amount), Format: "numeric"}})
		}
		g = append(g, page.Details{SummaryText: r.P.N("In {n} instalment", "In {n} instalments", len(e.Due)), HTML: t})
	}
	return g
}

// findObject looks a home or a business up in the public register, so that its fields need not be known.
func findObject(r *web.Request, e view.Estimate, base string) page.Component {
	if e.Register.ID == "" {
		return nil
	}
	g := page.Group{h2(r.T("Find it in the register")), page.SearchBox{Action: base, Name: "find", Label: r.T("Address, postcode or number"), Value: e.Searched}}
	switch {
	case e.Object != nil:
		g = append(g, page.InsetText{HTML: page.Group{strong(e.Object.Label), page.Text(" "), page.Text(joined(e.Object.Facts...))}})
	case e.Searched != "" && len(e.Hits) == 0:
		g = append(g, page.InsetText{Text: r.T("Nothing was found for “{words}”. Check the spelling, or type what you know below.", i18n.V{"words": e.Searched})})
	}
	var items []page.Component
	for _, h := range e.Hits {
		items = append(items, page.Group{page.LinkTo{Text: h.Label, URL: base + "?object=" + url.QueryEscape(h.Key)}, page.Text(" " + joined(h.Facts...))})
	}
	if len(items) > 0 {
		g = append(g, page.List{Items: items})
	}
	return g
}

// estimateForm asks for the object's fields and the facts.
func estimateForm(r *web.Request, e view.Estimate, base string) page.Component {
	f := form{r: r, base: base}
	g := page.Group{h2(r.T("What is known"))}
	if e.Object != nil {
		g = append(g, page.Hidden{Name: "object", Value: e.Object.Key})
	}
	var more page.Group
	for _, x := range append(e.Fields, e.Declared...) {
		c := f.control(x)
		if x.Type == "one_of" && len(x.Options) > 6 { // a long list is better folded
			c = selectOf(f, x)
		}
		if x.Optional && x.Error == "" && x.Typed[x.ID] == "" && x.Typed[x.ID+"-day"] == "" {
			more = append(more, c)
			continue
		}
		g = append(g, c)
	}
	if e.From.ID != "" {
		more = append(more, f.control(e.From))
	}
	if len(more) > 0 {
		g = append(g, page.Details{SummaryText: r.T("More that can matter"), HTML: more, Open: e.From.Error != ""})
	}
	return page.Form{Action: base, Method: "get", HTML: append(g, page.Button{Text: r.T("Work it out"), Name: "do", Value: "show"})}
}

func selectOf(f form, x view.Field) page.Component {
	s := page.Select{Name: x.ID, Value: x.Typed[x.ID], Label: f.label(x), Hint: hint(x), ErrorMessage: wrong(x)}
	if x.Typed[x.ID] == "" {
		s.Items = append(s.Items, page.Option{})
	}
	for _, o := range x.Options {
		s.Items = append(s.Items, page.Option{Value: o.Value, Text: o.Label})
	}
	return s
}
