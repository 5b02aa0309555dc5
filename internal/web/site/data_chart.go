package site

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/chart"
	"stoa/internal/web/page"
)

// chartRoutes are the pages on which a dataset is filtered and drawn.
func (s *Site) chartRoutes() []web.Route {
	var routes []web.Route
	for _, at := range []string{"/data/{dataset}", "/data/{dataset}/v/{number}"} {
		routes = append(routes,
			web.Route{Method: "GET", Pattern: at + "/chart", Area: web.Public, Action: policy.DataRead, Handle: s.dataChart},
			web.Route{Method: "GET", Pattern: at + "/chart.csv", Area: web.System, Action: policy.DataRead, Handle: s.dataChartCSV})
	}
	return routes
}

const chartFilters = 8

// readChart reads the question from the address.
func readChart(values url.Values) view.DataQuestion {
	get := func(name string) string { return strings.TrimSpace(values.Get(name)) }
	q := view.DataQuestion{By: get("by"), Split: get("split"), Of: get("of"), Kind: get("kind"), Sort: get("sort"), Show: values["show"]}
	for i := 1; i <= chartFilters; i++ {
		n := strconv.Itoa(i)
		f := view.DataFilter{Column: get("c" + n), Op: get("o" + n), Value: get("v" + n)}
		if f.Column == "" || f.Value == "" && f.Op != view.FilterEmpty && f.Op != view.FilterFilled {
			continue // a line of the form that was left open
		}
		q.Where = append(q.Where, f)
	}
	return q
}

// chartQuery writes it, with nothing that says nothing.
func chartQuery(q view.DataQuestion) string {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("by", q.By)
	set("split", q.Split)
	set("of", q.Of)
	set("kind", q.Kind)
	if q.Sort != view.SortFigure {
		set("sort", q.Sort)
	}
	for _, s := range q.Show {
		v.Add("show", s)
	}
	for i, f := range q.Where {
		n := strconv.Itoa(i + 1)
		set("c"+n, f.Column)
		set("o"+n, f.Op)
		set("v"+n, f.Value)
	}
	return v.Encode()
}

// chartVersion is the number of the version in the address; 0 where it means the newest.
func chartVersion(r *web.Request) int {
	if n := r.PathValue("number"); n != "" {
		return dataNumber(n)
	}
	return 0
}

// dataChart is /data/{dataset}/chart and /data/{dataset}/v/{number}/chart: what is shown is in the address alone.
func (s *Site) dataChart(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Data().Chart(r.Context(), reader(r), r.PathValue("dataset"), chartVersion(r), readChart(r.URL.Query()))
	if err != nil {
		return err
	}
	n := strconv.Itoa(p.Number)
	version := "/data/" + p.ID + "/v/" + n
	title := r.T("Filter and draw")
	lead := page.Group{heading1(p.DatasetLine.Title, title)}
	if p.Title != "" {
		title = p.Title
	}
	if len(p.Problems) > 0 {
		lead = append(page.Group{summary(r, p.Problems)}, lead...)
	}
	from := r.P.H("From {version}.", i18n.V{"version": link(r.T("version {n}", i18n.V{"n": n}), version)})
	lead = append(lead, page.Paragraph{HTML: from})
	if len(p.Filters) > 0 {
		lead = append(lead, page.Paragraph{Text: r.T("Only rows of which this is true: {filters}.", i18n.V{"filters": r.P.List(p.Filters)})})
	}
	lead = append(lead, page.Paragraph{HTML: link(r.T("Change what is shown"), "#change"), Classes: "stoa-narrow-only"})
	query := chartQuery(p.Question)
	main := page.Group{}
	if len(p.Problems) == 0 {
		main = append(main, shownChart(r, p, version+"/chart.csv?"+query), sharing(r, p, r.URLOf(version+"/chart?"+query)))
	}
	content := page.Group{column(lead), page.TwoColumns{Main: main, Side: chartForm(r, p), SideLabel: r.T("Change what is shown")}}
	return r.Render(w, web.Page{Title: title + ": " + p.DatasetLine.Title, Area: "data", Content: content, NoIndex: true, Charts: true, Failed: len(p.Problems) > 0,
		Crumbs: setCrumbs(r, p.DatasetLine)})
}

// dataChartCSV is the same with everything in it, for calculating with.
func (s *Site) dataChartCSV(w http.ResponseWriter, r *web.Request) error {
	name, body, err := s.View.Data().ChartCSV(r.Context(), reader(r), r.PathValue("dataset"), chartVersion(r), readChart(r.URL.Query()))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return r.Share(w, "text/csv; charset=utf-8; header=present", web.ForSeconds, body)
}

// shownChart is the picture, the map or the rows.
func shownChart(r *web.Request, p view.DataChart, csv string) page.Component {
	if !p.Answered {
		return page.InsetText{Text: r.T("No row passes these filters, so there is nothing to show. Take one away.")}
	}
	frame := chart.Frame{ID: "picture", Title: p.Title, Printer: r.P, CSVURL: csv, Notes: p.Notes, Open: true,
		Source: r.P.H("Source: {organisation}, {title}", i18n.V{"organisation": p.Organisation, "title": p.DatasetLine.Title})}
	switch p.Question.Kind {
	case view.KindRows:
		return chartRows(r, p, csv)
	case view.KindMap:
		m := chart.Map{Frame: frame, Unit: unitOf(p.Figure), Of: p.Figure.Of}
		for _, pl := range p.Places {
			m.Points = append(m.Points, chart.Point{Name: pl.Name, Lon: pl.Lon, Lat: pl.Lat, Value: figureOf(pl.Value), Plain: pl.Plain})
		}
		m.Finding = r.P.N("{n} place.", "{n} places.", len(m.Points))
		return m
	}
	return drawnChart(r, p, frame)
}

