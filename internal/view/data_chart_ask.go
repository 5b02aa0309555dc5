package view

import (
	"slices"
	"strings"

	"stoa/internal/dataset"
	"stoa/internal/i18n"
	"stoa/internal/tabular"
)

// choices are what rows can be put together by, and the figures that can be made of them.
func (a *asking) choices() {
	p := a.r.P
	c := &a.page.Choices
	c.Of = []DataChoice{{"count", p.T("Number of rows")}}
	for _, col := range a.v.Spec.Columns {
		title := i18n.V{"column": a.title(col.ID)}
		switch {
		case col.Type == tabular.Date:
			c.By = append(c.By, DataChoice{col.ID + ".month", p.T("Month of “{column}”", title)}, DataChoice{col.ID + ".year", p.T("Year of “{column}”", title)},
				DataChoice{col.ID, a.title(col.ID)})
		case col.Type == tabular.YearMonth:
			c.By = append(c.By, DataChoice{col.ID, a.title(col.ID)}, DataChoice{col.ID + ".year", p.T("Year of “{column}”", title)})
		case col.Type != tabular.GeoPoint:
			c.By = append(c.By, DataChoice{col.ID, a.title(col.ID)})
		}
		if !col.Type.Numeric() || col.Type == tabular.Year {
			continue
		}
		for _, op := range []DataChoice{{"sum", p.T("Sum of “{column}”", title)}, {"mean", p.T("Mean of “{column}”", title)}, {"median", p.T("Median of “{column}”", title)},
			{"min", p.T("Smallest “{column}”", title)}, {"max", p.T("Largest “{column}”", title)}} {
			c.Of = append(c.Of, DataChoice{op.Value + "." + col.ID, op.Text})
		}
	}
}

// fill chooses what the question leaves open: what shows most of such a table.
func (a *asking) fill(q *DataQuestion) {
	if q.Kind == "" && q.By == "" && q.Of == "" && len(q.Show) == 0 {
		q.By = a.usualBy()
	}
	if q.Of == "" {
		q.Of = a.usualFigure(q.By)
	}
	if q.Sort == "" {
		q.Sort = SortFigure
	}
	if q.Kind != "" {
		if q.By == "" && q.Kind != KindRows && q.Kind != KindMap {
			q.By = a.usualBy()
		}
		return
	}
	adds := a.adds(q.Of)
	switch {
	case q.By == "":
		q.Kind = KindRows
	case a.timed(q.By) && q.Split == "" && a.few(q.By) && adds:
		q.Kind = KindBars
	case a.timed(q.By) && q.Split == "":
		q.Kind = KindLines
	case a.timed(q.By) && !adds:
		q.Kind = KindLines
	case q.Split != "" && adds:
		q.Kind = KindStack
	default:
		q.Kind = KindBars
	}
}

// usualBy is time where there is some, else names of few rows, else a column with a list of values, else none.
func (a *asking) usualBy() string {
	columns := a.v.Spec.Columns
	for _, c := range columns {
		if months := a.months(c); months > 0 {
			switch {
			case c.Type == tabular.Year:
				return c.ID
			case months > 60:
				return c.ID + ".year"
			case c.Type == tabular.Date:
				return c.ID + ".month"
			}
			return c.ID
		}
	}
	for _, c := range columns {
		if c.Type == tabular.String && c.Unique && a.v.Rows <= 60 {
			return c.ID
		}
	}
	for _, c := range columns {
		if c.Type == tabular.String && len(c.Enum) > 0 || c.Type == tabular.Boolean {
			return c.ID
		}
	}
	return ""
}

// months is how many months lie between the first and the last cell of a column of time; 0 where there is one only, or none.
func (a *asking) months(c tabular.Column) int {
	_, at := a.v.Spec.Column(c.ID)
	if at < 0 || at >= len(a.v.Profile.Columns) || !a.timed(c.ID) {
		return 0
	}
	of := func(cell string) int {
		year, rest, _ := strings.Cut(cell, "-")
		month, _, _ := strings.Cut(rest, "-")
		return int(whole(year)*12 + whole(month))
	}
	p := a.v.Profile.Columns[at]
	return of(p.Max) - of(p.Min)
}

