package site

import (
	"slices"
	"strconv"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// chartForm asks the question again, otherwise.
func chartForm(r *web.Request, p view.DataChart) page.Component {
	action := "/data/" + p.ID + "/v/" + strconv.Itoa(p.Number) + "/chart"
	q := p.Question
	field := func(name, label, hint, value string, choices []view.DataChoice, none string) page.Component {
		s := page.Select{Name: name, ID: name, Label: page.Label{Text: label}, Hint: page.Hint{Text: hint}, Value: value}
		if text := problemOf(p.Problems, name); text != "" {
			s.ErrorMessage = page.ErrorMessage{Text: text}
		}
		if none != "" {
			s.Items = append(s.Items, page.Option{Text: none})
		}
		for _, c := range choices {
			s.Items = append(s.Items, page.Option{Value: c.Value, Text: c.Text})
		}
		return s
	}
	fields := []page.Component{
		field("of", r.P.C("statistics", "Figure"), "", q.Of, p.Choices.Of, ""),
		field("by", r.T("For each"), "", q.By, p.Choices.By, r.T("Nothing: single rows")),
		field("split", r.T("And for each"), "", q.Split, p.Choices.By, r.T("Nothing more")),
		field("kind", r.T("Picture"), "", q.Kind, chartKinds(r, p), r.T("Whatever shows most")),
		field("sort", r.P.C("sorting", "Order"), "", q.Sort, []view.DataChoice{{Value: view.SortFigure, Text: r.T("Largest first")}, {Value: view.SortName, Text: r.T("By name")}}, ""),
	}
	for i := range min(len(q.Where)+1, chartFilters) {
		f := view.DataFilter{Op: view.FilterIs}
		if i < len(q.Where) {
			f = q.Where[i]
		}
		fields = append(fields, filterLine(r, p, i+1, f))
	}
	if q.Kind == view.KindRows {
		fields = append(fields, shownColumns(r, p))
	}
	return exploreForm(r, action, fields, action)
}

func problemOf(list []view.Problem, field string) string {
	i := slices.IndexFunc(list, func(p view.Problem) bool { return p.Anchor == field })
	if i < 0 {
		return ""
	}
	return list[i].Text
}

func chartKinds(r *web.Request, p view.DataChart) []view.DataChoice {
	names := map[string]string{view.KindBars: r.T("Bars"), view.KindLines: r.P.C("picture", "Lines"), view.KindStack: r.T("Bars made of parts"), view.KindArea: r.T("Areas"),
		view.KindPanels: r.T("A small picture for each"), view.KindMap: r.T("Map"), view.KindRows: r.T("Table of single rows")}
	var list []view.DataChoice
	for _, k := range view.DataKinds {
		if k == view.KindMap && !p.HasPlaces {
			continue
		}
		list = append(list, view.DataChoice{Value: k, Text: names[k]})
	}
	return list
}

// filterLine is one filter; the last one of the form is empty.
func filterLine(r *web.Request, p view.DataChart, n int, f view.DataFilter) page.Component {
	number := strconv.Itoa(n)
	hidden := "govuk-visually-hidden"
	columns := page.Select{Name: "c" + number, ID: "c" + number, Label: page.Label{Text: r.T("Column"), Classes: hidden}, Value: f.Column, Items: []page.Option{{Text: r.T("All rows")}}}
	for _, c := range p.Columns {
		columns.Items = append(columns.Items, page.Option{Value: c.ID, Text: c.Title})
	}
	ways := page.Select{Name: "o" + number, ID: "o" + number, Label: page.Label{Text: r.T("Comparison"), Classes: hidden}, Value: f.Op, Items: []page.Option{
		{Value: view.FilterIs, Text: r.T("is")}, {Value: view.FilterNot, Text: r.T("is not")}, {Value: view.FilterFrom, Text: r.T("from")}, {Value: view.FilterTo, Text: r.T("to")},
		{Value: view.FilterHas, Text: r.T("contains")}, {Value: view.FilterEmpty, Text: r.T("is empty")}, {Value: view.FilterFilled, Text: r.T("is filled in")}}}
	value := page.Input{Name: "v" + number, ID: "v" + number, Label: page.Label{Text: r.T("Value"), Classes: hidden}, Value: f.Value, Spellcheck: "false"}
	if n == 1 {
		value.Hint = page.Hint{Text: r.T("Several values: put | between them.")}
	}
	if text := problemOf(p.Problems, "f"+number); text != "" {
		value.ErrorMessage = page.ErrorMessage{Text: text}
	}
	legend := r.T("Only rows where")
	if n > 1 {
		legend = r.T("and where ({n})", i18n.V{"n": n})
	}
	return exploreFilter("f"+number, legend, columns, ways, value)
}

// shownColumns are the columns of single rows; with none chosen all are shown.
func shownColumns(r *web.Request, p view.DataChart) page.Component {
	boxes := page.Checkboxes{Name: "show", IDPrefix: "show", Classes: "govuk-checkboxes--small", Values: p.Question.Show, Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Columns")}}}
	for _, c := range p.Columns {
		boxes.Items = append(boxes.Items, page.Choice{Value: c.ID, Text: c.Title})
	}
	return boxes
}
