package lite

import "time"

// The message keys of what a question gets wrong, with the arguments column and value.
const (
	KeyColumn  = "data.query_column"  // no such column
	KeyValue   = "data.query_value"   // not a value of the column's type
	KeyFilter  = "data.query_filter"  // the column cannot be compared in this way
	KeyMeasure = "data.query_measure" // the column cannot be gathered or measured in this way
	KeySort    = "data.query_sort"    // the answer has no such column to sort by
	KeyAfter   = "data.query_after"   // not a mark that a page before gave
	KeySearch  = "data.query_search"  // words that cannot be searched
	KeyLimits  = "data.query_limits"  // more than is answered at once
	KeyGroups  = "data.query_groups"  // more groups than max
	KeySlow    = "data.query_slow"    // it takes too long
)

// Op is how a filter compares.
type Op string

// The comparisons. Between takes two values, of which one may be "" (no bound); both bounds belong to the range.
// Contains looks for a piece of text, whatever its case where letters are Latin.
const (
	Is       Op = "is"       // one of the values; "" is a missing cell
	Not      Op = "not"      // none of the values
	Between  Op = "between"  // from the first value to the second
	Contains Op = "contains" // text that holds the first value
	Empty    Op = "empty"
	Filled   Op = "filled"
)

// Filter keeps the rows that pass.
type Filter struct {
	Column string
	Op     Op
	Values []string // canonical cells; years and months also filter days: 2026 or 2026-03 in a column of dates
}

// Group says by what rows are gathered: a column, its months or its years.
type Group struct {
	Column string
	By     string // "", "month" or "year"
}

// Measure is computed over the rows of a group.
type Measure struct {
	Op     string // "count", "sum", "mean", "min", "max", "median"
	Column string // none for count: rows; with one: cells that are filled
}

// ID is the name of the measure's column in a result: sum_amount, count.
func (m Measure) ID() string {
	if m.Column == "" {
		return m.Op
	}
	return m.Op + "_" + m.Column
}

// ID is the name of the group's column in a result: paid, paid_month.
func (g Group) ID() string {
	if g.By == "" {
		return g.Column
	}
	return g.Column + "_" + g.By
}

// Order sorts by a column of the result, or any column of the table where rows are not grouped.
type Order struct {
	Column string
	Desc   bool
}

// RowID is a column of every table: the number of the row, 1 for the first below the header.
const RowID = "_id"

// Query is a question to a table. All filters must hold. Without Group and Measures it gives rows; with them, a row for
// each group (one in all where there is no Group).
type Query struct {
	Where    []Filter
	Search   string   // words that must all occur somewhere in the row's text; the last may be a beginning of three letters or more
	Columns  []string // of rows; none: all. RowID may be among them
	Distinct bool     // rows that are equal in these columns once
	Group    []Group
	Measures []Measure // none: count
	Sort     []Order
	Limit    int    // 1 to MaxLimit; 0: DefaultLimit
	Offset   int    //
	After    string // instead of Offset: Next of the page before
	NoTotal  bool   // do not count
}

// Limits of a question.
const (
	DefaultLimit = 100
	MaxLimit     = 32_000
	MaxFilters   = 50
	MaxValues    = 500
	MaxGroups    = 3
	MaxMeasures  = 20
	MaxTime      = 10 * time.Second
)

// Result is the answer: canonical cells, "" for a missing one.
type Result struct {
	Columns []ResultColumn
	Rows    [][]string
	Total   int64  // rows (or groups) in all; -1 with NoTotal
	Next    string // gives the next page as Query.After; "" where there is none, or where the order allows none
}

// ResultColumn says what a column of a result holds.
type ResultColumn struct {
	ID       string
	Type     string // as tabular.Type
	Column   string // of the table, "" for a count of rows
	By       string // of a group
	Op       string // of a measure
	Unit     string
	Decimals int
}
