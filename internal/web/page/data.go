package page

import (
	"context"
	"io"
	"strconv"
)

// SummaryList shows facts: a key, its value, and what can be done about it.
type SummaryList struct {
	Rows       []SummaryRow
	Card       SummaryCard // a frame with a title; none when empty
	Classes    string
	Attributes Attributes
}

// SummaryRow is one fact.
type SummaryRow struct {
	Key, Value Cell
	Actions    Actions
	Classes    string
}

// Actions are the links beside a fact or on a card.
type Actions struct {
	Items   []Action
	Classes string
}

// Action is a link with the words that tell it from its neighbours.
type Action struct {
	Text               string
	HTML               Component
	Href               string
	VisuallyHiddenText string
	Classes            string
	Attributes         Attributes
}

// SummaryCard frames a summary list.
type SummaryCard struct {
	Title      CardTitle
	Actions    Actions
	Classes    string
	Attributes Attributes
}

// CardTitle heads a card.
type CardTitle struct {
	Text         string
	HTML         Component
	HeadingLevel int // 2 when zero
	Classes      string
}

// Table shows rows of facts that are compared.
type Table struct {
	Caption           string
	CaptionClasses    string
	Head              []Cell
	Rows              [][]Cell
	FirstCellIsHeader bool
	Classes           string
	Attributes        Attributes
}

// Cell is one cell of a table or one side of a fact.
type Cell struct {
	Text       string
	HTML       Component
	Format     string // "numeric"
	Classes    string
	Colspan    int
	Rowspan    int
	Attributes Attributes
}

// TaskList shows what is left to do.
type TaskList struct {
	Items      []Task
	IDPrefix   string // "task-list" when empty
	Classes    string
	Attributes Attributes
}

// Task is one thing to do.
type Task struct {
	Title   Cell
	Hint    Hint
	Status  TaskStatus
	Href    string
	Classes string
}

// TaskStatus says how far a task has come.
type TaskStatus struct {
	Text    string
	HTML    Component
	Tag     Tag
	Classes string
}

// Render prints the list.
func (p SummaryList) Render(ctx context.Context, w io.Writer) error {
	return summaryList(p).Render(ctx, w)
}

// Render prints the table.
func (p Table) Render(ctx context.Context, w io.Writer) error { return table(p).Render(ctx, w) }

// Render prints the list.
func (p TaskList) Render(ctx context.Context, w io.Writer) error { return taskList(p).Render(ctx, w) }

func (c SummaryCard) given() bool {
	return c.Title.given() || len(c.Actions.Items) > 0 || c.Classes != "" || c.Attributes != nil
}
func (t CardTitle) given() bool { return t.Text != "" || t.HTML != nil }
func (t Tag) given() bool       { return t.Text != "" || t.HTML != nil }

// context tells a link from its neighbours; each part begins with a space that
// keeps it apart from the words before when read out.
func (a Action) context(card CardTitle) Component {
	var g Group
	if a.VisuallyHiddenText != "" {
		g = append(g, Text(" "+a.VisuallyHiddenText))
	}
	if card.given() {
		g = append(g, Text(" ("), phrase(card.Text, card.HTML), Text(")"))
	}
	return g
}

func (p SummaryList) anyActions() bool {
	for _, row := range p.Rows {
		if len(row.Actions.Items) > 0 {
			return true
		}
	}
	return false
}

// rowClass leaves room for the actions that other rows have.
func (p SummaryList) rowClass(row SummaryRow) string {
	return classes("govuk-summary-list__row",
		when(p.anyActions() && len(row.Actions.Items) == 0, "govuk-summary-list__row--no-actions"), row.Classes)
}

func (c Cell) class(element string) string {
	return classes("govuk-table__"+element, when(c.Format != "", "govuk-table__"+element+"--"+c.Format), c.Classes)
}

// spans are the cell's attributes with its spans among them.
func (c Cell) spans() Attributes {
	if c.Colspan == 0 && c.Rowspan == 0 {
		return c.Attributes
	}
	a := Attributes{}
	if c.Colspan > 0 {
		a["colspan"] = strconv.Itoa(c.Colspan)
	}
	if c.Rowspan > 0 {
		a["rowspan"] = strconv.Itoa(c.Rowspan)
	}
	return merge(a, c.Attributes)
}

func (p TaskList) id(index int, part string) string {
	return either(p.IDPrefix, "task-list") + "-" + strconv.Itoa(index+1) + part
}