// usualFigure is the first figure of statistics or of rows that have names; else rows are counted.
func (a *asking) usualFigure(by string) string {
	id, _ := cut(by)
	named, _ := a.column(id)
	told := named.Unique || named.Type == tabular.YearMonth || named.Type == tabular.Year // a row tells of a name or a month
	for _, c := range a.v.Spec.Columns {
		if c.Type.Numeric() && c.Type != tabular.Year && (a.held(c.ID) || told) {
			return "sum." + c.ID
		}
	}
	return "count"
}

// timed reports whether groups are days, months or years.
func (a *asking) timed(by string) bool {
	id, _ := cut(by)
	c, ok := a.column(id)
	return ok && (c.Type == tabular.Date || c.Type == tabular.YearMonth || c.Type == tabular.Year)
}

// few reports whether there are so few dates that each has a bar of its own.
func (a *asking) few(by string) bool {
	id, per := cut(by)
	c, _ := a.column(id)
	months := a.months(c)
	return per == "year" || c.Type == tabular.Year || months <= 24 && (per == "month" || c.Type == tabular.YearMonth)
}

// adds reports whether figures of parts make that of the whole.
func (a *asking) adds(of string) bool { return of == "count" || strings.HasPrefix(of, "sum.") }

// check looks whether the question can be answered, and says in a sentence what cannot.
func (a *asking) check(q DataQuestion) {
	p := a.r.P
	offered := func(list []DataChoice, value string) bool {
		return slices.ContainsFunc(list, func(c DataChoice) bool { return c.Value == value })
	}
	for _, by := range []struct{ field, value string }{{"by", q.By}, {"split", q.Split}} {
		switch {
		case by.value == "":
		case !offered(a.page.Choices.By, by.value):
			a.problem(by.field, p.T("There is no column “{column}” to put rows together by. Choose one of the list.", i18n.V{"column": by.value}))
		default:
			column, per := cut(by.value)
			a.by = append(a.by, dataset.Group{Column: column, By: per})
		}
	}
	if !offered(a.page.Choices.Of, q.Of) {
		a.problem("of", p.T("“{figure}” is no figure of this table. Choose one of the list.", i18n.V{"figure": q.Of}))
	}
	a.measure.Op, a.measure.Column = cut(q.Of)
	for _, id := range q.Show {
		if _, ok := a.column(id); !ok {
			a.problem("show", p.T("There is no column “{column}”. Choose one of the list.", i18n.V{"column": id}))
		}
	}
	a.checkKind(q)
	a.checkFilters(q)
}

func (a *asking) checkKind(q DataQuestion) {
	p := a.r.P
	switch {
	case !slices.Contains(DataKinds, q.Kind):
		a.problem("kind", p.T("There is no picture of the kind “{kind}”. Choose one of the list.", i18n.V{"kind": q.Kind}))
	case q.Kind != KindRows && q.Kind != KindMap && q.By == "":
		a.problem("by", p.T("Choose a column to put rows together by."))
	case (q.Kind == KindStack || q.Kind == KindArea) && !a.adds(q.Of):
		a.problem("kind", p.T("Only counts and sums can be put upon one another. Choose bars or lines."))
	case q.Kind == KindArea && !a.timed(q.By):
		a.problem("kind", p.T("Areas show time. Choose a date to put rows together by, or bars."))
	case q.Kind == KindPanels && q.Split == "":
		a.problem("split", p.T("Small pictures side by side need a second column. Choose one."))
	case q.Kind == KindMap && a.geo() == "":
		a.problem("kind", p.T("This table has no places. Choose another picture."))
	case q.Split != "" && q.Split == q.By:
		a.problem("split", p.T("The two columns are the same. Choose another second one."))
	case q.Sort != SortFigure && q.Sort != SortName:
		a.problem("sort", p.T("Rows can be sorted by figure or by name."))
	}
}

// geo is the column of places.
func (a *asking) geo() string {
	for _, c := range a.v.Spec.Columns {
		if c.Type == tabular.GeoPoint {
			return c.ID
		}
	}
	return ""
}

// Several values of a filter stand with this between them.
const valueMark = "|"

