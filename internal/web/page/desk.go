package page

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Filters narrow a list down. They are a plain form that asks by address.
type Filters struct {
	ID       string // where a page has several
	Heading  string // instead of "Filter"
	Action   string
	Fields   []Component
	Applied  []AppliedFilter
	ClearURL string
	Hidden   []Hidden // what is kept: the sort order
}

// AppliedFilter is one filter in force with the way to take it off.
type AppliedFilter struct {
	Text, RemoveURL string
	RemoveText      string // read out: "Remove filter"
}

// QueueTable is a dense table whose heads sort it.
type QueueTable struct {
	Caption       string
	CaptionHidden bool
	Columns       []Column
	Rows          []QueueRow
	Empty         EmptyState // when there are no rows
	Stack         bool       // on narrow screens each row is a card, its cells named by their columns
}

// Column is one column.
type Column struct {
	Text    string
	Format  string // "numeric"
	SortURL string // where a click leads; none when it does not sort
	Sorted  string // "ascending" or "descending" when the table is sorted by it
	Hidden  bool   // the head is only read out
}

// QueueRow is one row; its first cell names it.
type QueueRow struct {
	Cells []Cell
	Tone  Tone // marks the row's edge; say the same in a cell
}

// StatTiles are a few numbers at a glance.
type StatTiles struct {
	Label string
	Tiles []Stat
}

// Stat is one number.
type Stat struct {
	Label, Value string
	Text         string // compared with what
	URL          string
	Tone         Tone
}

// EmptyState stands where a list would be, and says what to do instead.
type EmptyState struct {
	Heading, Text string
	Link          Link
	Level         int // 2 when zero
}

// Scroll lets wide content move sideways by itself.
type Scroll struct {
	Label string
	HTML  Component
}

// Render prints the filters.
func (p Filters) Render(ctx context.Context, w io.Writer) error { return filters(p).Render(ctx, w) }

// Render prints the table, or what stands in its place.
func (p QueueTable) Render(ctx context.Context, w io.Writer) error {
	if len(p.Rows) == 0 && p.Empty.Heading != "" {
		return emptyState(p.Empty).Render(ctx, w)
	}
	return scroll(p.Caption, queueTable(p)).Render(ctx, w)
}

// Render prints the numbers.
func (p StatTiles) Render(ctx context.Context, w io.Writer) error { return statTiles(p).Render(ctx, w) }

// Render prints the notice.
func (p EmptyState) Render(ctx context.Context, w io.Writer) error {
	return emptyState(p).Render(ctx, w)
}

// Render prints the region.
func (p Scroll) Render(ctx context.Context, w io.Writer) error {
	return scroll(p.Label, p.HTML).Render(ctx, w)
}

func (c Column) class() string {
	return classes("govuk-table__header", when(c.Format != "", "govuk-table__header--"+c.Format))
}

// label names a cell where it stands below the others and not below its column's head.
func (p QueueTable) label(column int) templ.Attributes {
	if !p.Stack || column >= len(p.Columns) {
		return nil
	}
	return templ.Attributes{"data-label": p.Columns[column].Text}
}

// format gives a cell its column's format.
func (p QueueTable) format(column int, c Cell) Cell {
	if c.Format == "" && column < len(p.Columns) {
		c.Format = p.Columns[column].Format
	}
	return c
}
