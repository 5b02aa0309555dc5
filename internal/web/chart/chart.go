// Package chart owns pictures of figures: charts and maps that the server draws as SVG, each with its finding in one
// plain sentence, the same figures as a table, where they come from, and a link to have them. Every picture is a value
// and a [page.Component]; it needs no script and no style of its own place, and is drawn twice, for a narrow and a wide
// screen, of which the style sheet "chart" ([page.Shell].Charts) shows one, so that its words are never too small.
//
// Colour is never alone: series differ by pattern, dash and mark as well, and a suppressed figure says so. In languages
// that are read from the right everything turns round, the axis of time too: it begins where the reader begins.
//
// The package stops at drawing. What is worth showing, and to whom, is its caller's business; it opens nothing. What it
// cannot draw honestly (not a number, larger than a float64 is exact) Check refuses.
package chart

import (
	"context"
	"io"
	"time"

	"stoa/internal/i18n"
	"stoa/internal/web/page"
)

// Frame is what every picture has around it.
type Frame struct {
	ID       string        // unique on the page; begins with a letter
	Title    string        // what is shown: "Applications by month"
	Finding  string        // what it says, in one sentence: "Most came in May 2026: 41."; see [Chart.Highest] and its like
	Printer  *i18n.Printer // language, digits and direction
	CSVURL   string        // where the same figures are as CSV; no link when empty
	Source   page.Component
	Notes    []string // below the picture, each one sentence
	Headings int      // level of the title; 2 when zero
	Open     bool     // the table stands open; else one opens it
}

// Kind is the form of a chart.
type Kind string

// The kinds.
const (
	Bars   Kind = "bars"   // lying bars, several series side by side; standing when the categories are Dates
	Stack  Kind = "stack"  // the same, series upon one another
	Lines  Kind = "lines"  // over Dates, or over Categories in their order
	Area   Kind = "area"   // one or more series upon one another, over Dates
	Panels Kind = "panels" // each series in a small picture of its own, all to one scale
)

// Chart shows one or more series over the same categories or dates.
type Chart struct {
	Frame
	Kind       Kind
	Unit       Unit
	Of         string      // what the categories are, the head of the table's first column: "Ward"
	Categories []string    // their names; or:
	Dates      []time.Time // in order, only their dates count
	Grain      Grain       // of Dates
	Links      []string    // where a category leads, from the table; same length as the categories, or none
	Series     []Series
}

// Series is one row of figures, one for each category or date.
type Series struct {
	Name      string
	Values    []Value
	Low, High []Value // a band around them (a forecast's interval), or none; Lines only
	Expected  int     // how many of the last values are forecasts; Lines only
}

// Grain is how finely Dates are told apart.
type Grain string

// The grains.
const (
	Day   Grain = "day"
	Month Grain = "month"
	Year  Grain = "year"
)

// Value is one figure, or why there is none. The zero value is the figure 0.
type Value struct {
	N  float64
	Is State
}

// State says whether a figure is there.
type State uint8

// The states.
const (
	Known      State = iota
	Missing          // nobody knows it: a gap, an empty cell
	Suppressed       // held back so that nobody can be recognised: "–" and a note
)

// Num is a figure that is known.
func Num(n float64) Value { return Value{N: n} }

// Nums are figures that are known.
func Nums(n ...float64) []Value {
	values := make([]Value, len(n))
	for i, n := range n {
		values[i].N = n
	}
	return values
}

// Unit is what figures are measured in.
type Unit struct {
	Text     string // "applications", "days"; shown above the picture and at the head of the table
	Money    string // a currency: figures are in its minor units (pence), as everywhere here
	Percent  bool   // figures are hundredths: 12.5 is 12.5 %
	Decimals int    // most digits after the point; when zero as many as a figure has, six at most
}

// Check says why a chart cannot be drawn: for the log, since figures of our own can be.
func (c Chart) Check() error { return c.check() }

// Render prints the figure with all that belongs to it.
func (c Chart) Render(ctx context.Context, w io.Writer) error { return c.render(ctx, w) }
