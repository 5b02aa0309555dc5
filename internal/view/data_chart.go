package view

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"stoa/internal/dataset"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/store"
	"stoa/internal/tabular"
)

// DataQuestion is what is asked of a table, as an address says it. Everything empty asks for what shows most.
type DataQuestion struct {
	By, Split string   // columns by which rows are put together, the second as series: "ward", "paid.month"
	Of        string   // the figure: "count", "sum.amount"
	Kind      string   // of picture; see DataKinds
	Sort      string   // SortFigure or SortName
	Show      []string // columns of single rows, where nothing is put together
	Where     []DataFilter
}

// DataFilter keeps rows.
type DataFilter struct{ Column, Op, Value string }

// What a question can say.
const (
	KindRows, KindBars, KindLines, KindStack, KindArea, KindPanels, KindMap = "rows", "bars", "lines", "stack", "area", "panels", "map"

	SortFigure, SortName = "figure", "name"

	FilterIs, FilterNot, FilterFrom, FilterTo, FilterHas, FilterEmpty, FilterFilled = "is", "not", "from", "to", "has", "empty", "filled"
)

// DataKinds are the kinds of picture in the order in which they are offered.
var DataKinds = []string{KindBars, KindLines, KindStack, KindArea, KindPanels, KindMap, KindRows}

// Limits of a picture.
const (
	largestGroups = 20
	largestSeries = 6
	mostDates     = 1000
	shownRows     = 100
	mostFilters   = 8
	listedRows    = 32_000
)

// DataChart is the answer: figures for a picture, or rows.
type DataChart struct {
	DatasetLine
	Cite     Citation
	Number   int          // of the version
	Question DataQuestion // with everything that was left open filled in
	Columns  []DataColumn
	Choices  DataChoices

	HasPlaces bool      // there is a column of places to draw a map of
	Problems  []Problem // sentences about what cannot be answered; nothing else is filled then

	Title    string   // "People by ward"
	Filters  []string // "Postcode district is GV1"
	Figure   DataFigures
	Places   []DataPlace
	Rows     DataRows
	Notes    []string
	Found    int64 // rows that pass
	Answered bool  // there is something to show
}

// DataChoices are what the form offers.
type DataChoices struct{ By, Of []DataChoice }

// DataChoice is one of them.
type DataChoice struct{ Value, Text string }

// DataFigures are figures by categories or dates, in series.
type DataFigures struct {
	Of         string // what the categories are
	Unit       string
	Currency   string // figures are in its minor units
	Categories []string
	Dates      []time.Time
	Grain      string // "day", "month", "year"
	Rest       bool   // the last category is all others together
	Series     []DataSeries
}

// DataSeries is one row of figures.
type DataSeries struct {
	Name   string
	Values []DataValue
}

// DataValue is a figure, or none: Held where it is held back so that nobody is found by it.
type DataValue struct {
	N           float64
	Known, Held bool
	raw         string
}

// DataPlace is a figure on a map.
type DataPlace struct {
	Name     string
	Lon, Lat float64
	Value    DataValue
	Plain    bool
}

// DataRows are single rows.
type DataRows struct {
	Head  []DataColumn
	Cells [][]string
}

// Chart answers a question about a version, 0 for the newest.
func (d Data) Chart(ctx context.Context, r Reader, id string, number int, q DataQuestion) (c DataChart, err error) {
	a, err := d.asking(ctx, r, id, number, q)
	if err != nil || len(a.page.Problems) > 0 {
		return a.page, err
	}
	return a.page, a.answer(ctx)
}

// ChartCSV is the same answer as a table with everything in it, one figure a row.
func (d Data) ChartCSV(ctx context.Context, r Reader, id string, number int, q DataQuestion) (name string, body []byte, err error) {
	a, err := d.asking(ctx, r, id, number, q)
	if err != nil {
		return "", nil, err
	}
	if len(a.page.Problems) > 0 {
		return "", nil, fault.NewInvalid(i18n.Msg("This question cannot be answered. Ask it on the page, which says why."))
	}
	rows, err := a.table(ctx)
	if errors.Is(err, errWrongQuestion) {
		return "", nil, fault.NewInvalid(i18n.Msg("This question cannot be answered. Ask it on the page, which says why."))
	}
	if err != nil {
		return "", nil, err
	}
	body, err = csvOf(rows)
	return id + "-v" + itoa(a.v.Number) + "-chart.csv", body, err
}

