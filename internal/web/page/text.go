package page

import (
	"context"
	"io"
)

// Heading is a heading in one of the design system's sizes.
type Heading struct {
	Text    string
	HTML    Component
	Level   int    // 1 to 4; 2 when zero
	Size    string // "xl", "l", "m", "s"; by level when empty
	Caption string // above the heading: the service or the case number
	ID      string
}

// Paragraph is body text.
type Paragraph struct {
	Text    string
	HTML    Component
	Classes string // after govuk-body
}

// List is a bulleted or, with Numbered, a numbered list.
type List struct {
	Items    []Component
	Numbered bool
	Plain    bool
}

// LinkTo is a link in running text.
type LinkTo struct {
	Text, URL, Hidden string // Hidden tells it from its neighbours when read out
	Classes           string
}

// ButtonGroup sets buttons and links side by side.
type ButtonGroup []Component

// Question is a page that asks: the errors, the form, its fields and the way on.
type Question struct {
	Heading    Heading // none when the only field's label is the heading
	Lead       Component
	Action     string
	Key        FormKey
	Files      bool
	ErrorTitle string // "There is a problem"
	Errors     []ErrorLink
	Fields     []Component
	Continue   string
	Also       []Component // beside the button: save for later
	After      Component   // below the form
}

// TwoColumns puts a case beside its summary, or a list beside its filters.
type TwoColumns struct {
	Main, Side Component
	SideLabel  string // names the region
	SideFirst  bool   // filters stand before the list
}

var headingSize = map[int]string{1: "l", 2: "m", 3: "s", 4: "s"}

// Render prints the heading.
func (p Heading) Render(ctx context.Context, w io.Writer) error { return headingText(p).Render(ctx, w) }

// Render prints the paragraph.
func (p Paragraph) Render(ctx context.Context, w io.Writer) error { return paragraph(p).Render(ctx, w) }

// Render prints the list.
func (p List) Render(ctx context.Context, w io.Writer) error { return list(p).Render(ctx, w) }

// Render prints the link.
func (p LinkTo) Render(ctx context.Context, w io.Writer) error { return linkTo(p).Render(ctx, w) }

// Render prints the group.
func (p ButtonGroup) Render(ctx context.Context, w io.Writer) error {
	return buttonGroup(p).Render(ctx, w)
}

// Render prints the question's content.
func (p Question) Render(ctx context.Context, w io.Writer) error { return question(p).Render(ctx, w) }

// Render prints both columns.
func (p TwoColumns) Render(ctx context.Context, w io.Writer) error {
	return twoColumns(p).Render(ctx, w)
}
