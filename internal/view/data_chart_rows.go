package view

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/dataset"
	"stoa/internal/i18n"
	"stoa/internal/tabular"
)

// rows are single rows that pass.
func (a *asking) rows(ctx context.Context) error {
	p := &a.page
	r, err := a.ask(ctx, dataset.Query{Where: a.where, Columns: p.Question.Show, Limit: shownRows})
	if err != nil {
		return err
	}
	p.Found = r.Total
	for _, c := range r.Columns {
		i := slices.IndexFunc(p.Columns, func(d DataColumn) bool { return d.ID == c.ID })
		p.Rows.Head = append(p.Rows.Head, p.Columns[i])
	}
	for _, row := range r.Rows {
		cells := make([]string, len(row))
		for i, raw := range row {
			cells[i] = a.r.cell(tabular.Type(r.Columns[i].Type), raw)
		}
		p.Rows.Cells = append(p.Rows.Cells, cells)
	}
	p.Answered = len(p.Rows.Cells) > 0
	if p.Found > shownRows {
		a.note(a.r.P.T("These are the first {shown} of {all} rows. The CSV file has more.", i18n.V{"shown": shownRows, "all": int(p.Found)}))
	}
	return nil
}

const mostPlaces = 500

// places are the groups of rows at one place, named by the first column of names.
func (a *asking) places(ctx context.Context) error {
	p := &a.page
	if err := a.count(ctx); err != nil {
		return err
	}
	p.Figure = DataFigures{Of: a.r.P.T("Place"), Unit: a.unit(), Currency: a.currency()}
	groups := []dataset.Group{{Column: a.geo()}}
	if name := a.nameColumn(); name != "" {
		groups = append(groups, dataset.Group{Column: name})
		p.Figure.Of = a.title(name)
	}
	r, err := a.ask(ctx, dataset.Query{Where: a.where, Group: groups, Measures: a.measures(),
		Sort: []dataset.Order{{Column: a.measure.ID(), Desc: true}}, Limit: mostPlaces})
	if err != nil {
		return err
	}
	left := false
	for _, row := range r.Rows {
		lon, lat, ok := strings.Cut(row[0], ",")
		x, err := strconv.ParseFloat(lon, 64)
		y, err2 := strconv.ParseFloat(lat, 64)
		if !ok || err != nil || err2 != nil {
			left = true
			continue
		}
		place := DataPlace{Name: row[0], Lon: x, Lat: y, Value: a.value(row[len(groups):])}
		if len(groups) > 1 {
			place.Name = a.groupText(groups[1], row[1])
		}
		p.Places = append(p.Places, place)
	}
	for i := range p.Places { // one row at each place: only where it is
		p.Places[i].Plain = p.Question.Of == "count" && p.Places[0].Value.N == 1
	}
	if left {
		a.note(a.r.P.T("Rows without a place are left out."))
	}
	if r.Total > mostPlaces {
		a.note(a.r.P.T("The map shows the {most} largest of {all} places.", i18n.V{"most": mostPlaces, "all": int(r.Total)}))
	}
	p.Answered = len(p.Places) > 0
	return nil
}

// nameColumn is what names a place: a text that no two rows share, else the first text.
func (a *asking) nameColumn() (name string) {
	for _, c := range a.v.Spec.Columns {
		if c.Type != tabular.String {
			continue
		}
		if c.Unique {
			return c.ID
		}
		if name == "" {
			name = c.ID
		}
	}
	return name
}

// table is the answer with everything in it: canonical cells, below the names of columns.
func (a *asking) table(ctx context.Context) ([][]string, error) {
	q := dataset.Query{Where: a.where, Limit: listedRows, NoTotal: true}
	switch {
	case a.page.Question.Kind == KindRows:
		q.Columns = a.page.Question.Show
	case a.page.Question.Kind == KindMap:
		q.Group = []dataset.Group{{Column: a.geo()}}
		if name := a.nameColumn(); name != "" {
			q.Group = append(q.Group, dataset.Group{Column: name})
		}
		q.Measures = a.measures()
	default:
		q.Group, q.Measures = a.by, a.measures()
	}
	r, err := a.ask(ctx, q)
	if err != nil {
		return nil, err
	}
	groups := len(q.Group)
	var head []string
	for _, c := range r.Columns {
		head = append(head, c.ID)
	}
	if groups == 0 {
		return append([][]string{head}, r.Rows...), nil
	}
	out := [][]string{head[:groups+1]}
	for _, row := range r.Rows {
		out = append(out, append(slices.Clone(row[:groups]), a.value(row[groups:]).raw)) // nothing where it is held back
	}
	return out, nil
}
