package page

import (
	"context"
	"io"
)

// Button submits a form, or with an Href leads on.
type Button struct {
	Text               string
	HTML               Component
	Href               string
	Type               string // "submit" when empty
	Name, Value        string
	ID                 string
	Classes            string // govuk-button--secondary, --warning, --inverse
	Disabled           bool
	PreventDoubleClick bool
	IsStartButton      bool
	Attributes         Attributes
}

// Render prints the button.
func (p Button) Render(ctx context.Context, w io.Writer) error { return button(p).Render(ctx, w) }

func (p Button) class() string {
	return classes("govuk-button", p.Classes, when(p.IsStartButton, "govuk-button--start"))
}

// FormKey is the hidden field with the key that lets one filled form act once.
// Cross-site posts are refused by their headers, so there is no other token.
type FormKey string

// FormKeyName is the field's name.
const FormKeyName = "form-key"

// Render prints the field; nothing when the key is empty.
func (k FormKey) Render(ctx context.Context, w io.Writer) error {
	if k == "" {
		return nil
	}
	return Hidden{Name: FormKeyName, Value: string(k)}.Render(ctx, w)
}

// Hidden carries a value through a form.
type Hidden struct{ Name, Value string }

// Render prints the field.
func (p Hidden) Render(ctx context.Context, w io.Writer) error { return hidden(p).Render(ctx, w) }

// Form is a form that works without scripts. Everything is posted to Action.
type Form struct {
	Action  string
	Method  string // "post" when empty
	Key     FormKey
	Files   bool // the form carries files
	Classes string
	HTML    Component
}

// Render prints the form.
func (p Form) Render(ctx context.Context, w io.Writer) error { return form(p).Render(ctx, w) }

// Puzzle is a form that waits for a proof, in the reading column: with scripts the browser finds it, says so, and sends the form.
type Puzzle struct {
	Bits    string // leading zero bits
	Working string // what is said meanwhile
	HTML    Component
}

// Render prints it.
func (p Puzzle) Render(ctx context.Context, w io.Writer) error { return puzzle(p).Render(ctx, w) }