func drawnChart(r *web.Request, p view.DataChart, frame chart.Frame) page.Component {
	c := chart.Chart{Frame: frame, Unit: unitOf(p.Figure), Of: p.Figure.Of, Categories: p.Figure.Categories, Dates: p.Figure.Dates, Grain: chart.Grain(p.Figure.Grain),
		Kind: map[string]chart.Kind{view.KindBars: chart.Bars, view.KindLines: chart.Lines, view.KindStack: chart.Stack, view.KindArea: chart.Area, view.KindPanels: chart.Panels}[p.Question.Kind]}
	for _, series := range p.Figure.Series {
		out := chart.Series{Name: series.Name}
		for _, v := range series.Values {
			out.Values = append(out.Values, figureOf(v))
		}
		c.Series = append(c.Series, out)
	}
	if c.Kind == chart.Area && c.Check() != nil {
		c.Kind = chart.Lines
		c.Notes = append(c.Notes, r.T("Some figures are below zero, so lines are drawn instead of areas."))
	}
	c.Finding = chartFinding(r, p, c)
	return c
}

// chartFinding is what the picture says, in a sentence that its figures carry.
func chartFinding(r *web.Request, p view.DataChart, c chart.Chart) string {
	adds := p.Question.Of == "count" || strings.HasPrefix(p.Question.Of, "sum.")
	if known, held := knownOf(p); known == 0 && held > 0 {
		return r.T("Every figure is held back here, since each is of few people or cases.")
	}
	if adds && len(c.Series) > 1 {
		c.Series = []chart.Series{totalOf(c)}
	}
	found := chart.First(c.Change(0), c.Trend(0))
	if found == "" && adds && !p.Figure.Rest {
		found = c.Share(0)
	}
	if found == "" {
		known := c
		if p.Figure.Rest { // all others together are not the highest of anything
			last := len(c.Categories) - 1
			known.Categories, known.Series = c.Categories[:last], []chart.Series{{Name: c.Series[0].Name, Values: c.Series[0].Values[:last]}}
		}
		found = known.Highest(0)
	}
	if found == "" {
		return r.P.N("{n} row is behind this picture.", "{n} rows are behind this picture.", int(p.Found))
	}
	if _, held := knownOf(p); held > 0 {
		return r.T("Of the figures that are not held back: {sentence}", i18n.V{"sentence": found})
	}
	return found
}

// knownOf counts the figures that are known, and those that are held back.
func knownOf(p view.DataChart) (known, held int) {
	for _, series := range p.Figure.Series {
		for _, v := range series.Values {
			switch {
			case v.Held:
				held++
			case v.Known:
				known++
			}
		}
	}
	return known, held
}

// totalOf is the sum of all series; held back or missing where one of them is.
func totalOf(c chart.Chart) chart.Series {
	total := chart.Series{Values: make([]chart.Value, len(c.Series[0].Values))}
	for _, s := range c.Series {
		for i, v := range s.Values {
			if v.Is > total.Values[i].Is {
				total.Values[i].Is = v.Is
			}
			total.Values[i].N += v.N
		}
	}
	return total
}

func unitOf(f view.DataFigures) chart.Unit { return chart.Unit{Text: f.Unit, Money: f.Currency} }

func figureOf(v view.DataValue) chart.Value {
	switch {
	case v.Held:
		return chart.Value{Is: chart.Suppressed}
	case !v.Known:
		return chart.Value{Is: chart.Missing}
	}
	return chart.Num(v.N)
}

// chartRows are single rows as a table.
func chartRows(r *web.Request, p view.DataChart, csv string) page.Component {
	t := page.Table{Caption: r.P.N("{n} row", "{n} rows", int(p.Found)), CaptionClasses: "govuk-table__caption--m"}
	for _, c := range p.Rows.Head {
		t.Head = append(t.Head, page.Cell{Text: c.Title, Format: numeric(c)})
	}
	for _, row := range p.Rows.Cells {
		var cells []page.Cell
		for i, text := range row {
			cell := page.Cell{HTML: page.ID(text), Format: numeric(p.Rows.Head[i])}
			if text == "" {
				cell.HTML = noValue(r.T("empty"))
			}
			cells = append(cells, cell)
		}
		t.Rows = append(t.Rows, cells)
	}
	g := page.Group{page.Scroll{Label: t.Caption, HTML: t}}
	for _, n := range p.Notes {
		g = append(g, body(n))
	}
	return append(g, page.Paragraph{HTML: link(r.T("Download as CSV"), csv)})
}

// sharing is how to pass this very picture on, and how to name the data behind it.
func sharing(r *web.Request, p view.DataChart, at string) page.Component {
	return page.Group{
		page.Heading{Text: r.T("Share and cite"), ID: "share"},
		body(r.T("This link always gives the same picture of the same version:")),
		code(at),
		body(r.T("How to cite the data behind it:")),
		page.InsetText{HTML: cited(p.Cite.Text)},
	}
}
