package page

import (
	"context"
	"io"
)

// Label names one control.
type Label struct {
	Text          string
	HTML          Component
	Classes       string
	IsPageHeading bool // the label is also the page's h1
	Attributes    Attributes
	For           string // the control's id; components fill it in
}

// Hint explains a question in one or two sentences.
type Hint struct {
	Text       string
	HTML       Component
	ID         string // components fill it in
	Classes    string
	Attributes Attributes
}

// ErrorMessage says what is wrong with one answer and how to put it right.
type ErrorMessage struct {
	Text               string
	HTML               Component
	ID                 string // components fill it in
	Classes            string
	Attributes         Attributes
	VisuallyHiddenText string // instead of "Error"
}

// Legend is the question that a group of controls answers.
type Legend struct {
	Text          string
	HTML          Component
	Classes       string
	IsPageHeading bool
}

// Fieldset groups controls that answer one question.
type Fieldset struct {
	Legend      Legend
	DescribedBy string
	Classes     string
	Role        string
	Attributes  Attributes
	HTML        Component
}

// FormGroup wraps a control with its label, hint and error.
type FormGroup struct {
	Classes      string
	Attributes   Attributes
	BeforeInput  Insert
	AfterInput   Insert
	BeforeInputs Insert // where a group holds several controls
	AfterInputs  Insert
}

// Insert is extra content beside a control.
type Insert struct {
	Text string
	HTML Component
}

func (l Label) given() bool        { return l.Text != "" || l.HTML != nil }
func (h Hint) given() bool         { return h.Text != "" || h.HTML != nil }
func (e ErrorMessage) given() bool { return e.Text != "" || e.HTML != nil }
func (l Legend) given() bool       { return l.Text != "" || l.HTML != nil }
func (i Insert) given() bool       { return i.Text != "" || i.HTML != nil }
func (a Affix) given() bool        { return a.Text != "" || a.HTML != nil }
func (f Fieldset) given() bool {
	return f.Legend.given() || f.DescribedBy != "" || f.Classes != "" || f.Role != "" || f.Attributes != nil
}

// Render prints the label.
func (l Label) Render(ctx context.Context, w io.Writer) error { return label(l).Render(ctx, w) }

// Render prints the hint.
func (h Hint) Render(ctx context.Context, w io.Writer) error { return hint(h).Render(ctx, w) }

// Render prints the message.
func (e ErrorMessage) Render(ctx context.Context, w io.Writer) error {
	return errorMessage(e).Render(ctx, w)
}

// Render prints the fieldset around its HTML.
func (f Fieldset) Render(ctx context.Context, w io.Writer) error { return fieldset(f).Render(ctx, w) }

// hintFor and errorFor give the parts of a field the ids that describedBy names.
func hintFor(h Hint, id string) Hint {
	h.ID = id + "-hint"
	return h
}

func errorFor(e ErrorMessage, id string) ErrorMessage {
	e.ID = id + "-error"
	return e
}

func labelFor(l Label, id string) Label {
	l.For = id
	return l
}

// describedBy lists the ids that explain a control, in reading order.
func describedBy(first, id string, h Hint, e ErrorMessage) string {
	return classes(first,
		when(h.given(), id+"-hint"),
		when(e.given(), id+"-error"))
}