// asking is a question with the version that it is about.
type asking struct {
	Data
	r       Reader
	v       *dataset.Version
	held    func(column string) bool // an empty cell is a figure held back
	page    DataChart
	by      []dataset.Group
	measure dataset.Measure
	where   []dataset.Filter
}

// asking looks everything up that the question names.
func (d Data) asking(ctx context.Context, r Reader, id string, number int, q DataQuestion) (*asking, error) {
	a := &asking{Data: d, r: r}
	err := d.read(ctx, "Chart", func(ctx context.Context, tx *store.Tx) (err error) {
		if a.v, err = d.version(ctx, tx, r, id, number); err != nil {
			return err
		}
		set := d.place().Dataset(id)
		a.held = func(string) bool { return false }
		if set != nil && set.Statistics() {
			a.held = func(column string) bool { c := set.Column(column); return c != nil && c.Role == "measure" }
		}
		a.page.DatasetLine = d.line(r, set, a.v)
		page := VersionPage{DatasetLine: a.page.DatasetLine}
		if page.Proof, err = d.LogPages().standing(ctx, tx, versionLeaf(a.v)); err != nil {
			return err
		}
		a.page.Cite = d.cite(r, page, a.v)
		return nil
	})
	if err != nil {
		return a, err
	}
	if a.v.Withdrawn != nil {
		return a, fault.NewGone("")
	}
	a.page.Number = a.v.Number
	a.page.Columns, _ = r.dataColumns(d, a.v)
	a.page.HasPlaces = a.geo() != ""
	a.choices()
	a.fill(&q)
	a.page.Question = q
	a.check(q)
	return a, nil
}

// title is a column's name in the reader's language.
func (a *asking) title(id string) string {
	for _, c := range a.page.Columns {
		if c.ID == id {
			return c.Title
		}
	}
	return id
}

func (a *asking) column(id string) (tabular.Column, bool) {
	c, at := a.v.Spec.Column(id)
	return c, at >= 0
}

func (a *asking) problem(field, text string) {
	a.page.Problems = append(a.page.Problems, Problem{Anchor: field, Text: text})
}

// ask puts a question to the table. What is wrong in it is a problem of the page.
func (a *asking) ask(ctx context.Context, q dataset.Query) (dataset.Result, error) {
	result, err := a.Datasets.Query(ctx, a.v, q)
	var f *fault.Error
	if errors.As(err, &f) && f.Kind == fault.Invalid {
		a.problem("by", a.r.P.Key(f.Key, i18n.V(f.Args)))
		return result, errWrongQuestion
	}
	return result, err
}

var errWrongQuestion = errors.New("a question that cannot be answered")

// answer fills the page.
func (a *asking) answer(ctx context.Context) error {
	p := &a.page
	p.Title, p.Filters = a.heading(), a.filterWords()
	var err error
	switch p.Question.Kind {
	case KindRows:
		err = a.rows(ctx)
	case KindMap:
		err = a.places(ctx)
	default:
		err = a.figures(ctx)
	}
	if errors.Is(err, errWrongQuestion) {
		return nil
	}
	return err
}

// heading says what is shown.
func (a *asking) heading() string {
	p, q := a.r.P, a.page.Question
	of := a.figureName()
	switch {
	case q.Kind == KindRows:
		return p.T("Single rows")
	case q.Kind == KindMap:
		return p.T("{figure} on the map", i18n.V{"figure": of})
	case q.Split != "":
		return p.T("{figure} by {column} and {other}", i18n.V{"figure": of, "column": a.choiceText(a.page.Choices.By, q.By), "other": a.choiceText(a.page.Choices.By, q.Split)})
	}
	return p.T("{figure} by {column}", i18n.V{"figure": of, "column": a.choiceText(a.page.Choices.By, q.By)})
}

// figureName is the figure in words. A sum over rows that each have a name of their own, or over statistics, is called as
// its column is.
func (a *asking) figureName() string {
	q := a.page.Question
	op, column := cut(q.Of)
	by, _ := cut(q.By)
	named, _ := a.column(by)
	if op == "sum" && (a.held(column) || named.Unique) {
		return a.title(column)
	}
	return a.choiceText(a.page.Choices.Of, q.Of)
}

func (a *asking) choiceText(list []DataChoice, value string) string {
	i := slices.IndexFunc(list, func(c DataChoice) bool { return c.Value == value })
	if i < 0 {
		return value
	}
	return list[i].Text
}

// cut parts "paid.month" into its column and the rest.
func cut(s string) (column, rest string) {
	column, rest, _ = strings.Cut(s, ".")
	return column, rest
}
