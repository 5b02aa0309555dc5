package view

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"stoa/internal/dataset"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/tabular"
)

// measures are the figure, and what tells whether it is of all rows: how many there are, and in how many its cell is filled.
func (a *asking) measures() []dataset.Measure {
	list := []dataset.Measure{a.measure}
	if a.measure.Column != "" {
		list = append(list, dataset.Measure{Op: "count"}, dataset.Measure{Op: "count", Column: a.measure.Column})
	}
	return list
}

// value reads the figure from the cells of measures. A figure over cells of which some are held back is held back too:
// of what is left it would be another figure.
func (a *asking) value(cells []string) (v DataValue) {
	if a.measure.Column != "" {
		rows, filled := whole(cells[1]), whole(cells[2])
		if rows > filled && a.held(a.measure.Column) {
			return DataValue{Held: true}
		}
	}
	v.raw = cells[0]
	n, err := strconv.ParseFloat(cells[0], 64)
	if err != nil {
		return v
	}
	v.N, v.Known = n*a.factor(), true
	return v
}

func whole(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// factor turns amounts into minor units.
func (a *asking) factor() float64 {
	f := 1.0
	if digits, err := money.MinorDigits(a.currency()); err == nil {
		for range digits {
			f *= 10
		}
	}
	return f
}

func (a *asking) currency() string {
	c, _ := a.column(a.measure.Column)
	if _, err := money.MinorDigits(c.Unit); err != nil {
		return ""
	}
	return c.Unit
}

// unit is what figures are measured in, in words.
func (a *asking) unit() string {
	c, _ := a.column(a.measure.Column)
	if a.currency() != "" {
		return "" // each figure carries it
	}
	return strings.NewReplacer("m2", "m²", "m3", "m³").Replace(c.Unit)
}

// figures puts rows together for a picture.
func (a *asking) figures(ctx context.Context) error {
	p, q := &a.page, a.page.Question
	p.Figure = DataFigures{Of: a.choiceText(p.Choices.By, q.By), Unit: a.unit(), Currency: a.currency()}
	if err := a.count(ctx); err != nil || p.Found == 0 {
		return err
	}
	splits, err := a.splits(ctx)
	if err != nil {
		return err
	}
	if a.timed(q.By) {
		err = a.overTime(ctx, splits)
	} else {
		err = a.byName(ctx, splits)
	}
	if err != nil {
		return err
	}
	p.Answered = len(p.Figure.Series) > 0 && len(p.Figure.Series[0].Values) > 0
	a.remarks()
	return nil
}

// count is how many rows pass, and how many of them have no figure.
func (a *asking) count(ctx context.Context) error {
	all, err := a.ask(ctx, dataset.Query{Where: a.where, Measures: []dataset.Measure{{Op: "count"}}})
	if err != nil {
		return err
	}
	a.page.Found = whole(all.Rows[0][0])
	if c := a.measure.Column; c != "" && !a.held(c) {
		filled, err := a.ask(ctx, dataset.Query{Where: a.where, Measures: []dataset.Measure{{Op: "count", Column: c}}})
		if err != nil {
			return err
		}
		if left := a.page.Found - whole(filled.Rows[0][0]); left > 0 {
			a.note(a.r.P.N("{n} row has nothing in “{column}” and is left out.", "{n} rows have nothing in “{column}” and are left out.", int(left), i18n.V{"column": a.title(c)}))
		}
	}
	return nil
}

func (a *asking) note(text string) { a.page.Notes = append(a.page.Notes, text) }

// series is one row of figures to be asked for: the rows of one value, or of all values that have no row of their own.
type series struct {
	name  string
	where []dataset.Filter
}

// splits are the series: one without a second column, else its largest values and the others.
func (a *asking) splits(ctx context.Context) ([]series, error) {
	q := a.page.Question
	if q.Split == "" {
		return []series{{name: a.figureName(), where: a.where}}, nil
	}
	group := a.by[1]
	values, total, err := a.largest(ctx, group, a.where, largestSeries)
	if err != nil {
		return nil, err
	}
	if a.timed(q.Split) {
		slices.Sort(values)
	}
	var list []series
	for _, v := range values {
		list = append(list, series{name: a.groupText(group, v), where: a.with(dataset.Filter{Column: group.Column, Op: dataset.Is, Values: []string{v}})})
	}
	if int64(len(values)) < total {
		list = append(list, series{name: a.r.P.T("Others"), where: a.with(dataset.Filter{Column: group.Column, Op: dataset.Not, Values: values})})
		a.note(a.r.P.T("Of {all} values of “{column}” the {most} largest have a row of their own; the others are put together.",
			i18n.V{"all": int(total), "most": len(values), "column": a.choiceText(a.page.Choices.By, q.Split)}))
	}
	return list, nil
}

func (a *asking) with(f dataset.Filter) []dataset.Filter { return append(slices.Clone(a.where), f) }

// largest are the groups with the largest figures, and how many groups there are.
func (a *asking) largest(ctx context.Context, group dataset.Group, where []dataset.Filter, most int) (values []string, total int64, err error) {
	sort := []dataset.Order{{Column: a.measure.ID(), Desc: true}}
	r, err := a.ask(ctx, dataset.Query{Where: where, Group: []dataset.Group{group}, Measures: []dataset.Measure{a.measure}, Sort: sort, Limit: most + 1})
	if err != nil {
		return nil, 0, err
	}
	if len(r.Rows) > most {
		r.Rows = r.Rows[:most]
	}
	for _, row := range r.Rows {
		values = append(values, row[0])
	}
	return values, r.Total, nil
}

// byName has a category for each of the largest groups, and one for the others.
func (a *asking) byName(ctx context.Context, list []series) error {
	p, group := &a.page, a.by[0]
	names, total, err := a.largest(ctx, group, a.where, largestGroups)
	if err != nil {
		return err
	}
	if p.Question.Sort == SortName {
		c, _ := a.column(group.Column)
		slices.SortFunc(names, func(x, y string) int { return tabular.Compare(c.Type, x, y) })
	}
	others := int64(len(names)) < total
	for _, n := range names {
		p.Figure.Categories = append(p.Figure.Categories, a.groupText(group, n))
	}
	if p.Figure.Rest = others; others {
		p.Figure.Categories = append(p.Figure.Categories, a.r.P.T("Others"))
		a.note(a.r.P.T("The picture shows the {most} largest of {all} groups; the others are put together. The CSV file has all.",
			i18n.V{"most": len(names), "all": int(total)}))
	}
	for _, s := range list {
		at, err := a.grouped(ctx, group, append(slices.Clone(s.where), dataset.Filter{Column: group.Column, Op: dataset.Is, Values: names}), largestGroups)
		if err != nil {
			return err
		}
		out := DataSeries{Name: s.name}
		for _, n := range names {
			v, ok := at[n]
			if !ok {
				v = a.nothing()
			}
			out.Values = append(out.Values, v)
		}
		if others {
			rest, err := a.ask(ctx, dataset.Query{Where: append(slices.Clone(s.where), dataset.Filter{Column: group.Column, Op: dataset.Not, Values: names}), Measures: a.measures()})
			if err != nil {
				return err
			}
			out.Values = append(out.Values, a.value(rest.Rows[0]))
		}
		p.Figure.Series = append(p.Figure.Series, out)
	}
	return nil
}

// nothing is the figure of a group without rows: counts and sums are 0, others are none.
func (a *asking) nothing() DataValue {
	if a.adds(a.page.Question.Of) {
		return DataValue{Known: true, raw: "0"}
	}
	return DataValue{}
}

// grouped are the figures of groups by their value.
func (a *asking) grouped(ctx context.Context, group dataset.Group, where []dataset.Filter, most int) (map[string]DataValue, error) {
	r, err := a.ask(ctx, dataset.Query{Where: where, Group: []dataset.Group{group}, Measures: a.measures(), Limit: most, NoTotal: true})
	if err != nil {
		return nil, err
	}
	at := make(map[string]DataValue, len(r.Rows))
	for _, row := range r.Rows {
		at[row[0]] = a.value(row[1:])
	}
	return at, nil
}

// overTime has a figure for every day, month or year from the first to the last: also for those without rows.
func (a *asking) overTime(ctx context.Context, list []series) error {
	p, group := &a.page, a.by[0]
	var first, last string
	got := make([]map[string]DataValue, len(list))
	var err error
	for i, s := range list {
		if got[i], err = a.grouped(ctx, group, s.where, listedRows); err != nil {
			return err
		}
		if v, ok := got[i][""]; ok && i == 0 && v.Known {
			a.note(a.r.P.T("Rows without a date are left out."))
		}
		for at := range got[i] {
			if at != "" && (first == "" || at < first) {
				first = at
			}
			last = max(last, at)
		}
	}
	if first == "" {
		return nil
	}
	p.Figure.Grain = map[int]string{4: "year", 7: "month", 10: "day"}[len(first)]
	layout := map[string]string{"year": "2006", "month": "2006-01", "day": time.DateOnly}[p.Figure.Grain]
	begin, err := time.Parse(layout, first)
	if err != nil {
		return err
	}
	for t := begin; ; t = next(t, p.Figure.Grain) {
		if len(p.Figure.Dates) == mostDates {
			a.problem("by", a.r.P.T("From {first} to {last} is too long for a picture. Choose months or years, or filter by “from” and “to”.", i18n.V{"first": first, "last": last}))
			return errWrongQuestion
		}
		p.Figure.Dates = append(p.Figure.Dates, t)
		if t.Format(layout) >= last {
			break
		}
	}
	for i, s := range list {
		out := DataSeries{Name: s.name}
		for _, t := range p.Figure.Dates {
			v, ok := got[i][t.Format(layout)]
			if !ok {
				v = a.nothing()
			}
			out.Values = append(out.Values, v)
		}
		p.Figure.Series = append(p.Figure.Series, out)
	}
	return nil
}

func next(t time.Time, grain string) time.Time {
	switch grain {
	case "year":
		return t.AddDate(1, 0, 0)
	case "month":
		return t.AddDate(0, 1, 0)
	}
	return t.AddDate(0, 0, 1)
}

// groupText is a group as people read it.
func (a *asking) groupText(g dataset.Group, raw string) string {
	c, _ := a.column(g.Column)
	if raw == "" {
		return a.r.P.T("not given")
	}
	if y, m, ok := strings.Cut(raw, "-"); ok && len(raw) == 7 && (g.By == "month" || c.Type == tabular.YearMonth) {
		year, err := strconv.Atoi(y)
		month, err2 := strconv.Atoi(m)
		if err == nil && err2 == nil {
			return a.r.P.Month(year, time.Month(month))
		}
	}
	if g.By != "" {
		return raw
	}
	return a.r.cell(c.Type, raw)
}

// remarks say what a reader of the figures must know.
func (a *asking) remarks() {
	held := 0
	for _, s := range a.page.Figure.Series {
		for _, v := range s.Values {
			if v.Held {
				held++
			}
		}
	}
	p := a.r.P
	if held > 0 {
		a.note(p.N("{n} figure cannot be told, since some of what it is made of is held back.", "{n} figures cannot be told, since some of what they are made of is held back.", held))
	}
	if c, ok := a.column(a.measure.Column); ok && a.held(c.ID) && c.Unit == "day" && a.v.Rows > int64(len(a.page.Figure.Dates)) {
		a.note(p.T("Each row has a median or the like of its own. Put together, they are not that of all."))
	}
}