func (a *asking) checkFilters(q DataQuestion) {
	p := a.r.P
	if len(q.Where) > mostFilters {
		a.problem("f1", p.N("At most {n} filter at once.", "At most {n} filters at once.", mostFilters))
		return
	}
	for i, f := range q.Where {
		field := "f" + itoa(i+1)
		c, ok := a.column(f.Column)
		if !ok {
			a.problem(field, p.T("There is no column “{column}”. Choose one of the list.", i18n.V{"column": f.Column}))
			continue
		}
		filter := dataset.Filter{Column: f.Column}
		values := []string{f.Value}
		ordered := c.Type.Ordered()
		switch f.Op {
		case FilterIs, FilterNot:
			filter.Op, filter.Values = dataset.Is, a.several(f.Value)
			if f.Op == FilterNot {
				filter.Op = dataset.Not
			}
			values = filter.Values
		case FilterFrom:
			filter.Op, filter.Values = dataset.Between, []string{f.Value, ""}
		case FilterTo:
			filter.Op, filter.Values = dataset.Between, []string{"", f.Value}
		case FilterHas:
			filter.Op, filter.Values, values = dataset.Contains, []string{f.Value}, nil
		case FilterEmpty:
			filter.Op, values = dataset.Empty, nil
		case FilterFilled:
			filter.Op, values = dataset.Filled, nil
		default:
			a.problem(field, p.T("A filter compares in one of the ways of the list, not by “{way}”.", i18n.V{"way": f.Op}))
			continue
		}
		switch {
		case (f.Op == FilterFrom || f.Op == FilterTo) && !ordered:
			a.problem(field, p.T("“{column}” has no order. Choose “is” or “contains”.", i18n.V{"column": a.title(c.ID)}))
			continue
		case f.Op == FilterHas && c.Type != tabular.String:
			a.problem(field, p.T("Only words can be searched for a piece of them. Choose “is”, “from” or “to” for “{column}”.", i18n.V{"column": a.title(c.ID)}))
			continue
		}
		if wrong := a.wrongValue(c, values); wrong != "" {
			a.problem(field, p.T("“{value}” is no value of “{column}”. It holds: {type}.", i18n.V{"value": wrong, "column": a.title(c.ID), "type": a.r.columnType(c.Type)}))
			continue
		}
		a.where = append(a.where, filter)
	}
}

func (a *asking) several(value string) []string {
	var out []string
	for _, v := range strings.Split(value, valueMark) {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// wrongValue is the first value that the column cannot hold. Months and years stand for the days in them.
func (a *asking) wrongValue(c tabular.Column, values []string) string {
	for _, v := range values {
		ok := false
		for _, t := range append([]tabular.Type{c.Type}, coarser(c.Type)...) {
			canon, err := tabular.Column{ID: c.ID, Type: t}.Canon(v)
			ok = ok || err == nil && canon != ""
		}
		if !ok {
			return v
		}
	}
	return ""
}

func coarser(t tabular.Type) []tabular.Type {
	switch t {
	case tabular.Date:
		return []tabular.Type{tabular.YearMonth, tabular.Year}
	case tabular.YearMonth:
		return []tabular.Type{tabular.Year}
	}
	return nil
}

// filterWords says what rows are kept.
func (a *asking) filterWords() (out []string) {
	p := a.r.P
	for _, f := range a.page.Question.Where {
		said := i18n.V{"column": a.title(f.Column), "value": f.Value}
		if f.Op == FilterIs || f.Op == FilterNot {
			said["value"] = p.List(a.several(f.Value))
		}
		switch f.Op {
		case FilterIs:
			out = append(out, p.T("{column} is {value}", said))
		case FilterNot:
			out = append(out, p.T("{column} is not {value}", said))
		case FilterFrom:
			out = append(out, p.T("{column} from {value}", said))
		case FilterTo:
			out = append(out, p.T("{column} to {value}", said))
		case FilterHas:
			out = append(out, p.T("{column} contains “{value}”", said))
		case FilterEmpty:
			out = append(out, p.T("{column} is empty", said))
		case FilterFilled:
			out = append(out, p.T("{column} is filled in", said))
		}
	}
	return out
}
